/* Events become patients, bookings and location history (RULES "People and bookings"). */
#include "tests/unit/database/scene.h"

#include <stdio.h>

/* The example of CorEMR's document, byte for byte. */
static const char documented[] =
    "DataType=\"PatientDemographics\"\nPatientID=\"P00012345\"\nFacility=\"VCSO\"\nLastName=\"DOE\"\nFirstName=\"JOHN\"\n"
    "MI=\"D\"\nBirthDate=\"07/22/1946\"\nSSN=\"333-22-4444\"\nSex=\"Male\"\nRace=\"White\"\nHousing=\"ISU\"\nBed=\"RLSE\"\n"
    "Booking=\"12345678\"\nBookingDate=\"2017-06-20 14:32:04\"\nReleaseDate=\"2017-06-28 18:55:39\"\nAgency=\"ICE\"\n"
    "PhotoPath=\"http://facility.co.us/photos/JA/P00012345.jpg\"\nHeight=\"72\"\nWeight=\"140\"\n";

static void documented_example_becomes_one_patient_and_one_booking(void **state)
{
    struct scene *scene = *state;
    struct apply_result result = scene_apply(scene, documented, (struct scene_event){0});
    assert_int_equal(result.message.state, LEDGER_APPLIED);
    assert_true(result.created_patient);
    assert_true(result.created_booking);
    assert_true(result.released);
    assert_false(result.moved);
    assert_false(result.second_open_booking);
    assert_false(result.identity_changed);
    assert_int_equal(result.changes, 2);

    assert_value(scene, "SELECT count(*) FROM patient", "1");
    assert_value(
        scene,
        "SELECT authority || '|' || patient_id || '|' || last_name || '|' || first_name || '|' || middle_name ||"
        " '|' || birth_date || '|' || ssn || '|' || sex || '|' || race || '|' || height || '|' || weight || '|' ||"
        " photo_path FROM patient",
        "JMS|P00012345|DOE|JOHN|D|1946-07-22|333-22-4444|Male|White|72|140|"
        "http://facility.co.us/photos/JA/P00012345.jpg");
    assert_value(scene, "SELECT count(*) FROM booking", "1");
    assert_value(
        scene,
        "SELECT authority || '|' || booking_number || '|' || facility || '|' || housing || '|' || bed || '|' ||"
        " agency || '|' || booking_date || '|' || booking_date_given FROM booking",
        "JMS|12345678|VCSO|ISU|RLSE|ICE|2017-06-20T20:32:04.000000Z|2017-06-20T14:32:04");
    assert_value(
        scene,
        "SELECT release_date || '|' || release_date_given || '|' || release_origin || '|' || released_at"
        " FROM booking",
        "2017-06-29T00:55:39.000000Z|2017-06-28T18:55:39|given|2017-06-29T00:55:39.000000Z");
    assert_value(scene, "SELECT coalesce(block, pod, cell) FROM booking", "(null)");
    assert_value(scene, "SELECT booking.patient = patient.id FROM booking, patient", "1");
    assert_value(scene,
                 "SELECT facility || '|' || housing || '|' || bed || '|' || event_at FROM location_history",
                 "VCSO|ISU|RLSE|2026-11-23T18:00:00.000000Z");
    /* One row for each creation, and no more. */
    assert_value(scene, "SELECT group_concat(table_name || coalesce(field, '')) FROM change_log",
                 "patient,booking");
    assert_value(
        scene,
        "SELECT kind || '|' || state || '|' || (patient IS NOT NULL) || '|' || (booking IS NOT NULL) FROM message",
        "demographics|applied|1|1");
}

