/* The program itself, as a process of its own: how soon it runs, and what it costs while nothing happens. */
#ifndef TESTS_BENCH_PROCESS_H
#define TESTS_BENCH_PROCESS_H

#include <stddef.h>

/* From starting `corbridge run` to its word that it runs, on a data folder that it knows; median of five. */
void process_measure_start(void);

/* `corbridge run`, after it has put away 2,000 files: resident memory, and processor time over 20 s without work. */
void process_measure_idle(void);

/* Sizes of the Windows program and its installer, where they were built. */
void process_measure_sizes(void);

/* Says what each thread of the engine in this process has used of the processor so far, in microseconds for each of `files` files. */
void process_say_threads(size_t files);

#endif
