/*
 * Settling: no file, no clock. A feed, marks and moments are the whole input; what is asked is which name may be looked at,
 * and when. test_settle_busy.c has what is busy for a moment; test_settle_model.c holds the state machine against a naive one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/path.h"
#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"
#include "tests/unit/service/settle_bench.h"

/* ---- names ---- */

static void names_that_are_being_written_are_ignored(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        bool ignored;
    } CASES[] = {
        {"DEM1.ini", false},         {"DEM1.ini.tmp", true},  {"DEM1.TMP", true},   {".tmp", true},
        {"DEM1.ini.part", true},     {"DEM1.filepart", true}, {"~$DEM1.ini", true}, {"~DEM1.ini", false},
        {"DEM1.tmp.ini", false},     {"DEM1.parts", false},   {"tmp", false},       {"$~DEM1.ini", false},
        {"DEM1.Ini.FilePart", true},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++)
        if (settle_ignores(CASES[i].name) != CASES[i].ignored)
            fail_msg("%s: ignored %d", CASES[i].name, !CASES[i].ignored);

    struct bench bench;
    begin(&bench, CONFIG_ORDER_FREE);
    observe(&bench, "c1.ini.tmp", 1, 1, 1, 0);
    assert_null(settle_find(bench.settle, "c1.ini.tmp"));
    assert_counts(&bench, 0, 0, 0, 0);
    end(&bench);
}

static void what_no_rule_matches_is_counted_and_never_taken(void **state)
{
    (void)state;
    struct bench bench;
    begin(&bench, CONFIG_ORDER_FREE);
    settle_scan_begin(bench.settle);
    observe(&bench, "readme.txt", 1, 1, 1, 0);
    observe(&bench, "other.csv", 1, 1, 2, 0);
    settle_scan_end(bench.settle);
    assert_counts(&bench, 0, 0, 0, 2);
    assert_string_equal(next_name(&bench, 1000000), "-");
    observe(&bench, "readme.txt", 9, 9, 9, 5); /* another file under the name is no loss to us */
    settle_scan_begin(bench.settle);
    observe(&bench, "other.csv", 1, 1, 2, 10);
    settle_scan_end(bench.settle);
    assert_counts(&bench, 0, 0, 0, 1);
    assert_int_equal(bench.gone, 0);
    end(&bench);
}

/* ---- the order of taking ---- */

static void earliest_written_first_then_names_with_numbers_by_value(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int64_t written;
    } SEEN[] = {
        {"c10.ini", 50},  {"c9.ini", 50},  {"c2.ini", 50},   {"c1.ini", 99},
        {"c500.ini", 10}, {"ca2.ini", 50}, {"CA10.ini", 50}, {"c02.ini", 50},
    };
    static const char *const TAKEN[] = {"c500.ini", "c02.ini", "c2.ini",   "c9.ini",
                                        "c10.ini",  "ca2.ini", "CA10.ini", "c1.ini"};
    struct bench bench;
    begin(&bench, CONFIG_ORDER_FREE);
    settle_scan_begin(bench.settle);
    for (size_t i = 0; i < sizeof SEEN / sizeof SEEN[0]; i++)
        observe(&bench, SEEN[i].name, 1, SEEN[i].written, i + 1, 0);
    settle_scan_end(bench.settle);
    for (size_t i = 0; i < sizeof TAKEN / sizeof TAKEN[0]; i++)
        assert_string_equal(claim_next(&bench, 0), TAKEN[i]);
    assert_string_equal(claim_next(&bench, 0), "-");
    end(&bench);
}

static void what_is_ready_later_is_later_and_stops_nobody(void **state)
{
    (void)state;
    struct bench bench;
    begin(&bench, CONFIG_ORDER_FREE);
    observe(&bench, "q1.ini", 1, 10, 1, 0); /* older, but must be quiet first */
    observe(&bench, "c2.ini", 1, 20, 2, 0);
    assert_string_equal(claim_next(&bench, 0), "c2.ini");
    assert_string_equal(claim_next(&bench, QUIET_MS - 1), "-");
    assert_string_equal(claim_next(&bench, QUIET_MS), "q1.ini");
    end(&bench);
}