static void each_group_remembers_what_last_stated_it(void **state)
{
    struct scene *scene = *state;
    (void)scene_apply(scene, documented, (struct scene_event){.minutes = 1});
    assert_value(scene,
                 "SELECT demographics_event_at || demographics_arrived_at || demographics_file FROM patient",
                 "2026-11-23T18:01:00.000000Z2026-11-23T18:01:00.000000Z1");
    assert_value(scene, "SELECT photo_event_at || photo_arrived_at || photo_file FROM patient",
                 "2026-11-23T18:01:00.000000Z2026-11-23T18:01:00.000000Z1");
    assert_value(
        scene,
        "SELECT min(booking_event_at, booking_arrived_at, location_event_at, location_arrived_at,"
        " release_event_at, release_arrived_at) || booking_file || location_file || release_file FROM booking",
        "2026-11-23T18:01:00.000000Z111");
    /* A Location states the location only. */
    (void)scene_apply(scene, scene_location("PatientID=\"P00012345\"\nBooking=\"12345678\"\n"),
                      (struct scene_event){.minutes = 2});
    assert_value(scene, "SELECT demographics_file || photo_file FROM patient", "11");
    assert_value(scene, "SELECT booking_file || location_file || release_file FROM booking", "121");
    assert_value(scene, "SELECT location_event_at FROM booking", "2026-11-23T18:02:00.000000Z");
    /* A DEM without photo and release leaves those two. */
    (void)scene_apply(scene, scene_dem("PatientID=\"P00012345\"\nBooking=\"12345678\"\n"),
                      (struct scene_event){.minutes = 3});
    assert_value(scene, "SELECT demographics_file || photo_file FROM patient", "31");
    assert_value(scene, "SELECT booking_file || location_file || release_file FROM booking", "331");
}

static void location_moves_the_booking_and_leaves_a_history(void **state)
{
    struct scene *scene = *state;
    (void)scene_apply(scene, scene_dem(""), (struct scene_event){0});
    struct apply_result result = scene_apply(scene, scene_location("Housing=\"POD 2\"\nBed=\"14\"\n"),
                                             (struct scene_event){.minutes = 5});
    assert_int_equal(result.message.state, LEDGER_APPLIED);
    assert_true(result.moved);
    assert_false(result.created_booking);
    assert_int_equal(result.changes, 2);
    assert_value(scene, "SELECT facility || housing || bed FROM booking", "VCSOPOD 214");
    assert_value(
        scene,
        "SELECT group_concat(housing || bed || event_at) FROM (SELECT * FROM location_history ORDER BY id)",
        "BLOCKA2026-11-23T18:00:00.000000Z,POD 2142026-11-23T18:05:00.000000Z");
    assert_value(
        scene,
        "SELECT group_concat(field || ':' || old_value || '>' || new_value) FROM change_log WHERE message = 2",
        "housing:BLOCK>POD 2,bed:A>14");
    assert_value(scene, "SELECT detail IS NULL FROM message WHERE id = 2", "1");
    assert_value(scene, "SELECT kind FROM message WHERE id = 2", "location");
}

static void move_to_another_facility(void **state)
{
    struct scene *scene = *state;
    (void)scene_apply(scene, scene_dem(""), (struct scene_event){0});
    struct apply_result result =
        scene_apply(scene, scene_location("Facility=\"FACTEST\"\n"), (struct scene_event){.minutes = 5});
    assert_true(result.moved);
    assert_value(scene, "SELECT group_concat(facility) FROM (SELECT * FROM location_history ORDER BY id)",
                 "VCSO,FACTEST");
}

static void going_back_is_a_move_and_no_repeat(void **state)
{
    struct scene *scene = *state;
    (void)scene_apply(scene, scene_dem(""), (struct scene_event){0});
    (void)scene_apply(scene, scene_location("Bed=\"B\"\n"), (struct scene_event){.minutes = 1});
    struct apply_result result =
        scene_apply(scene, scene_location("Bed=\"A\"\n"), (struct scene_event){.minutes = 2});
    assert_int_equal(result.message.state, LEDGER_APPLIED);
    assert_value(scene, "SELECT group_concat(bed) FROM (SELECT * FROM location_history ORDER BY id)",
                 "A,B,A");
}

