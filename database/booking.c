#include "database/booking.h"

#include <stdio.h>

/* Names in the change log; NULL for a column that only follows another one. */
static const char *const names[BOOKING_COLUMN_COUNT] = {
    [BOOKING_FACILITY] = "facility",
    [BOOKING_HOUSING] = "housing",
    [BOOKING_BED] = "bed",
    [BOOKING_BLOCK] = "block",
    [BOOKING_POD] = "pod",
    [BOOKING_CELL] = "cell",
    [BOOKING_BUNK] = "bunk",
    [BOOKING_AGENCY] = "agency",
    [BOOKING_DATE] = "booking_date",
    [BOOKING_DATE_GIVEN] = NULL,
    [BOOKING_RELEASE_DATE] = "release_date",
    [BOOKING_RELEASE_DATE_GIVEN] = NULL,
    [BOOKING_RELEASE_ORIGIN] = NULL,
    [BOOKING_RELEASED_AT] = "released_at",
};

/* A release date this much ahead of the arrival is believed to be now: clocks differ (RULES "People and bookings"). */
#define RELEASE_AHEAD_US ((instant_us)10 * 60 * 1000 * 1000)

bool booking_is_open(const struct booking *booking)
{
    return booking->columns[BOOKING_RELEASED_AT].ptr == NULL;
}

enum database_kind booking_find(struct apply_work *work, struct booking *booking)
{
    *booking = (struct booking){0};
    struct query query = query_start(work->db, STATEMENT_BOOKING_FIND);
    query_bind_text(&query, work->input->authority);
    query_bind_slice(&query, work->input->event->fields[JMS_BOOKING].text);
    enum database_kind kind = query_step(&query);
    if (kind == DATABASE_OK) {
        booking->id = query_int64(&query, 0);
        booking->patient = query_int64(&query, 1);
        for (int i = 0; i < BOOKING_COLUMN_COUNT; i++)
            booking->columns[i] = query_slice(&query, i + 2, &work->db->scratch, &work->complete);
        booking->booking_older = apply_is_older(work, &query, BOOKING_COLUMN_COUNT + 2);
        booking->location_older = apply_is_older(work, &query, BOOKING_COLUMN_COUNT + 5);
        booking->release_older = apply_is_older(work, &query, BOOKING_COLUMN_COUNT + 8);
        booking->stated_by_this_file = query_int64(&query, BOOKING_COLUMN_COUNT + 4) == work->input->file;
        if (!work->complete)
            kind = database_no_memory(work->db);
    }
    query_end(&query);
    return kind == DATABASE_NONE ? DATABASE_OK : kind;
}

static bool set(struct apply_work *work, struct booking *booking, enum booking_column column,
                struct slice value)
{
    bool differs =
        change_value(&work->changes, "booking", booking->id, names[column], &booking->columns[column], value);
    booking->changed = booking->changed || differs;
    return differs;
}

/* Block, pod, cell and bunk by the rules of the facility. Where it has none they are left, but for a move, which makes them old. */
static void place(struct apply_work *work, struct booking *booking, bool moved)
{
    const struct apply_rules *rules = work->input->rules;
    struct location location = {0};
    enum apply_placed placed = APPLY_NO_RULES;
    if (rules != NULL)
        placed = rules->place(rules->context, booking->columns[BOOKING_FACILITY],
                              booking->columns[BOOKING_HOUSING], booking->columns[BOOKING_BED], &location);
    if (placed == APPLY_NO_RULES && !moved)
        return;
    if (placed == APPLY_UNMATCHED)
        location = (struct location){0};
    (void)set(work, booking, BOOKING_BLOCK, location.parts[LOCATION_BLOCK]);
    (void)set(work, booking, BOOKING_POD, location.parts[LOCATION_POD]);
    (void)set(work, booking, BOOKING_CELL, location.parts[LOCATION_CELL]);
    (void)set(work, booking, BOOKING_BUNK, location.parts[LOCATION_BED]);
    booking->unmatched = placed == APPLY_UNMATCHED;
}

/* Housing and Bed are one value: who gives the housing states both. A bed whose value had a fault is left as it was (RULES "Faults and
 * warnings"), unless the housing changes: the old bed in the new housing would send a nurse to the wrong place. */
static void merge_location(struct apply_work *work, struct booking *booking)
{
    struct slice housing;
    struct slice bed;
    bool housing_stated = apply_states(work, JMS_HOUSING, &housing);
    bool bed_stated = apply_states(work, JMS_BED, &bed);
    bool bed_left = work->input->event->fields[JMS_BED].faulty &&
                    (!housing_stated || slice_equal(housing, booking->columns[BOOKING_HOUSING]));
    if (housing_stated && !bed_stated && !bed_left) {
        bed = SLICE_EMPTY;
        bed_stated = true;
    }
    bool facility_stated = work->input->facility.len > 0;
    bool stated = facility_stated || housing_stated || bed_stated;
    if (!stated)
        return;
    if (booking->location_older) {
        booking->location_stale = true;
        return;
    }
    booking->location_stated = true;
    bool moved = false;
    if (facility_stated)
        moved |= set(work, booking, BOOKING_FACILITY, work->input->facility);
    if (housing_stated)
        moved |= set(work, booking, BOOKING_HOUSING, housing);
    if (bed_stated)
        moved |= set(work, booking, BOOKING_BED, bed);
    place(work, booking, moved);
    booking->moved = moved;
}

