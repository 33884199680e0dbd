/* The row of an alert while a line of an alerts file is applied. Inside database/ only. */
#ifndef CORBRIDGE_DATABASE_ALERT_ROW_H
#define CORBRIDGE_DATABASE_ALERT_ROW_H

#include "database/apply_work.h"
#include "database/booking.h"

/* The columns that a line can state, in the order of the statements. */
enum alert_column {
    ALERT_ADDED_BY,
    ALERT_DATE_REMOVED,
    ALERT_DATE_REMOVED_GIVEN,
    ALERT_REMOVED_BY,
    ALERT_COLUMN_COUNT
};

struct alert {
    int64_t id;                               /* 0: not known yet */
    struct slice columns[ALERT_COLUMN_COUNT]; /* as text; ptr NULL: NULL */
};

/*
 * Applies what the line of `work` says to the alert of its booking, which is known: finds it by patient, booking, code and Date Added,
 * or inserts it. A Date Removed removes it, and none leaves a removal as it is. Sets state, patient, booking and remarks of
 * result->message, the changes of `work`, and result->announced.
 */
enum database_kind alert_apply(struct apply_work *work, const struct booking *booking, struct alert *alert,
                               struct apply_result *result);

/* Other feeds are to be told of the alert as it stands. After the message row was written. */
enum database_kind alert_announce(struct apply_work *work, const struct alert *alert);

#endif
