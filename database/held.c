#include "database/held.h"

#include "database/query.h"

#include <assert.h>
#include <string.h>

enum {
    COLUMNS = 20 /* of HELD_COLUMNS; the number of the release stands behind them */
};

static enum database_kind read_row(struct query *query, struct arena *arena, bool release, struct held *row)
{
    bool complete = true;
    bool valid = true;
    *row = (struct held){
        .message = query_int64(query, 0),
        .file = query_int64(query, 1),
        .ordinal = (int)query_int64(query, 2),
        .kind = query_text(query, 3, arena, &complete),
        .detail = query_text(query, 4, arena, &complete),
        .event_at = query_instant(query, 5, &valid),
        .feed = query_text(query, 6, arena, &complete),
        .name = query_text(query, 7, arena, &complete),
        .format = query_text(query, 8, arena, &complete),
        .arrived = query_instant(query, 9, &valid),
        .in_place = query_int64(query, 10) != 0,
        .copied_from = query_int64(query, 11), /* 0 for NULL */
        .size = (uint64_t)query_int64(query, 12),
        .extract = query_int64(query, 13) != 0,
        .stored = query_text(query, 15, arena, &complete),
        .encoding = ENCODING_AUTO,
        .patient = query_int64(query, 17), /* 0 for NULL, likewise */
        .booking = query_int64(query, 18),
        .applying = query_int64(query, 19) != 0,
        .release = release ? query_int64(query, COLUMNS) : 0,
        .released_after = release ? query_int64(query, COLUMNS + 1) : 0,
    };
    struct slice sha = query_bytes(query, 14, arena, &complete);
    struct slice encoding = query_slice(query, 16, arena, &complete);
    if (!complete)
        return database_no_memory(query->db);
    if (!valid || sha.len != SHA256_SIZE ||
        (encoding.ptr != NULL && !encoding_from_name(encoding, &row->encoding)))
        return DATABASE_CORRUPT;
    memcpy(row->sha256, sha.ptr, SHA256_SIZE);
    return DATABASE_OK;
}

/* Runs the query, which has its parameters, and reads all its rows. */
static enum database_kind read_rows(struct query *query, bool release, struct arena *arena,
                                    struct held **rows, size_t *count)
{
    size_t capacity = 0;
    enum database_kind kind;
    *rows = NULL;
    *count = 0;
    while ((kind = query_step(query)) == DATABASE_OK) {
        struct held *grown = query_grow(arena, *rows, *count, &capacity, sizeof **rows);
        kind =
            grown == NULL ? database_no_memory(query->db) : read_row(query, arena, release, &grown[*count]);
        if (kind != DATABASE_OK)
            break;
        *rows = grown;
        (*count)++;
    }
    query_end(query);
    return kind == DATABASE_NONE ? DATABASE_OK : kind;
}

enum database_kind held_list(struct database *db, size_t limit, struct arena *arena, struct held **rows,
                             size_t *count)
{
    struct query query = query_start(db, STATEMENT_HELD_LIST);
    query_bind_int64(&query, (int64_t)limit);
    return read_rows(&query, false, arena, rows, count);
}

enum database_kind held_count(struct database *db, int64_t *count)
{
    *count = 0;
    struct query query = query_start(db, STATEMENT_HELD_COUNT);
    enum database_kind kind = query_step(&query);
    if (kind == DATABASE_OK)
        *count = query_int64(&query, 0);
    query_end(&query);
    return kind;
}

enum database_kind held_of_file(struct database *db, int64_t file, int ordinal, size_t limit,
                                struct arena *arena, struct held **rows, size_t *count)
{
    struct query query = query_start(db, STATEMENT_HELD_OF_FILE);
    query_bind_int64(&query, file);
    query_bind_number(&query, ordinal);
    query_bind_int64(&query, (int64_t)limit);
    return read_rows(&query, false, arena, rows, count);
}

enum database_kind held_not(struct database *db, int64_t file, int ordinal, struct arena *arena,
                            const char **state)
{
    bool complete = true;
    *state = NULL;
    struct query query = query_start(db, STATEMENT_HELD_NOT);
    query_bind_int64(&query, file);
    query_bind_number(&query, ordinal);
    enum database_kind kind = query_step(&query);
    if (kind == DATABASE_OK)
        *state = query_text(&query, 0, arena, &complete);
    query_end(&query);
    return complete ? kind : database_no_memory(db);
}

enum database_kind held_reject(struct database *db, const struct held *held, const char *detail,
                               instant_us now)
{
    assert(database_in_transaction(db));
    struct held *still = NULL;
    size_t count = 0;
    arena_reset(&db->scratch);
    enum database_kind kind = held_of_file(db, held->file, held->ordinal, 1, &db->scratch, &still, &count);
    if (kind == DATABASE_OK && count == 0)
        return DATABASE_NONE;
    if (kind != DATABASE_OK)
        return kind;
    struct ledger_message message = {.id = still->message,
                                     .state = LEDGER_REJECTED,
                                     .patient = still->patient,
                                     .booking = still->booking,
                                     .detail = detail};
    return ledger_message_end(db, &message, now);
}

enum database_kind extract_keep(struct database *db, int64_t message, const uint8_t sha256[SHA256_SIZE],
                                const char *stored)
{
    assert(database_in_transaction(db));
    struct query query = query_start(db, STATEMENT_EXTRACT_KEEP);
    query_bind_int64(&query, message);
    query_bind_blob(&query, sha256, SHA256_SIZE);
    query_bind_text(&query, stored);
    return query_run(&query);
}

enum database_kind held_note_release(struct database *live, const struct held *held)
{
    assert(database_in_transaction(live));
    struct query query = query_start(live, STATEMENT_HELD_NOTE_RELEASE);
    query_bind_int64(&query, held->message);
    query_bind_text(&query, held->feed);
    return query_run(&query);
}

enum database_kind held_released(struct database *live, const char *feed, int64_t after, size_t limit,
                                 struct arena *arena, struct held **rows, size_t *count)
{
    struct query query = query_start(live, STATEMENT_HELD_RELEASED);
    query_bind_int64(&query, after);
    query_bind_text(&query, feed);
    query_bind_int64(&query, (int64_t)limit);
    return read_rows(&query, true, arena, rows, count);
}

enum database_kind held_copy(struct database *test, const char *feed, int64_t copied_from, int ordinal,
                             int64_t *file, int64_t *message, bool *is_held)
{
    *file = *message = 0;
    *is_held = false;
    struct query query = query_start(test, STATEMENT_HELD_COPY);
    query_bind_text(&query, feed);
    query_bind_int64(&query, copied_from);
    query_bind_int64(&query, ordinal);
    enum database_kind kind = query_step(&query);
    if (kind == DATABASE_OK) {
        *file = query_int64(&query, 0);
        *message = query_int64(&query, 1); /* 0 for NULL, likewise */
        *is_held = query_int64(&query, 2) != 0;
    }
    query_end(&query);
    return kind;
}
