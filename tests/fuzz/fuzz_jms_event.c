/* Whatever the bytes of an event file: a right record or faults, and never a value of the file in a fault. */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "parser/jms_event.h"
#include "parser/limits.h"

/* What a feed may be set to; the size of the input chooses one. The first stands for itself in every run. */
static const struct jms_settings settings[] = {
    {ENCODING_AUTO, {"PatientLocation", 15}, true},    {ENCODING_AUTO, {"Move", 4}, false},
    {ENCODING_UTF8, {"PatientLocation", 15}, false},   {ENCODING_WINDOWS1252, {"PatientLocation", 15}, true},
    {ENCODING_UTF16LE, {"PatientLocation", 15}, true}, {ENCODING_UTF16BE, {"PatientLocation", 15}, true},
};

#define SETTINGS_COUNT (sizeof settings / sizeof settings[0])

struct reading {
    struct arena arena;
    struct fault_list faults;
    struct jms_event event;
    enum parse_status status;
};

static void read_event(struct reading *reading, struct slice bytes, const struct jms_settings *how,
                       size_t limit)
{
    arena_init(&reading->arena, limit);
    fault_list_init(&reading->faults, &reading->arena);
    reading->status = jms_event_parse(bytes, how, &reading->arena, &reading->faults, &reading->event);
}

static void release(struct reading *reading)
{
    arena_release(&reading->arena);
}

/* The only words of a fault that are made up: from constants and from the configuration. */
static bool names_the_datatypes(const char *expected, const struct jms_settings *how)
{
    static const char head[] = "PatientDemographics or ";
    return strncmp(expected, head, sizeof head - 1) == 0 &&
           slice_equal(slice_of(expected + sizeof head - 1), how->datatype_location);
}

static void check_faults(const struct fault_list *faults, const struct jms_settings *how)
{
    size_t errors = 0;
    FUZZ_MUST(faults->count <= LIMIT_FAULTS);
    for (size_t i = 0; i < faults->count; i++) {
        const struct fault *fault = &faults->items[i];
        errors += fault->severity == FAULT_ERROR;
        FUZZ_MUST(fault->code > FAULT_NONE && fault->code < FAULT_CODE_COUNT);
        FUZZ_MUST(fault->field.len == 0 ||
                  (jms_field_find(fault->field) != JMS_FIELD_COUNT && fuzz_is_constant(fault->field.ptr)));
        FUZZ_MUST(fault->expected == NULL || fuzz_is_constant(fault->expected) ||
                  names_the_datatypes(fault->expected, how));
        const struct fault *before = i > 0 ? &faults->items[i - 1] : NULL;
        if (before != NULL && fault->code != FAULT_MANY_FAULTS)
            FUZZ_MUST(before->line < fault->line ||
                      (before->line == fault->line && before->offset <= fault->offset));
        char text[1024];
        size_t length = fault_format(fault, text, sizeof text);
        FUZZ_MUST(length < sizeof text && strlen(text) == length);
    }
    FUZZ_MUST(faults->exhausted ? faults->errors >= errors : faults->errors == errors);
}

static void check_text(struct slice text)
{
    size_t count;
    FUZZ_MUST(fuzz_utf8(text, NULL, &count));
    for (size_t i = 0; i < text.len; i++) {
        unsigned char next = i + 1 < text.len ? (unsigned char)text.ptr[i + 1] : 0xFF;
        FUZZ_MUST((unsigned char)text.ptr[i] >= 0x20 && text.ptr[i] != 0x7F);
        FUZZ_MUST((unsigned char)text.ptr[i] != 0xC2 || next >= 0xA0); /* C1 */
    }
    FUZZ_MUST(text.ptr[0] != ' ' && text.ptr[text.len - 1] != ' ');
}

static void check_value(const struct jms_event *event, enum jms_field field, const struct jms_settings *how)
{
    const struct jms_field_rule *rule = jms_field_rule(field);
    const struct jms_value *value = &event->fields[field];
    bool ignored = field == JMS_FACILITY && !how->facility_required;
    FUZZ_MUST((value->presence == JMS_GIVEN) == (value->text.len > 0));
    FUZZ_MUST(!rule->required[event->kind] || ignored || value->presence == JMS_GIVEN);
    FUZZ_MUST(rule->allowed[event->kind] || (value->presence == JMS_ABSENT && value->line == 0));
    FUZZ_MUST((value->line == 0) == (value->presence == JMS_ABSENT && !value->faulty));
    if (value->presence != JMS_GIVEN)
        return;
    check_text(value->text);
    size_t count;
    (void)fuzz_utf8(value->text, NULL, &count);
    FUZZ_MUST(rule->max_length == 0 || count <= rule->max_length);
    if (rule->type == JMS_INTEGER)
        FUZZ_MUST(value->number >= rule->minimum && value->number <= rule->maximum);
    if (rule->type == JMS_CODED)
        FUZZ_MUST(fuzz_is_constant(value->text.ptr));
    if (rule->type == JMS_DATE || rule->type == JMS_DATETIME) {
        char written[DATETIME_CIVIL_SIZE];
        size_t length = datetime_format_civil(&value->time, written);
        FUZZ_MUST(slice_equal(value->text, slice_from(written, length)));
        FUZZ_MUST(rule->type == JMS_DATETIME || !value->time.has_time);
    }
}

static void check_event(const struct jms_event *event, const struct jms_settings *how)
{
    FUZZ_MUST(event->kind < JMS_EVENT_KIND_COUNT);
    for (enum jms_field field = 0; field < JMS_FIELD_COUNT; field++)
        check_value(event, field, how);
    for (size_t i = 0; i < event->extra_count; i++)
        FUZZ_MUST(event->extras[i].line > 0 && event->extras[i].name.len > 0);
}

