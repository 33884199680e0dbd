/* Opening, modes, transactions and care of one database file. */
#include "tests/unit/database/scene.h"

#include "database/command.h"
#include "database/connection.h"
#include "database/query.h"

#include <sqlite3.h>

#include <stdio.h>
#include <string.h>
#ifndef _WIN32
#include <sys/stat.h>
#include <unistd.h>
#endif

static char message[512];

static enum database_kind open_as(struct scene *scene, enum database_world world, enum database_mode mode,
                                  struct database **out)
{
    return database_open(scene->path, world, mode, out, message, sizeof message);
}

static void assert_refused(struct scene *scene, enum database_world world, enum database_mode mode,
                           enum database_kind kind, const char *part)
{
    struct database *db = scene->db; /* anything but NULL */
    assert_int_equal(open_as(scene, world, mode, &db), kind);
    assert_null(db);
    if (strstr(message, part) == NULL)
        fail_msg("the message is '%s', expected '%s'", message, part);
    /* It says what to do and names no path. */
    assert_null(strstr(message, scene->folder));
    assert_non_null(strchr(message, ':'));
}

static void new_file_has_the_settings_that_stay_with_it(void **state)
{
    struct scene *scene = *state;
    assert_value(scene, "PRAGMA journal_mode", "wal");
    assert_value(scene, "PRAGMA auto_vacuum", "2");
    assert_value(scene, "PRAGMA page_size", "4096");
    assert_value(scene, "PRAGMA encoding", "UTF-8");
    assert_value(scene, "PRAGMA application_id", "1128428135");
    char version[16];
    (void)snprintf(version, sizeof version, "%d", database_schema_version());
    assert_value(scene, "PRAGMA user_version", version);
    assert_value(scene, "SELECT world FROM database_info", "test");
    assert_string_equal(database_library_version(), sqlite3_libversion());
}

static void our_connection_has_its_own_settings(void **state)
{
    struct scene *scene = *state;
    static const struct {
        const char *pragma, *value;
    } settings[] = {{"PRAGMA foreign_keys", "1"},    {"PRAGMA synchronous", "2"},
                    {"PRAGMA busy_timeout", "5000"}, {"PRAGMA wal_autocheckpoint", "0"},
                    {"PRAGMA temp_store", "2"},      {"PRAGMA journal_size_limit", "16777216"},
                    {"PRAGMA query_only", "0"},      {"PRAGMA trusted_schema", "0"}};
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++) {
        sqlite3_stmt *statement = NULL;
        assert_int_equal(sqlite3_prepare_v2(scene->db->handle, settings[i].pragma, -1, &statement, NULL),
                         SQLITE_OK);
        assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
        assert_string_equal(sqlite3_column_text(statement, 0), settings[i].value);
        (void)sqlite3_finalize(statement);
    }
}

static void every_statement_fits_the_schema(void **state)
{
    struct scene *scene = *state;
    for (int id = 0; id < STATEMENT_COUNT; id++) {
        assert_non_null(statement_sql((enum statement_id)id));
        struct query query = query_start(scene->db, (enum statement_id)id);
        if (query.code != SQLITE_OK)
            fail_msg("%s: %s", statement_sql((enum statement_id)id), sqlite3_errmsg(scene->db->handle));
        query_end(&query);
    }
}

