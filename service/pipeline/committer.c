/*
 * The committer: the one thread that writes to a world's database. Each turn is one transaction: new claims,
 * the next applied messages of every feed, ends of rows, sent messages. A transaction holds the write lock for
 * at most 64 messages or 20 ms of work.
 *
 * When the database cannot be written, nothing is lost and nothing is taken: the group is tried again every 100
 * ms; after 5 s an event is reported and all that is not applied is given back to the feeds, which look at the
 * files again when it is back.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/clock.h"
#include "platform/process.h"
#include "service/event.h"
#include "service/log.h"
#include "service/pipeline/dispatch.h"
#include "service/pipeline/group.h"
#include "service/pipeline/outgoing.h"
#include "service/pipeline/photos.h"
#include "service/pipeline/pipeline_private.h"
#include "service/pipeline/upkeep.h"

#define RETRY_MS      100u
#define DOWN_AFTER_MS 5000u
#define PROBE_MS      1000u
#define CALM_MS       3000u /* after so long without work the memory of a burst goes back to the system */

struct committer {
    struct pipeline *pipeline;
    struct database *db;
    struct outgoing outgoing;
    struct upkeep upkeep;
    size_t next_line;       /* whose turn it is */
    uint64_t trouble_since; /* 0: the last write went well */
    bool down;              /* reported, and everything given back */
    uint64_t worked;        /* when there was work last; 0: memory was given back since */
};

/* ---- taking work ---- */

static bool line_ready(const struct line *line)
{
    return line->first && line->first->parsed;
}

static bool work_waits(const struct pipeline *pipeline)
{
    if (pipeline->claims.count > 0 || pipeline->stored.count > 0 || pipeline->sent.count > 0 ||
        pipeline->photos.count > 0 || pipeline->look_now)
        return true;
    if (pipeline->parsed_ready > 0)
        for (size_t i = 0; i < pipeline->options.line_count; i++)
            if (line_ready(&pipeline->options.lines[i]))
                return true;
    return false;
}

/* The feeds in turn, one file each, until the group is full or no head is parsed. With the lock held. */
static void take_applies(struct committer *committer, struct group *group)
{
    struct pipeline *pipeline = committer->pipeline;
    size_t lines = pipeline->options.line_count;
    for (size_t idle = 0; idle < lines && group->apply_count < GROUP_APPLY_MAX;) {
        struct line *line = &pipeline->options.lines[committer->next_line];
        committer->next_line = (committer->next_line + 1) % lines;
        if (!line_ready(line)) {
            idle++;
            continue;
        }
        idle = 0;
        struct job *job = line->first;
        if (job->unreadable && !job->abandoned) /* order is kept: those behind it come back with it */
            for (struct job *behind = job; behind; behind = behind->next_in_line)
                behind->abandoned = true;
        if (job->abandoned) {
            pipeline_locked_leave_line(job);
            pipeline->parsed_ready--;
            job_queue_add(&group->given_back, job);
            continue;
        }
        if (job->rows) /* it stays at the head until its last slice is committed: nobody passes it */
            job->parsed = false;
        else
            pipeline_locked_leave_line(job);
        pipeline->parsed_ready--;
        group->applies[group->apply_count++] = job;
    }
}

/* ---- trouble ---- */

static void set_up(struct pipeline *pipeline, bool up)
{
    mutex_lock(&pipeline->lock);
    pipeline->up = up;
    condition_broadcast(&pipeline->places_change);
    mutex_unlock(&pipeline->lock);
}

static void abandon(struct pipeline *pipeline, struct job *job)
{
    job->abandoned = true;
    pipeline_finish(pipeline, job);
}

/* Gives back everything that is not applied. Rows that are claimed stay claimed: the feed knows them when it
 * sees the files again. */
static void give_all_back(struct committer *committer, struct group *group)
{
    struct pipeline *pipeline = committer->pipeline;
    struct job *job;
    while ((job = job_queue_take(&group->claims))) {
        if (!job->adopted)
            job->row.id = 0; /* its number was rolled back */
        abandon(pipeline, job);
    }
    mutex_lock(&pipeline->lock);
    for (size_t i = 0; i < group->apply_count; i++)
        if (group->applies[i]->rows)
            pipeline_locked_leave_line(group->applies[i]);
    mutex_unlock(&pipeline->lock);
    for (size_t i = 0; i < group->apply_count; i++)
        abandon(pipeline, group->applies[i]);
    group->apply_count = 0;

    /* Jobs that workers hold now come to the next turn and are abandoned then. */
    struct job *taken = NULL;
    mutex_lock(&pipeline->lock);
    struct job_queue claims = {0};
    job_queue_move(&claims, &pipeline->claims);
    for (size_t i = 0; i < pipeline->options.line_count; i++) {
        struct line *line = &pipeline->options.lines[i];
        while (line_ready(line)) {
            job = line->first;
            pipeline_locked_leave_line(job);
            pipeline->parsed_ready--;
            job->next_in_line = taken;
            taken = job;
        }
    }
    mutex_unlock(&pipeline->lock);
    while ((job = job_queue_take(&claims)))
        abandon(pipeline, job);
    while ((job = taken)) {
        taken = job->next_in_line;
        abandon(pipeline, job);
    }
}

