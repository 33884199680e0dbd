/*
 * A roster on its way: one file of many messages. It goes through the pipeline in slices of at most 500 rows. A worker reads a slice
 * (roster_read.h), the committer applies it, or as much of it as the time allows, in a transaction together with the place behind it
 * (roster_apply.h), and the job goes back to the workers for the next one, until the last slice ends the file. All that while the job stays at
 * the head of its feed's line: nothing of the feed passes it.
 *
 * The struct belongs to its job, and so to one thread at a time. service/pipeline/ only.
 */
#ifndef CORBRIDGE_SERVICE_PIPELINE_ROSTER_H
#define CORBRIDGE_SERVICE_PIPELINE_ROSTER_H

#include "database/apply.h"
#include "database/roster.h"
#include "parser/jms_roster.h"

#define ROSTER_SLICE_ROWS 500 /* RULES "Rosters" */

struct job;

struct roster_row {
    enum parse_status status; /* PARSE_OK: it is applied; else it is set aside */
    struct fault_list faults;
    struct jms_event event;
    struct apply_input input;   /* when PARSE_OK */
    struct slice bytes;         /* as they stand in the file, line end and all */
    uint32_t row, line;         /* from 1 */
    struct csv_place next;      /* behind it */
    struct apply_result result; /* told after the commit */
};

struct roster {
    struct roster_progress progress; /* as committed */
    bool kept;                       /* it stands in the database */
    bool surveyed;                   /* the file as a whole was judged, and its rows may be read */

    /* the slice, in `arena` and `window` */
    struct arena arena;
    char *window; /* LIMIT_CSV_WINDOW bytes; heap */
    struct roster_row *rows;
    size_t count, first; /* rows[first] is the next to be applied */
    bool last;           /* no row stands behind the slice */

    /* what the present transaction comes to; true once it is committed (roster_committed) */
    struct roster_progress reached;
    size_t upto; /* rows before it are in it */
    bool ended;  /* it ends the file */

    bool guarded;   /* a row was refused: each row in a savepoint */
    bool stuck;     /* an extract could not be written: again in a moment */
    uint64_t tried; /* when a worker last had it, monotonic ms */
    /* rows so far, for events at the end */
    uint32_t identities_changed, second_open_bookings, unmatched_locations;
};

/* NULL when memory is exhausted. */
struct roster *roster_new(void);
/* NULL is allowed. */
void roster_free(struct roster *roster);

/* Whether the job is a roster whose rows are applied, and not at its end: after the commit it goes on. */
bool roster_is_under_way(const struct job *job);

/* The transaction is committed: what it reached is the progress now. */
void roster_committed(struct roster *roster);

#endif
