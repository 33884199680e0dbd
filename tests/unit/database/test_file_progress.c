/* Files of many messages in the database: how far one is, rows that leave nothing, and the copy at which an earlier process was at work. */
#include "tests/unit/database/scene.h"

#include "database/file_progress.h"

#include <string.h>

static const struct scene_event ROW = {.minutes = 1, .leaves_no_repeat = true};

static void progress_is_found_as_it_was_kept(void **state)
{
    struct scene *scene = *state;
    struct ledger_file file = scene_claim(scene, 0);
    struct file_progress kept = {
        .event_at = scene_time(-15),
        .row_count = 9,
        .next = {.offset = UINT64_C(5000000000), .line = 12, .row = 7, .encoding = ENCODING_WINDOWS1252},
        .applied = 1,
        .unchanged = 2,
        .stale = 1,
        .held = 0,
        .waiting = 1,
        .quarantined = 1,
        .test_only = 1};
    struct file_progress found;
    assert_int_equal(file_progress_find(scene->db, file.id, &found), DATABASE_NONE);
    assert_ok(database_begin(scene->db));
    assert_ok(file_progress_keep(scene->db, file.id, &kept, 2));
    assert_ok(file_progress_find(scene->db, file.id, &found));
    assert_int_equal(found.event_at, kept.event_at);
    assert_int_equal(found.row_count, 9);
    assert_int_equal(found.next.offset, kept.next.offset);
    assert_int_equal(found.next.line, 12);
    assert_int_equal(found.next.row, 7);
    assert_int_equal(found.next.encoding, ENCODING_WINDOWS1252);
    assert_false(found.next.header_ahead);
    assert_int_equal(found.applied, 1);
    assert_int_equal(found.unchanged, 2);
    assert_int_equal(found.stale, 1);
    assert_int_equal(found.held, 0);
    assert_int_equal(found.waiting, 1);
    assert_int_equal(found.quarantined, 1);
    assert_int_equal(found.test_only, 1);

    kept.next =
        (struct csv_place){.offset = 5000000100, .line = 14, .row = 9, .encoding = kept.next.encoding};
    kept.unchanged += 2;
    assert_ok(file_progress_keep(scene->db, file.id, &kept, 1));
    assert_ok(database_commit(scene->db));
    assert_value(
        scene,
        "SELECT count(*) || ' ' || next_row || ' ' || next_offset || ' ' || unchanged FROM file_progress",
        "1 10 5000000100 4");
    /* What left no message is counted all the same. */
    assert_value(scene, "SELECT duplicate FROM feed_total", "3");
}

static void counts_that_leave_a_row_out_are_refused(void **state)
{
    struct scene *scene = *state;
    struct ledger_file file = scene_claim(scene, 0);
    struct file_progress wrong = {.event_at = scene_time(0),
                                  .row_count = 3,
                                  .next = {.line = 3, .row = 2, .encoding = ENCODING_UTF8},
                                  .applied = 1};
    assert_ok(database_begin(scene->db));
    assert_int_equal(file_progress_keep(scene->db, file.id, &wrong, 0), DATABASE_CONSTRAINT);
    database_rollback(scene->db);
}

static void a_roster_that_comes_on_is_no_suspect(void **state)
{
    struct scene *scene = *state;
    struct ledger_file file = scene_claim(scene, 0);
    const struct file_progress progress = {.event_at = scene_time(0),
                                           .row_count = 3,
                                           .next = {.line = 2, .row = 1, .encoding = ENCODING_UTF8},
                                           .applied = 1};
    int attempt = 0;
    assert_ok(database_begin(scene->db));
    assert_ok(ledger_count_attempt(scene->db, file.id, &attempt));
    assert_ok(ledger_count_attempt(scene->db, file.id, &attempt));
    assert_int_equal(attempt, 2);
    assert_ok(file_progress_keep(scene->db, file.id, &progress, 0));
    assert_ok(ledger_count_attempt(scene->db, file.id, &attempt));
    assert_int_equal(attempt, 1);
    assert_ok(database_commit(scene->db));
}

static void a_row_that_brings_nothing_new_leaves_only_its_time(void **state)
{
    struct scene *scene = *state;
    struct apply_result result = scene_apply(scene, scene_dem(""), ROW);
    assert_int_equal(result.message.state, LEDGER_APPLIED);
    assert_int_not_equal(result.message.id, 0);
    result = scene_apply(scene, scene_dem(""), (struct scene_event){.minutes = 2, .leaves_no_repeat = true});
    assert_int_equal(result.message.state, LEDGER_DUPLICATE);
    assert_int_equal(result.message.id, 0);
    assert_false(result.booking_again);
    assert_value(scene, "SELECT count(*) FROM message", "1");
    assert_value(scene, "SELECT count(*) FROM location_history", "1");
    assert_value(scene, "SELECT booking_file || ' ' || location_file FROM booking", "2 2");
    assert_value(scene, "SELECT demographics_file FROM patient", "2");
}

