#include "service/pipeline/upkeep.h"

#include <stdio.h>

#include "database/due.h"
#include "platform/clock.h"
#include "service/event.h"
#include "service/log.h"
#include "service/pipeline/held_roster.h"

#define EACH_MS 60000u

void upkeep_init(struct upkeep *upkeep, struct pipeline *pipeline)
{
    *upkeep = (struct upkeep){.pipeline = pipeline};
    arena_init(&upkeep->arena, 0);
    rehousing_init(&upkeep->rehousing, pipeline);
}

void upkeep_release(struct upkeep *upkeep)
{
    rehousing_release(&upkeep->rehousing);
    arena_release(&upkeep->arena);
}

bool upkeep_is_due(const struct upkeep *upkeep, uint64_t now)
{
    return now >= upkeep->next || rehousing_is_due(&upkeep->rehousing, now);
}

void upkeep_waiting_ended(struct upkeep *upkeep)
{
    rehousing_soon(&upkeep->rehousing);
}

void upkeep_put_into_hold(struct upkeep *upkeep)
{
    rehousing_within_a_second(&upkeep->rehousing);
}

void upkeep_decided(struct upkeep *upkeep)
{
    upkeep->next = 0;
    rehousing_soon(&upkeep->rehousing);
}

/* Releases that were planned, and the end of waiting. */
static enum database_kind do_what_is_due(struct upkeep *upkeep)
{
    const struct pipeline_options *options = &upkeep->pipeline->options;
    struct database *db = options->writer;
    instant_us now = clock_utc_us();
    size_t released = 0;
    size_t ended = 0;
    struct due_waiting *rows = NULL;
    bool any = false;
    arena_reset(&upkeep->arena);
    enum database_kind kind = due_any(db, now, &any);
    if (kind == DATABASE_OK && any) {
        kind = database_begin(db);
        if (kind == DATABASE_OK)
            kind = due_releases(db, now, &released);
        if (kind == DATABASE_OK)
            kind = due_waiting(db, now, &upkeep->arena, &rows, &ended);
        kind = database_finish(db, kind);
    }
    if (kind == DATABASE_OK)
        kind = held_roster_submit(upkeep->pipeline, &upkeep->arena);
    if (kind != DATABASE_OK)
        return kind;
    if (released > 0)
        log_write(LOG_INFO, "database", "%llu planned releases took effect", (unsigned long long)released);
    for (size_t i = 0; i < ended; i++) {
        if (rows[i].copied)
            continue;
        char number[24];
        (void)snprintf(number, sizeof number, "%lld", (long long)rows[i].file);
        event_report(rows[i].photo ? EVENT_PHOTO_UNWANTED : EVENT_WAITED_TOO_LONG, rows[i].feed, number);
    }
    if (ended > 0)
        rehousing_soon(&upkeep->rehousing);
    upkeep->next = any ? 0 : clock_monotonic_ms() + EACH_MS;
    if (any && options->committed)
        options->committed(options->context);
    return DATABASE_OK;
}

enum database_kind upkeep_run(struct upkeep *upkeep)
{
    uint64_t now = clock_monotonic_ms();
    enum database_kind kind = now >= upkeep->next ? do_what_is_due(upkeep) : DATABASE_OK;
    if (kind == DATABASE_OK && rehousing_is_due(&upkeep->rehousing, now))
        kind = rehousing_run(&upkeep->rehousing);
    return kind;
}
