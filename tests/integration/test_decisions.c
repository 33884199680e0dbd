/*
 * What a person decides of a held event: `release` applies it as of when it came, `reject` does not, and either happens once. The test world
 * follows what is released in live.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/file.h"
#include "platform/path.h"
#include "service/commands/commands.h"
#include "tests/integration/failing.h"
#include "tests/integration/failing_database.h"
#include "tests/integration/killed.h"
#include "tests/integration/wait.h"
#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"
#include "tests/unit/service/capture.h"

#define PLACES                                                                                               \
    "SELECT id, substr(stored, 1, instr(replace(stored, '\\', '/'), '/') - 1) FROM file ORDER BY id"
#define ANSWER "SELECT outcome || ': ' || answer FROM command ORDER BY id DESC LIMIT 1"
#define BOOKINGS                                                                                              \
    "SELECT booking_number, patient_id, last_name, housing FROM booking JOIN patient ON patient.id = patient" \
    " ORDER BY booking_number"

static const struct scene_options LIVE = {.live = true};
static const struct scene_options HOLDS_IDENTITY = {.match = "ready=\"closed\" hold-identity-change=\"yes\""};

static void drop_dem(struct scene *scene, const char *name, const char *patient, const char *booking,
                     const char *housing)
{
    char *dem = scene_dem(patient, booking, housing, NULL);
    drop_quickly(scene, name, dem);
    free(dem);
    scene_settle(scene);
}

static void drop_location(struct scene *scene, const char *name, const char *patient, const char *booking)
{
    char text[400];
    (void)snprintf(text, sizeof text,
                   "DataType=\"PatientLocation\"\r\nPatientID=\"%s\"\r\nFacility=\"VCSO\"\r\n"
                   "Housing=\"MOVED\"\r\nBooking=\"%s\"\r\n",
                   patient, booking);
    drop_quickly(scene, name, text);
    scene_settle(scene);
}

/* Leaves the command as corbridge.exe does; nothing reads it yet. */
static void leave(struct scene *scene, const char *what, int number, const char *subject)
{
    char sql[512];
    (void)snprintf(
        sql, sizeof sql,
        "INSERT INTO command (what, number, subject, argument, windows_user, created_at)"
        " VALUES ('%s', %d, %s%s%s, 'the sheriff called', 'JAIL\\nurse', '2026-11-23T18:00:00.000000Z')",
        what, number, subject ? "'" : "", subject ? subject : "NULL", subject ? "'" : "");
    scene_execute(scene, sql);
}

static const char *decide_row(struct scene *scene, const char *what, int number, const char *subject)
{
    leave(scene, what, number, subject);
    engine_commands_now(scene->engine);
    wait_rows(scene, "SELECT count(*) FROM command WHERE answer IS NULL", "0");
    return scene_rows(scene, ANSWER);
}

static const char *decide(struct scene *scene, const char *what, int number)
{
    return decide_row(scene, what, number, NULL);
}

/* File 1: P1 is in B1. File 2 says that B1 is P2's, and is held. */
static void begin_with_one_held(struct scene *scene, const struct scene_options *options)
{
    scene_init(scene, options);
    scene_start(scene);
    drop_dem(scene, "DEM1.ini", "P1", "B1", "ISU");
    drop_dem(scene, "DEM2.ini", "P2", "B1", "MED");
    wait_rows(scene, PLACES, "1|archive\n2|hold");
    scene_assert_rows(scene, "SELECT state FROM message ORDER BY id", "applied\nheld");
}

static char *held_path(struct scene *scene)
{
    const char *found = scene_find_file(scene_world_path(scene, "hold"), "_DEM2.ini");
    assert_non_null(found);
    return strdup(found);
}

/* ---- release ---- */

