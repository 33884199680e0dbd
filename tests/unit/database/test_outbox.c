/* The outbox: bytes and name before anything is sent, numbers that are never used twice. */
#include "tests/unit/database/scene.h"

#include "database/outbox.h"

#include <stdio.h>
#include <string.h>

static int64_t queue(struct scene *scene, const char *pharmacy, const char *bytes, instant_us name_time)
{
    static char control[21];
    static char name[64];
    struct outbox_row row = {.receiver_kind = LIVE_PHARMACY,
                             .receiver = pharmacy,
                             .control_id = control,
                             .file_name = name,
                             .bytes = slice_of(bytes),
                             .created = scene_time(0)};
    assert_ok(database_begin(scene->db));
    assert_ok(outbox_next_id(scene->db, &row.id));
    outbox_control_id(control, DATABASE_TEST, database_control_letters(scene->db), row.id);
    (void)snprintf(name, sizeof name, "%d.hl7", (int)row.id);
    assert_ok(outbox_insert(scene->db, &row, name_time));
    assert_ok(database_commit(scene->db));
    return row.id;
}

static void control_ids_have_their_form(void **state)
{
    (void)state;
    char id[21];
    outbox_control_id(id, DATABASE_TEST, "ABC123", 1);
    assert_string_equal(id, "TABC1231");
    outbox_control_id(id, DATABASE_LIVE, "000000", 31);
    assert_string_equal(id, "L000000V");
    outbox_control_id(id, DATABASE_LIVE, "VVVVVV", 32);
    assert_string_equal(id, "LVVVVVV10");
    outbox_control_id(id, DATABASE_LIVE, "VVVVVV", 1000000);
    assert_string_equal(id, "LVVVVVVUGI0");
    outbox_control_id(id, DATABASE_LIVE, "VVVVVV", INT64_MAX);
    assert_string_equal(id, "LVVVVVV7VVVVVVVVVVVV");
    assert_int_equal(strlen(id), 20);
}

static void a_queued_row_is_what_was_put_in(void **state)
{
    struct scene *scene = *state;
    static const char bytes[] = "MSH|^~\\&|a\rPID|\rNTE|caf\xC3\xA9\r";
    assert_int_equal(queue(scene, "Central", bytes, scene_time(0)), 1);
    struct outbox_row *rows;
    size_t count;
    assert_ok(outbox_queued(scene->db, LIVE_PHARMACY, "Central", 10, &scene->arena, &rows, &count));
    assert_int_equal(count, 1);
    assert_int_equal(rows[0].id, 1);
    assert_int_equal(rows[0].order_event, 0);
    assert_string_equal(rows[0].receiver, "Central");
    assert_int_equal(rows[0].control_id[0], 'T');
    assert_memory_equal(rows[0].control_id + 1, database_control_letters(scene->db), 6);
    assert_string_equal(rows[0].control_id + 7, "1");
    assert_string_equal(rows[0].file_name, "1.hl7");
    assert_int_equal(rows[0].bytes.len, strlen(bytes));
    assert_memory_equal(rows[0].bytes.ptr, bytes, strlen(bytes));
    assert_int_equal(rows[0].state, OUTBOX_QUEUED);
    assert_true(rows[0].created == scene_time(0));
}

static void rows_come_in_order_and_by_partner(void **state)
{
    struct scene *scene = *state;
    for (int i = 0; i < 30; i++)
        (void)queue(scene, i % 3 == 0 ? "Other" : "Central", "MSH", scene_time(0));
    struct outbox_row *rows;
    size_t count;
    assert_ok(outbox_queued(scene->db, LIVE_PHARMACY, "Central", 100, &scene->arena, &rows, &count));
    assert_int_equal(count, 20);
    for (size_t i = 1; i < count; i++)
        assert_true(rows[i].id > rows[i - 1].id);
    assert_ok(outbox_queued(scene->db, LIVE_PHARMACY, "Central", 3, &scene->arena, &rows, &count));
    assert_int_equal(count, 3);
    assert_int_equal(rows[0].id, 2);
    assert_ok(outbox_queued(scene->db, LIVE_PHARMACY, "Nobody", 3, &scene->arena, &rows, &count));
    assert_int_equal(count, 0);
}

