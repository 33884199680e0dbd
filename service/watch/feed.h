/*
 * A feed at work: the folder's root (notifications), its settle table, and the worker that scans, looks, opens
 * and claims (DESIGN steps 1 to 3). One settle worker per feed: opening a file on a dead share can block half a
 * minute, and then stops this feed only.
 *
 * Concurrency: line.finished (which feed_new sets) comes from the committer's or the mover's thread, the root's
 * callbacks from the root's; all only add to queues under the feed's lock. Everything else belongs to the
 * settle worker.
 */
#ifndef CORBRIDGE_SERVICE_WATCH_FEED_H
#define CORBRIDGE_SERVICE_WATCH_FEED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "database/ledger.h"
#include "platform/status.h"
#include "service/config.h"
#include "service/pipeline/pipeline.h"

struct feed; /* opaque, heap */

struct feed_options {
    const struct config *config;
    const struct config_feed *feed;
    const struct world_paths *paths;
    struct line *line; /* its finished callback is set by feed_new */
    /* Rows of the ledger that an earlier process left claimed or in place, by number; copied. */
    const struct ledger_file *unfinished;
    size_t unfinished_count;
    bool suspects; /* what it left claimed may have killed it: it goes alone */
};

/* NULL when memory is exhausted. Borrows what the options point to. */
struct feed *feed_new(const struct feed_options *options);
struct platform_status feed_start(struct feed *feed);

/* Asks the threads to end, and waits for it. After feed_end no job comes from it; its jobs in flight may still
 * finish. */
void feed_end(struct feed *feed);
void feed_free(struct feed *feed);

/* Stop and resume taking files. Any thread. */
void feed_pause(struct feed *feed, bool paused);

/* Scan now; `reopen` also opens the watch again. Any thread. */
void feed_scan_now(struct feed *feed, bool reopen);

struct feed_figures {
    uint64_t scans, overflows;
    uint64_t waiting, unrecognised; /* as of the last turn of the worker */
    bool online;
    bool idle; /* nothing waits, nothing is asked for, and the folder was scanned since the last request */
};
void feed_figures(struct feed *feed, struct feed_figures *out);

#endif
