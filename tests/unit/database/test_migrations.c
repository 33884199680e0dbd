/* Steps of the schema: each commits whole or leaves the older schema. */
#include "tests/unit/database/scene.h"

#include "database/migrations.h"

#include <sqlite3.h>

static const struct migration steps[] = {
    {1, "0001-first", "CREATE TABLE a (x); INSERT INTO a VALUES (1);"},
    {2, "0002-second", "ALTER TABLE a ADD COLUMN y; UPDATE a SET y = 2;"},
    {3, "0003-broken", "CREATE TABLE b (x); INSERT INTO b VALUES (1); INSERT INTO nowhere VALUES (1);"},
    {4, "0004-after", "CREATE TABLE c (x);"},
};

static int setup(void **state)
{
    (void)scene_setup_folder(state);
    struct scene *scene = *state;
    return sqlite3_open(scene->path, &scene->other);
}

static void every_step_is_run_once_in_order(void **state)
{
    struct scene *scene = *state;
    const struct migration *failed = steps;
    assert_int_equal(migrations_run(scene->other, steps, 1, &failed), SQLITE_OK);
    assert_null(failed);
    assert_value(scene, "PRAGMA user_version", "1");
    assert_int_equal(migrations_run(scene->other, steps, 2, &failed), SQLITE_OK);
    assert_int_equal(migrations_run(scene->other, steps, 2, &failed), SQLITE_OK);
    assert_value(scene, "SELECT count(*) || x || y FROM a", "112");
    assert_value(scene, "PRAGMA user_version", "2");
}

static void a_failed_step_leaves_the_schema_before_it(void **state)
{
    struct scene *scene = *state;
    const struct migration *failed = NULL;
    assert_int_equal(migrations_run(scene->other, steps, 4, &failed), SQLITE_ERROR);
    assert_ptr_equal(failed, &steps[2]);
    assert_true(sqlite3_get_autocommit(scene->other));
    assert_value(scene, "PRAGMA user_version", "2");
    assert_value(scene, "SELECT group_concat(name) FROM sqlite_schema", "a");
    assert_value(scene, "SELECT y FROM a", "2");
}

static void a_step_that_another_program_ran_meanwhile_is_left_out(void **state)
{
    struct scene *scene = *state;
    const struct migration *failed = NULL;
    /* The version that was read before the lock says that both must run; under the lock the second one finds its version
     * already there, as after a race with another program. */
    static const struct migration raced[] = {
        {1, "0001-first", "CREATE TABLE a (x);"},
        {1, "0001-first", "CREATE TABLE a (x);"},
    };
    assert_int_equal(migrations_run(scene->other, raced, 2, &failed), SQLITE_OK);
    assert_value(scene, "PRAGMA user_version", "1");
}

static void a_lock_is_waited_for_and_then_told(void **state)
{
    struct scene *scene = *state;
    sqlite3 *second = NULL;
    const struct migration *failed = NULL;
    assert_int_equal(sqlite3_open(scene->path, &second), SQLITE_OK);
    scene_execute(scene, "BEGIN IMMEDIATE");
    assert_int_equal(migrations_run(second, steps, 1, &failed), SQLITE_BUSY);
    assert_ptr_equal(failed, &steps[0]);
    scene_execute(scene, "ROLLBACK");
    assert_int_equal(migrations_run(second, steps, 1, &failed), SQLITE_OK);
    assert_int_equal(sqlite3_close(second), SQLITE_OK);
}

static void our_steps_are_numbered_without_gaps(void **state)
{
    (void)state;
    assert_true(migration_count > 0);
    for (size_t i = 0; i < migration_count; i++) {
        assert_int_equal(migrations[i].version, i + 1);
        assert_non_null(migrations[i].sql);
    }
    assert_int_equal(migrations_version(), migration_count);
    assert_int_equal(database_schema_version(), migration_count);
}

#define IN_SCENE(test) cmocka_unit_test_setup_teardown(test, setup, scene_teardown)

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        IN_SCENE(every_step_is_run_once_in_order),
        IN_SCENE(a_failed_step_leaves_the_schema_before_it),
        IN_SCENE(a_step_that_another_program_ran_meanwhile_is_left_out),
        IN_SCENE(a_lock_is_waited_for_and_then_told),
        cmocka_unit_test(our_steps_are_numbered_without_gaps),
    };
    return cmocka_run_group_tests_name("migrations", tests, NULL, NULL);
}
