#include "tests/integration/scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifndef _WIN32
#include <sys/stat.h>
#include <unistd.h>
#endif

#include <sqlite3.h>

#include "platform/clock.h"
#include "platform/file.h"
#include "platform/folder.h"
#include "platform/path.h"
#include "platform/thread.h"
#include "service/world.h"
#include "tests/support/cb_cmocka.h"
#include "tests/support/make_live.h"
#include "tests/support/test_main.h"

#define EVENTS_MAX 20000

static char *copy_text(const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = malloc(size);
    assert_non_null(copy);
    memcpy(copy, text, size);
    return copy;
}

/* ---- events ---- */

static struct {
    struct mutex lock;
    bool made;
    size_t count;
    enum event_id ids[EVENTS_MAX];
    char *texts[EVENTS_MAX];
} events;

static void collect_event(void *context, enum event_id id, enum event_severity severity, size_t count,
                          const char *const inserts[EVENT_INSERTS_MAX])
{
    (void)context;
    (void)severity;
    char text[2000];
    (void)event_format(id, count, inserts, text, sizeof text);
    mutex_lock(&events.lock);
    if (events.count < EVENTS_MAX) {
        events.ids[events.count] = id;
        events.texts[events.count] = copy_text(text);
        events.count++;
    }
    mutex_unlock(&events.lock);
}

static void forget_events(void)
{
    if (!events.made) {
        mutex_init(&events.lock);
        events.made = true;
    }
    mutex_lock(&events.lock);
    for (size_t i = 0; i < events.count; i++)
        free(events.texts[i]);
    events.count = 0;
    mutex_unlock(&events.lock);
}

size_t scene_event_count(enum event_id id)
{
    size_t count = 0;
    mutex_lock(&events.lock);
    for (size_t i = 0; i < events.count; i++)
        count += events.ids[i] == id;
    mutex_unlock(&events.lock);
    return count;
}

const char *scene_event_text(enum event_id id)
{
    const char *text = "";
    mutex_lock(&events.lock);
    for (size_t i = 0; i < events.count; i++)
        if (events.ids[i] == id)
            text = events.texts[i];
    mutex_unlock(&events.lock);
    return text;
}

char *scene_event_all(void)
{
    mutex_lock(&events.lock);
    size_t size = 1;
    for (size_t i = 0; i < events.count; i++)
        size += strlen(events.texts[i]) + 1;
    char *all = malloc(size);
    assert_non_null(all);
    size_t used = 0;
    for (size_t i = 0; i < events.count; i++)
        used += (size_t)snprintf(all + used, size - used, "%s\n", events.texts[i]);
    all[used] = '\0';
    mutex_unlock(&events.lock);
    return all;
}

/* ---- the scene ---- */

const char *scene_path(struct scene *scene, const char *below)
{
    static char paths[4][1024];
    static int next;
    char *path = paths[next++ % 4];
    (void)snprintf(path, sizeof paths[0], "%s%c%s", scene->root, PATH_SEPARATOR, below);
    return path;
}

static char *make_folder(struct scene *scene, const char *below)
{
    char *path = copy_text(scene_path(scene, below));
    assert_int_equal(folder_make(path).kind, PLATFORM_OK);
    return path;
}

const char *scene_other_volume(void)
{
#ifndef _WIN32
    static const char FOLDER[] = "/dev/shm";
    struct stat ours, other;
    char *root = test_temp_dir("volume");
    bool is_other = stat(root, &ours) == 0 && stat(FOLDER, &other) == 0 && S_ISDIR(other.st_mode) &&
                    access(FOLDER, W_OK) == 0 && ours.st_dev != other.st_dev;
    test_temp_remove(root);
    free(root);
    return is_other ? FOLDER : NULL;
#else
    return NULL;
#endif
}

/* A name below the scene for a new folder below `volume`. */
static char *link_folder(struct scene *scene, const char *below, const char *volume)
{
    char *path = copy_text(scene_path(scene, below));
#ifndef _WIN32
    char folder[128];
    (void)snprintf(folder, sizeof folder, "%s/corbridge-scene-XXXXXX", volume);
    assert_non_null(mkdtemp(folder));
    scene->elsewhere = copy_text(folder);
    assert_int_equal(symlink(folder, path), 0);
#else
    (void)volume;
    fail_msg("no other volume here");
#endif
    return path;
}

