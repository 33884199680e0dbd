#include "service/pipeline/pipeline.h"

#include <assert.h>
#include <stdlib.h>

#include "platform/clock.h"
#include "service/pipeline/photos.h"
#include "service/pipeline/pipeline_private.h"

struct pipeline *pipeline_new(const struct pipeline_options *options)
{
    struct pipeline *pipeline = calloc(1, sizeof *pipeline);
    if (!pipeline)
        return NULL;
    pipeline->options = *options;
    pipeline->up = true;
    pipeline->look_now =
        true; /* what other programs wrote before: until it is found the world is not at rest */
    mutex_init(&pipeline->lock);
    condition_init(&pipeline->committer_wakes);
    condition_init(&pipeline->workers_wake);
    condition_init(&pipeline->places_change);
    return pipeline;
}

struct platform_status pipeline_start(struct pipeline *pipeline)
{
    struct platform_status status = thread_start(&pipeline->committer, "committer", committer_run, pipeline);
    unsigned workers = thread_processor_count();
    if (workers > PIPELINE_WORKERS_MAX)
        workers = PIPELINE_WORKERS_MAX;
    while (platform_ok(status) && pipeline->worker_count < workers) {
        status = thread_start(&pipeline->workers[pipeline->worker_count], "worker", worker_run, pipeline);
        if (platform_ok(status))
            pipeline->worker_count++;
    }
    if (!platform_ok(status))
        pipeline_stop(pipeline);
    return status;
}

void pipeline_close_entry(struct pipeline *pipeline)
{
    mutex_lock(&pipeline->lock);
    pipeline->closing = true;
    condition_broadcast(&pipeline->places_change);
    mutex_unlock(&pipeline->lock);
}

bool pipeline_drain(struct pipeline *pipeline, uint32_t milliseconds)
{
    uint64_t end = clock_monotonic_ms() + milliseconds;
    mutex_lock(&pipeline->lock);
    while (pipeline->in_flight > 0) {
        uint64_t now = clock_monotonic_ms();
        if (now >= end)
            break;
        (void)condition_wait(&pipeline->places_change, &pipeline->lock, (uint32_t)(end - now));
    }
    bool empty = pipeline->in_flight == 0;
    mutex_unlock(&pipeline->lock);
    return empty;
}

void pipeline_stop(struct pipeline *pipeline)
{
    mutex_lock(&pipeline->lock);
    pipeline->closing = pipeline->stopping = true;
    condition_broadcast(&pipeline->committer_wakes);
    condition_broadcast(&pipeline->workers_wake);
    condition_broadcast(&pipeline->places_change);
    mutex_unlock(&pipeline->lock);
    thread_join(pipeline->committer);
    pipeline->committer = NULL;
    while (pipeline->worker_count > 0)
        thread_join(pipeline->workers[--pipeline->worker_count]);

    /* What is left stands in one of the queues or in a line: it was claimed at most, and is given back. */
    struct job *job;
    while ((job = job_queue_take(&pipeline->claims)))
        pipeline_finish(pipeline, job);
    while ((job = job_queue_take(&pipeline->stored)))
        pipeline_finish(pipeline, job);
    for (size_t i = 0; i < pipeline->options.line_count; i++) {
        struct line *line = &pipeline->options.lines[i];
        while ((job = line->first)) {
            line->first = job->next_in_line;
            job->abandoned = true;
            pipeline_finish(pipeline, job);
        }
        line->last = NULL;
    }
}

void pipeline_free(struct pipeline *pipeline)
{
    if (!pipeline)
        return;
    condition_release(&pipeline->committer_wakes);
    condition_release(&pipeline->workers_wake);
    condition_release(&pipeline->places_change);
    mutex_release(&pipeline->lock);
    free(pipeline->sent.ids);
    photos_release(pipeline);
    free(pipeline);
}

/* Whether a job may go in now. With the lock held. */
static bool may_enter(const struct pipeline *pipeline, enum pipeline_entry entry)
{
    switch (entry) {
    case PIPELINE_FILE:
        return !pipeline->lone && pipeline->lone_waiting == 0 && pipeline->in_flight < PIPELINE_IN_FLIGHT_MAX;
    case PIPELINE_LONE: /* what is applied and only waits to be moved may wait long, and can do no harm any more */
        return !pipeline->lone && pipeline->in_flight == pipeline->being_moved;
    case PIPELINE_ROW: return true;
    }
    abort();
}

