/*
 * Vendors' XML on the whole way, by the shipped mappings: single events, rosters, records that are wrong, a roster that is cut short and goes
 * on, documents that are none, and the mapping as a part of the configuration.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/file.h"
#include "service/windows/last_config.h"
#include "tests/integration/failing.h"
#include "tests/integration/reconfigure.h"
#include "tests/integration/wait.h"
#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

static const struct scene_options XML = {
    .facilities = "<facility code=\"VCSO\" name=\"Ventura\" zone=\"America/Denver\"/>",
    .rules =
        "<match pattern=\"ev*.xml\" format=\"jms-xml\" mapping=\"booking-event.xml\" event-time=\"field:EventTime\"/>\n"
        "<match pattern=\"*.xml\" format=\"jms-xml\" mapping=\"flat-roster.xml\" lag=\"0 s\" event-time=\"field:Generated\"/>\n",
    .mappings = "booking-event.xml,flat-roster.xml",
};

#define COUNTS                                                                                               \
    "SELECT applied, unchanged, stale, held, quarantined, test_only FROM file_progress ORDER BY file DESC LIMIT 1"

static void drop_fixture(struct scene *scene, const char *name)
{
    char relative[100], *bytes;
    size_t size;
    (void)snprintf(relative, sizeof relative, "jms-xml/%s", name);
    char *path = test_fixture_path(relative);
    assert_int_equal(file_load(path, 1 << 20, &bytes, &size).kind, PLATFORM_OK);
    char dropped[100];
    (void)snprintf(dropped, sizeof dropped, "%s%s", strstr(name, "event") ? "ev-" : "", name);
    scene_drop_bytes(scene, dropped, bytes, size);
    scene_settle(scene);
    free(bytes);
    free(path);
}

static void a_booking_and_a_move(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, &XML);
    scene_start(&scene);
    drop_fixture(&scene, "booking-event.xml");
    scene_assert_rows(
        &scene,
        "SELECT p.patient_id, p.last_name, p.first_name, p.middle_name, p.sex, b.booking_number, b.housing, b.bed,"
        " b.booking_date FROM booking b JOIN patient p ON p.id = b.patient",
        "P00012345|Nguy\xE1\xBB\x85n|Van|Minh Duc|Male|12345678|ISU|02|2017-06-20T20:32:04.000000Z");
    scene_assert_rows(&scene, "SELECT format, state, stored LIKE 'archive%' FROM file", "jms-xml|done|1");
    scene_assert_rows(&scene, "SELECT kind, state, event_at FROM message",
                      "demographics|applied|2026-11-23T10:12:09.000000Z");
    scene_assert_rows(&scene, "SELECT name, value FROM message_extra", "EventTime|2026-11-23T04:12:09-06:00");
    drop_fixture(&scene, "move-event.xml");
    scene_assert_rows(&scene, "SELECT housing, bed FROM booking", "B2|07");
    scene_assert_rows(&scene, "SELECT kind, state FROM message", "demographics|applied\nlocation|applied");
    scene_release(&scene);
}

static void a_roster_with_a_wrong_record(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, &XML);
    scene_start(&scene);
    drop_fixture(&scene, "flat-roster.xml");
    scene_assert_rows(&scene, COUNTS, "2|0|0|0|1|0");
    scene_assert_rows(&scene, "SELECT last_name, first_name, sex FROM patient ORDER BY id",
                      "Smith|Samuel|Male\nMu\xC3\xB1oz|Ana & Maria|Unknown");
    scene_assert_rows(&scene, "SELECT ordinal, kind, state FROM message",
                      "1|demographics|applied\n2|demographics|applied\n3|demographics|quarantined");
    scene_assert_rows(
        &scene, "SELECT line, field, code FROM message_fault ORDER BY line",
        "22|Housing|required-missing\n25|BirthDate|date-not-in-calendar\n26|Sex|xml-not-mapped");
    /* What the document says of its time, in the zone of the first facility. */
    scene_assert_rows(&scene, "SELECT row_count, next_row, event_at FROM file_progress",
                      "3|4|2026-11-23T12:00:00.000000Z");
    scene_assert_rows(&scene, "SELECT format, state, stored LIKE 'archive%' FROM file", "jms-xml|done|1");

    /* The extract is a document of its own: mended and dropped again it is read by the same rule. */
    char *extract = scene_read(
        scene_find_file(scene_world_path(&scene, "quarantine"), "000000000001_r3_flat-roster.xml"));
    assert_non_null(strstr(extract, "<ActiveRoster generated=\"2026-11-23T05:00:00\" facility=\"VCSO\">"));
    assert_non_null(strstr(extract, "<Gender>Q</Gender>"));
    assert_null(strstr(extract, "Smith"));
    memcpy(strstr(extract, "13/13/1980"), "12/12/1980", 10);
    memcpy(strstr(extract, "<Gender>Q"), "<Gender>M", 9);
    char *bed = strstr(extract, "<BookNo>");
    *bed = '\0';
    char mended[2000];
    (void)snprintf(mended, sizeof mended, "%s<Block>A</Block><%s", extract, bed + 1);
    free(extract);
    scene_drop(&scene, "again.xml", mended);
    scene_settle(&scene);
    scene_assert_rows(&scene, COUNTS, "1|0|0|0|0|0");
    scene_release(&scene);
}

