/*
 * Applying one event of a jail management system to patient, booking and location history (RULES "People and bookings",
 * "Order and time", "Repeats"). One savepoint of the committer's group; the ledger's end state goes with it.
 */
#ifndef CORBRIDGE_DATABASE_APPLY_H
#define CORBRIDGE_DATABASE_APPLY_H

#include "database/database.h"
#include "database/ledger.h"
#include "parser/jms_event.h"
#include "parser/location_rule.h"

/* What the location rules of a facility make of a place. */
enum apply_placed {
    APPLY_NO_RULES, /* the facility has none, or is not known */
    APPLY_PLACED,
    APPLY_UNMATCHED
};

/* The location rules of all facilities; slices of *out may point into the arguments or into the rules. */
struct apply_rules {
    enum apply_placed (*place)(const void *context, struct slice facility, struct slice housing,
                               struct slice bed, struct location *out);
    const void *context;
};

/* What a line of an alerts file says of an alert; who and which booking stand in the event (PatientID and Booking, and nothing else). The
 * dates are read in the zone of the booking's facility, and only the database knows which that is. */
struct apply_alert {
    struct slice code; /* CorEMR's, by the feed's map */
    struct civil_time added;
    struct civil_time removed;
    bool is_removed;                   /* `removed` is given */
    struct slice added_by, removed_by; /* CorEMR's users, by the feed's map; ptr NULL: CorEMR System */
    bool announced;                    /* there are other feeds to be told of what changes */
};

/* What the pipeline worked out before: instants by the facility's zone, the facility's own code. */
struct apply_input {
    const struct jms_event *event;
    const struct apply_alert *alert; /* NULL: a demographics or location event */
    int64_t file;                    /* ledger number */
    int ordinal;                     /* message within the file, from 1 */
    const char *authority;           /* "JMS" */
    struct slice facility; /* documented form of the code; the only facility where the installation has one */
    instant_us arrived;
    instant_us event_at;
    instant_us booking_date;    /* INSTANT_NONE when not given */
    instant_us release_date;    /* INSTANT_NONE when not given */
    bool empty_clears;          /* feed says empty="clear" */
    bool reopens;               /* reopen="yes": a message without ReleaseDate takes one back */
    bool closes_earlier;        /* one-booking="close-earlier" */
    bool holds_identity_change; /* hold-identity-change="yes" */
    bool
        released; /* a person has released it: whose booking it is, and whom it makes of a person, is not asked */
    int64_t message; /* released: the held message that it ends; 0: a new one */
    /* A row of a sync roster, which is one message: it leaves none of its own unless it is held, and its changes are those of this one, behind so
     * many; 0: it is a message. */
    int64_t part_of;
    size_t changes_before;
    bool leaves_no_repeat;     /* a row of a roster: when it brings nothing new it leaves no message */
    instant_us waits_until;    /* how long it may wait for its booking; INSTANT_NONE only for demographics */
    bool asks_for_photo;       /* a PhotoPath that is stated is asked for (database/photo.h) */
    bool asks_for_photo_again; /* also when it is the same as before */
    instant_us now;
    const struct fault_list *warnings; /* kept with the message; may be NULL */
    const struct apply_rules *rules;   /* NULL: places are filed as they come */
};

/* An event that waited and is held now; an alert is quarantined. */
struct apply_held {
    int64_t file;
    const char *feed;
    bool quarantined;
};

struct apply_result {
    struct ledger_message
        message; /* as stored; detail is borrowed from db until its next event; id 0: left none (leaves_no_repeat) */
    bool booking_again; /* an earlier message of the same file has stated the booking */
    /* A demographics event that, applied once more, would change nothing and leave nothing to be said: what it states (database/roster_run.h); 0: it is none
     * such. */
    unsigned stands;
    bool stands_beside; /* another row of the same file speaks of the patient */
    bool created_patient, created_booking;
    bool second_open_booking; /* another booking of the patient was open: an event */
    bool
        identity_changed; /* family name, given name and birth date all changed at once, and that was applied: an event */
    bool moved, released;
    bool handed_over;        /* released: the booking was another patient's until now */
    bool announced;          /* an alert changed that other feeds are to be told of (database/alert.h) */
    bool unmatched_location; /* a place that no rule of its facility matches, for the first time: an event */
    size_t changes;          /* rows of the change log */
    size_t waiting_ended;    /* events that waited for this booking and are no longer waiting */
    /* Those of them that name another person and are held now: an event each. Borrowed as detail is. */
    struct apply_held *waiting_held;
    size_t waiting_held_count;
};

/*
 * Applies and writes the message row. DATABASE_OK with result->message.state: applied; duplicate when nothing was new;
 * stale when every group that it states was last stated by a newer event; waiting when a Location or an alert names a booking or
 * patient that is not known; held when the booking is known under another patient (an alert: quarantined), or the whole identity changes and
 * the feed holds that; test-only in the live world when the facility is not live. What waited for a booking that comes to be is applied too, in the order of its arrival.
 * One that a person has released moves the booking to the patient whom it names, and ends the message that was held; a Location for a patient who is not known cannot
 * do that: then message.state is waiting, and the caller takes it back where it is to end a held message.
 * Any other kind: nothing was written that the caller's savepoint rollback does not take back.
 */
enum database_kind apply_jms_event(struct database *db, const struct apply_input *input,
                                   struct apply_result *result);

/* Makes the facility table agree with the configuration: inserts and updates, never deletes. Where they agree it waits for no lock. */
struct facility_row {
    const char *code, *name, *zone;
};
enum database_kind apply_facilities(struct database *db, const struct facility_row *rows, size_t count);

#endif
