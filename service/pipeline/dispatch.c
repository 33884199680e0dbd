#include "service/pipeline/dispatch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "service/event.h"
#include "service/log.h"
#include "service/pipeline/row_apply.h"
#include "service/pipeline/sync.h"
#include "service/pipeline/row_file.h"
#include "service/spool/mover.h"

static void number_text(int64_t number, char out[24])
{
    (void)snprintf(out, 24, "%lld", (long long)number);
}

/* Only what is committed is reported. */
static void report_applied(const struct job *job)
{
    const char *feed = job->line->config->name;
    char number[24];
    number_text(job->row.id, number);
    if (job->place == STORE_QUARANTINE) {
        if (strcmp(job->reason, "suspect") == 0) {
            char attempts[24];
            number_text(job->row.attempt, attempts);
            event_report(EVENT_QUARANTINED_SUSPECT, feed, number, attempts);
            return;
        }
        char first[400], count[24];
        struct reason reason = group_reason(job, NULL);
        reason_first(&reason, first, sizeof first);
        number_text(job->faults.errors > 0 ? (int64_t)job->faults.errors : 1,
                    count); /* at least the reason */
        event_report(EVENT_QUARANTINED, feed, number, first, count);
        return;
    }
    if (job->rows) {
        row_report_end(job);
        return;
    }
    /* What waits is not a person's: it is applied by itself, or event 411 says that it was not. */
    if (job->result.message.state == LEDGER_HELD)
        event_report(EVENT_HELD, feed, number, reason_sentence("held"));
    if (job->result.message.state == LEDGER_WAITING)
        log_write(LOG_INFO, feed,
                  job->match && job->match->format == CONFIG_FORMAT_PHOTO
                      ? "%s waits for a patient whose PhotoPath names it"
                      : "%s waits for its booking",
                  number);
    group_report_held(&job->result);
    if (job->result.identity_changed)
        event_report(EVENT_IDENTITY_CHANGED, feed, number);
    if (job->result.unmatched_location)
        event_report(EVENT_LOCATION_UNMATCHED, feed, number);
    if (job->result.second_open_booking)
        event_report(EVENT_SECOND_OPEN_BOOKING, feed, number);
}

/* Of what live has told already nothing is reported a second time; what it left to test only test can tell of. */
static void finish_copy(struct pipeline *pipeline, struct job *job)
{
    if (job->left_to_test && !job->rows) /* of a file of rows most are live's, and told there */
        report_applied(job);
    else if (job->place == STORE_QUARANTINE)
        log_write(LOG_WARNING, job->line->config->name,
                  "live ledger number %lld could not be copied into the test world: %lld says why",
                  (long long)job->row.copied_from, (long long)job->row.id);
    pipeline_finish(pipeline, job);
}

void dispatch_claims(struct pipeline *pipeline, struct group *group)
{
    if (group->claims.count == 0)
        return;
    struct job *job;
    struct job_queue claims = {0};
    while ((job = job_queue_take(&group->claims))) {
        if (job->work == JOB_PUT_AWAY_ONLY) {
            group_recall_outcome(pipeline->options.writer, job);
            mutex_lock(&pipeline->lock);
            pipeline_locked_being_moved(pipeline, job);
            mutex_unlock(&pipeline->lock);
            mover_add(job->line->mover, job);
        } else {
            job_queue_add(&claims, job);
        }
    }
    mutex_lock(&pipeline->lock);
    while ((job = job_queue_take(&claims))) {
        struct line *line = job->line;
        job->stage = JOB_CLAIMED;
        job->next_in_line = NULL;
        if (line->last)
            line->last->next_in_line = job;
        else
            line->first = job;
        line->last = job;
        pipeline->figures.claimed += job->work != JOB_COPY;
        if (job->work == JOB_PARSE || job->work == JOB_COPY) {
            if (!job->rows || line->first == job) /* else when its turn comes: rows take memory */
                job_queue_add(&pipeline->to_parse, job);
        } else { /* nothing to parse, but its turn comes in the order of numbers all the same */
            if (!job->rows || !job->rows->surveyed)
                fault_list_init(&job->faults, &job->arena);
            job->parsed = true;
            pipeline->parsed_ready++;
        }
    }
    condition_broadcast(&pipeline->workers_wake);
    mutex_unlock(&pipeline->lock);
}