static void repeat_is_a_duplicate_that_changes_only_the_times(void **state)
{
    struct scene *scene = *state;
    (void)scene_apply(scene, documented, (struct scene_event){0});
    struct apply_result result = scene_apply(scene, documented, (struct scene_event){.minutes = 7});
    assert_int_equal(result.message.state, LEDGER_DUPLICATE);
    assert_int_equal(result.changes, 0);
    assert_false(result.created_patient || result.created_booking || result.released || result.moved);
    assert_value(scene, "SELECT count(*) FROM change_log", "2");
    assert_value(scene, "SELECT count(*) FROM location_history", "1");
    assert_value(scene, "SELECT state FROM message WHERE id = 2", "duplicate");
    assert_value(scene, "SELECT demographics_event_at FROM patient", "2026-11-23T18:07:00.000000Z");
    assert_value(scene, "SELECT release_file FROM booking", "2");

    (void)scene_apply(
        scene,
        scene_location("PatientID=\"P00012345\"\nBooking=\"12345678\"\nHousing=\"ISU\"\nBed=\"RLSE\"\n"),
        (struct scene_event){.minutes = 8});
    assert_value(scene, "SELECT state FROM message WHERE id = 3", "duplicate");
}

static void changed_fields_are_logged_one_by_one(void **state)
{
    struct scene *scene = *state;
    (void)scene_apply(scene, scene_dem("Height=\"70\"\nMI=\"Q\"\n"), (struct scene_event){0});
    struct apply_result result = scene_apply(
        scene, scene_dem("Height=\"71\"\nMI=\"Q\"\nWeight=\"150\"\nAgency=\"ICE\"\nSex=\"Unknown\"\n"),
        (struct scene_event){.minutes = 1});
    assert_int_equal(result.changes, 4);
    assert_value(
        scene,
        "SELECT group_concat(table_name || '.' || field || ':' || coalesce(old_value, '-') || '>' || new_value)"
        " FROM change_log WHERE message = 2",
        "patient.sex:Male>Unknown,patient.height:70>71,patient.weight:->150,booking.agency:->ICE");
    assert_value(scene, "SELECT sex || middle_name || height || weight FROM patient", "UnknownQ71150");
}

static void absent_and_empty_leave_a_value(void **state)
{
    struct scene *scene = *state;
    (void)scene_apply(scene, scene_dem("MI=\"Q\"\nAgency=\"ICE\"\nHeight=\"70\"\n"), (struct scene_event){0});
    struct apply_result result =
        scene_apply(scene, scene_dem("MI=\"\"\nHeight=\"\"\n"), (struct scene_event){.minutes = 1});
    assert_int_equal(result.message.state, LEDGER_DUPLICATE);
    assert_value(scene, "SELECT middle_name || height FROM patient", "Q70");
    assert_value(scene, "SELECT agency FROM booking", "ICE");
}

static void empty_clears_where_the_feed_says_so(void **state)
{
    struct scene *scene = *state;
    (void)scene_apply(scene, scene_dem("MI=\"Q\"\nAgency=\"ICE\"\nHeight=\"70\"\nRace=\"Asian\"\n"),
                      (struct scene_event){0});
    struct apply_result result = scene_apply(scene, scene_dem("MI=\"\"\nAgency=\"\"\nHeight=\"\"\n"),
                                             (struct scene_event){.minutes = 1, .empty_clears = true});
    assert_int_equal(result.changes, 3);
    assert_value(scene, "SELECT coalesce(middle_name, height) FROM patient", "(null)");
    assert_value(scene, "SELECT race FROM patient", "Asian");
    assert_value(scene, "SELECT agency FROM booking", "(null)");
    assert_value(scene, "SELECT old_value FROM change_log WHERE message = 2 AND field = 'height'", "70");
    assert_value(scene, "SELECT new_value FROM change_log WHERE message = 2 AND field = 'height'", "(null)");
}

