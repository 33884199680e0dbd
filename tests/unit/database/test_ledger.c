/* The ledger: one function for each transition, and none from another state. */
#include "tests/unit/database/scene.h"

#include <string.h>

static void claim_keeps_every_mark(void **state)
{
    struct scene *scene = *state;
    struct ledger_file file = scene_claim(scene, 3);
    assert_int_equal(file.id, 1);
    assert_int_equal(file.state, LEDGER_CLAIMED);
    assert_true(file.in_place);
    struct ledger_file *files;
    size_t count;
    assert_ok(ledger_unfinished(scene->db, "jms", &scene->arena, &files, &count));
    assert_int_equal(count, 1);
    assert_int_equal(files[0].id, 1);
    assert_string_equal(files[0].feed, "jms");
    assert_string_equal(files[0].name, "DEM1.ini");
    assert_true(file_marks_equal(&files[0].marks, &file.marks));
    assert_true(files[0].marks.identity.volume == UINT64_MAX);
    assert_memory_equal(files[0].sha256, file.sha256, SHA256_SIZE);
    assert_true(files[0].arrived == scene_time(3));
    assert_string_equal(files[0].format, "jms-event");
    assert_int_equal(files[0].state, LEDGER_CLAIMED);
    assert_true(files[0].in_place);
    assert_int_equal(files[0].attempt, 0);
    assert_value(scene, "SELECT state || in_place || arrived_at FROM file",
                 "claimed12026-11-23T18:03:00.000000Z");
}

static void names_that_are_no_unicode_come_back_as_they_were(void **state)
{
    struct scene *scene = *state;
    struct ledger_file file = scene_claim(scene, 0);
    file.name = "half\xED\xA0\x80.ini"; /* a lone surrogate, as NTFS allows */
    assert_ok(database_begin(scene->db));
    assert_ok(ledger_claim(scene->db, &file));
    assert_ok(database_commit(scene->db));
    struct ledger_file *files;
    size_t count;
    assert_ok(ledger_unfinished(scene->db, "jms", &scene->arena, &files, &count));
    assert_int_equal(count, 2);
    assert_string_equal(files[1].name, "half\xED\xA0\x80.ini");
}

static void a_number_is_never_used_twice(void **state)
{
    struct scene *scene = *state;
    (void)scene_claim(scene, 0);
    struct ledger_file last = scene_claim(scene, 0);
    scene_execute(scene, "DELETE FROM file");
    struct ledger_file next = scene_claim(scene, 0);
    assert_int_equal(next.id, last.id + 1);
}

static void done_then_put_away(void **state)
{
    struct scene *scene = *state;
    struct ledger_file file = scene_claim(scene, 0);
    assert_ok(database_begin(scene->db));
    assert_int_equal(ledger_put_away(scene->db, file.id, "archive/x", scene_time(1)), DATABASE_NONE);
    assert_ok(ledger_end_file(scene->db, file.id, LEDGER_DONE, NULL, scene_time(1)));
    assert_ok(database_commit(scene->db));
    assert_value(scene, "SELECT state || in_place || ended_at FROM file", "done12026-11-23T18:01:00.000000Z");
    struct ledger_file *files;
    size_t count;
    assert_ok(ledger_unfinished(scene->db, "jms", &scene->arena, &files, &count));
    assert_int_equal(count, 1);
    assert_int_equal(files[0].state, LEDGER_DONE);

    assert_ok(database_begin(scene->db));
    assert_int_equal(ledger_end_file(scene->db, file.id, LEDGER_DONE, NULL, scene_time(2)), DATABASE_NONE);
    assert_int_equal(ledger_end_file(scene->db, file.id, LEDGER_QUARANTINED, "faults", scene_time(2)),
                     DATABASE_NONE);
    assert_int_equal(ledger_end_file(scene->db, file.id, LEDGER_VANISHED, NULL, scene_time(2)),
                     DATABASE_NONE);
    assert_ok(ledger_put_away(scene->db, file.id, "archive/2026/11/23/18/1_DEM1.ini", scene_time(2)));
    assert_int_equal(ledger_put_away(scene->db, file.id, "archive/again", scene_time(3)), DATABASE_NONE);
    assert_ok(database_commit(scene->db));
    assert_value(scene, "SELECT state || in_place || stored || put_away_at FROM file",
                 "done0archive/2026/11/23/18/1_DEM1.ini2026-11-23T18:02:00.000000Z");
    assert_ok(ledger_unfinished(scene->db, "jms", &scene->arena, &files, &count));
    assert_int_equal(count, 0);
}

