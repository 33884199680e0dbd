#include "service/pipeline/carry_decision.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "database/sync.h"
#include "platform/path.h"
#include "service/event.h"
#include "service/pipeline/group.h"
#include "service/pipeline/held_job.h"
#include "service/pipeline/held_roster.h"

#define ROWS_NAMED 8 /* so many rows of a file the answer names when the command names none */

static bool is_release(const struct carried *carried)
{
    return strcmp(carried->row->what, "release") == 0;
}

/* "row:17" → 17; 0: none is named. */
static int row_of(const struct command_row *row)
{
    static const char LEAD[] = "row:";
    if (!row->subject || strncmp(row->subject, LEAD, sizeof LEAD - 1) != 0)
        return 0;
    long number = strtol(row->subject + sizeof LEAD - 1, NULL, 10);
    return number > 0 && number <= INT32_MAX ? (int)number : 0;
}

static void say_not_held(struct carried *carried, const char *state)
{
    long long number = (long long)carried->row->number;
    if (!state)
        carried_answer(carried, false, "there is no ledger number %lld in this world", number);
    else if (strcmp(state, "waiting") == 0)
        carried_answer(
            carried, false,
            "ledger number %lld waits for its booking, and is applied by itself when that is known", number);
    else
        carried_answer(carried, false, "ledger number %lld is not held%s%s", number,
                       strcmp(state, "unknown") == 0 ? "" : ": it ended as ",
                       strcmp(state, "unknown") == 0 ? "" : state);
}

static void ask_for_row(struct carried *carried, const struct held *rows, size_t count)
{
    char numbers[16 * ROWS_NAMED] = "";
    size_t used = 0;
    for (size_t i = 0; i < count && i < ROWS_NAMED; i++)
        used += (size_t)snprintf(numbers + used, sizeof numbers - used, "%s%d", i > 0 ? ", " : "",
                                 rows[i].ordinal);
    carried_answer(carried, false, "several rows of ledger number %lld are held (%s%s): name one by --row",
                   (long long)carried->row->number, numbers, count > ROWS_NAMED ? ", …" : "");
}

/* Which message is meant. */
static enum database_kind find(struct carried *carried)
{
    struct database *db = carried->pipeline->options.writer;
    const struct command_row *row = carried->row;
    struct held *rows = NULL;
    const char *state = NULL;
    size_t count = 0;
    int ordinal = row_of(row);
    enum database_kind kind =
        held_of_file(db, row->number, ordinal, ROWS_NAMED + 1, carried->arena, &rows, &count);
    if (kind == DATABASE_OK && count == 0) {
        kind = held_not(db, row->number, ordinal, carried->arena, &state);
        if (kind == DATABASE_OK || kind == DATABASE_NONE)
            say_not_held(carried, state);
        return kind == DATABASE_NONE ? DATABASE_OK : kind;
    }
    if (kind != DATABASE_OK)
        return kind;
    if (rows[count - 1].applying) /* its file is open; of a file it is the last */
        carried_answer(carried, false, "the roster with ledger number %lld was released and is being applied",
                       (long long)row->number);
    else if (count > 1)
        ask_for_row(carried, rows, count);
    else
        carried->held = &rows[0];
    return DATABASE_OK;
}

/* A held event whose bytes cannot be had, or make no event any more, stays held. */
static void refuse(struct carried *carried, enum held_found found, struct platform_status status)
{
    long long number = (long long)carried->row->number;
    char text[200];
    platform_status_text(status, text, sizeof text);
    switch (found) {
    case HELD_FOUND: return;
    case HELD_LATER:
        carried_answer(carried, false,
                       "the bytes of ledger number %lld in the hold cannot be read now (%s): try again later",
                       number, text);
        return;
    case HELD_GONE:
        carried_answer(
            carried, false,
            "the bytes of ledger number %lld are no longer in the hold: put them back, or reject it", number);
        return;
    case HELD_CHANGED:
        carried_answer(
            carried, false,
            "the file of ledger number %lld in the hold has other bytes than when it came: put the right ones back, "
            "or reject it",
            number);
        return;
    case HELD_NO_RULE:
        carried_answer(
            carried, false,
            "no match rule of feed %s takes the file of ledger number %lld any more as what it was (%s): put that rule "
            "back, or reject it",
            carried->held->feed, number, carried->held->format);
        return;
    }
}

static void read_again(struct carried *carried)
{
    const struct pipeline_options *options = &carried->pipeline->options;
    const struct held *held = carried->held;
    long long number = (long long)held->file;
    struct platform_status status = PLATFORM_SUCCESS;
    carried->line =
        (struct line){.config = config_feed_find(options->config, held->feed), .pipeline = carried->pipeline};
    if (!carried->line.config) {
        carried_answer(carried, false, "feed %s of ledger number %lld is no longer in the configuration",
                       held->feed, number);
        return;
    }
    if (held->copied_from != 0) {
        carried_answer(
            carried, false,
            "ledger number %lld is the copy of %lld of the live world, whose bytes lie there: what is released "
            "there comes by itself; here it can only be rejected",
            number, (long long)held->copied_from);
        return;
    }
    if (held->in_place && !held->extract) {
        carried_answer(carried, false,
                       "ledger number %lld is still being put into the hold: try again in a moment", number);
        return;
    }
    enum held_found found = (held_is_roster(held) ? held_roster_make : held_job_make)(
        &carried->line, held, options->paths->root, &carried->job, &status);
    refuse(carried, found, status);
    if (found != HELD_FOUND || held_is_roster(held))
        return;
    worker_parse(options->config, carried->job);
    if (carried->job->status == PARSE_OK)
        return;
    carried_answer(
        carried, false,
        "ledger number %lld cannot be read as an event with the configuration of today: put the settings of its "
        "match rule and the facilities back, or reject it",
        number);
    job_free(carried->job);
    carried->job = NULL;
}

