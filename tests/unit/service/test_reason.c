/* What stands beside a file in quarantine or hold: why, where, what to do; never a value. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "service/spool/reason.h"
#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

static const char *const WORDS[] = {"faults",   "row-faults", "incomplete",      "too-large", "suspect",
                                    "database", "waiting",    "waited-too-long", "held"};
#define WORD_COUNT (sizeof WORDS / sizeof WORDS[0])

static struct reason usual(const struct fault_list *faults)
{
    instant_us arrived;
    assert_true(datetime_parse_instant(slice_of("2026-11-23T18:05:06.000007Z"), &arrived));
    return (struct reason){
        .place = STORE_QUARANTINE,
        .ledger_number = 42,
        .feed = "jms",
        .name = "DEM12345678_0400.ini",
        .arrived = arrived,
        .word = "faults",
        .faults = faults,
    };
}

static void every_word_has_a_sentence_that_says_what_to_do(void **state)
{
    (void)state;
    for (size_t i = 0; i < WORD_COUNT; i++) {
        const char *sentence = reason_sentence(WORDS[i]);
        assert_non_null(sentence);
        assert_true(strlen(sentence) > 40);
        assert_true(islower((unsigned char)sentence[0]));
        assert_true(sentence[strlen(sentence) - 1] != '.'); /* the text adds it */
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(sentence, reason_sentence(WORDS[j]));
    }
}

static void the_whole_text(void **state)
{
    (void)state;
    struct arena arena;
    struct fault_list faults;
    arena_init(&arena, 0);
    fault_list_init(&faults, &arena);
    fault_add(&faults, FAULT_WARNING, FAULT_LINE_PASSED_OVER, 0, 1, slice_of(NULL), NULL);
    fault_add(&faults, FAULT_ERROR, FAULT_REQUIRED_MISSING, 0, 0, slice_of("LastName"),
              "1 to 255 characters");
    fault_add(&faults, FAULT_ERROR, FAULT_DATE_NOT_IN_CALENDAR, 90, 6, slice_of("BirthDate"),
              "a day of the calendar");
    struct reason reason = usual(&faults);
    char first[256], second[256], third[256], expected[2048];
    (void)fault_format(&faults.items[1], first, sizeof first);
    (void)fault_format(&faults.items[2], second, sizeof second);
    (void)fault_format(&faults.items[0], third, sizeof third);
    (void)snprintf(expected, sizeof expected,
                   "CorBridge has put this file into quarantine.\r\n"
                   "\r\n"
                   "File:          DEM12345678_0400.ini\r\n"
                   "Feed:          jms\r\n"
                   "Ledger number: 42\r\n"
                   "Arrived:       2026-11-23T18:05:06.000007Z\r\n"
                   "Reason:        faults\r\n"
                   "\r\n"
                   "What to do: %s.\r\n"
                   "\r\n"
                   "Faults:\r\n"
                   "  %s\r\n"
                   "  %s\r\n"
                   "\r\n"
                   "Also noticed (these alone would not have stopped it):\r\n"
                   "  %s\r\n",
                   reason_sentence("faults"), first, second, third);
    assert_string_equal(reason_text(&reason, &arena), expected);
    arena_release(&arena);
}

static void every_line_ends_as_notepad_wants_it(void **state)
{
    (void)state;
    static const enum store_place PLACES[] = {STORE_QUARANTINE, STORE_HOLD};
    struct arena arena;
    struct fault_list faults;
    arena_init(&arena, 0);
    fault_list_init(&faults, &arena);
    fault_add(&faults, FAULT_ERROR, FAULT_FILE_EMPTY, 0, 0, slice_of(NULL), NULL);
    for (size_t w = 0; w < WORD_COUNT; w++) {
        for (size_t p = 0; p < 2; p++) {
            struct reason reason = usual(&faults);
            reason.word = WORDS[w];
            reason.place = PLACES[p];
            reason.detail = "CHECK constraint failed: length(name) >= 1";
            const char *text = reason_text(&reason, &arena);
            assert_non_null(text);
            for (const char *c = text; *c; c++) {
                if (*c == '\n')
                    assert_true(c > text && c[-1] == '\r');
                if (*c == '\r')
                    assert_int_equal(c[1], '\n');
            }
            assert_string_equal(text + strlen(text) - 2, "\r\n");
            assert_non_null(strstr(text, WORDS[w]));
            assert_non_null(strstr(text, reason_sentence(WORDS[w])));
            assert_non_null(strstr(text, p == 0 ? "into quarantine." : "into hold."));
            assert_non_null(strstr(text, "Detail: CHECK constraint failed"));
        }
    }
    arena_release(&arena);
}

