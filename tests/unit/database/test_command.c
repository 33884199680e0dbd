/* Rows that commands write and the committer answers; and who looked at patient data. */
#include "tests/unit/database/scene.h"

#include "database/command.h"

static struct database *open_command(struct scene *scene)
{
    struct database *db = NULL;
    assert_ok(database_open(scene->path, DATABASE_TEST, DATABASE_COMMAND, &db, NULL, 0));
    return db;
}

static void a_command_is_written_carried_out_and_answered(void **state)
{
    struct scene *scene = *state;
    struct database *db = open_command(scene);
    struct command_row scan = {.what = "scan", .user = "JAIL\\nurse"};
    struct command_row retry = {
        .what = "retry", .number = 7, .argument = "mended the drug", .user = "JAIL\\admin"};
    assert_ok(command_insert(db, &scan, scene_time(0)));
    assert_ok(command_insert(db, &retry, scene_time(1)));
    assert_int_equal(retry.id, scan.id + 1);

    struct command_row *rows;
    size_t count;
    assert_ok(command_pending(scene->db, &scene->arena, &rows, &count));
    assert_int_equal(count, 2);
    assert_string_equal(rows[0].what, "scan");
    assert_int_equal(rows[0].number, 0);
    assert_null(rows[0].argument);
    assert_string_equal(rows[1].what, "retry");
    assert_int_equal(rows[1].number, 7);
    assert_string_equal(rows[1].argument, "mended the drug");
    assert_string_equal(rows[1].user, "JAIL\\admin");
    assert_null(rows[1].answer);

    assert_ok(database_begin(scene->db));
    assert_ok(command_answer(scene->db, scan.id, true, "done: 3 files", scene_time(2)));
    assert_int_equal(command_answer(scene->db, scan.id, true, "again", scene_time(3)), DATABASE_NONE);
    assert_int_equal(command_answer(scene->db, 99, false, "none", scene_time(3)), DATABASE_NONE);
    assert_ok(database_commit(scene->db));
    assert_ok(command_pending(scene->db, &scene->arena, &rows, &count));
    assert_int_equal(count, 1);
    struct command_row row;
    assert_ok(command_get(db, scan.id, &scene->arena, &row));
    assert_string_equal(row.answer, "done: 3 files");
    assert_int_equal(command_get(db, 99, &scene->arena, &row), DATABASE_NONE);
    assert_value(scene, "SELECT created_at || answered_at FROM command WHERE id = 1",
                 "2026-11-23T18:00:00.000000Z2026-11-23T18:02:00.000000Z");
    database_close(db);
}

static void who_looked_is_recorded_for_good(void **state)
{
    struct scene *scene = *state;
    struct database *db = open_command(scene);
    assert_ok(access_log_insert(db, "JAIL\\nurse", "show", 12, scene_time(0)));
    assert_ok(access_log_insert(db, "JAIL\\nurse", "list", 0, scene_time(1)));
    assert_value(
        scene,
        "SELECT group_concat(accessed_at || windows_user || command || coalesce(number, '-')) FROM access_log",
        "2026-11-23T18:00:00.000000ZJAIL\\nurseshow12,2026-11-23T18:01:00.000000ZJAIL\\nurselist-");
    scene_refused(scene, "UPDATE access_log SET windows_user = 'somebody else'", "never changed");
    scene_refused(scene, "DELETE FROM access_log", "never deleted");
    scene_refused(
        scene,
        "INSERT OR REPLACE INTO access_log SELECT id, accessed_at, 'x', command, number FROM access_log",
        "never replaced");
    database_close(db);
}

static void what_has_no_user_is_refused(void **state)
{
    struct scene *scene = *state;
    struct database *db = open_command(scene);
    struct command_row row = {.what = "scan"};
    assert_int_equal(command_insert(db, &row, scene_time(0)), DATABASE_CONSTRAINT);
    assert_int_equal(access_log_insert(db, NULL, "show", 1, scene_time(0)), DATABASE_CONSTRAINT);
    assert_false(database_in_transaction(db));
    database_close(db);
}

#define IN_SCENE(test) cmocka_unit_test_setup_teardown(test, scene_setup, scene_teardown)

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        IN_SCENE(a_command_is_written_carried_out_and_answered),
        IN_SCENE(who_looked_is_recorded_for_good),
        IN_SCENE(what_has_no_user_is_refused),
    };
    return cmocka_run_group_tests_name("command", tests, NULL, NULL);
}
