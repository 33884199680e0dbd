/*
 * Alerts for other feeds: a new alert event becomes one queued outbox row for each feed that takes alerts, in the transaction that ends the
 * event. Never for the feed that said it. Runs on the committer thread inside its transaction, beside fanout.h.
 */
#ifndef CORBRIDGE_OUTBOUND_ALERT_FANOUT_H
#define CORBRIDGE_OUTBOUND_ALERT_FANOUT_H

#include "database/database.h"
#include "outbound/alert_line.h"
#include "parser/arena.h"
#include "parser/datetime.h"

struct alert_fanout_counts {
    size_t events; /* alert events that were ended */
    size_t queued; /* outbox rows made */
    size_t failed; /* events that could not be rendered */
};

/* Called for an event that failed, with its number and a sentence for people (valid until the arena is reset; it is also kept as
 * alert_event.reason). Inside the transaction: it is true only when the caller has committed. */
typedef void (*alert_fanout_failed_function)(void *context, int64_t alert_event, const char *sentence);

/*
 * Takes at most `limit` new events; when counts->events is less, there are no more. Each goes through a savepoint of its own: it
 * is queued for all feeds that are to be told, or for none. To be told are those of `receivers` (in the live world the live ones) that did
 * not say it themselves, know the numbers of its authority, and serve the facility of the booking; in the live world the facility must be live. When nobody is,
 * the event ends as `no-receiver`, and is never sent later. In a transaction of the caller. Anything but DATABASE_OK: roll back.
 */
enum database_kind alert_fanout_run(struct database *db, enum database_world world,
                                    const struct alert_receiver *receivers, size_t count, instant_us now,
                                    size_t limit, struct arena *arena, alert_fanout_failed_function failed,
                                    void *context, struct alert_fanout_counts *counts);

#endif
