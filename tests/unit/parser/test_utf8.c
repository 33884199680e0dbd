#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

#include "parser/utf8.h"
#include "tests/unit/parser/parser_test.h"

#include <string.h>

/* Every code point goes out and comes back; surrogates do not come back. */
static void test_every_code_point(void **state)
{
    (void)state;
    for (uint32_t code_point = 0; code_point < 0x110000; code_point++) {
        char bytes[4];
        size_t length = utf8_write(code_point, bytes);
        bool surrogate = code_point >= 0xD800 && code_point < 0xE000;
        size_t expected = code_point < 0x80 ? 1 : code_point < 0x800 ? 2 : code_point < 0x10000 ? 3 : 4;
        if (length != expected ||
            utf8_sequence_length(slice_from(bytes, length)) != (surrogate ? 0 : expected))
            fail_msg("U+%04lX", (unsigned long)code_point);
        for (size_t cut = 1; cut < length && !surrogate; cut++) {
            struct slice part = slice_from(bytes, cut);
            if (utf8_sequence_length(part) != 0 || !utf8_ends_inside_sequence(part))
                fail_msg("U+%04lX cut to %lu", (unsigned long)code_point, (unsigned long)cut);
        }
    }
}

static void test_what_is_not_well_formed(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "\x80",             /* continuation alone */
        "\xC0\x80",         /* overlong U+0000 */
        "\xC1\xBF",         /* overlong */
        "\xE0\x9F\xBF",     /* overlong */
        "\xF0\x8F\xBF\xBF", /* overlong */
        "\xED\xA0\x80",     /* surrogate */
        "\xF4\x90\x80\x80", /* beyond U+10FFFF */
        "\xF5\x80\x80\x80",
        "\xFE",
        "\xFF",
        "\xC3(", /* second byte is none */
        "\xE2\x82(",
        "\xF0\x9F\x98(",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(utf8_sequence_length(slice_of(bad[i])), 0);
        assert_false(utf8_ends_inside_sequence(slice_of(bad[i])));
        /* At every distance from the words of eight bytes in which ASCII is passed. */
        for (size_t before = 0; before < 20; before++) {
            char text[40];
            memset(text, 'x', before);
            memcpy(text + before, bad[i], strlen(bad[i]) + 1);
            assert_int_equal(utf8_valid_prefix(slice_of(text)), before);
            assert_false(utf8_is_valid(slice_of(text)));
        }
    }
}

static void test_counts_code_points(void **state)
{
    (void)state;
    assert_int_equal(utf8_count(SLICE_EMPTY), 0);
    assert_int_equal(utf8_count(SLICE_LITERAL("Mu\xC3\xB1oz")), 5);
    assert_int_equal(utf8_count(SLICE_LITERAL("\xE2\x82\xAC\xF0\x9F\x98\x80")), 2);
    assert_int_equal(utf8_count(SLICE_LITERAL("n\xCC\x83")), 2); /* a letter and a combining tilde */
    assert_true(utf8_is_valid(SLICE_LITERAL("\xE2\x82\xAC\xF0\x9F\x98\x80 and more than eight")));
    assert_true(utf8_is_valid(SLICE_EMPTY));
    assert_int_equal(utf8_sequence_length(SLICE_EMPTY), 0);
    assert_false(utf8_ends_inside_sequence(SLICE_EMPTY));
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_code_point),
        cmocka_unit_test(test_what_is_not_well_formed),
        cmocka_unit_test(test_counts_code_points),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
