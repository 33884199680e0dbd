/*
 * An independent reader of HL7 v2 messages: written from the standard, sharing nothing with outbound/. The tests look with it
 * at what outbound/ writes.
 */
#ifndef TESTS_UNIT_OUTBOUND_HL7_VIEW_H
#define TESTS_UNIT_OUTBOUND_HL7_VIEW_H

#include <stdbool.h>
#include <stddef.h>

#include "parser/slice.h"

#define HL7_SEGMENTS_MAX 128

/* The characters of MSH-1 and MSH-2. */
struct hl7_marks {
    char field, component, repetition, escape, subcomponent;
};

struct hl7_segment_view {
    struct slice whole; /* without its end of line */
    struct hl7_marks marks;
};

struct hl7_view {
    struct hl7_segment_view segments[HL7_SEGMENTS_MAX];
    size_t count;
};

/* Splits at CR, by the marks that MSH names (the suggested ones when the first segment is not MSH). False when the last
 * segment lacks its CR, a segment is too short, or a control character stands in it. */
bool hl7_split(struct slice message, struct hl7_view *out);

/* Likewise with these marks, and at "\r", "\n" or "\r\n". */
bool hl7_split_as(struct slice message, struct hl7_marks marks, const char *line_end, struct hl7_view *out);

bool hl7_is_named(const struct hl7_segment_view *segment, const char *name);

/* The `index`-th segment (from 0) of that name; NULL when there is none. */
const struct hl7_segment_view *hl7_find(const struct hl7_view *view, const char *name, size_t index);
size_t hl7_count(const struct hl7_view *view, const char *name);

/* The `number`-th piece (from 1) between separators, and how many there are. */
struct slice hl7_piece(struct slice text, char separator, unsigned number);
unsigned hl7_pieces(struct slice text, char separator);

/* Field `field` of a segment, as written; MSH-1 is the separator itself. Empty when it is absent. */
struct slice hl7_get_field(const struct hl7_segment_view *segment, unsigned field);
unsigned hl7_field_count(const struct hl7_segment_view *segment);

/* Component (from 1) and subcomponent (from 1; 0: the whole component) of the first repetition of a field, as written. */
struct slice hl7_get(const struct hl7_segment_view *segment, unsigned field, unsigned component,
                     unsigned subcomponent);

/* Undoes the escape sequences (2.5.1 §2.7) into `out`, which has room for text.len bytes. Returns the length; SIZE_MAX when a
 * sequence is unknown or not closed. */
size_t hl7_unescape(struct slice text, char *out);
size_t hl7_unescape_as(struct slice text, struct hl7_marks marks, char *out);

#endif
