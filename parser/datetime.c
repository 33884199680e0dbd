#include "parser/datetime.h"

#include "parser/zone.h"

#include <assert.h>
#include <string.h>

#define SECONDS_PER_DAY   INT64_C(86400)
#define MICROS_PER_SECOND INT64_C(1000000)

/* No place on earth is further from UTC. */
#define OFFSET_LIMIT_MINUTES 840

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The number that `count` digits at `at` make, or -1 when they are not all there. */
static int32_t digits(struct slice text, size_t at, size_t count)
{
    if (at > text.len || text.len - at < count)
        return -1;
    int32_t number = 0;
    for (size_t i = 0; i < count; i++) {
        if (!is_digit(text.ptr[at + i]))
            return -1;
        number = number * 10 + (text.ptr[at + i] - '0');
    }
    return number;
}

static bool has(struct slice text, size_t at, char c)
{
    return at < text.len && text.ptr[at] == c;
}

static bool is_leap(int32_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int32_t days_in_month(int32_t year, int32_t month)
{
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

/* MM/DD/YY, YY-MM-DD and YY/MM/DD: told apart only so that the reader learns what is wrong. */
static bool has_two_digit_year(struct slice text)
{
    if (digits(text, 0, 2) < 0 || digits(text, 3, 2) < 0 || digits(text, 6, 2) < 0)
        return false;
    if (text.len > 8 && is_digit(text.ptr[8]))
        return false;
    return (has(text, 2, '/') && has(text, 5, '/')) || (has(text, 2, '-') && has(text, 5, '-'));
}

/* One or two digits at *at, which moves behind them. */
static bool pass_short(struct slice text, size_t *at)
{
    size_t first = *at;
    while (*at < text.len && *at - first < 2 && is_digit(text.ptr[*at]))
        (*at)++;
    return *at > first;
}

static bool pass(struct slice text, size_t *at, char c)
{
    if (!has(text, *at, c))
        return false;
    (*at)++;
    return true;
}

/* A blank, H:MM or H:MM:SS, and AM or PM or neither: the whole rest. */
static bool is_shown_time(struct slice text, size_t at)
{
    if (!pass(text, &at, ' ') || !pass_short(text, &at) || !pass(text, &at, ':') || digits(text, at, 2) < 0)
        return false;
    at += 2;
    if (pass(text, &at, ':')) {
        if (digits(text, at, 2) < 0)
            return false;
        at += 2;
    }
    struct slice rest = slice_after(text, at);
    return rest.len == 0 || slice_equal_nocase(rest, SLICE_LITERAL(" AM")) ||
           slice_equal_nocase(rest, SLICE_LITERAL(" PM"));
}

/*
 * What Excel makes of a date when it saves what it has opened: M/D/YYYY and H:MM without leading zeros (M/D/YY in older ones), or
 * the number of the day, 17005 or 42906.6056, in a column of the format General. Told apart only so that the reader learns what happened: which
 * of two numbers is the month depends on the machine where it was saved.
 */
static bool is_of_spreadsheet(struct slice text)
{
    if (digits(text, 0, 5) >= 0 && text.ptr[0] != '0' && (text.len == 5 || has(text, 5, '.'))) {
        size_t at = 5;
        while (at < text.len && (is_digit(text.ptr[at]) || at == 5))
            at++;
        return at == text.len && at != 6;
    }
    size_t at = 0;
    if (!pass_short(text, &at) || !pass(text, &at, '/') || !pass_short(text, &at) || !pass(text, &at, '/'))
        return false;
    size_t year = digits(text, at, 4) >= 0 ? 4 : 2;
    if (digits(text, at, year) < 0)
        return false;
    at += year;
    return at == text.len || is_shown_time(text, at);
}

/* `code`, or the better word for what is wrong. */
static enum fault_code explain(struct slice text, enum fault_code code)
{
    return is_of_spreadsheet(text) ? FAULT_DATE_SPREADSHEET : code;
}

/* The date at the start of `text`; `*length` gets its bytes. */
static enum fault_code read_date(struct slice text, struct civil_time *out, size_t *length)
{
    int32_t year, month, day;
    if (has(text, 4, '-') && has(text, 7, '-')) {
        year = digits(text, 0, 4);
        month = digits(text, 5, 2);
        day = digits(text, 8, 2);
        *length = 10;
    } else if (has(text, 2, '/') && has(text, 5, '/') && digits(text, 6, 4) >= 0) {
        month = digits(text, 0, 2);
        day = digits(text, 3, 2);
        year = digits(text, 6, 4);
        *length = 10;
    } else {
        year = digits(text, 0, 4);
        month = digits(text, 4, 2);
        day = digits(text, 6, 2);
        *length = 8;
    }
    if (year < 0 || month < 0 || day < 0)
        return has_two_digit_year(text) ? FAULT_YEAR_TWO_DIGITS : FAULT_NOT_A_DATE;
    if (year < 1 || month < 1 || month > 12 || day < 1 || day > days_in_month(year, month))
        return FAULT_DATE_NOT_IN_CALENDAR;
    out->year = year;
    out->month = (uint8_t)month;
    out->day = (uint8_t)day;
    return FAULT_NONE;
}

/* Z, +HH:MM or +HHMM as the whole rest. */
static bool read_offset(struct slice text, struct civil_time *out)
{
    if (text.len == 1 && text.ptr[0] == 'Z') {
        out->has_offset = true;
        return true;
    }
    if (!has(text, 0, '+') && !has(text, 0, '-'))
        return false;
    size_t colon = has(text, 3, ':') ? 1 : 0;
    int32_t hours = digits(text, 1, 2);
    int32_t minutes = digits(text, 3 + colon, 2);
    if (text.len != 5 + colon || hours < 0 || minutes < 0 || minutes > 59)
        return false;
    int32_t offset = hours * 60 + minutes;
    if (offset > OFFSET_LIMIT_MINUTES)
        return false;
    out->has_offset = true;
    out->offset_minutes = (int16_t)(text.ptr[0] == '-' ? -offset : offset);
    return true;
}

/* .f to .fffffffff; `*at` moves behind it. */
static bool read_fraction(struct slice text, size_t *at, struct civil_time *out)
{
    size_t first = *at + 1;
    size_t end = first;
    uint32_t nanosecond = 0;
    while (end < text.len && is_digit(text.ptr[end])) {
        if (end - first == 9)
            return false;
        nanosecond = nanosecond * 10 + (uint32_t)(text.ptr[end] - '0');
        end++;
    }
    if (end == first)
        return false;
    for (size_t i = end - first; i < 9; i++)
        nanosecond *= 10;
    out->nanosecond = nanosecond;
    *at = end;
    return true;
}

/* HH:MM[:SS[.f]][offset] as the whole rest. Hour 24 is left for the caller. */
static bool read_time(struct slice text, struct civil_time *out)
{
    int32_t hour = digits(text, 0, 2);
    int32_t minute = digits(text, 3, 2);
    int32_t second = 0;
    if (hour < 0 || !has(text, 2, ':') || minute < 0)
        return false;
    size_t at = 5;
    if (has(text, at, ':')) {
        second = digits(text, at + 1, 2);
        at += 3;
        if (second < 0)
            return false;
        out->has_second = true;
        if (has(text, at, '.') && !read_fraction(text, &at, out))
            return false;
    }
    if (hour > 24 || minute > 59 || second > 59)
        return false;
    if (hour == 24 && (minute > 0 || second > 0 || out->nanosecond > 0))
        return false;
    out->has_time = true;
    out->hour = (uint8_t)hour;
    out->minute = (uint8_t)minute;
    out->second = (uint8_t)second;
    return at == text.len || read_offset(slice_after(text, at), out);
}

enum fault_code datetime_parse_date(struct slice text, struct civil_time *out)
{
    struct civil_time civil = {0};
    size_t length = 0;
    text = slice_trim(text);
    enum fault_code code = read_date(text, &civil, &length);
    if (code == FAULT_NOT_A_DATE || (code != FAULT_YEAR_TWO_DIGITS && length != text.len))
        return explain(text, FAULT_NOT_A_DATE);
    if (code == FAULT_NONE)
        *out = civil;
    return code;
}

enum fault_code datetime_parse(struct slice text, struct civil_time *out)
{
    struct civil_time civil = {0};
    size_t length = 0;
    text = slice_trim(text);
    enum fault_code code = read_date(text, &civil, &length);
    if (code == FAULT_NOT_A_DATE)
        return explain(text, FAULT_NOT_A_TIME);
    if (code == FAULT_YEAR_TWO_DIGITS)
        return code;
    if (text.len > length) {
        if (!has(text, length, ' ') && !has(text, length, 'T'))
            return FAULT_NOT_A_TIME;
        if (!read_time(slice_after(text, length + 1), &civil))
            return explain(text, FAULT_NOT_A_TIME);
    }
    if (code != FAULT_NONE)
        return code;
    if (civil.hour == 24) {
        unsigned month, day;
        civil.hour = 0;
        datetime_civil_from_days(datetime_days_from_civil(civil.year, civil.month, civil.day) + 1,
                                 &civil.year, &month, &day);
        civil.month = (uint8_t)month;
        civil.day = (uint8_t)day;
        if (civil.year > 9999)
            return FAULT_DATE_NOT_IN_CALENDAR;
    }
    *out = civil;
    return FAULT_NONE;
}

/* Both ways after Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": years that begin in March, eras of 400
 * years, which are 146,097 days each. 719,468 is the number of days from 0000-03-01 to 1970-01-01. */

int64_t datetime_days_from_civil(int32_t year, unsigned month, unsigned day)
{
    int64_t shifted = (int64_t)year - (month <= 2);
    int64_t era = (shifted >= 0 ? shifted : shifted - 399) / 400;
    int64_t year_of_era = shifted - era * 400;
    int64_t day_of_year = (153 * ((int64_t)month + (month > 2 ? -3 : 9)) + 2) / 5 + (int64_t)day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

void datetime_civil_from_days(int64_t days, int32_t *year, unsigned *month, unsigned *day)
{
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int64_t day_of_era = days - era * 146097;
    int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t shifted_month = (5 * day_of_year + 2) / 153;
    *day = (unsigned)(day_of_year - (153 * shifted_month + 2) / 5 + 1);
    *month = (unsigned)(shifted_month < 10 ? shifted_month + 3 : shifted_month - 9);
    *year = (int32_t)(year_of_era + era * 400 + (*month <= 2));
}

static int64_t civil_seconds(const struct civil_time *civil)
{
    return datetime_days_from_civil(civil->year, civil->month, civil->day) * SECONDS_PER_DAY +
           civil->hour * INT64_C(3600) + civil->minute * INT64_C(60) + civil->second;
}

static int64_t civil_micros(const struct civil_time *civil)
{
    return (int64_t)(civil->nanosecond / 1000);
}

instant_us datetime_as_utc(const struct civil_time *civil)
{
    return civil_seconds(civil) * MICROS_PER_SECOND + civil_micros(civil);
}

void datetime_from_instant(instant_us instant, struct civil_time *out)
{
    int64_t micros = instant % MICROS_PER_SECOND;
    int64_t seconds = instant / MICROS_PER_SECOND;
    if (micros < 0) {
        micros += MICROS_PER_SECOND;
        seconds--;
    }
    int64_t second_of_day = seconds % SECONDS_PER_DAY;
    int64_t days = seconds / SECONDS_PER_DAY;
    if (second_of_day < 0) {
        second_of_day += SECONDS_PER_DAY;
        days--;
    }
    unsigned month, day;
    *out = (struct civil_time){.has_time = true, .has_second = true};
    datetime_civil_from_days(days, &out->year, &month, &day);
    out->month = (uint8_t)month;
    out->day = (uint8_t)day;
    out->hour = (uint8_t)(second_of_day / 3600);
    out->minute = (uint8_t)(second_of_day / 60 % 60);
    out->second = (uint8_t)(second_of_day % 60);
    out->nanosecond = (uint32_t)micros * 1000;
}

enum datetime_reading datetime_to_instant(const struct civil_time *civil, const struct zone *zone,
                                          instant_us arrival, instant_us *out)
{
    if (civil->has_offset) {
        *out = datetime_as_utc(civil) - civil->offset_minutes * 60 * MICROS_PER_SECOND;
        return DATETIME_EXACT;
    }
    if (zone == NULL) {
        *out = datetime_as_utc(civil);
        return DATETIME_EXACT;
    }
    int64_t local = civil_seconds(civil);
    int64_t utc[2];
    size_t count = zone_utc_of_local(zone, local, utc);
    enum datetime_reading reading = count == 2 ? DATETIME_REPEATED : DATETIME_EXACT;
    /* Two hours were left out at once in some years: one hour later is then still in the gap. */
    while (count == 0) {
        reading = DATETIME_SKIPPED;
        local += 3600;
        count = zone_utc_of_local(zone, local, utc);
    }
    *out = utc[0] * MICROS_PER_SECOND + civil_micros(civil);
    if (reading == DATETIME_REPEATED && arrival != INSTANT_NONE) {
        instant_us later = utc[1] * MICROS_PER_SECOND + civil_micros(civil);
        if (later <= arrival)
            *out = later;
    }
    return reading;
}

static void put_digits(char *out, size_t count, uint32_t number)
{
    while (count > 0) {
        out[--count] = (char)('0' + number % 10);
        number /= 10;
    }
}

void datetime_format_date(const struct civil_time *civil, char out[11])
{
    assert(civil->year >= 0 && civil->year <= 9999);
    put_digits(out, 4, (uint32_t)civil->year);
    out[4] = '-';
    put_digits(out + 5, 2, civil->month);
    out[7] = '-';
    put_digits(out + 8, 2, civil->day);
    out[10] = '\0';
}

static void put_time(const struct civil_time *civil, char *out)
{
    put_digits(out, 2, civil->hour);
    out[2] = ':';
    put_digits(out + 3, 2, civil->minute);
    out[5] = ':';
    put_digits(out + 6, 2, civil->second);
}

size_t datetime_format_civil(const struct civil_time *civil, char out[DATETIME_CIVIL_SIZE])
{
    datetime_format_date(civil, out);
    size_t length = 10;
    if (civil->has_time) {
        out[length] = 'T';
        put_time(civil, out + length + 1);
        length += 9;
    }
    if (civil->nanosecond > 0) {
        uint32_t fraction = civil->nanosecond;
        size_t count = 9;
        for (; fraction % 10 == 0; fraction /= 10)
            count--;
        out[length] = '.';
        put_digits(out + length + 1, count, fraction);
        length += 1 + count;
    }
    if (civil->has_offset && civil->offset_minutes == 0) {
        out[length++] = 'Z';
    } else if (civil->has_offset) {
        uint32_t minutes =
            (uint32_t)(civil->offset_minutes < 0 ? -civil->offset_minutes : civil->offset_minutes);
        out[length] = civil->offset_minutes < 0 ? '-' : '+';
        put_digits(out + length + 1, 2, minutes / 60);
        out[length + 3] = ':';
        put_digits(out + length + 4, 2, minutes % 60);
        length += 6;
    }
    out[length] = '\0';
    return length;
}

void datetime_format_instant(instant_us instant, char out[28])
{
    struct civil_time civil;
    datetime_from_instant(instant, &civil);
    datetime_format_date(&civil, out);
    out[10] = 'T';
    put_time(&civil, out + 11);
    out[19] = '.';
    put_digits(out + 20, 6, civil.nanosecond / 1000);
    out[26] = 'Z';
    out[27] = '\0';
}

bool datetime_parse_instant(struct slice text, instant_us *out)
{
    struct civil_time civil;
    if (text.len != 27 || text.ptr[4] != '-' || text.ptr[10] != 'T' || text.ptr[19] != '.' ||
        text.ptr[26] != 'Z')
        return false;
    if (digits(text, 11, 2) > 23 || datetime_parse(text, &civil) != FAULT_NONE)
        return false;
    *out = datetime_as_utc(&civil);
    return true;
}
