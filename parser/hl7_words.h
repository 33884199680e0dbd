/*
 * What the segments and fields of HL7 v2 are called, for people who read messages: the segments that laboratories,
 * pharmacies and admissions send, and the fields of the most common ones (names of v2.5.1, chapters 2 to 7). All text is
 * static.
 */
#ifndef CORBRIDGE_PARSER_HL7_WORDS_H
#define CORBRIDGE_PARSER_HL7_WORDS_H

#include <stddef.h>

#include "parser/slice.h"

/* "patient identification" for "PID"; "locally defined" for names with Z; empty: not in the table. */
struct slice hl7_words_segment(const char *name);

/* "patient name" for field 5 of "PID"; empty: not in the table. */
struct slice hl7_words_field(const char *name, size_t number);

#endif
