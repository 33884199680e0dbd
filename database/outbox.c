#include "database/outbox.h"

#include "database/query.h"

#include <assert.h>
#include <string.h>

#define SECOND_US ((instant_us)1000 * 1000)

static const char *const states[] = {
    [OUTBOX_QUEUED] = "queued",         [OUTBOX_SENT] = "sent",
    [OUTBOX_RECEIVED] = "received",     [OUTBOX_REFUSED] = "refused",
    [OUTBOX_UNANSWERED] = "unanswered", [OUTBOX_ASK] = "ask",
    [OUTBOX_REJECTED] = "rejected",
};

const char *outbox_state_name(enum outbox_state state)
{
    return states[state];
}

enum database_kind outbox_next_id(struct database *db, int64_t *id)
{
    struct query query = query_start(db, STATEMENT_OUTBOX_NEXT_ID);
    enum database_kind kind = query_step(&query);
    if (kind == DATABASE_OK)
        *id = query_int64(&query, 0);
    else if (kind == DATABASE_NONE)
        *id = 1; /* the table has never had a row */
    query_end(&query);
    return kind == DATABASE_NONE ? DATABASE_OK : kind;
}

void outbox_control_id(char out[21], enum database_world world, const char *letters, int64_t id)
{
    static const char alphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUV";
    assert(strlen(letters) == 6 && id > 0);
    char digits[13]; /* 63 bits by 5 */
    size_t count = 0;
    for (uint64_t rest = (uint64_t)id; rest > 0; rest /= 32)
        digits[count++] = alphabet[rest % 32];
    size_t length = 0;
    out[length++] = world == DATABASE_LIVE ? 'L' : 'T';
    for (size_t i = 0; i < 6; i++)
        out[length++] = letters[i];
    while (count > 0)
        out[length++] = digits[--count];
    out[length] = '\0';
}

enum database_kind outbox_next_name_time(struct database *db, instant_us now, instant_us *out)
{
    instant_us second = now / SECOND_US * SECOND_US;
    bool valid = true;
    struct query query = query_start(db, STATEMENT_OUTBOX_NAME_TIME);
    enum database_kind kind = query_step(&query);
    instant_us before = kind == DATABASE_OK ? query_instant(&query, 0, &valid) : INSTANT_NONE;
    query_end(&query);
    if (kind != DATABASE_OK || !valid)
        return kind == DATABASE_OK || kind == DATABASE_NONE ? DATABASE_CORRUPT : kind;
    *out = before != INSTANT_NONE && before > second ? before : second;
    return DATABASE_OK;
}

static void bind_receiver(struct query *query, enum live_kind kind, const char *receiver)
{
    query_bind_text(query, live_kind_name(kind));
    query_bind_text(query, receiver);
}

enum database_kind outbox_insert(struct database *db, const struct outbox_row *row, instant_us name_time)
{
    assert(database_in_transaction(db));
    int64_t next = 0;
    enum database_kind kind = outbox_next_id(db, &next);
    if (kind != DATABASE_OK)
        return kind;
    assert(row->id == next); /* the control id and the bytes hold it */

    char created[INSTANT_TEXT_SIZE];
    struct query query = query_start(db, STATEMENT_OUTBOX_INSERT);
    query_bind_int64(&query, row->id);
    query_bind_number(&query, row->order_event);
    query_bind_number(&query, row->alert_event);
    bind_receiver(&query, row->receiver_kind, row->receiver);
    query_bind_text(&query, row->control_id);
    query_bind_text(&query, row->file_name);
    query_bind_blob(&query, row->bytes.ptr, row->bytes.len);
    query_bind_instant(&query, row->created, created);
    kind = query_run(&query);
    if (kind != DATABASE_OK)
        return kind;

    char name[INSTANT_TEXT_SIZE];
    query = query_start(db, STATEMENT_OUTBOX_NAME_TIME_KEEP);
    query_bind_instant(&query, name_time / SECOND_US * SECOND_US, name);
    return query_change(&query);
}

/* A CHECK of the table lets no other words in. */
static enum live_kind read_kind(const struct query *query, int column, struct arena *arena, bool *complete)
{
    struct slice word = query_slice(query, column, arena, complete);
    return slice_equal(word, slice_of(live_kind_name(LIVE_FEED))) ? LIVE_FEED : LIVE_PHARMACY;
}

/* Reads the present row of OUTBOX_COLUMNS. */
static enum database_kind read_row(struct query *query, struct arena *arena, struct outbox_row *row)
{
    bool complete = true;
    bool valid = true;
    *row = (struct outbox_row){
        .id = query_int64(query, 0),
        .order_event = query_int64(query, 1),
        .alert_event = query_int64(query, 2),
        .receiver_kind = read_kind(query, 3, arena, &complete),
        .receiver = query_text(query, 4, arena, &complete),
        .control_id = query_text(query, 5, arena, &complete),
        .file_name = query_text(query, 6, arena, &complete),
        .bytes = query_bytes(query, 7, arena, &complete),
        .created = query_instant(query, 9, &valid),
    };
    struct slice state = query_slice(query, 8, arena, &complete);
    if (!complete)
        return database_no_memory(query->db);
    if (!valid)
        return DATABASE_CORRUPT;
    while (!slice_equal(state, slice_of(states[row->state])))
        row->state++; /* a CHECK of the table lets no other word in */
    return DATABASE_OK;
}

