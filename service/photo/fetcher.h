/*
 * The fetcher of a world: one thread that gets the photos that are asked for, stores them, and tells the committer. It reads the database by a
 * connection of its own and writes nothing but files; a photo that fails hinders no event (RULES "Photos").
 */
#ifndef CORBRIDGE_SERVICE_PHOTO_FETCHER_H
#define CORBRIDGE_SERVICE_PHOTO_FETCHER_H

#include <stdbool.h>

#include "database/photo_request.h"
#include "service/config.h"
#include "service/world.h"

struct fetcher; /* opaque, heap */

struct fetcher_options {
    const struct config *config;
    const struct world_paths *paths;
    /* Test world: the live one. What was copied from it is taken from its photos: no host is asked twice for one picture. NULL: none. */
    const struct world_paths *followed;
    /* What was done about a request, for the committer: heap, the callee's (free). On the fetcher's thread. Each is answered by
     * fetcher_written. */
    void (*done)(void *context, struct photo_result *result);
    void *context;
};

/* Whether the configuration asks for photos at all: else there is no fetcher. */
bool fetcher_is_needed(const struct config *config);

/* Whether photos come as files into the folder of a feed. */
bool fetcher_feed_has_photos(const struct config_feed *feed);

struct fetcher *fetcher_new(const struct fetcher_options *options); /* NULL: memory */
struct platform_status fetcher_start(struct fetcher *fetcher);

/* Something was committed: a photo may be asked for. Any thread; cheap. NULL is allowed. */
void fetcher_wake(struct fetcher *fetcher);

/* `count` results are in the database, or were dropped. Any thread. NULL is allowed. */
void fetcher_written(struct fetcher *fetcher, size_t count);

/* No request is due, none is under way. NULL is allowed. */
bool fetcher_is_idle(struct fetcher *fetcher);

/* Cuts off what is under way and ends the thread. NULL is allowed; so is a second time. */
void fetcher_end(struct fetcher *fetcher);
void fetcher_free(struct fetcher *fetcher); /* NULL is allowed */

#endif