static void a_booking_of_another_patient_is_moved_with_its_history(void **state)
{
    (void)state;
    struct scene scene;
    begin_with_one_held(&scene, NULL);
    assert_string_equal(
        decide(&scene, "release", 2),
        "done: ledger number 2 was released and is applied: the booking is now the patient's whom it names");
    scene_assert_rows(&scene, BOOKINGS, "B1|P2|DOE|MED");
    scene_assert_rows(&scene,
                      "SELECT count(*), count(DISTINCT booking), group_concat(housing) FROM location_history",
                      "2|1|ISU,MED");
    scene_assert_rows(
        &scene, "SELECT table_name, field, old_value, new_value FROM change_log WHERE field = 'patient'",
        "booking|patient|1|2");
    /* The message ended, and is no second one; the row of the file says when it first came. */
    scene_assert_rows(
        &scene,
        "SELECT count(*), m.state, m.ended_at IS NOT NULL, p.patient_id, m.detail FROM message m JOIN patient p"
        " ON p.id = m.patient WHERE file = 2",
        "1|applied|1|P2|released by a person; the booking was another patient's until then");
    scene_assert_rows(
        &scene, "SELECT booking_arrived_at = arrived_at, booking_file FROM booking, file WHERE file.id = 2",
        "1|2");
    scene_assert_rows(&scene, "SELECT applied, duplicate, open_messages FROM feed_total", "2|0|0");
    wait_rows(&scene, PLACES, "1|archive\n2|archive");
    assert_int_equal(scene_count_files(scene_world_path(&scene, "hold")), 0);
    assert_int_equal(scene_event_count(EVENT_RELEASED), 1);
    assert_non_null(
        strstr(scene_event_text(EVENT_RELEASED), "feed jms (ledger number 2) was released by JAIL\\nurse"));
    /* And from now on the other patient is the other one. */
    drop_dem(&scene, "DEM3.ini", "P1", "B1", "ISU");
    scene_assert_rows(&scene, "SELECT state FROM message WHERE file = 3", "held");
    assert_string_equal(decide(&scene, "release", 2),
                        "refused: ledger number 2 is not held: it ended as applied");
    scene_release(&scene);
}

static void what_newer_events_have_said_stays(void **state)
{
    (void)state;
    struct scene scene;
    begin_with_one_held(&scene, NULL);
    drop_location(&scene, "LOC3.ini", "P1", "B1"); /* newer than what is held */
    assert_string_equal(
        decide(&scene, "release", 2),
        "done: ledger number 2 was released and is applied: the booking is now the patient's whom it names");
    scene_assert_rows(&scene, BOOKINGS, "B1|P2|DOE|MOVED");
    scene_assert_rows(&scene, "SELECT detail FROM message WHERE file = 2",
                      "released by a person; stale: location; the booking was another patient's until then");
    scene_release(&scene);
}

static void a_person_who_is_another_one_now_is_changed(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, &HOLDS_IDENTITY);
    scene_start(&scene);
    drop_dem(&scene, "DEM1.ini", "P1", "B1", "ISU");
    char *dem = scene_dem("P1", "B1", NULL, NULL);
    memcpy(strstr(dem, "DOE"), "ROE", 3);
    memcpy(strstr(dem, "JOHN"), "JANE", 4);
    memcpy(strstr(dem, "1946"), "1950", 4);
    drop_quickly(&scene, "DEM2.ini", dem);
    free(dem);
    scene_settle(&scene);
    wait_rows(&scene, PLACES, "1|archive\n2|hold");
    scene_assert_rows(&scene, BOOKINGS, "B1|P1|DOE|ISU");
    assert_string_equal(decide(&scene, "release", 2), "done: ledger number 2 was released and is applied");
    scene_assert_rows(&scene, BOOKINGS, "B1|P1|ROE|ISU");
    assert_int_equal(scene_event_count(EVENT_IDENTITY_CHANGED), 1);
    wait_rows(&scene, PLACES, "1|archive\n2|archive");
    scene_release(&scene);
}

