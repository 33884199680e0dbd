/*
 * Troubles that last: what mends itself soon is told to nobody, what lasts is told once, and so is its end. No test waits for it: the
 * monotonic clock of this program, and the free space of its disk, are what the test says (the linker's --wrap; see CMakeLists.txt).
 */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/clock.h"
#include "platform/file.h"
#include "platform/folder.h"
#include "platform/watch.h"
#include "tests/integration/failing.h"
#include "tests/integration/wait.h"
#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

#define SECOND 1000u
#define MINUTE (60 * SECOND)
#define HOUR   (60 * MINUTE)
#define MB     ((uint64_t)1024 * 1024)

uint64_t __real_clock_monotonic_ms(void);
uint64_t __wrap_clock_monotonic_ms(void);
struct platform_status __real_folder_free_space(const char *path, uint64_t *bytes);
struct platform_status __wrap_folder_free_space(const char *path, uint64_t *bytes);

static _Atomic uint64_t passed_ms;  /* how far the clock is ahead of the system's */
static _Atomic bool ticks;          /* it goes on whenever it is asked */
static _Atomic uint64_t free_bytes; /* 0: as much as there is */

uint64_t __wrap_clock_monotonic_ms(void)
{
    if (ticks)
        passed_ms++;
    return __real_clock_monotonic_ms() + passed_ms;
}

struct platform_status __wrap_folder_free_space(const char *path, uint64_t *bytes)
{
    struct platform_status status = __real_folder_free_space(path, bytes);
    if (free_bytes != 0)
        *bytes = free_bytes;
    return status;
}

/* The time passes, and every feed sees it now. */
static void let_pass(struct scene *scene, uint64_t milliseconds)
{
    passed_ms += milliseconds;
    engine_scan_now(scene->engine, false);
}

static bool has_failed_since(void *context)
{
    return failing_count() > *(const unsigned *)context;
}

/* Until what fails has been tried twice more: then whatever there was to tell of the first of them has been told. */
static void wait_for_two_tries(void)
{
    unsigned before = failing_count() + 1;
    wait_until("two more tries", has_failed_since, &before);
}

struct scans_wait {
    struct scene *scene;
    uint64_t count;
};

static bool has_scanned(void *context)
{
    const struct scans_wait *wanted = context;
    struct engine_figures figures;
    engine_figures(wanted->scene->engine, &figures);
    return figures.scans >= wanted->count;
}

/* Until a turn of the feed that began after now has ended: what there was to tell has been told. */
static void wait_for_two_scans(struct scene *scene)
{
    for (int i = 0; i < 2; i++) {
        struct engine_figures figures;
        engine_figures(scene->engine, &figures);
        struct scans_wait wanted = {scene, figures.scans + 1};
        engine_scan_now(scene->engine, false);
        wait_until("one more scan", has_scanned, &wanted);
    }
}

static bool watch_is_held(void *context)
{
    (void)context;
    return failing_held() > 0;
}

static void assert_events(enum event_id id, size_t count)
{
    if (scene_event_count(id) != count)
        fail_msg("event %d: %zu times instead of %zu", (int)id, scene_event_count(id), count);
}

static void what_cannot_be_moved_is_told_after_a_minute_and_at_its_end(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, NULL);
    failing_set_up();
    scene_start(&scene);
    for (size_t round = 1; round <= 2; round++) { /* what comes back is told again */
        char name[32], booking[16], number[24];
        failing_begin(PLATFORM_CALL_RENAME, "archive", PLATFORM_BUSY);
        (void)snprintf(name, sizeof name, "DEM%zu.ini", round);
        (void)snprintf(booking, sizeof booking, "B%zu", round);
        drop_booking(&scene, name, booking, NULL);
        wait_rows(&scene, "SELECT state FROM file WHERE in_place = 1", "done"); /* applied all the same */
        wait_for_two_tries();
        let_pass(&scene, 50 * SECOND);
        wait_for_two_tries();
        assert_events(EVENT_NOT_MOVED, round - 1);
        let_pass(&scene, 10 * SECOND);
        wait_event(EVENT_NOT_MOVED, round);
        (void)snprintf(number, sizeof number, "number %zu)", round);
        assert_non_null(strstr(scene_event_text(EVENT_NOT_MOVED), "jms"));
        assert_non_null(strstr(scene_event_text(EVENT_NOT_MOVED), number)); /* by its ledger number */
        assert_null(strstr(scene_event_text(EVENT_NOT_MOVED), "DEM"));
        let_pass(&scene, HOUR);
        wait_for_two_tries();
        assert_events(EVENT_NOT_MOVED, round);
        assert_events(EVENT_MOVED_AT_LAST, round - 1);
        failing_end();
        wait_event(EVENT_MOVED_AT_LAST, round);
        scene_settle(&scene);
        assert_int_equal(scene_count_files(scene.share), 0);
    }
    scene_assert_rows(&scene, "SELECT count(*), sum(in_place), sum(state = 'done') FROM file", "2|0|2");
    scene_assert_rows(&scene, "SELECT count(*) FROM message", "2");
    assert_events(EVENT_NOT_MOVED, 2);
    assert_events(EVENT_MOVED_AT_LAST, 2);
    scene_release(&scene);
    failing_tear_down();
}

