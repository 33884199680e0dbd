/*
 * What a worker makes of a file: the record as the committer needs it, or all faults. Bytes, configuration and the moment of arrival are
 * all that counts.
 */
#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/zone.h"
#include "service/pipeline/pipeline_private.h"

static const char DEM[] =
    "DataType=\"PatientDemographics\"\r\nPatientID=\"P1\"\r\nFacility=\"%s\"\r\nLastName=\"DOE\"\r\n"
    "FirstName=\"JOHN\"\r\nBirthDate=\"07/22/1946\"\r\nSex=\"Male\"\r\nHousing=\"ISU\"\r\n"
    "Booking=\"B1\"\r\nBookingDate=\"%s\"\r\n";
static const char LOCATION[] =
    "DataType=\"PatientLocation\"\r\nPatientID=\"P1\"\r\nBooking=\"B1\"\r\nHousing=\"ISU\"\r\n";

static instant_us at(const char *text)
{
    struct civil_time civil;
    assert_int_equal(datetime_parse(slice_of(text), &civil), FAULT_NONE);
    return datetime_as_utc(&civil);
}

static void assert_instant(instant_us found, const char *expected)
{
    char text[28] = "none", wanted[28];
    if (found != INSTANT_NONE)
        datetime_format_instant(found, text);
    datetime_format_instant(at(expected), wanted);
    assert_string_equal(text, wanted);
}

/* ---- a claimed job ---- */

struct fixture {
    struct config_facility facilities[3];
    struct config config;
    struct config_match match;
    struct config_feed feed;
    struct line line;
    struct job job;
};

static struct config_facility facility(const char *code, const char *zone)
{
    const struct zone *found = zone_find(slice_of(zone));
    assert_non_null(found);
    return (struct config_facility){.code = code, .name = code, .zone_name = zone, .zone = found};
}

/* Three facilities, in three zones. */
static void prepare(struct fixture *fixture)
{
    memset(fixture, 0, sizeof *fixture);
    fixture->facilities[0] = facility("VCSO", "America/Los_Angeles");
    fixture->facilities[1] = facility("ADAMS", "America/Denver");
    fixture->facilities[2] = facility("NORTH", "America/New_York");
    fixture->config.facilities = fixture->facilities;
    fixture->config.facility_count = 3;
    fixture->match.format = CONFIG_FORMAT_JMS_EVENT;
    fixture->match.datatype_location = "PatientLocation";
    fixture->match.waiting_ms = 3600000;
    fixture->feed.name = "jms";
    fixture->feed.authority = "JMS";
    fixture->line.config = &fixture->feed;
    fixture->job.line = &fixture->line;
    fixture->job.match = &fixture->match;
    fixture->job.name = (char *)(uintptr_t) "A.ini";
    fixture->job.row.id = 42;
    fixture->job.row.arrived = at("2026-11-23 18:00");
    arena_init(&fixture->job.arena, 0);
}

static void parse(struct fixture *fixture, const char *text)
{
    free(fixture->job.bytes);
    fixture->job.size = strlen(text);
    fixture->job.bytes = malloc(fixture->job.size + 1);
    assert_non_null(fixture->job.bytes);
    memcpy(fixture->job.bytes, text, fixture->job.size + 1);
    arena_reset(&fixture->job.arena);
    fixture->job.reason = NULL;
    memset(&fixture->job.input, 0, sizeof fixture->job.input);
    worker_parse(&fixture->config, &fixture->job);
}

static void parse_dem(struct fixture *fixture, const char *facility_code, const char *booking_date,
                      const char *extra)
{
    char text[1000];
    int length = snprintf(text, sizeof text, DEM, facility_code, booking_date);
    (void)snprintf(text + length, sizeof text - (size_t)length, "%s", extra);
    parse(fixture, text);
}

static void parse_location(struct fixture *fixture, const char *extra)
{
    char text[1000];
    (void)snprintf(text, sizeof text, "%s%s", LOCATION, extra);
    parse(fixture, text);
}

static void release(struct fixture *fixture)
{
    free(fixture->job.bytes);
    arena_release(&fixture->job.arena);
}

/* "line field code", one a fault, separated by "; ". */
static const char *faults_of(const struct fixture *fixture)
{
    static char text[1000];
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < fixture->job.faults.count; i++) {
        const struct fault *fault = &fixture->job.faults.items[i];
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%u %.*s %s%s", i > 0 ? "; " : "",
                                 (unsigned)fault->line, (int)fault->field.len, fault->field.ptr,
                                 fault->severity == FAULT_WARNING ? "(warning) " : "",
                                 fault_code_name(fault->code));
    }
    return text;
}

