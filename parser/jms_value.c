#include "parser/jms_value.h"

#include "parser/utf8.h"

#define NOT_BY_EXCEL                                                                                         \
    "export again without opening the file in Excel, or give the column that format before saving"

/* C0, DEL and C1 (which begin with C2 in UTF-8). */
static bool has_control_character(struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char byte = (unsigned char)text.ptr[i];
        if (byte < 0x20 || byte == 0x7F)
            return true;
        if (byte == 0xC2 && text.len - i > 1 && (unsigned char)text.ptr[i + 1] < 0xA0)
            return true;
    }
    return false;
}

static enum fault_code read_integer(struct slice text, const struct jms_field_rule *rule,
                                    struct jms_value *value)
{
    bool negative = text.len > 1 && text.ptr[0] == '-';
    struct slice digits = slice_after(text, negative ? 1 : 0);
    int64_t number = 0;
    for (size_t i = 0; i < digits.len; i++) {
        if (digits.ptr[i] < '0' || digits.ptr[i] > '9')
            return FAULT_NOT_A_NUMBER;
        if (number <= INT32_MAX)
            number = number * 10 + (digits.ptr[i] - '0');
    }
    if (negative)
        number = -number;
    if (number < rule->minimum || number > rule->maximum)
        return FAULT_OUT_OF_RANGE;
    while (digits.len > 1 && digits.ptr[0] == '0')
        digits = slice_after(digits, 1);
    value->number = (int32_t)number;
    value->text = digits;
    return FAULT_NONE;
}

static enum fault_code read_code(struct slice text, const struct jms_field_rule *rule,
                                 struct jms_value *value)
{
    for (const char *const *code = rule->set; *code != NULL; code++) {
        if (slice_equal_nocase(text, slice_of(*code))) {
            value->text = slice_of(*code);
            return FAULT_NONE;
        }
    }
    return FAULT_NOT_IN_SET;
}

static enum fault_code read_time(struct slice text, enum jms_type type, struct arena *arena,
                                 struct jms_value *value, bool *no_memory)
{
    enum fault_code code =
        type == JMS_DATE ? datetime_parse_date(text, &value->time) : datetime_parse(text, &value->time);
    if (code != FAULT_NONE)
        return code;
    char canonical[DATETIME_CIVIL_SIZE];
    struct slice written = slice_from(canonical, datetime_format_civil(&value->time, canonical));
    value->text = slice_equal(written, text) ? text : arena_copy(arena, written);
    if (value->text.ptr == NULL)
        *no_memory = true;
    return FAULT_NONE;
}

enum fault_code jms_value_read(struct slice text, const struct jms_field_rule *rule, struct arena *arena,
                               struct jms_value *value, bool *no_memory)
{
    if (has_control_character(text))
        return FAULT_CONTROL_CHARACTER;
    switch (rule->type) {
    case JMS_STRING: break;
    case JMS_CODED: return read_code(text, rule, value);
    case JMS_INTEGER: return read_integer(text, rule, value);
    case JMS_DATE:
    case JMS_DATETIME: return read_time(text, rule->type, arena, value, no_memory);
    }
    /* A character has at least one byte: most values need not be counted. */
    if (rule->max_length > 0 && text.len > rule->max_length && utf8_count(text) > rule->max_length)
        return FAULT_TOO_LONG;
    value->text = text;
    return FAULT_NONE;
}

void jms_value_drop(struct jms_value *value)
{
    value->presence = JMS_ABSENT;
    value->text = SLICE_EMPTY;
    value->faulty = true;
}

bool jms_value_stands_for_none(const struct jms_value *value)
{
    return value->time.year == 1900 && value->time.month == 1 && value->time.day == 1;
}

const char *jms_value_expected(enum fault_code code, const struct jms_field_rule *rule)
{
    if (code == FAULT_CONTROL_CHARACTER)
        return "text without control characters";
    if (code == FAULT_DATE_SPREADSHEET)
        return rule->type == JMS_DATE ? "YYYY-MM-DD: " NOT_BY_EXCEL : "YYYY-MM-DD HH:MM: " NOT_BY_EXCEL;
    return rule->expected;
}

bool jms_value_is_before(const struct jms_value *value, const struct jms_value *other)
{
    const struct civil_time *a = &value->time;
    const struct civil_time *b = &other->time;
    const instant_us hour = INT64_C(3600) * 1000000;
    if (!a->has_time || !b->has_time)
        return datetime_days_from_civil(a->year, a->month, a->day) <
               datetime_days_from_civil(b->year, b->month, b->day);
    if (!a->has_offset && !b->has_offset)
        return datetime_as_utc(a) < datetime_as_utc(b);
    instant_us first, second;
    (void)datetime_to_instant(a, NULL, INSTANT_NONE, &first);
    (void)datetime_to_instant(b, NULL, INSTANT_NONE, &second);
    return first < second - (a->has_offset == b->has_offset ? 0 : 14 * hour);
}
