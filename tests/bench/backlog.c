#include "tests/bench/backlog.h"

#include <stdlib.h>

#include <sqlite3.h>

#include "platform/clock.h"
#include "tests/bench/bench.h"
#include "tests/bench/ceiling.h"
#include "tests/bench/figures.h"
#include "tests/bench/process.h"
#include "tests/bench/rows.h"
#include "tests/bench/sample.h"
#include "tests/bench/site.h"

#define FILES       2000
#define LARGE_FILES 20000
#define RUNS        5
#define LOOK_US     500
#define LIMIT_US    (UINT64_C(120) * 1000 * 1000)

static double files_per_s; /* of the product with FILES */

/* Seconds from the call of engine_start to the moment when the ledger says of the last file that it is put away. */
static double product_run(struct site *site, size_t files)
{
    struct engine_figures figures;
    uint64_t begun = clock_monotonic_us(), now;
    site_start(site);
    do {
        bench_sleep_us(LOOK_US);
        engine_figures(site->engine, &figures);
        now = clock_monotonic_us();
        if (now - begun > LIMIT_US)
            bench_fail("the engine put away %llu files only", (unsigned long long)figures.put_away);
    } while (figures.put_away < files);
    if (getenv("CORBRIDGE_BENCH_THREADS") != NULL)
        process_say_threads(files);
    site_stop(site);
    if (site_count(site, "SELECT count(*) FROM booking") != (int64_t)files ||
        site_count(site, "SELECT count(*) FROM file WHERE state = 'done' AND stored IS NOT NULL") !=
            (int64_t)files)
        bench_fail("the engine left files out");
    return (double)(now - begun) / 1e6;
}

static double run_product(size_t files, struct rows *rows)
{
    struct site site;
    site_make(&site, "ready=\"closed\"");
    site_prepare(&site);
    site_fill(&site, 1, files);
    double seconds = product_run(&site, files);
    if (rows != NULL) {
        sqlite3 *db = site_connect(&site);
        rows_load(rows, db);
        (void)sqlite3_close(db);
    }
    site_remove(&site);
    return seconds;
}

static double run_ceiling(size_t files, const struct rows *rows)
{
    struct site site;
    site_make(&site, "ready=\"closed\"");
    site_prepare(&site);
    site_fill(&site, 1, files);
    double seconds = ceiling_run(&site, rows);
    if (site_count(&site, "SELECT count(*) FROM change_log") != (int64_t)rows->tables[ROWS_CHANGE_LOG].count)
        bench_fail("the ceiling left rows out");
    site_remove(&site);
    return seconds;
}

void backlog_measure(void)
{
    double product[RUNS], ceiling[RUNS], ratio[RUNS];
    for (size_t i = 0; i < RUNS; i++) {
        struct rows rows;
        product[i] = FILES / run_product(FILES, &rows);
        ceiling[i] = FILES / run_ceiling(FILES, &rows);
        ratio[i] = product[i] / ceiling[i];
        rows_release(&rows);
        bench_say("%d files, run %zu: %.0f files/s, ceiling %.0f, ratio %.3f", FILES, i + 1, product[i],
                  ceiling[i], ratio[i]);
    }
    files_per_s = bench_median(product, RUNS);
    figure_set(FIGURE_FILES_PER_S, files_per_s);
    figure_set(FIGURE_CEILING_FILES_PER_S, bench_median(ceiling, RUNS));
    figure_set(FIGURE_RATIO_TO_CEILING, bench_median(ratio, RUNS));
}

void backlog_measure_large(void)
{
    double large = LARGE_FILES / run_product(LARGE_FILES, NULL);
    bench_say("%d files: %.0f files/s", LARGE_FILES, large);
    figure_set(FIGURE_BACKLOG_20000_FILES_PER_S, large);
    if (files_per_s > 0)
        figure_set(FIGURE_BACKLOG_20000_COST_RATIO, files_per_s / large);
}