static void a_location_that_waited_and_names_another_person_is_released(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, NULL);
    scene_start(&scene);
    drop_location(&scene, "LOC1.ini", "P2", "B1");
    assert_string_equal(
        decide(&scene, "release", 1),
        "refused: ledger number 1 waits for its booking, and is applied by itself when that is known");
    drop_dem(&scene, "DEM2.ini", "P1", "B1", "ISU");
    wait_rows(&scene, PLACES, "1|hold\n2|archive");
    scene_assert_rows(&scene, "SELECT state FROM message WHERE file = 1", "held");
    /* A Location makes no patient. */
    assert_string_equal(
        decide(&scene, "release", 1),
        "refused: ledger number 1 names a patient who is not known, so no booking can be moved there: have the "
        "demographics of that patient sent, or reject it");
    scene_assert_rows(&scene, "SELECT state, ended_at FROM message WHERE file = 1", "held|-");
    scene_assert_rows(&scene, "SELECT open_messages FROM feed_total", "1");
    scene_assert_rows(&scene, PLACES, "1|hold\n2|archive");
    drop_dem(&scene, "DEM3.ini", "P2", "B2", "ISU");
    assert_string_equal(
        decide(&scene, "release", 1),
        "done: ledger number 1 was released and is applied: the booking is now the patient's whom it names");
    /* The DEM came later and says where the person is. */
    scene_assert_rows(&scene, BOOKINGS, "B1|P2|DOE|ISU\nB2|P2|DOE|ISU");
    assert_int_equal(scene_event_count(EVENT_SECOND_OPEN_BOOKING), 1); /* B1 is open, and P2's from now on */
    wait_rows(&scene, PLACES, "1|archive\n2|archive\n3|archive");
    scene_release(&scene);
}

/* ---- reject ---- */

static void what_is_rejected_changes_nothing_and_lies_in_quarantine(void **state)
{
    (void)state;
    struct scene scene;
    begin_with_one_held(&scene, NULL);
    assert_string_equal(decide(&scene, "reject", 2), "done: ledger number 2 was rejected");
    scene_assert_rows(&scene, BOOKINGS, "B1|P1|DOE|ISU");
    scene_assert_rows(&scene, "SELECT count(*) FROM patient", "1");
    scene_assert_rows(&scene,
                      "SELECT state, detail, ended_at IS NOT NULL, booking FROM message WHERE file = 2",
                      "rejected|rejected by JAIL\\nurse: the sheriff called|1|1");
    scene_assert_rows(&scene, "SELECT applied, open_messages FROM feed_total", "1|0");
    wait_rows(&scene, PLACES, "1|archive\n2|quarantine");
    assert_int_equal(scene_count_files(scene_world_path(&scene, "hold")), 0);
    char *reason = scene_read(
        scene_find_file(scene_world_path(&scene, "quarantine"), "000000000002_DEM2.ini.reason.txt"));
    assert_non_null(strstr(reason, "Reason:        rejected"));
    assert_non_null(strstr(reason, "rejected by JAIL\\nurse: the sheriff called"));
    free(reason);
    assert_int_equal(scene_event_count(EVENT_REJECTED), 1);
    assert_non_null(strstr(scene_event_text(EVENT_REJECTED), "The reason given: the sheriff called"));
    assert_string_equal(decide(&scene, "release", 2),
                        "refused: ledger number 2 is not held: it ended as rejected");
    scene_release(&scene);
}

/* ---- what cannot be ---- */

static void only_the_bytes_that_came_are_released(void **state)
{
    (void)state;
    struct scene scene;
    begin_with_one_held(&scene, NULL);
    char *path = held_path(&scene), *bytes = scene_read(path);
    assert_int_equal(file_remove(path).kind, PLATFORM_OK);
    assert_string_equal(
        decide(&scene, "release", 2),
        "refused: the bytes of ledger number 2 are no longer in the hold: put them back, or reject it");
    memcpy(strstr(bytes, "MED"), "ISO", 3);
    assert_int_equal(file_store(path, bytes, strlen(bytes)).kind, PLATFORM_OK);
    static const char CHANGED[] =
        "refused: the file of ledger number 2 in the hold has other bytes than when it came: put the "
        "right ones back, or reject it";
    assert_string_equal(decide(&scene, "release", 2), CHANGED);
    assert_int_equal(file_remove(path).kind, PLATFORM_OK);
    memcpy(strstr(bytes, "ISO"), "MED", 3);
    assert_int_equal(file_store(path, bytes, strlen(bytes) - 1).kind, PLATFORM_OK);
    assert_string_equal(decide(&scene, "release", 2), CHANGED);
    assert_int_equal(file_remove(path).kind, PLATFORM_OK);
    scene_assert_rows(&scene, "SELECT state FROM message WHERE file = 2", "held");
    scene_assert_rows(&scene, BOOKINGS, "B1|P1|DOE|ISU");
    assert_int_equal(file_store(path, bytes, strlen(bytes)).kind, PLATFORM_OK);
    assert_string_equal(
        decide(&scene, "release", 2),
        "done: ledger number 2 was released and is applied: the booking is now the patient's whom it names");
    free(path);
    free(bytes);
    scene_release(&scene);
}

