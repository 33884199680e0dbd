/*
 * What an earlier process left: rows that are claimed, and rows that are applied while their files still lie in the share. Each test
 * writes such a row itself, as that process would have, and starts the engine on it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "database/database.h"
#include "database/ledger.h"
#include "platform/clock.h"
#include "platform/file.h"
#include "platform/folder.h"
#include "platform/path.h"
#include "platform/sha256.h"
#include "tests/integration/failing.h"
#include "tests/integration/wait.h"
#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

/* ---- an earlier process ---- */

/* A world in which the engine has run once and died: database and folders are there. */
static void begin_world(struct scene *scene)
{
    scene_init(scene, NULL);
    scene_start(scene);
    scene_stop(scene);
    scene_execute(scene, "UPDATE database_info SET in_use = 1"); /* as a process that was killed leaves it */
}

static void drop_dem(struct scene *scene, const char *name, const char *booking, const char *housing)
{
    char *dem = scene_dem(booking, booking, housing, NULL);
    drop_quickly(scene, name, dem);
    free(dem);
}

static struct database *open_ledger(struct scene *scene)
{
    struct database *db = NULL;
    char message[200];
    if (database_open(scene_path(scene, "data/database/corbridge-test.db"), DATABASE_TEST, DATABASE_WRITE,
                      &db, message, sizeof message) != DATABASE_OK)
        fail_msg("%s", message);
    assert_int_equal(database_begin(db), DATABASE_OK);
    return db;
}

static void close_ledger(struct database *db)
{
    assert_int_equal(database_commit(db), DATABASE_OK);
    database_close(db);
}

/* Claims the file that lies in the share, as a look would have. */
static int64_t claim(struct database *db, struct scene *scene, const char *name)
{
    struct file *file = NULL;
    char *bytes = NULL;
    size_t size = 0;
    struct ledger_file row = {.feed = "jms", .name = name, .format = "jms-event", .arrived = clock_utc_us()};
    assert_int_equal(file_open_read(share_path(scene, name), &file).kind, PLATFORM_OK);
    assert_int_equal(file_stat(file, &row.marks).kind, PLATFORM_OK);
    assert_int_equal(file_read_all(file, 10000, &bytes, &size).kind, PLATFORM_OK);
    sha256(bytes, size, row.sha256);
    free(bytes);
    assert_int_equal(file_close(file).kind, PLATFORM_OK);
    assert_int_equal(ledger_claim(db, &row), DATABASE_OK);
    return row.id;
}

static void remove_from_share(struct scene *scene, const char *name)
{
    assert_int_equal(file_remove(share_path(scene, name)).kind, PLATFORM_OK);
}

/* ---- rows that are claimed ---- */

static void a_claimed_file_is_put_through_once_under_its_number_and_before_new_ones(void **state)
{
    (void)state;
    struct scene scene;
    begin_world(&scene);
    drop_dem(&scene, "DEM3.ini", "B3", NULL);
    drop_dem(&scene, "DEM1.ini", "B1", NULL);
    drop_dem(&scene, "DEM2.ini", "B2", NULL);
    struct database *db = open_ledger(&scene);
    (void)claim(db, &scene, "DEM1.ini");
    (void)claim(db, &scene, "DEM2.ini");
    close_ledger(db);
    scene_assert_rows(&scene, "SELECT id, name, state, attempt FROM file",
                      "1|DEM1.ini|claimed|0\n2|DEM2.ini|claimed|0");
    scene_start(&scene);
    scene_settle(&scene);
    scene_assert_rows(&scene, "SELECT id, name, state, in_place, attempt FROM file ORDER BY id",
                      "1|DEM1.ini|done|0|1\n2|DEM2.ini|done|0|1\n3|DEM3.ini|done|0|0");
    scene_assert_rows(&scene, "SELECT file, state FROM message ORDER BY id",
                      "1|applied\n2|applied\n3|applied");
    assert_int_equal(scene_event_count(EVENT_UNCLEAN_STOP_FOUND), 1);
    assert_int_equal(scene_count_files(scene.share), 0);
    scene_release(&scene);
}