static void sent_rows_are_no_longer_queued(void **state)
{
    struct scene *scene = *state;
    int64_t id = queue(scene, "Central", "MSH", scene_time(0));
    assert_ok(database_begin(scene->db));
    assert_ok(outbox_mark_sent(scene->db, id, scene_time(1)));
    assert_int_equal(outbox_mark_sent(scene->db, id, scene_time(2)), DATABASE_NONE);
    assert_ok(database_commit(scene->db));
    assert_value(scene, "SELECT state || sent_at FROM outbox", "sent2026-11-23T18:01:00.000000Z");
    struct outbox_row *rows;
    size_t count;
    assert_ok(outbox_queued(scene->db, LIVE_PHARMACY, "Central", 3, &scene->arena, &rows, &count));
    assert_int_equal(count, 0);
    struct outbox_row row;
    assert_ok(outbox_by_name(scene->db, LIVE_PHARMACY, "Central", "1.hl7", &scene->arena, &row));
    assert_int_equal(row.state, OUTBOX_SENT);
    assert_int_equal(row.id, id);
    assert_int_equal(outbox_by_name(scene->db, LIVE_PHARMACY, "Other", "1.hl7", &scene->arena, &row),
                     DATABASE_NONE);
    assert_int_equal(outbox_by_name(scene->db, LIVE_PHARMACY, "Central", "2.hl7", &scene->arena, &row),
                     DATABASE_NONE);
}

static void a_number_is_never_used_twice(void **state)
{
    struct scene *scene = *state;
    (void)queue(scene, "Central", "MSH", scene_time(0));
    int64_t last = queue(scene, "Central", "MSH", scene_time(0));
    scene_execute(scene, "DELETE FROM outbox");
    assert_int_equal(queue(scene, "Central", "MSH", scene_time(0)), last + 1);
    int64_t next = 0;
    assert_ok(outbox_next_id(scene->db, &next));
    assert_int_equal(next, last + 2);
}

static void a_message_is_rendered_once(void **state)
{
    struct scene *scene = *state;
    (void)queue(scene, "Central", "MSH", scene_time(0));
    scene_refused(scene, "UPDATE outbox SET bytes = x'00'", "rendered once");
    scene_refused(scene, "UPDATE outbox SET file_name = 'x'", "rendered once");
    scene_refused(scene, "UPDATE outbox SET control_id = 'x'", "rendered once");
    scene_refused(scene, "UPDATE outbox SET id = 99", "rendered once");
    struct outbox_row twice = {.id = 2,
                               .receiver_kind = LIVE_PHARMACY,
                               .receiver = "Central",
                               .control_id = "T1",
                               .file_name = "1.hl7",
                               .bytes = SLICE_LITERAL("MSH"),
                               .created = scene_time(0)};
    assert_ok(database_begin(scene->db));
    assert_int_equal(outbox_insert(scene->db, &twice, scene_time(0)), DATABASE_CONSTRAINT);
    database_rollback(scene->db);
}

static void name_times_never_go_back(void **state)
{
    struct scene *scene = *state;
    instant_us time = 0;
    assert_ok(outbox_next_name_time(scene->db, scene_time(5) + 999999, &time));
    assert_true(time == scene_time(5));
    (void)queue(scene, "Central", "MSH", time);
    assert_value(scene, "SELECT name_time FROM database_info", "2026-11-23T18:05:00.000000Z");
    /* The clock was set back an hour. */
    assert_ok(outbox_next_name_time(scene->db, scene_time(-55), &time));
    assert_true(time == scene_time(5));
    (void)queue(scene, "Central", "MSH", time);
    scene_execute(scene, "DELETE FROM outbox");
    assert_ok(outbox_next_name_time(scene->db, scene_time(-54), &time));
    assert_true(time == scene_time(5));
    assert_ok(outbox_next_name_time(scene->db, scene_time(6), &time));
    assert_true(time == scene_time(6));
}

