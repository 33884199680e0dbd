/*
 * corbridge release, corbridge reject: what a person decides of a held message. Rows of the command table of the world where it is held; the
 * service carries them out and records who and when.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "database/held.h"
#include "platform/file.h"
#include "service/commands/ask.h"
#include "service/commands/output.h"
#include "service/world.h"

#define REASON_MAX 255

struct request {
    const struct command *command;
    const char *what; /* as the command table calls it */
    int64_t number, row;
    const char *reason;
    bool live, test;
};

/* A number from 1; false when the text is none. */
static bool read_number(const char *text, int64_t limit, int64_t *number)
{
    *number = 0;
    for (const char *digit = text; *digit; digit++) {
        if (*digit < '0' || *digit > '9' || *number > limit / 10)
            return false;
        *number = *number * 10 + (*digit - '0');
    }
    return *number > 0 && *number <= limit;
}

/* Whether that number is held in that world; *known: the database could be asked. */
static bool is_held(const struct request *request, const struct config *config, enum database_world world,
                    bool *known)
{
    struct world_paths paths;
    struct database *db = NULL;
    struct arena arena;
    struct held *rows = NULL;
    size_t count = 0;
    bool there = false;
    *known = false;
    if (!world_paths_init(&paths, config->data_folder, world))
        return false;
    arena_init(&arena, 0);
    if (platform_ok(file_exists(paths.database, &there)) && there &&
        database_open(paths.database, world, DATABASE_READ, &db, NULL, 0) == DATABASE_OK)
        *known =
            held_of_file(db, request->number, (int)request->row, 1, &arena, &rows, &count) == DATABASE_OK;
    database_close(db);
    arena_release(&arena);
    world_paths_release(&paths);
    return count > 0;
}

/* The world that is named, or the one in which the number is held. False: it said what is to be added. */
static bool choose_world(const struct request *request, const struct config *config,
                         enum database_world *world)
{
    bool live_known, test_known;
    *world = request->live ? DATABASE_LIVE : DATABASE_TEST;
    if (request->live || request->test)
        return true;
    bool in_live = is_held(request, config, DATABASE_LIVE, &live_known);
    bool in_test = is_held(request, config, DATABASE_TEST, &test_known);
    if (in_live != in_test) {
        *world = in_live ? DATABASE_LIVE : DATABASE_TEST;
        return true;
    }
    if (in_live)
        output_error("corbridge %s: ledger number %" PRId64
                     " is held in both worlds: add --live or --test; `corbridge status` lists what is held",
                     request->command->name, request->number);
    else if (!live_known && !test_known)
        output_error(
            "corbridge %s: there is no database in '%s' that can be read: the first start of the service makes it",
            request->command->name, config->data_folder);
    else
        output_error("corbridge %s: ledger number %" PRId64
                     " is not held in either world: `corbridge status` lists what is held",
                     request->command->name, request->number);
    return false;
}

static int ask(const struct request *request, const struct config *config)
{
    char subject[32];
    enum database_world world;
    if (!choose_world(request, config, &world))
        return COMMANDS_NOT_FOUND;
    (void)snprintf(subject, sizeof subject, "row:%" PRId64, request->row);
    struct command_row row = {
        .what = request->what,
        .number = request->number,
        .subject = request->row > 0 ? subject : NULL,
        .argument = request->reason,
    };
    return ask_world(request->command, config, world, &row, 1);
}

/* False: it said what is wrong with the command line. */
static bool check(const struct request *request, const char *number, const char *row)
{
    const char *name = request->command->name;
    if (number == NULL)
        output_error("corbridge %s: the ledger number is needed: `corbridge status` lists what is held",
                     name);
    else if (request->number == 0)
        output_error("corbridge %s: '%s' is no ledger number", name, number);
    else if (row != NULL && request->row == 0)
        output_error("corbridge %s: '%s' is no row: rows are counted from 1, without the header", name, row);
    else if (request->live && request->test)
        output_error("corbridge %s: --live and --test exclude each other", name);
    else if (request->command == &command_reject && (request->reason == NULL || request->reason[0] == '\0'))
        output_error("corbridge %s: --reason \"why\" is needed", name);
    else if (request->reason != NULL && strlen(request->reason) > REASON_MAX)
        output_error("corbridge %s: the reason has more than %d bytes", name, REASON_MAX);
    else
        return true;
    return false;
}

static int run(const struct command *command, const char *what, int argc, char **argv)
{
    const char *path = NULL, *data = NULL, *number = NULL, *row = NULL;
    struct request request = {.command = command, .what = what};
    const struct command_option options[] = {
        {"--config", &path, NULL},           {"--data", &data, NULL},         {"--row", &row, NULL},
        {"--reason", &request.reason, NULL}, {"--live", NULL, &request.live}, {"--test", NULL, &request.test},
    };
    if (!command_options(command, argc, argv, options, sizeof options / sizeof options[0], &number))
        return COMMANDS_USAGE;
    if (number != NULL && !read_number(number, INT64_MAX, &request.number))
        request.number = 0;
    if (row != NULL && !read_number(row, INT32_MAX, &request.row))
        request.row = 0;
    if (!check(&request, number, row))
        return COMMANDS_USAGE;
    int exit = COMMANDS_FAILED;
    struct config *config = command_config(path, data, &exit);
    if (config == NULL)
        return exit;
    exit = ask(&request, config);
    config_free(config);
    return exit;
}

static int run_release(int argc, char **argv)
{
    return run(&command_release, "release", argc, argv);
}

static int run_reject(int argc, char **argv)
{
    return run(&command_reject, "reject", argc, argv);
}

#define COMMON_OPTIONS                                                                                                \
    "    --row R          one row of a roster, where several are held; rows are counted from 1, without the header\n" \
    "    --live, --test   the world, where the number is held in both\n"                                              \
    "    --config FILE    the configuration; without it that of the installed service\n"                              \
    "    --data FOLDER    in place of the data folder that the configuration names\n\n"                               \
    "Exit codes: 0 done; 1 refused, or it waits for the service; 2 command line; 3 configuration refused; 4 no\n"     \
    "configuration, no database yet, or that number is not held.\n"

const struct command command_release = {
    .name = "release",
    .summary = "have an event applied that is held",
    .usage =
        "corbridge release NUMBER [--row R] [--reason \"why\"] [--live|--test] [--config FILE] [--data FOLDER]\n\n"
        "NUMBER is the ledger number: `corbridge status` lists what is held, and `corbridge show NUMBER` prints one and\n"
        "says why. The event is applied as of when it came: what newer events have said since stays. A booking that is known\n"
        "under another patient is moved to the patient whom the event names, with its history; a person whose whole identity\n"
        "changes is changed. Its file goes from the hold to the archive. Who did it and when stands in the database and in\n"
        "the event log (event 803). The bytes in the hold must be those that came.\n\n"
        "    --reason \"why\"   for the record. Name no patient.\n" COMMON_OPTIONS,
    .run = run_release,
};

const struct command command_reject = {
    .name = "reject",
    .summary = "end what is held without applying it",
    .usage =
        "corbridge reject NUMBER --reason \"why\" [--row R] [--live|--test] [--config FILE] [--data FOLDER]\n\n"
        "NUMBER is the ledger number: `corbridge status` lists what is held. Nothing is applied; the file goes from the hold\n"
        "to the quarantine, with the reason. Who did it, when and why stands in the database and in the event log (event\n"
        "804).\n\n"
        "    --reason \"why\"   for the record. Name no patient.\n" COMMON_OPTIONS,
    .run = run_reject,
};