static void a_file_without_the_right_to_read_is_told_after_a_minute(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, NULL);
    failing_set_up();
    scene_start(&scene);
    failing_begin(PLATFORM_CALL_OPEN, "DEM1.ini", PLATFORM_DENIED);
    drop_booking(&scene, "DEM1.ini", "B1", NULL);
    wait_for_two_tries();
    let_pass(&scene, 50 * SECOND);
    wait_for_two_scans(&scene);
    assert_events(EVENT_FEED_NO_RIGHT, 0);
    drop_booking(&scene, "DEM2.ini", "B2", NULL); /* it stops nobody */
    wait_rows(&scene, "SELECT booking_number FROM booking", "B2");
    let_pass(&scene, 10 * SECOND);
    wait_event(EVENT_FEED_NO_RIGHT, 1);
    let_pass(&scene, HOUR);
    wait_for_two_scans(&scene);
    assert_events(EVENT_FEED_NO_RIGHT, 1);
    assert_null(strstr(scene_event_text(EVENT_FEED_NO_RIGHT), "DEM"));
    failing_end();
    wait_rows(&scene, "SELECT count(*) FROM booking", "2");
    scene_settle(&scene);
    scene_release(&scene);
    failing_tear_down();
}

/* Troubles are counted every ten seconds: when one begins in that very turn it has not lasted for long. */
static void what_has_begun_just_now_is_not_told(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, NULL);
    failing_set_up();
    scene_start(&scene);
    scene_settle(&scene);
    failing_begin(PLATFORM_CALL_OPEN, "DEM1.ini", PLATFORM_DENIED);
    ticks = true;
    passed_ms += 10 * SECOND;
    drop_booking(&scene, "DEM1.ini", "B1", NULL);
    wait_for_two_tries();
    assert_events(EVENT_FEED_NO_RIGHT, 0);
    passed_ms += 10 * SECOND;
    write_in_place(&scene, "readme.txt", "wb", "words");
    wait_for_two_tries();
    ticks = false;
    assert_events(EVENT_FILES_UNRECOGNISED, 0);
    failing_end();
    scene_settle(&scene);
    scene_release(&scene);
    failing_tear_down();
}

static void a_file_that_somebody_writes_for_ten_minutes_is_told(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, NULL);
    failing_set_up();
    scene_start(&scene);
    failing_begin(PLATFORM_CALL_OPEN, "DEM1.ini", PLATFORM_BUSY);
    drop_booking(&scene, "DEM1.ini", "B1", NULL);
    wait_for_two_tries();
    let_pass(&scene, 9 * MINUTE);
    wait_for_two_scans(&scene);
    assert_events(EVENT_FILE_BUSY_LONG, 0);
    let_pass(&scene, MINUTE);
    wait_event(EVENT_FILE_BUSY_LONG, 1);
    let_pass(&scene, HOUR);
    wait_for_two_scans(&scene);
    assert_events(EVENT_FILE_BUSY_LONG, 1);
    failing_end();
    wait_rows(&scene, "SELECT state, in_place FROM file", "done|0");
    scene_release(&scene);
    failing_tear_down();
}

static void a_file_that_no_rule_takes_is_told_after_an_hour(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, NULL);
    scene_start(&scene);
    write_in_place(&scene, "readme.txt", "wb", "words");
    scene_settle(&scene);
    let_pass(&scene, 59 * MINUTE);
    wait_for_two_scans(&scene);
    assert_events(EVENT_FILES_UNRECOGNISED, 0);
    let_pass(&scene, MINUTE);
    wait_event(EVENT_FILES_UNRECOGNISED, 1);
    let_pass(&scene, HOUR);
    wait_for_two_scans(&scene);
    assert_events(EVENT_FILES_UNRECOGNISED, 1); /* one file, told once */
    write_in_place(&scene, "more.txt", "wb", "words");
    scene_settle(&scene);
    let_pass(&scene, HOUR);
    wait_event(EVENT_FILES_UNRECOGNISED, 2);
    scene_assert_rows(&scene, "SELECT count(*) FROM file", "0");
    assert_int_equal(scene_count_files(scene.share), 2);
    scene_release(&scene);
}