static void hot_path_and_status_use_their_indexes(void **state)
{
    struct scene *scene = *state;
    static const enum statement_id ids[] = {STATEMENT_PATIENT_FIND,
                                            STATEMENT_BOOKING_FIND,
                                            STATEMENT_BOOKING_OPEN_BESIDE,
                                            STATEMENT_FILE_UNFINISHED,
                                            STATEMENT_ORDER_EVENTS_NEW,
                                            STATEMENT_ORDER_LOAD,
                                            STATEMENT_OUTBOX_QUEUED,
                                            STATEMENT_OUTBOX_BY_NAME,
                                            STATEMENT_COMMAND_PENDING,
                                            STATEMENT_FILE_OUTCOME,
                                            STATEMENT_FAULT_INSERT,
                                            STATEMENT_EXTRA_INSERT,
                                            STATEMENT_DUE_ANY,
                                            STATEMENT_DUE_RELEASES,
                                            STATEMENT_DUE_WAITING,
                                            STATEMENT_WAITING_NEXT,
                                            STATEMENT_BOOKING_EARLIER,
                                            STATEMENT_REHOUSE_LIST,
                                            STATEMENT_PHOTO_REQUESTS_DUE,
                                            STATEMENT_PHOTO_REQUEST_NEXT,
                                            STATEMENT_PHOTO_REQUEST_COUNTS,
                                            STATEMENT_PHOTO_REQUEST_REASON,
                                            STATEMENT_PHOTO_REQUESTS_AGAIN,
                                            STATEMENT_PHOTO_REQUEST_BESIDE,
                                            STATEMENT_PHOTO_REQUEST_OF_NAME,
                                            STATEMENT_PHOTO_OF,
                                            STATEMENT_PATIENT_PHOTO_IS,
                                            STATEMENT_PATIENT_PHOTO_END,
                                            STATEMENT_PATIENT_PHOTO_INSERT,
                                            STATEMENT_WAITING_PHOTO_LAST,
                                            STATEMENT_ALERT_FIND,
                                            STATEMENT_ALERT_EVENTS_NEW,
                                            STATEMENT_ALERT_EVENT_SUPERSEDE,
                                            STATEMENT_ALERT_EVENTS_AGAIN};
    /* Those sort a few rows: the messages of one file, what waits for one booking or is due, the bookings of one person. */
    static const enum statement_id sort_few[] = {STATEMENT_FILE_OUTCOME,    STATEMENT_DUE_RELEASES,
                                                 STATEMENT_DUE_WAITING,     STATEMENT_WAITING_NEXT,
                                                 STATEMENT_BOOKING_EARLIER, STATEMENT_WAITING_PHOTO_LAST};
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        char sql[4096];
        (void)snprintf(sql, sizeof sql, "EXPLAIN QUERY PLAN %s", statement_sql(ids[i]));
        sqlite3_stmt *statement = NULL;
        assert_int_equal(sqlite3_prepare_v2(scene->db->handle, sql, -1, &statement, NULL), SQLITE_OK);
        while (sqlite3_step(statement) == SQLITE_ROW) {
            const char *step = (const char *)sqlite3_column_text(statement, 3);
            bool whole_table = strncmp(step, "SCAN", 4) == 0 && strstr(step, "INDEX") == NULL &&
                               strstr(step, "CONSTANT ROW") == NULL;
            bool sorts = strstr(step, "TEMP B-TREE FOR") != NULL && strstr(step, "ORDER BY") != NULL;
            for (size_t few = 0; few < sizeof sort_few / sizeof sort_few[0]; few++)
                sorts = sorts && ids[i] != sort_few[few];
            if (whole_table || sorts)
                fail_msg("%s: %s", statement_sql(ids[i]), step);
        }
        (void)sqlite3_finalize(statement);
    }
}

static void reopened_it_is_the_same(void **state)
{
    struct scene *scene = *state;
    char letters[7];
    (void)snprintf(letters, sizeof letters, "%s", database_control_letters(scene->db));
    assert_int_equal(strlen(letters), 6);
    assert_int_equal(strspn(letters, "0123456789ABCDEFGHIJKLMNOPQRSTUV"), 6);
    scene_facilities(scene);
    database_close(scene->db);
    assert_ok(open_as(scene, DATABASE_TEST, DATABASE_WRITE, &scene->db));
    assert_string_equal(message, "");
    assert_string_equal(database_control_letters(scene->db), letters);
    assert_value(scene, "SELECT count(*) FROM facility", "2");
    assert_value(scene, "SELECT count(*) FROM database_info", "1");
}

static void a_start_cut_off_after_the_schema_is_finished_by_the_next(void **state)
{
    struct scene *scene = *state;
    database_close(scene->db);
    scene->db = NULL;
    scene_execute(scene, "DROP TRIGGER database_info_stays; DELETE FROM database_info");
    assert_refused(scene, DATABASE_TEST, DATABASE_READ, DATABASE_OLDER, "start the service once");
    assert_ok(open_as(scene, DATABASE_TEST, DATABASE_WRITE, &scene->db));
    assert_int_equal(strlen(database_control_letters(scene->db)), 6);
}

