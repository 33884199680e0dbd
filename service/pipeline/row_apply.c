#include "service/pipeline/row_apply.h"

#include <stdio.h>
#include <stdlib.h>

#include "database/held.h"
#include "database/roster_run.h"
#include "platform/clock.h"
#include "service/event.h"
#include "service/log.h"
#include "service/pipeline/group.h"
#include "service/pipeline/row_file.h"
#include "service/pipeline/row_read.h"
#include "service/pipeline/sync.h"
#include "service/spool/extract.h"

#define SLICE_MS                                                                                             \
    40 /* with the 20 ms of a group before it, and the commit, below the 100 ms of DESIGN step 5 */

enum database_kind row_recall(struct database *db, struct job *job)
{
    struct row_file *rows = job->rows;
    enum database_kind kind = DATABASE_OK;
    if (job->work == JOB_COPY) {
        kind = file_progress_find_copy(db, &job->row, clock_utc_us());
        job->adopted = kind == DATABASE_OK;
    }
    if (kind == DATABASE_OK)
        kind = file_progress_find(db, job->row.id, &rows->progress);
    rows->kept = kind == DATABASE_OK;
    if (kind == DATABASE_OK && rows->sync)
        kind = sync_recall(db, job);
    return kind == DATABASE_NONE ? DATABASE_OK : kind;
}

static const char *root_of(const struct job *job)
{
    return job->line->pipeline->options.paths->root;
}

/* ---- one row ---- */

static enum database_kind insert_bad_row(struct database *db, const struct job *job, const struct row *row,
                                         const char *detail)
{
    if (job->rows->sync) /* the roster is one message, with faults by row */
        return row->faults.count > 0
                   ? ledger_faults_insert(db, job->row.id, job->rows->sync->reached.message, &row->faults)
                   : DATABASE_OK;
    struct ledger_message message = {
        .file = job->row.id,
        .ordinal = (int)row->row,
        .kind = job->rows->format->row_kind,
        .state = LEDGER_MESSAGE_QUARANTINED,
        .event_at = job->rows->progress.event_at,
        .detail = detail,
    };
    enum database_kind kind = ledger_message_insert(db, &message);
    if (kind == DATABASE_OK && row->faults.count > 0)
        kind = ledger_faults_insert(db, job->row.id, message.id, &row->faults);
    return kind;
}

/* Extracts that come of applying. False: it could not be written, and the slice ends in front of the row. A copy has none: live has it. */
static bool set_aside(struct job *job, const struct row *row, enum store_place place, const char *word,
                      const char *detail, struct extract_written *written)
{
    if (job->work == JOB_COPY)
        return true;
    struct platform_status status = row_set_aside(job, row, root_of(job), place, word, detail, written);
    if (!platform_ok(status) && !job->rows->stuck) {
        char text[200];
        platform_status_text(status, text, sizeof text);
        log_write(LOG_WARNING, job->line->config->name, "a row of %lld cannot be set aside, so it waits: %s",
                  (long long)job->row.id, text);
    }
    job->rows->stuck = !platform_ok(status);
    if (platform_ok(status))
        extract_flush(root_of(job), place, job->row.arrived);
    return platform_ok(status);
}

static void count_row(struct file_progress *reached, enum ledger_message_state state)
{
    switch (state) {
    case LEDGER_APPLIED: reached->applied++; return;
    case LEDGER_DUPLICATE: reached->unchanged++; return;
    case LEDGER_STALE: reached->stale++; return;
    case LEDGER_HELD: reached->held++; return;
    case LEDGER_WAITING: reached->waiting++; return;
    case LEDGER_TEST_ONLY: reached->test_only++; return;
    case LEDGER_MESSAGE_QUARANTINED: reached->quarantined++; return;
    case LEDGER_SUPERSEDED:
    case LEDGER_REJECTED:
    case LEDGER_UNMATCHED:
    case LEDGER_MESSAGE_STATE_COUNT: break;
    }
    abort();
}

/* A row that is held or waits lies in the hold, and the ledger knows where. */
static enum database_kind hold_row(struct database *db, struct job *job, const struct row *row)
{
    const struct ledger_message *message = &row->result.message;
    const char *word = message->state == LEDGER_HELD ? "held" : "waiting";
    struct extract_written written = {0};
    if (!set_aside(job, row, STORE_HOLD, word, message->detail, &written))
        return DATABASE_OTHER; /* the row is taken back: the savepoint, or the transaction */
    enum database_kind kind =
        written.stored ? extract_keep(db, message->id, written.sha256, written.stored) : DATABASE_OK;
    free(written.stored);
    return kind;
}

