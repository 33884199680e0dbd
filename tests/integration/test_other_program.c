/*
 * Another program in the database: it inserts orders, reads for long, holds the lock for long, fills the disk, takes the file away. Files
 * and orders wait meanwhile, nothing is lost or done twice, and a person is told once when it begins and once when it ends.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>
#ifndef _WIN32
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#endif
#ifdef __linux__
#include <sched.h>
#include <sys/mount.h>
#endif

#include "platform/file.h"
#include "platform/folder.h"
#include "platform/path.h"
#include "tests/integration/failing_database.h"
#include "tests/integration/wait.h"
#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

#define DATABASE "data/database/corbridge-test.db"

static void drop_dem(struct scene *scene, int number, const char *housing)
{
    char name[32], booking[16];
    (void)snprintf(name, sizeof name, "DEM%d.ini", number);
    (void)snprintf(booking, sizeof booking, "B%d", number);
    char *dem = scene_dem(booking, booking, housing, NULL);
    drop_quickly(scene, name, dem);
    free(dem);
}

static void drop_dems(struct scene *scene, int first, int last)
{
    for (int i = first; i <= last; i++)
        drop_dem(scene, i, NULL);
}

/* Every file once: done, applied, put away; no trouble besides the one that the test made. */
static void assert_all_done(struct scene *scene, int files)
{
    char expected[64];
    (void)snprintf(expected, sizeof expected, "%d|%d|0|%d", files, files, files);
    scene_assert_rows(scene, "SELECT count(*), sum(state = 'done'), sum(in_place), count(stored) FROM file",
                      expected);
    (void)snprintf(expected, sizeof expected, "%d|%d", files, files);
    scene_assert_rows(scene, "SELECT count(*), sum(state = 'applied') FROM message", expected);
    assert_int_equal(scene_count_files(scene->share), 0);
    assert_int_equal(scene_count_files(scene_path(scene, "data/test/archive")), files);
}

/* A plain connection, as another program has it. */
static sqlite3 *connect_to(const char *path)
{
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_busy_timeout(db, 5000), SQLITE_OK);
    return db;
}

static void run(sqlite3 *db, const char *sql)
{
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
}

/* A world with one booking and what an order needs; the engine runs. */
static void begin_world(struct scene *scene)
{
    scene_init(scene, NULL);
    scene_start(scene);
    drop_dem(scene, 0, NULL);
    scene_settle(scene);
    scene_execute(scene, "INSERT INTO provider (provider_id, last_name, first_name, npi)"
                         " VALUES ('U17', 'Hale', 'Nathaniel', '1234567893');"
                         "INSERT INTO drug (ndc, name, strength)"
                         " VALUES ('00904582460', 'Ibuprofen 200 MG Tablet', '200 mg')");
}

/* ---- it inserts orders ---- */

#ifndef _WIN32
enum {
    ORDERS = 200,
    FILES_MEANWHILE = 1000
};

/* In a process of its own: an order a transaction, as docs/database.md asks. Ends with the number of the first step that failed. */
static _Noreturn void insert_orders(const char *path, int begin)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *insert = NULL;
    char go;
    if (read(begin, &go, 1) != 1)
        _exit(1);
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK ||
        sqlite3_busy_timeout(db, 5000) != SQLITE_OK ||
        sqlite3_prepare_v2(
            db,
            "INSERT INTO medication_order (placer_number, order_control, patient, booking, ndc, ordered_at,"
            " dose_amount, dose_units, route, frequency, provider) VALUES ('O' || ?, 'NW', 1, 1,"
            " '00904582460', '2026-11-23T18:05:09Z', '2', 'TAB', 'PO', 'BID', 'U17')",
            -1, &insert, NULL) != SQLITE_OK)
        _exit(2);
    for (int i = 1; i <= ORDERS; i++) {
        if (sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK)
            _exit(3); /* "database is locked", after five seconds */
        (void)sqlite3_bind_int(insert, 1, i);
        int code = sqlite3_step(insert);
        (void)sqlite3_reset(insert);
        if (code != SQLITE_DONE)
            _exit(4);
        if (sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) != SQLITE_OK)
            _exit(5);
    }
    (void)sqlite3_finalize(insert);
    (void)sqlite3_close(db);
    _exit(0);
}

