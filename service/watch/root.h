/*
 * The root of a feed: its folder on the share, watched by a thread of its own that does nothing slow (DESIGN
 * step 1). It says that the folder is dirty and which names were mentioned; it opens again, with growing
 * pauses, what was lost.
 */
#ifndef CORBRIDGE_SERVICE_WATCH_ROOT_H
#define CORBRIDGE_SERVICE_WATCH_ROOT_H

#include <stdbool.h>

#include "platform/file.h"
#include "platform/status.h"

struct root; /* opaque, heap */

/* Called on the root's thread; must not block. */
struct root_callbacks {
    void *context;
    /* Opened and armed (or, with `polled`, known never to notify): the first scan may follow. */
    void (*armed)(void *context, const struct file_identity *identity, bool polled);
    void (*hint)(void *context, const char *name);
    void (*dirty)(void *context);
    void (*overflow)(void *context);
    /* The folder cannot be opened; it is tried again. Called for each failed try. */
    void (*offline)(void *context, struct platform_status status);
};

/* `folder` is borrowed. `polled`: the configuration says that notifications are not to be had. */
struct platform_status root_start(struct root **out, const char *folder, bool polled,
                                  const struct root_callbacks *callbacks);

/* Close and open again: a scan found that the folder is gone or is another one now, or the machine slept. Any
 * thread. */
void root_reopen(struct root *root);

/* Ends the thread, also out of a call that hangs in a dead share. NULL is allowed. */
void root_stop(struct root *root);

#endif
