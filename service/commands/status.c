/* corbridge status: how far everything is. Numbers of ours only, no patient data. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "database/alert.h"
#include "database/database.h"
#include "database/held.h"
#include "database/ledger.h"
#include "database/outbox.h"
#include "database/photo_request.h"
#include "platform/file.h"
#include "service/commands/command.h"
#include "service/commands/output.h"
#include "service/live.h"
#include "service/windows/control.h"
#include "service/world.h"

#define HELD_SHOWN 20 /* more are only counted */

/* What the database of one world says. */
struct world_status {
    bool exists;
    char problem[400]; /* why it could not be read; "" when it was */
    struct ledger_feed_counts *feeds;
    size_t feed_count;
    struct outbox_counts *receivers;
    size_t receiver_count;
    int64_t failed_orders;
    struct held *held; /* the first HELD_SHOWN */
    size_t held_shown;
    int64_t held_count;
    int64_t waiting_alerts, failed_alerts;
    struct photo_counts photos;
    struct live_row *live; /* live world only */
    size_t live_count;
};

/* True when the rows were read. */
static bool read_rows(struct database *db, struct arena *arena, struct world_status *status)
{
    return ledger_counts(db, arena, &status->feeds, &status->feed_count) == DATABASE_OK &&
           outbox_count(db, arena, &status->receivers, &status->receiver_count) == DATABASE_OK &&
           alert_counts(db, &status->waiting_alerts, &status->failed_alerts) == DATABASE_OK &&
           outbox_failed_events(db, &status->failed_orders) == DATABASE_OK &&
           held_count(db, &status->held_count) == DATABASE_OK &&
           held_list(db, HELD_SHOWN, arena, &status->held, &status->held_shown) == DATABASE_OK &&
           photo_request_counts(db, &status->photos) == DATABASE_OK &&
           live_list(db, arena, &status->live, &status->live_count) == DATABASE_OK;
}

static void read_world(const struct config *config, enum database_world world, struct arena *arena,
                       struct world_status *status)
{
    struct world_paths paths;
    struct database *db = NULL;
    memset(status, 0, sizeof *status);
    if (!world_paths_init(&paths, config->data_folder, world)) {
        (void)snprintf(status->problem, sizeof status->problem, "memory is exhausted");
        return;
    }
    struct platform_status looked = file_exists(paths.database, &status->exists);
    if (!platform_ok(looked)) {
        status->exists = true;
        char text[200];
        platform_status_text(looked, text, sizeof text);
        (void)snprintf(status->problem, sizeof status->problem, "cannot be looked at, error %s", text);
    } else if (status->exists && database_open(paths.database, world, DATABASE_READ, &db, status->problem,
                                               sizeof status->problem) == DATABASE_OK) {
        status->problem[0] = '\0';
        if (!read_rows(db, arena, status))
            (void)snprintf(status->problem, sizeof status->problem, "cannot be read: %s",
                           database_error_text(db));
    }
    database_close(db);
    world_paths_release(&paths);
}

/* The counts of a configured feed; zeros for one that has had no file. */
static struct ledger_feed_counts counts_of_feed(const struct world_status *status, const char *name)
{
    for (size_t i = 0; i < status->feed_count; i++) {
        if (strcmp(status->feeds[i].feed, name) == 0)
            return status->feeds[i];
    }
    return (struct ledger_feed_counts){.feed = name};
}

/* The counts of a configured receiver; likewise. */
static struct outbox_counts counts_of_receiver(const struct world_status *status, enum live_kind kind,
                                               const char *name)
{
    for (size_t i = 0; i < status->receiver_count; i++) {
        if (status->receivers[i].receiver_kind == kind && strcmp(status->receivers[i].receiver, name) == 0)
            return status->receivers[i];
    }
    return (struct outbox_counts){.receiver_kind = kind, .receiver = name};
}

/* Since when it is live, as stored; NULL: it is in test. */
static const char *live_since(const struct world_status *live, enum live_kind kind, const char *name)
{
    for (size_t i = 0; i < live->live_count; i++) {
        if (live_row_is(&live->live[i], kind, name))
            return live->live[i].since;
    }
    return NULL;
}

