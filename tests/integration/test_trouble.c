/*
 * Writers that are slow, folders that go away, disks and databases that refuse: everything waits, nothing is lost, and each
 * trouble that a person must know of is told once when it begins and once when it ends.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>
#ifndef _WIN32
#include <unistd.h>
#endif

#include "platform/file.h"
#include "platform/folder.h"
#include "platform/path.h"
#include "tests/integration/failing.h"
#include "tests/integration/wait.h"
#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

/* A DEM of its own patient and booking, dropped in one piece. */
static void drop_dem(struct scene *scene, const char *name, const char *booking, const char *housing)
{
    char *dem = scene_dem(booking, booking, housing, NULL);
    drop_quickly(scene, name, dem);
    free(dem);
}

/* ---- writers ---- */

static void a_file_held_open_by_its_writer_is_not_taken_until_it_is_closed(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, NULL);
    scene_start(&scene);
    char *dem = scene_dem("P1", "B1", NULL, NULL);
    size_t whole = strlen(dem), half = (size_t)(strstr(dem, "Race=") - dem); /* cut where a line ends */
    struct file *writer = NULL;
    assert_int_equal(file_create(share_path(&scene, "DEM1.ini"), &writer).kind, PLATFORM_OK);
    assert_int_equal(file_write(writer, dem, half).kind, PLATFORM_OK);
    wait_waiting(&scene, 1);
    /* It stops nobody, and is not taken while others come and go. */
    for (int i = 2; i <= 4; i++) {
        char name[32], booking[16];
        (void)snprintf(name, sizeof name, "DEM%d.ini", i);
        (void)snprintf(booking, sizeof booking, "B%d", i);
        drop_dem(&scene, name, booking, NULL);
        wait_rows(&scene, "SELECT count(*) FROM booking", i == 2 ? "1" : i == 3 ? "2" : "3");
    }
    scene_assert_rows(&scene, "SELECT count(*) FROM file WHERE name = 'DEM1.ini'", "0");
    assert_int_equal(file_write(writer, dem + half, whole - half).kind, PLATFORM_OK);
    assert_int_equal(file_close(writer).kind, PLATFORM_OK);
    scene_settle(&scene);
    char expected[32];
    (void)snprintf(expected, sizeof expected, "done|%zu", whole);
    scene_assert_rows(&scene, "SELECT state, size FROM file WHERE name = 'DEM1.ini'", expected);
    scene_assert_rows(&scene, "SELECT count(*) FROM patient WHERE race = 'White'", "4");
    free(dem);
    scene_release(&scene);
}

static void quiet_time_protects_a_file_written_by_open_append_close(void **state)
{
    (void)state;
    /* Each part ends where a file may end: only the quiet time tells that more comes. */
    static const char REST[] = "ReleaseDate=\"2017-06-28 18:55:39\"\r\n";
    struct scene scene;
    scene_init(&scene, &(struct scene_options){.match = "ready=\"quiet\" quiet=\"3 s\""});
    scene_start(&scene);
    char *dem = scene_dem(NULL, NULL, NULL, NULL);
    char *second = strstr(dem, "Agency=");
    char agency[64];
    (void)snprintf(agency, sizeof agency, "%s", second);
    *second = '\0';
    write_in_place(&scene, "DEM1.ini", "wb", dem);
    wait_waiting(&scene, 1);
    wait_milliseconds(400);
    write_in_place(&scene, "DEM1.ini", "ab", agency);
    wait_milliseconds(400);
    write_in_place(&scene, "DEM1.ini", "ab", REST);
    scene_settle(&scene);
    scene_assert_rows(&scene, "SELECT count(*), sum(state = 'done') FROM file", "1|1");
    scene_assert_rows(&scene, "SELECT agency, released_at FROM booking", "ICE|2017-06-29T01:55:39.000000Z");
    free(dem);
    scene_release(&scene);
}

static void a_name_that_is_being_written_is_taken_once_it_is_renamed(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, NULL);
    scene_start(&scene);
    char *dem = scene_dem(NULL, NULL, NULL, NULL);
    write_in_place(&scene, "DEM1.ini.tmp", "wb", dem);
    scene_settle(&scene);
    scene_assert_rows(&scene, "SELECT count(*) FROM file", "0");
    rename_path(share_path(&scene, "DEM1.ini.tmp"), share_path(&scene, "DEM1.ini"));
    wait_rows(&scene, "SELECT name, state FROM file", "DEM1.ini|done");
    free(dem);
    scene_release(&scene);
}