static void what_is_not_held_is_not_decided(void **state)
{
    (void)state;
    struct scene scene;
    begin_with_one_held(&scene, NULL);
    assert_string_equal(decide(&scene, "release", 77), "refused: there is no ledger number 77 in this world");
    assert_string_equal(decide(&scene, "reject", 1),
                        "refused: ledger number 1 is not held: it ended as applied");
    assert_string_equal(decide_row(&scene, "release", 2, "row:9"), "refused: ledger number 2 is not held");
    assert_int_equal(scene_event_count(EVENT_RELEASED) + scene_event_count(EVENT_REJECTED), 0);
    scene_release(&scene);
}

static void of_two_decisions_the_first_counts(void **state)
{
    (void)state;
    struct scene scene;
    begin_with_one_held(&scene, NULL);
    scene_stop(&scene);
    leave(&scene, "reject", 2, NULL);
    leave(&scene, "release", 2, NULL);
    scene_start(&scene); /* they waited for the service */
    wait_rows(&scene, "SELECT what, outcome FROM command ORDER BY id", "reject|done\nrelease|refused");
    scene_assert_rows(&scene, "SELECT state FROM message WHERE file = 2", "rejected");
    scene_assert_rows(&scene, BOOKINGS, "B1|P1|DOE|ISU");
    scene_release(&scene);
}

/* ---- rows of rosters ---- */

static void add_row(char *text, size_t size, const char *patient, const char *booking, const char *housing)
{
    size_t used = strlen(text);
    (void)snprintf(text + used, size - used,
                   "Doe,Jörg,,%s,1980-01-31,,Male,,VCSO,,%s,1,%s,2018-06-06T12:34,,,\r\n", patient, housing,
                   booking);
}

/* `lead`: bytes in front of the text, which is UTF-8, or as UTF-16 when `wide`. */
static void rows_are_decided_one_by_one(bool wide)
{
    struct scene scene;
    char text[2000] = "";
    scene_init(&scene, &(struct scene_options){.roster = "ready=\"closed\" lag=\"0 s\""});
    scene_start(&scene);
    drop_dem(&scene, "DEM1.ini", "P1", "B1", "ISU");
    drop_dem(&scene, "DEM2.ini", "P2", "B2", "ISU");
    add_row(text, sizeof text, "P1", "B1", "A");
    add_row(text, sizeof text, "P9", "B2", "B"); /* P2's */
    add_row(text, sizeof text, "P9", "B1", "C"); /* P1's */
    add_row(text, sizeof text, "P3", "B3", "D");
    if (wide) {
        unsigned char bytes[4000] = {0xff, 0xfe};
        size_t used = 2;
        for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
            unsigned unit = *c;
            if (*c >= 0x80) /* two bytes */
                unit = (unit & 0x1f) << 6 | (unsigned)(*++c & 0x3f);
            bytes[used++] = (unsigned char)(unit & 0xff);
            bytes[used++] = (unsigned char)(unit >> 8);
        }
        scene_drop_bytes(&scene, "roster.csv", bytes, used);
    } else {
        scene_drop(&scene, "roster.csv", text);
    }
    scene_settle(&scene);
    wait_rows(&scene, PLACES, "1|archive\n2|archive\n3|archive");
    scene_assert_rows(&scene, "SELECT ordinal, state FROM message WHERE file = 3 ORDER BY 1",
                      "1|applied\n2|held\n3|held\n4|applied");
    assert_int_equal(scene_count_files(scene_world_path(&scene, "hold")), 4);
    assert_string_equal(decide(&scene, "release", 3),
                        "refused: several rows of ledger number 3 are held (2, 3): name one by --row");
    assert_string_equal(
        decide_row(&scene, "release", 3, "row:2"),
        "done: ledger number 3 was released and is applied: the booking is now the patient's whom it names");
    scene_assert_rows(&scene, BOOKINGS, "B1|P1|Doe|A\nB2|P9|Doe|B\nB3|P3|Doe|D");
    scene_assert_rows(&scene, "SELECT first_name FROM patient WHERE patient_id = 'P9'", "Jörg");
    assert_string_equal(decide(&scene, "reject", 3),
                        "done: ledger number 3 was rejected"); /* the only one left */
    scene_assert_rows(&scene, "SELECT ordinal, state FROM message WHERE file = 3 ORDER BY 1",
                      "1|applied\n2|applied\n3|rejected\n4|applied");
    wait_rows(&scene,
              "SELECT ordinal, substr(stored, 1, 7) FROM extract JOIN message ON id = message ORDER BY 1",
              "2|archive\n3|quarant");
    assert_int_equal(scene_count_files(scene_world_path(&scene, "hold")), 0);
    assert_non_null(scene_find_file(scene_world_path(&scene, "archive"), "000000000003_r2_roster.csv"));
    char *reason = scene_read(
        scene_find_file(scene_world_path(&scene, "quarantine"), "000000000003_r3_roster.csv.reason.txt"));
    assert_non_null(strstr(reason, "rejected by JAIL\\nurse"));
    assert_non_null(strstr(reason, "Row:           3"));
    free(reason);
    scene_release(&scene);
}

