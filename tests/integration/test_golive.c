/* golive and back-to-test: commands in the live database that the engine carries out, records, and after which it is started anew. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/file.h"
#include "platform/folder.h"
#include "platform/path.h"
#include "platform/thread.h"
#include "service/commands/commands.h"
#include "tests/integration/wait.h"
#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

/* Whoever runs the engine hears that it is to be started anew, as the service does. */
struct runner {
    struct scene scene;
    struct mutex lock;
    struct condition told;
    unsigned changes;
    char *root, *live_folder;
};

static void on_live_changed(void *context)
{
    struct runner *runner = context;
    mutex_lock(&runner->lock);
    runner->changes++;
    condition_broadcast(&runner->told);
    mutex_unlock(&runner->lock);
}

static void start(struct runner *runner)
{
    char message[400] = "";
    struct engine_options options = {
        .config = runner->scene.config, .live_changed = on_live_changed, .context = runner};
    runner->changes = 0;
    assert_int_equal(engine_start(&options, &runner->scene.engine, message, sizeof message), ENGINE_STARTED);
}

/* `pharmacy`: attributes besides its live-folder; NULL: it has none. */
static void begin(struct runner *runner, const char *pharmacy)
{
    char attribute[1200] = "";
    memset(runner, 0, sizeof *runner);
    mutex_init(&runner->lock);
    condition_init(&runner->told);
    runner->root = test_temp_dir("pharmacies");
    runner->live_folder = path_join(runner->root, "live");
    assert_int_equal(folder_make(runner->live_folder).kind, PLATFORM_OK);
    if (pharmacy)
        (void)snprintf(attribute, sizeof attribute, "live-folder=\"%s\" %s", runner->live_folder, pharmacy);
    struct scene_options options = {.pharmacy = attribute};
    scene_init(&runner->scene, &options);
    start(runner);
    runner->scene.world = DATABASE_LIVE;
}

static void end(struct runner *runner)
{
    scene_release(&runner->scene);
    condition_release(&runner->told);
    mutex_release(&runner->lock);
    test_temp_remove(runner->root);
    free(runner->root);
    free(runner->live_folder);
}

/* Until the engine has asked to be started anew; does so. */
static void start_anew(struct runner *runner)
{
    mutex_lock(&runner->lock);
    bool in_time = true;
    while (runner->changes == 0 && in_time)
        in_time = condition_wait(&runner->told, &runner->lock, SCENE_WAIT_MS);
    bool told = runner->changes > 0;
    mutex_unlock(&runner->lock);
    assert_true(told);
    scene_stop(&runner->scene);
    start(runner);
}

/* Leaves a command as corbridge.exe does, and waits for its answer; static. */
static const char *answer_to(struct runner *runner, const char *what, const char *subject)
{
    char sql[512];
    (void)snprintf(sql, sizeof sql,
                   "INSERT INTO command (what, subject, argument, windows_user, created_at)"
                   " VALUES ('%s', '%s', 'a test', 'JAIL\\nurse', '2026-11-23T18:00:00.000000Z')",
                   what, subject);
    scene_execute(&runner->scene, sql);
    engine_commands_now(runner->scene.engine);
    wait_rows(&runner->scene, "SELECT count(*) FROM command WHERE answer IS NULL", "0");
    return scene_rows(&runner->scene,
                      "SELECT outcome || ': ' || answer FROM command ORDER BY id DESC LIMIT 1");
}

static void drop_dem(struct runner *runner, const char *name, const char *booking)
{
    char *dem = scene_dem(booking, booking, NULL, NULL);
    drop_quickly(&runner->scene, name, dem);
    free(dem);
    scene_settle(&runner->scene);
}

