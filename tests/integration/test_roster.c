/*
 * Rosters on the whole way: rows that are applied, rows that bring nothing new, rows that are wrong; order and time among rosters and event
 * files; the file as a whole; a copy of a live roster.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/clock.h"
#include "platform/file.h"
#include "platform/folder.h"
#include "tests/integration/failing.h"
#include "tests/integration/reconfigure.h"
#include "tests/integration/wait.h"
#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

static const char ONE_FACILITY[] = "<facility code=\"VCSO\" name=\"Ventura\" zone=\"America/Denver\"/>";
static const char NO_LAG[] = "ready=\"closed\" lag=\"0 s\"";
static const struct scene_options ALONE = {.facilities = ONE_FACILITY, .roster = NO_LAG};

/* COREMR-INTERFACES §3: the documented minimal row. */
static const char MINIMAL[] =
    "\"Smith\",\"Samuel\",\"\",\"344560\",\"1995-08-20\",\"\",\"Male\",\"\",\"FACTEST\",\"\",\"BLOCK\",\"\","
    "\"2018060612341\",\"2018-06-06T12:34\",\"\",\"\",\"\"\r\n";

static const char HEADER[] =
    "Last Name,First Name,Middle Name,Patient ID,Birth Date,SSN,Sex,Race,Facility,Agency,Housing,Bed,"
    "Booking Number,Booking Date,Release Date,Height,Photo Path\r\n";

/* ---- rosters as text ---- */

struct text {
    char *bytes;
    size_t length, size;
};

static void add(struct text *text, const char *more)
{
    size_t length = strlen(more);
    if (text->length + length + 1 > text->size) {
        text->size = (text->length + length + 1) * 2;
        text->bytes = realloc(text->bytes, text->size);
        assert_non_null(text->bytes);
    }
    memcpy(text->bytes + text->length, more, length + 1);
    text->length += length;
}

/* Patient P<n> in booking B<n>. */
static void add_row(struct text *text, int n, const char *housing, const char *release)
{
    char row[256];
    (void)snprintf(row, sizeof row,
                   "Doe%d,John,,P%d,1980-01-31,,Male,,VCSO,,%s,1,B%d,2018-06-06T12:34,%s,,\r\n", n, n,
                   housing, n, release);
    add(text, row);
}

static void drop(struct scene *scene, const char *name, struct text *text)
{
    scene_drop_bytes(scene, name, text->bytes, text->length);
    free(text->bytes);
    *text = (struct text){0};
    scene_settle(scene);
}

static void drop_row(struct scene *scene, const char *name, int n, const char *housing, const char *release)
{
    struct text text = {0};
    add_row(&text, n, housing, release);
    drop(scene, name, &text);
}

static void drop_text(struct scene *scene, const char *name, const char *bytes)
{
    scene_drop(scene, name, bytes);
    scene_settle(scene);
}

/* Rows that stand in the ledger for the newest roster: applied|unchanged|stale|held|quarantined|test_only. */
#define COUNTS                                                                                               \
    "SELECT applied, unchanged, stale, held, quarantined, test_only FROM file_progress ORDER BY file DESC LIMIT 1"

/* ---- the rows ---- */

static void the_documented_minimal_row_is_applied(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, &ALONE);
    scene_start(&scene);
    drop_text(&scene, "roster.csv", MINIMAL);
    scene_assert_rows(&scene,
                      "SELECT p.last_name, p.first_name, p.middle_name, p.patient_id, p.birth_date, p.sex,"
                      " b.booking_number, b.facility, b.housing, b.bed, b.booking_date, b.released_at"
                      " FROM booking b JOIN patient p ON p.id = b.patient",
                      "Smith|Samuel|-|344560|1995-08-20|Male|2018060612341|VCSO|BLOCK|-|"
                      "2018-06-06T18:34:00.000000Z|-");
    scene_assert_rows(&scene, "SELECT format, state, in_place, stored LIKE 'archive%_roster.csv' FROM file",
                      "roster-csv|done|0|1");
    scene_assert_rows(&scene, "SELECT ordinal, kind, state FROM message", "1|demographics|applied");
    scene_assert_rows(&scene, "SELECT row_count, next_row, encoding FROM file_progress", "1|2|utf-8");
    scene_assert_rows(&scene, "SELECT done, applied, duplicate FROM feed_total", "1|1|0");
    assert_int_equal(scene_count_files(scene.share), 0);
    scene_release(&scene);
}

