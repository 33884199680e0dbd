/*
 * An order on its way to the pharmacy, or an alert on its way to a feed, and the process killed at a named place of it: between rendering and
 * writing, between writing and renaming, between renaming and marking as sent, and around the two commits. None is missing in the end; what
 * comes twice has the same name and the same bytes, also when the receiver has taken the first one already, and when the next process dies at
 * the same place.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <signal.h>
#include <sys/mman.h>

#include <sqlite3.h>

#include "platform/file.h"
#include "platform/folder.h"
#include "platform/inject.h"
#include "platform/path.h"
#include "tests/crash/process.h"
#include "tests/integration/live_scene.h"
#include "tests/integration/orders.h"
#include "tests/integration/wait.h"
#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

enum {
    ORDERS = 5
};

/* What goes out. */
struct goods {
    const char *name, *ending;
    const char *event; /* the table of events, and the column of outbox */
};
static const struct goods ORDER = {"an order", ".hl7", "order_event"};
static const struct goods ALERT = {"an alert", ".csv", "alert_event"};
static const struct goods *goods;

/* The places, in the order in which a message passes them. */
enum place {
    RENDERED,  /* before the commit of names and bytes */
    COMMITTED, /* nothing is written yet */
    CREATED,   /* name.tmp is there, and empty */
    WRITTEN,   /* all bytes are in it; not on the medium */
    FLUSHED,   /* on the medium; not closed */
    CLOSED,    /* it has not its name yet */
    RENAMED,   /* it has its name; the folder is not on the medium */
    MARKED,    /* before the commit that calls it sent */
    PLACES
};

static const char *const NAMES[PLACES] = {
    "rendered, not committed", "committed, nothing written", "created, empty", "written, not flushed",
    "flushed, not closed",     "closed, not renamed",        "renamed",        "about to be marked as sent",
};

/* ---- in the process that dies ---- */

/* Set before the process starts, and only read in it. */
static enum place die_at;
static int die_with; /* the how manyth message */

/* Shared with the parent: the name under which the message was to be, at whose place it died. */
static char *died_over;
static _Thread_local int message; /* which one this thread writes; 0: none so far */
static _Thread_local char message_name[200];
static _Thread_local bool changes_outbox; /* in the transaction of this thread */

static void arrive(enum place place)
{
    if (place != die_at || message != die_with)
        return;
    memcpy(died_over, message_name, sizeof message_name);
    process_die();
}

/* "…/name.hl7.tmp": name.hl7; of an alert "…/name.csv.tmp" */
static void note_name(const char *path)
{
    const char *name = strrchr(path, PATH_SEPARATOR) + 1;
    (void)snprintf(message_name, sizeof message_name, "%.*s", (int)(strlen(name) - 4), name);
}

static bool is_temporary(const char *path)
{
    size_t length = strlen(path);
    return strstr(path, "receiver") && length > 8 && strncmp(path + length - 8, goods->ending, 4) == 0 &&
           strcmp(path + length - 4, ".tmp") == 0;
}

static struct platform_status die_in_a_call(void *context, enum platform_call call, const char *path)
{
    (void)context;
    switch (call) {
    case PLATFORM_CALL_OPEN:
        if (is_temporary(path)) {
            message++;
            note_name(path);
            arrive(COMMITTED);
        }
        break;
    case PLATFORM_CALL_WRITE: arrive(CREATED); break;
    case PLATFORM_CALL_FLUSH: arrive(WRITTEN); break;
    case PLATFORM_CALL_CLOSE: arrive(FLUSHED); break;
    case PLATFORM_CALL_RENAME: arrive(CLOSED); break;
    case PLATFORM_CALL_FLUSH_FOLDER: arrive(RENAMED); break;
    default: break;
    }
    return PLATFORM_SUCCESS;
}

static void note_change(void *context, int operation, const char *database, const char *table,
                        sqlite3_int64 row)
{
    (void)context;
    (void)database;
    (void)row;
    int wanted = die_at == RENDERED ? SQLITE_INSERT : SQLITE_UPDATE;
    if (operation == wanted && strcmp(table, "outbox") == 0)
        changes_outbox = true;
}

static int die_before_commit(void *context)
{
    (void)context;
    if (changes_outbox)
        process_die();
    return 0;
}

static int watch_connection(sqlite3 *db, char **error, const struct sqlite3_api_routines *routines)
{
    (void)error;
    (void)routines;
    (void)sqlite3_update_hook(db, note_change, NULL);
    (void)sqlite3_commit_hook(db, die_before_commit, NULL);
    return SQLITE_OK;
}