static void the_same_name_three_times_gives_three_files(void **state)
{
    (void)state;
    static const char *const HOUSINGS[] = {"A", "B", "C"};
    struct scene scene;
    scene_init(&scene, NULL);
    scene_start(&scene);
    for (int i = 0; i < 3; i++) {
        drop_dem(&scene, "DEM1.ini", "B1", HOUSINGS[i]);
        wait_rows(&scene, "SELECT count(*) FROM file WHERE in_place = 0", i == 0 ? "1" : i == 1 ? "2" : "3");
    }
    scene_settle(&scene);
    scene_assert_rows(&scene, "SELECT name, state FROM file ORDER BY id",
                      "DEM1.ini|done\nDEM1.ini|done\nDEM1.ini|done");
    scene_assert_rows(&scene, "SELECT housing FROM booking", "C");
    scene_assert_rows(&scene, "SELECT count(DISTINCT sha256), count(DISTINCT stored) FROM file", "3|3");
    assert_int_equal(scene_count_files(scene_path(&scene, "data/test")), 3);
    scene_release(&scene);
}

static void what_goes_away_before_it_is_ready_is_told(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, &(struct scene_options){.match = "ready=\"quiet\" quiet=\"60 s\""});
    scene_start(&scene);
    drop_dem(&scene, "DEM1.ini", "B1", NULL);
    wait_waiting(&scene, 1);
    assert_int_equal(file_remove(share_path(&scene, "DEM1.ini")).kind, PLATFORM_OK);
    wait_event(EVENT_FILE_REPLACED, 1);
    scene_settle(&scene);
    scene_assert_rows(&scene, "SELECT feed, name, state, in_place, sha256 FROM file",
                      "jms|DEM1.ini|vanished|0|-");
    assert_int_equal(scene_event_count(EVENT_FILE_REPLACED), 1);
    assert_null(strstr(scene_event_text(EVENT_FILE_REPLACED), "DEM1"));
    scene_release(&scene);
}

#ifndef _WIN32
static void what_is_replaced_before_it_is_ready_is_told_and_the_new_one_taken(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, &(struct scene_options){.match = "ready=\"quiet\" quiet=\"2 s\""});
    scene_start(&scene);
    drop_dem(&scene, "DEM1.ini", "B1", "A");
    wait_waiting(&scene, 1);
    char *dem = scene_dem("B1", "B1", "LONGER", NULL);
    write_in_place(&scene, "new.tmp", "wb", dem);
    assert_int_equal(file_remove(share_path(&scene, "DEM1.ini")).kind, PLATFORM_OK);
    rename_path(share_path(&scene, "new.tmp"), share_path(&scene, "DEM1.ini"));
    wait_rows(&scene, "SELECT state FROM file ORDER BY id", "vanished\ndone");
    scene_settle(&scene);
    scene_assert_rows(&scene, "SELECT housing FROM booking", "LONGER");
    assert_int_equal(scene_event_count(EVENT_FILE_REPLACED), 1);
    free(dem);
    scene_release(&scene);
}
#endif

#ifndef _WIN32
static void a_link_in_the_share_is_never_taken(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, NULL);
    char *dem = scene_dem("P1", "B1", NULL, NULL);
    const char *outside = scene_path(&scene, "outside.ini");
    assert_int_equal(file_store(outside, dem, strlen(dem)).kind, PLATFORM_OK);
    assert_int_equal(symlink(outside, share_path(&scene, "DEM1.ini")), 0);
    scene_start(&scene);
    assert_int_equal(symlink(outside, share_path(&scene, "DEM2.ini")), 0);
    drop_dem(&scene, "DEM3.ini", "B3", NULL);
    scene_settle(&scene);
    scene_assert_rows(&scene, "SELECT name FROM file", "DEM3.ini");
    bool there = false;
    assert_int_equal(file_exists(outside, &there).kind, PLATFORM_OK);
    assert_true(there);
    assert_int_equal(scene_count_files(scene.share), 2);
    free(dem);
    scene_release(&scene);
}