static void in_strict_order_an_earlier_file_that_is_not_ready_stops_the_rest(void **state)
{
    (void)state;
    struct bench bench;
    begin(&bench, CONFIG_ORDER_STRICT);
    observe(&bench, "q1.ini", 1, 10, 1, 0);
    observe(&bench, "c0.ini", 1, 5, 3, 0);
    observe(&bench, "c2.ini", 1, 20, 2, 0);
    assert_string_equal(claim_next(&bench, 0), "c0.ini"); /* nothing is earlier than this one */
    assert_string_equal(claim_next(&bench, 0), "-");
    assert_int_equal(settle_due_in(bench.settle, 0), QUIET_MS); /* when the one in the way becomes due */
    assert_string_equal(claim_next(&bench, QUIET_MS), "q1.ini");
    assert_string_equal(claim_next(&bench, QUIET_MS), "c2.ini");
    end(&bench);
}

static void in_strict_order_trouble_with_one_stops_the_later_ones_until_it_is_gone(void **state)
{
    (void)state;
    struct bench bench;
    begin(&bench, CONFIG_ORDER_STRICT);
    observe(&bench, "c1.ini", 1, 10, 1, 0);
    observe(&bench, "c2.ini", 1, 20, 2, 0);
    observe(&bench, "x.txt", 1, 5, 3, 0); /* unrecognised: in nobody's way */
    assert_false(settle_again(bench.settle, settle_next(bench.settle, 0), SETTLE_BUSY, 0));
    assert_string_equal(claim_next(&bench, 14), "-");
    assert_false(settle_again(bench.settle, settle_next(bench.settle, 100), SETTLE_BUSY, 100));
    assert_string_equal(claim_next(&bench, 349), "-");
    settle_lost(bench.settle, "c1.ini");
    assert_string_equal(claim_next(&bench, 349), "c2.ini");
    end(&bench);
}

/* ---- the quiet time ---- */

static void quiet_time_starts_anew_with_every_change(void **state)
{
    (void)state;
    struct bench bench;
    begin(&bench, CONFIG_ORDER_FREE);
    observe(&bench, "q1.ini", 1, 10, 1, 0);
    observe(&bench, "q1.ini", 1, 10, 1, 600); /* the same marks are no change */
    assert_int_equal(settle_due_in(bench.settle, 600), 400);
    observe(&bench, "q1.ini", 2, 10, 1, 900); /* size */
    assert_string_equal(next_name(&bench, 1899), "-");
    observe(&bench, "q1.ini", 2, 11, 1, 1899); /* last write */
    assert_string_equal(next_name(&bench, 2898), "-");
    struct file_marks created = marks_of(2, 11, 1);
    created.created_us = 7;
    assert_true(settle_observe(bench.settle, "q1.ini", &created, true, 2898));
    assert_string_equal(next_name(&bench, 3897), "-");
    assert_string_equal(next_name(&bench, 3898), "q1.ini");
    assert_true(settle_observe(bench.settle, "q1.ini", &created, true, 3898)); /* due stays due */
    assert_string_equal(next_name(&bench, 3898), "q1.ini");
    observe(&bench, "q1.ini", 3, 12, 1, 3899); /* changed while it was due */
    assert_string_equal(next_name(&bench, 3899), "-");
    assert_string_equal(next_name(&bench, 4899), "q1.ini");
    assert_int_equal(bench.gone, 0); /* it was one and the same file all the time */
    end(&bench);
}

