#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

#include "parser/hl7_part.h"
#include "tests/unit/parser/parser_test.h"

static const struct hl7_separators usual = {'|', '^', '~', '\\', '&', '\0'};

/* ---- Separators (HL7 v2.5.1, 2.5.4) ------------------------------------------------------------------------ */

static void test_separators(void **state)
{
    (void)state;
    static const struct {
        const char *header;
        struct hl7_separators separators;
    } cases[] = {
        {"MSH|^~\\&|LAB", {'|', '^', '~', '\\', '&', '\0'}},
        {"MSH|^~\\&#|LAB", {'|', '^', '~', '\\', '&', '#'}},
        {"MSH|^~\\|LAB", {'|', '^', '~', '\\', '\0', '\0'}},
        {"MSH|^~|LAB", {'|', '^', '~', '\0', '\0', '\0'}},
        {"MSH*%$!@*LAB", {'*', '%', '$', '!', '@', '\0'}},
        {"FHS:;,.-:LAB", {':', ';', ',', '.', '-', '\0'}},
        {"BHS|^~\\&", {'|', '^', '~', '\\', '&', '\0'}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct hl7_separators separators;
        bool whole;
        assert_null(hl7_separators_read(slice_of(cases[i].header), &separators, &whole));
        assert_memory_equal(&separators, &cases[i].separators, sizeof separators);
        assert_int_equal(whole, i != 6);
    }
}

static void test_wrong_separators(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "MSH",             /* nothing */
        "MSH|",            /* nothing behind it */
        "MSH|^|LAB",       /* no repetition separator */
        "MSH||LAB",        /* none at all */
        "MSH|^~\\\\&|LAB", /* an escape character that was escaped itself: two of one */
        "MSH|^^\\&|LAB",
        "MSH|^~\\&#@|LAB", /* six */
        "MSH|^~A&|LAB",    /* a letter */
        "MSH|^~5&|LAB",
        "MSH ^~\\& LAB",
        "MSH|^ \\&|LAB",
        "MSHA^~\\&ALAB",
        "MSH|^~\t&|LAB",
        "MSH|^~\\\xC2\xA7|LAB",
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct hl7_separators separators;
        bool whole;
        assert_non_null(hl7_separators_read(slice_of(cases[i]), &separators, &whole));
    }
}

/* ---- Absent, empty, null, value (2.5.3) -------------------------------------------------------------------- */

static void check(struct hl7_part part, enum hl7_presence presence, const char *raw)
{
    assert_int_equal(part.presence, presence);
    assert_slice(part.raw, raw);
}

static void test_four_presences(void **state)
{
    (void)state;
    check(HL7_PART_ABSENT, HL7_ABSENT, "");
    check(hl7_part_of(SLICE_EMPTY), HL7_EMPTY, "");
    check(hl7_part_of(slice_of("\"\"")), HL7_NULL, "\"\"");
    check(hl7_part_of(slice_of("\"")), HL7_VALUED, "\"");
    check(hl7_part_of(slice_of("\"\"\"")), HL7_VALUED, "\"\"\"");
    check(hl7_part_of(slice_of(" ")), HL7_VALUED, " ");
}

static void test_parts(void **state)
{
    (void)state;
    struct hl7_part field = hl7_part_of(slice_of("A^B1&B2^^\"\"~~Z"));
    struct hl7_part first = hl7_part_repetition(&usual, field, 1);
    check(first, HL7_VALUED, "A^B1&B2^^\"\"");
    check(hl7_part_repetition(&usual, field, 2), HL7_EMPTY, "");
    check(hl7_part_repetition(&usual, field, 3), HL7_VALUED, "Z");
    check(hl7_part_repetition(&usual, field, 4), HL7_ABSENT, "");
    check(hl7_part_repetition(&usual, field, 0), HL7_ABSENT, "");
    check(hl7_part_component(&usual, first, 1), HL7_VALUED, "A");
    struct hl7_part second = hl7_part_component(&usual, first, 2);
    check(second, HL7_VALUED, "B1&B2");
    check(hl7_part_subcomponent(&usual, second, 2), HL7_VALUED, "B2");
    check(hl7_part_subcomponent(&usual, second, 3), HL7_ABSENT, "");
    check(hl7_part_component(&usual, first, 3), HL7_EMPTY, "");
    check(hl7_part_component(&usual, first, 4), HL7_NULL, "\"\"");
    check(hl7_part_component(&usual, first, 5), HL7_ABSENT, "");
    /* What has no parts is its own first part. */
    check(hl7_part_subcomponent(&usual, hl7_part_component(&usual, hl7_part_of(slice_of("x")), 1), 1),
          HL7_VALUED, "x");
    assert_int_equal(hl7_part_count(field, '~'), 3);
    assert_int_equal(hl7_part_count(first, '^'), 4);
    assert_int_equal(hl7_part_count(HL7_PART_ABSENT, '^'), 0);
    assert_int_equal(hl7_part_count(hl7_part_of(SLICE_EMPTY), '^'), 1);
}

/* Who deletes the whole deletes each part of it. */
static void test_null_of_the_whole(void **state)
{
    (void)state;
    struct hl7_part field = hl7_part_of(slice_of("\"\""));
    check(hl7_part_repetition(&usual, field, 2), HL7_ABSENT, "");
    struct hl7_part city = hl7_part_component(&usual, hl7_part_repetition(&usual, field, 1), 3);
    check(city, HL7_NULL, "\"\"");
    check(hl7_part_subcomponent(&usual, city, 2), HL7_NULL, "\"\"");
}

/* A separator that a message does not declare separates nothing. */
static void test_without_subcomponents(void **state)
{
    (void)state;
    const struct hl7_separators few = {'|', '^', '~', '\0', '\0', '\0'};
    struct hl7_part part = hl7_part_of(slice_from("a\0b&c", 5));
    struct hl7_part whole = hl7_part_subcomponent(&few, part, 1);
    assert_int_equal(whole.raw.len, 5);
    check(hl7_part_subcomponent(&few, part, 2), HL7_ABSENT, "");
    assert_int_equal(hl7_part_count(part, '\0'), 1);
}

static void test_cursor(void **state)
{
    (void)state;
    static const char *const expected[] = {"", "a", "", "b", ""};
    struct hl7_part part;
    size_t count = 0;
    struct hl7_cursor cursor = hl7_cursor_over(hl7_part_of(slice_of("^a^^b^")), '^');
    while (hl7_cursor_next(&cursor, &part)) {
        assert_true(count < 5);
        assert_slice(part.raw, expected[count]);
        count++;
    }
    assert_int_equal(count, 5);
    cursor = hl7_cursor_over(HL7_PART_ABSENT, '^');
    assert_false(hl7_cursor_next(&cursor, &part));
    cursor = hl7_cursor_over(hl7_part_of(SLICE_EMPTY), '^');
    assert_true(hl7_cursor_next(&cursor, &part));
    assert_int_equal(part.presence, HL7_EMPTY);
    assert_false(hl7_cursor_next(&cursor, &part));
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_separators),
        cmocka_unit_test(test_wrong_separators),
        cmocka_unit_test(test_four_presences),
        cmocka_unit_test(test_parts),
        cmocka_unit_test(test_null_of_the_whole),
        cmocka_unit_test(test_without_subcomponents),
        cmocka_unit_test(test_cursor),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
