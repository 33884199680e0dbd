#include "database/sync_census.h"

#include "database/query.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ALWAYS_ALLOWED 5 /* so many are no reason to ask, however small the facility is */

static bool is_too_many(int64_t count, int64_t of)
{
    return count > ALWAYS_ALLOWED && count * 10 > of;
}

enum database_kind sync_census_begin(struct database *db, struct sync_census *census)
{
    struct query query = query_start(db, STATEMENT_SYNC_LAST_BOOKING);
    enum database_kind kind = query_step(&query);
    if (kind == DATABASE_OK)
        census->last_booking = query_int64(&query, 0);
    query_end(&query);
    if (kind != DATABASE_OK)
        return kind;
    census->present = calloc((size_t)census->last_booking / 8 + 1, 1);
    return census->present != NULL ? DATABASE_OK : DATABASE_NO_MEMORY;
}

void sync_census_release(struct sync_census *census)
{
    free(census->facilities);
    free(census->present);
    free(census->absent);
    census->facilities = NULL;
    census->present = NULL;
    census->absent = NULL;
    census->facility_count = census->absent_count = census->absent_capacity = 0;
}

static struct sync_facility *find(const struct sync_census *census, struct slice code)
{
    for (size_t i = 0; i < census->facility_count; i++)
        if (slice_equal(slice_of(census->facilities[i].code), code))
            return &census->facilities[i];
    return NULL;
}

bool sync_census_is_old(const struct sync_census *census, struct slice facility)
{
    const struct sync_facility *found = find(census, facility);
    return found != NULL && found->newer;
}

/* ---- rows ---- */

/* Asks a question of one column about a facility. */
static enum database_kind ask(struct database *db, enum statement_id which, const char *authority,
                              const char *code, bool *answer)
{
    struct query query = query_start(db, which);
    if (authority != NULL)
        query_bind_text(&query, authority);
    query_bind_text(&query, code);
    enum database_kind kind = query_step(&query);
    *answer = kind == DATABASE_OK && query_int64(&query, 0) != 0;
    query_end(&query);
    return kind;
}

/* What the last rosters of the feed said: calls `each` with code and time. */
static enum database_kind earlier_rosters(struct database *db, const char *feed,
                                          void (*each)(void *context, struct slice code, instant_us at),
                                          void *context)
{
    struct arena arena;
    bool complete = true;
    bool valid = true;
    arena_init(&arena, 0);
    struct query query = query_start(db, STATEMENT_SYNC_FACILITIES);
    query_bind_text(&query, feed);
    enum database_kind kind;
    while ((kind = query_step(&query)) == DATABASE_OK) {
        struct slice code = query_slice(&query, 0, &arena, &complete);
        instant_us at = query_instant(&query, 1, &valid);
        if (!complete || !valid)
            break;
        each(context, code, at);
    }
    query_end(&query);
    arena_release(&arena);
    if (!complete)
        return database_no_memory(db);
    if (!valid)
        return DATABASE_CORRUPT;
    return kind == DATABASE_NONE ? DATABASE_OK : kind;
}

struct newer_search {
    const struct sync_census *census;
    struct sync_facility *facility;
};

static void note_newer(void *context, struct slice code, instant_us at)
{
    struct newer_search *search = context;
    if (at > search->census->as_of && slice_equal(slice_of(search->facility->code), code))
        search->facility->newer = true;
}

/* A facility that was not met in this roster so far. */
static enum database_kind meet(struct database *db, struct sync_census *census, struct slice code,
                               struct sync_facility **out)
{
    bool live = true;
    struct sync_facility *grown =
        realloc(census->facilities, (census->facility_count + 1) * sizeof *census->facilities);
    if (grown == NULL || code.len >= sizeof grown->code)
        return DATABASE_NO_MEMORY;
    census->facilities = grown;
    struct sync_facility *facility = &grown[census->facility_count];
    *facility = (struct sync_facility){.rows = 0};
    memcpy(facility->code, code.ptr, code.len);
    struct newer_search search = {census, facility};
    enum database_kind kind =
        ask(db, STATEMENT_SYNC_ANY_BOOKING, census->authority, facility->code, &facility->known);
    if (kind == DATABASE_OK && db->world == DATABASE_LIVE)
        kind = ask(db, STATEMENT_LIVE_FACILITY, NULL, facility->code, &live);
    if (kind == DATABASE_OK)
        kind = earlier_rosters(db, census->feed, note_newer, &search);
    facility->counts = live && !facility->newer;
    if (kind == DATABASE_OK)
        census->facility_count++;
    *out = facility;
    return kind;
}

/* The row of ours of that number; 0: there is none. */
static enum database_kind find_row(struct database *db, enum statement_id which, const char *authority,
                                   struct slice number, int64_t *id)
{
    *id = 0;
    struct query query = query_start(db, which);
    query_bind_text(&query, authority);
    query_bind_slice(&query, number);
    enum database_kind kind = query_step(&query);
    if (kind == DATABASE_OK)
        *id = query_int64(&query, 0);
    query_end(&query);
    return kind == DATABASE_NONE ? DATABASE_OK : kind;
}

