/*
 * What corbridge.exe left in the command table, carried out by the one thread that writes: `scan`, `golive`, `back-to-test`. Each answer is
 * committed with what it did. Committer's thread; service/pipeline/ only.
 */
#ifndef CORBRIDGE_SERVICE_PIPELINE_CARRY_OUT_H
#define CORBRIDGE_SERVICE_PIPELINE_CARRY_OUT_H

#include "service/pipeline/pipeline_private.h"

/* Carries out all commands without an answer. DATABASE_OK, or why not: then nothing is done, and the next look does it again. */
enum database_kind carry_out_commands(struct pipeline *pipeline, struct arena *arena);

#endif
