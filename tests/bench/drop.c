#include "tests/bench/drop.h"

#include <stdbool.h>

#include <sqlite3.h>

#include "platform/clock.h"
#include "tests/bench/bench.h"
#include "tests/bench/figures.h"
#include "tests/bench/sample.h"
#include "tests/bench/site.h"

#define EVERY_US   100000 /* 10 files a second */
#define LOOK_US    100    /* between two looks at the database */
#define FILES_MAX  300
#define LONGEST_US (UINT64_C(30) * 1000 * 1000)
#define SETTLE_US  (UINT64_C(300) * 1000) /* after the start, so that the first scan is over */

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

/* Milliseconds of each file, from just before its rename to the look that found its row. The oldest that is missing is looked
 * for, so a file that overtakes is counted late rather than early. */
static void measure(const char *ready, size_t files, double *milliseconds)
{
    uint64_t dropped_at[FILES_MAX];
    struct site site;
    site_make(&site, ready);
    site_stage(&site, 1, files);
    site_start(&site);
    bench_sleep_us(SETTLE_US);
    sqlite3 *db = site_connect(&site);
    sqlite3_stmt *look = NULL;
    if (sqlite3_prepare_v2(db, "SELECT 1 FROM booking WHERE authority = 'JMS' AND booking_number = ?", -1,
                           &look, NULL) != SQLITE_OK)
        bench_fail("%s", sqlite3_errmsg(db));
    uint64_t begun = clock_monotonic_us();
    size_t dropped = 0, seen = 0;
    while (seen < files) {
        if (dropped < files && clock_monotonic_us() >= begun + dropped * EVERY_US) {
            dropped_at[dropped] = site_drop(&site, dropped + 1);
            dropped++;
        }
        while (seen < dropped && is_there(look, seen + 1)) {
            milliseconds[seen] = (double)(clock_monotonic_us() - dropped_at[seen]) / 1000;
            seen++;
        }
        if (seen < dropped && clock_monotonic_us() - dropped_at[seen] > LONGEST_US)
            bench_fail("file %zu did not become a row", seen + 1);
        bench_sleep_us(LOOK_US);
    }
    (void)sqlite3_finalize(look);
    (void)sqlite3_close(db);
    site_remove(&site);
}

void drop_measure_closed(void)
{
    double milliseconds[FILES_MAX];
    measure("ready=\"closed\"", 300, milliseconds);
    figure_set(FIGURE_DROP_P50_MS, bench_percentile(milliseconds, 300, 0.5));
    figure_set(FIGURE_DROP_P99_MS, bench_percentile(milliseconds, 300, 0.99));
}

void drop_measure_quiet(void)
{
    double milliseconds[FILES_MAX];
    measure("", 150, milliseconds);
    figure_set(FIGURE_QUIET_P99_MS, bench_percentile(milliseconds, 150, 0.99));
}