static void marks_by_handle_that_differ_start_the_quiet_time_anew(void **state)
{
    (void)state;
    struct bench bench;
    begin(&bench, CONFIG_ORDER_FREE);
    observe(&bench, "q1.ini", 1, 10, 1, 0);
    struct settle_entry *entry = settle_next(bench.settle, QUIET_MS);
    struct file_marks grown = marks_of(5, 12, 1);
    settle_changed(bench.settle, entry, &grown, QUIET_MS);
    assert_string_equal(next_name(&bench, 2 * QUIET_MS - 1), "-");
    observe(&bench, "q1.ini", 5, 12, 1, 1500); /* the listing now says so too: no change */
    assert_string_equal(next_name(&bench, 2 * QUIET_MS), "q1.ini");
    end(&bench);
}

static void a_listing_without_identities_is_no_difference(void **state)
{
    (void)state;
    struct bench bench;
    begin(&bench, CONFIG_ORDER_FREE);
    struct file_marks listed = marks_of(1, 10, 0);
    listed.identity.volume = 0;
    assert_true(settle_observe(bench.settle, "q1.ini", &listed, false, 0));
    struct file_marks by_handle = marks_of(1, 10, 77);
    settle_changed(bench.settle, settle_next(bench.settle, QUIET_MS), &by_handle, QUIET_MS);
    assert_true(settle_observe(bench.settle, "q1.ini", &listed, false, 1500));
    assert_int_equal(settle_due_in(bench.settle, 1500), 500);
    assert_int_equal(bench.gone, 0);
    end(&bench);
}

/* ---- looks that do not end in a claim ---- */

static void looks_come_again_after_250_ms_doubling_to_5_s(void **state)
{
    (void)state;
    static const uint32_t PAUSES[] = {250, 500, 1000, 2000, 4000, 5000, 5000, 5000};
    static const enum settle_trouble TROUBLES[] = {SETTLE_DENIED, SETTLE_FAILED, SETTLE_NO_TROUBLE};
    for (size_t t = 0; t < sizeof TROUBLES / sizeof TROUBLES[0]; t++) {
        struct bench bench;
        begin(&bench, CONFIG_ORDER_FREE);
        observe(&bench, "c1.ini", 1, 10, 1, 100);
        uint64_t now = 100;
        for (size_t i = 0; i < sizeof PAUSES / sizeof PAUSES[0]; i++) {
            struct settle_entry *entry = settle_next(bench.settle, now);
            assert_non_null(entry);
            assert_false(settle_again(bench.settle, entry, TROUBLES[t], now));
            assert_int_equal(settle_due_in(bench.settle, now), PAUSES[i]);
            assert_string_equal(next_name(&bench, now + PAUSES[i] - 1), "-");
            now += PAUSES[i];
        }
        /* A change ends the trouble, and the pauses begin at 250 ms again. */
        observe(&bench, "c1.ini", 2, 11, 1, now);
        struct settle_entry *entry = settle_next(bench.settle, now);
        assert_non_null(entry);
        assert_int_equal(entry->trouble, SETTLE_NO_TROUBLE);
        assert_false(settle_again(bench.settle, entry, TROUBLES[t], now));
        assert_int_equal(settle_due_in(bench.settle, now), 250);
        end(&bench);
    }
}

