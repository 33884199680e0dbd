/*
 * Photos, the whole way: by a path, from a web server, as a file that comes before or after its event; changed, failing, repaired, cut
 * off by a stop; and once for both worlds (RULES "Photos").
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/file.h"
#include "platform/folder.h"
#include "platform/path.h"
#include "platform/thread.h"
#include "service/photo/photo_store.h"
#include "tests/integration/reconfigure.h"
#include "tests/integration/wait.h"
#include "tests/support/cb_cmocka.h"
#include "tests/support/pictures.h"
#include "tests/support/test_main.h"
#include "tests/support/web_server.h"

#define PRESENT                                                                                              \
    "SELECT p.patient_id, f.kind, f.width, f.height FROM patient_photo o JOIN patient p ON p.id = o.patient" \
    " JOIN photo f ON f.id = o.photo WHERE o.until IS NULL ORDER BY p.id"
#define REQUESTS "SELECT state, coalesce(reason, '') FROM photo_request ORDER BY patient"

/* ---- the scene ---- */

struct story {
    struct scene scene;
    char *photos; /* the configured root */
    char *config; /* text of the configuration */
    struct web_server *server;
    struct mutex lock;
    enum web_manner manner; /* under the lock: how the server answers */
    int status;
    const void *bytes;
    size_t size;
};

static void serve(void *context, const char *path, struct web_reply *reply)
{
    struct story *story = context;
    mutex_lock(&story->lock);
    reply->manner = story->manner;
    reply->status = story->status;
    reply->bytes = story->bytes;
    reply->size = story->size;
    mutex_unlock(&story->lock);
    if (strcmp(path, "/away.jpg") == 0) {
        reply->status = 302;
        reply->location = "http://elsewhere.example/p.jpg";
    }
}

static void answer(struct story *story, enum web_manner manner, int status, const void *bytes, size_t size)
{
    mutex_lock(&story->lock);
    story->manner = manner;
    story->status = status;
    story->bytes = bytes;
    story->size = size;
    mutex_unlock(&story->lock);
}

/* A web server that gives the JPEG, a root, and a configuration with both; `settings` are attributes of <photos>, NULL: there is none. Photos may come
 * as files *.jpg and *.png. */
static void begin(struct story *story, const struct scene_options *options, const char *settings)
{
    memset(story, 0, sizeof *story);
    mutex_init(&story->lock);
    answer(story, WEB_WHOLE, 200, picture_jpeg, picture_jpeg_size);
    story->server = web_server_start(serve, story, false, NULL);
    scene_init(&story->scene, options);
    story->photos = strdup(scene_path(&story->scene, "photos"));
    assert_non_null(story->photos);
    assert_true(platform_ok(folder_make(story->photos)));
    char *text = scene_read(story->scene.config_path);
    char *more = reconfigure_insert(text, "</feed>",
                                    "<match pattern='*.jpg' format='photo' ready='closed'/>"
                                    "<match pattern='*.png' format='photo' ready='closed'/>");
    if (settings != NULL) {
        char photos[3000];
        (void)snprintf(photos, sizeof photos,
                       "<photos %s><root folder='%s'/><host name='127.0.0.1' scheme='http' port='%u' "
                       "private-addresses='yes'/></photos>",
                       settings, story->photos, web_server_port(story->server));
        char *whole = reconfigure_insert(more, "<facility", photos);
        free(more);
        more = whole;
    }
    reconfigure(&story->scene, more);
    story->config = more;
    free(text);
}

static void end(struct story *story)
{
    scene_release(&story->scene);
    web_server_stop(story->server);
    mutex_release(&story->lock);
    free(story->photos);
    free(story->config);
}

static void put_photo(struct story *story, const char *name, const void *bytes, size_t size)
{
    char *path = path_join(story->photos, name);
    assert_non_null(path);
    (void)file_remove(path);
    assert_true(platform_ok(file_store(path, bytes, size)));
    free(path);
}

