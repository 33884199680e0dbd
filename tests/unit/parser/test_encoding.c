#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

#include "parser/encoding.h"
#include "tests/unit/parser/parser_test.h"

#include <stdlib.h>
#include <string.h>

#define BYTES(text)                                                                                          \
    {                                                                                                        \
        (text), sizeof(text) - 1                                                                             \
    }

/* What is decoded, and as what. */
static void test_decodes(void **state)
{
    (void)state;
    static const struct {
        struct slice bytes;
        enum encoding named;
        const char *text;
        enum encoding encoding;
        bool marked;
    } cases[] = {
        {BYTES(""), ENCODING_AUTO, "", ENCODING_UTF8, false},
        {BYTES("plain"), ENCODING_AUTO, "plain", ENCODING_UTF8, false},
        {BYTES("Mu\xC3\xB1oz"), ENCODING_AUTO, "Mu\xC3\xB1oz", ENCODING_UTF8, false},
        {BYTES("Mu\xF1oz"), ENCODING_AUTO, "Mu\xC3\xB1oz", ENCODING_WINDOWS1252, false},
        {BYTES("\x80\x9F\xFF"), ENCODING_AUTO, "\xE2\x82\xAC\xC5\xB8\xC3\xBF", ENCODING_WINDOWS1252, false},
        /* A last letter of Windows-1252 that could begin a sequence of UTF-8 */
        {BYTES("Jos\xE9"), ENCODING_AUTO, "Jos\xC3\xA9", ENCODING_WINDOWS1252, false},
        /* A mark decides, whatever the feed names */
        {BYTES("\xEF\xBB\xBF"
               "Mu\xC3\xB1oz"),
         ENCODING_AUTO, "Mu\xC3\xB1oz", ENCODING_UTF8, true},
        {BYTES("\xEF\xBB\xBF"
               "Mu\xC3\xB1oz"),
         ENCODING_WINDOWS1252, "Mu\xC3\xB1oz", ENCODING_UTF8, true},
        {BYTES("\xFF\xFEM\0\xF1\0"), ENCODING_UTF8, "M\xC3\xB1", ENCODING_UTF16LE, true},
        {BYTES("\xFE\xFF\0M\0\xF1"), ENCODING_AUTO, "M\xC3\xB1", ENCODING_UTF16BE, true},
        {BYTES("\xFF\xFE\x3D\xD8\x00\xDE\xAC\x20"), ENCODING_AUTO, "\xF0\x9F\x98\x80\xE2\x82\xAC",
         ENCODING_UTF16LE, true},
        {BYTES("\xEF\xBB\xBF"), ENCODING_AUTO, "", ENCODING_UTF8, true},
        {BYTES("\xFF\xFE"), ENCODING_AUTO, "", ENCODING_UTF16LE, true},
        /* A feed may name one */
        {BYTES("M\0\xF1\0"), ENCODING_UTF16LE, "M\xC3\xB1", ENCODING_UTF16LE, false},
        {BYTES("\0M\0\xF1"), ENCODING_UTF16BE, "M\xC3\xB1", ENCODING_UTF16BE, false},
        {BYTES("Mu\xC3\xB1oz"), ENCODING_WINDOWS1252, "Mu\xC3\x83\xC2\xB1oz", ENCODING_WINDOWS1252, false},
        {BYTES("plain"), ENCODING_WINDOWS1252, "plain", ENCODING_WINDOWS1252, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena arena;
        struct fault_list faults;
        struct decoded decoded;
        arena_init(&arena, 0);
        fault_list_init(&faults, &arena);
        assert_int_equal(encoding_decode(cases[i].bytes, cases[i].named, &arena, &faults, &decoded),
                         PARSE_OK);
        assert_slice(decoded.text, cases[i].text);
        assert_int_equal(decoded.encoding, cases[i].encoding);
        assert_int_equal(decoded.marked, cases[i].marked);
        assert_int_equal(faults.count, 0);
        arena_release(&arena);
    }
}

/* What is refused, and where it says so: code and line, once a line. */
static void test_refuses(void **state)
{
    (void)state;
    static const struct {
        struct slice bytes;
        enum encoding named;
        enum parse_status status;
        const char *faults;
        size_t offset; /* of the first */
    } cases[] = {
        {BYTES("a\r\nb\xF1\xF1 \xF1\r\rc\xF1"), ENCODING_UTF8, PARSE_INVALID,
         "error encoding-invalid 2\nerror encoding-invalid 4\n", 4},
        {BYTES("\xEF\xBB\xBF"
               "a\xF1"
               "b"),
         ENCODING_AUTO, PARSE_INVALID, "error encoding-invalid 1\n", 4},
        {BYTES("a\n\nb\x81"), ENCODING_AUTO, PARSE_INVALID, "error encoding-invalid 3\n", 4},
        {BYTES("a\x8D\x8F\x90\x9D"), ENCODING_WINDOWS1252, PARSE_INVALID, "error encoding-invalid 1\n", 1},
        {BYTES("a\0b\n\0\0"), ENCODING_AUTO, PARSE_INVALID, "error nul-byte 1\nerror nul-byte 2\n", 1},
        {BYTES("a\0b"), ENCODING_WINDOWS1252, PARSE_INVALID, "error nul-byte 1\n", 1},
        {BYTES("\xF1\0"), ENCODING_AUTO, PARSE_INVALID, "error nul-byte 1\n", 1},
        {BYTES("\xFF\xFE\0\0a\0"), ENCODING_AUTO, PARSE_INVALID, "error nul-byte 1\n", 2},
        {BYTES("\xFF\xFE\n\0\x00\xDE"
               "a\0"),
         ENCODING_AUTO, PARSE_INVALID, "error encoding-invalid 2\n", 4},
        {BYTES("\xFF\xFE\x3D\xD8"
               "a\0"),
         ENCODING_AUTO, PARSE_INVALID, "error encoding-invalid 1\n", 2},
        /* The end is cut: more bytes may mend it */
        {BYTES("\xC3\xB1\n\xC3"), ENCODING_AUTO, PARSE_INCOMPLETE, "error encoding-invalid 2\n", 3},
        {BYTES("a\xE2\x82"), ENCODING_UTF8, PARSE_INCOMPLETE, "error encoding-invalid 1\n", 1},
        {BYTES("a\xE2\x81"), ENCODING_AUTO, PARSE_INCOMPLETE, "error encoding-invalid 1\n", 1},
        {BYTES("\xFF\xFE"
               "a\0b"),
         ENCODING_AUTO, PARSE_INCOMPLETE, "error encoding-invalid 1\n", 5},
        {BYTES("\xFF\xFE"
               "a\0\x3D\xD8"),
         ENCODING_AUTO, PARSE_INCOMPLETE, "error encoding-invalid 1\n", 6},
        {BYTES("\xFE\xFF\0a\xD8\x3D\xDE"), ENCODING_AUTO, PARSE_INCOMPLETE, "error encoding-invalid 1\n", 7},
        /* Cut, but wrong before it: that is not mended */
        {BYTES("\xF1 \xC3"), ENCODING_UTF8, PARSE_INVALID, "error encoding-invalid 1\n", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena arena;
        struct fault_list faults;
        struct decoded decoded = {.text = SLICE_LITERAL("untouched")};
        arena_init(&arena, 0);
        fault_list_init(&faults, &arena);
        assert_int_equal(encoding_decode(cases[i].bytes, cases[i].named, &arena, &faults, &decoded),
                         cases[i].status);
        char *text = describe_faults(&faults);
        assert_string_equal(text, cases[i].faults);
        free(text);
        assert_int_equal(faults.items[0].offset, cases[i].offset);
        assert_slice(decoded.text, "untouched");
        arena_release(&arena);
    }
}

/* All 256 bytes of Windows-1252: where UTF-8 has the same character, and which five are not assigned. */
static void test_windows1252_is_complete(void **state)
{
    (void)state;
    size_t refused = 0;
    for (unsigned byte = 1; byte < 256; byte++) {
        struct arena arena;
        struct fault_list faults;
        struct decoded decoded;
        char bytes[1] = {(char)byte};
        arena_init(&arena, 0);
        fault_list_init(&faults, &arena);
        if (encoding_decode(slice_from(bytes, 1), ENCODING_WINDOWS1252, &arena, &faults, &decoded) !=
            PARSE_OK) {
            assert_true(byte == 0x81 || byte == 0x8D || byte == 0x8F || byte == 0x90 || byte == 0x9D);
            refused++;
        } else {
            assert_true(utf8_is_valid(decoded.text));
            assert_int_equal(utf8_count(decoded.text), 1);
            char same[4];
            if (byte < 0x80 || byte >= 0xA0)
                assert_memory_equal(decoded.text.ptr, same, utf8_write(byte, same));
        }
        arena_release(&arena);
    }
    assert_int_equal(refused, 5);
}

static void test_borrows_what_need_not_change(void **state)
{
    (void)state;
    static const char bytes[] = "\xEF\xBB\xBFplain";
    struct arena arena;
    struct fault_list faults;
    struct decoded decoded;
    arena_init(&arena, 1);
    fault_list_init(&faults, &arena);
    assert_int_equal(encoding_decode(slice_of(bytes), ENCODING_AUTO, &arena, &faults, &decoded), PARSE_OK);
    assert_ptr_equal(decoded.text.ptr, bytes + 3);
    assert_int_equal(encoding_decode(slice_of(bytes + 3), ENCODING_WINDOWS1252, &arena, &faults, &decoded),
                     PARSE_OK);
    assert_ptr_equal(decoded.text.ptr, bytes + 3);
    /* and says so when it must change something and there is no room */
    assert_int_equal(encoding_decode(SLICE_LITERAL("\xF1"), ENCODING_AUTO, &arena, &faults, &decoded),
                     PARSE_NO_MEMORY);
    assert_int_equal(encoding_decode(SLICE_LITERAL("\xFF\xFE"), ENCODING_AUTO, &arena, &faults, &decoded),
                     PARSE_NO_MEMORY);
    arena_release(&arena);
}

static void test_names_go_both_ways(void **state)
{
    (void)state;
    static const char *const names[] = {"auto", "utf-8", "utf-16le", "utf-16be", "windows-1252"};
    for (size_t i = 0; i < 5; i++) {
        enum encoding encoding;
        assert_true(encoding_from_name(slice_of(names[i]), &encoding));
        assert_string_equal(encoding_name(encoding), names[i]);
    }
    enum encoding encoding = ENCODING_UTF8;
    assert_true(encoding_from_name(SLICE_LITERAL("UTF-16LE"), &encoding));
    assert_int_equal(encoding, ENCODING_UTF16LE);
    assert_false(encoding_from_name(SLICE_LITERAL("latin1"), &encoding));
    assert_false(encoding_from_name(SLICE_EMPTY, &encoding));
    assert_int_equal(encoding, ENCODING_UTF16LE);
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_decodes),
        cmocka_unit_test(test_refuses),
        cmocka_unit_test(test_windows1252_is_complete),
        cmocka_unit_test(test_borrows_what_need_not_change),
        cmocka_unit_test(test_names_go_both_ways),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