static void a_hint_makes_a_busy_file_due_at_once(void **state)
{
    (void)state;
    static const enum settle_trouble OTHERS[] = {SETTLE_NO_TROUBLE, SETTLE_INCOMPLETE, SETTLE_DENIED,
                                                 SETTLE_FAILED};
    struct bench bench;
    begin(&bench, CONFIG_ORDER_FREE);
    settle_hinted(bench.settle, "c1.ini", 0); /* not known: nothing to do */
    observe(&bench, "c1.ini", 1, 10, 1, 0);
    observe(&bench, "c2.ini", 1, 20, 2, 0);
    assert_false(settle_again(bench.settle, settle_next(bench.settle, 0), SETTLE_BUSY, 0));
    settle_hinted(bench.settle, "c1.ini",
                  5); /* its writer has closed it: it comes before what was closed later */
    assert_string_equal(next_name(&bench, 5), "c1.ini");
    settle_hinted(bench.settle, "c1.ini", 6); /* due already */
    assert_false(settle_again(bench.settle, settle_next(bench.settle, 6), SETTLE_BUSY, 6));
    assert_string_equal(next_name(&bench, 6), "-"); /* busy after all: it holds c2 back as before */
    assert_int_equal(settle_due_in(bench.settle, 6), 15);
    assert_false(settle_again(bench.settle, settle_next(bench.settle, 100), SETTLE_BUSY, 100));
    settle_hinted(bench.settle, "c1.ini", 101);
    assert_string_equal(next_name(&bench, 101), "c1.ini");
    assert_false(settle_again(bench.settle, settle_next(bench.settle, 101), SETTLE_BUSY, 101));
    assert_int_equal(settle_find(bench.settle, "c1.ini")->due, 101 + 500); /* and the pauses still grow */
    for (size_t i = 0; i < sizeof OTHERS / sizeof OTHERS[0]; i++) {
        settle_hinted(bench.settle, "c1.ini", 102);
        assert_false(settle_again(bench.settle, settle_find(bench.settle, "c1.ini"), OTHERS[i], 102));
        uint64_t due = settle_find(bench.settle, "c1.ini")->due;
        settle_hinted(bench.settle, "c1.ini", 103);
        assert_int_equal(settle_find(bench.settle, "c1.ini")->due, due);
        assert_false(settle_again(bench.settle, settle_find(bench.settle, "c1.ini"), SETTLE_BUSY, 102));
    }
    end(&bench);
}

static void a_trouble_remembers_when_it_began(void **state)
{
    (void)state;
    struct bench bench;
    begin(&bench, CONFIG_ORDER_FREE);
    observe(&bench, "c1.ini", 1, 10, 1, 0);
    struct settle_entry *entry = settle_next(bench.settle, 7);
    assert_false(settle_again(bench.settle, entry, SETTLE_BUSY, 7));
    assert_false(settle_again(bench.settle, settle_next(bench.settle, 300), SETTLE_BUSY, 300));
    assert_int_equal(entry->trouble_since, 7);
    assert_false(settle_again(bench.settle, settle_next(bench.settle, 900), SETTLE_DENIED, 900));
    assert_int_equal(entry->trouble_since, 900);
    assert_int_equal(entry->trouble, SETTLE_DENIED);
    end(&bench);
}

static void incomplete_and_unchanged_for_its_time_is_given_up(void **state)
{
    (void)state;
    struct bench bench;
    begin(&bench, CONFIG_ORDER_FREE);
    observe(&bench, "c1.ini", 1, 10, 1, 50);
    uint64_t now = 50;
    size_t looks = 0;
    for (;; looks++) {
        struct settle_entry *entry = settle_next(bench.settle, now);
        assert_non_null(entry);
        if (settle_again(bench.settle, entry, SETTLE_INCOMPLETE, now))
            break;
        uint32_t pause = settle_due_in(bench.settle, now);
        assert_in_range(pause, 1, 5000);
        now += pause;
    }
    assert_int_equal(now, 50 + GIVE_UP_MS); /* to the millisecond: the last pause is cut */
    assert_in_range(looks, GIVE_UP_MS / 5000, GIVE_UP_MS / 5000 + 8);
    struct settle_entry *entry = settle_find(bench.settle, "c1.ini");
    struct file_marks marks = entry->marks;
    settle_claimed(bench.settle, entry, &marks); /* taken as it is */
    assert_counts(&bench, 0, 0, 1, 0);
    end(&bench);
}

