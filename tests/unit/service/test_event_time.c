/* When an event happened (RULES "Order and time"): forms of file names, times of day without a date, fields. */
#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

#include <stdio.h>
#include <string.h>

#include "parser/zone.h"
#include "service/name_time.h"
#include "service/pipeline/event_time.h"

/* ---- forms ---- */

static void assert_read(const char *form, const char *name, const char *expected)
{
    struct civil_time civil;
    bool has_date = false;
    char text[DATETIME_CIVIL_SIZE] = "no";
    assert_null(name_time_fault(form));
    if (name_time_read(form, name, &civil, &has_date)) {
        if (!has_date) {
            civil.year = 1;
            civil.month = civil.day = 1;
        }
        (void)datetime_format_civil(&civil, text);
    }
    if (strcmp(text, expected) != 0)
        fail_msg("%s of %s: %s, expected %s", form, name, text, expected);
}

static void a_form_finds_the_time_in_a_name(void **state)
{
    (void)state;
    assert_read("*_%H%M.ini", "DEM12345678_0400.ini", "0001-01-01T04:00:00");
    assert_read("*_%H%M.ini", "DEM12345678_0400.INI", "0001-01-01T04:00:00");
    assert_read("dem*_%H%M%S.*", "DEM1_235959.txt", "0001-01-01T23:59:59");
    assert_read("*_%Y%m%d%H%M%S.ini", "LOC_7_20261123110501.ini", "2026-11-23T11:05:01");
    assert_read("%m-%d-%Y %H.%M*", "11-23-2026 07.30 loc.ini", "2026-11-23T07:30:00");
    assert_read("?_%H%M", "\xC3\xA9_0130", "0001-01-01T01:30:00");
    /* As much as can be stands for *: the last place decides. */
    assert_read("*_%H%M*", "A_0100_0200.ini", "0001-01-01T02:00:00");
    assert_read("*%H%M.ini", "9912345.ini", "0001-01-01T23:45:00");
    assert_read("*_%Y%m%d_%H%M.ini", "X_20240229_0000.ini", "2024-02-29T00:00:00");
}

static void a_name_of_another_form_has_no_time(void **state)
{
    (void)state;
    assert_read("*_%H%M.ini", "DEM12345678.ini", "no");
    assert_read("*_%H%M.ini", "DEM_2400.ini", "no");
    assert_read("*_%H%M.ini", "DEM_0460.ini", "no");
    assert_read("*_%H%M.ini", "DEM_04000.ini", "no");
    assert_read("*_%H%M", "DEM_040", "no");
    assert_read("*_%Y%m%d%H%M", "D_202602300400", "no");
    assert_read("*_%Y%m%d%H%M", "D_202613010400", "no");
    assert_read("*_%Y%m%d%H%M", "D_000001010400", "no");
    assert_read("?_%H%M", "_0130", "no");
    assert_read("???_%H%M", "", "no");
}

static void a_form_that_cannot_be_right_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"*.ini",       "*_%H.ini",       "*_%Y%H%M",     "*_%m%d%H%M",
                                      "*_%H%M%H",    "*_%H%M%y",       "*_%H%M%",      "%Y%m%d",
                                      "*_*_*_*%H%M", "*_%Y%m%d%d%H%M", "%%H%M_%H%M%N", ""};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (name_time_fault(bad[i]) == NULL)
            fail_msg("accepted: %s", bad[i]);
}

/* ---- times of day ---- */

static instant_us at(const char *utc)
{
    struct civil_time civil;
    assert_int_equal(datetime_parse(slice_of(utc), &civil), FAULT_NONE);
    return datetime_as_utc(&civil);
}

static void assert_of_day(const char *time, const char *written, const char *arrived, const char *expected,
                          bool expected_skipped)
{
    char text[28];
    struct civil_time civil;
    bool skipped = false;
    char dated[40];
    (void)snprintf(dated, sizeof dated, "2000-01-01 %s", time);
    assert_int_equal(datetime_parse(slice_of(dated), &civil), FAULT_NONE);
    instant_us found = event_time_of_day(&civil, zone_find(SLICE_LITERAL("America/Denver")), at(written),
                                         at(arrived), &skipped);
    datetime_format_instant(found, text);
    text[16] = '\0';
    if (strcmp(text, expected) != 0 || skipped != expected_skipped)
        fail_msg("%s written %s arrived %s: %s%s, expected %s", time, written, arrived, text,
                 skipped ? " (skipped)" : "", expected);
}

static void a_time_of_day_is_the_latest_before_the_last_write(void **state)
{
    (void)state;
    /* Denver is 7 hours behind UTC in November. */
    assert_of_day("04:00", "2026-11-23 11:00:05", "2026-11-23 11:00:09", "2026-11-23T11:00", false);
    assert_of_day("04:00", "2026-11-23 10:50", "2026-11-23 11:00", "2026-11-23T11:00",
                  false); /* 10 min ahead */
    assert_of_day("04:00", "2026-11-23 10:49:59", "2026-11-23 11:00", "2026-11-22T11:00", false);
    assert_of_day("23:58", "2026-11-23 07:01", "2026-11-23 07:02", "2026-11-23T06:58",
                  false); /* over midnight */
    assert_of_day("00:01", "2026-11-23 06:55", "2026-11-23 06:56", "2026-11-23T07:01", false);
    /* It lay there for days: the last-write time counts. */
    assert_of_day("04:00", "2026-11-18 12:00", "2026-11-23 18:00", "2026-11-18T11:00", false);
}

