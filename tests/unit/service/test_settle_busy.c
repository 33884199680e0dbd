/*
 * Settling: a file that is busy for a moment is looked at again soon, and nothing behind it is taken meanwhile; but it has that moment only
 * once, and no number of such files stops the others for long.
 */
#include <stdio.h>
#include <string.h>

#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"
#include "tests/unit/service/settle_bench.h"

/* Looks at the next one, which must be `name`, and finds it busy. */
static void find_busy(struct bench *bench, const char *name, uint64_t now)
{
    struct settle_entry *entry = settle_next(bench->settle, now);
    assert_non_null(entry);
    assert_string_equal(entry->name, name);
    assert_false(settle_again(bench->settle, entry, SETTLE_BUSY, now));
}

static void a_busy_file_is_looked_at_every_15_ms_for_100_and_then_after_250_doubling(void **state)
{
    (void)state;
    static const uint32_t PAUSES[] = {15, 15, 15, 15, 15, 15, 10, 250, 500, 1000, 2000, 4000, 5000, 5000};
    struct bench bench;
    begin(&bench, CONFIG_ORDER_FREE);
    observe(&bench, "c1.ini", 1, 10, 1, 100);
    uint64_t now = 700; /* its trouble begins when it is found busy, not when it is seen */
    for (size_t i = 0; i < sizeof PAUSES / sizeof PAUSES[0]; i++) {
        find_busy(&bench, "c1.ini", now);
        assert_int_equal(settle_due_in(bench.settle, now), PAUSES[i]);
        assert_string_equal(next_name(&bench, now + PAUSES[i] - 1), "-");
        now += PAUSES[i];
    }
    observe(&bench, "c1.ini", 2, 11, 1, now); /* it has grown: a trouble of its own, but no new 100 ms */
    find_busy(&bench, "c1.ini", now);
    assert_int_equal(settle_due_in(bench.settle, now), 250);
    end(&bench);
}

static void a_file_that_is_busy_for_a_moment_is_not_overtaken(void **state)
{
    (void)state;
    struct bench bench;
    begin(&bench, CONFIG_ORDER_FREE);
    observe(&bench, "c1.ini", 1, 10, 1, 0);
    observe(&bench, "c2.ini", 1, 10, 2, 0);
    find_busy(&bench, "c1.ini", 0);
    assert_string_equal(next_name(&bench, 0), "-");
    assert_int_equal(settle_due_in(bench.settle, 0), 15);
    assert_counts(&bench, 1, 1, 0, 0);
    observe(&bench, "c3.ini", 1, 30, 3, 5); /* what comes meanwhile: behind it */
    observe(&bench, "c0.ini", 1, 5, 4, 5);  /* and before it, which it does not stop */
    assert_int_equal(settle_due_in(bench.settle, 5), 0);
    assert_string_equal(claim_next(&bench, 5), "c0.ini");
    assert_string_equal(next_name(&bench, 5), "-");
    assert_int_equal(settle_due_in(bench.settle, 5), 10);
    find_busy(&bench, "c1.ini", 15);
    assert_string_equal(next_name(&bench, 29), "-");
    assert_string_equal(claim_next(&bench, 30), "c1.ini");
    assert_string_equal(claim_next(&bench, 30), "c2.ini");
    assert_string_equal(claim_next(&bench, 30), "c3.ini");
    end(&bench);
}