static void wait_milliseconds(struct pipeline *pipeline, uint32_t milliseconds)
{
    uint64_t end = clock_monotonic_ms() + milliseconds;
    mutex_lock(&pipeline->lock);
    for (uint64_t now; !pipeline->stopping && (now = clock_monotonic_ms()) < end;)
        (void)condition_wait(&pipeline->committer_wakes, &pipeline->lock, (uint32_t)(end - now));
    mutex_unlock(&pipeline->lock);
}

/* `begun`: when the call was made that failed. It may have waited for a lock as long as the busy timeout. */
static void trouble(struct committer *committer, enum database_kind kind, uint64_t begun)
{
    uint64_t now = clock_monotonic_ms();
    if (committer->trouble_since == 0) {
        committer->trouble_since = begun;
        log_write(LOG_WARNING, "database", "cannot write (kind %d, code %d): trying again", (int)kind,
                  database_error_code(committer->db));
    }
    if (committer->down || now - committer->trouble_since < DOWN_AFTER_MS)
        return;
    const char *world = world_name(committer->pipeline->options.paths->world);
    char text[200];
    (void)snprintf(text, sizeof text, "%d (%s)", database_error_code(committer->db),
                   database_error_text(committer->db));
    if (kind == DATABASE_MOVED)
        event_report(EVENT_DATABASE_REPLACED, world);
    else
        event_report(EVENT_DATABASE_UNAVAILABLE, world, text);
    committer->down = true;
    set_up(committer->pipeline, false);
}

static void end_of_trouble(struct committer *committer)
{
    if (committer->down) {
        char seconds[24];
        (void)snprintf(seconds, sizeof seconds, "%llu",
                       (unsigned long long)((clock_monotonic_ms() - committer->trouble_since) / 1000));
        event_report(EVENT_DATABASE_BACK, world_name(committer->pipeline->options.paths->world), seconds);
        committer->down = false;
        set_up(committer->pipeline, true);
    }
    committer->trouble_since = 0;
}

static bool stopping(struct pipeline *pipeline)
{
    mutex_lock(&pipeline->lock);
    bool answer = pipeline->stopping;
    mutex_unlock(&pipeline->lock);
    return answer;
}

/* ---- the turn ---- */

/* While another program writes, the lock is left to it now and then. */
static void leave_room(struct committer *committer)
{
    uint32_t milliseconds = courtesy_break(&committer->outgoing.courtesy, clock_monotonic_ms());
    if (milliseconds > 0)
        wait_milliseconds(committer->pipeline, milliseconds);
}

/* Commits a group, in as many transactions as the time limit asks for. What cannot be committed is given back. */
static void commit_group(struct committer *committer, struct group *group)
{
    struct pipeline *pipeline = committer->pipeline;
    size_t first = 0;
    size_t limit = GROUP_APPLY_MAX;
    bool with_rest = true;
    while (with_rest || first < group->apply_count) {
        size_t applied = 0;
        uint64_t begun = clock_monotonic_ms();
        enum database_kind kind = group_write(committer->db, group, with_rest, first, limit, &applied);
        if (kind == DATABASE_OK) {
            end_of_trouble(committer);
            if (with_rest) {
                dispatch_claims(pipeline, group);
                dispatch_ends(pipeline, group);
                if (group->put_into_hold)
                    upkeep_put_into_hold(&committer->upkeep);
                with_rest = false;
            }
            dispatch_applied(pipeline, group, first, applied);
            if (group->waiting_ended)
                upkeep_waiting_ended(&committer->upkeep);
            if (group->announced)
                outgoing_alerts_announced(&committer->outgoing);
            first += applied;
            mutex_lock(&pipeline->lock);
            pipeline->figures.commits++;
            mutex_unlock(&pipeline->lock);
            pipeline->options.committed(pipeline->options.context);
            leave_room(committer);
            continue;
        }
        if (limit > 1 && group->apply_count - first > 1 && kind != DATABASE_BUSY) {
            limit = 1; /* one by one: at most the message that the database cannot take stops */
            continue;
        }
        trouble(committer, kind, begun);
        if (committer->down || stopping(pipeline)) {
            /* The ends of rows and sent messages are not lost: the rows stay in place, the messages are known
             * by name and bytes. */
            memmove(group->applies, group->applies + first,
                    (group->apply_count - first) * sizeof group->applies[0]);
            group->apply_count -= first;
            give_all_back(committer, group);
            mutex_lock(&pipeline->lock);
            job_queue_move(&group->ends, &pipeline->stored);
            job_queue_move(&pipeline->stored, &group->ends);
            struct sent_rows later = pipeline->sent;
            pipeline->sent = group->sent;
            mutex_unlock(&pipeline->lock);
            for (size_t i = 0; i < later.count; i++)
                pipeline_sent(pipeline, later.ids[i]);
            free(later.ids);
            return;
        }
        wait_milliseconds(pipeline, RETRY_MS);
    }
}

