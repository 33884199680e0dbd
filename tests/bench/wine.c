#include "tests/bench/wine.h"

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "platform/clock.h"
#include "platform/path.h"
#include "tests/bench/bench.h"
#include "tests/bench/drop.h"
#include "tests/bench/figures.h"
#include "tests/bench/process.h"
#include "tests/bench/site.h"

#define STARTS    3
#define FILES     2000
#define DROPS     50
#define LOOK_US   20000
#define SETTLE_US (UINT64_C(3) * 1000 * 1000) /* after the start, so that the first scan is over */
#define LIMIT_US  (UINT64_C(120) * 1000 * 1000)
#define ALL_DONE  "SELECT count(*) FROM file WHERE state = 'done' AND in_place = 0"
#define DRIVE     "C:"

struct wine {
    char runner[1024], program[1024], drive[1024];
    pid_t child;
    FILE *errors;
};

static void no_figures(const char *reason)
{
    for (enum figure i = FIGURE_WINE_FILES_PER_S; i < FIGURE_COUNT; i++)
        figure_missing(i, reason);
}

static bool find_wine(struct wine *wine)
{
    const char *runner = getenv("CORBRIDGE_WINE"), *prefix = getenv("WINEPREFIX");
    if (runner == NULL || prefix == NULL) {
        no_figures("no Wine: CORBRIDGE_WINE and WINEPREFIX are not set");
        return false;
    }
    (void)snprintf(wine->runner, sizeof wine->runner, "%s", runner);
    (void)snprintf(wine->program, sizeof wine->program, "%s/installer/corbridge.exe",
                   process_windows_build());
    (void)snprintf(wine->drive, sizeof wine->drive, "%s/drive_c", prefix);
    if (access(wine->program, R_OK) == 0)
        return true;
    no_figures("the Windows build is not there: ./dev build mingw-release");
    return false;
}

static void start(struct wine *wine, const struct site *site)
{
    char run[] = "run", option[] = "--config", config[200];
    (void)snprintf(config, sizeof config, DRIVE "\\%s\\corbridge.xml", path_name(site->root));
    char *arguments[] = {wine->runner, wine->program, run, option, config, NULL};
    wine->child = process_start(arguments, &wine->errors);
}

/* As a crash ends it: what is measured is committed. */
static void end(struct wine *wine)
{
    if (kill(wine->child, SIGKILL) != 0 || waitpid(wine->child, NULL, 0) != wine->child)
        bench_fail("the program under Wine cannot be ended");
    (void)fclose(wine->errors);
}

/* The first start makes prefix and database ready and is not counted. */
static void measure_start(struct wine *wine, const struct site *site)
{
    double milliseconds[STARTS];
    start(wine, site);
    end(wine);
    for (size_t i = 0; i < STARTS; i++) {
        uint64_t begun = clock_monotonic_us();
        start(wine, site);
        milliseconds[i] = (double)(clock_monotonic_us() - begun) / 1000;
        end(wine);
    }
    figure_set(FIGURE_WINE_START_RUNNING_MS, bench_median(milliseconds, STARTS));
}

static void measure_backlog(struct wine *wine, const struct site *site)
{
    site_fill(site, DROPS + 1, FILES);
    uint64_t begun = clock_monotonic_us(), now = begun;
    start(wine, site);
    while (site_count(site, ALL_DONE) < FILES) {
        bench_sleep_us(LOOK_US);
        now = clock_monotonic_us();
        if (now - begun > LIMIT_US)
            bench_fail("the program under Wine did not put all files away");
    }
    figure_set(FIGURE_WINE_FILES_PER_S, FILES / ((double)(now - begun) / 1e6));
}

static void measure_drops(struct wine *wine, const struct site *site)
{
    double milliseconds[DROPS];
    bench_sleep_us(SETTLE_US);
    figure_set(FIGURE_WINE_IDLE_RSS_MB, process_resident_megabytes(wine->child));
    drop_measure_at(site, DROPS, milliseconds);
    figure_set(FIGURE_WINE_DROP_P50_MS, bench_percentile(milliseconds, DROPS, 0.5));
    figure_set(FIGURE_WINE_DROP_P99_MS, bench_percentile(milliseconds, DROPS, 0.99));
}

void wine_measure(void)
{
    struct wine wine = {.child = 0};
    struct site site;
    if (!find_wine(&wine))
        return;
    site_make_windows(&site, "ready=\"closed\"", wine.drive, DRIVE);
    site_stage(&site, 1, DROPS);
    measure_start(&wine, &site);
    measure_backlog(&wine, &site);
    measure_drops(&wine, &site);
    end(&wine);
    site_remove(&site);
}
