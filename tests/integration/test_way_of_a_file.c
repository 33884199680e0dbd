/*
 * The whole way of one file: dropped into the share, claimed, parsed, applied, put away; and of one order: inserted, rendered,
 * sent. Real files, the real database, the engine as the service runs it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/file.h"
#include "platform/inject.h"
#include "platform/path.h"
#include "tests/integration/scene.h"
#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

static const char EXAMPLE[] = "DataType=\"PatientDemographics\"\r\n"
                              "PatientID=\"P00012345\"\r\n"
                              "Facility=\"VCSO\"\r\n"
                              "LastName=\"DOE\"\r\n"
                              "FirstName=\"JOHN\"\r\n"
                              "MI=\"D\"\r\n"
                              "BirthDate=\"07/22/1946\"\r\n"
                              "SSN=\"333-22-4444\"\r\n"
                              "Sex=\"Male\"\r\n"
                              "Race=\"White\"\r\n"
                              "Housing=\"ISU\"\r\n"
                              "Bed=\"RLSE\"\r\n"
                              "Booking=\"12345678\"\r\n"
                              "BookingDate=\"2017-06-20 14:32:04\"\r\n"
                              "ReleaseDate=\"2017-06-28 18:55:39\"\r\n"
                              "Agency=\"ICE\"\r\n"
                              "PhotoPath=\"http://facility.co.us/photos/JA/P00012345.jpg\"\r\n"
                              "Height=\"72\"\r\n"
                              "Weight=\"140\"\r\n";

static void documented_example_ends_as_one_patient_and_one_booking(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, NULL);
    scene_start(&scene);
    scene_drop(&scene, "DEM12345678_0400.ini", EXAMPLE);
    scene_settle(&scene);
    scene_assert_rows(
        &scene,
        "SELECT authority, patient_id, last_name, first_name, middle_name, birth_date, ssn, sex, race, "
        "height, weight, photo_path FROM patient",
        "JMS|P00012345|DOE|JOHN|D|1946-07-22|333-22-4444|Male|White|72|140|"
        "http://facility.co.us/photos/JA/P00012345.jpg");
    /* Los Angeles in June is 7 hours behind UTC. */
    scene_assert_rows(
        &scene,
        "SELECT authority, booking_number, facility, housing, bed, agency, booking_date, release_date, "
        "released_at FROM booking",
        "JMS|12345678|VCSO|ISU|RLSE|ICE|2017-06-20T21:32:04.000000Z|2017-06-29T01:55:39.000000Z|"
        "2017-06-29T01:55:39.000000Z");
    scene_assert_rows(&scene, "SELECT feed, name, state, in_place FROM file",
                      "jms|DEM12345678_0400.ini|done|0");
    scene_assert_rows(&scene, "SELECT kind, state FROM message", "demographics|applied");

    /* The share is empty, the original lies in the archive under its number. */
    assert_int_equal(scene_count_files(scene.share), 0);
    const char *archived = scene_find_file(scene_path(&scene, "data"), "000000000001_DEM12345678_0400.ini");
    char *bytes = scene_read(archived);
    assert_string_equal(bytes, EXAMPLE);
    free(bytes);
    char *stored = path_join(scene_path(&scene, "data"), "test");
    char *whole = path_join(stored, scene_rows(&scene, "SELECT stored FROM file"));
    assert_string_equal(whole, archived);
    free(whole);
    free(stored);
    scene_release(&scene);
}

static void location_moves_the_booking_and_leaves_a_history(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, NULL);
    scene_start(&scene);
    char *dem = scene_dem(NULL, NULL, "ISU", NULL);
    scene_drop(&scene, "DEM1.ini", dem);
    free(dem);
    scene_settle(&scene);
    scene_drop(&scene, "LOC1.ini",
               "DataType=\"PatientLocation\"\r\nPatientID=\"P00012345\"\r\nFacility=\"ADAMS\"\r\n"
               "Booking=\"12345678\"\r\nHousing=\"B2\"\r\nBed=\"14\"\r\n");
    scene_settle(&scene);
    scene_assert_rows(&scene, "SELECT facility, housing, bed FROM booking", "ADAMS|B2|14");
    scene_assert_rows(&scene, "SELECT facility, housing, bed FROM location_history ORDER BY id",
                      "VCSO|ISU|RLSE\nADAMS|B2|14");
    scene_assert_rows(&scene, "SELECT kind, state FROM message ORDER BY id",
                      "demographics|applied\nlocation|applied");
    scene_release(&scene);
}