static void the_unchanged_leaves_nothing_but_its_time(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, &ALONE);
    scene_start(&scene);
    struct text text = {0};
    for (int n = 1; n <= 3; n++)
        add_row(&text, n, "A", "");
    drop(&scene, "1.csv", &text);
    for (int n = 1; n <= 3; n++)
        add_row(&text, n, n == 2 ? "B" : "A", "");
    drop(&scene, "2.csv", &text);
    scene_assert_rows(&scene, COUNTS, "1|2|0|0|0|0");
    scene_assert_rows(&scene, "SELECT ordinal, state FROM message WHERE file = 2", "2|applied");
    scene_assert_rows(
        &scene,
        "SELECT field, old_value, new_value FROM change_log c JOIN message m ON m.id = c.message"
        " WHERE m.file = 2",
        "housing|A|B");
    scene_assert_rows(&scene, "SELECT count(*) FROM location_history", "4");
    scene_assert_rows(&scene,
                      "SELECT DISTINCT demographics_file, booking_file, location_file, release_file,"
                      " location_event_at = (SELECT event_at FROM file_progress WHERE file = 2)"
                      " FROM booking b JOIN patient p ON p.id = b.patient",
                      "2|2|2|-|1");
    scene_assert_rows(&scene, "SELECT done, applied, duplicate FROM feed_total", "2|4|2");
    scene_release(&scene);
}

/* Runs of rows that are known as they are. What they say is judged as ever: a newer event than the roster counts, an older one does not. */
static void an_unchanged_roster_is_known_by_its_runs(void **state)
{
    enum {
        ROWS = 1200
    };
    (void)state;
    struct scene scene;
    scene_init(&scene,
               &(struct scene_options){.facilities = ONE_FACILITY,
                                       .roster = "ready=\"closed\" lag=\"0 s\" event-time=\"arrival\"",
                                       .match = "ready=\"closed\" event-time=\"field:EventTime\""});
    scene_start(&scene);
    for (int round = 1; round <= 3; round++) {
        struct text text = {0};
        char name[16];
        for (int n = 1; n <= ROWS; n++)
            add_row(&text, n, round == 3 && n == 600 ? "B" : "A", "");
        (void)snprintf(name, sizeof name, "%d.csv", round);
        drop(&scene, name, &text);
        if (round == 1)
            scene_assert_rows(&scene, "SELECT sum(row_count), sum(digest IS NULL) FROM roster_run", "1200|0");
    }
    scene_assert_rows(&scene, "SELECT applied, unchanged FROM file_progress ORDER BY file",
                      "1200|0\n0|1200\n1|1199");
    /* The second roster wrote none of the rows, the third only the run that has the change. */
    scene_assert_rows(&scene, "SELECT count(*) FROM booking WHERE location_file = 2", "0");
    scene_assert_rows(&scene, "SELECT count(*) BETWEEN 1 AND 64 FROM booking WHERE location_file = 3", "1");
    scene_assert_rows(&scene, "SELECT DISTINCT file FROM roster_run", "3");
    scene_assert_rows(&scene, "SELECT done, applied, duplicate FROM feed_total", "3|1201|2399");
    /* An event from between the rosters is older than the last of them. */
    char *between = scene_dem("P7", "B7", "OLD", "EventTime=\"2026-01-01T08:00\"\r\n");
    drop_text(&scene, "1.ini", between);
    free(between);
    scene_assert_rows(&scene, "SELECT state, detail FROM message WHERE file = 4",
                      "stale|stale: demographics, booking, location");
    scene_assert_rows(&scene, "SELECT housing, location_file FROM booking WHERE booking_number = 'B7'",
                      "A|3");
    /* Its run is not known any longer, and comes to be again with the next roster. */
    scene_assert_rows(&scene, "SELECT sum(digest IS NULL) FROM roster_run", "1");
    char *after = scene_dem("P8", "B8", "NEW", NULL);
    drop_text(&scene, "2.ini", after);
    free(after);
    scene_assert_rows(&scene, "SELECT housing FROM booking WHERE booking_number = 'B8'", "NEW");
    struct text text = {0};
    for (int n = 1; n <= ROWS; n++)
        add_row(&text, n, n == 600 ? "B" : "A", "");
    drop(&scene, "4.csv", &text);
    scene_assert_rows(&scene, COUNTS, "1|1199|0|0|0|0");
    scene_assert_rows(&scene, "SELECT housing FROM booking WHERE booking_number = 'B8'", "A");
    scene_assert_rows(&scene, "SELECT sum(row_count), sum(digest IS NULL) FROM roster_run", "1200|0");
    scene_release(&scene);
}

