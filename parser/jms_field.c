#include "parser/jms_field.h"

#include <stddef.h>
#include <string.h>

static const char *const sexes[] = {"Male", "Female", "Unknown", NULL};

/* clang-format off */

/* COREMR-INTERFACES §3, column 8. */
static const char *const races[] = {
    "American Indian or Alaskan Native",
    "Asian",
    "Black or African American",
    "Native Hawaiian or Other Pacific Islander",
    "White",
    NULL,
};

static const char a_date[] = "a date as MM/DD/YYYY, YYYY-MM-DD or YYYYMMDD";
static const char a_datetime[] = "a date and time as YYYY-MM-DD HH:MM:SS";
static const char a_race[] =
    "American Indian or Alaskan Native, Asian, Black or African American, "
    "Native Hawaiian or Other Pacific Islander, or White";

/* Of which events a column of the table holds: demographics, location. */
#define NEITHER {false, false}
#define DEM     {true, false}
#define LOC     {false, true}
#define BOTH    {true, true}

static const struct jms_field_rule rules[JMS_FIELD_COUNT] = {
    /* field             name            type           max required allowed set    least  most expected */
    [JMS_DATATYPE]     = {"DataType",    JMS_STRING,     0, BOTH,    BOTH,   NULL,     0,    0, "an event type"},
    [JMS_PATIENT_ID]   = {"PatientID",   JMS_STRING,    17, BOTH,    BOTH,   NULL,     0,    0, "1 to 17 characters"},
    [JMS_FACILITY]     = {"Facility",    JMS_STRING,    32, DEM,     BOTH,   NULL,     0,    0, "1 to 32 characters"},
    [JMS_LAST_NAME]    = {"LastName",    JMS_STRING,   255, DEM,     DEM,    NULL,     0,    0, "1 to 255 characters"},
    [JMS_FIRST_NAME]   = {"FirstName",   JMS_STRING,   255, DEM,     DEM,    NULL,     0,    0, "1 to 255 characters"},
    [JMS_MIDDLE_NAME]  = {"MI",          JMS_STRING,   255, NEITHER, DEM,    NULL,     0,    0, "at most 255 characters"},
    [JMS_BIRTH_DATE]   = {"BirthDate",   JMS_DATE,       0, DEM,     DEM,    NULL,  1850, 9999, a_date},
    [JMS_SSN]          = {"SSN",         JMS_STRING,    11, NEITHER, DEM,    NULL,     0,    0, "at most 11 characters"},
    [JMS_SEX]          = {"Sex",         JMS_CODED,      7, DEM,     DEM,    sexes,    0,    0, "Male, Female or Unknown"},
    [JMS_RACE]         = {"Race",        JMS_CODED,    255, NEITHER, DEM,    races,    0,    0, a_race},
    [JMS_HOUSING]      = {"Housing",     JMS_STRING,   127, BOTH,    BOTH,   NULL,     0,    0, "1 to 127 characters"},
    [JMS_BED]          = {"Bed",         JMS_STRING,   127, NEITHER, BOTH,   NULL,     0,    0, "at most 127 characters"},
    [JMS_BOOKING]      = {"Booking",     JMS_STRING,    32, BOTH,    BOTH,   NULL,     0,    0, "1 to 32 characters"},
    [JMS_BOOKING_DATE] = {"BookingDate", JMS_DATETIME,   0, DEM,     DEM,    NULL,  1950, 2100, a_datetime},
    [JMS_RELEASE_DATE] = {"ReleaseDate", JMS_DATETIME,   0, NEITHER, DEM,    NULL,  1950, 2100, a_datetime},
    [JMS_AGENCY]       = {"Agency",      JMS_STRING,   255, NEITHER, DEM,    NULL,     0,    0, "at most 255 characters"},
    [JMS_PHOTO_PATH]   = {"PhotoPath",   JMS_STRING,   255, NEITHER, DEM,    NULL,     0,    0, "at most 255 characters"},
    [JMS_HEIGHT]       = {"Height",      JMS_INTEGER,    0, NEITHER, DEM,    NULL,    10,  107, "whole inches from 10 to 107"},
    [JMS_WEIGHT]       = {"Weight",      JMS_INTEGER,    0, NEITHER, DEM,    NULL,     1, 1400, "whole pounds from 1 to 1400"},
    [JMS_MOVE_DATE]    = {"MoveDate",    JMS_DATETIME,   0, NEITHER, LOC,    NULL,  1950, 2100, a_datetime},
};

/* clang-format on */

/* Fields by the length of their name: no more than four share one, and a compare of their first letters tells
 * most apart. */
#define LONGEST_NAME  11
#define LARGEST_CLASS 4
#define NONE          JMS_FIELD_COUNT

static const uint8_t by_length[LONGEST_NAME + 1][LARGEST_CLASS] = {
    [0] = {NONE, NONE, NONE, NONE},
    [1] = {NONE, NONE, NONE, NONE},
    [2] = {JMS_MIDDLE_NAME, NONE, NONE, NONE},
    [3] = {JMS_SSN, JMS_SEX, JMS_BED, NONE},
    [4] = {JMS_RACE, NONE, NONE, NONE},
    [5] = {NONE, NONE, NONE, NONE},
    [6] = {JMS_AGENCY, JMS_HEIGHT, JMS_WEIGHT, NONE},
    [7] = {JMS_HOUSING, JMS_BOOKING, NONE, NONE},
    [8] = {JMS_DATATYPE, JMS_FACILITY, JMS_LAST_NAME, JMS_MOVE_DATE},
    [9] = {JMS_PATIENT_ID, JMS_FIRST_NAME, JMS_BIRTH_DATE, JMS_PHOTO_PATH},
    [10] = {NONE, NONE, NONE, NONE},
    [11] = {JMS_BOOKING_DATE, JMS_RELEASE_DATE, NONE, NONE},
};

const struct jms_field_rule *jms_field_rule(enum jms_field field)
{
    return &rules[field];
}

enum jms_field jms_field_find(struct slice name)
{
    if (name.len > LONGEST_NAME)
        return JMS_FIELD_COUNT;
    for (size_t i = 0; i < LARGEST_CLASS && by_length[name.len][i] != NONE; i++) {
        enum jms_field field = (enum jms_field)by_length[name.len][i];
        if (rules[field].name[0] == name.ptr[0] && memcmp(rules[field].name, name.ptr, name.len) == 0)
            return field;
    }
    return JMS_FIELD_COUNT;
}

enum jms_field jms_field_find_nocase(struct slice name)
{
    if (name.len > LONGEST_NAME)
        return JMS_FIELD_COUNT;
    for (size_t i = 0; i < LARGEST_CLASS && by_length[name.len][i] != NONE; i++) {
        enum jms_field field = (enum jms_field)by_length[name.len][i];
        if (slice_equal_nocase(slice_from(rules[field].name, name.len), name))
            return field;
    }
    return JMS_FIELD_COUNT;
}