static void release_date_releases_the_booking(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, NULL);
    scene_start(&scene);
    char *dem = scene_dem(NULL, NULL, NULL, NULL);
    scene_drop(&scene, "DEM1.ini", dem);
    free(dem);
    scene_settle(&scene);
    scene_assert_rows(&scene, "SELECT released_at FROM booking", "-");
    dem = scene_dem(NULL, NULL, NULL, "ReleaseDate=\"2017-06-28 18:55:39\"\r\n");
    scene_drop(&scene, "DEM2.ini", dem);
    free(dem);
    scene_settle(&scene);
    scene_assert_rows(&scene, "SELECT released_at FROM booking", "2017-06-29T01:55:39.000000Z");
    scene_release(&scene);
}

static void a_repeat_is_applied_again_and_ends_as_duplicate(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, NULL);
    scene_start(&scene);
    scene_drop(&scene, "DEM1.ini", EXAMPLE);
    scene_settle(&scene);
    scene_drop(&scene, "DEM1.ini", EXAMPLE);
    scene_settle(&scene);
    scene_assert_rows(&scene, "SELECT state FROM message ORDER BY id", "applied\nduplicate");
    scene_assert_rows(&scene, "SELECT count(*) FROM patient", "1");
    assert_int_equal(scene_count_files(scene_path(&scene, "data"
                                                          "/"
                                                          "test")),
                     2);
    scene_release(&scene);
}

static void moved_there_and_back_ends_where_the_last_file_says(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, NULL);
    scene_start(&scene);
    char *there = scene_dem(NULL, NULL, "A", NULL), *back = scene_dem(NULL, NULL, "B", NULL);
    const char *files[] = {there, back, there};
    for (int i = 0; i < 3; i++) {
        scene_drop(&scene, "DEM1.ini", files[i]);
        scene_settle(&scene);
    }
    scene_assert_rows(&scene, "SELECT housing FROM booking", "A");
    scene_assert_rows(&scene, "SELECT state FROM message ORDER BY id", "applied\napplied\napplied");
    free(there);
    free(back);
    scene_release(&scene);
}

static void a_faulty_bed_is_left_as_it_was_unless_the_housing_changes(void **state)
{
    (void)state;
    static const char FORM[] =
        "DataType=\"PatientLocation\"\r\nPatientID=\"P00012345\"\r\nBooking=\"12345678\"\r\nHousing=\"%s\"\r\nBed=\"%s\"\r\n";
    char bed[129], text[512];
    memset(bed, 'x', sizeof bed - 1); /* one character more than a bed may have */
    bed[sizeof bed - 1] = '\0';
    struct scene scene;
    scene_init(&scene, NULL);
    scene_start(&scene);
    char *dem = scene_dem(NULL, NULL, "ISU", NULL);
    scene_drop(&scene, "DEM1.ini", dem);
    free(dem);
    scene_settle(&scene);
    (void)snprintf(text, sizeof text, FORM, "ISU", bed);
    scene_drop(&scene, "LOC1.ini", text);
    scene_settle(&scene);
    scene_assert_rows(&scene, "SELECT housing, bed FROM booking", "ISU|RLSE");
    (void)snprintf(text, sizeof text, FORM, "B2", bed);
    scene_drop(&scene, "LOC2.ini", text);
    scene_settle(&scene);
    scene_assert_rows(&scene, "SELECT housing, bed FROM booking", "B2|-");
    scene_release(&scene);
}

