/* An alert as a line: the documented form, byte for byte, and what cannot be a line. */
#include "outbound/alert_line.h"
#include "parser/jms_alert.h"
#include "parser/limits.h"
#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"
#include "tests/unit/outbound/test_order.h"

#include <string.h>

static const struct alert_code codes[] = {{"HIGHCAL", "HIGHCAL"}, {"DIAB", "D1"}, {"DIAB", "D2"}};
static const struct alert_user users[] = {{"U7", 17}, {"U8", 0}};
static const struct alert_map map = {codes, 3, users, 2};
static const struct alert_receiver receiver = {
    .to = {.kind = LIVE_FEED, .name = "jms"}, .authority = "JMS", .map = &map};

static struct arena arena;

static int setup(void **state)
{
    (void)state;
    arena_init(&arena, 0);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

/* The documented example, at Denver. */
static struct alert_event example(void)
{
    return (struct alert_event){
        .id = 1,
        .alert = 1,
        .code = "HIGHCAL",
        .date_added = test_instant(2020, 9, 1, 16, 0, 0),
        .date_removed = INSTANT_NONE,
        .authority = "JMS",
        .patient_id = "1234",
        .booking_number = "202009181020",
        .facility = "VCSO",
        .facility_zone = "America/Denver",
    };
}

static const char *render(const struct alert_event *event)
{
    struct alert_line line;
    const char *wrong = alert_line(event, &receiver, &arena, &line);
    if (wrong != NULL)
        fail_msg("%s", wrong);
    return arena_copy_text(&arena, line.bytes);
}

static void the_documented_lines(void **state)
{
    (void)state;
    struct alert_event event = example();
    assert_string_equal(render(&event), "1234,202009181020,2020-09-01T10:00:00,,HIGHCAL,,\r\n");
    event.date_removed = test_instant(2020, 9, 14, 16, 0, 0);
    event.removed_by = "U7";
    /* What is told is that it was added, though it is removed by now: its removal is told by another line. */
    assert_string_equal(render(&event), "1234,202009181020,2020-09-01T10:00:00,,HIGHCAL,,\r\n");
    event.removed = true;
    event.removed_by = NULL;
    assert_string_equal(render(&event),
                        "1234,202009181020,2020-09-01T10:00:00,2020-09-14T10:00:00,HIGHCAL,,\r\n");
}

static void codes_and_users_go_by_the_map(void **state)
{
    (void)state;
    struct alert_event event = example();
    event.code = "diab";
    event.added_by = "U7";
    event.date_removed = test_instant(2020, 12, 1, 17, 0, 0);
    event.removed_by = "U8";
    event.removed = true;
    /* The first of two codes; a clock change lies between the two times. */
    assert_string_equal(render(&event),
                        "1234,202009181020,2020-09-01T10:00:00,2020-12-01T10:00:00,D1,17,0\r\n");
    event.added_by = "U9"; /* not mapped: CorEMR System */
    assert_string_equal(render(&event),
                        "1234,202009181020,2020-09-01T10:00:00,2020-12-01T10:00:00,D1,,0\r\n");
    assert_string_equal(alert_map_coremr_code(&map, SLICE_LITERAL(" d2 ")), "DIAB");
    assert_null(alert_map_coremr_code(&map, SLICE_LITERAL("D3")));
    assert_string_equal(alert_map_coremr_user(&map, 0), "U8");
    assert_null(alert_map_coremr_user(&map, 1));
}

/* By the reading of its clock the sender knows the alert again, whatever a clock change makes of the instant. */
static void date_added_goes_out_as_it_came(void **state)
{
    (void)state;
    struct alert_event event = example();
    event.date_added_given = "2020-09-01T09:59:59";
    assert_string_equal(render(&event), "1234,202009181020,2020-09-01T09:59:59,,HIGHCAL,,\r\n");
    /* What is no time on the clock of the facility becomes one. */
    event.date_added_given = "2020-09-01T16:00:00Z";
    assert_string_equal(render(&event), "1234,202009181020,2020-09-01T10:00:00,,HIGHCAL,,\r\n");
    event.date_added_given = "2020-09-01";
    event.date_added = test_instant(2020, 9, 1, 6, 0, 0);
    assert_string_equal(render(&event), "1234,202009181020,2020-09-01T00:00:00,,HIGHCAL,,\r\n");
}

static void what_cannot_be_a_line_says_why(void **state)
{
    (void)state;
    struct alert_line line;
    static const char *const bad[] = {"12,34", "12\"34", "12\n34", "12\r34", "12\x7F"};
    struct alert_event event;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        event = example();
        event.patient_id = bad[i];
        assert_non_null(strstr(alert_line(&event, &receiver, &arena, &line), "patient.patient_id"));
        event = example();
        event.booking_number = bad[i];
        assert_non_null(strstr(alert_line(&event, &receiver, &arena, &line), "booking.booking_number"));
    }
    event = example();
    event.code = "UNKNOWN";
    const char *wrong = alert_line(&event, &receiver, &arena, &line);
    assert_non_null(strstr(wrong, "feed jms has no code for the alert"));
    assert_null(strstr(wrong, "UNKNOWN"));
    assert_in_range(strlen(wrong), 1, 255);
    event = example();
    event.facility_zone = NULL;
    assert_non_null(strstr(alert_line(&event, &receiver, &arena, &line), "no facility"));
}

