#include "service/pipeline/checkpointer.h"

#include <stdio.h>
#include <stdlib.h>

#include "platform/thread.h"
#include "service/event.h"
#include "service/log.h"

#define PAUSE_MS       1000u
#define PAGE_BYTES     4096
#define TRUNCATE_PAGES (64 * 1024 * 1024 / PAGE_BYTES)
#define EVENT_PAGES    (256 * 1024 * 1024 / PAGE_BYTES)

struct checkpointer {
    const struct world_paths *paths;
    struct thread *thread;
    struct mutex lock;
    struct condition wakes;
    bool noted, stopping; /* under the lock */
    bool reported;
};

static void checkpoint(struct checkpointer *checkpointer, struct database *db)
{
    int pages = 0, moved = 0;
    if (database_checkpoint(db, false, &pages, &moved) != DATABASE_OK)
        return; /* busy or in trouble: the committer reports what matters, the next one tries again */
    if (pages >= TRUNCATE_PAGES && moved == pages)
        (void)database_checkpoint(db, true, &pages, &moved);
    bool large = pages >= EVENT_PAGES && moved < pages;
    if (large && !checkpointer->reported) {
        char megabytes[24];
        (void)snprintf(megabytes, sizeof megabytes, "%d", pages / (1024 * 1024 / PAGE_BYTES));
        event_report(EVENT_WAL_LARGE, world_name(checkpointer->paths->world), megabytes);
    }
    checkpointer->reported = large;
}

static void checkpointer_run(void *context)
{
    struct checkpointer *checkpointer = context;
    struct database *db = NULL;
    char message[400];
    bool stopping = false;
    while (!stopping) {
        mutex_lock(&checkpointer->lock);
        while (!checkpointer->stopping && !checkpointer->noted)
            (void)condition_wait(&checkpointer->wakes, &checkpointer->lock, UINT32_MAX);
        /* What is committed meanwhile is moved along. */
        if (!checkpointer->stopping)
            (void)condition_wait(&checkpointer->wakes, &checkpointer->lock, PAUSE_MS);
        checkpointer->noted = false;
        stopping = checkpointer->stopping;
        mutex_unlock(&checkpointer->lock);
        /* A reader may checkpoint; and it never makes a new file where somebody has deleted the one that is in use. */
        if (!db && database_open(checkpointer->paths->database, checkpointer->paths->world, DATABASE_READ,
                                 &db, message, sizeof message) != DATABASE_OK) {
            log_write(LOG_WARNING, "database", "no connection for checkpoints: %s", message);
            continue;
        }
        checkpoint(checkpointer, db);
    }
    database_close(db);
}

struct platform_status checkpointer_start(struct checkpointer **out, const struct world_paths *paths)
{
    struct checkpointer *checkpointer = calloc(1, sizeof *checkpointer);
    if (!checkpointer)
        return (struct platform_status){PLATFORM_NO_MEMORY, 0};
    checkpointer->paths = paths;
    mutex_init(&checkpointer->lock);
    condition_init(&checkpointer->wakes);
    struct platform_status status =
        thread_start(&checkpointer->thread, "checkpointer", checkpointer_run, checkpointer);
    if (!platform_ok(status)) {
        condition_release(&checkpointer->wakes);
        mutex_release(&checkpointer->lock);
        free(checkpointer);
        return status;
    }
    *out = checkpointer;
    return status;
}

void checkpointer_note(struct checkpointer *checkpointer)
{
    mutex_lock(&checkpointer->lock);
    if (!checkpointer->noted) { /* once: a signal during the pause would shorten it */
        checkpointer->noted = true;
        condition_signal(&checkpointer->wakes);
    }
    mutex_unlock(&checkpointer->lock);
}

void checkpointer_stop(struct checkpointer *checkpointer)
{
    if (!checkpointer)
        return;
    mutex_lock(&checkpointer->lock);
    checkpointer->stopping = true;
    condition_broadcast(&checkpointer->wakes);
    mutex_unlock(&checkpointer->lock);
    thread_join(checkpointer->thread);
    condition_release(&checkpointer->wakes);
    mutex_release(&checkpointer->lock);
    free(checkpointer);
}
