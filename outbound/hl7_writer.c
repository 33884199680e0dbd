/*
 * The separators of the position that was asked for are written at once; what turns out to be empty is cut away
 * when the cursor moves on. That is safe because the separators never occur in a value: they are escaped there.
 */
#include "outbound/hl7_writer.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define FIRST_BYTES ((size_t)1024)
#define NAME_BYTES  ((size_t)3) /* of a segment */
#define HEAD_BYTES  ((size_t)8) /* "MSH", MSH-1 and MSH-2: they name the separators and are no values */

const struct hl7_separators hl7_separators_suggested = {
    .field = '|', .component = '^', .repetition = '~', .escape = '\\', .subcomponent = '&'};

void hl7_writer_init(struct hl7_writer *writer, struct arena *arena)
{
    *writer = (struct hl7_writer){.arena = arena, .separators = hl7_separators_suggested, .line_end = "\r"};
}

void hl7_writer_set_form(struct hl7_writer *writer, const struct hl7_separators *separators,
                         const char *line_end)
{
    writer->separators = *separators;
    writer->line_end = line_end;
    writer->failed = writer->failed || writer->length > 0;
}

/* Room for `size` more bytes; false, and failed for good, when there is none. */
static bool reserve(struct hl7_writer *writer, size_t size)
{
    if (writer->failed)
        return false;
    if (size <= writer->capacity - writer->length)
        return true;
    size_t capacity = writer->capacity == 0 ? FIRST_BYTES : writer->capacity;
    while (capacity - writer->length < size) {
        if (capacity > SIZE_MAX / 2) {
            writer->failed = true;
            return false;
        }
        capacity *= 2;
    }
    char *bytes = arena_take(writer->arena, capacity);
    if (bytes == NULL) {
        writer->failed = true;
        return false;
    }
    if (writer->length > 0)
        memcpy(bytes, writer->bytes, writer->length);
    writer->bytes = bytes;
    writer->capacity = capacity;
    return true;
}

static void put(struct hl7_writer *writer, const char *bytes, size_t size)
{
    if (!reserve(writer, size))
        return;
    memcpy(writer->bytes + writer->length, bytes, size);
    writer->length += size;
}

static void put_times(struct hl7_writer *writer, char separator, unsigned times)
{
    for (unsigned i = 0; i < times; i++)
        put(writer, &separator, 1);
}

static bool is_open(const struct hl7_writer *writer)
{
    return writer->field > 0;
}

static bool is_msh(const char *name)
{
    return memcmp(name, "MSH", NAME_BYTES) == 0;
}

/* What ends when the cursor moves on: each stands within the next. */
enum level {
    LEVEL_SUBCOMPONENT,
    LEVEL_COMPONENT,
    LEVEL_REPETITION,
    LEVEL_FIELD
};

/* Cuts separators up to `level` off the end of the open segment. Its head (name, and MSH-2, which ends in a
 * separator) stays. */
static void cut(struct hl7_writer *writer, enum level level)
{
    if (writer->failed || !is_open(writer))
        return;
    const struct hl7_separators *separators = &writer->separators;
    const char set[] = {separators->subcomponent, separators->component, separators->repetition,
                        separators->field};
    bool msh = is_msh(writer->bytes + writer->segment_start);
    size_t floor = writer->segment_start + (msh ? HEAD_BYTES : NAME_BYTES);
    while (writer->length > floor && memchr(set, writer->bytes[writer->length - 1], level + 1) != NULL)
        writer->length--;
}

static void end_segment(struct hl7_writer *writer)
{
    if (!is_open(writer))
        return;
    cut(writer, LEVEL_FIELD);
    put(writer, writer->line_end, strlen(writer->line_end));
    writer->field = 0;
}

void hl7_segment(struct hl7_writer *writer, const char *name)
{
    end_segment(writer);
    if (strlen(name) != NAME_BYTES) {
        writer->failed = true;
        return;
    }
    const struct hl7_separators *separators = &writer->separators;
    writer->segment_start = writer->length;
    writer->component = writer->subcomponent = 1;
    put(writer, name, NAME_BYTES);
    put(writer, &separators->field, 1);
    writer->field = 1;
    if (is_msh(name)) {
        const char msh_2[] = {separators->component, separators->repetition, separators->escape,
                              separators->subcomponent};
        put(writer, msh_2, sizeof msh_2);
        writer->field = 2;
        hl7_field(writer, 3);
    }
}