/* What we write, we read. */
static void the_parser_reads_what_is_rendered(void **state)
{
    (void)state;
    struct alert_event event = example();
    event.removed = true;
    event.date_removed = test_instant(2020, 9, 14, 16, 0, 0) + 250000;
    event.added_by = "U7";
    event.removed_by = "U8";
    struct slice text = slice_of(render(&event));
    static char window[LIMIT_CSV_WINDOW];
    struct csv_survey survey;
    struct csv_rows rows;
    struct fault_list faults;
    struct jms_alert alert;
    fault_list_init(&faults, &arena);
    csv_survey_begin(&survey, &jms_alert_columns, ENCODING_AUTO, window, sizeof window);
    memcpy(csv_survey_space(&survey).ptr, text.ptr, text.len);
    csv_survey_fill(&survey, text.len);
    assert_int_equal(csv_survey_end(&survey, &faults), PARSE_OK);
    csv_rows_begin(&rows, &jms_alert_columns, &survey.start, window, sizeof window);
    memcpy(csv_space(&rows.csv).ptr, text.ptr, text.len);
    csv_fill(&rows.csv, text.len);
    csv_finish(&rows.csv);
    assert_int_equal(jms_alert_next(&rows, &arena, &faults, &alert), CSV_RECORD);
    assert_int_equal(alert.status, PARSE_OK);
    assert_int_equal(faults.count, 0);
    static const char *const expected[JMS_ALERT_FIELD_COUNT] = {
        "1234", "202009181020", "2020-09-01T10:00:00", "2020-09-14T10:00:00.25", "HIGHCAL", "17", "0"};
    for (int i = 0; i < JMS_ALERT_ADDED_BY; i++)
        assert_true(slice_equal(alert.fields[i].text, slice_of(expected[i])));
    assert_int_equal(alert.fields[JMS_ALERT_ADDED_BY].number, 17);
    assert_int_equal(alert.fields[JMS_ALERT_REMOVED_BY].number, 0);
    assert_int_equal(jms_alert_next(&rows, &arena, &faults, &alert), CSV_END);
}

#define WITH_ARENA(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        WITH_ARENA(the_documented_lines),
        WITH_ARENA(codes_and_users_go_by_the_map),
        WITH_ARENA(date_added_goes_out_as_it_came),
        WITH_ARENA(what_cannot_be_a_line_says_why),
        WITH_ARENA(the_parser_reads_what_is_rendered),
    };
    return cmocka_run_group_tests_name("alert line", tests, NULL, NULL);
}
