#include "tests/bench/ceiling.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sqlite3.h>

#include "platform/clock.h"
#include "platform/folder.h"
#include "platform/path.h"
#include "platform/sha256.h"
#include "tests/bench/bench.h"

#define GROUP 64

struct ceiling {
    const struct site *site;
    const struct rows *rows;
    sqlite3 *db;
    sqlite3_stmt *inserts[ROWS_TABLE_COUNT];
    size_t next[ROWS_TABLE_COUNT]; /* row that comes next */
    char from[1024], to[1024];
    size_t from_folder, to_folder; /* length of the part that stays */
};

static void execute(sqlite3 *db, const char *sql)
{
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        bench_fail("%s: %s", sql, sqlite3_errmsg(db));
}

/* The connection settings of the product (database/database.c). */
static void open_database(struct ceiling *ceiling)
{
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
    if (sqlite3_open_v2(site_database(ceiling->site), &ceiling->db, flags, NULL) != SQLITE_OK)
        bench_fail("the database cannot be opened: %s", sqlite3_errmsg(ceiling->db));
    execute(ceiling->db, "PRAGMA temp_store = MEMORY; PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL;"
                         "PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -8000");
    for (size_t i = 0; i < ROWS_TABLE_COUNT; i++)
        if (sqlite3_prepare_v3(ceiling->db, ceiling->rows->tables[i].insert, -1, SQLITE_PREPARE_PERSISTENT,
                               &ceiling->inserts[i], NULL) != SQLITE_OK)
            bench_fail("%s: %s", ceiling->rows->tables[i].insert, sqlite3_errmsg(ceiling->db));
}

static void close_database(struct ceiling *ceiling)
{
    for (size_t i = 0; i < ROWS_TABLE_COUNT; i++)
        (void)sqlite3_finalize(ceiling->inserts[i]);
    (void)sqlite3_close(ceiling->db);
}

/* The paths of a file in the share and in the archive. */
static void set_paths(struct ceiling *ceiling, const struct row *file)
{
    const struct cell *name = &file->cells[ceiling->rows->name],
                      *stored = &file->cells[ceiling->rows->stored];
    if (ceiling->from_folder + name->size >= sizeof ceiling->from ||
        ceiling->to_folder + stored->size >= sizeof ceiling->to)
        bench_fail("the folder's path is too long");
    memcpy(ceiling->from + ceiling->from_folder, name->bytes, name->size + 1);
    memcpy(ceiling->to + ceiling->to_folder, stored->bytes, stored->size + 1);
}

static void read_file(struct ceiling *ceiling, const struct row *file)
{
    char bytes[4096];
    uint8_t hash[SHA256_SIZE];
    set_paths(ceiling, file);
    int descriptor = open(ceiling->from, O_RDONLY | O_CLOEXEC);
    ssize_t size = descriptor < 0 ? -1 : read(descriptor, bytes, sizeof bytes);
    if (size < 0 || close(descriptor) != 0)
        bench_fail("%s: %s", ceiling->from, strerror(errno));
    sha256(bytes, (size_t)size, hash);
    const struct cell *known = &file->cells[ceiling->rows->sha256];
    if (known->size != sizeof hash || memcmp(known->bytes, hash, sizeof hash) != 0)
        bench_fail("the ceiling reads other bytes than the product did");
}

static void insert(struct ceiling *ceiling, size_t table, const struct row *row)
{
    sqlite3_stmt *statement = ceiling->inserts[table];
    int code = SQLITE_OK;
    for (size_t i = 0; i < ceiling->rows->tables[table].columns && code == SQLITE_OK; i++) {
        const struct cell *cell = &row->cells[i];
        int at = (int)i + 1;
        switch (cell->type) {
        case SQLITE_INTEGER: code = sqlite3_bind_int64(statement, at, cell->number); break;
        case SQLITE_TEXT:
            code = sqlite3_bind_text64(statement, at, cell->bytes, cell->size, SQLITE_STATIC, SQLITE_UTF8);
            break;
        case SQLITE_BLOB:
            code = sqlite3_bind_blob64(statement, at, cell->bytes, cell->size, SQLITE_STATIC);
            break;
        default: code = sqlite3_bind_null(statement, at); break;
        }
    }
    if (code != SQLITE_OK || sqlite3_step(statement) != SQLITE_DONE)
        bench_fail("%s: %s", ceiling->rows->tables[table].insert, sqlite3_errmsg(ceiling->db));
    (void)sqlite3_reset(statement);
}

static void insert_rows_of(struct ceiling *ceiling, int64_t file)
{
    for (size_t t = 0; t < ROWS_TABLE_COUNT; t++) {
        const struct table_rows *table = &ceiling->rows->tables[t];
        while (ceiling->next[t] < table->count && table->rows[ceiling->next[t]].file <= file)
            insert(ceiling, t, &table->rows[ceiling->next[t]++]);
    }
}

/* The folders of the archive are made before the clock runs. */
static void make_archive(struct ceiling *ceiling)
{
    const struct table_rows *files = &ceiling->rows->tables[ROWS_FILE];
    char last[1024] = "";
    for (size_t i = 0; i < files->count; i++) {
        set_paths(ceiling, &files->rows[i]);
        char *folder = path_folder(ceiling->to);
        if (folder == NULL)
            bench_fail("memory is exhausted");
        if (strcmp(folder, last) != 0 && folder_make(folder).kind != PLATFORM_OK)
            bench_fail("%s cannot be made", folder);
        (void)snprintf(last, sizeof last, "%s", folder);
        free(folder);
    }
}

double ceiling_run(const struct site *site, const struct rows *rows)
{
    static struct ceiling ceiling;
    ceiling = (struct ceiling){.site = site, .rows = rows};
    ceiling.from_folder = (size_t)snprintf(ceiling.from, sizeof ceiling.from, "%s/", site->share);
    ceiling.to_folder = (size_t)snprintf(ceiling.to, sizeof ceiling.to, "%s/test/", site->data);
    make_archive(&ceiling);

    const struct table_rows *files = &rows->tables[ROWS_FILE];
    uint64_t begun = clock_monotonic_us();
    open_database(&ceiling);
    for (size_t first = 0; first < files->count; first += GROUP) {
        size_t end = first + GROUP < files->count ? first + GROUP : files->count;
        execute(ceiling.db, "BEGIN IMMEDIATE");
        for (size_t i = first; i < end; i++) {
            read_file(&ceiling, &files->rows[i]);
            insert_rows_of(&ceiling, files->rows[i].file);
        }
        execute(ceiling.db, "COMMIT");
        for (size_t i = first; i < end; i++) {
            set_paths(&ceiling, &files->rows[i]);
            if (rename(ceiling.from, ceiling.to) != 0)
                bench_fail("%s: %s", ceiling.to, strerror(errno));
        }
    }
    double seconds = (double)(clock_monotonic_us() - begun) / 1e6;
    close_database(&ceiling);
    for (size_t t = 0; t < ROWS_TABLE_COUNT; t++)
        if (ceiling.next[t] != rows->tables[t].count)
            bench_fail("the ceiling left rows of %s out", rows->tables[t].name);
    return seconds;
}