static void rolled_back_it_leaves_nothing(void **state)
{
    struct scene *scene = *state;
    struct outbox_row row = {.receiver_kind = LIVE_PHARMACY,
                             .receiver = "Central",
                             .control_id = "T1",
                             .file_name = "1.hl7",
                             .bytes = SLICE_LITERAL("MSH"),
                             .created = scene_time(0)};
    assert_ok(database_begin(scene->db));
    assert_ok(outbox_next_id(scene->db, &row.id));
    assert_ok(outbox_insert(scene->db, &row, scene_time(9)));
    database_rollback(scene->db);
    assert_value(scene, "SELECT count(*) FROM outbox", "0");
    assert_value(scene, "SELECT name_time FROM database_info", "(null)");
    int64_t next = 0;
    assert_ok(outbox_next_id(scene->db, &next));
    assert_int_equal(next, row.id);
}

static void counts_are_by_partner(void **state)
{
    struct scene *scene = *state;
    struct outbox_counts *partners;
    size_t count;
    assert_ok(outbox_count(scene->db, &scene->arena, &partners, &count));
    assert_int_equal(count, 0);
    for (int i = 0; i < 4; i++)
        (void)queue(scene, "Central", "MSH", scene_time(0));
    assert_ok(database_begin(scene->db));
    assert_ok(outbox_mark_sent(scene->db, 1, scene_time(1)));
    assert_ok(database_commit(scene->db));
    scene_execute(scene, "UPDATE outbox SET state = 'ask' WHERE id = 2");
    int64_t sent = queue(scene, "Other", "MSH", scene_time(0));
    assert_ok(database_begin(scene->db));
    assert_ok(outbox_mark_sent(scene->db, sent, scene_time(1)));
    assert_ok(database_commit(scene->db));
    assert_ok(outbox_count(scene->db, &scene->arena, &partners, &count));
    assert_int_equal(count, 2);
    assert_string_equal(partners[0].receiver, "Central");
    assert_int_equal(partners[0].queued, 2);
    assert_int_equal(partners[0].sent, 1);
    assert_int_equal(partners[0].other, 1);
    assert_string_equal(partners[0].oldest_queued, "2026-11-23T18:00:00.000000Z");
    assert_string_equal(partners[1].receiver, "Other");
    assert_int_equal(partners[1].sent, 1);
    assert_null(partners[1].oldest_queued);
}

static void every_state_has_its_word(void **state)
{
    struct scene *scene = *state;
    (void)queue(scene, "Central", "MSH", scene_time(0));
    scene_execute(scene, "UPDATE outbox SET sent_at = created_at");
    for (int i = OUTBOX_QUEUED; i <= OUTBOX_REJECTED; i++) {
        char sql[128];
        (void)snprintf(sql, sizeof sql, "UPDATE outbox SET state = '%s'",
                       outbox_state_name((enum outbox_state)i));
        scene_execute(scene, sql);
        struct outbox_row row;
        assert_ok(outbox_by_name(scene->db, LIVE_PHARMACY, "Central", "1.hl7", &scene->arena, &row));
        assert_int_equal(row.state, i);
    }
}

#define IN_SCENE(test) cmocka_unit_test_setup_teardown(test, scene_setup, scene_teardown)

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(control_ids_have_their_form),
        IN_SCENE(a_queued_row_is_what_was_put_in),
        IN_SCENE(rows_come_in_order_and_by_partner),
        IN_SCENE(sent_rows_are_no_longer_queued),
        IN_SCENE(a_number_is_never_used_twice),
        IN_SCENE(a_message_is_rendered_once),
        IN_SCENE(name_times_never_go_back),
        IN_SCENE(rolled_back_it_leaves_nothing),
        IN_SCENE(counts_are_by_partner),
        IN_SCENE(every_state_has_its_word),
    };
    return cmocka_run_group_tests_name("outbox", tests, NULL, NULL);
}