/* Several workers read by one mapping at once. */
static void many_events_at_once(void **state)
{
    enum {
        EVENTS = 80
    };
    (void)state;
    struct scene scene;
    scene_init(&scene, &XML);
    for (int n = 1; n <= EVENTS; n++) {
        char name[16], text[600];
        (void)snprintf(name, sizeof name, "ev%d.xml", n);
        (void)snprintf(
            text, sizeof text,
            "<JailEvent type='BOOK'><Subject id='P%d'><Name use='legal'><Family>Roe</Family><Given>Ann</Given>"
            "<Given>Bea</Given><Given>Cleo</Given></Name><Born>1990-01-02</Born><Sex code='F'/></Subject>"
            "<Booking number='B%d' facility='VCSO'><BookedAt>2018-06-06T12:34</BookedAt><Cell unit='C%d'/></Booking>"
            "</JailEvent>",
            n, n, n);
        drop_quickly(&scene, name, text);
    }
    scene_start(&scene);
    scene_settle(&scene);
    scene_assert_rows(&scene, "SELECT count(*), count(DISTINCT housing) FROM booking", "80|80");
    scene_assert_rows(&scene, "SELECT DISTINCT middle_name FROM patient", "Bea Cleo");
    scene_assert_rows(&scene, "SELECT state, count(*) FROM file GROUP BY 1", "done|80");
    scene_release(&scene);
}

/* ---- long rosters ---- */

static char *make_roster(int records, const char *block, size_t *size)
{
    size_t room = (size_t)records * 400 + 1000;
    char *text = malloc(room);
    assert_non_null(text);
    size_t used = (size_t)snprintf(text, room, "<?xml version='1.0'?><ActiveRoster facility='VCSO'>\n");
    for (int n = 1; n <= records; n++)
        used += (size_t)snprintf(
            text + used, room - used,
            "<Inmate><JacketNo>P%d</JacketNo><LName>Doe%d</LName><FName>John</FName><DOB>1/31/1980</DOB>"
            "<Gender>M</Gender><Block>%s</Block><BookNo>B%d</BookNo><BookDt>6/6/2018 12:34</BookDt></Inmate>\n",
            n, n, block, n);
    used += (size_t)snprintf(text + used, room - used, "</ActiveRoster>\n");
    *size = used;
    return text;
}

/* A document cannot be entered in its middle: it is read from the start again, and what was committed is passed by. */
static void a_roster_that_is_cut_short_goes_on(void **state)
{
    enum {
        RECORDS = 6000
    };
    (void)state;
    struct scene scene;
    size_t size;
    failing_set_up();
    scene_init(&scene, &XML);
    scene_start(&scene);
    failing_hold(PLATFORM_CALL_READ, "");
    char *text = make_roster(RECORDS, "A", &size);
    scene_drop_bytes(&scene, "1.xml", text, size);
    free(text);
    /* Read by read, until a first slice is committed. */
    while (strcmp(scene_rows(&scene, "SELECT count(*) FROM file_progress"), "0") == 0)
        if (failing_held() > 0)
            failing_let_one_go();
        else
            wait_milliseconds(1);
    failing_once(PLATFORM_CALL_READ, "", PLATFORM_OTHER, 1117); /* ERROR_IO_DEVICE */
    failing_let_go();
    scene_settle(&scene);
    assert_int_equal(failing_count(), 1);
    scene_assert_rows(&scene, "SELECT id, state, in_place, attempt FROM file", "1|done|0|0");
    scene_assert_rows(&scene, COUNTS, "6000|0|0|0|0|0");
    scene_assert_rows(&scene, "SELECT count(*), count(DISTINCT ordinal), max(ordinal) FROM message",
                      "6000|6000|6000");
    scene_assert_rows(&scene, "SELECT count(*) FROM location_history", "6000");
    scene_release(&scene);
    failing_tear_down();
}