static void single_rows_of_a_roster_are_decided(void **state)
{
    (void)state;
    rows_are_decided_one_by_one(false);
    rows_are_decided_one_by_one(true);
}

static void a_changed_extract_is_refused(void **state)
{
    (void)state;
    struct scene scene;
    char text[500] = "";
    scene_init(&scene, &(struct scene_options){.roster = "ready=\"closed\" lag=\"0 s\""});
    scene_start(&scene);
    drop_dem(&scene, "DEM1.ini", "P1", "B1", "ISU");
    add_row(text, sizeof text, "P9", "B1", "A");
    scene_drop(&scene, "roster.csv", text);
    scene_settle(&scene);
    char *path = strdup(scene_find_file(scene_world_path(&scene, "hold"), "_r1_roster.csv"));
    assert_int_equal(file_remove(path).kind, PLATFORM_OK);
    assert_int_equal(file_store(path, "nothing", 7).kind, PLATFORM_OK);
    assert_non_null(strstr(decide(&scene, "release", 2), "has other bytes than when it came"));
    free(path);
    scene_release(&scene);
}

/* ---- test and live ---- */

static void assert_test_rows(struct scene *scene, const char *sql, const char *expected)
{
    scene->world = DATABASE_TEST;
    wait_rows(scene, sql, expected);
    scene->world = DATABASE_LIVE;
}

static void test_follows_what_is_released_in_live(void **state)
{
    (void)state;
    struct scene scene;
    begin_with_one_held(&scene, &LIVE);
    drop_dem(&scene, "DEM3.ini", "P3", "B3", "ISU");
    assert_test_rows(&scene, "SELECT copied_from FROM file", "1\n3"); /* what is held changes nothing there */
    assert_non_null(strstr(decide(&scene, "release", 2), "done: "));
    scene_assert_rows(&scene, "SELECT id, message FROM released", "1|2");
    assert_test_rows(&scene, BOOKINGS, "B1|P2|DOE|MED\nB3|P3|DOE|ISU");
    scene_settle(&scene);
    assert_test_rows(&scene, "SELECT copied_from, state, in_place, stored FROM file ORDER BY id",
                     "1|done|0|-\n3|done|0|-\n2|done|0|-");
    assert_test_rows(
        &scene, "SELECT m.state, m.detail FROM message m JOIN file f ON f.id = file WHERE copied_from = 2",
        "applied|released by a person; the booking was another patient's until then");
    assert_test_rows(
        &scene,
        "SELECT booking_arrived_at < (SELECT arrived_at FROM file WHERE copied_from = 3) FROM booking"
        " WHERE booking_number = 'B1'",
        "1"); /* its first arrival there too */
    assert_test_rows(&scene, "SELECT up_to, released_up_to FROM live_copy", "3|1");
    assert_int_equal(scene_event_count(EVENT_RELEASED), 1);
    /* Once: a start finds nothing more to do. */
    scene_stop(&scene);
    scene_start(&scene);
    scene_settle(&scene);
    assert_test_rows(&scene, "SELECT count(*) FROM file", "3");
    scene_release(&scene);
}