/* A stop whose deadline passed gives back what was claimed: nothing of that is suspect, however often it happens. */
static void what_an_orderly_stop_left_claimed_is_no_suspect(void **state)
{
    (void)state;
    struct scene scene;
    begin_world(&scene);
    scene_execute(&scene, "UPDATE database_info SET in_use = 0");
    drop_dem(&scene, "DEM1.ini", "B1", NULL);
    struct database *db = open_ledger(&scene);
    (void)claim(db, &scene, "DEM1.ini");
    close_ledger(db);
    scene_start(&scene);
    scene_assert_rows(&scene, "SELECT in_use FROM database_info", "1");
    scene_settle(&scene);
    scene_assert_rows(&scene, "SELECT id, state, in_place, attempt FROM file", "1|done|0|0");
    assert_int_equal(scene_event_count(EVENT_UNCLEAN_STOP_FOUND), 0);
    scene_stop(&scene);
    scene_assert_rows(&scene, "SELECT in_use FROM database_info", "0");
    scene_release(&scene);
}

static void a_claimed_file_that_is_gone_is_called_vanished(void **state)
{
    (void)state;
    struct scene scene;
    begin_world(&scene);
    drop_dem(&scene, "DEM1.ini", "B1", NULL);
    struct database *db = open_ledger(&scene);
    (void)claim(db, &scene, "DEM1.ini");
    close_ledger(db);
    remove_from_share(&scene, "DEM1.ini");
    scene_start(&scene);
    wait_event(EVENT_VANISHED, 1);
    scene_settle(&scene);
    scene_assert_rows(&scene, "SELECT state, in_place, stored FROM file", "vanished|0|-");
    scene_assert_rows(&scene, "SELECT count(*) FROM message", "0");
    scene_release(&scene);
}

static void a_claimed_file_that_is_another_now_ends_the_row_and_is_a_new_one(void **state)
{
    (void)state;
    for (int same_size = 0; same_size <= 1; same_size++) {
        struct scene scene;
        begin_world(&scene);
        drop_dem(&scene, "DEM1.ini", "B1", "A");
        struct database *db = open_ledger(&scene);
        (void)claim(db, &scene, "DEM1.ini");
        close_ledger(db);
        remove_from_share(&scene, "DEM1.ini");
        drop_dem(&scene, "DEM1.ini", "B1", same_size ? "B" : "LONGER");
        scene_start(&scene);
        wait_event(EVENT_VANISHED, 1);
        scene_settle(&scene);
        scene_assert_rows(&scene, "SELECT id, state, in_place FROM file ORDER BY id",
                          "1|vanished|0\n2|done|0");
        scene_assert_rows(&scene, "SELECT housing FROM booking", same_size ? "B" : "LONGER");
        scene_release(&scene);
    }
}

static void the_third_death_over_a_lone_suspect_quarantines_it(void **state)
{
    (void)state;
    struct scene scene;
    begin_world(&scene);
    for (int i = 1; i <= 3; i++) {
        char name[32], booking[16];
        (void)snprintf(name, sizeof name, "DEM%d.ini", i);
        (void)snprintf(booking, sizeof booking, "B%d", i);
        drop_dem(&scene, name, booking, NULL);
    }
    struct database *db = open_ledger(&scene);
    int attempt = 0;
    int64_t id = claim(db, &scene, "DEM1.ini");
    for (int i = 0; i < 3; i++)
        assert_int_equal(ledger_count_attempt(db, id, &attempt), DATABASE_OK);
    id = claim(db, &scene, "DEM2.ini"); /* twice so far: it gets its third chance */
    for (int i = 0; i < 2; i++)
        assert_int_equal(ledger_count_attempt(db, id, &attempt), DATABASE_OK);
    close_ledger(db);
    scene_start(&scene);
    scene_settle(&scene);
    scene_assert_rows(&scene, "SELECT name, state, reason, attempt FROM file ORDER BY id",
                      "DEM1.ini|quarantined|suspect|3\nDEM2.ini|done|-|3\nDEM3.ini|done|-|0");
    assert_int_equal(scene_event_count(EVENT_QUARANTINED_SUSPECT), 1);
    char *reason = scene_read(scene_find_file(scene_path(&scene, "data"), "DEM1.ini.reason.txt"));
    assert_non_null(strstr(reason, "Reason:        suspect"));
    free(reason);
    scene_release(&scene);
}