static void an_unchanged_roster_leaves_nothing(void **state)
{
    (void)state;
    struct scene scene;
    size_t size;
    scene_init(&scene, &XML);
    scene_start(&scene);
    for (int round = 0; round < 2; round++) {
        char name[16];
        char *text = make_roster(1200, "A", &size);
        (void)snprintf(name, sizeof name, "%d.xml", round);
        scene_drop_bytes(&scene, name, text, size);
        free(text);
        scene_settle(&scene);
    }
    scene_assert_rows(&scene, COUNTS, "0|1200|0|0|0|0");
    scene_assert_rows(&scene, "SELECT count(*) FROM message", "1200");
    scene_release(&scene);
}

/* Rows that a roster repeats are known again, but not by another mapping. */
static void an_unchanged_roster_is_read_anew_when_its_mapping_was_changed(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, &XML);
    for (int round = 0; round < 3; round++) {
        char name[16];
        size_t size;
        if (round == 2) {
            char *mapping = scene_read(scene_path(&scene, "flat-roster.xml"));
            char *config = scene_read(scene.config_path);
            char *male = strstr(mapping, "to=\"Male\"");
            assert_non_null(male);
            *male = '\0';
            char changed[8192];
            (void)snprintf(changed, sizeof changed, "%sto=\"Unknown\"%s", mapping,
                           male + strlen("to=\"Male\""));
            assert_int_equal(file_remove(scene_path(&scene, "flat-roster.xml")).kind, PLATFORM_OK);
            assert_int_equal(file_store(scene_path(&scene, "flat-roster.xml"), changed, strlen(changed)).kind,
                             PLATFORM_OK);
            reconfigure(&scene, config);
            free(config);
            free(mapping);
        }
        scene_start(&scene);
        char *text = make_roster(50, "A", &size);
        (void)snprintf(name, sizeof name, "%d.xml", round);
        scene_drop_bytes(&scene, name, text, size);
        free(text);
        scene_settle(&scene);
        scene_stop(&scene);
        scene_assert_rows(&scene, COUNTS, round == 1 ? "0|50|0|0|0|0" : "50|0|0|0|0|0");
        scene_assert_rows(&scene, "SELECT DISTINCT sex FROM patient", round == 2 ? "Unknown" : "Male");
    }
    scene_release(&scene);
}

static void who_is_missing_is_released_in_sync_mode(void **state)
{
    (void)state;
    struct scene scene;
    size_t size;
    scene_init(&scene, &(struct scene_options){
                           .facilities = XML.facilities,
                           .rules = "<match pattern=\"*.xml\" format=\"jms-xml\" mapping=\"flat-roster.xml\""
                                    " release=\"sync\" lag=\"0 s\" event-time=\"arrival\"/>\n",
                           .mappings = XML.mappings});
    scene_start(&scene);
    for (int people = 8; people >= 0; people -= 4) {
        char name[16];
        char *text = make_roster(people, "A", &size);
        (void)snprintf(name, sizeof name, "%d.xml", people);
        scene_drop_bytes(&scene, name, text, size);
        free(text);
        scene_settle(&scene);
    }
    scene_assert_rows(
        &scene, "SELECT booking_number, release_origin FROM booking WHERE released_at IS NOT NULL ORDER BY 1",
        "B5|inferred\nB6|inferred\nB7|inferred\nB8|inferred");
    scene_assert_rows(&scene, "SELECT file, kind, state FROM message",
                      "1|roster|applied\n2|roster|applied\n3|roster|quarantined");
    scene_assert_rows(&scene, "SELECT state FROM file ORDER BY id", "done\ndone\nquarantined");
    scene_release(&scene);
}

