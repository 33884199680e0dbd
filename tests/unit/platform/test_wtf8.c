/* Every sequence of UTF-16 units goes into bytes and comes back; bytes that are no WTF-8 are refused. */
#include "tests/support/cb_cmocka.h"

#include <string.h>

#include "platform/wtf8.h"
#include "tests/support/test_main.h"

static void round_trip(const uint16_t *units, size_t count)
{
    char bytes[64];
    uint16_t back[64];
    size_t size = wtf8_from_utf16(units, count, bytes);
    assert_true(size <= count * 3);
    assert_int_equal(wtf8_to_utf16(bytes, size, back), count);
    assert_memory_equal(back, units, count * sizeof *units);
}

static void test_every_unit_round_trips(void **state)
{
    (void)state;
    for (uint32_t unit = 0; unit <= 0xFFFF; unit++) {
        const uint16_t units[] = {'a', (uint16_t)unit, 'b'};
        round_trip(units, 3);
    }
}

static void test_every_pair_of_kinds_round_trips(void **state)
{
    static const uint16_t kinds[] = {'x', 0xE9, 0x4E2D, 0xD800, 0xDBFF, 0xDC00, 0xDFFF, 0xFFFF};
    enum {
        KINDS = sizeof kinds / sizeof *kinds
    };
    (void)state;
    for (size_t i = 0; i < (size_t)KINDS * KINDS * KINDS; i++) {
        const uint16_t units[] = {kinds[i % KINDS], kinds[i / KINDS % KINDS], kinds[i / KINDS / KINDS]};
        round_trip(units, 3);
    }
}

static void test_every_character_round_trips(void **state)
{
    (void)state;
    for (uint32_t code = 0; code <= 0x10FFFF; code++) {
        char bytes[4];
        uint32_t back = 0xFFFFFFFF;
        size_t length = wtf8_encode(code, bytes);
        assert_int_equal(wtf8_decode(bytes, length, &back), length);
        assert_int_equal(back, code);
        for (size_t cut = 0; cut < length; cut++)
            assert_int_equal(wtf8_decode(bytes, cut, &back), 0);
    }
}

static void test_known_bytes(void **state)
{
    static const uint16_t units[] = {0xE9, 0xD83D, 0xDE00, 0xD800};
    char bytes[12];
    (void)state;
    assert_int_equal(wtf8_from_utf16(units, 4, bytes), 9);
    assert_memory_equal(bytes, "\xC3\xA9\xF0\x9F\x98\x80\xED\xA0\x80", 9);
}

static void test_odd_address(void **state)
{
    static const char raw[] = {0, 'a', 0, 'b', 0};
    char bytes[6];
    (void)state;
    assert_int_equal(wtf8_from_utf16(raw + 1, 2, bytes), 2);
    assert_memory_equal(bytes, "ab", 2);
}

static void test_what_is_no_wtf8_is_refused(void **state)
{
    static const char *const refused[] = {
        "\x80",     /* a continuation byte alone */
        "\xC0\x80", /* overlong forms */
        "\xC1\xBF",
        "\xE0\x9F\xBF",
        "\xF0\x8F\xBF\xBF",
        "\xF4\x90\x80\x80", /* above U+10FFFF */
        "\xF5\x80\x80\x80",
        "\xFF",
        "\xC3", /* cut off */
        "\xC3(",
        "\xE4\xB8",
        "\xED\xA0\xBD\xED\xB8\x80", /* a pair spelled as two */
    };
    uint16_t units[16];
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        assert_true(wtf8_to_utf16(refused[i], strlen(refused[i]), units) == WTF8_INVALID);
    assert_int_equal(wtf8_to_utf16("", 0, units), 0);
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_unit_round_trips),
        cmocka_unit_test(test_every_pair_of_kinds_round_trips),
        cmocka_unit_test(test_every_character_round_trips),
        cmocka_unit_test(test_known_bytes),
        cmocka_unit_test(test_odd_address),
        cmocka_unit_test(test_what_is_no_wtf8_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