static void the_other_world_is_refused(void **state)
{
    struct scene *scene = *state;
    assert_refused(scene, DATABASE_LIVE, DATABASE_WRITE, DATABASE_WRONG_WORLD,
                   "test database never becomes the live one");
    assert_refused(scene, DATABASE_LIVE, DATABASE_READ, DATABASE_WRONG_WORLD, "this is a test database");
    scene_refused(scene, "UPDATE database_info SET world = 'live'",
                  "a test database never becomes the live one");
    scene_refused(scene, "DELETE FROM database_info", "never deleted");

    (void)snprintf(scene->path, sizeof scene->path, "%s/live.db", scene->folder);
    struct database *live = NULL;
    assert_ok(open_as(scene, DATABASE_LIVE, DATABASE_WRITE, &live));
    database_close(live);
    assert_refused(scene, DATABASE_TEST, DATABASE_WRITE, DATABASE_WRONG_WORLD, "this is the live database");
}

static void a_newer_schema_is_refused_and_left(void **state)
{
    struct scene *scene = *state;
    scene_execute(scene, "PRAGMA user_version = 1000000");
    assert_refused(scene, DATABASE_TEST, DATABASE_WRITE, DATABASE_NEWER, "written by a newer CorBridge");
    assert_refused(scene, DATABASE_TEST, DATABASE_READ, DATABASE_NEWER, "written by a newer CorBridge");
    assert_value(scene, "PRAGMA user_version", "1000000");
}

static void an_older_schema_is_left_by_readers(void **state)
{
    struct scene *scene = *state;
    scene_execute(scene, "PRAGMA user_version = 0");
    assert_refused(scene, DATABASE_TEST, DATABASE_READ, DATABASE_OLDER, "start the service once");
    assert_refused(scene, DATABASE_TEST, DATABASE_COMMAND, DATABASE_OLDER, "start the service once");
    assert_value(scene, "PRAGMA user_version", "0");
}

