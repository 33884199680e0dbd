#include "database/ledger.h"

#include "database/query.h"

#include <assert.h>
#include <string.h>

static const char *const file_states[] = {
    [LEDGER_CLAIMED] = "claimed",
    [LEDGER_DONE] = "done",
    [LEDGER_QUARANTINED] = "quarantined",
    [LEDGER_VANISHED] = "vanished",
};

const char *ledger_file_state_name(enum ledger_file_state state)
{
    return file_states[state];
}

/* Volume and file numbers use all 64 bits; SQLite's integers are signed. The bits are kept. */
static int64_t signed_bits(uint64_t value)
{
    int64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static uint64_t unsigned_bits(int64_t value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static void bind_file(struct query *query, const struct ledger_file *file, char arrived[INSTANT_TEXT_SIZE])
{
    query_bind_text(query, file->feed);
    query_bind_text(query, file->name);
    query_bind_int64(query, signed_bits(file->marks.size));
    query_bind_int64(query, file->marks.created_us);
    query_bind_int64(query, file->marks.written_us);
    query_bind_int64(query, signed_bits(file->marks.identity.volume));
    query_bind_int64(query, signed_bits(file->marks.identity.id_high));
    query_bind_int64(query, signed_bits(file->marks.identity.id_low));
    query_bind_instant(query, file->arrived, arrived);
    query_bind_text(query, file->format);
}

/* The newest file of the feed, and one more that vanished when `vanished` is 1. */
static enum database_kind feed_arrived(struct database *db, const struct ledger_file *file, int vanished,
                                       const char *arrived)
{
    struct query query = query_start(db, STATEMENT_FEED_ARRIVED);
    query_bind_text(&query, file->feed);
    query_bind_int64(&query, vanished);
    query_bind_int64(&query, file->id);
    query_bind_text(&query, arrived);
    return query_run(&query);
}

enum database_kind ledger_claim(struct database *db, struct ledger_file *file)
{
    assert(database_in_transaction(db));
    char arrived[INSTANT_TEXT_SIZE];
    struct query query = query_start(db, STATEMENT_FILE_CLAIM);
    bind_file(&query, file, arrived);
    query_bind_blob(&query, file->sha256, sizeof file->sha256);
    query_bind_number(&query, file->copied_from);
    enum database_kind kind = query_insert(&query, &file->id);
    if (kind != DATABASE_OK)
        return kind;
    file->state = LEDGER_CLAIMED;
    file->in_place = true;
    file->attempt = 0;
    return feed_arrived(db, file, 0, arrived);
}

enum database_kind ledger_vanished_unclaimed(struct database *db, struct ledger_file *file)
{
    assert(database_in_transaction(db));
    char arrived[INSTANT_TEXT_SIZE];
    struct query query = query_start(db, STATEMENT_FILE_VANISHED_UNCLAIMED);
    bind_file(&query, file, arrived);
    query_bind_text(&query, arrived);
    enum database_kind kind = query_insert(&query, &file->id);
    if (kind != DATABASE_OK)
        return kind;
    file->state = LEDGER_VANISHED;
    file->in_place = false;
    file->attempt = 0;
    return feed_arrived(db, file, 1, arrived);
}

enum database_kind ledger_count_attempt(struct database *db, int64_t file, int *attempt)
{
    assert(database_in_transaction(db));
    struct query query = query_start(db, STATEMENT_FILE_COUNT_ATTEMPT);
    query_bind_int64(&query, file);
    enum database_kind kind = query_step(&query);
    if (kind == DATABASE_OK)
        *attempt = (int)query_int64(&query, 0);
    query_end(&query);
    return kind;
}

enum database_kind ledger_end_file(struct database *db, int64_t file, enum ledger_file_state state,
                                   const char *reason, instant_us now)
{
    assert(database_in_transaction(db));
    assert(state != LEDGER_CLAIMED);
    assert((state == LEDGER_QUARANTINED) == (reason != NULL));
    char ended[INSTANT_TEXT_SIZE];
    struct query query =
        query_start(db, state == LEDGER_VANISHED ? STATEMENT_FILE_VANISH : STATEMENT_FILE_END);
    if (state != LEDGER_VANISHED) {
        query_bind_text(&query, file_states[state]);
        query_bind_text(&query, reason);
    }
    query_bind_instant(&query, now, ended);
    query_bind_int64(&query, file);
    enum database_kind kind = query_change(&query);
    if (kind != DATABASE_OK)
        return kind;

    query = query_start(db, STATEMENT_FEED_FILE_ENDED);
    query_bind_int64(&query, state == LEDGER_DONE);
    query_bind_int64(&query, state == LEDGER_QUARANTINED);
    query_bind_int64(&query, state == LEDGER_VANISHED);
    query_bind_int64(&query, file);
    return query_run(&query);
}

enum database_kind ledger_put_away(struct database *db, int64_t file, const char *stored, instant_us now)
{
    assert(database_in_transaction(db));
    char put_away[INSTANT_TEXT_SIZE];
    struct query query = query_start(db, STATEMENT_FILE_PUT_AWAY);
    query_bind_text(&query, stored);
    query_bind_instant(&query, now, put_away);
    query_bind_int64(&query, file);
    return query_change(&query);
}

static enum ledger_file_state file_state_of(struct slice name)
{
    size_t state = 0;
    while (!slice_equal(name, slice_of(file_states[state])))
        state++; /* a CHECK of the table lets no other word in */
    return (enum ledger_file_state)state;
}

/* Reads the present row of STATEMENT_FILE_UNFINISHED or STATEMENT_FILE_COPIES. */
static enum database_kind read_file(struct query *query, const char *feed, struct arena *arena,
                                    struct ledger_file *file)
{
    bool complete = true;
    bool valid = true;
    *file = (struct ledger_file){
        .id = query_int64(query, 0),
        .feed = feed,
        .name = query_text(query, 1, arena, &complete),
        .marks = {.size = unsigned_bits(query_int64(query, 2)),
                  .created_us = query_int64(query, 3),
                  .written_us = query_int64(query, 4),
                  .identity = {.volume = unsigned_bits(query_int64(query, 5)),
                               .id_high = unsigned_bits(query_int64(query, 6)),
                               .id_low = unsigned_bits(query_int64(query, 7))}},
        .arrived = query_instant(query, 9, &valid),
        .format = query_text(query, 10, arena, &complete),
        .in_place = true,
        .attempt = (int)query_int64(query, 12),
    };
    struct slice sha = query_bytes(query, 8, arena, &complete);
    struct slice state = query_slice(query, 11, arena, &complete);
    if (!complete)
        return database_no_memory(query->db);
    if (!valid || sha.len != SHA256_SIZE)
        return DATABASE_CORRUPT;
    memcpy(file->sha256, sha.ptr, SHA256_SIZE);
    file->state = file_state_of(state);
    return DATABASE_OK;
}

enum database_kind ledger_unfinished(struct database *db, const char *feed, struct arena *arena,
                                     struct ledger_file **files, size_t *count)
{
    *files = NULL;
    *count = 0;
    size_t capacity = 0;
    struct query query = query_start(db, STATEMENT_FILE_UNFINISHED);
    query_bind_text(&query, feed);
    enum database_kind kind;
    while ((kind = query_step(&query)) == DATABASE_OK) {
        struct ledger_file *grown = query_grow(arena, *files, *count, &capacity, sizeof **files);
        kind = grown == NULL ? database_no_memory(db) : read_file(&query, feed, arena, &grown[*count]);
        if (kind != DATABASE_OK)
            break;
        *files = grown;
        (*count)++;
    }
    query_end(&query);
    return kind == DATABASE_NONE ? DATABASE_OK : kind;
}

enum database_kind ledger_copies(struct database *db, const char *feed, int64_t after, int64_t last,
                                 size_t limit, struct arena *arena, struct ledger_copy **copies,
                                 size_t *count)
{
    *count = 0;
    *copies = arena_take_array(arena, limit, sizeof **copies);
    if (*copies == NULL)
        return database_no_memory(db);
    struct query query = query_start(db, STATEMENT_FILE_COPIES);
    query_bind_text(&query, feed);
    query_bind_int64(&query, after);
    query_bind_int64(&query, last);
    query_bind_int64(&query, (int64_t)limit);
    enum database_kind kind;
    while ((kind = query_step(&query)) == DATABASE_OK) {
        bool complete = true;
        struct ledger_copy *copy = &(*copies)[*count];
        kind = read_file(&query, feed, arena, &copy->file);
        if (kind != DATABASE_OK)
            break;
        copy->file.in_place = query_int64(&query, 13) != 0;
        copy->ended = !copy->file.in_place;
        copy->wanted = query_int64(&query, 14) != 0;
        copy->stored = query_text(&query, 15, arena, &complete);
        copy->left_to_test = query_int64(&query, 16) != 0;
        if (!complete) {
            kind = database_no_memory(db);
            break;
        }
        (*count)++;
    }
    query_end(&query);
    return kind == DATABASE_NONE ? DATABASE_OK : kind;
}

enum database_kind ledger_counts(struct database *db, struct arena *arena, struct ledger_feed_counts **feeds,
                                 size_t *count)
{
    *feeds = NULL;
    *count = 0;
    size_t capacity = 0;
    struct query query = query_start(db, STATEMENT_FEED_COUNTS);
    enum database_kind kind;
    while ((kind = query_step(&query)) == DATABASE_OK) {
        bool complete = true;
        struct ledger_feed_counts *grown = query_grow(arena, *feeds, *count, &capacity, sizeof **feeds);
        if (grown == NULL) {
            kind = database_no_memory(db);
            break;
        }
        *feeds = grown;
        grown[(*count)++] = (struct ledger_feed_counts){
            .feed = query_text(&query, 0, arena, &complete),
            .claimed = query_int64(&query, 1),
            .in_place = query_int64(&query, 2),
            .done = query_int64(&query, 3),
            .quarantined = query_int64(&query, 4),
            .vanished = query_int64(&query, 5),
            .applied = query_int64(&query, 6),
            .duplicate = query_int64(&query, 7),
            .open_messages = query_int64(&query, 8),
            .last_arrived = query_text(&query, 9, arena, &complete),
            .last_file = query_int64(&query, 10),
            .identity_changes = query_int64(&query, 11),
            .last_identity_change = query_int64(&query, 12),
        };
        if (!complete) {
            kind = database_no_memory(db);
            break;
        }
    }
    query_end(&query);
    return kind == DATABASE_NONE ? DATABASE_OK : kind;
}
