#include "database/alert.h"

#include "database/query.h"

#include <assert.h>

static const char *const states[] = {
    [ALERT_EVENT_NEW] = "new",
    [ALERT_EVENT_RENDERED] = "rendered",
    [ALERT_EVENT_FAILED] = "failed",
    [ALERT_EVENT_SUPERSEDED] = "superseded",
    [ALERT_EVENT_NO_RECEIVER] = "no-receiver",
};

/* In the order of STATEMENT_ALERT_EVENTS_NEW. */
static enum database_kind read_event(const struct query *query, struct arena *arena,
                                     struct alert_event *event)
{
    bool complete = true, valid = true;
    *event = (struct alert_event){
        .id = query_int64(query, 0),
        .alert = query_int64(query, 1),
        .removed = query_int64(query, 2) != 0,
        .feed = query_text(query, 3, arena, &complete),
        .copied = query_int64(query, 4) != 0,
        .code = query_text(query, 5, arena, &complete),
        .date_added = query_instant(query, 6, &valid),
        .date_added_given = query_text(query, 7, arena, &complete),
        .added_by = query_text(query, 8, arena, &complete),
        .date_removed = query_instant(query, 9, &valid),
        .removed_by = query_text(query, 10, arena, &complete),
        .authority = query_text(query, 11, arena, &complete),
        .patient_id = query_text(query, 12, arena, &complete),
        .booking_number = query_text(query, 13, arena, &complete),
        .facility = query_text(query, 14, arena, &complete),
        .facility_zone = query_text(query, 15, arena, &complete),
        .facility_is_live = query_int64(query, 16) != 0,
    };
    if (!complete)
        return database_no_memory(query->db);
    return valid ? DATABASE_OK : DATABASE_CORRUPT;
}

enum database_kind alert_events_new(struct database *db, size_t limit, struct arena *arena,
                                    struct alert_event **events, size_t *count)
{
    *events = NULL;
    *count = 0;
    size_t capacity = 0;
    struct query query = query_start(db, STATEMENT_ALERT_EVENTS_NEW);
    query_bind_int64(&query, limit > INT64_MAX ? INT64_MAX : (int64_t)limit);
    enum database_kind kind;
    while ((kind = query_step(&query)) == DATABASE_OK) {
        struct alert_event *grown = query_grow(arena, *events, *count, &capacity, sizeof **events);
        kind = grown == NULL ? database_no_memory(db) : read_event(&query, arena, &grown[*count]);
        if (kind != DATABASE_OK)
            break;
        *events = grown;
        (*count)++;
    }
    query_end(&query);
    return kind == DATABASE_NONE ? DATABASE_OK : kind;
}

enum database_kind alert_event_end(struct database *db, int64_t event, enum alert_event_state state,
                                   const char *reason, instant_us now)
{
    assert(database_in_transaction(db));
    assert(state != ALERT_EVENT_NEW);
    char ended[INSTANT_TEXT_SIZE];
    struct query query = query_start(db, STATEMENT_ALERT_EVENT_END);
    query_bind_text(&query, states[state]);
    query_bind_text(&query, reason);
    query_bind_instant(&query, now, ended);
    query_bind_int64(&query, event);
    return query_change(&query);
}

enum database_kind alert_events_again(struct database *db)
{
    assert(database_in_transaction(db));
    struct query query = query_start(db, STATEMENT_ALERT_EVENTS_AGAIN);
    return query_run(&query);
}

enum database_kind alert_keep_given(struct database *db, int64_t alert, const char *date_added_given)
{
    assert(database_in_transaction(db));
    struct query query = query_start(db, STATEMENT_ALERT_GIVEN);
    query_bind_text(&query, date_added_given);
    query_bind_int64(&query, alert);
    return query_run(&query);
}

enum database_kind alert_counts(struct database *db, int64_t *waiting, int64_t *failed)
{
    struct query query = query_start(db, STATEMENT_ALERT_COUNTS);
    enum database_kind kind = query_step(&query);
    if (kind == DATABASE_OK) {
        *waiting = query_int64(&query, 0);
        *failed = query_int64(&query, 1);
    }
    query_end(&query);
    return kind;
}
