/*
 * The mover of one feed: a thread that puts applied files away, so that neither the committer nor another feed
 * waits for a slow share. What cannot be moved now is tried again after 250 ms, doubling to 5 s, for as long as
 * the service runs; after a minute an event says so.
 */
#ifndef CORBRIDGE_SERVICE_SPOOL_MOVER_H
#define CORBRIDGE_SERVICE_SPOOL_MOVER_H

#include "platform/status.h"
#include "service/pipeline/job.h"

struct mover; /* opaque, heap */

/* `root` is the world's folder, `share` the feed's; both borrowed. Names of folders that were changed are
 * flushed before the committer is told. */
struct platform_status mover_start(struct mover **out, const char *root, const char *share);

/* Takes a job. Any thread. It comes back by pipeline_stored. */
void mover_add(struct mover *mover, struct job *job);

/* Ends the thread: what could not be moved is given back (abandoned): its row stays in place. NULL is allowed. */
void mover_stop(struct mover *mover);

#endif
