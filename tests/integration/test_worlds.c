/*
 * Two worlds: what a live feed says is applied in live, and copied into test, one way; what happens to the test world is no affair of live
 * (RULES "Test and live").
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "platform/file.h"
#include "platform/folder.h"
#include "platform/inject.h"
#include "platform/path.h"
#include "platform/thread.h"
#include "service/pipeline/pipeline_private.h"
#include "tests/integration/failing.h"
#include "tests/integration/failing_database.h"
#include "tests/integration/wait.h"
#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

static const struct scene_options LIVE = {.live = true};

static void drop_dem(struct scene *scene, const char *name, const char *booking, const char *facility)
{
    char patient[32];
    (void)snprintf(patient, sizeof patient, "P%s", booking);
    char *dem = scene_dem(patient, booking, NULL, NULL);
    char *place = strstr(dem, "\"VCSO\"");
    if (strcmp(facility, "VCSO") != 0) /* the other code has as many letters */
        memcpy(place, "\"ADAM\"", 6);
    drop_quickly(scene, name, dem);
    free(dem);
}

static void drop_location(struct scene *scene, const char *name, const char *booking, const char *housing)
{
    char text[256];
    (void)snprintf(
        text, sizeof text,
        "DataType=\"PatientLocation\"\r\nPatientID=\"P%s\"\r\nBooking=\"%s\"\r\nHousing=\"%s\"\r\n", booking,
        booking, housing);
    drop_quickly(scene, name, text);
}

struct in_flight_wait {
    struct scene *scene;
    uint64_t count;
};

static bool so_many_are_in_flight(void *context)
{
    const struct in_flight_wait *wanted = context;
    struct engine_figures figures;
    engine_figures(wanted->scene->engine, &figures);
    return figures.in_flight >= wanted->count;
}

static void wait_in_flight(struct scene *scene, uint64_t count)
{
    struct in_flight_wait wanted = {scene, count};
    wait_until("files in flight", so_many_are_in_flight, &wanted);
}

/* The rows of the other world. */
static void assert_rows_of(struct scene *scene, enum database_world world, const char *sql,
                           const char *expected)
{
    enum database_world mine = scene->world;
    scene->world = world;
    scene_assert_rows(scene, sql, expected);
    scene->world = mine;
}

static void nothing_is_live_at_first(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, NULL);
    scene_start(&scene);
    drop_dem(&scene, "DEM1.ini", "B1", "VCSO");
    scene_settle(&scene);
    assert_rows_of(&scene, DATABASE_TEST, "SELECT state, copied_from FROM file", "done|-");
    assert_rows_of(&scene, DATABASE_LIVE, "SELECT count(*) FROM file", "0");
    assert_rows_of(&scene, DATABASE_LIVE, "SELECT count(*) FROM live_since", "0");
    assert_non_null(strstr(scene_event_text(EVENT_STARTED), "World: test."));
    scene_release(&scene);
}

static void a_live_feed_is_applied_in_live_and_copied_into_test(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, &LIVE);
    scene_start(&scene);
    assert_non_null(strstr(scene_event_text(EVENT_STARTED), "World: live and test."));
    drop_dem(&scene, "DEM1.ini", "B1", "VCSO");
    drop_location(&scene, "LOC1.ini", "B1", "MED");
    drop_location(&scene, "LOC2.ini", "B1", "ISO");
    scene_settle(&scene);
    scene_assert_rows(&scene, "SELECT id, name, state, in_place, copied_from FROM file",
                      "1|DEM1.ini|done|0|-\n2|LOC1.ini|done|0|-\n3|LOC2.ini|done|0|-");
    scene_assert_rows(&scene, "SELECT housing FROM booking", "ISO");
    /* The same people in test, each file once, in the same order; its bytes lie in the live archive only. */
    assert_rows_of(&scene, DATABASE_TEST,
                   "SELECT name, state, in_place, stored, copied_from FROM file ORDER BY id",
                   "DEM1.ini|done|0|-|1\nLOC1.ini|done|0|-|2\nLOC2.ini|done|0|-|3");
    assert_rows_of(&scene, DATABASE_TEST,
                   "SELECT patient_id, housing FROM booking JOIN patient ON patient.id = patient", "PB1|ISO");
    assert_rows_of(&scene, DATABASE_TEST, "SELECT feed, up_to FROM live_copy", "jms|3");
    char *live = scene_read(scene_find_file(scene_world_path(&scene, "archive"), "LOC2.ini"));
    free(live);
    scene.world = DATABASE_TEST;
    assert_int_equal(scene_count_files(scene_world_path(&scene, "")), 0);
    struct engine_figures figures;
    engine_figures(scene.engine, &figures);
    assert_int_equal(figures.applied, 3);
    assert_int_equal(figures.copied, 3);
    scene_release(&scene);
}

