/*
 * Two hundred stops and reloads in the middle of a load. A reload is what the service does: the new configuration is loaded, and only when
 * it is accepted the engine is stopped and started with it; a refused one leaves the running engine alone. Each stop comes to its end
 * within its deadline, and nothing is lost, doubled or overtaken. The feed is live and copied into test; a second one, in test, comes and
 * goes with the configurations.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/file.h"
#include "platform/folder.h"
#include "platform/path.h"
#include "tests/integration/live_scene.h"
#include "tests/integration/orders.h"
#include "tests/integration/reconfigure.h"
#include "tests/integration/wait.h"
#include "tests/integration/writer.h"
#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"
#include "tests/support/weight.h"

enum {
    FILES_A_ROUND = 6,
    BOOKINGS = 10,
    ORDER_EVERY = 10, /* rounds */
};

static int rounds;

/* ---- configurations ---- */

/* What may be written before the mark and is right. */
static const struct {
    const char *mark, *text;
} GOOD[] = {
    {"<limits", ""},
    {"/>\n  </feed>", " waiting=\"2 h\" reopen=\"yes\""},
    {"<facility", "<facility code=\"THIRD\" name=\"Third\" zone=\"America/Phoenix\"/>"},
    {"<limits", "<log keep=\"2\"/>"},
};

/* What may be written there and is a fault: of the form of XML, of the schema, of the rules. */
static const struct {
    const char *mark, *text;
} FAULTY[] = {
    {"<limits", "<limits>"},
    {"<limits", "<facility code=\"X\" name=\"X\" zone=\"America/Nowhere\"/>"},
    {"<limits", "<feed name=\"jms\" folder=\"/nowhere\"><match pattern=\"*\" format=\"jms-event\"/></feed>"},
    {"/>\n  </feed>", " waiting=\"soon\""},
};

static char *second_share;

/* The text of the scene's configuration; `second`: with the second feed. The caller frees. */
static char *config_text(struct scene *scene, bool second)
{
    return second ? reconfigure_second_feed(scene) : scene_read(scene->config_path);
}

/* ---- what streams in ---- */

static char *file_text(int number, char name[48])
{
    char booking[16], housing[16];
    (void)snprintf(name, 48, "N-%d.ini", number);
    (void)snprintf(booking, sizeof booking, "B%d", number % BOOKINGS);
    (void)snprintf(housing, sizeof housing, "H%d", number);
    return scene_dem(booking, booking, housing, NULL);
}

/* One file for the second feed, whether there is one now or not. */
static void drop_second(int round)
{
    char name[48], number[16];
    (void)snprintf(name, sizeof name, "S-%d.ini", round);
    (void)snprintf(number, sizeof number, "S%d", round);
    char *path = path_join(second_share, name), *text = scene_dem("B0", number, NULL, NULL);
    assert_int_equal(file_store(path, text, strlen(text)).kind, PLATFORM_OK);
    free(text);
    free(path);
}

/* ---- the rounds ---- */

static uint64_t put_away(struct scene *scene)
{
    struct engine_figures figures;
    engine_figures(scene->engine, &figures);
    return figures.put_away;
}

struct progress {
    struct scene *scene;
    uint64_t before;
};

static bool more_is_put_away(void *context)
{
    const struct progress *progress = context;
    return put_away(progress->scene) > progress->before;
}

/* A configuration that is refused: the engine goes on with the one that it has. */
static void reload_in_vain(struct scene *scene, struct writer *writer, int which, int limit)
{
    char *text = config_text(scene, true);
    char *changed = reconfigure_insert(text, FAULTY[which].mark, FAULTY[which].text);
    struct progress progress = {scene, put_away(scene)};
    assert_null(reconfigure_load(scene, changed));
    free(changed);
    free(text);
    writer_allow(writer, limit);
    wait_until("a file to be taken after a refused configuration", more_is_put_away, &progress);
}