static void write_config(struct scene *scene, const struct scene_options *options)
{
    static const char FORM[] = "<corbridge>\n"
                               "  <data folder=\"%s\"/>\n"
                               "  %s\n"
                               "  <feed name=\"jms\" folder=\"%s\" %s>\n"
                               "%s%s"
                               "    <match pattern=\"%s\" format=\"jms-event\" %s/>\n"
                               "  </feed>\n"
                               "  <pharmacy name=\"diamond\" test-folder=\"%s\" %s/>\n"
                               "  <limits low-disk=\"64 MB\"/>\n"
                               "  %s\n"
                               "</corbridge>\n";
    static const char FACILITIES[] = "<facility code=\"VCSO\" name=\"Ventura\" zone=\"America/Los_Angeles\"/>"
                                     "<facility code=\"ADAMS\" name=\"Adams\" zone=\"America/Denver\"/>";
    char rules[2000];
    int size = snprintf(rules, sizeof rules, "%s%s%s%s", options->rules ? options->rules : "",
                        options->roster ? "    <match pattern=\"*.csv\" format=\"roster-csv\" " : "",
                        options->roster ? options->roster : "", options->roster ? "/>\n" : "");
    assert_true(size >= 0 && (size_t)size < sizeof rules);
    static char text[8192];
    int length = snprintf(
        text, sizeof text, FORM, scene->data, options->facilities ? options->facilities : FACILITIES,
        scene->share, options->feed ? options->feed : "", rules, options->inside ? options->inside : "",
        options->pattern ? options->pattern : "*.ini", options->match ? options->match : "ready=\"closed\"",
        scene->pharmacy, options->pharmacy ? options->pharmacy : "", options->more ? options->more : "");
    assert_true(length > 0 && (size_t)length < sizeof text);
    scene->config_path = copy_text(scene_path(scene, "corbridge.xml"));
    assert_int_equal(file_store(scene->config_path, text, (size_t)length).kind, PLATFORM_OK);
}

/* Files of docs/mappings, found from tests/fixtures. */
static void copy_mappings(struct scene *scene, const char *names)
{
    char *fixtures = test_fixture_path("");
    for (; *names != '\0'; names += strcspn(names, ",") + (names[strcspn(names, ",")] == ',')) {
        char from[1024], name[100], *bytes;
        size_t bytes_size;
        (void)snprintf(name, sizeof name, "%.*s", (int)strcspn(names, ","), names);
        (void)snprintf(from, sizeof from, "%.*sdocs/mappings/%s",
                       (int)(strlen(fixtures) - strlen("tests/fixtures/")), fixtures, name);
        for (char *c = from; *c != '\0'; c++)
            *c = *c == '/' ? PATH_SEPARATOR : *c;
        assert_int_equal(file_load(from, 1 << 20, &bytes, &bytes_size).kind, PLATFORM_OK);
        assert_int_equal(file_store(scene_path(scene, name), bytes, bytes_size).kind, PLATFORM_OK);
        free(bytes);
    }
    free(fixtures);
}

void scene_init(struct scene *scene, const struct scene_options *options)
{
    static const struct scene_options USUAL = {0};
    memset(scene, 0, sizeof *scene);
    forget_events();
    event_sink_set(collect_event, NULL);
    scene->root = test_temp_dir("scene");
    scene->share = make_folder(scene, "share");
    scene->data = options && options->data_volume ? link_folder(scene, "data", options->data_volume)
                                                  : make_folder(scene, "data");
    scene->pharmacy = make_folder(scene, "pharmacy");
    write_config(scene, options ? options : &USUAL);
    if (options && options->mappings)
        copy_mappings(scene, options->mappings);
    struct config_faults faults;
    config_faults_init(&faults);
    scene->config = config_load(scene->config_path, NULL, &faults);
    for (size_t i = 0; i < faults.count; i++)
        print_error("%s\n", faults.items[i].text);
    config_faults_release(&faults);
    assert_non_null(scene->config);
    if (options && options->live)
        scene_make_live(scene);
}