/* ---- what is right ---- */

static void the_committer_gets_all_that_it_needs(void **state)
{
    (void)state;
    struct fixture fixture;
    prepare(&fixture);
    parse_dem(&fixture, "VCSO", "2017-06-20 14:32:04", "ReleaseDate=\"2026-11-20 09:00\"\r\n");
    const struct job *job = &fixture.job;
    assert_int_equal(job->status, PARSE_OK);
    assert_string_equal(faults_of(&fixture), "");
    assert_null(job->reason);
    assert_ptr_equal(job->input.event, &job->event);
    assert_ptr_equal(job->input.warnings, &job->faults);
    assert_int_equal(job->input.ordinal, 1);
    assert_string_equal(job->input.authority, "JMS");
    assert_true(slice_equal(job->input.facility, SLICE_LITERAL("VCSO")));
    assert_instant(job->input.arrived, "2026-11-23 18:00");
    assert_instant(job->input.event_at, "2026-11-23 18:00");
    assert_instant(job->input.booking_date, "2017-06-20 21:32:04"); /* 7 hours behind UTC */
    assert_instant(job->input.release_date, "2026-11-20 17:00");    /* 8 hours */
    assert_instant(job->input.waits_until, "2026-11-23 19:00");
    release(&fixture);
}

static void settings_of_the_rule_come_along(void **state)
{
    (void)state;
    struct fixture fixture;
    prepare(&fixture);
    parse_dem(&fixture, "VCSO", "2017-06-20", "");
    const struct apply_input *input = &fixture.job.input;
    assert_false(input->empty_clears || input->reopens || input->closes_earlier ||
                 input->holds_identity_change);
    assert_int_equal(input->release_date, INSTANT_NONE);
    bool *const settings[] = {&fixture.match.empty_clears, &fixture.match.reopens,
                              &fixture.match.closes_earlier, &fixture.match.holds_identity_change};
    for (size_t i = 0; i < 4; i++) {
        *settings[i] = true;
        parse_dem(&fixture, "VCSO", "2017-06-20", "");
        const bool found[] = {input->empty_clears, input->reopens, input->closes_earlier,
                              input->holds_identity_change};
        for (size_t other = 0; other < 4; other++)
            assert_int_equal(found[other], other == i);
        *settings[i] = false;
    }
    release(&fixture);
}

static void dates_are_read_in_the_zone_of_the_facility(void **state)
{
    (void)state;
    struct fixture fixture;
    prepare(&fixture);
    parse_dem(&fixture, "ADAMS", "2017-06-20 14:00", "");
    assert_instant(fixture.job.input.booking_date, "2017-06-20 20:00");
    parse_dem(&fixture, "NORTH", "2017-06-20 14:00", "");
    assert_instant(fixture.job.input.booking_date, "2017-06-20 18:00");
    parse_dem(&fixture, "NORTH", "2017-06-20 14:00+01:00", ""); /* its own offset counts */
    assert_instant(fixture.job.input.booking_date, "2017-06-20 13:00");
    /* A Location's MoveDate is its event time. */
    parse_location(&fixture, "Facility=\"ADAMS\"\r\nMoveDate=\"2026-11-23 10:00\"\r\n");
    assert_int_equal(fixture.job.status, PARSE_OK);
    assert_instant(fixture.job.input.event_at, "2026-11-23 17:00");
    release(&fixture);
}

static void the_repeated_hour_is_the_reading_nearest_before_arrival(void **state)
{
    (void)state;
    struct fixture fixture;
    prepare(&fixture);
    /* 2026-11-01 02:00 MDT (08:00Z) is 01:00 MST again. */
    fixture.job.row.arrived = at("2026-11-01 07:45");
    parse_dem(&fixture, "ADAMS", "2026-11-01 01:30", "");
    assert_instant(fixture.job.input.booking_date, "2026-11-01 07:30");
    fixture.job.row.arrived = at("2026-11-01 08:45");
    parse_dem(&fixture, "ADAMS", "2026-11-01 01:30", "");
    assert_instant(fixture.job.input.booking_date, "2026-11-01 08:30");
    assert_string_equal(faults_of(&fixture), "");
    release(&fixture);
}

static void a_local_time_that_does_not_exist_is_taken_an_hour_later_with_a_warning(void **state)
{
    (void)state;
    struct fixture fixture;
    prepare(&fixture);
    parse_dem(&fixture, "ADAMS", "2026-03-08 02:30", "");
    assert_int_equal(fixture.job.status, PARSE_OK);
    assert_instant(fixture.job.input.booking_date, "2026-03-08 09:30");
    assert_string_equal(faults_of(&fixture), "10 BookingDate (warning) time-does-not-exist");
    release(&fixture);
}

