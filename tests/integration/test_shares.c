/*
 * Shares that go away, come back, are replaced, tell too much or nothing; and an archive that is not on their volume. Nothing that came
 * into a share is lost by it, and each trouble that a person must know of is told once when it begins and once when it ends.
 */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/file.h"
#include "platform/folder.h"
#include "platform/path.h"
#include "platform/watch.h"
#include "tests/integration/failing.h"
#include "tests/integration/wait.h"
#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

/* ---- the folder ---- */

static void a_share_that_goes_away_and_comes_back_is_told_and_taken_up(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, &(struct scene_options){.match = "ready=\"quiet\" quiet=\"2 s\""});
    scene_start(&scene);
    drop_booking(&scene, "DEM1.ini", "B1", NULL);
    wait_waiting(&scene, 1);
    char away[1024];
    (void)snprintf(away, sizeof away, "%s.away", scene.share);
    rename_path(scene.share, away);
    wait_event(EVENT_FEED_OFFLINE, 1);
    rename_path(away, scene.share);
    drop_booking(&scene, "DEM2.ini", "B2", NULL);
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
    drop_booking(&scene, "DEM1.ini", "B1", NULL);
    wait_event(EVENT_FEED_ONLINE, 1);
    wait_rows(&scene, "SELECT state, in_place FROM file", "done|0");
    drop_booking(&scene, "DEM2.ini", "B2", NULL); /* and it is watched from then on */
    wait_rows(&scene, "SELECT count(*) FROM booking", "2");
    scene_release(&scene);
}

/* Wine's watch of a folder that another one replaces stays silent, so that only the scan of each minute would find it; and a folder that
 * is deleted stays to be seen as long as it is watched. */
static void look_where_the_watch_is_silent(struct scene *scene)
{
#ifdef _WIN32
    engine_scan_now(scene->engine, true);
#else
    (void)scene;
#endif
}

static bool folder_is_removed(void *context)
{
    return platform_ok(folder_remove(context));
}

static bool folder_is_made(void *context)
{
    return platform_ok(folder_make(context));
}

static void a_share_that_is_deleted_and_made_anew_is_watched_from_then_on(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, &(struct scene_options){.match = "ready=\"quiet\" quiet=\"2 s\""});
    scene_start(&scene);
    drop_booking(&scene, "DEM1.ini", "B1", NULL);
    scene_settle(&scene);
    drop_booking(&scene, "DEM2.ini", "B2", NULL);
    wait_waiting(&scene, 1);
    /* Within its quiet time somebody deletes all. */
    assert_int_equal(file_remove(share_path(&scene, "DEM2.ini")).kind, PLATFORM_OK);
    wait_until("the folder's end", folder_is_removed,
               scene.share); /* on Windows a listing keeps it for a moment */
    look_where_the_watch_is_silent(&scene);
    wait_event(EVENT_FEED_OFFLINE, 1);
    wait_until("the folder anew", folder_is_made,
               scene.share); /* Windows keeps the name until the watch lets go of it */
    drop_booking(&scene, "DEM3.ini", "B3", NULL);
    wait_event(EVENT_FEED_ONLINE, 1);
    wait_rows(&scene, "SELECT name, state FROM file ORDER BY name",
              "DEM1.ini|done\nDEM2.ini|vanished\nDEM3.ini|done");
    drop_booking(&scene, "DEM4.ini", "B4", NULL);
    wait_rows(&scene, "SELECT count(*) FROM booking", "3");
    assert_int_equal(scene_event_count(EVENT_FILE_REPLACED), 1);
    scene_release(&scene);
}

/* A server that goes away with open handles: what they are asked fails, and after that for ever; so does a rename. */
enum server {
    SERVER_THERE,
    SERVER_REFUSES_RENAMES, /* so that what is applied stays in place */
    SERVER_AWAY
};

static struct {
    _Atomic enum server state;
    atomic_uint opened; /* how often the two files of the test were opened in the share */
} server;

