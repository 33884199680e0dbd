/*
 * Orders: another program inserts rows, the pharmacy's folder gets messages, in order and once, also when the folder is away or full for a
 * while, and when the machine stops between.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "platform/file.h"
#include "platform/folder.h"
#include "platform/path.h"
#include "platform/process.h"
#include "platform/thread.h"
#include "tests/integration/failing.h"
#include "tests/integration/wait.h"
#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

static char *copy_of(const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = malloc(size);
    assert_non_null(copy);
    memcpy(copy, text, size);
    return copy;
}

/* A booking, a provider and a drug; the engine runs, and the pharmacy has these attributes (or NULL). */
static void begin_world_as(struct scene *scene, const char *pharmacy)
{
    const struct scene_options options = {.pharmacy = pharmacy};
    scene_init(scene, &options);
    scene_start(scene);
    char *dem = scene_dem(NULL, NULL, NULL, NULL);
    drop_quickly(scene, "DEM1.ini", dem);
    free(dem);
    scene_settle(scene);
    scene_execute(scene, "INSERT INTO provider (provider_id, last_name, first_name, npi)"
                         " VALUES ('U17', 'Hale', 'Nathaniel', '1234567893');"
                         "INSERT INTO drug (ndc, name, strength)"
                         " VALUES ('00904582460', 'Ibuprofen 200 MG Tablet', '200 mg')");
}

static void begin_world(struct scene *scene)
{
    begin_world_as(scene, NULL);
}

static void insert_order(struct scene *scene, const char *placer, const char *control)
{
    char sql[512];
    (void)snprintf(
        sql, sizeof sql,
        "INSERT INTO medication_order (placer_number, order_control, patient, booking, ndc, ordered_at,"
        " dose_amount, dose_units, route, frequency, provider) VALUES ('%s', '%s', 1, 1, '00904582460',"
        " '2026-11-23T18:05:09Z', '2', 'TAB', 'PO', 'BID', 'U17')",
        placer, control);
    scene_execute(scene, sql);
}

/* Each row of the outbox lies in the folder under its name with its bytes, and nothing else does. */
static void assert_folder_agrees(struct scene *scene, int count)
{
    char sql[128], expected[16];
    (void)snprintf(expected, sizeof expected, "%d", count);
    scene_assert_rows(scene, "SELECT count(*) FROM outbox WHERE state = 'sent'", expected);
    assert_int_equal(scene_count_files(scene->pharmacy), count);
    for (int id = 1; id <= count; id++) {
        (void)snprintf(sql, sizeof sql, "SELECT file_name FROM outbox WHERE id = %d", id);
        char *path = path_join(scene->pharmacy, scene_rows(scene, sql));
        char *bytes = scene_read(path);
        (void)snprintf(sql, sizeof sql, "SELECT CAST(bytes AS TEXT) FROM outbox WHERE id = %d", id);
        assert_string_equal(bytes, scene_rows(scene, sql));
        free(bytes);
        free(path);
    }
    /* Names sort in sending order. */
    scene_assert_rows(
        scene, "SELECT count(*) FROM outbox a JOIN outbox b ON b.id > a.id WHERE b.file_name <= a.file_name",
        "0");
}

static void an_order_row_becomes_a_message_in_the_pharmacys_folder(void **state)
{
    (void)state;
    struct scene scene;
    begin_world(&scene);
    insert_order(&scene, "O1", "NW");
    wait_rows(&scene, "SELECT state FROM outbox", "sent");
    assert_folder_agrees(&scene, 1);
    char *message = scene_read(scene_find_file(scene.pharmacy, ".hl7"));
    assert_memory_equal(message, "MSH|^~\\&|", 9);
    assert_non_null(strstr(message, "RDE^O11"));
    assert_non_null(strstr(message, "|T|2.5.1")); /* the test world says so */
    assert_non_null(strstr(message, "\rORC|NW|O1"));
    assert_non_null(strstr(message, "P00012345"));
    assert_non_null(strstr(message, "12345678"));
    free(message);
    scene_release(&scene);
}

