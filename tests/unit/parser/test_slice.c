#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

#include "parser/slice.h"
#include "tests/unit/parser/parser_test.h"

static void test_compares_bytes(void **state)
{
    (void)state;
    assert_true(slice_equal(SLICE_LITERAL("Bed"), slice_of("Bed")));
    assert_false(slice_equal(SLICE_LITERAL("Bed"), SLICE_LITERAL("bed")));
    assert_false(slice_equal(SLICE_LITERAL("Bed"), SLICE_LITERAL("Be")));
    assert_true(slice_equal(SLICE_EMPTY, slice_of(NULL)));
    assert_true(slice_equal(SLICE_EMPTY, SLICE_LITERAL("")));
}

static void test_compares_without_case_in_ascii_only(void **state)
{
    (void)state;
    assert_true(slice_equal_nocase(SLICE_LITERAL("LastName"), SLICE_LITERAL("lASTnAME")));
    assert_false(slice_equal_nocase(SLICE_LITERAL("LastName"), SLICE_LITERAL("LastNames")));
    assert_true(slice_equal_nocase(SLICE_LITERAL("AZ"), SLICE_LITERAL("az")));
    assert_true(slice_equal_nocase(SLICE_EMPTY, SLICE_LITERAL("")));
    /* É and é; and '@' and '`', which differ by the bit of case but are no letters */
    assert_false(slice_equal_nocase(SLICE_LITERAL("\xC3\x89"), SLICE_LITERAL("\xC3\xA9")));
    assert_false(slice_equal_nocase(SLICE_LITERAL("@["), SLICE_LITERAL("`{")));
}

static void test_trims_blanks_and_tabs(void **state)
{
    (void)state;
    assert_slice(slice_trim(SLICE_LITERAL(" \t a b\t ")), "a b");
    assert_slice(slice_trim_end(SLICE_LITERAL(" a b \t")), " a b");
    assert_slice(slice_trim(SLICE_LITERAL(" \t ")), "");
    assert_slice(slice_trim(SLICE_EMPTY), "");
    assert_slice(slice_trim(SLICE_LITERAL("\xC2\xA0x")), "\xC2\xA0x");
}

static void test_after_is_clipped(void **state)
{
    (void)state;
    assert_slice(slice_after(SLICE_LITERAL("abc"), 0), "abc");
    assert_slice(slice_after(SLICE_LITERAL("abc"), 2), "c");
    assert_slice(slice_after(SLICE_LITERAL("abc"), 3), "");
    assert_slice(slice_after(SLICE_LITERAL("abc"), (size_t)-1), "");
    assert_slice(slice_after(SLICE_EMPTY, 1), "");
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_compares_bytes),
        cmocka_unit_test(test_compares_without_case_in_ascii_only),
        cmocka_unit_test(test_trims_blanks_and_tabs),
        cmocka_unit_test(test_after_is_clipped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
