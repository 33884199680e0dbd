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

#include "database/command.h"
#include "database/order.h"
#include "database/outbox.h"
#include "outbound/fanout.h"
#include "platform/clock.h"
#include "service/event.h"
#include "service/log.h"
#include "service/pipeline/pipeline_private.h"
#include "service/spool/mover.h"
#include "service/spool/reason.h"

#define GROUP_APPLY_MAX 64
#define GROUP_APPLY_MS  20
#define RETRY_MS        100u
#define DOWN_AFTER_MS   5000u
#define PROBE_MS        1000u
#define FANOUT_LIMIT    64
#define LOOK_LIVE_MS    25u /* RULES "Orders and answers": how often PRAGMA data_version is asked */
#define LOOK_TEST_MS    250u

/* What one turn does. Taken from the pipeline's queues under its lock; all or nothing of it is committed. */
struct group {
    struct job_queue claims;
    struct job *applies[GROUP_APPLY_MAX];
    size_t apply_count;
    struct job_queue ends;
    struct sent_rows sent;
};

struct committer {
    struct pipeline *pipeline;
    struct database *db;
    struct arena arena;     /* of one look at orders and commands */
    size_t next_line;       /* whose turn it is */
    uint64_t trouble_since; /* 0: the last write went well */
    bool down;              /* reported, and everything given back */
    int64_t data_version;
    bool data_version_known;
    uint64_t looked;  /* when data_version was last asked */
    bool more_orders; /* the last look left some */
};

/* ---- taking work ---- */

static bool line_ready(const struct line *line)
{
    return line->first && line->first->parsed;
}

static bool work_waits(const struct pipeline *pipeline)
{
    if (pipeline->claims.count > 0 || pipeline->stored.count > 0 || pipeline->sent.count > 0 ||
        pipeline->look_now)
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
        line->first = job->next_in_line;
        if (!line->first)
            line->last = NULL;
        job->next_in_line = NULL;
        pipeline->parsed_ready--;
        group->applies[group->apply_count++] = job;
    }
}

/* ---- one job's share of a transaction ---- */

static enum database_kind claim(struct database *db, struct job *job)
{
    if (!job->adopted)
        return ledger_claim(db, &job->row);
    return job->suspect && job->work == JOB_PARSE ? ledger_count_attempt(db, job->row.id, &job->row.attempt)
                                                  : DATABASE_OK;
}

static struct reason reason_of(const struct job *job, const char *detail)
{
    return (struct reason){
        .place = job->place,
        .ledger_number = job->row.id,
        .feed = job->line->config->name,
        .name = job->name,
        .arrived = job->row.arrived,
        .word = job->reason,
        .detail = detail,
        .faults = &job->faults,
    };
}

static const char *message_kind(const struct job *job)
{
    if (job->work != JOB_PARSE || job->event.fields[JMS_DATATYPE].presence != JMS_GIVEN)
        return "unknown"; /* it was not read so far */
    return job->event.kind == JMS_LOCATION ? "location" : "demographics";
}

/* Ends the file as quarantined, with its one message and all faults. */
static enum database_kind quarantine(struct database *db, struct job *job, const char *detail, instant_us now)
{
    job->place = STORE_QUARANTINE;
    struct ledger_message message = {
        .file = job->row.id,
        .ordinal = 1,
        .kind = message_kind(job),
        .state = LEDGER_MESSAGE_QUARANTINED,
        .event_at = job->row.arrived,
        .detail = job->reason,
    };
    enum database_kind kind = ledger_message_insert(db, &message);
    if (kind == DATABASE_OK && job->faults.count > 0)
        kind = ledger_faults_insert(db, job->row.id, message.id, &job->faults);
    if (kind == DATABASE_OK)
        kind = ledger_end_file(db, job->row.id, LEDGER_QUARANTINED, job->reason, now);
    struct reason reason = reason_of(job, detail);
    job->reason_text = reason_text(&reason, &job->arena);
    return kind;
}

