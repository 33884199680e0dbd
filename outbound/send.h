/*
 * Puts committed outbox rows into a receiver's folder: name.tmp → write → flush → checked close → rename without
 * replacing (DESIGN step 7). At worst a message is looked at twice; the receiver knows it by its control id and its
 * name.
 */
#ifndef CORBRIDGE_OUTBOUND_SEND_H
#define CORBRIDGE_OUTBOUND_SEND_H

#include "database/database.h"
#include "database/outbox.h"
#include "outbound/receiver.h"
#include "platform/status.h"

enum send_result {
    SEND_DONE,    /* the file stands in the folder under its name, or stood there with the same bytes */
    SEND_LATER,   /* the folder is away, full, or refuses for now: nothing is lost, try again */
    SEND_CONFLICT /* the name is there with other bytes: an alarm, a person decides */
};

/* One row; the caller keeps the order. *status says why for the two failures. Any thread. */
enum send_result send_row(const struct receiver *receiver, const struct outbox_row *row,
                          struct platform_status *status);

/*
 * The sender of one receiver: a thread with a reading connection of its own. It sends queued rows in order, one
 * after the other, waits when told that nothing is queued, and tries again after 1 s, doubling to 60 s, while
 * the folder is away. Order is strict: a row that cannot be sent, for want of the folder or in conflict, makes
 * those behind it wait. It is tried again at each wake-up and at the latest after 60 s, so that the way is free
 * as soon as a person has taken the other file away or rejected the row.
 */
struct sender; /* opaque, heap */

struct sender_callbacks {
    void *context;
    /* A row was sent: the committer marks it. On the sender's thread. Must not block for long. */
    void (*sent)(void *context, int64_t outbox_id);
    /* Called on changes only: trouble began (result SEND_LATER or SEND_CONFLICT, row and status), or ended
     * (SEND_DONE). Row 0: not one row but the folder (it cannot be listed after the start) or the outbox (it
     * cannot be read). */
    void (*trouble)(void *context, const struct receiver *receiver, enum send_result result,
                    int64_t outbox_id, struct platform_status status);
};

/* Starts the thread. `database_path` and `receiver` are borrowed for its life. Before the first row it looks at what an
 * unclean stop left: a .tmp of ours whose row is sent is renamed, whose row is queued is deleted and written again. */
struct platform_status sender_start(struct sender **out, const char *database_path, enum database_world world,
                                    const struct receiver *receiver,
                                    const struct sender_callbacks *callbacks);

/* Says that rows may be queued. Any thread. */
void sender_wake(struct sender *sender);

/* Finishes the present file, ends the thread and frees. NULL is allowed. */
void sender_stop(struct sender *sender);

#endif