static void release_dates_release_and_the_missing_stay(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, &ALONE);
    scene_start(&scene);
    struct text text = {0};
    for (int n = 1; n <= 3; n++)
        add_row(&text, n, "A", "");
    drop(&scene, "1.csv", &text);
    drop_row(&scene, "2.csv", 2, "A", "2018-06-09T08:00");
    scene_assert_rows(&scene, "SELECT booking_number, released_at, release_origin FROM booking ORDER BY 1",
                      "B1|-|-\nB2|2018-06-09T14:00:00.000000Z|given\nB3|-|-");
    /* A roster without the date does not take it back. */
    drop_row(&scene, "3.csv", 2, "A", "");
    scene_assert_rows(&scene, "SELECT released_at FROM booking WHERE booking_number = 'B2'",
                      "2018-06-09T14:00:00.000000Z");
    scene_release(&scene);
}

static void a_thousand_rows_with_bad_ones_among_them(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, &ALONE);
    scene_start(&scene);
    struct text text = {0};
    add(&text, HEADER);
    for (int n = 1; n <= 1000; n++) {
        if (n % 250 == 0)
            add(&text, "Doe,Jane,,P,thirtyfirst,,Male,,VCSO,,A,,B,2018-06-06,,,\r\n");
        else if (n == 333)
            add(&text, "too,few,columns\r\n");
        else
            add_row(&text, n, "A", "");
    }
    drop(&scene, "big.csv", &text);
    scene_assert_rows(&scene, COUNTS, "995|0|0|0|5|0");
    scene_assert_rows(&scene, "SELECT count(*) FROM booking", "995");
    scene_assert_rows(&scene, "SELECT ordinal, detail FROM message WHERE state = 'quarantined'",
                      "250|faults\n333|faults\n500|faults\n750|faults\n1000|faults");
    scene_assert_rows(
        &scene,
        "SELECT m.ordinal, f.code, f.line, f.field FROM message_fault f JOIN message m ON m.id = f.message"
        " WHERE m.ordinal IN (250, 333) ORDER BY m.ordinal",
        "250|not-a-date|251|column 5, Birth Date\n333|column-count|334|-");
    scene_assert_rows(&scene, "SELECT state, stored LIKE 'archive%' FROM file", "done|1");
    /* Each of them as it came, with its reason beside it; one event for all. */
    const char *quarantine = scene_world_path(&scene, "quarantine");
    assert_int_equal(scene_count_files(quarantine), 10);
    char *extract = scene_read(scene_find_file(quarantine, "000000000001_r333_big.csv"));
    assert_string_equal(extract, "too,few,columns\r\n");
    free(extract);
    char *reason = scene_read(scene_find_file(quarantine, "000000000001_r250_big.csv.reason.txt"));
    assert_non_null(strstr(reason, "Row:           250, in line 251 of the file"));
    assert_non_null(strstr(reason, "line 251, column 5, Birth Date"));
    assert_null(strstr(reason, "thirtyfirst")); /* never a value */
    free(reason);
    assert_int_equal(scene_event_count(EVENT_ROWS_SET_ASIDE), 1);
    assert_non_null(strstr(scene_event_text(EVENT_ROWS_SET_ASIDE),
                           "feed jms (ledger number 1) was applied but for rows that are wrong: 5."));
    assert_int_equal(scene_event_count(EVENT_QUARANTINED), 0);
    scene_release(&scene);
}

static void a_row_about_the_booking_of_another_is_held(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, &ALONE);
    scene_start(&scene);
    drop_row(&scene, "1.csv", 1, "A", "");
    struct text text = {0};
    add(&text, "Roe,Jane,,P9,1980-01-31,,Female,,VCSO,,A,1,B1,2018-06-06T12:34,,,\r\n");
    add_row(&text, 2, "A", "");
    drop(&scene, "2.csv", &text);
    scene_assert_rows(&scene, COUNTS, "1|0|0|1|0|0");
    scene_assert_rows(&scene, "SELECT ordinal, state FROM message WHERE file = 2", "1|held\n2|applied");
    scene_assert_rows(&scene, "SELECT patient_id FROM patient ORDER BY id", "P1\nP2");
    scene_assert_rows(&scene, "SELECT stored LIKE 'archive%' FROM file", "1\n1");
    scene_assert_rows(&scene, "SELECT open_messages FROM feed_total", "1");
    const char *hold = scene_world_path(&scene, "hold");
    assert_int_equal(scene_count_files(hold), 2);
    char *reason = scene_read(scene_find_file(hold, "000000000002_r1_2.csv.reason.txt"));
    assert_non_null(strstr(reason, "Detail: the booking is known under another patient"));
    free(reason);
    assert_int_equal(scene_event_count(EVENT_HELD), 1);
    scene_release(&scene);
}