static enum database_kind apply_event(struct database *db, struct job *job, instant_us now)
{
    job->input.now = now;
    enum database_kind kind = apply_jms_event(db, &job->input, &job->result);
    if (kind == DATABASE_OK)
        kind = ledger_end_file(db, job->row.id, LEDGER_DONE, NULL, now);
    if (kind != DATABASE_OK)
        return kind;
    job->place = STORE_ARCHIVE;
    enum ledger_message_state state = job->result.message.state;
    if (state == LEDGER_WAITING || state == LEDGER_HELD) {
        job->place = STORE_HOLD;
        job->reason = state == LEDGER_WAITING ? "waiting" : "held";
        struct reason reason = reason_of(job, job->result.message.detail);
        job->reason_text = reason_text(&reason, &job->arena);
    }
    return DATABASE_OK;
}

/* Applies one file in a savepoint. DATABASE_CONSTRAINT is this message's own fault and quarantines it;
 * everything else concerns the whole database and ends the group. */
static enum database_kind apply(struct database *db, struct job *job, instant_us now)
{
    enum database_kind kind = database_savepoint(db);
    if (kind != DATABASE_OK)
        return kind;
    if (job->work == JOB_PARSE && job->status == PARSE_OK)
        kind = apply_event(db, job, now);
    else
        kind = quarantine(db, job, NULL, now);
    if (kind == DATABASE_CONSTRAINT && database_in_transaction(db)) {
        char detail[200]; /* names a table and a column, never a value */
        (void)snprintf(detail, sizeof detail, "%s", database_error_text(db));
        kind = database_savepoint_rollback(db);
        if (kind == DATABASE_OK) {
            job->reason = "database";
            job->result = (struct apply_result){0};
            kind = quarantine(db, job, detail, now);
        }
    }
    return kind == DATABASE_OK ? database_savepoint_release(db) : kind;
}

static enum database_kind end_row(struct database *db, struct job *job, instant_us now)
{
    if (job->work == JOB_GONE && !job->adopted)
        return ledger_vanished_unclaimed(db, &job->row);
    if (job->work == JOB_GONE && job->row.state == LEDGER_CLAIMED)
        return ledger_end_file(db, job->row.id, LEDGER_VANISHED, NULL, now);
    return ledger_put_away(db, job->row.id, job->stored, now);
}

/* ---- the transaction ---- */

static enum database_kind write_claims(struct database *db, struct group *group)
{
    enum database_kind kind = DATABASE_OK;
    for (struct job *job = group->claims.first; job && kind == DATABASE_OK; job = job->next)
        kind = claim(db, job);
    return kind;
}

static enum database_kind write_ends(struct database *db, struct group *group, instant_us now)
{
    enum database_kind kind = DATABASE_OK;
    for (struct job *job = group->ends.first; job && kind == DATABASE_OK; job = job->next)
        kind = end_row(db, job, now);
    for (size_t i = 0; i < group->sent.count && kind == DATABASE_OK; i++)
        kind = outbox_mark_sent(db, group->sent.ids[i], now);
    return kind;
}

/* Applies from `first` on until the time is up; *applied is how many are in the transaction. */
static enum database_kind write_applies(struct database *db, struct group *group, size_t first, size_t limit,
                                        instant_us now, size_t *applied)
{
    enum database_kind kind = DATABASE_OK;
    uint64_t begun = clock_monotonic_ms();
    size_t i = first;
    for (; i < group->apply_count && i - first < limit && kind == DATABASE_OK; i++) {
        if (i > first && clock_monotonic_ms() - begun >= GROUP_APPLY_MS)
            break;
        kind = apply(db, group->applies[i], now);
    }
    *applied = i - first;
    return kind;
}