static void a_last_write_time_that_cannot_be_right_gives_way_to_the_arrival(void **state)
{
    (void)state;
    assert_of_day("04:00", "2027-11-23 11:00", "2026-11-23 18:00", "2026-11-23T11:00",
                  false); /* a year ahead */
    assert_of_day("04:00", "2026-11-23 18:00:01", "2026-11-23 18:00", "2026-11-23T11:00", false);
    assert_of_day("04:00", "2026-11-16 18:00", "2026-11-23 18:00", "2026-11-16T11:00", false); /* 7 days */
    assert_of_day("04:00", "2026-11-16 17:59", "2026-11-23 18:00", "2026-11-23T11:00", false); /* and more */
}

static void clock_changes_are_read_by_the_rules(void **state)
{
    (void)state;
    /* 2026-11-01 02:00 MDT (08:00Z) is 01:00 MST again. */
    assert_of_day("01:30", "2026-11-01 07:31", "2026-11-01 07:31", "2026-11-01T07:30", false);
    assert_of_day("01:30", "2026-11-01 08:31", "2026-11-01 08:31", "2026-11-01T08:30", false);
    /* 2026-03-08 02:30 does not exist. */
    assert_of_day("02:30", "2026-03-08 09:40", "2026-03-08 09:40", "2026-03-08T09:30", true);
}

/* ---- a job ---- */

struct fixture {
    struct config_match match;
    struct job job;
    struct jms_extra extra;
};

static const struct zone *denver(void)
{
    return zone_find(SLICE_LITERAL("America/Denver"));
}

static void prepare(struct fixture *fixture, enum jms_event_kind kind)
{
    memset(fixture, 0, sizeof *fixture);
    fixture->job.match = &fixture->match;
    fixture->job.event.kind = kind;
    fixture->job.row.arrived = at("2026-11-23 18:00");
    fixture->job.row.marks.written_us = at("2026-11-23 17:59");
    arena_init(&fixture->job.arena, 0);
    fault_list_init(&fixture->job.faults, &fixture->job.arena);
}

static void set_field(struct fixture *fixture, enum jms_field field, const char *text)
{
    struct jms_value *value = &fixture->job.event.fields[field];
    value->presence = JMS_GIVEN;
    value->line = 7;
    assert_int_equal(datetime_parse(slice_of(text), &value->time), FAULT_NONE);
}

static void set_extra(struct fixture *fixture, const char *name, const char *value)
{
    fixture->extra = (struct jms_extra){slice_of(name), slice_of(value), 9};
    fixture->job.event.extras = &fixture->extra;
    fixture->job.event.extra_count = 1;
}

/* The time that is found, and the one warning, or FAULT_NONE for none. */
static void assert_found(struct fixture *fixture, const char *expected, enum fault_code warning)
{
    char text[28];
    char wanted[28];
    datetime_format_instant(event_time_find(&fixture->job, denver()), text);
    datetime_format_instant(at(expected), wanted);
    assert_string_equal(text, wanted);
    assert_int_equal(fixture->job.faults.errors, 0);
    assert_int_equal(fixture->job.faults.count, warning != FAULT_NONE);
    if (warning != FAULT_NONE)
        assert_int_equal(fixture->job.faults.items[0].code, warning);
    arena_release(&fixture->job.arena);
}

static void without_a_setting_move_date_and_arrival_count(void **state)
{
    (void)state;
    struct fixture fixture;
    prepare(&fixture, JMS_LOCATION);
    set_field(&fixture, JMS_MOVE_DATE, "2026-11-23 09:15");
    assert_found(&fixture, "2026-11-23 16:15", FAULT_NONE);
    prepare(&fixture, JMS_LOCATION);
    assert_found(&fixture, "2026-11-23 18:00", FAULT_NONE);
    prepare(&fixture, JMS_DEMOGRAPHICS);
    set_field(&fixture, JMS_BOOKING_DATE, "2026-11-23 09:15");
    assert_found(&fixture, "2026-11-23 18:00", FAULT_NONE);
}

static void the_arrival_can_be_named(void **state)
{
    (void)state;
    struct fixture fixture;
    prepare(&fixture, JMS_LOCATION);
    fixture.match.event_time = CONFIG_EVENT_TIME_ARRIVAL;
    set_field(&fixture, JMS_MOVE_DATE, "2026-11-23 09:15");
    assert_found(&fixture, "2026-11-23 18:00", FAULT_NONE);
}

