#include "tests/bench/rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "tests/bench/bench.h"

/* The first column says for which file a row was written, the others are all columns of the table. */
static const struct {
    const char *name, *select;
} sources[ROWS_TABLE_COUNT] = {
    [ROWS_FILE] = {"file", "SELECT id, * FROM file ORDER BY 1"},
    [ROWS_PATIENT] = {"patient", "SELECT demographics_file, * FROM patient ORDER BY 1"},
    [ROWS_BOOKING] = {"booking", "SELECT booking_file, * FROM booking ORDER BY 1"},
    [ROWS_MESSAGE] = {"message", "SELECT file, * FROM message ORDER BY 1"},
    [ROWS_CHANGE_LOG] = {"change_log",
                         "SELECT m.file, c.* FROM change_log c JOIN message m ON m.id = c.message"
                         " ORDER BY 1, c.ordinal"},
    [ROWS_LOCATION_HISTORY] = {"location_history",
                               "SELECT m.file, l.* FROM location_history l JOIN message m ON m.id = l.message"
                               " ORDER BY 1"},
    [ROWS_FEED_TOTAL] = {"feed_total", "SELECT 1, * FROM feed_total"},
};

static void *need(void *memory)
{
    if (memory == NULL)
        bench_fail("memory is exhausted");
    return memory;
}

static struct cell read_cell(sqlite3_stmt *statement, int column)
{
    struct cell cell = {.type = sqlite3_column_type(statement, column)};
    if (cell.type == SQLITE_INTEGER) {
        cell.number = sqlite3_column_int64(statement, column);
    } else if (cell.type == SQLITE_TEXT || cell.type == SQLITE_BLOB) {
        const void *bytes = sqlite3_column_blob(statement, column);
        cell.size = (size_t)sqlite3_column_bytes(statement, column);
        char *copy = need(malloc(cell.size + 1));
        if (cell.size > 0)
            memcpy(copy, bytes, cell.size);
        copy[cell.size] = '\0';
        cell.bytes = copy;
    } else if (cell.type != SQLITE_NULL) {
        bench_fail("a column holds a type that the ceiling does not know");
    }
    return cell;
}

static void write_insert(struct table_rows *table)
{
    size_t size = 64 + strlen(table->name) + 2 * table->columns;
    table->insert = need(malloc(size));
    int length = snprintf(table->insert, size, "INSERT INTO %s VALUES (", table->name);
    char *end = table->insert + length;
    for (size_t i = 0; i < table->columns; i++) {
        *end++ = '?';
        *end++ = i + 1 < table->columns ? ',' : ')';
    }
    *end = '\0';
}

static void load_table(struct table_rows *table, sqlite3 *db, const char *name, const char *select)
{
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(db, select, -1, &statement, NULL) != SQLITE_OK)
        bench_fail("%s: %s", select, sqlite3_errmsg(db));
    table->name = name;
    table->columns = (size_t)sqlite3_column_count(statement) - 1;
    write_insert(table);
    size_t capacity = 0;
    int code;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
        if (table->count == capacity) {
            capacity = capacity ? capacity * 2 : 1024;
            table->rows = need(realloc(table->rows, capacity * sizeof *table->rows));
        }
        struct row *row = &table->rows[table->count++];
        row->file = sqlite3_column_int64(statement, 0);
        row->cells = need(calloc(table->columns, sizeof *row->cells));
        for (size_t i = 0; i < table->columns; i++)
            row->cells[i] = read_cell(statement, (int)i + 1);
        if (row->file == 0)
            bench_fail("a row of %s belongs to no file", name);
    }
    if (code != SQLITE_DONE)
        bench_fail("%s: %s", select, sqlite3_errmsg(db));
    (void)sqlite3_finalize(statement);
}

static size_t column_of(sqlite3 *db, const char *name)
{
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(db, "SELECT * FROM file", -1, &statement, NULL) != SQLITE_OK)
        bench_fail("%s", sqlite3_errmsg(db));
    int column = 0;
    while (strcmp(sqlite3_column_name(statement, column), name) != 0)
        if (++column == sqlite3_column_count(statement))
            bench_fail("the table file has no column %s", name);
    (void)sqlite3_finalize(statement);
    return (size_t)column;
}

void rows_load(struct rows *rows, sqlite3 *db)
{
    memset(rows, 0, sizeof *rows);
    for (size_t i = 0; i < ROWS_TABLE_COUNT; i++)
        load_table(&rows->tables[i], db, sources[i].name, sources[i].select);
    rows->name = column_of(db, "name");
    rows->sha256 = column_of(db, "sha256");
    rows->stored = column_of(db, "stored");
}

void rows_release(struct rows *rows)
{
    for (size_t t = 0; t < ROWS_TABLE_COUNT; t++) {
        struct table_rows *table = &rows->tables[t];
        for (size_t i = 0; i < table->count; i++) {
            for (size_t c = 0; c < table->columns; c++)
                free((char *)(uintptr_t)table->rows[i].cells[c].bytes); /* taken as char * by read_cell */
            free(table->rows[i].cells);
        }
        free(table->rows);
        free(table->insert);
    }
}
