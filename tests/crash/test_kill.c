/*
 * The engine in a process of its own, killed with SIGKILL at random moments while files and orders stream in. After the last
 * restart ledger, rows, archive and pharmacy agree: each file exactly once and in order, each order exactly once, nothing in
 * quarantine, and the test world has the same. And one file that brings its worker down: that one alone ends in quarantine.
 *
 *   test_kill [KILLS [FILES]]      50 and 3000, unless said; 1000 and 20000 where CORBRIDGE_PROVE is set; fewer under a sanitizer
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include "platform/clock.h"
#include "platform/file.h"
#include "platform/path.h"
#include "service/pipeline/pipeline_private.h"
#include "tests/crash/process.h"
#include "tests/integration/live_scene.h"
#include "tests/integration/orders.h"
#include "tests/integration/wait.h"
#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"
#include "tests/support/weight.h"

enum {
    BOOKINGS = 20,
    ORDERS_A_ROUND = 3,
    LONGEST_WORK_US = 12000
};

static int kills, files;

/* ---- what streams in ---- */

static uint64_t random_state = 88172645463325252u;

static uint32_t draw(uint32_t below)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (uint32_t)(random_state >> 16) % below;
}

static void file_name(int number, char out[32])
{
    (void)snprintf(out, 32, "F%d.ini", number);
}

/* File `number` is about booking number % BOOKINGS: first a DEM, then Locations that move it to H<number>. */
static char *file_text(int number)
{
    char booking[16], housing[16];
    (void)snprintf(booking, sizeof booking, "B%d", number % BOOKINGS);
    (void)snprintf(housing, sizeof housing, "H%d", number);
    if (number / BOOKINGS % 2 == 0)
        return scene_dem(booking, booking, housing, NULL);
    char *text = malloc(256);
    assert_non_null(text);
    (void)snprintf(
        text, 256,
        "DataType=\"PatientLocation\"\r\nPatientID=\"%s\"\r\nFacility=\"VCSO\"\r\nBooking=\"%s\"\r\n"
        "Housing=\"%s\"\r\nBed=\"1\"\r\n",
        booking, booking, housing);
    return text;
}

static void drop_file(struct scene *scene, int number)
{
    char name[32], *text = file_text(number);
    file_name(number, name);
    drop_quickly(scene, name, text);
    free(text);
}

/* One whole run in peace: the first booking, and what orders need. */
static void begin_world(struct scene *scene)
{
    scene_start(scene);
    drop_file(scene, 0);
    scene_settle(scene);
    scene_stop(scene);
    orders_prepare(scene);
}

/* ---- what must be true in the end ---- */

/* Each row's file lies where the row says, with the bytes that were dropped under its name. */
static void assert_archive_agrees(struct scene *scene)
{
    enum {
        AT_ONCE = 300
    };
    int seen = 0;
    for (int from = 0; from < files; from += AT_ONCE) {
        char sql[128];
        (void)snprintf(sql, sizeof sql,
                       "SELECT CAST(substr(name, 2) AS INTEGER), 'live/' || stored FROM file"
                       " ORDER BY id LIMIT %d OFFSET %d",
                       AT_ONCE, from);
        const char *row = scene_rows(scene, sql);
        for (const char *end; *row != '\0'; row = *end == '\n' ? end + 1 : end, seen++) {
            char *stored, below[256];
            long number = strtol(row, &stored, 10);
            end = row + strcspn(row, "\n");
            assert_true(*stored == '|' && end > stored);
            (void)snprintf(below, sizeof below, "%.*s", (int)(end - stored - 1), stored + 1);
            char *path = path_join(scene->data, below), *text = file_text((int)number);
            char *bytes = scene_read(path);
            assert_string_equal(bytes, text);
            free(bytes);
            free(text);
            free(path);
        }
    }
    assert_int_equal(seen, files);
    assert_int_equal(scene_count_files(scene_world_path(scene, "")), files);
}

