#include "database/view.h"

#include <string.h>

#include "database/query.h"

/* Reads the present row into `item`; *complete: memory sufficed, *valid: times are times. */
typedef void read_function(struct query *query, struct arena *arena, void *item, bool *complete, bool *valid);

/* All rows of a query whose parameters are bound, as an array of items of `size`. */
static enum database_kind read_all(struct query *query, struct arena *arena, read_function *read, size_t size,
                                   void **items, size_t *count)
{
    size_t capacity = 0;
    enum database_kind kind;
    *items = NULL;
    *count = 0;
    while ((kind = query_step(query)) == DATABASE_OK) {
        bool complete = true, valid = true;
        void *grown = query_grow(arena, *items, *count, &capacity, size);
        if (grown != NULL) {
            *items = grown;
            read(query, arena, (char *)grown + *count * size, &complete, &valid);
        }
        if (grown == NULL || !complete || !valid) {
            kind = valid ? database_no_memory(query->db) : DATABASE_CORRUPT;
            break;
        }
        (*count)++;
    }
    query_end(query);
    return kind == DATABASE_NONE ? DATABASE_OK : kind;
}

/* ---- The file -------------------------------------------------------------------------------------------- */

static void read_file(struct query *query, struct arena *arena, struct view_file *out, bool *complete,
                      bool *valid)
{
    *out = (struct view_file){
        .number = query_int64(query, 0),
        .feed = query_text(query, 1, arena, complete),
        .name = query_text(query, 2, arena, complete),
        .size = (uint64_t)query_int64(query, 3),
        .created_us = query_int64(query, 4),
        .written_us = query_int64(query, 5),
        .arrived = query_instant(query, 7, valid),
        .format = query_text(query, 8, arena, complete),
        .state = query_text(query, 9, arena, complete),
        .in_place = query_int64(query, 10) != 0,
        .attempts = query_int64(query, 11),
        .reason = query_text(query, 12, arena, complete),
        .ended = query_instant(query, 13, valid),
        .stored = query_text(query, 14, arena, complete),
        .put_away = query_instant(query, 15, valid),
        .copied_from = query_int64(query, 16),
        .of_many = !query_is_null(query, 17),
        .rows = query_int64(query, 17),
        .passed = query_int64(query, 18),
        .unchanged = query_int64(query, 19),
    };
    struct slice sha = query_bytes(query, 6, arena, complete);
    struct slice encoding = query_slice(query, 20, arena, complete);
    out->hashed = sha.len == SHA256_SIZE;
    if (out->hashed)
        memcpy(out->sha256, sha.ptr, SHA256_SIZE);
    (void)encoding_from_name(encoding, &out->encoding); /* else ENCODING_AUTO */
}

enum database_kind view_file(struct database *db, int64_t number, struct arena *arena, struct view_file *out)
{
    bool complete = true, valid = true;
    struct query query = query_start(db, STATEMENT_VIEW_FILE);
    query_bind_int64(&query, number);
    enum database_kind kind = query_step(&query);
    if (kind == DATABASE_OK)
        read_file(&query, arena, out, &complete, &valid);
    query_end(&query);
    if (!complete)
        return database_no_memory(db);
    return valid ? kind : DATABASE_CORRUPT;
}

/* ---- Messages -------------------------------------------------------------------------------------------- */

static void read_count(struct query *query, struct arena *arena, void *item, bool *complete, bool *valid)
{
    struct view_count *out = item;
    (void)valid;
    *out = (struct view_count){query_text(query, 0, arena, complete), query_int64(query, 1)};
}

enum database_kind view_counts(struct database *db, int64_t file, struct arena *arena,
                               struct view_count **counts, size_t *count)
{
    void *items;
    struct query query = query_start(db, STATEMENT_VIEW_COUNTS);
    query_bind_int64(&query, file);
    enum database_kind kind = read_all(&query, arena, read_count, sizeof **counts, &items, count);
    *counts = items;
    return kind;
}