static void of_a_booking_that_stands_there_twice_the_last_row_wins(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, &ALONE);
    scene_start(&scene);
    struct text text = {0};
    add_row(&text, 1, "FIRST", "");
    add_row(&text, 2, "A", "");
    add_row(&text, 1, "LAST", "");
    add_row(&text, 2, "A", "");
    drop(&scene, "1.csv", &text);
    scene_assert_rows(&scene, "SELECT housing FROM booking WHERE booking_number = 'B1'", "LAST");
    scene_assert_rows(&scene, COUNTS, "3|1|0|0|0|0");
    /* With the message, or with the file where the row left none. */
    scene_assert_rows(&scene,
                      "SELECT f.code, f.severity, f.line, m.ordinal FROM message_fault f LEFT JOIN message m"
                      " ON m.id = f.message ORDER BY f.ordinal",
                      "booking-twice|warning|3|3\nbooking-twice|warning|4|-");
    scene_release(&scene);
}

static void a_row_that_the_database_refuses_is_set_aside_alone(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, &ALONE);
    scene_start(&scene);
    scene_execute(&scene, "CREATE TRIGGER refuse BEFORE INSERT ON booking WHEN NEW.booking_number = 'B7'"
                          " BEGIN SELECT RAISE(ABORT, 'no seventh'); END");
    struct text text = {0};
    for (int n = 1; n <= 20; n++)
        add_row(&text, n, "A", "");
    drop(&scene, "1.csv", &text);
    scene_assert_rows(&scene, COUNTS, "19|0|0|0|1|0");
    scene_assert_rows(
        &scene, "SELECT ordinal, detail LIKE '%no seventh%' FROM message WHERE state = 'quarantined'", "7|1");
    scene_assert_rows(&scene, "SELECT count(*), (SELECT count(*) FROM patient) FROM booking", "19|19");
    assert_int_equal(scene_count_files(scene_world_path(&scene, "quarantine")), 2);
    scene_release(&scene);
}

static bool has_failed_once(void *context)
{
    (void)context;
    return failing_count() >= 1;
}

static bool has_failed_twice(void *context)
{
    (void)context;
    return failing_count() >= 2;
}

/* The extract lies in its folder before the database says so: while it cannot be written, neither is the row. */
static void wait_for_extract(const char *folder, const char *row, const char *state)
{
    struct scene scene;
    char expected[64];
    failing_set_up();
    scene_init(&scene, &ALONE);
    scene_start(&scene);
    drop_row(&scene, "1.csv", 1, "A", "");
    failing_begin(PLATFORM_CALL_COUNT, folder, PLATFORM_FULL);
    struct text text = {0};
    add_row(&text, 2, "A", "");
    add(&text, row);
    add_row(&text, 3, "A", "");
    scene_drop_bytes(&scene, "2.csv", text.bytes, text.length);
    free(text.bytes);
    wait_until("the extract to be refused twice", has_failed_twice, NULL);
    (void)snprintf(expected, sizeof expected, "SELECT count(*) FROM message WHERE state = '%s'", state);
    scene_assert_rows(&scene, expected, "0");
    scene_assert_rows(&scene, "SELECT state FROM file WHERE id = 2", "claimed");
    failing_end();
    scene_settle(&scene);
    (void)snprintf(expected, sizeof expected, "1|applied\n2|%s\n3|applied", state);
    scene_assert_rows(&scene, "SELECT ordinal, state FROM message WHERE file = 2 ORDER BY ordinal", expected);
    assert_int_equal(scene_count_files(scene_world_path(&scene, folder)), 2);
    scene_assert_rows(&scene, "SELECT state, in_place FROM file WHERE id = 2", "done|0");
    scene_release(&scene);
    failing_tear_down();
}

static void a_row_that_cannot_be_set_aside_is_waited_for(void **state)
{
    (void)state;
    wait_for_extract("quarantine", "bad\r\n", "quarantined");
    wait_for_extract("hold", "Roe,Jane,,P9,1980-01-31,,Female,,VCSO,,A,1,B1,2018-06-06T12:34,,,\r\n", "held");
}

