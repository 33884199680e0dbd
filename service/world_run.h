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
#include "service/live.h"
#include "service/world.h"

struct world_run; /* opaque, heap */

/* What the engine wants to be told by a world; on a thread of the world, must only pass the word on. */
struct world_callbacks {
    void (*progress)(void *context);     /* as in engine_options; may be NULL */
    void (*committed)(void *context);    /* a group was committed */
    void (*live_changed)(void *context); /* as in engine_options */
    void *context;
    bool paused; /* as in engine_options */
};

/* Opens the database, migrates it, takes over the facilities of the configuration. Nothing runs yet. On failure *out is
 * NULL and `message` says what to do; *newer: the schema is newer than this program. */
enum engine_start world_run_open(struct world_run **out, const struct config *config,
                                 enum database_world world, const struct world_callbacks *callbacks,
                                 bool *newer, char *message, size_t message_size);

/* Reads what is live. The live world, before it is started. */
enum database_kind world_run_read_live(struct world_run *live, struct live *out);

/* Recovers and starts every thread of the world: the live world runs what is live, the test world the rest, and copies what
 * `followed`, the live world that runs already, has applied. `live` must outlive the world. On failure `message` says what to do; the caller
 * stops it, which frees. */
enum engine_start world_run_start(struct world_run *run, const struct live *live, struct world_run *followed,
                                  char *message, size_t message_size);

/* The live world has committed something: the test world may follow. Any thread. */
void world_run_follow(struct world_run *test);

/* Ends following, at once whatever the test world is at, which takes no more files from then on; the live world may then be stopped. */
void world_run_stop_following(struct world_run *test);

/* Ends taking files, lets what is in flight come to its end until `deadline` (monotonic ms), ends every thread,
 * frees. What was still in flight at the deadline is given back: its rows are as safe as after a crash. False
 * when that was so. */
bool world_run_stop(struct world_run *run, uint64_t deadline);

void world_run_pause(struct world_run *run, bool paused);
void world_run_scan_now(struct world_run *run, bool reopen);
void world_run_look_now(struct world_run *run);

/* Adds this world's figures to *figures. */
void world_run_figures(struct world_run *run, struct engine_figures *figures);

/* Nothing is in flight, waiting, queued to be sent or to be copied. */
bool world_run_is_idle(struct world_run *run);

#endif