/* ---- Text ---------------------------------------------------------------------------------------------- */

static void add_feed_text(struct output *out, const struct ledger_feed_counts *feed, const char *note)
{
    output_add(out,
               "  feed %s%s: %" PRId64 " files done, %" PRId64 " in quarantine, %" PRId64
               " vanished, %" PRId64 " at work, %" PRId64 " still to be put away\n",
               feed->feed, note, feed->done, feed->quarantined, feed->vanished, feed->claimed,
               feed->in_place);
    output_add(out, "    messages: %" PRId64 " applied, %" PRId64 " with nothing new, %" PRId64 " open\n",
               feed->applied, feed->duplicate, feed->open_messages);
    if (feed->last_arrived != NULL)
        output_add(out, "    last file: ledger number %" PRId64 ", arrived %s\n", feed->last_file,
                   feed->last_arrived);
    else
        output_add(out, "    last file: none yet\n");
    if (feed->identity_changes > 0)
        output_add(out,
                   "    changes of the whole identity (name and birth date at once): %" PRId64
                   ", the last in ledger number %" PRId64 "\n",
                   feed->identity_changes, feed->last_identity_change);
}

static void add_receiver_text(struct output *out, const struct outbox_counts *receiver, const char *note)
{
    output_add(out, "  %s %s%s: %" PRId64 " sent, %" PRId64 " queued%s%s, %" PRId64 " other\n",
               receiver->receiver_kind == LIVE_FEED ? "alerts for feed" : "pharmacy", receiver->receiver,
               note, receiver->sent, receiver->queued, receiver->oldest_queued != NULL ? " since " : "",
               receiver->oldest_queued != NULL ? receiver->oldest_queued : "", receiver->other);
}

/* What waits for a person: which numbers, since when, and what to type. */
static void add_held_text(struct output *out, enum database_world world, const struct world_status *status)
{
    output_add(out, "  held until a person decides: %" PRId64 "\n", status->held_count);
    for (size_t i = 0; i < status->held_shown; i++) {
        const struct held *held = &status->held[i];
        char since[28], row[32] = "", option[32] = "";
        datetime_format_instant(held->arrived, since);
        if (held->extract) {
            (void)snprintf(row, sizeof row, ", row %d", held->ordinal);
            (void)snprintf(option, sizeof option, " --row %d", held->ordinal);
        }
        output_add(out, "    feed %s, ledger number %" PRId64 "%s, since %s: %s\n", held->feed, held->file,
                   row, since, held->detail != NULL ? held->detail : held->kind);
        if (held->applying) {
            output_add(out, "      it was released and is being applied\n");
            continue;
        }
        output_add(out, "      corbridge show %" PRId64 "%s --%s\n", held->file, option, world_name(world));
        output_add(out, "      corbridge release %" PRId64 "%s --%s\n", held->file, option,
                   world_name(world));
        output_add(out, "      corbridge reject %" PRId64 "%s --%s --reason \"why\"\n", held->file, option,
                   world_name(world));
    }
    if (status->held_count > (int64_t)status->held_shown)
        output_add(out, "    and %" PRId64 " more: corbridge list --state held --%s\n",
                   status->held_count - (int64_t)status->held_shown, world_name(world));
}

static bool has_feed(const struct config *config, const char *name)
{
    return config_feed_find(config, name) != NULL;
}

static bool has_receiver(const struct config *config, const struct outbox_counts *receiver)
{
    if (receiver->receiver_kind == LIVE_PHARMACY)
        return config_pharmacy_find(config, receiver->receiver) != NULL;
    const struct config_feed *feed = config_feed_find(config, receiver->receiver);
    return feed != NULL && feed->alerts.taken;
}