enum database_kind sync_census_add(struct database *db, struct sync_census *census,
                                   const struct sync_row *row)
{
    enum database_kind kind = DATABASE_OK;
    census->rows++;
    if (row->booking.len == 0) {
        census->unreadable++;
    } else {
        int64_t id = 0;
        kind = find_row(db, STATEMENT_SYNC_BOOKING, census->authority, row->booking, &id);
        if (id > 0 && id <= census->last_booking)
            census->present[id / 8] |= (uint8_t)(1u << (id % 8));
    }
    if (kind != DATABASE_OK || row->facility.len == 0)
        return kind;
    struct sync_facility *facility = find(census, row->facility);
    if (facility == NULL)
        kind = meet(db, census, row->facility, &facility);
    if (kind != DATABASE_OK)
        return kind;
    int64_t patient = 0;
    facility->rows++;
    kind = find_row(db, STATEMENT_SYNC_PATIENT, census->authority, row->patient, &patient);
    facility->new_patients += patient == 0;
    return kind;
}

/* ---- who is missing ---- */

static bool add_absent(struct sync_census *census, int64_t booking)
{
    if (census->absent_count == census->absent_capacity) {
        size_t capacity = census->absent_capacity > 0 ? census->absent_capacity * 2 : 64;
        int64_t *grown = realloc(census->absent, capacity * sizeof *grown);
        if (grown == NULL)
            return false;
        census->absent = grown;
        census->absent_capacity = capacity;
    }
    census->absent[census->absent_count++] = booking;
    return true;
}

/* A booking that came to be since the roster was read stands in it, or was said of by something newer. */
static bool is_present(const struct sync_census *census, int64_t booking)
{
    return booking > census->last_booking ||
           (census->present[booking / 8] & (uint8_t)(1u << (booking % 8))) != 0;
}

enum database_kind sync_census_count(struct database *db, struct sync_census *census)
{
    struct arena arena;
    char as_of[INSTANT_TEXT_SIZE];
    bool complete = true;
    census->absent_count = 0;
    for (size_t i = 0; i < census->facility_count; i++)
        census->facilities[i].open = census->facilities[i].absent = 0;
    datetime_format_instant(census->as_of, as_of);
    arena_init(&arena, 0);
    struct query query = query_start(db, STATEMENT_SYNC_OPEN);
    query_bind_text(&query, as_of);
    query_bind_text(&query, census->authority);
    enum database_kind kind;
    while ((kind = query_step(&query)) == DATABASE_OK) {
        arena_reset(&arena);
        int64_t booking = query_int64(&query, 0);
        struct sync_facility *facility = find(census, query_slice(&query, 1, &arena, &complete));
        if (!complete)
            break;
        if (facility == NULL || !facility->counts)
            continue;
        facility->open++;
        if (query_int64(&query, 2) == 0 || is_present(census, booking))
            continue;
        facility->absent++;
        complete = add_absent(census, booking);
        if (!complete)
            break;
    }
    query_end(&query);
    arena_release(&arena);
    if (!complete)
        return DATABASE_NO_MEMORY;
    return kind == DATABASE_NONE ? DATABASE_OK : kind;
}

/* ---- the guards ---- */

/* The facilities of the newest roster before this one. */
struct last_roster {
    const struct sync_census *census;
    instant_us newest;
    size_t missing;
    char first[33]; /* of those that are missing */
};

static void note_newest(void *context, struct slice code, instant_us at)
{
    struct last_roster *last = context;
    (void)code;
    if (last->newest == INSTANT_NONE || at > last->newest)
        last->newest = at;
}

static void note_missing(void *context, struct slice code, instant_us at)
{
    struct last_roster *last = context;
    if (at != last->newest || at > last->census->as_of || find(last->census, code) != NULL)
        return;
    if (last->missing++ == 0 && code.len < sizeof last->first)
        memcpy(last->first, code.ptr, code.len);
}

enum database_kind sync_census_judge(struct database *db, const struct sync_census *census, bool preload,
                                     bool *held, char *why, size_t size)
{
    struct last_roster last = {.census = census, .newest = INSTANT_NONE};
    *held = true;
    for (size_t i = 0; i < census->facility_count; i++) {
        const struct sync_facility *facility = &census->facilities[i];
        if (!facility->counts)
            continue;
        if (census->unreadable == 0 && is_too_many(facility->absent, facility->open)) {
            (void)snprintf(why, size,
                           "it would release %" PRId64 " of the %" PRId64 " open bookings of facility %s",
                           facility->absent, facility->open, facility->code);
            return DATABASE_OK;
        }
        if (!preload && facility->known && is_too_many(facility->new_patients, facility->rows)) {
            (void)snprintf(why, size,
                           "%" PRId64 " of its %" PRId64
                           " rows for facility %s name patients who are not known; "
                           "preload=\"yes\" allows that",
                           facility->new_patients, facility->rows, facility->code);
            return DATABASE_OK;
        }
    }
    enum database_kind kind = earlier_rosters(db, census->feed, note_newest, &last);
    if (kind == DATABASE_OK)
        kind = earlier_rosters(db, census->feed, note_missing, &last);
    *held = last.missing > 0;
    if (*held)
        (void)snprintf(why, size, "facility %s, which the roster before named, does not occur in it",
                       last.first);
    return kind;
}
