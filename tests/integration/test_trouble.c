/*
 * An archive and a database that refuse, a stop in the midst of it: everything waits, nothing is lost, and each trouble that a person
 * must know of is told once when it begins and once when it ends.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "tests/integration/failing.h"
#include "tests/integration/wait.h"
#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

/* ---- the archive ---- */

static bool tried_enough(void *context)
{
    return failing_count() >= *(const unsigned *)context;
}

/* No right, no room: on our own disk, or where a folder of ours is another's. */
static void an_archive_that_refuses_delays_and_loses_nothing(void **state)
{
    (void)state;
    static const struct {
        enum platform_call call;
        enum platform_kind kind;
    } CASES[] = {
        {PLATFORM_CALL_RENAME, PLATFORM_DENIED},
        {PLATFORM_CALL_MAKE_FOLDER, PLATFORM_DENIED},
        {PLATFORM_CALL_RENAME, PLATFORM_FULL},
        {PLATFORM_CALL_MAKE_FOLDER, PLATFORM_FULL},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct scene scene;
        scene_init(&scene, NULL);
        failing_set_up();
        scene_start(&scene);
        failing_begin(CASES[i].call, "archive", CASES[i].kind);
        drop_booking(&scene, "DEM1.ini", "B1", NULL);
        drop_booking(&scene, "DEM2.ini", "B2", NULL);
        wait_rows(&scene, "SELECT state, in_place FROM file", "done|1\ndone|1"); /* applied all the same */
        assert_int_equal(scene_count_files(scene.share), 2);
        unsigned tries = failing_count() + 6;
        drop_booking(&scene, "DEM3.ini", "B3", NULL); /* and others go on */
        wait_rows(&scene, "SELECT count(*) FROM booking", "3");
        wait_until("more tries", tried_enough, &tries);
        failing_end();
        scene_settle(&scene);
        scene_assert_rows(&scene, "SELECT count(*), sum(in_place), count(stored) FROM file", "3|0|3");
        scene_assert_rows(&scene, "SELECT count(*) FROM message", "3"); /* nothing was applied twice */
        assert_int_equal(scene_count_files(scene.share), 0);
        assert_int_equal(scene_count_files(scene_path(&scene, "data/test")), 3);
        assert_int_equal(scene_event_count(EVENT_NOT_MOVED), 0); /* that is for a minute of it */
        scene_release(&scene);
        failing_tear_down();
    }
}

/* Not the file without its reason, nor the reason twice. */
static void a_quarantine_without_room_delays_the_file_and_its_reason(void **state)
{
    (void)state;
    static const enum platform_call CALLS[] = {PLATFORM_CALL_MAKE_FOLDER, PLATFORM_CALL_OPEN,
                                               PLATFORM_CALL_RENAME};
    for (size_t i = 0; i < sizeof CALLS / sizeof CALLS[0]; i++) {
        struct scene scene;
        scene_init(&scene, NULL);
        failing_set_up();
        scene_start(&scene);
        failing_begin(CALLS[i], "quarantine", PLATFORM_FULL);
        scene_drop(&scene, "BAD.ini", "this is no event\r\n");
        wait_rows(&scene, "SELECT state, in_place FROM file", "quarantined|1");
        unsigned tries = failing_count() + 2;
        wait_until("more tries", tried_enough, &tries);
        assert_int_equal(scene_count_files(scene.share), 1);
        drop_booking(&scene, "DEM1.ini", "B1", NULL);
        wait_rows(&scene, "SELECT count(*) FROM booking", "1");
        failing_end();
        scene_settle(&scene);
        scene_assert_rows(&scene, "SELECT name, state, in_place FROM file ORDER BY id",
                          "BAD.ini|quarantined|0\nDEM1.ini|done|0");
        assert_int_equal(scene_count_files(scene_path(&scene, "data/test/quarantine")), 2);
        assert_int_equal(scene_event_count(EVENT_QUARANTINED), 1);
        assert_int_equal(scene_count_files(scene.share), 0);
        scene_release(&scene);
        failing_tear_down();
    }
}

static void a_stop_while_the_archive_refuses_leaves_rows_in_place_and_the_next_start_ends_them(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, NULL);
    failing_set_up();
    scene_start(&scene);
    failing_begin(PLATFORM_CALL_RENAME, "archive", PLATFORM_DENIED);
    drop_booking(&scene, "DEM1.ini", "B1", NULL);
    wait_rows(&scene, "SELECT state, in_place FROM file", "done|1");
    char message[200] = "";
    assert_false(engine_stop(scene.engine, 100, message, sizeof message));
    scene.engine = NULL;
    assert_string_not_equal(message, "");
    assert_int_equal(scene_event_count(EVENT_STOP_DEADLINE), 1);
    assert_int_equal(scene_count_files(scene.share), 1);
    scene_start(&scene);
    drop_booking(&scene, "DEM2.ini", "B2", NULL);
    wait_rows(&scene, "SELECT count(*) FROM booking", "2");
    failing_end();
    scene_settle(&scene);
    scene_assert_rows(&scene, "SELECT name, state, in_place FROM file ORDER BY id",
                      "DEM1.ini|done|0\nDEM2.ini|done|0");
    scene_assert_rows(&scene, "SELECT count(*), sum(state = 'applied') FROM message", "2|2");
    assert_int_equal(scene_count_files(scene.share), 0);
    scene_release(&scene);
    failing_tear_down();
}

