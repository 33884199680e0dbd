#include "database/sync.h"

#include "database/change.h"
#include "database/query.h"

#include <assert.h>

enum database_kind sync_keep(struct database *db, int64_t file, int64_t message, instant_us event_at)
{
    assert(database_in_transaction(db));
    char text[INSTANT_TEXT_SIZE];
    struct query query = query_start(db, STATEMENT_SYNC_KEEP);
    query_bind_int64(&query, file);
    query_bind_int64(&query, message);
    query_bind_instant(&query, event_at, text);
    return query_run(&query);
}

enum database_kind sync_find(struct database *db, int64_t file, struct sync_roster *out)
{
    bool valid = true;
    struct query query = query_start(db, STATEMENT_SYNC_FIND);
    query_bind_int64(&query, file);
    enum database_kind kind = query_step(&query);
    if (kind == DATABASE_OK) {
        *out = (struct sync_roster){
            .message = query_int64(&query, 0),
            .event_at = query_instant(&query, 1, &valid),
            .decided = query_int64(&query, 2) != 0,
            .changes = (size_t)query_int64(&query, 3),
        };
        if (!valid)
            kind = DATABASE_CORRUPT;
    }
    query_end(&query);
    return kind;
}

enum database_kind sync_decide(struct database *db, int64_t file, bool decided)
{
    assert(database_in_transaction(db));
    struct query query = query_start(db, STATEMENT_SYNC_DECIDE);
    query_bind_int64(&query, decided);
    query_bind_int64(&query, file);
    return query_change(&query);
}

enum database_kind sync_decided(struct database *db, size_t limit, struct arena *arena, int64_t **files,
                                size_t *count)
{
    *count = 0;
    *files = arena_take_array(arena, limit, sizeof **files);
    if (*files == NULL)
        return database_no_memory(db);
    struct query query = query_start(db, STATEMENT_SYNC_DECIDED);
    query_bind_int64(&query, (int64_t)limit);
    enum database_kind kind;
    while ((kind = query_step(&query)) == DATABASE_OK)
        (*files)[(*count)++] = query_int64(&query, 0);
    query_end(&query);
    return kind == DATABASE_NONE ? DATABASE_OK : kind;
}

enum database_kind sync_facility_keep(struct database *db, const char *feed, const char *facility,
                                      instant_us as_of)
{
    assert(database_in_transaction(db));
    char text[INSTANT_TEXT_SIZE];
    struct query query = query_start(db, STATEMENT_SYNC_FACILITY_KEEP);
    query_bind_text(&query, feed);
    query_bind_text(&query, facility);
    query_bind_instant(&query, as_of, text);
    return query_run(&query);
}

/* The release date that the booking has, for the change log. DATABASE_NONE: it is not missing any more. */
static enum database_kind still_absent(struct database *db, const struct sync_release *what,
                                       const char *as_of, struct slice *release_date)
{
    bool complete = true;
    struct query query = query_start(db, STATEMENT_SYNC_STILL_ABSENT);
    query_bind_text(&query, as_of);
    query_bind_int64(&query, what->booking);
    enum database_kind kind = query_step(&query);
    if (kind == DATABASE_OK)
        *release_date = query_slice(&query, 0, &db->scratch, &complete);
    query_end(&query);
    return complete ? kind : database_no_memory(db);
}

enum database_kind sync_release(struct database *db, const struct sync_release *what, size_t *changes)
{
    assert(database_in_transaction(db));
    char as_of[INSTANT_TEXT_SIZE], at[INSTANT_TEXT_SIZE], arrived[INSTANT_TEXT_SIZE];
    struct slice date, nothing = SLICE_EMPTY;
    struct change_list list = {.count = 0};
    datetime_format_instant(what->as_of, as_of);
    datetime_format_instant(what->event_at, at);
    datetime_format_instant(what->arrived, arrived);
    arena_reset(&db->scratch);
    enum database_kind kind = still_absent(db, what, as_of, &date);
    if (kind != DATABASE_OK)
        return kind;
    (void)change_value(&list, "booking", what->booking, "release_date", &date, slice_of(at));
    (void)change_value(&list, "booking", what->booking, "released_at", &nothing, slice_of(at));
    struct query query = query_start(db, STATEMENT_SYNC_RELEASE);
    query_bind_text(&query, at);
    query_bind_text(&query, at);
    query_bind_text(&query, as_of);
    query_bind_text(&query, arrived);
    query_bind_int64(&query, what->file);
    query_bind_int64(&query, what->booking);
    kind = query_run(&query);
    if (kind == DATABASE_OK)
        kind = change_list_write(db, &list, what->message, *changes);
    if (kind == DATABASE_OK)
        *changes += list.count;
    return kind;
}
