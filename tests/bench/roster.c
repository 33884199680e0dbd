#include "tests/bench/roster.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <unistd.h>

#include "platform/clock.h"
#include "platform/path.h"
#include "tests/bench/bench.h"
#include "tests/bench/figures.h"
#include "tests/bench/process.h"
#include "tests/bench/site.h"

#define ROWS     100000
#define LOOK_US  2000
#define LIMIT_US (UINT64_C(300) * 1000 * 1000)

/* Writes the roster beside the share, so that it is renamed into it in one piece. */
static void write_roster(const struct site *site, const char *name, char **written, char **dropped)
{
    *written = path_join(site->root, name);
    *dropped = path_join(site->share, name);
    FILE *file = *written && *dropped ? fopen(*written, "wb") : NULL;
    if (file == NULL)
        bench_fail("the roster cannot be written");
    for (int n = 1; n <= ROWS; n++)
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
static double run(struct site *site, const char *name, int64_t number, double *megabytes)
{
    char *written, *dropped;
    struct engine_figures figures;
    write_roster(site, name, &written, &dropped);
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

void roster_measure(void)
{
    struct site site;
    double megabytes = 0;
    site_make(&site, "ready=\"closed\"");
    site_prepare(&site);
    site_start(&site);
    double first = run(&site, "1.csv", 1, &megabytes);
    bench_say("%d new rows: %.2f s", ROWS, first);
    await_copy(&site, 1);
    double second = run(&site, "2.csv", 2, &megabytes);
    bench_say("%d unchanged rows: %.2f s", ROWS, second);
    site_stop(&site);
    if (site_count(&site, "SELECT count(*) FROM booking") != ROWS ||
        site_count(&site, "SELECT sum(applied) FROM file_progress") != ROWS ||
        site_count(&site, "SELECT sum(unchanged) FROM file_progress") != ROWS)
        bench_fail("the engine left rows out");
    site_remove(&site);
    figure_set(FIGURE_ROSTER_ROWS_S, first);
    figure_set(FIGURE_ROSTER_UNCHANGED_S, second);
    figure_set(FIGURE_ROSTER_UNCHANGED_RATIO, first / second);
    figure_set(FIGURE_ROSTER_RSS_MB, megabytes);
}