/* The mapping has another element for records; the engine must not run. */
static void rename_records(struct scene *scene, const char *from, const char *to)
{
    char *mapping = scene_read(scene_path(scene, "flat-roster.xml"));
    char *config = scene_read(scene->config_path);
    char *path = strstr(mapping, from);
    assert_non_null(path);
    *path = '\0';
    char changed[8192];
    (void)snprintf(changed, sizeof changed, "%s%s%s", mapping, to, path + strlen(from));
    assert_int_equal(file_remove(scene_path(scene, "flat-roster.xml")).kind, PLATFORM_OK);
    assert_int_equal(file_store(scene_path(scene, "flat-roster.xml"), changed, strlen(changed)).kind,
                     PLATFORM_OK);
    reconfigure(scene, config);
    free(config);
    free(mapping);
}

/* Held, and then the mapping changed so that it reads no roster out of those bytes: it stays held, and nothing else stops. */
static void a_held_roster_that_its_mapping_no_longer_reads_stays_held(void **state)
{
    static const char RECORD[] = "path=\"/ActiveRoster/Inmate\"", OTHER[] = "path=\"/ActiveRoster/Person\"";
    (void)state;
    struct scene scene;
    size_t size;
    scene_init(&scene, &(struct scene_options){
                           .facilities = XML.facilities,
                           .rules = "<match pattern=\"*.xml\" format=\"jms-xml\" mapping=\"flat-roster.xml\""
                                    " release=\"sync\" lag=\"0 s\" event-time=\"arrival\"/>\n",
                           .mappings = XML.mappings});
    scene_start(&scene);
    for (int people = 10; people > 0; people -= 9) {
        char name[16];
        char *text = make_roster(people, "A", &size);
        (void)snprintf(name, sizeof name, "%d.xml", people);
        scene_drop_bytes(&scene, name, text, size);
        free(text);
        scene_settle(&scene);
    }
    scene_assert_rows(&scene, "SELECT state FROM message WHERE file = 2", "held");
    scene_stop(&scene);
    rename_records(&scene, RECORD, OTHER);
    scene_execute(&scene, "UPDATE sync_roster SET decided = 1 WHERE file = 2"); /* released just before */
    scene_start(&scene);
    wait_event(EVENT_RELEASE_FAILED, 1);
    scene_execute(&scene, "INSERT INTO command (what, number, windows_user, created_at)"
                          " VALUES ('release', 2, 'JAIL\\nurse', '2026-11-23T18:00:00.000000Z')");
    engine_commands_now(scene.engine);
    wait_rows(&scene, "SELECT outcome FROM command", "refused");
    scene_settle(&scene);
    scene_stop(&scene);
    assert_int_equal(scene_event_count(EVENT_DATABASE_UNAVAILABLE), 0);
    scene_assert_rows(&scene,
                      "SELECT decided, state FROM sync_roster s JOIN message m ON m.id = s.message"
                      " WHERE m.file = 2",
                      "0|held");
    rename_records(&scene, OTHER, RECORD);
    scene_start(&scene);
    scene_execute(&scene, "INSERT INTO command (what, number, windows_user, created_at)"
                          " VALUES ('release', 2, 'JAIL\\nurse', '2026-11-23T18:00:00.000000Z')");
    engine_commands_now(scene.engine);
    wait_rows(&scene, "SELECT count(*) FROM booking WHERE released_at IS NOT NULL", "9");
    scene_settle(&scene);
    scene_release(&scene);
}

static void as_with_any_roster(void **state)
{
    (void)state;
    struct scene scene;
    size_t size;
    scene_init(&scene, &XML);
    scene_start(&scene);
    /* Nobody: done, with a warning. */
    scene_drop(&scene, "1.xml", "<ActiveRoster facility='VCSO'/>");
    scene_settle(&scene);
    scene_assert_rows(&scene, "SELECT state, stored LIKE 'archive%' FROM file", "done|1");
    scene_assert_rows(&scene, "SELECT code, severity, message FROM message_fault", "xml-no-record|warning|-");
    /* A booking that stands there twice: the last one wins, with a warning. */
    char *text = make_roster(3, "A", &size);
    memcpy(strstr(text, "<BookNo>B3"), "<BookNo>B1", 10);
    memcpy(strstr(text, "<JacketNo>P3"), "<JacketNo>P1", 12);
    memcpy(strstr(strstr(text, "Doe3"), "<Block>A"), "<Block>Z", 8);
    scene_drop_bytes(&scene, "2.xml", text, size);
    free(text);
    scene_settle(&scene);
    scene_assert_rows(&scene, "SELECT housing FROM booking ORDER BY booking_number", "Z\nA");
    scene_assert_rows(&scene, "SELECT line, code, field FROM message_fault WHERE message IS NOT NULL",
                      "4|booking-twice|Booking");
    scene_release(&scene);
}

