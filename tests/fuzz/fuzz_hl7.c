/* A file of HL7 v2 messages, whatever the bytes: taken apart, each message read, each part found where a plain reading finds it. */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "parser/hl7_file.h"

/* The `index`-th part between separators, from 0; false: there are fewer. */
static bool part_at(struct slice text, char separator, size_t index, struct slice *part)
{
    for (;;) {
        size_t length = 0;
        while (length < text.len && (separator == '\0' || text.ptr[length] != separator))
            length++;
        if (index == 0) {
            *part = slice_from(text.ptr, length);
            return true;
        }
        if (length == text.len)
            return false;
        index--;
        text = slice_after(text, length + 1);
    }
}

static void check_same(struct hl7_part part, bool found, struct slice expected)
{
    FUZZ_MUST(found == (part.presence != HL7_ABSENT));
    FUZZ_MUST(!found || slice_equal(part.raw, expected));
    FUZZ_MUST(!found || (part.presence == HL7_EMPTY) == (expected.len == 0));
}

/* The first parts of a field, by both readings. */
static void check_parts(const struct hl7_separators *separators, struct hl7_part field)
{
    for (size_t r = 1; r <= 3; r++) {
        struct slice repetition;
        bool found = part_at(field.raw, separators->repetition, r - 1, &repetition);
        struct hl7_part part = hl7_part_repetition(separators, field, r);
        check_same(part, found, repetition);
        for (size_t c = 1; found && c <= 3; c++) {
            struct slice component;
            bool there = part_at(repetition, separators->component, c - 1, &component);
            struct hl7_part sub = hl7_part_component(separators, part, c);
            if (part.presence == HL7_NULL)
                FUZZ_MUST(sub.presence == HL7_NULL);
            else
                check_same(sub, there, component);
        }
        FUZZ_MUST(hl7_part_repetition(separators, field, hl7_part_count(field, separators->repetition) + 1)
                      .presence == HL7_ABSENT);
    }
}

static void check_text(struct hl7_message *message, struct hl7_part part)
{
    struct hl7_text text;
    FUZZ_MUST(hl7_message_text(message, part, &text));
    fuzz_touch(text.text);
    size_t count;
    FUZZ_MUST(fuzz_utf8(text.text, NULL, &count));
}

static void check_segment(struct hl7_message *message, struct hl7_segment *segment)
{
    size_t fields = hl7_segment_field_count(message, segment);
    bool header = hl7_is_header(segment->bytes);
    fuzz_touch(segment->bytes);
    FUZZ_MUST(hl7_path_is_segment(segment->name) && memcmp(segment->name, segment->bytes.ptr, 3) == 0);
    FUZZ_MUST(hl7_segment_field(message, segment, fields + 1).presence == HL7_ABSENT);
    for (size_t i = 1; i <= fields && i <= 40; i++) {
        struct hl7_part field = hl7_segment_field(message, segment, i);
        struct slice expected;
        FUZZ_MUST(field.literal == (header && i <= 2));
        if (header && i == 1)
            expected = slice_from(&message->separators.field, 1);
        else
            FUZZ_MUST(part_at(segment->bytes, message->separators.field, i - header, &expected));
        FUZZ_MUST(slice_equal(field.raw, expected));
        if (!field.literal)
            check_parts(&message->separators, field);
        check_text(message, field);
    }
}

static void check_faults(const struct fault_list *faults, enum parse_status status)
{
    for (size_t i = 0; i < faults->count; i++) {
        const struct fault *fault = &faults->items[i];
        struct hl7_path path;
        FUZZ_MUST(fault->code > FAULT_NONE && fault->code < FAULT_CODE_COUNT);
        FUZZ_MUST(fault->field.len == 0 || hl7_path_parse(fault->field, &path));
        FUZZ_MUST(fault->expected == NULL || fuzz_is_constant(fault->expected));
    }
    /* UTF-16 that ends inside a unit is incomplete, with the place as an error. */
    FUZZ_MUST(faults->errors > 0 || (status != PARSE_INVALID && status != PARSE_LIMIT));
    FUZZ_MUST(faults->errors == 0 || status != PARSE_OK);
}

/* Reads one message; its faults go to a list of their own. */
static enum parse_status read_message(struct hl7_source source, const struct hl7_settings *settings,
                                      size_t limit)
{
    struct arena arena;
    struct fault_list faults;
    struct hl7_message message;
    arena_init(&arena, limit);
    fault_list_init(&faults, &arena);
    enum parse_status status = hl7_message_read(source, settings, &arena, &faults, &message);
    if (status != PARSE_NO_MEMORY)
        check_faults(&faults, status);
    if (status == PARSE_OK && limit == 0) {
        size_t segments = 0;
        FUZZ_MUST(message.segment_count > 0 && message.charset != HL7_CHARSET_BY_MESSAGE);
        for (size_t i = 0; i < message.segment_count; i++) {
            struct hl7_segment *segment = &message.segments[i];
            check_segment(&message, segment);
            FUZZ_MUST(segment->occurrence > 0 &&
                      segment->occurrence <= hl7_message_count(&message, segment->name));
            FUZZ_MUST(i > 40 || hl7_message_segment(&message, segment->name, segment->occurrence) == segment);
            segments += segment->occurrence == 1 ? hl7_message_count(&message, segment->name) : 0;
        }
        FUZZ_MUST(segments == message.segment_count);
    }
    arena_release(&arena);
    return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice bytes = slice_from(data, size);
    struct hl7_settings settings = hl7_settings_default();
    struct arena arena;
    struct fault_list faults;
    struct hl7_file file;
    settings.segments = 500;
    settings.messages = 200;
    settings.charset = size > 0 ? (enum hl7_charset)(data[size - 1] % 6) : HL7_CHARSET_BY_MESSAGE;
    arena_init(&arena, 0);
    fault_list_init(&faults, &arena);
    enum parse_status status = hl7_file_read(bytes, &settings, &arena, &faults, &file);
    check_faults(&faults, status);
    for (size_t i = 0; i < file.count && file.messages != NULL; i++) {
        const struct hl7_file_message *message = &file.messages[i];
        fuzz_touch(message->source.bytes);
        FUZZ_MUST(message->number == i + 1 && message->pieces > 0 && message->batch <= file.batches);
        FUZZ_MUST(memcmp(message->source.bytes.ptr, "MSH", 3) == 0);
        enum parse_status first = read_message(message->source, &settings, 0);
        FUZZ_MUST(read_message(message->source, &settings, 0) == first);
        enum parse_status less = read_message(message->source, &settings, 700);
        FUZZ_MUST(less == first || less == PARSE_NO_MEMORY);
    }
    arena_release(&arena);
    (void)read_message(hl7_source_of(bytes), &settings, 0);
    return 0;
}
