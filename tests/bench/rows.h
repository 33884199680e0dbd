/* The rows that the product wrote for each file, held in memory so that the ceiling can write the very same. */
#ifndef TESTS_BENCH_ROWS_H
#define TESTS_BENCH_ROWS_H

#include <stddef.h>
#include <stdint.h>

struct sqlite3;

enum rows_table {
    ROWS_FILE, /* first: the others point to it */
    ROWS_PATIENT,
    ROWS_BOOKING,
    ROWS_MESSAGE,
    ROWS_CHANGE_LOG,
    ROWS_LOCATION_HISTORY,
    ROWS_FEED_TOTAL, /* one for all files */
    ROWS_TABLE_COUNT
};

struct cell {
    int type; /* of SQLite */
    int64_t number;
    const char *bytes;
    size_t size;
};

struct row {
    int64_t file; /* file.id of the file for which it was written */
    struct cell *cells;
};

struct table_rows {
    const char *name;
    char *insert; /* INSERT with a parameter for each column */
    size_t columns, count;
    struct row *rows; /* by file */
};

struct rows {
    struct table_rows tables[ROWS_TABLE_COUNT];
    size_t name, sha256, stored; /* columns of ROWS_FILE */
};

/* Reads everything. Aborts the benchmark when a table has rows that belong to no file. */
void rows_load(struct rows *rows, struct sqlite3 *db);
void rows_release(struct rows *rows);

#endif
