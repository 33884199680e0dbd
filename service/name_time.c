#include "service/name_time.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

static const char MARKS[] = "YmdHMS";

#define STARS_MAX 3 /* more would let a name cost seconds */

const char *name_time_fault(const char *form)
{
    unsigned seen[sizeof MARKS - 1] = {0};
    size_t stars = 0;
    for (const char *p = form; *p != '\0'; p++) {
        stars += *p == '*';
        if (*p != '%')
            continue;
        p++;
        const char *mark = *p == '\0' ? NULL : strchr(MARKS, *p);
        if (mark == NULL)
            return "knows %Y %m %d %H %M %S in a name only";
        if (seen[mark - MARKS]++ > 0)
            return "may have each of %Y %m %d %H %M %S once";
    }
    if (stars > STARS_MAX)
        return "may have at most three *";
    if (seen[3] == 0 || seen[4] == 0)
        return "needs %H and %M in a name: the time of day";
    if (seen[0] != seen[1] || seen[1] != seen[2])
        return "needs all of %Y %m %d, or none of them when the names have no date";
    return NULL;
}

static bool digits(const char **name, int count, int least, int most, int *out)
{
    int value = 0;
    for (int i = 0; i < count; i++) {
        char digit = (*name)[i];
        if (digit < '0' || digit > '9')
            return false;
        value = value * 10 + (digit - '0');
    }
    *name += count;
    *out = value;
    return value >= least && value <= most;
}

static bool read_mark(char mark, const char **name, struct civil_time *out)
{
    int value = 0;
    switch (mark) {
    case 'Y':
        if (!digits(name, 4, 1950, 2100, &value))
            return false;
        out->year = value;
        return true;
    case 'm':
        if (!digits(name, 2, 1, 12, &value))
            return false;
        out->month = (uint8_t)value;
        return true;
    case 'd':
        if (!digits(name, 2, 1, 31, &value))
            return false;
        out->day = (uint8_t)value;
        return true;
    case 'H':
        if (!digits(name, 2, 0, 23, &value))
            return false;
        out->hour = (uint8_t)value;
        return true;
    case 'M':
        if (!digits(name, 2, 0, 59, &value))
            return false;
        out->minute = (uint8_t)value;
        return true;
    default:
        if (!digits(name, 2, 0, 59, &value))
            return false;
        out->second = (uint8_t)value;
        out->has_second = true;
        return true;
    }
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool match(const char *form, const char *name, struct civil_time *out)
{
    for (; *form != '\0' && *form != '*'; form++) {
        if (*form == '%') {
            if (!read_mark(*++form, &name, out))
                return false;
        } else if (*form == '?') {
            if (*name++ == '\0')
                return false;
            while (((unsigned char)*name & 0xC0) == 0x80) /* the rest of one character */
                name++;
        } else if (lower(*form) != lower(*name++)) {
            return false;
        }
    }
    if (*form == '\0')
        return *name == '\0';
    for (size_t length = strlen(name) + 1; length-- > 0;)
        if (match(form + 1, name + length, out))
            return true;
    return false;
}

bool name_time_read(const char *form, const char *name, struct civil_time *out, bool *has_date)
{
    *out = (struct civil_time){.has_time = true};
    if (!match(form, name, out))
        return false;
    *has_date = out->year != 0;
    if (!*has_date)
        return true;
    int32_t year;
    unsigned month, day;
    datetime_civil_from_days(datetime_days_from_civil(out->year, out->month, out->day), &year, &month, &day);
    return day == out->day; /* else a date such as February 30 */
}
