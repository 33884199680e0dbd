/*
 * An independent reader of HL7 v2 messages: written from the standard, sharing nothing with outbound/. The tests judge by it
 * what outbound/ writes.
 */
#ifndef TESTS_UNIT_OUTBOUND_HL7_GRAMMAR_H
#define TESTS_UNIT_OUTBOUND_HL7_GRAMMAR_H

#include <stdbool.h>
#include <stddef.h>

#include "parser/slice.h"

#define HL7_SEGMENTS_MAX 128

struct hl7_segment_view {
    struct slice whole; /* without its CR */
};

struct hl7_view {
    struct hl7_segment_view segments[HL7_SEGMENTS_MAX];
    size_t count;
};

/* Splits at CR. False when the last segment lacks its CR, a segment is too short, or a control character stands in it. */
bool hl7_split(struct slice message, struct hl7_view *out);

/* The `index`-th segment (from 0) of that name; NULL when there is none. */
const struct hl7_segment_view *hl7_find(const struct hl7_view *view, const char *name, size_t index);
size_t hl7_count(const struct hl7_view *view, const char *name);

/* Field `field` of a segment, as written; MSH-1 is the separator itself. Empty when it is absent. */
struct slice hl7_get_field(const struct hl7_segment_view *segment, unsigned field);
unsigned hl7_field_count(const struct hl7_segment_view *segment);

/* Component (from 1) and subcomponent (from 1; 0: the whole component) of the first repetition of a field, as written. */
struct slice hl7_get(const struct hl7_segment_view *segment, unsigned field, unsigned component,
                     unsigned subcomponent);

/* Undoes the escape sequences (2.5.1 §2.7) into `out`, which has room for text.len bytes. Returns the length; SIZE_MAX when a
 * sequence is unknown or not closed. */
size_t hl7_unescape(struct slice text, char *out);

/* Whether the message is an RDE^O11 of HL7 2.5.1: order of the segments, required segments and fields, data types of what is
 * written. NULL when it is, else what is wrong (static). */
const char *hl7_check_rde_o11(struct slice message);

#endif
