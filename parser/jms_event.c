/*
 * Three layers, each of which goes on after a fault so that one report lists all of them: the form (ini_read),
 * the names (which pair is which field of which event), the values (each by the rule of its field). At the end
 * the faults are put in order of place.
 */
#include "parser/jms_event.h"

#include "parser/ini.h"
#include "parser/limits.h"

#include <string.h>

static const char datatype_demographics[] = "PatientDemographics";

/* The kind of an event whose DataType says nothing: only what holds for every kind is asked of it. */
#define KIND_UNKNOWN JMS_EVENT_KIND_COUNT

struct context {
    const struct jms_settings *settings;
    struct arena *arena;
    struct fault_list *faults;
    struct jms_event *event;
    enum jms_event_kind kind; /* or KIND_UNKNOWN */
    bool missing;             /* a required field is missing: more bytes could mend it */
    bool invalid;             /* an error that more bytes cannot mend */
    bool no_memory;
};

struct jms_settings jms_settings_default(void)
{
    return (struct jms_settings){ENCODING_AUTO, SLICE_LITERAL("PatientLocation"), true};
}

static struct slice field_name(enum jms_field field)
{
    return slice_of(jms_field_rule(field)->name);
}

static bool is_allowed(enum jms_event_kind kind, enum jms_field field)
{
    const struct jms_field_rule *rule = jms_field_rule(field);
    if (kind == KIND_UNKNOWN)
        return true;
    return rule->allowed[kind];
}

static bool is_required(const struct context *context, enum jms_field field)
{
    const struct jms_field_rule *rule = jms_field_rule(field);
    if (field == JMS_FACILITY && !context->settings->facility_required)
        return false;
    if (context->kind == KIND_UNKNOWN)
        return rule->required[JMS_DEMOGRAPHICS] && rule->required[JMS_LOCATION];
    return rule->required[context->kind];
}

static void add_error(struct context *context, enum fault_code code, enum jms_field field,
                      const char *expected)
{
    const struct jms_value *value = &context->event->fields[field];
    context->invalid = true;
    fault_add(context->faults, FAULT_ERROR, code, value->offset, value->line, field_name(field), expected);
}

/* A fault of a value: an error where the field is required, else a warning, and the value is left as it was. */
static void add_value_fault(struct context *context, enum fault_code code, enum jms_field field,
                            const char *expected)
{
    struct jms_value *value = &context->event->fields[field];
    value->presence = JMS_ABSENT;
    value->text = SLICE_EMPTY;
    value->faulty = true;
    if (is_required(context, field))
        add_error(context, code, field, expected);
    else
        fault_add(context->faults, FAULT_WARNING, code, value->offset, value->line, field_name(field),
                  expected);
}

/* "PatientDemographics or PatientLocation", as configured. */
static const char *accepted_datatypes(struct context *context)
{
    struct slice parts[] = {SLICE_LITERAL(datatype_demographics), SLICE_LITERAL(" or "),
                            context->settings->datatype_location};
    size_t size = 1;
    for (size_t i = 0; i < 3; i++)
        size += parts[i].len;
    char *text = arena_take(context->arena, size);
    if (text == NULL) {
        context->no_memory = true;
        return datatype_demographics;
    }
    size_t length = 0;
    for (size_t i = 0; i < 3; i++) {
        if (parts[i].len > 0)
            memcpy(text + length, parts[i].ptr, parts[i].len);
        length += parts[i].len;
    }
    return text;
}

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

static enum fault_code read_time(struct context *context, struct slice text, enum jms_type type,
                                 struct jms_value *value)
{
    enum fault_code code =
        type == JMS_DATE ? datetime_parse_date(text, &value->time) : datetime_parse(text, &value->time);
    if (code != FAULT_NONE)
        return code;
    char canonical[DATETIME_CIVIL_SIZE];
    struct slice written = slice_from(canonical, datetime_format_civil(&value->time, canonical));
    value->text = slice_equal(written, text) ? text : arena_copy(context->arena, written);
    if (value->text.ptr == NULL)
        context->no_memory = true;
    return FAULT_NONE;
}