static void what_changed_nothing_in_live_is_not_copied(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, &LIVE);
    scene_start(&scene);
    drop_quickly(&scene, "BAD.ini", "DataType=\"PatientDemographics\"\r\nPatientID=\"P1\"\r\n");
    drop_dem(&scene, "DEM1.ini", "B1", "VCSO");
    scene_settle(&scene);
    scene_assert_rows(&scene, "SELECT name, state FROM file", "BAD.ini|quarantined\nDEM1.ini|done");
    assert_rows_of(&scene, DATABASE_TEST, "SELECT name, copied_from FROM file", "DEM1.ini|2");
    assert_int_equal(scene_event_count(EVENT_QUARANTINED), 1);
    scene_release(&scene);
}

/* So that everything is copied anew at the next start. */
static void forget_copies(struct scene *scene)
{
    enum database_world mine = scene->world;
    scene->world = DATABASE_TEST;
    scene_execute(scene, "DELETE FROM live_copy");
    scene->world = mine;
}

static void a_file_that_leaves_the_hold_while_it_is_copied_is_not_left_out(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, &LIVE);
    failing_set_up();
    scene_start(&scene);
    drop_location(&scene, "LOC1.ini", "B1", "MED");
    scene_settle(&scene);
    drop_dem(&scene, "DEM2.ini", "B2", "VCSO");
    scene_settle(&scene);
    scene_stop(&scene);
    forget_copies(&scene);
    failing_begin(PLATFORM_CALL_OPEN, "_LOC1.ini",
                  PLATFORM_NOT_FOUND); /* not where the ledger says, for a moment */
    scene_start(&scene);
    while (failing_count() == 0)
        wait_milliseconds(10);
    failing_end();
    scene_settle(&scene);
    assert_rows_of(&scene, DATABASE_TEST, "SELECT name, copied_from FROM file WHERE id > 2 ORDER BY id",
                   "LOC1.ini|1\nDEM2.ini|2");
    scene_release(&scene);
    failing_tear_down();
}

static void a_file_that_lies_nowhere_any_more_is_left_out_and_stops_nobody(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, &LIVE);
    scene_start(&scene);
    drop_dem(&scene, "DEM1.ini", "B1", "VCSO");
    drop_dem(&scene, "DEM2.ini", "B2", "VCSO");
    scene_settle(&scene);
    scene_stop(&scene);
    /* As after event 406; and the test world begins anew. */
    scene_execute(&scene, "UPDATE file SET stored = NULL WHERE id = 1");
    forget_copies(&scene);
    scene_start(&scene);
    scene_settle(&scene);
    assert_rows_of(&scene, DATABASE_TEST, "SELECT name, copied_from FROM file WHERE id > 2", "DEM2.ini|2");
    scene_release(&scene);
}

/* What the archive holds is what was accepted; a limit that was lowered since is for what comes. And bytes that are others by now are no copy. */
static void bytes_are_copied_as_live_accepted_them(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, &LIVE);
    scene_start(&scene);
    drop_dem(&scene, "DEM1.ini", "B1", "VCSO");
    scene_settle(&scene); /* under Wine files of one look may overtake each other */
    drop_dem(&scene, "DEM2.ini", "B2", "VCSO");
    scene_settle(&scene);
    drop_dem(&scene, "DEM3.ini", "B3", "VCSO");
    scene_settle(&scene);
    scene_stop(&scene);
    forget_copies(&scene);
    char *path = malloc(2048);
    assert_non_null(path);
    (void)snprintf(path, 2048, "%s", scene_find_file(scene_world_path(&scene, "archive"), "DEM2.ini"));
    assert_int_equal(file_remove(path).kind, PLATFORM_OK);
    assert_int_equal(file_store(path, "other", 5).kind, PLATFORM_OK);
    free(path);
    ((struct config_match *)(uintptr_t)scene.config->feeds[0].matches)->size_limit = 100;
    scene_start(&scene);
    scene_settle(&scene);
    assert_rows_of(&scene, DATABASE_TEST, "SELECT name, state, copied_from FROM file WHERE id > 3",
                   "DEM1.ini|done|1\nDEM3.ini|done|3");
    scene_release(&scene);
}

