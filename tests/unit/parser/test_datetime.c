#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

#include "parser/datetime.h"
#include "parser/zone.h"
#include "tests/unit/parser/parser_test.h"

#include <string.h>

#define SECOND INT64_C(1000000)

static instant_us utc(const char *stored)
{
    instant_us instant;
    assert_true(datetime_parse_instant(slice_of(stored), &instant));
    return instant;
}

struct form {
    const char *text;
    enum fault_code code;
    const char *canonical; /* when the code is FAULT_NONE */
};

static void test_forms_of_a_date(void **state)
{
    (void)state;
    static const struct form forms[] = {
        {"07/22/1946", FAULT_NONE, "1946-07-22"},
        {"1946-07-22", FAULT_NONE, "1946-07-22"},
        {"19460722", FAULT_NONE, "1946-07-22"},
        {" \t1946-07-22 ", FAULT_NONE, "1946-07-22"},
        {"02/29/2000", FAULT_NONE, "2000-02-29"},
        {"2024-02-29", FAULT_NONE, "2024-02-29"},
        {"0001-01-01", FAULT_NONE, "0001-01-01"},
        {"9999-12-31", FAULT_NONE, "9999-12-31"},
        {"02/30/1946", FAULT_DATE_NOT_IN_CALENDAR, NULL},
        {"02/29/1900", FAULT_DATE_NOT_IN_CALENDAR, NULL},
        {"2023-02-29", FAULT_DATE_NOT_IN_CALENDAR, NULL},
        {"20230431", FAULT_DATE_NOT_IN_CALENDAR, NULL},
        {"2023-13-01", FAULT_DATE_NOT_IN_CALENDAR, NULL},
        {"2023-00-01", FAULT_DATE_NOT_IN_CALENDAR, NULL},
        {"2023-01-00", FAULT_DATE_NOT_IN_CALENDAR, NULL},
        {"0000-01-01", FAULT_DATE_NOT_IN_CALENDAR, NULL},
        {"22/07/1946", FAULT_DATE_NOT_IN_CALENDAR, NULL},
        {"07/22/46", FAULT_YEAR_TWO_DIGITS, NULL},
        {"46-07-22", FAULT_YEAR_TWO_DIGITS, NULL},
        {"46/07/22", FAULT_YEAR_TWO_DIGITS, NULL},
        {"", FAULT_NOT_A_DATE, NULL},
        {" ", FAULT_NOT_A_DATE, NULL},
        {"07/22/194", FAULT_NOT_A_DATE, NULL},
        {"07/22/19466", FAULT_NOT_A_DATE, NULL},
        {"1946/07/22", FAULT_NOT_A_DATE, NULL},
        {"1946-07-2", FAULT_NOT_A_DATE, NULL},
        {"1946-07-22 10:00", FAULT_NOT_A_DATE, NULL},
        {"1946-07-22T", FAULT_NOT_A_DATE, NULL},
        {"1946072", FAULT_NOT_A_DATE, NULL},
        {"194607220", FAULT_NOT_A_DATE, NULL},
        {"+946-07-22", FAULT_NOT_A_DATE, NULL},
        {"1946-0x-22", FAULT_NOT_A_DATE, NULL},
        {"22 July 1946", FAULT_NOT_A_DATE, NULL},
        {"07/22/1946 10:00x", FAULT_NOT_A_DATE, NULL},
        {"123456", FAULT_NOT_A_DATE, NULL},
        {"01234", FAULT_NOT_A_DATE, NULL},
        {"17005.", FAULT_NOT_A_DATE, NULL},
        {"17005.5x", FAULT_NOT_A_DATE, NULL},
        {"7//1946", FAULT_NOT_A_DATE, NULL},
        {"/7/1946", FAULT_NOT_A_DATE, NULL},
        {"7/2/194", FAULT_NOT_A_DATE, NULL},
        {"7/222/1946", FAULT_NOT_A_DATE, NULL},
        /* what Excel makes of a date that it saves */
        {"7/22/1946", FAULT_DATE_SPREADSHEET, NULL},
        {"7/2/1946", FAULT_DATE_SPREADSHEET, NULL},
        {"12/2/1946", FAULT_DATE_SPREADSHEET, NULL},
        {" 7/22/1946 0:00 ", FAULT_DATE_SPREADSHEET, NULL},
        {"12/22/1946 0:00", FAULT_DATE_SPREADSHEET, NULL},
        {"12/22/1946 12:00:00 AM", FAULT_DATE_SPREADSHEET, NULL},
        {"7/22/46", FAULT_DATE_SPREADSHEET, NULL},
        {"22/7/1946", FAULT_DATE_SPREADSHEET, NULL},
        {"17005", FAULT_DATE_SPREADSHEET, NULL},
        {"17005.5", FAULT_DATE_SPREADSHEET, NULL},
    };
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        struct civil_time civil = {.year = 77};
        char canonical[DATETIME_CIVIL_SIZE];
        enum fault_code code = datetime_parse_date(slice_of(forms[i].text), &civil);
        if (code != forms[i].code)
            fail_msg("'%s' gives %s", forms[i].text, fault_code_name(code));
        if (code == FAULT_NONE) {
            assert_int_equal(datetime_format_civil(&civil, canonical), 10);
            assert_string_equal(canonical, forms[i].canonical);
            datetime_format_date(&civil, canonical);
            assert_string_equal(canonical, forms[i].canonical);
            assert_false(civil.has_time);
        } else {
            assert_int_equal(civil.year, 77);
        }
    }
}

