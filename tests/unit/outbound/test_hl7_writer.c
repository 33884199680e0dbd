/* The writer: what it writes byte for byte, and that no value can become structure. */
#include "outbound/hl7_writer.h"
#include "parser/encoding.h"
#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"
#include "tests/unit/outbound/hl7_view.h"

#include <stdint.h>
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

static void assert_message(struct hl7_writer *writer, const char *expected)
{
    struct slice message;
    assert_true(hl7_finish(writer, &message));
    assert_int_equal(message.len, strlen(expected));
    assert_memory_equal(message.ptr, expected, message.len);
}

static void msh_counts_its_separator_as_field_1(void **state)
{
    (void)state;
    struct hl7_writer writer;
    hl7_writer_init(&writer, &arena);
    hl7_segment(&writer, "MSH");
    hl7_text(&writer, "APP");
    hl7_field_text(&writer, 9, "X");
    assert_message(&writer, "MSH|^~\\&|APP||||||X\r");
}

static void msh_2_survives_when_nothing_follows(void **state)
{
    (void)state;
    struct hl7_writer writer;
    hl7_writer_init(&writer, &arena);
    hl7_segment(&writer, "MSH");
    hl7_field(&writer, 12);
    hl7_segment(&writer, "ZZZ");
    assert_message(&writer, "MSH|^~\\&\rZZZ\r");
}

static void empty_ends_are_cut(void **state)
{
    (void)state;
    struct hl7_writer writer;
    hl7_writer_init(&writer, &arena);
    hl7_segment(&writer, "PID");
    hl7_field_text(&writer, 3, "1");
    hl7_component_text(&writer, 4, "JMS");
    hl7_component_text(&writer, 5, NULL);
    hl7_field_text(&writer, 5, "A");
    hl7_component(&writer, 2);
    hl7_subcomponent(&writer, 3);
    hl7_text(&writer, "");
    hl7_field_text(&writer, 7, "x");
    hl7_component(&writer, 4);
    hl7_repeat(&writer);
    hl7_component_text(&writer, 2, "y");
    hl7_repeat(&writer);
    hl7_field(&writer, 30);
    hl7_segment(&writer, "PV1");
    hl7_field_text(&writer, 1, "1");
    assert_message(&writer, "PID|||1^^^JMS||A||x~^y\rPV1|1\r");
}

static void components_and_subcomponents_stand_in_their_places(void **state)
{
    (void)state;
    struct hl7_writer writer;
    hl7_writer_init(&writer, &arena);
    hl7_segment(&writer, "TQ1");
    hl7_field(&writer, 6);
    hl7_number(&writer, 14);
    hl7_component_text(&writer, 2, "d");
    hl7_subcomponent_text(&writer, 3, "UCUM");
    hl7_component_text(&writer, 4, "z");
    hl7_field(&writer, 7);
    hl7_number(&writer, -9223372036854775807LL - 1);
    assert_message(&writer, "TQ1||||||14^d&&UCUM^^z|-9223372036854775808\r");
}

static void times_carry_their_offset(void **state)
{
    (void)state;
    const instant_us day = (instant_us)86400 * 1000000;
    struct hl7_writer writer;
    hl7_writer_init(&writer, &arena);
    hl7_segment(&writer, "TQ1");
    hl7_field(&writer, 1);
    hl7_time(&writer, day - 1, 0);
    hl7_field(&writer, 2);
    hl7_time(&writer, day, -210);
    hl7_field(&writer, 3);
    hl7_time(&writer, INSTANT_NONE, 60);
    hl7_field(&writer, 4);
    hl7_time(&writer, 0, 600);
    assert_message(&writer, "TQ1|19700101235959+0000|19700101203000-0330||19700101100000+1000\r");
}

static void known_mistakes_of_other_writers(void **state)
{
    (void)state;
    /* One writes \|\ for the separator, forgets the escape character, and passes CR through. */
    struct hl7_writer writer;
    hl7_writer_init(&writer, &arena);
    hl7_segment(&writer, "NTE");
    hl7_field_text(&writer, 3, "a|b^c&d~e\\f\rPID|x\n\t\x7f");
    assert_message(&writer, "NTE|||a\\F\\b\\S\\c\\T\\d\\R\\e\\E\\f\\X0D\\PID\\F\\x\\X0A\\\\X09\\\\X7F\\\r");
}

/* Writes the bytes as the only value of a message and asserts that the structure stayed and the value comes back. */
static void assert_round_trip(struct slice value)
{
    struct hl7_writer writer;
    struct slice message;
    struct hl7_view view;
    char back[64];
    arena_reset(&arena);
    hl7_writer_init(&writer, &arena);
    hl7_segment(&writer, "NTE");
    hl7_field(&writer, 3);
    hl7_component(&writer, 2);
    hl7_subcomponent(&writer, 2);
    hl7_slice(&writer, value);
    hl7_field_text(&writer, 4, "end");
    hl7_segment(&writer, "ZZZ");
    hl7_field_text(&writer, 1, "1");
    assert_true(hl7_finish(&writer, &message));
    assert_true(hl7_split(message, &view));
    assert_int_equal(view.count, 2);
    assert_int_equal(hl7_field_count(&view.segments[0]), 4);
    assert_true(slice_equal(hl7_get_field(&view.segments[0], 4), SLICE_LITERAL("end")));
    struct slice field = hl7_get_field(&view.segments[0], 3);
    assert_null(memchr(field.ptr, '~', field.len));
    struct slice written = hl7_get(&view.segments[0], 3, 2, 2);
    /* "^&" and the value: there is no further component or subcomponent. */
    assert_int_equal(field.len, value.len == 0 ? 0 : written.len + 2);
    assert_true(written.len <= sizeof back);
    size_t size = hl7_unescape(written, back);
    assert_int_equal(size, value.len);
    assert_memory_equal(back, value.len == 0 ? "" : value.ptr, size);
}