static void assert_nothing_was_lost(struct scene *scene, int orders)
{
    char expected[64];
    assert_int_equal(scene_count_files(scene->share), 0);
    (void)snprintf(expected, sizeof expected, "%d|%d|0|%d", files, files, files);
    scene_assert_rows(scene,
                      "SELECT count(*), sum(state = 'done'), sum(in_place), count(DISTINCT name) FROM file",
                      expected);
    (void)snprintf(expected, sizeof expected, "%d|%d|%d", files, files, files);
    scene_assert_rows(scene, "SELECT count(*), sum(state = 'applied'), count(DISTINCT file) FROM message",
                      expected);
    assert_archive_agrees(scene);
    /* In order: what was written later has the higher number, and each booking ends where its last file says. */
    scene_assert_rows(scene,
                      "SELECT count(*) FROM (SELECT CAST(substr(name, 2) AS INTEGER) AS number,"
                      " lag(CAST(substr(name, 2) AS INTEGER)) OVER (ORDER BY id) AS before FROM file)"
                      " WHERE number <= before",
                      "0");
    scene_assert_rows(
        scene,
        "SELECT count(*) FROM (SELECT file, lag(file) OVER (ORDER BY id) AS before FROM message)"
        " WHERE file <= before",
        "0");
    for (int booking = 0; booking < BOOKINGS; booking++) {
        char sql[128];
        int last = files - 1 - (files - 1 - booking) % BOOKINGS;
        (void)snprintf(sql, sizeof sql, "SELECT housing FROM booking WHERE booking_number = 'B%d'", booking);
        (void)snprintf(expected, sizeof expected, "H%d", last);
        scene_assert_rows(scene, sql, expected);
    }
    orders_assert_sent_once(scene, orders);
    live_scene_assert_followed(scene, files);
}

struct first_file {
    struct scene *scene;
    char name[32];
};

static bool first_is_taken(void *context)
{
    const struct first_file *first = context;
    bool there = true;
    assert_int_equal(file_exists(share_path(first->scene, first->name), &there).kind, PLATFORM_OK);
    return !there;
}

static void sleep_microseconds(uint32_t microseconds)
{
    struct timespec time = {0, (long)microseconds * 1000};
    (void)nanosleep(&time, NULL);
}

/* Drops files one after the other until `until` of them have been. */
static int drop_until(struct scene *scene, int dropped, int until)
{
    while (dropped < until)
        drop_file(scene, dropped++);
    return dropped;
}

static void killed_at_any_moment_each_file_and_order_is_done_once(void **state)
{
    (void)state;
    struct scene scene;
    live_scene_init(&scene);
    begin_world(&scene);
    int dropped = 1;
    for (int round = 0; round < kills; round++) {
        int until = 1 + (int)((int64_t)(files - 1) * (round + 1) / kills);
        /* The stream goes on before the start, while it starts, while it works, and after the kill. */
        dropped = drop_until(&scene, dropped, dropped + (int)draw((uint32_t)(until - dropped) / 2 + 1));
        pid_t child = process_start(&scene, NULL);
        orders_insert(&scene, round, ORDERS_A_ROUND);
        if (draw(4) == 0) { /* killed while it starts */
            sleep_microseconds(draw(60000));
            dropped = drop_until(&scene, dropped, dropped + (int)draw((uint32_t)(until - dropped) + 1));
        } else { /* until it is at work: then it is killed in the middle of what comes now */
            struct first_file first = {.scene = &scene};
            file_name(dropped < files ? dropped : files - 1, first.name);
            if (dropped < files)
                drop_file(&scene, dropped++);
            wait_until("the first file to be taken", first_is_taken, &first);
            int left = until > dropped ? until - dropped : 0;
            dropped = drop_until(&scene, dropped, dropped + (int)draw((uint32_t)left + 1));
            sleep_microseconds(draw(LONGEST_WORK_US));
        }
        process_kill(child);
        dropped = drop_until(&scene, dropped, until);
    }
    scene_start(&scene);
    scene_settle(&scene);
    assert_nothing_was_lost(&scene, kills * ORDERS_A_ROUND);
    print_message("%s files were claimed when a process was killed\n",
                  scene_rows(&scene, "SELECT count(*) FROM file WHERE attempt > 0"));
    live_scene_release(&scene);
}

