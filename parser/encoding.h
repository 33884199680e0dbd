/*
 * From bytes to UTF-8 (RULES "Small questions", Encoding): a mark (BOM) decides; else valid UTF-8; else Windows-1252; a
 * feed may name one, and what is invalid in it is a fault with its line.
 */
#ifndef CORBRIDGE_PARSER_ENCODING_H
#define CORBRIDGE_PARSER_ENCODING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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

/* Decodes a piece of a file whose encoding is known (not ENCODING_AUTO): one cell, one line. A mark is not looked for, and
 * UTF-16 must be whole units. FAULT_NONE, FAULT_ENCODING_INVALID or FAULT_NUL_BYTE, the first that occurs; `*text` is
 * written on FAULT_NONE only and borrows from `bytes` or `arena`. `*no_memory` is set when the arena is exhausted, and
 * else left alone. */
enum fault_code encoding_decode_piece(struct slice bytes, enum encoding encoding, struct arena *arena,
                                      struct slice *text, bool *no_memory);

/*
 * The same decision for a file that is too large to hold: it is given chunk by chunk, cut anywhere, and the answer is what
 * encoding_decode would decide for all of it. Memory: this struct.
 */
struct encoding_scan {
    enum encoding named;
    unsigned char head[3]; /* the first bytes, where a mark stands */
    size_t head_len;
    unsigned char partial[4]; /* the beginning of a sequence of UTF-8 at the end of what was given */
    size_t partial_len;
    bool beyond_ascii; /* a whole sequence of two or more bytes occurred */
    bool invalid;      /* not UTF-8 */
};

void encoding_scan_init(struct encoding_scan *scan, enum encoding named);
void encoding_scan_feed(struct encoding_scan *scan, struct slice chunk);

/* The encoding: never ENCODING_AUTO. `*cut` (may be NULL): it is UTF-8 and the bytes end inside a sequence. */
enum encoding encoding_scan_end(const struct encoding_scan *scan, bool *cut);

/* The byte order mark at the start of `bytes`: its length and, then, the encoding that it names; 0: none. */
size_t encoding_find_mark(struct slice bytes, enum encoding *encoding);

/* The mark of an encoding, for writing a piece of such a file as a file of its own; empty for Windows-1252 and
 * ENCODING_AUTO. Static. */
struct slice encoding_mark(enum encoding encoding);

/* The character of a byte of Windows-1252; 0: none (and for the byte 0). */
uint32_t encoding_windows1252(unsigned char byte);

/* The name as written in the configuration: "utf-8", "utf-16le", "utf-16be", "windows-1252", "auto"; and back
 * (false when unknown). */
const char *encoding_name(enum encoding encoding);
bool encoding_from_name(struct slice name, enum encoding *out);

#endif