static void what_test_holds_too_is_released_there_with_it(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, &LIVE);
    scene_start(&scene);
    drop_location(&scene, "LOC1.ini", "P2", "B1"); /* waits in both worlds */
    drop_dem(&scene, "DEM2.ini", "P2", "B2", "ISU");
    drop_dem(&scene, "DEM3.ini", "P1", "B1", "ISU"); /* now it is held in both */
    assert_test_rows(&scene, "SELECT state FROM message ORDER BY file", "held\napplied\napplied");
    assert_non_null(strstr(decide(&scene, "release", 1), "done: "));
    assert_test_rows(&scene, "SELECT state FROM message ORDER BY file", "applied\napplied\napplied");
    assert_test_rows(&scene, BOOKINGS, "B1|P2|DOE|ISU\nB2|P2|DOE|ISU");
    assert_test_rows(&scene, "SELECT count(*), sum(open_messages) FROM file, feed_total", "3|0");
    scene_release(&scene);
}

static void a_copy_is_released_where_its_bytes_lie(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, &LIVE);
    scene_start(&scene);
    drop_location(&scene, "LOC1.ini", "P2", "B1");
    drop_dem(&scene, "DEM2.ini", "P1", "B1", "ISU");
    scene_settle(&scene);
    scene.world = DATABASE_TEST;
    wait_rows(&scene, "SELECT state FROM message WHERE file = 1", "held");
    assert_string_equal(
        decide(&scene, "release", 1),
        "refused: ledger number 1 is the copy of 1 of the live world, whose bytes lie there: what is released "
        "there comes by itself; here it can only be rejected");
    assert_string_equal(decide(&scene, "reject", 1), "done: ledger number 1 was rejected");
    scene.world = DATABASE_LIVE;
    scene_assert_rows(&scene, "SELECT state FROM message WHERE file = 1", "held"); /* one way */
    scene_release(&scene);
}

static void test_catches_up_when_it_can_be_written_again(void **state)
{
    (void)state;
    struct scene scene;
    failing_database_set_up();
    failing_database_only("test");
    begin_with_one_held(&scene, &LIVE);
    failing_database_write(13);                                      /* SQLITE_FULL */
    assert_non_null(strstr(decide(&scene, "release", 2), "done: ")); /* live is not kept from anything */
    failing_database_write(0);
    drop_location(&scene, "LOC3.ini", "P2", "B1");
    assert_test_rows(&scene, BOOKINGS, "B1|P2|DOE|MOVED");
    assert_test_rows(&scene, "SELECT copied_from FROM file ORDER BY copied_from", "1\n2\n3");
    scene_release(&scene);
    failing_database_tear_down();
}

static void released_rows_are_followed_too(void **state)
{
    (void)state;
    struct scene scene;
    char text[2000] = "";
    scene_init(&scene, &(struct scene_options){.live = true, .roster = "ready=\"closed\" lag=\"0 s\""});
    scene_start(&scene);
    drop_dem(&scene, "DEM1.ini", "P1", "B1", "ISU");
    add_row(text, sizeof text, "P9", "B1", "A");
    add_row(text, sizeof text, "P8", "B1", "B");
    scene_drop(&scene, "roster.csv", text);
    scene_settle(&scene);
    assert_test_rows(&scene, "SELECT count(*) FROM file", "1"); /* all its rows are held: it is passed over */
    assert_non_null(strstr(decide_row(&scene, "release", 2, "row:1"), "done: "));
    assert_test_rows(&scene, BOOKINGS, "B1|P9|Doe|A");
    assert_non_null(strstr(decide_row(&scene, "release", 2, "row:2"), "done: "));
    assert_test_rows(&scene, BOOKINGS, "B1|P8|Doe|B");
    scene_settle(&scene);
    assert_test_rows(
        &scene,
        "SELECT copied_from, ordinal, m.state FROM message m JOIN file f ON f.id = file ORDER BY 1, 2",
        "1|1|applied\n2|1|applied\n2|2|applied");
    scene_release(&scene);
}

/* ---- commands ---- */

