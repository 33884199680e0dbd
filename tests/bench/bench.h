/* What every room of the benchmark uses. It is a program of one thread that ends at the first thing that goes wrong. */
#ifndef TESTS_BENCH_BENCH_H
#define TESTS_BENCH_BENCH_H

#include <stddef.h>
#include <stdint.h>

/* Says what went wrong and ends the process with exit code 1; temporary folders are removed. */
_Noreturn void bench_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* What is being measured now, on the error stream. */
void bench_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

void bench_sleep_us(uint64_t microseconds);

/* Sorts in place. The median of an even count is the mean of the middle two. */
double bench_median(double *values, size_t count);

/* The value that `part` (0 to 1) of all do not exceed, by nearest rank; sorts in place. */
double bench_percentile(double *values, size_t count, double part);

#endif
