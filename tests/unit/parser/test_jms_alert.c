#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

#include "parser/jms_alert.h"
#include "tests/unit/parser/parser_test.h"

#include <stdlib.h>
#include <string.h>

static char window[LIMIT_CSV_WINDOW];
static struct arena arena;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, 0);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

struct reading {
    struct feed feed;
    struct csv_rows rows;
    struct fault_list faults; /* of the last line */
    struct jms_alert alert;
};

static void begin(struct reading *reading, struct slice bytes, bool header)
{
    struct csv_survey survey;
    struct fault_list faults;
    size_t size;
    *reading = (struct reading){.feed = {bytes, 0}};
    fault_list_init(&faults, &arena);
    csv_survey_begin(&survey, &jms_alert_columns, ENCODING_AUTO, window, sizeof window);
    while ((size = feed_into(&reading->feed, csv_survey_space(&survey))) > 0)
        csv_survey_fill(&survey, size);
    assert_int_equal(csv_survey_end(&survey, &faults), PARSE_OK);
    assert_int_equal(survey.header, header);
    reading->feed = (struct feed){bytes, 5};
    csv_rows_begin(&reading->rows, &jms_alert_columns, &survey.start, window, sizeof window);
}

static bool next(struct reading *reading)
{
    for (;;) {
        fault_list_init(&reading->faults, &arena);
        enum csv_got got = jms_alert_next(&reading->rows, &arena, &reading->faults, &reading->alert);
        if (got != CSV_MORE)
            return got == CSV_RECORD;
        assert_true(feed_next(&reading->feed, &reading->rows.csv));
    }
}

static void test_the_documented_example(void **state)
{
    (void)state;
    struct slice bytes = load_fixture("alerts.csv");
    struct reading reading;
    begin(&reading, bytes, false);
    const struct jms_value *fields = reading.alert.fields;
    for (uint32_t row = 1; row <= 2; row++) {
        assert_true(next(&reading));
        assert_int_equal(reading.alert.status, PARSE_OK);
        assert_int_equal(reading.faults.count, 0);
        assert_int_equal(reading.alert.csv.row, row);
        assert_slice(fields[JMS_ALERT_JACKET].text, "1234");
        assert_slice(fields[JMS_ALERT_BOOKING].text, "202009181020");
        assert_slice(fields[JMS_ALERT_ADDED].text, "2020-09-01T10:00:00");
        assert_slice(fields[JMS_ALERT_CODE].text, "HIGHCAL");
        assert_int_equal(fields[JMS_ALERT_REMOVED].presence, row == 1 ? JMS_EMPTY : JMS_GIVEN);
        assert_slice(fields[JMS_ALERT_REMOVED].text, row == 1 ? "" : "2020-09-14T10:00:00");
        assert_int_equal(fields[JMS_ALERT_ADDED_BY].presence, JMS_EMPTY);
        assert_int_equal(fields[JMS_ALERT_REMOVED_BY].presence, JMS_EMPTY);
    }
    assert_false(next(&reading));
    free_fixture(bytes);
}

