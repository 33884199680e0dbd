#include "database/booking.h"

/* Names in the change log; NULL for a column that only follows another one. */
static const char *const names[BOOKING_COLUMN_COUNT] = {
    [BOOKING_FACILITY] = "facility",
    [BOOKING_HOUSING] = "housing",
    [BOOKING_BED] = "bed",
    [BOOKING_BLOCK] = "block",
    [BOOKING_POD] = "pod",
    [BOOKING_CELL] = "cell",
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
        if (!work->complete)
            kind = database_no_memory(work->db);
    }
    query_end(&query);
    return kind == DATABASE_NONE ? DATABASE_OK : kind;
}

static bool set(struct apply_work *work, struct booking *booking, enum booking_column column,
                struct slice value)
{
    return change_value(&work->changes, "booking", booking->id, names[column], &booking->columns[column],
                        value);
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
    bool moved = false;
    if (work->input->facility.len > 0) {
        booking->location_stated = true;
        moved |= set(work, booking, BOOKING_FACILITY, work->input->facility);
    }
    if (housing_stated) {
        booking->location_stated = true;
        moved |= set(work, booking, BOOKING_HOUSING, housing);
    }
    if (bed_stated) {
        booking->location_stated = true;
        moved |= set(work, booking, BOOKING_BED, bed);
    }
    if (moved) {
        /* They were worked out from the former housing and bed. */
        (void)set(work, booking, BOOKING_BLOCK, SLICE_EMPTY);
        (void)set(work, booking, BOOKING_POD, SLICE_EMPTY);
        (void)set(work, booking, BOOKING_CELL, SLICE_EMPTY);
        booking->moved = true;
    }
}

static void merge_booking(struct apply_work *work, struct booking *booking)
{
    struct slice value;
    if (apply_states(work, JMS_AGENCY, &value)) {
        booking->booking_stated = true;
        (void)set(work, booking, BOOKING_AGENCY, value);
    }
    if (work->input->booking_date != INSTANT_NONE && apply_states(work, JMS_BOOKING_DATE, &value)) {
        booking->booking_stated = true;
        /* The same moment written otherwise is nothing new. */
        if (set(work, booking, BOOKING_DATE, apply_instant(work, work->input->booking_date)))
            (void)set(work, booking, BOOKING_DATE_GIVEN, value);
    }
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

static void merge_release(struct apply_work *work, struct booking *booking)
{
    const struct apply_input *input = work->input;
    struct slice given;
    if (!apply_states(work, JMS_RELEASE_DATE, &given)) {
        /* Who was missing in a roster and is spoken of again was not released: that was inferred only. */
        if (slice_equal(booking->columns[BOOKING_RELEASE_ORIGIN], SLICE_LITERAL("inferred")))
            set_release(work, booking, SLICE_EMPTY, SLICE_EMPTY, SLICE_EMPTY, false);
        return;
    }
    if (given.ptr == NULL) {
        booking->release_stated = true;
        set_release(work, booking, SLICE_EMPTY, SLICE_EMPTY, SLICE_EMPTY, false);
        return;
    }
    if (input->release_date == INSTANT_NONE)
        return;
    booking->release_stated = true;
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
    struct query query = query_start(work->db, known ? STATEMENT_BOOKING_UPDATE : STATEMENT_BOOKING_INSERT);
    if (!known) {
        query_bind_int64(&query, booking->patient);
        query_bind_text(&query, work->input->authority);
        query_bind_slice(&query, work->input->event->fields[JMS_BOOKING].text);
    }
    for (size_t i = 0; i < BOOKING_COLUMN_COUNT; i++)
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

enum database_kind booking_write_location(struct apply_work *work, const struct booking *booking,
                                          int64_t message)
{
    struct query query = query_start(work->db, STATEMENT_LOCATION_INSERT);
    query_bind_int64(&query, booking->id);
    query_bind_int64(&query, message);
    for (size_t i = BOOKING_FACILITY; i <= BOOKING_CELL; i++)
        query_bind_slice(&query, booking->columns[i]);
    query_bind_text(&query, work->event_at);
    return query_run(&query);
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
