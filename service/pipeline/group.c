#include "service/pipeline/group.h"

#include <stdio.h>

#include "database/held.h"
#include "database/live.h"
#include "database/outbox.h"
#include "database/photo.h"
#include "platform/clock.h"
#include "service/event.h"
#include "service/log.h"
#include "service/pipeline/held_roster.h"
#include "service/pipeline/row_apply.h"
#include "service/pipeline/row_file.h"

#define APPLY_MS 20 /* DESIGN step 5: a group holds the write lock no longer than this and one message */

static enum database_kind claim(struct database *db, struct job *job)
{
    if (job->rows && (job->work == JOB_COPY || (job->adopted && job->work != JOB_PUT_AWAY_ONLY))) {
        enum database_kind kind = row_recall(db, job);
        if (kind != DATABASE_OK)
            return kind;
    }
    if (job->work == JOB_COPY)
        return DATABASE_OK; /* claimed when it is applied: what is not committed is copied again */
    if (!job->adopted)
        return ledger_claim(db, &job->row);
    return job->suspect && job->work == JOB_PARSE ? ledger_count_attempt(db, job->row.id, &job->row.attempt)
                                                  : DATABASE_OK;
}

struct reason group_reason(const struct job *job, const char *detail)
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
    if (job->rows)
        return job->rows->format->file_kind;
    if (job->match && job->match->format == CONFIG_FORMAT_PHOTO)
        return "photo";
    if ((job->work != JOB_PARSE && job->work != JOB_COPY) ||
        job->event.fields[JMS_DATATYPE].presence != JMS_GIVEN)
        return "unknown"; /* it was not read so far */
    return job->event.kind == JMS_LOCATION ? "location" : "demographics";
}

/* Ends the file as quarantined, with its one message and all faults. */
static enum database_kind quarantine(struct database *db, struct job *job, const char *detail, instant_us now)
{
    job->place = STORE_QUARANTINE;
    struct ledger_message message = {
        .file = job->row.id,
        .kind = message_kind(job),
        .state = LEDGER_MESSAGE_QUARANTINED,
        .event_at = job->row.arrived,
        .detail = detail ? detail : job->reason,
    };
    enum database_kind kind = ledger_next_ordinal(db, job->row.id, &message.ordinal);
    if (kind == DATABASE_OK)
        kind = ledger_message_insert(db, &message);
    if (kind == DATABASE_OK && job->faults.count > 0)
        kind = ledger_faults_insert(db, job->row.id, message.id, &job->faults);
    if (kind == DATABASE_OK)
        kind = ledger_end_file(db, job->row.id, LEDGER_QUARANTINED, job->reason, now);
    struct reason reason = group_reason(job, detail);
    job->reason_text = reason_text(&reason, &job->arena);
    return kind;
}

bool group_keep_told(struct apply_result *result, struct arena *arena)
{
    if (result->waiting_held_count == 0)
        return true;
    struct apply_held *kept = arena_take_array(arena, result->waiting_held_count, sizeof *kept);
    for (size_t i = 0; kept && i < result->waiting_held_count; i++) {
        kept[i].file = result->waiting_held[i].file;
        kept[i].quarantined = result->waiting_held[i].quarantined;
        kept[i].feed = arena_copy_text(arena, slice_of(result->waiting_held[i].feed));
        if (!kept[i].feed)
            return false;
    }
    result->waiting_held = kept;
    return kept != NULL;
}

void group_report_held(const struct apply_result *result)
{
    for (size_t i = 0; i < result->waiting_held_count; i++) {
        const struct apply_held *held = &result->waiting_held[i];
        char number[24];
        (void)snprintf(number, sizeof number, "%lld", (long long)held->file);
        if (held->quarantined)
            event_report(EVENT_ALERT_REFUSED, held->feed, number);
        else
            event_report(EVENT_HELD, held->feed, number, reason_sentence("held"));
    }
}

/* A picture that came as a file. */
static enum database_kind apply_photo(struct database *db, struct job *job, instant_us now)
{
    struct photo_file photo = {
        .file = job->row.id,
        .feed = job->row.feed,
        .name = job->row.name,
        .event_at = job->row.arrived,
        .waits_until = job->row.arrived + (instant_us)job->match->waiting_ms * 1000,
        .now = now,
    };
    return photo_take_file(db, &photo, &job->result.message);
}

static enum database_kind apply_event(struct database *db, struct job *job, instant_us now)
{
    job->input.file = job->row.id;
    job->input.now = now;
    bool photo = job->match->format == CONFIG_FORMAT_PHOTO;
    enum database_kind kind =
        photo ? apply_photo(db, job, now) : apply_jms_event(db, &job->input, &job->result);
    if (kind == DATABASE_OK)
        kind = ledger_end_file(db, job->row.id, LEDGER_DONE, NULL, now);
    if (kind != DATABASE_OK)
        return kind;
    if (!group_keep_told(&job->result, &job->arena))
        return DATABASE_NO_MEMORY;
    job->place = STORE_ARCHIVE;
    enum ledger_message_state state = job->result.message.state;
    if (state == LEDGER_WAITING || state == LEDGER_HELD) {
        job->place = STORE_HOLD;
        job->reason = photo ? "photo-waiting" : state == LEDGER_WAITING ? "waiting" : "held";
        struct reason reason = group_reason(job, job->result.message.detail);
        job->reason_text = reason_text(&reason, &job->arena);
    }
    return DATABASE_OK;
}

