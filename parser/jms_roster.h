/*
 * Rosters of a jail management system: CSV of 17 columns (COREMR-INTERFACES §3), each row one DEM (parser/jms_event.h).
 *
 * A roster is surveyed first and then read row by row (parser/csv_table.h, with jms_roster_columns). Memory is the window, and
 * what the arena takes for one row; the caller resets the arena between rows, or between slices of rows.
 *
 * What is left to the caller, for it needs all rows or the moment: the dates against the arrival (jms_event_check, for each
 * row that is PARSE_OK); facilities; who is missing (sync mode); and a booking that stands there twice. For that the caller
 * keeps booking number and row number of every row in a scratch table with the booking number as its key; where one is there
 * already it adds the warning FAULT_BOOKING_TWICE to the later row, and that one takes its place: the last row wins.
 */
#ifndef CORBRIDGE_PARSER_JMS_ROSTER_H
#define CORBRIDGE_PARSER_JMS_ROSTER_H

#include <stddef.h>
#include <stdint.h>

#include "parser/arena.h"
#include "parser/csv_table.h"
#include "parser/fault.h"
#include "parser/jms_event.h"
#include "parser/slice.h"

#define JMS_ROSTER_COLUMN_COUNT 17

extern const struct csv_columns jms_roster_columns;

/* The field of a column (from 0), and what faults call a field that is a column: "column 5, Birth Date". Static. */
enum jms_field jms_roster_field(size_t column);
struct slice jms_roster_field_name(enum jms_field field);

struct jms_roster_row {
    /* PARSE_OK: `event` is whole; there may be warnings.
     * PARSE_INVALID: the row is a message of its own that is set aside; the others go on.
     * PARSE_LIMIT: the same; it is longer than a record may be, and csv.record.bytes is empty: its bytes are those of the
     *   file from csv.record.offset, csv.record.size of them.
     * PARSE_INCOMPLETE: the file ends inside it; not in a file that csv_survey_end accepted.
     * PARSE_NO_MEMORY: nothing can be said of it; begin again at csv.place. */
    enum parse_status status;

    /* Kind demographics. Columns that are not there (Weight, DataType) are absent. value.line is where the cell begins,
     * value.offset where in the file. Slices point into the window, into the arena, or are static: they live until the next
     * csv_space or the arena's reset. */
    struct jms_event event;

    /* The booking number, where it could be read: the row has its 17 columns, and this one is right. Also of a row that is
     * PARSE_INVALID: in sync mode that booking counts as present. Empty: it could not be read, and nobody is released. */
    struct slice booking;

    /* Number, places, and the bytes as they stand in the file, line end and all: what an extract is written of (with
     * encoding_mark in front, where the file is UTF-16). */
    struct csv_row csv;
};

/*
 * The next row. `rows` was begun with jms_roster_columns. settings->facility_required is heeded; the encoding is that of the
 * place. The faults of this row are added to `faults`, in order of place; a list a row is best, for a list has a limit.
 * CSV_MORE and CSV_END as csv_next; `out` is written on CSV_RECORD only.
 */
enum csv_got jms_roster_next(struct csv_rows *rows, const struct jms_settings *settings, struct arena *arena,
                             struct fault_list *faults, struct jms_roster_row *out);

#endif
