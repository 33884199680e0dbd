/*
 * Who stands in a sync roster and who is missing (RULES "Rosters"), and whether a person should look before anything is written. All of it reads
 * only, on a connection of the caller's own and outside of any transaction; the roster is given row by row.
 *
 * Memory: a bit for each booking that the database knows, and a number for each that is missing; nothing for a row.
 */
#ifndef CORBRIDGE_DATABASE_SYNC_CENSUS_H
#define CORBRIDGE_DATABASE_SYNC_CENSUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "database/database.h"
#include "parser/arena.h"
#include "parser/datetime.h"
#include "parser/slice.h"

/* One facility that occurs in the roster. */
struct sync_facility {
    char code[33];
    bool
        counts; /* false: it is not live, or a newer roster has spoken of it: nobody is released, nothing is guarded */
    bool newer;                 /* a newer roster has spoken of it: its rows change nothing */
    bool known;                 /* it has had bookings before */
    int64_t rows, new_patients; /* rows in the roster; of them those whose patient is not known */
    int64_t open, absent;       /* bookings that are open; of them those that the roster would release */
};

struct sync_census {
    /* what the roster is; the caller's */
    const char *feed, *authority;
    instant_us as_of; /* its event time less lag */

    struct sync_facility *facilities; /* heap */
    size_t facility_count;
    uint8_t *present; /* heap: a bit for each booking */
    int64_t last_booking;
    uint32_t rows,
        unreadable; /* rows, and of them those whose booking number could not be read: then nobody is released */
    int64_t *absent; /* heap: the bookings that are missing, after sync_census_count */
    size_t absent_count, absent_capacity;
};

/* One row: the numbers as they stand in it; `facility` in its documented form. A row that cannot be applied has no facility, and only its
 * booking counts, where it could be read. */
struct sync_row {
    struct slice facility, patient, booking; /* ptr NULL: none */
};

/* Begins with an empty roster. release it also after a failure. */
enum database_kind sync_census_begin(struct database *db, struct sync_census *census);
void sync_census_release(struct sync_census *census);

enum database_kind sync_census_add(struct database *db, struct sync_census *census,
                                   const struct sync_row *row);

/* After the last row: who is missing. May be called again when the roster was applied. */
enum database_kind sync_census_count(struct database *db, struct sync_census *census);

/* Whether a newer roster has spoken of that facility. */
bool sync_census_is_old(const struct sync_census *census, struct slice facility);

/*
 * After sync_census_count: whether a person should look. True with a sentence without patient data: more than max(5, 10 %) of a facility's
 * open bookings would be released; more than max(5, 10 %) of its rows would create patients, where it has had some and `preload` does not lift
 * that; or a facility of the last roster of the feed does not occur.
 */
enum database_kind sync_census_judge(struct database *db, const struct sync_census *census, bool preload,
                                     bool *held, char *why, size_t size);

#endif
