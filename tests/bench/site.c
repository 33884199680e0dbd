#include "tests/bench/site.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sqlite3.h>

#include "platform/clock.h"
#include "platform/file.h"
#include "platform/folder.h"
#include "platform/path.h"
#include "tests/bench/bench.h"
#include "tests/bench/sample.h"
#include "tests/support/make_live.h"
#include "tests/support/test_main.h"

#define STOP_MS 60000u

static const char *base = BENCH_FOLDER;
static struct site *present; /* to be removed when the benchmark fails */

void site_set_folder(const char *folder)
{
    base = folder;
}

static void remove_present(void)
{
    if (present != NULL)
        test_temp_remove(present->root);
}

static char *join(const char *folder, const char *name)
{
    char *path = path_join(folder, name);
    if (path == NULL)
        bench_fail("memory is exhausted");
    return path;
}

static char *make_folder(const char *folder, const char *name)
{
    char *path = join(folder, name);
    if (folder_make(path).kind != PLATFORM_OK)
        bench_fail("%s cannot be made", path);
    return path;
}

/* `root` is what the program that reads it calls the site's folder. */
static void write_config(struct site *site, const char *ready, const char *root, char separator)
{
    char text[4096];
    int length =
        snprintf(text, sizeof text,
                 "<corbridge>\n"
                 "  <data folder=\"%s%cdata\"/>\n"
                 "  <facility code=\"VCSO\" name=\"Ventura\" zone=\"America/Los_Angeles\"/>\n"
                 "  <feed name=\"jms\" folder=\"%s%cshare\">\n"
                 "    <match pattern=\"*.ini\" format=\"jms-event\" %s/>\n"
                 "    <match pattern=\"*.csv\" format=\"roster-csv\" ready=\"closed\" lag=\"0 s\"/>\n"
                 "  </feed>\n"
                 "  <pharmacy name=\"diamond\" test-folder=\"%s%ctest-pharmacy\""
                 " live-folder=\"%s%cpharmacy\"/>\n"
                 "  <limits low-disk=\"64 MB\"/>\n"
                 "</corbridge>\n",
                 root, separator, root, separator, ready, root, separator, root, separator);
    site->config_path = join(site->root, "corbridge.xml");
    if (length < 0 || (size_t)length >= sizeof text ||
        file_store(site->config_path, text, (size_t)length).kind != PLATFORM_OK)
        bench_fail("the configuration cannot be written");
}

static void load_config(struct site *site)
{
    struct config_faults faults;
    config_faults_init(&faults);
    site->config = config_load(site->config_path, NULL, &faults);
    if (site->config == NULL)
        bench_fail("%s", faults.count > 0 ? faults.items[0].text : "the configuration is refused");
    config_faults_release(&faults);
}

/* What is measured is the live world, with the test world following. */
static void go_live(const struct site *site)
{
    static const struct live_row ROWS[] = {{.kind = LIVE_FEED, .name = "jms"},
                                           {.kind = LIVE_FACILITY, .name = "VCSO"},
                                           {.kind = LIVE_PHARMACY, .name = "diamond"}};
    char message[400] = "";
    if (!make_live(site->data, ROWS, sizeof ROWS / sizeof ROWS[0], message, sizeof message))
        bench_fail("%s", message);
}

static void make(struct site *site, const char *folder)
{
    static bool watched;
    if (!watched && atexit(remove_present) != 0)
        bench_fail("memory is exhausted");
    watched = true;
    memset(site, 0, sizeof *site);
    site->root = join(folder, "site-XXXXXX");
    if (mkdtemp(site->root) == NULL)
        bench_fail("no folder can be made in %s: %s", folder, strerror(errno));
    present = site;
    site->share = make_folder(site->root, "share");
    site->data = make_folder(site->root, "data");
    free(make_folder(site->root, "pharmacy"));
    free(make_folder(site->root, "test-pharmacy"));
    go_live(site);
}