/* A DEM of a patient with that PhotoPath. */
static void drop_dem(struct story *story, const char *name, const char *patient, const char *photo_path)
{
    char line[1200], booking[40];
    (void)snprintf(line, sizeof line, "PhotoPath=\"%s\"\r\n", photo_path);
    (void)snprintf(booking, sizeof booking, "B%s", patient);
    char *dem = scene_dem(patient, booking, NULL, line);
    drop_quickly(&story->scene, name, dem);
    free(dem);
}

static const char *url(struct story *story, const char *path)
{
    static char text[200];
    (void)snprintf(text, sizeof text, "http://127.0.0.1:%u%s", web_server_port(story->server), path);
    return text;
}

/* The file of a picture in the photos of a world. */
static bool is_stored(struct story *story, const char *world, const void *bytes, size_t size)
{
    uint8_t hash[SHA256_SIZE];
    char name[PHOTO_NAME_SIZE], below[200];
    char *found = NULL;
    size_t found_size = 0;
    sha256(bytes, size, hash);
    photo_store_name(hash, name);
    (void)snprintf(below, sizeof below, "data/%s/photos/%s", world, name);
    if (!platform_ok(file_load(scene_path(&story->scene, below), 1000000, &found, &found_size)))
        return false;
    bool same = found_size == size && memcmp(found, bytes, size) == 0;
    free(found);
    return same;
}

/* ---- by a path, from a server ---- */

static void a_path_inside_the_root(void **state)
{
    (void)state;
    struct story story;
    begin(&story, NULL, "");
    put_photo(&story, "P1.jpg", picture_jpeg, picture_jpeg_size);
    scene_start(&story.scene);
    drop_dem(&story, "1.ini", "P1", "P1.jpg");
    char whole[1100];
    (void)snprintf(whole, sizeof whole, "%s%cP1.jpg", story.photos, PATH_SEPARATOR);
    drop_dem(&story, "2.ini", "P2", whole);
    scene_settle(&story.scene);
    scene_assert_rows(&story.scene, PRESENT, "P1|jpeg|16|8\nP2|jpeg|16|8");
    scene_assert_rows(&story.scene, "SELECT count(*) FROM photo", "1");
    scene_assert_rows(&story.scene, REQUESTS, "fetched|\nfetched|");
    assert_true(is_stored(&story, "test", picture_jpeg, picture_jpeg_size));
    assert_int_equal(scene_count_files(scene_path(&story.scene, "data/test/photos")), 1);
    end(&story);
}

static void a_server(void **state)
{
    (void)state;
    struct story story;
    begin(&story, NULL, "");
    scene_start(&story.scene);
    drop_dem(&story, "1.ini", "P1", url(&story, "/p.jpg"));
    scene_settle(&story.scene);
    scene_assert_rows(&story.scene, PRESENT, "P1|jpeg|16|8");
    assert_int_equal(web_server_requests(story.server), 1);
    /* The same PhotoPath again is nothing new. */
    drop_dem(&story, "2.ini", "P1", url(&story, "/p.jpg"));
    scene_settle(&story.scene);
    assert_int_equal(web_server_requests(story.server), 1);
    end(&story);
}

static void a_server_asked_again_where_the_configuration_says_so(void **state)
{
    (void)state;
    struct story story;
    begin(&story, NULL, "refetch='yes'");
    scene_start(&story.scene);
    drop_dem(&story, "1.ini", "P1", url(&story, "/p.jpg"));
    scene_settle(&story.scene);
    answer(&story, WEB_WHOLE, 200, picture_png, picture_png_size);
    drop_dem(&story, "2.ini", "P1", url(&story, "/p.jpg"));
    scene_settle(&story.scene);
    scene_assert_rows(&story.scene, PRESENT, "P1|png|12|10");
    scene_assert_rows(&story.scene, "SELECT count(*) FROM patient_photo WHERE until IS NOT NULL", "1");
    end(&story);
}