/* Natively others can put a file in the place of one that we hold; on Windows sharing forbids it. */
static void a_file_replaced_in_flight_is_kept_and_the_next_one_taken_at_once(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, NULL);
    failing_set_up();
    scene_start(&scene);
    failing_begin(PLATFORM_CALL_RENAME, "archive", PLATFORM_BUSY);
    drop_dem(&scene, "DEM1.ini", "B1", "A");
    wait_rows(&scene, "SELECT state, in_place FROM file", "done|1");
    drop_dem(&scene, "DEM1.ini", "B1", "B");
    engine_scan_now(scene.engine, false); /* so that a scan sees it while the first is in flight */
    drop_dem(&scene, "DEM2.ini", "B2", "A");
    wait_rows(&scene, "SELECT count(*) FROM booking", "2");
    wait_milliseconds(300);
    failing_end();
    wait_rows(&scene, "SELECT name, state, in_place FROM file ORDER BY id",
              "DEM1.ini|done|0\nDEM2.ini|done|0\nDEM1.ini|done|0");
    scene_assert_rows(&scene, "SELECT housing FROM booking WHERE booking_number = 'B1'", "B");
    assert_int_equal(scene_count_files(scene_path(&scene, "data/test")), 3);
    assert_int_equal(scene_count_files(scene.share), 0);
    scene_release(&scene);
    failing_tear_down();
}
#endif

/* ---- awkward files ---- */

static void awkward_files_end_in_quarantine_with_their_reason(void **state)
{
    (void)state;
    static const struct {
        const char *name, *bytes;
        size_t size;
    } FILES[] = {
        {"empty.ini", "", 0},
        {"nul.ini", "DataType=\"PatientDemographics\"\r\nPatientID=\"P\0\"\r\n", 49},
        {"binary.ini", "\x89PNG\r\n\x1A\n\x00\x00\x00\rIHDR", 16},
        {"cut.ini", "DataType=\"PatientDemographics\"\r\nPatientID=\"P1", 45},
        {"words.ini", "this is no event\r\n", 18},
    };
    struct scene scene;
    scene_init(&scene, NULL);
    /* The configuration allows no less than 10 s. */
    ((struct config_match *)(uintptr_t)scene.config->feeds[0].matches)->give_up_ms = 700;
    scene_start(&scene);
    for (size_t i = 0; i < sizeof FILES / sizeof FILES[0]; i++)
        scene_drop_bytes(&scene, FILES[i].name, FILES[i].bytes, FILES[i].size);
    drop_dem(&scene, "DEM1.ini", "B1", NULL);
    scene_settle(&scene);
    scene_assert_rows(&scene, "SELECT name, state, in_place FROM file WHERE state <> 'done' ORDER BY name",
                      "binary.ini|quarantined|0\ncut.ini|quarantined|0\nempty.ini|quarantined|0\n"
                      "nul.ini|quarantined|0\nwords.ini|quarantined|0");
    scene_assert_rows(&scene, "SELECT count(*) FROM booking", "1");
    assert_int_equal(scene_count_files(scene_path(&scene, "data/test")), 2 * 5 + 1);
    assert_int_equal(scene_count_files(scene.share), 0);
    assert_int_equal(scene_event_count(EVENT_QUARANTINED), 5);
    scene_release(&scene);
}

static void a_file_beyond_the_size_limit_is_set_aside_unread(void **state)
{
    (void)state;
    enum {
        SIZE = 700 * 1024
    };
    struct scene scene;
    scene_init(&scene, &(struct scene_options){.match = "ready=\"closed\" size-limit=\"512 KB\""});
    scene_start(&scene);
    char *zeros = calloc(1, SIZE);
    assert_non_null(zeros);
    scene_drop_bytes(&scene, "DEM1.ini", zeros, SIZE);
    drop_dem(&scene, "DEM2.ini", "B2", NULL);
    scene_settle(&scene);
    scene_assert_rows(&scene, "SELECT name, state, reason, size FROM file ORDER BY name",
                      "DEM1.ini|quarantined|too-large|716800\nDEM2.ini|done|-|293");
    char *reason = scene_read(scene_find_file(scene_path(&scene, "data"), ".reason.txt"));
    assert_non_null(strstr(reason, "size-limit"));
    free(reason);
    char *bytes = scene_read(scene_find_file(scene_path(&scene, "data"), "DEM1.ini"));
    assert_memory_equal(bytes, zeros, SIZE);
    free(bytes);
    free(zeros);
    scene_release(&scene);
}

