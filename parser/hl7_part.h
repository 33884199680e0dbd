/*
 * The separators of an HL7 v2 message, and the parts that they make of a field: repetitions, components, subcomponents.
 *
 *   field        = repetition *( repetition-separator repetition )
 *   repetition   = component *( component-separator component )
 *   component    = subcomponent *( subcomponent-separator subcomponent )
 *
 * HL7 v2.5.1, sections 2.5.3 (null, absent), 2.5.4 (message delimiters), 2.6 (construction rules). All slices borrow from the message; no
 * function needs memory or keeps state. All numbers are HL7's: they begin at 1.
 */
#ifndef CORBRIDGE_PARSER_HL7_PART_H
#define CORBRIDGE_PARSER_HL7_PART_H

#include <stdbool.h>
#include <stddef.h>

#include "parser/slice.h"

/* As MSH-1 and MSH-2 of a message declare them (FHS, BHS: of the file's or batch's own segments). '\0': not declared,
 * and so nothing is separated or escaped by it. */
struct hl7_separators {
    char field;        /* | */
    char component;    /* ^ */
    char repetition;   /* ~ */
    char escape;       /* \ ; may be left out, together with the next (2.5.4) */
    char subcomponent; /* & */
    char truncation;   /* # ; since v2.7 */
};

/* Reads them from a header segment ("MSH|^~\&|..."): printable ASCII, no letter, digit or blank, each another one, two to
 * five of them in MSH-2. NULL: *out is written; else the words for what was expected (static). `*whole` says whether
 * MSH-2 is closed by a field separator: it may be cut where it is not. */
const char *hl7_separators_read(struct slice header, struct hl7_separators *out, bool *whole);

/* A header segment of so many bytes cannot be cut inside its separators any more: the name, the field separator, five
 * encoding characters, the field separator. */
#define HL7_HEADER_LEAST ((size_t)10)

/* Whether the segment declares separators and so has them as its first two fields: MSH, FHS, BHS. */
bool hl7_is_header(struct slice segment);

/* HL7 tells four things apart (2.5.3): no such part; a part without content, which leaves the receiver's value as it
 * is; `""`, which deletes it; a value. */
enum hl7_presence {
    HL7_ABSENT,
    HL7_EMPTY,
    HL7_NULL,
    HL7_VALUED
};

struct hl7_part {
    struct slice raw; /* as sent: escapes and character set undecoded; empty when absent */
    enum hl7_presence presence;
    bool literal; /* field 1 or 2 of a header segment: never split, never unescaped */
};

#define HL7_PART_ABSENT ((struct hl7_part){{NULL, 0}, HL7_ABSENT, false})

/* The part that consists of these bytes; never absent. */
struct hl7_part hl7_part_of(struct slice raw);

/* The part with this number, from 1; absent when there are fewer, and for number 0. Of a field or component that is `""`
 * every component and subcomponent is HL7_NULL: it is deleted with the whole. */
struct hl7_part hl7_part_repetition(const struct hl7_separators *separators, struct hl7_part field,
                                    size_t number);
struct hl7_part hl7_part_component(const struct hl7_separators *separators, struct hl7_part repetition,
                                   size_t number);
struct hl7_part hl7_part_subcomponent(const struct hl7_separators *separators, struct hl7_part component,
                                      size_t number);

/* How many parts this separator makes; 0 of an absent one, 1 of an empty one. */
size_t hl7_part_count(struct hl7_part whole, char separator);

/* All parts in their order:
 *     struct hl7_cursor cursor = hl7_cursor_over(field, separators->repetition);
 *     while (hl7_cursor_next(&cursor, &part)) ... */
struct hl7_cursor {
    struct slice rest;
    char separator;
    bool more, literal;
};

struct hl7_cursor hl7_cursor_over(struct hl7_part whole, char separator);
bool hl7_cursor_next(struct hl7_cursor *cursor, struct hl7_part *part);

#endif