static void changed_path_keeps_the_earlier_photo(void **state)
{
    (void)state;
    struct story story;
    begin(&story, NULL, "");
    put_photo(&story, "one.jpg", picture_jpeg, picture_jpeg_size);
    put_photo(&story, "two.png", picture_png, picture_png_size);
    scene_start(&story.scene);
    drop_dem(&story, "1.ini", "P1", "one.jpg");
    scene_settle(&story.scene);
    drop_dem(&story, "2.ini", "P1", "two.png");
    scene_settle(&story.scene);
    scene_assert_rows(&story.scene, PRESENT, "P1|png|12|10");
    scene_assert_rows(
        &story.scene,
        "SELECT f.kind, o.until IS NULL, o.file FROM patient_photo o JOIN photo f ON f.id = o.photo"
        " ORDER BY o.id",
        "jpeg|0|1\npng|1|2");
    assert_true(is_stored(&story, "test", picture_jpeg, picture_jpeg_size));
    assert_true(is_stored(&story, "test", picture_png, picture_png_size));
    end(&story);
}

static void without_photos_a_path_is_only_stored(void **state)
{
    (void)state;
    struct story story;
    memset(&story, 0, sizeof story);
    scene_init(&story.scene, NULL);
    scene_start(&story.scene);
    drop_dem(&story, "1.ini", "P1", "http://127.0.0.1:1/p.jpg");
    scene_settle(&story.scene);
    scene_assert_rows(&story.scene, "SELECT photo_path FROM patient", "http://127.0.0.1:1/p.jpg");
    scene_assert_rows(&story.scene, "SELECT count(*) FROM photo_request", "0");
    scene_release(&story.scene);
}

/* ---- failing ---- */

static void a_failing_photo_is_tried_again_until_it_is_there(void **state)
{
    (void)state;
    struct story story;
    begin(&story, NULL, "retry='100 ms'");
    answer(&story, WEB_WHOLE, 404, "none", 4);
    scene_start(&story.scene);
    drop_dem(&story, "1.ini", "P1", url(&story, "/p.jpg"));
    wait_rows(&story.scene, "SELECT state, reason, attempts > 1 FROM photo_request", "waiting|not-found|1");
    scene_assert_rows(&story.scene, "SELECT state FROM message", "applied"); /* which does not wait for it */
    answer(&story, WEB_WHOLE, 200, "<html>", 6);
    wait_rows(&story.scene, "SELECT state, reason FROM photo_request", "waiting|not-a-picture");
    answer(&story, WEB_CUT, 200, picture_jpeg, picture_jpeg_size);
    wait_rows(&story.scene, "SELECT state, reason FROM photo_request", "waiting|unreachable");
    scene_stop(&story.scene); /* a place that broke off is left alone for a minute, but not by the next run */
    answer(&story, WEB_WHOLE, 200, picture_jpeg, picture_jpeg_size);
    scene_execute(&story.scene, "UPDATE photo_request SET next_at = asked_at");
    scene_start(&story.scene);
    wait_rows(&story.scene, REQUESTS, "fetched|");
    scene_assert_rows(&story.scene, PRESENT, "P1|jpeg|16|8");
    assert_int_equal(scene_event_count(EVENT_PHOTOS_UNREACHABLE), 1);
    assert_int_equal(scene_event_count(EVENT_PHOTO_GIVEN_UP), 0);
    end(&story);
}

static void a_server_in_trouble_is_left_alone(void **state)
{
    (void)state;
    struct story story;
    begin(&story, NULL, "");
    answer(&story, WEB_WHOLE, 500, "", 0); /* which speaks of one photo */
    scene_start(&story.scene);
    drop_dem(&story, "1.ini", "P1", url(&story, "/1.jpg"));
    drop_dem(&story, "2.ini", "P2", url(&story, "/2.jpg"));
    scene_settle(&story.scene);
    scene_assert_rows(&story.scene, REQUESTS, "waiting|http-status\nwaiting|http-status");
    assert_int_equal(web_server_requests(story.server), 2);
    answer(&story, WEB_WHOLE, 503, "", 0); /* and this of the server */
    drop_dem(&story, "3.ini", "P3", url(&story, "/3.jpg"));
    scene_settle(&story.scene);
    drop_dem(&story, "4.ini", "P4", url(&story, "/4.jpg"));
    scene_settle(&story.scene);
    scene_assert_rows(&story.scene, "SELECT state, attempts FROM photo_request WHERE patient > 2",
                      "waiting|1\nwaiting|0");
    assert_int_equal(web_server_requests(story.server), 3);
    assert_int_equal(scene_event_count(EVENT_PHOTOS_UNREACHABLE), 1);
    end(&story);
}

