/*
 * An alert as the line that another system reads (COREMR-INTERFACES §4): seven unquoted columns, times on the clock of the facility, CRLF.
 *
 *     1234,202009181020,2020-09-01T10:00:00,2020-09-14T10:00:00,HIGHCAL,,
 */
#ifndef CORBRIDGE_OUTBOUND_ALERT_LINE_H
#define CORBRIDGE_OUTBOUND_ALERT_LINE_H

#include "database/alert.h"
#include "outbound/alert_map.h"
#include "outbound/receiver.h"
#include "parser/arena.h"
#include "parser/slice.h"

/* A feed that takes the alerts of others. */
struct alert_receiver {
    struct receiver to;
    const char *authority; /* who gave out the numbers that it knows */
    const struct alert_map *map;
    bool leaves_unmapped; /* a code that is not mapped is not for it, and no fault */
    bool is_live;         /* test world: its feed is live, and live tells it what live feeds say */
};

struct alert_line {
    struct slice bytes;     /* in the arena */
    const char *date_added; /* as it stands in the line; in the arena */
};

/*
 * Renders into the arena. NULL on success with *out set; else a sentence for people of at most 255 characters that says what is missing and where
 * to mend it, without patient data; static or in the arena.
 */
const char *alert_line(const struct alert_event *event, const struct alert_receiver *receiver,
                       struct arena *arena, struct alert_line *out);

/* What alert_line returns when memory is exhausted. */
extern const char alert_line_no_memory[];

#endif