static void a_feed_goes_live_and_back(void **state)
{
    (void)state;
    struct runner runner;
    begin(&runner, NULL);
    struct scene *scene = &runner.scene;
    drop_dem(&runner, "DEM1.ini", "B1"); /* in test */
    assert_string_equal(answer_to(&runner, "golive", "feed:jms"), "done: feed jms is live");
    scene_assert_rows(scene, "SELECT kind, name, windows_user, waived FROM live_since",
                      "feed|jms|JAIL\\nurse|a test");
    assert_int_equal(scene_event_count(EVENT_WENT_LIVE), 1);
    assert_non_null(strstr(scene_event_text(EVENT_WENT_LIVE),
                           "feed:jms is live from now on, by the command of JAIL\\nurse"));
    start_anew(&runner);
    assert_string_equal(answer_to(&runner, "golive", "facility:VCSO"), "done: facility VCSO is live");
    start_anew(&runner);
    drop_dem(&runner, "DEM2.ini", "B2");                                  /* in live, and copied */
    scene_assert_rows(scene, "SELECT booking_number FROM booking", "B2"); /* live begins empty */
    assert_string_equal(answer_to(&runner, "golive", "jms"), "done: feed jms was live already");

    assert_string_equal(answer_to(&runner, "back-to-test", "feed:jms"), "done: feed jms is back in test");
    assert_int_equal(scene_event_count(EVENT_BACK_TO_TEST), 1);
    start_anew(&runner);
    drop_dem(&runner, "DEM3.ini", "B3");
    scene_assert_rows(scene, "SELECT booking_number FROM booking", "B2"); /* what it had it keeps */
    scene->world = DATABASE_TEST;
    scene_assert_rows(
        scene,
        "SELECT booking_number, copied_from FROM booking JOIN file ON file.id = booking_file ORDER BY 1",
        "B1|-\nB2|1\nB3|-");
    end(&runner);
}

static void drop_moves(struct runner *runner, int first, int count)
{
    char name[32], text[200];
    for (int i = first; i < first + count; i++) {
        (void)snprintf(name, sizeof name, "LOC%d.ini", i);
        (void)snprintf(
            text, sizeof text,
            "DataType=\"PatientLocation\"\r\nPatientID=\"B1\"\r\nBooking=\"B1\"\r\nHousing=\"H%d\"\r\n", i);
        drop_quickly(&runner->scene, name, text);
    }
}

/* There and back in the middle of a stream of files, three times: each is applied by one of the worlds, test has them all, and the last one
 * counts whichever way it came. */
static void nothing_is_lost_where_a_feed_changes_worlds_while_files_come(void **state)
{
    (void)state;
    enum {
        FILES = 80,
        ROUNDS = 3
    };
    struct runner runner;
    begin(&runner, NULL);
    struct scene *scene = &runner.scene;
    char expected[64];
    int dropped = 0;
    (void)answer_to(&runner, "golive", "facility:VCSO");
    start_anew(&runner);
    for (int round = 0; round < ROUNDS; round++) {
        scene->world = DATABASE_LIVE;
        (void)answer_to(&runner, "golive", "feed:jms");
        if (round == 0) {
            start_anew(&runner);
            drop_dem(&runner, "DEM1.ini", "B1"); /* known in both */
        } else {
            drop_moves(&runner, dropped, FILES);
            dropped += FILES;
            start_anew(&runner);
        }
        drop_moves(&runner, dropped, FILES);
        dropped += FILES;
        (void)answer_to(&runner, "back-to-test", "feed:jms");
        drop_moves(&runner, dropped, FILES);
        dropped += FILES;
        start_anew(&runner);
        drop_moves(&runner, dropped, FILES);
        dropped += FILES;
    }
    scene_settle(scene);
    (void)snprintf(expected, sizeof expected, "%d|%d", dropped + 1, dropped + 1);
    scene->world = DATABASE_TEST;
    scene_assert_rows(scene,
                      "SELECT count(*), count(DISTINCT name) FROM file WHERE state = 'done' AND in_place = 0",
                      expected);
    (void)snprintf(expected, sizeof expected, "H%d", dropped - 1);
    scene_assert_rows(scene, "SELECT housing FROM booking", expected);
    scene_assert_rows(scene,
                      "SELECT count(*) FROM file WHERE copied_from IS NULL AND name IN"
                      " (SELECT name FROM file WHERE copied_from IS NOT NULL)",
                      "0");
    (void)snprintf(expected, sizeof expected, "%s",
                   scene_rows(scene, "SELECT count(*) FROM file WHERE copied_from IS NOT NULL"));
    scene->world = DATABASE_LIVE;
    scene_assert_rows(scene, "SELECT count(*) FROM file", expected);
    assert_int_equal(scene_count_files(scene->share), 0);
    assert_int_equal(scene_event_count(EVENT_STOP_DEADLINE), 0);
    end(&runner);
}