/* ---- documents that are none ---- */

static void what_is_no_document_changes_nothing(void **state)
{
    (void)state;
    struct scene scene;
    size_t size;
    scene_init(&scene, &XML);
    scene_start(&scene);
    /* Wrong at its very end: nothing of it is applied. */
    char *text = make_roster(700, "A", &size);
    memcpy(text + size - 5, "tor>", 4);
    scene_drop_bytes(&scene, "1.xml", text, size);
    free(text);
    scene_settle(&scene);
    scene_drop(&scene, "2.xml",
               "<!DOCTYPE ActiveRoster [<!ENTITY a 'b'>]>\n<ActiveRoster>&a;</ActiveRoster>");
    scene_settle(&scene);
    scene_drop(&scene, "ev3.xml", "<JailEvent type='BOOK'><Subject id='1'/></JailEvent>");
    scene_settle(&scene);
    scene_assert_rows(&scene, "SELECT name, state, reason, stored LIKE 'quarantine%' FROM file ORDER BY id",
                      "1.xml|quarantined|faults|1\n2.xml|quarantined|faults|1\nev3.xml|quarantined|faults|1");
    scene_assert_rows(
        &scene,
        "SELECT m.file, f.code FROM message_fault f JOIN message m ON m.id = f.message WHERE m.file < 3 ORDER BY 1",
        "1|xml-malformed\n2|xml-doctype");
    scene_assert_rows(&scene, "SELECT count(*) FROM patient", "0");
    scene_release(&scene);
}

static bool is_done(void *context)
{
    return strcmp(scene_rows(context, "SELECT count(*) FROM file WHERE state = 'done' AND in_place = 0"),
                  "1") == 0;
}

/* Closed, and not at its end: its sender goes on. */
static void a_document_that_has_no_end_yet_is_waited_for(void **state)
{
    (void)state;
    struct scene scene;
    size_t size;
    scene_init(&scene, &XML);
    scene_start(&scene);
    char *text = make_roster(3, "A", &size);
    char *half = strdup(text);
    half[size / 2] = '\0';
    write_in_place(&scene, "1.xml", "wb", half);
    wait_waiting(&scene, 1);
    wait_milliseconds(300);
    scene_assert_rows(&scene, "SELECT count(*) FROM file", "0");
    write_in_place(&scene, "1.xml", "ab", text + size / 2);
    wait_until("the document to be read", is_done, &scene);
    scene_assert_rows(&scene, COUNTS, "3|0|0|0|0|0");
    free(half);
    free(text);
    scene_release(&scene);
}

/* ---- what a person decides ---- */

static void release(struct scene *scene, int number)
{
    char sql[300];
    (void)snprintf(
        sql, sizeof sql,
        "INSERT INTO command (what, number, argument, windows_user, created_at)"
        " VALUES ('release', %d, 'the sheriff called', 'JAIL\\nurse', '2026-11-23T18:00:00.000000Z')",
        number);
    scene_execute(scene, sql);
    engine_commands_now(scene->engine);
    wait_rows(scene, "SELECT count(*) FROM command WHERE answer IS NULL", "0");
}

/* Booking B1 is that of another patient. What is released is read again: an event from its file, a record from its extract. */
static void what_is_held_is_read_again_when_it_is_released(void **state)
{
    (void)state;
    struct scene scene;
    size_t size;
    scene_init(&scene, &XML);
    scene_start(&scene);
    char *text = make_roster(3, "A", &size);
    scene_drop_bytes(&scene, "1.xml", text, size);
    scene_settle(&scene);
    memcpy(strstr(text, "<JacketNo>P2<"), "<JacketNo>P9<", 13);
    scene_drop_bytes(&scene, "2.xml", text, size);
    free(text);
    scene_settle(&scene);
    scene_assert_rows(&scene, COUNTS, "0|2|0|1|0|0");
    scene_drop(
        &scene, "ev3.xml",
        "<JailEvent type='BOOK'><Subject id='P8'><Name use='legal'><Family>Roe</Family><Given>Ann</Given></Name>"
        "<Born>1990-01-02</Born><Sex code='F'/></Subject><Booking number='B3' facility='VCSO'>"
        "<BookedAt>2018-06-06T12:34</BookedAt><Cell unit='C'/></Booking></JailEvent>");
    scene_settle(&scene);
    scene_assert_rows(&scene, "SELECT state FROM message WHERE file = 3", "held");
    release(&scene, 2);
    release(&scene, 3);
    scene_assert_rows(&scene, "SELECT outcome FROM command", "done\ndone");
    scene_assert_rows(
        &scene,
        "SELECT booking_number, patient_id, last_name FROM booking JOIN patient ON patient.id = patient ORDER BY 1",
        "B1|P1|Doe1\nB2|P9|Doe2\nB3|P8|Roe");
    scene_release(&scene);
}