static void incomplete_that_still_grows_is_not_given_up(void **state)
{
    (void)state;
    struct bench bench;
    begin(&bench, CONFIG_ORDER_FREE);
    observe(&bench, "c1.ini", 1, 10, 1, 0);
    assert_false(settle_again(bench.settle, settle_next(bench.settle, 0), SETTLE_INCOMPLETE, 0));
    observe(&bench, "c1.ini", 2, 11, 1, GIVE_UP_MS - 1);
    assert_false(
        settle_again(bench.settle, settle_next(bench.settle, GIVE_UP_MS), SETTLE_INCOMPLETE, GIVE_UP_MS));
    /* Busy is no reason to give up, however long. */
    assert_false(
        settle_again(bench.settle, settle_next(bench.settle, 3 * GIVE_UP_MS), SETTLE_BUSY, 3 * GIVE_UP_MS));
    end(&bench);
}

/* ---- going away ---- */

static void what_a_scan_does_not_see_is_gone_and_said_once(void **state)
{
    (void)state;
    struct bench bench;
    begin(&bench, CONFIG_ORDER_FREE);
    settle_scan_begin(bench.settle);
    observe(&bench, "c1.ini", 1, 10, 1, 0); /* will be due */
    observe(&bench, "q2.ini", 1, 10, 2, 0); /* will be waiting */
    observe(&bench, "c3.ini", 1, 5, 3, 0);  /* will be in flight */
    settle_scan_end(bench.settle);
    assert_string_equal(claim_next(&bench, 0), "c3.ini");
    settle_scan_begin(bench.settle);
    settle_scan_end(bench.settle);
    assert_int_equal(bench.gone, 2);
    assert_counts(&bench, 0, 0, 1, 0);
    settle_scan_begin(bench.settle);
    settle_scan_end(bench.settle);
    assert_int_equal(bench.gone, 2);
    assert_string_equal(claim_next(&bench, QUIET_MS), "-");
    end(&bench);
}

static void a_hinted_name_that_is_not_there_is_gone_unless_it_is_ours(void **state)
{
    (void)state;
    struct bench bench;
    begin(&bench, CONFIG_ORDER_FREE);
    settle_lost(bench.settle, "c0.ini"); /* never seen: nothing was lost */
    assert_int_equal(bench.gone, 0);
    observe(&bench, "c1.ini", 1, 10, 1, 0);
    observe(&bench, "c2.ini", 1, 11, 2, 0);
    assert_string_equal(claim_next(&bench, 0), "c1.ini");
    settle_lost(bench.settle, "c1.ini"); /* in flight: our own moving it away */
    assert_int_equal(bench.gone, 0);
    settle_lost(bench.settle, "c2.ini");
    assert_int_equal(bench.gone, 1);
    assert_string_equal(bench.gone_name, "c2.ini");
    end(&bench);
}

static void another_file_under_the_name_makes_the_first_one_gone_once(void **state)
{
    (void)state;
    struct bench bench;
    begin(&bench, CONFIG_ORDER_FREE);
    settle_scan_begin(bench.settle);
    observe(&bench, "q1.ini", 1, 10, 1, 0);
    settle_scan_end(bench.settle);
    settle_scan_begin(bench.settle);
    observe(&bench, "q1.ini", 4, 20, 2, 500);
    settle_scan_end(bench.settle);
    assert_int_equal(bench.gone, 1);
    assert_int_equal(bench.gone_marks.identity.id_low, 1);
    assert_int_equal(bench.gone_marks.size, 1); /* what is told are the marks of the one that is gone */
    settle_scan_begin(bench.settle);
    observe(&bench, "q1.ini", 4, 20, 2, 600);
    settle_scan_end(bench.settle);
    assert_int_equal(bench.gone, 1);
    assert_int_equal(settle_find(bench.settle, "q1.ini")->first_seen, 500);
    assert_string_equal(claim_next(&bench, 1499), "-");
    assert_string_equal(claim_next(&bench, 1500), "q1.ini");
    end(&bench);
}