static void test_forms_of_a_time(void **state)
{
    (void)state;
    static const struct form forms[] = {
        {"2017-06-20 14:32:04", FAULT_NONE, "2017-06-20T14:32:04"},
        {"2018-06-06T12:34", FAULT_NONE, "2018-06-06T12:34:00"},
        {"06/20/2017 14:32", FAULT_NONE, "2017-06-20T14:32:00"},
        {"20170620T14:32:04", FAULT_NONE, "2017-06-20T14:32:04"},
        {"2017-06-20 14:32:04.5", FAULT_NONE, "2017-06-20T14:32:04.5"},
        {"2017-06-20 14:32:04.000", FAULT_NONE, "2017-06-20T14:32:04"},
        {"2017-06-20 14:32:04.123456789", FAULT_NONE, "2017-06-20T14:32:04.123456789"},
        {"2017-06-20T14:32:04Z", FAULT_NONE, "2017-06-20T14:32:04Z"},
        {"2017-06-20T14:32Z", FAULT_NONE, "2017-06-20T14:32:00Z"},
        {"2017-06-20T14:32:04-07:00", FAULT_NONE, "2017-06-20T14:32:04-07:00"},
        {"2017-06-20T14:32:04.25+0530", FAULT_NONE, "2017-06-20T14:32:04.25+05:30"},
        {"2017-06-20T14:32:04+14:00", FAULT_NONE, "2017-06-20T14:32:04+14:00"},
        {"2017-06-20T14:32:04-00:00", FAULT_NONE, "2017-06-20T14:32:04Z"},
        {" 2017-06-20 00:00\t", FAULT_NONE, "2017-06-20T00:00:00"},
        {"2017-06-20", FAULT_NONE, "2017-06-20"},
        {"20170620", FAULT_NONE, "2017-06-20"},
        /* hour 24 is the next midnight */
        {"2017-06-30 24:00", FAULT_NONE, "2017-07-01T00:00:00"},
        {"2017-12-31T24:00:00.0-07:00", FAULT_NONE, "2018-01-01T00:00:00-07:00"},
        {"02/28/2024 24:00:00", FAULT_NONE, "2024-02-29T00:00:00"},
        {"9999-12-31 24:00", FAULT_DATE_NOT_IN_CALENDAR, NULL},
        {"2017-06-20 24:00:01", FAULT_NOT_A_TIME, NULL},
        {"2017-06-20 24:01", FAULT_NOT_A_TIME, NULL},
        {"2017-06-20 24:00:00.1", FAULT_NOT_A_TIME, NULL},
        {"2017-06-31 10:00", FAULT_DATE_NOT_IN_CALENDAR, NULL},
        {"2017-02-30", FAULT_DATE_NOT_IN_CALENDAR, NULL},
        {"06/20/17 14:32", FAULT_YEAR_TWO_DIGITS, NULL},
        {"17-06-20T14:32:04", FAULT_YEAR_TWO_DIGITS, NULL},
        {"2017-06-20 25:00", FAULT_NOT_A_TIME, NULL},
        {"2017-06-20 14:60", FAULT_NOT_A_TIME, NULL},
        {"2017-06-20 14:32:60", FAULT_NOT_A_TIME, NULL},
        {"2017-06-20 14", FAULT_NOT_A_TIME, NULL},
        {"2017-06-20 1432", FAULT_NOT_A_TIME, NULL},
        {"2017-06-20 4:32", FAULT_NOT_A_TIME, NULL},
        {"2017-06-20 14:32:", FAULT_NOT_A_TIME, NULL},
        {"2017-06-20 14:32:04.", FAULT_NOT_A_TIME, NULL},
        {"2017-06-20 14:32.5", FAULT_NOT_A_TIME, NULL},
        {"2017-06-20 14:32:04.1234567890", FAULT_NOT_A_TIME, NULL},
        {"2017-06-20  14:32", FAULT_NOT_A_TIME, NULL},
        {"2017-06-20t14:32", FAULT_NOT_A_TIME, NULL},
        {"2017-06-20T", FAULT_NOT_A_TIME, NULL},
        {"2017-06-20 02:32 PM", FAULT_NOT_A_TIME, NULL},
        {"2017-06-20 14:32z", FAULT_NOT_A_TIME, NULL},
        {"2017-06-20 14:32ZZ", FAULT_NOT_A_TIME, NULL},
        {"2017-06-20 14:32+7", FAULT_NOT_A_TIME, NULL},
        {"2017-06-20 14:32-07:0", FAULT_NOT_A_TIME, NULL},
        {"2017-06-20 14:32-07:60", FAULT_NOT_A_TIME, NULL},
        {"2017-06-20 14:32+14:01", FAULT_NOT_A_TIME, NULL},
        {"201706201432", FAULT_NOT_A_TIME, NULL},
        {"", FAULT_NOT_A_TIME, NULL},
        {"tomorrow", FAULT_NOT_A_TIME, NULL},
        /* what Excel makes of a time that it saves */
        {"6/20/2017 14:32", FAULT_DATE_SPREADSHEET, NULL},
        {"6/20/2017 9:05", FAULT_DATE_SPREADSHEET, NULL},
        {"06/20/2017 9:05", FAULT_DATE_SPREADSHEET, NULL},
        {"6/20/2017", FAULT_DATE_SPREADSHEET, NULL},
        {"6/20/2017 2:32:04 pm", FAULT_DATE_SPREADSHEET, NULL},
        {"42906.60560", FAULT_DATE_SPREADSHEET, NULL},
        {"06/20/2017 9:5", FAULT_NOT_A_TIME, NULL},
        {"06/20/2017 9", FAULT_NOT_A_TIME, NULL},
        {"06/20/2017 9:05:0", FAULT_NOT_A_TIME, NULL},
        {"06/20/2017 9:05 XM", FAULT_NOT_A_TIME, NULL},
        {"6/20/2017T9:05", FAULT_NOT_A_TIME, NULL},
    };
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        struct civil_time civil = {.year = 77};
        char canonical[DATETIME_CIVIL_SIZE];
        enum fault_code code = datetime_parse(slice_of(forms[i].text), &civil);
        if (code != forms[i].code)
            fail_msg("'%s' gives %s", forms[i].text, fault_code_name(code));
        if (code != FAULT_NONE) {
            assert_int_equal(civil.year, 77);
            continue;
        }
        assert_int_equal(datetime_format_civil(&civil, canonical), strlen(forms[i].canonical));
        assert_string_equal(canonical, forms[i].canonical);
        /* The canonical form says the same when it is read again. */
        struct civil_time again;
        assert_int_equal(datetime_parse(slice_of(canonical), &again), FAULT_NONE);
        assert_int_equal(datetime_as_utc(&again), datetime_as_utc(&civil));
        assert_int_equal(again.offset_minutes, civil.offset_minutes);
    }
}

