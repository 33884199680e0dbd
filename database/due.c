#include "database/due.h"

#include "database/ledger.h"
#include "database/photo.h"
#include "database/query.h"
#include "database/waiting.h"

#include <assert.h>

enum database_kind due_any(struct database *db, instant_us now, bool *any)
{
    char text[INSTANT_TEXT_SIZE];
    struct query query = query_start(db, STATEMENT_DUE_ANY);
    query_bind_instant(&query, now, text);
    enum database_kind kind = query_step(&query);
    *any = kind == DATABASE_OK && query_int64(&query, 0) != 0;
    query_end(&query);
    return kind;
}

/* A release that takes effect is a change by the message that planned it; another program may have planned one without. */
static enum database_kind release(struct database *db, int64_t booking, int64_t message, struct slice date)
{
    struct query query = query_start(db, STATEMENT_DUE_RELEASE);
    query_bind_int64(&query, booking);
    enum database_kind kind = query_run(&query);
    if (kind != DATABASE_OK || message == 0)
        return kind;
    query = query_start(db, STATEMENT_DUE_RELEASE_CHANGE);
    query_bind_int64(&query, message);
    query_bind_int64(&query, booking);
    query_bind_slice(&query, date);
    return query_run(&query);
}

enum database_kind due_releases(struct database *db, instant_us now, size_t *released)
{
    assert(database_in_transaction(db));
    struct {
        int64_t booking, message;
        struct slice date;
    } due[DUE_LIMIT];
    size_t count = 0;
    bool complete = true;
    char text[INSTANT_TEXT_SIZE];
    arena_reset(&db->scratch);
    *released = 0;
    struct query query = query_start(db, STATEMENT_DUE_RELEASES);
    query_bind_instant(&query, now, text);
    query_bind_int64(&query, DUE_LIMIT);
    enum database_kind kind;
    while ((kind = query_step(&query)) == DATABASE_OK) {
        due[count].booking = query_int64(&query, 0);
        due[count].date = query_slice(&query, 1, &db->scratch, &complete);
        due[count].message = query_int64(&query, 2); /* 0 for NULL */
        count++;
    }
    query_end(&query);
    if (kind == DATABASE_NONE)
        kind = complete ? DATABASE_OK : database_no_memory(db);
    for (size_t i = 0; kind == DATABASE_OK && i < count; i++)
        kind = release(db, due[i].booking, due[i].message, due[i].date);
    if (kind == DATABASE_OK)
        *released = count;
    return kind;
}

enum database_kind due_waiting(struct database *db, instant_us now, struct arena *arena,
                               struct due_waiting **rows, size_t *count)
{
    assert(database_in_transaction(db));
    struct ledger_message messages[DUE_LIMIT];
    bool complete = true;
    char text[INSTANT_TEXT_SIZE];
    *count = 0;
    *rows = arena_take_array(arena, DUE_LIMIT, sizeof **rows);
    if (*rows == NULL)
        return database_no_memory(db);
    struct query query = query_start(db, STATEMENT_DUE_WAITING);
    query_bind_instant(&query, now, text);
    query_bind_int64(&query, DUE_LIMIT);
    enum database_kind kind;
    while ((kind = query_step(&query)) == DATABASE_OK) {
        messages[*count] = (struct ledger_message){
            .id = query_int64(&query, 0),
            .state = LEDGER_MESSAGE_QUARANTINED,
            .patient = query_int64(&query, 1),
            .booking = query_int64(&query, 2),
            .detail = "its booking did not become known in time",
        };
        bool photo = query_int64(&query, 6) != 0;
        if (photo)
            messages[*count].detail = "no patient named it in time";
        (*rows)[*count] = (struct due_waiting){
            .message = messages[*count].id,
            .file = query_int64(&query, 3),
            .feed = query_text(&query, 4, arena, &complete),
            .copied = query_int64(&query, 5) != 0,
            .photo = photo,
        };
        (*count)++;
    }
    query_end(&query);
    if (kind == DATABASE_NONE)
        kind = complete ? DATABASE_OK : database_no_memory(db);
    for (size_t i = 0; kind == DATABASE_OK && i < *count; i++) {
        kind = ledger_message_end(db, &messages[i], now);
        if (kind == DATABASE_OK)
            kind = (*rows)[i].photo ? photo_waiting_remove(db, messages[i].id)
                                    : waiting_remove(db, messages[i].id);
    }
    return kind;
}
