/*
 * The figures, their units and their goals: one table, in the order in which they are printed. The keys of --json stay
 * as they are for ever; a figure that was not measured is null.
 */
#ifndef TESTS_BENCH_FIGURES_H
#define TESTS_BENCH_FIGURES_H

enum figure {
    FIGURE_FILES_PER_S,
    FIGURE_CEILING_FILES_PER_S,
    FIGURE_RATIO_TO_CEILING,
    FIGURE_DROP_P50_MS,
    FIGURE_DROP_P99_MS,
    FIGURE_QUIET_P99_MS,
    FIGURE_FLUSH_P50_MS,
    FIGURE_FLUSH_P99_MS,
    FIGURE_BACKLOG_20000_FILES_PER_S,
    FIGURE_BACKLOG_20000_COST_RATIO,
    FIGURE_ORDER_INSERT_P50_MS,
    FIGURE_ORDER_INSERT_P99_MS,
    FIGURE_IDLE_RSS_MB,
    FIGURE_IDLE_CPU_PERCENT,
    FIGURE_START_RUNNING_MS,
    FIGURE_EXE_BYTES,
    FIGURE_INSTALLER_BYTES,
    FIGURE_HL7_INDEX_MB_PER_S,
    FIGURE_ROSTER_ROWS_S,
    FIGURE_ROSTER_UNCHANGED_S,
    FIGURE_ROSTER_UNCHANGED_RATIO,
    FIGURE_ROSTER_RSS_MB,
    FIGURE_ROSTER_ORDER_P99_MS,
    FIGURE_ROSTER_LARGE_S,
    FIGURE_ROSTER_LARGE_RSS_MB,
    FIGURE_WINE_FILES_PER_S,
    FIGURE_WINE_DROP_P50_MS,
    FIGURE_WINE_DROP_P99_MS,
    FIGURE_WINE_IDLE_RSS_MB,
    FIGURE_WINE_START_RUNNING_MS,
    FIGURE_COUNT
};

void figure_set(enum figure figure, double value);

/* Why a figure stays null: static text. */
void figure_missing(enum figure figure, const char *reason);

void figures_print_table(void);
void figures_print_json(void);

#endif