static void test_seconds_are_known_to_be_written(void **state)
{
    (void)state;
    struct civil_time civil;
    assert_int_equal(datetime_parse(SLICE_LITERAL("2017-06-20 14:32"), &civil), FAULT_NONE);
    assert_true(civil.has_time && !civil.has_second && !civil.has_offset);
    assert_int_equal(datetime_parse(SLICE_LITERAL("2017-06-20 14:32:00Z"), &civil), FAULT_NONE);
    assert_true(civil.has_time && civil.has_second && civil.has_offset && civil.offset_minutes == 0);
}

/* Every day of the years 1 to 9999, counted one by one. */
static void test_every_day_goes_both_ways(void **state)
{
    (void)state;
    static const unsigned lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int64_t days = datetime_days_from_civil(1, 1, 1);
    assert_int_equal(days, -719162);
    for (int32_t year = 1; year <= 9999; year++) {
        bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        for (unsigned month = 1; month <= 12; month++) {
            for (unsigned day = 1; day <= lengths[month - 1] + (month == 2 && leap); day++, days++) {
                int32_t y;
                unsigned m, d;
                datetime_civil_from_days(days, &y, &m, &d);
                if (datetime_days_from_civil(year, month, day) != days || y != year || m != month || d != day)
                    fail_msg("%d-%u-%u", (int)year, month, day);
            }
        }
    }
    assert_int_equal(datetime_days_from_civil(1970, 1, 1), 0);
}