static void prepare_death(void)
{
    if (die_at == RENDERED || die_at == MARKED)
        (void)sqlite3_auto_extension((void (*)(void))watch_connection);
    else
        platform_inject_set(die_in_a_call, NULL);
}

/* ---- what it left ---- */

/* The bytes of folder/name + ending (heap), or NULL. */
static char *lies_there(const char *folder, const char *name, const char *ending)
{
    char full[260];
    bool exists = false;
    (void)snprintf(full, sizeof full, "%s%s", name, ending);
    char *path = path_join(folder, full);
    assert_int_equal(file_exists(path, &exists).kind, PLATFORM_OK);
    char *bytes = exists ? scene_read(path) : NULL;
    free(path);
    return bytes;
}

static void assert_bytes_of(struct scene *scene, const char *name, char *bytes)
{
    char sql[300];
    (void)snprintf(sql, sizeof sql, "SELECT CAST(bytes AS TEXT) FROM outbox WHERE file_name = '%s'", name);
    assert_non_null(bytes);
    assert_string_equal(bytes, scene_rows(scene, sql));
    free(bytes);
}

/* It died where it should: its message is queued, and this is what lies in the folder of it. */
static void assert_died_there(struct scene *scene)
{
    char sql[300];
    if (die_at == RENDERED) {
        scene_assert_rows(scene, "SELECT count(*) FROM outbox", "0");
        assert_int_equal(scene_count_files(scene->pharmacy), 0);
        return;
    }
    if (die_at == MARKED) /* the committer does not say which: the first that is queued is one of them */
        (void)snprintf(
            died_over, sizeof message_name, "%s",
            scene_rows(scene, "SELECT file_name FROM outbox WHERE state = 'queued' ORDER BY id LIMIT 1"));
    (void)snprintf(sql, sizeof sql, "SELECT state FROM outbox WHERE file_name = '%s'", died_over);
    scene_assert_rows(scene, sql, "queued");
    char *temporary = lies_there(scene->pharmacy, died_over, ".tmp");
    assert_int_equal(temporary != NULL, die_at >= CREATED && die_at <= CLOSED);
    if (temporary && die_at == CREATED) {
        assert_string_equal(temporary, "");
        free(temporary);
    } else if (temporary) {
        assert_bytes_of(scene, died_over, temporary);
    }
    char *named = lies_there(scene->pharmacy, died_over, "");
    assert_int_equal(named != NULL, die_at >= RENAMED);
    if (named)
        assert_bytes_of(scene, died_over, named);
}

/* ---- the receiver ---- */

static char *taken; /* the folder into which it takes them */

/* Takes every message that lies there. One that it has already must be the same: name and bytes. */
static int pharmacy_takes(struct scene *scene)
{
    struct folder_listing listing;
    int again = 0;
    assert_int_equal(folder_list(scene->pharmacy, &listing).kind, PLATFORM_OK);
    for (size_t i = 0; i < listing.count; i++) {
        const char *name = listing.entries[i].name;
        size_t length = strlen(name);
        if (length < 4 || strcmp(name + length - 4, goods->ending) != 0)
            continue; /* somebody writes it still */
        char *from = path_join(scene->pharmacy, name), *to = path_join(taken, name);
        if (scene_find_file(taken, name)) {
            char *first = scene_read(to), *second = scene_read(from);
            assert_string_equal(first, second);
            free(first);
            free(second);
            again++;
        }
        rename_path(from, to);
        free(from);
        free(to);
    }
    folder_listing_release(&listing);
    return again;
}

static void assert_pharmacy_has_all(struct scene *scene)
{
    assert_int_equal(scene_count_files(taken), ORDERS);
    for (int id = 1; id <= ORDERS; id++) {
        char sql[128], name[200];
        (void)snprintf(sql, sizeof sql, "SELECT file_name FROM outbox WHERE id = %d", id);
        (void)snprintf(name, sizeof name, "%s", scene_rows(scene, sql));
        assert_bytes_of(scene, name, lies_there(taken, name, ""));
    }
}

/* ---- the story ---- */

static char *copy_of(const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = malloc(size);
    assert_non_null(copy);
    memcpy(copy, text, size);
    return copy;
}

static const char MESSAGES[] =
    "SELECT id, order_event, alert_event, receiver, control_id, file_name, hex(bytes) FROM outbox ORDER BY id";

static char *test_folder; /* where the test world would put alerts */

