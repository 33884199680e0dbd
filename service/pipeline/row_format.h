/*
 * The seam between the machine for files of many messages (row_file.h) and the formats that it knows. A format says how such a file is
 * judged, read and applied, by the functions of one table; service/pipeline/README.md, "A format of rows", tells how to write one.
 *
 * A row is one message of the file, whatever the format calls it: a line, a record, an element.
 */
#ifndef CORBRIDGE_SERVICE_PIPELINE_ROW_FORMAT_H
#define CORBRIDGE_SERVICE_PIPELINE_ROW_FORMAT_H

#include "database/apply.h"
#include "parser/csv_table.h"
#include "service/config.h"
#include "service/pipeline/row_source.h"

/* Read at once; a transaction applies 500 of them at most (row_apply.h), for most of a roster is known as it is. */
#define ROW_SLICE_ROWS 1000

#define ROW_AS_OF_SIZE ((size_t)64) /* a date and time, in any form, and NUL */

struct job; /* service/pipeline/job.h */

/* What was learnt of the file as a whole. */
struct row_survey {
    uint32_t rows;
    struct csv_place
        start; /* where the first row is read; a format without places gives its line as 1, its encoding, and zeros */
    /* What the file itself says of when it was made, where event-time names that; empty: nothing. */
    char as_of[ROW_AS_OF_SIZE];
    uint32_t as_of_line;
};

struct row {
    enum parse_status status; /* PARSE_OK: it is applied; else it is set aside, and `faults` says why */
    struct fault_list faults; /* of this row alone, in order of place; in the arena of the slice */
    void *record;             /* what the format's apply needs, in the arena of the slice */
    uint32_t row, line;       /* from 1 */
    /* What an extract of it is written of: `bytes`; or, when bytes.ptr is NULL, `size` bytes of the file from `offset` on. */
    struct slice bytes;
    uint64_t offset, size;
    struct csv_place next; /* behind it; next.row is row */
    /* Of a row that would come to the same each time: the bytes and the instants that decide what it says, for one configuration; ptr NULL: it is applied
     * in any case. */
    struct slice identity;
    instant_us moments[2];
    struct apply_result result; /* the committer's; told after the commit */
};

/* Rows that may be known as they are (database/roster_run.h). Where one begins and ends is decided by what is in the rows, so that the runs of a file
 * mostly are those of the one before, wherever rows were put in or taken out. */
#define ROW_RUN_LONGEST 64
struct row_run {
    size_t first, count;
    uint8_t digest[SHA256_SIZE];
};

/* Some rows that follow each other. All that they borrow lives in its arena. */
struct row_slice {
    struct arena arena;
    struct row *rows; /* ROW_SLICE_ROWS of them, all zero at first */
    size_t count;
    bool last;            /* no row stands behind them */
    struct row_run *runs; /* in order; rows may stand between them */
    size_t run_count;
};

/* Rows in their order, a slice at a time. */
struct row_reader {
    const struct row_format *format;
    const struct config *config;
    const struct job *job; /* its feed, match rule, arrival */
    instant_us event_at;   /* as of when the rows speak */
    struct row_source source;
    struct csv_place place; /* behind the last row that was given; at first: where to begin */
    void *state;            /* the format's own; NULL at first */
};

struct row_format {
    const char *
        file_kind; /* what the ledger calls the file when it is refused as a whole (message.kind): "roster" */
    const char *row_kind; /* and a row that is set aside: "demographics" */
    bool begins_anywhere; /* `read` goes on at any row->next of the slice before, too */

    /*
     * Judges the file as a whole, in one pass. PARSE_OK: its rows may be read, single ones may be wrong; *survey is written. PARSE_INCOMPLETE:
     * more bytes could mend it, so it is waited for. Any other status, with faults: it is quarantined as it is. PARSE_NO_MEMORY. When a read
     * fails the status does not count. Bytes behind what it needs may be left unread. On a feed's thread; of a copy on a worker's.
     */
    enum parse_status (*survey)(struct row_source *source, const struct config_match *match,
                                struct fault_list *faults, struct row_survey *survey);

    /*
     * The next rows behind reader->place, at least one unless there is none; moves the place behind them. The first call finds reader->state NULL and
     * the source at the beginning of the file, whatever the place. The slice is empty. PARSE_OK or PARSE_NO_MEMORY; when a read fails neither
     * counts. On a worker's thread.
     */
    enum parse_status (*read)(struct row_reader *reader, struct row_slice *slice);

    /* Frees reader->state, which may be NULL. NULL: the format needs none. */
    void (*close)(struct row_reader *reader);

    /*
     * Applies one row that is PARSE_OK, in the transaction, and writes its message, if it leaves one: row->result. Any kind but DATABASE_OK: the
     * row is taken back. On the committer's thread.
     */
    enum database_kind (*apply)(struct database *db, struct job *job, struct row *row, instant_us now);
};

extern const struct row_format row_format_roster_csv, row_format_roster_xml, row_format_alerts_csv;

/* NULL: a file of that format is one message. */
const struct row_format *row_format_find(enum config_format format);

/* Begins at `place`: the start that the survey found, or the `next` of a row of an earlier run. Borrows the job, whose handle is read. */
void row_reader_init(struct row_reader *reader, const struct row_format *format, const struct config *config,
                     const struct job *job, instant_us event_at, const struct csv_place *place);

/*
 * Reads the next slice; what it held before is given up. PARSE_OK, PARSE_NO_MEMORY. *readable becomes false when the bytes cannot be read or are no
 * longer those that were surveyed: then nothing of the slice is worth anything, and reader->source.status says why.
 */
enum parse_status row_reader_next(struct row_reader *reader, struct row_slice *slice, bool *readable);

/* Frees what the format keeps. Also when nothing was read. */
void row_reader_release(struct row_reader *reader);

#endif
