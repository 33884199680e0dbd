/*
 * A job: one file in flight, from its claim until its bytes are put away. It owns the handle that was opened
 * when the file was looked at, the bytes that were read through it (unless it is a file of many messages), and everything parsed from them.
 *
 * A job belongs to one thread at a time: feed (looks and claims) → committer (claim row) → worker (parses) →
 * committer (applies) → mover (puts away) → committer (end of the row) → feed (forgets the name). Queues hand
 * it on under their locks.
 */
#ifndef CORBRIDGE_SERVICE_PIPELINE_JOB_H
#define CORBRIDGE_SERVICE_PIPELINE_JOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "database/apply.h"
#include "database/ledger.h"
#include "parser/arena.h"
#include "parser/fault.h"
#include "parser/jms_event.h"
#include "platform/file.h"
#include "service/config.h"
#include "service/spool/store.h"

struct line;     /* service/pipeline/pipeline.h */
struct row_file; /* service/pipeline/row_file.h */

enum job_work {
    JOB_PARSE,     /* the usual way */
    JOB_COPY,      /* test world: what a live feed applied; claimed, applied and ended in one transaction */
    JOB_SET_ASIDE, /* quarantine without parsing; `reason` says why */
    JOB_PUT_AWAY_ONLY, /* its row says applied (or quarantined), in place: nothing is applied */
    JOB_GONE           /* a row without its file: only the ledger is told */
};

enum pipeline_entry {
    PIPELINE_FILE, /* the usual: one of the places in flight */
    PIPELINE_LONE, /* a suspect: when nothing else is in flight, and nobody else while it is (DESIGN step 3) */
    PIPELINE_ROW   /* a row without its file: holds no handle, waits for nobody */
};

/* Where the job is on its way; for stop and for people who debug. */
enum job_stage {
    JOB_NEW,
    JOB_CLAIMED,
    JOB_PARSED,
    JOB_APPLIED,
    JOB_STORED,
    JOB_ENDED
};

/* Of an event that was held and that a person has released (held_job.h). */
struct job_release {
    int64_t
        message; /* 0: the job is none of these. The message that was held, in the world where it was released */
    instant_us event_at;
    int ordinal;  /* which message of its file */
    bool extract; /* its bytes are those of a row, in `encoding` */
    enum encoding encoding;
    int64_t number; /* JOB_COPY: of the release, in the live world */
};

struct job {
    struct job *next;         /* in the queue that holds it now */
    struct job *next_in_line; /* in its feed's line of claimed jobs, in order of ledger numbers */
    struct line *line;
    const struct config_match *match;

    char *path;   /* where it lies; heap */
    char *marker; /* the second file that said it was whole (ready="marker"); heap or NULL */
    char *name;   /* points into path */
    struct file *
        handle; /* of a copy only when it has rows: open for reading, in the live archive; NULL for JOB_GONE */
    char *
        bytes; /* heap; NULL when larger than the limit, and for files of many messages: they are read piece by piece */
    size_t size;
    struct ledger_file row;
    const char *copy_letters; /* JOB_COPY: control letters of the live database; in the arena */
    bool left_to_test; /* JOB_COPY: live did nothing with it, so that what there is to tell is told in test */

    struct job_release release;

    enum job_work work;
    enum job_stage stage;
    const char *reason; /* stable word for JOB_SET_ASIDE and for quarantine: "faults", "incomplete", … */
    bool
        from_hold; /* JOB_PARSE: a held roster that was released; its file lies in the hold and is moved from there */
    bool adopted;              /* the row was there before: no new claim */
    bool suspect;              /* it was claimed when an earlier process died: goes alone */
    enum pipeline_entry entry; /* the kind of place that it holds */
    bool parsed;               /* under the pipeline's lock */
    bool being_moved;          /* under the pipeline's lock: it was given to the mover */
    bool
        abandoned; /* given back: to be looked at again later. Of a job in its line: once it is parsed; under the pipeline's lock */

    /* set by the worker; all in the arena */
    struct arena arena;
    enum parse_status status;
    struct fault_list faults;
    struct jms_event event;
    struct apply_input input;
    struct apply_rules rules;
    struct row_file *rows; /* heap: a file of many messages, slice by slice; NULL for other formats */
    bool
        unreadable; /* the rest of it cannot be read: nothing that the worker set counts, and the job is given back */

    /* set by the committer */
    struct apply_result result;
    enum store_place place;
    /* For quarantine and hold: what `.reason.txt` says, in the arena; NULL: archive. */
    const char *reason_text;

    /* set by the mover */
    char *stored; /* path below the world's root, heap */
};

/* A new job for a file of a line: takes the path (heap). match is NULL for a row without its file. NULL when memory is exhausted; then the path is not taken. */
struct job *job_new(struct line *line, const struct config_match *match, char *path);

/* Closes the handle, frees everything. NULL is allowed. */
void job_free(struct job *job);

/* A queue of jobs, first in first out; the owner's lock guards it. */
struct job_queue {
    struct job *first, *last;
    size_t count;
};

void job_queue_add(struct job_queue *queue, struct job *job);
/* NULL when empty. */
struct job *job_queue_take(struct job_queue *queue);
/* Moves everything from `from` behind `to`. */
void job_queue_move(struct job_queue *to, struct job_queue *from);

#endif
