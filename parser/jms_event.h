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
#include "parser/datetime.h"
#include "parser/encoding.h"
#include "parser/fault.h"
#include "parser/jms_field.h"
#include "parser/slice.h"

enum jms_presence {
    JMS_ABSENT, /* the name does not occur, or its optional value had a fault: the value is left as it was */
    JMS_EMPTY,  /* the name occurs with an empty value */
    JMS_GIVEN
};

struct jms_value {
    enum jms_presence presence;
    struct slice text;      /* canonical UTF-8: trimmed at both ends; codes in their documented form; dates as
                               datetime_format_civil writes them; empty unless JMS_GIVEN */
    struct civil_time time; /* JMS_DATE, JMS_DATETIME */
    int32_t number;         /* JMS_INTEGER */
    uint32_t line;          /* where it stands; 0: it does not occur */
    size_t offset;
    bool faulty; /* JMS_ABSENT because of a fault: something was sent, and it is left as it was */
};

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

#endif
