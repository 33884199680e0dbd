/* Times as people read and write them. */
#include <string.h>

#include "service/commands/when.h"
#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

#define HOUR ((instant_us)3600 * 1000000)

/* A configuration of two facilities in these zones; static. */
static const struct config *config_of(const char *first, const char *second)
{
    static struct config_facility facilities[2];
    static struct config config;
    facilities[0] = (struct config_facility){.zone_name = first, .zone = zone_find(slice_of(first))};
    facilities[1] = (struct config_facility){.zone_name = second, .zone = zone_find(slice_of(second))};
    config = (struct config){.facilities = facilities, .facility_count = 2};
    return &config;
}

static instant_us instant(const char *text)
{
    instant_us out = INSTANT_NONE;
    assert_true(datetime_parse_instant(slice_of(text), &out));
    return out;
}

static void the_zone_is_that_of_all_facilities(void **state)
{
    (void)state;
    struct when when;
    char text[WHEN_SIZE];
    when_init(&when, config_of("America/Denver", "America/Denver"), false);
    assert_string_equal(when.name, "America/Denver");
    when_format(&when, instant("2026-11-23T01:04:05.000000Z"), text);
    assert_string_equal(text, "2026-11-22 18:04:05");
    when_format_exact(&when, instant("2026-07-23T01:04:05.999999Z"), text);
    assert_string_equal(text, "2026-07-22 19:04:05 -06:00");
    when_init(&when, config_of("America/Denver", "America/Chicago"), false);
    assert_string_equal(when.name, "UTC");
    when_format_exact(&when, instant("2026-07-23T01:04:05.000000Z"), text);
    assert_string_equal(text, "2026-07-23 01:04:05 +00:00");
    when_init(&when, config_of("America/Denver", "America/Denver"), true);
    assert_string_equal(when.name, "UTC");
}

static void a_day_is_one_of_that_zone(void **state)
{
    (void)state;
    struct when when;
    instant_us from = 0, to = 0;
    instant_us now = instant("2026-11-23T01:00:00.000000Z"); /* still the 22nd */
    when_init(&when, config_of("America/Denver", "America/Denver"), false);
    assert_true(when_read(&when, "2026-11-01", false, now, &from) &&
                when_read(&when, "2026-11-01", true, now, &to));
    assert_true(from == instant("2026-11-01T06:00:00.000000Z"));
    assert_true(to - from == 25 * HOUR); /* the clocks are set back */
    assert_true(when_read(&when, "2026-12-31", true, now, &to));
    assert_true(to == instant("2027-01-01T07:00:00.000000Z"));
    assert_true(when_read(&when, "today", false, now, &from) &&
                when_read(&when, "yesterday", true, now, &to));
    assert_true(from == instant("2026-11-22T07:00:00.000000Z") && from == to);
    assert_true(when_read(&when, "11/22/2026 18:30", true, now, &to));
    assert_true(to == instant("2026-11-23T01:30:00.000000Z"));
    static const char *const wrong[] = {"", "tomorrow", "2026-02-30", "26-11-22", "2026-11-22T25:00"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_false(when_read(&when, wrong[i], false, now, &from));
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_zone_is_that_of_all_facilities),
        cmocka_unit_test(a_day_is_one_of_that_zone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
