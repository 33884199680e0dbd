/*
 * Writes HL7 v2 in ER7 form. A cursor with a sticky error: write everything, ask once at the end.
 *
 * Every value is escaped by default (HL7 2.5.1 §2.7): the separators, the escape character, and control characters as
 * \X0D\ — a value can never become a segment. Raw text needs the longer name. Empty fields at the end of a segment and
 * empty components at the end of a field are cut.
 */
#ifndef CORBRIDGE_OUTBOUND_HL7_WRITER_H
#define CORBRIDGE_OUTBOUND_HL7_WRITER_H

#include <stdbool.h>
#include <stddef.h>

#include "parser/arena.h"
#include "parser/datetime.h"
#include "parser/slice.h"

struct hl7_writer {
    struct arena *arena; /* owns the bytes */
    char *bytes;
    size_t length, capacity;
    size_t segment_start; /* where the open segment begins */
    unsigned field;       /* number of the field that is being written; MSH-2 is 2 */
    unsigned component, subcomponent;
    bool failed; /* memory exhausted, or used out of order */
};

void hl7_writer_init(struct hl7_writer *writer, struct arena *arena);

/* Ends the open segment (CR) and begins one with this three-letter name. "MSH" writes MSH-1 and MSH-2 (|^~\&)
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
/* Written as it is: for constants of ours only, never for data. */
void hl7_raw_constant(struct hl7_writer *writer, const char *text);

/* Shorthand: hl7_field then hl7_text; and a component of the present field. */
void hl7_field_text(struct hl7_writer *writer, unsigned number, const char *value);
void hl7_component_text(struct hl7_writer *writer, unsigned number, const char *value);

/* Ends the last segment. False when anything failed; else *message is the whole message, in the arena. */
bool hl7_finish(struct hl7_writer *writer, struct slice *message);

#endif
