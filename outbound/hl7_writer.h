/*
 * Writes HL7 v2 in ER7 form. A cursor with a sticky error: write everything, ask once at the end.
 *
 * Every value is escaped (HL7 2.5.1 §2.7): the separators, the escape character, and control characters as \X0D\ — a
 * value can never become a segment. Empty fields at the end of a segment and empty components at the end of a field
 * are cut.
 */
#ifndef CORBRIDGE_OUTBOUND_HL7_WRITER_H
#define CORBRIDGE_OUTBOUND_HL7_WRITER_H

#include <stdbool.h>
#include <stddef.h>

#include "parser/arena.h"
#include "parser/datetime.h"
#include "parser/hl7_part.h"
#include "parser/slice.h"

/* Those that the standard suggests: | ^ ~ \ & and no truncation character, which is not written. */
extern const struct hl7_separators hl7_separators_suggested;

struct hl7_writer {
    struct arena *arena; /* owns the bytes */
    struct hl7_separators separators;
    const char *line_end; /* of a segment; static */
    char *bytes;
    size_t length, capacity;
    size_t segment_start; /* where the open segment begins */
    unsigned field;       /* number of the field that is being written; MSH-2 is 2 */
    unsigned component, subcomponent;
    bool failed; /* memory exhausted, or used out of order */
};

/* With the suggested separators, and CR at the end of each segment as the standard wants it. */
void hl7_writer_init(struct hl7_writer *writer, struct arena *arena);

/* Other separators, and "\r", "\n" or "\r\n" (kept, not copied): before the first segment. */
void hl7_writer_set_form(struct hl7_writer *writer, const struct hl7_separators *separators,
                         const char *line_end);

/* Ends the open segment and begins one with this three-letter name. "MSH" writes MSH-1 and MSH-2 (the separators)
 * and goes on at MSH-3. */
void hl7_segment(struct hl7_writer *writer, const char *name);

/* Goes to field `number` of the open segment (it must not be below the present one) and starts its first component. */
void hl7_field(struct hl7_writer *writer, unsigned number);
/* Starts the next repetition of the present field. */
void hl7_repeat(struct hl7_writer *writer);
/* Goes to component or subcomponent `number` (from 1) of the present repetition. */
void hl7_component(struct hl7_writer *writer, unsigned number);
void hl7_subcomponent(struct hl7_writer *writer, unsigned number);

/* Writes a value at the present place, escaped. NULL writes nothing. */
void hl7_text(struct hl7_writer *writer, const char *value);
void hl7_slice(struct hl7_writer *writer, struct slice value);
void hl7_number(struct hl7_writer *writer, long long value);
/* YYYYMMDDHHMMSS+ZZZZ of an instant at an offset in minutes east of UTC. INSTANT_NONE writes nothing. */
void hl7_time(struct hl7_writer *writer, instant_us instant, int offset_minutes);

/* Shorthand: hl7_field then hl7_text; and a component, or a subcomponent, of the present field. */
void hl7_field_text(struct hl7_writer *writer, unsigned number, const char *value);
void hl7_component_text(struct hl7_writer *writer, unsigned number, const char *value);
void hl7_subcomponent_text(struct hl7_writer *writer, unsigned number, const char *value);

/* Ends the last segment. False when anything failed; else *message is the whole message, in the arena. */
bool hl7_finish(struct hl7_writer *writer, struct slice *message);

#endif