/* ---- the database ---- */

/* Another program: a connection of its own that holds the write lock. */
static sqlite3 *hold_write_lock(struct scene *scene)
{
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(scene_path(scene, "data/database/corbridge-test.db"), &db), SQLITE_OK);
    assert_int_equal(sqlite3_busy_timeout(db, 5000), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    return db;
}

static void let_go(sqlite3 *db)
{
    assert_int_equal(sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void a_database_locked_by_another_program_delays_and_loses_nothing(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, NULL);
    scene_start(&scene);
    drop_booking(&scene, "DEM0.ini", "B0", NULL);
    scene_settle(&scene);
    sqlite3 *other = hold_write_lock(&scene);
    for (int i = 1; i <= 20; i++) {
        char name[32], booking[16];
        (void)snprintf(name, sizeof name, "DEM%d.ini", i);
        (void)snprintf(booking, sizeof booking, "B%d", i);
        drop_booking(&scene, name, booking, NULL);
    }
    wait_event(EVENT_DATABASE_UNAVAILABLE, 1);
    drop_booking(&scene, "DEM21.ini", "B21", NULL);
    assert_int_equal(scene_event_count(EVENT_DATABASE_BACK), 0);
    assert_int_equal(scene_count_files(scene.share), 21);
    let_go(other);
    wait_event(EVENT_DATABASE_BACK, 1);
    scene_settle(&scene);
    scene_assert_rows(&scene, "SELECT count(*), sum(state = 'done'), sum(in_place) FROM file", "22|22|0");
    scene_assert_rows(&scene, "SELECT count(*), sum(state = 'applied') FROM message", "22|22");
    assert_int_equal(scene_count_files(scene.share), 0);
    assert_int_equal(scene_event_count(EVENT_DATABASE_UNAVAILABLE), 1);
    assert_int_equal(scene_event_count(EVENT_DATABASE_BACK), 1);
    assert_int_equal(scene_event_count(EVENT_VANISHED) + scene_event_count(EVENT_FILE_REPLACED), 0);
    scene_release(&scene);
}

static void a_stop_while_the_database_is_locked_loses_nothing(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, NULL);
    scene_start(&scene);
    drop_booking(&scene, "DEM0.ini", "B0", NULL);
    scene_settle(&scene);
    sqlite3 *other = hold_write_lock(&scene);
    drop_booking(&scene, "DEM1.ini", "B1", NULL);
    wait_waiting(&scene, 1);
    char message[200] = "";
    (void)engine_stop(scene.engine, 100, message, sizeof message);
    scene.engine = NULL;
    let_go(other);
    scene_start(&scene);
    scene_settle(&scene);
    scene_assert_rows(&scene, "SELECT count(*), sum(state = 'done'), sum(in_place) FROM file", "2|2|0");
    scene_assert_rows(&scene, "SELECT count(*) FROM message", "2");
    scene_release(&scene);
}

/* ---- stopping ---- */

static void a_stop_in_the_middle_of_load_ends_in_time_and_loses_nothing(void **state)
{
    (void)state;
    enum {
        STOPS = 30,
        FILES = 20
    };
    struct scene scene;
    scene_init(&scene, NULL);
    for (int stop = 0; stop < STOPS; stop++) {
        for (int i = 0; i < FILES / 2; i++) {
            char name[32];
            (void)snprintf(name, sizeof name, "DEM%d-%d.ini", stop, i);
            drop_booking(&scene, name, name, NULL);
        }
        scene_start(&scene);
        for (int i = FILES / 2; i < FILES; i++) {
            char name[32];
            (void)snprintf(name, sizeof name, "DEM%d-%d.ini", stop, i);
            drop_booking(&scene, name, name, NULL);
        }
        if (stop % 3 == 1)
            engine_pause(scene.engine);
        if (stop % 3 == 2)
            engine_scan_now(scene.engine, true);
        scene_stop(&scene); /* asserts that it ended within its deadline */
    }
    scene_start(&scene);
    scene_settle(&scene);
    scene_assert_rows(&scene, "SELECT count(*), sum(state = 'done'), sum(in_place) FROM file", "600|600|0");
    scene_assert_rows(&scene, "SELECT count(*) FROM message WHERE state = 'applied'", "600");
    assert_int_equal(scene_count_files(scene.share), 0);
    assert_int_equal(scene_event_count(EVENT_UNCLEAN_STOP_FOUND), 0);
    scene_release(&scene);
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_archive_that_refuses_delays_and_loses_nothing),
        cmocka_unit_test(a_quarantine_without_room_delays_the_file_and_its_reason),
        cmocka_unit_test(a_stop_while_the_archive_refuses_leaves_rows_in_place_and_the_next_start_ends_them),
        cmocka_unit_test(a_database_locked_by_another_program_delays_and_loses_nothing),
        cmocka_unit_test(a_stop_while_the_database_is_locked_loses_nothing),
        cmocka_unit_test(a_stop_in_the_middle_of_load_ends_in_time_and_loses_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