static void awkward_names_are_kept(void **state)
{
    (void)state;
    static const char *const NAMES[] = {
        "\xC3\xA9t\xC3\xA9.ini", /* été */
        "\xF0\x9F\x98\x80.ini",  /* outside the BMP */
        "a b  c.ini",
        "100%_'quoted'.ini",
        "CON1.ini",
        "\xE2\x80\xAEini.exe.ini", /* right-to-left override */
#ifndef _WIN32
        "quote\"star*.ini",
        "line\nbreak.ini",
        "back\\slash.ini",
#endif
    };
    enum {
        COUNT = sizeof NAMES / sizeof NAMES[0]
    };
    struct scene scene;
    scene_init(&scene, NULL);
    scene_start(&scene);
    char *dem = scene_dem(NULL, NULL, NULL, NULL), longest[256];
    for (size_t i = 0; i < COUNT; i++)
        scene_drop(&scene, NAMES[i], dem);
    memset(longest, 'x', 251); /* .tmp of the test itself must fit too */
    memcpy(longest + 247, ".ini", 5);
    scene_drop(&scene, longest, dem);
    scene_settle(&scene);
    char expected[32];
    (void)snprintf(expected, sizeof expected, "%d|%d|0", COUNT + 1, COUNT + 1);
    scene_assert_rows(&scene, "SELECT count(*), sum(state = 'done'), sum(in_place) FROM file", expected);
    assert_int_equal(scene_count_files(scene_path(&scene, "data/test")), COUNT + 1);
    assert_int_equal(scene_count_files(scene.share), 0);
    free(dem);
    scene_release(&scene);
}

/* ---- the archive ---- */