static void one_that_is_never_there_is_given_up(void **state)
{
    (void)state;
    struct story story;
    begin(&story, NULL, "retry='100 ms' give-up='1 s'");
    scene_start(&story.scene);
    drop_dem(&story, "1.ini", "P1", "none.jpg");
    drop_dem(&story, "2.ini", "P2", "none-either.jpg");
    wait_rows(&story.scene, REQUESTS, "failed|not-found\nfailed|not-found");
    scene_settle(&story.scene);
    assert_int_equal(scene_event_count(EVENT_PHOTO_GIVEN_UP), 1); /* the cause is told of once */
    assert_null(strstr(scene_event_text(EVENT_PHOTO_GIVEN_UP), "none"));
    /* Stated anew it is tried anew. */
    put_photo(&story, "none.jpg", picture_jpeg, picture_jpeg_size);
    drop_dem(&story, "3.ini", "P1", "none.jpg");
    wait_rows(&story.scene, REQUESTS, "fetched|\nfailed|not-found");
    end(&story);
}

static void what_a_rule_refuses(void **state)
{
    (void)state;
    struct story story;
    static const struct {
        const char *path, *reason;
    } refused[] = {
        {"../secret.jpg", "path-refused"},
        {"CON.jpg", "path-refused"},
        {"one.jpg:stream", "path-refused"},
        {"\\\\\\\\?\\\\C:\\\\one.jpg", "path-refused"},
        {"http://127.0.0.1/p.jpg", "host-not-listed"},
        {"http://user@127.0.0.1/p.jpg", "url-invalid"},
        {"ftp://127.0.0.1/p.jpg", "path-refused"},
    };
    begin(&story, NULL, "");
    put_photo(&story, "one.jpg", picture_jpeg, picture_jpeg_size);
    char *secret = path_join(story.scene.root, "secret.jpg");
    assert_true(platform_ok(file_store(secret, picture_jpeg, picture_jpeg_size)));
    scene_start(&story.scene);
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        char sql[100], patient[20], name[20], expected[60];
        (void)snprintf(patient, sizeof patient, "P%zu", i);
        (void)snprintf(name, sizeof name, "%zu.ini", i);
        (void)snprintf(sql, sizeof sql, "SELECT state, reason FROM photo_request WHERE file = %zu", i + 1);
        (void)snprintf(expected, sizeof expected, "failed|%s", refused[i].reason);
        drop_dem(&story, name, patient, refused[i].path);
        scene_settle(&story.scene);
        scene_assert_rows(&story.scene, sql, expected);
    }
    drop_dem(&story, "away.ini", "PA", url(&story, "/away.jpg"));
    scene_settle(&story.scene);
    scene_assert_rows(&story.scene, "SELECT reason FROM photo_request WHERE file = 8", "redirect-not-listed");
    scene_assert_rows(&story.scene, "SELECT count(*) FROM photo", "0");
    scene_assert_rows(&story.scene, "SELECT count(*) FROM message WHERE state = 'applied'", "8");
    assert_int_equal(scene_event_count(EVENT_PHOTO_REFUSED), 4); /* one a cause */
    char *all = scene_event_all();
    assert_null(strstr(all, "secret"));
    assert_null(strstr(all, "one.jpg"));
    free(all);
    free(secret);
    end(&story);
}

#ifndef _WIN32
#include <unistd.h>

static void a_link_is_refused(void **state)
{
    (void)state;
    struct story story;
    begin(&story, NULL, "");
    char *outside = path_join(story.scene.root, "outside.jpg");
    char *link = path_join(story.photos, "one.jpg");
    assert_true(platform_ok(file_store(outside, picture_jpeg, picture_jpeg_size)));
    assert_int_equal(symlink(outside, link), 0);
    scene_start(&story.scene);
    drop_dem(&story, "1.ini", "P1", "one.jpg");
    scene_settle(&story.scene);
    scene_assert_rows(&story.scene, REQUESTS, "failed|link");
    free(outside);
    free(link);
    end(&story);
}
#endif