/* What the fetcher has done. */
static void write_photos(struct committer *committer)
{
    uint64_t begun = clock_monotonic_ms();
    enum database_kind kind = photos_write(committer->pipeline);
    if (kind != DATABASE_OK)
        trouble(committer, kind, begun);
}

/* Orders and commands of other programs. */
static void look_outside(struct committer *committer, bool asked)
{
    uint64_t begun = clock_monotonic_ms();
    enum database_kind kind = outgoing_look(&committer->outgoing, asked);
    if (committer->outgoing.decided) { /* its file leaves the hold, and the test world may follow */
        committer->outgoing.decided = false;
        upkeep_decided(&committer->upkeep);
        committer->pipeline->options.committed(committer->pipeline->options.context);
    }
    if (kind != DATABASE_OK)
        trouble(committer, kind, begun);
}

/* What has become due. */
static void look_at_clock(struct committer *committer)
{
    uint64_t begun = clock_monotonic_ms();
    enum database_kind kind = upkeep_run(&committer->upkeep);
    if (kind != DATABASE_OK)
        trouble(committer, kind, begun);
}

/* After trouble: can the database be written (again)? */
static void probe(struct committer *committer)
{
    wait_milliseconds(committer->pipeline, PROBE_MS);
    if (committer->down) { /* what workers still held when it went down */
        struct group nothing = {0};
        give_all_back(committer, &nothing);
    }
    uint64_t begun = clock_monotonic_ms();
    enum database_kind kind = database_finish(committer->db, database_begin(committer->db));
    if (kind == DATABASE_OK) {
        end_of_trouble(committer);
        return;
    }
    trouble(committer, kind, begun);
}

/* Waits for work; takes it. False when there is nothing left to do before the end. */
static bool next_group(struct committer *committer, struct group *group, bool *asked, bool *last)
{
    struct pipeline *pipeline = committer->pipeline;
    uint64_t begun = clock_monotonic_ms();
    mutex_lock(&pipeline->lock);
    pipeline->committing = false;
    condition_broadcast(&pipeline->places_change);
    uint32_t wait;
    while (!pipeline->stopping && !work_waits(pipeline) &&
           (wait = outgoing_due_in(&committer->outgoing, clock_monotonic_ms())) > 0)
        (void)condition_wait(&pipeline->committer_wakes, &pipeline->lock, wait);
    courtesy_idle(&committer->outgoing.courtesy, begun, clock_monotonic_ms());
    *last = pipeline->stopping;
    if (!committer->down) {
        job_queue_move(&group->claims, &pipeline->claims);
        take_applies(committer, group);
    }
    job_queue_move(&group->ends, &pipeline->stored);
    group->sent = pipeline->sent;
    pipeline->sent = (struct sent_rows){0};
    *asked = pipeline->look_now;
    pipeline->look_now = false;
    pipeline->committing = true;
    mutex_unlock(&pipeline->lock);
    struct job *job;
    while ((job = job_queue_take(&group->given_back)))
        abandon(pipeline, job);
    return group->claims.count > 0 || group->apply_count > 0 || group->ends.count > 0 ||
           group->sent.count > 0;
}

/* Between bursts: a service that waits should be small. */
static void rest(struct committer *committer, bool worked)
{
    uint64_t now = clock_monotonic_ms();
    if (worked)
        committer->worked = now;
    if (committer->worked == 0 || now - committer->worked < CALM_MS)
        return;
    database_release_memory(committer->db);
    process_give_memory_back();
    committer->worked = 0;
}

void committer_run(void *context)
{
    struct pipeline *pipeline = context;
    struct committer committer = {.pipeline = pipeline, .db = pipeline->options.writer};
    outgoing_init(&committer.outgoing, pipeline);
    upkeep_init(&committer.upkeep, pipeline);
    for (bool last = false; !last;) {
        struct group group = {0};
        bool asked;
        bool worked = next_group(&committer, &group, &asked, &last);
        if (worked)
            commit_group(&committer, &group);
        rest(&committer, worked);
        if (committer.trouble_since != 0 && stopping(pipeline))
            break; /* the rows say how far everything is; another try could wait for a lock as long as the first */
        if (!committer.down)
            write_photos(&committer);
        if (!last && !committer.down &&
            (asked || outgoing_due_in(&committer.outgoing, clock_monotonic_ms()) == 0))
            look_outside(&committer, asked);
        if (!last && !committer.down && upkeep_is_due(&committer.upkeep, clock_monotonic_ms()))
            look_at_clock(&committer);
        if (!last && committer.trouble_since != 0)
            probe(&committer);
    }
    upkeep_release(&committer.upkeep);
    outgoing_release(&committer.outgoing);
}