static void an_archive_that_refuses_delays_and_loses_nothing(void **state)
{
    (void)state;
    static const enum platform_call CALLS[] = {PLATFORM_CALL_RENAME, PLATFORM_CALL_MAKE_FOLDER};
    for (size_t i = 0; i < sizeof CALLS / sizeof CALLS[0]; i++) {
        struct scene scene;
        scene_init(&scene, NULL);
        failing_set_up();
        scene_start(&scene);
        failing_begin(CALLS[i], "archive", PLATFORM_DENIED);
        drop_dem(&scene, "DEM1.ini", "B1", NULL);
        drop_dem(&scene, "DEM2.ini", "B2", NULL);
        wait_rows(&scene, "SELECT state, in_place FROM file", "done|1\ndone|1"); /* applied all the same */
        assert_int_equal(scene_count_files(scene.share), 2);
        unsigned before = failing_count();
        drop_dem(&scene, "DEM3.ini", "B3", NULL); /* and others go on */
        wait_rows(&scene, "SELECT count(*) FROM booking", "3");
        while (failing_count() < before + 6) /* it is tried again */
            wait_milliseconds(50);
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

static void a_stop_while_the_archive_refuses_leaves_rows_in_place_and_the_next_start_ends_them(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, NULL);
    failing_set_up();
    scene_start(&scene);
    failing_begin(PLATFORM_CALL_RENAME, "archive", PLATFORM_DENIED);
    drop_dem(&scene, "DEM1.ini", "B1", NULL);
    wait_rows(&scene, "SELECT state, in_place FROM file", "done|1");
    char message[200] = "";
    assert_false(engine_stop(scene.engine, 100, message, sizeof message));
    scene.engine = NULL;
    assert_string_not_equal(message, "");
    assert_int_equal(scene_event_count(EVENT_STOP_DEADLINE), 1);
    assert_int_equal(scene_count_files(scene.share), 1);
    scene_start(&scene);
    wait_event(EVENT_UNCLEAN_STOP_FOUND, 1);
    drop_dem(&scene, "DEM2.ini", "B2", NULL);
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
    drop_dem(&scene, "DEM0.ini", "B0", NULL);
    scene_settle(&scene);
    sqlite3 *other = hold_write_lock(&scene);
    for (int i = 1; i <= 20; i++) {
        char name[32], booking[16];
        (void)snprintf(name, sizeof name, "DEM%d.ini", i);
        (void)snprintf(booking, sizeof booking, "B%d", i);
        drop_dem(&scene, name, booking, NULL);
    }
    wait_event(EVENT_DATABASE_UNAVAILABLE, 1);
    drop_dem(&scene, "DEM21.ini", "B21", NULL);
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
    drop_dem(&scene, "DEM0.ini", "B0", NULL);
    scene_settle(&scene);
    sqlite3 *other = hold_write_lock(&scene);
    drop_dem(&scene, "DEM1.ini", "B1", NULL);
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

/* ---- the share ---- */

static void a_share_that_goes_away_and_comes_back_is_told_and_taken_up(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, &(struct scene_options){.match = "ready=\"quiet\" quiet=\"2 s\""});
    scene_start(&scene);
    drop_dem(&scene, "DEM1.ini", "B1", NULL);
    wait_waiting(&scene, 1);
    char away[1024];
    (void)snprintf(away, sizeof away, "%s.away", scene.share);
    rename_path(scene.share, away);
    wait_event(EVENT_FEED_OFFLINE, 1);
    rename_path(away, scene.share);
    drop_dem(&scene, "DEM2.ini", "B2", NULL);
    wait_event(EVENT_FEED_ONLINE, 1);
    wait_rows(&scene, "SELECT count(*) FROM booking", "2");
    scene_settle(&scene);
    /* What was seen before is not called gone: it was only away. */
    scene_assert_rows(&scene, "SELECT count(*), sum(state = 'done') FROM file", "2|2");
    assert_int_equal(scene_event_count(EVENT_FEED_OFFLINE), 1);
    assert_int_equal(scene_event_count(EVENT_FEED_ONLINE), 1);
    assert_int_equal(scene_event_count(EVENT_FILE_REPLACED), 0);
    scene_release(&scene);
}

static void a_share_that_is_away_at_the_start_is_taken_up_when_it_comes(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, NULL);
    assert_int_equal(folder_remove(scene.share).kind, PLATFORM_OK);
    scene_start(&scene);
    wait_event(EVENT_FEED_OFFLINE, 1);
    assert_int_equal(folder_make(scene.share).kind, PLATFORM_OK);
    drop_dem(&scene, "DEM1.ini", "B1", NULL);
    wait_event(EVENT_FEED_ONLINE, 1);
    wait_rows(&scene, "SELECT state, in_place FROM file", "done|0");
    drop_dem(&scene, "DEM2.ini", "B2", NULL); /* and it is watched from then on */
    wait_rows(&scene, "SELECT count(*) FROM booking", "2");
    scene_release(&scene);
}

#ifndef _WIN32
static void another_folder_in_the_place_of_the_share_is_watched_from_then_on(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, NULL);
    scene_start(&scene);
    drop_dem(&scene, "DEM1.ini", "B1", NULL);
    scene_settle(&scene);
    char old[1024];
    (void)snprintf(old, sizeof old, "%s.old", scene.share);
    rename_path(scene.share, old);
    assert_int_equal(folder_make(scene.share).kind, PLATFORM_OK);
    drop_dem(&scene, "DEM2.ini", "B2", NULL);
    wait_rows(&scene, "SELECT count(*) FROM booking", "2");
    char stray[1100];
    (void)snprintf(stray, sizeof stray, "%s%cDEM3.ini", old, PATH_SEPARATOR);
    char *dem = scene_dem("B3", "B3", NULL, NULL);
    assert_int_equal(file_store(stray, dem, strlen(dem)).kind, PLATFORM_OK);
    free(dem);
    drop_dem(&scene, "DEM4.ini", "B4", NULL);
    wait_rows(&scene, "SELECT booking_number FROM booking ORDER BY id", "B1\nB2\nB4");
    scene_settle(&scene);
    assert_int_equal(scene_count_files(old), 1); /* the old folder is nobody's now */
    scene_release(&scene);
}
#endif