static void every_pair_of_bytes_comes_back(void **state)
{
    (void)state;
    for (unsigned a = 0; a < 256; a++) {
        for (unsigned b = 0; b < 256; b++) {
            const char pair[2] = {(char)(unsigned char)a, (char)(unsigned char)b};
            assert_round_trip(slice_from(pair, 2));
        }
    }
    assert_round_trip(SLICE_EMPTY);
}

static void text_beyond_ascii_is_written_as_it_is(void **state)
{
    (void)state;
    static const char *const texts[] = {"\xC3\xB1",          "\xE2\x82\xAC", "\xF0\x9F\x92\x8A",
                                        "Zo\xC3\xAB\\X0D\\", "\\F\\",        "\\.br\\"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_round_trip(slice_of(texts[i]));
    struct hl7_writer writer;
    hl7_writer_init(&writer, &arena);
    hl7_segment(&writer, "PID");
    hl7_field_text(&writer, 5, texts[0]);
    assert_message(&writer, "PID|||||\xC3\xB1\r");
}

static void separators_and_line_ends_may_be_others(void **state)
{
    (void)state;
    static const struct hl7_separators others = {
        .field = '#', .component = '$', .repetition = '*', .escape = '@', .subcomponent = '!'};
    struct hl7_writer writer;
    struct slice message;
    hl7_writer_init(&writer, &arena);
    hl7_writer_set_form(&writer, &others, "\r\n");
    hl7_segment(&writer, "MSH");
    hl7_text(&writer, "A");
    hl7_component_text(&writer, 3, "");
    hl7_segment(&writer, "PID");
    hl7_field_text(&writer, 2, "#$*@!\r\n|^~\\&");
    hl7_subcomponent_text(&writer, 2, "s");
    hl7_component_text(&writer, 2, "c");
    hl7_repeat(&writer);
    hl7_text(&writer, "r");
    hl7_field(&writer, 9);
    assert_message(&writer, "MSH#$*@!#A\r\nPID##@F@@S@@R@@E@@T@@X0D@@X0A@|^~\\&!s$c*r\r\n");
    /* Not in the middle of a message. */
    hl7_writer_init(&writer, &arena);
    hl7_segment(&writer, "PID");
    hl7_writer_set_form(&writer, &others, "\n");
    assert_false(hl7_finish(&writer, &message));
}

static void a_step_back_fails_for_good(void **state)
{
    (void)state;
    struct slice message;
    struct hl7_writer writer;
    hl7_writer_init(&writer, &arena);
    hl7_segment(&writer, "PID");
    hl7_field_text(&writer, 5, "a");
    hl7_field_text(&writer, 3, "b");
    assert_false(hl7_finish(&writer, &message));

    hl7_writer_init(&writer, &arena);
    hl7_segment(&writer, "PID");
    hl7_component(&writer, 3);
    hl7_component(&writer, 2);
    hl7_segment(&writer, "PV1");
    assert_false(hl7_finish(&writer, &message));

    hl7_writer_init(&writer, &arena);
    hl7_text(&writer, "no segment is open");
    assert_false(hl7_finish(&writer, &message));

    hl7_writer_init(&writer, &arena);
    hl7_segment(&writer, "MSH");
    hl7_field_text(&writer, 2, "MSH-2 is not ours to write");
    assert_false(hl7_finish(&writer, &message));

    hl7_writer_init(&writer, &arena);
    assert_false(hl7_finish(&writer, &message));
}

static void each_size_of_memory_gives_the_message_or_a_failure(void **state)
{
    (void)state;
    char text[3000];
    memset(text, 'x', sizeof text);
    size_t whole = 0;
    bool failed_once = false;
    for (size_t limit = 1; limit < 32768; limit *= 2) {
        struct arena small;
        struct hl7_writer writer;
        struct slice message;
        arena_init(&small, limit);
        hl7_writer_init(&writer, &small);
        hl7_segment(&writer, "NTE");
        hl7_field(&writer, 3);
        hl7_slice(&writer, slice_from(text, sizeof text));
        if (hl7_finish(&writer, &message)) {
            assert_int_equal(message.len, sizeof text + 7);
            whole++;
        } else {
            failed_once = true;
        }
        arena_release(&small);
    }
    assert_true(failed_once);
    assert_true(whole > 0);
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(msh_counts_its_separator_as_field_1),
        cmocka_unit_test(msh_2_survives_when_nothing_follows),
        cmocka_unit_test(empty_ends_are_cut),
        cmocka_unit_test(components_and_subcomponents_stand_in_their_places),
        cmocka_unit_test(times_carry_their_offset),
        cmocka_unit_test(known_mistakes_of_other_writers),
        cmocka_unit_test(every_pair_of_bytes_comes_back),
        cmocka_unit_test(text_beyond_ascii_is_written_as_it_is),
        cmocka_unit_test(separators_and_line_ends_may_be_others),
        cmocka_unit_test(a_step_back_fails_for_good),
        cmocka_unit_test(each_size_of_memory_gives_the_message_or_a_failure),
    };
    return cmocka_run_group_tests_name("hl7_writer", tests, set_up, tear_down);
}