static void gone_before_it_could_be_put_away(void **state)
{
    struct scene *scene = *state;
    struct ledger_file file = scene_claim(scene, 0);
    assert_ok(database_begin(scene->db));
    assert_ok(ledger_end_file(scene->db, file.id, LEDGER_DONE, NULL, scene_time(1)));
    assert_ok(ledger_put_away(scene->db, file.id, NULL, scene_time(2)));
    assert_ok(database_commit(scene->db));
    assert_value(scene, "SELECT state || in_place || (stored IS NULL) || put_away_at FROM file",
                 "done012026-11-23T18:02:00.000000Z");
}

static void quarantined_with_its_reason(void **state)
{
    struct scene *scene = *state;
    struct ledger_file file = scene_claim(scene, 0);
    assert_ok(database_begin(scene->db));
    assert_ok(ledger_end_file(scene->db, file.id, LEDGER_QUARANTINED, "faults", scene_time(1)));
    assert_value(scene, "SELECT state FROM file", "claimed"); /* until the commit */
    assert_ok(ledger_put_away(scene->db, file.id, "quarantine/1", scene_time(1)));
    assert_ok(database_commit(scene->db));
    assert_value(scene, "SELECT state || reason || in_place FROM file", "quarantinedfaults0");
    assert_value(scene, "SELECT done || quarantined || vanished FROM feed_total", "010");
}

static void vanished_before_and_after_the_claim(void **state)
{
    struct scene *scene = *state;
    struct ledger_file claimed = scene_claim(scene, 0);
    struct ledger_file gone = claimed;
    gone.id = 0;
    assert_ok(database_begin(scene->db));
    assert_ok(ledger_vanished_unclaimed(scene->db, &gone));
    assert_int_equal(gone.id, 2);
    assert_int_equal(gone.state, LEDGER_VANISHED);
    assert_false(gone.in_place);
    assert_ok(ledger_end_file(scene->db, claimed.id, LEDGER_VANISHED, NULL, scene_time(1)));
    assert_int_equal(ledger_put_away(scene->db, claimed.id, "archive/x", scene_time(1)), DATABASE_NONE);
    assert_ok(database_commit(scene->db));
    assert_value(scene, "SELECT group_concat(state || in_place || (sha256 IS NULL)) FROM file",
                 "vanished00,vanished01");
    assert_value(scene, "SELECT vanished FROM feed_total", "2");
}

static void attempts_are_counted_while_claimed(void **state)
{
    struct scene *scene = *state;
    struct ledger_file file = scene_claim(scene, 0);
    int attempt = 0;
    assert_ok(database_begin(scene->db));
    assert_ok(ledger_count_attempt(scene->db, file.id, &attempt));
    assert_int_equal(attempt, 1);
    assert_ok(ledger_count_attempt(scene->db, file.id, &attempt));
    assert_int_equal(attempt, 2);
    assert_ok(database_commit(scene->db));
    struct ledger_file *files;
    size_t count;
    assert_ok(ledger_unfinished(scene->db, "jms", &scene->arena, &files, &count));
    assert_int_equal(files[0].attempt, 2);
    assert_ok(database_begin(scene->db));
    assert_ok(ledger_end_file(scene->db, file.id, LEDGER_DONE, NULL, scene_time(1)));
    assert_int_equal(ledger_count_attempt(scene->db, file.id, &attempt), DATABASE_NONE);
    assert_int_equal(ledger_count_attempt(scene->db, 99, &attempt), DATABASE_NONE);
    assert_ok(database_commit(scene->db));
}

