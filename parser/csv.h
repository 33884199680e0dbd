/*
 * Comma-separated values (RFC 4180) as a stream over a bounded window: records with places, of files of any length.
 *
 *   file   = [ mark ] *( record line-end ) [ record ]        line-end = CRLF / LF / CR, mixed as they come
 *   record = cell *( "," cell )
 *   cell   = plain / *blank DQUOTE *( any / 2DQUOTE ) DQUOTE *blank
 *   plain  = *( any but DQUOTE, ",", CR, LF )
 *
 * It looks at the bytes of the file as they are and decodes a cell when asked for its text, so that every offset is an
 * offset of the file and a record is its own bytes: a bad row can be set aside exactly as it came, and reading can go on
 * at any record.
 *
 *   csv_begin
 *   loop:  csv_space says where the next bytes go; the caller reads them there; csv_fill (or, at the end, csv_finish)
 *          while csv_next gives CSV_RECORD: use it
 *          CSV_MORE: again;  CSV_END: done
 *
 * The records of one file are the same however it is cut into chunks. Nothing is copied but the beginning of a record that
 * the window's end cut: csv_space moves it to the front. The slices of a record therefore live until the next csv_space;
 * all records that come between two calls of it may be held together.
 *
 * A record that breaks the grammar is one line: it ends at its first line end, whatever quotes stand in it, and reading goes
 * on behind it. So a quote that nobody closed costs its own line only, never the rows behind it.
 *
 * A struct csv belongs to one thread. It owns nothing: the window is the caller's and outlives it.
 */
#ifndef CORBRIDGE_PARSER_CSV_H
#define CORBRIDGE_PARSER_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/arena.h"
#include "parser/encoding.h"
#include "parser/fault.h"
#include "parser/limits.h"
#include "parser/slice.h"

struct csv_cell {
    struct slice raw; /* as it stands in the file: of a quoted cell what is between the quotes */
    uint64_t offset;  /* of raw in the file */
    uint32_t line;    /* from 1 */
    bool quoted;
    bool doubled; /* raw holds doubled quotes */
};

struct csv_record {
    struct slice bytes; /* all of it with its line end; empty when it is longer than the limit */
    uint64_t offset;    /* in the file, of its first byte */
    uint64_t size;      /* bytes with its line end */
    uint32_t line;      /* from 1, of its first byte */
    bool ended;         /* a line end stands behind it; false only for the last record of a file */

    /* FAULT_NONE, or why it is no record: FAULT_QUOTE_NOT_DOUBLED, FAULT_QUOTE_NOT_CLOSED, FAULT_LINE_TOO_LONG (a line
     * longer than the limit), FAULT_LAST_LINE_CUT (the file ends inside of quotes or of a UTF-16 unit). */
    enum fault_code fault;
    size_t fault_column; /* from 1 */
    uint64_t fault_offset;
    bool
        open_to_end; /* FAULT_QUOTE_NOT_CLOSED because the file ends before a quote comes: more bytes may bring it */

    const struct csv_cell *cells; /* of the reader: until its next csv_next */
    size_t
        columns; /* how many it has; only the first LIMIT_CSV_COLUMNS are in `cells`. 0 when there is a fault */
    enum encoding encoding;
};

/* Where a record begins: all that is needed to go on there later, beside the encoding. */
struct csv_position {
    uint64_t offset;
    uint32_t line;
};

#define CSV_START ((struct csv_position){0, 1})

enum csv_got {
    CSV_RECORD,
    CSV_MORE, /* no whole record is in the window: more bytes, or csv_finish */
    CSV_END
};

enum csv_mode {
    CSV_CELL_START, /* nothing of the cell but blanks */
    CSV_PLAIN,
    CSV_QUOTED,
    CSV_QUOTE,   /* behind a quote that either is half of a doubled one or closes the cell */
    CSV_CLOSED,  /* behind the closing quote */
    CSV_BROKEN,  /* no record any more: to the line end */
    CSV_AFTER_CR /* the record ended with CR; LF may belong to it */
};

