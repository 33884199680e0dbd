/*
 * What the clock brings about in the database: planned releases, and events that have waited too long (RULES
 * "People and bookings"). At start and each minute. Then the files in the hold whose waiting is over (rehousing.h).
 * Committer's thread; service/pipeline/ only.
 */
#ifndef CORBRIDGE_SERVICE_PIPELINE_UPKEEP_H
#define CORBRIDGE_SERVICE_PIPELINE_UPKEEP_H

#include "service/pipeline/pipeline_private.h"
#include "service/pipeline/rehousing.h"

struct upkeep {
    struct pipeline *pipeline;
    struct arena arena; /* of one run */
    uint64_t next;      /* when it is due, monotonic ms; 0: at once */
    struct rehousing rehousing;
};

void upkeep_init(struct upkeep *upkeep, struct pipeline *pipeline);
void upkeep_release(struct upkeep *upkeep);

/* The committer turns at least as often as outgoing.h looks, so that nobody needs to wake it for this. */
bool upkeep_is_due(const struct upkeep *upkeep, uint64_t now);

/* Events that waited have ended: their files need not wait for the minute. */
void upkeep_waiting_ended(struct upkeep *upkeep);

/* A person has decided of something in the hold. */
void upkeep_decided(struct upkeep *upkeep);

/* A file was put into the hold: it may be that it is no longer waited for. */
void upkeep_put_into_hold(struct upkeep *upkeep);

/* One bounded step of what is due, with its events once it is committed; due again at once when there is more. DATABASE_OK, or
 * why not: then it stays due. */
enum database_kind upkeep_run(struct upkeep *upkeep);

#endif