static void a_pharmacy_goes_live_after_its_feed_and_facilities(void **state)
{
    (void)state;
    struct runner runner;
    begin(&runner, "");
    assert_string_equal(
        answer_to(&runner, "golive", "pharmacy:diamond"),
        "refused: no feed is live yet, and a pharmacy goes live after the feed of its facilities");
    (void)answer_to(&runner, "golive", "feed:jms");
    start_anew(&runner);
    assert_string_equal(answer_to(&runner, "golive", "pharmacy:diamond"),
                        "refused: pharmacy diamond serves facility VCSO, which is not live; that goes first");
    (void)answer_to(&runner, "golive", "facility:VCSO");
    start_anew(&runner);
    (void)answer_to(&runner, "golive", "facility:ADAMS");
    start_anew(&runner);
    assert_string_equal(answer_to(&runner, "golive", "pharmacy:diamond"), "done: pharmacy diamond is live");
    end(&runner);

    begin(&runner, "facilities=\"vcso\"");
    (void)answer_to(&runner, "golive", "feed:jms");
    start_anew(&runner);
    assert_string_equal(answer_to(&runner, "golive", "pharmacy:diamond"),
                        "refused: pharmacy diamond serves facility VCSO, which is not live; that goes first");
    end(&runner);

    begin(&runner, NULL);
    assert_string_equal(answer_to(&runner, "golive", "pharmacy:diamond"),
                        "refused: pharmacy diamond has no live-folder in the configuration; add it first");
    assert_int_equal(scene_event_count(EVENT_WENT_LIVE), 0);
    assert_int_equal(runner.changes, 0);
    end(&runner);
}

static void what_is_not_understood_is_refused_and_changes_nothing(void **state)
{
    (void)state;
    struct runner runner;
    begin(&runner, NULL);
    assert_string_equal(
        answer_to(&runner, "golive", "feed:nobody"),
        "refused: the configuration has no feed, facility or pharmacy 'feed:nobody'; `corbridge status` lists "
        "them");
    assert_string_equal(answer_to(&runner, "explode", "feed:jms"),
                        "refused: this version has no such command");
    /* Test has no way to make itself live: neither by a command nor by a row of its own. */
    runner.scene.world = DATABASE_TEST;
    assert_string_equal(answer_to(&runner, "golive", "feed:jms"),
                        "refused: what is live stands in the live database only");
    scene_execute(&runner.scene,
                  "INSERT INTO live_since VALUES ('feed', 'jms', '2026-11-23T18:00:00.000000Z', 'x', NULL)");
    scene_stop(&runner.scene);
    start(&runner);
    drop_dem(&runner, "DEM1.ini", "B1");
    scene_assert_rows(&runner.scene, "SELECT booking_number FROM booking", "B1");
    runner.scene.world = DATABASE_LIVE;
    scene_assert_rows(&runner.scene, "SELECT count(*) FROM file", "0");
    scene_assert_rows(&runner.scene, "SELECT count(*) FROM live_since", "0");
    assert_int_equal(runner.changes, 0);
    end(&runner);
}

/* A service that is paused stays so when it is started anew: no file slips in between. */
static void an_engine_that_starts_paused_takes_nothing(void **state)
{
    (void)state;
    struct scene scene;
    char message[400] = "";
    scene_init(&scene, NULL);
    struct engine_options options = {.config = scene.config, .paused = true};
    assert_int_equal(engine_start(&options, &scene.engine, message, sizeof message), ENGINE_STARTED);
    char *dem = scene_dem("B1", "B1", NULL, NULL);
    drop_quickly(&scene, "DEM1.ini", dem);
    free(dem);
    engine_scan_now(scene.engine, false);
    wait_waiting(&scene, 1);
    scene_assert_rows(&scene, "SELECT count(*) FROM file", "0");
    engine_resume(scene.engine);
    scene_settle(&scene);
    scene_assert_rows(&scene, "SELECT state FROM file", "done");
    scene_release(&scene);
}

/* The service was stopped when the command was typed: the row waits, and is carried out at the start. */
static void a_command_that_waits_is_carried_out_at_the_start(void **state)
{
    (void)state;
    struct runner runner;
    begin(&runner, NULL);
    scene_stop(&runner.scene);
    scene_execute(&runner.scene,
                  "INSERT INTO command (what, subject, argument, windows_user, created_at)"
                  " VALUES ('golive', 'feed:jms', 'a test', 'u', '2026-11-23T18:00:00.000000Z')");
    start(&runner);
    start_anew(&runner);
    scene_assert_rows(&runner.scene, "SELECT name FROM live_since", "jms");
    scene_assert_rows(&runner.scene, "SELECT outcome FROM command", "done");
    end(&runner);
}

