/*
 * One world at work: its database, its pipeline, its feeds, movers and senders. The engine holds one per world.
 */
#ifndef CORBRIDGE_SERVICE_WORLD_RUN_H
#define CORBRIDGE_SERVICE_WORLD_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "service/config.h"
#include "service/engine.h"
#include "service/world.h"

struct world_run; /* opaque, heap */

/* Opens the database, recovers, starts every thread of the world. On failure *out is NULL, nothing runs and
 * `message` says what to do. `progress` as in engine_options. */
enum engine_start world_run_start(struct world_run **out, const struct engine_options *options,
                                  enum database_world world, char *message, size_t message_size);

/* Ends taking files, lets what is in flight come to its end until `deadline` (monotonic ms), ends every thread,
 * frees. What was still in flight at the deadline is given back: its rows are as safe as after a crash. False
 * when that was so. */
bool world_run_stop(struct world_run *run, uint64_t deadline);

void world_run_pause(struct world_run *run, bool paused);
void world_run_scan_now(struct world_run *run, bool reopen);
void world_run_look_now(struct world_run *run);

/* Adds this world's figures to *figures. */
void world_run_figures(struct world_run *run, struct engine_figures *figures);

/* Nothing is in flight, waiting or queued to be sent. */
bool world_run_is_idle(struct world_run *run);

#endif