static void housing_without_bed_clears_the_bed(void **state)
{
    struct scene *scene = *state;
    (void)scene_apply(scene, scene_dem(""), (struct scene_event){0});
    (void)scene_apply(scene, scene_location("Bed=\"\"\n"), (struct scene_event){.minutes = 1});
    assert_value(scene, "SELECT housing || coalesce(bed, '-') FROM booking", "BLOCK-");
    (void)scene_apply(scene, scene_dem(""), (struct scene_event){.minutes = 2});
    static const char no_bed[] =
        "DataType=\"PatientLocation\"\nPatientID=\"P1\"\nHousing=\"BLOCK\"\nBooking=\"100\"\n";
    (void)scene_apply(scene, no_bed, (struct scene_event){.minutes = 3});
    assert_value(scene, "SELECT housing || coalesce(bed, '-') FROM booking", "BLOCK-");
    assert_value(scene, "SELECT facility FROM booking", "VCSO");
    assert_value(scene,
                 "SELECT group_concat(coalesce(bed, '-')) FROM (SELECT * FROM location_history ORDER BY id)",
                 "A,-,A,-");
}

static void a_faulty_bed_is_left_unless_the_housing_changes(void **state)
{
    struct scene *scene = *state;
    static char faulty[256];
    static char elsewhere[512];
    /* 128 characters are one too many: a warning, and the value is as if it were not there. */
    (void)snprintf(faulty, sizeof faulty, "Bed=\"%0128d\"\n", 7);
    (void)snprintf(elsewhere, sizeof elsewhere, "Housing=\"POD\"\n%s", faulty);
    (void)scene_apply(scene, scene_dem(""), (struct scene_event){0});
    struct apply_result result =
        scene_apply(scene, scene_location(faulty), (struct scene_event){.minutes = 1});
    assert_int_equal(result.message.state, LEDGER_DUPLICATE);
    assert_value(scene, "SELECT housing || bed FROM booking", "BLOCKA");
    assert_value(scene, "SELECT code || field FROM message_fault", "too-longBed");
    result = scene_apply(scene, scene_location(elsewhere), (struct scene_event){.minutes = 2});
    assert_true(result.moved);
    assert_value(scene, "SELECT housing || coalesce(bed, '-') FROM booking", "POD-");
}

static void a_move_forgets_the_levels_of_the_former_place(void **state)
{
    struct scene *scene = *state;
    (void)scene_apply(scene, scene_dem(""), (struct scene_event){0});
    scene_execute(scene, "UPDATE booking SET block = '1', pod = '2', cell = '3'");
    (void)scene_apply(scene, scene_dem(""), (struct scene_event){.minutes = 1});
    assert_value(scene, "SELECT block || pod || cell FROM booking", "123");
    (void)scene_apply(scene, scene_location("Bed=\"B\"\n"), (struct scene_event){.minutes = 2});
    assert_value(scene, "SELECT coalesce(block, pod, cell) FROM booking", "(null)");
}

static void release_date_releases(void **state)
{
    struct scene *scene = *state;
    (void)scene_apply(scene, scene_dem(""), (struct scene_event){0});
    /* 11:05 in Denver is 18:05 UTC: 4 minutes ahead of the arrival. */
    struct apply_result result = scene_apply(scene, scene_dem("ReleaseDate=\"2026-11-23 11:05:00\"\n"),
                                             (struct scene_event){.minutes = 1});
    assert_int_equal(result.message.state, LEDGER_APPLIED);
    assert_true(result.released);
    assert_value(scene, "SELECT released_at || release_origin FROM booking",
                 "2026-11-23T18:05:00.000000Zgiven");
    assert_value(scene, "SELECT group_concat(field) FROM change_log WHERE message = 2",
                 "release_date,released_at");
    /* A message without ReleaseDate does not reopen it. */
    result = scene_apply(scene, scene_dem(""), (struct scene_event){.minutes = 2});
    assert_int_equal(result.message.state, LEDGER_DUPLICATE);
    assert_value(scene, "SELECT released_at IS NOT NULL FROM booking", "1");
}