static void the_settings_of_a_pharmacy_make_its_messages(void **state)
{
    (void)state;
    struct scene scene;
    begin_world_as(&scene, "message=\"ORM\" version=\"2.3\" separators=\"#$*@&amp;\" line-end=\"LF\""
                           " character-set=\"ASCII\" other-characters=\"replace\" container-type=\"ZRX-2\"");
    scene_execute(&scene, "UPDATE drug SET name = 'Ibuprof\xC3\xA9n', container_type = 'VIAL'");
    insert_order(&scene, "O1", "HD");
    wait_rows(&scene, "SELECT state FROM outbox", "sent");
    wait_event(EVENT_ORDER_CHARACTERS_REPLACED, 1);
    assert_non_null(strstr(scene_event_text(EVENT_ORDER_CHARACTERS_REPLACED), "RXO-1 for pharmacy diamond"));
    assert_folder_agrees(&scene, 1);
    char *message = scene_read(scene_find_file(scene.pharmacy, ".hl7"));
    assert_memory_equal(message, "MSH#$*@&#", 9);
    assert_non_null(strstr(message, "#ORM$O01#"));
    assert_non_null(strstr(message, "#T#2.3######ASCII\n"));
    assert_non_null(strstr(message, "\nORC#HD#O1#####$BID##"));
    assert_non_null(strstr(message, "\nRXO#00904582460$Ibuprof?n$NDC#2##TAB#"));
    assert_non_null(strstr(message, "\nZRX##VIAL\n"));
    assert_null(strchr(message, '\r'));
    free(message);
    scene_release(&scene);
}

static void orders_written_while_nobody_runs_are_sent_at_the_start(void **state)
{
    (void)state;
    struct scene scene;
    begin_world(&scene);
    scene_stop(&scene);
    insert_order(&scene, "O1", "NW");
    insert_order(&scene, "O1", "CA");
    insert_order(&scene, "O2", "NW");
    scene_start(&scene);
    scene_settle(&scene);
    wait_rows(&scene, "SELECT count(*) FROM outbox WHERE state = 'sent'", "3");
    assert_folder_agrees(&scene, 3);
    scene_release(&scene);
}

static void the_named_event_makes_an_order_be_seen(void **state)
{
    (void)state;
    struct scene scene;
    begin_world(&scene);
    struct order_signal *signal = NULL;
    assert_int_equal(order_signal_open("Global\\CorBridge.Order", &signal).kind, PLATFORM_OK);
    insert_order(&scene, "O1", "NW");
    order_signal_set(signal);
    wait_rows(&scene, "SELECT state FROM outbox", "sent");
    order_signal_close(signal);
    scene_release(&scene);
}

static void a_folder_that_is_away_delays_and_keeps_the_order(void **state)
{
    (void)state;
    struct scene scene;
    begin_world(&scene);
    insert_order(&scene, "O1", "NW");
    wait_rows(&scene, "SELECT count(*) FROM outbox WHERE state = 'sent'", "1");
    char away[1024];
    (void)snprintf(away, sizeof away, "%s.away", scene.pharmacy);
    rename_path(scene.pharmacy, away);
    insert_order(&scene, "O2", "NW");
    wait_event(EVENT_PHARMACY_AWAY, 1);
    insert_order(&scene, "O1", "CA");
    insert_order(&scene, "O3", "NW");
    /* Rendered all the same: bytes and name are fixed before the folder is back. */
    wait_rows(&scene, "SELECT count(*), sum(state = 'queued') FROM outbox", "4|3");
    char *before =
        copy_of(scene_rows(&scene, "SELECT file_name, control_id, hex(bytes) FROM outbox ORDER BY id"));
    rename_path(away, scene.pharmacy);
    wait_event(EVENT_PHARMACY_BACK, 1);
    wait_rows(&scene, "SELECT count(*) FROM outbox WHERE state = 'sent'", "4");
    assert_string_equal(
        scene_rows(&scene, "SELECT file_name, control_id, hex(bytes) FROM outbox ORDER BY id"), before);
    assert_folder_agrees(&scene, 4);
    scene_settle(&scene);
    assert_int_equal(scene_event_count(EVENT_PHARMACY_AWAY), 1); /* when it began, and when it ended */
    assert_int_equal(scene_event_count(EVENT_PHARMACY_BACK), 1);
    free(before);
    scene_release(&scene);
}