static void test_stored_form_of_an_instant(void **state)
{
    (void)state;
    static const struct {
        instant_us instant;
        const char *text;
    } cases[] = {
        {0, "1970-01-01T00:00:00.000000Z"},
        {-1, "1969-12-31T23:59:59.999999Z"},
        {INT64_C(1497969124) * SECOND + 5, "2017-06-20T14:32:04.000005Z"},
        {INT64_C(-62135596800) * SECOND, "0001-01-01T00:00:00.000000Z"},
        {INT64_C(253402300800) * SECOND - 1, "9999-12-31T23:59:59.999999Z"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[28];
        datetime_format_instant(cases[i].instant, text);
        assert_string_equal(text, cases[i].text);
        assert_int_equal(utc(text), cases[i].instant);
        struct civil_time civil;
        datetime_from_instant(cases[i].instant, &civil);
        assert_true(civil.has_time && civil.has_second && !civil.has_offset);
        assert_int_equal(datetime_as_utc(&civil), cases[i].instant);
    }
    static const char *const others[] = {
        "",
        "2017-06-20T14:32:04Z",
        "2017-06-20T14:32:04.00000Z",
        "2017-06-20T14:32:04.0000000Z",
        "2017-06-20 14:32:04.000000Z",
        "2017-06-20T24:00:00.000000Z",
        "2017-06-31T14:32:04.000000Z",
        "2017-06-20T14:32:04.000000z",
        "06/20/2017T14:32:04.000000Z",
        "2017-06-20T14:32:04.00+0000",
        " 2017-06-20T14:32:04.00000Z",
    };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        instant_us instant = 42;
        if (datetime_parse_instant(slice_of(others[i]), &instant) || instant != 42)
            fail_msg("'%s' was taken", others[i]);
    }
}