/* Live, with what the receiver reads in scene->pharmacy: the pharmacy's folder, or that of the feed's <alerts-out>. */
static void init_scene(struct scene *scene)
{
    static char attribute[1200], inside[4096];
    char *folder = test_temp_dir("receiver");
    test_folder = test_temp_dir("test");
    (void)snprintf(attribute, sizeof attribute, "live-folder=\"%s\"", folder);
    (void)snprintf(inside, sizeof inside,
                   "<alerts><alert code='HIGHCAL'/></alerts><alerts-out test-folder='%s' live-folder='%s'/>",
                   test_folder, folder);
    scene_init(scene, goods == &ORDER ? &(struct scene_options){.live = true, .pharmacy = attribute}
                                      : &(struct scene_options){.live = true, .inside = inside});
    free(scene->pharmacy);
    scene->pharmacy = folder;
}

static void insert_goods(struct scene *scene)
{
    char sql[400];
    if (goods == &ORDER) {
        orders_prepare(scene);
        orders_insert(scene, 1, ORDERS);
        return;
    }
    (void)snprintf(sql, sizeof sql,
                   "WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < %d)"
                   " INSERT INTO alert_entry (patient, booking, code, date_added) SELECT 1, 1, 'HIGHCAL',"
                   " '2026-11-23T18:05:0' || n || 'Z' FROM number",
                   ORDERS);
    scene_execute(scene, sql);
}

static void begin_world(struct scene *scene)
{
    init_scene(scene);
    assert_int_equal(folder_make(scene_path(scene, "taken")).kind, PLATFORM_OK);
    taken = path_join(scene->root, "taken");
    scene_start(scene);
    char *dem = scene_dem(NULL, NULL, NULL, NULL);
    drop_quickly(scene, "DEM1.ini", dem);
    free(dem);
    scene_settle(scene);
    scene_stop(scene);
    insert_goods(scene);
}

/* Dies at a place with message `first`, then once more with the first that is left, then goes on in peace. `quick`: the pharmacy takes
 * what it finds after each death. */
static void die_twice(enum place place, int first, bool quick)
{
    struct scene scene;
    char *messages = NULL;
    int again = 0;
    begin_world(&scene);
    die_at = place;
    for (int death = 1; death <= 2; death++) {
        die_with = place == RENDERED || place == MARKED ? 0 : death == 1 ? first : 1;
        process_await_death(process_start(&scene, prepare_death), SIGKILL);
        assert_died_there(&scene);
        if (quick)
            again += pharmacy_takes(&scene);
        if (messages)
            scene_assert_rows(&scene, MESSAGES, messages);
        else if (place != RENDERED)
            messages = copy_of(scene_rows(&scene, MESSAGES));
    }
    scene_start(&scene);
    wait_rows(&scene, "SELECT count(*) FROM outbox WHERE state = 'sent'", "5");
    scene_settle(&scene);
    scene_stop(&scene);
    if (messages)
        scene_assert_rows(&scene, MESSAGES, messages);
    if (!quick)
        orders_assert_sent_once(&scene, ORDERS);
    again += pharmacy_takes(&scene);
    assert_int_equal(scene_count_files(scene.pharmacy), 0); /* no .tmp of ours is left either */
    char sql[200];
    (void)snprintf(sql, sizeof sql, "SELECT count(*), count(DISTINCT %s) FROM outbox", goods->event);
    scene_assert_rows(&scene, sql, "5|5");
    (void)snprintf(sql, sizeof sql, "SELECT count(*) FROM %s WHERE state <> 'rendered'", goods->event);
    scene_assert_rows(&scene, sql, "0");
    assert_pharmacy_has_all(&scene);
    if (quick && place >= RENAMED)
        assert_true(again > 0); /* it was named and not marked: it came once more, the same */
    free(messages);
    free(taken);
    live_scene_release(&scene);
    test_temp_remove(test_folder);
    free(test_folder);
}

static void die_everywhere(const struct goods *which)
{
    goods = which;
    for (enum place place = 0; place < PLACES; place++) {
        print_message("killed when %s was %s\n", goods->name, NAMES[place]);
        /* A commit is that of all messages at once. */
        int last = place == RENDERED || place == MARKED ? 1 : 3;
        for (int first = 1; first <= last; first += 2) {
            die_twice(place, first, false);
            die_twice(place, first, true);
        }
    }
}

static void wherever_the_process_dies_no_order_is_missing_and_repeats_are_the_same(void **state)
{
    (void)state;
    die_everywhere(&ORDER);
}

static void wherever_the_process_dies_no_alert_is_missing_and_repeats_are_the_same(void **state)
{
    (void)state;
    die_everywhere(&ALERT);
}

int main(void)
{
    test_main_init();
    died_over = mmap(NULL, sizeof message_name, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (died_over == MAP_FAILED)
        return 2;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wherever_the_process_dies_no_order_is_missing_and_repeats_are_the_same),
        cmocka_unit_test(wherever_the_process_dies_no_alert_is_missing_and_repeats_are_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
