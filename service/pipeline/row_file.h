/*
 * A file of many messages on its way, such as a roster: its rows, of whatever format (row_format.h). It goes through the pipeline in slices of at
 * most 1,000 rows. A worker reads a slice (row_read.h), the committer applies it, or as much of it as the time allows, in a transaction
 * together with the place behind it (row_apply.h), and the job goes back to the workers for the next one, until the last slice ends the
 * file. All that while the job stays at the head of its feed's line: nothing of the feed passes it.
 *
 * The struct belongs to its job, and so to one thread at a time. service/pipeline/ and the look only.
 */
#ifndef CORBRIDGE_SERVICE_PIPELINE_ROW_FILE_H
#define CORBRIDGE_SERVICE_PIPELINE_ROW_FILE_H

#include "database/file_progress.h"
#include "service/pipeline/row_format.h"

struct sync; /* service/pipeline/sync.h */

struct row_file {
    const struct row_format *format;
    struct file_progress progress; /* as committed */
    bool kept;                     /* it stands in the database */

    /* The file as a whole was judged: by the look, or, of a copy, by the first worker. */
    bool surveyed;
    enum parse_status verdict;
    struct row_survey survey;

    struct sync *sync; /* heap: whoever is missing is released (sync.h); NULL: by release dates only */

    struct row_reader reader; /* once `reading` */
    bool reading;
    struct row_slice slice;
    size_t first; /* slice.rows[first] is the next to be applied */

    /* what the present transaction comes to; true once it is committed (row_file_committed) */
    struct file_progress reached;
    size_t upto; /* rows before it are in it */
    bool ended;  /* it ends the file */

    bool guarded;   /* a row was refused: each row in a savepoint */
    bool stuck;     /* an extract could not be written: again in a moment */
    uint64_t tried; /* when a worker last had it, monotonic ms */
    /* rows so far, for events at the end */
    uint32_t identities_changed, second_open_bookings, unmatched_locations, unmapped_codes;
};

/* `sync`: whoever is missing is released. NULL when memory is exhausted. */
struct row_file *row_file_new(const struct row_format *format, bool sync);
/* NULL is allowed. */
void row_file_free(struct row_file *rows);

/* Whether the job is a file of many messages whose rows are applied, and not at its end: after the commit it goes on. */
bool row_file_is_under_way(const struct job *job);

/* The transaction is committed: what it reached is the progress now. */
void row_file_committed(struct row_file *rows);

#endif
