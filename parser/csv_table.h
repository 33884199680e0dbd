/*
 * A CSV file whose columns are documented: rosters and alerts. First a survey of the file as a whole, then its rows.
 *
 * The survey reads the file once and says what can only be known of all of it: the encoding (UTF-8 or Windows-1252), whether
 * it ends inside a row, whether a header stands at its top, whether any row has the right columns (RULES "Small questions",
 * CSV). Only a file that it accepts is worth a second reading, row by row. Both work on a window of bounded size.
 *
 *   survey:  csv_survey_begin
 *            loop: csv_survey_space, read, csv_survey_fill
 *            csv_survey_end: PARSE_OK, and `start` is where the rows begin
 *   rows:    csv_rows_begin at `start`, or at the `next` of a row of an earlier run
 *            as parser/csv.h: csv_space, read, csv_fill or csv_finish; csv_rows_next
 *
 * Going on after a restart: a struct csv_place is all the state there is. It is five plain numbers, made to be kept in a
 * database: keep the `next` of the last row of a committed slice, read the file from next.offset on, and the rows that come
 * are those that would have come. It is worth something only with the same bytes.
 */
#ifndef CORBRIDGE_PARSER_CSV_TABLE_H
#define CORBRIDGE_PARSER_CSV_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/csv.h"
#include "parser/fault.h"

struct csv_column {
    const char *name;  /* as documented: "Birth Date" */
    const char *label; /* what faults call it: "column 5, Birth Date" */
};

/* The documented columns of a kind of file; static. */
struct csv_columns {
    const struct csv_column *columns;
    size_t count;        /* at most LIMIT_CSV_COLUMNS */
    const char *counted; /* "17 columns", for faults */
    const char *order;   /* all names in their order, for faults */
};

/* A place between rows. */
struct csv_place {
    uint64_t offset; /* bytes from the beginning of the file */
    uint32_t line;   /* from 1 */
    uint32_t row;    /* rows that stand before it; the next one has this + 1 */
    enum encoding encoding;
    bool header_ahead; /* the next record that is not blank is the header */
};

/* What a first reading of the file found. The members behind `csv` are for reading, after csv_survey_end. */
struct csv_survey {
    const struct csv_columns *columns;
    struct csv csv;
    struct encoding_scan scan;
    bool other_order, nul,
        cut; /* a header in another order; NUL characters in the first line; ends inside a row */
    uint32_t order_line, nul_line, cut_line, open_line; /* 0: none */
    struct fault first_bad;                             /* the first row that has not the right columns */

    struct csv_place start; /* for csv_rows_begin */
    bool header;
    uint32_t rows;  /* without header and blank rows; a last row that is cut counts */
    uint32_t wrong; /* of them: not of the documented number of columns, or no record at all */
};

/* `columns` is static; the window as for csv_begin. `named` is ENCODING_AUTO unless the feed names one. */
void csv_survey_begin(struct csv_survey *survey, const struct csv_columns *columns, enum encoding named,
                      char *window, size_t size);
/* Where the next bytes go. */
struct csv_space csv_survey_space(struct csv_survey *survey);
/* `count` bytes were put there. */
void csv_survey_fill(struct csv_survey *survey, size_t count);

/*
 * The file has ended. Adds what is wrong with it as a whole to `faults`.
 *
 * PARSE_OK: its rows may be read; single ones may be wrong. With rows == 0 there is a header only (a warning is added): in
 *   sync mode the caller quarantines that, else the file is done.
 * PARSE_INCOMPLETE: nothing but blank lines, or it ends inside a row: more bytes could mend it. A last row with all its
 *   columns and no line end is whole. No beginning of a right file is PARSE_INVALID.
 * PARSE_INVALID: the header names the columns in another order; the first line has NUL characters (UTF-16 that nobody
 *   named); no row at all has the right columns. The file is to be quarantined as it is.
 * PARSE_NO_MEMORY: only for want of memory for a fault.
 */
enum parse_status csv_survey_end(struct csv_survey *survey, struct fault_list *faults);

struct csv_rows {
    const struct csv_columns *columns;
    struct csv csv;
    struct csv_place next;
};

struct csv_row {
    struct csv_record record;
    uint32_t row;           /* from 1; header and blank rows do not count */
    struct csv_place place; /* where it begins */
    struct csv_place next;  /* behind it */
};

/* Begins at `from`; the first byte that is fed (csv_space and csv_fill of rows->csv) is the one at from->offset.
 * `columns` is static. from->encoding is not ENCODING_AUTO. */
void csv_rows_begin(struct csv_rows *rows, const struct csv_columns *columns, const struct csv_place *from,
                    char *window, size_t size);

/* The next row: header and blank rows are passed over. `out` is valid as long as a record of csv_next is. */
enum csv_got csv_rows_next(struct csv_rows *rows, struct csv_row *out);

/* The form of a row: PARSE_OK when it is a record of the documented number of columns. Else its fault is added to
 * `faults`, with line and column, and the cells are not to be used: PARSE_INVALID; PARSE_LIMIT (longer than a record may
 * be); PARSE_INCOMPLETE (the file ends inside it). */
enum parse_status csv_row_form(const struct csv_row *row, const struct csv_columns *columns,
                               struct fault_list *faults);

/* The text of one cell, trimmed. FAULT_NONE or as csv_cell_text. */
enum fault_code csv_row_text(const struct csv_row *row, size_t cell, struct arena *arena, struct slice *text,
                             bool *no_memory);

#endif
