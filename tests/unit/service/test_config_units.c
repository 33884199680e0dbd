/* Durations, sizes, and "did you mean". */
#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

#include <string.h>

#include "service/config_near.h"
#include "service/config_units.h"

static void test_durations(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint32_t milliseconds;
    } good[] = {{"0 ms", 0},        {"500 ms", 500},  {"1 s", 1000},           {"1s", 1000},
                {"10 min", 600000}, {"2 h", 7200000}, {"1193 h", 4294800000u}, {"007 s", 7000}};
    static const char *const bad[] = {"",     " ",    "s",    "1",     "1 S",    "1 sec",         "1  s",
                                      " 1 s", "1 s ", "-1 s", "1.5 s", "1194 h", "9999999999 ms", "1 d",
                                      "1 KB", "0x1 s"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        uint32_t value = 1;
        assert_true(config_duration(good[i].text, &value));
        assert_int_equal(value, good[i].milliseconds);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        uint32_t value = 77;
        assert_false(config_duration(bad[i], &value));
        assert_int_equal(value, 77);
    }
}

static void test_sizes(void **state)
{
    (void)state;
    uint64_t value = 0;
    assert_true(config_size("64 KB", &value));
    assert_int_equal(value, 65536);
    assert_true(config_size("999999999 GB", &value));
    assert_true(value == (uint64_t)999999999 * 1024 * 1024 * 1024);
    assert_false(config_size("1 TB", &value));
    assert_false(config_size("1 kB", &value));
    assert_false(config_size("1", &value));
}

static void test_back_to_text(void **state)
{
    (void)state;
    char text[40];
    config_duration_text(1500, text, sizeof text);
    assert_string_equal(text, "1500 ms");
    config_duration_text(600000, text, sizeof text);
    assert_string_equal(text, "10 min");
    config_duration_text(0, text, sizeof text);
    assert_string_equal(text, "0 ms");
    config_size_text(1024 * 1024, text, sizeof text);
    assert_string_equal(text, "1 MB");
    config_size_text(1000, text, sizeof text);
    assert_string_equal(text, "1000 bytes");
}

static void test_distance(void **state)
{
    (void)state;
    assert_int_equal(config_near_distance("", ""), 0);
    assert_int_equal(config_near_distance("folder", "FOLDER"), 0);
    assert_int_equal(config_near_distance("", "abc"), 3);
    assert_int_equal(config_near_distance("pol", "poll"), 1);
    assert_int_equal(config_near_distance("pattren", "pattern"), 1); /* neighbours swapped */
    assert_int_equal(config_near_distance("kitten", "sitting"), 3);
    char longer[300];
    memset(longer, 'a', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    assert_int_equal(config_near_distance(longer, ""), 64);
}

static void test_nearest(void **state)
{
    (void)state;
    static const char *const names[] = {"name", "folder", "authority", "order", "poll"};
    assert_string_equal(config_near("foldr", names, 5), "folder");
    assert_string_equal(config_near("Order", names, 5), "order");
    assert_null(config_near("password", names, 5));
    assert_null(config_near("anything", names, 0));
    assert_string_equal(config_near_zone("america/los_angeles"), "America/Los_Angeles");
    assert_string_equal(config_near_zone("Los Angeles"), "America/Los_Angeles");
    assert_null(config_near_zone("PST"));
    assert_null(config_near_zone("W. Europe Standard Time"));
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_durations), cmocka_unit_test(test_sizes),   cmocka_unit_test(test_back_to_text),
        cmocka_unit_test(test_distance),  cmocka_unit_test(test_nearest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
