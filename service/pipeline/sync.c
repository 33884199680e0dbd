#include "service/pipeline/sync.h"

#include <stdio.h>
#include <stdlib.h>

#include "service/event.h"
#include "service/log.h"
#include "database/held.h"
#include "service/pipeline/group.h"
#include "service/pipeline/jms_row.h"
#include "service/pipeline/pipeline_private.h"
#include "service/pipeline/row_file.h"
#include "service/pipeline/row_read.h"

struct sync *sync_new(void)
{
    return calloc(1, sizeof(struct sync));
}

void sync_free(struct sync *sync)
{
    if (!sync)
        return;
    sync_census_release(&sync->census);
    free(sync);
}

bool sync_needs_worker(const struct sync *sync)
{
    return sync->stage == SYNC_JUDGE || sync->stage == SYNC_ABSENT;
}

bool sync_is_at_rows(const struct sync *sync)
{
    return sync->stage == SYNC_ROWS;
}

/* ---- the worker's stages ---- */

/* NULL: it cannot be read now. */
static struct database *open_database(const struct job *job)
{
    const struct world_paths *paths = job->line->pipeline->options.paths;
    struct database *db = NULL;
    return database_open(paths->database, paths->world, DATABASE_READ, &db, NULL, 0) == DATABASE_OK ? db
                                                                                                    : NULL;
}

static bool is_given(const struct jms_value *value)
{
    return value->presence == JMS_GIVEN;
}

static struct sync_row row_of(const struct row *row)
{
    const struct jms_row *record = row->record;
    struct sync_row found = {SLICE_EMPTY, SLICE_EMPTY, SLICE_EMPTY};
    if (is_given(&record->event.fields[JMS_BOOKING]))
        found.booking = record->event.fields[JMS_BOOKING].text;
    if (row->status == PARSE_OK) {
        found.facility = record->input.facility;
        found.patient = record->event.fields[JMS_PATIENT_ID].text;
    }
    return found;
}

/* Reading a long roster takes seconds, and a stop does not wait for them. */
static bool is_stopping(const struct job *job)
{
    struct pipeline *pipeline = job->line->pipeline;
    mutex_lock(&pipeline->lock);
    bool stopping = pipeline->stopping;
    mutex_unlock(&pipeline->lock);
    return stopping;
}

/* Reads all rows once. False: not now; *readable says whether the file is the reason. */
static bool take_census(const struct config *config, struct job *job, struct database *db, bool *readable)
{
    struct row_file *rows = job->rows;
    struct sync_census *census = &rows->sync->census;
    struct row_slice slice = {.count = 0};
    struct row_reader reader;
    arena_init(&slice.arena, 0);
    row_reader_init(&reader, rows->format, config, job, rows->progress.event_at, &rows->survey.start);
    sync_census_release(census);
    *census = (struct sync_census){.feed = job->line->config->name,
                                   .authority = job->line->config->authority,
                                   .as_of = rows->progress.event_at};
    enum database_kind kind = sync_census_begin(db, census);
    bool good = kind == DATABASE_OK;
    *readable = true;
    while (good && !slice.last) {
        good = !is_stopping(job) && row_reader_next(&reader, &slice, readable) == PARSE_OK && *readable;
        for (size_t i = 0; good && i < slice.count; i++) {
            const struct sync_row row = row_of(&slice.rows[i]);
            good = sync_census_add(db, census, &row) == DATABASE_OK;
        }
    }
    row_reader_release(&reader);
    arena_release(&slice.arena);
    return good;
}

/* It is tried again a second later; the log says so once. */
static void ask_later(struct job *job)
{
    struct sync *sync = job->rows->sync;
    if (!sync->told)
        log_write(LOG_WARNING, job->line->config->name,
                  "the roster %lld waits: the database cannot be asked now who is there",
                  (long long)job->row.id);
    sync->waits = sync->told = true;
}

static enum parse_status judge(const struct config *config, struct job *job)
{
    struct sync *sync = job->rows->sync;
    struct database *db = open_database(job);
    bool readable = true;
    bool held = false;
    bool good = db && take_census(config, job, db, &readable);
    if (good && !sync->spared)
        good = sync_census_count(db, &sync->census) == DATABASE_OK &&
               sync_census_judge(db, &sync->census, job->match->preload, &held, sync->why,
                                 sizeof sync->why) == DATABASE_OK;
    database_close(db);
    job->unreadable = job->unreadable || !readable;
    if (!good && readable)
        ask_later(job);
    if (good)
        sync->stage = held ? SYNC_HOLD : SYNC_ROWS;
    return PARSE_OK;
}