/* What was refused is asked for again by the next configuration. */
static void a_mended_configuration_brings_the_photo(void **state)
{
    (void)state;
    struct story story;
    begin(&story, NULL, "");
    char *other = strstr(story.config, "127.0.0.1");
    assert_non_null(other);
    memcpy(other, "127.0.0.9", 9);
    reconfigure(&story.scene, story.config);
    scene_start(&story.scene);
    drop_dem(&story, "1.ini", "P1", url(&story, "/p.jpg"));
    scene_settle(&story.scene);
    scene_assert_rows(&story.scene, REQUESTS, "failed|host-not-listed");
    scene_stop(&story.scene);
    memcpy(other, "127.0.0.1", 9);
    reconfigure(&story.scene, story.config);
    scene_start(&story.scene);
    scene_settle(&story.scene);
    scene_assert_rows(&story.scene, PRESENT, "P1|jpeg|16|8");
    end(&story);
}

/* ---- beside the event ---- */

static void a_photo_beside_that_comes_after_its_event(void **state)
{
    (void)state;
    struct story story;
    begin(&story, NULL, NULL);
    scene_start(&story.scene);
    drop_dem(&story, "1.ini", "P1", "C:\\\\Export\\\\P1.JPG");
    scene_settle(&story.scene);
    scene_assert_rows(&story.scene, REQUESTS, "waiting|beside");
    scene_drop_bytes(&story.scene, "p1.jpg", picture_jpeg, picture_jpeg_size);
    wait_rows(&story.scene, REQUESTS, "fetched|");
    scene_settle(&story.scene);
    scene_assert_rows(&story.scene, PRESENT, "P1|jpeg|16|8");
    scene_assert_rows(&story.scene, "SELECT kind, state, patient FROM message ORDER BY id",
                      "demographics|applied|1\nphoto|applied|1");
    assert_int_equal(scene_count_files(scene_path(&story.scene, "data/test/archive")), 2);
    assert_true(is_stored(&story, "test", picture_jpeg, picture_jpeg_size));
    /* The same file again, and another picture under its name. */
    scene_drop_bytes(&story.scene, "p1.jpg", picture_jpeg, picture_jpeg_size);
    scene_settle(&story.scene);
    scene_assert_rows(&story.scene, "SELECT state FROM message WHERE id = 3", "duplicate");
    scene_drop_bytes(&story.scene, "P1.jpg", picture_png, picture_png_size); /* it is what its bytes are */
    wait_rows(&story.scene, PRESENT, "P1|png|12|10");
    end(&story);
}

static void a_photo_beside_that_comes_before_its_event(void **state)
{
    (void)state;
    struct story story;
    begin(&story, NULL, NULL);
    scene_start(&story.scene);
    scene_drop_bytes(&story.scene, "p1.jpg", picture_jpeg, picture_jpeg_size);
    scene_settle(&story.scene);
    scene_assert_rows(&story.scene, "SELECT state, detail FROM message", "waiting|no patient names it yet");
    assert_int_equal(scene_count_files(scene_path(&story.scene, "data/test/hold")), 2); /* and its reason */
    drop_dem(&story, "1.ini", "P1", "P1.jpg");
    wait_rows(&story.scene, PRESENT, "P1|jpeg|16|8");
    wait_rows(&story.scene, "SELECT count(*) FROM file WHERE stored GLOB 'archive*'", "2");
    scene_assert_rows(&story.scene, "SELECT state FROM message ORDER BY id", "applied\napplied");
    end(&story);
}

static void a_photo_that_nobody_names(void **state)
{
    (void)state;
    struct story story;
    begin(&story, NULL, NULL);
    scene_start(&story.scene);
    scene_drop_bytes(&story.scene, "p1.jpg", picture_jpeg, picture_jpeg_size);
    scene_settle(&story.scene);
    scene_stop(&story.scene);
    scene_execute(&story.scene, "UPDATE waiting_photo SET waits_until = '2026-11-01T00:00:00.000000Z'");
    scene_start(&story.scene);
    wait_event(EVENT_PHOTO_UNWANTED, 1);
    wait_rows(&story.scene, "SELECT count(*) FROM file WHERE stored GLOB 'quarantine*'", "1");
    scene_assert_rows(&story.scene, "SELECT state, detail FROM message",
                      "quarantined|no patient named it in time");
    assert_int_equal(scene_event_count(EVENT_WAITED_TOO_LONG), 0);
    end(&story);
}

