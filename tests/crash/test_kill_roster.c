/*
 * Rosters, and a process that is killed with SIGKILL in the middle of them, again and again: each goes on with the row behind the last one
 * that was committed. In the live world, so that the copies in the test world are cut short too. In the end every row of every roster was
 * applied once, in the order of the files, and every wrong row lies in quarantine once.
 *
 *   test_kill_roster [KILLS [ROWS]]      14 and 3000, unless said
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <time.h>

#include "platform/clock.h"
#include "tests/crash/process.h"
#include "tests/integration/wait.h"
#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

enum {
    ROSTERS = 3,
    BAD_EACH = 100,      /* every hundredth row */
    HELD_ROW = 10,       /* speaks of the booking of another */
    LONGEST_WORK = 90000 /* microseconds */
};

static int kills = 14, rows = 3000;
static bool xml; /* else CSV */

static uint64_t random_state = 88172645463325252u;

static uint32_t draw(uint32_t below)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (uint32_t)(random_state >> 16) % below;
}

/* Row n of a roster that says that everybody is in housing H<number>. */
static int write_record(char *out, size_t size, int n, int number)
{
    if (n % BAD_EACH == 0)
        return snprintf(out, size, "<Inmate>bad row %d</Inmate>\n", n);
    return snprintf(
        out, size,
        "<Inmate><JacketNo>%s%d</JacketNo><LName>Doe</LName><FName>John</FName><DOB>1/31/1980</DOB>"
        "<Gender>M</Gender><Block>H%d</Block><Bed>1</Bed><BookNo>B%d</BookNo>"
        "<BookDt>6/6/2018 12:34</BookDt></Inmate>\n",
        n == HELD_ROW ? "X" : "P", n, number, n == HELD_ROW ? 1 : n);
}

static void drop_roster(struct scene *scene, int number)
{
    size_t size = (size_t)rows * (xml ? 300 : 96) + 100, used = 0;
    char *text = malloc(size), name[16];
    assert_non_null(text);
    if (xml)
        used = (size_t)snprintf(text, size, "<ActiveRoster facility='VCSO'>\n");
    for (int n = 1; n <= rows; n++) {
        int length;
        if (xml)
            length = write_record(text + used, size - used, n, number);
        else if (n % BAD_EACH == 0)
            length = snprintf(text + used, size - used, "bad row %d\r\n", n);
        else if (n == HELD_ROW)
            length = snprintf(text + used, size - used,
                              "Roe,Jane,,PX,1980-01-31,,Female,,VCSO,,A,1,B1,2018-06-06T12:34,,,\r\n");
        else
            length = snprintf(text + used, size - used,
                              "Doe,John,,P%d,1980-01-31,,Male,,VCSO,,H%d,1,B%d,2018-06-06T12:34,,,\r\n", n,
                              number, n);
        assert_true(length > 0 && (size_t)length < size - used);
        used += (size_t)length;
    }
    if (xml)
        used += (size_t)snprintf(text + used, size - used, "</ActiveRoster>\n");
    (void)snprintf(name, sizeof name, "R%d.%s", number, xml ? "xml" : "csv");
    scene_drop_bytes(scene, name, text, used);
    free(text);
}

/* Whether a roster is under way in that world. */
static bool is_in_the_middle(struct scene *scene, enum database_world world)
{
    scene->world = world;
    bool so =
        strcmp(scene_rows(scene, "SELECT count(*) FROM file_progress WHERE next_row <= row_count"), "0") != 0;
    scene->world = DATABASE_LIVE;
    return so;
}

/* How many rows are done in one world. */
static long rows_done(struct scene *scene, enum database_world world)
{
    scene->world = world;
    const char *done = scene_rows(scene, "SELECT coalesce(sum(next_row - 1), 0) FROM file_progress");
    scene->world = DATABASE_LIVE;
    return strtol(done, NULL, 10);
}

struct progress {
    struct scene *scene;
    enum database_world world;
    long before;
};

static bool has_come_on(void *context)
{
    const struct progress *progress = context;
    long done = rows_done(progress->scene, progress->world);
    return done > progress->before || done == (long)rows * ROSTERS;
}

/* ---- what must be true in the end, in either world ---- */

