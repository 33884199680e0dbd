/*
 * Dates and times as senders write them, calendar-checked, and their reading in a zone.
 *
 * Forms (RULES "Small questions", COREMR-INTERFACES §2, §3): YYYY-MM-DD, YYYYMMDD, MM/DD/YYYY; a time after a blank or
 * `T`: HH:MM, HH:MM:SS, HH:MM:SS.f (1 to 9 digits); offset (+HH:MM, +HHMM, -…) or Z accepted; two-digit years refused;
 * 24:00[:00] is the next midnight.
 * Blanks at both ends are passed over. An offset of more than 14 hours and second 60 are refused.
 */
#ifndef CORBRIDGE_PARSER_DATETIME_H
#define CORBRIDGE_PARSER_DATETIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/fault.h"
#include "parser/slice.h"

struct zone; /* parser/zone.h */

/* A civil date with, where given, a time of day. */
struct civil_time {
    int32_t year;       /* 1 … 9999 */
    uint8_t month, day; /* from 1 */
    uint8_t hour, minute, second;
    uint32_t nanosecond;
    bool has_time;          /* false: a date only; the time fields are 0 */
    bool has_second;        /* seconds were written */
    bool has_offset;        /* an offset or Z was written */
    int16_t offset_minutes; /* east of UTC; valid with has_offset */
};

/* Microseconds since 1970-01-01T00:00:00Z. The one form of an instant in the whole program. */
typedef int64_t instant_us;

#define INSTANT_NONE INT64_MIN

/* Reads a date without a time ("07/22/1946"). FAULT_NONE, or why not: FAULT_NOT_A_DATE, FAULT_YEAR_TWO_DIGITS,
 * FAULT_DATE_NOT_IN_CALENDAR, FAULT_DATE_SPREADSHEET (7/22/1946, 7/22/1946 0:00, 17005: what Excel makes of it). `*out` is written only on FAULT_NONE. */
enum fault_code datetime_parse_date(struct slice text, struct civil_time *out);

/* Reads a date with a time; a date alone is accepted and gives has_time false. Else FAULT_NOT_A_TIME and as above. */
enum fault_code datetime_parse(struct slice text, struct civil_time *out);

/* Days since 1970-01-01 of a civil date, and back (proleptic Gregorian). */
int64_t datetime_days_from_civil(int32_t year, unsigned month, unsigned day);
void datetime_civil_from_days(int64_t days, int32_t *year, unsigned *month, unsigned *day);

/* The instant of civil time read as UTC (offset and zone ignored). */
instant_us datetime_as_utc(const struct civil_time *civil);

/* The UTC civil time of an instant (has_time, has_second true). */
void datetime_from_instant(instant_us instant, struct civil_time *out);

enum datetime_reading {
    DATETIME_EXACT,    /* one reading */
    DATETIME_REPEATED, /* in the repeated hour: the reading nearest before `arrival` was taken */
    DATETIME_SKIPPED   /* does not exist locally: taken one hour later; the caller adds a warning */
};

/* The instant of a civil time: by its own offset when it has one, else in `zone` (NULL: UTC). In the repeated
 * hour of a clock change the latest reading that is not after `arrival` is taken, the earlier reading when both
 * are after it; pass INSTANT_NONE to take the first. */
enum datetime_reading datetime_to_instant(const struct civil_time *civil, const struct zone *zone,
                                          instant_us arrival, instant_us *out);

/* "YYYY-MM-DD" — 10 characters and NUL. */
void datetime_format_date(const struct civil_time *civil, char out[11]);

/* The canonical form of a civil time: "YYYY-MM-DD", then "THH:MM:SS" when it has a time, then what else was written: a
 * fraction without zeros at its end, and "Z" or "+HH:MM". Returns the length without the NUL. */
#define DATETIME_CIVIL_SIZE 36
size_t datetime_format_civil(const struct civil_time *civil, char out[DATETIME_CIVIL_SIZE]);

/* "YYYY-MM-DDTHH:MM:SS[.ffffff]Z" of an instant: the stored form of every instant in the database. Microseconds
 * are always written (six digits), so that texts sort as times. 27 characters and NUL. The instant must lie in
 * the years 0 to 9999: the program ends otherwise. */
void datetime_format_instant(instant_us instant, char out[28]);

/* Reads the stored form back. False when it is not of that form. */
bool datetime_parse_instant(struct slice text, instant_us *out);

#endif
