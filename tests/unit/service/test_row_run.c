/*
 * Runs of rows: the same rows make the same runs, whatever stands around them; and what decides the meaning of a row is in the digest.
 */
#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

#include <stdio.h>
#include <string.h>

#include "service/pipeline/pipeline.h"
#include "service/pipeline/row_run.h"

enum {
    ROWS = 600,
    TEXT = 32
};

static const struct row_format ANYWHERE = {.begins_anywhere = true};
static const struct row_format FROM_THE_TOP = {0};

struct fixture {
    struct config config;
    struct config_match match;
    struct config_feed feed;
    struct line line;
    struct job job;
    struct row_reader reader;
    struct row_slice slice;
    char texts[ROWS + 1][TEXT];
};

static void prepare(struct fixture *fixture, const struct row_format *format)
{
    memset(fixture, 0, sizeof *fixture);
    fixture->feed.name = "jms";
    fixture->match.line = 7;
    fixture->line.config = &fixture->feed;
    fixture->job.line = &fixture->line;
    fixture->job.match = &fixture->match;
    fixture->reader = (struct row_reader){
        .format = format,
        .config = &fixture->config,
        .job = &fixture->job,
        .place = {.encoding = ENCODING_UTF8},
    };
    arena_init(&fixture->slice.arena, 0);
}

/* A slice of `count` rows that say `from`, `from` + 1, …; not the last one of the file. */
static void fill(struct fixture *fixture, int from, size_t count)
{
    struct row_slice *slice = &fixture->slice;
    arena_reset(&slice->arena);
    slice->rows = arena_take_array(&slice->arena, count, sizeof *slice->rows);
    assert_non_null(slice->rows);
    slice->count = count;
    slice->last = false;
    for (size_t i = 0; i < count; i++) {
        (void)snprintf(fixture->texts[i], TEXT, "row %d", from + (int)i);
        slice->rows[i].identity = slice_of(fixture->texts[i]);
        slice->rows[i].next.row = (uint32_t)i + 1;
    }
}

static bool has_digest(const struct row_slice *slice, const uint8_t *digest)
{
    for (size_t i = 0; i < slice->run_count; i++)
        if (memcmp(slice->runs[i].digest, digest, SHA256_SIZE) == 0)
            return true;
    return false;
}

static void runs_cover_the_rows_in_order(void **state)
{
    struct fixture *fixture = *state;
    prepare(fixture, &FROM_THE_TOP);
    fill(fixture, 0, ROWS);
    assert_true(row_run_find(&fixture->reader, &fixture->slice));
    size_t at = 0;
    for (size_t i = 0; i < fixture->slice.run_count; i++) {
        assert_int_equal(fixture->slice.runs[i].first, at);
        assert_in_range(fixture->slice.runs[i].count, 1, ROW_RUN_LONGEST);
        at += fixture->slice.runs[i].count;
    }
    assert_int_equal(at, ROWS);
    assert_int_equal(fixture->slice.count, ROWS);
    assert_in_range(fixture->slice.run_count, ROWS / 48, ROWS / 16);
}

static void the_same_rows_make_the_same_runs_wherever_they_stand(void **state)
{
    struct fixture *fixture = *state;
    uint8_t digests[ROWS][SHA256_SIZE];
    prepare(fixture, &FROM_THE_TOP);
    fill(fixture, 0, ROWS);
    assert_true(row_run_find(&fixture->reader, &fixture->slice));
    size_t count = fixture->slice.run_count, found = 0;
    for (size_t i = 0; i < count; i++)
        memcpy(digests[i], fixture->slice.runs[i].digest, SHA256_SIZE);
    fill(fixture, -3, ROWS); /* three rows more in front, three fewer at the end */
    assert_true(row_run_find(&fixture->reader, &fixture->slice));
    for (size_t i = 0; i < count; i++)
        found += has_digest(&fixture->slice, digests[i]);
    assert_in_range(found, count - 2, count); /* the first and the last one may be others */
}

static void a_run_that_may_go_on_is_left_to_the_next_slice(void **state)
{
    struct fixture *fixture = *state;
    for (size_t rows = 100; rows < 140; rows++) {
        prepare(fixture, &ANYWHERE);
        fill(fixture, 0, rows);
        assert_true(row_run_find(&fixture->reader, &fixture->slice));
        const struct row_slice *slice = &fixture->slice;
        const struct row_run *last = &slice->runs[slice->run_count - 1];
        assert_int_equal(last->first + last->count, slice->count);
        assert_in_range(slice->count, rows - ROW_RUN_LONGEST, rows);
        if (slice->count < rows)
            assert_int_equal(fixture->reader.place.row, slice->count); /* where it goes on */
        arena_release(&fixture->slice.arena);
    }
}

static void rows_that_are_applied_in_any_case_stand_between_runs(void **state)
{
    struct fixture *fixture = *state;
    prepare(fixture, &FROM_THE_TOP);
    fill(fixture, 0, ROWS);
    for (size_t i = 0; i < ROWS; i += 7)
        fixture->slice.rows[i].identity = SLICE_EMPTY;
    assert_true(row_run_find(&fixture->reader, &fixture->slice));
    size_t covered = 0;
    for (size_t i = 0; i < fixture->slice.run_count; i++) {
        const struct row_run *run = &fixture->slice.runs[i];
        for (size_t j = run->first; j < run->first + run->count; j++)
            assert_int_not_equal(j % 7, 0);
        covered += run->count;
    }
    assert_int_equal(covered, ROWS - (ROWS + 6) / 7);
}

static void first_digest(struct fixture *fixture, uint8_t digest[SHA256_SIZE])
{
    assert_true(row_run_find(&fixture->reader, &fixture->slice));
    memcpy(digest, fixture->slice.runs[0].digest, SHA256_SIZE);
}

static void another_meaning_is_another_digest(void **state)
{
    struct fixture *fixture = *state;
    uint8_t usual[SHA256_SIZE], other[SHA256_SIZE];
    for (int change = 0; change < 7; change++) {
        prepare(fixture, &FROM_THE_TOP);
        fill(fixture, 0, 5);
        first_digest(fixture, usual);
        fill(fixture, 0, 5);
        switch (change) {
        case 0: fixture->config.fingerprint[31] ^= 1; break;
        case 1: fixture->feed.name = "jmt"; break;
        case 2: fixture->match.line++; break;
        case 3: fixture->reader.place.encoding = ENCODING_WINDOWS1252; break;
        case 4: fixture->slice.rows[0].moments[0] = 1; break;
        case 5: fixture->slice.rows[0].moments[1] = 1; break;
        default: fixture->texts[0][0] = 'R'; break;
        }
        first_digest(fixture, other);
        assert_memory_not_equal(usual, other, sizeof usual);
        arena_release(&fixture->slice.arena);
    }
}

static struct fixture the_fixture;

static int setup(void **state)
{
    *state = &the_fixture;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_release(&the_fixture.slice.arena);
    return 0;
}

#define WITH_FIXTURE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        WITH_FIXTURE(runs_cover_the_rows_in_order),
        WITH_FIXTURE(the_same_rows_make_the_same_runs_wherever_they_stand),
        WITH_FIXTURE(a_run_that_may_go_on_is_left_to_the_next_slice),
        WITH_FIXTURE(rows_that_are_applied_in_any_case_stand_between_runs),
        WITH_FIXTURE(another_meaning_is_another_digest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