void scene_make_live(struct scene *scene)
{
    const struct config *config = scene->config;
    struct live_row rows[64];
    size_t count = 0;
    char message[400] = "";
    assert_in_range(config->feed_count + config->facility_count + config->pharmacy_count, 0, 64);
    for (size_t i = 0; i < config->feed_count; i++)
        rows[count++] = (struct live_row){.kind = LIVE_FEED, .name = config->feeds[i].name};
    for (size_t i = 0; i < config->facility_count; i++)
        rows[count++] = (struct live_row){.kind = LIVE_FACILITY, .name = config->facilities[i].code};
    for (size_t i = 0; i < config->pharmacy_count; i++)
        if (config->pharmacies[i].live_folder)
            rows[count++] = (struct live_row){.kind = LIVE_PHARMACY, .name = config->pharmacies[i].name};
    if (!make_live(scene->data, rows, count, message, sizeof message))
        fail_msg("%s", message);
    scene->world = DATABASE_LIVE;
}

const char *scene_world_path(struct scene *scene, const char *below)
{
    char path[256];
    (void)snprintf(path, sizeof path, "data%c%s%c%s", PATH_SEPARATOR, world_name(scene->world),
                   PATH_SEPARATOR, below);
    return scene_path(scene, path);
}

void scene_release(struct scene *scene)
{
    if (scene->engine)
        scene_stop(scene);
    config_free(scene->config);
    test_temp_remove(scene->root);
    test_temp_remove(scene->elsewhere);
    free(scene->elsewhere);
    free(scene->root);
    free(scene->share);
    free(scene->data);
    free(scene->pharmacy);
    free(scene->config_path);
    event_sink_set(NULL, NULL);
    forget_events();
}

void scene_start(struct scene *scene)
{
    char message[400] = "";
    struct engine_options options = {.config = scene->config};
    enum engine_start result = engine_start(&options, &scene->engine, message, sizeof message);
    if (result != ENGINE_STARTED)
        print_error("engine_start: %d: %s\n", (int)result, message);
    assert_int_equal(result, ENGINE_STARTED);
}

void scene_stop(struct scene *scene)
{
    char message[400] = "";
    bool drained = engine_stop(scene->engine, SCENE_WAIT_MS, message, sizeof message);
    scene->engine = NULL;
    if (!drained)
        print_error("engine_stop: %s\n", message);
    assert_true(drained);
}

void scene_drop_bytes(struct scene *scene, const char *name, const void *bytes, size_t size)
{
    char *path = path_join(scene->share, name);
    assert_non_null(path);
    assert_int_equal(file_store(path, bytes, size).kind, PLATFORM_OK);
    free(path);
}

void scene_drop(struct scene *scene, const char *name, const char *text)
{
    scene_drop_bytes(scene, name, text, strlen(text));
}

void scene_settle(struct scene *scene)
{
    engine_scan_now(scene->engine, false);
    if (engine_wait_idle(scene->engine, SCENE_WAIT_MS))
        return;
    struct engine_figures figures;
    engine_figures(scene->engine, &figures);
    fail_msg("not idle: claimed %llu applied %llu put away %llu quarantined %llu in flight %llu waiting %llu",
             (unsigned long long)figures.claimed, (unsigned long long)figures.applied,
             (unsigned long long)figures.put_away, (unsigned long long)figures.quarantined,
             (unsigned long long)figures.in_flight, (unsigned long long)figures.waiting);
}

/* ---- the database, as another program sees it ---- */