/* Location before its DEM, and a Location that names no facility, for a facility that is in test. */
static void a_facility_that_is_not_live_is_left_to_test(void **state)
{
    (void)state;
    struct scene scene;
    struct scene_options options = LIVE;
    options.facilities = "<facility code=\"VCSO\" name=\"Ventura\" zone=\"America/Los_Angeles\"/>"
                         "<facility code=\"ADAM\" name=\"Adams\" zone=\"America/Denver\"/>";
    scene_init(&scene, &options);
    scene_execute(&scene, "DELETE FROM live_since WHERE name = 'ADAM'");
    scene_start(&scene);
    drop_dem(&scene, "DEM1.ini", "B1", "VCSO");
    drop_location(&scene, "LOC2.ini", "B2", "EARLY");
    scene_settle(&scene);
    scene_assert_rows(&scene, "SELECT state FROM message ORDER BY file", "applied\nwaiting");
    drop_dem(&scene, "DEM2.ini", "B2", "ADAM");
    drop_location(&scene, "LOC3.ini", "B2", "LATE");
    scene_settle(&scene);
    scene_assert_rows(&scene, "SELECT state, detail FROM message ORDER BY file",
                      "applied|-\ntest-only|the facility is not live\ntest-only|the facility is not live\n"
                      "test-only|the facility is not live");
    scene_assert_rows(&scene, "SELECT booking_number FROM booking", "B1");
    scene_assert_rows(&scene, "SELECT count(*) FROM waiting_event", "0");
    wait_rows(&scene, "SELECT count(*) FROM file WHERE stored LIKE 'hold%'", "0");
    assert_rows_of(&scene, DATABASE_TEST, "SELECT booking_number, facility, housing FROM booking ORDER BY 1",
                   "B1|VCSO|ISU\nB2|ADAM|LATE");
    assert_rows_of(&scene, DATABASE_TEST, "SELECT group_concat(state) FROM message",
                   "applied,stale,applied,applied"); /* the early one: what the DEM said came later */

    /* Once the facility is live its people come to be there, and nothing is remembered of having been left out. */
    scene_stop(&scene);
    scene_execute(
        &scene,
        "INSERT INTO live_since VALUES ('facility', 'ADAM', '2026-11-23T18:00:00.000000Z', 'tester', NULL)");
    scene_start(&scene);
    drop_dem(&scene, "DEM3.ini", "B2", "ADAM");
    drop_location(&scene, "LOC4.ini", "B2", "MED");
    scene_settle(&scene);
    scene_assert_rows(&scene, "SELECT booking_number, facility, housing FROM booking",
                      "B1|VCSO|ISU\nB2|ADAM|MED");
    scene_assert_rows(&scene, "SELECT count(*) FROM test_only_booking", "0");
    scene_release(&scene);
}

/* Live has told nobody of it: a fault that only applying shows, and a place that no rule matches. Of what both have live alone tells. */
static void what_live_leaves_to_test_is_told_there(void **state)
{
    (void)state;
    struct scene scene;
    struct scene_options options = LIVE;
    options.match = "ready=\"closed\" hold-identity-change=\"yes\"";
    options.facilities = "<facility code=\"VCSO\" name=\"Ventura\" zone=\"America/Los_Angeles\">"
                         "<location housing=\"{pod}-{cell}\"/></facility>"
                         "<facility code=\"ADAM\" name=\"Adams\" zone=\"America/Denver\">"
                         "<location housing=\"{pod}-{cell}\"/></facility>";
    scene_init(&scene, &options);
    scene_execute(&scene, "DELETE FROM live_since WHERE name = 'ADAM'");
    scene_start(&scene);
    drop_dem(&scene, "DEM1.ini", "B1", "VCSO"); /* in both worlds nowhere */
    scene_settle(&scene);
    assert_int_equal(scene_event_count(EVENT_LOCATION_UNMATCHED), 1);
    drop_dem(&scene, "DEM2.ini", "B2", "ADAM"); /* in test only */
    scene_settle(&scene);
    assert_int_equal(scene_event_count(EVENT_LOCATION_UNMATCHED), 2);
    drop_quickly(
        &scene, "DEM3.ini",
        "DataType=\"PatientDemographics\"\r\nPatientID=\"PB2\"\r\nBooking=\"B2\"\r\nFacility=\"ADAM\"\r\n"
        "LastName=\"OTHER\"\r\nFirstName=\"PERSON\"\r\nBirthDate=\"02/03/1961\"\r\nSex=\"Male\"\r\nHousing=\"A-1\"\r\n"
        "BookingDate=\"2017-06-20 14:32:04\"\r\n");
    scene_settle(&scene);
    scene_assert_rows(&scene, "SELECT state FROM message ORDER BY file", "applied\ntest-only\ntest-only");
    assert_rows_of(&scene, DATABASE_TEST, "SELECT state FROM message ORDER BY file",
                   "applied\napplied\nheld");
    assert_int_equal(scene_event_count(EVENT_HELD), 1);
    scene_release(&scene);
}