static void test_reads_in_a_zone(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *zone; /* NULL: none is given */
        const char *arrival;
        enum datetime_reading reading;
        const char *instant;
    } cases[] = {
        {"2017-06-20 14:32:04", "America/Denver", NULL, DATETIME_EXACT, "2017-06-20T20:32:04.000000Z"},
        {"2017-12-20 14:32:04", "America/Denver", NULL, DATETIME_EXACT, "2017-12-20T21:32:04.000000Z"},
        {"2017-06-20", "America/Denver", NULL, DATETIME_EXACT, "2017-06-20T06:00:00.000000Z"},
        {"2017-06-20 14:32:04.1234567", "UTC", NULL, DATETIME_EXACT, "2017-06-20T14:32:04.123456Z"},
        {"2017-06-20 14:32:04", NULL, NULL, DATETIME_EXACT, "2017-06-20T14:32:04.000000Z"},
        /* What names its offset needs no zone */
        {"2017-06-20 14:32:04-05:00", "America/Denver", NULL, DATETIME_EXACT, "2017-06-20T19:32:04.000000Z"},
        {"2017-03-12 02:30:00-07:00", "America/Denver", NULL, DATETIME_EXACT, "2017-03-12T09:30:00.000000Z"},
        {"2017-06-20 14:32:04+05:30", NULL, NULL, DATETIME_EXACT, "2017-06-20T09:02:04.000000Z"},
        /* 2 h to 3 h does not exist on 2017-03-12: one hour later */
        {"2017-03-12 01:59:59", "America/Denver", NULL, DATETIME_EXACT, "2017-03-12T08:59:59.000000Z"},
        {"2017-03-12 02:00", "America/Denver", NULL, DATETIME_SKIPPED, "2017-03-12T09:00:00.000000Z"},
        {"2017-03-12 02:59:59", "America/Denver", NULL, DATETIME_SKIPPED, "2017-03-12T09:59:59.000000Z"},
        {"2017-03-12 03:00", "America/Denver", NULL, DATETIME_EXACT, "2017-03-12T09:00:00.000000Z"},
        /* Half an hour is left out: one hour later all the same */
        {"2016-05-01 02:45", "America/Caracas", NULL, DATETIME_SKIPPED, "2016-05-01T07:45:00.000000Z"},
        /* A midnight that does not exist */
        {"2018-03-11", "America/Havana", NULL, DATETIME_SKIPPED, "2018-03-11T05:00:00.000000Z"},
        /* 1 h to 2 h stands twice on 2017-11-05: the reading nearest before arrival */
        {"2017-11-05 00:59:59", "America/Denver", NULL, DATETIME_EXACT, "2017-11-05T06:59:59.000000Z"},
        {"2017-11-05 01:30", "America/Denver", NULL, DATETIME_REPEATED, "2017-11-05T07:30:00.000000Z"},
        {"2017-11-05 01:30", "America/Denver", "2017-11-05T08:30:00.000000Z", DATETIME_REPEATED,
         "2017-11-05T08:30:00.000000Z"},
        {"2017-11-05 01:30", "America/Denver", "2017-11-05T08:29:59.999999Z", DATETIME_REPEATED,
         "2017-11-05T07:30:00.000000Z"},
        {"2017-11-05 01:30", "America/Denver", "2017-11-09T00:00:00.000000Z", DATETIME_REPEATED,
         "2017-11-05T08:30:00.000000Z"},
        {"2017-11-05 01:30", "America/Denver", "2017-11-01T00:00:00.000000Z", DATETIME_REPEATED,
         "2017-11-05T07:30:00.000000Z"},
        {"2017-11-05 02:00", "America/Denver", NULL, DATETIME_EXACT, "2017-11-05T09:00:00.000000Z"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct civil_time civil;
        const struct zone *zone = NULL;
        if (cases[i].zone != NULL) {
            zone = zone_find(slice_of(cases[i].zone));
            assert_non_null(zone);
        }
        instant_us arrival = cases[i].arrival == NULL ? INSTANT_NONE : utc(cases[i].arrival);
        instant_us instant;
        char text[28];
        assert_int_equal(datetime_parse(slice_of(cases[i].text), &civil), FAULT_NONE);
        enum datetime_reading reading = datetime_to_instant(&civil, zone, arrival, &instant);
        datetime_format_instant(instant, text);
        assert_string_equal(text, cases[i].instant);
        assert_int_equal(reading, cases[i].reading);
    }
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forms_of_a_date),
        cmocka_unit_test(test_forms_of_a_time),
        cmocka_unit_test(test_seconds_are_known_to_be_written),
        cmocka_unit_test(test_every_day_goes_both_ways),
        cmocka_unit_test(test_stored_form_of_an_instant),
        cmocka_unit_test(test_reads_in_a_zone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
