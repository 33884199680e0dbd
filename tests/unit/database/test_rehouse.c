/* Files in the hold whose messages are no longer open: found by number, told to the ledger once they were moved. */
#include "tests/unit/database/scene.h"

#include "database/rehouse.h"

#include <stdio.h>

#define HELD "hold/2026/11/23/18/"

/* File `number` with one message in that state lies at `stored`. */
static void put(struct scene *scene, int number, const char *state, const char *stored)
{
    char sql[400];
    struct ledger_file file = scene_claim(scene, number);
    assert_int_equal(file.id, number);
    (void)snprintf(
        sql, sizeof sql,
        "INSERT INTO message (file, ordinal, kind, state, event_at, detail) VALUES (%d, 1, 'location',"
        " '%s', '2026-11-23T18:00:00.000000Z', 'a remark')",
        number, state);
    scene_execute(scene, sql);
    assert_ok(database_begin(scene->db));
    assert_ok(ledger_end_file(scene->db, number, LEDGER_DONE, NULL, scene_time(number)));
    if (stored)
        assert_ok(ledger_put_away(scene->db, number, stored, scene_time(number)));
    assert_ok(database_commit(scene->db));
}

static struct rehouse_row *list(struct scene *scene, int64_t after, size_t limit, size_t expected)
{
    struct rehouse_row *rows = NULL;
    size_t count = 99;
    assert_ok(rehouse_list(scene->db, after, limit, &scene->arena, &rows, &count));
    assert_int_equal(count, expected);
    return rows;
}

static void only_files_in_the_hold_without_an_open_message_are_listed(void **state)
{
    struct scene *scene = *state;
    (void)list(scene, 0, 10, 0);
    put(scene, 1, "held", HELD "1");
    put(scene, 2, "applied", HELD "2");
    put(scene, 3, "waiting", HELD "3");
    put(scene, 4, "applied", "archive/2026/11/23/18/4");
    put(scene, 5, "quarantined", "hold\\2026\\11\\23\\18\\5"); /* as on Windows */
    put(scene, 6, "unmatched", HELD "6");
    put(scene, 7, "stale", HELD "7");
    put(scene, 8, "applied", NULL); /* on its way */
    put(scene, 9, "rejected", HELD "9");
    struct rehouse_row *rows = list(scene, 0, 10, 4);
    static const struct {
        int64_t file;
        bool refused;
    } expected[] = {{2, false}, {5, true}, {7, false}, {9, true}};
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(rows[i].file, expected[i].file);
        assert_int_equal(rows[i].refused, expected[i].refused);
    }
    assert_string_equal(rows[0].feed, "jms");
    assert_string_equal(rows[0].name, "DEM2.ini");
    assert_string_equal(rows[0].stored, HELD "2");
    assert_string_equal(rows[0].detail, "a remark");
    assert_true(rows[0].arrived == scene_time(2));
    /* In steps. */
    rows = list(scene, 0, 2, 2);
    rows = list(scene, rows[1].file, 2, 2);
    assert_int_equal(rows[0].file, 7);
    (void)list(scene, rows[1].file, 2, 0);
}

static void a_file_with_one_message_still_open_stays(void **state)
{
    struct scene *scene = *state;
    put(scene, 1, "applied", HELD "1");
    scene_execute(scene, "INSERT INTO message (file, ordinal, kind, state, event_at)"
                         " VALUES (1, 2, 'location', 'held', '2026-11-23T18:00:00.000000Z')");
    (void)list(scene, 0, 10, 0);
    scene_execute(scene, "UPDATE message SET state = 'quarantined' WHERE ordinal = 2");
    assert_false(
        list(scene, 0, 10, 1)[0].refused); /* the first was taken: the original belongs into the archive */
    scene_execute(scene, "UPDATE message SET state = 'quarantined'");
    assert_true(list(scene, 0, 10, 1)[0].refused);
}

static enum database_kind end(struct scene *scene, int64_t file, const char *from, const char *stored)
{
    assert_ok(database_begin(scene->db));
    enum database_kind kind = rehouse_end(scene->db, file, from, stored);
    assert_ok(database_commit(scene->db));
    return kind;
}

static void the_row_says_where_the_file_lies_now(void **state)
{
    struct scene *scene = *state;
    put(scene, 1, "applied", HELD "1");
    put(scene, 2, "applied", HELD "2");
    assert_int_equal(end(scene, 1, HELD "other", "archive/1"), DATABASE_NONE);
    assert_value(scene, "SELECT stored FROM file WHERE id = 1", HELD "1");
    assert_int_equal(end(scene, 1, HELD "1", "archive/1"), DATABASE_OK);
    assert_value(scene, "SELECT stored || state || in_place FROM file WHERE id = 1", "archive/1done0");
    assert_int_equal(end(scene, 2, HELD "2", NULL), DATABASE_OK); /* it lies nowhere any more */
    assert_value(scene, "SELECT stored FROM file WHERE id = 2", "(null)");
    (void)list(scene, 0, 10, 0);
    assert_int_equal(end(scene, 1, HELD "1", "archive/2"), DATABASE_NONE); /* once */
}

#define IN_SCENE(test) cmocka_unit_test_setup_teardown(test, scene_setup, scene_teardown)

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        IN_SCENE(only_files_in_the_hold_without_an_open_message_are_listed),
        IN_SCENE(a_file_with_one_message_still_open_stays),
        IN_SCENE(the_row_says_where_the_file_lies_now),
    };
    return cmocka_run_group_tests_name("rehouse", tests, NULL, NULL);
}