/* What is live and what is in test. */
static void add_live_text(struct output *out, const struct config *config, const struct world_status *live)
{
    const struct {
        enum live_kind kind;
        size_t count;
    } kinds[] = {{LIVE_FEED, config->feed_count},
                 {LIVE_FACILITY, config->facility_count},
                 {LIVE_PHARMACY, config->pharmacy_count}};
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
        for (size_t i = 0; i < kinds[k].count; i++) {
            const char *name = kinds[k].kind == LIVE_FEED       ? config->feeds[i].name
                               : kinds[k].kind == LIVE_FACILITY ? config->facilities[i].code
                                                                : config->pharmacies[i].name;
            const char *since = live_since(live, kinds[k].kind, name);
            output_add(out, "%s %s: %s%s\n", live_kind_name(kinds[k].kind), name,
                       since != NULL ? "live since " : "in test", since != NULL ? since : "");
        }
    }
}

static void add_world_text(struct output *out, const struct config *config, enum database_world world,
                           const struct world_status *status)
{
    static const char gone[] = " (no longer in the configuration)";
    output_add(out, "%s world\n", world_name(world));
    if (status->problem[0] != '\0') {
        output_add(out, "  database: %s\n", status->problem);
        return;
    }
    for (size_t i = 0; i < config->feed_count; i++) {
        struct ledger_feed_counts feed = counts_of_feed(status, config->feeds[i].name);
        add_feed_text(out, &feed, "");
    }
    for (size_t i = 0; i < status->feed_count; i++) {
        if (!has_feed(config, status->feeds[i].feed))
            add_feed_text(out, &status->feeds[i], gone);
    }
    for (size_t i = 0; i < config->pharmacy_count; i++) {
        struct outbox_counts pharmacy = counts_of_receiver(status, LIVE_PHARMACY, config->pharmacies[i].name);
        add_receiver_text(out, &pharmacy, "");
    }
    for (size_t i = 0; i < config->feed_count; i++) {
        struct outbox_counts feed = counts_of_receiver(status, LIVE_FEED, config->feeds[i].name);
        if (config->feeds[i].alerts.taken)
            add_receiver_text(out, &feed, "");
    }
    for (size_t i = 0; i < status->receiver_count; i++) {
        if (!has_receiver(config, &status->receivers[i]))
            add_receiver_text(out, &status->receivers[i], gone);
    }
    add_held_text(out, world, status);
    if (status->photos.waiting > 0 || status->photos.failed > 0)
        output_add(out, "  photos: %" PRId64 " waiting, %" PRId64 " given up%s\n", status->photos.waiting,
                   status->photos.failed,
                   status->photos.failed > 0 ? " (the events 431 and 432 say why)" : "");
    output_add(out, "  orders that could not be made a message: %" PRId64 "%s\n", status->failed_orders,
               status->failed_orders > 0 ? " (the events 603 say what to mend)" : "");
    if (status->failed_alerts > 0)
        output_add(out, "  alerts that could not be told: %" PRId64 " (the events 606 say what to mend)\n",
                   status->failed_alerts);
    if (status->waiting_alerts > 0)
        output_add(out, "  alerts that wait for their booking: %" PRId64 "\n", status->waiting_alerts);
}

/* ---- JSON ---------------------------------------------------------------------------------------------- */

static void add_feed_json(struct output *out, const struct ledger_feed_counts *feed, bool configured,
                          bool first)
{
    output_add(out, "%s\n    {\"name\": ", first ? "" : ",");
    output_json_text(out, feed->feed);
    output_add(out,
               ", \"configured\": %s, \"done\": %" PRId64 ", \"quarantined\": %" PRId64
               ", \"vanished\": %" PRId64 ", \"claimed\": %" PRId64 ", \"in_place\": %" PRId64
               ", \"applied\": %" PRId64 ", \"duplicate\": %" PRId64 ", \"open\": %" PRId64
               ", \"identity_changes\": %" PRId64 ", \"last_identity_change\": %" PRId64
               ", \"last_file\": %" PRId64 ", \"last_arrived\": ",
               configured ? "true" : "false", feed->done, feed->quarantined, feed->vanished, feed->claimed,
               feed->in_place, feed->applied, feed->duplicate, feed->open_messages, feed->identity_changes,
               feed->last_identity_change, feed->last_file);
    output_json_text(out, feed->last_arrived);
    output_add(out, "}");
}

