#include "database/rehouse.h"

#include "database/query.h"

#include <assert.h>

static enum database_kind list(struct database *db, enum statement_id which, int64_t after, size_t limit,
                               struct arena *arena, struct rehouse_row **rows, size_t *count)
{
    bool complete = true;
    bool valid = true;
    *count = 0;
    *rows = arena_take_array(arena, limit, sizeof **rows);
    if (*rows == NULL)
        return database_no_memory(db);
    struct query query = query_start(db, which);
    query_bind_int64(&query, after);
    query_bind_int64(&query, (int64_t)limit);
    enum database_kind kind;
    while ((kind = query_step(&query)) == DATABASE_OK)
        (*rows)[(*count)++] = (struct rehouse_row){
            .file = query_int64(&query, 0),
            .feed = query_text(&query, 1, arena, &complete),
            .name = query_text(&query, 2, arena, &complete),
            .stored = query_text(&query, 3, arena, &complete),
            .arrived = query_instant(&query, 4, &valid),
            .refused = query_int64(&query, 5) != 0,
            .detail = query_text(&query, 6, arena, &complete),
            .state = query_text(&query, 7, arena, &complete),
            .message = query_int64(&query, 8), /* 0 for NULL */
            .row = (uint32_t)query_int64(&query, 9),
        };
    query_end(&query);
    if (kind != DATABASE_NONE)
        return kind;
    if (!complete)
        return database_no_memory(db);
    return valid ? DATABASE_OK : DATABASE_CORRUPT;
}

enum database_kind rehouse_list(struct database *db, int64_t after, size_t limit, struct arena *arena,
                                struct rehouse_row **rows, size_t *count)
{
    return list(db, STATEMENT_REHOUSE_LIST, after, limit, arena, rows, count);
}

enum database_kind rehouse_list_extracts(struct database *db, int64_t after, size_t limit,
                                         struct arena *arena, struct rehouse_row **rows, size_t *count)
{
    return list(db, STATEMENT_REHOUSE_EXTRACTS, after, limit, arena, rows, count);
}

static enum database_kind end(struct database *db, enum statement_id which, int64_t number, const char *from,
                              const char *stored)
{
    assert(database_in_transaction(db));
    struct query query = query_start(db, which);
    query_bind_text(&query, stored);
    query_bind_int64(&query, number);
    query_bind_text(&query, from);
    return query_change(&query);
}

enum database_kind rehouse_end_extract(struct database *db, int64_t message, const char *from,
                                       const char *stored)
{
    return end(db, STATEMENT_REHOUSE_EXTRACT_END, message, from, stored);
}

enum database_kind rehouse_end(struct database *db, int64_t file, const char *from, const char *stored)
{
    return end(db, STATEMENT_REHOUSE_END, file, from, stored);
}
