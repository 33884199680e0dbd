/*
 * Files in the hold whose messages are no longer open go on to the archive or the quarantine, and then the ledger says so: at start, each
 * minute, after a commit that ended the waiting of an event, and when a file has come to lie in the hold. A few at a time. Committer's thread; service/pipeline/ only.
 */
#ifndef CORBRIDGE_SERVICE_PIPELINE_REHOUSING_H
#define CORBRIDGE_SERVICE_PIPELINE_REHOUSING_H

#include "service/pipeline/pipeline_private.h"

struct rehousing {
    struct pipeline *pipeline;
    struct arena arena; /* of one step */
    uint64_t next;      /* when it is due, monotonic ms; 0: at once */
    bool extracts;      /* this round is at the extracts, which come after the files */
    int64_t after;      /* how far this round has come: a file that cannot be moved stops none behind it */
    bool again;  /* something came while a round was under way, perhaps behind it: another one follows */
    bool failed; /* a file could not be moved in this round */
    bool told;   /* the log has been told */
};

void rehousing_init(struct rehousing *rehousing, struct pipeline *pipeline);
void rehousing_release(struct rehousing *rehousing);

/* There may be something: a round begins at once. */
void rehousing_soon(struct rehousing *rehousing);

/* A file came to lie in the hold: what it waited for may have come while it was on its way there. A round begins within a second, so that
 * a burst of such files is looked at a few times and not once for each. */
void rehousing_within_a_second(struct rehousing *rehousing);

bool rehousing_is_due(const struct rehousing *rehousing, uint64_t now);

/* One step, with its events once it is committed; due again at once when there is more. DATABASE_OK, or why the ledger could not be
 * told: then the next step finds the files where they are now. */
enum database_kind rehousing_run(struct rehousing *rehousing);

#endif
