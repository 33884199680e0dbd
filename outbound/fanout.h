/*
 * Fan-out: a new order event becomes one queued outbox row per partner, rendered at once, in the transaction
 * that ends the event. Runs on the committer thread inside its transaction.
 */
#ifndef CORBRIDGE_OUTBOUND_FANOUT_H
#define CORBRIDGE_OUTBOUND_FANOUT_H

#include "database/database.h"
#include "outbound/partner.h"
#include "parser/arena.h"
#include "parser/datetime.h"

struct fanout_counts {
    size_t events; /* order events that were ended */
    size_t queued; /* outbox rows made */
    size_t failed; /* events that could not be rendered */
};

/* What somebody should know of an event. */
enum fanout_news {
    FANOUT_FAILED, /* no message could be made */
    FANOUT_REPLACED /* messages were made, with ? for characters that a pharmacy's character set does not have */
};

/* Called for such an event, at most once, with its number and a sentence for people (valid until the arena is reset; it is
 * also kept as order_event.reason). Inside the transaction: it is true only when the caller has committed. */
typedef void (*fanout_told_function)(void *context, int64_t order_event, enum fanout_news news,
                                     const char *sentence);

/*
 * Takes at most `limit` new events; when counts->events is less, there are no more. Each goes through a
 * savepoint of its own: an event that cannot be rendered ends as `failed` with its reason and stops only later
 * rows of the same order. An order that names no pharmacy goes to every partner that serves the booking's
 * facility; one that no partner serves fails with that reason, in the live world it ends as `no live partner`
 * (`partners` are then the live ones). In a transaction of the caller. Anything but DATABASE_OK: roll back.
 */
enum database_kind fanout_run(struct database *db, enum database_world world, const struct partner *partners,
                              size_t count, instant_us now, size_t limit, struct arena *arena,
                              fanout_told_function told, void *context, struct fanout_counts *counts);

#endif