static struct platform_status server_call(void *context, enum platform_call call, const char *path)
{
    (void)context;
    if (call == PLATFORM_CALL_OPEN && strstr(path, "share") && strstr(path, "OPENED"))
        server.opened++;
    if (call == PLATFORM_CALL_RENAME && server.state == SERVER_REFUSES_RENAMES)
        return (struct platform_status){PLATFORM_BUSY, 32};
    if (server.state == SERVER_AWAY &&
        (call == PLATFORM_CALL_RENAME || (call == PLATFORM_CALL_STAT && path[0] == '\0')))
        return (struct platform_status){PLATFORM_OFFLINE, 64};
    return PLATFORM_SUCCESS;
}

static bool opened_anew(void *context)
{
    (void)context;
    return server.opened >= 4;
}

/* The handle by which a file was applied does not come back with its server: the file is opened anew, and only put away. */
static void what_was_applied_before_its_server_went_away_is_put_away_by_a_new_handle(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, NULL);
    char *dem = scene_dem("B1", "B1", "A", NULL);
    drop_quickly(&scene, "OPENED1.ini", dem);
    drop_quickly(&scene, "OPENED2.ini", "DataType=\"PatientDemographics\"\r\n");
    server.opened = 0;
    server.state = SERVER_REFUSES_RENAMES;
    platform_inject_set(server_call, NULL);
    scene_start(&scene);
    wait_rows(&scene, "SELECT name, state, in_place FROM file ORDER BY name",
              "OPENED1.ini|done|1\nOPENED2.ini|quarantined|1");
    assert_int_equal(server.opened, 2);
    server.state = SERVER_AWAY;
    wait_until("both files opened anew", opened_anew, NULL);
    scene_assert_rows(&scene, "SELECT sum(in_place) FROM file", "2");
    server.state = SERVER_THERE;
    scene_settle(&scene);
    scene_assert_rows(&scene, "SELECT name, state, in_place FROM file ORDER BY name",
                      "OPENED1.ini|done|0\nOPENED2.ini|quarantined|0");
    scene_assert_rows(&scene, "SELECT state FROM message ORDER BY state", "applied\nquarantined"); /* once */
    assert_int_equal(scene_count_files(scene.share), 0);
    assert_int_equal(scene_count_files(scene_path(&scene, "data/test")), 3);
    char *bytes = scene_read(scene_find_file(scene.data, "_OPENED1.ini"));
    assert_string_equal(bytes, dem);
    free(bytes);
    free(dem);
    scene_release(&scene);
    platform_inject_set(NULL, NULL);
}

static void another_folder_in_the_place_of_the_share_is_watched_from_then_on(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, NULL);
    scene_start(&scene);
    drop_booking(&scene, "DEM1.ini", "B1", NULL);
    scene_settle(&scene);
    char old[1024];
    (void)snprintf(old, sizeof old, "%s.old", scene.share);
    rename_path(scene.share, old);
    assert_int_equal(folder_make(scene.share).kind, PLATFORM_OK);
    drop_booking(&scene, "DEM2.ini", "B2", NULL);
    look_where_the_watch_is_silent(&scene);
    wait_rows(&scene, "SELECT count(*) FROM booking", "2");
    char stray[1100];
    (void)snprintf(stray, sizeof stray, "%s%cDEM3.ini", old, PATH_SEPARATOR);
    char *dem = scene_dem("B3", "B3", NULL, NULL);
    assert_int_equal(file_store(stray, dem, strlen(dem)).kind, PLATFORM_OK);
    free(dem);
    drop_booking(&scene, "DEM4.ini", "B4", NULL);
    wait_rows(&scene, "SELECT booking_number FROM booking ORDER BY id", "B1\nB2\nB4");
    scene_settle(&scene);
    assert_int_equal(scene_count_files(old), 1); /* the old folder is nobody's now */
    scene_release(&scene);
}

