/* Dates and times: in the calendar, the same after being written and read again, and as counting days one by one says. */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "parser/datetime.h"
#include "parser/zone.h"

#define MICROS_PER_SECOND INT64_C(1000000)

static bool leap(int32_t year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int month_length(int32_t year, int month)
{
    if (month == 2)
        return leap(year) ? 29 : 28;
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

/* Days since 1970-01-01 by counting leap years and months. */
static int64_t days_counted(int32_t year, int month, int day)
{
    int64_t before = year - 1;
    int64_t days = before * 365 + before / 4 - before / 100 + before / 400;
    for (int m = 1; m < month; m++)
        days += month_length(year, m);
    return days + day - 1 - 719162; /* 0001-01-01 is 719,162 days before 1970-01-01 */
}

static void check_civil(const struct civil_time *civil)
{
    FUZZ_MUST(civil->year >= 1 && civil->year <= 9999 && civil->month >= 1 && civil->month <= 12);
    FUZZ_MUST(civil->day >= 1 && civil->day <= month_length(civil->year, civil->month));
    FUZZ_MUST(civil->hour <= 23 && civil->minute <= 59 && civil->second <= 59 &&
              civil->nanosecond < 1000000000);
    FUZZ_MUST(civil->has_time || (civil->hour == 0 && civil->minute == 0 && civil->second == 0 &&
                                  civil->nanosecond == 0 && !civil->has_second && !civil->has_offset));
    FUZZ_MUST(civil->has_offset ? civil->offset_minutes >= -840 && civil->offset_minutes <= 840
                                : civil->offset_minutes == 0);
    int64_t days = days_counted(civil->year, civil->month, civil->day);
    FUZZ_MUST(days == datetime_days_from_civil(civil->year, civil->month, civil->day));
    int64_t seconds = days * 86400 + civil->hour * 3600 + civil->minute * 60 + civil->second;
    FUZZ_MUST(datetime_as_utc(civil) == seconds * MICROS_PER_SECOND + civil->nanosecond / 1000);
}

static bool same(const struct civil_time *a, const struct civil_time *b)
{
    return a->year == b->year && a->month == b->month && a->day == b->day && a->hour == b->hour &&
           a->minute == b->minute && a->second == b->second && a->nanosecond == b->nanosecond &&
           a->has_time == b->has_time && a->has_offset == b->has_offset &&
           a->offset_minutes == b->offset_minutes;
}

static void check_written(const struct civil_time *civil)
{
    char text[DATETIME_CIVIL_SIZE], again[DATETIME_CIVIL_SIZE];
    size_t length = datetime_format_civil(civil, text);
    FUZZ_MUST(length < sizeof text && strlen(text) == length);
    struct civil_time reread;
    FUZZ_MUST(datetime_parse(slice_from(text, length), &reread) == FAULT_NONE && same(civil, &reread));
    FUZZ_MUST(datetime_format_civil(&reread, again) == length && memcmp(text, again, length) == 0);
}

/* The instant reads as the civil time in its zone, or, where that hour does not exist, as some whole hours later. */
static void check_instant(const struct civil_time *civil, const struct zone *zone, instant_us arrival)
{
    instant_us instant, first;
    enum datetime_reading reading = datetime_to_instant(civil, zone, arrival, &instant);
    FUZZ_MUST(datetime_to_instant(civil, zone, INSTANT_NONE, &first) == reading);
    if (civil->has_offset || zone == NULL) {
        FUZZ_MUST(reading == DATETIME_EXACT && instant == first);
        FUZZ_MUST(instant == datetime_as_utc(civil) - civil->offset_minutes * 60 * MICROS_PER_SECOND);
        return;
    }
    int64_t seconds = (instant - civil->nanosecond / 1000) / MICROS_PER_SECOND;
    int64_t local = datetime_as_utc(civil) - civil->nanosecond / 1000;
    int64_t later = (seconds + zone_offset_at(zone, seconds)) * MICROS_PER_SECOND - local;
    if (reading == DATETIME_SKIPPED)
        FUZZ_MUST(later > 0 && later % (3600 * MICROS_PER_SECOND) == 0 &&
                  later <= 24 * 3600 * MICROS_PER_SECOND);
    else
        FUZZ_MUST(later == 0);
    FUZZ_MUST(instant >= first);
    FUZZ_MUST(instant == first || (reading == DATETIME_REPEATED && instant <= arrival));
}

/* An instant of the years 0 to 9999 in its stored form. */
static void check_stored(uint64_t number)
{
    const int64_t first = -INT64_C(62167219200) * MICROS_PER_SECOND; /* 0000-01-01 */
    const int64_t span = INT64_C(315569520000) * MICROS_PER_SECOND;  /* 10,000 years of the calendar */
    instant_us instant = first + (int64_t)(number % (uint64_t)span);
    char text[28];
    datetime_format_instant(instant, text);
    FUZZ_MUST(strlen(text) == 27);
    struct civil_time civil;
    datetime_from_instant(instant, &civil);
    FUZZ_MUST(datetime_as_utc(&civil) == instant);
    instant_us again;
    /* Year 0 can be written, and no sender means it: it is not read. */
    FUZZ_MUST(datetime_parse_instant(slice_of(text), &again) == (civil.year > 0));
    FUZZ_MUST(civil.year == 0 || again == instant);
    if (instant < first + span - 1) {
        char next[28];
        datetime_format_instant(instant + 1, next);
        FUZZ_MUST(strcmp(text, next) < 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice text = slice_from(data, size);
    struct fuzz_supply supply = {data, size};
    uint64_t number = fuzz_number(&supply, 8);
    check_stored(number);

    struct civil_time date, time;
    enum fault_code as_date = datetime_parse_date(text, &date);
    enum fault_code as_time = datetime_parse(text, &time);
    if (as_date == FAULT_NONE) {
        check_civil(&date);
        check_written(&date);
        FUZZ_MUST(!date.has_time && as_time == FAULT_NONE && same(&date, &time));
    }
    if (as_time == FAULT_NONE) {
        check_civil(&time);
        check_written(&time);
        check_instant(&time, NULL, INSTANT_NONE);
        check_instant(&time, zone_at(number % zone_count()),
                      datetime_as_utc(&time) + (instant_us)(number >> 20));
    }
    instant_us instant;
    if (datetime_parse_instant(text, &instant)) {
        char again[28];
        datetime_format_instant(instant, again);
        FUZZ_MUST(slice_equal(slice_of(again), text));
    }
    return 0;
}