static void merge_booking(struct apply_work *work, struct booking *booking)
{
    struct slice agency;
    struct slice date;
    bool agency_stated = apply_states(work, JMS_AGENCY, &agency);
    bool date_stated =
        apply_states(work, JMS_BOOKING_DATE, &date) && work->input->booking_date != INSTANT_NONE;
    if (!agency_stated && !date_stated)
        return;
    if (booking->booking_older) {
        booking->booking_stale = true;
        return;
    }
    booking->booking_stated = true;
    if (agency_stated)
        (void)set(work, booking, BOOKING_AGENCY, agency);
    /* The same moment written otherwise is nothing new. */
    if (date_stated && set(work, booking, BOOKING_DATE, apply_instant(work, work->input->booking_date)))
        (void)set(work, booking, BOOKING_DATE_GIVEN, date);
}

static void set_release(struct apply_work *work, struct booking *booking, struct slice date,
                        struct slice given, struct slice origin, bool effective)
{
    bool was_open = booking_is_open(booking);
    if (set(work, booking, BOOKING_RELEASE_DATE, date) ||
        !slice_equal(booking->columns[BOOKING_RELEASE_ORIGIN], origin)) {
        (void)set(work, booking, BOOKING_RELEASE_DATE_GIVEN, given);
        (void)set(work, booking, BOOKING_RELEASE_ORIGIN, origin);
    }
    (void)set(work, booking, BOOKING_RELEASED_AT, effective ? date : SLICE_EMPTY);
    booking->released = was_open && !booking_is_open(booking);
    booking->reopened = booking->id != 0 && !was_open && booking_is_open(booking);
}

/* Who was missing in a roster and is spoken of again was not released: that was inferred only. What a ReleaseDate said is taken
 * back by silence only for senders who undo so; what a later booking closed stays closed. */
static bool silence_takes_back(const struct apply_work *work, const struct booking *booking)
{
    const struct slice origin = booking->columns[BOOKING_RELEASE_ORIGIN];
    return slice_equal(origin, SLICE_LITERAL("inferred")) ||
           (work->input->reopens && slice_equal(origin, SLICE_LITERAL("given")));
}

static void merge_release(struct apply_work *work, struct booking *booking)
{
    const struct apply_input *input = work->input;
    struct slice given;
    if (!apply_states(work, JMS_RELEASE_DATE, &given)) {
        /* A value with a fault is no silence. */
        if (!input->event->fields[JMS_RELEASE_DATE].faulty && !booking->release_older &&
            silence_takes_back(work, booking)) {
            booking->release_stated = true;
            set_release(work, booking, SLICE_EMPTY, SLICE_EMPTY, SLICE_EMPTY, false);
        }
        return;
    }
    if (given.ptr != NULL && input->release_date == INSTANT_NONE)
        return;
    if (booking->release_older) {
        booking->release_stale = true;
        return;
    }
    booking->release_stated = true;
    if (given.ptr == NULL) {
        set_release(work, booking, SLICE_EMPTY, SLICE_EMPTY, SLICE_EMPTY, false);
        return;
    }
    set_release(work, booking, apply_instant(work, input->release_date), given, SLICE_LITERAL("given"),
                input->release_date <= input->arrived + RELEASE_AHEAD_US);
}

void booking_merge(struct apply_work *work, struct booking *booking)
{
    merge_location(work, booking);
    if (work->input->event->kind != JMS_DEMOGRAPHICS)
        return;
    merge_booking(work, booking);
    merge_release(work, booking);
}

enum database_kind booking_write(struct apply_work *work, struct booking *booking)
{
    bool known = booking->id != 0;
    /* Most rows of a roster bring nothing new: then the CHECKs of the other columns need not be asked. */
    bool stamp_only = known && !booking->changed;
    struct query query = query_start(work->db, stamp_only ? STATEMENT_BOOKING_STAMP
                                               : known    ? STATEMENT_BOOKING_UPDATE
                                                          : STATEMENT_BOOKING_INSERT);
    if (!known) {
        query_bind_int64(&query, booking->patient);
        query_bind_text(&query, work->input->authority);
        query_bind_slice(&query, work->input->event->fields[JMS_BOOKING].text);
    }
    for (size_t i = 0; i < BOOKING_COLUMN_COUNT && !stamp_only; i++)
        query_bind_slice(&query, booking->columns[i]);
    apply_bind_stamp(&query, work, booking->booking_stated);
    apply_bind_stamp(&query, work, booking->location_stated);
    apply_bind_stamp(&query, work, booking->release_stated);
    if (known) {
        query_bind_int64(&query, booking->id);
        return query_run(&query);
    }
    enum database_kind kind = query_insert(&query, &booking->id);
    if (kind == DATABASE_OK)
        change_add_creation(&work->changes, "booking", booking->id);
    return kind;
}