static void a_bad_file_goes_to_quarantine_with_line_and_field(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, NULL);
    scene_start(&scene);
    scene_drop(
        &scene, "DEM1.ini",
        "DataType=\"PatientDemographics\"\r\nPatientID=\"P1\"\r\nFacility=\"NOWHERE\"\r\nLastName=\"ROE\"\r\n"
        "FirstName=\"JANE\"\r\nBirthDate=\"02/30/1980\"\r\nSex=\"Female\"\r\nHousing=\"A\"\r\nBooking=\"77\"\r\n"
        "BookingDate=\"2017-02-30 10:00:00\"\r\n");
    scene_settle(&scene);
    scene_assert_rows(&scene, "SELECT state, in_place, reason FROM file", "quarantined|0|faults");
    scene_assert_rows(&scene, "SELECT state FROM message", "quarantined");
    scene_assert_rows(&scene, "SELECT count(*) FROM patient", "0");
    assert_int_equal(scene_count_files(scene.share), 0);
    char *reason =
        scene_read(scene_find_file(scene_path(&scene, "data"), "000000000001_DEM1.ini.reason.txt"));
    assert_non_null(strstr(reason, "line 3, Facility")); /* all at once, in the order of lines */
    assert_non_null(strstr(reason, "line 6, BirthDate"));
    assert_non_null(strstr(reason, "line 10, BookingDate"));
    assert_null(strstr(reason, "ROE"));
    assert_null(strstr(reason, "1980"));
    free(reason);
    assert_non_null(scene_find_file(scene_path(&scene, "data"), "000000000001_DEM1.ini"));
    assert_int_equal(scene_event_count(EVENT_QUARANTINED), 1);
    assert_non_null(strstr(scene_event_text(EVENT_QUARANTINED), "line 3, Facility"));
    scene_release(&scene);
}

static void an_unknown_facility_is_refused_with_the_known_codes(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, NULL);
    scene_start(&scene);
    scene_drop(
        &scene, "LOC1.ini",
        "DataType=\"PatientDemographics\"\r\nPatientID=\"P1\"\r\nFacility=\"NOWHERE\"\r\nLastName=\"ROE\"\r\n"
        "FirstName=\"JANE\"\r\nBirthDate=\"02/03/1980\"\r\nSex=\"Female\"\r\nHousing=\"A\"\r\nBooking=\"77\"\r\n"
        "BookingDate=\"2017-02-03 10:00:00\"\r\n");
    scene_settle(&scene);
    scene_assert_rows(&scene, "SELECT state FROM file", "quarantined");
    char *reason = scene_read(scene_find_file(scene_path(&scene, "data"), ".reason.txt"));
    assert_non_null(strstr(reason, "line 3, Facility"));
    assert_non_null(strstr(reason, "VCSO, ADAMS"));
    assert_null(strstr(reason, "NOWHERE"));
    free(reason);
    scene_release(&scene);
}

static void files_present_before_the_start_are_taken_in_order_of_writing_then_name(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, NULL);
    char name[32];
    for (int i = 1; i <= 300; i++) {
        char booking[16];
        (void)snprintf(booking, sizeof booking, "B%d", i);
        (void)snprintf(name, sizeof name, "DEM%d.ini", i);
        char *dem = scene_dem(booking, booking, NULL, NULL);
        scene_drop(&scene, name, dem);
        free(dem);
    }
    scene_start(&scene);
    scene_settle(&scene);
    scene_assert_rows(&scene, "SELECT count(*), sum(state = 'done'), sum(in_place) FROM file", "300|300|0");
    scene_assert_rows(&scene, "SELECT count(*) FROM patient", "300");
    /* The last-write times rise with the numbers, and so must the ledger's. */
    scene_assert_rows(&scene, "SELECT count(*) FROM file WHERE name <> 'DEM' || id || '.ini'", "0");
    assert_int_equal(scene_count_files(scene.share), 0);
    scene_release(&scene);
}