static void assert_each_row_once(struct scene *scene, enum database_world world)
{
    char expected[200];
    int bad = rows / BAD_EACH, good = rows - bad - 1;
    scene->world = world;
    (void)snprintf(expected, sizeof expected, "%d|%d|%d|0|0|1|%d\n%d|%d|%d|0|0|1|%d\n%d|%d|%d|0|0|1|%d", rows,
                   rows + 1, good, bad, rows, rows + 1, good, bad, rows, rows + 1, good, bad);
    scene_assert_rows(
        scene,
        "SELECT row_count, next_row, applied, unchanged, stale, held, quarantined FROM file_progress"
        " ORDER BY file",
        expected);
    scene_assert_rows(scene, "SELECT substr(name, 1, 2), state, in_place, attempt FROM file ORDER BY id",
                      "R0|done|0|0\nR1|done|0|0\nR2|done|0|0");
    (void)snprintf(expected, sizeof expected, "%d|%d|%d|%d", ROSTERS * rows, ROSTERS * good, ROSTERS * bad,
                   ROSTERS);
    scene_assert_rows(
        scene,
        "SELECT count(*), sum(state = 'applied'), sum(state = 'quarantined'), sum(state = 'held')"
        " FROM message",
        expected);
    (void)snprintf(expected, sizeof expected, "%d|%d|0|%d", ROSTERS, ROSTERS * good, ROSTERS);
    scene_assert_rows(scene, "SELECT done, applied, duplicate, open_messages FROM feed_total", expected);
    (void)snprintf(expected, sizeof expected, "%d|%d|%d", good, good, ROSTERS * good);
    scene_assert_rows(scene,
                      "SELECT (SELECT count(*) FROM patient), (SELECT count(*) FROM booking), count(*)"
                      " FROM location_history",
                      expected);
    /* Everybody moved once with each roster, in their order. */
    scene_assert_rows(scene,
                      "SELECT count(*) FROM (SELECT group_concat(housing) AS way FROM"
                      " (SELECT booking, housing FROM location_history ORDER BY id) GROUP BY booking)"
                      " WHERE way <> 'H0,H1,H2'",
                      "0");
    scene_assert_rows(
        scene, "SELECT count(*) FROM message a JOIN message b ON b.id = a.id + 1 WHERE b.file < a.file", "0");
    scene->world = DATABASE_LIVE;
}

static void sleep_microseconds(uint32_t microseconds)
{
    struct timespec time = {0, (long)microseconds * 1000};
    (void)nanosleep(&time, NULL);
}

static void killed_in_the_middle_each_row_is_applied_once(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(
        &scene,
        &(struct scene_options){
            .live = true,
            .roster = "ready=\"closed\" lag=\"0 s\"",
            .rules = "<match pattern=\"*.xml\" format=\"jms-xml\" mapping=\"flat-roster.xml\" lag=\"0 s\"/>",
            .mappings = "flat-roster.xml"});
    scene_start(&scene);
    scene_stop(&scene);
    for (int i = 0; i < ROSTERS; i++)
        drop_roster(&scene, i);
    int of_a_roster = 0, of_a_copy = 0;
    for (int round = 0; round < kills; round++) {
        /* The copies begin when live is done with a file. Each run comes on at least once, or the third death would be the file's. */
        enum database_world world =
            rows_done(&scene, DATABASE_LIVE) < (long)rows * ROSTERS ? DATABASE_LIVE : DATABASE_TEST;
        struct progress progress = {&scene, world, rows_done(&scene, world)};
        pid_t child = process_start(&scene, NULL);
        wait_until("some rows to be applied", has_come_on, &progress);
        sleep_microseconds(draw(LONGEST_WORK));
        process_kill(child);
        of_a_roster += is_in_the_middle(&scene, DATABASE_LIVE);
        of_a_copy += is_in_the_middle(&scene, DATABASE_TEST);
    }
    scene_start(&scene);
    scene_settle(&scene);
    scene_stop(&scene);
    assert_int_equal(scene_count_files(scene.share), 0);
    assert_each_row_once(&scene, DATABASE_LIVE);
    assert_each_row_once(&scene, DATABASE_TEST);
    assert_int_equal(scene_count_files(scene_path(&scene, "data/live/quarantine")),
                     2 * ROSTERS * (rows / BAD_EACH));
    assert_int_equal(scene_count_files(scene_path(&scene, "data/live/hold")), 2 * ROSTERS);
    assert_int_equal(scene_count_files(scene_path(&scene, "data/live/archive")), ROSTERS);
    print_message("%d of %d kills were in the middle of a live roster, %d in the middle of a copy\n",
                  of_a_roster, kills, of_a_copy);
    assert_true(of_a_roster + of_a_copy > 0);
    scene_release(&scene);
}

/* A document cannot be entered in its middle: each run reads it from the start and passes by what is committed. */
static void the_same_of_xml(void **state)
{
    xml = true;
    killed_in_the_middle_each_row_is_applied_once(state);
}

int main(int argc, char **argv)
{
    test_main_init();
    if (argc > 1)
        kills = (int)strtol(argv[1], NULL, 10);
    if (argc > 2)
        rows = (int)strtol(argv[2], NULL, 10);
    if (kills < 1 || rows < BAD_EACH) {
        (void)fprintf(stderr, "usage: test_kill_roster [KILLS [ROWS]]: at least 1 kill and %d rows\n",
                      BAD_EACH);
        return 2;
    }
    if (argc > 1) /* another story each time */
        random_state ^= (uint64_t)clock_utc_us();
    print_message("%d kills over %d rosters of %d rows, seed %llu\n", kills, (int)ROSTERS, rows,
                  (unsigned long long)random_state);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(killed_in_the_middle_each_row_is_applied_once),
        cmocka_unit_test(the_same_of_xml),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
