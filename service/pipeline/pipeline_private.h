/*
 * Shared by the rooms of service/pipeline/ only.
 *
 * Concurrency: `lock` guards every member below it in struct pipeline, and the claimed jobs of every line. The
 * committer and the workers take work out under the lock and do it outside. Lock order: a feed may ask us under
 * its own lock; no function of a feed or a mover is called with ours held.
 */
#ifndef CORBRIDGE_SERVICE_PIPELINE_PIPELINE_PRIVATE_H
#define CORBRIDGE_SERVICE_PIPELINE_PIPELINE_PRIVATE_H

#include "platform/thread.h"
#include "service/pipeline/pipeline.h"

#define PIPELINE_WORKERS_MAX 64u

struct sent_rows {
    int64_t *ids;
    size_t count, capacity;
};

struct photo_word; /* service/pipeline/photos.c */

struct photo_words {
    struct photo_word *first, *last;
    size_t count;
};

struct pipeline {
    struct pipeline_options options;
    struct thread *committer;
    struct thread *workers[PIPELINE_WORKERS_MAX];
    size_t worker_count;

    struct mutex lock;
    struct condition committer_wakes; /* claims, parsed, stored, sent, photos, look_now, stopping */
    struct condition workers_wake;    /* to_parse, stopping */
    struct condition places_change;   /* in_flight, lone, up, closing */

    struct job_queue claims;   /* submitted, not yet claimed */
    struct job_queue to_parse; /* claimed */
    struct job_queue stored;   /* put away, row not yet ended; also JOB_GONE */
    struct sent_rows sent;
    struct photo_words photos; /* what the fetcher did, not yet written */
    size_t parsed_ready;       /* jobs that stand parsed in some line, at its head or behind it */

    unsigned in_flight;
    unsigned being_moved;  /* of these: applied, with a mover */
    bool lone;             /* a lone job is in flight */
    unsigned lone_waiting; /* threads that wait to go alone */
    bool up;               /* the database can be written */
    bool closing, stopping;
    bool look_now;
    bool committing; /* the committer is at work outside the lock */
    struct pipeline_figures figures;
};

/* Thread functions; context is the pipeline. */
void committer_run(void *context);
void worker_run(void *context);

/* Parses one claimed job and works out what the committer needs. Pure but for the configuration. */
void worker_parse(const struct config *config, struct job *job);

/* Called by a worker before each parse when it is set. Only a test sets it, before anything is started, to stand for a
 * file that brings the process down. */
extern void (*worker_before_parse)(const struct job *job);

/* The job goes to its mover: what waits to go alone waits for it no longer. Lock held. */
void pipeline_locked_being_moved(struct pipeline *pipeline, struct job *job);

/* Takes the head of its line out of it. Lock held. */
void pipeline_locked_leave_line(struct job *job);

/* Frees the place of a job and hands the job to its feed. Not with the lock held. */
void pipeline_finish(struct pipeline *pipeline, struct job *job);

#endif