/* A row number as the change log writes it. */
static struct slice number_text(struct apply_work *work, int64_t number)
{
    char text[24];
    int length = snprintf(text, sizeof text, "%lld", (long long)number);
    struct slice copy = arena_copy(&work->db->scratch, slice_from(text, (size_t)length));
    work->complete = work->complete && copy.ptr != NULL;
    return copy;
}

enum database_kind booking_hand_over(struct apply_work *work, struct booking *booking, int64_t patient)
{
    struct slice whose = number_text(work, booking->patient);
    (void)change_value(&work->changes, "booking", booking->id, "patient", &whose, number_text(work, patient));
    if (!work->complete)
        return database_no_memory(work->db);
    booking->changed = true;
    struct query query = query_start(work->db, STATEMENT_BOOKING_HAND_OVER);
    query_bind_int64(&query, patient);
    query_bind_int64(&query, booking->id);
    return query_run(&query);
}

enum database_kind booking_write_location(struct apply_work *work, const struct booking *booking,
                                          int64_t message)
{
    struct query query = query_start(work->db, STATEMENT_LOCATION_INSERT);
    query_bind_int64(&query, booking->id);
    query_bind_int64(&query, message);
    for (size_t i = BOOKING_FACILITY; i <= BOOKING_BUNK; i++)
        query_bind_slice(&query, booking->columns[i]);
    query_bind_text(&query, work->event_at);
    return query_run(&query);
}

enum database_kind booking_write_unmatched(struct apply_work *work, const struct booking *booking,
                                           bool *first)
{
    static const struct slice nothing = {"", 0};
    const struct slice *columns = booking->columns;
    struct query query = query_start(work->db, STATEMENT_LOCATION_UNMATCHED);
    query_bind_slice(&query, columns[BOOKING_FACILITY]);
    query_bind_slice(&query, columns[BOOKING_HOUSING].ptr != NULL ? columns[BOOKING_HOUSING] : nothing);
    query_bind_slice(&query, columns[BOOKING_BED].ptr != NULL ? columns[BOOKING_BED] : nothing);
    query_bind_int64(&query, work->input->file);
    enum database_kind kind = query_change(&query);
    *first = kind == DATABASE_OK;
    return kind == DATABASE_NONE ? DATABASE_OK : kind;
}

enum database_kind booking_open_beside(struct apply_work *work, const struct booking *booking, bool *found)
{
    struct query query = query_start(work->db, STATEMENT_BOOKING_OPEN_BESIDE);
    query_bind_int64(&query, booking->patient);
    query_bind_int64(&query, booking->id);
    enum database_kind kind = query_step(&query);
    query_end(&query);
    *found = kind == DATABASE_OK;
    return kind == DATABASE_NONE ? DATABASE_OK : kind;
}

enum database_kind booking_close_earlier(struct apply_work *work, const struct booking *booking,
                                         size_t *closed)
{
    struct {
        int64_t id;
        struct slice release_date;
    } earlier[BOOKING_CLOSE_LIMIT];
    size_t count = 0;
    const struct slice date = booking->columns[BOOKING_DATE];
    struct query query = query_start(work->db, STATEMENT_BOOKING_EARLIER);
    query_bind_int64(&query, booking->patient);
    query_bind_int64(&query, booking->id);
    query_bind_slice(&query, date);
    query_bind_int64(&query, BOOKING_CLOSE_LIMIT);
    enum database_kind kind;
    while ((kind = query_step(&query)) == DATABASE_OK) {
        if (apply_is_older(work, &query, 2))
            continue;
        earlier[count].id = query_int64(&query, 0);
        earlier[count].release_date = query_slice(&query, 1, &work->db->scratch, &work->complete);
        count++;
    }
    query_end(&query);
    if (kind == DATABASE_NONE)
        kind = work->complete ? DATABASE_OK : database_no_memory(work->db);

    /* A BookingDate that lies ahead closes when its time has come, as a ReleaseDate does. */
    instant_us from = INSTANT_NONE;
    bool effective = datetime_parse_instant(date, &from) && from <= work->input->arrived + RELEASE_AHEAD_US;
    for (size_t i = 0; kind == DATABASE_OK && i < count; i++) {
        struct slice released = SLICE_EMPTY;
        (void)change_value(&work->changes, "booking", earlier[i].id, names[BOOKING_RELEASE_DATE],
                           &earlier[i].release_date, date);
        if (effective)
            (void)change_value(&work->changes, "booking", earlier[i].id, names[BOOKING_RELEASED_AT],
                               &released, date);
        query = query_start(work->db, STATEMENT_BOOKING_CLOSE);
        query_bind_slice(&query, date);
        query_bind_slice(&query, booking->columns[BOOKING_DATE_GIVEN]);
        query_bind_slice(&query, released);
        apply_bind_stamp(&query, work, true);
        query_bind_int64(&query, earlier[i].id);
        kind = query_run(&query);
    }
    *closed = count;
    return kind;
}
