/*
 * The fields of a jail management system's events: CorEMR's table (COREMR-INTERFACES §2) as data. It drives
 * every reader.
 */
#ifndef CORBRIDGE_PARSER_JMS_FIELD_H
#define CORBRIDGE_PARSER_JMS_FIELD_H

#include <stdbool.h>
#include <stdint.h>

#include "parser/slice.h"

enum jms_event_kind {
    JMS_DEMOGRAPHICS,
    JMS_LOCATION,
    JMS_EVENT_KIND_COUNT
};

enum jms_field {
    JMS_DATATYPE,
    JMS_PATIENT_ID,
    JMS_FACILITY,
    JMS_LAST_NAME,
    JMS_FIRST_NAME,
    JMS_MIDDLE_NAME, /* "MI" */
    JMS_BIRTH_DATE,
    JMS_SSN,
    JMS_SEX,
    JMS_RACE,
    JMS_HOUSING,
    JMS_BED,
    JMS_BOOKING,
    JMS_BOOKING_DATE,
    JMS_RELEASE_DATE,
    JMS_AGENCY,
    JMS_PHOTO_PATH,
    JMS_HEIGHT,
    JMS_WEIGHT,
    JMS_MOVE_DATE, /* Location only (OURS) */
    JMS_FIELD_COUNT
};

enum jms_type {
    JMS_STRING,
    JMS_DATE,
    JMS_DATETIME,
    JMS_INTEGER,
    JMS_CODED
};

struct jms_field_rule {
    const char *name; /* exactly as CorEMR documents it, case-sensitive */
    enum jms_type type;
    uint32_t max_length; /* code points; 0: by type */
    bool required[JMS_EVENT_KIND_COUNT];
    bool allowed[JMS_EVENT_KIND_COUNT]; /* else it is an unknown field of that event */
    const char *const *set;             /* JMS_CODED: documented forms, NULL-terminated */
    int32_t minimum, maximum;           /* JMS_INTEGER: range; dates: years */
    const char *expected;               /* what a right value is, in words, for faults */
};

/* The rule of a field; static. */
const struct jms_field_rule *jms_field_rule(enum jms_field field);

/* The field of exactly that name, or JMS_FIELD_COUNT. */
enum jms_field jms_field_find(struct slice name);

/* The same without regard to the case of ASCII letters. */
enum jms_field jms_field_find_nocase(struct slice name);

#endif