/* Nor do the files of another feed wait with it; and when the extract can be written, the roster goes on by itself. */
static void a_roster_that_waits_keeps_no_other_feed_waiting(void **state)
{
    (void)state;
    struct scene scene;
    failing_set_up();
    scene_init(&scene, &ALONE);
    assert_int_equal(folder_make(scene_path(&scene, "second")).kind, PLATFORM_OK);
    char *text_of_two = reconfigure_second_feed(&scene);
    reconfigure(&scene, text_of_two);
    free(text_of_two);
    scene_start(&scene);
    failing_begin(PLATFORM_CALL_COUNT, "quarantine", PLATFORM_FULL);
    struct text text = {0};
    add(&text, "bad\r\n");
    add_row(&text, 1, "A", "");
    scene_drop_bytes(&scene, "1.csv", text.bytes, text.length);
    free(text.bytes);
    wait_until("the extract to be refused", has_failed_once, NULL);
    char *dem = scene_dem("P2", "B2", "A", NULL);
    const char *path = scene_path(&scene, "second/a.ini");
    assert_int_equal(file_store(path, dem, strlen(dem)).kind, PLATFORM_OK);
    free(dem);
    wait_rows(&scene, "SELECT state FROM file WHERE feed = 'second'", "done");
    scene_assert_rows(&scene,
                      "SELECT state, (SELECT count(*) FROM file_progress) FROM file WHERE feed = 'jms'",
                      "claimed|0");
    failing_end();
    scene_settle(&scene);
    scene_assert_rows(&scene, COUNTS, "1|0|0|0|1|0");
    scene_release(&scene);
    failing_tear_down();
}

/* A row that is longer than a record may be is in no memory; its extract has every byte of it. */
static void a_row_too_long_is_set_aside_whole(void **state)
{
    enum {
        LENGTH = 300000
    };
    (void)state;
    struct scene scene;
    scene_init(&scene, &ALONE);
    scene_start(&scene);
    struct text text = {0};
    char *row = malloc(LENGTH + 3);
    assert_non_null(row);
    for (int i = 0; i < LENGTH; i++)
        row[i] = (char)('a' + i % 26);
    memcpy(row + LENGTH, "\r\n", 3);
    add_row(&text, 1, "A", "");
    add(&text, row);
    add_row(&text, 2, "A", "");
    drop(&scene, "1.csv", &text);
    scene_assert_rows(&scene, COUNTS, "2|0|0|0|1|0");
    char *extract =
        scene_read(scene_find_file(scene_world_path(&scene, "quarantine"), "000000000001_r2_1.csv"));
    assert_string_equal(extract, row);
    free(extract);
    free(row);
    scene_release(&scene);
}

/* ---- bytes that cannot be read ---- */

static bool a_call_waits(void *context)
{
    return failing_held() >= *(const unsigned *)context;
}

static void wait_held(unsigned count)
{
    wait_until("a read to be at its beginning", a_call_waits, &count);
}

/* Its rows are read as they are applied. When that fails in the middle, the file is looked at again and goes on behind what was committed; and
 * what came after it stays behind it. */
static void a_roster_that_cannot_be_read_on_is_looked_at_again(void **state)
{
    enum {
        ROWS = 3000
    };
    (void)state;
    struct scene scene;
    failing_set_up();
    scene_init(&scene, &ALONE);
    scene_start(&scene);
    failing_hold(PLATFORM_CALL_READ, "");
    struct text text = {0};
    for (int n = 1; n <= ROWS; n++)
        add_row(&text, n, "A", "");
    scene_drop_bytes(&scene, "1.csv", text.bytes, text.length);
    free(text.bytes);
    wait_held(1); /* the look */
    failing_let_one_go();
    wait_rows(&scene, "SELECT count(*) FROM file", "1");
    wait_held(1); /* the first slice */
    char *moved = scene_dem("P5", "B5", "MOVED", NULL);
    drop_quickly(&scene, "2.ini", moved);
    free(moved);
    wait_held(2); /* and the look at the other */
    failing_let_one_go();
    failing_let_one_go();
    wait_rows(&scene, "SELECT next_row > 1, (SELECT count(*) FROM file) FROM file_progress", "1|2");
    wait_held(1);                                               /* the second slice */
    failing_once(PLATFORM_CALL_READ, "", PLATFORM_OTHER, 1117); /* ERROR_IO_DEVICE */
    failing_let_go();
    scene_settle(&scene);
    assert_int_equal(failing_count(), 1);
    scene_assert_rows(&scene, "SELECT id, state, in_place, attempt FROM file", "1|done|0|0\n2|done|0|0");
    scene_assert_rows(&scene, COUNTS, "3000|0|0|0|0|0");
    scene_assert_rows(&scene, "SELECT count(*), count(DISTINCT ordinal) FROM message WHERE file = 1",
                      "3000|3000");
    scene_assert_rows(&scene,
                      "SELECT max(id) > (SELECT max(id) FROM message WHERE file = 1) FROM message"
                      " WHERE file = 2",
                      "1");
    scene_assert_rows(&scene, "SELECT count(*) FROM location_history", "3001");
    scene_release(&scene);
    failing_tear_down();
}