static void read_message(struct query *query, struct arena *arena, void *item, bool *complete, bool *valid)
{
    struct view_message *out = item;
    *out = (struct view_message){
        .id = query_int64(query, 0),
        .ordinal = (int)query_int64(query, 1),
        .kind = query_text(query, 2, arena, complete),
        .state = query_text(query, 3, arena, complete),
        .event_at = query_instant(query, 4, valid),
        .detail = query_text(query, 5, arena, complete),
        .ended = query_instant(query, 6, valid),
        .patient = query_int64(query, 7),
        .booking = query_int64(query, 8),
        .patient_id = query_text(query, 9, arena, complete),
        .booking_number = query_text(query, 10, arena, complete),
        .waits_until = query_instant(query, 11, valid),
        .stored = query_text(query, 12, arena, complete),
        .person = {.last_name = query_text(query, 13, arena, complete),
                   .first_name = query_text(query, 14, arena, complete),
                   .birth_date = query_text(query, 15, arena, complete)},
        .owner = {.patient_id = query_text(query, 16, arena, complete),
                  .last_name = query_text(query, 17, arena, complete),
                  .first_name = query_text(query, 18, arena, complete),
                  .birth_date = query_text(query, 19, arena, complete)},
    };
    out->person.patient_id = out->patient > 0 ? out->patient_id : NULL;
}

enum database_kind view_messages(struct database *db, int64_t file, int first, int last, bool unsettled,
                                 size_t limit, struct arena *arena, struct view_message **messages,
                                 size_t *count)
{
    void *items;
    struct query query = query_start(db, unsettled ? STATEMENT_VIEW_UNSETTLED : STATEMENT_VIEW_MESSAGES);
    query_bind_int64(&query, file);
    query_bind_int64(&query, first);
    query_bind_int64(&query, last);
    query_bind_int64(&query, (int64_t)limit);
    enum database_kind kind = read_all(&query, arena, read_message, sizeof **messages, &items, count);
    *messages = items;
    return kind;
}

static void read_fault(struct query *query, struct arena *arena, void *item, bool *complete, bool *valid)
{
    struct view_fault *out = item;
    (void)valid;
    *out = (struct view_fault){
        .code = query_text(query, 0, arena, complete),
        .severity = query_text(query, 1, arena, complete),
        .line = query_int64(query, 2),
        .field = query_text(query, 3, arena, complete),
        .expected = query_text(query, 4, arena, complete),
    };
}

enum database_kind view_faults(struct database *db, int64_t file, int64_t message, size_t limit,
                               struct arena *arena, struct view_fault **faults, size_t *count)
{
    void *items;
    struct query query =
        query_start(db, message == 0 ? STATEMENT_VIEW_FILE_FAULTS : STATEMENT_VIEW_MESSAGE_FAULTS);
    query_bind_int64(&query, message == 0 ? file : message);
    query_bind_int64(&query, (int64_t)limit);
    enum database_kind kind = read_all(&query, arena, read_fault, sizeof **faults, &items, count);
    *faults = items;
    return kind;
}

static void read_change(struct query *query, struct arena *arena, void *item, bool *complete, bool *valid)
{
    struct view_change *out = item;
    (void)valid;
    *out = (struct view_change){
        .table = query_text(query, 0, arena, complete),
        .row = query_int64(query, 1),
        .field = query_text(query, 2, arena, complete),
        .from = query_text(query, 3, arena, complete),
        .to = query_text(query, 4, arena, complete),
    };
}

enum database_kind view_changes(struct database *db, int64_t message, size_t limit, struct arena *arena,
                                struct view_change **changes, size_t *count)
{
    void *items;
    struct query query = query_start(db, STATEMENT_VIEW_CHANGES);
    query_bind_int64(&query, message);
    query_bind_int64(&query, (int64_t)limit);
    enum database_kind kind = read_all(&query, arena, read_change, sizeof **changes, &items, count);
    *changes = items;
    return kind;
}

/* ---- What people decided --------------------------------------------------------------------------------- */

static void read_command(struct query *query, struct arena *arena, void *item, bool *complete, bool *valid)
{
    struct view_command *out = item;
    *out = (struct view_command){
        .what = query_text(query, 0, arena, complete),
        .subject = query_text(query, 1, arena, complete),
        .argument = query_text(query, 2, arena, complete),
        .user = query_text(query, 3, arena, complete),
        .created = query_instant(query, 4, valid),
        .answer = query_text(query, 5, arena, complete),
        .answered = query_instant(query, 7, valid),
    };
    out->done = slice_equal(query_slice(query, 6, arena, complete), SLICE_LITERAL("done"));
}

enum database_kind view_commands(struct database *db, int64_t number, size_t limit, struct arena *arena,
                                 struct view_command **commands, size_t *count)
{
    void *items;
    struct query query = query_start(db, STATEMENT_VIEW_COMMANDS);
    query_bind_int64(&query, number);
    query_bind_int64(&query, (int64_t)limit);
    enum database_kind kind = read_all(&query, arena, read_command, sizeof **commands, &items, count);
    *commands = items;
    return kind;
}
