/*
 * corbridge_bench: measures the engine on this machine and prints the figures beside their goals.
 *
 *   corbridge_bench [--json] [--folder FOLDER] [--only PART]...
 *
 * Parts: backlog, large, drop, quiet, order, start, idle, hl7, roster, roster-orders, roster-large (only when it is asked for), size, wine. What is not measured is null. All temporary files lie below FOLDER;
 * without it beside this program, on the disk of the build.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/bench/backlog.h"
#include "tests/bench/bench.h"
#include "tests/bench/drop.h"
#include "tests/bench/figures.h"
#include "tests/bench/hl7.h"
#include "tests/bench/order.h"
#include "tests/bench/process.h"
#include "tests/bench/roster.h"
#include "tests/bench/site.h"
#include "tests/bench/wine.h"

static const struct {
    const char *name, *what;
    void (*measure)(void);
    bool only_asked; /* too long for a usual run */
} parts[] = {
    {"backlog", "2,000 files that wait at the start, and the ceiling of this disk", backlog_measure, false},
    {"large", "20,000 files that wait at the start", backlog_measure_large, false},
    {"drop", "10 files a second, ready=\"closed\"", drop_measure_closed, false},
    {"quiet", "10 files a second, the default quiet time", drop_measure_quiet, false},
    {"order", "orders of another process while 20,000 files are put away", order_measure, false},
    {"start", "starts of the program", process_measure_start, false},
    {"idle", "the program without work", process_measure_idle, false},
    {"hl7", "the HL7 reader, in memory", hl7_measure_index, false},
    {"roster", "a roster of 100,000 rows, and the same once more", roster_measure, false},
    {"roster-orders", "orders of another process meanwhile", roster_measure_orders, false},
    {"roster-large", "a roster of 1,000,000 rows, and the same once more", roster_measure_large, true},
    {"size", "sizes of the Windows build", process_measure_sizes, false},
    {"wine", "the Windows build under Wine", wine_measure, false},
};

#define PART_COUNT (sizeof parts / sizeof parts[0])

/* ---- what every room uses ---- */

void bench_fail(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)fputs("corbridge_bench: ", stderr);
    (void)vfprintf(stderr, format, arguments);
    (void)fputc('\n', stderr);
    va_end(arguments);
    exit(1);
}

void bench_say(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)fputs("== ", stderr);
    (void)vfprintf(stderr, format, arguments);
    (void)fputc('\n', stderr);
    va_end(arguments);
}

void bench_sleep_us(uint64_t microseconds)
{
    struct timespec rest = {(time_t)(microseconds / 1000000), (long)(microseconds % 1000000) * 1000};
    while (nanosleep(&rest, &rest) != 0 && errno == EINTR) {
        /* A signal came: sleep for what is left. */
    }
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double bench_median(double *values, size_t count)
{
    qsort(values, count, sizeof values[0], compare);
    return (values[(count - 1) / 2] + values[count / 2]) / 2;
}

double bench_percentile(double *values, size_t count, double part)
{
    qsort(values, count, sizeof values[0], compare);
    size_t rank = (size_t)(part * (double)count + 0.9999999);
    return values[rank > 0 ? rank - 1 : 0];
}

/* ---- the program ---- */

static int usage(void)
{
    (void)fputs("usage: corbridge_bench [--json] [--folder FOLDER] [--only PART]...\nparts:", stderr);
    for (size_t i = 0; i < PART_COUNT; i++)
        (void)fprintf(stderr, " %s", parts[i].name);
    (void)fputc('\n', stderr);
    return 2;
}

int main(int argc, char **argv)
{
    bool json = false, chosen[PART_COUNT] = {false}, any = false;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--json") == 0) {
            json = true;
        } else if (strcmp(argv[i], "--folder") == 0 && i + 1 < argc) {
            char *folder =
                realpath(argv[++i], NULL); /* a configuration wants absolute paths; kept to the end */
            if (folder == NULL)
                bench_fail("%s: %s", argv[i], strerror(errno));
            site_set_folder(folder);
        } else if (strcmp(argv[i], "--only") == 0 && i + 1 < argc) {
            size_t part = 0;
            i++;
            while (part < PART_COUNT && strcmp(parts[part].name, argv[i]) != 0)
                part++;
            if (part == PART_COUNT)
                return usage();
            chosen[part] = any = true;
        } else {
            return usage();
        }
    }
    for (size_t i = 0; i < PART_COUNT; i++) {
        if (any ? !chosen[i] : parts[i].only_asked)
            continue;
        bench_say("%s", parts[i].what);
        parts[i].measure();
    }
    if (json)
        figures_print_json();
    else
        figures_print_table();
    return 0;
}