/* ---- order and time ---- */

static void a_roster_is_as_old_as_its_last_write_less_the_lag(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, &(struct scene_options){.facilities = ONE_FACILITY, .roster = "ready=\"closed\""});
    scene_start(&scene);
    char *dem = scene_dem("P1", "B1", "EVENT", NULL);
    scene_drop(&scene, "a.ini", dem);
    free(dem);
    scene_settle(&scene);
    /* It was written after the event, but its sender may have collected it 15 minutes before. */
    struct text text = {0};
    add_row(&text, 1, "ROSTER", "");
    add_row(&text, 2, "ROSTER", "");
    drop(&scene, "1.csv", &text);
    scene_assert_rows(&scene, "SELECT housing FROM booking ORDER BY id", "EVENT\nROSTER");
    scene_assert_rows(&scene, COUNTS, "1|0|1|0|0|0");
    scene_assert_rows(&scene, "SELECT state, detail FROM message WHERE file = 2",
                      "stale|stale: demographics, booking, location\napplied|-");
    scene_assert_rows(&scene,
                      "SELECT abs((julianday(f.arrived_at) - julianday(r.event_at)) * 1440 - 15) < 1"
                      " FROM file_progress r JOIN file f ON f.id = r.file",
                      "1");
    scene_release(&scene);
}

static void in_one_feed_rosters_and_events_keep_their_order(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene,
               &(struct scene_options){.facilities = ONE_FACILITY,
                                       .roster = "ready=\"closed\" lag=\"0 s\" event-time=\"arrival\""});
    /* All are there when the service starts: the order is that of the listing. */
    struct text text = {0};
    for (int round = 0; round < 3; round++) {
        char name[16], housing[16];
        for (int n = 1; n <= 1200; n++) {
            (void)snprintf(housing, sizeof housing, "R%d", round);
            add_row(&text, n, housing, "");
        }
        (void)snprintf(name, sizeof name, "%d.csv", 2 * round + 1);
        scene_drop_bytes(&scene, name, text.bytes, text.length);
        text.length = 0;
        (void)snprintf(housing, sizeof housing, "E%d", round);
        char *dem = scene_dem("P1200", "B1200", housing, NULL);
        (void)snprintf(name, sizeof name, "%d.ini", 2 * round + 2);
        scene_drop(&scene, name, dem);
        free(dem);
    }
    free(text.bytes);
    scene_start(&scene);
    scene_settle(&scene);
    scene_assert_rows(&scene, "SELECT name, state FROM file ORDER BY id",
                      "1.csv|done\n2.ini|done\n3.csv|done\n4.ini|done\n5.csv|done\n6.ini|done");
    scene_assert_rows(&scene,
                      "SELECT h.housing FROM location_history h JOIN booking b ON b.id = h.booking"
                      " WHERE b.booking_number = 'B1200' ORDER BY h.id",
                      "R0\nE0\nR1\nE1\nR2\nE2");
    /* No message of a later file was written before one of an earlier file. */
    scene_assert_rows(
        &scene, "SELECT count(*) FROM message a JOIN message b ON b.id = a.id + 1 WHERE b.file < a.file",
        "0");
    scene_assert_rows(&scene, "SELECT count(*) FROM file_progress WHERE next_row = row_count + 1", "3");
    scene_release(&scene);
}

/* ---- the file as a whole ---- */

static void with_a_header_mixed_line_ends_and_no_last_one(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, &ALONE);
    scene_start(&scene);
    struct text text = {0};
    add(&text, "\xEF\xBB\xBF");
    add(&text, HEADER);
    add(&text,
        "\"O'Brien, Jr\",\"Anne \"\"Red\"\"\",,P1,1980-01-31,,Female,,VCSO,,A,1,B1,2018-06-06T12:34,,,\n"
        ",,,,,,,,,,,,,,,,\r\n"
        "Mu\xC3\xB1oz,Jos\xC3\xA9,,P2,1980-01-31,,Male,,VCSO,,\"A\nB\",1,B2,2018-06-06T12:34,,,\r"
        "Doe,John,,P3,1980-01-31,,Male,,VCSO,,A,1,B3,2018-06-06T12:34,,,");
    drop(&scene, "1.csv", &text);
    scene_assert_rows(&scene, "SELECT last_name, first_name FROM patient ORDER BY id",
                      "O'Brien, Jr|Anne \"Red\"\nDoe|John");
    scene_assert_rows(&scene, "SELECT ordinal, state FROM message", "1|applied\n2|quarantined\n3|applied");
    scene_assert_rows(&scene, "SELECT row_count, next_row FROM file_progress", "3|4");
    scene_release(&scene);
}

