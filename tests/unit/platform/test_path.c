/* Paths, the order of names, patterns, and lengths as Windows counts. */
#include "tests/support/cb_cmocka.h"

#include <stdlib.h>
#include <string.h>

#include "platform/path.h"
#include "tests/support/test_main.h"

#ifdef _WIN32
#define SEP "\\"
#else
#define SEP "/"
#endif

static void check_join(const char *folder, const char *name, const char *expected)
{
    char *joined = path_join(folder, name);
    assert_string_equal(joined, expected);
    free(joined);
}

static void test_join(void **state)
{
    (void)state;
    check_join("a", "b", "a" SEP "b");
    check_join("a" SEP, "b", "a" SEP "b");
    check_join(SEP, "b", SEP "b");
#ifdef _WIN32
    check_join("C:\\in/", "b", "C:\\in/b");
#endif
}

static void check_parts(const char *path, const char *folder, const char *name)
{
    char *found = path_folder(path);
    assert_string_equal(found, folder);
    assert_string_equal(path_name(path), name);
    free(found);
}

static void test_folder_and_name(void **state)
{
    (void)state;
    check_parts("name", "", "name");
    check_parts("", "", "");
    check_parts(SEP "a", SEP, "a");
    check_parts("a" SEP "b", "a", "b");
    check_parts("a" SEP SEP "b", "a", "b");
    check_parts(SEP "a" SEP "b" SEP "c", SEP "a" SEP "b", "c");
#ifdef _WIN32
    check_parts("C:\\in", "C:\\", "in");
    check_parts("C:\\in/x.dem", "C:\\in", "x.dem");
    check_parts("C:x.dem", "C:", "x.dem");
    check_parts("\\\\server\\share\\x", "\\\\server\\share", "x");
    check_parts("\\\\server", "\\\\", "server");
#else
    check_parts("a\\b", "", "a\\b");
#endif
}

static void test_absolute(void **state)
{
    (void)state;
    assert_false(path_is_absolute(""));
    assert_false(path_is_absolute("in"));
    assert_false(path_is_absolute("." SEP "in"));
#ifdef _WIN32
    assert_true(path_is_absolute("C:\\in"));
    assert_true(path_is_absolute("c:/in"));
    assert_true(path_is_absolute("\\\\server\\share"));
    assert_true(path_is_absolute("\\\\?\\C:\\in"));
    assert_false(path_is_absolute("C:in"));
    assert_false(path_is_absolute("C:"));
    assert_false(path_is_absolute("\\in")); /* of the current drive */
    assert_false(path_is_absolute("\\\\"));
    assert_false(path_is_absolute("1:\\in"));
#else
    assert_true(path_is_absolute("/"));
    assert_true(path_is_absolute("/in"));
    assert_false(path_is_absolute("C:\\in"));
#endif
}

static int sign(int number)
{
    return (number > 0) - (number < 0);
}

/* Each name before the next one. */
static const char *const in_order[] = {
    "",
    "0",
    "00",
    "01",
    "1",
    "2",
    "9",
    "10",
    "99999999999999999999999999999998",
    "99999999999999999999999999999999",
    "A",
    "a",
    "a.2",
    "A2",
    "a02",
    "a2",
    "a10",
    "a10b1",
    "a10b02",
    "a10b2x",
    "B",
    "b_0400.ini",
    "b_0401.ini",
    "b_04010.ini",
    "z",
    "\xC3\xA9",
    "\xE4\xB8\xAD",
    "\xF0\x9F\x98\x80",
    "\x80",
    "\xFF",
};
enum {
    IN_ORDER = sizeof in_order / sizeof *in_order
};

static void test_natural_order(void **state)
{
    (void)state;
    for (size_t i = 0; i < IN_ORDER; i++) {
        for (size_t j = 0; j < IN_ORDER; j++) {
            int expected = i < j ? -1 : i > j;
            if (sign(path_compare_natural(in_order[i], in_order[j])) != expected)
                fail_msg("'%s' and '%s': expected %d", in_order[i], in_order[j], expected);
        }
    }
}

static void random_name(char *name, size_t room)
{
    static const char alphabet[] = "0019aAbB._\xC3\xA9\x80";
    size_t length = (size_t)rand() % room;
    for (size_t i = 0; i < length; i++)
        name[i] = alphabet[(size_t)rand() % (sizeof alphabet - 1)];
    name[length] = '\0';
}

/* For any three names: equal only when the same, each order the reverse of the other, and no circles. */
static void test_natural_order_is_an_order(void **state)
{
    (void)state;
    srand(1);
    for (int round = 0; round < 200000; round++) {
        char a[8], b[8], c[8];
        random_name(a, sizeof a);
        random_name(b, sizeof b);
        random_name(c, sizeof c);
        int ab = sign(path_compare_natural(a, b));
        int bc = sign(path_compare_natural(b, c));
        assert_int_equal(ab, -sign(path_compare_natural(b, a)));
        assert_int_equal(ab == 0, strcmp(a, b) == 0);
        if (ab <= 0 && bc <= 0)
            assert_true(path_compare_natural(a, c) <= 0);
    }
}