static void release_ten_minutes_ahead_is_now_and_more_is_planned(void **state)
{
    struct scene *scene = *state;
    struct apply_result result =
        scene_apply(scene, scene_dem("ReleaseDate=\"2026-11-23 11:10:00\"\n"), (struct scene_event){0});
    assert_true(result.released);
    assert_value(scene, "SELECT released_at FROM booking", "2026-11-23T18:10:00.000000Z");
    result = scene_apply(scene, scene_dem("Booking=\"101\"\nReleaseDate=\"2026-11-23 11:10:01\"\n"),
                         (struct scene_event){0});
    assert_false(result.released);
    assert_value(
        scene, "SELECT release_date || coalesce(released_at, '-') FROM booking WHERE booking_number = '101'",
        "2026-11-23T18:10:01.000000Z-");
    /* Said again after its time it takes effect, and that is a change. */
    result = scene_apply(scene, scene_dem("Booking=\"101\"\nReleaseDate=\"2026-11-23 11:10:01\"\n"),
                         (struct scene_event){.minutes = 5});
    assert_true(result.released);
    assert_int_equal(result.message.state, LEDGER_APPLIED);
    assert_value(scene, "SELECT group_concat(field) FROM change_log WHERE message = 3", "released_at");
}

static void cleared_release_date_opens_the_booking_again(void **state)
{
    struct scene *scene = *state;
    (void)scene_apply(scene, scene_dem("ReleaseDate=\"2026-11-23 11:00:00\"\n"), (struct scene_event){0});
    struct apply_result result = scene_apply(scene, scene_dem("ReleaseDate=\"\"\n"),
                                             (struct scene_event){.minutes = 1, .empty_clears = true});
    assert_int_equal(result.message.state, LEDGER_APPLIED);
    assert_value(
        scene, "SELECT coalesce(release_date, release_date_given, release_origin, released_at) FROM booking",
        "(null)");
    assert_value(scene, "SELECT release_file FROM booking", "2");
    assert_value(scene, "SELECT detail FROM message WHERE id = 2", "the booking is open again");
}

static void inferred_release_ends_when_the_booking_is_spoken_of(void **state)
{
    struct scene *scene = *state;
    (void)scene_apply(scene, scene_dem(""), (struct scene_event){0});
    scene_execute(
        scene, "UPDATE booking SET release_date = '2026-11-23T18:00:30.000000Z', release_origin = 'inferred',"
               " released_at = '2026-11-23T18:00:30.000000Z'");
    (void)scene_apply(scene, scene_dem(""), (struct scene_event){.minutes = 1});
    assert_value(scene, "SELECT coalesce(release_date, release_origin, released_at) FROM booking", "(null)");
}

static void location_of_a_released_booking_moves_it_and_it_stays_released(void **state)
{
    struct scene *scene = *state;
    (void)scene_apply(scene, scene_dem("ReleaseDate=\"2026-11-23 11:00:00\"\n"), (struct scene_event){0});
    struct apply_result result =
        scene_apply(scene, scene_location("Bed=\"B\"\n"), (struct scene_event){.minutes = 1});
    assert_int_equal(result.message.state, LEDGER_APPLIED);
    assert_true(result.moved);
    assert_value(scene, "SELECT bed || (released_at IS NOT NULL) FROM booking", "B1");
    assert_value(scene, "SELECT detail FROM message WHERE id = 2", "the booking is released and stays so");
}

static void location_of_somebody_unknown_waits(void **state)
{
    struct scene *scene = *state;
    struct apply_result result = scene_apply(scene, scene_location(""), (struct scene_event){0});
    assert_int_equal(result.message.state, LEDGER_WAITING);
    assert_int_equal(result.message.patient, 0);
    assert_value(scene, "SELECT state || detail FROM message", "waitingthe patient is not known yet");
    assert_value(scene, "SELECT count(*) FROM patient", "0");
    assert_value(scene, "SELECT open_messages FROM feed_total", "1");

    (void)scene_apply(scene, scene_dem(""), (struct scene_event){.minutes = 1});
    result = scene_apply(scene, scene_location("Booking=\"999\"\n"), (struct scene_event){.minutes = 2});
    assert_int_equal(result.message.state, LEDGER_WAITING);
    assert_true(result.message.patient > 0);
    assert_value(scene, "SELECT detail FROM message WHERE id = 3", "the booking is not known yet");
    assert_value(scene, "SELECT count(*) FROM booking", "1");
}

