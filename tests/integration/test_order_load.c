/*
 * A large load while the service is started, stopped, paused and resumed: a sender drops files all the time, each is in the ledger
 * once, has its effect once and in its turn, and each booking ends in the state of the file that was dropped last.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/integration/live_scene.h"
#include "tests/integration/writer.h"
#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"
#include "tests/support/weight.h"

enum {
    FILES_A_BOOKING = 20,
    NEIGHBOURS = 5, /* bookings whose files come in turn: many of one booking are in flight at a time */
    /* What the files of a booking are, by their place among its 20. Every third is a DEM, the others are Locations, and: */
    REPEAT = 7, /* the bytes of the one before it: nothing is new */
    STALE = 13, /* a Location whose MoveDate is long ago */
};

static int bookings, files;

static int booking_of(int number)
{
    return number / (FILES_A_BOOKING * NEIGHBOURS) * NEIGHBOURS + number % NEIGHBOURS;
}

static int place_of(int number)
{
    return number % (FILES_A_BOOKING * NEIGHBOURS) / NEIGHBOURS;
}

/* File `number` moves its booking to H<number>. */
static char *file_text(int number, char name[48])
{
    char booking[16], housing[16];
    int place = place_of(number);
    (void)snprintf(name, 48, "N-%d.ini", number);
    (void)snprintf(booking, sizeof booking, "B%d", booking_of(number));
    (void)snprintf(housing, sizeof housing, "H%d", place == REPEAT ? number - NEIGHBOURS : number);
    if (place % 3 == 0 || place == REPEAT)
        return scene_dem(booking, booking, housing, NULL);
    char *text = malloc(400);
    if (text)
        (void)snprintf(
            text, 400,
            "DataType=\"PatientLocation\"\r\nPatientID=\"%s\"\r\nFacility=\"VCSO\"\r\nBooking=\"%s\"\r\n"
            "Housing=\"%s\"\r\nBed=\"1\"\r\n%s",
            booking, booking, housing, place == STALE ? "MoveDate=\"2017-06-21 08:00:00\"\r\n" : "");
    return text;
}

/* ---- what is asked of the engine while files come ---- */

static void pause_engine(struct scene *scene)
{
    engine_pause(scene->engine);
}

static void resume_engine(struct scene *scene)
{
    engine_resume(scene->engine);
}

static void reopen_watch(struct scene *scene)
{
    engine_scan_now(scene->engine, true);
}

static void (*const STEPS[])(struct scene *) = {
    scene_start,  pause_engine, resume_engine, scene_stop,   scene_start,   reopen_watch, scene_stop,
    scene_start,  pause_engine, scene_stop,    scene_start,  scene_stop,    scene_start,  pause_engine,
    reopen_watch, scene_stop,   scene_start,   pause_engine, resume_engine,
};

/* ---- what must be true in the end ---- */

#define NUMBER "CAST(substr(f.name, 3) AS INTEGER)"

static void assert_number(struct scene *scene, const char *sql, int expected)
{
    char text[16];
    (void)snprintf(text, sizeof text, "%d", expected);
    scene_assert_rows(scene, sql, text);
}

/* In the world that took them each file lies in the archive, and what the ledger counts as it goes agrees with its rows. */
static void assert_all_put_away(struct scene *scene)
{
    char expected[64];
    assert_int_equal(scene_count_files(scene->share), 0);
    assert_number(scene, "SELECT count(*) FROM file WHERE stored LIKE 'archive%'", files);
    assert_int_equal(scene_count_files(scene_world_path(scene, "")), files);
    (void)snprintf(expected, sizeof expected, "%d|0|0|%d|%d|0", files, bookings * (FILES_A_BOOKING - 2),
                   bookings);
    scene_assert_rows(scene,
                      "SELECT done, quarantined, vanished, applied, duplicate, open_messages FROM feed_total",
                      expected);
}

/* Each file once, with the end that it must have. */
static void assert_each_file_once(struct scene *scene)
{
    char expected[64], sql[400];
    (void)snprintf(expected, sizeof expected, "%d|%d|0|%d", files, files, files);
    scene_assert_rows(scene,
                      "SELECT count(*), sum(state = 'done'), sum(in_place), count(DISTINCT name) FROM file",
                      expected);
    (void)snprintf(expected, sizeof expected, "%d|%d", files, files);
    scene_assert_rows(scene, "SELECT count(*), count(DISTINCT file) FROM message", expected);
    (void)snprintf(sql, sizeof sql,
                   "SELECT count(*) FROM message m JOIN file f ON f.id = m.file"
                   " WHERE m.state <> CASE " NUMBER
                   "%% %d / %d WHEN %d THEN 'duplicate' WHEN %d THEN 'stale' ELSE 'applied' END",
                   FILES_A_BOOKING * NEIGHBOURS, NEIGHBOURS, REPEAT, STALE);
    assert_number(scene, sql, 0);
}

