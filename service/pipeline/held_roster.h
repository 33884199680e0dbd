/*
 * Held sync rosters that a person has released: each goes through the pipeline once more, from the hold, in a line of its own, and nothing
 * waits for it. That it was released stands in the ledger, so that a restart goes on. Committer's thread; service/pipeline/ only.
 */
#ifndef CORBRIDGE_SERVICE_PIPELINE_HELD_ROSTER_H
#define CORBRIDGE_SERVICE_PIPELINE_HELD_ROSTER_H

#include "service/pipeline/held_job.h"
#include "service/pipeline/pipeline_private.h"

/* Whether a held message is a whole sync roster. */
bool held_is_roster(const struct held *held);

/*
 * A job of it, judged as a whole, with its file open. HELD_FOUND: *job is the caller's. Any other answer: *job is NULL, *status says why where a
 * call failed. Reads the whole file: its bytes must be those that came.
 */
enum held_found held_roster_make(struct line *line, const struct held *held, const char *root,
                                 struct job **job, struct platform_status *status);

/* Submits those that were released and are not on their way. DATABASE_OK, or why they could not be read. */
enum database_kind held_roster_submit(struct pipeline *pipeline, struct arena *arena);

/* line->finished of their lines. */
void held_roster_finished(void *context, struct job *job);

#endif
