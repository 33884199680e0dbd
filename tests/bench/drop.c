#include "tests/bench/drop.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sqlite3.h>

#include "platform/clock.h"
#include "tests/bench/bench.h"
#include "tests/bench/figures.h"
#include "tests/bench/sample.h"
#include "tests/bench/site.h"

#define EVERY_US     100000 /* 10 files a second */
#define LOOK_US      100    /* between two looks at the database */
#define FILES_MAX    300
#define CLOSED_FILES 300
#define QUIET_FILES  150
#define LONGEST_US   (UINT64_C(30) * 1000 * 1000)
#define SETTLE_US    (UINT64_C(300) * 1000) /* after the start, so that the first scan is over */

static bool is_there(sqlite3_stmt *look, size_t number)
{
    char booking[16];
    sample_booking(booking, number);
    (void)sqlite3_bind_text(look, 1, booking, -1, SQLITE_STATIC);
    int code = sqlite3_step(look);
    (void)sqlite3_reset(look);
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        bench_fail("the row cannot be looked for: SQLite %d", code);
    return code == SQLITE_ROW;
}

/* ---- the disk itself ---- */

/* What one write with a flush takes between two drops, while the engine rests: a row needs two of them, one after the other. */
struct flushes {
    int file;
    size_t count;
    double milliseconds[FILES_MAX];
};

static void flushes_open(struct flushes *flushes, const struct site *site)
{
    char path[1024];
    (void)snprintf(path, sizeof path, "%s/flushes", site->root);
    flushes->count = 0;
    flushes->file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (flushes->file < 0)
        bench_fail("%s: %s", path, strerror(errno));
}

static void flushes_take(struct flushes *flushes)
{
    static const char PAGE[4096];
    uint64_t begun = clock_monotonic_us();
    if (write(flushes->file, PAGE, sizeof PAGE) != (ssize_t)sizeof PAGE || fdatasync(flushes->file) != 0)
        bench_fail("the disk cannot be flushed: %s", strerror(errno));
    flushes->milliseconds[flushes->count++] = (double)(clock_monotonic_us() - begun) / 1000;
}

/* ---- drops ---- */

static void say_spread(double *milliseconds, size_t files)
{
    double p50 = bench_percentile(milliseconds, files, 0.5), p90 = bench_percentile(milliseconds, files, 0.9);
    double p99 = bench_percentile(milliseconds, files, 0.99);
    bench_say("%zu files: p50 %.2f ms, p90 %.2f, p99 %.2f, slowest %.2f", files, p50, p90, p99,
              milliseconds[files - 1]);
}

/* Milliseconds of each file, from just before its rename to the look that found its row. The oldest that is missing is looked
 * for, so a file that overtakes is counted late rather than early. `flushes` may be NULL. */
static void measure_at(const struct site *site, size_t files, double *milliseconds, struct flushes *flushes)
{
    uint64_t dropped_at[FILES_MAX];
    sqlite3 *db = site_connect(site);
    sqlite3_stmt *look = NULL;
    if (sqlite3_prepare_v2(db, "SELECT 1 FROM booking WHERE authority = 'JMS' AND booking_number = ?", -1,
                           &look, NULL) != SQLITE_OK)
        bench_fail("%s", sqlite3_errmsg(db));
    uint64_t begun = clock_monotonic_us();
    size_t dropped = 0, seen = 0;
    while (seen < files) {
        if (dropped < files && clock_monotonic_us() >= begun + dropped * EVERY_US) {
            dropped_at[dropped] = site_drop(site, dropped + 1);
            dropped++;
        }
        while (seen < dropped && is_there(look, seen + 1)) {
            milliseconds[seen] = (double)(clock_monotonic_us() - dropped_at[seen]) / 1000;
            seen++;
        }
        if (flushes && flushes->count < seen && seen == dropped &&
            clock_monotonic_us() >= dropped_at[seen - 1] + EVERY_US / 2)
            flushes_take(flushes);
        if (seen < dropped && clock_monotonic_us() - dropped_at[seen] > LONGEST_US)
            bench_fail("file %zu did not become a row", seen + 1);
        bench_sleep_us(LOOK_US);
    }
    (void)sqlite3_finalize(look);
    (void)sqlite3_close(db);
    say_spread(milliseconds, files);
}

void drop_measure_at(const struct site *site, size_t files, double *milliseconds)
{
    if (files > FILES_MAX)
        bench_fail("at most %d files can be dropped", FILES_MAX);
    measure_at(site, files, milliseconds, NULL);
}

static void start(struct site *site, const char *ready, size_t files)
{
    site_make(site, ready);
    site_stage(site, 1, files);
    site_start(site);
    bench_sleep_us(SETTLE_US);
}

void drop_measure_closed(void)
{
    double milliseconds[CLOSED_FILES];
    struct flushes flushes;
    struct site site;
    start(&site, "ready=\"closed\"", CLOSED_FILES);
    flushes_open(&flushes, &site);
    measure_at(&site, CLOSED_FILES, milliseconds, &flushes);
    (void)close(flushes.file);
    site_remove(&site);
    figure_set(FIGURE_FLUSH_P50_MS, bench_percentile(flushes.milliseconds, flushes.count, 0.5));
    figure_set(FIGURE_FLUSH_P99_MS, bench_percentile(flushes.milliseconds, flushes.count, 0.99));
    figure_set(FIGURE_DROP_P50_MS, bench_percentile(milliseconds, CLOSED_FILES, 0.5));
    figure_set(FIGURE_DROP_P99_MS, bench_percentile(milliseconds, CLOSED_FILES, 0.99));
}

void drop_measure_quiet(void)
{
    double milliseconds[QUIET_FILES];
    struct site site;
    start(&site, "", QUIET_FILES);
    measure_at(&site, QUIET_FILES, milliseconds, NULL);
    site_remove(&site);
    figure_set(FIGURE_QUIET_P99_MS, bench_percentile(milliseconds, QUIET_FILES, 0.99));
}