static sqlite3 *open_database(struct scene *scene)
{
    sqlite3 *db = NULL;
    char below[64];
    (void)snprintf(below, sizeof below, "data%cdatabase%ccorbridge-%s.db", PATH_SEPARATOR, PATH_SEPARATOR,
                   world_name(scene->world));
    assert_int_equal(sqlite3_open_v2(scene_path(scene, below), &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_busy_timeout(db, 5000), SQLITE_OK);
    return db;
}

const char *scene_rows(struct scene *scene, const char *sql)
{
    static char rows[65536];
    size_t used = 0;
    rows[0] = '\0';
    sqlite3 *db = open_database(scene);
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    int result;
    while ((result = sqlite3_step(statement)) == SQLITE_ROW) {
        if (used > 0)
            rows[used++] = '\n';
        for (int i = 0; i < sqlite3_column_count(statement); i++) {
            const char *text = (const char *)sqlite3_column_text(statement, i);
            int more = snprintf(rows + used, sizeof rows - used, "%s%s", i > 0 ? "|" : "", text ? text : "-");
            assert_true(more >= 0 && (size_t)more < sizeof rows - used - 2);
            used += (size_t)more;
        }
    }
    assert_int_equal(result, SQLITE_DONE);
    assert_int_equal(sqlite3_finalize(statement), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    return rows;
}

void scene_execute(struct scene *scene, const char *sql)
{
    sqlite3 *db = open_database(scene);
    assert_int_equal(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    assert_int_equal(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

void scene_assert_rows(struct scene *scene, const char *sql, const char *expected)
{
    const char *rows = scene_rows(scene, sql);
    if (strcmp(rows, expected) != 0)
        fail_msg("%s\n  gives    %s\n  expected %s", sql, rows, expected);
}

/* ---- files ---- */

static char found_path[2048];

static size_t walk_files(const char *folder, const char *ending, bool *found)
{
    struct folder_listing listing;
    if (folder_list(folder, &listing).kind != PLATFORM_OK)
        return 0;
    size_t count = 0;
    for (size_t i = 0; i < listing.count; i++) {
        const struct folder_entry *entry = &listing.entries[i];
        char *path = path_join(folder, entry->name);
        assert_non_null(path);
        if (entry->is_folder) {
            count += walk_files(path, ending, found);
        } else {
            count++;
            size_t length = strlen(entry->name), end = ending ? strlen(ending) : 0;
            if (ending && !*found && length >= end && strcmp(entry->name + length - end, ending) == 0) {
                *found = true;
                (void)snprintf(found_path, sizeof found_path, "%s", path);
            }
        }
        free(path);
    }
    folder_listing_release(&listing);
    return count;
}

size_t scene_count_files(const char *folder)
{
    bool found = false;
    return walk_files(folder, NULL, &found);
}

const char *scene_find_file(const char *folder, const char *ending)
{
    bool found = false;
    (void)walk_files(folder, ending, &found);
    return found ? found_path : NULL;
}

char *scene_read(const char *path)
{
    char *bytes = NULL;
    size_t size = 0;
    assert_non_null(path);
    assert_int_equal(file_load(path, 100 * 1024 * 1024, &bytes, &size).kind, PLATFORM_OK);
    return bytes;
}

char *scene_dem(const char *patient, const char *booking, const char *housing, const char *extra)
{
    static const char FORM[] = "DataType=\"PatientDemographics\"\r\n"
                               "PatientID=\"%s\"\r\n"
                               "Facility=\"VCSO\"\r\n"
                               "LastName=\"DOE\"\r\n"
                               "FirstName=\"JOHN\"\r\n"
                               "MI=\"D\"\r\n"
                               "BirthDate=\"07/22/1946\"\r\n"
                               "SSN=\"333-22-4444\"\r\n"
                               "Sex=\"Male\"\r\n"
                               "Race=\"White\"\r\n"
                               "Housing=\"%s\"\r\n"
                               "Bed=\"RLSE\"\r\n"
                               "Booking=\"%s\"\r\n"
                               "BookingDate=\"2017-06-20 14:32:04\"\r\n"
                               "Agency=\"ICE\"\r\n"
                               "Height=\"72\"\r\n"
                               "Weight=\"140\"\r\n"
                               "%s";
    char *text = malloc(2048);
    assert_non_null(text);
    int length = snprintf(text, 2048, FORM, patient ? patient : "P00012345", housing ? housing : "ISU",
                          booking ? booking : "12345678", extra ? extra : "");
    assert_true(length > 0 && length < 2048);
    return text;
}