/* Ledger numbers, messages and moves come in the order in which the files were dropped. */
static void assert_in_order(struct scene *scene)
{
    assert_number(scene,
                  "SELECT count(*) FROM (SELECT " NUMBER " AS number, lag(" NUMBER ") OVER (ORDER BY f.id)"
                  " AS before FROM file f) WHERE number <= before",
                  0);
    assert_number(scene,
                  "SELECT count(*) FROM (SELECT file, lag(file) OVER (ORDER BY id) AS before FROM message)"
                  " WHERE file <= before",
                  0);
    assert_number(scene,
                  "SELECT count(*) FROM (SELECT arrived_at, lag(arrived_at) OVER (ORDER BY id) AS before"
                  " FROM file) WHERE arrived_at < before",
                  0);
    assert_number(
        scene,
        "SELECT count(*) FROM (SELECT CAST(substr(housing, 2) AS INTEGER) AS number,"
        " lag(CAST(substr(housing, 2) AS INTEGER)) OVER (PARTITION BY booking ORDER BY id) AS before"
        " FROM location_history) WHERE number <= before",
        0);
    /* Each file but the repeats and the late ones moved its booking, once. */
    assert_number(scene, "SELECT count(*) FROM location_history", bookings * (FILES_A_BOOKING - 2));
}

static void assert_last_file_counts(struct scene *scene)
{
    int *last = calloc((size_t)bookings, sizeof *last);
    char *expected = malloc((size_t)bookings * 24);
    assert_non_null(last);
    assert_non_null(expected);
    for (int number = 0; number < files; number++)
        last[booking_of(number)] = number;
    size_t used = 0;
    for (int booking = 0; booking < bookings; booking++)
        used += (size_t)snprintf(expected + used, 24, "%sB%d|H%d", booking > 0 ? "\n" : "", booking,
                                 last[booking]);
    scene_assert_rows(scene,
                      "SELECT booking_number, housing FROM booking"
                      " ORDER BY CAST(substr(booking_number, 2) AS INTEGER)",
                      expected);
    free(expected);
    free(last);
}

/* Drops all, with every step taken on the way. */
static void run_load(struct scene *scene)
{
    enum {
        STEP_COUNT = sizeof STEPS / sizeof STEPS[0]
    };
    struct writer *writer = writer_start(scene, file_text);
    for (int step = 0; step <= STEP_COUNT; step++) {
        /* The step is taken with the half of its share dropped, and the other half on its way. */
        int from = files * step / (STEP_COUNT + 1), to = files * (step + 1) / (STEP_COUNT + 1);
        writer_allow(writer, to);
        writer_await(writer, (from + to) / 2);
        if (step < STEP_COUNT)
            STEPS[step](scene);
    }
    writer_await(writer, files);
    writer_end(writer);
    scene_settle(scene);
    assert_all_put_away(scene);
    assert_int_equal(scene_event_count(EVENT_QUARANTINED), 0);
    assert_int_equal(scene_event_count(EVENT_VANISHED), 0);
    assert_int_equal(scene_event_count(EVENT_UNCLEAN_STOP_FOUND), 0);
}

static void assert_once_and_in_order(struct scene *scene)
{
    assert_each_file_once(scene);
    assert_in_order(scene);
    assert_last_file_counts(scene);
}

static void through_starts_stops_and_pauses_a_load_is_applied_once_and_in_order(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, NULL);
    run_load(&scene);
    assert_once_and_in_order(&scene);
    scene_release(&scene);
}

static void in_live_too_and_the_test_world_follows_in_the_same_order(void **state)
{
    (void)state;
    struct scene scene;
    live_scene_init(&scene);
    run_load(&scene);
    assert_once_and_in_order(&scene);
    scene.world = DATABASE_TEST;
    assert_once_and_in_order(&scene);
    live_scene_release(&scene);
}

int main(void)
{
    test_main_init();
    bookings = WEIGHT(500, 100, 50);
    files = bookings * FILES_A_BOOKING;
    print_message("%d files for %d bookings%s\n", files, bookings, WEIGHT_REASON);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(through_starts_stops_and_pauses_a_load_is_applied_once_and_in_order),
        cmocka_unit_test(in_live_too_and_the_test_world_follows_in_the_same_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