static void names_that_are_never_taken_stay(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, NULL);
    scene_start(&scene);
    scene_drop(&scene, "DEM2.ini.tmp", EXAMPLE);
    scene_drop(&scene, "~$DEM1.ini", EXAMPLE);
    scene_drop(&scene, "readme.txt", "no rule matches this");
    scene_drop(&scene, "DEM1.ini", EXAMPLE);
    scene_settle(&scene);
    scene_assert_rows(&scene, "SELECT name FROM file", "DEM1.ini");
    assert_int_equal(scene_count_files(scene.share), 3);
    struct engine_figures figures;
    engine_figures(scene.engine, &figures);
    assert_int_equal(figures.unrecognised, 1);
    scene_release(&scene);
}

static void quiet_time_protects_a_file_that_is_appended_to(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, &(struct scene_options){.match = "ready=\"quiet\" quiet=\"300 ms\""});
    scene_start(&scene);
    char *dem = scene_dem(NULL, NULL, NULL, NULL);
    scene_drop(&scene, "DEM1.ini", dem);
    free(dem);
    scene_settle(&scene);
    scene_assert_rows(&scene, "SELECT name, state FROM file", "DEM1.ini|done");
    scene_release(&scene);
}

static void a_stop_and_a_start_lose_nothing(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, NULL);
    for (int round = 0; round < 5; round++) {
        for (int i = 0; i < 100; i++) {
            char booking[16], name[32];
            (void)snprintf(booking, sizeof booking, "B%d-%d", round, i);
            (void)snprintf(name, sizeof name, "DEM%s.ini", booking);
            char *dem = scene_dem(booking, booking, NULL, NULL);
            scene_drop(&scene, name, dem);
            free(dem);
        }
        scene_start(&scene);
        if (round % 2 == 0)
            scene_settle(&scene);
        scene_stop(&scene); /* otherwise in the middle of the load */
    }
    scene_start(&scene);
    scene_settle(&scene);
    scene_assert_rows(&scene, "SELECT count(*), sum(state = 'done'), sum(in_place) FROM file", "500|500|0");
    scene_assert_rows(&scene, "SELECT count(*) FROM patient", "500");
    scene_assert_rows(&scene, "SELECT count(*) FROM message WHERE state <> 'applied'", "0");
    assert_int_equal(scene_count_files(scene.share), 0);
    scene_release(&scene);
}

static struct platform_status refuse_renames(void *context, enum platform_call call, const char *path)
{
    (void)context;
    (void)path;
    return (struct platform_status){call == PLATFORM_CALL_RENAME ? PLATFORM_BUSY : PLATFORM_OK, 0};
}

static void count_progress(void *context)
{
    *(unsigned *)context += 1;
}

/* A file that cannot be moved keeps no stop waiting beyond its deadline; meanwhile the service manager hears that it lives. */
static void a_stop_keeps_its_deadline_and_the_next_start_ends_what_is_left(void **state)
{
    (void)state;
    struct scene scene;
    unsigned progress = 0;
    char message[400] = "";
    scene_init(&scene, NULL);
    scene_drop(&scene, "DEM1.ini", EXAMPLE);
    platform_inject_set(refuse_renames, NULL);
    struct engine_options options = {
        .config = scene.config, .progress = count_progress, .context = &progress};
    assert_int_equal(engine_start(&options, &scene.engine, message, sizeof message), ENGINE_STARTED);
    struct engine_figures figures;
    do
        engine_figures(scene.engine, &figures);
    while (figures.applied == 0 && !engine_wait_idle(scene.engine, 10));
    progress = 0;
    assert_false(engine_stop(scene.engine, 2500, message, sizeof message));
    scene.engine = NULL;
    platform_inject_set(NULL, NULL);
    assert_true(progress >= 1);
    assert_int_equal(scene_event_count(EVENT_STOP_DEADLINE), 1);
    scene_assert_rows(&scene, "SELECT state, in_place FROM file", "done|1");

    scene_start(&scene);
    scene_settle(&scene);
    scene_assert_rows(&scene, "SELECT state, in_place FROM file", "done|0");
    scene_assert_rows(&scene, "SELECT state FROM message", "applied"); /* once */
    assert_int_equal(scene_count_files(scene.share), 0);
    scene_release(&scene);
}

