/* Rosters: rows that are all new, and the same once more. */
#ifndef TESTS_BENCH_ROSTER_H
#define TESTS_BENCH_ROSTER_H

/* 100,000 rows: FIGURE_ROSTER_ROWS_S, _UNCHANGED_S, _UNCHANGED_RATIO and _RSS_MB. */
void roster_measure(void);

/* Orders of another process meanwhile: FIGURE_ROSTER_ORDER_P99_MS. */
void roster_measure_orders(void);

/* 1,000,000 rows: FIGURE_ROSTER_LARGE_S and _LARGE_RSS_MB. */
void roster_measure_large(void);

#endif
