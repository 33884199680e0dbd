/*
 * Workers: one per core. A worker takes some claimed jobs, parses each into the job's own arena and hands them
 * to the committer.
 */
#include <stdio.h>

#include "parser/picture.h"
#include "platform/clock.h"
#include "service/log.h"
#include "service/pipeline/event_time.h"
#include "service/pipeline/held_job.h"
#include "service/pipeline/jms_input.h"
#include "service/pipeline/pipeline_private.h"
#include "service/pipeline/row_read.h"
#include "service/pipeline/sync.h"

#define BATCH    8     /* jobs taken under one lock: a parse costs less than a wake-up */
#define RETRY_MS 1000u /* after a row that could not be set aside */

static enum parse_status parse_jms_event(const struct config *config, struct job *job)
{
    enum parse_status status = jms_input_parse(config, job);
    if (status != PARSE_OK && status != PARSE_INVALID)
        return status;
    const struct jms_source source = {config, job, &job->arena, &job->faults};
    const struct zone *zone = NULL;
    status = jms_input_make(&source, status, &job->event, &job->input, &zone);
    if (status != PARSE_OK)
        return status;
    job->input.ordinal = 1;
    job->input.event_at = event_time_find(job, zone);
    return PARSE_OK;
}

/* A picture is looked at, not decoded; it is stored by the fetcher, from where it is put away (service/photo/). */
static enum parse_status parse_photo(const struct config *config, struct job *job)
{
    struct picture picture;
    return picture_report(picture_read(slice_from(job->bytes, job->size), config->photos.pixels, &picture),
                          &job->faults);
}

void worker_parse(const struct config *config, struct job *job)
{
    job->rules = (struct apply_rules){config_place, config};
    if (job->rows) {
        job->status = job->rows->sync ? sync_read(config, job) : row_read(config, job);
    } else {
        fault_list_init(&job->faults, &job->arena);
        job->status = job->release.message != 0                   ? held_job_parse(config, job)
                      : job->match->format == CONFIG_FORMAT_PHOTO ? parse_photo(config, job)
                                                                  : parse_jms_event(config, job);
    }
    /* No verdict without its reasons, no value without its warning. */
    if (fault_list_lost_memory(&job->faults))
        job->status = PARSE_NO_MEMORY;
    fault_list_sort(&job->faults); /* by place: the checks above came after the reading */
    if (job->status != PARSE_OK && !job->reason)
        job->reason = job->status == PARSE_INCOMPLETE ? "incomplete" : "faults";
}

/* What must lie in a folder of ours before the transaction that says so. */
static void set_rows_aside(struct pipeline *pipeline, struct job *job)
{
    struct platform_status status = row_set_bad_aside(job, pipeline->options.paths->root);
    if (!platform_ok(status) && !job->rows->stuck) {
        char text[200];
        platform_status_text(status, text, sizeof text);
        log_write(LOG_WARNING, job->line->config->name, "rows of %lld cannot be set aside, so it waits: %s",
                  (long long)job->row.id, text);
    }
    job->rows->stuck = !platform_ok(status) || (job->rows->sync && job->rows->sync->waits);
}

static bool is_stuck(const struct job *job)
{
    return job->rows && job->rows->stuck;
}

/* What can be parsed now, at most BATCH. A file of rows that is stuck is tried again a second later; the files of other feeds do not wait with it.
 * With the lock held. */
static size_t take_batch(struct pipeline *pipeline, struct job *batch[BATCH])
{
    uint64_t now = clock_monotonic_ms();
    struct job_queue waiting = {0};
    struct job *job;
    size_t count = 0;
    while (count < BATCH && (job = job_queue_take(&pipeline->to_parse))) {
        if (is_stuck(job) && now - job->rows->tried < RETRY_MS)
            job_queue_add(&waiting, job);
        else
            batch[count++] = job;
    }
    job_queue_move(&pipeline->to_parse, &waiting);
    return count;
}

void (*worker_before_parse)(const struct job *job);

void worker_run(void *context)
{
    struct pipeline *pipeline = context;
    mutex_lock(&pipeline->lock);
    for (;;) {
        while (!pipeline->stopping && pipeline->to_parse.count == 0)
            (void)condition_wait(&pipeline->workers_wake, &pipeline->lock, UINT32_MAX);
        if (pipeline->stopping)
            break;
        struct job *batch[BATCH];
        size_t count = take_batch(pipeline, batch);
        if (count == 0) {
            (void)condition_wait(&pipeline->workers_wake, &pipeline->lock, RETRY_MS);
            continue;
        }
        mutex_unlock(&pipeline->lock);

        for (size_t i = 0; i < count; i++) {
            if (worker_before_parse)
                worker_before_parse(batch[i]);
            worker_parse(pipeline->options.config, batch[i]);
            if (batch[i]->rows) {
                set_rows_aside(pipeline, batch[i]);
                batch[i]->rows->tried = clock_monotonic_ms();
            }
        }

        mutex_lock(&pipeline->lock);
        for (size_t i = 0; i < count; i++) {
            if (is_stuck(batch[i])) {
                job_queue_add(&pipeline->to_parse, batch[i]);
                continue;
            }
            batch[i]->stage = JOB_PARSED;
            batch[i]->parsed = true;
            pipeline->parsed_ready++;
        }
        condition_signal(&pipeline->committer_wakes);
    }
    mutex_unlock(&pipeline->lock);
}
