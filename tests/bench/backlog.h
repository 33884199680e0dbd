/* A backlog: files that lie in the share when the engine starts, as after a night's stop. */
#ifndef TESTS_BENCH_BACKLOG_H
#define TESTS_BENCH_BACKLOG_H

/* 2,000 files, the product and the ceiling in turn, five times each: medians, and the median of the five ratios. */
void backlog_measure(void);

/* 20,000 files, once; its cost per file against that of 2,000. After backlog_measure. */
void backlog_measure_large(void);

#endif
