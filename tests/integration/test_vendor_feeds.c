/*
 * Feeds as they run for months: twenty at once; one person through 200 files that come in any order; transfers between facilities; the whole population
 * of a new facility, by one roster or by a file for each patient.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <utime.h>

#include <sqlite3.h>

#include "platform/clock.h"
#include "platform/folder.h"
#include "platform/path.h"
#include "service/commands/commands.h"
#include "tests/integration/orders.h"
#include "tests/integration/reconfigure.h"
#include "tests/integration/wait.h"
#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"
#include "tests/support/weight.h"
#include "tests/unit/service/capture.h"

static void location_text(char *out, size_t size, const char *patient, const char *booking,
                          const char *housing, const char *more)
{
    int length =
        snprintf(out, size,
                 "DataType=\"PatientLocation\"\r\nPatientID=\"%s\"\r\nBooking=\"%s\"\r\nHousing=\"%s\"\r\n%s",
                 patient, booking, housing, more);
    assert_true(length > 0 && (size_t)length < size);
}

/* ---- twenty feeds at once ---- */

enum {
    FEEDS = 20,
    FEED_FILES = WEIGHT(30, 15, 15),
    PEOPLE = 5 /* of each feed; the same numbers in all of them */
};

static void add_feeds(struct scene *scene)
{
    static const char FORM[] = "<feed name=\"jail-%d\" folder=\"%s\" authority=\"JAIL%d\">"
                               "<match pattern=\"DEM*.ini\" format=\"jms-event\" ready=\"closed\"/>"
                               "<match pattern=\"LOC*.ini\" format=\"jms-event\" ready=\"closed\"/>"
                               "<match pattern=\"*.csv\" format=\"roster-csv\" ready=\"closed\" lag=\"0 s\""
                               " event-time=\"arrival\"/></feed>\n  ";
    char *config = scene_read(scene->config_path);
    for (int feed = 1; feed <= FEEDS; feed++) {
        char folder[64], element[2048];
        (void)snprintf(folder, sizeof folder, "jail%d", feed);
        assert_int_equal(folder_make(scene_path(scene, folder)).kind, PLATFORM_OK);
        (void)snprintf(element, sizeof element, FORM, feed, scene_path(scene, folder), feed);
        char *more = reconfigure_insert(config, "<pharmacy", element);
        free(config);
        config = more;
    }
    reconfigure(scene, config);
    free(config);
}

/* File `number` of a feed puts people into H<number>: a roster all of them, an event one. */
static void feed_file(int number, char name[32], char text[4096])
{
    int person = number % PEOPLE;
    char patient[16], housing[16];
    (void)snprintf(patient, sizeof patient, "P%d", person);
    (void)snprintf(housing, sizeof housing, "H%d", number);
    if (number % 10 == 0) {
        size_t used = 0;
        (void)snprintf(name, 32, "roster_%04d.csv", number);
        for (int n = 0; n < PEOPLE; n++)
            used += (size_t)snprintf(
                text + used, 4096 - used,
                "DOE,JOHN,D,P%d,07/22/1946,,Male,White,VCSO,ICE,%s,1,P%d,2017-06-20T14:32:04,,72,\r\n", n,
                housing, n);
    } else if (number % 2 == 0) {
        (void)snprintf(name, 32, "LOC_%04d.ini", number);
        location_text(text, 4096, patient, patient, housing, "Bed=\"1\"\r\n");
    } else {
        char *dem = scene_dem(patient, patient, housing, NULL);
        (void)snprintf(name, 32, "DEM_%04d.ini", number);
        (void)snprintf(text, 4096, "%s", dem);
        free(dem);
    }
}

static void drop_into(struct scene *scene, int feed, const char *name, const char *text)
{
    char temporary[96], final[96], path[2048];
    (void)snprintf(temporary, sizeof temporary, "jail%d%c%s.tmp", feed, PATH_SEPARATOR, name);
    (void)snprintf(final, sizeof final, "jail%d%c%s", feed, PATH_SEPARATOR, name);
    (void)snprintf(path, sizeof path, "%s", scene_path(scene, temporary));
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fputs(text, file) < 0, 0);
    assert_int_equal(fclose(file), 0);
    rename_path(path, scene_path(scene, final));
}

