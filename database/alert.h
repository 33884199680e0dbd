/*
 * Alerts that other feeds are to be told of: set or removed by a user of CorEMR (a row of alert_entry, which is append-only and announced by
 * a trigger in the writer's transaction), or by a line that another feed sent (database/apply.h). Each event tells the whole alert, so
 * that a later one makes an earlier one that failed superfluous.
 */
#ifndef CORBRIDGE_DATABASE_ALERT_H
#define CORBRIDGE_DATABASE_ALERT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "database/database.h"
#include "parser/arena.h"
#include "parser/datetime.h"

/* alert_event.state, as stored: new, rendered, failed, superseded, no-receiver. */
enum alert_event_state {
    ALERT_EVENT_NEW,
    ALERT_EVENT_RENDERED,
    ALERT_EVENT_FAILED,
    ALERT_EVENT_SUPERSEDED,
    ALERT_EVENT_NO_RECEIVER
};

/* One event with all that a line needs. C strings in the arena, NULL where the column is NULL. */
struct alert_event {
    int64_t id, alert;
    bool removed;     /* what is told: its removal, else that it was added */
    const char *feed; /* the feed that said so, which is not told; NULL: a user of CorEMR */
    bool copied;      /* test world: it is a copy of what a live feed said */
    const char *code;
    instant_us date_added, date_removed; /* the latter INSTANT_NONE when it stands */
    const char *date_added_given; /* as a sender's clock read, or as it went out first; NULL: neither yet */
    const char *added_by, *removed_by; /* CorEMR's users; NULL: CorEMR System */
    const char *authority, *patient_id, *booking_number;
    const char *facility, *facility_zone;
    bool facility_is_live; /* live world */
};

/* The next `limit` events in state new, by id. Array in the arena. Any connection. */
enum database_kind alert_events_new(struct database *db, size_t limit, struct arena *arena,
                                    struct alert_event **events, size_t *count);

enum database_kind alert_event_end(struct database *db, int64_t event, enum alert_event_state state,
                                   const char *reason, instant_us now);

/* At a start: what failed is tried again, since the configuration may have been mended. */
enum database_kind alert_events_again(struct database *db);

/* Remembers how Date Added went out, so that it goes out so for ever and is known again when it comes back. No change where it is known. */
enum database_kind alert_keep_given(struct database *db, int64_t alert, const char *date_added_given);

/* For status: alerts that wait for their booking, events in state failed. Any connection. */
enum database_kind alert_counts(struct database *db, int64_t *waiting, int64_t *failed);

#endif