static void windows_1252_is_understood(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, &ALONE);
    scene_start(&scene);
    drop_text(&scene, "1.csv", "Mu\xF1oz,Jos\xE9,,P2,1980-01-31,,Male,,VCSO,,A,1,B2,2018-06-06T12:34,,,\r\n");
    scene_assert_rows(&scene, "SELECT last_name, first_name FROM patient", "Mu\xC3\xB1oz|Jos\xC3\xA9");
    scene_assert_rows(&scene, "SELECT encoding FROM file_progress", "windows-1252");
    scene_release(&scene);
}

static void columns_in_another_order_or_number_quarantine_the_file(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, &ALONE);
    scene_start(&scene);
    struct text text = {0};
    add(&text,
        "First Name,Last Name,Middle Name,Patient ID,Birth Date,SSN,Sex,Race,Facility,Agency,Housing,Bed,"
        "Booking Number,Booking Date,Release Date,Height,Photo Path\r\n");
    add_row(&text, 1, "A", "");
    drop(&scene, "order.csv", &text);
    drop_text(&scene, "sixteen.csv",
              "Doe,John,,P1,1980-01-31,,Male,,VCSO,,A,1,B1,2018-06-06T12:34,,\r\n"
              "Doe,Jane,,P2,1980-01-31,,Female,,VCSO,,A,1,B2,2018-06-06T12:34,,\r\n");
    scene_assert_rows(&scene, "SELECT name, state, reason, stored LIKE 'quarantine%' FROM file ORDER BY id",
                      "order.csv|quarantined|faults|1\nsixteen.csv|quarantined|faults|1");
    scene_assert_rows(&scene, "SELECT file, ordinal, kind, state FROM message ORDER BY file",
                      "1|1|roster|quarantined\n2|1|roster|quarantined");
    scene_assert_rows(&scene, "SELECT count(*) FROM patient", "0");
    scene_assert_rows(&scene, "SELECT count(*) FROM file_progress", "0");
    assert_int_equal(scene_event_count(EVENT_QUARANTINED), 2);
    assert_int_equal(scene_count_files(scene_world_path(&scene, "quarantine")), 4);
    scene_release(&scene);
}

static void a_header_alone_is_done_with_a_warning(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, &ALONE);
    scene_start(&scene);
    drop_text(&scene, "1.csv", HEADER);
    scene_assert_rows(&scene, "SELECT state, stored LIKE 'archive%' FROM file", "done|1");
    scene_assert_rows(&scene, "SELECT code, severity, message FROM message_fault", "header-only|warning|-");
    scene_assert_rows(&scene, "SELECT row_count, next_row FROM file_progress", "0|1");
    scene_release(&scene);
}

static bool has_grown_whole(void *context)
{
    return strcmp(scene_rows(context, "SELECT count(*) FROM file WHERE state = 'done' AND in_place = 0"),
                  "1") == 0;
}

/* What ends inside a row is not taken; here it is written on. Given up on, it would be quarantined as incomplete (test_settle). */
static void a_roster_that_ends_inside_a_row_is_waited_for(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, &ALONE);
    scene_start(&scene);
    size_t whole = sizeof MINIMAL - 1;
    char part[sizeof MINIMAL];
    memcpy(part, MINIMAL, whole - 40);
    part[whole - 40] = '\0';
    write_in_place(&scene, "1.csv", "wb", part);
    wait_waiting(&scene, 1);
    write_in_place(&scene, "1.csv", "ab", MINIMAL + whole - 40);
    wait_until("the roster to be done", has_grown_whole, &scene);
    scene_assert_rows(&scene, "SELECT count(*) FROM booking", "1");
    scene_release(&scene);
}