static void unfinished_are_those_of_the_feed_in_order(void **state)
{
    struct scene *scene = *state;
    for (int i = 0; i < 40; i++)
        (void)scene_claim(scene, i);
    scene_execute(scene, "UPDATE file SET feed = 'other' WHERE id = 20");
    struct ledger_file *files;
    size_t count;
    assert_ok(ledger_unfinished(scene->db, "jms", &scene->arena, &files, &count));
    assert_int_equal(count, 39);
    for (size_t i = 1; i < count; i++)
        assert_true(files[i].id > files[i - 1].id);
    assert_string_equal(files[38].name, "DEM40.ini");
    assert_ok(ledger_unfinished(scene->db, "none", &scene->arena, &files, &count));
    assert_int_equal(count, 0);
}

static struct ledger_message insert(struct scene *scene, int64_t file, int ordinal,
                                    enum ledger_message_state message_state)
{
    struct ledger_message message = {.file = file,
                                     .ordinal = ordinal,
                                     .kind = "demographics",
                                     .state = message_state,
                                     .event_at = scene_time(0)};
    assert_ok(ledger_message_insert(scene->db, &message));
    return message;
}

static void messages_end_and_are_counted(void **state)
{
    struct scene *scene = *state;
    struct ledger_file file = scene_claim(scene, 0);
    assert_ok(database_begin(scene->db));
    struct ledger_message waiting = insert(scene, file.id, 1, LEDGER_WAITING);
    struct ledger_message held = insert(scene, file.id, 2, LEDGER_HELD);
    (void)insert(scene, file.id, 3, LEDGER_DUPLICATE);
    (void)insert(scene, file.id, 4, LEDGER_APPLIED);
    (void)insert(scene, file.id, 5, LEDGER_STALE);
    assert_ok(database_commit(scene->db));
    assert_value(scene, "SELECT applied || duplicate || open_messages FROM feed_total", "112");
    assert_ok(database_begin(scene->db));
    waiting.state = LEDGER_APPLIED;
    waiting.detail = "came at last";
    assert_ok(ledger_message_end(scene->db, &waiting, scene_time(9)));
    held.state = LEDGER_REJECTED;
    assert_ok(ledger_message_end(scene->db, &held, scene_time(9)));
    held.id = 99;
    assert_int_equal(ledger_message_end(scene->db, &held, scene_time(9)), DATABASE_NONE);
    assert_ok(database_commit(scene->db));
    assert_value(scene, "SELECT applied || duplicate || open_messages FROM feed_total", "210");
    assert_value(scene, "SELECT state || detail || ended_at FROM message WHERE ordinal = 1",
                 "appliedcame at last2026-11-23T18:09:00.000000Z");
    /* The same message of a file twice would be one too many. */
    struct ledger_message twice = {
        .file = file.id, .ordinal = 1, .kind = "location", .event_at = scene_time(0)};
    assert_ok(database_begin(scene->db));
    assert_int_equal(ledger_message_insert(scene->db, &twice), DATABASE_CONSTRAINT);
    database_rollback(scene->db);
}

static void every_state_has_its_word(void **state)
{
    struct scene *scene = *state;
    struct ledger_file file = scene_claim(scene, 0);
    assert_ok(database_begin(scene->db));
    for (int i = 0; i < LEDGER_MESSAGE_STATE_COUNT; i++)
        (void)insert(scene, file.id, i + 1, (enum ledger_message_state)i);
    assert_ok(database_commit(scene->db));
    assert_value(scene, "SELECT group_concat(state) FROM message",
                 "applied,duplicate,stale,superseded,quarantined,rejected,test-only,held,unmatched,waiting");
    assert_string_equal(ledger_message_state_name(LEDGER_TEST_ONLY), "test-only");
    assert_string_equal(ledger_file_state_name(LEDGER_CLAIMED), "claimed");
    assert_string_equal(ledger_file_state_name(LEDGER_VANISHED), "vanished");
    assert_value(scene, "SELECT open_messages FROM feed_total", "3");
}

