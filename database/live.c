#include "database/live.h"

#include "database/query.h"

#include <assert.h>
#include <string.h>

static const char *const kinds[LIVE_KIND_COUNT] = {
    [LIVE_FEED] = "feed",
    [LIVE_FACILITY] = "facility",
    [LIVE_PHARMACY] = "pharmacy",
};

const char *live_kind_name(enum live_kind kind)
{
    return kinds[kind];
}

static enum live_kind kind_of(const char *name)
{
    size_t kind = 0;
    while (strcmp(name, kinds[kind]) != 0)
        kind++; /* a CHECK of the table lets no other word in */
    return (enum live_kind)kind;
}

bool live_row_is(const struct live_row *row, enum live_kind kind, const char *name)
{
    return row->kind == kind &&
           (kind == LIVE_FACILITY ? slice_equal_nocase(slice_of(row->name), slice_of(name))
                                  : strcmp(row->name, name) == 0);
}

enum database_kind live_list(struct database *db, struct arena *arena, struct live_row **rows, size_t *count)
{
    *rows = NULL;
    *count = 0;
    size_t capacity = 0;
    struct query query = query_start(db, STATEMENT_LIVE_LIST);
    enum database_kind kind;
    while ((kind = query_step(&query)) == DATABASE_OK) {
        bool complete = true;
        struct live_row *grown = query_grow(arena, *rows, *count, &capacity, sizeof **rows);
        const char *name = query_text(&query, 0, arena, &complete);
        if (grown == NULL || name == NULL) {
            kind = database_no_memory(db);
            break;
        }
        *rows = grown;
        grown[(*count)++] = (struct live_row){
            .kind = kind_of(name),
            .name = query_text(&query, 1, arena, &complete),
            .since = query_text(&query, 2, arena, &complete),
            .user = query_text(&query, 3, arena, &complete),
            .waived = query_text(&query, 4, arena, &complete),
        };
        if (!complete) {
            kind = database_no_memory(db);
            break;
        }
    }
    query_end(&query);
    return kind == DATABASE_NONE ? DATABASE_OK : kind;
}

enum database_kind live_add(struct database *db, const struct live_row *row, instant_us now)
{
    assert(database_in_transaction(db) && db->world == DATABASE_LIVE);
    char since[INSTANT_TEXT_SIZE];
    struct query query = query_start(db, STATEMENT_LIVE_ADD);
    query_bind_text(&query, kinds[row->kind]);
    query_bind_text(&query, row->name);
    query_bind_instant(&query, now, since);
    query_bind_text(&query, row->user);
    query_bind_text(&query, row->waived);
    return query_change(&query);
}

enum database_kind live_remove(struct database *db, enum live_kind kind, const char *name)
{
    assert(database_in_transaction(db) && db->world == DATABASE_LIVE);
    struct query query = query_start(db, STATEMENT_LIVE_REMOVE);
    query_bind_text(&query, kinds[kind]);
    query_bind_text(&query, name);
    return query_change(&query);
}

/* ---- the test world follows ---- */

static enum database_kind position(struct database *test, enum statement_id which, const char *feed,
                                   const char *letters, int64_t *up_to)
{
    *up_to = 0;
    struct query query = query_start(test, which);
    query_bind_text(&query, feed);
    query_bind_text(&query, letters);
    enum database_kind kind = query_step(&query);
    if (kind == DATABASE_OK)
        *up_to = query_int64(&query, 0);
    query_end(&query);
    return kind == DATABASE_NONE ? DATABASE_OK : kind;
}

static enum database_kind move(struct database *test, enum statement_id which, const char *feed,
                               const char *letters, int64_t up_to)
{
    assert(database_in_transaction(test) && test->world == DATABASE_TEST);
    struct query query = query_start(test, which);
    query_bind_text(&query, feed);
    query_bind_text(&query, letters);
    query_bind_int64(&query, up_to);
    return query_run(&query);
}

enum database_kind live_copy_position(struct database *test, const char *feed, const char *letters,
                                      int64_t *up_to)
{
    return position(test, STATEMENT_LIVE_COPY_POSITION, feed, letters, up_to);
}

enum database_kind live_copy_move(struct database *test, const char *feed, const char *letters, int64_t up_to)
{
    return move(test, STATEMENT_LIVE_COPY_MOVE, feed, letters, up_to);
}

enum database_kind live_copy_released(struct database *test, const char *feed, const char *letters,
                                      int64_t *up_to)
{
    return position(test, STATEMENT_LIVE_COPY_RELEASED, feed, letters, up_to);
}

enum database_kind live_copy_move_released(struct database *test, const char *feed, const char *letters,
                                           int64_t up_to)
{
    return move(test, STATEMENT_LIVE_COPY_MOVE_RELEASED, feed, letters, up_to);
}

enum database_kind live_last_file(struct database *live, int64_t *last)
{
    *last = 0;
    struct query query = query_start(live, STATEMENT_LIVE_LAST_FILE);
    enum database_kind kind = query_step(&query);
    if (kind == DATABASE_OK)
        *last = query_int64(&query, 0);
    query_end(&query);
    return kind;
}