static void a_look_that_finds_nothing_makes_it_gone(void **state)
{
    (void)state;
    struct bench bench;
    begin(&bench, CONFIG_ORDER_FREE);
    observe(&bench, "c1.ini", 1, 10, 1, 0);
    settle_vanished(bench.settle, settle_next(bench.settle, 0));
    assert_int_equal(bench.gone, 1);
    assert_null(settle_find(bench.settle, "c1.ini"));
    observe(&bench, "c2.ini", 1, 10, 1, 0);
    settle_forget(bench.settle, settle_next(bench.settle, 0)); /* this one has been dealt with */
    assert_int_equal(bench.gone, 1);
    assert_counts(&bench, 0, 0, 0, 0);
    end(&bench);
}

/* ---- in flight ---- */

static void a_finished_name_is_free_for_the_next_file(void **state)
{
    (void)state;
    struct bench bench;
    begin(&bench, CONFIG_ORDER_FREE);
    observe(&bench, "c1.ini", 1, 10, 1, 0);
    assert_false(settle_finished(bench.settle, "c1.ini", false, 0)); /* not in flight: nothing to finish */
    assert_non_null(settle_find(bench.settle, "c1.ini"));
    assert_string_equal(claim_next(&bench, 0), "c1.ini");
    assert_false(settle_finished(bench.settle, "c1.ini", false, 5));
    assert_null(settle_find(bench.settle, "c1.ini"));
    assert_false(settle_finished(bench.settle, "c1.ini", false, 5));
    observe(&bench, "c1.ini", 9, 90, 2, 6);
    assert_string_equal(claim_next(&bench, 6), "c1.ini");
    assert_int_equal(bench.gone, 0);
    end(&bench);
}

static void another_file_seen_under_a_name_in_flight_is_told_at_its_end(void **state)
{
    (void)state;
    struct bench bench;
    begin(&bench, CONFIG_ORDER_FREE);
    observe(&bench, "c1.ini", 1, 10, 1, 0);
    struct settle_entry *entry = settle_next(bench.settle, 0);
    struct file_marks by_handle = marks_of(3, 12, 1); /* it grew between the listing and the opening */
    settle_claimed(bench.settle, entry, &by_handle);
    observe(&bench, "c1.ini", 3, 12, 1, 5); /* what a scan sees now is the file that is in flight */
    assert_false(settle_finished(bench.settle, "c1.ini", false, 6));

    observe(&bench, "c1.ini", 1, 10, 2, 10);
    assert_string_equal(claim_next(&bench, 10), "c1.ini");
    observe(&bench, "c1.ini", 1, 10, 3, 11);
    assert_string_equal(next_name(&bench, 11), "-");
    assert_int_equal(bench.gone, 0);
    assert_true(settle_finished(bench.settle, "c1.ini", false, 12));
    end(&bench);
}

static void what_is_given_back_is_looked_at_again_after_250_ms(void **state)
{
    (void)state;
    struct bench bench;
    begin(&bench, CONFIG_ORDER_FREE);
    observe(&bench, "q1.ini", 1, 10, 1, 0);
    assert_string_equal(claim_next(&bench, QUIET_MS), "q1.ini");
    assert_false(settle_finished(bench.settle, "q1.ini", true, 2000));
    assert_counts(&bench, 1, 0, 0, 0);
    assert_int_equal(settle_due_in(bench.settle, 2000), 250); /* it was proved quiet before */
    assert_string_equal(claim_next(&bench, 2250), "q1.ini");
    end(&bench);
}

static void due_in_tells_how_long_to_sleep(void **state)
{
    (void)state;
    struct bench bench;
    begin(&bench, CONFIG_ORDER_FREE);
    assert_int_equal(settle_due_in(bench.settle, 0), UINT32_MAX);
    observe(&bench, "x.txt", 1, 1, 1, 0);
    assert_int_equal(settle_due_in(bench.settle, 0), UINT32_MAX);
    observe(&bench, "q1.ini", 1, 10, 1, 0);
    observe(&bench, "q2.ini", 1, 10, 2, 300);
    assert_int_equal(settle_due_in(bench.settle, 300), 700);
    assert_int_equal(settle_due_in(bench.settle, 1000), 0);
    assert_string_equal(claim_next(&bench, 1000), "q1.ini");
    assert_int_equal(settle_due_in(bench.settle, 1000), 300);
    observe(&bench, "c3.ini", 1, 10, 3, 1000);
    assert_int_equal(settle_due_in(bench.settle, 1000), 0);
    end(&bench);
}

