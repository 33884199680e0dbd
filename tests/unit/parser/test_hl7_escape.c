/* Escape sequences (HL7 v2.5.1, 2.7) and character sets. */
#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

#include <string.h>

#include "parser/hl7_escape.h"
#include "tests/unit/parser/parser_test.h"

static const struct hl7_separators usual = {'|', '^', '~', '\\', '&', '\0'};
static const struct hl7_separators seven = {'|', '^', '~', '\\', '&', '#'};
static const struct hl7_separators other = {'*', '%', '$', '!', '@', '\0'};
static const struct hl7_separators few = {'|', '^', '~', '\0', '\0', '\0'};

struct escape_case {
    const char *raw, *text;
    size_t kept;
};

static void check(const struct hl7_separators *separators, enum hl7_charset charset, const char *raw,
                  const char *text, size_t kept)
{
    struct arena arena;
    struct hl7_text out;
    arena_init(&arena, 0);
    assert_true(hl7_escape_decode(slice_of(raw), separators, charset, &arena, &out));
    if (out.text.len != strlen(text) || memcmp(out.text.ptr, text, out.text.len) != 0)
        fail_msg("'%s' became '%.*s', not '%s'", raw, (int)out.text.len, out.text.ptr, text);
    assert_int_equal(out.kept, kept);
    arena_release(&arena);
}

static void check_all(const struct hl7_separators *separators, enum hl7_charset charset,
                      const struct escape_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++)
        check(separators, charset, cases[i].raw, cases[i].text, cases[i].kept);
}

#define CHECK_ALL(separators, charset, cases)                                                                \
    check_all(separators, charset, cases, sizeof(cases) / sizeof(cases)[0])

static void test_separators(void **state)
{
    (void)state;
    static const struct escape_case cases[] = {
        {"", "", 0},
        {"plain", "plain", 0},
        {"\\F\\\\S\\\\T\\\\R\\\\E\\", "|^&~\\", 0},
        {"Smith \\T\\ Sons", "Smith & Sons", 0},
        {"\\E\\F\\E\\", "\\F\\", 0}, /* an escaped escape character opens nothing */
    };
    CHECK_ALL(&usual, HL7_CHARSET_ASCII, cases);
    check(&other, HL7_CHARSET_ASCII, "!F!!S!!T!!R!!E!|^&~\\", "*%@$!|^&~\\", 0);
    check(&seven, HL7_CHARSET_ASCII, "\\P\\", "#", 0);
    /* A separator that the message does not declare has no escape. */
    check(&usual, HL7_CHARSET_ASCII, "\\P\\", "\\P\\", 1);
    check(&few, HL7_CHARSET_ASCII, "a\\F\\b", "a\\F\\b", 0);
}

static void test_formatting(void **state)
{
    (void)state;
    static const struct escape_case cases[] = {
        {"one\\.br\\two", "one\ntwo", 0},
        {"one\\.sp\\two\\.sp2\\three\\.sp+1\\four", "one\ntwo\n\nthree\nfour", 0},
        {"\\.ce\\title", "\ntitle", 0},
        {"a\\.sk3\\b", "a   b", 0},
        {"\\.in+4\\\\.ti-4\\1. The heart", "1. The heart", 0},
        {"\\.nf\\x\\.fi\\", "x", 0},
        {"\\H\\high\\N\\", "high", 0},
        {"\\.sp100\\", "\\.sp100\\", 1}, /* nobody means a hundred lines */
        {"\\.sp-1\\", "\\.sp-1\\", 1},
        {"\\.sk\\", "\\.sk\\", 1},
        {"\\.br2\\", "\\.br2\\", 1},
        {"\\.in\\", "\\.in\\", 1},
        {"\\.sp+\\", "\\.sp+\\", 1},
        {"\\.xy\\", "\\.xy\\", 1},
        {"\\.\\", "\\.\\", 1},
    };
    CHECK_ALL(&usual, HL7_CHARSET_ASCII, cases);
}

static void test_kept(void **state)
{
    (void)state;
    static const struct escape_case cases[] = {
        {"\\Z01\\", "\\Z01\\", 1}, {"\\C2842\\x", "\\C2842\\x", 1}, {"\\M244142\\", "\\M244142\\", 1},
        {"\\\\", "\\\\", 1},       {"\\f\\", "\\f\\", 1},           {"C:\\lab", "C:\\lab", 1},
        {"\\", "\\", 1},           {"a\\F\\b\\", "a|b\\", 1},       {"\\X\\", "\\X\\", 1},
        {"\\X4\\", "\\X4\\", 1},   {"\\X4G\\", "\\X4G\\", 1},       {"\\Q\\and\\F\\", "\\Q\\and|", 1},
    };
    CHECK_ALL(&usual, HL7_CHARSET_ASCII, cases);
}

