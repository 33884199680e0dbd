/*
 * Events that wait for a booking that is not known yet: what they say is kept with the message (RULES "People and bookings"), so
 * that they can be applied in the transaction that creates the booking. Inside database/ only.
 */
#ifndef CORBRIDGE_DATABASE_WAITING_H
#define CORBRIDGE_DATABASE_WAITING_H

#include "database/apply_work.h"

/* Keeps what the Location or the alert of `work` says; its message row is there. */
enum database_kind waiting_insert(struct apply_work *work, int64_t message);

/*
 * The first by arrival that waits for the booking of that number under the authority of `input`. Fills the event, what
 * waiting_insert kept of the input, the number of its message and the feed from which it came; texts lie in the scratch arena. Where it is
 * an alert, `alert` is filled and input->alert set to it. DATABASE_NONE when nothing waits.
 */
enum database_kind waiting_next(struct apply_work *work, struct slice booking, struct jms_event *event,
                                struct apply_alert *alert, struct apply_input *input, int64_t *message,
                                const char **feed);

/* It waits no longer. DATABASE_OK also when it did not. */
enum database_kind waiting_remove(struct database *db, int64_t message);

#endif
