/*
 * Checkpoints of one world's database, on a thread and connection of their own, so that no writer waits for
 * them (DESIGN step 5).
 *
 * A passive one follows a second after the first commit since the last. When readers keep the WAL from
 * shrinking and it grows beyond 64 MB, it is truncated at the next moment without readers; above 256 MB an
 * event says so, once.
 */
#ifndef CORBRIDGE_SERVICE_PIPELINE_CHECKPOINTER_H
#define CORBRIDGE_SERVICE_PIPELINE_CHECKPOINTER_H

#include "platform/status.h"
#include "service/world.h"

struct checkpointer; /* opaque, heap */

/* `paths` is borrowed. Without a second connection it runs idle and says so in the log. */
struct platform_status checkpointer_start(struct checkpointer **out, const struct world_paths *paths);

/* Something was committed. Any thread; cheap. */
void checkpointer_note(struct checkpointer *checkpointer);

/* Ends the thread after a last checkpoint. NULL is allowed. */
void checkpointer_stop(struct checkpointer *checkpointer);

#endif
