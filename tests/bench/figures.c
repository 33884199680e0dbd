#include "tests/bench/figures.h"

#include <stdbool.h>
#include <stdio.h>

enum goal {
    GOAL_NONE,
    GOAL_AT_LEAST,
    GOAL_AT_MOST
};

static const struct {
    const char *key, *unit;
    int decimals;
    enum goal goal;
    double wanted;
} table[FIGURE_COUNT] = {
    [FIGURE_FILES_PER_S] = {"dem.files_per_s", "files/s", 0, GOAL_AT_LEAST, 8000},
    [FIGURE_CEILING_FILES_PER_S] = {"dem.ceiling_files_per_s", "files/s", 0, GOAL_NONE, 0},
    [FIGURE_RATIO_TO_CEILING] = {"dem.ratio_to_ceiling", "", 3, GOAL_AT_LEAST, 0.4},
    [FIGURE_DROP_P50_MS] = {"dem.drop_to_row_p50_ms", "ms", 2, GOAL_NONE, 0},
    [FIGURE_DROP_P99_MS] = {"dem.drop_to_row_p99_ms", "ms", 2, GOAL_AT_MOST, 20},
    [FIGURE_QUIET_P99_MS] = {"dem.quiet_p99_ms", "ms", 2, GOAL_AT_MOST, 1020},
    [FIGURE_FLUSH_P50_MS] = {"disk.flush_p50_ms", "ms", 2, GOAL_NONE, 0},
    [FIGURE_FLUSH_P99_MS] = {"disk.flush_p99_ms", "ms", 2, GOAL_NONE, 0},
    [FIGURE_BACKLOG_20000_FILES_PER_S] = {"dem.backlog_20000_files_per_s", "files/s", 0, GOAL_NONE, 0},
    [FIGURE_BACKLOG_20000_COST_RATIO] = {"dem.backlog_20000_cost_ratio", "", 3, GOAL_AT_MOST, 1.1},
    [FIGURE_ORDER_INSERT_P50_MS] = {"order_insert_p50_ms", "ms", 2, GOAL_NONE, 0},
    [FIGURE_ORDER_INSERT_P99_MS] = {"order_insert_p99_ms", "ms", 2, GOAL_AT_MOST, 250},
    [FIGURE_IDLE_RSS_MB] = {"idle.rss_mb", "MB", 2, GOAL_AT_MOST, 15},
    [FIGURE_IDLE_CPU_PERCENT] = {"idle.cpu_percent", "%", 4, GOAL_AT_MOST, 0.1},
    [FIGURE_START_RUNNING_MS] = {"start.running_ms", "ms", 1, GOAL_AT_MOST, 1000},
    [FIGURE_EXE_BYTES] = {"size.exe_bytes", "bytes", 0, GOAL_AT_MOST, 5e6},
    [FIGURE_INSTALLER_BYTES] = {"size.installer_bytes", "bytes", 0, GOAL_AT_MOST, 3e6},
    [FIGURE_HL7_INDEX_MB_PER_S] = {"hl7.index_mb_per_s", "MB/s", 0, GOAL_AT_LEAST, 1000},
    [FIGURE_ROSTER_ROWS_S] = {"roster.rows_100000_s", "s", 2, GOAL_AT_MOST, 10},
    [FIGURE_ROSTER_UNCHANGED_S] = {"roster.unchanged_100000_s", "s", 2, GOAL_NONE, 0},
    [FIGURE_ROSTER_UNCHANGED_RATIO] = {"roster.unchanged_ratio", "", 2, GOAL_AT_LEAST, 5},
    [FIGURE_ROSTER_RSS_MB] = {"roster.rss_mb", "MB", 1, GOAL_AT_MOST, 40},
    [FIGURE_ROSTER_ORDER_P99_MS] = {"roster.order_insert_p99_ms", "ms", 2, GOAL_AT_MOST, 250},
    [FIGURE_ROSTER_LARGE_S] = {"roster.rows_1000000_s", "s", 1, GOAL_AT_MOST, 100},
    [FIGURE_ROSTER_LARGE_RSS_MB] = {"roster.rss_1000000_mb", "MB", 1, GOAL_AT_MOST, 40},
    [FIGURE_WINE_FILES_PER_S] = {"wine.dem.files_per_s", "files/s", 0, GOAL_NONE, 0},
    [FIGURE_WINE_DROP_P50_MS] = {"wine.dem.drop_to_row_p50_ms", "ms", 2, GOAL_NONE, 0},
    [FIGURE_WINE_DROP_P99_MS] = {"wine.dem.drop_to_row_p99_ms", "ms", 2, GOAL_NONE, 0},
    [FIGURE_WINE_IDLE_RSS_MB] = {"wine.idle.rss_mb", "MB", 2, GOAL_NONE, 0},
    [FIGURE_WINE_START_RUNNING_MS] = {"wine.start.running_ms", "ms", 1, GOAL_NONE, 0},
};

static struct {
    bool known;
    double value;
    const char *missing;
} figures[FIGURE_COUNT];

void figure_set(enum figure figure, double value)
{
    figures[figure].known = true;
    figures[figure].value = value;
}

void figure_missing(enum figure figure, const char *reason)
{
    figures[figure].missing = reason;
}

static const char *verdict(enum figure figure)
{
    double value = figures[figure].value, wanted = table[figure].wanted;
    switch (table[figure].goal) {
    case GOAL_NONE: break;
    case GOAL_AT_LEAST: return value >= wanted ? "reached" : "missed";
    case GOAL_AT_MOST: return value <= wanted ? "reached" : "missed";
    }
    return "";
}

void figures_print_table(void)
{
    (void)printf("%-32s %12s %-8s %14s\n", "figure", "value", "unit", "goal");
    for (enum figure i = 0; i < FIGURE_COUNT; i++) {
        if (!figures[i].known) {
            (void)printf("%-32s %12s %s\n", table[i].key, "-",
                         figures[i].missing ? figures[i].missing : "not measured");
            continue;
        }
        char value[40], goal[40] = "";
        (void)snprintf(value, sizeof value, "%.*f", table[i].decimals, figures[i].value);
        if (table[i].goal != GOAL_NONE)
            (void)snprintf(goal, sizeof goal, "%s %.10g",
                           table[i].goal == GOAL_AT_LEAST ? ">=" : "<=", table[i].wanted);
        (void)printf("%-32s %12s %-8s %14s  %s\n", table[i].key, value, table[i].unit, goal, verdict(i));
    }
}

void figures_print_json(void)
{
    (void)printf("{");
    for (enum figure i = 0; i < FIGURE_COUNT; i++) {
        (void)printf("%s\n  \"%s\": ", i > 0 ? "," : "", table[i].key);
        if (figures[i].known)
            (void)printf("%.*f", table[i].decimals, figures[i].value);
        else
            (void)printf("null");
    }
    (void)printf("\n}\n");
}