static void booking_of_another_patient_is_held(void **state)
{
    struct scene *scene = *state;
    (void)scene_apply(scene, scene_dem(""), (struct scene_event){0});
    (void)scene_apply(scene, scene_dem("PatientID=\"P2\"\nBooking=\"200\"\nLastName=\"ROE\"\n"),
                      (struct scene_event){0});
    /* By a Location, by a DEM of a known and by one of an unknown patient. */
    struct apply_result result = scene_apply(scene, scene_location("PatientID=\"P2\"\nBed=\"Z\"\n"),
                                             (struct scene_event){.minutes = 1});
    assert_int_equal(result.message.state, LEDGER_HELD);
    result = scene_apply(scene, scene_dem("PatientID=\"P2\"\nBed=\"Z\"\nLastName=\"NEW\"\n"),
                         (struct scene_event){.minutes = 1});
    assert_int_equal(result.message.state, LEDGER_HELD);
    result =
        scene_apply(scene, scene_dem("PatientID=\"P3\"\nBed=\"Z\"\n"), (struct scene_event){.minutes = 1});
    assert_int_equal(result.message.state, LEDGER_HELD);
    assert_int_equal(result.message.patient, 0);
    assert_int_equal(result.message.booking, 1);
    /* Nothing but the messages was written. */
    assert_value(scene, "SELECT count(*) FROM patient", "2");
    assert_value(scene, "SELECT last_name FROM patient WHERE patient_id = 'P2'", "ROE");
    assert_value(scene, "SELECT count(*) FROM booking WHERE bed = 'Z'", "0");
    assert_value(scene, "SELECT count(*) FROM location_history", "2");
    assert_value(scene, "SELECT count(*) FROM message WHERE state = 'held'", "3");
    assert_value(scene, "SELECT open_messages FROM feed_total", "3");
}

static void same_id_of_another_authority_is_another_person(void **state)
{
    struct scene *scene = *state;
    (void)scene_apply(scene, scene_dem(""), (struct scene_event){0});
    struct apply_result result =
        scene_apply(scene, scene_dem("LastName=\"ROE\"\n"), (struct scene_event){.authority = "COUNTY"});
    assert_true(result.created_patient);
    assert_true(result.created_booking);
    assert_value(scene, "SELECT group_concat(authority || last_name) FROM patient", "JMSSMITH,COUNTYROE");
    assert_value(scene, "SELECT count(*) FROM booking WHERE booking_number = '100'", "2");
}

static void second_open_booking_is_told_once(void **state)
{
    struct scene *scene = *state;
    struct apply_result result = scene_apply(scene, scene_dem(""), (struct scene_event){0});
    assert_false(result.second_open_booking);
    result = scene_apply(scene, scene_dem("Booking=\"101\"\n"), (struct scene_event){.minutes = 1});
    assert_true(result.second_open_booking);
    assert_true(result.created_booking);
    assert_false(result.created_patient);
    assert_value(scene, "SELECT count(*) FROM booking WHERE released_at IS NULL", "2");
    assert_value(scene, "SELECT detail FROM message WHERE id = 2", "another booking of the patient is open");
    result = scene_apply(scene, scene_dem("Booking=\"101\"\nAgency=\"USM\"\n"),
                         (struct scene_event){.minutes = 2});
    assert_false(result.second_open_booking);
    /* Beside a released one a new booking is nothing odd. */
    (void)scene_apply(scene,
                      scene_dem("PatientID=\"P2\"\nBooking=\"200\"\nReleaseDate=\"2026-11-23 10:00:00\"\n"),
                      (struct scene_event){.minutes = 3});
    result = scene_apply(scene, scene_dem("PatientID=\"P2\"\nBooking=\"201\"\n"),
                         (struct scene_event){.minutes = 4});
    assert_false(result.second_open_booking);
}

