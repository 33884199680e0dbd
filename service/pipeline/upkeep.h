/*
 * What the clock brings about in the database: planned releases, and events that have waited too long (RULES
 * "People and bookings"). At start and each minute. Committer's thread; service/pipeline/ only.
 */
#ifndef CORBRIDGE_SERVICE_PIPELINE_UPKEEP_H
#define CORBRIDGE_SERVICE_PIPELINE_UPKEEP_H

#include "service/pipeline/pipeline_private.h"

struct upkeep {
    struct pipeline *pipeline;
    struct arena arena; /* of one run */
    uint64_t next;      /* when it is due, monotonic ms; 0: at once */
};

void upkeep_init(struct upkeep *upkeep, struct pipeline *pipeline);
void upkeep_release(struct upkeep *upkeep);

/* The committer turns at least as often as outgoing.h looks, so that nobody needs to wake it for this. */
bool upkeep_is_due(const struct upkeep *upkeep, uint64_t now);

/* One bounded step, with its events once it is committed; due again at once when there is more. DATABASE_OK, or
 * why not: then it stays due. */
enum database_kind upkeep_run(struct upkeep *upkeep);

#endif