static bool announced(const struct job *job)
{
    bool announced = job->result.announced;
    for (size_t i = job->rows ? job->rows->first : 0; job->rows && i < job->rows->upto; i++)
        announced = announced || job->rows->slice.rows[i].result.announced;
    return announced;
}

static bool ended_waiting(const struct job *job)
{
    bool ended = job->result.waiting_ended > 0;
    for (size_t i = job->rows ? job->rows->first : 0; job->rows && i < job->rows->upto; i++)
        ended = ended || job->rows->slice.rows[i].result.waiting_ended > 0;
    return ended;
}

/* A file of rows whose slice is committed: the rest of the slice, or the next one. False: the file is at its end. */
static bool go_on(struct pipeline *pipeline, struct job *job)
{
    struct row_file *rows = job->rows;
    bool under_way = row_file_is_under_way(job);
    if (job->work != JOB_SET_ASIDE && job->status == PARSE_OK) {
        row_report(job);
        row_file_committed(rows);
    }
    job->adopted = true; /* a copy is claimed now */
    mutex_lock(&pipeline->lock);
    if (!under_way) {
        pipeline_locked_leave_line(job);
    } else if (rows->first < rows->slice.count && !rows->stuck &&
               !(rows->sync && sync_needs_worker(rows->sync))) {
        job->parsed = true;
        pipeline->parsed_ready++;
    } else {
        job_queue_add(&pipeline->to_parse, job);
        condition_signal(&pipeline->workers_wake);
    }
    mutex_unlock(&pipeline->lock);
    return under_way;
}

/* A roster that was released from the hold: it lies there still, and is moved when the ledger says that it is not open any more. */
static void end_from_hold(struct pipeline *pipeline, struct job *job, struct group *group)
{
    job->stage = JOB_APPLIED;
    group->waiting_ended = true;
    row_report_end(job);
    pipeline_finish(pipeline, job);
}

static void end_applied(struct pipeline *pipeline, struct job *job)
{
    mutex_lock(&pipeline->lock);
    if (job->work == JOB_COPY) {
        pipeline->figures.copied++;
    } else {
        if (job->place == STORE_QUARANTINE)
            pipeline->figures.quarantined++;
        else
            pipeline->figures.applied++;
        pipeline_locked_being_moved(pipeline, job);
    }
    mutex_unlock(&pipeline->lock);
    job->stage = JOB_APPLIED;
    if (job->work == JOB_COPY) {
        finish_copy(pipeline, job);
        return;
    }
    report_applied(job);
    mover_add(job->line->mover, job);
}

void dispatch_applied(struct pipeline *pipeline, struct group *group, size_t first, size_t count)
{
    for (size_t i = first; i < first + count; i++) {
        struct job *job = group->applies[i];
        group->waiting_ended = group->waiting_ended || ended_waiting(job);
        group->announced = group->announced || announced(job);
        if (job->rows && go_on(pipeline, job))
            continue;
        if (job->from_hold)
            end_from_hold(pipeline, job, group);
        else
            end_applied(pipeline, job);
    }
}

void dispatch_ends(struct pipeline *pipeline, struct group *group)
{
    mutex_lock(&pipeline->lock);
    for (const struct job *job = group->ends.first; job; job = job->next) {
        if (job->work != JOB_GONE || job->stored)
            pipeline->figures.put_away++;
        else if (!job->adopted || job->row.state == LEDGER_CLAIMED)
            pipeline->figures.vanished++;
    }
    pipeline->figures.sent += group->sent.count;
    mutex_unlock(&pipeline->lock);
    free(group->sent.ids);
    group->sent = (struct sent_rows){0};
    struct job *job;
    while ((job = job_queue_take(&group->ends))) {
        group->put_into_hold = group->put_into_hold || (job->place == STORE_HOLD && job->stored);
        if (job->work == JOB_GONE) {
            char number[24];
            number_text(job->row.id, number);
            if (!job->adopted)
                event_report(EVENT_FILE_REPLACED, job->line->config->name, number);
            else if (job->row.state == LEDGER_CLAIMED)
                event_report(EVENT_VANISHED, job->line->config->name, number);
            else if (!job->stored)
                event_report(EVENT_ARCHIVE_COPY_MISSING, job->line->config->name, number);
        }
        pipeline_finish(pipeline, job);
    }
}