static void two_rows_of_one_name_are_each_brought_to_their_end(void **state)
{
    (void)state;
    /* The first was applied and moved, but that was not written down; then the next of the same name was claimed. */
    for (int same_size = 0; same_size <= 1; same_size++) {
        struct scene scene;
        begin_world(&scene);
        drop_dem(&scene, "DEM1.ini", "B1", "A");
        struct database *db = open_ledger(&scene);
        int64_t first = claim(db, &scene, "DEM1.ini");
        assert_int_equal(ledger_end_file(db, first, LEDGER_DONE, NULL, clock_utc_us()), DATABASE_OK);
        remove_from_share(&scene, "DEM1.ini");
        drop_dem(&scene, "DEM1.ini", "B1", same_size ? "B" : "LONGER");
        (void)claim(db, &scene, "DEM1.ini");
        close_ledger(db);
        scene_start(&scene);
        scene_settle(&scene);
        scene_assert_rows(&scene, "SELECT id, state, in_place, attempt FROM file ORDER BY id",
                          "1|done|0|0\n2|done|0|1");
        scene_assert_rows(&scene, "SELECT file, state FROM message", "2|applied");
        assert_int_equal(scene_event_count(EVENT_ARCHIVE_COPY_MISSING),
                         1); /* of the first, which lies nowhere */
        assert_int_equal(scene_event_count(EVENT_VANISHED), 0);
        scene_release(&scene);
    }
}

static void suspects_need_not_wait_for_files_that_cannot_be_moved(void **state)
{
    (void)state;
    struct scene scene;
    begin_world(&scene);
    drop_dem(&scene, "DEM1.ini", "B1", NULL);
    drop_dem(&scene, "DEM2.ini", "B2", NULL);
    drop_dem(&scene, "DEM3.ini", "B3", NULL);
    struct database *db = open_ledger(&scene);
    int64_t id = claim(db, &scene, "DEM1.ini");
    assert_int_equal(ledger_end_file(db, id, LEDGER_DONE, NULL, clock_utc_us()), DATABASE_OK);
    (void)claim(db, &scene, "DEM2.ini");
    close_ledger(db);
    failing_set_up();
    failing_begin(PLATFORM_CALL_RENAME, "archive", PLATFORM_DENIED);
    scene_start(&scene);
    wait_rows(&scene, "SELECT name, state, in_place FROM file ORDER BY id",
              "DEM1.ini|done|1\nDEM2.ini|done|1\nDEM3.ini|done|1");
    failing_end();
    scene_settle(&scene);
    scene_assert_rows(&scene, "SELECT count(*), sum(in_place) FROM file", "3|0");
    scene_release(&scene);
    failing_tear_down();
}

/* ---- rows that are applied, in place ---- */

static void an_applied_file_in_place_is_only_put_away(void **state)
{
    (void)state;
    struct scene scene;
    begin_world(&scene);
    drop_dem(&scene, "DEM1.ini", "B1", NULL);
    struct database *db = open_ledger(&scene);
    int64_t id = claim(db, &scene, "DEM1.ini");
    assert_int_equal(ledger_end_file(db, id, LEDGER_DONE, NULL, clock_utc_us()), DATABASE_OK);
    close_ledger(db);
    scene_start(&scene);
    scene_settle(&scene);
    scene_assert_rows(&scene, "SELECT id, state, in_place FROM file", "1|done|0");
    scene_assert_rows(&scene, "SELECT count(*) FROM message",
                      "0"); /* that process wrote none in this story */
    scene_assert_rows(&scene, "SELECT count(*) FROM booking", "0");
    assert_int_equal(scene_count_files(scene.share), 0);
    assert_non_null(scene_find_file(scene_path(&scene, "data/test/archive"), "000000000001_DEM1.ini"));
    scene_release(&scene);
}

static void the_same_bytes_as_a_new_file_are_applied_again(void **state)
{
    (void)state;
    /* Equal in name, size and content to the row in place, but another file. */
    struct scene scene;
    begin_world(&scene);
    drop_dem(&scene, "DEM1.ini", "B1", NULL);
    struct database *db = open_ledger(&scene);
    int64_t id = claim(db, &scene, "DEM1.ini");
    assert_int_equal(ledger_end_file(db, id, LEDGER_DONE, NULL, clock_utc_us()), DATABASE_OK);
    close_ledger(db);
    char *dem = scene_dem("B1", "B1", NULL, NULL);
    drop_quickly(&scene, "other", dem);
    free(dem);
    remove_from_share(&scene, "DEM1.ini");
    rename_path(share_path(&scene, "other"), share_path(&scene, "DEM1.ini"));
    scene_start(&scene);
    scene_settle(&scene);
    scene_assert_rows(&scene, "SELECT id, state, in_place FROM file ORDER BY id", "1|done|0\n2|done|0");
    scene_assert_rows(&scene, "SELECT file, state FROM message", "2|applied");
    scene_release(&scene);
}

