/*
 * What corbridge.exe left in the command table, carried out by the one thread that writes: `scan`, `golive` and `back-to-test`
 * (carry_live.h), `release` and `reject` (carry_decision.h). Each answer is committed with what it did. Committer's thread;
 * service/pipeline/ only.
 */
#ifndef CORBRIDGE_SERVICE_PIPELINE_CARRY_OUT_H
#define CORBRIDGE_SERVICE_PIPELINE_CARRY_OUT_H

#include "service/pipeline/pipeline_private.h"

/* Carries out all commands without an answer, one transaction each. *decided becomes true when something left the hold. DATABASE_OK, or why not: the next look
 * goes on with those that have none. */
enum database_kind carry_out_commands(struct pipeline *pipeline, struct arena *arena, bool *decided);

#endif
