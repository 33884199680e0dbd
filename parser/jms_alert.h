/*
 * Alerts of a jail management system: CSV of seven columns, one alert a line (COREMR-INTERFACES §4, CorEMR 6.0 or later).
 *
 * An alerts file is surveyed and read as a roster is (parser/csv_table.h, with jms_alert_columns); a bad line costs itself
 * only. The jacket number is the PatientID. An alert is keyed by patient, booking, code and Date Added (RULES "Alerts"). What
 * a code and a user id mean is in the feed's maps, which are the caller's.
 */
#ifndef CORBRIDGE_PARSER_JMS_ALERT_H
#define CORBRIDGE_PARSER_JMS_ALERT_H

#include <stddef.h>
#include <stdint.h>

#include "parser/arena.h"
#include "parser/csv_table.h"
#include "parser/fault.h"
#include "parser/jms_value.h"
#include "parser/slice.h"

enum jms_alert_field {
    JMS_ALERT_JACKET,  /* "Jacket / Permanent Number", required */
    JMS_ALERT_BOOKING, /* "Booking Number", required */
    JMS_ALERT_ADDED,   /* "Date Added", required */
    JMS_ALERT_REMOVED, /* "Date Removed": given, the alert is removed */
    JMS_ALERT_CODE,    /* "Alert Code", required; as sent */
    JMS_ALERT_ADDED_BY, /* "Added User Id" and "Removed User Id": whole numbers; without one it is CorEMR System */
    JMS_ALERT_REMOVED_BY,
    JMS_ALERT_FIELD_COUNT
};

extern const struct csv_columns jms_alert_columns;

struct jms_alert {
    /* PARSE_OK (there may be warnings), PARSE_INVALID, PARSE_LIMIT, PARSE_INCOMPLETE, PARSE_NO_MEMORY: as
     * struct jms_roster_row has them. */
    enum parse_status status;
    /* By enum jms_alert_field. An optional value with a fault is JMS_ABSENT, with a warning: a Date Removed that is no date
     * leaves the alert as it was. Slices live as those of a roster row. */
    struct jms_value fields[JMS_ALERT_FIELD_COUNT];
    struct csv_row csv; /* number, places, bytes */
};

/*
 * The next alert. `rows` was begun with jms_alert_columns. The faults of this line are added to `faults`, in order of place.
 * Dates are of 1950 to 2100; 1900-01-01 in Date Removed is absent, with a warning. Date Removed before Date Added is an error, as ReleaseDate before BookingDate is.
 * CSV_MORE and CSV_END as csv_next; `out` is written on CSV_RECORD only.
 */
enum csv_got jms_alert_next(struct csv_rows *rows, struct arena *arena, struct fault_list *faults,
                            struct jms_alert *out);

#endif