static void without_faults_and_detail_nothing_is_announced(void **state)
{
    (void)state;
    struct arena arena;
    struct fault_list none;
    arena_init(&arena, 0);
    fault_list_init(&none, &arena);
    struct reason reason = usual(NULL);
    assert_null(strstr(reason_text(&reason, &arena), "Faults:"));
    assert_null(strstr(reason_text(&reason, &arena), "Detail:"));
    reason.faults = &none;
    assert_null(strstr(reason_text(&reason, &arena), "Faults:"));
    assert_null(strstr(reason_text(&reason, &arena), "Also noticed"));
    arena_release(&arena);
}

static void all_of_many_faults_are_listed(void **state)
{
    (void)state;
    enum {
        MANY = 500
    };
    struct arena arena;
    struct fault_list faults;
    arena_init(&arena, 0);
    fault_list_init(&faults, &arena);
    for (uint32_t i = 1; i <= MANY; i++)
        fault_add(&faults, FAULT_ERROR, FAULT_VALUE_NOT_QUOTED, i, i, slice_of(NULL), NULL);
    struct reason reason = usual(&faults);
    const char *text = reason_text(&reason, &arena);
    for (uint32_t i = 1; i <= MANY; i++) {
        char line[32];
        (void)snprintf(line, sizeof line, "\r\n  line %u", i);
        assert_non_null(strstr(text, line));
    }
    arena_release(&arena);
}

static void a_very_long_file_name_does_not_push_the_rest_out(void **state)
{
    (void)state;
    char name[2000];
    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    struct arena arena;
    arena_init(&arena, 0);
    struct reason reason = usual(NULL);
    reason.name = name;
    const char *text = reason_text(&reason, &arena);
    assert_non_null(strstr(text, "\r\nFeed:          jms\r\n"));
    arena_release(&arena);
}

static void the_first_error_is_what_the_event_says(void **state)
{
    (void)state;
    struct arena arena;
    struct fault_list faults;
    arena_init(&arena, 0);
    fault_list_init(&faults, &arena);
    struct reason reason = usual(&faults);
    char first[200], expected[200];
    reason_first(&reason, first, sizeof first);
    assert_string_equal(first, reason_sentence("faults"));
    fault_add(&faults, FAULT_WARNING, FAULT_NAME_UNKNOWN, 0, 2, slice_of(NULL), NULL);
    reason_first(&reason, first, sizeof first);
    assert_string_equal(first, reason_sentence("faults")); /* a warning is no reason */
    fault_add(&faults, FAULT_ERROR, FAULT_REQUIRED_EMPTY, 0, 3, slice_of("Sex"), NULL);
    fault_add(&faults, FAULT_ERROR, FAULT_REQUIRED_EMPTY, 0, 4, slice_of("Race"), NULL);
    reason_first(&reason, first, sizeof first);
    (void)fault_format(&faults.items[1], expected, sizeof expected);
    assert_string_equal(first, expected);
    char small[8];
    reason_first(&reason, small, sizeof small);
    assert_memory_equal(small, expected, 7);
    assert_int_equal(small[7], '\0');
    arena_release(&arena);
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_word_has_a_sentence_that_says_what_to_do),
        cmocka_unit_test(the_whole_text),
        cmocka_unit_test(every_line_ends_as_notepad_wants_it),
        cmocka_unit_test(without_faults_and_detail_nothing_is_announced),
        cmocka_unit_test(all_of_many_faults_are_listed),
        cmocka_unit_test(a_very_long_file_name_does_not_push_the_rest_out),
        cmocka_unit_test(the_first_error_is_what_the_event_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