enum database_kind outbox_queued(struct database *db, enum live_kind receiver_kind, const char *receiver,
                                 size_t limit, struct arena *arena, struct outbox_row **rows, size_t *count)
{
    *rows = NULL;
    *count = 0;
    size_t capacity = 0;
    struct query query = query_start(db, STATEMENT_OUTBOX_QUEUED);
    bind_receiver(&query, receiver_kind, receiver);
    query_bind_int64(&query, limit > INT64_MAX ? INT64_MAX : (int64_t)limit);
    enum database_kind kind;
    while ((kind = query_step(&query)) == DATABASE_OK) {
        struct outbox_row *grown = query_grow(arena, *rows, *count, &capacity, sizeof **rows);
        kind = grown == NULL ? database_no_memory(db) : read_row(&query, arena, &grown[*count]);
        if (kind != DATABASE_OK)
            break;
        *rows = grown;
        (*count)++;
    }
    query_end(&query);
    return kind == DATABASE_NONE ? DATABASE_OK : kind;
}

enum database_kind outbox_by_name(struct database *db, enum live_kind receiver_kind, const char *receiver,
                                  const char *file_name, struct arena *arena, struct outbox_row *row)
{
    struct query query = query_start(db, STATEMENT_OUTBOX_BY_NAME);
    bind_receiver(&query, receiver_kind, receiver);
    query_bind_text(&query, file_name);
    enum database_kind kind = query_step(&query);
    if (kind == DATABASE_OK)
        kind = read_row(&query, arena, row);
    query_end(&query);
    return kind;
}

enum database_kind outbox_mark_sent(struct database *db, int64_t id, instant_us now)
{
    assert(database_in_transaction(db));
    char sent[INSTANT_TEXT_SIZE];
    struct query query = query_start(db, STATEMENT_OUTBOX_SENT);
    query_bind_instant(&query, now, sent);
    query_bind_int64(&query, id);
    return query_change(&query);
}

enum database_kind outbox_count(struct database *db, struct arena *arena, struct outbox_counts **receivers,
                                size_t *count)
{
    *receivers = NULL;
    *count = 0;
    size_t capacity = 0;
    struct query query = query_start(db, STATEMENT_OUTBOX_COUNTS);
    enum database_kind kind;
    while ((kind = query_step(&query)) == DATABASE_OK) {
        bool complete = true;
        struct outbox_counts *grown = query_grow(arena, *receivers, *count, &capacity, sizeof **receivers);
        if (grown != NULL) {
            *receivers = grown;
            grown[(*count)++] = (struct outbox_counts){
                .receiver_kind = read_kind(&query, 0, arena, &complete),
                .receiver = query_text(&query, 1, arena, &complete),
                .queued = query_int64(&query, 2),
                .sent = query_int64(&query, 3),
                .other = query_int64(&query, 4),
                .oldest_queued = query_text(&query, 5, arena, &complete),
            };
        }
        if (grown == NULL || !complete) {
            kind = database_no_memory(db);
            break;
        }
    }
    query_end(&query);
    return kind == DATABASE_NONE ? DATABASE_OK : kind;
}

enum database_kind outbox_failed_events(struct database *db, int64_t *count)
{
    struct query query = query_start(db, STATEMENT_ORDER_EVENTS_FAILED);
    enum database_kind kind = query_step(&query);
    if (kind == DATABASE_OK)
        *count = query_int64(&query, 0);
    query_end(&query);
    return kind;
}

enum database_kind outbox_reject_left(struct database *db, struct arena *arena, struct outbox_counts **left,
                                      size_t *count)
{
    assert(database_in_transaction(db) && db->world == DATABASE_LIVE);
    *left = NULL;
    *count = 0;
    size_t capacity = 0;
    bool complete = true;
    struct query query = query_start(db, STATEMENT_OUTBOX_LEFT);
    enum database_kind kind;
    while (complete && (kind = query_step(&query)) == DATABASE_OK) {
        struct outbox_counts *grown = query_grow(arena, *left, *count, &capacity, sizeof **left);
        complete = grown != NULL;
        if (!complete)
            break;
        *left = grown;
        grown[(*count)++] = (struct outbox_counts){.receiver_kind = read_kind(&query, 0, arena, &complete),
                                                   .receiver = query_text(&query, 1, arena, &complete),
                                                   .queued = query_int64(&query, 2)};
    }
    query_end(&query);
    if (!complete)
        return database_no_memory(db);
    if (kind != DATABASE_NONE || *count == 0)
        return kind == DATABASE_NONE ? DATABASE_OK : kind;
    query = query_start(db, STATEMENT_OUTBOX_REJECT_LEFT);
    return query_run(&query);
}