/* A medication order as CorEMR enters it (docs/database.md). */
static const char ORDER[] =
    "INSERT INTO provider (provider_id, last_name, first_name, npi) VALUES ('w-1', 'Sample', 'Alice', '1234567893');"
    "INSERT INTO drug (ndc, rxnorm, name, strength, dosage_form)"
    " VALUES ('00093720198', '314076', 'Lisinopril 10 mg tablet', '10 mg', 'TAB');"
    "INSERT INTO medication_order (placer_number, order_control, patient, booking, provider, ndc, ordered_at,"
    " dose_amount, dose_units, route, frequency, instructions, quantity, quantity_units, days_supply)"
    " SELECT 'W-1001', 'NW', patient, id, 'w-1', '00093720198', '2026-11-23T10:00:00Z', '1', 'TAB', 'PO', 'QD',"
    " 'Take one tablet each morning', '30', 'TAB', 30 FROM booking ORDER BY id LIMIT 1;";

static void an_order_becomes_a_file_in_the_folder_of_the_pharmacy(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, NULL);
    scene_start(&scene);
    char *dem = scene_dem(NULL, NULL, NULL, NULL);
    scene_drop(&scene, "DEM1.ini", dem);
    free(dem);
    scene_settle(&scene);
    scene_execute(&scene, ORDER);
    engine_commands_now(scene.engine);
    struct engine_figures figures;
    do
        engine_figures(scene.engine, &figures);
    while (figures.sent == 0 && !engine_wait_idle(scene.engine, 10));
    scene_settle(&scene);
    scene_assert_rows(&scene, "SELECT state FROM outbox", "sent");
    scene_assert_rows(&scene, "SELECT state FROM order_event", "rendered");
    assert_int_equal(scene_count_files(scene.pharmacy), 1);
    char *message = scene_read(scene_find_file(scene.pharmacy, ".hl7"));
    assert_int_equal(strncmp(message, "MSH|^~\\&|", 9), 0);
    assert_non_null(strstr(message, "|RDE^O11^RDE_O11|"));
    assert_non_null(strstr(message, "\rORC|NW|W-1001|"));
    assert_non_null(strstr(message, "00093720198^Lisinopril 10 mg tablet^NDC"));
    assert_string_equal(message, scene_rows(&scene, "SELECT CAST(bytes AS TEXT) FROM outbox"));
    free(message);
    scene_release(&scene);
}

/* Values that occur nowhere else, one for each field, and a name of a file with a booking number in it. */
static const char *const SECRETS[] = {"QZPATIENT",  "QZLAST",     "QZFIRST",   "QZMIDDLE", "1951-03-17",
                                      "03/17/1951", "QZ1-22-333", "QZHOUSING", "QZBED",    "QZBOOK",
                                      "QZAGENCY",   "QZPHOTO",    "QZUNKNOWN", "QZVALUE",  "DEMQZ"};

static void assert_no_secret(const char *where, const char *text)
{
    for (size_t i = 0; i < sizeof SECRETS / sizeof SECRETS[0]; i++)
        if (strstr(text, SECRETS[i]))
            fail_msg("%s holds %s:\n%s", where, SECRETS[i], text);
}