/* One wait of the watch says that notifications were lost. */
static void overflow_once(struct scene *scene, uint64_t so_far)
{
    struct engine_figures figures;
    failing_once(PLATFORM_CALL_WATCH, "", PLATFORM_OTHER, WATCH_CODE_OVERFLOW);
    write_in_place(scene, "wake.tmp", "wb", ""); /* the wait returns; the next one fails */
    do {
        engine_figures(scene->engine, &figures);
        wait_milliseconds(1);
    } while (figures.overflows < so_far);
    scene_settle(scene);
}

static void overflows_are_told_once_an_hour_with_their_number(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, NULL);
    failing_set_up();
    scene_start(&scene);
    scene_settle(&scene);
    overflow_once(&scene, 1);
    let_pass(&scene, 10 * SECOND);
    wait_event(EVENT_WATCH_OVERFLOW, 1);
    overflow_once(&scene, 2);
    overflow_once(&scene, 3);
    let_pass(&scene, 59 * MINUTE);
    wait_for_two_scans(&scene);
    assert_events(EVENT_WATCH_OVERFLOW, 1);
    let_pass(&scene, MINUTE);
    wait_event(EVENT_WATCH_OVERFLOW, 2);
    assert_non_null(strstr(scene_event_text(EVENT_WATCH_OVERFLOW), "(3 times so far)"));
    scene_release(&scene);
    failing_tear_down();
}

/* A server that never tells of a change, and does not say so. */
static void a_share_that_tells_nothing_is_looked_through_every_minute(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, NULL);
    failing_set_up();
    scene_start(&scene);
    drop_booking(&scene, "DEM1.ini", "B1", NULL);
    scene_settle(&scene);
    failing_hold(PLATFORM_CALL_WATCH, "");
    write_in_place(&scene, "wake.tmp", "wb", ""); /* the wait returns; the next one is held */
    wait_until("the watch that is held", watch_is_held, NULL);
    scene_settle(&scene);
    drop_booking(&scene, "DEM2.ini", "B2", NULL);
    passed_ms += MINUTE;
    engine_resume(scene.engine); /* asks for no scan: only wakes who sleeps by another clock */
    wait_rows(&scene, "SELECT count(*) FROM booking", "2");
    assert_int_equal(scene_event_count(EVENT_FEED_POLLED), 0);
    failing_let_go();
    scene_release(&scene);
    failing_tear_down();
}

/* RULES "Failing well": stop taking files before anything breaks, resume by itself. */
static void with_little_room_on_the_disk_no_file_is_taken(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, NULL); /* low-disk is 64 MB there */
    scene_start(&scene);
    drop_booking(&scene, "DEM1.ini", "B1", NULL);
    scene_settle(&scene);
    free_bytes = 63 * MB;
    let_pass(&scene, 5 * SECOND);
    wait_event(EVENT_DISK_LOW, 1);
    drop_booking(&scene, "DEM2.ini", "B2", NULL);
    wait_for_two_scans(&scene);
    let_pass(&scene, HOUR);
    wait_for_two_scans(&scene);
    scene_assert_rows(&scene, "SELECT count(*) FROM file", "1");
    assert_int_equal(scene_count_files(scene.share), 1);
    assert_events(EVENT_DISK_LOW, 1);
    free_bytes = 64 * MB;
    let_pass(&scene, 5 * SECOND);
    wait_event(EVENT_DISK_ENOUGH, 1);
    wait_rows(&scene, "SELECT name, state, in_place FROM file ORDER BY id",
              "DEM1.ini|done|0\nDEM2.ini|done|0");
    scene_release(&scene);
    free_bytes = 0;
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_cannot_be_moved_is_told_after_a_minute_and_at_its_end),
        cmocka_unit_test(a_file_without_the_right_to_read_is_told_after_a_minute),
        cmocka_unit_test(what_has_begun_just_now_is_not_told),
        cmocka_unit_test(a_file_that_somebody_writes_for_ten_minutes_is_told),
        cmocka_unit_test(a_file_that_no_rule_takes_is_told_after_an_hour),
        cmocka_unit_test(overflows_are_told_once_an_hour_with_their_number),
        cmocka_unit_test(a_share_that_tells_nothing_is_looked_through_every_minute),
        cmocka_unit_test(with_little_room_on_the_disk_no_file_is_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