static void a_full_folder_delays_and_loses_nothing(void **state)
{
    (void)state;
    static const enum platform_call CALLS[] = {PLATFORM_CALL_OPEN, PLATFORM_CALL_RENAME};
    for (size_t i = 0; i < sizeof CALLS / sizeof CALLS[0]; i++) {
        struct scene scene;
        failing_set_up();
        begin_world(&scene);
        failing_begin(CALLS[i], "pharmacy", PLATFORM_FULL);
        insert_order(&scene, "O1", "NW");
        insert_order(&scene, "O2", "NW");
        wait_event(EVENT_PHARMACY_AWAY, 1);
        wait_rows(&scene, "SELECT count(*), sum(state = 'queued') FROM outbox", "2|2");
        assert_int_equal(scene_count_files(scene.pharmacy), 0);
        failing_end();
        wait_event(EVENT_PHARMACY_BACK, 1);
        wait_rows(&scene, "SELECT count(*) FROM outbox WHERE state = 'sent'", "2");
        assert_folder_agrees(&scene, 2);
        scene_release(&scene);
        failing_tear_down();
    }
}

static void a_stop_while_the_folder_is_away_sends_the_same_bytes_after_the_next_start(void **state)
{
    (void)state;
    struct scene scene;
    begin_world(&scene);
    char away[1024];
    (void)snprintf(away, sizeof away, "%s.away", scene.pharmacy);
    rename_path(scene.pharmacy, away);
    insert_order(&scene, "O1", "NW");
    wait_event(EVENT_PHARMACY_AWAY, 1);
    wait_rows(&scene, "SELECT state FROM outbox", "queued");
    char *before = copy_of(scene_rows(&scene, "SELECT file_name, hex(bytes) FROM outbox"));
    scene_stop(&scene); /* the folder is no reason to wait */
    rename_path(away, scene.pharmacy);
    scene_start(&scene);
    wait_rows(&scene, "SELECT state FROM outbox", "sent");
    assert_string_equal(scene_rows(&scene, "SELECT file_name, hex(bytes) FROM outbox"), before);
    assert_folder_agrees(&scene, 1);
    free(before);
    scene_release(&scene);
}

static void a_name_that_is_taken_by_other_bytes_is_an_alarm(void **state)
{
    (void)state;
    struct scene scene;
    begin_world(&scene);
    char away[1024];
    (void)snprintf(away, sizeof away, "%s.away", scene.pharmacy);
    rename_path(scene.pharmacy, away);
    insert_order(&scene, "O1", "NW");
    wait_rows(&scene, "SELECT state FROM outbox", "queued");
    char *foreign = path_join(away, scene_rows(&scene, "SELECT file_name FROM outbox"));
    assert_int_equal(file_store(foreign, "somebody else's", 15).kind, PLATFORM_OK);
    rename_path(away, scene.pharmacy);
    wait_event(EVENT_PHARMACY_CONFLICT, 1);
    scene_assert_rows(&scene, "SELECT state FROM outbox", "queued");
    char *path = path_join(scene.pharmacy, scene_rows(&scene, "SELECT file_name FROM outbox"));
    char *bytes = scene_read(path);
    assert_string_equal(bytes, "somebody else's");
    free(bytes);
    assert_int_equal(file_remove(path).kind, PLATFORM_OK); /* what the event's remedy says */
    wait_rows(&scene, "SELECT state FROM outbox", "sent");
    assert_folder_agrees(&scene, 1);
    free(path);
    free(foreign);
    scene_release(&scene);
}

/* Holds the write lock of the database from the commit of an order until a while after a stop has begun. */
struct lock_holder {
    sqlite3 *db;
    struct thread *thread;
};