static void test_patterns(void **state)
{
    static const struct {
        const char *name, *pattern;
        bool matches;
    } cases[] = {
        {"", "", true},
        {"", "*", true},
        {"", "?", false},
        {"a", "", false},
        {"DEM_1.ini", "dem_*.INI", true},
        {"DEM_1.inix", "*.ini", false}, /* Windows' own search would find it by its short name */
        {"DEM_1.ini", "*", true},
        {"noext", "*.*", false},
        {"a.b.c", "*.c", true},
        {"a.b.c", "*.b", false},
        {"abc", "?b?", true},
        {"ab", "?b?", false},
        {"aXbXc", "a*x*c", true},
        {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", "*a*a*a*a*a*a*a*a*a*a*c", false},
        {"\xC3\x89t\xC3\xA9.ini", "\xC3\xA9T\xC3\x89.*", true}, /* É and é */
        {"\xC3\x97", "\xC3\xB7", false},                        /* × and ÷ are no pair */
        {"\xC3\xBF", "\xC3\x9F", false},                        /* ÿ and ß are none either */
        {"\xC3\xA9", "?", true},                                /* one character, not one byte */
        {"\xF0\x9F\x98\x80", "?", true},
        {"\xFF", "?", true},
        {"x*y", "x\\*y", false}, /* there is no escape */
        {"a[1]", "a[1]", true},  /* and there are no classes */
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (path_matches(cases[i].name, cases[i].pattern) != cases[i].matches)
            fail_msg("'%s' and '%s': expected %d", cases[i].name, cases[i].pattern, cases[i].matches);
    }
}

static void test_lengths(void **state)
{
    static const char name[] = "a\xC3\xA9\xF0\x9F\x98\x80"
                               "b\xFF"; /* a é 😀 b and a stray byte: 1 1 2 1 1 units */
    static const size_t cuts[] = {0, 1, 3, 3, 7, 8, 9, 9};
    (void)state;
    assert_int_equal(path_utf16_length(""), 0);
    assert_int_equal(path_utf16_length(name), 6);
    for (size_t units = 0; units < sizeof cuts / sizeof *cuts; units++)
        assert_int_equal(path_cut_utf16(name, units), cuts[units]);
    /* A single surrogate is one unit. */
    assert_int_equal(path_utf16_length("\xED\xA0\x80"), 1);
}

static void test_volumes(void **state)
{
    char *unc = NULL;
    (void)state;
#ifdef _WIN32
    assert_int_equal(path_volume_kind("C:\\"), PATH_VOLUME_LOCAL);
    assert_int_equal(path_volume_kind("C:\\windows\\no such"), PATH_VOLUME_LOCAL);
    assert_int_equal(path_volume_kind("Q:\\in"), PATH_VOLUME_UNKNOWN);
    assert_int_equal(path_volume_kind("\\\\server\\share\\in"), PATH_VOLUME_REMOTE);
    assert_int_equal(path_resolve_mapped("Q:\\in", &unc).kind, PLATFORM_NOT_FOUND);
    assert_int_equal(path_resolve_mapped("C:\\in", &unc).kind, PLATFORM_NOT_FOUND);
    assert_int_equal(path_resolve_mapped("\\\\server\\share", &unc).kind, PLATFORM_NOT_FOUND);
#else
    assert_int_equal(path_volume_kind("/"), PATH_VOLUME_LOCAL);
    assert_int_equal(path_volume_kind("/no such folder"), PATH_VOLUME_UNKNOWN);
    assert_int_equal(path_resolve_mapped("/in", &unc).kind, PLATFORM_NOT_FOUND);
#endif
    assert_null(unc);
}

#ifdef _WIN32
#include <windows.h>

/* A letter that this session does not know, but the user has saved for the next logon. */
static void test_saved_letter(void **state)
{
    static const wchar_t share[] = L"\\\\jail\\drop";
    char *unc = NULL;
    (void)state;
    assert_int_equal(
        RegSetKeyValueW(HKEY_CURRENT_USER, L"Network\\Q", L"RemotePath", REG_SZ, share, sizeof share), 0);
    struct platform_status whole = path_resolve_mapped("q:\\", &unc);
    assert_int_equal(whole.kind, PLATFORM_OK);
    assert_string_equal(unc, "\\\\jail\\drop");
    free(unc);
    struct platform_status below = path_resolve_mapped("Q:\\in\\dem", &unc);
    (void)RegDeleteTreeW(HKEY_CURRENT_USER, L"Network\\Q");
    assert_int_equal(below.kind, PLATFORM_OK);
    assert_string_equal(unc, "\\\\jail\\drop\\in\\dem");
    free(unc);
}
#endif

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_join),
        cmocka_unit_test(test_folder_and_name),
        cmocka_unit_test(test_absolute),
        cmocka_unit_test(test_natural_order),
        cmocka_unit_test(test_natural_order_is_an_order),
        cmocka_unit_test(test_patterns),
        cmocka_unit_test(test_lengths),
        cmocka_unit_test(test_volumes),
#ifdef _WIN32
        cmocka_unit_test(test_saved_letter),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