enum database_kind carry_decision_prepare(struct carried *carried)
{
    if (carried->row->number == 0 || (!is_release(carried) && !carried->row->argument)) {
        carried_answer(carried, false, "a ledger number is needed, and a reason to reject");
        return DATABASE_OK;
    }
    enum database_kind kind = find(carried);
    if (kind == DATABASE_OK && carried->held && is_release(carried))
        read_again(carried);
    return kind;
}

static void say_released(struct carried *carried)
{
    const struct apply_result *result = &carried->job->result;
    long long number = (long long)carried->held->file;
    switch (result->message.state) {
    case LEDGER_APPLIED:
        carried_answer(carried, true, "ledger number %lld was released and is applied%s", number,
                       result->handed_over ? ": the booking is now the patient's whom it names" : "");
        break;
    case LEDGER_DUPLICATE:
        carried_answer(carried, true, "ledger number %lld was released; it brought nothing new", number);
        break;
    case LEDGER_STALE:
        carried_answer(carried, true,
                       "ledger number %lld was released; all it says is older than what is known", number);
        break;
    case LEDGER_TEST_ONLY:
        carried_answer(carried, true,
                       "ledger number %lld was released; its facility is not live, so it is test's", number);
        break;
    default:
        carried_answer(
            carried, false,
            "ledger number %lld names a patient who is not known, so no booking can be moved there: have the "
            "demographics of that patient sent, or reject it",
            number);
    }
}

/* In a savepoint: a refusal leaves the message held. */
static enum database_kind apply(struct carried *carried)
{
    struct database *db = carried->pipeline->options.writer;
    struct job *job = carried->job;
    enum database_kind kind = database_savepoint(db);
    if (kind != DATABASE_OK)
        return kind;
    job->input.now = carried->now;
    kind = apply_jms_event(db, &job->input, &job->result);
    if (kind == DATABASE_OK && carried->pipeline->options.paths->world == DATABASE_LIVE)
        kind = held_note_release(db, carried->held);
    if (kind == DATABASE_OK && !group_keep_told(&job->result, &job->arena))
        kind = DATABASE_NO_MEMORY;
    if (kind == DATABASE_OK)
        say_released(carried);
    else if (group_is_refusal(kind) && database_in_transaction(db))
        carried_answer(carried, false, "the database refuses it: %s", database_error_text(db));
    else
        return kind;
    return carried->done ? database_savepoint_release(db) : database_savepoint_rollback(db);
}

/* A roster is applied by the pipeline, slice by slice; that it shall be stands in the ledger from now on. */
static enum database_kind release_roster(struct carried *carried)
{
    enum database_kind kind = sync_decide(carried->pipeline->options.writer, carried->held->file, true);
    if (kind == DATABASE_OK)
        carried_answer(
            carried, true,
            "the roster with ledger number %lld was released and is being applied; `corbridge status` lists it "
            "until that is done",
            (long long)carried->held->file);
    return kind;
}

static enum database_kind reject(struct carried *carried)
{
    const struct command_row *row = carried->row;
    char detail[600];
    (void)snprintf(detail, sizeof detail, "rejected by %s: %s", row->user, row->argument);
    detail[path_cut_utf16(detail, 255)] = '\0'; /* as message.detail allows */
    enum database_kind kind =
        held_reject(carried->pipeline->options.writer, carried->held, detail, carried->now);
    if (kind == DATABASE_OK)
        carried_answer(carried, true, "ledger number %lld was rejected", (long long)row->number);
    return kind;
}

enum database_kind carry_decision(struct carried *carried)
{
    if (!carried->held || (is_release(carried) && !carried->job))
        return DATABASE_OK;
    /* Another program may have written here since it was read. */
    struct held *still = NULL;
    size_t count = 0;
    enum database_kind kind = held_of_file(carried->pipeline->options.writer, carried->held->file,
                                           carried->held->ordinal, 1, carried->arena, &still, &count);
    if (kind != DATABASE_OK)
        return kind;
    if (count == 0)
        carried_answer(carried, false, "ledger number %lld is not held any more",
                       (long long)carried->row->number);
    else if (!is_release(carried))
        kind = reject(carried);
    else
        kind = held_is_roster(carried->held) ? release_roster(carried) : apply(carried);
    carried->decided = kind == DATABASE_OK && carried->done;
    return kind;
}

static void report_result(const char *feed, const char *number, const struct apply_result *result)
{
    group_report_held(result);
    if (result->identity_changed)
        event_report(EVENT_IDENTITY_CHANGED, feed, number);
    if (result->unmatched_location)
        event_report(EVENT_LOCATION_UNMATCHED, feed, number);
    if (result->second_open_booking)
        event_report(EVENT_SECOND_OPEN_BOOKING, feed, number);
}

void carry_decision_report(const struct carried *carried)
{
    char number[24];
    if (!carried->decided)
        return;
    (void)snprintf(number, sizeof number, "%lld", (long long)carried->held->file);
    if (!is_release(carried)) {
        event_report(EVENT_REJECTED, carried->held->feed, number, carried->row->user, carried->row->argument);
        return;
    }
    event_report(EVENT_RELEASED, carried->held->feed, number, carried->row->user);
    report_result(carried->held->feed, number, &carried->job->result);
}

void carry_decision_release(struct carried *carried)
{
    job_free(carried->job);
    carried->job = NULL;
}