bool group_is_refusal(enum database_kind kind)
{
    return kind == DATABASE_CONSTRAINT || kind == DATABASE_OTHER;
}

static enum database_kind apply_or_quarantine(struct database *db, struct job *job, bool refused,
                                              const char *detail, instant_us now)
{
    bool parsed = (job->work == JOB_PARSE || job->work == JOB_COPY) && job->status == PARSE_OK;
    if (parsed && job->rows)
        return row_apply(db, job, now);
    return parsed && !refused ? apply_event(db, job, now) : quarantine(db, job, detail, now);
}

/* A copy is claimed, applied, ended and counted as copied at once, a file of rows with its first and its last slice; its bytes lie in the live
 * world's archive and stay there. */
static enum database_kind apply_copy(struct database *db, struct job *job, bool refused, const char *detail,
                                     instant_us now)
{
    enum database_kind kind = job->adopted ? DATABASE_OK : ledger_claim(db, &job->row);
    if (kind == DATABASE_OK)
        kind = apply_or_quarantine(db, job, refused, detail, now);
    if (kind == DATABASE_OK && row_file_is_under_way(job))
        return kind;
    if (kind == DATABASE_OK)
        kind = ledger_put_away(db, job->row.id, NULL, now);
    if (kind == DATABASE_OK)
        kind = job->release.number != 0
                   ? live_copy_move_released(db, job->row.feed, job->copy_letters, job->release.number)
                   : live_copy_move(db, job->row.feed, job->copy_letters, job->row.copied_from);
    return kind;
}

/* A held message that was released in live, where test holds it too: it ends here as it did there. What cannot be applied here stays held. */
static enum database_kind apply_to_held(struct database *db, struct job *job)
{
    enum database_kind kind = database_savepoint(db);
    if (kind == DATABASE_OK)
        kind = apply_jms_event(db, &job->input, &job->result);
    if (kind != DATABASE_OK)
        return kind;
    return job->result.message.state == LEDGER_WAITING ? database_savepoint_rollback(db)
                                                       : database_savepoint_release(db);
}

/* What was released in live. Its file was passed over, or lies here with the message held, or has it applied already. */
static enum database_kind apply_released_copy(struct database *db, struct job *job, bool refused,
                                              instant_us now)
{
    int64_t file = 0, message = 0;
    bool is_held = false;
    enum database_kind kind =
        held_copy(db, job->row.feed, job->row.copied_from, job->release.ordinal, &file, &message, &is_held);
    bool passed_over = kind == DATABASE_NONE;
    if (kind != DATABASE_OK && !passed_over)
        return kind;
    if (refused || job->status != PARSE_OK) {
        log_write(LOG_WARNING, job->row.feed,
                  "what was released of live ledger number %lld cannot be applied in the test world",
                  (long long)job->row.copied_from);
    } else if (passed_over || message == 0 || is_held) {
        kind = passed_over ? ledger_claim(db, &job->row) : DATABASE_OK;
        job->input.file = passed_over ? job->row.id : file;
        job->input.message = message;
        job->input.now = now;
        if (kind == DATABASE_OK)
            kind = is_held ? apply_to_held(db, job) : apply_jms_event(db, &job->input, &job->result);
        if (kind == DATABASE_OK && !group_keep_told(&job->result, &job->arena))
            kind = DATABASE_NO_MEMORY;
        if (kind == DATABASE_OK && passed_over)
            kind = ledger_end_file(db, job->row.id, LEDGER_DONE, NULL, now);
        if (kind == DATABASE_OK && passed_over)
            kind = ledger_put_away(db, job->row.id, NULL, now);
    } else {
        kind = DATABASE_OK;
    }
    job->place = STORE_ARCHIVE;
    if (kind == DATABASE_OK || kind == DATABASE_NONE)
        kind = live_copy_move_released(db, job->row.feed, job->copy_letters, job->release.number);
    return kind;
}

/* `refused`: the database refused it before; it is quarantined for that. */
static enum database_kind apply(struct database *db, struct job *job, bool refused, const char *detail,
                                instant_us now)
{
    if ((job->work == JOB_PARSE || job->work == JOB_COPY) && job->status == PARSE_NO_MEMORY)
        return DATABASE_NO_MEMORY; /* nothing is known of the file: it is given back with the others */
    if (job->release.message != 0)
        return apply_released_copy(db, job, refused, now);
    return job->work == JOB_COPY ? apply_copy(db, job, refused, detail, now)
                                 : apply_or_quarantine(db, job, refused, detail, now);
}