void site_make(struct site *site, const char *ready)
{
    make(site, base);
    write_config(site, ready, site->root, PATH_SEPARATOR);
    load_config(site);
}

void site_make_windows(struct site *site, const char *ready, const char *folder, const char *windows_base)
{
    char root[100];
    make(site, folder);
    (void)snprintf(root, sizeof root, "%s\\%s", windows_base, path_name(site->root));
    write_config(site, ready, root, '\\');
}

void site_remove(struct site *site)
{
    if (site->engine != NULL)
        site_stop(site);
    present = NULL;
    test_temp_remove(site->root);
    config_free(site->config);
    free(site->root);
    free(site->share);
    free(site->data);
    free(site->config_path);
}

void site_start(struct site *site)
{
    char message[600] = "";
    struct engine_options options = {.config = site->config};
    if (engine_start(&options, &site->engine, message, sizeof message) != ENGINE_STARTED)
        bench_fail("%s", message);
}

void site_stop(struct site *site)
{
    char message[600] = "";
    bool drained = engine_stop(site->engine, STOP_MS, message, sizeof message);
    site->engine = NULL;
    if (!drained)
        bench_fail("%s", message);
}

void site_prepare(struct site *site)
{
    site_start(site);
    site_stop(site);
}

/* ---- files ---- */

static void write_sample(const char *folder, size_t number)
{
    char name[40], text[SAMPLE_SIZE];
    size_t size = sample_dem(text, number);
    sample_name(name, number);
    char *path = join(folder, name);
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (file < 0 || write(file, text, size) != (ssize_t)size || close(file) != 0)
        bench_fail("%s cannot be written: %s", path, strerror(errno));
    free(path);
}

/* What is measured must not have to write what was prepared. */
static void bring_to_disk(const struct site *site)
{
    int folder = open(site->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0 || syncfs(folder) != 0)
        bench_fail("%s: syncfs: %s", site->root, strerror(errno));
    (void)close(folder);
}

void site_fill(const struct site *site, size_t first, size_t count)
{
    for (size_t i = 0; i < count; i++)
        write_sample(site->share, first + i);
    bring_to_disk(site);
}

void site_stage(const struct site *site, size_t first, size_t count)
{
    char *folder = make_folder(site->root, "stage");
    for (size_t i = 0; i < count; i++)
        write_sample(folder, first + i);
    free(folder);
    bring_to_disk(site);
}

uint64_t site_drop(const struct site *site, size_t number)
{
    char name[40], from[1024], to[1024];
    sample_name(name, number);
    int length = snprintf(from, sizeof from, "%s/stage/%s", site->root, name);
    if (length < 0 || (size_t)length >= sizeof from)
        bench_fail("the folder's path is too long");
    (void)snprintf(to, sizeof to, "%s/%s", site->share, name);
    uint64_t begun = clock_monotonic_us();
    if (rename(from, to) != 0)
        bench_fail("%s: %s", to, strerror(errno));
    return begun;
}

/* ---- the database ---- */

const char *site_database(const struct site *site)
{
    static char path[1024];
    int length = snprintf(path, sizeof path, "%s/database/corbridge-live.db", site->data);
    if (length < 0 || (size_t)length >= sizeof path)
        bench_fail("the folder's path is too long");
    return path;
}

struct sqlite3 *site_connect(const struct site *site)
{
    sqlite3 *db = NULL;
    if (sqlite3_open_v2(site_database(site), &db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK ||
        sqlite3_busy_timeout(db, 5000) != SQLITE_OK)
        bench_fail("the database cannot be opened: %s", sqlite3_errmsg(db));
    return db;
}

int64_t site_count(const struct site *site, const char *sql)
{
    sqlite3 *db = site_connect(site);
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK ||
        sqlite3_step(statement) != SQLITE_ROW)
        bench_fail("%s: %s", sql, sqlite3_errmsg(db));
    int64_t count = sqlite3_column_int64(statement, 0);
    (void)sqlite3_finalize(statement);
    (void)sqlite3_close(db);
    return count;
}