static void a_field_of_the_table_or_of_the_sender_can_be_named(void **state)
{
    (void)state;
    struct fixture fixture;
    prepare(&fixture, JMS_DEMOGRAPHICS);
    fixture.match.event_time = CONFIG_EVENT_TIME_FIELD;
    fixture.match.event_time_of = "BookingDate";
    set_field(&fixture, JMS_BOOKING_DATE, "2026-11-23 09:15");
    assert_found(&fixture, "2026-11-23 16:15", FAULT_NONE);

    static const struct {
        const char *value, *expected;
        enum fault_code warning;
    } cases[] = {{"11/23/2026 10:30", "2026-11-23 17:30", FAULT_NONE},
                 {"2026-11-23T17:45:00Z", "2026-11-23 17:45", FAULT_NONE},
                 {"", "2026-11-23 18:00", FAULT_NONE},
                 {" ", "2026-11-23 18:00", FAULT_NONE},
                 {"yesterday", "2026-11-23 18:00", FAULT_NOT_A_TIME},
                 {"0001-01-01 00:00", "2026-11-23 18:00", FAULT_OUT_OF_RANGE},
                 {"9999-12-31 23:59", "2026-11-23 18:00", FAULT_OUT_OF_RANGE}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        prepare(&fixture, JMS_DEMOGRAPHICS);
        fixture.match.event_time = CONFIG_EVENT_TIME_FIELD;
        fixture.match.event_time_of = "UpdatedAt";
        set_extra(&fixture, "UpdatedAt", cases[i].value);
        assert_found(&fixture, cases[i].expected, cases[i].warning);
    }
    prepare(&fixture, JMS_DEMOGRAPHICS);
    fixture.match.event_time = CONFIG_EVENT_TIME_FIELD;
    fixture.match.event_time_of = "UpdatedAt";
    assert_found(&fixture, "2026-11-23 18:00", FAULT_NONE);
}

static void a_part_of_the_file_name_can_be_named(void **state)
{
    (void)state;
    static const struct {
        const char *form;
        char name[40];
        const char *expected;
        enum fault_code warning;
    } cases[] = {{"*_%H%M.ini", "DEM12345678_0400.ini", "2026-11-23 11:00", FAULT_NONE},
                 {"*_%H%M.ini", "DEM12345678_1130.ini", "2026-11-22 18:30", FAULT_NONE},
                 {"*_%H%M.ini", "DEM12345678.ini", "2026-11-23 18:00", FAULT_NOT_A_TIME},
                 {"*_%Y%m%d%H%M.ini", "D_202611231030.ini", "2026-11-23 17:30", FAULT_NONE},
                 {"*_%Y%m%d%H%M.ini", "D_202611231110.ini", "2026-11-23 18:10", FAULT_NONE},
                 {"*_%Y%m%d%H%M.ini", "D_202611231111.ini", "2026-11-23 18:00", FAULT_OUT_OF_RANGE},
                 {"*_%Y%m%d%H%M.ini", "D_202711231030.ini", "2026-11-23 18:00", FAULT_OUT_OF_RANGE},
                 {"*_%Y%m%d%H%M.ini", "D_202603080230.ini", "2026-03-08 09:30", FAULT_TIME_DOES_NOT_EXIST},
                 /* The repeated hour: the reading nearest before the arrival. */
                 {"*_%Y%m%d%H%M.ini", "D_202611010130.ini", "2026-11-01 08:30", FAULT_NONE}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fixture fixture;
        char name[40];
        prepare(&fixture, JMS_LOCATION);
        memcpy(name, cases[i].name, sizeof name);
        fixture.job.name = name;
        fixture.match.event_time = CONFIG_EVENT_TIME_NAME;
        fixture.match.event_time_of = cases[i].form;
        set_field(&fixture, JMS_MOVE_DATE, "2026-11-01 01:01"); /* the feed names another */
        assert_found(&fixture, cases[i].expected, cases[i].warning);
    }
}

static void a_time_far_ahead_is_not_believed(void **state)
{
    (void)state;
    struct fixture fixture;
    prepare(&fixture, JMS_LOCATION);
    set_field(&fixture, JMS_MOVE_DATE, "2027-11-23 11:00");
    assert_found(&fixture, "2026-11-23 18:00", FAULT_OUT_OF_RANGE);
    prepare(&fixture, JMS_LOCATION);
    set_field(&fixture, JMS_MOVE_DATE, "2026-11-23 11:10");
    assert_found(&fixture, "2026-11-23 18:10", FAULT_NONE);
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_form_finds_the_time_in_a_name),
        cmocka_unit_test(a_name_of_another_form_has_no_time),
        cmocka_unit_test(a_form_that_cannot_be_right_is_refused),
        cmocka_unit_test(a_time_of_day_is_the_latest_before_the_last_write),
        cmocka_unit_test(a_last_write_time_that_cannot_be_right_gives_way_to_the_arrival),
        cmocka_unit_test(clock_changes_are_read_by_the_rules),
        cmocka_unit_test(without_a_setting_move_date_and_arrival_count),
        cmocka_unit_test(the_arrival_can_be_named),
        cmocka_unit_test(a_field_of_the_table_or_of_the_sender_can_be_named),
        cmocka_unit_test(a_part_of_the_file_name_can_be_named),
        cmocka_unit_test(a_time_far_ahead_is_not_believed),
    };
    return cmocka_run_group_tests_name("event_time", tests, NULL, NULL);
}