/* ---- the mapping as a part of the configuration ---- */

static void assert_refused(struct scene *scene, const char *expected)
{
    struct config_faults faults;
    config_faults_init(&faults);
    assert_null(config_load(scene->config_path, NULL, &faults));
    assert_int_equal(faults.count, 1);
    assert_string_equal(faults.items[0].text, expected);
    config_faults_release(&faults);
}

/* What a reload does first: the file is refused with the line of the mapping, and the engine goes on with what it has. What a start does then: it
 * takes the accepted copy, beside which the mapping lies as it was. */
static void a_broken_mapping_refuses_the_configuration(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, &XML);
    scene_start(&scene);
    last_config_accepted(scene.data, scene.config_path, scene.config);
    assert_int_equal(file_remove(scene_path(&scene, "flat-roster.xml")).kind, PLATFORM_OK);
    static const char broken[] =
        "<mapping format-version=\"1\" document=\"roster\">\n"
        "  <record path=\"/ActiveRoster/Inmate\" kind=\"demographics\">\n</mapping>\n";
    assert_int_equal(file_store(scene_path(&scene, "flat-roster.xml"), broken, strlen(broken)).kind,
                     PLATFORM_OK);
    assert_refused(
        &scene, "flat-roster.xml:3: not well-formed XML; expected the end tag of the element that is open");
    drop_fixture(&scene, "flat-roster.xml");
    scene_assert_rows(&scene, COUNTS, "2|0|0|0|1|0");
    struct config_faults faults;
    config_faults_init(&faults);
    char *copy = last_config_path(scene.data);
    struct config *accepted = config_load(copy, NULL, &faults);
    assert_non_null(accepted);
    assert_int_equal(accepted->feeds[0].matches[1].format, CONFIG_FORMAT_XML_ROSTER);
    assert_non_null(accepted->feeds[0].matches[1].mapping);
    config_free(accepted);
    config_faults_release(&faults);
    free(copy);
    scene_release(&scene);
}

/* ---- a roster of a live feed ---- */

static void rows_of(struct scene *scene, enum database_world world, const char *sql, const char *expected)
{
    enum database_world before = scene->world;
    scene->world = world;
    wait_rows(scene, sql, expected);
    scene->world = before;
}

static void a_live_roster_and_event_are_copied_into_test(void **state)
{
    (void)state;
    struct scene scene;
    struct scene_options live = XML;
    live.live = true;
    scene_init(&scene, &live);
    scene_start(&scene);
    drop_fixture(&scene, "flat-roster.xml");
    drop_fixture(&scene, "booking-event.xml");
    rows_of(&scene, DATABASE_LIVE, "SELECT count(*) FROM booking", "3");
    rows_of(&scene, DATABASE_TEST, "SELECT count(*) FROM booking", "3");
    scene_release(&scene);
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_booking_and_a_move),
        cmocka_unit_test(many_events_at_once),
        cmocka_unit_test(a_roster_with_a_wrong_record),
        cmocka_unit_test(a_roster_that_is_cut_short_goes_on),
        cmocka_unit_test(an_unchanged_roster_leaves_nothing),
        cmocka_unit_test(an_unchanged_roster_is_read_anew_when_its_mapping_was_changed),
        cmocka_unit_test(who_is_missing_is_released_in_sync_mode),
        cmocka_unit_test(a_held_roster_that_its_mapping_no_longer_reads_stays_held),
        cmocka_unit_test(as_with_any_roster),
        cmocka_unit_test(what_is_no_document_changes_nothing),
        cmocka_unit_test(a_document_that_has_no_end_yet_is_waited_for),
        cmocka_unit_test(what_is_held_is_read_again_when_it_is_released),
        cmocka_unit_test(a_broken_mapping_refuses_the_configuration),
        cmocka_unit_test(a_live_roster_and_event_are_copied_into_test),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
