/*
 * Events of a jail management system: demographics (DEM) and location, as records (COREMR-INTERFACES §2).
 *
 * The record is the same whatever format it came in; roster rows and vendors' XML become the same record. The table of
 * fields (parser/jms_field.h) drives every reader.
 */
#ifndef CORBRIDGE_PARSER_JMS_EVENT_H
#define CORBRIDGE_PARSER_JMS_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/arena.h"
#include "parser/encoding.h"
#include "parser/fault.h"
#include "parser/jms_field.h"
#include "parser/jms_value.h"
#include "parser/slice.h"

/* A name that is not in the table, kept with the message. */
struct jms_extra {
    struct slice name;
    struct slice value;
    uint32_t line;
};

struct jms_event {
    enum jms_event_kind kind;
    struct jms_value fields[JMS_FIELD_COUNT];
    struct jms_extra *extras;
    size_t extra_count;
    enum encoding encoding;
    const char *const
        *names; /* by enum jms_field: what a field is called where the record came from ("column 5, Birth
                                 Date"), for faults; static. NULL: as in the table */
};

/* What a feed sets for its event files. */
struct jms_settings {
    enum encoding encoding;         /* ENCODING_AUTO unless the feed names one */
    struct slice datatype_location; /* default "PatientLocation" */
    bool facility_required;         /* false in a single-facility installation: the field is ignored there */
};

/* The defaults; static slices. */
struct jms_settings jms_settings_default(void);

/*
 * Parses one event file. `bytes` must outlive `out`; all else lies in `arena`. Pure: the moment of arrival, facility
 * codes and zones are the caller's (jms_event_check). Any thread, no state.
 *
 * PARSE_OK: `out` is whole; `faults` may hold warnings.
 * PARSE_INVALID: `faults` holds every error of the file.
 * PARSE_INCOMPLETE: the last line is cut, or a required field is missing at the end and nothing else is wrong, so that
 *   more bytes could mend it; `faults` says what is missing. For a file that has proved quiet this is as final as
 *   invalid.
 * PARSE_LIMIT, PARSE_NO_MEMORY.
 */
enum parse_status jms_event_parse(struct slice bytes, const struct jms_settings *settings,
                                  struct arena *arena, struct fault_list *faults, struct jms_event *out);

/*
 * The checks that need the moment of arrival: birth date from 1850 to arrival + 1 day; other dates 1950 to 2100;
 * 1900-01-01 in an optional date is absent, with a warning. Optional values that fail become JMS_ABSENT with a warning.
 * PARSE_OK, PARSE_INVALID or PARSE_NO_MEMORY. A fault of `faults` stands in order of place afterwards.
 */
enum parse_status jms_event_check(struct jms_event *event, instant_us arrival, struct fault_list *faults);

/* What faults call a field of this record: static text. */
struct slice jms_event_field_name(const struct jms_event *event, enum jms_field field);

/*
 * Whether ReleaseDate is before BookingDate: though ReleaseDate is optional this is an error, for to book without the
 * release would keep somebody in who is out. A date that jms_event_check will take as absent is not judged.
 */
bool jms_event_release_is_early(const struct jms_event *event);

#endif
