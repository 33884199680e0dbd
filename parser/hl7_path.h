/*
 * Places in an HL7 v2 message, as people write them:
 *
 *   path     = segment [ "[" number "]" ] [ "-" field ]
 *   field    = number [ "[" number "]" ] [ "." component [ "." subcomponent ] ]
 *
 * OBX[3]-5.2 is component 2 of field 5 of the third OBX; PID-3[2].4.1 is subcomponent 1 of component 4 of the second
 * repetition of PID-3. What is left out in brackets is the first.
 */
#ifndef CORBRIDGE_PARSER_HL7_PATH_H
#define CORBRIDGE_PARSER_HL7_PATH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/slice.h"

/* All numbers are HL7's and begin at 1; 0: not given. */
struct hl7_path {
    char segment[4]; /* three characters and a NUL */
    uint32_t occurrence;
    uint32_t field, repetition;
    uint32_t component, subcomponent;
};

/* Room for the longest path and its NUL. */
#define HL7_PATH_TEXT 80

/* Reads a whole path. False: it is none; *out is not written. */
bool hl7_path_parse(struct slice text, struct hl7_path *out);

/* Writes what is given of it, always terminated; returns the length without the NUL. hl7_path_parse gives it back. */
size_t hl7_path_format(const struct hl7_path *path, char out[HL7_PATH_TEXT]);

/* Whether three bytes can name a segment: a capital letter, then two capital letters or digits (2.5.2). */
bool hl7_path_is_segment(const char *name);

#endif