/* As put away, but without the row's end: the file lies below `place`. */
static void move_to(struct scene *scene, const char *name, const char *place, const char *reason)
{
    char folder[1100], stored[1300];
    const char *hour =
        scene_rows(scene, "SELECT substr(arrived_at, 1, 4) || '/' || substr(arrived_at, 6, 2) || '/' ||"
                          " substr(arrived_at, 9, 2) || '/' || substr(arrived_at, 12, 2) FROM file"
                          " WHERE id = 1");
    (void)snprintf(folder, sizeof folder, "%s/%s/%s", scene_path(scene, "data/test"), place, hour);
    for (char *c = folder; *c; c++)
        *c = *c == '/' ? PATH_SEPARATOR : *c;
    assert_int_equal(folder_make(folder).kind, PLATFORM_OK);
    (void)snprintf(stored, sizeof stored, "%s%c000000000001_%s", folder, PATH_SEPARATOR, name);
    rename_path(share_path(scene, name), stored);
    if (reason) {
        (void)snprintf(stored, sizeof stored, "%s%c000000000001_%s.reason.txt", folder, PATH_SEPARATOR, name);
        assert_int_equal(file_store(stored, reason, strlen(reason)).kind, PLATFORM_OK);
    }
}

static void a_file_that_was_moved_is_found_where_its_number_says(void **state)
{
    (void)state;
    static const struct {
        const char *place;
        enum ledger_file_state end;
        const char *expected;
    } CASES[] = {
        {"archive", LEDGER_DONE, "done|0|archive"},
        {"hold", LEDGER_DONE, "done|0|hold"},
        {"quarantine", LEDGER_QUARANTINED, "quarantined|0|quarantine"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct scene scene;
        begin_world(&scene);
        drop_dem(&scene, "DEM1.ini", "B1", NULL);
        struct database *db = open_ledger(&scene);
        int64_t id = claim(db, &scene, "DEM1.ini");
        assert_int_equal(ledger_end_file(db, id, CASES[i].end, CASES[i].end == LEDGER_DONE ? NULL : "faults",
                                         clock_utc_us()),
                         DATABASE_OK);
        close_ledger(db);
        if (strcmp(CASES[i].place, "hold") == 0) /* what is not open is moved on from there */
            scene_execute(&scene, "INSERT INTO message (file, ordinal, kind, state, event_at)"
                                  " SELECT id, 1, 'demographics', 'held', arrived_at FROM file");
        move_to(&scene, "DEM1.ini", CASES[i].place, NULL);
        scene_start(&scene);
        scene_settle(&scene);
        scene_assert_rows(
            &scene,
            "SELECT state, in_place, substr(stored, 1, instr(replace(stored, '\\', '/'), '/') - 1) FROM file",
            CASES[i].expected);
        assert_int_equal(scene_event_count(EVENT_ARCHIVE_COPY_MISSING), 0);
        assert_int_equal(scene_count_files(scene_path(&scene, "data/test")), 1);
        scene_release(&scene);
    }
}

static void an_applied_file_that_lies_nowhere_is_told(void **state)
{
    (void)state;
    struct scene scene;
    begin_world(&scene);
    drop_dem(&scene, "DEM1.ini", "B1", NULL);
    struct database *db = open_ledger(&scene);
    int64_t id = claim(db, &scene, "DEM1.ini");
    assert_int_equal(ledger_end_file(db, id, LEDGER_DONE, NULL, clock_utc_us()), DATABASE_OK);
    close_ledger(db);
    remove_from_share(&scene, "DEM1.ini");
    scene_start(&scene);
    wait_event(EVENT_ARCHIVE_COPY_MISSING, 1);
    scene_settle(&scene);
    scene_assert_rows(&scene, "SELECT state, in_place, stored FROM file", "done|0|-");
    scene_stop(&scene);
    scene_start(&scene); /* and once is enough */
    scene_settle(&scene);
    assert_int_equal(scene_event_count(EVENT_ARCHIVE_COPY_MISSING), 1);
    assert_int_equal(scene_event_count(EVENT_UNCLEAN_STOP_FOUND), 1);
    scene_release(&scene);
}

static void an_interrupted_put_away_into_quarantine_goes_on_with_the_same_reason(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, NULL);
    failing_set_up();
    failing_begin(PLATFORM_CALL_RENAME, "quarantine", PLATFORM_DENIED);
    scene_start(&scene);
    drop_quickly(
        &scene, "DEM1.ini",
        "DataType=\"PatientDemographics\"\r\nPatientID=\"P1\"\r\nFacility=\"NOWHERE\"\r\nLastName=\"ROE\"\r\n"
        "FirstName=\"JANE\"\r\nBirthDate=\"02/30/1980\"\r\nSex=\"Female\"\r\nHousing=\"A\"\r\nBooking=\"77\"\r\n"
        "BookingDate=\"2017-02-03 10:00:00\"\r\n");
    wait_rows(&scene, "SELECT state, in_place FROM file", "quarantined|1");
    char message[200];
    assert_false(engine_stop(scene.engine, 0, message, sizeof message));
    scene.engine = NULL;
    failing_end();
    scene_start(&scene);
    scene_settle(&scene);
    scene_assert_rows(&scene, "SELECT state, in_place, reason FROM file", "quarantined|0|faults");
    scene_assert_rows(&scene, "SELECT count(*) FROM message", "1");
    char *reason =
        scene_read(scene_find_file(scene_path(&scene, "data"), "000000000001_DEM1.ini.reason.txt"));
    assert_non_null(strstr(reason, "line 6, BirthDate"));
    assert_non_null(strstr(reason, "line 3, Facility"));
    free(reason);
    scene_release(&scene);
    failing_tear_down();
}

