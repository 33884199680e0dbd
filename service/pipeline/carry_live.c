#include "service/pipeline/carry_live.h"

#include <string.h>

#include "database/live.h"
#include "service/event.h"
#include "service/live.h"

static bool is_among(const struct live_row *rows, size_t count, enum live_kind kind, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (name ? live_row_is(&rows[i], kind, name) : rows[i].kind == kind)
            return true;
    return false;
}

static bool serves(const struct config_pharmacy *pharmacy, const char *facility)
{
    if (!pharmacy->facilities)
        return true;
    for (const char *const *each = pharmacy->facilities; *each; each++)
        if (slice_equal_nocase(slice_of(*each), slice_of(facility))) /* as the configuration was judged */
            return true;
    return false;
}

/* A pharmacy goes live only after the feed of its facilities, and with a folder (RULES "Test and live"). */
static enum database_kind pharmacy_may(struct carried *carried, const char *name, bool *may)
{
    const struct config *config = carried->pipeline->options.config;
    const struct config_pharmacy *pharmacy = config_pharmacy_find(config, name);
    struct live_row *rows = NULL;
    size_t count = 0;
    enum database_kind kind = live_list(carried->pipeline->options.writer, carried->arena, &rows, &count);
    *may = false;
    if (kind != DATABASE_OK || !pharmacy)
        return kind;
    if (!pharmacy->live_folder) {
        carried_answer(carried, false, "pharmacy %s has no live-folder in the configuration; add it first",
                       name);
        return DATABASE_OK;
    }
    if (!is_among(rows, count, LIVE_FEED, NULL)) {
        carried_answer(carried, false,
                       "no feed is live yet, and a pharmacy goes live after the feed of its facilities");
        return DATABASE_OK;
    }
    for (size_t i = 0; i < config->facility_count; i++) {
        const char *facility = config->facilities[i].code;
        if (serves(pharmacy, facility) && !is_among(rows, count, LIVE_FACILITY, facility)) {
            carried_answer(carried, false,
                           "pharmacy %s serves facility %s, which is not live; that goes first", name,
                           facility);
            return DATABASE_OK;
        }
    }
    *may = true;
    return DATABASE_OK;
}

static enum database_kind go_live(struct carried *carried, enum live_kind kind, const char *name)
{
    struct database *db = carried->pipeline->options.writer;
    const struct command_row *row = carried->row;
    bool may = true;
    enum database_kind result = kind == LIVE_PHARMACY ? pharmacy_may(carried, name, &may) : DATABASE_OK;
    if (result != DATABASE_OK || !may)
        return result;
    const struct live_row live = {.kind = kind, .name = name, .user = row->user, .waived = row->argument};
    result = live_add(db, &live, carried->now);
    if (result == DATABASE_NONE) {
        carried_answer(carried, true, "%s %s was live already", live_kind_name(kind), name);
        return DATABASE_OK;
    }
    carried_answer(carried, true, "%s %s is live", live_kind_name(kind), name);
    carried->went_live = true;
    return result;
}

static enum database_kind back_to_test(struct carried *carried, enum live_kind kind, const char *name)
{
    enum database_kind result = live_remove(carried->pipeline->options.writer, kind, name);
    if (result == DATABASE_NONE) {
        carried_answer(carried, true, "%s %s was in test already", live_kind_name(kind), name);
        return DATABASE_OK;
    }
    carried_answer(carried, true, "%s %s is back in test", live_kind_name(kind), name);
    carried->went_back = true;
    return result;
}

enum database_kind carry_live(struct carried *carried, bool to_live)
{
    const struct pipeline_options *options = &carried->pipeline->options;
    const struct command_row *row = carried->row;
    enum live_kind kind;
    const char *name;
    if (options->paths->world != DATABASE_LIVE) {
        carried_answer(carried, false, "what is live stands in the live database only");
        return DATABASE_OK;
    }
    if (!row->subject || !row->argument) {
        carried_answer(carried, false, "a subject and a reason are needed");
        return DATABASE_OK;
    }
    /* What went live may have left the configuration since: it must be possible to take it back. */
    bool known = live_find_subject(options->config, row->subject, &kind, &name, carried->answer,
                                   sizeof carried->answer) ||
                 (!to_live && live_split_subject(row->subject, &kind, &name));
    if (!known)
        return DATABASE_OK;
    return to_live ? go_live(carried, kind, name) : back_to_test(carried, kind, name);
}

void carry_live_report(const struct carried *carried)
{
    const struct command_row *row = carried->row;
    if (carried->went_live)
        event_report(EVENT_WENT_LIVE, row->subject, row->user, row->argument);
    if (carried->went_back)
        event_report(EVENT_BACK_TO_TEST, row->subject, row->user, row->argument);
}