static void what_is_to_be_said_of_a_row_leaves_a_message(void **state)
{
    struct scene *scene = *state;
    (void)scene_apply(scene, scene_dem("Housing=\"A\"\n"), ROW);
    (void)scene_apply(scene, scene_location("Housing=\"B\"\n"), (struct scene_event){.minutes = 10});
    /* Older in one group, nothing new in the others. */
    struct apply_result result =
        scene_apply(scene, scene_dem("Housing=\"A\"\n"),
                    (struct scene_event){.minutes = 11, .older = 5, .leaves_no_repeat = true});
    assert_int_equal(result.message.state, LEDGER_DUPLICATE);
    assert_value(scene, "SELECT state || ' ' || detail FROM message WHERE file = 3",
                 "duplicate stale: location");
    /* A planned release will need its message when it takes effect. */
    (void)scene_apply(scene, scene_dem("ReleaseDate=\"2026-12-24T08:00\"\nHousing=\"B\"\n"),
                      (struct scene_event){.minutes = 12, .leaves_no_repeat = true});
    result = scene_apply(scene, scene_dem("ReleaseDate=\"2026-12-24T08:00\"\nHousing=\"B\"\n"),
                         (struct scene_event){.minutes = 13, .leaves_no_repeat = true});
    assert_int_equal(result.message.state, LEDGER_DUPLICATE);
    assert_int_not_equal(result.message.id, 0);
    assert_value(scene,
                 "SELECT m.file = b.release_file FROM booking b JOIN message m ON m.file = b.release_file",
                 "1");
}

static void a_file_ends_behind_the_rows_that_ended(void **state)
{
    struct scene *scene = *state;
    struct ledger_file file = scene_claim(scene, 0);
    int ordinal = 0;
    assert_ok(ledger_next_ordinal(scene->db, file.id, &ordinal));
    assert_int_equal(ordinal, 1);
    const struct file_progress progress = {.event_at = scene_time(0),
                                           .row_count = 30,
                                           .next = {.line = 21, .row = 20, .encoding = ENCODING_UTF8},
                                           .unchanged = 20};
    assert_ok(database_begin(scene->db));
    assert_ok(file_progress_keep(scene->db, file.id, &progress, 20));
    assert_ok(ledger_next_ordinal(scene->db, file.id, &ordinal));
    assert_int_equal(ordinal, 21);
    struct ledger_message message = {.file = file.id,
                                     .ordinal = 21,
                                     .kind = "roster",
                                     .state = LEDGER_MESSAGE_QUARANTINED,
                                     .event_at = scene_time(0)};
    assert_ok(ledger_message_insert(scene->db, &message));
    assert_ok(ledger_next_ordinal(scene->db, file.id, &ordinal));
    assert_int_equal(ordinal, 22);
    assert_ok(database_commit(scene->db));
}

/* A copy as the test world claims it. */
static struct ledger_file claim_copy(struct scene *scene, int64_t from, int first_byte)
{
    struct ledger_file file = {.feed = "jms",
                               .name = "R.csv",
                               .arrived = scene_time(0),
                               .format = "roster-csv",
                               .copied_from = from};
    file.sha256[0] = (uint8_t)first_byte;
    assert_ok(ledger_claim(scene->db, &file));
    return file;
}

static void a_copy_is_found_by_feed_number_and_hash(void **state)
{
    struct scene *scene = *state;
    assert_ok(database_begin(scene->db));
    struct ledger_file seventh = claim_copy(scene, 7, 1);
    struct ledger_file row = seventh;
    row.id = 0;
    assert_ok(file_progress_find_copy(scene->db, &row, scene_time(1)));
    assert_int_equal(row.id, seventh.id);
    /* Those that come behind it leave it alone. */
    row.copied_from = 8;
    row.id = 0;
    assert_int_equal(file_progress_find_copy(scene->db, &row, scene_time(1)), DATABASE_NONE);
    assert_int_equal(row.id, 0);
    assert_ok(database_commit(scene->db));
    assert_value(scene, "SELECT state FROM file", "claimed");
    /* The same number of another live world: nobody will end the first one. */
    assert_ok(database_begin(scene->db));
    row.copied_from = 7;
    row.sha256[0] = 2;
    assert_int_equal(file_progress_find_copy(scene->db, &row, scene_time(1)), DATABASE_NONE);
    assert_ok(database_commit(scene->db));
    assert_value(scene, "SELECT state FROM file", "vanished");
    /* A feed that takes up what it left behind takes up no copy. */
    struct ledger_file *files;
    size_t count;
    assert_ok(database_begin(scene->db));
    (void)claim_copy(scene, 9, 1);
    assert_ok(database_commit(scene->db));
    assert_ok(ledger_unfinished(scene->db, "jms", &scene->arena, &files, &count));
    assert_int_equal(count, 0);
}

static int setup(void **state)
{
    (void)scene_setup(state);
    scene_facilities(*state);
    return 0;
}

#define IN_SCENE(test) cmocka_unit_test_setup_teardown(test, setup, scene_teardown)

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        IN_SCENE(progress_is_found_as_it_was_kept),
        IN_SCENE(counts_that_leave_a_row_out_are_refused),
        IN_SCENE(a_roster_that_comes_on_is_no_suspect),
        IN_SCENE(a_row_that_brings_nothing_new_leaves_only_its_time),
        IN_SCENE(what_is_to_be_said_of_a_row_leaves_a_message),
        IN_SCENE(a_file_ends_behind_the_rows_that_ended),
        IN_SCENE(a_copy_is_found_by_feed_number_and_hash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