/* A trimmed value that is not empty, by the rule of its field. */
static enum fault_code read_value(struct context *context, struct slice text, enum jms_field field,
                                  struct jms_value *value)
{
    const struct jms_field_rule *rule = jms_field_rule(field);
    if (has_control_character(text))
        return FAULT_CONTROL_CHARACTER;
    switch (rule->type) {
    case JMS_STRING: break;
    case JMS_CODED: return read_code(text, rule, value);
    case JMS_INTEGER: return read_integer(text, rule, value);
    case JMS_DATE:
    case JMS_DATETIME: return read_time(context, text, rule->type, value);
    }
    /* A character has at least one byte: most values need not be counted. */
    if (rule->max_length > 0 && text.len > rule->max_length && utf8_count(text) > rule->max_length)
        return FAULT_TOO_LONG;
    value->text = text;
    return FAULT_NONE;
}

/* The kind that a DataType names, in its documented form; KIND_UNKNOWN when it names none. */
static enum jms_event_kind kind_of(const struct jms_settings *settings, struct slice text, struct slice *form)
{
    struct slice demographics = SLICE_LITERAL(datatype_demographics);
    if (slice_equal_nocase(text, demographics)) {
        *form = demographics;
        return JMS_DEMOGRAPHICS;
    }
    if (slice_equal_nocase(text, settings->datatype_location)) {
        *form = settings->datatype_location;
        return JMS_LOCATION;
    }
    return KIND_UNKNOWN;
}

/* The kind comes first, wherever DataType stands: what else is right depends on it. */
static void find_kind(struct context *context, const struct ini_document *document)
{
    context->kind = KIND_UNKNOWN;
    for (size_t i = 0; i < document->count; i++) {
        const struct ini_pair *pair = &document->pairs[i];
        if (jms_field_find(pair->name) == JMS_DATATYPE) {
            struct slice form;
            if (!pair->broken)
                context->kind = kind_of(context->settings, slice_trim(pair->value), &form);
            return;
        }
    }
}

static void take_datatype(struct context *context, struct slice text, struct jms_value *value)
{
    if (text.len == 0)
        add_error(context, FAULT_REQUIRED_EMPTY, JMS_DATATYPE, accepted_datatypes(context));
    else if (kind_of(context->settings, text, &value->text) == KIND_UNKNOWN)
        add_error(context, FAULT_DATATYPE_UNKNOWN, JMS_DATATYPE, accepted_datatypes(context));
}

static void take_value(struct context *context, const struct ini_pair *pair, enum jms_field field)
{
    struct jms_value *value = &context->event->fields[field];
    struct slice text = slice_trim(pair->value);
    value->line = pair->line;
    value->offset = pair->offset;
    value->presence = text.len == 0 ? JMS_EMPTY : JMS_GIVEN;
    if (field == JMS_DATATYPE) {
        take_datatype(context, text, value);
        return;
    }
    if (text.len == 0) {
        if (is_required(context, field))
            add_error(context, FAULT_REQUIRED_EMPTY, field, jms_field_rule(field)->expected);
        return;
    }
    enum fault_code code = read_value(context, text, field, value);
    if (code != FAULT_NONE)
        add_value_fault(context, code, field,
                        code == FAULT_CONTROL_CHARACTER ? "text without control characters"
                                                        : jms_field_rule(field)->expected);
}

/* A name for the second time. Which of two values is meant is not guessed. */
static void take_repeat(struct context *context, const struct ini_pair *pair, const struct ini_pair *first,
                        enum jms_field field)
{
    if (pair->broken || first->broken)
        return;
    bool same = slice_equal(slice_trim(pair->value), slice_trim(first->value));
    context->invalid |= !same;
    fault_add(context->faults, same ? FAULT_WARNING : FAULT_ERROR,
              same ? FAULT_NAME_TWICE_SAME : FAULT_NAME_TWICE_DIFFERENT, pair->offset, pair->line,
              field_name(field), same ? NULL : "one value");
}