static void change_of_the_whole_identity_is_told(void **state)
{
    struct scene *scene = *state;
    (void)scene_apply(scene, scene_dem(""), (struct scene_event){0});
    struct apply_result result = scene_apply(scene, scene_dem("LastName=\"ROE\"\nFirstName=\"RICHARD\"\n"),
                                             (struct scene_event){.minutes = 1});
    assert_false(result.identity_changed);
    result =
        scene_apply(scene, scene_dem("LastName=\"POE\"\nFirstName=\"EDGAR\"\nBirthDate=\"1960-01-19\"\n"),
                    (struct scene_event){.minutes = 2});
    assert_true(result.identity_changed);
    assert_int_equal(result.message.state, LEDGER_APPLIED);
    assert_value(scene, "SELECT last_name || first_name || birth_date FROM patient", "POEEDGAR1960-01-19");
    assert_value(scene, "SELECT detail FROM message WHERE id = 3",
                 "family name, given name and birth date changed at once");
    assert_value(scene, "SELECT identity_changes || '|' || last_identity_change FROM feed_total", "1|3");
}

static void unknown_fields_and_warnings_are_kept_with_the_message(void **state)
{
    struct scene *scene = *state;
    struct apply_result result = scene_apply(
        scene, scene_dem("Tattoo=\"anchor\"\nShoeSize=\"\"\nHeight=\"9999\"\n"), (struct scene_event){0});
    assert_int_equal(result.message.state, LEDGER_APPLIED);
    assert_value(scene, "SELECT group_concat(ordinal || name || '=' || value) FROM message_extra",
                 "1Tattoo=anchor,2ShoeSize=");
    assert_value(scene, "SELECT code || severity || field || line FROM message_fault WHERE field = 'Height'",
                 "out-of-rangewarningHeight14");
    assert_value(scene, "SELECT count(*) FROM message_fault WHERE message = 1", "3");
    assert_value(scene, "SELECT height FROM patient", "(null)");
}

static void names_keep_their_code_points(void **state)
{
    struct scene *scene = *state;
    (void)scene_apply(scene,
                      scene_dem("LastName=\"O'BRIEN-N\xC3\x9A\xC3\x91"
                                "EZ \xF0\x9F\x98\x80\"\n"),
                      (struct scene_event){0});
    assert_value(scene, "SELECT last_name FROM patient",
                 "O'BRIEN-N\xC3\x9A\xC3\x91"
                 "EZ \xF0\x9F\x98\x80");
}

static void rolled_back_savepoint_leaves_nothing(void **state)
{
    struct scene *scene = *state;
    (void)scene_apply(scene, scene_dem(""), (struct scene_event){0});
    struct ledger_file file = scene_claim(scene, 1);
    struct jms_event event = {.kind = JMS_DEMOGRAPHICS};
    static const struct {
        enum jms_field field;
        const char *text;
    } fields[] = {{JMS_PATIENT_ID, "P1"},
                  {JMS_LAST_NAME, "CHANGED"},
                  {JMS_HOUSING, "ELSEWHERE"},
                  {JMS_BOOKING, "300"},
                  {JMS_BOOKING_DATE, "2026-11-20T10:00:00"}};
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        event.fields[fields[i].field] =
            (struct jms_value){.presence = JMS_GIVEN, .text = slice_of(fields[i].text)};
    struct apply_input input = {.event = &event,
                                .file = file.id,
                                .ordinal = 1,
                                .authority = "JMS",
                                .facility = SLICE_LITERAL("NOWHERE"),
                                .arrived = scene_time(1),
                                .event_at = scene_time(1),
                                .booking_date = scene_time(0),
                                .release_date = INSTANT_NONE,
                                .now = scene_time(1)};
    struct apply_result result;
    assert_ok(database_begin(scene->db));
    assert_ok(database_savepoint(scene->db));
    /* The facility is not in the table: the booking is refused after the patient was changed. */
    assert_int_equal(apply_jms_event(scene->db, &input, &result), DATABASE_CONSTRAINT);
    assert_true(database_in_transaction(scene->db));
    assert_ok(database_savepoint_rollback(scene->db));
    /* The group goes on with the next message. */
    input.facility = SLICE_LITERAL("VCSO");
    event.fields[JMS_LAST_NAME].text = SLICE_LITERAL("ROE");
    assert_ok(database_savepoint(scene->db));
    assert_ok(apply_jms_event(scene->db, &input, &result));
    assert_ok(database_savepoint_release(scene->db));
    assert_ok(database_commit(scene->db));
    assert_value(scene, "SELECT last_name FROM patient", "ROE");
    assert_value(scene, "SELECT count(*) FROM change_log WHERE new_value = 'CHANGED'", "0");
    assert_value(scene, "SELECT count(*) FROM message", "2");
}

