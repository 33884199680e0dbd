/* The row of a booking while an event is applied, and where the person was. Inside database/ only. */
#ifndef CORBRIDGE_DATABASE_BOOKING_H
#define CORBRIDGE_DATABASE_BOOKING_H

#include "database/apply_work.h"

/* The columns that an event can state, or that follow from one, in the order of the statements. */
enum booking_column {
    BOOKING_FACILITY,
    BOOKING_HOUSING,
    BOOKING_BED,
    BOOKING_BLOCK,
    BOOKING_POD,
    BOOKING_CELL,
    BOOKING_BUNK,
    BOOKING_AGENCY,
    BOOKING_DATE,
    BOOKING_DATE_GIVEN,
    BOOKING_RELEASE_DATE,
    BOOKING_RELEASE_DATE_GIVEN,
    BOOKING_RELEASE_ORIGIN,
    BOOKING_RELEASED_AT,
    BOOKING_COLUMN_COUNT
};

struct booking {
    int64_t id;                                           /* 0: not known yet */
    int64_t patient;                                      /* whose it is */
    struct slice columns[BOOKING_COLUMN_COUNT];           /* as text; ptr NULL: NULL */
    bool booking_stated, location_stated, release_stated; /* by this event */
    bool booking_older, location_older,
        release_older; /* this event is older than what last stated the group */
    bool booking_stale, location_stale, release_stale; /* and says something of it, which is passed over */
    bool changed;                                      /* a column has another value than the row */
    bool stated_by_this_file;                          /* by an earlier message of it */
    bool moved;     /* facility, housing or bed are other ones than before, or the first ones */
    bool released;  /* it was open and is no longer */
    bool reopened;  /* it was released and is open again */
    bool unmatched; /* its facility has location rules and none matches */
};

/* Finds the booking of the event by (authority, booking number). DATABASE_OK also when there is none: then id is 0. */
enum database_kind booking_find(struct apply_work *work, struct booking *booking);

/* Puts what the event states over what is known, but for groups in which it is older, noting the changes of a known
 * booking. */
void booking_merge(struct apply_work *work, struct booking *booking);

/* Writes the row: an insert sets booking->id and notes the creation, an update also remembers the groups stated. */
enum database_kind booking_write(struct apply_work *work, struct booking *booking);

/* The booking is that patient's from now on, with all its history; notes the change. */
enum database_kind booking_hand_over(struct apply_work *work, struct booking *booking, int64_t patient);

/* Writes where the person now is; the caller asks booking->moved first. */
enum database_kind booking_write_location(struct apply_work *work, const struct booking *booking,
                                          int64_t message);

/* Remembers a place that no rule matched; *first: nobody had told of it. */
enum database_kind booking_write_unmatched(struct apply_work *work, const struct booking *booking,
                                           bool *first);

/* Whether the patient has another booking that is open. */
enum database_kind booking_open_beside(struct apply_work *work, const struct booking *booking, bool *found);

/* How many earlier bookings one event closes at most; more stay open beside it, and that is told. */
#define BOOKING_CLOSE_LIMIT 8

/* Closes what the patient has open from an earlier BookingDate at the one of this booking (one-booking="close-earlier"), but
 * not where a newer event stated the release. *closed: how many. */
enum database_kind booking_close_earlier(struct apply_work *work, const struct booking *booking,
                                         size_t *closed);

bool booking_is_open(const struct booking *booking);

#endif
