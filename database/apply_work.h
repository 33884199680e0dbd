/* What the rooms of apply.h share while one event is applied. Inside database/ only. */
#ifndef CORBRIDGE_DATABASE_APPLY_WORK_H
#define CORBRIDGE_DATABASE_APPLY_WORK_H

#include "database/apply.h"
#include "database/change.h"
#include "database/query.h"

struct apply_work {
    struct database *db;
    const struct apply_input *input;
    char event_at[INSTANT_TEXT_SIZE];
    char arrived_at[INSTANT_TEXT_SIZE];
    struct change_list changes;
    bool complete; /* false: memory ran out on the way */
};

/*
 * What the event says of a field. True when it states a value, or clears it (*value with ptr NULL): the feed says
 * empty="clear". False when the value is to be left. The value lives as long as the event and the scratch arena.
 */
bool apply_states(struct apply_work *work, enum jms_field field, struct slice *value);

/* An instant in its stored form, in the scratch arena; ptr NULL for INSTANT_NONE. */
struct slice apply_instant(struct apply_work *work, instant_us instant);

/*
 * Whether this event is older than what last stated a group, of which the row has event time, arrival and file from
 * `column` on (RULES "Order and time"): by the event time, of equal ones by the number, which is the order of arrival. Where
 * both event times are nothing but arrivals the number alone decides, so that a clock set back makes nothing old. In the test world a copy
 * of the live one counts from when it arrived there.
 */
bool apply_is_older(struct apply_work *work, const struct query *query, int column);

/* Adds a remark to the message; remarks are static text without patient data. */
void apply_remark(struct apply_work *work, struct ledger_message *message, const char *text);

/* Binds event time, arrival and file of a group, or three NULLs when the event does not state it. */
void apply_bind_stamp(struct query *query, const struct apply_work *work, bool stated);

#endif