bool pipeline_enter(struct pipeline *pipeline, enum pipeline_entry entry)
{
    mutex_lock(&pipeline->lock);
    pipeline->lone_waiting += entry == PIPELINE_LONE;
    while (!pipeline->closing && pipeline->up && !may_enter(pipeline, entry))
        (void)condition_wait(&pipeline->places_change, &pipeline->lock, UINT32_MAX);
    pipeline->lone_waiting -= entry == PIPELINE_LONE;
    bool entered = !pipeline->closing && pipeline->up;
    if (entered) {
        pipeline->in_flight++;
        pipeline->lone = pipeline->lone || entry == PIPELINE_LONE;
    } else {
        condition_broadcast(&pipeline->places_change); /* those that waited behind a lone one look again */
    }
    mutex_unlock(&pipeline->lock);
    return entered;
}

static void give_place_back(struct pipeline *pipeline, enum pipeline_entry entry, bool moved)
{
    mutex_lock(&pipeline->lock);
    pipeline->in_flight--;
    pipeline->being_moved -= moved;
    if (entry == PIPELINE_LONE)
        pipeline->lone = false;
    condition_broadcast(&pipeline->places_change);
    mutex_unlock(&pipeline->lock);
}

void pipeline_leave(struct pipeline *pipeline, enum pipeline_entry entry)
{
    give_place_back(pipeline, entry, false);
}

void pipeline_submit(struct pipeline *pipeline, struct job *job)
{
    mutex_lock(&pipeline->lock);
    job_queue_add(job->work == JOB_GONE ? &pipeline->stored : &pipeline->claims, job);
    condition_signal(&pipeline->committer_wakes);
    mutex_unlock(&pipeline->lock);
}

void pipeline_stored(struct pipeline *pipeline, struct job *job)
{
    mutex_lock(&pipeline->lock);
    if (job->abandoned || pipeline->stopping) { /* its row stays in place: the next look or start ends it */
        mutex_unlock(&pipeline->lock);
        pipeline_finish(pipeline, job);
        return;
    }
    job_queue_add(&pipeline->stored, job);
    condition_signal(&pipeline->committer_wakes);
    mutex_unlock(&pipeline->lock);
}

void pipeline_sent(struct pipeline *pipeline, int64_t outbox_id)
{
    mutex_lock(&pipeline->lock);
    struct sent_rows *sent = &pipeline->sent;
    if (sent->count == sent->capacity) {
        size_t capacity = sent->capacity ? sent->capacity * 2 : 64;
        int64_t *ids = realloc(sent->ids, capacity * sizeof *ids);
        if (!ids)
            abort(); /* a sent row that is not marked would be sent again at the next start: better to start now */
        sent->ids = ids;
        sent->capacity = capacity;
    }
    sent->ids[sent->count++] = outbox_id;
    condition_signal(&pipeline->committer_wakes);
    mutex_unlock(&pipeline->lock);
}

void pipeline_look_now(struct pipeline *pipeline)
{
    mutex_lock(&pipeline->lock);
    pipeline->look_now = true;
    condition_signal(&pipeline->committer_wakes);
    mutex_unlock(&pipeline->lock);
}

bool pipeline_is_up(struct pipeline *pipeline)
{
    mutex_lock(&pipeline->lock);
    bool up = pipeline->up && !pipeline->closing;
    mutex_unlock(&pipeline->lock);
    return up;
}

void pipeline_figures(struct pipeline *pipeline, struct pipeline_figures *out)
{
    mutex_lock(&pipeline->lock);
    *out = pipeline->figures;
    out->in_flight = pipeline->in_flight;
    out->busy =
        pipeline->committing || pipeline->look_now || pipeline->sent.count > 0 || pipeline->photos.count > 0;
    mutex_unlock(&pipeline->lock);
}

void pipeline_locked_being_moved(struct pipeline *pipeline, struct job *job)
{
    job->being_moved = true;
    pipeline->being_moved++;
    if (job->entry ==
        PIPELINE_LONE) { /* it can do no harm any more: the next one need not wait for a slow share */
        job->entry = PIPELINE_FILE;
        pipeline->lone = false;
    }
    if (pipeline->lone_waiting > 0)
        condition_broadcast(&pipeline->places_change);
}

void pipeline_locked_leave_line(struct job *job)
{
    struct line *line = job->line;
    assert(line->first == job);
    line->first = job->next_in_line;
    if (!line->first)
        line->last = NULL;
    job->next_in_line = NULL;
    struct job *next = line->first;
    if (next && next->rows && !next->parsed) { /* it was not worth its memory before (dispatch_claims) */
        if (next->abandoned) {
            next->parsed = true;
            line->pipeline->parsed_ready++;
            return;
        }
        job_queue_add(&line->pipeline->to_parse, next);
        condition_signal(&line->pipeline->workers_wake);
    }
}

void pipeline_finish(struct pipeline *pipeline, struct job *job)
{
    enum pipeline_entry entry = job->entry;
    bool moved = job->being_moved;
    job->stage = JOB_ENDED;
    job->line->finished(job->line->context, job);
    give_place_back(pipeline, entry, moved);
}