/* Another program holds the test database, then gives it back: live does not notice, and test follows. */
static void a_test_world_that_is_locked_does_not_stop_live(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, &LIVE);
    scene_start(&scene);
    drop_dem(&scene, "DEM1.ini", "B1", "VCSO");
    scene_settle(&scene);
    sqlite3 *other = NULL;
    char below[64];
    (void)snprintf(below, sizeof below, "data%cdatabase%ccorbridge-test.db", PATH_SEPARATOR, PATH_SEPARATOR);
    assert_int_equal(sqlite3_open(scene_path(&scene, below), &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    drop_location(&scene, "LOC1.ini", "B1", "MED");
    drop_location(&scene, "LOC2.ini", "B1", "ISO");
    wait_rows(&scene, "SELECT count(*) FROM file WHERE state = 'done' AND in_place = 0", "3");
    scene_assert_rows(&scene, "SELECT housing FROM booking", "ISO");
    assert_rows_of(&scene, DATABASE_TEST, "SELECT housing FROM booking", "ISU");
    assert_int_equal(sqlite3_exec(other, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(other), SQLITE_OK);
    scene_settle(&scene);
    assert_rows_of(&scene, DATABASE_TEST, "SELECT housing FROM booking", "ISO");
    assert_rows_of(&scene, DATABASE_TEST, "SELECT group_concat(copied_from) FROM file", "1,2,3");
    scene_release(&scene);
}

/* Likewise while the engine starts, as it does after golive: live runs, without test (event 802), which follows from the next start on. */
static void a_test_world_that_is_locked_at_the_start_does_not_stop_live(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, &LIVE);
    scene_start(&scene);
    drop_dem(&scene, "DEM1.ini", "B1", "VCSO");
    scene_settle(&scene);
    scene_stop(&scene);
    sqlite3 *other = NULL;
    char below[64];
    (void)snprintf(below, sizeof below, "data%cdatabase%ccorbridge-test.db", PATH_SEPARATOR, PATH_SEPARATOR);
    assert_int_equal(sqlite3_open(scene_path(&scene, below), &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    scene_start(&scene);
    drop_location(&scene, "LOC1.ini", "B1", "MED");
    wait_rows(&scene, "SELECT housing FROM booking", "MED");
    assert_int_equal(sqlite3_exec(other, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(other), SQLITE_OK);
    assert_int_equal(scene_event_count(EVENT_TEST_LEFT_OUT), 1);
    scene_stop(&scene);
    scene_start(&scene);
    scene_settle(&scene);
    assert_rows_of(&scene, DATABASE_TEST, "SELECT housing FROM booking", "MED");
    scene_release(&scene);
}

/* Its disk is full, for longer than the 5 s after which that is told: live does not notice, and test follows when there is room. */
static void a_test_world_whose_disk_is_full_does_not_stop_live(void **state)
{
    (void)state;
    struct scene scene;
    failing_database_set_up();
    failing_database_only("corbridge-test.db");
    scene_init(&scene, &LIVE);
    scene_start(&scene);
    drop_dem(&scene, "DEM1.ini", "B1", "VCSO");
    scene_settle(&scene);
    failing_database_write(SQLITE_FULL);
    drop_location(&scene, "LOC1.ini", "B1", "MED");
    wait_event(EVENT_DATABASE_UNAVAILABLE, 1);
    assert_non_null(strstr(scene_event_text(EVENT_DATABASE_UNAVAILABLE), "test"));
    drop_location(&scene, "LOC2.ini", "B1", "ISO");
    wait_rows(&scene, "SELECT count(*) FROM file WHERE state = 'done' AND in_place = 0", "3");
    scene_assert_rows(&scene, "SELECT housing FROM booking", "ISO");
    failing_database_write(SQLITE_OK);
    scene_settle(&scene);
    assert_rows_of(&scene, DATABASE_TEST, "SELECT housing FROM booking", "ISO");
    assert_rows_of(&scene, DATABASE_TEST, "SELECT group_concat(copied_from) FROM file", "1,2,3");
    assert_int_equal(scene_event_count(EVENT_DATABASE_UNAVAILABLE), 1);
    assert_int_equal(scene_event_count(EVENT_DATABASE_BACK), 1);
    scene_release(&scene);
    failing_database_tear_down();
}

/* Somebody copies the test database over the live one: it is refused, and nothing of it is changed. */
static void a_test_database_never_becomes_the_live_one(void **state)
{
    (void)state;
    struct scene scene;
    char below[64], *bytes = NULL, message[600] = "";
    size_t size = 0;
    scene_init(&scene, &LIVE);
    scene_start(&scene);
    drop_dem(&scene, "DEM1.ini", "B1", "VCSO");
    scene_settle(&scene);
    scene_stop(&scene);
    (void)snprintf(below, sizeof below, "data%cdatabase%ccorbridge-test.db", PATH_SEPARATOR, PATH_SEPARATOR);
    assert_int_equal(file_load(scene_path(&scene, below), SIZE_MAX - 1, &bytes, &size).kind, PLATFORM_OK);
    (void)snprintf(below, sizeof below, "data%cdatabase%ccorbridge-live.db", PATH_SEPARATOR, PATH_SEPARATOR);
    assert_int_equal(file_remove(scene_path(&scene, below)).kind, PLATFORM_OK);
    assert_int_equal(file_store(scene_path(&scene, below), bytes, size).kind, PLATFORM_OK);
    free(bytes);
    struct engine_options options = {.config = scene.config};
    assert_int_equal(engine_start(&options, &scene.engine, message, sizeof message), ENGINE_DATABASE);
    assert_null(scene.engine);
    assert_non_null(strstr(message, "this is a test database"));
    scene_release(&scene);
}

/* ---- a test world that stands still ---- */

static struct {
    struct mutex lock;
    struct condition opened;
    bool shut;
} gate = {.lock = MUTEX_INITIALIZER};

static void stand_still(const struct job *job)
{
    mutex_lock(&gate.lock);
    while (gate.shut && job->work == JOB_COPY)
        (void)condition_wait(&gate.opened, &gate.lock, UINT32_MAX);
    mutex_unlock(&gate.lock);
}

static void set_gate(bool shut)
{
    mutex_lock(&gate.lock);
    gate.shut = shut;
    condition_broadcast(&gate.opened);
    mutex_unlock(&gate.lock);
}

static void stop_in_thread(void *context)
{
    struct scene *scene = context;
    char message[400] = "";
    (void)engine_stop(scene->engine, SCENE_WAIT_MS, message, sizeof message);
}

/* The last connection to a database that is closed removes its write-ahead log. */
static bool live_is_closed(void *context)
{
    struct scene *scene = context;
    char below[64];
    bool exists = true;
    (void)snprintf(below, sizeof below, "data%cdatabase%ccorbridge-live.db-wal", PATH_SEPARATOR,
                   PATH_SEPARATOR);
    assert_int_equal(file_exists(scene_path(scene, below), &exists).kind, PLATFORM_OK);
    return !exists;
}

/* More copies than it has places for, and it takes none: live ends all the same. */
static void a_test_world_that_stands_still_does_not_keep_live_from_stopping(void **state)
{
    (void)state;
    enum {
        FILES = PIPELINE_IN_FLIGHT_MAX + 40
    };
    struct scene scene;
    struct thread *stopper = NULL;
    char name[32], housing[32];
    condition_init(&gate.opened);
    set_gate(true);
    worker_before_parse = stand_still;
    scene_init(&scene, &LIVE);
    drop_dem(&scene, "DEM0.ini", "B1", "VCSO");
    for (int i = 1; i < FILES; i++) {
        (void)snprintf(name, sizeof name, "LOC%d.ini", i);
        (void)snprintf(housing, sizeof housing, "H%d", i);
        drop_location(&scene, name, "B1", housing);
    }
    scene_start(&scene);
    char all[16];
    (void)snprintf(all, sizeof all, "%d", (int)FILES);
    wait_rows(&scene, "SELECT count(*) FROM file WHERE state = 'done' AND in_place = 0", all);
    wait_in_flight(&scene, PIPELINE_IN_FLIGHT_MAX);
    assert_true(platform_ok(thread_start(&stopper, "stopper", stop_in_thread, &scene)));
    wait_until("the live world's database is closed", live_is_closed, &scene);
    assert_rows_of(&scene, DATABASE_TEST, "SELECT count(*) FROM file", "0");
    set_gate(false);
    thread_join(stopper);
    worker_before_parse = NULL;

    scene_start(&scene);
    scene_settle(&scene);
    assert_rows_of(&scene, DATABASE_TEST,
                   "SELECT count(DISTINCT copied_from) || ' of ' || count(*) FROM file", "296 of 296");
    scene_release(&scene);
    condition_release(&gate.opened);
}

/* However often it is stopped in the middle, test has each file once and in order. */
static void copying_goes_on_after_a_stop_and_repeats_nothing(void **state)
{
    (void)state;
    enum {
        FILES = 300
    };
    struct scene scene;
    char expected[16], name[32], housing[32];
    scene_init(&scene, &LIVE);
    drop_dem(&scene, "DEM0.ini", "B1", "VCSO");
    for (int i = 1; i < FILES; i++) {
        (void)snprintf(name, sizeof name, "LOC%d.ini", i);
        (void)snprintf(housing, sizeof housing, "H%d", i);
        drop_location(&scene, name, "B1", housing);
    }
    for (int round = 0; round < 4; round++) {
        scene_start(&scene);
        (void)snprintf(expected, sizeof expected, "%d", FILES / 5 * (round + 1));
        struct engine_figures figures;
        do
            engine_figures(scene.engine, &figures);
        while (figures.applied < FILES / 5 && figures.copied == 0 && !engine_wait_idle(scene.engine, 5));
        scene_stop(&scene);
    }
    scene_start(&scene);
    scene_settle(&scene);
    (void)snprintf(expected, sizeof expected, "%d|%d|1|%d", FILES, FILES, FILES);
    scene_assert_rows(
        &scene, "SELECT count(*), count(DISTINCT name), min(id), max(id) FROM file WHERE state = 'done'",
        expected);
    assert_rows_of(
        &scene, DATABASE_TEST,
        "SELECT count(*), count(DISTINCT name), min(copied_from), max(copied_from) FROM file WHERE state = 'done'",
        expected);
    assert_rows_of(
        &scene, DATABASE_TEST,
        "SELECT count(*) FROM file a JOIN file b ON b.id > a.id WHERE b.copied_from <= a.copied_from", "0");
    assert_rows_of(&scene, DATABASE_TEST, "SELECT housing FROM booking", "H299");
    scene_release(&scene);
}

/* It waits in both worlds; that it waited too long is told once. */
static void what_waits_too_long_in_both_worlds_is_told_once(void **state)
{
    (void)state;
    static const char PAST[] = "UPDATE waiting_event SET waits_until = '2026-01-01T00:00:00.000000Z'";
    struct scene scene;
    scene_init(&scene, &LIVE);
    scene_start(&scene);
    drop_location(&scene, "LOC1.ini", "B1", "MED");
    scene_settle(&scene);
    scene_assert_rows(&scene, "SELECT state FROM message", "waiting");
    assert_rows_of(&scene, DATABASE_TEST, "SELECT state FROM message", "waiting");
    scene_stop(&scene);
    scene_execute(&scene, PAST);
    scene.world = DATABASE_TEST;
    scene_execute(&scene, PAST);
    scene.world = DATABASE_LIVE;
    scene_start(&scene);
    wait_event(EVENT_WAITED_TOO_LONG, 1);
    scene.world = DATABASE_TEST;
    wait_rows(&scene, "SELECT state FROM message", "quarantined");
    scene.world = DATABASE_LIVE;
    wait_rows(&scene, "SELECT state FROM message", "quarantined");
    scene_settle(&scene);
    assert_int_equal(scene_event_count(EVENT_WAITED_TOO_LONG), 1);
    scene_release(&scene);
}

static void set_test_version(struct scene *scene, const char *pragma)
{
    enum database_world mine = scene->world;
    scene->world = DATABASE_TEST;
    scene_execute(scene, pragma);
    scene->world = mine;
}

/* An older exe that was put back: live goes on. */
static void live_runs_without_a_test_world_that_is_newer(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, &LIVE);
    scene_start(&scene);
    scene_stop(&scene);
    set_test_version(&scene, "PRAGMA user_version = 9999");
    scene_start(&scene);
    assert_int_equal(scene_event_count(EVENT_TEST_LEFT_OUT), 1);
    drop_dem(&scene, "DEM1.ini", "B1", "VCSO");
    scene_settle(&scene);
    scene_assert_rows(&scene, "SELECT state FROM file", "done");
    scene_stop(&scene);

    set_test_version(&scene, "PRAGMA user_version = 1");
    scene_start(&scene);
    scene_settle(&scene);
    assert_rows_of(&scene, DATABASE_TEST, "SELECT copied_from FROM file", "1");
    assert_int_equal(scene_event_count(EVENT_TEST_LEFT_OUT), 1);
    scene_release(&scene);
}

static void spoil_test_database(struct scene *scene)
{
    char below[64];
    (void)snprintf(below, sizeof below, "data%cdatabase%ccorbridge-test.db", PATH_SEPARATOR, PATH_SEPARATOR);
    assert_int_equal(file_remove(scene_path(scene, below)).kind, PLATFORM_OK);
    char text[4096];
    memset(text, 'x', sizeof text);
    assert_int_equal(file_store(scene_path(scene, below), text, sizeof text).kind, PLATFORM_OK);
}

static void a_broken_test_world_does_not_stop_live_but_stops_a_start_when_nothing_is_live(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, &LIVE);
    scene_start(&scene);
    scene_stop(&scene);
    spoil_test_database(&scene);
    scene_start(&scene);
    assert_int_equal(scene_event_count(EVENT_TEST_LEFT_OUT), 1);
    drop_dem(&scene, "DEM1.ini", "B1", "VCSO");
    scene_settle(&scene);
    scene_assert_rows(&scene, "SELECT state FROM file", "done");
    scene_release(&scene);

    char message[600] = "";
    scene_init(&scene, NULL);
    scene_start(&scene);
    scene_stop(&scene);
    spoil_test_database(&scene);
    struct engine_options options = {.config = scene.config};
    assert_int_equal(engine_start(&options, &scene.engine, message, sizeof message), ENGINE_DATABASE);
    assert_null(scene.engine);
    assert_int_equal(scene_event_count(EVENT_START_FAILED), 1);
    scene_release(&scene);
}

/* ---- a start that fails half-way ---- */

static struct {
    struct mutex lock;
    enum platform_call call;
    int passed, limit; /* so many are let through, then one fails */
} fault = {.lock = MUTEX_INITIALIZER};

static struct platform_status fail_one(void *context, enum platform_call call, const char *path)
{
    (void)context;
    (void)path;
    mutex_lock(&fault.lock);
    bool fails = call == fault.call && fault.passed++ == fault.limit;
    mutex_unlock(&fault.lock);
    return fails ? (struct platform_status){PLATFORM_NO_MEMORY, 1} : PLATFORM_SUCCESS;
}

/* Each thread, and each folder, in turn: the start fails as a whole, with a reason and nothing left behind, or live runs. */
static void a_start_that_fails_half_way_leaves_nothing_behind_or_live_at_work(enum platform_call call)
{
    size_t refused = 0, without_test = 0;
    bool failed = true;
    for (int limit = 0; failed; limit++) {
        struct scene scene;
        char message[600] = "";
        scene_init(&scene, &LIVE);
        fault.call = call;
        fault.passed = 0;
        fault.limit = limit;
        platform_inject_set(fail_one, NULL);
        struct engine_options options = {.config = scene.config};
        enum engine_start result = engine_start(&options, &scene.engine, message, sizeof message);
        mutex_lock(&fault.lock);
        failed = fault.passed > limit;
        fault.limit = -1; /* nothing fails from here on */
        mutex_unlock(&fault.lock);
        if (result == ENGINE_STARTED) {
            without_test += scene_event_count(EVENT_TEST_LEFT_OUT);
            drop_dem(&scene, "DEM1.ini", "B1", "VCSO");
            scene_settle(&scene);
            scene_assert_rows(&scene, "SELECT state FROM file", "done");
            scene_stop(&scene);
        } else {
            assert_null(scene.engine);
            assert_string_not_equal(message, "");
            assert_int_equal(scene_event_count(EVENT_START_FAILED), 1);
            refused++;
        }
        platform_inject_set(NULL, NULL);
        scene_start(&scene);
        drop_dem(&scene, "DEM2.ini", "B2", "VCSO");
        scene_settle(&scene);
        assert_rows_of(&scene, DATABASE_TEST, "SELECT group_concat(booking_number) FROM booking",
                       result == ENGINE_STARTED ? "B1,B2" : "B2");
        scene_release(&scene);
    }
    assert_true(refused > 0); /* live could not be started */
    assert_true(without_test > 0);
}

static void a_thread_that_cannot_be_started(void **state)
{
    (void)state;
    a_start_that_fails_half_way_leaves_nothing_behind_or_live_at_work(PLATFORM_CALL_THREAD);
}

static void a_folder_that_cannot_be_made(void **state)
{
    (void)state;
    a_start_that_fails_half_way_leaves_nothing_behind_or_live_at_work(PLATFORM_CALL_MAKE_FOLDER);
}

static const char ORDER[] =
    "INSERT INTO provider (provider_id, last_name, first_name, npi) VALUES ('U17', 'Hale', 'Nathaniel', '1234567893');"
    "INSERT INTO drug (ndc, name) VALUES ('00904582460', 'Ibuprofen 200 MG Tablet');"
    "INSERT INTO medication_order (placer_number, order_control, patient, booking, ndc, ordered_at, dose_amount,"
    " dose_units, route, frequency, provider) VALUES ('O1', 'NW', 1, 1, '00904582460', '2026-11-23T18:05:09Z', '2',"
    " 'TAB', 'PO', 'BID', 'U17')";

/* Orders of each world go to the folder of that world and say so in MSH-11. */
static void orders_stay_in_their_world(void **state)
{
    (void)state;
    struct scene scene;
    char attribute[1200], *root = test_temp_dir("pharmacies"), *live_folder = path_join(root, "live");
    assert_int_equal(folder_make(live_folder).kind, PLATFORM_OK);
    (void)snprintf(attribute, sizeof attribute, "live-folder=\"%s\"", live_folder);
    struct scene_options options = {.live = true, .pharmacy = attribute};
    scene_init(&scene, &options);
    scene_start(&scene);
    drop_dem(&scene, "DEM1.ini", "B1", "VCSO");
    scene_settle(&scene);

    scene_execute(&scene, ORDER);
    wait_rows(&scene, "SELECT state, substr(control_id, 1, 1) FROM outbox", "sent|L");
    assert_int_equal(scene_count_files(scene.pharmacy), 0);
    char *message = scene_read(scene_find_file(live_folder, ".hl7"));
    assert_non_null(strstr(message, "|P|2.5.1"));
    free(message);

    scene.world = DATABASE_TEST;
    scene_execute(&scene, ORDER);
    wait_rows(&scene, "SELECT state, substr(control_id, 1, 1) FROM outbox", "sent|T");
    assert_int_equal(scene_count_files(live_folder), 1);
    message = scene_read(scene_find_file(scene.pharmacy, ".hl7"));
    assert_non_null(strstr(message, "|T|2.5.1"));
    free(message);
    scene_release(&scene);
    free(live_folder);
    test_temp_remove(root);
    free(root);
}

/* RULES: they end as `no live partner` and are never sent later. */
static void an_order_for_a_pharmacy_that_is_not_live_is_never_sent(void **state)
{
    (void)state;
    struct scene scene;
    char attribute[1200], *root = test_temp_dir("pharmacies"), *live_folder = path_join(root, "live");
    assert_int_equal(folder_make(live_folder).kind, PLATFORM_OK);
    (void)snprintf(attribute, sizeof attribute, "live-folder=\"%s\"", live_folder);
    struct scene_options options = {.live = true, .pharmacy = attribute};
    scene_init(&scene, &options);
    scene_execute(&scene, "DELETE FROM live_since WHERE kind = 'pharmacy'");
    scene_start(&scene);
    drop_dem(&scene, "DEM1.ini", "B1", "VCSO");
    scene_settle(&scene);
    scene_execute(&scene, ORDER);
    wait_rows(&scene, "SELECT state FROM order_event", "no-live-partner");
    scene_stop(&scene);
    scene_execute(
        &scene,
        "INSERT INTO live_since VALUES ('pharmacy', 'diamond', '2026-11-23T18:00:00.000000Z', 'tester', NULL)");
    scene_start(&scene);
    scene_settle(&scene);
    scene_assert_rows(&scene, "SELECT state FROM order_event", "no-live-partner");
    scene_assert_rows(&scene, "SELECT count(*) FROM outbox", "0");
    assert_int_equal(scene_count_files(live_folder), 0);
    scene_release(&scene);
    free(live_folder);
    test_temp_remove(root);
    free(root);
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_live_at_first),
        cmocka_unit_test(a_live_feed_is_applied_in_live_and_copied_into_test),
        cmocka_unit_test(what_changed_nothing_in_live_is_not_copied),
        cmocka_unit_test(a_file_that_leaves_the_hold_while_it_is_copied_is_not_left_out),
        cmocka_unit_test(a_file_that_lies_nowhere_any_more_is_left_out_and_stops_nobody),
        cmocka_unit_test(bytes_are_copied_as_live_accepted_them),
        cmocka_unit_test(a_facility_that_is_not_live_is_left_to_test),
        cmocka_unit_test(what_live_leaves_to_test_is_told_there),
        cmocka_unit_test(a_test_world_that_is_locked_does_not_stop_live),
        cmocka_unit_test(a_test_world_that_is_locked_at_the_start_does_not_stop_live),
        cmocka_unit_test(a_test_world_whose_disk_is_full_does_not_stop_live),
        cmocka_unit_test(a_test_database_never_becomes_the_live_one),
        cmocka_unit_test(a_test_world_that_stands_still_does_not_keep_live_from_stopping),
        cmocka_unit_test(copying_goes_on_after_a_stop_and_repeats_nothing),
        cmocka_unit_test(what_waits_too_long_in_both_worlds_is_told_once),
        cmocka_unit_test(live_runs_without_a_test_world_that_is_newer),
        cmocka_unit_test(a_broken_test_world_does_not_stop_live_but_stops_a_start_when_nothing_is_live),
        cmocka_unit_test(a_thread_that_cannot_be_started),
        cmocka_unit_test(a_folder_that_cannot_be_made),
        cmocka_unit_test(orders_stay_in_their_world),
        cmocka_unit_test(an_order_for_a_pharmacy_that_is_not_live_is_never_sent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