static enum database_kind apply_good_row(struct database *db, struct job *job, struct row *row,
                                         instant_us now)
{
    struct apply_result *result = &row->result;
    enum database_kind kind = job->rows->format->apply(db, job, row, now);
    if (kind != DATABASE_OK)
        return kind;
    if (!group_keep_told(result, &job->rows->slice.arena))
        return DATABASE_NO_MEMORY;
    const enum ledger_message_state state = result->message.state;
    if (state == LEDGER_MESSAGE_QUARANTINED)
        return set_aside(job, row, STORE_QUARANTINE, "refused", result->message.detail, NULL)
                   ? DATABASE_OK
                   : DATABASE_OTHER;
    if (state != LEDGER_HELD && state != LEDGER_WAITING)
        return DATABASE_OK;
    /* Written before the next statement ends the life of the detail. */
    return hold_row(db, job, row);
}

/* As apply_good_row in a savepoint; a row that the database refuses is set aside. */
static enum database_kind apply_guarded_row(struct database *db, struct job *job, struct row *row,
                                            instant_us now)
{
    enum database_kind kind = database_savepoint(db);
    if (kind != DATABASE_OK)
        return kind;
    job->rows->stuck = false;
    kind = apply_good_row(db, job, row, now);
    if (kind == DATABASE_OK)
        return database_savepoint_release(db);
    if (!group_is_refusal(kind) || !database_in_transaction(db))
        return kind;
    char detail[200]; /* names a table and a column, never a value */
    (void)snprintf(detail, sizeof detail, "%s", database_error_text(db));
    kind = database_savepoint_rollback(db); /* which also ends the savepoint */
    if (kind != DATABASE_OK || job->rows->stuck)
        return kind;
    row->result = (struct apply_result){.message.state = LEDGER_MESSAGE_QUARANTINED};
    return set_aside(job, row, STORE_QUARANTINE, "database", detail, NULL)
               ? insert_bad_row(db, job, row, detail)
               : DATABASE_OK;
}

/* One row; with rows->stuck afterwards it is not in the transaction. */
static enum database_kind apply_row(struct database *db, struct job *job, struct row *row, instant_us now,
                                    uint32_t *repeats)
{
    struct row_file *rows = job->rows;
    const struct ledger_message *message = &row->result.message;
    enum database_kind kind;
    row->result = (struct apply_result){.message.state = LEDGER_MESSAGE_QUARANTINED};
    if (row->status != PARSE_OK)
        kind = insert_bad_row(db, job, row, "faults");
    else
        kind = rows->guarded ? apply_guarded_row(db, job, row, now) : apply_good_row(db, job, row, now);
    if (kind != DATABASE_OK || rows->stuck)
        return kind;
    count_row(&rows->reached, message->state);
    *repeats += message->state == LEDGER_DUPLICATE && message->id == 0;
    rows->reached.next = row->next;
    return DATABASE_OK;
}

/* ---- rows ---- */

/* What one transaction does. */
struct work {
    struct database *db;
    struct job *job;
    instant_us now;
    struct roster_run_file file;
    uint32_t repeats; /* rows that left no message */
    size_t applied;   /* rows that were applied one by one */
    size_t at;        /* the next row */
    size_t run;       /* the next run that begins there or behind it */
};

/* Rows up to `end`, one by one; ends in front of one that is stuck. */
static enum database_kind apply_rows(struct work *work, size_t end)
{
    struct row_file *rows = work->job->rows;
    enum database_kind kind = DATABASE_OK;
    while (work->at < end && kind == DATABASE_OK && !rows->stuck) {
        kind = apply_row(work->db, work->job, &rows->slice.rows[work->at], work->now, &work->repeats);
        work->at += kind == DATABASE_OK && !rows->stuck;
        work->applied++;
    }
    return kind;
}

/* Rows that were applied one by one, in this transaction, and of which each would come to the same again. */
static enum database_kind keep_run(struct work *work, const struct row_run *run)
{
    struct row_file *rows = work->job->rows;
    struct roster_run_row *kept = arena_take_array(&rows->slice.arena, run->count, sizeof *kept);
    if (!kept)
        return DATABASE_NO_MEMORY;
    for (size_t i = 0; i < run->count; i++) {
        const struct apply_result *result = &rows->slice.rows[run->first + i].result;
        if (result->stands == 0)
            return DATABASE_OK;
        kept[i] = (struct roster_run_row){.patient = result->message.patient,
                                          .booking = result->message.booking,
                                          .groups = result->stands,
                                          .shared = result->stands_beside,
                                          .changed = result->changes > 0};
    }
    return roster_run_keep(work->db, &work->file, run->digest, kept, run->count);
}