static void faults_and_unknown_fields_are_kept_in_order(void **state)
{
    struct scene *scene = *state;
    struct ledger_file file = scene_claim(scene, 0);
    struct fault_list faults;
    fault_list_init(&faults, &scene->arena);
    fault_add(&faults, FAULT_ERROR, FAULT_REQUIRED_MISSING, 0, 0, SLICE_LITERAL("LastName"),
              "1 to 255 characters");
    fault_add(&faults, FAULT_WARNING, FAULT_NAME_UNKNOWN, 40, 6, SLICE_EMPTY, NULL);
    assert_ok(database_begin(scene->db));
    assert_ok(ledger_faults_insert(scene->db, file.id, 0, &faults));
    struct ledger_message message = insert(scene, file.id, 1, LEDGER_APPLIED);
    assert_ok(ledger_faults_insert(scene->db, file.id, message.id, &faults));
    assert_ok(ledger_extra_insert(scene->db, message.id, SLICE_LITERAL("Tattoo"), SLICE_LITERAL("anchor")));
    assert_ok(ledger_extra_insert(scene->db, message.id, SLICE_LITERAL("Empty"), SLICE_EMPTY));
    assert_ok(database_commit(scene->db));
    assert_value(
        scene,
        "SELECT group_concat(ordinal || severity || code || coalesce(line, '-') || coalesce(field, '-') ||"
        " coalesce(expected, '-') || coalesce(message, '-')) FROM message_fault",
        "1errorrequired-missing-LastName1 to 255 characters-,2warningname-unknown6---,"
        "3errorrequired-missing-LastName1 to 255 characters1,4warningname-unknown6--1");
    assert_value(scene, "SELECT group_concat(ordinal || name || value) FROM message_extra",
                 "1Tattooanchor,2Empty");
}

static void outcome_tells_how_a_file_ended(void **state)
{
    struct scene *scene = *state;
    struct ledger_outcome outcome;
    assert_int_equal(ledger_outcome(scene->db, 1, &scene->arena, &outcome), DATABASE_NONE);
    struct ledger_file bad = scene_claim(scene, 0);
    struct ledger_file held = scene_claim(scene, 0);
    struct ledger_file good = scene_claim(scene, 0);
    struct fault_list faults;
    fault_list_init(&faults, &scene->arena);
    fault_add(&faults, FAULT_ERROR, FAULT_NOT_A_DATE, 77, 7, SLICE_LITERAL("BirthDate"), "a date");
    assert_ok(database_begin(scene->db));
    assert_ok(ledger_faults_insert(scene->db, bad.id, 0, &faults));
    assert_ok(ledger_end_file(scene->db, bad.id, LEDGER_QUARANTINED, "faults", scene_time(0)));
    struct ledger_message message = {.file = held.id,
                                     .ordinal = 1,
                                     .kind = "location",
                                     .state = LEDGER_WAITING,
                                     .event_at = scene_time(0),
                                     .detail = "the patient is not known yet"};
    assert_ok(ledger_message_insert(scene->db, &message));
    assert_ok(ledger_end_file(scene->db, held.id, LEDGER_DONE, NULL, scene_time(0)));
    (void)insert(scene, good.id, 1, LEDGER_APPLIED);
    assert_ok(ledger_end_file(scene->db, good.id, LEDGER_DONE, NULL, scene_time(0)));
    assert_ok(database_commit(scene->db));

    assert_ok(ledger_outcome(scene->db, bad.id, &scene->arena, &outcome));
    assert_false(outcome.held);
    assert_string_equal(outcome.reason, "faults");
    assert_null(outcome.detail);
    assert_int_equal(outcome.faults.count, 1);
    assert_int_equal(outcome.faults.errors, 1);
    assert_int_equal(outcome.faults.items[0].code, FAULT_NOT_A_DATE);
    assert_int_equal(outcome.faults.items[0].line, 7);
    assert_true(slice_equal(outcome.faults.items[0].field, SLICE_LITERAL("BirthDate")));
    assert_string_equal(outcome.faults.items[0].expected, "a date");

    assert_ok(ledger_outcome(scene->db, held.id, &scene->arena, &outcome));
    assert_true(outcome.held);
    assert_string_equal(outcome.reason, "waiting");
    assert_string_equal(outcome.detail, "the patient is not known yet");
    assert_int_equal(outcome.faults.count, 0);

    assert_false(outcome.refused);

    assert_ok(ledger_outcome(scene->db, good.id, &scene->arena, &outcome));
    assert_false(outcome.held);
    assert_false(outcome.refused);
    assert_null(outcome.reason);

    scene_execute(scene, "UPDATE message SET state = 'quarantined' WHERE file = 2"); /* it waited too long */
    assert_ok(ledger_outcome(scene->db, held.id, &scene->arena, &outcome));
    assert_false(outcome.held);
    assert_true(outcome.refused);
    assert_string_equal(outcome.reason, "waited-too-long");
    assert_ok(ledger_outcome(scene->db, bad.id, &scene->arena, &outcome));
    assert_false(outcome.refused);
}