static void a_lost_watch_loses_no_file(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, NULL);
    failing_set_up();
    scene_start(&scene);
    drop_booking(&scene, "DEM1.ini", "B1", NULL);
    scene_settle(&scene);
    failing_begin(PLATFORM_CALL_WATCH, "", PLATFORM_OFFLINE);
    drop_booking(&scene, "DEM2.ini", "B2", NULL); /* wakes the wait; the next one fails */
    wait_event(EVENT_FEED_OFFLINE, 1);
    drop_booking(&scene, "DEM3.ini", "B3", NULL);
    failing_end();
    wait_event(EVENT_FEED_ONLINE, 1);
    wait_rows(&scene, "SELECT count(*) FROM booking", "3");
    scene_release(&scene);
    failing_tear_down();
}

/* ---- notifications that never come ---- */

static void a_share_that_never_notifies_is_polled(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, NULL);
    failing_set_up();
    failing_begin(PLATFORM_CALL_WATCH, "", PLATFORM_UNSUPPORTED);
    scene_start(&scene);
    wait_event(EVENT_FEED_POLLED, 1);
    drop_booking(&scene, "DEM1.ini", "B1", NULL);
    wait_rows(&scene, "SELECT state, in_place FROM file", "done|0");
    drop_booking(&scene, "DEM2.ini", "B2", NULL);
    wait_rows(&scene, "SELECT count(*) FROM booking", "2");
    assert_int_equal(scene_event_count(EVENT_FEED_POLLED), 1);
    assert_int_equal(scene_event_count(EVENT_FEED_OFFLINE), 0);
    scene_release(&scene);
    failing_tear_down();
}

/* Some servers say only when they are asked for changes that they never tell any. */
static void a_share_that_says_late_that_it_never_notifies_is_polled(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, NULL);
    failing_set_up();
    scene_start(&scene);
    drop_booking(&scene, "DEM1.ini", "B1", NULL);
    scene_settle(&scene);
    failing_begin(PLATFORM_CALL_WATCH, "", PLATFORM_UNSUPPORTED);
    drop_booking(&scene, "DEM2.ini", "B2", NULL); /* wakes the wait; the next one fails */
    wait_event(EVENT_FEED_POLLED, 1);
    drop_booking(&scene, "DEM3.ini", "B3", NULL);
    wait_rows(&scene, "SELECT count(*) FROM booking", "3");
    assert_int_equal(scene_event_count(EVENT_FEED_OFFLINE), 0);
    scene_release(&scene);
    failing_tear_down();
}

static void a_feed_with_a_poll_interval_asks_for_no_notifications(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, &(struct scene_options){.feed = "poll=\"1 s\"", .match = "ready=\"closed\""});
    failing_set_up();
    failing_begin(PLATFORM_CALL_WATCH, "", PLATFORM_OK); /* counts */
    scene_start(&scene);
    for (int i = 1; i <= 3; i++) {
        char name[32], booking[16], expected[16];
        (void)snprintf(name, sizeof name, "DEM%d.ini", i);
        (void)snprintf(booking, sizeof booking, "B%d", i);
        (void)snprintf(expected, sizeof expected, "%d", i);
        drop_booking(&scene, name, booking, NULL);
        wait_rows(&scene, "SELECT count(*) FROM booking", expected);
    }
    assert_int_equal(failing_count(), 0);
    assert_int_equal(scene_event_count(EVENT_FEED_POLLED), 0); /* it was asked for */
    scene_release(&scene);
    failing_tear_down();
}

/* ---- notifications that are lost ---- */

static bool somebody_waits(void *context)
{
    return failing_held() >= *(const unsigned *)context;
}

static void wait_held(unsigned count)
{
    wait_until("a call that waits", somebody_waits, &count);
}