/* ---- many ---- */

/* Every file of a large backlog is taken, in order, and the table comes back to nothing. (Its cost shows as a timeout of this
 * program where a step would walk over all entries.) */
static void twenty_thousand_files_are_taken_in_order(void **state)
{
    (void)state;
    enum {
        FILES = 20000
    };
    struct bench bench;
    begin(&bench, CONFIG_ORDER_STRICT);
    char name[32];
    for (int round = 0; round < 2; round++) {
        settle_scan_begin(bench.settle);
        for (uint64_t i = 0; i < FILES; i++) { /* in an order that is not that of taking */
            uint64_t number = i * 7919 % FILES;
            (void)snprintf(name, sizeof name, "c%llu.ini", (unsigned long long)number);
            observe(&bench, name, 1, (int64_t)(number / 10), number + 1, 0);
        }
        settle_scan_end(bench.settle);
        assert_counts(&bench, round == 0 ? FILES : FILES, 0, 0, 0);
        for (int i = 0; i < FILES; i++) {
            (void)snprintf(name, sizeof name, "c%d.ini", i);
            assert_string_equal(claim_next(&bench, 0), name);
        }
        for (int i = 0; i < FILES; i++) {
            (void)snprintf(name, sizeof name, "c%d.ini", i);
            assert_false(settle_finished(bench.settle, name, false, 0));
        }
        assert_counts(&bench, 0, 0, 0, 0);
    }
    end(&bench);
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_that_are_being_written_are_ignored),
        cmocka_unit_test(what_no_rule_matches_is_counted_and_never_taken),
        cmocka_unit_test(earliest_written_first_then_names_with_numbers_by_value),
        cmocka_unit_test(what_is_ready_later_is_later_and_stops_nobody),
        cmocka_unit_test(in_strict_order_an_earlier_file_that_is_not_ready_stops_the_rest),
        cmocka_unit_test(in_strict_order_trouble_with_one_stops_the_later_ones_until_it_is_gone),
        cmocka_unit_test(quiet_time_starts_anew_with_every_change),
        cmocka_unit_test(marks_by_handle_that_differ_start_the_quiet_time_anew),
        cmocka_unit_test(a_listing_without_identities_is_no_difference),
        cmocka_unit_test(looks_come_again_after_250_ms_doubling_to_5_s),
        cmocka_unit_test(a_hint_makes_a_busy_file_due_at_once),
        cmocka_unit_test(a_trouble_remembers_when_it_began),
        cmocka_unit_test(incomplete_and_unchanged_for_its_time_is_given_up),
        cmocka_unit_test(incomplete_that_still_grows_is_not_given_up),
        cmocka_unit_test(what_a_scan_does_not_see_is_gone_and_said_once),
        cmocka_unit_test(a_hinted_name_that_is_not_there_is_gone_unless_it_is_ours),
        cmocka_unit_test(another_file_under_the_name_makes_the_first_one_gone_once),
        cmocka_unit_test(a_look_that_finds_nothing_makes_it_gone),
        cmocka_unit_test(a_finished_name_is_free_for_the_next_file),
        cmocka_unit_test(another_file_seen_under_a_name_in_flight_is_told_at_its_end),
        cmocka_unit_test(what_is_given_back_is_looked_at_again_after_250_ms),
        cmocka_unit_test(due_in_tells_how_long_to_sleep),
        cmocka_unit_test(twenty_thousand_files_are_taken_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