/* The number in a file's name: four digits behind its "_". */
#define NUMBER(row) "substr(" row ".name, instr(" row ".name, '_') + 1, 4)"

static void twenty_feeds_at_once_each_keep_their_own_order(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, NULL);
    add_feeds(&scene);
    scene_start(&scene);
    for (int number = 0; number < FEED_FILES; number++) {
        char name[32], text[4096];
        feed_file(number, name, text);
        for (int feed = 1; feed <= FEEDS; feed++)
            drop_into(&scene, feed, name, text);
    }
    scene_settle(&scene);
    char expected[64];
    (void)snprintf(expected, sizeof expected, "%d|%d|0|%d", FEEDS, FEEDS * FEED_FILES, FEEDS * FEED_FILES);
    scene_assert_rows(&scene,
                      "SELECT count(DISTINCT feed), count(*), sum(in_place), sum(state = 'done') FROM file",
                      expected);
    scene_assert_rows(&scene, "SELECT count(*) FROM message WHERE state NOT IN ('applied', 'duplicate')",
                      "0");
    /* In each feed later files have later numbers, and were applied later. */
    scene_assert_rows(&scene,
                      "SELECT count(*) FROM file a JOIN file b ON b.feed = a.feed AND b.id > a.id"
                      " WHERE " NUMBER("b") " < " NUMBER("a"),
                      "0");
    scene_assert_rows(
        &scene,
        "SELECT count(*) FROM message m JOIN file f ON f.id = m.file JOIN message n JOIN file g ON g.id = n.file"
        " AND g.feed = f.feed WHERE n.id > m.id AND g.id < f.id",
        "0");
    /* Each feed has its own people, in the place that its last file named. */
    (void)snprintf(expected, sizeof expected, "%d|%d", FEEDS * PEOPLE, FEEDS * PEOPLE);
    scene_assert_rows(&scene, "SELECT (SELECT count(*) FROM patient), (SELECT count(*) FROM booking)",
                      expected);
    for (int person = 0; person < PEOPLE; person++) {
        int last = FEED_FILES - 1;
        while (last % 10 != 0 && last % PEOPLE != person)
            last--;
        char sql[160];
        (void)snprintf(sql, sizeof sql,
                       "SELECT housing, count(*) FROM booking WHERE booking_number = 'P%d' GROUP BY 1",
                       person);
        (void)snprintf(expected, sizeof expected, "H%d|%d", last, FEEDS);
        scene_assert_rows(&scene, sql, expected);
    }
    scene_release(&scene);
}

/* ---- one person, 200 files ---- */

enum {
    FILES = 200,
    STAY = 5 /* files of a booking: booked, moved twice, moved by a DEM, released */
};

/* 2017-06-20 14:32 in Ventura, the minute of the first file; each further one is a minute later. */
static const instant_us FIRST = INT64_C(1497994320) * 1000000;

static instant_us minute_of(int number)
{
    return FIRST + (instant_us)number * 60 * 1000000;
}

/* The minute on the clock in Ventura, seven hours behind: as dates are written, and as it stands in a file's name. */
static void local_minute(int number, char written[32], char named[32])
{
    struct civil_time at;
    datetime_from_instant(minute_of(number) - INT64_C(7) * 3600 * 1000000, &at);
    (void)snprintf(written, 32, "%04d-%02u-%02u %02u:%02u:00", (int)at.year, at.month, at.day, at.hour,
                   at.minute);
    (void)snprintf(named, 32, "%04d%02u%02u%02u%02u", (int)at.year, at.month, at.day, at.hour, at.minute);
}

