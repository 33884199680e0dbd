#include "parser/date_form.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum part {
    PART_YEAR,
    PART_MONTH_NAME,
    PART_MONTH,
    PART_DAY,
    PART_HOUR,
    PART_HOUR_12,
    PART_MINUTE,
    PART_SECOND,
    PART_HALF,
    PART_T,
    PART_COUNT
};

static const char *const letters[PART_COUNT] = {
    [PART_YEAR] = "YYYY", [PART_MONTH_NAME] = "MON", [PART_MONTH] = "MM",
    [PART_DAY] = "DD",    [PART_HOUR] = "HH",        [PART_HOUR_12] = "hh",
    [PART_MINUTE] = "mm", [PART_SECOND] = "ss",      [PART_HALF] = "AM",
    [PART_T] = "T",
};

static bool is_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* The part whose letters stand at `form`; PART_COUNT: none. */
static enum part part_at(const char *form)
{
    enum part part = PART_YEAR;
    while (part < PART_COUNT && strncmp(form, letters[part], strlen(letters[part])) != 0)
        part++;
    return part;
}

const char *date_form_fault(const char *form)
{
    unsigned seen[PART_COUNT] = {0};
    for (const char *at = form; *at != '\0';) {
        enum part part = part_at(at);
        if (part == PART_COUNT && is_letter(*at))
            return "is made of YYYY, MM, MON, DD, HH, hh, mm, ss, AM and T, with anything that is no letter between "
                   "them; years have four digits";
        if (part < PART_COUNT && part != PART_T && seen[part]++ > 0)
            return "names one part twice";
        at += part < PART_COUNT ? strlen(letters[part]) : 1;
    }
    if (!seen[PART_YEAR] || !seen[PART_DAY] || seen[PART_MONTH] + seen[PART_MONTH_NAME] != 1)
        return "needs YYYY, DD, and one of MM and MON";
    if (seen[PART_HOUR_12] != seen[PART_HALF] || seen[PART_HOUR] + seen[PART_HOUR_12] > 1)
        return "takes HH, or hh together with AM";
    if (seen[PART_HOUR] + seen[PART_HOUR_12] != seen[PART_MINUTE] || seen[PART_SECOND] > seen[PART_MINUTE])
        return "needs hours and minutes where it has one of them or seconds";
    return NULL;
}

bool date_form_has_time(const char *form)
{
    return strstr(form, letters[PART_MINUTE]) != NULL;
}

/* Takes from `least` to `most` digits. */
static bool take_number(struct slice *text, size_t least, size_t most, unsigned *out)
{
    size_t count = 0;
    unsigned number = 0;
    while (count < most && count < text->len && text->ptr[count] >= '0' && text->ptr[count] <= '9')
        number = number * 10 + (unsigned)(text->ptr[count++] - '0');
    *text = slice_after(*text, count);
    *out = number;
    return count >= least;
}

static bool take_month_name(struct slice *text, unsigned *out)
{
    static const char *const names[] = {"JAN", "FEB", "MAR", "APR", "MAY", "JUN",
                                        "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};
    for (unsigned i = 0; i < 12; i++) {
        if (text->len >= 3 && slice_equal_nocase(slice_from(text->ptr, 3), slice_of(names[i]))) {
            *out = i + 1;
            *text = slice_after(*text, 3);
            return true;
        }
    }
    return false;
}

/* 0 for AM, 1 for PM. */
static bool take_half(struct slice *text, unsigned *out)
{
    if (text->len < 2)
        return false;
    struct slice two = slice_from(text->ptr, 2);
    *out = slice_equal_nocase(two, SLICE_LITERAL("PM"));
    *text = slice_after(*text, 2);
    return *out == 1 || slice_equal_nocase(two, SLICE_LITERAL("AM"));
}

static bool take_part(struct slice *text, enum part part, unsigned *value)
{
    switch (part) {
    case PART_YEAR: return take_number(text, 4, 4, value);
    case PART_MONTH_NAME: return take_month_name(text, value);
    case PART_MONTH:
    case PART_DAY:
    case PART_HOUR:
    case PART_HOUR_12: return take_number(text, 1, 2, value);
    case PART_MINUTE:
    case PART_SECOND: return take_number(text, 2, 2, value);
    case PART_HALF: return take_half(text, value);
    case PART_T:
    case PART_COUNT: break;
    }
    if (text->len == 0 || (text->ptr[0] != 'T' && text->ptr[0] != 't'))
        return false;
    *text = slice_after(*text, 1);
    return true;
}

static bool take_all(const char *form, struct slice text, unsigned values[PART_COUNT])
{
    for (const char *at = form; *at != '\0';) {
        enum part part = part_at(at);
        if (part < PART_COUNT) {
            if (!take_part(&text, part, &values[part]))
                return false;
            at += strlen(letters[part]);
        } else {
            if (text.len == 0 || text.ptr[0] != *at)
                return false;
            text = slice_after(text, 1);
            at++;
        }
    }
    return text.len == 0;
}

enum fault_code date_form_rewrite(const char *form, struct slice text, bool with_time,
                                  char out[DATE_FORM_SIZE])
{
    enum fault_code wrong = with_time ? FAULT_NOT_A_TIME : FAULT_NOT_A_DATE;
    unsigned values[PART_COUNT] = {0};
    if (!take_all(form, text, values))
        return wrong;
    unsigned month =
        strstr(form, letters[PART_MONTH_NAME]) != NULL ? values[PART_MONTH_NAME] : values[PART_MONTH];
    int length = snprintf(out, DATE_FORM_SIZE, "%04u-%02u-%02u", values[PART_YEAR] % 10000, month % 100,
                          values[PART_DAY] % 100);
    if (!with_time || !date_form_has_time(form))
        return length > 0 ? FAULT_NONE : wrong;
    unsigned hour = values[PART_HOUR];
    if (strstr(form, letters[PART_HALF]) != NULL) {
        if (values[PART_HOUR_12] < 1 || values[PART_HOUR_12] > 12)
            return wrong;
        hour = values[PART_HOUR_12] % 12 + 12 * values[PART_HALF];
    }
    length =
        snprintf(out, DATE_FORM_SIZE, "%04u-%02u-%02uT%02u:%02u:%02u", values[PART_YEAR] % 10000, month % 100,
                 values[PART_DAY] % 100, hour % 100, values[PART_MINUTE] % 100, values[PART_SECOND] % 100);
    return length > 0 ? FAULT_NONE : wrong;
}