/* Its bytes are in no memory: they are copied by the handle that was held since the look. */
static void a_roster_goes_to_an_archive_on_another_volume(void **state)
{
    (void)state;
    const char *volume = scene_other_volume();
    if (!volume) {
        print_message("skipped: there is no other volume here\n");
        skip();
    }
    struct scene scene;
    scene_init(&scene,
               &(struct scene_options){.facilities = ONE_FACILITY, .roster = NO_LAG, .data_volume = volume});
    scene_start(&scene);
    struct text text = {0};
    for (int n = 1; n <= 6000; n++) /* more than the 256 KB of a piece */
        add_row(&text, n, "A", "");
    scene_drop_bytes(&scene, "1.csv", text.bytes, text.length);
    scene_settle(&scene);
    scene_assert_rows(&scene, COUNTS, "6000|0|0|0|0|0");
    scene_assert_rows(&scene, "SELECT state, in_place FROM file", "done|0");
    char *archived = scene_read(scene_find_file(scene_world_path(&scene, "archive"), "_1.csv"));
    assert_string_equal(archived, text.bytes);
    assert_int_equal(scene_count_files(scene.share), 0);
    free(archived);
    free(text.bytes);
    scene_release(&scene);
}

/* ---- two worlds ---- */

static void rows_of(struct scene *scene, enum database_world world, const char *sql, const char *expected)
{
    enum database_world mine = scene->world;
    scene->world = world;
    scene_assert_rows(scene, sql, expected);
    scene->world = mine;
}

static void a_live_roster_is_copied_into_test_whole(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, &(struct scene_options){.live = true, .roster = NO_LAG});
    enum {
        ROWS = 1200
    };
    scene_start(&scene);
    for (int round = 0; round < 2; round++) { /* the second one brings nothing new */
        struct text text = {0};
        for (int n = 1; n <= ROWS; n++) {
            if (n == 600)
                add(&text, "Roe,Jane,,PT,1980-01-31,,Female,,ADAM,,A,1,BT,2018-06-06T12:34,,,\r\n");
            else if (n == 700)
                add(&text, "bad\r\n");
            else
                add_row(&text, n, "A", "");
        }
        drop(&scene, round == 0 ? "1.csv" : "2.csv", &text);
    }
    rows_of(&scene, DATABASE_LIVE,
            "SELECT applied, unchanged, stale, held, quarantined, test_only FROM file_progress ORDER BY file",
            "1198|0|0|0|2|0\n0|1198|0|0|2|0");
    rows_of(&scene, DATABASE_TEST,
            "SELECT applied, unchanged, stale, held, quarantined, test_only FROM file_progress ORDER BY file",
            "1198|0|0|0|2|0\n0|1198|0|0|2|0");
    rows_of(&scene, DATABASE_TEST, "SELECT id, state, in_place, copied_from FROM file ORDER BY id",
            "1|done|0|1\n2|done|0|2");
    rows_of(&scene, DATABASE_TEST, "SELECT up_to FROM live_copy", "2");
    /* The extracts lie in live; what was told there is not told again. */
    assert_int_equal(scene_count_files(scene_path(&scene, "data/live/quarantine")), 8);
    assert_int_equal(scene_event_count(EVENT_ROWS_SET_ASIDE), 2);
    scene_release(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_documented_minimal_row_is_applied),
        cmocka_unit_test(the_unchanged_leaves_nothing_but_its_time),
        cmocka_unit_test(an_unchanged_roster_is_known_by_its_runs),
        cmocka_unit_test(release_dates_release_and_the_missing_stay),
        cmocka_unit_test(a_thousand_rows_with_bad_ones_among_them),
        cmocka_unit_test(a_row_about_the_booking_of_another_is_held),
        cmocka_unit_test(of_a_booking_that_stands_there_twice_the_last_row_wins),
        cmocka_unit_test(a_row_that_the_database_refuses_is_set_aside_alone),
        cmocka_unit_test(a_row_that_cannot_be_set_aside_is_waited_for),
        cmocka_unit_test(a_roster_that_waits_keeps_no_other_feed_waiting),
        cmocka_unit_test(a_row_too_long_is_set_aside_whole),
        cmocka_unit_test(a_roster_that_cannot_be_read_on_is_looked_at_again),
        cmocka_unit_test(a_roster_is_as_old_as_its_last_write_less_the_lag),
        cmocka_unit_test(in_one_feed_rosters_and_events_keep_their_order),
        cmocka_unit_test(with_a_header_mixed_line_ends_and_no_last_one),
        cmocka_unit_test(windows_1252_is_understood),
        cmocka_unit_test(columns_in_another_order_or_number_quarantine_the_file),
        cmocka_unit_test(a_header_alone_is_done_with_a_warning),
        cmocka_unit_test(a_roster_that_ends_inside_a_row_is_waited_for),
        cmocka_unit_test(a_roster_goes_to_an_archive_on_another_volume),
        cmocka_unit_test(a_live_roster_is_copied_into_test_whole),
    };
    test_main_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