static enum parse_status find_absent(struct job *job)
{
    struct sync *sync = job->rows->sync;
    bool good = true;
    if (sync->census.unreadable > 0) {
        sync->census.absent_count = 0;
    } else {
        struct database *db = open_database(job);
        good = db && sync_census_count(db, &sync->census) == DATABASE_OK;
        database_close(db);
    }
    if (good)
        sync->stage = SYNC_RELEASE;
    else
        ask_later(job);
    return PARSE_OK;
}

/* RULES "Rosters": header-only is quarantined, for everybody would be missing. */
static enum parse_status refuse_empty(struct job *job)
{
    fault_add(&job->faults, FAULT_ERROR, FAULT_HEADER_ONLY, 0, 1, SLICE_EMPTY,
              "rows: whoever is missing in this roster is released");
    return PARSE_INVALID;
}

enum parse_status sync_read(const struct config *config, struct job *job)
{
    struct row_file *rows = job->rows;
    struct sync *sync = rows->sync;
    sync->waits = false;
    switch (sync->stage) {
    case SYNC_JUDGE: return judge(config, job);
    case SYNC_ABSENT: return find_absent(job);
    case SYNC_TURN:
    case SYNC_ROWS: break;
    case SYNC_HOLD: /* nothing is left for a worker */
    case SYNC_RELEASE: return PARSE_OK;
    }
    enum parse_status status = row_read(config, job);
    if (status != PARSE_OK || job->unreadable || sync->stage != SYNC_TURN)
        return status;
    if (rows->survey.rows == 0)
        return refuse_empty(job);
    if (sync->kept.message == 0)
        sync->event_at = rows->progress.event_at + (instant_us)job->match->lag_ms * 1000;
    /* Rows alone do not say that it was judged: it may have begun as a roster that releases nobody. */
    sync->spared = sync->spared || sync->kept.message != 0 || job->work == JOB_COPY;
    return PARSE_OK;
}

/* ---- the committer's stages ---- */

enum database_kind sync_recall(struct database *db, struct job *job)
{
    struct sync *sync = job->rows->sync;
    enum database_kind kind = sync_find(db, job->row.id, &sync->kept);
    sync->event_at = sync->kept.event_at;
    return kind == DATABASE_NONE ? DATABASE_OK : kind;
}

static enum database_kind insert_message(struct database *db, struct job *job,
                                         enum ledger_message_state state, const char *detail)
{
    struct sync *sync = job->rows->sync;
    struct ledger_message message = {
        .file = job->row.id,
        .ordinal =
            (int)job->rows->progress.row_count + 1, /* behind all rows: a row that is held has its own */
        .kind = job->rows->format->file_kind,
        .state = state,
        .event_at = sync->event_at,
        .detail = detail,
    };
    enum database_kind kind = ledger_message_insert(db, &message);
    if (kind == DATABASE_OK)
        kind = sync_keep(db, job->row.id, message.id, sync->event_at);
    sync->reached.message = message.id;
    return kind;
}

enum database_kind sync_begin_rows(struct database *db, struct job *job)
{
    struct sync *sync = job->rows->sync;
    sync->reached = sync->kept;
    return sync->kept.message != 0 ? DATABASE_OK : insert_message(db, job, LEDGER_APPLIED, NULL);
}

/* It lies in the hold whole, and where it would begin stands there for whoever releases it. */
static enum database_kind hold(struct database *db, struct job *job, instant_us now)
{
    struct sync *sync = job->rows->sync;
    enum database_kind kind = insert_message(db, job, LEDGER_HELD, sync->why);
    if (kind == DATABASE_OK && job->faults.count > 0)
        kind = ledger_faults_insert(db, job->row.id, sync->reached.message, &job->faults);
    if (kind == DATABASE_OK)
        kind = file_progress_keep(db, job->row.id, &job->rows->reached, 0);
    if (kind == DATABASE_OK)
        kind = ledger_end_file(db, job->row.id, LEDGER_DONE, NULL, now);
    job->place = STORE_HOLD;
    job->reason = "held";
    struct reason reason = group_reason(job, sync->why);
    job->reason_text = reason_text(&reason, &job->arena);
    job->rows->ended = true;
    return kind;
}

static enum ledger_message_state end_state(const struct sync *sync, const struct file_progress *reached)
{
    if (reached->applied > 0 || sync->released > 0)
        return LEDGER_APPLIED;
    if (reached->test_only > 0 && reached->unchanged == 0 && reached->stale == 0)
        return LEDGER_TEST_ONLY;
    return reached->stale > 0 && reached->unchanged == 0 ? LEDGER_STALE : LEDGER_DUPLICATE;
}