/* A stop that nobody waits for: what is in flight is given back, as after a crash. True when nothing was. */
static bool stop_at_once(struct scene *scene)
{
    char message[400] = "";
    bool drained = engine_stop(scene->engine, 0, message, sizeof message);
    scene->engine = NULL;
    return drained;
}

/* Open handles of this process, where the system shows them. */
static size_t open_handles(void)
{
    struct folder_listing listing;
    if (!platform_ok(folder_list("/proc/self/fd", &listing)))
        return 0;
    size_t count = listing.count;
    folder_listing_release(&listing);
    return count;
}

/* The feed of the scene is live, the second one is in test. */
static void begin_world(struct scene *scene)
{
    live_scene_init(scene);
    second_share = path_join(scene->root, "second");
    assert_non_null(second_share);
    assert_int_equal(folder_make(second_share).kind, PLATFORM_OK);
}

static const enum database_world WORLDS[] = {DATABASE_LIVE, DATABASE_TEST};

/* Ledger numbers up to these may be unfinished: they were given back, or found by a process that was stopped before it got to them. */
static int64_t given_back_up_to[2];

static void note_given_back(struct scene *scene)
{
    for (size_t i = 0; i < 2; i++) {
        scene->world = WORLDS[i];
        given_back_up_to[i] = strtoll(scene_rows(scene, "SELECT coalesce(max(id), 0) FROM file"), NULL, 10);
    }
    scene->world = DATABASE_LIVE;
}

/* After an orderly stop no file that this process took is left half-way. */
static void assert_all_is_finished(struct scene *scene)
{
    for (size_t i = 0; i < 2; i++) {
        char sql[128];
        scene->world = WORLDS[i];
        (void)snprintf(sql, sizeof sql, "SELECT count(*) FROM file WHERE in_place = 1 AND id > %lld",
                       (long long)given_back_up_to[i]);
        scene_assert_rows(scene, sql, "0");
    }
    scene->world = DATABASE_LIVE;
}

static void stop(struct scene *scene)
{
    scene_stop(scene); /* asserts that it came to its end within its deadline */
    assert_all_is_finished(scene);
}

/* Each file of a feed is in that world once, applied, and in order. */
static void assert_feed(struct scene *scene, enum database_world world, const char *feed, int files,
                        int copies)
{
    char sql[400], expected[64];
    scene->world = world;
    (void)snprintf(sql, sizeof sql,
                   "SELECT count(*), sum(state = 'done'), sum(in_place), count(DISTINCT name),"
                   " count(DISTINCT copied_from) FROM file WHERE feed = '%s'",
                   feed);
    (void)snprintf(expected, sizeof expected, "%d|%d|0|%d|%d", files, files, files, copies);
    scene_assert_rows(scene, sql, expected);
    (void)snprintf(sql, sizeof sql,
                   "SELECT count(*), sum(m.state = 'applied'), count(DISTINCT m.file) FROM message m"
                   " JOIN file f ON f.id = m.file WHERE feed = '%s'",
                   feed);
    (void)snprintf(expected, sizeof expected, "%d|%d|%d", files, files, files);
    scene_assert_rows(scene, sql, expected);
    (void)snprintf(
        sql, sizeof sql,
        "SELECT group_concat(number || ' after ' || before) FROM (SELECT CAST(substr(name, 3) AS INTEGER)"
        " AS number, lag(CAST(substr(name, 3) AS INTEGER)) OVER (ORDER BY id) AS before"
        " FROM file WHERE feed = '%s') WHERE number <= before",
        feed);
    scene_assert_rows(scene, sql, "-");
    scene_assert_rows(scene,
                      "SELECT count(*) FROM booking b WHERE authority = 'JMS' AND housing <> (SELECT 'H' ||"
                      " max(CAST(substr(name, 3) AS INTEGER)) FROM file f JOIN message m ON m.file = f.id"
                      " WHERE m.booking = b.id)",
                      "0");
    scene->world = DATABASE_LIVE;
}