/* How far the record at the front has been looked at; offsets are from its beginning. */
struct csv_scan {
    enum csv_mode mode;
    size_t at;
    size_t cell;  /* where the present cell begins: behind its opening quote, if it has one */
    size_t close; /* the quote of CSV_QUOTE, CSV_CLOSED */
    size_t columns;
    uint32_t line, cell_line;
    bool quoted, doubled, after_cr;
    size_t first_end;    /* behind the first line end, which stands in quotes; 0: none yet */
    size_t first_column; /* the cell that was open there, from 1 */
    size_t first_cell;
    enum fault_code fault;
    size_t fault_column, fault_at;
    bool open_to_end;
    bool too_long;    /* its bytes are passed over */
    uint64_t dropped; /* bytes of it that are no longer in the window */
};

/* Its members are the module's. */
struct csv {
    char *window;
    size_t size;
    size_t begin, end; /* of what is in the window and not yet given */
    struct csv_position position;
    enum encoding encoding;
    size_t record_limit;
    bool mark_passed, finished;
    struct csv_scan scan;
    struct csv_cell cells[LIMIT_CSV_COLUMNS];
};

struct csv_settings {
    /* As the feed names it, or as encoding_scan_end or a survey found it. A mark at the beginning of the file decides
     * whatever stands here. With ENCODING_AUTO the file is UTF-8 or Windows-1252, undecided: records can be told apart, for
     * both have commas, quotes and line ends of ASCII, but cells have no text. */
    enum encoding encoding;
    size_t record_bytes; /* longest record without its line end; 0: LIMIT_CSV_RECORD_BYTES */
};

/*
 * Begins at `from`, the beginning of the file (CSV_START) or of a record; the first byte that is fed is the one at
 * from.offset. `window` of `size` bytes is the caller's; it must be larger than the longest record by 64 bytes or more, and
 * should hold several (LIMIT_CSV_WINDOW).
 */
void csv_begin(struct csv *csv, const struct csv_settings *settings, struct csv_position from, char *window,
               size_t size);

/* Where the next bytes of the file go; never of size 0 after CSV_MORE. Ends the life of the slices of all records so far. */
struct csv_space {
    char *ptr;
    size_t size;
};
struct csv_space csv_space(struct csv *csv);

/* `count` bytes were put where csv_space said. */
void csv_fill(struct csv *csv, size_t count);

/* The file ends behind what was filled in. */
void csv_finish(struct csv *csv);

/* The next record. Blank lines are records of one empty cell. */
enum csv_got csv_next(struct csv *csv, struct csv_record *out);

/* Where the next record begins; valid between a csv_next and the next csv_fill. At the beginning of a file with a mark:
 * in front of the mark, until csv_next has passed it. */
struct csv_position csv_position(const struct csv *csv);

/* The mark or the name has decided, or ENCODING_AUTO. Known after the first csv_next that was not CSV_MORE. */
enum encoding csv_encoding(const struct csv *csv);

/* The text of a cell as UTF-8, its doubled quotes made single; blanks at its ends are kept. FAULT_NONE,
 * FAULT_ENCODING_INVALID or FAULT_NUL_BYTE. `*text` is written on FAULT_NONE; it borrows from the window where the file is
 * ASCII or UTF-8 and nothing is doubled, else from `arena`. `*no_memory` is set when the arena is exhausted, and else left
 * alone. The record's encoding must not be ENCODING_AUTO. */
enum fault_code csv_cell_text(const struct csv_record *record, size_t cell, struct arena *arena,
                              struct slice *text, bool *no_memory);

/* What would be right instead, in words, for a fault that csv_cell_text found; static. */
const char *csv_text_expected(enum fault_code code);

/* Blanks and tabs only, or nothing. In any encoding. */
bool csv_cell_is_blank(const struct csv_record *record, size_t cell);

/* No cell has anything in it: an empty line, or commas only. False for a record with a fault. */
bool csv_record_is_blank(const struct csv_record *record);

/* The cell is that name, of ASCII, without regard to case and blanks anywhere. In any encoding. */
bool csv_cell_is_name(const struct csv_record *record, size_t cell, const char *name);

#endif
