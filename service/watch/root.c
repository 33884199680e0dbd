#include "service/watch/root.h"

#include <stdlib.h>

#include "platform/clock.h"
#include "platform/folder.h"
#include "platform/process.h"
#include "platform/thread.h"
#include "platform/watch.h"

#define BACKOFF_FIRST_MS 1000u
#define BACKOFF_LAST_MS  60000u
#define WATCH_TURN_MS    60000u
#define STEADY_MS        10000u /* a root that was held that long starts again with the first pause */

struct root {
    const char *folder;
    bool polled;
    struct root_callbacks callbacks;
    struct thread *thread;
    struct mutex lock;
    struct condition wakes;
    /* under the lock; the watch stands there so that others can wake it: the thread alone opens and closes it */
    struct watch *watch;
    bool reopen, stopping;
};

/* Waits for a stop, a request to reopen, or the time. False when stopping. */
static bool pause_for(struct root *root, uint32_t milliseconds)
{
    mutex_lock(&root->lock);
    if (!root->stopping && !root->reopen)
        (void)condition_wait(&root->wakes, &root->lock, milliseconds);
    root->reopen = false;
    bool go_on = !root->stopping;
    mutex_unlock(&root->lock);
    return go_on;
}

/* Up to a quarter more, so that many feeds on one dead server do not come back in one instant. */
static uint32_t with_jitter(uint32_t milliseconds)
{
    uint32_t random;
    process_random(&random, sizeof random);
    return milliseconds + random % (milliseconds / 4 + 1);
}

static void set_watch(struct root *root, struct watch *watch)
{
    mutex_lock(&root->lock);
    root->watch = watch;
    mutex_unlock(&root->lock);
}

static bool asked_to_leave(struct root *root)
{
    mutex_lock(&root->lock);
    bool leave = root->stopping || root->reopen;
    root->reopen = false;
    mutex_unlock(&root->lock);
    return leave;
}

static bool is_stopping(struct root *root)
{
    mutex_lock(&root->lock);
    bool answer = root->stopping;
    mutex_unlock(&root->lock);
    return answer;
}

/* Until the watch is lost or somebody asks. */
static void watch_until_lost(struct root *root, struct watch *watch)
{
    const struct root_callbacks *callbacks = &root->callbacks;
    while (!asked_to_leave(root)) { /* also before the first wait: nobody could wake it until now */
        struct platform_status status = PLATFORM_SUCCESS;
        switch (watch_wait(watch, WATCH_TURN_MS, callbacks->hint, callbacks->context, &status)) {
        case WATCH_DIRTY: callbacks->dirty(callbacks->context); break;
        case WATCH_OVERFLOW: callbacks->overflow(callbacks->context); break;
        case WATCH_TIMEOUT: break;
        case WATCH_WOKEN: break;
        case WATCH_LOST:
            /* Some servers say only at the first wait that they never notify. */
            if (status.kind == PLATFORM_UNSUPPORTED)
                root->polled = true;
            return;
        }
    }
}

/* Opens and arms; *identity is that of the folder which is watched. *watch stays NULL where the share never
 * notifies. */
static struct platform_status arm(const struct root *root, struct watch **watch,
                                  struct file_identity *identity)
{
    struct file_identity before;
    struct platform_status status = folder_identity(root->folder, &before);
    if (platform_ok(status) && !root->polled)
        status = watch_open(root->folder, watch);
    if (status.kind == PLATFORM_UNSUPPORTED)
        status = PLATFORM_SUCCESS;
    if (platform_ok(status))
        status = folder_identity(root->folder, identity);
    /* A handle follows its folder when that is renamed, in silence: were another folder put into its place just
     * now, the watch would be on the old one for ever. */
    if (platform_ok(status) && !file_identity_equal(&before, identity))
        status = (struct platform_status){PLATFORM_CHANGED, 0};
    return status;
}

static void root_run(void *context)
{
    struct root *root = context;
    const struct root_callbacks *callbacks = &root->callbacks;
    uint32_t backoff = BACKOFF_FIRST_MS;
    while (!is_stopping(root)) {
        struct watch *watch = NULL;
        struct file_identity identity = {0};
        struct platform_status status = arm(root, &watch, &identity);
        if (!platform_ok(status)) {
            watch_close(watch);
            callbacks->offline(callbacks->context, status);
            if (!pause_for(root, with_jitter(backoff)))
                return;
            backoff = backoff * 2 > BACKOFF_LAST_MS ? BACKOFF_LAST_MS : backoff * 2;
            continue;
        }
        uint64_t armed_at = clock_monotonic_ms();
        set_watch(root, watch);
        callbacks->armed(callbacks->context, &identity, watch == NULL);
        if (watch)
            watch_until_lost(root, watch);
        else
            (void)pause_for(root, UINT32_MAX); /* the feed scans by its own timer */
        set_watch(root, NULL);
        watch_close(watch);
        /* A root that is lost as soon as it is opened, or that opens and cannot be listed, must not make this
         * loop spin. */
        if (clock_monotonic_ms() - armed_at >= STEADY_MS)
            backoff = BACKOFF_FIRST_MS;
        if (!pause_for(root, with_jitter(backoff)))
            return;
        backoff = backoff * 2 > BACKOFF_LAST_MS ? BACKOFF_LAST_MS : backoff * 2;
    }
}

struct platform_status root_start(struct root **out, const char *folder, bool polled,
                                  const struct root_callbacks *callbacks)
{
    struct root *root = calloc(1, sizeof *root);
    if (!root)
        return (struct platform_status){PLATFORM_NO_MEMORY, 0};
    root->folder = folder;
    root->polled = polled;
    root->callbacks = *callbacks;
    mutex_init(&root->lock);
    condition_init(&root->wakes);
    struct platform_status status = thread_start(&root->thread, "watch", root_run, root);
    if (!platform_ok(status)) {
        condition_release(&root->wakes);
        mutex_release(&root->lock);
        free(root);
        return status;
    }
    *out = root;
    return status;
}

/* With the lock held: makes the thread look at its flags. */
static void wake(struct root *root)
{
    condition_broadcast(&root->wakes);
    if (root->watch)
        watch_wake(root->watch);
}

void root_reopen(struct root *root)
{
    mutex_lock(&root->lock);
    root->reopen = true;
    wake(root);
    mutex_unlock(&root->lock);
}

void root_stop(struct root *root)
{
    if (!root)
        return;
    mutex_lock(&root->lock);
    root->stopping = true;
    wake(root);
    mutex_unlock(&root->lock);
    thread_cancel_io(root->thread);
    thread_join(root->thread);
    condition_release(&root->wakes);
    mutex_release(&root->lock);
    free(root);
}