/* File `number` of the person's life. The caller frees. */
static char *life_text(int number, char name[64])
{
    int booking = number / STAY;
    char booked[32], minute[32], named[32], number_of_booking[24], housing[16], more[200];
    local_minute(booking * STAY, booked, named);
    local_minute(number, minute, named);
    (void)snprintf(number_of_booking, sizeof number_of_booking, "123456%02d", booking);
    (void)snprintf(housing, sizeof housing, "H%d", number);
    bool moves = number % STAY == 1 || number % STAY == 2;
    (void)snprintf(name, 64, "%s%s_%s.ini", moves ? "LOC" : "DEM", number_of_booking, named);
    char *text = malloc(2048);
    assert_non_null(text);
    if (moves) {
        location_text(text, 2048, "P00012345", number_of_booking, housing,
                      "Bed=\"1\"\r\nFacility=\"VCSO\"\r\n");
        return text;
    }
    more[0] = '\0';
    if (number % STAY == STAY - 1)
        (void)snprintf(more, sizeof more, "ReleaseDate=\"%s\"\r\n", minute);
    (void)snprintf(
        text, 2048,
        "DataType=\"PatientDemographics\"\r\nPatientID=\"P00012345\"\r\nFacility=\"VCSO\"\r\nLastName=\"DOE\"\r\n"
        "FirstName=\"JOHN\"\r\nBirthDate=\"07/22/1946\"\r\nSex=\"Male\"\r\nHousing=\"%s\"\r\nBed=\"2\"\r\n"
        "Booking=\"%s\"\r\nBookingDate=\"%s\"\r\nWeight=\"%d\"\r\n%s",
        housing, number_of_booking, booked, 100 + number, more);
    return text;
}

/* The numbers 0 to FILES - 1 in an order that is the same each time, and no order at all. */
static void shuffle(int numbers[FILES])
{
    uint32_t random = 20170620;
    for (int i = 0; i < FILES; i++)
        numbers[i] = i;
    for (int i = FILES - 1; i > 0; i--) {
        random = random * 1664525u + 1013904223u;
        int other = (int)((random >> 8) % (uint32_t)(i + 1));
        int number = numbers[i];
        numbers[i] = numbers[other];
        numbers[other] = number;
    }
}

static void drop_life(struct scene *scene, int number, bool with_time)
{
    char name[64], temporary[80];
    char *text = life_text(number, name);
    (void)snprintf(temporary, sizeof temporary, "%s.tmp", name);
    write_in_place(scene, temporary, "wb", text);
    if (with_time) {
        time_t written = (time_t)(minute_of(number) / 1000000);
        struct utimbuf times = {written, written};
        assert_int_equal(utime(share_path(scene, temporary), &times), 0);
    }
    rename_path(share_path(scene, temporary), share_path(scene, name));
    free(text);
}

/* 40 bookings, one behind the other: each in the place of its last file and released at its minute. */
static void assert_life(struct scene *scene)
{
    scene_assert_rows(scene, "SELECT count(*), sum(state = 'done'), sum(in_place) FROM file", "200|200|0");
    scene_assert_rows(scene, "SELECT count(*), weight, last_name FROM patient", "1|299|DOE");
    static char expected[FILES * 100];
    size_t used = 0;
    for (int booking = 0; booking < FILES / STAY; booking++) {
        char booked[28], released[28];
        datetime_format_instant(minute_of(booking * STAY), booked);
        datetime_format_instant(minute_of(booking * STAY + STAY - 1), released);
        used += (size_t)snprintf(expected + used, sizeof expected - used, "%s123456%02d|H%d|2|%s|%s|given",
                                 used > 0 ? "\n" : "", booking, booking * STAY + STAY - 1, booked, released);
    }
    scene_assert_rows(
        scene,
        "SELECT booking_number, housing, bed, booking_date, released_at, release_origin FROM booking"
        " ORDER BY booking_number",
        expected);
}

static void two_hundred_files_of_one_person_shuffled_while_the_service_is_down(void **state)
{
    (void)state;
    struct scene scene;
    int numbers[FILES];
    scene_init(&scene, NULL);
    shuffle(numbers);
    for (int i = 0; i < FILES; i++)
        drop_life(&scene, numbers[i], true);
    scene_start(&scene);
    scene_settle(&scene);
    assert_life(&scene);
    /* By their last-write times they came in their right order: nothing was old, nothing waited, every place is in the history. */
    scene_assert_rows(&scene, "SELECT DISTINCT state, detail FROM message", "applied|-");
    scene_assert_rows(
        &scene, "SELECT count(*), sum(CAST(substr(housing, 2) AS INTEGER) = id - 1) FROM location_history",
        "200|200");
    scene_release(&scene);
}

