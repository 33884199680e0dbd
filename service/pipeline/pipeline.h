/*
 * The pipeline of one world: claim, parse, commit, put away (DESIGN steps 3 to 6). At most 256 files are in flight.
 *
 * Feeds submit files that they hold open. The committer, one thread with the world's only writing connection,
 * claims many to a transaction; workers parse; the committer applies each feed's files in the order of their
 * ledger numbers, taking the feeds in turn; the feed's mover puts them away; the committer ends their rows.
 */
#ifndef CORBRIDGE_SERVICE_PIPELINE_PIPELINE_H
#define CORBRIDGE_SERVICE_PIPELINE_PIPELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "database/database.h"
#include "database/photo_request.h"
#include "outbound/alert_line.h"
#include "outbound/partner.h"
#include "service/config.h"
#include "service/pipeline/job.h"
#include "service/world.h"

#define PIPELINE_IN_FLIGHT_MAX 256u

struct pipeline; /* opaque, heap */
struct mover;    /* service/spool/mover.h */

/* A feed's place in the pipeline. */
struct line {
    const struct config_feed *config;
    struct pipeline *pipeline;
    struct mover *mover;
    /* The job has ended, or is given back (job->abandoned). Takes the job and frees it. On the committer's
     * thread, or on the mover's or the stopping one's when it is given back; must not block. */
    void (*finished)(void *context, struct job *job);
    void *context;
    /* under the pipeline's lock: claimed jobs in the order of their ledger numbers */
    struct job *first, *last;
};

struct pipeline_options {
    const struct config *config;
    const struct world_paths *paths;
    /* Open for writing; the pipeline's committer uses it alone from pipeline_start to pipeline_stop. */
    struct database *writer;
    struct line *lines; /* one per feed, and in the test world one more per feed for copies */
    size_t line_count;
    struct line *hold_lines; /* of them one per feed for held rosters that are released */
    const struct partner *partners;
    size_t partner_count;
    const struct alert_receiver *alert_receivers;
    size_t alert_receiver_count;
    /* The committer queued messages for partners or alerts for feeds. On its thread. */
    void (*messages_queued)(void *context);
    /* A row of the command table asks for a scan of all feeds. On its thread. */
    void (*scan_asked)(void *context);
    /* Something was committed. On its thread. */
    void (*committed)(void *context);
    /* So many words about photos (pipeline_photo) are in the database, or were dropped. On its thread, or that of pipeline_photo. */
    void (*photos_written)(void *context, size_t count);
    /* `golive` or `back-to-test` was carried out: what is live is another than at the start. On its thread. */
    void (*live_changed)(void *context);
    void *context;
};

struct pipeline *pipeline_new(const struct pipeline_options *options);

/* Starts committer and workers. On failure nothing runs. */
struct platform_status pipeline_start(struct pipeline *pipeline);

/* No further job is let in; threads waiting in pipeline_enter return false. */
void pipeline_close_entry(struct pipeline *pipeline);

/* Waits until nothing is in flight, at most `milliseconds`. True when so. */
bool pipeline_drain(struct pipeline *pipeline, uint32_t milliseconds);

/* Ends the threads: what is in flight is given back. Then the caller may free. */
void pipeline_stop(struct pipeline *pipeline);
void pipeline_free(struct pipeline *pipeline);

/* Takes a place for one job; waits until there is one. False when the pipeline is closing, or while the
 * database cannot be written (then try again later). Feed threads. */
bool pipeline_enter(struct pipeline *pipeline, enum pipeline_entry entry);

/* Gives the place back without a job. */
void pipeline_leave(struct pipeline *pipeline, enum pipeline_entry entry);

/* Hands a job over; it holds the place that pipeline_enter gave. */
void pipeline_submit(struct pipeline *pipeline, struct job *job);

/* The mover has put a job away, or gives it back (job->abandoned): then it goes to its feed at once. */
void pipeline_stored(struct pipeline *pipeline, struct job *job);

/* A sender has sent a row. Any thread. */
void pipeline_sent(struct pipeline *pipeline, int64_t outbox_id);

/* The fetcher has seen to a photo: takes the result (heap). Answered by photos_written. The fetcher's thread. */
void pipeline_photo(struct pipeline *pipeline, struct photo_result *result);

/* Orders or commands may have been written: look now. Any thread. */
void pipeline_look_now(struct pipeline *pipeline);

/* Whether files are let in: the database can be written, as last seen, and the world is not being stopped. */
bool pipeline_is_up(struct pipeline *pipeline);

struct pipeline_figures {
    uint64_t claimed, applied, put_away, quarantined, vanished, sent, queued;
    uint64_t copied; /* from the live world; not among the others */
    uint64_t in_flight;
    uint64_t commits;
    bool busy; /* the committer has something to do besides */
};
void pipeline_figures(struct pipeline *pipeline, struct pipeline_figures *out);

#endif