/* ERROR_NOTIFY_ENUM_DIR, one of its two faces (test_platform_watch_walk has both): what was noted is lost, and nothing else tells. */
static void an_overflow_leads_to_a_scan_at_once(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, NULL);
    failing_set_up();
    scene_start(&scene);
    drop_booking(&scene, "DEM1.ini", "B1", NULL);
    scene_settle(&scene);
    struct engine_figures before, after;
    failing_hold(PLATFORM_CALL_WATCH, "");
    drop_booking(&scene, "DEM2.ini", "B2", NULL); /* wakes the wait; the next one is held */
    wait_held(1);
    wait_rows(&scene, "SELECT count(*) FROM booking WHERE booking_number = 'B2'", "1");
    wait_rows(&scene, "SELECT sum(in_place) FROM file", "0");
    engine_figures(scene.engine, &before);
    drop_booking(&scene, "DEM3.ini", "B3", NULL); /* nobody hears of it */
    failing_once(PLATFORM_CALL_WATCH, "", PLATFORM_OTHER, WATCH_CODE_OVERFLOW);
    failing_let_one_go(); /* this one says "overflow"; the next one is held, so no name is told */
    wait_rows(&scene, "SELECT count(*) FROM booking", "3");
    engine_figures(scene.engine, &after);
    assert_int_equal(after.overflows, before.overflows + 1);
    assert_int_equal(scene_event_count(EVENT_FEED_OFFLINE), 0);
    failing_let_go();
    drop_booking(&scene, "DEM4.ini", "B4", NULL); /* and it is watched as before */
    wait_rows(&scene, "SELECT count(*) FROM booking", "4");
    scene_release(&scene);
    failing_tear_down();
}

#ifndef _WIN32
/* Idle at last, as long as it goes on: for so many files that SCENE_WAIT_MS may not be enough under a sanitizer. */
static void settle_many(struct scene *scene)
{
    struct engine_figures before, now;
    engine_figures(scene->engine, &before);
    while (!engine_wait_idle(scene->engine, SCENE_WAIT_MS)) {
        engine_figures(scene->engine, &now);
        if (now.claimed == before.claimed && now.put_away == before.put_away)
            break;
        before = now;
    }
    scene_settle(scene);
}

/* tests/windows/writers.sh does the like with 5,000. The watch is held while they come: else it might keep pace with them. */
static void twenty_thousand_files_at_once_overflow_the_notifications_and_lose_nothing(void **state)
{
    (void)state;
    enum {
        FILES = 20000,
        BOOKINGS = 1000
    };
    struct scene scene;
    char prepared[1100], from[1200], name[32], booking[16], housing[16], expected[64];
    scene_init(&scene, NULL);
    failing_set_up();
    (void)snprintf(prepared, sizeof prepared, "%s", scene_path(&scene, "prepared"));
    assert_int_equal(folder_make(prepared).kind, PLATFORM_OK);
    for (int i = 0; i < FILES; i++) {
        (void)snprintf(from, sizeof from, "%s/N-%d.ini", prepared, i);
        (void)snprintf(booking, sizeof booking, "B%d", i % BOOKINGS);
        (void)snprintf(housing, sizeof housing, "H%d", i);
        char *dem = scene_dem(booking, booking, housing, NULL);
        FILE *file = fopen(from, "wb");
        assert_non_null(file);
        assert_true(fputs(dem, file) >= 0);
        assert_int_equal(fclose(file), 0);
        free(dem);
    }
    scene_start(&scene);
    drop_booking(&scene, "FIRST.ini", "FIRST", NULL);
    scene_settle(&scene);
    failing_hold(PLATFORM_CALL_WATCH, "");
    drop_booking(&scene, "SECOND.ini", "SECOND", NULL);
    wait_held(1);
    for (int i = 0; i < FILES; i++) {
        (void)snprintf(name, sizeof name, "N-%d.ini", i);
        (void)snprintf(from, sizeof from, "%s/%s", prepared, name);
        rename_path(from, share_path(&scene, name));
    }
    failing_let_go();
    settle_many(&scene);
    (void)snprintf(expected, sizeof expected, "%d|%d|%d|0", FILES, FILES, FILES);
    scene_assert_rows(&scene,
                      "SELECT count(*), count(DISTINCT name), sum(state = 'done'), sum(in_place) FROM file"
                      " WHERE name LIKE 'N-%'",
                      expected);
    (void)snprintf(expected, sizeof expected, "%d|%d", BOOKINGS, BOOKINGS);
    (void)snprintf(from, sizeof from,
                   "SELECT count(*), sum(housing = 'H' || (%d + substr(booking_number, 2))) FROM booking"
                   " WHERE booking_number GLOB 'B[0-9]*'",
                   FILES - BOOKINGS);
    scene_assert_rows(&scene, from, expected); /* each ends where its last file says */
    assert_int_equal(scene_count_files(scene.share), 0);
    struct engine_figures figures;
    engine_figures(scene.engine, &figures);
    if (figures.overflows == 0) {
        unsigned long limit = 0;
        FILE *file = fopen("/proc/sys/fs/inotify/max_queued_events", "re");
        if (!file || fscanf(file, "%lu", &limit) != 1 || fclose(file) != 0 || limit < FILES)
            fail_msg("no overflow, though the queue of this machine takes %lu", limit);
        print_message("that it overflowed: left out, the queue of this machine takes %lu\n", limit);
    }
    scene_release(&scene);
    failing_tear_down();
}
#endif

