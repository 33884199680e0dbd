/* What is held, what is released of it, and what is rejected. */
#include "tests/unit/database/scene.h"

#include "database/held.h"
#include "database/rehouse.h"

#include "database/connection.h"

static const struct scene_event FIRST = {.minutes = 0}, SECOND = {.minutes = 5};

/* File 1: booking 100 is P1's. File 2 says that it is P2's. */
static void hold_one(struct scene *scene)
{
    scene_facilities(scene);
    (void)scene_apply(scene, scene_dem(""), FIRST);
    (void)scene_apply(scene, scene_dem("PatientID=\"P2\"\nHousing=\"MED\"\n"), SECOND);
    assert_value(scene, "SELECT state FROM message WHERE id = 2", "held");
}

static void what_is_held_is_listed_by_number(void **state)
{
    struct scene *scene = *state;
    struct held *rows = NULL;
    size_t count = 9;
    int64_t all = 9;
    assert_ok(held_list(scene->db, 10, &scene->arena, &rows, &count));
    assert_int_equal(count, 0);
    hold_one(scene);
    (void)scene_apply(scene, scene_location("PatientID=\"P9\"\n"), (struct scene_event){.minutes = 6});
    assert_ok(held_list(scene->db, 10, &scene->arena, &rows, &count));
    assert_int_equal(count, 2);
    assert_int_equal(rows[0].file, 2);
    assert_int_equal(rows[0].message, 2);
    assert_int_equal(rows[0].ordinal, 1);
    assert_false(rows[0].extract);
    assert_string_equal(rows[0].kind, "demographics");
    assert_string_equal(rows[0].detail, "the booking is known under another patient");
    assert_string_equal(rows[0].feed, "jms");
    assert_int_equal(rows[0].arrived, scene_time(5));
    assert_int_equal(rows[0].booking, 1);
    assert_string_equal(rows[1].kind, "location");
    assert_ok(held_list(scene->db, 1, &scene->arena, &rows, &count));
    assert_int_equal(count, 1);
    assert_ok(held_count(scene->db, &all));
    assert_int_equal(all, 2);
    assert_ok(held_of_file(scene->db, 2, 7, 10, &scene->arena, &rows, &count));
    assert_int_equal(count, 0);
    assert_ok(held_of_file(scene->db, 1, 0, 10, &scene->arena, &rows, &count));
    assert_int_equal(count, 0);
}

static void what_is_not_held_says_how_it_ended(void **state)
{
    struct scene *scene = *state;
    const char *word = NULL;
    hold_one(scene);
    assert_ok(held_not(scene->db, 1, 0, &scene->arena, &word));
    assert_string_equal(word, "applied");
    assert_ok(held_not(scene->db, 1, 3, &scene->arena, &word));
    assert_string_equal(word, "unknown");
    assert_int_equal(held_not(scene->db, 99, 0, &scene->arena, &word), DATABASE_NONE);
}

static void rejected_once_it_keeps_whom_it_was_about(void **state)
{
    struct scene *scene = *state;
    struct held *rows = NULL;
    size_t count = 0;
    hold_one(scene);
    assert_ok(held_of_file(scene->db, 2, 0, 10, &scene->arena, &rows, &count));
    assert_ok(database_begin(scene->db));
    assert_ok(held_reject(scene->db, &rows[0], "rejected by somebody", scene_time(9)));
    assert_int_equal(held_reject(scene->db, &rows[0], "and again", scene_time(10)), DATABASE_NONE);
    assert_ok(database_commit(scene->db));
    assert_value(scene, "SELECT state || ' ' || detail || ' ' || booking FROM message WHERE id = 2",
                 "rejected rejected by somebody 1");
    assert_value(scene, "SELECT ended_at FROM message WHERE id = 2", "2026-11-23T18:09:00.000000Z");
    assert_value(scene, "SELECT applied || ' ' || open_messages FROM feed_total", "1 0");
    assert_value(scene, "SELECT count(*) FROM patient", "1");
}