static void the_command_finds_the_world_where_it_is_held(void **state)
{
    (void)state;
    struct scene scene;
    char config[1200];
    begin_with_one_held(&scene, &LIVE);
    (void)snprintf(config, sizeof config, "%s", scene.config_path);
    char *release[] = {"corbridge", "release", "2", "--config", config};
    assert_int_equal(commands_main(5, release), COMMANDS_OK);
    scene_assert_rows(&scene, "SELECT what, number, outcome FROM command", "release|2|done");
    assert_int_equal(commands_main(5, release), COMMANDS_NOT_FOUND); /* it is held no more */
    char *reject[] = {"corbridge", "reject", "1", "--live", "--reason", "why not", "--config", config};
    assert_int_equal(commands_main(8, reject), COMMANDS_FAILED);
    assert_string_equal(scene_rows(&scene, ANSWER),
                        "refused: ledger number 1 is not held: it ended as applied");
    scene_release(&scene);
}

#define RUN(capture, scene, ...)                                                                             \
    capture_run(&(capture), (scene)->root,                                                                   \
                (const char *const[]){__VA_ARGS__, "--config", (scene)->config_path, NULL})

static void status_lists_what_is_held_with_what_to_type(void **state)
{
    (void)state;
    struct scene scene;
    struct capture run;
    char text[500] = "";
    scene_init(&scene, &(struct scene_options){.roster = "ready=\"closed\" lag=\"0 s\""});
    scene_start(&scene);
    drop_dem(&scene, "DEM1.ini", "P1", "B1", "ISU");
    drop_dem(&scene, "DEM2.ini", "P2", "B1", "MED");
    add_row(text, sizeof text, "P1", "B1", "A");
    add_row(text, sizeof text, "P9", "B1", "B");
    scene_drop(&scene, "roster.csv", text);
    scene_settle(&scene);
    RUN(run, &scene, "status");
    assert_int_equal(run.code, COMMANDS_OK);
    assert_non_null(
        strstr(run.out, "held until a person decides: 2\n    feed jms, ledger number 2, since 20"));
    assert_non_null(strstr(
        run.out, "Z: the booking is known under another patient\n      corbridge show 2 --test\n"
                 "      corbridge release 2 --test\n      corbridge reject 2 --test --reason \"why\"\n"));
    assert_non_null(strstr(run.out, "feed jms, ledger number 3, row 2, since 20"));
    assert_non_null(strstr(run.out, "      corbridge release 3 --row 2 --test\n"));
    assert_null(strstr(run.out, "DEM"));
    capture_release(&run);
    RUN(run, &scene, "status", "--json");
    assert_true(capture_is_json(run.out));
    assert_non_null(strstr(
        run.out, "\"held_count\": 2, \"held\": [\n    {\"feed\": \"jms\", \"number\": 2, \"row\": null, "
                 "\"applying\": false, \"since\": \"20"));
    assert_non_null(strstr(run.out, "\"number\": 3, \"row\": 2,"));
    capture_release(&run);
    RUN(run, &scene, "release", "3", "--row", "2", "--reason", "it is so");
    assert_int_equal(run.code, COMMANDS_OK);
    assert_string_equal(
        run.out, "ledger number 3 was released and is applied: the booking is now the patient's whom it "
                 "names\n");
    capture_release(&run);
    scene_assert_rows(&scene, "SELECT what, number, subject, argument, outcome FROM command",
                      "release|3|row:2|it is so|done");
    scene_release(&scene);
}

static void a_wrong_command_line_is_told(void **state)
{
    (void)state;
    static const struct {
        const char *arguments[5], *says;
    } CASES[] = {
        {{"release"}, "the ledger number is needed"},
        {{"release", "0"}, "'0' is no ledger number"},
        {{"release", "12x"}, "'12x' is no ledger number"},
        {{"release", "99999999999999999999"}, "is no ledger number"},
        {{"release", "2", "--row", "0"}, "'0' is no row"},
        {{"release", "2", "--row", "2147483648"}, "is no row"},
        {{"release", "2", "--live", "--test"}, "--live and --test exclude each other"},
        {{"reject", "2"}, "--reason \"why\" is needed"},
        {{"reject", "2", "--reason", ""}, "--reason"},
    };
    struct scene scene;
    scene_init(&scene, NULL);
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct capture run;
        capture_run(&run, scene.root, CASES[i].arguments);
        assert_int_equal(run.code, COMMANDS_USAGE);
        if (!strstr(run.err, CASES[i].says))
            fail_msg("%s", run.err);
        capture_release(&run);
    }
    struct capture run;
    RUN(run, &scene, "release", "2");
    assert_int_equal(run.code, COMMANDS_NOT_FOUND);
    assert_non_null(strstr(run.err, "the first start of the service makes it"));
    capture_release(&run);
    scene_release(&scene);
}