/* ---- facilities ---- */

static void codes_are_compared_without_regard_to_case_and_blanks(void **state)
{
    (void)state;
    struct fixture fixture;
    prepare(&fixture);
    parse_dem(&fixture, " adams ", "2017-06-20", "");
    assert_int_equal(fixture.job.status, PARSE_OK);
    assert_true(slice_equal(fixture.job.input.facility, SLICE_LITERAL("ADAMS"))); /* the documented form */
    release(&fixture);
}

static void an_unknown_facility_is_refused_with_the_known_ones(void **state)
{
    (void)state;
    struct fixture fixture;
    prepare(&fixture);
    parse_dem(&fixture, "SECRET", "2017-06-20", "");
    assert_int_equal(fixture.job.status, PARSE_INVALID);
    assert_string_equal(fixture.job.reason, "faults");
    assert_string_equal(faults_of(&fixture), "3 Facility facility-unknown");
    assert_string_equal(fixture.job.faults.items[0].expected,
                        "one of the facility codes in the configuration: VCSO, ADAMS, NORTH");
    parse_location(&fixture, "Facility=\"SECRET\"\r\n");
    assert_string_equal(faults_of(&fixture), "5 Facility facility-unknown");
    release(&fixture);
}

static void a_single_facility_ignores_the_field(void **state)
{
    (void)state;
    static const char *const LINES[] = {"Facility=\"SECRET\"\r\n", "Facility=\"\"\r\n", ""};
    struct fixture fixture;
    prepare(&fixture);
    fixture.config.facilities = &fixture.facilities[1];
    fixture.config.facility_count = 1;
    for (size_t i = 0; i < 3; i++) {
        parse_location(&fixture, LINES[i]);
        assert_int_equal(fixture.job.status, PARSE_OK);
        assert_true(slice_equal(fixture.job.input.facility, SLICE_LITERAL("ADAMS")));
    }
    parse_dem(&fixture, "SECRET", "2017-06-20 14:00", "");
    assert_int_equal(fixture.job.status, PARSE_OK);
    assert_instant(fixture.job.input.booking_date, "2017-06-20 20:00");
    release(&fixture);
}

static void of_several_a_dem_must_name_one_and_a_location_may(void **state)
{
    (void)state;
    struct fixture fixture;
    prepare(&fixture);
    parse_location(&fixture, "");
    assert_int_equal(fixture.job.status, PARSE_OK);
    assert_int_equal(fixture.job.input.facility.len, 0); /* it stays where it is */
    parse_dem(&fixture, "", "2017-06-20", "");
    assert_int_equal(fixture.job.status, PARSE_INVALID);
    assert_string_equal(faults_of(&fixture), "3 Facility required-empty");
    release(&fixture);
}

/* ---- what is wrong ---- */

static void all_faults_are_told_at_once_in_the_order_of_the_file(void **state)
{
    (void)state;
    struct fixture fixture;
    prepare(&fixture);
    /* Of the form, of the facility, and of what only the moment of arrival shows. */
    parse(
        &fixture,
        "DataType=\"PatientDemographics\"\r\nPatientID=\"P1\"\r\nFacility=\"SECRET\"\r\nLastName=\"DOE\"\r\n"
        "FirstName=\"JOHN\"\r\nBirthDate=\"2027-07-22\"\r\nSex=\"Q\"\r\nHousing=\"ISU\"\r\n"
        "Booking=\"B1\"\r\nBookingDate=\"2017-06-20\"\r\nWeight=\"light\"\r\n");
    assert_int_equal(fixture.job.status, PARSE_INVALID);
    assert_string_equal(faults_of(&fixture),
                        "3 Facility facility-unknown; 6 BirthDate out-of-range; 7 Sex not-in-set;"
                        " 11 Weight (warning) not-a-number");
    assert_int_equal(fixture.job.faults.errors, 3);
    release(&fixture);
}

static void what_is_cut_is_incomplete_and_a_reason_that_is_there_stays(void **state)
{
    (void)state;
    struct fixture fixture;
    prepare(&fixture);
    parse(&fixture, "DataType=\"PatientLocation\"\r\nPatientID=\"P1\"\r\nBook");
    assert_int_equal(fixture.job.status, PARSE_INCOMPLETE);
    assert_string_equal(fixture.job.reason, "incomplete");
    fixture.job.reason = "suspect";
    worker_parse(&fixture.config, &fixture.job);
    assert_string_equal(fixture.job.reason, "suspect");
    release(&fixture);
}

