/*
 * What lies in the hold is open. When its waiting is over the file goes on: applied, to the archive; waited too long, to the quarantine
 * with a reason of its own. Whatever dies on the way, the ledger says in the end where each file lies.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/file.h"
#include "platform/path.h"
#include "tests/integration/failing.h"
#include "tests/integration/killed.h"
#include "tests/integration/wait.h"
#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

/* The first part of where the ledger says that each file lies. */
#define PLACES                                                                                               \
    "SELECT in_place, substr(stored, 1, instr(replace(stored, '\\', '/'), '/') - 1) FROM file ORDER BY id"

static void drop_location(struct scene *scene, const char *name, const char *patient, const char *booking)
{
    char text[400];
    (void)snprintf(text, sizeof text,
                   "DataType=\"PatientLocation\"\r\nPatientID=\"%s\"\r\nFacility=\"VCSO\"\r\n"
                   "Housing=\"MOVED\"\r\nBooking=\"%s\"\r\n",
                   patient, booking);
    drop_quickly(scene, name, text);
    scene_settle(scene);
}

static void drop_dem(struct scene *scene, const char *name, const char *patient, const char *booking)
{
    char *dem = scene_dem(patient, booking, NULL, NULL);
    drop_quickly(scene, name, dem);
    free(dem);
    scene_settle(scene);
}

/* How many files lie below archive, quarantine and hold, as "1|0|0"; static. */
static const char *files_in(struct scene *scene)
{
    static char text[32];
    (void)snprintf(text, sizeof text, "%zu|%zu|%zu",
                   scene_count_files(scene_path(scene, "data/test/archive")),
                   scene_count_files(scene_path(scene, "data/test/quarantine")),
                   scene_count_files(scene_path(scene, "data/test/hold")));
    return text;
}

/* The file of that number lies where the ledger says. */
static void assert_lies_there(struct scene *scene, int number)
{
    char sql[80], path[1200];
    bool there = false;
    (void)snprintf(sql, sizeof sql, "SELECT stored FROM file WHERE id = %d", number);
    (void)snprintf(path, sizeof path, "%s%c%s", scene_path(scene, "data/test"), PATH_SEPARATOR,
                   scene_rows(scene, sql));
    assert_int_equal(file_exists(path, &there).kind, PLATFORM_OK);
    assert_true(there);
}

static void expire(struct scene *scene)
{
    scene_execute(scene, "UPDATE waiting_event SET waits_until = '2026-11-01T00:00:00.000000Z'");
}

/* ---- the usual ---- */

static void what_waited_goes_to_the_archive_once_its_booking_is_there(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, NULL);
    scene_start(&scene);
    drop_location(&scene, "LOC1.ini", "P1", "B1");
    drop_location(&scene, "LOC2.ini", "P1", "B1");
    drop_location(&scene, "LOC3.ini", "P1", "B9");
    assert_string_equal(files_in(&scene), "0|0|6");
    drop_dem(&scene, "DEM1.ini", "P1", "B1");
    wait_rows(&scene, PLACES, "0|archive\n0|archive\n0|hold\n0|archive");
    assert_string_equal(files_in(&scene), "3|0|2"); /* and its reason */
    for (int i = 1; i <= 4; i++)
        assert_lies_there(&scene, i);
    char *bytes =
        scene_read(scene_find_file(scene_path(&scene, "data/test/archive"), "000000000002_LOC2.ini"));
    assert_non_null(strstr(bytes, "Housing=\"MOVED\""));
    free(bytes);
    scene_assert_rows(&scene, "SELECT state FROM message ORDER BY file",
                      "stale\nstale\nwaiting\napplied"); /* the DEM came later and says where the person is */
    scene_release(&scene);
}

static void what_waited_too_long_goes_to_the_quarantine_with_its_reason(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, NULL);
    scene_start(&scene);
    drop_location(&scene, "LOC1.ini", "P1", "B1");
    scene_stop(&scene);
    expire(&scene);
    scene_start(&scene);
    wait_rows(&scene, PLACES, "0|quarantine");
    assert_int_equal(scene_event_count(EVENT_WAITED_TOO_LONG), 1);
    assert_string_equal(files_in(&scene), "0|2|0");
    assert_lies_there(&scene, 1);
    char *reason = scene_read(
        scene_find_file(scene_path(&scene, "data/test/quarantine"), "000000000001_LOC1.ini.reason.txt"));
    assert_non_null(strstr(reason, "into quarantine"));
    assert_non_null(strstr(reason, "waited-too-long"));
    assert_non_null(strstr(reason, "its booking did not become known in time"));
    assert_non_null(strstr(reason, "LOC1.ini"));
    assert_null(strstr(reason, "MOVED"));
    free(reason);
    scene_release(&scene);
}