/* Recovery looks at files in the order of their rows, whatever is due. */
static void a_busy_file_that_was_looked_at_out_of_turn_holds_back_those_behind_it_only(void **state)
{
    (void)state;
    static const char *const NAMES[] = {"c1.ini", "c3.ini", "c5.ini"};
    static const int ORDERS[][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    for (size_t i = 0; i < sizeof ORDERS / sizeof ORDERS[0]; i++) {
        struct bench bench;
        begin(&bench, CONFIG_ORDER_FREE);
        for (int64_t number = 0; number <= 6; number++) {
            char name[16];
            (void)snprintf(name, sizeof name, "c%d.ini", (int)number);
            observe(&bench, name, 1, 10 * number, (uint64_t)number + 1, 0);
        }
        for (int k = 0; k < 3; k++)
            assert_false(
                settle_again(bench.settle, settle_find(bench.settle, NAMES[ORDERS[i][k]]), SETTLE_BUSY, 0));
        assert_string_equal(claim_next(&bench, 0), "c0.ini");
        assert_string_equal(claim_next(&bench, 0), "-");
        settle_lost(bench.settle, "c3.ini"); /* out of the middle */
        assert_string_equal(claim_next(&bench, 0), "-");
        settle_lost(bench.settle, "c1.ini");
        assert_string_equal(claim_next(&bench, 0), "c2.ini");
        assert_string_equal(claim_next(&bench, 0), "c4.ini");
        assert_string_equal(claim_next(&bench, 0), "-");
        assert_string_equal(claim_next(&bench, 15), "c5.ini");
        assert_string_equal(claim_next(&bench, 15), "c6.ini");
        end(&bench);
    }
}

static void held_for_100_ms_in_all_and_then_it_stops_nobody(void **state)
{
    (void)state;
    struct bench bench;
    begin(&bench, CONFIG_ORDER_FREE);
    observe(&bench, "c1.ini", 1, 10, 1, 0);
    observe(&bench, "c2.ini", 1, 20, 2, 0);
    find_busy(&bench, "c1.ini", 0);
    find_busy(&bench, "c1.ini", 95); /* the worker was elsewhere meanwhile */
    assert_int_equal(settle_due_in(bench.settle, 95), 5);
    assert_string_equal(next_name(&bench, 99), "-");
    find_busy(&bench, "c1.ini", 100);
    assert_string_equal(claim_next(&bench, 100), "c2.ini");
    observe(&bench, "c3.ini", 1, 30, 3, 101);
    assert_string_equal(claim_next(&bench, 101), "c3.ini");
    /* No second 100 ms for the same file, whatever else is found of it. */
    observe(&bench, "c4.ini", 1, 40, 4, 350);
    find_busy(&bench, "c1.ini", 350);
    assert_string_equal(next_name(&bench, 350), "c4.ini");
    assert_false(settle_again(bench.settle, settle_next(bench.settle, 1000), SETTLE_INCOMPLETE, 1000));
    observe(&bench, "c1.ini", 2, 12, 1, 1001);
    find_busy(&bench, "c1.ini", 1001);
    assert_string_equal(claim_next(&bench, 1001), "c4.ini");
    end(&bench);
}

static void what_is_held_back_is_due_at_once_when_the_busy_one_is_out_of_the_way(void **state)
{
    (void)state;
    enum way {
        CLAIMED,
        LOST,
        NOT_LISTED,
        VANISHED,
        FORGOTTEN,
        GROWN,
        REPLACED,
        CHANGED_BY_HANDLE,
        DENIED,
        WAYS
    };
    for (int way = CLAIMED; way < WAYS; way++) {
        struct bench bench;
        begin(&bench, CONFIG_ORDER_FREE);
        observe(&bench, "q1.ini", 1, 10, 1, 0);
        observe(&bench, "c2.ini", 1, 20, 2, QUIET_MS);
        uint64_t now = QUIET_MS;
        find_busy(&bench, "q1.ini", now++);
        assert_string_equal(next_name(&bench, now), "-");
        struct settle_entry *entry = settle_find(bench.settle, "q1.ini");
        struct file_marks grown = marks_of(2, 11, 1);
        switch (way) {
        case CLAIMED: settle_claimed(bench.settle, entry, &grown); break;
        case LOST: settle_lost(bench.settle, "q1.ini"); break;
        case NOT_LISTED:
            settle_scan_begin(bench.settle);
            observe(&bench, "c2.ini", 1, 20, 2, now);
            settle_scan_end(bench.settle);
            break;
        case VANISHED: settle_vanished(bench.settle, entry); break;
        case FORGOTTEN: settle_forget(bench.settle, entry); break;
        case GROWN: observe(&bench, "q1.ini", 2, 11, 1, now); break;
        case REPLACED: observe(&bench, "q1.ini", 1, 10, 7, now); break;
        case CHANGED_BY_HANDLE: settle_changed(bench.settle, entry, &grown, now); break;
        case DENIED: assert_false(settle_again(bench.settle, entry, SETTLE_DENIED, now)); break;
        }
        if (settle_due_in(bench.settle, now) != 0 || strcmp(claim_next(&bench, now), "c2.ini") != 0)
            fail_msg("way %d: what was held back is not due", way);
        end(&bench);
    }
}

static void another_file_under_the_name_and_one_that_was_given_back_have_100_ms_of_their_own(void **state)
{
    (void)state;
    struct bench bench;
    begin(&bench, CONFIG_ORDER_FREE);
    observe(&bench, "c1.ini", 1, 10, 1, 0);
    observe(&bench, "c2.ini", 1, 20, 2, 0);
    find_busy(&bench, "c1.ini", 0);
    find_busy(&bench, "c1.ini", 100);
    observe(&bench, "c1.ini", 1, 10, 7, 100);
    find_busy(&bench, "c1.ini", 100);
    assert_string_equal(next_name(&bench, 114), "-");
    assert_string_equal(claim_next(&bench, 115), "c1.ini");
    assert_false(settle_finished(bench.settle, "c1.ini", true, 120));
    find_busy(&bench, "c1.ini", 370);
    assert_string_equal(next_name(&bench, 384), "-");
    find_busy(&bench, "c1.ini", 470);
    assert_string_equal(claim_next(&bench, 470), "c2.ini");
    end(&bench);
}

/* Many that stay busy, one after the other: what is behind them does not wait for 100 ms of each. */
static void many_that_are_busy_hold_back_for_a_second_in_all(void **state)
{
    (void)state;
    struct bench bench;
    begin(&bench, CONFIG_ORDER_FREE);
    char name[16];
    for (uint64_t i = 0; i < 500; i++) {
        (void)snprintf(name, sizeof name, "c%d.ini", (int)i);
        observe(&bench, name, 1, 10, i + 1, 0);
    }
    observe(&bench, "c999.ini", 1, 20, 999, 0);
    uint64_t now = 0;
    size_t looks = 0;
    for (struct settle_entry *entry;
         !(entry = settle_next(bench.settle, now)) || entry->marks.written_us == 10;)
        if (entry) {
            assert_false(settle_again(bench.settle, entry, SETTLE_BUSY, now));
            looks++;
        } else {
            uint32_t pause = settle_due_in(bench.settle, now);
            assert_in_range(pause, 1, 15);
            now += pause;
        }
    assert_int_equal(now, 1000);
    assert_in_range(looks, 500, 700);
    assert_string_equal(claim_next(&bench, now), "c999.ini");
    /* That one was claimed: a file that comes now has its 100 ms again. */
    observe(&bench, "c500.ini", 1, 5, 1000, now);
    observe(&bench, "c501.ini", 1, 6, 1001, now);
    find_busy(&bench, "c500.ini", now);
    assert_string_equal(next_name(&bench, now), "-");
    end(&bench);
}

static void what_held_nobody_back_takes_nothing_from_the_second(void **state)
{
    (void)state;
    struct bench bench;
    begin(&bench, CONFIG_ORDER_FREE);
    observe(&bench, "c1.ini", 1, 10, 1, 0); /* busy for long, with nothing behind it */
    for (uint64_t now = 0; now < 60000; now += settle_due_in(bench.settle, now))
        find_busy(&bench, "c1.ini", now);
    observe(&bench, "c2.ini", 1, 20, 2, 60001);
    observe(&bench, "c3.ini", 1, 30, 3, 60001);
    find_busy(&bench, "c2.ini", 60001);
    assert_string_equal(next_name(&bench, 60001), "-");
    assert_string_equal(claim_next(&bench, 60016), "c2.ini");
    assert_string_equal(claim_next(&bench, 60016), "c3.ini");
    end(&bench);
}

/* Files that come ever anew before one that is ready, and are each busy when they come. */
static void a_stream_of_newly_busy_files_starves_nobody(void **state)
{
    (void)state;
    struct bench bench;
    begin(&bench, CONFIG_ORDER_FREE);
    observe(&bench, "c0.ini", 1, 1000000, 1, 0);
    char name[16] = "";
    uint64_t now = 0;
    for (uint64_t i = 1; strcmp(name, "c0.ini") != 0 && now < 10000; i++, now += 10) {
        (void)snprintf(name, sizeof name, "c%d.ini", (int)i);
        observe(&bench, name, 1, (int64_t)(i % 2 ? 1000 - i : 1000 + i), i + 1, now);
        for (struct settle_entry *entry; (entry = settle_next(bench.settle, now)) != NULL;) {
            (void)snprintf(name, sizeof name, "%s", entry->name);
            if (strcmp(name, "c0.ini") == 0)
                break;
            assert_false(settle_again(bench.settle, entry, SETTLE_BUSY, now));
        }
    }
    assert_in_range(now, 100, 1010);
    end(&bench);
}

/* Each of a large backlog is busy at its first look: who holds back is asked for twenty thousand times. (Its cost shows as a timeout of
 * this program where a step would walk over all entries.) */
static void twenty_thousand_files_that_are_each_busy_for_a_moment_are_taken_in_order(void **state)
{
    (void)state;
    enum {
        FILES = 20000
    };
    struct bench bench;
    begin(&bench, CONFIG_ORDER_FREE);
    char name[32];
    for (uint64_t i = 0; i < FILES; i++) {
        uint64_t number = i * 7919 % FILES;
        (void)snprintf(name, sizeof name, "c%llu.ini", (unsigned long long)number);
        observe(&bench, name, 1, (int64_t)(number / 10), number + 1, 0);
        (void)snprintf(name, sizeof name, "q%llu.ini", (unsigned long long)number);
        observe(&bench, name, 1, FILES, FILES + number + 1, 15 * FILES); /* these wait all the time */
    }
    uint64_t now = 0;
    for (int i = 0; i < FILES; i++, now += 15) {
        (void)snprintf(name, sizeof name, "c%d.ini", i);
        find_busy(&bench, name, now);
        assert_null(settle_next(bench.settle, now));
        assert_int_equal(settle_due_in(bench.settle, now), 15);
        assert_string_equal(claim_next(&bench, now + 15), name);
    }
    assert_counts(&bench, FILES, 0, FILES, 0);
    end(&bench);
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_busy_file_is_looked_at_every_15_ms_for_100_and_then_after_250_doubling),
        cmocka_unit_test(a_file_that_is_busy_for_a_moment_is_not_overtaken),
        cmocka_unit_test(a_busy_file_that_was_looked_at_out_of_turn_holds_back_those_behind_it_only),
        cmocka_unit_test(held_for_100_ms_in_all_and_then_it_stops_nobody),
        cmocka_unit_test(what_is_held_back_is_due_at_once_when_the_busy_one_is_out_of_the_way),
        cmocka_unit_test(another_file_under_the_name_and_one_that_was_given_back_have_100_ms_of_their_own),
        cmocka_unit_test(many_that_are_busy_hold_back_for_a_second_in_all),
        cmocka_unit_test(what_held_nobody_back_takes_nothing_from_the_second),
        cmocka_unit_test(a_stream_of_newly_busy_files_starves_nobody),
        cmocka_unit_test(twenty_thousand_files_that_are_each_busy_for_a_moment_are_taken_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