/* Applies one file in a savepoint: a message that is refused is quarantined, and the group goes on. */
static enum database_kind apply_guarded(struct database *db, struct job *job, instant_us now)
{
    enum database_kind kind = database_savepoint(db);
    if (kind != DATABASE_OK)
        return kind;
    kind = apply(db, job, false, NULL, now);
    if (kind == DATABASE_OK)
        return database_savepoint_release(db);
    if (!group_is_refusal(kind) || !database_in_transaction(db))
        return kind;
    char detail[200]; /* names a table and a column, never a value */
    (void)snprintf(detail, sizeof detail, "%s", database_error_text(db));
    kind = database_savepoint_rollback(db); /* which also ends the savepoint */
    if (kind != DATABASE_OK)
        return kind;
    job->reason = "database";
    job->result = (struct apply_result){0};
    return apply(db, job, true, detail, now);
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

/* A row that has its end already (a person, or an earlier try) needs no other. */
static enum database_kind unless_ended(enum database_kind kind)
{
    return kind == DATABASE_NONE ? DATABASE_OK : kind;
}

static enum database_kind write_ends(struct database *db, struct group *group, instant_us now)
{
    enum database_kind kind = DATABASE_OK;
    for (struct job *job = group->ends.first; job && kind == DATABASE_OK; job = job->next)
        kind = unless_ended(end_row(db, job, now));
    for (size_t i = 0; i < group->sent.count && kind == DATABASE_OK; i++)
        kind = unless_ended(outbox_mark_sent(db, group->sent.ids[i], now));
    return kind;
}

/* Applies from `first` on until the time is up; *applied is how many are in the transaction. */
static enum database_kind write_applies(struct database *db, struct group *group, size_t first, size_t limit,
                                        bool guarded, instant_us now, size_t *applied)
{
    enum database_kind kind = DATABASE_OK;
    uint64_t begun = clock_monotonic_ms();
    size_t i = first;
    for (; i < group->apply_count && i - first < limit && kind == DATABASE_OK; i++) {
        if (i > first && clock_monotonic_ms() - begun >= APPLY_MS)
            break;
        struct job *job = group->applies[i];
        if (job->rows) /* it guards each row by itself */
            job->rows->guarded = guarded;
        kind = guarded && !job->rows ? apply_guarded(db, job, now) : apply(db, job, false, NULL, now);
    }
    *applied = i - first;
    return kind;
}

static enum database_kind write_once(struct database *db, struct group *group, bool with_rest, size_t first,
                                     size_t limit, bool guarded, size_t *applied)
{
    instant_us now = clock_utc_us();
    enum database_kind kind = database_begin(db);
    if (kind != DATABASE_OK)
        return kind;
    if (with_rest)
        kind = write_claims(db, group);
    if (kind == DATABASE_OK && with_rest)
        kind = write_ends(db, group, now);
    if (kind == DATABASE_OK)
        kind = write_applies(db, group, first, limit, guarded, now, applied);
    return database_finish(db, kind);
}

enum database_kind group_write(struct database *db, struct group *group, bool with_rest, size_t first,
                               size_t limit, size_t *applied)
{
    /* A savepoint keeps a copy of every page that its message touches (an eighth of all instructions), and is
     * needed only when a message is refused, which is rare: then the group is rolled back and written anew with
     * them. */
    enum database_kind kind = write_once(db, group, with_rest, first, limit, false, applied);
    return group_is_refusal(kind) ? write_once(db, group, with_rest, first, limit, true, applied) : kind;
}

/* A sync roster that is held as a whole. Where it cannot be asked, the archive is as safe. */
static bool is_held_roster(struct database *db, struct job *job)
{
    struct held *held = NULL;
    size_t count = 0;
    return job->rows->sync &&
           held_of_file(db, job->row.id, 0, 1, &job->arena, &held, &count) == DATABASE_OK && count > 0 &&
           held_is_roster(&held[0]);
}

void group_recall_outcome(struct database *db, struct job *job)
{
    struct ledger_outcome outcome;
    fault_list_init(&job->faults, &job->arena);
    bool held = job->rows && is_held_roster(db, job);
    if (job->rows && !held && job->row.state == LEDGER_DONE) { /* whatever became of its rows */
        job->place = STORE_ARCHIVE;
        return;
    }
    if (ledger_outcome(db, job->row.id, &job->arena, &outcome) != DATABASE_OK) {
        job->place = job->row.state == LEDGER_QUARANTINED ? STORE_QUARANTINE : STORE_ARCHIVE;
        return; /* the file matters more than its explanation, and `show` still knows it */
    }
    job->faults = outcome.faults;
    job->reason = outcome.reason;
    job->place = job->row.state == LEDGER_QUARANTINED || outcome.refused ? STORE_QUARANTINE
                 : outcome.held                                          ? STORE_HOLD
                                                                         : STORE_ARCHIVE;
    if (job->place != STORE_ARCHIVE) {
        struct reason reason = group_reason(job, outcome.detail);
        job->reason_text = reason_text(&reason, &job->arena);
    }
}
