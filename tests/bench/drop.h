/* From the drop to the row: how long after a file was renamed into the share another program can read its booking. */
#ifndef TESTS_BENCH_DROP_H
#define TESTS_BENCH_DROP_H

#include <stddef.h>

#include "tests/bench/site.h"

/* Drops `files` staged files of a site at which an engine runs, and measures each: milliseconds[files]. */
void drop_measure_at(const struct site *site, size_t files, double *milliseconds);

/* 10 files a second, 300 of them, ready="closed". */
void drop_measure_closed(void);

/* 10 files a second, 150 of them, with the default: a quiet time of 1 s. */
void drop_measure_quiet(void);

#endif
