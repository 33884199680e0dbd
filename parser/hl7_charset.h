/*
 * The character sets of HL7 v2 messages (MSH-18, table 0211) that CorBridge reads, and Windows-1252, which senders use
 * and the table does not have. A message stays in its own bytes; values are brought to UTF-8 when they are asked for.
 */
#ifndef CORBRIDGE_PARSER_HL7_CHARSET_H
#define CORBRIDGE_PARSER_HL7_CHARSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/slice.h"

enum hl7_charset {
    HL7_CHARSET_BY_MESSAGE, /* a setting only: MSH-18 decides; where it is empty, valid UTF-8, else Windows-1252 */
    HL7_CHARSET_ASCII,
    HL7_CHARSET_UTF8,
    HL7_CHARSET_8859_1,
    HL7_CHARSET_8859_15,
    HL7_CHARSET_WINDOWS1252
};

/* The set with this code of table 0211 ("UNICODE UTF-8") or this common name of it ("utf-8", "iso-8859-1",
 * "windows-1252"); case and outer blanks aside. False: not one of ours. */
bool hl7_charset_from_code(struct slice code, enum hl7_charset *out);

/* The code of table 0211; "Windows-1252", which it lacks; "by message". */
const char *hl7_charset_name(enum hl7_charset charset);

/* How many bytes from the start are characters of this set; text.len: all are. The control characters from 0x80 to 0x9F
 * of 8859/1 and 8859/15 are none: where they occur, the sender means Windows-1252. */
size_t hl7_charset_valid_prefix(enum hl7_charset charset, struct slice text);

/* The character of a byte in a set that has one byte for each; HL7_NO_CHARACTER: none. Not for HL7_CHARSET_UTF8. */
#define HL7_NO_CHARACTER UINT32_MAX
uint32_t hl7_charset_character(enum hl7_charset charset, unsigned char byte);

#endif
