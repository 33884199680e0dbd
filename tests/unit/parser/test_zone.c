#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

#include "parser/datetime.h"
#include "parser/zone.h"
#include "tests/unit/parser/parser_test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#ifndef _WIN32
#include <unistd.h>
#endif

static int64_t seconds(int32_t year, unsigned month, unsigned day)
{
    return datetime_days_from_civil(year, month, day) * 86400;
}

static void test_finds_exact_names_only(void **state)
{
    (void)state;
    static const char *const names[] = {"America/Adak",
                                        "America/New_York",
                                        "America/Indiana/Knox",
                                        "US/Pacific",
                                        "US/Samoa",
                                        "Canada/Eastern",
                                        "America/Indianapolis",
                                        "EST5EDT",
                                        "Pacific/Honolulu",
                                        "Pacific/Guam",
                                        "Pacific/Saipan",
                                        "Pacific/Pago_Pago",
                                        "UTC",
                                        "Etc/UTC"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const struct zone *zone = zone_find(slice_of(names[i]));
        if (zone == NULL)
            fail_msg("%s is missing", names[i]);
        assert_string_equal(zone_name(zone), names[i]);
    }
    static const char *const others[] = {
        "",   "america/new_york", "America/New_Yor", "America/New_York ", "America/", "Europe/Berlin", "AAA",
        "zzz"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        assert_null(zone_find(slice_of(others[i])));
    assert_null(zone_find(SLICE_EMPTY));
}

static void test_the_list_is_sorted_and_whole(void **state)
{
    (void)state;
    assert_true(zone_count() > 150);
    for (size_t i = 0; i < zone_count(); i++) {
        const struct zone *zone = zone_at(i);
        assert_ptr_equal(zone_find(slice_of(zone_name(zone))), zone);
        if (i > 0)
            assert_true(strcmp(zone_name(zone_at(i - 1)), zone_name(zone)) < 0);
    }
    assert_null(zone_at(zone_count()));
    const char *version = zone_data_version();
    assert_int_equal(strspn(version, "0123456789"), 4);
    assert_true(strlen(version) >= 5);
}

static void test_offsets_that_are_known(void **state)
{
    (void)state;
    static const struct {
        const char *zone;
        int32_t year;
        unsigned month;
        int32_t offset;
    } cases[] = {
        {"UTC", 2024, 7, 0},
        {"America/New_York", 2024, 1, -18000},
        {"America/New_York", 2024, 7, -14400},
        {"America/New_York", 2099, 7, -14400},
        {"America/Phoenix", 2024, 7, -25200},
        {"America/Phoenix", 2099, 7, -25200},
        {"America/Los_Angeles", 1974, 2, -25200}, /* the energy crisis: daylight saving time from January */
        {"America/Anchorage", 1980, 1, -36000},
        {"America/Anchorage", 2024, 1, -32400},
        {"America/St_Johns", 2024, 7, -9000},
        {"America/Sao_Paulo", 2018, 1, -7200},
        {"America/Sao_Paulo", 2024, 1, -10800},
        {"Pacific/Honolulu", 2024, 7, -36000},
        {"Pacific/Guam", 2024, 7, 36000},
        {"Pacific/Pago_Pago", 2024, 7, -39600},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct zone *zone = zone_find(slice_of(cases[i].zone));
        assert_int_equal(zone_offset_at(zone, seconds(cases[i].year, cases[i].month, 15)), cases[i].offset);
    }
}

static void test_holds_outside_of_its_years(void **state)
{
    (void)state;
    for (size_t i = 0; i < zone_count(); i++) {
        const struct zone *zone = zone_at(i);
        int64_t out[2];
        assert_int_equal(zone_offset_at(zone, INT64_MIN), zone_offset_at(zone, seconds(1950, 1, 1)));
        assert_int_equal(zone_offset_at(zone, INT64_MAX), zone_offset_at(zone, seconds(2101, 1, 1)));
        assert_int_equal(zone_utc_of_local(zone, seconds(1, 1, 1), out), 1);
        assert_int_equal(zone_utc_of_local(zone, seconds(9999, 1, 1), out), 1);
        assert_true(zone_utc_of_local(zone, INT64_MIN, out) <= 1);
        assert_true(zone_utc_of_local(zone, INT64_MAX, out) <= 1);
    }
}

/* The first second from `from` on at which the offset is not what it was at `from`, by halving; the change lies before `to`. */
static int64_t find_change(const struct zone *zone, int64_t from, int64_t to)
{
    int32_t before = zone_offset_at(zone, from);
    while (to - from > 1) {
        int64_t middle = from + (to - from) / 2;
        if (zone_offset_at(zone, middle) == before)
            from = middle;
        else
            to = middle;
    }
    return to;
}

static void check_local(const struct zone *zone, int64_t local, const int32_t offsets[2])
{
    int64_t expected[2];
    int64_t got[2];
    size_t count = 0;
    for (size_t i = 0; i < 2; i++) {
        if ((i == 0 || offsets[0] != offsets[1]) && zone_offset_at(zone, local - offsets[i]) == offsets[i])
            expected[count++] = local - offsets[i];
    }
    if (count == 2 && expected[1] < expected[0]) {
        int64_t first = expected[1];
        expected[1] = expected[0];
        expected[0] = first;
    }
    size_t found = zone_utc_of_local(zone, local, got);
    if (found != count || (count > 0 && got[0] != expected[0]) || (count > 1 && got[1] != expected[1]))
        fail_msg("%s: local %lld", zone_name(zone), (long long)local);
}

/* Around every change of every zone: the local readings are exactly those that the offsets give. */
static void test_local_readings_around_every_change(void **state)
{
    (void)state;
    size_t changes = 0, skipped = 0, repeated = 0;
    const int64_t day = 86400;
    for (size_t i = 0; i < zone_count(); i++) {
        const struct zone *zone = zone_at(i);
        for (int64_t at = seconds(1950, 1, 1); at < seconds(2101, 1, 1); at += day) {
            int32_t offsets[2] = {zone_offset_at(zone, at), zone_offset_at(zone, at + day)};
            if (offsets[0] == offsets[1])
                continue;
            int64_t change = find_change(zone, at, at + day);
            changes++;
            if (offsets[0] < offsets[1])
                skipped++;
            else
                repeated++;
            for (size_t side = 0; side < 2; side++) {
                for (int64_t step = -2; step <= 2; step++)
                    check_local(zone, change + offsets[side] + step, offsets);
            }
            check_local(zone, change + ((int64_t)offsets[0] + offsets[1]) / 2, offsets);
        }
    }
    assert_true(changes > 10000 && skipped > 5000 && repeated > 5000);
}

#ifdef _WIN32
static void test_agrees_with_the_c_library(void **state)
{
    (void)state;
    print_message("skipped: the C library of Windows does not know IANA zones; done natively\n");
    skip();
}
#else
static int32_t library_offset(int64_t utc_seconds)
{
    time_t moment = (time_t)utc_seconds;
    struct tm local;
    assert_non_null(localtime_r(&moment, &local));
    return (int32_t)local.tm_gmtoff;
}

static void check_against_library(const struct zone *zone, int64_t moment)
{
    if (zone_offset_at(zone, moment) != library_offset(moment))
        fail_msg("%s at %lld: %ld, the C library says %ld", zone_name(zone), (long long)moment,
                 (long)zone_offset_at(zone, moment), (long)library_offset(moment));
}

/* mktime takes the moment back from its local reading, and so do we. */
static void check_mktime(const struct zone *zone, int64_t moment)
{
    time_t as_time = (time_t)moment;
    struct tm local;
    int64_t out[2];
    assert_non_null(localtime_r(&as_time, &local));
    size_t count = zone_utc_of_local(zone, moment + zone_offset_at(zone, moment), out);
    if (count == 1 && (mktime(&local) != as_time || out[0] != moment))
        fail_msg("%s: local reading of %lld", zone_name(zone), (long long)moment);
    if (count == 0 || (count == 2 && out[0] != moment && out[1] != moment))
        fail_msg("%s: %lld does not come back", zone_name(zone), (long long)moment);
}

static void test_agrees_with_the_c_library(void **state)
{
    (void)state;
    const int64_t step = 3 * 86400 + 4567;
    const int64_t end = seconds(2100, 1, 1);
    size_t compared = 0;
    for (size_t i = 0; i < zone_count(); i++) {
        const struct zone *zone = zone_at(i);
        char path[200];
        (void)snprintf(path, sizeof path, "/usr/share/zoneinfo/%s", zone_name(zone));
        if (access(path, R_OK) != 0) {
            print_message("not compared: the C library of this machine lacks %s\n", zone_name(zone));
            continue;
        }
        assert_int_equal(setenv("TZ", zone_name(zone), 1), 0);
        tzset();
        compared++;
        size_t samples = 0;
        for (int64_t at = seconds(1950, 1, 1); at < end; at += step, samples++) {
            check_against_library(zone, at);
            if (samples % 8 == 0)
                check_mktime(zone, at);
            /* To the second at each change, as we see it. */
            if (zone_offset_at(zone, at) != zone_offset_at(zone, at + step) && at + step < end) {
                int64_t change = find_change(zone, at, at + step);
                check_against_library(zone, change - 1);
                check_against_library(zone, change);
                check_mktime(zone, change - 7200);
                check_mktime(zone, change + 7200);
            }
        }
    }
    assert_true(compared > 100);
}
#endif

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_finds_exact_names_only),
        cmocka_unit_test(test_the_list_is_sorted_and_whole),
        cmocka_unit_test(test_offsets_that_are_known),
        cmocka_unit_test(test_holds_outside_of_its_years),
        cmocka_unit_test(test_local_readings_around_every_change),
        cmocka_unit_test(test_agrees_with_the_c_library),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
