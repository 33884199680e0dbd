/* From UTF-8 to what a pharmacy reads: every character either arrives or is counted. */
#include "outbound/character_set.h"
#include "parser/utf8.h"
#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

#include <stdlib.h>
#include <string.h>

static struct arena arena;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, 0);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

static struct slice encode(enum form_character_set set, struct slice text, struct character_loss *loss)
{
    struct slice out = SLICE_EMPTY;
    struct form form = form_default;
    form.character_set = set;
    assert_int_equal(character_set_encode(text, &form, &arena, &out, loss), CHARACTER_OK);
    return out;
}

static void assert_encoded(enum form_character_set set, const char *text, const char *expected, size_t lost)
{
    struct character_loss loss;
    struct slice out = encode(set, slice_of(text), &loss);
    assert_int_equal(loss.count, lost);
    assert_int_equal(out.len, strlen(expected));
    assert_memory_equal(out.ptr, expected, out.len);
}

static void what_a_set_has_arrives_and_the_rest_is_counted(void **state)
{
    (void)state;
    static const char text[] = "N\xC3\xBA\xC3\xB1"
                               "ez \xE2\x82\xAC \xF0\x9F\x92\x8A";
    assert_encoded(FORM_UTF_8, text, text, 0);
    assert_encoded(FORM_8859_1, text,
                   "N\xFA\xF1"
                   "ez ? ?",
                   2);
    assert_encoded(FORM_ASCII, text, "N??ez ? ?", 4);
    assert_encoded(FORM_ASCII, "plain |^~\\& text?", "plain |^~\\& text?", 0);
    assert_encoded(FORM_ASCII, "", "", 0);
}

/* Every code point up to U+0FFF, and some beyond. */
static void each_character_is_itself_or_one_question_mark(void **state)
{
    (void)state;
    for (uint32_t c = 0; c < 0x1100; c++) {
        char text[4];
        uint32_t character = c < 0x1000 ? c : 0x10000 + c;
        size_t length = utf8_write(character, text);
        for (int latin = 0; latin < 2; latin++) {
            struct character_loss loss;
            struct slice out = encode(latin ? FORM_8859_1 : FORM_ASCII, slice_from(text, length), &loss);
            bool there = character < 0x80 || (latin && character >= 0xA0 && character <= 0xFF);
            assert_int_equal(out.len, 1);
            assert_int_equal((unsigned char)out.ptr[0], there ? character : '?');
            assert_int_equal(loss.count, there ? 0 : 1);
        }
        arena_reset(&arena);
    }
}

static void the_first_loss_is_named_by_segment_and_field(void **state)
{
    (void)state;
    static const struct {
        const char *text, *segment;
        unsigned field;
    } cases[] = {
        {"MSH|^~\\&|A\xC3\xB1|B\r", "MSH", 3},
        {"MSH|^~\\&|A|\xC3\xB1\r", "MSH", 4},
        {"MSH|^~\\&|A\rPID|1||\xC3\xB1|\xC3\xB1\r", "PID", 3},
        {"MSH|^~\\&|A\nPID|1||x^y&\xC3\xB1\n", "PID", 3},
        {"MSH|^~\\&|A\r\nNTE|1|P|a~\xC3\xB1\r\n", "NTE", 3},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct character_loss loss;
        (void)encode(FORM_ASCII, slice_of(cases[i].text), &loss);
        assert_string_equal(loss.segment, cases[i].segment);
        assert_int_equal(loss.field, cases[i].field);
    }
}

static void bytes_that_are_not_utf_8_are_refused_in_every_set(void **state)
{
    (void)state;
    for (int set = FORM_UTF_8; set <= FORM_8859_1; set++) {
        struct slice out;
        struct character_loss loss;
        struct form form = form_default;
        form.character_set = (enum form_character_set)set;
        assert_int_equal(character_set_encode(SLICE_LITERAL("cut \xC3"), &form, &arena, &out, &loss),
                         CHARACTER_NOT_UTF_8);
    }
}

static void too_little_memory_is_said(void **state)
{
    (void)state;
    struct arena small;
    struct slice out;
    struct character_loss loss;
    struct form form = form_default;
    char *text = calloc(1, 100000);
    assert_non_null(text);
    memset(text, 'x', 99999);
    form.character_set = FORM_ASCII;
    arena_init(&small, 1000);
    assert_int_equal(character_set_encode(slice_of(text), &form, &small, &out, &loss), CHARACTER_NO_MEMORY);
    arena_release(&small);
    free(text);
}

static void codes_are_those_of_the_version(void **state)
{
    (void)state;
    static const char *const unicode[FORM_VERSIONS] = {NULL, "UNICODE", "UNICODE", "UNICODE UTF-8",
                                                       "UNICODE UTF-8"};
    for (unsigned version = 0; version < FORM_VERSIONS; version++) {
        assert_string_equal(character_set_code(FORM_ASCII, (enum form_version)version), "ASCII");
        assert_string_equal(character_set_code(FORM_8859_1, (enum form_version)version), "8859/1");
        const char *code = character_set_code(FORM_UTF_8, (enum form_version)version);
        if (unicode[version] == NULL)
            assert_null(code);
        else
            assert_string_equal(code, unicode[version]);
    }
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_set_has_arrives_and_the_rest_is_counted),
        cmocka_unit_test(each_character_is_itself_or_one_question_mark),
        cmocka_unit_test(the_first_loss_is_named_by_segment_and_field),
        cmocka_unit_test(bytes_that_are_not_utf_8_are_refused_in_every_set),
        cmocka_unit_test(too_little_memory_is_said),
        cmocka_unit_test(codes_are_those_of_the_version),
    };
    return cmocka_run_group_tests_name("character_set", tests, set_up, tear_down);
}
