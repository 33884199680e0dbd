/* Rosters: 100,000 rows that are all new, and the same once more. */
#ifndef TESTS_BENCH_ROSTER_H
#define TESTS_BENCH_ROSTER_H

/* FIGURE_ROSTER_ROWS_S, _UNCHANGED_S, _UNCHANGED_RATIO and _RSS_MB. */
void roster_measure(void);

#endif
