/* The name and the folder under which a file is kept: a function of its ledger row alone. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/path.h"
#include "service/spool/store.h"
#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

static void assert_name(int64_t number, const char *original, const char *suffix, const char *expected)
{
    char *name = store_name(number, original, suffix);
    assert_non_null(name);
    assert_string_equal(name, expected);
    free(name);
}

static void a_name_is_number_and_original_name(void **state)
{
    (void)state;
    assert_name(42, "DEM12345678_0400.ini", "", "000000000042_DEM12345678_0400.ini");
    assert_name(42, "DEM1.ini", ".reason.txt", "000000000042_DEM1.ini.reason.txt");
    assert_name(999999999999, "a", "", "999999999999_a");
    assert_name(1000000000000, "a", "~2", "1000000000000_a~2");
    assert_name(INT64_MAX, "a", "", "9223372036854775807_a");
    assert_name(1, "\xC3\xA9.ini", "", "000000000001_\xC3\xA9.ini");
}

static void an_end_that_windows_would_drop_is_written_otherwise(void **state)
{
    (void)state;
    assert_name(1, "DEM1.", "", "000000000001_DEM1_");
    assert_name(1, "DEM1 ", "", "000000000001_DEM1_");
    assert_name(1, "DEM1..", "", "000000000001_DEM1._"); /* the last one is what matters */
    assert_name(1, ".", ".reason.txt", "000000000001__.reason.txt");
    assert_name(1, ".ini", "", "000000000001_.ini");
    assert_name(1, "CON", "", "000000000001_CON"); /* no device: it has a number before it */
}

static char *repeat(const char *piece, size_t times)
{
    size_t length = strlen(piece);
    char *text = malloc(length * times + 1);
    assert_non_null(text);
    for (size_t i = 0; i < times; i++)
        memcpy(text + i * length, piece, length);
    text[length * times] = '\0';
    return text;
}

static void long_names_are_cut_to_200_units_between_characters(void **state)
{
    (void)state;
    static const struct {
        const char *piece;
        size_t times;
        size_t kept; /* pieces, by units of UTF-16 */
    } CASES[] = {
        {"x", 199, 199},
        {"x", 200, 200},
        {"x", 201, 200},
        {"x", 255, 200},
        {"\xC3\xA9", 255, 200},         /* é: one unit, two bytes */
        {"\xE2\x82\xAC", 85, 85},       /* €: one unit, three bytes */
        {"\xF0\x9F\x98\x80", 120, 100}, /* outside the BMP: two units, four bytes */
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        char *original = repeat(CASES[i].piece, CASES[i].times);
        char *name = store_name(7, original, ".reason.txt");
        assert_non_null(name);
        size_t size = strlen(CASES[i].piece), kept = CASES[i].kept;
        while (kept * size > PATH_NAME_BYTES - 40) /* natively a name has at most 255 bytes */
            kept--;
        char *expected = repeat(CASES[i].piece, kept);
        size_t length = strlen(name);
        assert_int_equal(length, strlen("000000000007_") + kept * size + strlen(".reason.txt"));
        assert_memory_equal(name, "000000000007_", 13);
        assert_memory_equal(name + 13, expected, kept * size);
        assert_string_equal(name + 13 + kept * size, ".reason.txt");
        assert_true(path_utf16_length(name) + strlen(".tmp") <= 255);
        assert_true(length + strlen(".tmp") <= PATH_NAME_BYTES);
        free(expected);
        free(name);
        free(original);
    }
    /* An astral character that would be cut in the middle is left out whole. */
    char *ones = repeat("x", 199);
    char original[256], expected[256];
    (void)snprintf(original, sizeof original, "%s\xF0\x9F\x98\x80", ones);
    (void)snprintf(expected, sizeof expected, "000000000001_%s", ones);
    assert_name(1, original, "", expected);
    free(ones);
}

static void a_cut_that_ends_in_a_dot_is_mended(void **state)
{
    (void)state;
    char *ones = repeat("x", 199);
    char original[256], expected[256];
    (void)snprintf(original, sizeof original, "%s.ini", ones);
    (void)snprintf(expected, sizeof expected, "000000000001_%s_", ones);
    assert_name(1, original, "", expected);
    free(ones);
}

static void assert_folder(enum store_place place, const char *arrived, const char *expected)
{
    instant_us instant;
    char folder[STORE_FOLDER_SIZE];
    assert_true(datetime_parse_instant(slice_of(arrived), &instant));
    store_folder(place, instant, folder);
    for (char *c = folder; *c; c++)
        if (*c == PATH_SEPARATOR)
            *c = '/';
    assert_string_equal(folder, expected);
}

static void folders_go_by_the_hour_of_arrival(void **state)
{
    (void)state;
    assert_folder(STORE_ARCHIVE, "2026-11-23T18:59:59.999999Z", "archive/2026/11/23/18");
    assert_folder(STORE_ARCHIVE, "2026-11-23T19:00:00.000000Z", "archive/2026/11/23/19");
    assert_folder(STORE_QUARANTINE, "2024-02-29T00:00:00.000000Z", "quarantine/2024/02/29/00");
    assert_folder(STORE_HOLD, "2026-12-31T23:59:59.000000Z", "hold/2026/12/31/23");
    assert_folder(STORE_QUARANTINE, "9999-12-31T23:59:59.999999Z", "quarantine/9999/12/31/23");
}

static void places_have_names(void **state)
{
    (void)state;
    assert_string_equal(store_place_name(STORE_ARCHIVE), "archive");
    assert_string_equal(store_place_name(STORE_QUARANTINE), "quarantine");
    assert_string_equal(store_place_name(STORE_HOLD), "hold");
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_is_number_and_original_name),
        cmocka_unit_test(an_end_that_windows_would_drop_is_written_otherwise),
        cmocka_unit_test(long_names_are_cut_to_200_units_between_characters),
        cmocka_unit_test(a_cut_that_ends_in_a_dot_is_mended),
        cmocka_unit_test(folders_go_by_the_hour_of_arrival),
        cmocka_unit_test(places_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