static void many_are_moved_in_small_steps(void **state)
{
    (void)state;
    enum {
        FILES = 40
    };
    struct scene scene;
    scene_init(&scene, NULL);
    scene_start(&scene);
    for (int i = 0; i < FILES; i++) {
        char name[32], text[300];
        (void)snprintf(name, sizeof name, "LOC%d.ini", i);
        (void)snprintf(text, sizeof text,
                       "DataType=\"PatientLocation\"\r\nPatientID=\"P1\"\r\nFacility=\"VCSO\"\r\n"
                       "Housing=\"H%d\"\r\nBooking=\"B1\"\r\n",
                       i);
        drop_quickly(&scene, name, text);
    }
    scene_settle(&scene);
    assert_string_equal(files_in(&scene), "0|0|80");
    drop_dem(&scene, "DEM1.ini", "P1", "B1");
    wait_rows(&scene, "SELECT count(*) FROM file WHERE stored LIKE 'archive%'", "41");
    assert_string_equal(files_in(&scene), "41|0|0");
    scene_release(&scene);
}

static void each_that_is_held_for_naming_another_person_is_told_and_stays(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, NULL);
    scene_start(&scene);
    drop_location(&scene, "LOC1.ini", "P2", "B1");
    drop_location(&scene, "LOC2.ini", "P1", "B1");
    drop_location(&scene, "LOC3.ini", "P3", "B1");
    drop_location(&scene, "LOC4.ini", "P2", "B1");
    drop_dem(&scene, "DEM1.ini", "P1", "B1");
    wait_rows(&scene, PLACES, "0|hold\n0|archive\n0|hold\n0|hold\n0|archive");
    assert_int_equal(scene_event_count(EVENT_HELD), 3);
    char *all = scene_event_all();
    assert_non_null(strstr(all, "feed jms (ledger number 1)"));
    assert_non_null(strstr(all, "feed jms (ledger number 3)"));
    assert_non_null(strstr(all, "feed jms (ledger number 4)"));
    free(all);
    assert_string_equal(files_in(&scene), "2|0|6");
    scene_release(&scene);
}

/* ---- when it cannot be moved, or not be told ---- */

static void a_file_that_cannot_be_moved_is_moved_later(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, NULL);
    failing_set_up();
    scene_start(&scene);
    drop_location(&scene, "LOC1.ini", "P1", "B1");
    failing_begin(PLATFORM_CALL_RENAME, "_LOC1", PLATFORM_DENIED);
    drop_dem(&scene, "DEM1.ini", "P1", "B1");
    drop_dem(&scene, "DEM2.ini", "P2", "B2"); /* and stops nobody */
    scene_assert_rows(&scene, "SELECT state FROM message ORDER BY file", "stale\napplied\napplied");
    assert_true(failing_count() > 0);
    scene_assert_rows(&scene, PLACES, "0|hold\n0|archive\n0|archive");
    assert_string_equal(files_in(&scene), "2|0|2");
    scene_stop(&scene);
    failing_end();
    scene_start(&scene); /* at the latest */
    wait_rows(&scene, PLACES, "0|archive\n0|archive\n0|archive");
    assert_string_equal(files_in(&scene), "3|0|0");
    scene_release(&scene);
    failing_tear_down();
}

static void what_waited_too_long_in_the_share_goes_to_the_quarantine_at_once(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, NULL);
    failing_set_up();
    failing_begin(PLATFORM_CALL_RENAME, "hold", PLATFORM_DENIED);
    scene_start(&scene);
    drop_quickly(&scene, "LOC1.ini",
                 "DataType=\"PatientLocation\"\r\nPatientID=\"P1\"\r\nFacility=\"VCSO\"\r\n"
                 "Housing=\"MOVED\"\r\nBooking=\"B1\"\r\n");
    wait_rows(&scene, "SELECT m.state, in_place FROM message m JOIN file f ON f.id = file", "waiting|1");
    char message[200];
    assert_false(engine_stop(scene.engine, 0, message, sizeof message));
    scene.engine = NULL;
    failing_end();
    scene_execute(&scene, "UPDATE message SET state = 'quarantined'; DELETE FROM waiting_event");
    scene_start(&scene);
    wait_rows(&scene, PLACES, "0|quarantine");
    assert_string_equal(files_in(&scene), "0|2|0");
    assert_lies_there(&scene, 1);
    scene_release(&scene);
    failing_tear_down();
}