static void a_file_that_is_no_picture(void **state)
{
    (void)state;
    struct story story;
    begin(&story, NULL, NULL);
    scene_start(&story.scene);
    scene_drop(&story.scene, "p1.jpg", "GIF89a, and no photo");
    scene_settle(&story.scene);
    scene_assert_rows(&story.scene, "SELECT state, reason FROM file", "quarantined|faults");
    scene_assert_rows(&story.scene, "SELECT kind, state FROM message", "photo|quarantined");
    scene_assert_rows(&story.scene, "SELECT code FROM message_fault", "not-a-picture");
    end(&story);
}

/* A sender that writes in place: half of a picture is none. */
static void a_picture_that_is_not_whole_yet(void **state)
{
    (void)state;
    struct story story;
    begin(&story, NULL, NULL);
    size_t half = picture_png_size / 2;
    char *path = path_join(story.scene.share, "p1.png");
    assert_non_null(path);
    assert_true(platform_ok(file_store(path, picture_png, half)));
    scene_start(&story.scene);
    wait_waiting(&story.scene, 1);
    scene_assert_rows(&story.scene, "SELECT count(*) FROM file", "0");
    FILE *file = fopen(path, "ab");
    assert_non_null(file);
    assert_int_equal(fwrite(picture_png + half, 1, picture_png_size - half, file), picture_png_size - half);
    assert_int_equal(fclose(file), 0);
    wait_rows(&story.scene, "SELECT kind, state FROM message", "photo|waiting");
    free(path);
    end(&story);
}

/* ---- stop, start, and a picture's file without its row ---- */

static void a_stop_cuts_the_fetching_off(void **state)
{
    (void)state;
    struct story story;
    begin(&story, NULL, "time-out='5 min'");
    answer(&story, WEB_SILENT, 200, NULL, 0);
    scene_start(&story.scene);
    drop_dem(&story, "1.ini", "P1", url(&story, "/p.jpg"));
    while (web_server_requests(story.server) == 0)
        wait_milliseconds(5);
    scene_stop(&story.scene); /* long before the time-out: the test's own would end it */
    scene_assert_rows(&story.scene, "SELECT state, attempts FROM photo_request", "waiting|0");
    answer(&story, WEB_WHOLE, 200, picture_jpeg, picture_jpeg_size);
    scene_start(&story.scene);
    wait_rows(&story.scene, PRESENT, "P1|jpeg|16|8");
    end(&story);
}

static void a_picture_that_a_crash_left_is_found_again(void **state)
{
    (void)state;
    struct story story;
    uint8_t hash[SHA256_SIZE];
    char name[PHOTO_NAME_SIZE];
    begin(&story, NULL, "");
    put_photo(&story, "P1.jpg", picture_jpeg, picture_jpeg_size);
    put_photo(&story, "P2.png", picture_png, picture_png_size);
    scene_start(&story.scene);
    scene_stop(&story.scene); /* which made the folders */
    char *folder = strdup(scene_path(&story.scene, "data/test/photos"));
    sha256(picture_jpeg, picture_jpeg_size, hash);
    assert_true(platform_ok(photo_store_put(folder, hash, (const char *)picture_jpeg, picture_jpeg_size)));
    /* And one whose bytes the disk has lost. */
    sha256(picture_png, picture_png_size, hash);
    photo_store_name(hash, name);
    char *broken = path_join(folder, name);
    assert_true(platform_ok(file_store(broken, "nothing", 7)));
    scene_start(&story.scene);
    drop_dem(&story, "1.ini", "P1", "P1.jpg");
    drop_dem(&story, "2.ini", "P2", "P2.png");
    scene_settle(&story.scene);
    scene_assert_rows(&story.scene, PRESENT, "P1|jpeg|16|8\nP2|png|12|10");
    assert_true(is_stored(&story, "test", picture_jpeg, picture_jpeg_size));
    assert_true(is_stored(&story, "test", picture_png, picture_png_size));
    assert_int_equal(scene_count_files(folder), 2);
    free(broken);
    free(folder);
    end(&story);
}