static int type(struct runner *runner, const char *command, const char *reason_option, const char *name,
                const char *more)
{
    char program[] = "corbridge", text[10][400];
    const char *words[] = {command,
                           name,
                           more,
                           reason_option,
                           reason_option ? "a test" : NULL,
                           "--config",
                           runner->scene.config_path};
    char *argv[12] = {program};
    int argc = 1;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (!words[i])
            continue;
        (void)snprintf(text[i], sizeof text[i], "%s", words[i]);
        argv[argc++] = text[i];
    }
    return commands_main(argc, argv);
}

/* Messages that were queued when a pharmacy went back to test must not come weeks later. */
static void what_was_queued_for_a_pharmacy_back_in_test_is_never_sent(void **state)
{
    (void)state;
    struct runner runner;
    begin(&runner, "");
    struct scene *scene = &runner.scene;
    char *away = path_join(runner.root, "away");
    assert_int_equal(type(&runner, "golive", "--waive", "jms", "VCSO"), COMMANDS_OK);
    start_anew(&runner);
    assert_int_equal(type(&runner, "golive", "--waive", "ADAMS", "diamond"), COMMANDS_OK);
    start_anew(&runner);
    drop_dem(&runner, "DEM1.ini", "B1");
    rename_path(runner.live_folder, away);
    scene_execute(
        scene,
        "INSERT INTO provider (provider_id, last_name, first_name, npi) VALUES ('U17', 'Hale', 'N', '1234567893');"
        "INSERT INTO drug (ndc, name) VALUES ('00904582460', 'Ibuprofen 200 MG Tablet');"
        "INSERT INTO medication_order (placer_number, order_control, patient, booking, ndc, ordered_at,"
        " dose_amount, dose_units, route, frequency, provider) VALUES ('O1', 'NW', 1, 1, '00904582460',"
        " '2026-11-23T18:05:09Z', '2', 'TAB', 'PO', 'BID', 'U17')");
    wait_event(EVENT_PHARMACY_AWAY, 1);
    assert_int_equal(type(&runner, "back-to-test", "--reason", "diamond", NULL), COMMANDS_OK);
    start_anew(&runner);
    assert_int_equal(scene_event_count(EVENT_LEFT_MESSAGES_REJECTED), 1);
    assert_non_null(strstr(scene_event_text(EVENT_LEFT_MESSAGES_REJECTED),
                           "The pharmacy diamond is in test again, and 1 messages"));
    scene_assert_rows(scene, "SELECT state FROM outbox", "rejected");
    rename_path(away, runner.live_folder);
    assert_int_equal(type(&runner, "golive", "--waive", "diamond", NULL), COMMANDS_OK);
    start_anew(&runner);
    scene_settle(scene);
    scene_assert_rows(scene, "SELECT state FROM outbox", "rejected");
    assert_int_equal(scene_count_files(runner.live_folder), 0);
    assert_int_equal(scene_event_count(EVENT_LEFT_MESSAGES_REJECTED), 1);
    free(away);
    end(&runner);
}

/* What is typed in any order is carried out in the order that is possible. */
static void the_commands_wait_for_the_answer(void **state)
{
    (void)state;
    struct runner runner;
    begin(&runner, NULL);
    assert_int_equal(type(&runner, "golive", "--waive", "VCSO", "feed:jms"), COMMANDS_OK);
    scene_assert_rows(&runner.scene, "SELECT what, subject, argument, outcome FROM command ORDER BY id",
                      "golive|feed:jms|a test|done\ngolive|facility:VCSO|a test|done");
    start_anew(&runner);
    assert_int_equal(type(&runner, "golive", "--waive", "diamond", NULL), COMMANDS_FAILED);
    assert_int_equal(type(&runner, "back-to-test", "--reason", "jms", NULL), COMMANDS_OK);
    start_anew(&runner);
    assert_int_equal(type(&runner, "golive", NULL, "jms", NULL), COMMANDS_USAGE);     /* no reason */
    assert_int_equal(type(&runner, "golive", "--waive", NULL, NULL), COMMANDS_USAGE); /* no name */
    assert_int_equal(type(&runner, "golive", "--waive", "nobody", NULL), COMMANDS_USAGE);
    char *empty[] = {(char[]){"corbridge"}, (char[]){"golive"}, (char[]){"jms"}, (char[]){"--waive"},
                     (char[]){""}};
    assert_int_equal(commands_main(sizeof empty / sizeof empty[0], empty), COMMANDS_USAGE);
    scene_assert_rows(&runner.scene, "SELECT count(*) FROM command", "4");
    scene_assert_rows(&runner.scene, "SELECT kind FROM live_since", "facility");
    end(&runner);
}