/* A field that the event does not have is kept. Its name is told only when it is one of ours: it may be a
 * misplaced value. */
static void take_extra(struct context *context, const struct ini_document *document,
                       const struct ini_pair *pair, enum jms_field known)
{
    struct jms_event *event = context->event;
    if (event->extras == NULL)
        event->extras = arena_take_array(context->arena, document->count, sizeof *event->extras);
    if (event->extras == NULL) {
        context->no_memory = true;
        return;
    }
    event->extras[event->extra_count++] = (struct jms_extra){pair->name, pair->value, pair->line};

    enum jms_field meant = known == JMS_FIELD_COUNT ? jms_field_find_nocase(pair->name) : known;
    if (known == JMS_FIELD_COUNT && meant != JMS_FIELD_COUNT)
        fault_add(context->faults, FAULT_WARNING, FAULT_NAME_OTHER_CASE, pair->offset, pair->line,
                  field_name(meant), jms_field_rule(meant)->name);
    else
        fault_add(context->faults, FAULT_WARNING, FAULT_NAME_UNKNOWN, pair->offset, pair->line,
                  meant == JMS_FIELD_COUNT ? SLICE_EMPTY : field_name(meant), NULL);
}

/* The faults of form on the line of a known field get its name. */
static void name_faults(struct context *context, const struct ini_pair *pair, enum jms_field field)
{
    for (size_t i = 0; i < context->faults->count; i++) {
        struct fault *fault = &context->faults->items[i];
        if (fault->line == pair->line && fault->field.len == 0)
            fault->field = field_name(field);
    }
}

static void take_pairs(struct context *context, const struct ini_document *document,
                       const struct ini_pair *first[JMS_FIELD_COUNT])
{
    for (size_t i = 0; i < document->count && !context->no_memory; i++) {
        const struct ini_pair *pair = &document->pairs[i];
        enum jms_field field = jms_field_find(pair->name);
        if (pair->broken && field != JMS_FIELD_COUNT)
            name_faults(context, pair, field);
        if (field == JMS_FIELD_COUNT || !is_allowed(context->kind, field)) {
            if (!pair->broken)
                take_extra(context, document, pair, field);
        } else if (first[field] != NULL) {
            take_repeat(context, pair, first[field], field);
        } else {
            first[field] = pair;
            if (!pair->broken)
                take_value(context, pair, field);
        }
    }
}

static void find_missing(struct context *context, const struct ini_pair *const first[JMS_FIELD_COUNT])
{
    for (enum jms_field field = 0; field < JMS_FIELD_COUNT; field++) {
        if (first[field] != NULL || !is_required(context, field))
            continue;
        context->missing = true;
        fault_add(context->faults, FAULT_ERROR, FAULT_REQUIRED_MISSING, 0, 0, field_name(field),
                  field == JMS_DATATYPE ? accepted_datatypes(context) : jms_field_rule(field)->expected);
    }
}

/* Days, where one of the two has no time of day; instants, where both name their offset; local readings, where
 * neither does. Where only one names its offset, it is before only when it is so in every zone. */
