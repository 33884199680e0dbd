/* When the committer leaves the write lock to others, and that one who asks as SQLite does then finds it free in time. */
#include "service/pipeline/courtesy.h"
#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

static void nobody_else_no_break(void **state)
{
    (void)state;
    struct courtesy courtesy = {0};
    for (uint64_t now = 1000; now < 10000; now += 7)
        assert_int_equal(courtesy_break(&courtesy, now), 0);
}

static void while_another_program_writes_there_is_a_break_in_each_turn(void **state)
{
    (void)state;
    struct courtesy courtesy = {0};
    courtesy_idle(&courtesy, 900, 1000);
    courtesy_others_wrote(&courtesy, 1000);
    assert_int_equal(courtesy_break(&courtesy, 1099), 0);
    assert_int_equal(courtesy_break(&courtesy, 1100), COURTESY_BREAK_MS);
    assert_int_equal(courtesy_break(&courtesy, 1135), 0);
    assert_int_equal(courtesy_break(&courtesy, 1234), 0);
    assert_int_equal(courtesy_break(&courtesy, 1235), COURTESY_BREAK_MS);
    /* Idle for as long is a break; a shorter rest is none. */
    courtesy_idle(&courtesy, 1300, 1300 + COURTESY_BREAK_MS);
    assert_int_equal(courtesy_break(&courtesy, 1434), 0);
    courtesy_idle(&courtesy, 1420, 1434);
    assert_int_equal(courtesy_break(&courtesy, 1435), COURTESY_BREAK_MS);
    /* And a minute after its last commit no more. */
    assert_int_equal(courtesy_break(&courtesy, 1000 + COURTESY_OTHERS_MS - 1), COURTESY_BREAK_MS);
    assert_int_equal(courtesy_break(&courtesy, 1000 + COURTESY_OTHERS_MS + 500), 0);
}

/* The worst case of the lock: taken without a gap but for the breaks. Whenever another program begins to ask, with the steps of
 * SQLite's busy handler (sqliteDefaultBusyCallback in main.c), or as Windows stretches them, it is let in within 200 ms. */
static void whoever_asks_as_sqlite_does_is_let_in(void **state)
{
    (void)state;
    static const uint64_t STEPS[2][12] = {{1, 2, 5, 10, 15, 20, 25, 25, 25, 50, 50, 100},
                                          {16, 16, 16, 16, 16, 31, 31, 31, 31, 62, 62, 109}};
    for (size_t system = 0; system < 2; system++) {
        for (uint64_t begin = 0; begin < 400; begin++) {
            struct courtesy courtesy = {0};
            uint64_t free_from = 0, free_until = 0, asks = 1000 + begin, next = 0;
            courtesy_others_wrote(&courtesy, 1000);
            courtesy.rested = 1000;
            for (uint64_t now = 1000;; now++) {
                if (now >= free_until && courtesy_break(&courtesy, now) > 0) {
                    free_from = now;
                    free_until = now + COURTESY_BREAK_MS;
                }
                if (now != asks)
                    continue;
                if (now >= free_from && now < free_until)
                    break;
                assert_true(next < 12);
                asks += STEPS[system][next++];
            }
            assert_in_range(asks - 1000 - begin, 0, 200);
        }
    }
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_else_no_break),
        cmocka_unit_test(while_another_program_writes_there_is_a_break_in_each_turn),
        cmocka_unit_test(whoever_asks_as_sqlite_does_is_let_in),
    };
    return cmocka_run_group_tests_name("courtesy", tests, NULL, NULL);
}