static void add_receiver_json(struct output *out, const struct outbox_counts *receiver, bool configured,
                              bool first)
{
    output_add(out, "%s\n    {\"name\": ", first ? "" : ",");
    output_json_text(out, receiver->receiver);
    output_add(out,
               ", \"configured\": %s, \"queued\": %" PRId64 ", \"sent\": %" PRId64 ", \"other\": %" PRId64
               ", \"oldest_queued\": ",
               configured ? "true" : "false", receiver->queued, receiver->sent, receiver->other);
    output_json_text(out, receiver->oldest_queued);
    output_add(out, "}");
}

static void add_held_json(struct output *out, const struct held *held, bool first)
{
    char since[28];
    datetime_format_instant(held->arrived, since);
    output_add(out, "%s\n    {\"feed\": ", first ? "" : ",");
    output_json_text(out, held->feed);
    output_add(out, ", \"number\": %" PRId64 ", \"row\": ", held->file);
    if (held->extract)
        output_add(out, "%d", held->ordinal);
    else
        output_add(out, "null");
    output_add(out, ", \"applying\": %s, \"since\": ", held->applying ? "true" : "false");
    output_json_text(out, since);
    output_add(out, ", \"why\": ");
    output_json_text(out, held->detail);
    output_add(out, "}");
}

/* The receivers that are no longer in the configuration. */
static void add_gone_json(struct output *out, const struct config *config, const struct world_status *status,
                          enum live_kind kind, bool first)
{
    for (size_t i = 0; i < status->receiver_count; i++) {
        if (status->receivers[i].receiver_kind != kind || has_receiver(config, &status->receivers[i]))
            continue;
        add_receiver_json(out, &status->receivers[i], false, first);
        first = false;
    }
}

static void add_live_json(struct output *out, const struct world_status *live)
{
    for (size_t i = 0; i < live->live_count; i++) {
        output_add(out, "%s\n  {\"kind\": ", i == 0 ? "" : ",");
        output_json_text(out, live_kind_name(live->live[i].kind));
        output_add(out, ", \"name\": ");
        output_json_text(out, live->live[i].name);
        output_add(out, ", \"since\": ");
        output_json_text(out, live->live[i].since);
        output_add(out, "}");
    }
}

static void add_world_json(struct output *out, const struct config *config, enum database_world world,
                           const struct world_status *status)
{
    bool first = true;
    output_add(out, "{\"world\": \"%s\", \"problem\": ", world_name(world));
    output_json_text(out, status->problem[0] != '\0' ? status->problem : NULL);
    output_add(out, ",\n   \"feeds\": [");
    for (size_t i = 0; i < config->feed_count; i++, first = false) {
        struct ledger_feed_counts feed = counts_of_feed(status, config->feeds[i].name);
        add_feed_json(out, &feed, true, first);
    }
    for (size_t i = 0; i < status->feed_count; i++) {
        if (!has_feed(config, status->feeds[i].feed))
            add_feed_json(out, &status->feeds[i], false, false);
    }
    output_add(out, "],\n   \"pharmacies\": [");
    first = true;
    for (size_t i = 0; i < config->pharmacy_count; i++, first = false) {
        struct outbox_counts pharmacy = counts_of_receiver(status, LIVE_PHARMACY, config->pharmacies[i].name);
        add_receiver_json(out, &pharmacy, true, first);
    }
    add_gone_json(out, config, status, LIVE_PHARMACY, first);
    output_add(out, "],\n   \"alerts_out\": [");
    first = true;
    for (size_t i = 0; i < config->feed_count; i++) {
        struct outbox_counts feed = counts_of_receiver(status, LIVE_FEED, config->feeds[i].name);
        if (!config->feeds[i].alerts.taken)
            continue;
        add_receiver_json(out, &feed, true, first);
        first = false;
    }
    add_gone_json(out, config, status, LIVE_FEED, first);
    output_add(out, "],\n   \"held_count\": %" PRId64 ", \"held\": [", status->held_count);
    for (size_t i = 0; i < status->held_shown; i++)
        add_held_json(out, &status->held[i], i == 0);
    output_add(out,
               "],\n   \"failed_orders\": %" PRId64 ", \"failed_alerts\": %" PRId64
               ", \"waiting_alerts\": %" PRId64 ", \"photos\": {\"waiting\": %" PRId64
               ", \"failed\": %" PRId64 "}}",
               status->failed_orders, status->failed_alerts, status->waiting_alerts, status->photos.waiting,
               status->photos.failed);
}