static bool is_before(const struct civil_time *a, const struct civil_time *b)
{
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

/* Though ReleaseDate is optional this is an error: to book without the release would keep somebody in who is
 * out. A date that jms_event_check will take as absent is not judged. */
static void check_release(struct context *context)
{
    const struct jms_value *booked = &context->event->fields[JMS_BOOKING_DATE];
    const struct jms_value *released = &context->event->fields[JMS_RELEASE_DATE];
    if (booked->presence != JMS_GIVEN || released->presence != JMS_GIVEN ||
        released->time.year < jms_field_rule(JMS_RELEASE_DATE)->minimum)
        return;
    if (is_before(&released->time, &booked->time))
        add_error(context, FAULT_RELEASE_BEFORE_BOOKING, JMS_RELEASE_DATE, "a time not before BookingDate");
}

static enum parse_status interpret(struct context *context, const struct ini_document *document,
                                   enum parse_status form)
{
    const struct ini_pair *first[JMS_FIELD_COUNT] = {0};
    find_kind(context, document);
    context->event->kind = context->kind == KIND_UNKNOWN ? JMS_DEMOGRAPHICS : context->kind;
    take_pairs(context, document, first);
    find_missing(context, first);
    check_release(context);
    if (context->no_memory || fault_list_lost_memory(context->faults))
        return PARSE_NO_MEMORY;
    if (form == PARSE_INVALID || context->invalid)
        return PARSE_INVALID;
    return form == PARSE_INCOMPLETE || context->missing ? PARSE_INCOMPLETE : PARSE_OK;
}

enum parse_status jms_event_parse(struct slice bytes, const struct jms_settings *settings,
                                  struct arena *arena, struct fault_list *faults, struct jms_event *out)
{
    *out = (struct jms_event){0};
    if (bytes.len > LIMIT_EVENT_FILE_BYTES) {
        fault_add(faults, FAULT_ERROR, FAULT_FILE_TOO_LARGE, 0, 0, SLICE_EMPTY, LIMIT_EVENT_FILE_TEXT);
        return PARSE_LIMIT;
    }
    struct decoded decoded;
    enum parse_status status = encoding_decode(bytes, settings->encoding, arena, faults, &decoded);
    if (status != PARSE_OK)
        return status;
    struct ini_document document;
    status = ini_read(decoded.text, arena, faults, &document);
    if (status == PARSE_OK || status == PARSE_INVALID || status == PARSE_INCOMPLETE) {
        struct context context = {.settings = settings, .arena = arena, .faults = faults, .event = out};
        out->encoding = decoded.encoding;
        status = interpret(&context, &document, status);
    }
    fault_list_sort(faults);
    return status;
}

static void drop_date(struct jms_value *value)
{
    value->presence = JMS_ABSENT;
    value->text = SLICE_EMPTY;
    value->faulty = true;
}

static bool is_placeholder(const struct civil_time *time)
{
    return time->year == 1900 && time->month == 1 && time->day == 1;
}

enum parse_status jms_event_check(struct jms_event *event, instant_us arrival, struct fault_list *faults)
{
    struct civil_time latest;
    datetime_from_instant(arrival, &latest);
    int64_t last_birth_day = datetime_days_from_civil(latest.year, latest.month, latest.day) + 1;
    bool invalid = false;
    for (enum jms_field field = 0; field < JMS_FIELD_COUNT; field++) {
        const struct jms_field_rule *rule = jms_field_rule(field);
        struct jms_value *value = &event->fields[field];
        if ((rule->type != JMS_DATE && rule->type != JMS_DATETIME) || value->presence != JMS_GIVEN)
            continue;
        bool birth = field == JMS_BIRTH_DATE;
        bool required = rule->required[event->kind];
        const struct civil_time *time = &value->time;
        bool in_range = time->year >= rule->minimum && time->year <= rule->maximum;
        if (birth && datetime_days_from_civil(time->year, time->month, time->day) > last_birth_day)
            in_range = false;
        bool placeholder = !required && is_placeholder(time);
        if (in_range && !placeholder)
            continue;
        fault_add(faults, required ? FAULT_ERROR : FAULT_WARNING,
                  placeholder ? FAULT_DATE_PLACEHOLDER : FAULT_OUT_OF_RANGE, value->offset, value->line,
                  slice_of(rule->name), birth ? "1850-01-01 to the day after arrival" : "1950 to 2100");
        drop_date(value);
        invalid |= required;
    }
    fault_list_sort(faults);
    if (fault_list_lost_memory(faults))
        return PARSE_NO_MEMORY;
    return invalid ? PARSE_INVALID : PARSE_OK;
}
