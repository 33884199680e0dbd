#include "database/command.h"

#include "database/query.h"

#include <assert.h>

enum database_kind command_insert(struct database *db, struct command_row *row, instant_us now)
{
    char created[INSTANT_TEXT_SIZE];
    struct query query = query_start(db, STATEMENT_COMMAND_INSERT);
    query_bind_text(&query, row->what);
    query_bind_number(&query, row->number);
    query_bind_text(&query, row->subject);
    query_bind_text(&query, row->argument);
    query_bind_text(&query, row->user);
    query_bind_instant(&query, now, created);
    return query_insert(&query, &row->id);
}

/* Reads the present row of STATEMENT_COMMAND_PENDING or STATEMENT_COMMAND_GET. */
static enum database_kind read_row(struct query *query, struct arena *arena, struct command_row *row)
{
    bool complete = true;
    *row = (struct command_row){
        .id = query_int64(query, 0),
        .what = query_text(query, 1, arena, &complete),
        .number = query_int64(query, 2),
        .subject = query_text(query, 3, arena, &complete),
        .argument = query_text(query, 4, arena, &complete),
        .user = query_text(query, 5, arena, &complete),
        .answer = query_text(query, 6, arena, &complete),
    };
    struct slice outcome = query_slice(query, 7, arena, &complete);
    row->done = slice_equal(outcome, SLICE_LITERAL("done"));
    return complete ? DATABASE_OK : database_no_memory(query->db);
}

enum database_kind command_pending(struct database *db, struct arena *arena, struct command_row **rows,
                                   size_t *count)
{
    *rows = NULL;
    *count = 0;
    size_t capacity = 0;
    struct query query = query_start(db, STATEMENT_COMMAND_PENDING);
    enum database_kind kind;
    while ((kind = query_step(&query)) == DATABASE_OK) {
        struct command_row *grown = query_grow(arena, *rows, *count, &capacity, sizeof **rows);
        kind = grown == NULL ? database_no_memory(db) : read_row(&query, arena, &grown[*count]);
        if (kind != DATABASE_OK)
            break;
        *rows = grown;
        (*count)++;
    }
    query_end(&query);
    return kind == DATABASE_NONE ? DATABASE_OK : kind;
}

enum database_kind command_answer(struct database *db, int64_t id, bool done, const char *answer,
                                  instant_us now)
{
    assert(database_in_transaction(db));
    char answered[INSTANT_TEXT_SIZE];
    struct query query = query_start(db, STATEMENT_COMMAND_ANSWER);
    query_bind_text(&query, answer);
    query_bind_text(&query, done ? "done" : "refused");
    query_bind_instant(&query, now, answered);
    query_bind_int64(&query, id);
    return query_change(&query);
}

enum database_kind command_get(struct database *db, int64_t id, struct arena *arena, struct command_row *row)
{
    struct query query = query_start(db, STATEMENT_COMMAND_GET);
    query_bind_int64(&query, id);
    enum database_kind kind = query_step(&query);
    if (kind == DATABASE_OK)
        kind = read_row(&query, arena, row);
    query_end(&query);
    return kind;
}

enum database_kind access_log_insert(struct database *db, const char *user, const char *command,
                                     int64_t number, instant_us now)
{
    char accessed[INSTANT_TEXT_SIZE];
    int64_t id = 0;
    struct query query = query_start(db, STATEMENT_ACCESS_INSERT);
    query_bind_instant(&query, now, accessed);
    query_bind_text(&query, user);
    query_bind_text(&query, command);
    query_bind_number(&query, number);
    return query_insert(&query, &id);
}