/* One transaction over claims, ends and applies from `first`. On success *applied says how many applies it holds. */
static enum database_kind write_group(struct committer *committer, struct group *group, bool with_rest,
                                      size_t first, size_t limit, size_t *applied)
{
    struct database *db = committer->db;
    instant_us now = clock_utc_us();
    enum database_kind kind = database_begin(db);
    if (kind != DATABASE_OK)
        return kind;
    if (with_rest)
        kind = write_claims(db, group);
    if (kind == DATABASE_OK && with_rest)
        kind = write_ends(db, group, now);
    if (kind == DATABASE_OK)
        kind = write_applies(db, group, first, limit, now, applied);
    if (kind == DATABASE_OK)
        kind = database_commit(db);
    if (kind != DATABASE_OK && database_in_transaction(db))
        database_rollback(db);
    return kind;
}

/* ---- after the commit ---- */

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
        struct reason reason = reason_of(job, NULL);
        reason_first(&reason, first, sizeof first);
        number_text((int64_t)job->faults.errors, count);
        event_report(EVENT_QUARANTINED, feed, number, first, count);
        return;
    }
    if (job->place == STORE_HOLD)
        event_report(EVENT_HELD, feed, number, reason_sentence(job->reason));
    if (job->result.identity_changed)
        event_report(EVENT_IDENTITY_CHANGED, feed, number);
    if (job->result.second_open_booking)
        event_report(EVENT_SECOND_OPEN_BOOKING, feed, number);
}

/* Works out again where a file goes whose put-away was interrupted, and what its `.reason.txt` says. */
static void recall_outcome(struct database *db, struct job *job)
{
    struct ledger_outcome outcome;
    fault_list_init(&job->faults, &job->arena);
    if (ledger_outcome(db, job->row.id, &job->arena, &outcome) != DATABASE_OK) {
        job->place = job->row.state == LEDGER_QUARANTINED ? STORE_QUARANTINE : STORE_ARCHIVE;
        return; /* the file matters more than its explanation, and `show` still knows it */
    }
    job->faults = outcome.faults;
    job->reason = outcome.reason;
    job->place = job->row.state == LEDGER_QUARANTINED ? STORE_QUARANTINE
                 : outcome.held                       ? STORE_HOLD
                                                      : STORE_ARCHIVE;
    if (job->place != STORE_ARCHIVE) {
        struct reason reason = reason_of(job, outcome.detail);
        job->reason_text = reason_text(&reason, &job->arena);
    }
}