void hl7_field(struct hl7_writer *writer, unsigned number)
{
    if (!is_open(writer) || number < writer->field) {
        writer->failed = true;
        return;
    }
    if (number == writer->field)
        return;
    cut(writer, LEVEL_REPETITION);
    put_times(writer, writer->separators.field, number - writer->field);
    writer->field = number;
    writer->component = writer->subcomponent = 1;
}

void hl7_repeat(struct hl7_writer *writer)
{
    if (!is_open(writer)) {
        writer->failed = true;
        return;
    }
    cut(writer, LEVEL_COMPONENT);
    put(writer, &writer->separators.repetition, 1);
    writer->component = writer->subcomponent = 1;
}

void hl7_component(struct hl7_writer *writer, unsigned number)
{
    if (!is_open(writer) || number < writer->component) {
        writer->failed = true;
        return;
    }
    if (number == writer->component)
        return;
    cut(writer, LEVEL_SUBCOMPONENT);
    put_times(writer, writer->separators.component, number - writer->component);
    writer->component = number;
    writer->subcomponent = 1;
}

void hl7_subcomponent(struct hl7_writer *writer, unsigned number)
{
    if (!is_open(writer) || number < writer->subcomponent) {
        writer->failed = true;
        return;
    }
    put_times(writer, writer->separators.subcomponent, number - writer->subcomponent);
    writer->subcomponent = number;
}

/* The letter of a separator's escape sequence (HL7 2.5.1 §2.7), or 0. */
static char escape_letter(const struct hl7_separators *separators, char c)
{
    if (c == separators->field)
        return 'F';
    if (c == separators->component)
        return 'S';
    if (c == separators->subcomponent)
        return 'T';
    if (c == separators->repetition)
        return 'R';
    return c == separators->escape ? 'E' : 0;
}

void hl7_slice(struct hl7_writer *writer, struct slice value)
{
    static const char digits[] = "0123456789ABCDEF";
    const char escape = writer->separators.escape;
    if (!is_open(writer)) {
        writer->failed = true;
        return;
    }
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.ptr[i];
        char letter = escape_letter(&writer->separators, (char)c);
        if (letter != 0)
            put(writer, (char[]){escape, letter, escape}, 3);
        else if (c < 0x20 || c == 0x7F)
            put(writer, (char[]){escape, 'X', digits[c >> 4], digits[c & 15], escape}, 5);
        else
            put(writer, value.ptr + i, 1);
    }
}

void hl7_text(struct hl7_writer *writer, const char *value)
{
    hl7_slice(writer, slice_of(value));
}

void hl7_number(struct hl7_writer *writer, long long value)
{
    char text[24];
    (void)snprintf(text, sizeof text, "%lld", value);
    hl7_text(writer, text);
}

void hl7_time(struct hl7_writer *writer, instant_us instant, int offset_minutes)
{
    if (instant == INSTANT_NONE)
        return;
    struct civil_time civil;
    datetime_from_instant(instant + (instant_us)offset_minutes * 60 * 1000000, &civil);
    unsigned ahead = (unsigned)(offset_minutes < 0 ? -offset_minutes : offset_minutes);
    char text[64];
    (void)snprintf(text, sizeof text, "%04d%02u%02u%02u%02u%02u%c%02u%02u", (int)civil.year, civil.month,
                   civil.day, civil.hour, civil.minute, civil.second, offset_minutes < 0 ? '-' : '+',
                   ahead / 60, ahead % 60);
    hl7_text(writer, text);
}

void hl7_field_text(struct hl7_writer *writer, unsigned number, const char *value)
{
    hl7_field(writer, number);
    hl7_text(writer, value);
}

void hl7_component_text(struct hl7_writer *writer, unsigned number, const char *value)
{
    hl7_component(writer, number);
    hl7_text(writer, value);
}

void hl7_subcomponent_text(struct hl7_writer *writer, unsigned number, const char *value)
{
    hl7_subcomponent(writer, number);
    hl7_text(writer, value);
}

bool hl7_finish(struct hl7_writer *writer, struct slice *message)
{
    end_segment(writer);
    if (writer->failed || writer->length == 0)
        return false;
    *message = slice_from(writer->bytes, writer->length);
    return true;
}
