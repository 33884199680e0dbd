#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

#include "parser/fault.h"
#include "parser/limits.h"
#include "tests/unit/parser/parser_test.h"

#include <stdlib.h>
#include <string.h>

static void test_every_code_has_a_name_and_words_of_its_own(void **state)
{
    (void)state;
    for (int i = 0; i < FAULT_CODE_COUNT; i++) {
        const char *name = fault_code_name((enum fault_code)i);
        const char *text = fault_code_text((enum fault_code)i);
        assert_non_null(name);
        assert_non_null(text);
        assert_true(strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(name) &&
                    strlen(name) > 2);
        assert_true(strlen(text) > 3 && text[strlen(text) - 1] != '.');
        for (int k = 0; k < i; k++) {
            assert_string_not_equal(name, fault_code_name((enum fault_code)k));
            assert_string_not_equal(text, fault_code_text((enum fault_code)k));
        }
    }
    assert_string_equal(fault_code_name(FAULT_CODE_COUNT), "unknown");
    assert_string_equal(fault_code_text((enum fault_code)1000), "unknown fault");
}

static void test_codes_that_the_ledger_holds_keep_their_numbers(void **state)
{
    (void)state;
    assert_int_equal(FAULT_FILE_EMPTY, 1);
    assert_int_equal(FAULT_NAME_UNKNOWN, 14);
    assert_int_equal(FAULT_REQUIRED_MISSING, 18);
    assert_int_equal(FAULT_MANY_FAULTS, 34);
    assert_int_equal(FAULT_TOO_MANY_FIELDS, 36);
}

static void test_formats_as_much_as_is_known(void **state)
{
    (void)state;
    static const struct {
        struct fault fault;
        const char *text;
    } cases[] = {
        {{.code = FAULT_REQUIRED_MISSING,
          .line = 6,
          .field = {"LastName", 8},
          .expected = "1 to 255 characters"},
         "line 6, LastName: required field is missing; expected 1 to 255 characters"},
        {{.code = FAULT_REQUIRED_MISSING, .field = {"LastName", 8}}, "LastName: required field is missing"},
        {{.code = FAULT_NAME_UNKNOWN, .line = 4294967295},
         "line 4294967295: field name is not known; the field is kept but not used"},
        {{.code = FAULT_FILE_EMPTY}, "file is empty"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[200];
        assert_int_equal(fault_format(&cases[i].fault, text, sizeof text), strlen(cases[i].text));
        assert_string_equal(text, cases[i].text);
        /* Every smaller room: the front of the text, always terminated, nothing behind it. */
        for (size_t size = 0; size <= strlen(cases[i].text); size++) {
            char small[200];
            memset(small, '#', sizeof small);
            assert_int_equal(fault_format(&cases[i].fault, small, size), strlen(cases[i].text));
            assert_int_equal(small[size], '#');
            if (size > 0) {
                assert_int_equal(strlen(small), size - 1);
                assert_memory_equal(small, cases[i].text, size - 1);
            }
        }
    }
}

static void test_sorts_by_place_and_keeps_equals(void **state)
{
    (void)state;
    struct arena arena;
    struct fault_list list;
    arena_init(&arena, 0);
    fault_list_init(&list, &arena);
    fault_add(&list, FAULT_WARNING, FAULT_TOO_LONG, 90, 9, SLICE_EMPTY, NULL);
    fault_add(&list, FAULT_ERROR, FAULT_NOT_IN_SET, 25, 2, SLICE_EMPTY, NULL);
    fault_add(&list, FAULT_ERROR, FAULT_NOT_A_DATE, 20, 2, SLICE_EMPTY, NULL);
    fault_add(&list, FAULT_WARNING, FAULT_NOT_A_TIME, 20, 2, SLICE_EMPTY, NULL);
    fault_add(&list, FAULT_ERROR, FAULT_REQUIRED_MISSING, 0, 0, SLICE_EMPTY, NULL);
    fault_list_sort(&list);
    char *text = describe_faults(&list);
    assert_string_equal(text, "error required-missing 0\nerror not-a-date 2\nwarning not-a-time 2\n"
                              "error not-in-set 2\nwarning too-long 9\n");
    assert_int_equal(list.errors, 3);
    free(text);
    arena_release(&arena);
}

static void test_a_full_list_keeps_its_errors(void **state)
{
    (void)state;
    struct arena arena;
    struct fault_list list;
    arena_init(&arena, 0);
    fault_list_init(&list, &arena);
    for (uint32_t i = 1; i <= LIMIT_FAULTS; i++)
        fault_add(&list, FAULT_WARNING, FAULT_NAME_UNKNOWN, i, i, SLICE_EMPTY, NULL);
    assert_int_equal(list.count, LIMIT_FAULTS);
    assert_false(list.exhausted);
    fault_add(&list, FAULT_WARNING, FAULT_TOO_LONG, 2000, 2000, SLICE_EMPTY, NULL);
    fault_add(&list, FAULT_ERROR, FAULT_NOT_A_DATE, 2001, 2001, SLICE_EMPTY, NULL);
    fault_add(&list, FAULT_ERROR, FAULT_NOT_A_TIME, 2002, 2002, SLICE_EMPTY, NULL);
    assert_true(list.exhausted);
    assert_false(fault_list_lost_memory(&list));
    assert_int_equal(list.count, LIMIT_FAULTS);
    assert_int_equal(list.errors, 2);
    fault_list_sort(&list);
    assert_int_equal(list.items[LIMIT_FAULTS - 3].code, FAULT_NOT_A_DATE);
    assert_int_equal(list.items[LIMIT_FAULTS - 2].code, FAULT_NOT_A_TIME);
    assert_int_equal(list.items[LIMIT_FAULTS - 1].code, FAULT_MANY_FAULTS);
    /* Nothing but errors: more of them are counted. */
    for (uint32_t i = 0; i < LIMIT_FAULTS; i++)
        fault_add(&list, FAULT_ERROR, FAULT_NOT_A_DATE, 3000 + i, 3000 + i, SLICE_EMPTY, NULL);
    assert_int_equal(list.errors, 2 + LIMIT_FAULTS);
    assert_int_equal(list.count, LIMIT_FAULTS);
    arena_release(&arena);
}

static void test_says_when_memory_ended_the_list(void **state)
{
    (void)state;
    struct arena arena;
    struct fault_list list;
    arena_init(&arena, sizeof(struct fault));
    fault_list_init(&list, &arena);
    fault_add(&list, FAULT_ERROR, FAULT_NOT_A_DATE, 0, 0, SLICE_EMPTY, NULL);
    assert_true(fault_list_lost_memory(&list));
    assert_int_equal(list.errors, 1);
    assert_int_equal(list.count, 0);
    arena_release(&arena);
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_code_has_a_name_and_words_of_its_own),
        cmocka_unit_test(test_codes_that_the_ledger_holds_keep_their_numbers),
        cmocka_unit_test(test_formats_as_much_as_is_known),
        cmocka_unit_test(test_sorts_by_place_and_keeps_equals),
        cmocka_unit_test(test_a_full_list_keeps_its_errors),
        cmocka_unit_test(test_says_when_memory_ended_the_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
