#include "service/spool/mover.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/clock.h"
#include "platform/folder.h"
#include "platform/path.h"
#include "platform/thread.h"
#include "service/event.h"
#include "service/pipeline/pipeline.h"
#include "service/spool/put_away.h"

#define BACKOFF_FIRST_MS 250u
#define BACKOFF_LAST_MS  5000u
#define EVENT_AFTER_MS   60000u

struct mover {
    const char *root, *share;
    struct thread *thread;
    struct mutex lock;
    struct condition wakes;
    struct job_queue queue; /* under the lock */
    bool stopping;          /* under the lock */
    /* the thread's own */
    struct job_queue stuck; /* failed once or more, in order */
    struct job_queue lost;  /* their handles are dead */
    uint32_t backoff;
    uint64_t trouble_since;
    bool reported;
};

static struct platform_status put_job_away(struct mover *mover, struct job *job)
{
    struct put_away what = {
        .root = mover->root,
        .place = job->place,
        .ledger_number = job->row.id,
        .arrived = job->row.arrived,
        .name = job->name,
        .reason_text = job->reason_text,
        .handle = job->handle,
        .bytes = {job->bytes, job->size},
        .size = job->row.marks.size,
    };
    free(job->stored);
    job->stored = NULL;
    struct platform_status status = put_away(&what, &job->stored);
    if (platform_ok(status) && job->marker)
        (void)file_remove(job->marker); /* a marker that stays behind is counted as unrecognised and seen */
    return status;
}

/* Brings the new names to the medium before the ledger says so; else a power failure could give back a file
 * whose row says that it is put away, and it would be applied again. */
static void flush_folders(struct mover *mover, const struct job_queue *done)
{
    char last[STORE_FOLDER_SIZE] = "";
    for (const struct job *job = done->first; job; job = job->next) {
        char folder[STORE_FOLDER_SIZE];
        store_folder(job->place, job->row.arrived, folder);
        if (strcmp(folder, last) == 0)
            continue;
        memcpy(last, folder, sizeof last);
        char *path = path_join(mover->root, folder);
        if (path)
            (void)folder_flush(path); /* a file system that cannot do this writes names in order by itself */
        free(path);
    }
    (void)folder_flush(mover->share);
}

static void report_trouble(struct mover *mover, const struct job *job, struct platform_status status,
                           uint64_t now)
{
    if (mover->trouble_since == 0)
        mover->trouble_since = now;
    if (mover->reported || now - mover->trouble_since < EVENT_AFTER_MS)
        return;
    char number[24], text[200];
    (void)snprintf(number, sizeof number, "%lld", (long long)job->row.id);
    platform_status_text(status, text, sizeof text);
    event_report(EVENT_NOT_MOVED, job->line->config->name, number, text);
    mover->reported = true;
}

static void report_end_of_trouble(struct mover *mover, const struct job *job)
{
    if (mover->reported) {
        char number[24];
        (void)snprintf(number, sizeof number, "%lld", (long long)job->row.id);
        event_report(EVENT_MOVED_AT_LAST, job->line->config->name, number);
    }
    mover->reported = false;
    mover->trouble_since = 0;
    mover->backoff = BACKOFF_FIRST_MS;
}

/* A handle into a share whose server went away stays dead when the server is back, however often it is tried: what it was of must be
 * opened anew. */
static bool handle_is_dead(const struct job *job)
{
    struct file_marks marks;
    return job->handle && !platform_ok(file_stat(job->handle, &marks));
}

/* Tries each job of `queue` once: what succeeds goes to `done`, the rest to mover->stuck, or to mover->lost. */
static void try_all(struct mover *mover, struct job_queue *queue, struct job_queue *done)
{
    struct job *job;
    bool failed = false;
    while ((job = job_queue_take(queue))) {
        struct platform_status status = put_job_away(mover, job);
        if (platform_ok(status)) {
            if (!failed && mover->stuck.count == 0)
                report_end_of_trouble(mover, job);
            job_queue_add(done, job);
        } else {
            failed = true;
            report_trouble(mover, job, status, clock_monotonic_ms());
            job_queue_add(handle_is_dead(job) ? &mover->lost : &mover->stuck, job);
        }
    }
}

