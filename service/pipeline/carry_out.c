#include "service/pipeline/carry_out.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "platform/clock.h"
#include "service/pipeline/carry_decision.h"
#include "service/pipeline/carry_live.h"

void carried_answer(struct carried *carried, bool done, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(carried->answer, sizeof carried->answer, format, arguments);
    va_end(arguments);
    carried->done = done;
}

static bool is(const struct carried *carried, const char *what)
{
    return strcmp(carried->row->what, what) == 0;
}

static bool is_decision(const struct carried *carried)
{
    return is(carried, "release") || is(carried, "reject");
}

static enum database_kind carry_out(struct carried *carried)
{
    const struct pipeline_options *options = &carried->pipeline->options;
    if (is_decision(carried))
        return carry_decision(carried);
    if (is(carried, "golive") || is(carried, "back-to-test"))
        return carry_live(carried, is(carried, "golive"));
    if (is(carried, "scan")) {
        options->scan_asked(options->context);
        carried_answer(carried, true, "all folders are being looked at");
    } else {
        carried_answer(carried, false, "this version has no such command");
    }
    return DATABASE_OK;
}

/* What it does and its answer are one transaction; what must be read for it is read before. */
static enum database_kind carry_out_one(struct carried *carried)
{
    struct database *db = carried->pipeline->options.writer;
    enum database_kind kind = is_decision(carried) ? carry_decision_prepare(carried) : DATABASE_OK;
    if (kind == DATABASE_OK)
        kind = database_begin(db);
    if (kind == DATABASE_OK)
        kind = carry_out(carried);
    if (kind == DATABASE_OK)
        kind = command_answer(db, carried->row->id, carried->done, carried->answer, carried->now);
    kind = database_finish(db, kind);
    if (kind == DATABASE_OK) {
        carry_live_report(carried);
        carry_decision_report(carried);
    }
    carry_decision_release(carried);
    return kind;
}

enum database_kind carry_out_commands(struct pipeline *pipeline, struct arena *arena, bool *decided)
{
    const struct pipeline_options *options = &pipeline->options;
    struct command_row *rows = NULL;
    size_t count = 0;
    bool live_changed = false;
    enum database_kind kind = command_pending(options->writer, arena, &rows, &count);
    if (kind == DATABASE_NONE)
        kind = DATABASE_OK;
    for (size_t i = 0; i < count && kind == DATABASE_OK; i++) {
        struct carried carried = {
            .pipeline = pipeline, .row = &rows[i], .arena = arena, .now = clock_utc_us()};
        kind = carry_out_one(&carried);
        if (kind != DATABASE_OK)
            break;
        live_changed = live_changed || carried.went_live || carried.went_back;
        *decided = *decided || carried.decided;
    }
    if (live_changed)
        options->live_changed(options->context);
    return kind;
}