/* The code of a facility that went live is written otherwise in the configuration by now: it is the same facility. */
static void a_facility_is_live_in_whatever_case(void **state)
{
    (void)state;
    struct runner runner;
    begin(&runner, "");
    scene_stop(&runner.scene);
    scene_execute(&runner.scene,
                  "INSERT INTO live_since VALUES ('feed', 'jms', '2026-11-23T18:00:00.000000Z', 'u', NULL),"
                  " ('facility', 'vcso', '2026-11-23T18:00:00.000000Z', 'u', NULL),"
                  " ('facility', 'ADAMS', '2026-11-23T18:00:00.000000Z', 'u', NULL)");
    start(&runner);
    drop_dem(&runner, "DEM1.ini", "B1");
    scene_assert_rows(&runner.scene, "SELECT state FROM message", "applied");
    assert_string_equal(answer_to(&runner, "golive", "facility:VCSO"),
                        "done: facility VCSO was live already");
    assert_string_equal(answer_to(&runner, "golive", "pharmacy:diamond"), "done: pharmacy diamond is live");
    assert_string_equal(answer_to(&runner, "back-to-test", "facility:VCSO"),
                        "done: facility VCSO is back in test");
    scene_assert_rows(&runner.scene, "SELECT name FROM live_since WHERE kind = 'facility'", "ADAMS");
    end(&runner);
}

/* What waited when it was started is done before it is idle, also what stands in a table and in no folder. */
static void until_idle_is_after_what_waited_in_the_tables(void **state)
{
    (void)state;
    struct runner runner;
    begin(&runner, "");
    struct scene *scene = &runner.scene;
    drop_dem(&runner, "DEM1.ini", "B1");
    scene_stop(scene);
    scene_execute(scene, "INSERT INTO command (what, subject, argument, windows_user, created_at)"
                         " VALUES ('golive', 'feed:jms', 'a test', 'u', '2026-11-23T18:00:00.000000Z'),"
                         " ('golive', 'facility:VCSO', 'a test', 'u', '2026-11-23T18:00:00.000000Z')");
    scene->world = DATABASE_TEST;
    scene_execute(
        scene,
        "INSERT INTO provider (provider_id, last_name, npi) VALUES ('U17', 'Hale', '1234567893');"
        "INSERT INTO drug (ndc, name) VALUES ('00904582460', 'Ibuprofen 200 MG Tablet');"
        "INSERT INTO medication_order (placer_number, order_control, patient, booking, ndc, ordered_at,"
        " dose_amount, dose_units, route, frequency, provider) VALUES ('O1', 'NW', 1, 1, '00904582460',"
        " '2026-11-23T18:05:09Z', '2', 'TAB', 'PO', 'BID', 'U17')");
    char *argv[] = {(char[]){"corbridge"}, (char[]){"run"}, (char[]){"--until-idle"}, (char[]){"--config"},
                    scene->config_path};
    assert_int_equal(commands_main(sizeof argv / sizeof argv[0], argv), COMMANDS_OK);
    scene_assert_rows(scene, "SELECT state FROM outbox", "sent");
    scene->world = DATABASE_LIVE;
    scene_assert_rows(scene, "SELECT outcome FROM command", "done\ndone");
    scene_assert_rows(scene, "SELECT name FROM live_since ORDER BY name", "VCSO\njms");
    /* With what is live now, as the engine that was started anew. */
    drop_quickly(scene, "DEM2.ini", "DataType=\"PatientDemographics\"\r\n");
    assert_int_equal(commands_main(sizeof argv / sizeof argv[0], argv), COMMANDS_OK);
    scene_assert_rows(scene, "SELECT state FROM file", "quarantined");
    end(&runner);
}