static enum database_kind keep_facilities(struct database *db, const struct sync_census *census)
{
    enum database_kind kind = DATABASE_OK;
    for (size_t i = 0; i < census->facility_count && kind == DATABASE_OK; i++)
        if (census->facilities[i].counts)
            kind = sync_facility_keep(db, census->feed, census->facilities[i].code, census->as_of);
    return kind;
}

static enum database_kind release_absent(struct database *db, struct job *job)
{
    struct sync *sync = job->rows->sync;
    enum database_kind kind = DATABASE_OK;
    for (size_t i = 0; i < sync->census.absent_count && kind == DATABASE_OK; i++) {
        const struct sync_release what = {
            .booking = sync->census.absent[i],
            .file = job->row.id,
            .message = sync->reached.message,
            .as_of = sync->census.as_of,
            .event_at = sync->event_at,
            .arrived = job->row.arrived,
        };
        kind = sync_release(db, &what, &sync->reached.changes);
        sync->released += kind == DATABASE_OK;
        if (kind == DATABASE_NONE) /* something newer was said of it meanwhile */
            kind = DATABASE_OK;
    }
    return kind;
}

static enum database_kind end_message(struct database *db, struct job *job, instant_us now)
{
    const struct sync *sync = job->rows->sync;
    char detail[200];
    (void)snprintf(detail, sizeof detail, "%s%zu released%s", job->from_hold ? "released by a person; " : "",
                   sync->released,
                   sync->census.unreadable > 0 ? ": a booking number could not be read, so nobody is missing"
                                               : "");
    struct ledger_message message = {
        .id = sync->reached.message,
        .state = end_state(sync, &job->rows->reached),
        .detail = detail,
    };
    return ledger_message_end(db, &message, now);
}

/* The one transaction that may be long (DESIGN step 5). */
static enum database_kind release(struct database *db, struct job *job, instant_us now)
{
    struct sync *sync = job->rows->sync;
    const struct held held = {.message = sync->kept.message, .feed = job->line->config->name};
    sync->reached = sync->kept;
    sync->released = 0;
    enum database_kind kind = release_absent(db, job);
    if (kind == DATABASE_OK)
        kind = keep_facilities(db, &sync->census);
    if (kind == DATABASE_OK)
        kind = end_message(db, job, now);
    if (kind == DATABASE_OK && !job->from_hold)
        kind = ledger_end_file(db, job->row.id, LEDGER_DONE, NULL, now);
    if (kind == DATABASE_OK && job->from_hold && job->line->pipeline->options.paths->world == DATABASE_LIVE)
        kind = held_note_release(db, &held);
    job->place = STORE_ARCHIVE;
    job->rows->ended = true;
    return kind;
}

enum database_kind sync_apply(struct database *db, struct job *job, instant_us now)
{
    struct row_file *rows = job->rows;
    rows->reached = rows->progress;
    rows->upto = rows->first;
    rows->ended = false;
    rows->sync->reached = rows->sync->kept;
    switch (rows->sync->stage) {
    case SYNC_HOLD: return hold(db, job, now);
    case SYNC_RELEASE: return release(db, job, now);
    case SYNC_TURN: /* all that stood in front of it is committed now */
    case SYNC_JUDGE:
    case SYNC_ROWS:
    case SYNC_ABSENT: break;
    }
    return DATABASE_OK;
}

void sync_committed(struct sync *sync, bool slices_ended)
{
    sync->kept = sync->reached;
    if (sync->stage == SYNC_TURN)
        sync->stage = SYNC_JUDGE;
    else if (sync->stage == SYNC_ROWS && slices_ended)
        sync->stage = SYNC_ABSENT;
}

/* ---- what is told ---- */

bool sync_report_end(const struct job *job)
{
    const struct sync *sync = job->rows->sync;
    const char *feed = job->line->config->name;
    char number[24], count[24];
    (void)snprintf(number, sizeof number, "%lld", (long long)job->row.id);
    if (sync->stage == SYNC_HOLD) {
        event_report(EVENT_ROSTER_HELD, feed, number, sync->why);
        return true;
    }
    log_write(LOG_INFO, feed, "roster %s: %llu bookings that are missing in it were released", number,
              (unsigned long long)sync->released);
    if (sync->census.unreadable > 0) {
        (void)snprintf(count, sizeof count, "%lu", (unsigned long)sync->census.unreadable);
        event_report(EVENT_NOBODY_RELEASED, feed, number, count);
    }
    return false;
}
