/* What is shown of a value, shapes of ids, and names of places that look alike; and the table that counts them. */
#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

#include <stdio.h>
#include <string.h>

#include "service/precheck/mask.h"
#include "service/precheck/table.h"

static void test_show(void **state)
{
    (void)state;
    static const struct {
        const char *value, *masked, *plain;
    } cases[] = {
        {"", "", ""},
        {"A-POD 12", "x-xxx 99", "A-POD 12"},
        {"Mu\xC3\xB1oz", "xxxxx", "Mu\xC3\xB1oz"},
        {"a\tb\x7F", "x\xEF\xBF\xBDx\xEF\xBF\xBD",
         "a\xEF\xBF\xBD"
         "b\xEF\xBF\xBD"},
        {"a\xE2\x80\xAE"
         "b",
         "x\xEF\xBF\xBDx",
         "a\xEF\xBF\xBD"
         "b"}, /* right-to-left override */
        {"\xFF", "\xEF\xBF\xBD", "\xEF\xBF\xBD"},
        {"\xC2\x85", "\xEF\xBF\xBD", "\xEF\xBF\xBD"},
        {"<b>&\"'", "<x>&\"'", "<b>&\"'"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char shown[MASK_SHOWN];
        assert_int_equal(mask_show(slice_of(cases[i].value), false, shown), strlen(cases[i].masked));
        assert_string_equal(shown, cases[i].masked);
        assert_int_equal(mask_show(slice_of(cases[i].value), true, shown), strlen(cases[i].plain));
        assert_string_equal(shown, cases[i].plain);
    }
}

/* The widest characters fill the room, and not more. */
static void test_show_long(void **state)
{
    (void)state;
    char value[4 * 100 + 1];
    for (size_t i = 0; i < 100; i++)
        memcpy(value + 4 * i, "\xF0\x9F\x98\x80", 5);
    char shown[MASK_SHOWN];
    assert_int_equal(mask_show(slice_of(value), true, shown), 60 * 4 + 3);
    assert_memory_equal(shown, value, 60 * 4);
    assert_string_equal(shown + 60 * 4, "…");
    value[60 * 4] = '\0';
    assert_int_equal(mask_show(slice_of(value), true, shown), 60 * 4);
}

static void test_shape(void **state)
{
    (void)state;
    char shape[MASK_ROOM(20)];
    assert_int_equal(mask_shape(SLICE_LITERAL("P00-\xC3\xB1"
                                              "9"),
                                shape),
                     6);
    assert_string_equal(shape, "x99-x9");
}

static void test_fold(void **state)
{
    (void)state;
    static const struct {
        const char *value, *folded;
    } cases[] = {
        {"A-POD", "apod"},
        {"A POD", "apod"},
        {"a.pod ", "apod"},
        {"APOD", "apod"},
        {"A-01", "a1"},
        {"A1", "a1"},
        {"A 001", "a1"},
        {"A10", "a10"},
        {"A100", "a100"},
        {"0", "0"},
        {"000", "0"},
        {"", ""},
        {"--", ""},
        {"1-11", "1-11"},
        {"11-1", "11-1"},
        {"1 - 011", "1-11"},
        {"1-0", "1-0"},
        {"0-1", "0-1"},
        {"00A", "0a"},
        {"A0B", "a0b"},
        {"1A-01", "1a1"},
        {"\xC3\x84-1", "\xC3\x84"
                       "1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char folded[MASK_ROOM(20)];
        assert_int_equal(mask_fold(slice_of(cases[i].value), folded), strlen(cases[i].folded));
        assert_string_equal(folded, cases[i].folded);
    }
}

struct counted {
    struct table_head head;
    size_t count;
};

static void test_table(void **state)
{
    (void)state;
    struct arena arena;
    struct table table;
    arena_init(&arena, 0);
    table_init(&table, &arena, sizeof(struct counted));
    assert_null(table_find(&table, SLICE_LITERAL("0")));
    for (size_t i = 0; i < 3000; i++) {
        char key[20];
        bool is_new;
        (void)snprintf(key, sizeof key, "%zu", i % 1000);
        struct counted *counted = table_put(&table, slice_of(key), &is_new);
        assert_int_equal(is_new, i < 1000);
        counted->count++;
    }
    assert_int_equal(table.count, 1000);
    for (size_t i = 0; i < 1000; i++) {
        char key[20];
        (void)snprintf(key, sizeof key, "%zu", i);
        assert_true(slice_equal(table.records[i]->key, slice_of(key)));
        assert_ptr_equal(table_find(&table, slice_of(key)), table.records[i]);
        assert_int_equal(((struct counted *)(void *)table.records[i])->count, 3);
    }
    table_release(&table);
    arena_release(&arena);
}

/* Memory that ends at every possible byte: NULL, and what was there stays. */
static void test_table_without_memory(void **state)
{
    (void)state;
    for (size_t limit = 1; limit < 400; limit++) {
        struct arena arena;
        struct table table;
        arena_init(&arena, limit);
        table_init(&table, &arena, sizeof(struct counted));
        bool whole = table_put(&table, SLICE_LITERAL("one"), NULL) != NULL;
        bool both = whole && table_put(&table, SLICE_LITERAL("two"), NULL) != NULL;
        assert_int_equal(table.count, (size_t)whole + (size_t)both);
        assert_int_equal(table_find(&table, SLICE_LITERAL("two")) != NULL, both);
        table_release(&table);
        arena_release(&arena);
    }
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_show),  cmocka_unit_test(test_show_long),
        cmocka_unit_test(test_shape), cmocka_unit_test(test_fold),
        cmocka_unit_test(test_table), cmocka_unit_test(test_table_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