static void what_left_the_configuration_can_be_taken_back(void **state)
{
    (void)state;
    struct runner runner;
    begin(&runner, NULL);
    scene_execute(
        &runner.scene,
        "INSERT INTO live_since VALUES ('pharmacy', 'gone', '2026-11-23T18:00:00.000000Z', 'u', NULL)");
    char *text = commands_check_answer(runner.scene.config_path);
    assert_non_null(strstr(
        text, "FAILED\tlive\tpharmacy gone is live and is no longer in the configuration: put it back, or "
              "corbridge back-to-test pharmacy:gone\n"));
    free(text);
    assert_int_equal(type(&runner, "golive", "--waive", "pharmacy:gone", NULL), COMMANDS_USAGE);
    assert_int_equal(type(&runner, "back-to-test", "--reason", "pharmacy:gone", NULL), COMMANDS_OK);
    scene_assert_rows(&runner.scene, "SELECT count(*) FROM live_since", "0");
    start_anew(&runner);
    assert_string_equal(answer_to(&runner, "golive", "feed:jms"), "done: feed jms is live");
    text = commands_check_answer(runner.scene.config_path);
    assert_non_null(strstr(text, "OK\tlive\tfeed jms since 20"));
    assert_non_null(strstr(text, "WARNING\tlive\tfeeds are live and no facility is"));
    free(text);
    end(&runner);
}

#define LIVE_DATABASE "data/database/corbridge-live.db"

/* An empty database in the place of a lost one would put everything back into test without a word. */
static void a_live_database_that_was_lost_is_not_replaced_by_an_empty_one(void **state)
{
    (void)state;
    char message[600] = "", kept[1200];
    bool there = true;
    struct runner runner;
    begin(&runner, NULL);
    struct scene *scene = &runner.scene;
    (void)answer_to(&runner, "golive", "feed:jms");
    (void)answer_to(&runner, "golive", "facility:VCSO");
    start_anew(&runner);
    drop_dem(&runner, "DEM1.ini", "B1");
    scene_stop(scene);
    (void)snprintf(kept, sizeof kept, "%s.kept", scene_path(scene, LIVE_DATABASE));
    assert_int_equal(file_move(scene_path(scene, LIVE_DATABASE), kept).kind, PLATFORM_OK);

    struct engine_options options = {.config = scene->config};
    assert_int_equal(engine_start(&options, &scene->engine, message, sizeof message), ENGINE_DATABASE);
    assert_non_null(strstr(message, "is missing, and "));
    assert_non_null(
        strstr(scene_event_text(EVENT_START_FAILED), "put the database back, or move that folder away"));
    assert_int_equal(file_exists(scene_path(scene, LIVE_DATABASE), &there).kind, PLATFORM_OK);
    assert_false(there);

    assert_int_equal(file_move(kept, scene_path(scene, LIVE_DATABASE)).kind, PLATFORM_OK); /* put back */
    start(&runner);
    scene_assert_rows(scene, "SELECT booking_number FROM booking", "B1");
    scene_stop(scene);

    char *moved = strdup(kept); /* or an empty live world, on purpose */
    assert_non_null(moved);
    assert_int_equal(file_remove(scene_path(scene, LIVE_DATABASE)).kind, PLATFORM_OK);
    (void)snprintf(kept, sizeof kept, "%s", scene_path(scene, "data/live"));
    (void)snprintf(moved, strlen(moved) + 1, "%s", scene_path(scene, "data/live.old"));
    assert_int_equal(file_move(kept, moved).kind, PLATFORM_OK);
    start(&runner);
    scene_assert_rows(scene, "SELECT count(*) FROM booking", "0");
    free(moved);
    end(&runner);
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_feed_goes_live_and_back),
        cmocka_unit_test(nothing_is_lost_where_a_feed_changes_worlds_while_files_come),
        cmocka_unit_test(a_pharmacy_goes_live_after_its_feed_and_facilities),
        cmocka_unit_test(what_is_not_understood_is_refused_and_changes_nothing),
        cmocka_unit_test(a_facility_is_live_in_whatever_case),
        cmocka_unit_test(until_idle_is_after_what_waited_in_the_tables),
        cmocka_unit_test(what_left_the_configuration_can_be_taken_back),
        cmocka_unit_test(what_was_queued_for_a_pharmacy_back_in_test_is_never_sent),
        cmocka_unit_test(the_commands_wait_for_the_answer),
        cmocka_unit_test(an_engine_that_starts_paused_takes_nothing),
        cmocka_unit_test(a_command_that_waits_is_carried_out_at_the_start),
        cmocka_unit_test(a_live_database_that_was_lost_is_not_replaced_by_an_empty_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