/* ---- a process that is killed on the way ---- */

#ifndef _WIN32
static void killed_anywhere_a_decision_happens_once(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        enum platform_call call;
        const char *piece, *ending;
        bool decided; /* when it is killed, the ledger knows */
    } MOMENTS[] = {
        {"release", PLATFORM_CALL_OPEN, "hold", "_DEM2.ini", false}, /* it is being read again */
        {"release", PLATFORM_CALL_RENAME, "archive", "_DEM2.ini", true},
        {"release", PLATFORM_CALL_DELETE, "hold", ".reason.txt", true},
        {"release", PLATFORM_CALL_FLUSH_FOLDER, "hold", "", true},
        {"reject", PLATFORM_CALL_RENAME, "quarantine", "_DEM2.ini", true},
        {"reject", PLATFORM_CALL_DELETE, "hold", ".reason.txt", true},
    };
    for (size_t i = 0; i < sizeof MOMENTS / sizeof MOMENTS[0]; i++) {
        struct scene scene;
        begin_with_one_held(&scene, NULL);
        scene_stop(&scene);
        leave(&scene, MOMENTS[i].what, 2, NULL);
        bool released = strcmp(MOMENTS[i].what, "release") == 0;
        run_until_killed(&scene, MOMENTS[i].call, MOMENTS[i].piece, MOMENTS[i].ending);
        scene_assert_rows(&scene, "SELECT state = 'held' FROM message WHERE file = 2",
                          MOMENTS[i].decided ? "0" : "1");
        scene_start(&scene);
        wait_rows(&scene, PLACES, released ? "1|archive\n2|archive" : "1|archive\n2|quarantine");
        scene_assert_rows(&scene, "SELECT outcome FROM command", "done");
        scene_assert_rows(&scene, "SELECT state FROM message WHERE file = 2",
                          released ? "applied" : "rejected");
        scene_assert_rows(&scene, BOOKINGS, released ? "B1|P2|DOE|MED" : "B1|P1|DOE|ISU");
        scene_assert_rows(&scene, "SELECT count(*) FROM location_history", released ? "2" : "1");
        scene_assert_rows(&scene, "SELECT open_messages FROM feed_total", "0");
        assert_int_equal(scene_count_files(scene_world_path(&scene, "hold")), 0);
        scene_release(&scene);
    }
}
#endif

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_booking_of_another_patient_is_moved_with_its_history),
        cmocka_unit_test(what_newer_events_have_said_stays),
        cmocka_unit_test(a_person_who_is_another_one_now_is_changed),
        cmocka_unit_test(a_location_that_waited_and_names_another_person_is_released),
        cmocka_unit_test(what_is_rejected_changes_nothing_and_lies_in_quarantine),
        cmocka_unit_test(only_the_bytes_that_came_are_released),
        cmocka_unit_test(what_is_not_held_is_not_decided),
        cmocka_unit_test(of_two_decisions_the_first_counts),
        cmocka_unit_test(single_rows_of_a_roster_are_decided),
        cmocka_unit_test(a_changed_extract_is_refused),
        cmocka_unit_test(test_follows_what_is_released_in_live),
        cmocka_unit_test(what_test_holds_too_is_released_there_with_it),
        cmocka_unit_test(a_copy_is_released_where_its_bytes_lie),
        cmocka_unit_test(test_catches_up_when_it_can_be_written_again),
        cmocka_unit_test(released_rows_are_followed_too),
        cmocka_unit_test(the_command_finds_the_world_where_it_is_held),
        cmocka_unit_test(status_lists_what_is_held_with_what_to_type),
        cmocka_unit_test(a_wrong_command_line_is_told),
#ifndef _WIN32
        cmocka_unit_test(killed_anywhere_a_decision_happens_once),
#endif
    };
#ifdef _WIN32
    print_message("left out under Windows: the process that is killed on the way (it is made by fork)\n");
#endif
    return cmocka_run_group_tests_name("decisions", tests, NULL, NULL);
}