/* One line, what it is and what is said of it. */
static void test_lines(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        enum parse_status status;
        const char *faults;
    } cases[] = {
        {"\"1234\",\"20\",\"2020-09-01\",\"\",\"A,B\",\"17\",\"\"", PARSE_OK, ""},
        {"1,2,2020-09-01,2020-09-01,A,0,2147483647", PARSE_OK, ""},
        {",2,2020-09-01,,A,,", PARSE_INVALID, "error required-empty 2 column 1, Jacket / Permanent Number\n"},
        {"1,,,,,,", PARSE_INVALID,
         "error required-empty 2 column 2, Booking Number\nerror required-empty 2 column 3, Date Added\n"
         "error required-empty 2 column 5, Alert Code\n"},
        {"123456789012345678901234567890123456789012345678901,2,2020-09-01,,A,,", PARSE_INVALID,
         "error too-long 2 column 1, Jacket / Permanent Number\n"},
        {"1,123456789012345678901234567890123,soon,,123456789012345678901234567890123,,", PARSE_INVALID,
         "error too-long 2 column 2, Booking Number\nerror not-a-time 2 column 3, Date Added\n"
         "error too-long 2 column 5, Alert Code\n"},
        {"1,2,1900-01-01,,A,,", PARSE_INVALID, "error out-of-range 2 column 3, Date Added\n"},
        {"1,2,2101-01-01,,A,,", PARSE_INVALID, "error out-of-range 2 column 3, Date Added\n"},
        /* an optional value is left as it was */
        {"1,2,2020-09-01,soon,A,x,2147483648", PARSE_OK,
         "warning not-a-time 2 column 4, Date Removed\nwarning not-a-number 2 column 6, Added User Id\n"
         "warning out-of-range 2 column 7, Removed User Id\n"},
        {"1,2,2020-09-01,1900-01-01 00:00,A,-1,", PARSE_OK,
         "warning date-stands-for-none 2 column 4, Date Removed\nwarning out-of-range 2 column 6, Added User Id\n"},
        {"1,2,2020-09-14,2020-09-13T23:59,A,,", PARSE_INVALID,
         "error removed-before-added 2 column 4, Date Removed\n"},
        /* form */
        {"1,2,2020-09-14,,A,", PARSE_INVALID, "error column-count 2\n"},
        {"1,2,2020-09-14,,A,,,", PARSE_INVALID, "error column-count 2\n"},
        {"1,2,2020-09-14,,A\"B,,", PARSE_INVALID, "error quote-not-doubled 2 column 5, Alert Code\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char file[256] = "0,2,2020-09-01,,A,,\n";
        assert_true(strlen(file) + strlen(cases[i].line) + 2 < sizeof file);
        memcpy(file + strlen(file), cases[i].line, strlen(cases[i].line) + 1);
        file[strlen(file)] = '\n';
        struct reading reading;
        begin(&reading, slice_of(file), false);
        assert_true(next(&reading));
        assert_int_equal(reading.alert.status, PARSE_OK);
        assert_true(next(&reading));
        char *described = describe_faults(&reading.faults);
        if (reading.alert.status != cases[i].status || strcmp(described, cases[i].faults) != 0)
            fail_msg("%s: status %d\n%s", cases[i].line, (int)reading.alert.status, described);
        free(described);
        assert_false(next(&reading));
    }
}

static void test_values(void **state)
{
    (void)state;
    struct reading reading;
    begin(&reading,
          SLICE_LITERAL(
              "JACKET/PERMANENT NUMBER,booking number,Date Added,Date Removed,Alert Code,Added User Id,"
              "Removed User Id\n 1 ,2,09/01/2020 10:00,x,\"A,\"\"B\",007,-1"),
          true);
    assert_true(next(&reading));
    const struct jms_value *fields = reading.alert.fields;
    assert_slice(fields[JMS_ALERT_JACKET].text, "1");
    assert_slice(fields[JMS_ALERT_ADDED].text, "2020-09-01T10:00:00");
    assert_int_equal(fields[JMS_ALERT_ADDED].time.month, 9);
    assert_slice(fields[JMS_ALERT_CODE].text, "A,\"B");
    assert_slice(fields[JMS_ALERT_ADDED_BY].text, "7");
    assert_int_equal(fields[JMS_ALERT_ADDED_BY].number, 7);
    assert_int_equal(fields[JMS_ALERT_REMOVED].presence, JMS_ABSENT);
    assert_true(fields[JMS_ALERT_REMOVED].faulty);
    assert_int_equal(fields[JMS_ALERT_REMOVED_BY].presence, JMS_ABSENT);
    assert_int_equal(fields[JMS_ALERT_REMOVED_BY].line, 2);
    assert_false(next(&reading));
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_documented_example),
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_values),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
