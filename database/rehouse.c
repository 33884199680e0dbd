#include "database/rehouse.h"

#include "database/query.h"

#include <assert.h>

enum database_kind rehouse_list(struct database *db, int64_t after, size_t limit, struct arena *arena,
                                struct rehouse_row **rows, size_t *count)
{
    bool complete = true;
    bool valid = true;
    *count = 0;
    *rows = arena_take_array(arena, limit, sizeof **rows);
    if (*rows == NULL)
        return database_no_memory(db);
    struct query query = query_start(db, STATEMENT_REHOUSE_LIST);
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
        };
    query_end(&query);
    if (kind != DATABASE_NONE)
        return kind;
    if (!complete)
        return database_no_memory(db);
    return valid ? DATABASE_OK : DATABASE_CORRUPT;
}

enum database_kind rehouse_end(struct database *db, int64_t file, const char *from, const char *stored)
{
    assert(database_in_transaction(db));
    struct query query = query_start(db, STATEMENT_REHOUSE_END);
    query_bind_text(&query, stored);
    query_bind_int64(&query, file);
    query_bind_text(&query, from);
    return query_change(&query);
}