static enum database_kind apply_run(struct work *work, const struct row_run *run)
{
    struct row_file *rows = work->job->rows;
    const size_t end = run->first + run->count;
    bool again = false;
    enum database_kind kind = roster_run_again(work->db, &work->file, run->digest, &again);
    if (kind != DATABASE_OK)
        return kind;
    if (again) {
        rows->reached.unchanged += (uint32_t)run->count;
        work->repeats += (uint32_t)run->count;
        rows->reached.next = rows->slice.rows[end - 1].next;
        work->at = end;
        return DATABASE_OK;
    }
    kind = apply_rows(work, end);
    return kind == DATABASE_OK && work->at == end ? keep_run(work, run) : kind;
}

/* A run, or the one row that is next. */
static enum database_kind apply_next(struct work *work)
{
    const struct row_slice *slice = &work->job->rows->slice;
    while (work->run < slice->run_count && slice->runs[work->run].first < work->at)
        work->run++;
    const struct row_run *run = work->run < slice->run_count ? &slice->runs[work->run] : NULL;
    return run && run->first == work->at ? apply_run(work, run) : apply_rows(work, work->at + 1);
}

enum database_kind row_apply(struct database *db, struct job *job, instant_us now)
{
    struct row_file *rows = job->rows;
    struct work work = {.db = db,
                        .job = job,
                        .now = now,
                        .file = {job->row.id, rows->progress.event_at, job->row.arrived},
                        .at = rows->first};
    const uint64_t begun = clock_monotonic_ms();
    enum database_kind kind = DATABASE_OK;
    if (rows->sync && !sync_is_at_rows(rows->sync))
        return sync_apply(db, job, now);
    rows->reached = rows->progress;
    rows->stuck = rows->ended = false;
    if (rows->sync)
        kind = sync_begin_rows(db, job);
    while (kind == DATABASE_OK && work.at < rows->slice.count && !rows->stuck &&
           (work.at == rows->first ||
            (clock_monotonic_ms() - begun < SLICE_MS && work.applied + ROW_RUN_LONGEST <= ROW_APPLY_MOST)))
        kind = apply_next(&work);
    if (kind != DATABASE_OK)
        return kind;
    rows->upto = work.at;
    bool at_end = rows->slice.last && work.at == rows->slice.count;
    rows->ended = at_end && !rows->sync; /* behind the last row of a sync roster comes who is missing */
    if (work.at == rows->first && !at_end)
        return DATABASE_OK;
    if (!rows->kept && job->faults.count > 0)
        kind = ledger_faults_insert(db, job->row.id, 0, &job->faults);
    if (kind == DATABASE_OK)
        kind = file_progress_keep(db, job->row.id, &rows->reached, work.repeats);
    if (kind == DATABASE_OK && rows->ended)
        kind = ledger_end_file(db, job->row.id, LEDGER_DONE, NULL, now);
    job->place = STORE_ARCHIVE; /* whole; what was not applied lies as extracts in quarantine and hold */
    return kind;
}

/* ---- what is told ---- */

static void number_text(int64_t number, char out[24])
{
    (void)snprintf(out, 24, "%lld", (long long)number);
}

void row_report(const struct job *job)
{
    const struct row_file *rows = job->rows;
    for (size_t i = rows->first; i < rows->upto && job->work == JOB_PARSE; i++)
        group_report_held(&rows->slice.rows[i].result);
}

void row_report_end(const struct job *job)
{
    const struct row_file *rows = job->rows;
    const struct file_progress *reached = &rows->progress;
    const char *feed = job->line->config->name;
    char number[24], count[24];
    if (rows->sync && sync_report_end(job))
        return;
    number_text(job->row.id, number);
    log_write(LOG_INFO, feed,
              "%s %s: %lu rows; %lu applied, %lu unchanged, %lu stale, %lu held, %lu waiting, %lu set aside,"
              " %lu left to test",
              rows->format->file_kind, number, (unsigned long)reached->row_count,
              (unsigned long)reached->applied, (unsigned long)reached->unchanged,
              (unsigned long)reached->stale, (unsigned long)reached->held, (unsigned long)reached->waiting,
              (unsigned long)reached->quarantined, (unsigned long)reached->test_only);
    if (reached->quarantined > 0) {
        number_text(reached->quarantined, count);
        event_report(EVENT_ROWS_SET_ASIDE, feed, number, count);
    }
    if (rows->unmapped_codes > 0) {
        number_text(rows->unmapped_codes, count);
        event_report(EVENT_ALERTS_UNMAPPED, feed, number, count);
    }
    if (reached->held > 0)
        event_report(EVENT_HELD, feed, number, reason_sentence("held"));
    if (rows->identities_changed > 0)
        event_report(EVENT_IDENTITY_CHANGED, feed, number);
    if (rows->unmatched_locations > 0)
        event_report(EVENT_LOCATION_UNMATCHED, feed, number);
    if (rows->second_open_bookings > 0)
        event_report(EVENT_SECOND_OPEN_BOOKING, feed, number);
}