/* ---- a file that brings the process down ---- */

static void die_of_bad_files(const struct job *job)
{
    if (strcmp(job->name, "BAD.ini") == 0)
        abort();
}

static void let_bad_files_kill(void)
{
    worker_before_parse = die_of_bad_files;
}

struct process_watch {
    struct scene *scene;
    pid_t child;
    int status;
    bool ended;
};

static bool ended_or_finished(void *context)
{
    struct process_watch *watch = context;
    watch->ended = process_has_ended(watch->child, &watch->status);
    return watch->ended ||
           (scene_count_files(watch->scene->share) == 0 &&
            strcmp(scene_rows(watch->scene, "SELECT count(*) FROM file WHERE in_place = 1"), "0") == 0);
}

static void a_file_that_brings_the_process_down_three_times_alone_is_quarantined_alone(void **state)
{
    (void)state;
    enum {
        GOOD = 100
    };
    struct scene scene;
    live_scene_init(&scene);
    begin_world(&scene);
    for (int i = 1; i <= GOOD; i++) {
        drop_file(&scene, i);
        if (i == GOOD / 2) {
            char *text = scene_dem("BAD", "BAD", NULL, NULL);
            drop_quickly(&scene, "BAD.ini", text);
            free(text);
        }
    }
    int deaths = 0;
    for (bool finished = false; !finished;) {
        struct process_watch watch = {.scene = &scene, .child = process_start(&scene, let_bad_files_kill)};
        wait_until("the process to end, or to be done", ended_or_finished, &watch);
        finished = !watch.ended;
        if (finished) {
            process_kill(watch.child);
        } else {
            assert_true(WIFSIGNALED(watch.status));
            assert_int_equal(WTERMSIG(watch.status), SIGABRT);
            deaths++;
        }
        assert_true(deaths <= 4); /* once among others, three times alone */
    }
    assert_int_equal(deaths, 4);
    scene_assert_rows(&scene, "SELECT name, state, reason, attempt, in_place FROM file WHERE state <> 'done'",
                      "BAD.ini|quarantined|suspect|3|0");
    char expected[64];
    (void)snprintf(expected, sizeof expected, "%d|%d", GOOD + 1, GOOD + 1);
    scene_assert_rows(&scene, "SELECT count(*), sum(in_place = 0) FROM file WHERE state = 'done'", expected);
    scene_assert_rows(&scene, "SELECT count(*) FROM message WHERE state = 'applied'", "101");
    assert_non_null(scene_find_file(scene_path(&scene, "data"), "_BAD.ini.reason.txt"));
    live_scene_release(&scene);
}

int main(int argc, char **argv)
{
    test_main_init();
    kills = WEIGHT(50, 10, 0);
    files = WEIGHT(3000, 400, 0);
    const char *reason = WEIGHT_REASON;
#ifndef WEIGHT_SANITIZED
    if (getenv("CORBRIDGE_PROVE")) {
        kills = 1000;
        files = 20000;
    }
#endif
    if (argc > 1) {
        kills = (int)strtol(argv[1], NULL, 10);
        reason = "";
    }
    if (argc > 2)
        files = (int)strtol(argv[2], NULL, 10);
    if (kills < 1 || files < 2 * BOOKINGS) {
        (void)fprintf(stderr, "usage: test_kill [KILLS [FILES]]: at least 1 kill and %d files\n",
                      2 * BOOKINGS);
        return 2;
    }
    if (argc > 1 || getenv("CORBRIDGE_PROVE")) /* another story each time */
        random_state ^= (uint64_t)clock_utc_us();
    print_message("%d kills over %d files%s, seed %llu\n", kills, files, reason,
                  (unsigned long long)random_state);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(killed_at_any_moment_each_file_and_order_is_done_once),
        cmocka_unit_test(a_file_that_brings_the_process_down_three_times_alone_is_quarantined_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
