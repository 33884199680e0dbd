#include "service/pipeline/rehousing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "database/rehouse.h"
#include "platform/clock.h"
#include "service/event.h"
#include "service/log.h"
#include "service/spool/extract.h"
#include "service/spool/reason.h"
#include "service/spool/rehouse.h"

#define LIMIT   16 /* files in one step: each costs a rename and two flushes */
#define EACH_MS 60000u
#define SOON_MS 1000u

void rehousing_init(struct rehousing *rehousing, struct pipeline *pipeline)
{
    *rehousing = (struct rehousing){.pipeline = pipeline};
    arena_init(&rehousing->arena, 0);
}

void rehousing_release(struct rehousing *rehousing)
{
    arena_release(&rehousing->arena);
}

/* Files were looked at in this round, and what comes now may lie among them. */
static bool is_under_way(const struct rehousing *rehousing)
{
    return rehousing->after > 0 || rehousing->extracts;
}

void rehousing_soon(struct rehousing *rehousing)
{
    rehousing->again = rehousing->again || is_under_way(rehousing);
    rehousing->next = 0;
}

void rehousing_within_a_second(struct rehousing *rehousing)
{
    uint64_t soon = clock_monotonic_ms() + SOON_MS;
    rehousing->again = rehousing->again || is_under_way(rehousing);
    if (rehousing->next > soon)
        rehousing->next = soon;
}

bool rehousing_is_due(const struct rehousing *rehousing, uint64_t now)
{
    return now >= rehousing->next;
}

/* When it begins: a file that cannot be moved for days is no line of the log each minute. */
static void note_failure(struct rehousing *rehousing, const struct rehouse_row *row,
                         struct platform_status status)
{
    char text[200];
    rehousing->failed = true;
    if (rehousing->told)
        return;
    rehousing->told = true;
    platform_status_text(status, text, sizeof text);
    log_write(LOG_WARNING, row->feed, "%lld cannot be moved out of the hold now: %s", (long long)row->file,
              text);
}

/* Moves the file of one row. True when the ledger is to be told: *stored is where it lies, or NULL. */
static bool move(struct rehousing *rehousing, const struct rehouse_row *row, char **stored)
{
    struct rehouse what = {
        .root = rehousing->pipeline->options.paths->root,
        .from = row->stored,
        .place = row->refused ? STORE_QUARANTINE : STORE_ARCHIVE,
        .ledger_number = row->file,
        .arrived = row->arrived,
        .name = row->message == 0 ? row->name : extract_name(row->row, row->name, &rehousing->arena),
    };
    if (!what.name) {
        note_failure(rehousing, row, (struct platform_status){PLATFORM_NO_MEMORY, 0});
        return false;
    }
    if (row->refused) {
        struct reason reason = {
            .place = what.place,
            .ledger_number = row->file,
            .feed = row->feed,
            .name = row->name,
            .arrived = row->arrived,
            .row = row->row,
            .word = strcmp(row->state, "rejected") == 0 ? "rejected" : "waited-too-long",
            .detail = row->detail,
        };
        what.reason_text = reason_text(&reason, &rehousing->arena);
        if (!what.reason_text) {
            note_failure(rehousing, row, (struct platform_status){PLATFORM_NO_MEMORY, 0});
            return false;
        }
    }
    struct platform_status status = rehouse(&what, stored);
    if (!platform_ok(status))
        note_failure(rehousing, row, status);
    return platform_ok(status);
}

/* What was moved stands in the ledger, in one transaction. */
static enum database_kind tell_ledger(struct database *db, const struct rehouse_row *rows,
                                      char *const *stored, const bool *moved, size_t count)
{
    enum database_kind kind = database_begin(db);
    for (size_t i = 0; i < count && kind == DATABASE_OK; i++) {
        if (moved[i])
            kind = rows[i].message != 0 ? rehouse_end_extract(db, rows[i].message, rows[i].stored, stored[i])
                                        : rehouse_end(db, rows[i].file, rows[i].stored, stored[i]);
        if (kind == DATABASE_NONE) /* the row says something else by now: not ours to change */
            kind = DATABASE_OK;
    }
    return database_finish(db, kind);
}

static void report_missing(const struct rehouse_row *row)
{
    char number[24];
    (void)snprintf(number, sizeof number, "%lld", (long long)row->file);
    event_report(EVENT_ARCHIVE_COPY_MISSING, row->feed, number);
}

enum database_kind rehousing_run(struct rehousing *rehousing)
{
    const struct pipeline_options *options = &rehousing->pipeline->options;
    struct rehouse_row *rows = NULL;
    char *stored[LIMIT] = {NULL};
    bool moved[LIMIT] = {false};
    bool any = false;
    size_t count = 0;
    arena_reset(&rehousing->arena);
    enum database_kind kind = (rehousing->extracts ? rehouse_list_extracts : rehouse_list)(
        options->writer, rehousing->after, LIMIT, &rehousing->arena, &rows, &count);
    if (kind != DATABASE_OK)
        return kind;
    for (size_t i = 0; i < count; i++) {
        moved[i] = move(rehousing, &rows[i], &stored[i]);
        any = any || moved[i];
    }
    if (any)
        kind = tell_ledger(options->writer, rows, stored, moved, count);
    for (size_t i = 0; i < count; i++) {
        /* What was refused has had its event; its file is no original of anything in the database. */
        if (kind == DATABASE_OK && moved[i] && !stored[i] && !rows[i].refused && rows[i].message == 0)
            report_missing(&rows[i]);
        free(stored[i]);
    }
    if (kind != DATABASE_OK)
        return kind;
    bool full = count == LIMIT;
    bool more = full || !rehousing->extracts; /* first files, then extracts */
    rehousing->after = !full ? 0 : rehousing->extracts ? rows[count - 1].message : rows[count - 1].file;
    rehousing->extracts = full ? rehousing->extracts : !rehousing->extracts;
    rehousing->next = more ? 0 : clock_monotonic_ms() + (rehousing->again ? SOON_MS : EACH_MS);
    if (!more) {
        rehousing->again = false;
        rehousing->told = rehousing->failed;
        rehousing->failed = false;
    }
    if (any && options->committed)
        options->committed(options->context);
    return DATABASE_OK;
}
