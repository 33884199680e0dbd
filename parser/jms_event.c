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
    jms_value_drop(value);
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
    const struct jms_field_rule *rule = jms_field_rule(field);
    enum fault_code code = jms_value_read(text, rule, context->arena, value, &context->no_memory);
    if (code != FAULT_NONE)
        add_value_fault(context, code, field, jms_value_expected(code, rule));
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

static enum parse_status interpret(struct context *context, const struct ini_document *document,
                                   enum parse_status form)
{
    const struct ini_pair *first[JMS_FIELD_COUNT] = {0};
    find_kind(context, document);
    context->event->kind = context->kind == KIND_UNKNOWN ? JMS_DEMOGRAPHICS : context->kind;
    take_pairs(context, document, first);
    find_missing(context, first);
    if (jms_event_release_is_early(context->event))
        add_error(context, FAULT_RELEASE_BEFORE_BOOKING, JMS_RELEASE_DATE, "a time not before BookingDate");
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

struct slice jms_event_field_name(const struct jms_event *event, enum jms_field field)
{
    return event->names == NULL ? field_name(field) : slice_of(event->names[field]);
}

bool jms_event_release_is_early(const struct jms_event *event)
{
    const struct jms_value *booked = &event->fields[JMS_BOOKING_DATE];
    const struct jms_value *released = &event->fields[JMS_RELEASE_DATE];
    return booked->presence == JMS_GIVEN && released->presence == JMS_GIVEN &&
           released->time.year >= jms_field_rule(JMS_RELEASE_DATE)->minimum &&
           jms_value_is_before(released, booked);
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
        bool none = !required && jms_value_stands_for_none(value);
        if (in_range && !none)
            continue;
        fault_add(faults, required ? FAULT_ERROR : FAULT_WARNING,
                  none ? FAULT_DATE_STANDS_FOR_NONE : FAULT_OUT_OF_RANGE, value->offset, value->line,
                  jms_event_field_name(event, field),
                  birth ? "1850-01-01 to the day after arrival" : "1950 to 2100");
        jms_value_drop(value);
        invalid |= required;
    }
    fault_list_sort(faults);
    if (fault_list_lost_memory(faults))
        return PARSE_NO_MEMORY;
    return invalid ? PARSE_INVALID : PARSE_OK;
}