static void test_hexadecimal(void **state)
{
    (void)state;
    static const struct escape_case ascii[] = {
        {"\\X0D0A\\", "\r\n", 0},
        {"\\X0d\\\\X0a\\", "\r\n", 0},
        {"\\X41\\B\\X43\\", "ABC", 0},
        {"\\XE9\\", "\\XE9\\", 1}, /* no character of ASCII */
        {"\\X41\\\\XE9\\!", "\\X41\\\\XE9\\!", 1},
    };
    static const struct escape_case utf8[] = {
        {"\\XC3A9\\", "\xC3\xA9", 0},
        {"\\XC3\\\\XA9\\", "\xC3\xA9", 0}, /* a character may be spread over sequences that touch */
        {"\\XC3\\ \\XA9\\", "\\XC3\\ \\XA9\\", 2},
        {"\\XC3\\", "\\XC3\\", 1},
        {"\\XEDA080\\", "\\XEDA080\\", 1}, /* a surrogate is no character */
        {"\xC3\xA9\\X41\\",
         "\xC3\xA9"
         "A",
         0},
    };
    static const struct escape_case latin1[] = {
        {"\\XE9\\", "\xC3\xA9", 0},
        {"\\X80\\", "\\X80\\", 1},
        {"\xE9", "\xC3\xA9", 0},
    };
    static const struct escape_case windows[] = {
        {"\\X80\\\x80", "\xE2\x82\xAC\xE2\x82\xAC", 0},
        {"\\X8080808080808080\\",
         "\xE2\x82\xAC\xE2\x82\xAC\xE2\x82\xAC\xE2\x82\xAC\xE2\x82\xAC\xE2\x82\xAC\xE2\x82\xAC\xE2\x82\xAC",
         0},
        {"\\X8080808080808081\\", "\\X8080808080808081\\",
         1}, /* longer decoded than kept: nothing is written over */
    };
    CHECK_ALL(&usual, HL7_CHARSET_ASCII, ascii);
    CHECK_ALL(&usual, HL7_CHARSET_UTF8, utf8);
    CHECK_ALL(&usual, HL7_CHARSET_8859_1, latin1);
    CHECK_ALL(&usual, HL7_CHARSET_WINDOWS1252, windows);
    check(&usual, HL7_CHARSET_8859_15, "\xA4\xA6\xA8\xB4\xB8\xBC\xBD\xBE\xA5",
          "\xE2\x82\xAC\xC5\xA0\xC5\xA1\xC5\xBD\xC5\xBE\xC5\x92\xC5\x93\xC5\xB8\xC2\xA5", 0);
}

static void test_nul_is_a_byte(void **state)
{
    (void)state;
    struct arena arena;
    struct hl7_text out;
    arena_init(&arena, 0);
    assert_true(hl7_escape_decode(SLICE_LITERAL("a\\X00\\b"), &usual, HL7_CHARSET_ASCII, &arena, &out));
    assert_int_equal(out.text.len, 3);
    assert_memory_equal(out.text.ptr, "a\0b", 3);
    arena_release(&arena);
}

/* What needs no change is lent out, not copied. */
static void test_zero_copy(void **state)
{
    (void)state;
    struct arena arena;
    struct hl7_text out;
    struct slice out_slice;
    arena_init(&arena, 0);
    struct slice raw = SLICE_LITERAL("J\xC3\xBCrgen");
    assert_true(hl7_escape_decode(raw, &usual, HL7_CHARSET_UTF8, &arena, &out));
    assert_ptr_equal(out.text.ptr, raw.ptr);
    raw = SLICE_LITERAL("plain");
    assert_true(hl7_escape_decode(raw, &usual, HL7_CHARSET_WINDOWS1252, &arena, &out));
    assert_ptr_equal(out.text.ptr, raw.ptr);
    assert_true(hl7_escape_encode(raw, &usual, &arena, &out_slice));
    assert_ptr_equal(out_slice.ptr, raw.ptr);
    assert_int_equal(arena.used, 0);
    arena_release(&arena);
}

