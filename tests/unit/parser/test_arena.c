#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

#include "parser/arena.h"
#include "tests/unit/parser/parser_test.h"

#include <stdalign.h>
#include <string.h>

static void test_pieces_are_zeroed_aligned_and_apart(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 0);
    unsigned char *pieces[400];
    for (size_t round = 0; round < 3; round++) {
        for (size_t i = 0; i < 400; i++) {
            pieces[i] = arena_take(&arena, i + 1);
            assert_non_null(pieces[i]);
            assert_int_equal((uintptr_t)pieces[i] % alignof(max_align_t), 0);
            for (size_t k = 0; k <= i; k++)
                assert_int_equal(pieces[i][k], 0);
            memset(pieces[i], (int)(i & 0xFF), i + 1);
        }
        for (size_t i = 0; i < 400; i++) {
            for (size_t k = 0; k <= i; k++)
                assert_int_equal(pieces[i][k], i & 0xFF);
        }
        assert_int_equal(arena.used, 400 * 401 / 2);
        arena_reset(&arena);
        assert_int_equal(arena.used, 0);
    }
    arena_release(&arena);
    assert_null(arena.first);
}

static void test_reset_keeps_the_blocks(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 0);
    void *small = arena_take(&arena, 10);
    void *large = arena_take(&arena, 1000000);
    assert_non_null(large);
    arena_reset(&arena);
    assert_ptr_equal(arena_take(&arena, 10), small);
    assert_ptr_equal(arena_take(&arena, 1000000), large);
    arena_release(&arena);
}

static void test_the_limit_holds_between_two_resets(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 100);
    assert_non_null(arena_take(&arena, 60));
    assert_null(arena_take(&arena, 41));
    assert_non_null(arena_take(&arena, 40));
    assert_null(arena_take(&arena, 1));
    assert_non_null(arena_take(&arena, 0));
    arena_reset(&arena);
    assert_non_null(arena_take(&arena, 100));
    arena_release(&arena);
    assert_non_null(arena_take(&arena, 100));
    assert_null(arena_take(&arena, 1));
    arena_release(&arena);
}

static void test_sizes_that_overflow_are_refused(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 0);
    assert_null(arena_take(&arena, SIZE_MAX));
    assert_null(arena_take(&arena, SIZE_MAX - 16));
    assert_null(arena_take_array(&arena, SIZE_MAX / 2, 3));
    assert_non_null(arena_take_array(&arena, 0, 8));
    assert_non_null(arena_take_array(&arena, 8, 0));
    arena_release(&arena);
}

static void test_copies_end_with_nul(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 0);
    struct slice copy = arena_copy(&arena, SLICE_LITERAL("cell"));
    assert_slice(copy, "cell");
    assert_int_equal(copy.ptr[4], 0);
    assert_string_equal(arena_copy_text(&arena, SLICE_LITERAL("block")), "block");
    assert_string_equal(arena_copy_text(&arena, SLICE_EMPTY), "");
    assert_non_null(arena_copy(&arena, SLICE_EMPTY).ptr);
    arena_release(&arena);

    arena_init(&arena, 4);
    assert_null(arena_copy(&arena, SLICE_LITERAL("cell")).ptr);
    assert_null(arena_copy_text(&arena, SLICE_LITERAL("cell")));
    arena_release(&arena);
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pieces_are_zeroed_aligned_and_apart),
        cmocka_unit_test(test_reset_keeps_the_blocks),
        cmocka_unit_test(test_the_limit_holds_between_two_resets),
        cmocka_unit_test(test_sizes_that_overflow_are_refused),
        cmocka_unit_test(test_copies_end_with_nul),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