static void dispatch_claims(struct pipeline *pipeline, struct group *group)
{
    if (group->claims.count == 0)
        return;
    struct job *job;
    struct job_queue claims = {0};
    while ((job = job_queue_take(&group->claims))) {
        if (job->work == JOB_PUT_AWAY_ONLY) {
            recall_outcome(pipeline->options.writer, job);
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
        pipeline->figures.claimed++;
        if (job->work == JOB_PARSE) {
            job_queue_add(&pipeline->to_parse, job);
        } else { /* nothing to parse, but its turn comes in the order of numbers all the same */
            fault_list_init(&job->faults, &job->arena);
            job->parsed = true;
            pipeline->parsed_ready++;
        }
    }
    condition_broadcast(&pipeline->workers_wake);
    mutex_unlock(&pipeline->lock);
}

static void dispatch_applied(struct pipeline *pipeline, struct group *group, size_t first, size_t count)
{
    mutex_lock(&pipeline->lock);
    for (size_t i = first; i < first + count; i++) {
        if (group->applies[i]->place == STORE_QUARANTINE)
            pipeline->figures.quarantined++;
        else
            pipeline->figures.applied++;
    }
    mutex_unlock(&pipeline->lock);
    for (size_t i = first; i < first + count; i++) {
        struct job *job = group->applies[i];
        job->stage = JOB_APPLIED;
        report_applied(job);
        mover_add(job->line->mover, job);
    }
}

static void dispatch_ends(struct pipeline *pipeline, struct group *group)
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
            line->first = job->next_in_line;
            if (!line->first)
                line->last = NULL;
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

static void trouble(struct committer *committer, enum database_kind kind)
{
    uint64_t now = clock_monotonic_ms();
    if (committer->trouble_since == 0) {
        committer->trouble_since = now;
        log_write(LOG_WARNING, "database", "cannot write (kind %d, code %d): trying again", (int)kind,
                  database_error_code(committer->db));
    }
    if (committer->down || now - committer->trouble_since < DOWN_AFTER_MS)
        return;
    char text[200];
    (void)snprintf(text, sizeof text, "%d (%s)", database_error_code(committer->db),
                   database_error_text(committer->db));
    event_report(EVENT_DATABASE_UNAVAILABLE, world_name(committer->pipeline->options.paths->world), text);
    committer->down = true;
    set_up(committer->pipeline, false);
}

static void end_of_trouble(struct committer *committer)
{
    if (committer->down) {
        char seconds[24];
        number_text((int64_t)((clock_monotonic_ms() - committer->trouble_since) / 1000), seconds);
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

/* Commits a group, in as many transactions as the time limit asks for. What cannot be committed is given back. */
static void commit_group(struct committer *committer, struct group *group)
{
    struct pipeline *pipeline = committer->pipeline;
    size_t first = 0;
    size_t limit = GROUP_APPLY_MAX;
    bool with_rest = true;
    while (with_rest || first < group->apply_count) {
        size_t applied = 0;
        enum database_kind kind = write_group(committer, group, with_rest, first, limit, &applied);
        if (kind == DATABASE_OK) {
            end_of_trouble(committer);
            if (with_rest) {
                dispatch_claims(pipeline, group);
                dispatch_ends(pipeline, group);
                with_rest = false;
            }
            dispatch_applied(pipeline, group, first, applied);
            first += applied;
            mutex_lock(&pipeline->lock);
            pipeline->figures.commits++;
            mutex_unlock(&pipeline->lock);
            pipeline->options.committed(pipeline->options.context);
            continue;
        }
        if (limit > 1 && group->apply_count - first > 1 && kind != DATABASE_BUSY) {
            limit = 1; /* one by one: at most the message that the database cannot take stops */
            continue;
        }
        trouble(committer, kind);
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

static void order_failed(void *context, int64_t order_event, const char *reason)
{
    (void)context;
    char number[24];
    number_text(order_event, number);
    event_report(EVENT_ORDER_NOT_RENDERED, number, reason);
}

static enum database_kind fan_out(struct committer *committer)
{
    const struct pipeline_options *options = &committer->pipeline->options;
    struct fanout_counts counts = {0};
    struct order_event *events = NULL;
    size_t waiting = 0;
    enum database_kind kind = order_events_new(committer->db, 1, &committer->arena, &events, &waiting);
    if (kind == DATABASE_NONE || (kind == DATABASE_OK && waiting == 0))
        return DATABASE_OK; /* another program wrote something else: its write lock is left alone */
    if (kind == DATABASE_OK)
        kind = database_begin(committer->db);
    if (kind != DATABASE_OK)
        return kind;
    kind = fanout_run(committer->db, options->paths->world, options->partners, options->partner_count,
                      clock_utc_us(), FANOUT_LIMIT, &committer->arena, order_failed, NULL, &counts);
    if (kind == DATABASE_OK && counts.events > 0)
        kind = database_commit(committer->db);
    else
        database_rollback(committer->db);
    if (kind != DATABASE_OK) {
        if (database_in_transaction(committer->db))
            database_rollback(committer->db);
        return kind;
    }
    committer->more_orders = counts.events == FANOUT_LIMIT;
    mutex_lock(&committer->pipeline->lock);
    committer->pipeline->figures.queued += counts.queued;
    mutex_unlock(&committer->pipeline->lock);
    if (counts.queued > 0 && options->orders_queued)
        options->orders_queued(options->context);
    return DATABASE_OK;
}

static enum database_kind carry_out_commands(struct committer *committer)
{
    const struct pipeline_options *options = &committer->pipeline->options;
    struct command_row *rows = NULL;
    size_t count = 0;
    enum database_kind kind = command_pending(committer->db, &committer->arena, &rows, &count);
    if (kind != DATABASE_OK || count == 0)
        return kind == DATABASE_NONE ? DATABASE_OK : kind;
    kind = database_begin(committer->db);
    for (size_t i = 0; i < count && kind == DATABASE_OK; i++) {
        bool scan = strcmp(rows[i].what, "scan") == 0;
        if (scan && options->scan_asked)
            options->scan_asked(options->context);
        kind = command_answer(committer->db, rows[i].id,
                              scan ? "all folders are being looked at" : "this version has no such command",
                              clock_utc_us());
    }
    if (kind == DATABASE_OK)
        kind = database_commit(committer->db);
    if (kind != DATABASE_OK && database_in_transaction(committer->db))
        database_rollback(committer->db);
    return kind;
}

/* Whether other programs have committed since the last look: then there may be orders and commands. */
static void look_at_orders(struct committer *committer, bool asked)
{
    int64_t version = 0;
    enum database_kind kind = database_data_version(committer->db, &version);
    committer->looked = clock_monotonic_ms();
    if (kind == DATABASE_OK && (asked || committer->more_orders || !committer->data_version_known ||
                                version != committer->data_version)) {
        arena_reset(&committer->arena);
        committer->more_orders = false;
        kind = fan_out(committer);
        if (kind == DATABASE_OK)
            kind = carry_out_commands(committer);
        if (kind == DATABASE_OK) {
            committer->data_version = version;
            committer->data_version_known = true;
        }
    }
    if (kind != DATABASE_OK)
        trouble(committer, kind);
}

/* While the database is down: can it be written again? */
static void probe(struct committer *committer)
{
    wait_milliseconds(committer->pipeline, PROBE_MS);
    struct group nothing = {0};
    give_all_back(committer, &nothing);
    enum database_kind kind = database_begin(committer->db);
    if (kind == DATABASE_OK)
        kind = database_commit(committer->db);
    if (kind == DATABASE_OK)
        end_of_trouble(committer);
    else if (database_in_transaction(committer->db))
        database_rollback(committer->db);
}

void committer_run(void *context)
{
    struct pipeline *pipeline = context;
    struct committer committer = {.pipeline = pipeline, .db = pipeline->options.writer};
    arena_init(&committer.arena, 0);
    uint32_t look_ms = pipeline->options.paths->world == DATABASE_LIVE ? LOOK_LIVE_MS : LOOK_TEST_MS;
    look_at_orders(&committer, true);

    for (;;) {
        struct group group = {0};
        mutex_lock(&pipeline->lock);
        uint64_t now = clock_monotonic_ms();
        while (!pipeline->stopping && !work_waits(pipeline) && !committer.more_orders &&
               now - committer.looked < look_ms) {
            (void)condition_wait(&pipeline->committer_wakes, &pipeline->lock,
                                 (uint32_t)(look_ms - (now - committer.looked)));
            now = clock_monotonic_ms();
        }
        if (pipeline->stopping && pipeline->stored.count == 0 && pipeline->sent.count == 0) {
            mutex_unlock(&pipeline->lock);
            break;
        }
        bool end = pipeline->stopping;
        if (!committer.down) {
            job_queue_move(&group.claims, &pipeline->claims);
            take_applies(&committer, &group);
        }
        job_queue_move(&group.ends, &pipeline->stored);
        group.sent = pipeline->sent;
        pipeline->sent = (struct sent_rows){0};
        bool asked = pipeline->look_now;
        pipeline->look_now = false;
        pipeline->committing = true;
        mutex_unlock(&pipeline->lock);

        if (group.claims.count > 0 || group.apply_count > 0 || group.ends.count > 0 || group.sent.count > 0)
            commit_group(&committer, &group);
        if (!committer.down &&
            (asked || committer.more_orders || clock_monotonic_ms() - committer.looked >= look_ms))
            look_at_orders(&committer, asked);

        mutex_lock(&pipeline->lock);
        pipeline->committing = false;
        condition_broadcast(&pipeline->places_change);
        mutex_unlock(&pipeline->lock);
        if (end)
            break;
        if (committer.down)
            probe(&committer);
    }
    arena_release(&committer.arena);
}