static void counts_are_those_of_the_rows(void **state)
{
    struct scene *scene = *state;
    for (int i = 0; i < 7; i++)
        (void)scene_claim(scene, i);
    assert_ok(database_begin(scene->db));
    assert_ok(ledger_end_file(scene->db, 1, LEDGER_DONE, NULL, scene_time(9)));
    assert_ok(ledger_put_away(scene->db, 1, "archive/1", scene_time(9)));
    assert_ok(ledger_end_file(scene->db, 2, LEDGER_DONE, NULL, scene_time(9)));
    assert_ok(ledger_end_file(scene->db, 3, LEDGER_QUARANTINED, "faults", scene_time(9)));
    assert_ok(ledger_end_file(scene->db, 4, LEDGER_VANISHED, NULL, scene_time(9)));
    struct ledger_file other = {
        .feed = "alerts", .name = "a.csv", .arrived = scene_time(60), .format = "alerts"};
    assert_ok(ledger_claim(scene->db, &other));
    assert_ok(database_commit(scene->db));
    struct ledger_feed_counts *feeds;
    size_t count;
    assert_ok(ledger_counts(scene->db, &scene->arena, &feeds, &count));
    assert_int_equal(count, 2);
    assert_string_equal(feeds[0].feed, "alerts");
    assert_int_equal(feeds[0].claimed, 1);
    assert_int_equal(feeds[0].last_file, 8);
    assert_string_equal(feeds[1].feed, "jms");
    assert_int_equal(feeds[1].claimed, 3);
    assert_int_equal(feeds[1].in_place, 2);
    assert_int_equal(feeds[1].done, 2);
    assert_int_equal(feeds[1].quarantined, 1);
    assert_int_equal(feeds[1].vanished, 1);
    assert_int_equal(feeds[1].last_file, 7);
    assert_string_equal(feeds[1].last_arrived, "2026-11-23T18:06:00.000000Z");
}

static void what_is_rolled_back_is_not_counted(void **state)
{
    struct scene *scene = *state;
    struct ledger_file file = scene_claim(scene, 0);
    assert_ok(database_begin(scene->db));
    assert_ok(database_savepoint(scene->db));
    (void)insert(scene, file.id, 1, LEDGER_APPLIED);
    assert_ok(ledger_end_file(scene->db, file.id, LEDGER_DONE, NULL, scene_time(0)));
    assert_ok(database_savepoint_rollback(scene->db));
    assert_ok(database_commit(scene->db));
    assert_value(scene, "SELECT applied || done FROM feed_total", "00");
    assert_value(scene, "SELECT state FROM file", "claimed");
}

#define IN_SCENE(test) cmocka_unit_test_setup_teardown(test, scene_setup, scene_teardown)

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        IN_SCENE(claim_keeps_every_mark),
        IN_SCENE(names_that_are_no_unicode_come_back_as_they_were),
        IN_SCENE(a_number_is_never_used_twice),
        IN_SCENE(done_then_put_away),
        IN_SCENE(gone_before_it_could_be_put_away),
        IN_SCENE(quarantined_with_its_reason),
        IN_SCENE(vanished_before_and_after_the_claim),
        IN_SCENE(attempts_are_counted_while_claimed),
        IN_SCENE(unfinished_are_those_of_the_feed_in_order),
        IN_SCENE(messages_end_and_are_counted),
        IN_SCENE(every_state_has_its_word),
        IN_SCENE(faults_and_unknown_fields_are_kept_in_order),
        IN_SCENE(outcome_tells_how_a_file_ended),
        IN_SCENE(counts_are_those_of_the_rows),
        IN_SCENE(what_is_rolled_back_is_not_counted),
    };
    return cmocka_run_group_tests_name("ledger", tests, NULL, NULL);
}
