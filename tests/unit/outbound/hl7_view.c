#include "tests/unit/outbound/hl7_view.h"

#include <stdint.h>
#include <string.h>

static const struct hl7_marks suggested = {'|', '^', '~', '\\', '&'};

bool hl7_split_as(struct slice message, struct hl7_marks marks, const char *line_end, struct hl7_view *out)
{
    size_t start = 0, end = strlen(line_end);
    out->count = 0;
    for (size_t i = 0; i < message.len; i++) {
        unsigned char c = (unsigned char)message.ptr[i];
        if (message.len - i >= end && memcmp(message.ptr + i, line_end, end) == 0) {
            if (i - start < 3 || out->count == HL7_SEGMENTS_MAX)
                return false;
            out->segments[out->count++] =
                (struct hl7_segment_view){.whole = {message.ptr + start, i - start}, .marks = marks};
            start = i + end;
            i += end - 1;
        } else if (c < 0x20 || c == 0x7F) {
            return false;
        }
    }
    return start == message.len && out->count > 0;
}

bool hl7_split(struct slice message, struct hl7_view *out)
{
    struct hl7_marks marks = suggested;
    if (message.len > 8 && memcmp(message.ptr, "MSH", 3) == 0) {
        const char *m = message.ptr + 3;
        marks = (struct hl7_marks){m[0], m[1], m[2], m[3], m[4]};
    }
    return hl7_split_as(message, marks, "\r", out);
}

bool hl7_is_named(const struct hl7_segment_view *segment, const char *name)
{
    return memcmp(segment->whole.ptr, name, 3) == 0;
}

const struct hl7_segment_view *hl7_find(const struct hl7_view *view, const char *name, size_t index)
{
    for (size_t i = 0; i < view->count; i++) {
        if (hl7_is_named(&view->segments[i], name) && index-- == 0)
            return &view->segments[i];
    }
    return NULL;
}

size_t hl7_count(const struct hl7_view *view, const char *name)
{
    size_t count = 0;
    while (hl7_find(view, name, count) != NULL)
        count++;
    return count;
}

struct slice hl7_piece(struct slice text, char separator, unsigned number)
{
    size_t start = 0;
    if (text.len == 0)
        return SLICE_EMPTY;
    for (size_t i = 0; i <= text.len; i++) {
        if (i < text.len && text.ptr[i] != separator)
            continue;
        if (--number == 0)
            return (struct slice){text.ptr + start, i - start};
        start = i + 1;
    }
    return SLICE_EMPTY;
}

unsigned hl7_pieces(struct slice text, char separator)
{
    unsigned count = 1;
    for (size_t i = 0; i < text.len; i++)
        count += text.ptr[i] == separator;
    return count;
}

/* §2.14: MSH-1 is the separator after the name, so in MSH the pieces are one ahead of the fields. */
struct slice hl7_get_field(const struct hl7_segment_view *segment, unsigned field)
{
    char mark = segment->marks.field;
    if (!hl7_is_named(segment, "MSH"))
        return hl7_piece(segment->whole, mark, field + 1);
    return field == 1 ? (struct slice){segment->whole.ptr + 3, 1} : hl7_piece(segment->whole, mark, field);
}

unsigned hl7_field_count(const struct hl7_segment_view *segment)
{
    unsigned count = hl7_pieces(segment->whole, segment->marks.field) - 1;
    return hl7_is_named(segment, "MSH") ? count + 1 : count;
}

struct slice hl7_get(const struct hl7_segment_view *segment, unsigned field, unsigned component,
                     unsigned subcomponent)
{
    struct slice first = hl7_piece(hl7_get_field(segment, field), segment->marks.repetition, 1);
    struct slice text = hl7_piece(first, segment->marks.component, component);
    return subcomponent == 0 ? text : hl7_piece(text, segment->marks.subcomponent, subcomponent);
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

size_t hl7_unescape(struct slice text, char *out)
{
    return hl7_unescape_as(text, suggested, out);
}

size_t hl7_unescape_as(struct slice text, struct hl7_marks marks, char *out)
{
    static const char letters[] = "FSTRE";
    const char characters[] = {marks.field, marks.component, marks.subcomponent, marks.repetition,
                               marks.escape};
    size_t length = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] != marks.escape) {
            out[length++] = text.ptr[i];
            continue;
        }
        const char *end = memchr(text.ptr + i + 1, marks.escape, text.len - i - 1);
        if (end == NULL)
            return SIZE_MAX;
        const char *code = text.ptr + i + 1;
        size_t size = (size_t)(end - code);
        const char *known = size == 1 ? strchr(letters, code[0]) : NULL;
        if (known != NULL && code[0] != '\0') {
            out[length++] = characters[known - letters];
        } else if (size >= 3 && size % 2 == 1 && code[0] == 'X') {
            for (size_t j = 1; j < size; j += 2) {
                int high = hex_value(code[j]), low = hex_value(code[j + 1]);
                if (high < 0 || low < 0)
                    return SIZE_MAX;
                out[length++] = (char)(unsigned char)(high * 16 + low);
            }
        } else {
            return SIZE_MAX;
        }
        i += size + 1;
    }
    return length;
}
