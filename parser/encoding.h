/*
 * From bytes to UTF-8 (RULES "Small questions", Encoding): a mark (BOM) decides; else valid UTF-8; else Windows-1252; a
 * feed may name one, and what is invalid in it is a fault with its line.
 */
#ifndef CORBRIDGE_PARSER_ENCODING_H
#define CORBRIDGE_PARSER_ENCODING_H

#include <stdbool.h>
#include <stddef.h>

#include "parser/arena.h"
#include "parser/fault.h"
#include "parser/slice.h"
#include "parser/utf8.h"

enum encoding {
    ENCODING_AUTO,
    ENCODING_UTF8,
    ENCODING_UTF16LE,
    ENCODING_UTF16BE,
    ENCODING_WINDOWS1252
};

struct decoded {
    struct slice text;      /* UTF-8 without BOM; borrows from the input when nothing had to change,
                               else from the arena */
    enum encoding encoding; /* what the input was */
    bool marked;            /* it began with a BOM */
};

/* Decodes a whole file. PARSE_OK; PARSE_INVALID with faults (FAULT_ENCODING_INVALID with line, FAULT_NUL_BYTE);
 * PARSE_INCOMPLETE when UTF-16 ends inside a unit or UTF-8 inside a sequence at the very end; PARSE_NO_MEMORY.
 * `out` is written on PARSE_OK only. The offsets of these faults count the bytes of the input, as there is no
 * text yet; each line has at most one fault of each code. ENCODING_AUTO takes bytes that end inside a UTF-8
 * sequence for cut UTF-8 when a whole sequence of two or more bytes stands before it, or when what there is of
 * it is nothing in Windows-1252. */
enum parse_status encoding_decode(struct slice bytes, enum encoding named, struct arena *arena,
                                  struct fault_list *faults, struct decoded *out);

/* The name as written in the configuration: "utf-8", "utf-16le", "utf-16be", "windows-1252", "auto"; and back
 * (false when unknown). */
const char *encoding_name(enum encoding encoding);
bool encoding_from_name(struct slice name, enum encoding *out);

#endif
