/*
 * What live feeds applied is also put into the test world, one way and after the live commit, so that orders and results in test meet real
 * people (RULES "Test and live").
 *
 * The copier is a thread of the test world. It reads the live ledger and the live archive, never writes there, and hands each file
 * to the test world's pipeline as a JOB_COPY, feed by feed in the order of the live ledger. How far it is stands in the test database
 * (live_copy), moved in the transaction that applies the copy: a crash repeats nothing and leaves nothing out. Live goes first: while it is at
 * work the copier waits, up to five seconds for each 64 files.
 *
 * A file whose message is held, quarantined or rejected in live changed nothing there, and is not copied. What a person releases later
 * follows by the list of releases, which has a position of its own (live_copy.released_up_to).
 */
#ifndef CORBRIDGE_SERVICE_PIPELINE_COPIER_H
#define CORBRIDGE_SERVICE_PIPELINE_COPIER_H

#include <stdbool.h>

#include "platform/status.h"
#include "service/pipeline/pipeline.h"

struct copier; /* opaque, heap */

struct copier_options {
    const struct config *config;
    const struct world_paths *live, *test;
    struct pipeline *pipeline;           /* of the test world */
    struct line *lines;                  /* one per feed, for copies only; the copier fills them */
    bool (*live_is_busy)(void *context); /* on the copier's thread */
    void *context;
};

/* NULL when memory is exhausted. Borrows what the options point to. */
struct copier *copier_new(const struct copier_options *options);
struct platform_status copier_start(struct copier *copier);

/* The live world has committed something. Any thread. */
void copier_wake(struct copier *copier);

/* Everything that is ready in the live world is in the test world. Any thread. */
bool copier_is_idle(struct copier *copier);

/* Ends the thread; copies in flight may still finish. NULL is allowed. */
void copier_end(struct copier *copier);

/* After the pipeline has stopped. NULL is allowed. */
void copier_free(struct copier *copier);

#endif