static void a_file_that_somebody_took_out_of_the_hold_is_told(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, NULL);
    scene_start(&scene);
    drop_location(&scene, "LOC1.ini", "P1", "B1");
    drop_location(&scene, "LOC2.ini", "P1", "B1");
    assert_int_equal(file_remove(scene_find_file(scene_path(&scene, "data/test/hold"), "_LOC1.ini")).kind,
                     PLATFORM_OK);
    drop_dem(&scene, "DEM1.ini", "P1", "B1");
    wait_event(EVENT_ARCHIVE_COPY_MISSING, 1);
    wait_rows(&scene, "SELECT id, stored IS NULL FROM file", "1|1\n2|0\n3|0");
    assert_non_null(strstr(scene_event_text(EVENT_ARCHIVE_COPY_MISSING), "ledger number 1"));
    assert_string_equal(files_in(&scene), "2|0|0");
    scene_stop(&scene);
    scene_start(&scene);
    scene_settle(&scene);
    assert_int_equal(scene_event_count(EVENT_ARCHIVE_COPY_MISSING), 1);
    scene_release(&scene);
}

/* ---- a process that is killed on the way ---- */

#ifndef _WIN32
static void killed_anywhere_on_the_way_the_next_start_ends_it(void **state)
{
    (void)state;
    static const struct {
        enum platform_call call;
        const char *piece, *ending;
        bool moved; /* when it is killed, the file has left the hold */
    } MOMENTS[] = {
        {PLATFORM_CALL_RENAME, "archive", "_LOC1.ini", false},
        {PLATFORM_CALL_FLUSH_FOLDER, "archive", "", true},
        {PLATFORM_CALL_DELETE, "hold", ".reason.txt", true},
        {PLATFORM_CALL_FLUSH_FOLDER, "hold", "", true},
    };
    for (size_t i = 0; i < sizeof MOMENTS / sizeof MOMENTS[0]; i++) {
        struct scene scene;
        scene_init(&scene, NULL);
        scene_start(&scene);
        drop_location(&scene, "LOC1.ini", "P1", "B1");
        scene_stop(&scene);
        /* Applied meanwhile, as a booking does it; so nothing but the move stands between the start and the end. */
        scene_execute(&scene, "UPDATE message SET state = 'applied'; DELETE FROM waiting_event");
        run_until_killed(&scene, MOMENTS[i].call, MOMENTS[i].piece, MOMENTS[i].ending);
        scene_assert_rows(&scene, PLACES, "0|hold"); /* the ledger was not told */
        assert_int_equal(scene_count_files(scene_path(&scene, "data/test/archive")),
                         MOMENTS[i].moved ? 1 : 0);
        scene_start(&scene);
        wait_rows(&scene, PLACES, "0|archive");
        assert_string_equal(files_in(&scene), "1|0|0");
        assert_lies_there(&scene, 1);
        assert_int_equal(scene_event_count(EVENT_ARCHIVE_COPY_MISSING), 0);
        scene_release(&scene);
    }
}

static void killed_on_the_way_to_the_quarantine_the_next_start_ends_it(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, NULL);
    scene_start(&scene);
    drop_location(&scene, "LOC1.ini", "P1", "B1");
    scene_stop(&scene);
    expire(&scene);
    run_until_killed(&scene, PLATFORM_CALL_DELETE, "hold", ".reason.txt");
    scene_assert_rows(&scene, "SELECT state FROM message", "quarantined");
    scene_assert_rows(&scene, PLACES, "0|hold");
    scene_start(&scene);
    wait_rows(&scene, PLACES, "0|quarantine");
    assert_string_equal(files_in(&scene), "0|2|0");
    scene_release(&scene);
}
#endif

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_waited_goes_to_the_archive_once_its_booking_is_there),
        cmocka_unit_test(what_waited_too_long_goes_to_the_quarantine_with_its_reason),
        cmocka_unit_test(many_are_moved_in_small_steps),
        cmocka_unit_test(each_that_is_held_for_naming_another_person_is_told_and_stays),
        cmocka_unit_test(a_file_that_cannot_be_moved_is_moved_later),
        cmocka_unit_test(what_waited_too_long_in_the_share_goes_to_the_quarantine_at_once),
        cmocka_unit_test(a_file_that_somebody_took_out_of_the_hold_is_told),
#ifndef _WIN32
        cmocka_unit_test(killed_anywhere_on_the_way_the_next_start_ends_it),
        cmocka_unit_test(killed_on_the_way_to_the_quarantine_the_next_start_ends_it),
#endif
    };
#ifdef _WIN32
    print_message("left out under Windows: the process that is killed on the way (it is made by fork)\n");
#endif
    return cmocka_run_group_tests_name("hold", tests, NULL, NULL);
}