/* ---- scans ---- */

static void requests_during_a_scan_lead_to_one_more(void **state)
{
    (void)state;
    struct scene scene;
    struct engine_figures before, after;
    scene_init(&scene, NULL);
    failing_set_up();
    scene_start(&scene);
    scene_settle(&scene);
    engine_figures(scene.engine, &before);
    failing_begin(PLATFORM_CALL_LIST, "share", PLATFORM_OK); /* counts */
    failing_hold(PLATFORM_CALL_LIST, "share");
    engine_scan_now(scene.engine, false);
    wait_held(1);
    for (int i = 0; i < 50; i++)
        engine_scan_now(scene.engine, false);
    failing_let_one_go();
    wait_held(1); /* the one more */
    failing_let_go();
    assert_true(engine_wait_idle(scene.engine, SCENE_WAIT_MS));
    engine_figures(scene.engine, &after);
    assert_int_equal(after.scans, before.scans + 2);
    assert_int_equal(failing_count(), 2);
    scene_release(&scene);
    failing_tear_down();
}

/* A share whose server tells nothing, and does not say so: whoever knows better asks for a look (control code 128). */
static void a_request_finds_what_no_notification_told(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, NULL);
    failing_set_up();
    scene_start(&scene);
    drop_booking(&scene, "DEM1.ini", "B1", NULL);
    scene_settle(&scene);
    failing_hold(PLATFORM_CALL_WATCH, "");
    drop_booking(&scene, "DEM2.ini", "B2", NULL); /* wakes the wait; the next one is held */
    wait_held(1);
    drop_booking(&scene, "DEM3.ini", "B3", NULL);
    engine_scan_now(scene.engine, false);
    wait_rows(&scene, "SELECT count(*) FROM booking", "3");
    failing_let_go();
    scene_release(&scene);
    failing_tear_down();
}

/* ---- the archive on another volume ---- */

static bool tried_enough(void *context)
{
    return failing_count() >= *(const unsigned *)context;
}

/* Everything is copied, flushed and renamed there, and only then deleted here. */
static void with_the_archive_on_another_volume_all_is_the_same(void **state)
{
    (void)state;
    const char *volume = scene_other_volume();
    if (!volume) {
        print_message("skipped: there is no other volume here\n");
        skip();
    }
    struct scene scene;
    scene_init(&scene, &(struct scene_options){.data_volume = volume});
    scene_start(&scene);
    for (int i = 1; i <= 50; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "DEM%d.ini", i);
        drop_booking(&scene, name, name, NULL);
    }
    scene_drop(&scene, "BAD.ini", "DataType=\"PatientDemographics\"\r\n");
    scene_settle(&scene);
    scene_assert_rows(
        &scene, "SELECT state, count(*), sum(in_place), count(DISTINCT stored) FROM file GROUP BY state",
        "done|50|0|50\nquarantined|1|0|1");
    assert_int_equal(scene_count_files(scene.share), 0);
    assert_int_equal(scene_count_files(scene_path(&scene, "data/test")), 50 + 2);
    char *bytes = scene_read(scene_find_file(scene.data, "_DEM7.ini"));
    char *dem = scene_dem("DEM7.ini", "DEM7.ini", NULL, NULL);
    assert_string_equal(bytes, dem);
    free(dem);
    free(bytes);
    scene_release(&scene);
}