static void a_lost_watch_loses_no_file(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, NULL);
    failing_set_up();
    scene_start(&scene);
    drop_dem(&scene, "DEM1.ini", "B1", NULL);
    scene_settle(&scene);
    failing_begin(PLATFORM_CALL_WATCH, "", PLATFORM_OFFLINE);
    drop_dem(&scene, "DEM2.ini", "B2", NULL); /* wakes the wait; the next one fails */
    wait_event(EVENT_FEED_OFFLINE, 1);
    drop_dem(&scene, "DEM3.ini", "B3", NULL);
    failing_end();
    wait_event(EVENT_FEED_ONLINE, 1);
    wait_rows(&scene, "SELECT count(*) FROM booking", "3");
    scene_release(&scene);
    failing_tear_down();
}

static void a_share_that_never_notifies_is_polled(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, NULL);
    failing_set_up();
    failing_begin(PLATFORM_CALL_WATCH, "", PLATFORM_UNSUPPORTED);
    scene_start(&scene);
    wait_event(EVENT_FEED_POLLED, 1);
    drop_dem(&scene, "DEM1.ini", "B1", NULL);
    wait_rows(&scene, "SELECT state, in_place FROM file", "done|0");
    drop_dem(&scene, "DEM2.ini", "B2", NULL);
    wait_rows(&scene, "SELECT count(*) FROM booking", "2");
    assert_int_equal(scene_event_count(EVENT_FEED_POLLED), 1);
    assert_int_equal(scene_event_count(EVENT_FEED_OFFLINE), 0);
    scene_release(&scene);
    failing_tear_down();
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
            drop_dem(&scene, name, name, NULL);
        }
        scene_start(&scene);
        for (int i = FILES / 2; i < FILES; i++) {
            char name[32];
            (void)snprintf(name, sizeof name, "DEM%d-%d.ini", stop, i);
            drop_dem(&scene, name, name, NULL);
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
        cmocka_unit_test(a_file_held_open_by_its_writer_is_not_taken_until_it_is_closed),
        cmocka_unit_test(quiet_time_protects_a_file_written_by_open_append_close),
        cmocka_unit_test(a_name_that_is_being_written_is_taken_once_it_is_renamed),
        cmocka_unit_test(the_same_name_three_times_gives_three_files),
        cmocka_unit_test(what_goes_away_before_it_is_ready_is_told),
#ifndef _WIN32
        cmocka_unit_test(what_is_replaced_before_it_is_ready_is_told_and_the_new_one_taken),
        cmocka_unit_test(a_link_in_the_share_is_never_taken),
        cmocka_unit_test(a_file_replaced_in_flight_is_kept_and_the_next_one_taken_at_once),
#endif
        cmocka_unit_test(awkward_files_end_in_quarantine_with_their_reason),
        cmocka_unit_test(a_file_beyond_the_size_limit_is_set_aside_unread),
        cmocka_unit_test(awkward_names_are_kept),
        cmocka_unit_test(an_archive_that_refuses_delays_and_loses_nothing),
        cmocka_unit_test(a_stop_while_the_archive_refuses_leaves_rows_in_place_and_the_next_start_ends_them),
        cmocka_unit_test(a_database_locked_by_another_program_delays_and_loses_nothing),
        cmocka_unit_test(a_stop_while_the_database_is_locked_loses_nothing),
        cmocka_unit_test(a_share_that_goes_away_and_comes_back_is_told_and_taken_up),
        cmocka_unit_test(a_share_that_is_away_at_the_start_is_taken_up_when_it_comes),
#ifndef _WIN32
        cmocka_unit_test(another_folder_in_the_place_of_the_share_is_watched_from_then_on),
#endif
        cmocka_unit_test(a_lost_watch_loses_no_file),
        cmocka_unit_test(a_share_that_never_notifies_is_polled),
        cmocka_unit_test(a_stop_in_the_middle_of_load_ends_in_time_and_loses_nothing),
    };
#ifdef _WIN32
    print_message(
        "left out under Windows: links (they need a right); a name taken while we hold its file (sharing "
        "forbids it); a file replaced before it is ready (Wine's listing gives no identity); another folder "
        "in the place of the share (Wine keeps the watch silent, so only the scan of each minute finds it)\n");
#endif
    return cmocka_run_group_tests(tests, NULL, NULL);
}