static void assert_nothing_was_lost(struct scene *scene, int files, int orders)
{
    assert_int_equal(scene_count_files(scene->share) + scene_count_files(second_share), 0);
    assert_feed(scene, DATABASE_LIVE, "jms", files, 0);
    assert_feed(scene, DATABASE_TEST, "jms", files, files);
    assert_feed(scene, DATABASE_TEST, "second", rounds, 0);
    scene_assert_rows(scene, "SELECT count(*) FROM file WHERE feed = 'second'", "0");
    orders_assert_sent_once(scene, orders);
}

static void reload(struct scene *scene, int which, bool second)
{
    char *text = config_text(scene, second);
    char *changed = reconfigure_insert(text, GOOD[which].mark, GOOD[which].text);
    struct config *fresh = reconfigure_load(scene, changed);
    if (!fresh)
        fail_msg("a right configuration was refused:\n%s", changed);
    free(changed);
    free(text);
    stop(scene);
    config_free(scene->config);
    scene->config = fresh;
    scene_start(scene);
}

static void stopped_and_reloaded_in_the_middle_of_load_nothing_is_lost(void **state)
{
    (void)state;
    struct scene scene;
    begin_world(&scene);
    struct writer *writer = writer_start(&scene, file_text);
    int orders = 0, refused = 0, given_back = 0, limit = 0;
    size_t handles = 0;
    scene_start(&scene);
    for (int round = 0; round < rounds; round++) {
        int from = limit, turn = round / 5;
        limit += FILES_A_ROUND;
        drop_second(round);
        if (round % 5 != 3) { /* half of them are there, the others come while it stops */
            writer_allow(writer, limit);
            writer_await(writer, from + FILES_A_ROUND / 2);
        }
        if (round == ORDER_EVERY - 1) { /* the first booking is there */
            writer_await(writer, limit);
            scene_settle(&scene);
            orders_prepare(&scene);
            handles = open_handles();
        }
        if (round >= ORDER_EVERY && round % ORDER_EVERY == 0) {
            orders_insert(&scene, round, 1);
            orders++;
        }
        switch (round % 5) {
        case 0:
        case 1:
            if (turn % 3 == 1)
                engine_pause(scene.engine);
            if (turn % 3 == 2)
                engine_scan_now(scene.engine, true);
            stop(&scene);
            scene_start(&scene);
            break;
        case 2: reload(&scene, turn % 4, turn % 2 == 0); break;
        case 3:
            reload_in_vain(&scene, writer, turn % 4, limit);
            refused++;
            break;
        case 4:
            given_back += !stop_at_once(&scene);
            note_given_back(&scene);
            scene_start(&scene);
            break;
        }
    }
    writer_end(writer);
    reload(&scene, 0, true);
    scene_settle(&scene);
    assert_nothing_was_lost(&scene, limit, orders);
    /* Only what was given back was found again, and no refused configuration stopped anything. */
    assert_int_equal(scene_event_count(EVENT_STOP_DEADLINE), given_back);
    assert_true(given_back > 0 || scene_event_count(EVENT_UNCLEAN_STOP_FOUND) == 0);
    assert_int_equal(scene_event_count(EVENT_STARTED), rounds - refused + 2);
    assert_int_equal(scene_event_count(EVENT_STOPPED), rounds - refused + 1);
    assert_int_equal(scene_event_count(EVENT_QUARANTINED), 0);
    print_message("%d configurations were refused, %d stops gave files back\n", refused, given_back);
    scene_stop(&scene);
    scene_start(&scene);
    scene_settle(&scene);
    assert_int_equal(open_handles() > handles + 8, 0); /* a second feed and a sender's connection more */
    free(second_share);
    live_scene_release(&scene);
}

int main(void)
{
    test_main_init();
    rounds = WEIGHT(200, 200, 40);
    print_message("%d rounds%s\n", rounds, rounds < 200 ? WEIGHT_REASON : "");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stopped_and_reloaded_in_the_middle_of_load_nothing_is_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