/* The volume of the archive fills up while copies are written there. */
static void a_full_archive_on_another_volume_delays_and_leaves_no_half_file(void **state)
{
    (void)state;
    const char *volume = scene_other_volume();
    if (!volume) {
        print_message("skipped: there is no other volume here\n");
        skip();
    }
    static const struct {
        enum platform_call call;
        const char *piece;
    } CALLS[] = {
        {PLATFORM_CALL_MAKE_FOLDER, "archive"},
        {PLATFORM_CALL_OPEN, "archive"},
        {PLATFORM_CALL_RENAME, "archive"},
        {PLATFORM_CALL_WRITE, ""},
        {PLATFORM_CALL_FLUSH, ""},
    };
    for (size_t i = 0; i < sizeof CALLS / sizeof CALLS[0]; i++) {
        struct scene scene;
        scene_init(&scene, &(struct scene_options){.data_volume = volume});
        failing_set_up();
        scene_start(&scene);
        failing_begin(CALLS[i].call, CALLS[i].piece, PLATFORM_FULL);
        drop_booking(&scene, "DEM1.ini", "B1", NULL);
        drop_booking(&scene, "DEM2.ini", "B2", NULL);
        wait_rows(&scene, "SELECT state, in_place FROM file", "done|1\ndone|1"); /* applied all the same */
        wait_until("two tries for each", tried_enough, &(unsigned){4});
        scene_assert_rows(&scene, "SELECT sum(in_place) FROM file", "2");
        assert_int_equal(scene_count_files(scene.share), 2);
        failing_end();
        scene_settle(&scene);
        scene_assert_rows(&scene, "SELECT count(*), sum(in_place), count(DISTINCT stored) FROM file",
                          "2|0|2");
        scene_assert_rows(&scene, "SELECT count(*), sum(state = 'applied') FROM message", "2|2");
        assert_int_equal(scene_count_files(scene.share), 0);
        assert_int_equal(scene_count_files(scene_path(&scene, "data/test")), 2);
        scene_release(&scene);
        failing_tear_down();
    }
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_share_that_goes_away_and_comes_back_is_told_and_taken_up),
        cmocka_unit_test(a_share_that_is_away_at_the_start_is_taken_up_when_it_comes),
        cmocka_unit_test(a_share_that_is_deleted_and_made_anew_is_watched_from_then_on),
        cmocka_unit_test(what_was_applied_before_its_server_went_away_is_put_away_by_a_new_handle),
        cmocka_unit_test(another_folder_in_the_place_of_the_share_is_watched_from_then_on),
        cmocka_unit_test(a_lost_watch_loses_no_file),
        cmocka_unit_test(a_share_that_never_notifies_is_polled),
        cmocka_unit_test(a_share_that_says_late_that_it_never_notifies_is_polled),
        cmocka_unit_test(a_feed_with_a_poll_interval_asks_for_no_notifications),
        cmocka_unit_test(an_overflow_leads_to_a_scan_at_once),
#ifndef _WIN32
        cmocka_unit_test(twenty_thousand_files_at_once_overflow_the_notifications_and_lose_nothing),
#endif
        cmocka_unit_test(requests_during_a_scan_lead_to_one_more),
        cmocka_unit_test(a_request_finds_what_no_notification_told),
        cmocka_unit_test(with_the_archive_on_another_volume_all_is_the_same),
        cmocka_unit_test(a_full_archive_on_another_volume_delays_and_leaves_no_half_file),
    };
#ifdef _WIN32
    print_message("left out under Windows: 20,000 files at once (tests/windows/writers.sh has 5,000)\n");
#endif
    return cmocka_run_group_tests(tests, NULL, NULL);
}