static void two_hundred_files_of_one_person_shuffled_live_with_the_time_in_their_names(void **state)
{
    (void)state;
    struct scene scene;
    int numbers[FILES];
    scene_init(&scene,
               &(struct scene_options){.match = "ready=\"closed\" event-time=\"name:*_%Y%m%d%H%M.ini\""});
    scene_start(&scene);
    shuffle(numbers);
    for (int i = 0; i < FILES; i++)
        drop_life(&scene, numbers[i], false);
    scene_settle(&scene);
    assert_life(&scene);
    /* A move before its booking waited for it, an older one changed nothing: none is left open, none was refused. */
    scene_assert_rows(
        &scene, "SELECT count(*) FROM message WHERE state NOT IN ('applied', 'duplicate', 'stale')", "0");
    scene_assert_rows(&scene, "SELECT count(*) > 0 FROM message WHERE state = 'stale'", "1");
    scene_assert_rows(&scene, "SELECT count(*) FROM waiting_event", "0");
    /* What waited leaves the hold for the archive by and by. */
    wait_rows(&scene, "SELECT count(*) FROM file WHERE stored NOT LIKE 'archive%'", "0");
    assert_int_equal(scene_count_files(scene_world_path(&scene, "hold")), 0);
    assert_int_equal(scene_count_files(scene_world_path(&scene, "archive")), FILES);
    /* The history of a booking ends where the booking is, and never goes back in time. */
    scene_assert_rows(
        &scene,
        "SELECT count(*) FROM booking b WHERE b.housing IS NOT (SELECT h.housing FROM location_history h"
        " WHERE h.booking = b.id ORDER BY h.id DESC LIMIT 1)",
        "0");
    scene_assert_rows(
        &scene,
        "SELECT count(*) FROM location_history a JOIN location_history b ON b.booking = a.booking AND b.id > a.id"
        " WHERE b.event_at < a.event_at",
        "0");
    scene_release(&scene);
}

/* ---- another person under one number ---- */

static void a_change_of_the_whole_identity_is_applied_told_and_stands_in_status(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, NULL);
    scene_start(&scene);
    char *dem = scene_dem("P1", "B1", "A-1", NULL);
    scene_drop(&scene, "1.ini", dem);
    scene_settle(&scene);
    struct capture run;
    const char *const status[] = {"status", "--config", scene.config_path, NULL};
    capture_run(&run, scene.root, status);
    assert_int_equal(run.code, COMMANDS_OK);
    assert_null(strstr(run.out, "identity"));
    capture_release(&run);
    memcpy(strstr(dem, "DOE"), "ROE", 3);
    memcpy(strstr(dem, "JOHN"), "JANE", 4);
    memcpy(strstr(dem, "07/22/1946"), "01/31/1980", 10);
    scene_drop(&scene, "2.ini", dem);
    free(dem);
    scene_settle(&scene);
    scene_assert_rows(&scene, "SELECT last_name, first_name, birth_date FROM patient", "ROE|JANE|1980-01-31");
    assert_int_equal(scene_event_count(EVENT_IDENTITY_CHANGED), 1);
    capture_run(&run, scene.root, status);
    assert_int_equal(run.code, COMMANDS_OK);
    assert_non_null(strstr(
        run.out,
        "changes of the whole identity (name and birth date at once): 1, the last in ledger number 2\n"));
    assert_null(strstr(run.out, "ROE"));
    capture_release(&run);
    const char *const json[] = {"status", "--config", scene.config_path, "--json", NULL};
    capture_run(&run, scene.root, json);
    assert_true(capture_is_json(run.out));
    assert_non_null(strstr(run.out, "\"identity_changes\": 1, \"last_identity_change\": 2"));
    capture_release(&run);
    scene_release(&scene);
}

/* ---- facilities ---- */

static void order(struct scene *scene, const char *number)
{
    char sql[400];
    (void)snprintf(
        sql, sizeof sql,
        "INSERT INTO medication_order (placer_number, order_control, patient, booking, ndc, ordered_at,"
        " dose_amount, dose_units, route, frequency, provider) SELECT '%s', 'NW', 1, 1, ndc,"
        " '2026-11-23T18:05:09Z', '2', 'TAB', 'PO', 'BID', provider_id FROM drug, provider",
        number);
    scene_execute(scene, sql);
}

