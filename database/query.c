#include "database/query.h"

#include <sqlite3.h>

#include <assert.h>
#include <string.h>

struct query query_start(struct database *db, enum statement_id id)
{
    struct query query = {.db = db, .code = SQLITE_OK};
    struct sqlite3_stmt **slot = &db->statements[id];
    if (*slot == NULL)
        query.code =
            sqlite3_prepare_v3(db->handle, statement_sql(id), -1, SQLITE_PREPARE_PERSISTENT, slot, NULL);
    query.statement = *slot;
    /* A statement that is still at a row would mix two runs. */
    assert(query.statement == NULL || !sqlite3_stmt_busy(query.statement));
    return query;
}

static void bound(struct query *query, int code)
{
    if (query->code == SQLITE_OK)
        query->code = code;
}

void query_bind_null(struct query *query)
{
    query->parameter++;
    if (query->statement != NULL)
        bound(query, sqlite3_bind_null(query->statement, query->parameter));
}

void query_bind_int64(struct query *query, int64_t value)
{
    query->parameter++;
    if (query->statement != NULL)
        bound(query, sqlite3_bind_int64(query->statement, query->parameter, value));
}

void query_bind_number(struct query *query, int64_t value)
{
    if (value == 0)
        query_bind_null(query);
    else
        query_bind_int64(query, value);
}

void query_bind_slice(struct query *query, struct slice text)
{
    query->parameter++;
    if (query->statement != NULL)
        bound(query, sqlite3_bind_text64(query->statement, query->parameter, text.ptr, text.len,
                                         SQLITE_STATIC, SQLITE_UTF8));
}

void query_bind_text(struct query *query, const char *text)
{
    query_bind_slice(query, slice_of(text));
}

void query_bind_blob(struct query *query, const void *bytes, size_t size)
{
    query->parameter++;
    if (query->statement != NULL)
        bound(query, sqlite3_bind_blob64(query->statement, query->parameter, bytes, (sqlite3_uint64)size,
                                         SQLITE_STATIC));
}

void query_bind_instant(struct query *query, instant_us instant, char text[INSTANT_TEXT_SIZE])
{
    if (instant == INSTANT_NONE) {
        query_bind_null(query);
        return;
    }
    datetime_format_instant(instant, text);
    query_bind_slice(query, slice_from(text, INSTANT_TEXT_SIZE - 1));
}

void query_end(struct query *query)
{
    if (query->statement != NULL)
        (void)sqlite3_reset(query->statement);
}

enum database_kind query_step(struct query *query)
{
    int code = query->code;
    if (code == SQLITE_OK) {
        /* A parameter left out would be NULL or, worse, what the last run bound. */
        assert(query->parameter == sqlite3_bind_parameter_count(query->statement));
        code = sqlite3_step(query->statement);
    }
    if (code == SQLITE_ROW)
        return DATABASE_OK;
    if (code == SQLITE_DONE)
        return DATABASE_NONE;
    query->code = code;
    return database_failed(query->db, code);
}

enum database_kind query_run(struct query *query)
{
    enum database_kind kind = query_step(query);
    query_end(query);
    return kind == DATABASE_NONE ? DATABASE_OK : kind;
}

enum database_kind query_change(struct query *query)
{
    enum database_kind kind = query_run(query);
    if (kind == DATABASE_OK && sqlite3_changes(query->db->handle) == 0)
        return DATABASE_NONE;
    return kind;
}

enum database_kind query_insert(struct query *query, int64_t *id)
{
    enum database_kind kind = query_run(query);
    if (kind == DATABASE_OK)
        *id = sqlite3_last_insert_rowid(query->db->handle);
    return kind;
}

bool query_is_null(const struct query *query, int column)
{
    return sqlite3_column_type(query->statement, column) == SQLITE_NULL;
}

int64_t query_int64(const struct query *query, int column)
{
    return sqlite3_column_int64(query->statement, column);
}

struct slice query_slice(const struct query *query, int column, struct arena *arena, bool *complete)
{
    if (query_is_null(query, column))
        return SLICE_EMPTY;
    struct slice copy = SLICE_EMPTY;
    const void *text = sqlite3_column_text(query->statement, column);
    if (text != NULL)
        copy = arena_copy(arena, slice_from(text, (size_t)sqlite3_column_bytes(query->statement, column)));
    if (copy.ptr == NULL)
        *complete = false;
    return copy;
}

const char *query_text(const struct query *query, int column, struct arena *arena, bool *complete)
{
    /* arena_copy puts a NUL behind the bytes. */
    return query_slice(query, column, arena, complete).ptr;
}

struct slice query_bytes(const struct query *query, int column, struct arena *arena, bool *complete)
{
    if (query_is_null(query, column))
        return SLICE_EMPTY;
    const void *bytes = sqlite3_column_blob(query->statement, column);
    size_t size = (size_t)sqlite3_column_bytes(query->statement, column);
    struct slice copy = arena_copy(arena, slice_from(bytes, bytes == NULL ? 0 : size));
    if (copy.ptr == NULL)
        *complete = false;
    return copy;
}

instant_us query_instant(const struct query *query, int column, bool *complete)
{
    if (query_is_null(query, column))
        return INSTANT_NONE;
    /* Other programs may leave out the fraction of a second. */
    const void *bytes = sqlite3_column_text(query->statement, column);
    size_t size = bytes == NULL ? 0 : (size_t)sqlite3_column_bytes(query->statement, column);
    struct civil_time civil;
    if (datetime_parse(slice_from(bytes, size), &civil) == FAULT_NONE && civil.has_time && civil.has_offset) {
        instant_us instant = INSTANT_NONE;
        (void)datetime_to_instant(&civil, NULL, INSTANT_NONE, &instant);
        return instant;
    }
    *complete = false;
    return INSTANT_NONE;
}

void *query_grow(struct arena *arena, void *items, size_t count, size_t *capacity, size_t size)
{
    if (count < *capacity)
        return items;
    size_t wanted = *capacity == 0 ? 16 : *capacity * 2;
    void *grown = arena_take_array(arena, wanted, size);
    if (grown == NULL)
        return NULL;
    if (count > 0)
        memcpy(grown, items, count * size);
    *capacity = wanted;
    return grown;
}