static void the_rule_says_what_a_location_is_called_and_how_it_is_encoded(void **state)
{
    (void)state;
    struct fixture fixture;
    prepare(&fixture);
    fixture.match.datatype_location = "Move";
    parse(&fixture, "DataType=\"Move\"\r\nPatientID=\"P1\"\r\nBooking=\"B1\"\r\nHousing=\"ISU\"\r\n");
    assert_int_equal(fixture.job.status, PARSE_OK);
    assert_int_equal(fixture.job.event.kind, JMS_LOCATION);
    parse_location(&fixture, "");
    assert_int_equal(fixture.job.status, PARSE_INVALID);
    fixture.match.datatype_location = "PatientLocation";
    parse_location(&fixture, "Bed=\"\xE9\"\r\n"); /* é of Windows-1252 */
    assert_int_equal(fixture.job.status, PARSE_OK);
    fixture.match.encoding = ENCODING_UTF8;
    parse_location(&fixture, "Bed=\"\xE9\"\r\n");
    assert_int_equal(fixture.job.status, PARSE_INVALID);
    release(&fixture);
}

/* However little memory there is: either nothing is known of the file, or the same as with enough. */
static void want_of_memory_is_no_verdict(void **state)
{
    (void)state;
    /* Warnings of the parser and of the worker. */
    static const char DEMOGRAPHICS[] =
        "DataType=\"PatientDemographics\"\r\nPatientID=\"P1\"\r\nFacility=\"ADAMS\"\r\nLastName=\"DOE\"\r\n"
        "FirstName=\"JOHN\"\r\nBirthDate=\"07/22/1946\"\r\nSex=\"Male\"\r\nHousing=\"ISU\"\r\n"
        "Booking=\"B1\"\r\nBookingDate=\"2026-03-08 02:30\"\r\nWeight=\"light\"\r\n";
    /* A warning of the worker alone. */
    static const char MOVED[] =
        "DataType=\"PatientLocation\"\r\nPatientID=\"P1\"\r\nFacility=\"ADAMS\"\r\nBooking=\"B1\"\r\n"
        "Housing=\"ISU\"\r\nMoveDate=\"2026-03-08 02:30\"\r\n";
    /* Wrong for the facility alone. */
    static const char NOWHERE[] =
        "DataType=\"PatientLocation\"\r\nPatientID=\"P1\"\r\nFacility=\"SECRET\"\r\n"
        "Booking=\"B1\"\r\nHousing=\"ISU\"\r\n";
    static const char *const FILES[] = {DEMOGRAPHICS, MOVED, NOWHERE};
    for (size_t i = 0; i < sizeof FILES / sizeof FILES[0]; i++) {
        struct fixture fixture;
        char enough[1000];
        prepare(&fixture);
        parse(&fixture, FILES[i]);
        enum parse_status status = fixture.job.status;
        (void)snprintf(enough, sizeof enough, "%s", faults_of(&fixture));
        assert_true(enough[0] != '\0');
        size_t needed = fixture.job.arena.used, given_up = 0;
        for (size_t limit = 1; limit <= needed; limit++) {
            fixture.job.arena.limit = limit;
            parse(&fixture, FILES[i]);
            given_up += fixture.job.status == PARSE_NO_MEMORY;
            if (fixture.job.status == PARSE_NO_MEMORY)
                continue;
            assert_int_equal(fixture.job.status, status);
            assert_string_equal(faults_of(&fixture), enough);
        }
        assert_true(given_up > 0);
        release(&fixture);
    }
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_committer_gets_all_that_it_needs),
        cmocka_unit_test(settings_of_the_rule_come_along),
        cmocka_unit_test(dates_are_read_in_the_zone_of_the_facility),
        cmocka_unit_test(the_repeated_hour_is_the_reading_nearest_before_arrival),
        cmocka_unit_test(a_local_time_that_does_not_exist_is_taken_an_hour_later_with_a_warning),
        cmocka_unit_test(codes_are_compared_without_regard_to_case_and_blanks),
        cmocka_unit_test(an_unknown_facility_is_refused_with_the_known_ones),
        cmocka_unit_test(a_single_facility_ignores_the_field),
        cmocka_unit_test(of_several_a_dem_must_name_one_and_a_location_may),
        cmocka_unit_test(all_faults_are_told_at_once_in_the_order_of_the_file),
        cmocka_unit_test(what_is_cut_is_incomplete_and_a_reason_that_is_there_stays),
        cmocka_unit_test(the_rule_says_what_a_location_is_called_and_how_it_is_encoded),
        cmocka_unit_test(want_of_memory_is_no_verdict),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