/* ---- a share that is away meanwhile ---- */

static void rows_wait_for_a_share_that_is_away(void **state)
{
    (void)state;
    struct scene scene;
    begin_world(&scene);
    drop_dem(&scene, "DEM1.ini", "B1", NULL);
    drop_dem(&scene, "DEM2.ini", "B2", NULL);
    struct database *db = open_ledger(&scene);
    (void)claim(db, &scene, "DEM1.ini");
    close_ledger(db);
    char away[1024];
    (void)snprintf(away, sizeof away, "%s.away", scene.share);
    rename_path(scene.share, away);
    scene_start(&scene);
    wait_event(EVENT_FEED_OFFLINE, 1);
    scene_assert_rows(&scene, "SELECT state FROM file", "claimed"); /* not vanished: nobody could look */
    rename_path(away, scene.share);
    wait_event(EVENT_FEED_ONLINE, 1);
    wait_rows(&scene, "SELECT name, state, in_place, attempt FROM file ORDER BY id",
              "DEM1.ini|done|0|1\nDEM2.ini|done|0|0");
    assert_int_equal(scene_event_count(EVENT_VANISHED), 0);
    scene_release(&scene);
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_claimed_file_is_put_through_once_under_its_number_and_before_new_ones),
        cmocka_unit_test(what_an_orderly_stop_left_claimed_is_no_suspect),
        cmocka_unit_test(a_claimed_file_that_is_gone_is_called_vanished),
        cmocka_unit_test(a_claimed_file_that_is_another_now_ends_the_row_and_is_a_new_one),
        cmocka_unit_test(the_third_death_over_a_lone_suspect_quarantines_it),
        cmocka_unit_test(two_rows_of_one_name_are_each_brought_to_their_end),
        cmocka_unit_test(suspects_need_not_wait_for_files_that_cannot_be_moved),
        cmocka_unit_test(an_applied_file_in_place_is_only_put_away),
        cmocka_unit_test(the_same_bytes_as_a_new_file_are_applied_again),
        cmocka_unit_test(a_file_that_was_moved_is_found_where_its_number_says),
        cmocka_unit_test(an_applied_file_that_lies_nowhere_is_told),
        cmocka_unit_test(an_interrupted_put_away_into_quarantine_goes_on_with_the_same_reason),
        cmocka_unit_test(rows_wait_for_a_share_that_is_away),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