/* ---- two worlds ---- */

static const struct scene_options LIVE = {.live = true};

static void wait_in_test(struct story *story, const char *sql, const char *expected)
{
    story->scene.world = DATABASE_TEST;
    wait_rows(&story->scene, sql, expected);
    story->scene.world = DATABASE_LIVE;
}

static void live_and_test_ask_the_server_once(void **state)
{
    (void)state;
    struct story story;
    begin(&story, &LIVE, "");
    scene_start(&story.scene);
    drop_dem(&story, "1.ini", "P1", url(&story, "/p.jpg"));
    wait_rows(&story.scene, PRESENT, "P1|jpeg|16|8");
    wait_in_test(&story, PRESENT, "P1|jpeg|16|8");
    assert_true(is_stored(&story, "live", picture_jpeg, picture_jpeg_size));
    assert_true(is_stored(&story, "test", picture_jpeg, picture_jpeg_size));
    assert_int_equal(web_server_requests(story.server), 1);
    /* What live gives up, test does too, and says nothing of it. */
    drop_dem(&story, "2.ini", "P2", "../p.jpg");
    wait_rows(&story.scene, "SELECT state FROM photo_request WHERE patient = 2", "failed");
    wait_in_test(&story, "SELECT state, reason FROM photo_request WHERE patient = 2", "failed|path-refused");
    assert_int_equal(scene_event_count(EVENT_PHOTO_REFUSED), 1);
    end(&story);
}

static void a_photo_beside_is_in_both_worlds(void **state)
{
    (void)state;
    struct story story;
    begin(&story, &LIVE, NULL);
    scene_start(&story.scene);
    scene_drop_bytes(&story.scene, "p1.jpg", picture_jpeg, picture_jpeg_size);
    scene_settle(&story.scene);
    drop_dem(&story, "1.ini", "P1", "P1.jpg");
    wait_rows(&story.scene, PRESENT, "P1|jpeg|16|8");
    wait_in_test(&story, PRESENT, "P1|jpeg|16|8");
    assert_true(is_stored(&story, "live", picture_jpeg, picture_jpeg_size));
    assert_true(is_stored(&story, "test", picture_jpeg, picture_jpeg_size));
    end(&story);
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_path_inside_the_root),
        cmocka_unit_test(a_server),
        cmocka_unit_test(a_server_asked_again_where_the_configuration_says_so),
        cmocka_unit_test(changed_path_keeps_the_earlier_photo),
        cmocka_unit_test(without_photos_a_path_is_only_stored),
        cmocka_unit_test(a_failing_photo_is_tried_again_until_it_is_there),
        cmocka_unit_test(a_server_in_trouble_is_left_alone),
        cmocka_unit_test(one_that_is_never_there_is_given_up),
        cmocka_unit_test(what_a_rule_refuses),
#ifndef _WIN32
        cmocka_unit_test(a_link_is_refused),
#endif
        cmocka_unit_test(a_mended_configuration_brings_the_photo),
        cmocka_unit_test(a_photo_beside_that_comes_after_its_event),
        cmocka_unit_test(a_photo_beside_that_comes_before_its_event),
        cmocka_unit_test(a_photo_that_nobody_names),
        cmocka_unit_test(a_file_that_is_no_picture),
        cmocka_unit_test(a_picture_that_is_not_whole_yet),
        cmocka_unit_test(a_stop_cuts_the_fetching_off),
        cmocka_unit_test(a_picture_that_a_crash_left_is_found_again),
        cmocka_unit_test(live_and_test_ask_the_server_once),
        cmocka_unit_test(a_photo_beside_is_in_both_worlds),
    };
    return cmocka_run_group_tests_name("photos", tests, NULL, NULL);
}
