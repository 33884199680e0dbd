/* The program itself, as a process of its own: how soon it runs, and what it costs while nothing happens. */
#ifndef TESTS_BENCH_PROCESS_H
#define TESTS_BENCH_PROCESS_H

#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

/* Starts a program that prints that CorBridge runs, as `corbridge run` does, and waits until it has said so. *errors is its error
 * stream, which the caller closes when it has ended. Fails the benchmark when the program ends before. */
pid_t process_start(char *const arguments[], FILE **errors);

/* What the system says of a process. */
double process_resident_megabytes(pid_t process);

/* Folder of the Windows build. */
const char *process_windows_build(void);

/* From starting `corbridge run` to its word that it runs, on a data folder that it knows; median of five. */
void process_measure_start(void);

/* `corbridge run`, after it has put away 2,000 files: resident memory, and processor time over 20 s without work. */
void process_measure_idle(void);

/* Sizes of the Windows program and its installer, where they were built. */
void process_measure_sizes(void);

/* Says what each thread of the engine in this process has used of the processor so far, in microseconds for each of `files` files. */
void process_say_threads(size_t files);

#endif
