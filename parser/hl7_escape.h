/*
 * The escape sequences of HL7 v2 (v2.5.1, section 2.7; \P\ since v2.7), from the bytes of a message to UTF-8 text and back.
 *
 *   \F\ \S\ \T\ \R\ \E\ \P\   the field, component, subcomponent, repetition, escape and truncation character of the message
 *   \Xhh..\                   bytes in the message's character set, two hexadecimal digits each
 *   \.br\ \.ce\               a line end (LF)
 *   \.sp\ \.spN\ \.sp+N\      one or N line ends; \.skN\ N blanks; N at most 99
 *   \.fi\ \.nf\ \.inN\ \.tiN\ word wrap and indents: no character of their own
 *   \H\ \N\                   highlighting on and off: no character of their own
 *
 * Whatever else stands between two escape characters (\Zhh\ of a site, \Cxxyy\, a hexadecimal form that is none in the
 * character set), and an escape character without a second one, is kept as it was sent.
 */
#ifndef CORBRIDGE_PARSER_HL7_ESCAPE_H
#define CORBRIDGE_PARSER_HL7_ESCAPE_H

#include <stdbool.h>
#include <stddef.h>

#include "parser/arena.h"
#include "parser/hl7_charset.h"
#include "parser/hl7_part.h"
#include "parser/slice.h"

struct hl7_text {
    struct slice
        text;    /* UTF-8; borrows from the raw bytes where nothing had to change, else from the arena */
    size_t kept; /* escape sequences that were kept as sent, and lonely escape characters */
};

/* Decodes the bytes of a part. `charset` is that of the message; the bytes are valid in it (hl7_message_read saw to that;
 * what is not becomes U+FFFD). False: memory is exhausted, and *out is not written. */
bool hl7_escape_decode(struct slice raw, const struct hl7_separators *separators, enum hl7_charset charset,
                       struct arena *arena, struct hl7_text *out);

/* Escapes a value so that it can stand in a field of a message with these separators: separators by their letters, control
 * characters (so line ends, too) as \Xhh\. hl7_escape_decode gives the value back. Borrows where nothing had to change.
 * False: memory is exhausted, or the separators lack the escape character and something is to be escaped. */
bool hl7_escape_encode(struct slice value, const struct hl7_separators *separators, struct arena *arena,
                       struct slice *out);

#endif