/* By a Location, by a DEM and by a roster: always the one booking goes on. */
static void a_transfer_keeps_one_booking_its_history_and_its_orders(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene,
               &(struct scene_options){.roster = "ready=\"closed\" lag=\"0 s\" event-time=\"arrival\""});
    scene_start(&scene);
    orders_prepare(&scene);
    char *dem = scene_dem("P1", "B1", "A-1", NULL);
    scene_drop(&scene, "1.ini", dem);
    free(dem);
    scene_settle(&scene);
    order(&scene, "O1");
    char text[600];
    location_text(text, sizeof text, "P1", "B1", "C-3", "Facility=\"adams\"\r\n");
    scene_drop(&scene, "2.ini", text);
    scene_settle(&scene);
    scene_assert_rows(&scene, "SELECT facility, housing, bed FROM booking", "ADAMS|C-3|-");
    order(&scene, "O2");
    scene_drop(&scene, "3.csv", "DOE,JOHN,D,P1,1946-07-22,,Male,,VCSO,,A-2,7,B1,2017-06-20T14:32:04,,,\r\n");
    scene_settle(&scene);
    /* A move that names no facility stays where the booking is. */
    location_text(text, sizeof text, "P1", "B1", "A-3", "");
    scene_drop(&scene, "4.ini", text);
    scene_settle(&scene);
    scene_assert_rows(&scene, "SELECT count(*), facility, housing, released_at FROM booking", "1|VCSO|A-3|-");
    scene_assert_rows(&scene,
                      "SELECT facility, housing, bed FROM location_history WHERE booking = 1 ORDER BY id",
                      "VCSO|A-1|RLSE\nADAMS|C-3|-\nVCSO|A-2|7\nVCSO|A-3|-");
    wait_rows(&scene, "SELECT count(*) FROM outbox WHERE state = 'sent'", "2");
    scene_assert_rows(&scene, "SELECT DISTINCT patient, booking FROM medication_order", "1|1");
    /* The release at the other facility is read in that one's zone: 12:00 in Denver. */
    dem = scene_dem("P1", "B1", "C-9", "ReleaseDate=\"2017-07-01 12:00:00\"\r\n");
    char *at = strstr(dem, "VCSO");
    assert_non_null(at);
    memcpy(at, "ADAM", 4);
    char moved[2048];
    (void)snprintf(moved, sizeof moved, "%.*sADAMS%s", (int)(at - dem), dem, at + 4);
    scene_drop(&scene, "5.ini", moved);
    free(dem);
    scene_settle(&scene);
    scene_assert_rows(&scene, "SELECT facility, released_at FROM booking",
                      "ADAMS|2017-07-01T18:00:00.000000Z");
    scene_release(&scene);
}

static void a_single_facility_does_not_look_at_the_code(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, &(struct scene_options){
                           .facilities = "<facility code=\"MAIN\" name=\"Main\" zone=\"America/Denver\">"
                                         "<location housing=\"{pod}-{cell}\"/></facility>",
                           .roster = "ready=\"closed\" lag=\"0 s\" event-time=\"arrival\""});
    scene_start(&scene);
    char *dem = scene_dem("P1", "B1", "A-1", NULL); /* Facility="VCSO", which nobody knows */
    scene_drop(&scene, "1.ini", dem);
    char *line = strstr(dem, "Facility=\"VCSO\"\r\n");
    assert_non_null(line);
    memmove(line, line + 17, strlen(line + 17) + 1);
    char *booking = strstr(dem, "Booking=\"B1\"");
    assert_non_null(booking);
    booking[10] = '2';
    char *patient = strstr(dem, "PatientID=\"P1\"");
    assert_non_null(patient);
    patient[12] = '2';
    scene_drop(&scene, "2.ini", dem);
    free(dem);
    scene_settle(&scene);
    scene_drop(&scene, "3.csv",
               "DOE,JOHN,D,P3,1946-07-22,,Male,,NOWHERE,,A-2,,B3,2017-06-20T14:32:04,,,\r\n"
               "DOE,JOHN,D,P4,1946-07-22,,Male,,,,A-2,,B4,2017-06-20T14:32:04,,,\r\n");
    char text[600];
    location_text(text, sizeof text, "P1", "B1", "A-9", "Facility=\"OTHER\"\r\n");
    scene_drop(&scene, "4.ini", text);
    scene_settle(&scene);
    scene_assert_rows(&scene, "SELECT booking_number, facility, housing, pod, cell FROM booking ORDER BY id",
                      "B1|MAIN|A-9|A|9\nB2|MAIN|A-1|A|1\nB3|MAIN|A-2|A|2\nB4|MAIN|A-2|A|2");
    scene_assert_rows(&scene, "SELECT DISTINCT state FROM message", "applied");
    scene_assert_rows(&scene, "SELECT count(*) FROM message_fault", "0");
    scene_release(&scene);
}