static void hold_for_a_while(void *context)
{
    struct lock_holder *holder = context;
    wait_milliseconds(500); /* the stop goes on until it waits for the committer, which waits for the lock */
    (void)sqlite3_exec(holder->db, "ROLLBACK", NULL, NULL, NULL);
}

static bool insert_and_hold(struct scene *scene, struct lock_holder *holder)
{
    char below[64];
    (void)snprintf(below, sizeof below, "data%cdatabase%ccorbridge-test.db", PATH_SEPARATOR, PATH_SEPARATOR);
    assert_int_equal(sqlite3_open(scene_path(scene, below), &holder->db), SQLITE_OK);
    assert_int_equal(sqlite3_busy_timeout(holder->db, 5000), SQLITE_OK);
    insert_order(scene, "O1", "NW");
    assert_int_equal(sqlite3_exec(holder->db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    return strcmp(scene_rows(scene, "SELECT count(*) FROM outbox"), "0") == 0;
}

/* The committer renders it when the senders have been stopped already. */
static void an_order_that_comes_while_it_stops_is_sent_after_the_next_start(void **state)
{
    (void)state;
    struct scene scene;
    struct lock_holder holder;
    begin_world(&scene);
    bool in_time =
        insert_and_hold(&scene, &holder); /* else it was rendered at once, and there is nothing to see */
    if (!in_time)
        print_message("the order was rendered before the database was held: nothing is shown by this run\n");
    engine_commands_now(scene.engine);
    assert_int_equal(thread_start(&holder.thread, "holder", hold_for_a_while, &holder).kind, PLATFORM_OK);
    scene_stop(&scene);
    thread_join(holder.thread);
    assert_int_equal(sqlite3_close(holder.db), SQLITE_OK);
    scene_start(&scene);
    wait_rows(&scene, "SELECT state FROM outbox", "sent");
    assert_folder_agrees(&scene, 1);
    scene_release(&scene);
}

static void many_orders_under_a_load_of_files_are_all_sent_once(void **state)
{
    (void)state;
    enum {
        ORDERS = 60,
        FILES = 240
    };
    struct scene scene;
    begin_world(&scene);
    for (int i = 0; i < FILES; i++) {
        char name[32], placer[16];
        (void)snprintf(name, sizeof name, "L%d.ini", i);
        char *dem = scene_dem(name, name, NULL, NULL);
        drop_quickly(&scene, name, dem);
        free(dem);
        if (i % (FILES / ORDERS) == 0) {
            (void)snprintf(placer, sizeof placer, "O%d", i);
            insert_order(&scene, placer, "NW");
        }
    }
    scene_settle(&scene);
    wait_rows(&scene, "SELECT count(*) FROM outbox WHERE state = 'sent'", "60");
    assert_folder_agrees(&scene, ORDERS);
    scene_assert_rows(&scene, "SELECT count(*), sum(state = 'done') FROM file", "241|241");
    /* In the order in which they were written. */
    scene_assert_rows(
        &scene,
        "SELECT count(*) FROM outbox a JOIN outbox b ON b.id > a.id WHERE b.order_event <= a.order_event",
        "0");
    scene_release(&scene);
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_order_row_becomes_a_message_in_the_pharmacys_folder),
        cmocka_unit_test(the_settings_of_a_pharmacy_make_its_messages),
        cmocka_unit_test(orders_written_while_nobody_runs_are_sent_at_the_start),
        cmocka_unit_test(the_named_event_makes_an_order_be_seen),
        cmocka_unit_test(a_folder_that_is_away_delays_and_keeps_the_order),
        cmocka_unit_test(a_full_folder_delays_and_loses_nothing),
        cmocka_unit_test(a_stop_while_the_folder_is_away_sends_the_same_bytes_after_the_next_start),
        cmocka_unit_test(a_name_that_is_taken_by_other_bytes_is_an_alarm),
        cmocka_unit_test(an_order_that_comes_while_it_stops_is_sent_after_the_next_start),
        cmocka_unit_test(many_orders_under_a_load_of_files_are_all_sent_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