static void facilities_follow_the_configuration(void **state)
{
    struct scene *scene = *state;
    assert_value(scene, "SELECT group_concat(code || name || zone) FROM facility",
                 "FACTESTTest facilityAmerica/Chicago,VCSOVenturaAmerica/Denver");
    static const struct facility_row rows[] = {{"VCSO", "Ventura County", "America/Los_Angeles"},
                                               {"NEW", "New", "UTC"}};
    assert_ok(database_begin(scene->db));
    assert_ok(apply_facilities(scene->db, rows, 2));
    assert_true(database_in_transaction(scene->db));
    assert_ok(database_commit(scene->db));
    assert_value(scene, "SELECT name || zone FROM facility WHERE code = 'VCSO'",
                 "Ventura CountyAmerica/Los_Angeles");
    assert_value(scene, "SELECT count(*) FROM facility", "3");
    static const struct facility_row bad[] = {{"X", "X", "UTC"}, {"", "empty code", "UTC"}};
    assert_int_equal(apply_facilities(scene->db, bad, 2), DATABASE_CONSTRAINT);
    assert_false(database_in_transaction(scene->db));
    assert_value(scene, "SELECT count(*) FROM facility", "3");
}

static int setup(void **state)
{
    (void)scene_setup(state);
    scene_facilities(*state);
    return 0;
}

#define IN_SCENE(test) cmocka_unit_test_setup_teardown(test, setup, scene_teardown)

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        IN_SCENE(documented_example_becomes_one_patient_and_one_booking),
        IN_SCENE(each_group_remembers_what_last_stated_it),
        IN_SCENE(location_moves_the_booking_and_leaves_a_history),
        IN_SCENE(move_to_another_facility),
        IN_SCENE(going_back_is_a_move_and_no_repeat),
        IN_SCENE(repeat_is_a_duplicate_that_changes_only_the_times),
        IN_SCENE(changed_fields_are_logged_one_by_one),
        IN_SCENE(absent_and_empty_leave_a_value),
        IN_SCENE(empty_clears_where_the_feed_says_so),
        IN_SCENE(housing_without_bed_clears_the_bed),
        IN_SCENE(a_faulty_bed_is_left_unless_the_housing_changes),
        IN_SCENE(a_move_forgets_the_levels_of_the_former_place),
        IN_SCENE(release_date_releases),
        IN_SCENE(release_ten_minutes_ahead_is_now_and_more_is_planned),
        IN_SCENE(cleared_release_date_opens_the_booking_again),
        IN_SCENE(inferred_release_ends_when_the_booking_is_spoken_of),
        IN_SCENE(location_of_a_released_booking_moves_it_and_it_stays_released),
        IN_SCENE(location_of_somebody_unknown_waits),
        IN_SCENE(booking_of_another_patient_is_held),
        IN_SCENE(same_id_of_another_authority_is_another_person),
        IN_SCENE(second_open_booking_is_told_once),
        IN_SCENE(change_of_the_whole_identity_is_told),
        IN_SCENE(unknown_fields_and_warnings_are_kept_with_the_message),
        IN_SCENE(names_keep_their_code_points),
        IN_SCENE(rolled_back_savepoint_leaves_nothing),
        IN_SCENE(facilities_follow_the_configuration),
    };
    return cmocka_run_group_tests_name("apply", tests, NULL, NULL);
}