/* ---- the whole population of a new facility ---- */

enum {
    POPULATION = WEIGHT(3000, 600, 600)
};

/* What patient `n` is, in both forms. */
static void inmate_row(int n, char *out, size_t size)
{
    (void)snprintf(
        out, size, "Doe%d,%s,%s,P%07d,%d-%02d-%02d,,%s,%s,%s,%s,%c-POD,%d,%d,2026-%02d-%02dT%02d:34,,%s,\r\n",
        n, n % 2 ? "John" : "Jane", n % 3 ? "" : "D", n, 1940 + n % 60, 1 + n % 12, 1 + n % 28,
        n % 2 ? "Male" : "Female", n % 5 ? "White" : "", n % 7 ? "VCSO" : "ADAMS", n % 11 ? "County" : "ICE",
        'A' + n % 12, n % 40, 2026000000 + n, 1 + n % 10, 1 + n % 28, n % 24, n % 4 ? "72" : "");
}

static void inmate_dem(int n, char *out, size_t size)
{
    (void)snprintf(
        out, size,
        "DataType=\"PatientDemographics\"\r\nPatientID=\"P%07d\"\r\nFacility=\"%s\"\r\nLastName=\"Doe%d\"\r\n"
        "FirstName=\"%s\"\r\nMI=\"%s\"\r\nBirthDate=\"%02d/%02d/%d\"\r\nSex=\"%s\"\r\nRace=\"%s\"\r\n"
        "Housing=\"%c-POD\"\r\nBed=\"%d\"\r\nBooking=\"%d\"\r\nBookingDate=\"2026-%02d-%02d %02d:34:00\"\r\n"
        "Agency=\"%s\"\r\nHeight=\"%s\"\r\n",
        n, n % 7 ? "VCSO" : "ADAMS", n, n % 2 ? "John" : "Jane", n % 3 ? "" : "D", 1 + n % 12, 1 + n % 28,
        1940 + n % 60, n % 2 ? "Male" : "Female", n % 5 ? "White" : "", 'A' + n % 12, n % 40, 2026000000 + n,
        1 + n % 10, 1 + n % 28, n % 24, n % 11 ? "County" : "ICE", n % 4 ? "72" : "");
}

static const char *database_path(struct scene *scene)
{
    char below[64];
    (void)snprintf(below, sizeof below, "data%cdatabase%ccorbridge-test.db", PATH_SEPARATOR, PATH_SEPARATOR);
    return scene_path(scene, below);
}

/* `query` with `schema` for each @ in it. */
static void put_schema(const char *query, const char *schema, char out[1000])
{
    size_t used = 0;
    for (; *query; query++)
        used += (size_t)snprintf(out + used, 1000 - used, "%.*s", *query == '@' ? 8 : 1,
                                 *query == '@' ? schema : query);
    assert_true(used < 1000);
}