/* decode(encode(x)) is x, for every byte and pair of bytes. */
static void test_round_trip(void **state)
{
    (void)state;
    static const struct hl7_separators *const all[] = {&usual, &seven, &other};
    struct arena arena;
    arena_init(&arena, 0);
    for (size_t s = 0; s < 3; s++) {
        for (unsigned pair = 0; pair < 65536; pair++) {
            const char value[2] = {(char)(pair >> 8), (char)(pair & 0xFF)};
            struct slice raw;
            struct hl7_text out;
            arena_reset(&arena);
            assert_true(hl7_escape_encode(slice_from(value, 2), all[s], &arena, &raw));
            for (size_t i = 0; i < raw.len; i++)
                assert_true((unsigned char)raw.ptr[i] >= 0x20 && raw.ptr[i] != all[s]->field &&
                            raw.ptr[i] != all[s]->component && raw.ptr[i] != all[s]->repetition &&
                            raw.ptr[i] != all[s]->subcomponent);
            assert_true(hl7_escape_decode(raw, all[s], HL7_CHARSET_UTF8, &arena, &out));
            assert_int_equal(out.text.len, 2);
            assert_memory_equal(out.text.ptr, value, 2);
            assert_int_equal(out.kept, 0);
        }
    }
    arena_release(&arena);
}

static void test_no_escape_character(void **state)
{
    (void)state;
    struct arena arena;
    struct slice out;
    arena_init(&arena, 0);
    assert_true(hl7_escape_encode(SLICE_LITERAL("a&b"), &few, &arena, &out));
    assert_slice(out, "a&b");
    assert_false(hl7_escape_encode(SLICE_LITERAL("a|b"), &few, &arena, &out));
    arena_release(&arena);
}

static void test_no_memory(void **state)
{
    (void)state;
    struct arena arena;
    struct hl7_text text;
    struct slice out;
    arena_init(&arena, 4);
    assert_false(hl7_escape_decode(SLICE_LITERAL("abcdef\\F\\"), &usual, HL7_CHARSET_ASCII, &arena, &text));
    assert_false(hl7_escape_encode(SLICE_LITERAL("abcdef|"), &usual, &arena, &out));
    arena_release(&arena);
}

/* ---- Character sets ---------------------------------------------------------------------------------------- */

static void test_charset_codes(void **state)
{
    (void)state;
    static const struct {
        const char *code;
        enum hl7_charset charset;
    } good[] = {
        {"ASCII", HL7_CHARSET_ASCII},       {"UNICODE UTF-8", HL7_CHARSET_UTF8},
        {"8859/1", HL7_CHARSET_8859_1},     {"8859/15", HL7_CHARSET_8859_15},
        {"utf-8", HL7_CHARSET_UTF8},        {" ASCII ", HL7_CHARSET_ASCII},
        {"ISO-8859-1", HL7_CHARSET_8859_1}, {"Windows-1252", HL7_CHARSET_WINDOWS1252},
    };
    static const char *const bad[] = {"", "8859/2", "UNICODE", "UNICODE UTF-16", "ISO IR87", "8859"};
    enum hl7_charset charset = HL7_CHARSET_BY_MESSAGE;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_true(hl7_charset_from_code(slice_of(good[i].code), &charset));
        assert_int_equal(charset, good[i].charset);
        assert_true(hl7_charset_from_code(slice_of(hl7_charset_name(charset)), &charset));
        assert_int_equal(charset, good[i].charset);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(hl7_charset_from_code(slice_of(bad[i]), &charset));
}

static void test_valid_prefix(void **state)
{
    (void)state;
    static const struct {
        enum hl7_charset charset;
        const char *text;
        size_t valid;
    } cases[] = {
        {HL7_CHARSET_ASCII, "abc\xC3\xA9", 3},     {HL7_CHARSET_UTF8, "abc\xC3\xA9", 5},
        {HL7_CHARSET_UTF8, "abc\xC3", 3},          {HL7_CHARSET_8859_1, "a\xE9\x85z", 2},
        {HL7_CHARSET_8859_15, "a\xA4z", 3},        {HL7_CHARSET_WINDOWS1252, "a\x85\x81", 2},
        {HL7_CHARSET_WINDOWS1252, "a\x80\xFF", 3},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(hl7_charset_valid_prefix(cases[i].charset, slice_of(cases[i].text)), cases[i].valid);
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_separators),    cmocka_unit_test(test_formatting),
        cmocka_unit_test(test_kept),          cmocka_unit_test(test_hexadecimal),
        cmocka_unit_test(test_nul_is_a_byte), cmocka_unit_test(test_zero_copy),
        cmocka_unit_test(test_round_trip),    cmocka_unit_test(test_no_escape_character),
        cmocka_unit_test(test_no_memory),     cmocka_unit_test(test_charset_codes),
        cmocka_unit_test(test_valid_prefix),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