/* DESIGN promise 5: good, faulty, moved and waiting files, and an order that cannot be rendered. */
static void no_value_of_a_patient_stands_in_events_or_logs(void **state)
{
    (void)state;
    static const char FORM[] =
        "DataType=\"PatientDemographics\"\r\nPatientID=\"QZPATIENT\"\r\nFacility=\"VCSO\"\r\nLastName=\"QZLAST\"\r\n"
        "FirstName=\"QZFIRST\"\r\nMI=\"QZMIDDLE\"\r\nBirthDate=\"03/17/1951\"\r\nSSN=\"QZ1-22-333\"\r\nSex=\"%s\"\r\n"
        "Housing=\"QZHOUSING\"\r\nBed=\"QZBED\"\r\nBooking=\"QZBOOK\"\r\nBookingDate=\"%s\"\r\nAgency=\"QZAGENCY\"\r\n"
        "PhotoPath=\"QZPHOTO\"\r\nQZUNKNOWN=\"QZVALUE\"\r\n";
    char good[1024], bad[1024];
    (void)snprintf(good, sizeof good, FORM, "Male", "2017-06-20 14:32:04");
    (void)snprintf(bad, sizeof bad, FORM, "QZVALUE", "2017-02-30 14:32:04");
    struct scene scene;
    scene_init(&scene, NULL);
    scene_start(&scene);
    scene_drop(&scene, "DEMQZ1.ini", good);
    scene_drop(&scene, "DEMQZ2.ini", bad);
    scene_drop(&scene, "DEMQZ3.ini", "QZVALUE without any form\r\n");
    scene_drop(
        &scene, "DEMQZ4.ini",
        "DataType=\"PatientLocation\"\r\nPatientID=\"QZPATIENT\"\r\nBooking=\"QZBOOK9\"\r\nHousing=\"QZHOUSING\"\r\n");
    scene_settle(&scene);
    scene_execute(&scene, ORDER);
    scene_execute(&scene, "UPDATE drug SET name = 'QZVALUE'");
    engine_commands_now(scene.engine);
    scene_settle(&scene);
    scene_stop(&scene);

    /* The test is worth something only when the values were there. */
    char *archived = scene_read(scene_find_file(scene.data, "DEMQZ1.ini"));
    assert_non_null(strstr(archived, "QZLAST"));
    free(archived);
    assert_int_equal(scene_event_count(EVENT_QUARANTINED), 2);
    char *events = scene_event_all();
    assert_no_secret("an event", events);
    free(events);
    char *log = scene_read(scene_find_file(scene.data, "corbridge.log"));
    assert_non_null(strstr(log, "quarantine")); /* and the log says what happened */
    assert_no_secret("the log", log);
    free(log);
    scene_release(&scene);
}

static void only_one_engine_runs_on_a_data_folder(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, NULL);
    scene_start(&scene);
    struct engine *second = NULL;
    char message[400];
    struct engine_options options = {.config = scene.config};
    assert_int_equal(engine_start(&options, &second, message, sizeof message), ENGINE_LOCKED);
    assert_null(second);
    assert_non_null(strstr(message, "another CorBridge"));
    scene_release(&scene);
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(documented_example_ends_as_one_patient_and_one_booking),
        cmocka_unit_test(location_moves_the_booking_and_leaves_a_history),
        cmocka_unit_test(release_date_releases_the_booking),
        cmocka_unit_test(a_repeat_is_applied_again_and_ends_as_duplicate),
        cmocka_unit_test(moved_there_and_back_ends_where_the_last_file_says),
        cmocka_unit_test(a_faulty_bed_is_left_as_it_was_unless_the_housing_changes),
        cmocka_unit_test(a_bad_file_goes_to_quarantine_with_line_and_field),
        cmocka_unit_test(an_unknown_facility_is_refused_with_the_known_codes),
        cmocka_unit_test(files_present_before_the_start_are_taken_in_order_of_writing_then_name),
        cmocka_unit_test(names_that_are_never_taken_stay),
        cmocka_unit_test(quiet_time_protects_a_file_that_is_appended_to),
        cmocka_unit_test(a_stop_and_a_start_lose_nothing),
        cmocka_unit_test(a_stop_keeps_its_deadline_and_the_next_start_ends_what_is_left),
        cmocka_unit_test(an_order_becomes_a_file_in_the_folder_of_the_pharmacy),
        cmocka_unit_test(no_value_of_a_patient_stands_in_events_or_logs),
        cmocka_unit_test(only_one_engine_runs_on_a_data_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