static void an_extract_is_found_by_its_row_and_goes_on_when_it_ended(void **state)
{
    struct scene *scene = *state;
    uint8_t sha[SHA256_SIZE] = {7};
    struct held *rows = NULL;
    struct rehouse_row *moves = NULL;
    size_t count = 0;
    hold_one(scene);
    assert_ok(database_begin(scene->db));
    assert_ok(extract_keep(scene->db, 2, sha, "hold/x/000000000002_r1_a.csv"));
    assert_ok(database_commit(scene->db));
    assert_ok(held_list(scene->db, 10, &scene->arena, &rows, &count));
    assert_true(rows[0].extract);
    assert_string_equal(rows[0].stored, "hold/x/000000000002_r1_a.csv");
    assert_memory_equal(rows[0].sha256, sha, sizeof sha);
    assert_ok(rehouse_list_extracts(scene->db, 0, 10, &scene->arena, &moves, &count));
    assert_int_equal(count, 0); /* open */
    scene_execute(scene, "UPDATE message SET state = 'rejected', detail = 'why' WHERE id = 2");
    assert_ok(rehouse_list_extracts(scene->db, 0, 10, &scene->arena, &moves, &count));
    assert_int_equal(count, 1);
    assert_true(moves[0].refused);
    assert_int_equal(moves[0].message, 2);
    assert_int_equal(moves[0].row, 1);
    assert_string_equal(moves[0].state, "rejected");
    assert_string_equal(moves[0].detail, "why");
    assert_ok(database_begin(scene->db));
    assert_int_equal(rehouse_end_extract(scene->db, 2, "hold/elsewhere", "quarantine/x"), DATABASE_NONE);
    assert_ok(rehouse_end_extract(scene->db, 2, "hold/x/000000000002_r1_a.csv", "quarantine/x"));
    assert_ok(database_commit(scene->db));
    assert_ok(rehouse_list_extracts(scene->db, 0, 10, &scene->arena, &moves, &count));
    assert_int_equal(count, 0);
    scene_execute(scene,
                  "UPDATE extract SET stored = 'hold\\x'; UPDATE message SET state = 'applied' WHERE id = 2");
    assert_ok(rehouse_list_extracts(scene->db, 0, 10, &scene->arena, &moves, &count)); /* as on Windows */
    assert_int_equal(count, 1);
    assert_false(moves[0].refused);
}

static void releases_are_followed_by_feed_and_number(void **state)
{
    struct scene *scene = *state;
    struct held *rows = NULL;
    size_t count = 0;
    hold_one(scene);
    assert_ok(held_list(scene->db, 10, &scene->arena, &rows, &count));
    (void)scene_claim(scene, 7); /* not at its end */
    assert_ok(database_begin(scene->db));
    assert_ok(held_note_release(scene->db, &rows[0]));
    assert_ok(held_note_release(scene->db, &rows[0])); /* once */
    assert_ok(database_commit(scene->db));
    assert_ok(held_released(scene->db, "jms", 0, 10, &scene->arena, &rows, &count));
    assert_int_equal(count, 1);
    assert_int_equal(rows[0].release, 1);
    assert_int_equal(rows[0].released_after, 2);
    assert_int_equal(rows[0].file, 2);
    assert_ok(held_released(scene->db, "jms", 1, 10, &scene->arena, &rows, &count));
    assert_int_equal(count, 0);
    assert_ok(held_released(scene->db, "other", 0, 10, &scene->arena, &rows, &count));
    assert_int_equal(count, 0);
}

static void a_copy_is_found_by_its_live_number(void **state)
{
    struct scene *scene = *state;
    int64_t file = 9, message = 9;
    bool is_held = true;
    hold_one(scene);
    assert_int_equal(held_copy(scene->db, "jms", 70, 1, &file, &message, &is_held), DATABASE_NONE);
    scene_execute(scene, "UPDATE file SET copied_from = 69 + id");
    assert_ok(held_copy(scene->db, "jms", 71, 1, &file, &message, &is_held));
    assert_true(file == 2 && message == 2 && is_held);
    assert_ok(held_copy(scene->db, "jms", 70, 1, &file, &message, &is_held));
    assert_true(file == 1 && message == 1 && !is_held);
    assert_ok(held_copy(scene->db, "jms", 70, 5, &file, &message, &is_held));
    assert_true(file == 1 && message == 0 && !is_held);
    assert_int_equal(held_copy(scene->db, "other", 70, 1, &file, &message, &is_held), DATABASE_NONE);
}

#define IN_SCENE(test) cmocka_unit_test_setup_teardown(test, scene_setup, scene_teardown)

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        IN_SCENE(what_is_held_is_listed_by_number),
        IN_SCENE(what_is_not_held_says_how_it_ended),
        IN_SCENE(rejected_once_it_keeps_whom_it_was_about),
        IN_SCENE(an_extract_is_found_by_its_row_and_goes_on_when_it_ended),
        IN_SCENE(releases_are_followed_by_feed_and_number),
        IN_SCENE(a_copy_is_found_by_its_live_number),
    };
    return cmocka_run_group_tests_name("held", tests, NULL, NULL);
}
