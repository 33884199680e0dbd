#include "tests/bench/roster.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <unistd.h>

#include "platform/clock.h"
#include "platform/path.h"
#include "tests/bench/bench.h"
#include "tests/bench/figures.h"
#include "tests/bench/order.h"
#include "tests/bench/process.h"
#include "tests/bench/site.h"

#define ROWS       100000
#define ROWS_LARGE 1000000
#define LOOK_US    2000
#define LIMIT_US   (UINT64_C(1200) * 1000 * 1000)

/* Writes the roster beside the share, so that it is renamed into it in one piece. */
static void write_roster(const struct site *site, const char *name, int rows, char **written, char **dropped)
{
    *written = path_join(site->root, name);
    *dropped = path_join(site->share, name);
    FILE *file = *written && *dropped ? fopen(*written, "wb") : NULL;
    if (file == NULL)
        bench_fail("the roster cannot be written");
    for (int n = 1; n <= rows; n++)
        (void)fprintf(
            file,
            "\"Lastname%d\",\"Firstname\",\"M\",\"P%d\",\"1980-01-31\",\"333-22-4444\",\"Male\",\"White\","
            "\"VCSO\",\"COUNTY\",\"BLOCK %d\",\"%d\",\"B%d\",\"2018-06-06T12:34\",\"\",\"71\","
            "\"\\\\photos\\%d.jpg\"\r\n",
            n, n, n % 40, n % 64, n, n);
    if (fflush(file) != 0 || fsync(fileno(file)) != 0 || fclose(file) != 0)
        bench_fail("the roster cannot be written");
}

/* The copy in the test world is not what is measured: it ends first. */
static void await_copy(const struct site *site, uint64_t copies)
{
    struct engine_figures figures;
    uint64_t begun = clock_monotonic_us();
    do {
        bench_sleep_us(LOOK_US);
        engine_figures(site->engine, &figures);
        if (clock_monotonic_us() - begun > LIMIT_US)
            bench_fail("the roster was not copied in time");
    } while (figures.copied < copies);
}

/* Processor time of all threads so far, in seconds: what a run costs also on a machine that has other work. */
static double processor_seconds(void)
{
    struct timespec time;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* Seconds from the drop until the ledger says that the roster is done; the most memory on the way. */
static double run(struct site *site, const char *name, int rows, int64_t number, double *megabytes)
{
    char *written, *dropped;
    struct engine_figures figures;
    write_roster(site, name, rows, &written, &dropped);
    double used = processor_seconds();
    uint64_t begun = clock_monotonic_us(), now;
    if (rename(written, dropped) != 0)
        bench_fail("the roster cannot be dropped");
    do {
        bench_sleep_us(LOOK_US);
        engine_figures(site->engine, &figures);
        double present = process_resident_megabytes(getpid());
        *megabytes = present > *megabytes ? present : *megabytes;
        now = clock_monotonic_us();
        if (now - begun > LIMIT_US)
            bench_fail("the roster was not done in time");
    } while (figures.applied < (uint64_t)number);
    bench_say("%s: %.2f s, %.2f s of processor time", name, (double)(now - begun) / 1e6,
              processor_seconds() - used);
    free(written);
    free(dropped);
    return (double)(now - begun) / 1e6;
}

/* Both rosters, new and unchanged, and their copies in the test world. */
static void run_twice(struct site *site, int rows, double seconds[2], double *megabytes)
{
    seconds[0] = run(site, "1.csv", rows, 1, megabytes);
    await_copy(site, 1);
    seconds[1] = run(site, "2.csv", rows, 2, megabytes);
    await_copy(site, 2);
    site_stop(site);
    if (site_count(site, "SELECT count(*) FROM booking") != rows ||
        site_count(site, "SELECT sum(applied) FROM file_progress") != rows ||
        site_count(site, "SELECT sum(unchanged) FROM file_progress") != rows)
        bench_fail("the engine left rows out");
}

void roster_measure(void)
{
    struct site site;
    double megabytes = 0, seconds[2];
    site_make(&site, "ready=\"closed\"");
    site_prepare(&site);
    site_start(&site);
    run_twice(&site, ROWS, seconds, &megabytes);
    site_remove(&site);
    figure_set(FIGURE_ROSTER_ROWS_S, seconds[0]);
    figure_set(FIGURE_ROSTER_UNCHANGED_S, seconds[1]);
    figure_set(FIGURE_ROSTER_UNCHANGED_RATIO, seconds[0] / seconds[1]);
    figure_set(FIGURE_ROSTER_RSS_MB, megabytes);
}

void roster_measure_orders(void)
{
    static double milliseconds[ORDER_WRITER_MAX];
    struct site site;
    struct order_writer writer;
    double megabytes = 0, seconds[2];
    site_make(&site, "ready=\"closed\"");
    site_prepare(&site);
    order_writer_start(&writer, &site); /* for the person of the first row */
    site_start(&site);
    order_writer_begin(&writer);
    run_twice(&site, ROWS, seconds, &megabytes);
    size_t count = order_writer_end(&writer, milliseconds);
    if (site_count(&site, "SELECT count(*) FROM medication_order") != (int64_t)count)
        bench_fail("an order is missing");
    site_remove(&site);
    double p99 = bench_percentile(milliseconds, count, 0.99);
    bench_say("%zu orders: p50 %.2f ms, p99 %.2f, slowest %.2f", count,
              bench_percentile(milliseconds, count, 0.5), p99, milliseconds[count - 1]);
    figure_set(FIGURE_ROSTER_ORDER_P99_MS, p99);
}

void roster_measure_large(void)
{
    struct site site;
    double megabytes = 0, seconds[2];
    site_make(&site, "ready=\"closed\"");
    site_prepare(&site);
    site_start(&site);
    run_twice(&site, ROWS_LARGE, seconds, &megabytes);
    site_remove(&site);
    bench_say("%d rows: %.1f s, again %.1f s; at most %.1f MB", ROWS_LARGE, seconds[0], seconds[1],
              megabytes);
    figure_set(FIGURE_ROSTER_LARGE_S, seconds[0]);
    figure_set(FIGURE_ROSTER_LARGE_RSS_MB, megabytes);
}