/* ------------------------------------------------------------------------------------------------------------------------- */

/* NULL where there is no service manager, or where it does not answer. */
static const char *service_state(struct service_status *service)
{
    return platform_ok(service_control_query(service)) ? service_state_name(service->state) : NULL;
}

static int show(const struct config *config, bool json)
{
    enum {
        TEST,
        LIVE,
        WORLDS
    };
    static const enum database_world worlds[WORLDS] = {DATABASE_TEST, DATABASE_LIVE};
    struct world_status status[WORLDS];
    struct arena arena;
    struct output out;
    struct service_status service;
    const char *state = service_state(&service);
    bool problem = false;
    size_t found = 0;
    arena_init(&arena, 0);
    output_init(&out);
    for (size_t i = 0; i < WORLDS; i++) {
        read_world(config, worlds[i], &arena, &status[i]);
        problem = problem || status[i].problem[0] != '\0';
    }
    if (json) {
        output_add(&out, "{\"service\": ");
        output_json_text(&out, state);
        output_add(&out, ", \"live\": [");
        add_live_json(&out, &status[LIVE]);
        output_add(&out, "], \"worlds\": [");
    } else {
        if (state != NULL)
            output_add(&out, "service: %s\n", state);
        if (status[TEST].exists || status[LIVE].exists)
            add_live_text(&out, config, &status[LIVE]);
    }
    for (size_t i = 0; i < WORLDS; i++) {
        if (!status[i].exists && status[i].problem[0] == '\0')
            continue;
        if (json) {
            output_add(&out, found > 0 ? ",\n  " : "\n  ");
            add_world_json(&out, config, worlds[i], &status[i]);
        } else if (i != LIVE || status[i].problem[0] != '\0' || status[i].live_count > 0 ||
                   status[i].feed_count > 0) {
            add_world_text(&out, config, worlds[i], &status[i]);
        }
        found++;
    }
    if (json)
        output_add(&out, "\n]}\n");
    bool printed = output_print(&out);
    arena_release(&arena);
    if (!printed || problem)
        return COMMANDS_FAILED;
    if (found == 0) {
        output_error("corbridge status: there is no database in '%s' yet: the first start makes it",
                     config->data_folder);
        return COMMANDS_NOT_FOUND;
    }
    return COMMANDS_OK;
}

static int run(int argc, char **argv)
{
    const char *path = NULL;
    const char *data = NULL;
    bool json = false;
    const struct command_option options[] = {
        {"--config", &path, NULL},
        {"--data", &data, NULL},
        {"--json", NULL, &json},
    };
    if (!command_options(&command_status, argc, argv, options, sizeof options / sizeof options[0], NULL))
        return COMMANDS_USAGE;
    int exit = COMMANDS_FAILED;
    struct config *config = command_config(path, data, &exit);
    if (config == NULL)
        return exit;
    exit = show(config, json);
    config_free(config);
    return exit;
}

const struct command command_status = {
    .name = "status",
    .summary = "how far every feed and pharmacy is",
    .usage =
        "corbridge status [--config FILE] [--data FOLDER] [--json]\n\n"
        "Prints the state of the service, and for each feed and pharmacy what the database counts. Reads only; the service\n"
        "may run meanwhile. Prints no patient data and no file name.\n\n"
        "Exit codes: 0; 1 a database could not be read; 2 command line; 3 configuration refused; 4 no configuration, or no\n"
        "database yet.\n",
    .run = run,
};
