/*
 * The outbox: messages as bytes, with the name under which they go, before the first byte is written anywhere
 * (DESIGN step 7). Nothing is rendered twice; a resend has the same bytes and name.
 */
#ifndef CORBRIDGE_DATABASE_OUTBOX_H
#define CORBRIDGE_DATABASE_OUTBOX_H

#include "database/database.h"
#include "database/live.h"
#include "parser/arena.h"
#include "parser/datetime.h"
#include "parser/slice.h"

enum outbox_state {
    OUTBOX_QUEUED,
    OUTBOX_SENT,
    OUTBOX_RECEIVED,
    OUTBOX_REFUSED,
    OUTBOX_UNANSWERED,
    OUTBOX_ASK,
    OUTBOX_REJECTED
};

const char *outbox_state_name(enum outbox_state state);

struct outbox_row {
    int64_t id;
    int64_t order_event, alert_event; /* what it came from; 0: not that */
    enum live_kind receiver_kind;     /* LIVE_PHARMACY, or LIVE_FEED for alerts */
    const char *receiver;
    const char *control_id; /* MSH-10 of an HL7 message; at most 20 characters */
    const char *file_name;
    struct slice bytes;
    enum outbox_state state;
    instant_us created;
};

/* The number that the next outbox_insert will give (single writer, inside the transaction): the control id holds it. */
enum database_kind outbox_next_id(struct database *db, int64_t *id);

/* World letter (T, L) + 6 letters of the database + number in base 32 (0-9, A-V), at most 20 characters. */
void outbox_control_id(char out[21], enum database_world world, const char *letters, int64_t id);

/* The UTC second that the next file name may carry: now, but never less than in the name before (names sort in sending
 * order also when the clock is set back). */
enum database_kind outbox_next_name_time(struct database *db, instant_us now, instant_us *out);

/* Inserts a queued row; row->id must be what outbox_next_id gave (checked). */
enum database_kind outbox_insert(struct database *db, const struct outbox_row *row, instant_us name_time);

/* Queued rows of a receiver in order; array and bytes in the arena. Any connection. */
enum database_kind outbox_queued(struct database *db, enum live_kind receiver_kind, const char *receiver,
                                 size_t limit, struct arena *arena, struct outbox_row **rows, size_t *count);

/* The row that has that file name at that receiver; DATABASE_NONE. For what an unclean stop left behind. Any
 * connection. */
enum database_kind outbox_by_name(struct database *db, enum live_kind receiver_kind, const char *receiver,
                                  const char *file_name, struct arena *arena, struct outbox_row *row);

enum database_kind outbox_mark_sent(struct database *db, int64_t id, instant_us now);

/* Live world, before anything is sent: what is queued for receivers that are live no longer is rejected, since a message must not come
 * weeks later (RULES "Test and live"). Per receiver how many, in .queued; array in the arena. Inside a transaction. */
struct outbox_counts;
enum database_kind outbox_reject_left(struct database *db, struct arena *arena, struct outbox_counts **left,
                                      size_t *count);

/* Counts for status; any connection. */
struct outbox_counts {
    enum live_kind receiver_kind;
    const char *receiver;
    int64_t queued, sent, other;
    const char *oldest_queued; /* stored text or NULL */
};
enum database_kind outbox_count(struct database *db, struct arena *arena, struct outbox_counts **receivers,
                                size_t *count);

/* Order events in state failed. Any connection. */
enum database_kind outbox_failed_events(struct database *db, int64_t *count);

#endif