/* The query, in which @ stands for the database, gives the same rows in both scenes, whatever their order. */
static void assert_same_rows(struct scene *one, struct scene *other, const char *query)
{
    static const char *const ways[2][2] = {{"main", "other"}, {"other", "main"}};
    sqlite3 *db = NULL;
    char sql[2100], sides[2][1000];
    assert_int_equal(sqlite3_open_v2(database_path(one), &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    (void)snprintf(sql, sizeof sql, "ATTACH '%s' AS other", database_path(other));
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    for (int way = 0; way < 2; way++) {
        put_schema(query, ways[way][0], sides[0]);
        put_schema(query, ways[way][1], sides[1]);
        (void)snprintf(sql, sizeof sql, "%s EXCEPT %s", sides[0], sides[1]);
        sqlite3_stmt *statement = NULL;
        if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
            fail_msg("%s: %s", sql, sqlite3_errmsg(db));
        if (sqlite3_step(statement) == SQLITE_ROW)
            fail_msg("only one of them has '%s':\n%s", (const char *)sqlite3_column_text(statement, 0), sql);
        assert_int_equal(sqlite3_finalize(statement), SQLITE_OK);
    }
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void a_population_is_the_same_by_one_roster_and_by_a_file_for_each_patient(void **state)
{
    (void)state;
    print_message("%d patients%s\n", (int)POPULATION, POPULATION == 3000 ? "" : WEIGHT_REASON);
    struct scene_options options = {
        .facilities = "<facility code=\"VCSO\" name=\"Ventura\" zone=\"America/Los_Angeles\">"
                      "<location housing=\"{pod}-POD\" bed=\"{bed}\"/></facility>"
                      "<facility code=\"ADAMS\" name=\"Adams\" zone=\"America/Denver\"/>",
        .roster = "ready=\"closed\""};
    struct scene by_roster, by_file;
    scene_init(&by_roster, &options);
    size_t size = (size_t)POPULATION * 256, used = 0;
    char *roster = malloc(size);
    assert_non_null(roster);
    for (int n = 1; n <= POPULATION; n++) {
        inmate_row(n, roster + used, size - used);
        used += strlen(roster + used);
    }
    scene_drop_bytes(&by_roster, "preload.csv", roster, used);
    free(roster);
    scene_start(&by_roster);
    scene_settle(&by_roster);
    scene_stop(&by_roster);

    /* scene_init forgets the events of the scene before; its rows stay. */
    scene_init(&by_file, &options);
    for (int n = 1; n <= POPULATION; n++) {
        char name[48], text[1024];
        (void)snprintf(name, sizeof name, "DEM%d_20261101.ini", 2026000000 + n);
        inmate_dem(n, text, sizeof text);
        drop_quickly(&by_file, name, text);
    }
    scene_start(&by_file);
    scene_settle(&by_file);
    scene_stop(&by_file);

    char expected[32];
    (void)snprintf(expected, sizeof expected, "%d|%d", (int)POPULATION, (int)POPULATION);
    scene_assert_rows(&by_roster, "SELECT (SELECT count(*) FROM patient), (SELECT count(*) FROM booking)",
                      expected);
    scene_assert_rows(&by_file, "SELECT (SELECT count(*) FROM patient), (SELECT count(*) FROM booking)",
                      expected);
    scene_assert_rows(&by_roster, "SELECT count(*) FROM message_fault", "0");
    scene_assert_rows(&by_file, "SELECT count(*) FROM message_fault", "0");
    assert_same_rows(&by_roster, &by_file,
                     "SELECT b.booking_number, h.facility, h.housing, h.bed, h.block, h.pod, h.cell, h.bunk"
                     " FROM @.location_history h JOIN @.booking b ON b.id = h.booking");
    assert_same_rows(&by_roster, &by_file,
                     "SELECT table_name, field, count(*) FROM @.change_log GROUP BY 1, 2");
    scene_release(&by_roster);
    scene_release(&by_file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(twenty_feeds_at_once_each_keep_their_own_order),
        cmocka_unit_test(two_hundred_files_of_one_person_shuffled_while_the_service_is_down),
        cmocka_unit_test(two_hundred_files_of_one_person_shuffled_live_with_the_time_in_their_names),
        cmocka_unit_test(a_change_of_the_whole_identity_is_applied_told_and_stands_in_status),
        cmocka_unit_test(a_transfer_keeps_one_booking_its_history_and_its_orders),
        cmocka_unit_test(a_single_facility_does_not_look_at_the_code),
        cmocka_unit_test(a_population_is_the_same_by_one_roster_and_by_a_file_for_each_patient),
    };
    test_main_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
