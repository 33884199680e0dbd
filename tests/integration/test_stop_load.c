/*
 * Two hundred stops and reloads in the middle of a load. A reload is what the service does: the new configuration is loaded, and only when
 * it is accepted the engine is stopped and started with it; a refused one leaves the running engine alone. Each stop comes to its end
 * within its deadline, and nothing is lost, doubled or overtaken.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/file.h"
#include "platform/folder.h"
#include "platform/path.h"
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

static void reload(struct scene *scene, int which, bool second)
{
    char *text = config_text(scene, second);
    char *changed = reconfigure_insert(text, GOOD[which].mark, GOOD[which].text);
    struct config *fresh = reconfigure_load(scene, changed);
    if (!fresh)
        fail_msg("a right configuration was refused:\n%s", changed);
    free(changed);
    free(text);
    scene_stop(scene);
    config_free(scene->config);
    scene->config = fresh;
    scene_start(scene);
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

static void insert_order(struct scene *scene, int round)
{
    char sql[512];
    (void)snprintf(
        sql, sizeof sql,
        "INSERT INTO medication_order (placer_number, order_control, patient, booking, ndc, ordered_at,"
        " dose_amount, dose_units, route, frequency, provider) VALUES ('O%d', 'NW', 1, 1, '00904582460',"
        " '2026-11-23T18:05:09Z', '2', 'TAB', 'PO', 'BID', 'U17')",
        round);
    scene_execute(scene, sql);
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

static void begin_world(struct scene *scene)
{
    scene_init(scene, NULL);
    second_share = path_join(scene->root, "second");
    assert_non_null(second_share);
    assert_int_equal(folder_make(second_share).kind, PLATFORM_OK);
}

static void assert_nothing_was_lost(struct scene *scene, int files, int orders)
{
    char expected[64];
    assert_int_equal(scene_count_files(scene->share) + scene_count_files(second_share), 0);
    (void)snprintf(expected, sizeof expected, "%d|%d|0|%d", files, files, files);
    scene_assert_rows(scene,
                      "SELECT count(*), sum(state = 'done'), sum(in_place), count(DISTINCT name) FROM file",
                      expected);
    (void)snprintf(expected, sizeof expected, "%d|%d|%d", files, files, files);
    scene_assert_rows(scene, "SELECT count(*), sum(state = 'applied'), count(DISTINCT file) FROM message",
                      expected);
    (void)snprintf(expected, sizeof expected, "jms|%d\nsecond|%d", files - rounds, rounds);
    scene_assert_rows(scene, "SELECT feed, count(*) FROM file GROUP BY feed ORDER BY feed", expected);
    /* In order within each feed. */
    scene_assert_rows(scene,
                      "SELECT count(*) FROM (SELECT CAST(substr(name, 3) AS INTEGER) AS number,"
                      " lag(CAST(substr(name, 3) AS INTEGER)) OVER (PARTITION BY feed ORDER BY id) AS before"
                      " FROM file) WHERE number <= before",
                      "0");
    scene_assert_rows(scene,
                      "SELECT count(*) FROM booking b WHERE authority = 'JMS' AND housing <> (SELECT 'H' ||"
                      " max(CAST(substr(name, 3) AS INTEGER)) FROM file f JOIN message m ON m.file = f.id"
                      " WHERE m.booking = b.id)",
                      "0");
    (void)snprintf(expected, sizeof expected, "%d|%d|%d", orders, orders, orders);
    scene_assert_rows(scene, "SELECT count(*), count(DISTINCT order_event), sum(state = 'sent') FROM outbox",
                      expected);
    assert_int_equal(scene_count_files(scene->pharmacy), orders);
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
            scene_execute(&scene, "INSERT INTO provider (provider_id, last_name, first_name, npi)"
                                  " VALUES ('U17', 'Hale', 'Nathaniel', '1234567893');"
                                  "INSERT INTO drug (ndc, name, strength)"
                                  " VALUES ('00904582460', 'Ibuprofen 200 MG Tablet', '200 mg')");
            handles = open_handles();
        }
        if (round >= ORDER_EVERY && round % ORDER_EVERY == 0) {
            insert_order(&scene, round);
            orders++;
        }
        switch (round % 5) {
        case 0:
        case 1:
            if (turn % 3 == 1)
                engine_pause(scene.engine);
            if (turn % 3 == 2)
                engine_scan_now(scene.engine, true);
            scene_stop(&scene); /* asserts that it came to its end within its deadline */
            scene_start(&scene);
            break;
        case 2: reload(&scene, turn % 4, turn % 2 == 0); break;
        case 3:
            reload_in_vain(&scene, writer, turn % 4, limit);
            refused++;
            break;
        case 4:
            given_back += !stop_at_once(&scene);
            scene_start(&scene);
            break;
        }
    }
    writer_end(writer);
    reload(&scene, 0, true);
    scene_settle(&scene);
    assert_nothing_was_lost(&scene, limit + rounds, orders);
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
    scene_release(&scene);
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
