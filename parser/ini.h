/*
 * The strict reader of CorEMR's event files: one Name="Value" a line (COREMR-INTERFACES §2, RULES "INI").
 *
 *   file    = *( line ( LF / CRLF / CR ) ) [ line ]
 *   line    = blank / comment / section / pair
 *   pair    = name "=" DQUOTE *( char / 2DQUOTE ) DQUOTE *blank
 *   name    = 1*( any but "=", blank )
 *   comment = ( ";" / "#" ) *any          section = "[" *any "]"
 *
 * It knows no field names: it turns decoded text into pairs with places, and reports every fault of form.
 */
#ifndef CORBRIDGE_PARSER_INI_H
#define CORBRIDGE_PARSER_INI_H

#include <stdbool.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/arena.h"
#include "parser/fault.h"
#include "parser/slice.h"

struct ini_pair {
    struct slice name;  /* as written; borrows from the text */
    struct slice value; /* without the quotes, doubled quotes undone; borrows from the text or the arena */
    size_t offset;      /* of the name in the text */
    uint32_t line;      /* from 1 */
    bool
        broken; /* a fault of form stands at this line: `value` is not to be used, and the field is not missing */
};

struct ini_document {
    struct ini_pair *pairs; /* in file order; in the arena */
    size_t count;
};

/* Reads the whole text. PARSE_OK (there may be warnings), PARSE_INVALID, PARSE_INCOMPLETE (the last line is cut
 * inside its pair and nothing else is wrong: no line end, no closing quote; or the text is empty), PARSE_LIMIT,
 * PARSE_NO_MEMORY. Also on PARSE_INVALID and PARSE_INCOMPLETE `out` holds the pairs that could be read, so that
 * the caller can list more faults. */
enum parse_status ini_read(struct slice text, struct arena *arena, struct fault_list *faults,
                           struct ini_document *out);

/* Whether undecoded bytes (UTF-8, Windows-1252, or UTF-16 with a mark) end where an event file may end: after a
 * line end, or after the closing quote of the last line. An empty file does not. Looks at the last line only;
 * says nothing of what is in it. */
bool ini_ends_whole(struct slice bytes);

#endif