static void what_is_not_ours_is_refused(void **state)
{
    struct scene *scene = *state;
    (void)snprintf(scene->path, sizeof scene->path, "%s/none.db", scene->folder);
    assert_refused(scene, DATABASE_TEST, DATABASE_READ, DATABASE_CANNOT_OPEN, "cannot be opened");
    assert_refused(scene, DATABASE_TEST, DATABASE_COMMAND, DATABASE_CANNOT_OPEN, "cannot be opened");

    (void)snprintf(scene->path, sizeof scene->path, "%s/nowhere/none.db", scene->folder);
    assert_refused(scene, DATABASE_TEST, DATABASE_WRITE, DATABASE_CANNOT_OPEN, "folder must exist");

    (void)snprintf(scene->path, sizeof scene->path, "%s/text.db", scene->folder);
    FILE *file = fopen(scene->path, "wb");
    assert_non_null(file);
    for (int i = 0; i < 100; i++)
        assert_true(fputs("this is no database at all\n", file) >= 0);
    assert_int_equal(fclose(file), 0);
    assert_refused(scene, DATABASE_TEST, DATABASE_WRITE, DATABASE_CORRUPT, "no SQLite database");

    (void)snprintf(scene->path, sizeof scene->path, "%s/foreign.db", scene->folder);
    sqlite3 *foreign = NULL;
    assert_int_equal(sqlite3_open(scene->path, &foreign), SQLITE_OK);
    assert_int_equal(sqlite3_exec(foreign, "CREATE TABLE theirs (x)", NULL, NULL, NULL), SQLITE_OK);
    assert_refused(scene, DATABASE_TEST, DATABASE_WRITE, DATABASE_CANNOT_OPEN, "database of another program");
    sqlite3_stmt *statement = NULL;
    assert_int_equal(sqlite3_prepare_v2(foreign, "SELECT count(*) FROM sqlite_schema", -1, &statement, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    assert_int_equal(sqlite3_column_int(statement, 0), 1);
    (void)sqlite3_finalize(statement);
    assert_int_equal(sqlite3_close(foreign), SQLITE_OK);
}

static void a_database_without_a_message_buffer(void **state)
{
    struct scene *scene = *state;
    struct database *db = NULL;
    assert_int_equal(database_open(scene->path, DATABASE_LIVE, DATABASE_WRITE, &db, NULL, 0),
                     DATABASE_WRONG_WORLD);
    database_close(NULL);
}

static void readers_only_read(void **state)
{
    struct scene *scene = *state;
    scene_facilities(scene);
    struct database *reader = NULL;
    assert_ok(open_as(scene, DATABASE_TEST, DATABASE_READ, &reader));
    struct ledger_feed_counts *feeds;
    size_t count;
    assert_ok(ledger_counts(reader, &scene->arena, &feeds, &count));
    assert_int_equal(count, 0);
    static const struct facility_row row = {"X", "X", "UTC"};
    assert_int_equal(apply_facilities(reader, &row, 1), DATABASE_READ_ONLY);
    assert_value(scene, "SELECT count(*) FROM facility", "2");
    database_close(reader);
}

static void readers_read_when_nobody_else_has_it_open(void **state)
{
    struct scene *scene = *state;
    database_close(scene->db);
    scene->db = NULL;
    assert_int_equal(sqlite3_close(scene->other), SQLITE_OK);
    scene->other = NULL;
    assert_ok(open_as(scene, DATABASE_TEST, DATABASE_READ, &scene->db));
    int64_t failed = -1;
    struct query query = query_start(scene->db, STATEMENT_ORDER_EVENTS_FAILED);
    assert_ok(query_step(&query));
    failed = query_int64(&query, 0);
    query_end(&query);
    assert_int_equal(failed, 0);
}

static void commands_insert_commands_and_nothing_else(void **state)
{
    struct scene *scene = *state;
    scene_facilities(scene);
    struct database *db = NULL;
    assert_ok(open_as(scene, DATABASE_TEST, DATABASE_COMMAND, &db));
    struct command_row row = {.what = "scan", .user = "JAIL\\nurse"};
    assert_ok(command_insert(db, &row, scene_time(0)));
    assert_ok(access_log_insert(db, "JAIL\\nurse", "show", 7, scene_time(0)));
    assert_value(scene, "SELECT what FROM command", "scan");
    assert_value(scene, "SELECT number FROM access_log", "7");

    assert_ok(database_begin(db));
    assert_int_equal(command_answer(db, row.id, true, "done", scene_time(1)), DATABASE_READ_ONLY);
    database_rollback(db);
    static const struct facility_row facility = {"X", "X", "UTC"};
    assert_int_equal(apply_facilities(db, &facility, 1), DATABASE_READ_ONLY);
    assert_false(database_in_transaction(db));
    static const char *const refused[] = {
        "DELETE FROM command",
        "UPDATE command SET answer = 'x', outcome = 'done', answered_at = created_at",
        "INSERT OR REPLACE INTO facility VALUES ('X', 'X', 'X')",
        "DELETE FROM facility",
        "INSERT INTO live_since VALUES ('feed', 'jms', 'x', 'y', NULL)",
        "DROP TABLE command",
        "CREATE TABLE x (y)",
        "CREATE TEMP TABLE x (y)",
        "PRAGMA user_version = 9",
        "PRAGMA journal_mode = DELETE",
        "ATTACH ':memory:' AS x",
        "VACUUM"};
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        if (sqlite3_exec(db->handle, refused[i], NULL, NULL, NULL) != SQLITE_AUTH)
            fail_msg("not refused: %s", refused[i]);
    int64_t version = 0;
    assert_ok(database_data_version(db, &version));
    const char *answer = NULL;
    assert_ok(database_quick_check(db, &answer));
    assert_string_equal(answer, "ok");
    database_close(db);
}

static void a_group_commits_or_leaves_nothing(void **state)
{
    struct scene *scene = *state;
    static const struct facility_row a = {"A", "A", "UTC"};
    static const struct facility_row b = {"B", "B", "UTC"};
    assert_false(database_in_transaction(scene->db));
    database_rollback(scene->db); /* nothing to roll back */
    assert_ok(database_begin(scene->db));
    assert_true(database_in_transaction(scene->db));
    assert_ok(apply_facilities(scene->db, &a, 1));
    assert_value(scene, "SELECT count(*) FROM facility", "0");
    database_rollback(scene->db);
    assert_false(database_in_transaction(scene->db));
    assert_value(scene, "SELECT count(*) FROM facility", "0");

    assert_ok(database_begin(scene->db));
    assert_ok(database_savepoint(scene->db));
    assert_ok(apply_facilities(scene->db, &a, 1));
    assert_ok(database_savepoint_release(scene->db));
    assert_ok(database_savepoint(scene->db));
    assert_ok(apply_facilities(scene->db, &b, 1));
    assert_ok(database_savepoint_rollback(scene->db));
    assert_true(database_in_transaction(scene->db));
    assert_ok(database_commit(scene->db));
    assert_value(scene, "SELECT group_concat(code) FROM facility", "A");
    /* Without a savepoint there is none to go back to. */
    assert_int_equal(database_savepoint_rollback(scene->db), DATABASE_OTHER);
    assert_int_not_equal(database_error_code(scene->db), 0);
    assert_non_null(strstr(database_error_text(scene->db), "no such savepoint"));
}

static void the_lock_of_another_program_is_busy(void **state)
{
    struct scene *scene = *state;
    assert_int_equal(sqlite3_busy_timeout(scene->db->handle, 1), SQLITE_OK);
    scene_execute(scene, "BEGIN IMMEDIATE");
    assert_int_equal(database_begin(scene->db), DATABASE_BUSY);
    assert_false(database_in_transaction(scene->db));
    scene_execute(scene, "ROLLBACK");
    assert_ok(database_begin(scene->db));
    database_rollback(scene->db);
}

static void data_version_tells_of_other_writers(void **state)
{
    struct scene *scene = *state;
    int64_t before = 0;
    int64_t after = 0;
    assert_ok(database_data_version(scene->db, &before));
    scene_facilities(scene); /* our own commit */
    assert_ok(database_data_version(scene->db, &after));
    assert_int_equal(before, after);
    scene_execute(scene, "INSERT INTO provider VALUES ('1', 'GREY', NULL, NULL, NULL)");
    assert_ok(database_data_version(scene->db, &after));
    assert_int_not_equal(before, after);
}

#ifndef _WIN32 /* there nobody can: SQLite's handle shares no deletion */
static void nothing_is_begun_in_a_file_that_was_moved_or_replaced(void **state)
{
    struct scene *scene = *state;
    char away[1100];
    int64_t version = 0;
    (void)snprintf(away, sizeof away, "%s.away", scene->path);
    assert_int_equal(rename(scene->path, away), 0);
    assert_int_equal(database_begin(scene->db), DATABASE_MOVED);
    assert_false(database_in_transaction(scene->db));
    assert_int_equal(database_error_code(scene->db), SQLITE_READONLY_DBMOVED);
    assert_non_null(strstr(database_error_text(scene->db), "replaced, renamed or deleted"));
    assert_int_equal(database_data_version(scene->db, &version), DATABASE_MOVED);
    FILE *another = fopen(scene->path, "wb");
    assert_non_null(another);
    assert_int_equal(fclose(another), 0);
    assert_int_equal(database_begin(scene->db), DATABASE_MOVED);
    assert_int_equal(rename(away, scene->path), 0); /* it is back */
    assert_ok(database_data_version(scene->db, &version));
    assert_ok(database_begin(scene->db));
    assert_ok(database_commit(scene->db));
}

static void what_can_only_be_read_is_not_opened_for_writing(void **state)
{
    struct scene *scene = *state;
    struct database *db = NULL;
    database_close(scene->db);
    scene->db = NULL;
    assert_int_equal(chmod(scene->path, 0444), 0);
    if (access(scene->path, W_OK) == 0)
        print_message("left out: no mode keeps this account from writing; test_other_program shows it\n");
    else
        assert_refused(scene, DATABASE_TEST, DATABASE_WRITE, DATABASE_READ_ONLY, "read-only attribute");
    assert_int_equal(chmod(scene->path, 0600), 0);
    assert_ok(open_as(scene, DATABASE_TEST, DATABASE_WRITE, &db));
    database_close(db);
}
#endif

static void checkpoint_moves_the_log_into_the_file(void **state)
{
    struct scene *scene = *state;
    scene_facilities(scene);
    struct database *care = NULL;
    assert_ok(open_as(scene, DATABASE_TEST, DATABASE_READ, &care));
    int pages = -1;
    int moved = -1;
    assert_ok(database_checkpoint(care, false, &pages, &moved));
    assert_true(pages > 0);
    assert_int_equal(moved, pages);
    scene_execute(scene, "INSERT INTO provider VALUES ('1', 'GREY', NULL, NULL, NULL)");
    assert_ok(database_checkpoint(care, true, &pages, &moved));
    assert_true(pages > 0);
    assert_int_equal(moved, pages);
    assert_ok(database_checkpoint(care, false, &pages, &moved));
    assert_int_equal(pages, 0);
    database_close(care);
}

static void truncating_gives_way_to_a_reader_at_once(void **state)
{
    struct scene *scene = *state;
    scene_execute(scene, "BEGIN; SELECT count(*) FROM facility");
    scene_facilities(scene);
    struct database *care = NULL;
    assert_ok(open_as(scene, DATABASE_TEST, DATABASE_READ, &care));
    int pages = -1;
    int moved = -1;
    assert_int_equal(database_checkpoint(care, true, &pages, &moved), DATABASE_BUSY);
    assert_true(moved < pages);
    scene_execute(scene, "COMMIT");
    assert_ok(database_checkpoint(care, true, &pages, &moved));
    database_close(care);
}

static void quick_check_names_what_is_damaged(void **state)
{
    struct scene *scene = *state;
    const char *answer = NULL;
    assert_ok(database_quick_check(scene->db, &answer));
    assert_string_equal(answer, "ok");
    scene_execute(
        scene,
        "PRAGMA ignore_check_constraints = ON; INSERT INTO provider VALUES ('1', '', NULL, NULL, NULL)");
    assert_ok(database_quick_check(scene->db, &answer));
    assert_non_null(strstr(answer, "CHECK constraint failed in provider"));
}

static void codes_mean_what_callers_decide_by(void **state)
{
    (void)state;
    static const struct {
        int code;
        enum database_kind kind;
    } cases[] = {{SQLITE_OK, DATABASE_OK},
                 {SQLITE_ROW, DATABASE_OK},
                 {SQLITE_DONE, DATABASE_NONE},
                 {SQLITE_BUSY, DATABASE_BUSY},
                 {SQLITE_BUSY_SNAPSHOT, DATABASE_BUSY},
                 {SQLITE_FULL, DATABASE_FULL},
                 {SQLITE_READONLY, DATABASE_READ_ONLY},
                 {SQLITE_READONLY_DBMOVED, DATABASE_MOVED},
                 {SQLITE_AUTH, DATABASE_READ_ONLY},
                 {SQLITE_IOERR_WRITE, DATABASE_IO},
                 {SQLITE_IOERR_NOMEM, DATABASE_NO_MEMORY},
                 {SQLITE_CORRUPT, DATABASE_CORRUPT},
                 {SQLITE_NOTADB, DATABASE_CORRUPT},
                 {SQLITE_CONSTRAINT_CHECK, DATABASE_CONSTRAINT},
                 {SQLITE_CONSTRAINT_TRIGGER, DATABASE_CONSTRAINT},
                 {SQLITE_NOMEM, DATABASE_NO_MEMORY},
                 {SQLITE_CANTOPEN, DATABASE_CANNOT_OPEN},
                 {SQLITE_PERM, DATABASE_CANNOT_OPEN},
                 {SQLITE_MISUSE, DATABASE_OTHER}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(database_kind_of(cases[i].code), cases[i].kind);
}

#define IN_SCENE(test)  cmocka_unit_test_setup_teardown(test, scene_setup, scene_teardown)
#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, scene_setup_folder, scene_teardown)

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        IN_SCENE(new_file_has_the_settings_that_stay_with_it),
        IN_SCENE(our_connection_has_its_own_settings),
        IN_SCENE(every_statement_fits_the_schema),
        IN_SCENE(hot_path_and_status_use_their_indexes),
        IN_SCENE(reopened_it_is_the_same),
        IN_SCENE(a_start_cut_off_after_the_schema_is_finished_by_the_next),
        IN_SCENE(the_other_world_is_refused),
        IN_SCENE(a_newer_schema_is_refused_and_left),
        IN_SCENE(an_older_schema_is_left_by_readers),
        IN_FOLDER(what_is_not_ours_is_refused),
        IN_SCENE(a_database_without_a_message_buffer),
        IN_SCENE(readers_only_read),
        IN_SCENE(readers_read_when_nobody_else_has_it_open),
        IN_SCENE(commands_insert_commands_and_nothing_else),
        IN_SCENE(a_group_commits_or_leaves_nothing),
        IN_SCENE(the_lock_of_another_program_is_busy),
        IN_SCENE(data_version_tells_of_other_writers),
#ifndef _WIN32
        IN_SCENE(nothing_is_begun_in_a_file_that_was_moved_or_replaced),
        IN_SCENE(what_can_only_be_read_is_not_opened_for_writing),
#endif
        IN_SCENE(checkpoint_moves_the_log_into_the_file),
        IN_SCENE(truncating_gives_way_to_a_reader_at_once),
        IN_SCENE(quick_check_names_what_is_damaged),
        cmocka_unit_test(codes_mean_what_callers_decide_by),
    };
    return cmocka_run_group_tests_name("database", tests, NULL, NULL);
}