static void orders_of_another_process_during_a_load_are_each_sent_once(void **state)
{
    (void)state;
    struct scene scene;
    int pipe_ends[2], status = 0;
    begin_world(&scene);
    scene_stop(&scene); /* the other process begins while this one has one thread and no database open */
    assert_int_equal(pipe(pipe_ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        insert_orders(scene_path(&scene, DATABASE), pipe_ends[0]);
    drop_dems(&scene, 1, FILES_MEANWHILE / 2);
    scene_start(&scene);
    assert_int_equal(write(pipe_ends[1], "!", 1), 1);
    drop_dems(&scene, FILES_MEANWHILE / 2 + 1, FILES_MEANWHILE);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    (void)close(pipe_ends[0]);
    (void)close(pipe_ends[1]);
    scene_settle(&scene);
    wait_rows(&scene, "SELECT count(*) FROM outbox WHERE state = 'sent'", "200");
    assert_all_done(&scene, FILES_MEANWHILE + 1);
    scene_assert_rows(&scene,
                      "SELECT count(*), count(DISTINCT order_event), count(DISTINCT file_name) FROM outbox",
                      "200|200|200");
    scene_assert_rows(&scene, "SELECT count(*) FROM order_event WHERE state <> 'rendered'", "0");
    assert_int_equal(scene_count_files(scene.pharmacy), ORDERS);
    assert_int_equal(scene_event_count(EVENT_DATABASE_UNAVAILABLE), 0);
    scene_release(&scene);
}
#endif

/* ---- it reads for long ---- */

static bool log_is_small(void *context)
{
    struct file *file = NULL;
    struct file_marks marks;
    bool small = file_open_read(scene_path(context, DATABASE "-wal"), &file).kind == PLATFORM_OK &&
                 file_stat(file, &marks).kind == PLATFORM_OK && marks.size <= 16u * 1024 * 1024;
    (void)file_close(file);
    return small;
}

static void a_reader_that_stays_for_long_stops_nobody_and_the_log_shrinks_afterwards(void **state)
{
    (void)state;
    struct scene scene;
    begin_world(&scene);
    sqlite3 *reader = connect_to(scene_path(&scene, DATABASE));
    run(reader, "BEGIN; SELECT count(*) FROM patient");
    /* So much is written by a third program that the log passes 256 MB; it has no patience for the disk. */
    sqlite3 *writer = connect_to(scene_path(&scene, DATABASE));
    run(writer, "PRAGMA synchronous = OFF; CREATE TABLE theirs (bytes BLOB)");
    for (int i = 0; i < 27; i++)
        run(writer, "INSERT INTO theirs VALUES (zeroblob(10000000))");
    drop_dems(&scene, 1, 5);
    wait_event(EVENT_WAL_LARGE, 1);
    drop_dems(&scene, 6, 10); /* and nobody is stopped */
    wait_rows(&scene, "SELECT count(*) FROM booking", "11");
    scene_settle(&scene);
    assert_false(log_is_small(&scene));
    assert_int_equal(scene_event_count(EVENT_WAL_LARGE), 1);
    run(reader, "COMMIT");
    assert_int_equal(sqlite3_close(reader), SQLITE_OK);
    drop_dem(&scene, 11, NULL);
    wait_until("a log that has shrunk", log_is_small, &scene);
    run(writer, "DROP TABLE theirs");
    assert_int_equal(sqlite3_close(writer), SQLITE_OK);
    scene_settle(&scene);
    assert_all_done(&scene, 12);
    assert_int_equal(scene_event_count(EVENT_WAL_LARGE), 1);
    assert_int_equal(scene_event_count(EVENT_DATABASE_UNAVAILABLE), 0);
    scene_release(&scene);
}

/* ---- it holds the write lock for long ---- */

static void while_the_lock_is_held_the_senders_may_write_and_replace_their_files(void **state)
{
    (void)state;
    struct scene scene;
    begin_world(&scene);
    sqlite3 *other = connect_to(scene_path(&scene, DATABASE));
    run(other, "BEGIN IMMEDIATE");
    drop_dem(&scene, 1, "FORMER");
    drop_dem(&scene, 2, "FORMER");
    drop_dem(&scene, 3, "FORMER");
    wait_event(EVENT_DATABASE_UNAVAILABLE, 1);
    /* In place, by a writer that would not wait for us a moment; and under the same name. On Windows either would be refused while we
     * hold the file. */
    char *second = scene_dem("B1", "B1", "LATTER", NULL);
#ifndef _WIN32
    int writer = open(share_path(&scene, "DEM1.ini"), O_WRONLY | O_NONBLOCK);
    assert_true(writer >= 0);
    assert_int_equal(close(writer), 0);
#endif
    write_in_place(&scene, "DEM1.ini", "wb", second);
    free(second);
    assert_int_equal(file_remove(share_path(&scene, "DEM2.ini")).kind, PLATFORM_OK);
    drop_dem(&scene, 2, "LATTER");
    assert_int_equal(scene_event_count(EVENT_DATABASE_BACK), 0);
    run(other, "ROLLBACK");
    assert_int_equal(sqlite3_close(other), SQLITE_OK);
    wait_event(EVENT_DATABASE_BACK, 1);
    scene_settle(&scene);
    scene_assert_rows(&scene, "SELECT booking_number, housing FROM booking WHERE id > 1 ORDER BY 1",
                      "B1|LATTER\nB2|LATTER\nB3|FORMER");
    scene_assert_rows(&scene, "SELECT count(*), sum(in_place) FROM file WHERE state = 'done'", "4|0");
    scene_assert_rows(&scene, "SELECT count(*) FROM message WHERE state = 'applied'", "4");
    scene_assert_rows(&scene, "SELECT count(*) FROM file WHERE state NOT IN ('done', 'vanished')", "0");
    assert_int_equal(scene_count_files(scene.share), 0);
    assert_int_equal(scene_event_count(EVENT_DATABASE_UNAVAILABLE), 1);
    assert_int_equal(scene_event_count(EVENT_DATABASE_BACK), 1);
    scene_release(&scene);
}

/* ---- the disk refuses ---- */

static void insert_order(struct scene *scene, const char *placer)
{
    char sql[512];
    (void)snprintf(
        sql, sizeof sql,
        "INSERT INTO medication_order (placer_number, order_control, patient, booking, ndc, ordered_at,"
        " dose_amount, dose_units, route, frequency, provider) VALUES ('%s', 'NW', 1, 1, '00904582460',"
        " '2026-11-23T18:05:09Z', '2', 'TAB', 'PO', 'BID', 'U17')",
        placer);
    scene_execute(scene, sql);
}

static void a_disk_that_refuses_delays_files_and_orders_and_loses_nothing(void **state)
{
    (void)state;
    static const struct {
        int code;
        const char *text;
    } REFUSALS[] = {{SQLITE_FULL, "13 (database or disk is full)"}, /* no room */
                    {SQLITE_IOERR_WRITE, "778 (disk I/O error)"}};  /* write-protected, or failing */
    for (size_t i = 0; i < sizeof REFUSALS / sizeof REFUSALS[0]; i++) {
        struct scene scene;
        failing_database_set_up();
        begin_world(&scene);
        insert_order(&scene, "O1");
        wait_rows(&scene, "SELECT state FROM outbox", "sent");
        insert_order(&scene, "O2"); /* may be caught by the refusal or go before it */
        failing_database_write(REFUSALS[i].code);
        drop_dems(&scene, 1, 20);
        wait_event(EVENT_DATABASE_UNAVAILABLE, 1);
        assert_non_null(strstr(scene_event_text(EVENT_DATABASE_UNAVAILABLE), REFUSALS[i].text));
        drop_dem(&scene, 21, NULL);
        assert_true(failing_database_count() > 0);
        assert_int_equal(scene_count_files(scene.share), 21);
        assert_int_equal(scene_event_count(EVENT_DATABASE_BACK), 0);
        failing_database_write(SQLITE_OK);
        wait_event(EVENT_DATABASE_BACK, 1);
        scene_settle(&scene);
        wait_rows(&scene, "SELECT count(*), sum(state = 'sent') FROM outbox", "2|2");
        assert_all_done(&scene, 22);
        assert_int_equal(scene_count_files(scene.pharmacy), 2);
        assert_int_equal(scene_event_count(EVENT_DATABASE_UNAVAILABLE), 1);
        assert_int_equal(scene_event_count(EVENT_DATABASE_BACK), 1);
        assert_int_equal(scene_event_count(EVENT_VANISHED) + scene_event_count(EVENT_FILE_REPLACED), 0);
        scene_assert_rows(&scene, "PRAGMA integrity_check", "ok");
        scene_release(&scene);
        failing_database_tear_down();
    }
}

#ifdef __linux__
/* A small disk of its own for the databases, which goes with this process. False when this account may not have one. */
static bool mount_small_disk(const char *folder)
{
    return unshare(CLONE_NEWNS) == 0 && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
           mount("tmpfs", folder, "tmpfs", 0, "size=12m") == 0;
}

static void fill_disk(const char *path)
{
    static const char BYTES[4096];
    int file = open(path, O_WRONLY | O_CREAT, 0600);
    assert_true(file >= 0);
    while (write(file, BYTES, sizeof BYTES) > 0) {
    }
    assert_int_equal(errno, ENOSPC);
    assert_int_equal(close(file), 0);
}

/* As above on a disk that is really full: what SQLite makes of it is the same. */
static void a_full_disk_delays_and_loses_nothing(void **state)
{
    (void)state;
    enum {
        FILES = 600
    };
    struct scene scene;
    scene_init(&scene, NULL);
    assert_int_equal(folder_make(scene_path(&scene, "data/database")).kind, PLATFORM_OK);
    if (!mount_small_disk(scene_path(&scene, "data/database"))) {
        print_message("left out: a disk of a few megabytes can only be had by root\n");
        scene_release(&scene);
        return;
    }
    scene_start(&scene);
    drop_dem(&scene, 0, NULL);
    scene_settle(&scene);
    fill_disk(scene_path(&scene, "data/database/filler"));
    drop_dems(&scene, 1, FILES); /* more than fits into the log that is there */
    wait_event(EVENT_DATABASE_UNAVAILABLE, 1);
    assert_true(scene_count_files(scene.share) > 0);
    assert_int_equal(file_remove(scene_path(&scene, "data/database/filler")).kind, PLATFORM_OK);
    wait_event(EVENT_DATABASE_BACK, 1);
    scene_settle(&scene);
    assert_all_done(&scene, FILES + 1);
    scene_assert_rows(&scene, "PRAGMA integrity_check", "ok");
    assert_int_equal(scene_event_count(EVENT_VANISHED) + scene_event_count(EVENT_FILE_REPLACED), 0);
    scene_stop(&scene);
    assert_int_equal(umount(scene_path(&scene, "data/database")), 0);
    scene_release(&scene);
}
#endif

static void a_stop_while_the_disk_is_full_loses_nothing(void **state)
{
    (void)state;
    struct scene scene;
    failing_database_set_up();
    begin_world(&scene);
    failing_database_write(SQLITE_FULL);
    drop_dems(&scene, 1, 5);
    wait_event(EVENT_DATABASE_UNAVAILABLE, 1);
    scene_stop(&scene);
    assert_int_equal(scene_count_files(scene.share), 5);
    failing_database_write(SQLITE_OK);
    scene_start(&scene);
    scene_settle(&scene);
    assert_all_done(&scene, 6);
    scene_release(&scene);
    failing_database_tear_down();
}

/* A handle that is open for writing goes on writing, whatever is done to the file's attributes and rights: it is the next start that
 * finds out. */
static void a_database_made_read_only_is_refused_at_the_start_and_files_wait(void **state)
{
    (void)state;
    struct scene scene;
    failing_database_set_up();
    begin_world(&scene);
#ifndef _WIN32
    assert_int_equal(chmod(scene_path(&scene, DATABASE), 0444), 0);
#endif
    failing_database_read_only(1);
    drop_dem(&scene, 1, NULL);
    scene_settle(&scene);
    scene_stop(&scene);
    drop_dem(&scene, 2, NULL);
    char message[400] = "";
    struct engine_options options = {.config = scene.config};
    assert_int_equal(engine_start(&options, &scene.engine, message, sizeof message), ENGINE_DATABASE);
    assert_null(scene.engine);
    assert_non_null(strstr(message, "clear the read-only attribute"));
    assert_int_equal(scene_event_count(EVENT_START_FAILED), 1);
    assert_non_null(strstr(scene_event_text(EVENT_START_FAILED), "clear the read-only attribute"));
    assert_int_equal(scene_count_files(scene.share), 1);
#ifndef _WIN32
    assert_int_equal(chmod(scene_path(&scene, DATABASE), 0600), 0);
#endif
    failing_database_read_only(0);
    scene_start(&scene);
    scene_settle(&scene);
    assert_all_done(&scene, 3);
    scene_release(&scene);
    failing_database_tear_down();
}

/* ---- it takes the file away ---- */

#ifndef _WIN32 /* there SQLite's handle shares no deletion: the file can be neither renamed nor deleted while it is open */
static const char *const ENDINGS[] = {"", "-wal", "-shm"};

static void move_database(struct scene *scene, const char *from, const char *to)
{
    for (size_t i = 0; i < sizeof ENDINGS / sizeof ENDINGS[0]; i++) {
        char source[256], target[256];
        (void)snprintf(source, sizeof source, "%s%s", from, ENDINGS[i]);
        (void)snprintf(target, sizeof target, "%s%s", to, ENDINGS[i]);
        rename_path(scene_path(scene, source), scene_path(scene, target));
    }
}

static void files_wait_while_another_database_has_the_name_and_go_on_with_the_former(void **state)
{
    (void)state;
    struct scene scene;
    begin_world(&scene);
    move_database(&scene, DATABASE, "away.db");
    sqlite3 *another = NULL; /* as somebody brings back a backup under the running service */
    assert_int_equal(sqlite3_open(scene_path(&scene, DATABASE), &another), SQLITE_OK);
    run(another, "CREATE TABLE theirs (id INTEGER)");
    drop_dems(&scene, 1, 10);
    wait_event(EVENT_DATABASE_REPLACED, 1);
    drop_dem(&scene, 11, NULL);
    assert_int_equal(scene_count_files(scene.share), 11);
    assert_int_equal(scene_event_count(EVENT_DATABASE_UNAVAILABLE), 0);
    run(another, "SELECT id FROM theirs"); /* untouched */
    assert_int_equal(sqlite3_close(another), SQLITE_OK);
    assert_int_equal(file_remove(scene_path(&scene, DATABASE)).kind, PLATFORM_OK);
    move_database(&scene, "away.db", DATABASE);
    wait_event(EVENT_DATABASE_BACK, 1);
    scene_settle(&scene);
    assert_all_done(&scene, 12);
    assert_int_equal(scene_event_count(EVENT_DATABASE_REPLACED), 1);
    assert_int_equal(scene_event_count(EVENT_VANISHED) + scene_event_count(EVENT_FILE_REPLACED), 0);
    scene_release(&scene);
}

static void a_database_that_was_deleted_is_told_also_when_nothing_comes(void **state)
{
    (void)state;
    struct scene scene;
    begin_world(&scene);
    scene_settle(&scene);
    for (size_t i = 0; i < sizeof ENDINGS / sizeof ENDINGS[0]; i++) {
        char name[256];
        (void)snprintf(name, sizeof name, "%s%s", DATABASE, ENDINGS[i]);
        assert_int_equal(file_remove(scene_path(&scene, name)).kind, PLATFORM_OK);
    }
    wait_event(EVENT_DATABASE_REPLACED, 1);
    drop_dem(&scene, 1, NULL);
    char message[400] = "";
    (void)engine_stop(scene.engine, SCENE_WAIT_MS, message, sizeof message);
    scene.engine = NULL;
    bool there = true;
    assert_int_equal(file_exists(scene_path(&scene, DATABASE), &there).kind, PLATFORM_OK);
    assert_false(there); /* nobody made an empty one in its place */
    assert_int_equal(scene_count_files(scene.share), 1);
    scene_release(&scene);
}
#endif

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
#ifndef _WIN32
        cmocka_unit_test(orders_of_another_process_during_a_load_are_each_sent_once),
#endif
        cmocka_unit_test(a_reader_that_stays_for_long_stops_nobody_and_the_log_shrinks_afterwards),
        cmocka_unit_test(while_the_lock_is_held_the_senders_may_write_and_replace_their_files),
        cmocka_unit_test(a_disk_that_refuses_delays_files_and_orders_and_loses_nothing),
#ifdef __linux__
        cmocka_unit_test(a_full_disk_delays_and_loses_nothing),
#endif
        cmocka_unit_test(a_stop_while_the_disk_is_full_loses_nothing),
        cmocka_unit_test(a_database_made_read_only_is_refused_at_the_start_and_files_wait),
#ifndef _WIN32
        cmocka_unit_test(files_wait_while_another_database_has_the_name_and_go_on_with_the_former),
        cmocka_unit_test(a_database_that_was_deleted_is_told_also_when_nothing_comes),
#endif
    };
#ifdef _WIN32
    print_message(
        "left out under Windows: orders of another process (it is made by fork); a database that is renamed or "
        "deleted while it is open (SQLite's handle shares no deletion there); a disk that is really full (it is "
        "mounted for the test)\n");
#endif
    return cmocka_run_group_tests(tests, NULL, NULL);
}