/* Abandoned: the next look, or the next start, finds that the file is only to be put away. */
static void hand_back(struct job_queue *queue, bool abandoned)
{
    struct job *job;
    while ((job = job_queue_take(queue))) {
        job->abandoned = abandoned;
        if (abandoned && job->work != JOB_PUT_AWAY_ONLY) /* the row of such a one was read from the ledger */
            job->row.state = job->place == STORE_QUARANTINE ? LEDGER_QUARANTINED : LEDGER_DONE;
        job->stage = JOB_STORED;
        pipeline_stored(job->line->pipeline, job);
    }
}

static void mover_run(void *context)
{
    struct mover *mover = context;
    uint64_t retry_at = 0;
    for (;;) {
        struct job_queue batch = {0}, done = {0};
        mutex_lock(&mover->lock);
        while (!mover->stopping && mover->queue.count == 0) {
            uint32_t wait = UINT32_MAX;
            if (mover->stuck.count > 0) {
                uint64_t now = clock_monotonic_ms();
                if (now >= retry_at)
                    break;
                wait = (uint32_t)(retry_at - now);
            }
            (void)condition_wait(&mover->wakes, &mover->lock, wait);
        }
        bool stopping = mover->stopping;
        job_queue_move(&batch, &mover->queue);
        mutex_unlock(&mover->lock);

        if (mover->stuck.count > 0 && (stopping || clock_monotonic_ms() >= retry_at)) {
            struct job_queue again = {0};
            job_queue_move(&again, &mover->stuck);
            try_all(mover, &again, &done);
            if (mover->stuck.count > 0) {
                retry_at = clock_monotonic_ms() + mover->backoff;
                mover->backoff = mover->backoff * 2 > BACKOFF_LAST_MS ? BACKOFF_LAST_MS : mover->backoff * 2;
            }
        }
        size_t stuck_before = mover->stuck.count;
        try_all(mover, &batch, &done);
        if (stuck_before == 0 && mover->stuck.count > 0)
            retry_at = clock_monotonic_ms() + mover->backoff;
        if (done.count > 0) {
            flush_folders(mover, &done);
            hand_back(&done, false);
        }
        hand_back(&mover->lost, true);
        if (stopping) {
            hand_back(&mover->stuck, true);
            return;
        }
    }
}

struct platform_status mover_start(struct mover **out, const char *root, const char *share)
{
    struct mover *mover = calloc(1, sizeof *mover);
    if (!mover)
        return (struct platform_status){PLATFORM_NO_MEMORY, 0};
    mover->root = root;
    mover->share = share;
    mover->backoff = BACKOFF_FIRST_MS;
    mutex_init(&mover->lock);
    condition_init(&mover->wakes);
    struct platform_status status = thread_start(&mover->thread, "mover", mover_run, mover);
    if (!platform_ok(status)) {
        condition_release(&mover->wakes);
        mutex_release(&mover->lock);
        free(mover);
        return status;
    }
    *out = mover;
    return status;
}

void mover_add(struct mover *mover, struct job *job)
{
    mutex_lock(&mover->lock);
    job_queue_add(&mover->queue, job);
    condition_signal(&mover->wakes);
    mutex_unlock(&mover->lock);
}

void mover_stop(struct mover *mover)
{
    if (!mover)
        return;
    mutex_lock(&mover->lock);
    mover->stopping = true;
    condition_signal(&mover->wakes);
    mutex_unlock(&mover->lock);
    thread_join(mover->thread);
    condition_release(&mover->wakes);
    mutex_release(&mover->lock);
    free(mover);
}