/* Everything that a record points at can be read, also when it was refused. */
static void touch_event(const struct jms_event *event)
{
    for (size_t i = 0; i < JMS_FIELD_COUNT; i++)
        fuzz_touch(event->fields[i].text);
    for (size_t i = 0; i < event->extra_count; i++) {
        fuzz_touch(event->extras[i].name);
        fuzz_touch(event->extras[i].value);
    }
}

static void check_status(const struct reading *reading, const struct jms_settings *how)
{
    const struct fault_list *faults = &reading->faults;
    switch (reading->status) {
    case PARSE_OK:
        FUZZ_MUST(faults->errors == 0);
        check_event(&reading->event, how);
        break;
    case PARSE_INVALID:
    case PARSE_INCOMPLETE:
    case PARSE_LIMIT: FUZZ_MUST(faults->errors > 0 && faults->count > 0); break;
    case PARSE_NO_MEMORY: FUZZ_MUST(reading->arena.limit > 0); break;
    }
}

static void check_same(const struct reading *a, const struct reading *b)
{
    FUZZ_MUST(a->status == b->status);
    FUZZ_MUST(a->faults.count == b->faults.count && a->faults.errors == b->faults.errors);
    for (size_t i = 0; i < a->faults.count; i++) {
        const struct fault *one = &a->faults.items[i];
        const struct fault *other = &b->faults.items[i];
        FUZZ_MUST(one->code == other->code && one->severity == other->severity && one->line == other->line &&
                  one->offset == other->offset && slice_equal(one->field, other->field));
    }
    if (a->status != PARSE_OK)
        return;
    FUZZ_MUST(a->event.kind == b->event.kind && a->event.extra_count == b->event.extra_count);
    for (size_t i = 0; i < JMS_FIELD_COUNT; i++)
        FUZZ_MUST(a->event.fields[i].presence == b->event.fields[i].presence &&
                  slice_equal(a->event.fields[i].text, b->event.fields[i].text));
}

static void put(char *out, size_t *length, struct slice bytes)
{
    if (bytes.len > 0)
        memcpy(out + *length, bytes.ptr, bytes.len);
    *length += bytes.len;
}

/* The record as a file of its own gives the same record. */
static void check_written(const struct reading *reading, const struct jms_settings *how)
{
    struct arena arena;
    arena_init(&arena, 0);
    size_t size = 1;
    for (size_t i = 0; i < JMS_FIELD_COUNT; i++)
        size += 64 + 2 * reading->event.fields[i].text.len;
    char *file = arena_take(&arena, size);
    FUZZ_MUST(file != NULL);
    size_t length = 0;
    for (enum jms_field field = 0; field < JMS_FIELD_COUNT; field++) {
        const struct jms_value *value = &reading->event.fields[field];
        if (value->presence == JMS_ABSENT)
            continue;
        put(file, &length, slice_of(jms_field_rule(field)->name));
        put(file, &length, SLICE_LITERAL("=\""));
        for (size_t i = 0; i < value->text.len; i++) {
            put(file, &length, slice_from(value->text.ptr + i, 1));
            if (value->text.ptr[i] == '"')
                put(file, &length, SLICE_LITERAL("\""));
        }
        put(file, &length, SLICE_LITERAL("\"\r\n"));
    }
    struct jms_settings as_utf8 = *how;
    as_utf8.encoding = ENCODING_UTF8;
    struct reading again;
    read_event(&again, slice_from(file, length), &as_utf8, 0);
    FUZZ_MUST(again.status == PARSE_OK && again.faults.count == 0 && again.event.extra_count == 0);
    FUZZ_MUST(again.event.kind == reading->event.kind);
    for (size_t i = 0; i < JMS_FIELD_COUNT; i++)
        FUZZ_MUST(again.event.fields[i].presence == reading->event.fields[i].presence &&
                  slice_equal(again.event.fields[i].text, reading->event.fields[i].text));
    release(&again);
    arena_release(&arena);
}

static void check_at_arrival(struct reading *reading, size_t size, const struct jms_settings *how)
{
    const instant_us day = INT64_C(86400) * 1000000;
    size_t errors = reading->faults.errors;
    enum parse_status status =
        jms_event_check(&reading->event, 17000 * day + (instant_us)size * day, &reading->faults);
    FUZZ_MUST(status == PARSE_OK || status == PARSE_INVALID);
    FUZZ_MUST((status == PARSE_INVALID) == (reading->faults.errors > errors));
    check_faults(&reading->faults, how);
    const struct jms_value *birth = &reading->event.fields[JMS_BIRTH_DATE];
    FUZZ_MUST(birth->presence != JMS_GIVEN || birth->time.year >= 1850);
    touch_event(&reading->event);
}

static void try_settings(struct slice bytes, const struct jms_settings *how)
{
    struct reading first, second, tight;
    read_event(&first, bytes, how, 0);
    check_faults(&first.faults, how);
    touch_event(&first.event);
    check_status(&first, how);

    read_event(&second, bytes, how, 0);
    check_same(&first, &second);
    release(&second);

    /* Little memory: the same answer or none. */
    read_event(&tight, bytes, how, 16 + bytes.len * 3);
    if (tight.status != PARSE_NO_MEMORY)
        check_same(&first, &tight);
    release(&tight);

    if (first.status == PARSE_OK) {
        check_written(&first, how);
        check_at_arrival(&first, bytes.len, how);
    }
    release(&first);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice bytes = slice_from(data, size);
    try_settings(bytes, &settings[0]);
    if (size % SETTINGS_COUNT != 0)
        try_settings(bytes, &settings[size % SETTINGS_COUNT]);
    return 0;
}
