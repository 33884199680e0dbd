/*
 * corbridge golive, corbridge back-to-test: rows of the live database's command table, which the service carries out and records (RULES
 * "Test and live").
 */
#include <stdio.h>
#include <string.h>

#include "service/commands/ask.h"
#include "service/commands/command.h"
#include "service/commands/output.h"
#include "service/live.h"

#define NAMES_MAX  64
#define REASON_MAX 255

/* What is to change, in the order in which it must: a pharmacy goes live after the feed of its facilities. */
struct wanted {
    enum live_kind kind;
    const char *name; /* borrowed from the configuration or the command line */
};

struct request {
    const struct command *command;
    const char *what; /* as the command table calls it */
    const char *reason;
    struct wanted wanted[NAMES_MAX];
    size_t count;
};

static bool find_names(struct request *request, const struct config *config, const char *const *names,
                       size_t count)
{
    for (enum live_kind kind = LIVE_FEED; kind < LIVE_KIND_COUNT; kind++) {
        for (size_t i = 0; i < count; i++) {
            struct wanted found = {.kind = LIVE_KIND_COUNT};
            char message[300];
            bool known =
                live_find_subject(config, names[i], &found.kind, &found.name, message, sizeof message) ||
                (request->command == &command_back_to_test &&
                 live_split_subject(names[i], &found.kind,
                                    &found.name)); /* it may have left the configuration */
            if (!known) {
                output_error("corbridge %s: %s", request->command->name, message);
                return false;
            }
            if (found.kind == kind)
                request->wanted[request->count++] = found;
        }
    }
    return true;
}

static int ask(struct request *request, const struct config *config)
{
    static char subjects[NAMES_MAX][96];
    static struct command_row rows[NAMES_MAX];
    for (size_t i = 0; i < request->count; i++) {
        const struct wanted *wanted = &request->wanted[i];
        (void)snprintf(subjects[i], sizeof subjects[i], "%s:%s", live_kind_name(wanted->kind), wanted->name);
        rows[i] =
            (struct command_row){.what = request->what, .subject = subjects[i], .argument = request->reason};
    }
    return ask_world(request->command, config, DATABASE_LIVE, rows, request->count);
}

/* The names are what is no option. */
static int run(const struct command *command, const char *what, const char *reason_option, int argc,
               char **argv)
{
    const char *path = NULL;
    const char *data = NULL;
    const char *names[NAMES_MAX];
    size_t count = 0;
    struct request request = {.command = command, .what = what};
    const struct command_option options[] = {
        {"--config", &path, NULL},
        {"--data", &data, NULL},
        {reason_option, &request.reason, NULL},
    };
    if (!command_options_and_operands(command, argc, argv, options, sizeof options / sizeof options[0], names,
                                      NAMES_MAX, &count))
        return COMMANDS_USAGE;
    if (count == 0 || !request.reason || request.reason[0] == '\0' || strlen(request.reason) > REASON_MAX) {
        output_error(
            "corbridge %s: a NAME and %s \"reason\" (at most %d characters) are needed: corbridge %s --help",
            command->name, reason_option, REASON_MAX, command->name);
        return COMMANDS_USAGE;
    }
    int exit = COMMANDS_FAILED;
    struct config *config = command_config(path, data, &exit);
    if (config == NULL)
        return exit;
    exit = find_names(&request, config, names, count) ? ask(&request, config) : COMMANDS_USAGE;
    config_free(config);
    return exit;
}

static int run_golive(int argc, char **argv)
{
    return run(&command_golive, "golive", "--waive", argc, argv);
}

static int run_back_to_test(int argc, char **argv)
{
    return run(&command_back_to_test, "back-to-test", "--reason", argc, argv);
}

const struct command command_golive = {
    .name = "golive",
    .summary = "have feeds, facilities and pharmacies work in the live world",
    .usage =
        "corbridge golive NAME... --waive \"reason\" [--config FILE] [--data FOLDER]\n\n"
        "NAME is a feed, a facility's code or a pharmacy of the configuration; where several have one name, write feed:NAME,\n"
        "facility:NAME or pharmacy:NAME. What a live feed says of a live facility is applied in the live database, and copied\n"
        "into the test world; of any other facility it is applied in the test world only. A pharmacy goes live after a feed\n"
        "and all its facilities, and needs a live-folder. The service carries it out, at once when it runs, and starts anew\n"
        "inside. Who did it, when and why stands in the live database and in the event log (event 800).\n\n"
        "    --waive \"reason\"   why it may go live. CorEMR's policy is two weeks of testing first, and this version does not\n"
        "                       judge that by itself: a person does, and says so here. Name no patient.\n"
        "    --config FILE      the configuration; without it that of the installed service\n"
        "    --data FOLDER      in place of the data folder that the configuration names\n\n"
        "Exit codes: 0 done; 1 refused, or it waits for the service; 2 command line; 3 configuration refused; 4 no\n"
        "configuration.\n",
    .run = run_golive,
};

const struct command command_back_to_test = {
    .name = "back-to-test",
    .summary = "have them work in the test world again",
    .usage =
        "corbridge back-to-test NAME... --reason \"why\" [--config FILE] [--data FOLDER]\n\n"
        "What is live goes back into the test world; what the live database holds stays there. NAME as in golive. Who did it,\n"
        "when and why stands in the live database and in the event log (event 801).\n\n"
        "    --reason \"why\"   for the record. Name no patient.\n"
        "    --config FILE    the configuration; without it that of the installed service\n"
        "    --data FOLDER    in place of the data folder that the configuration names\n\n"
        "Exit codes: 0 done; 1 refused, or it waits for the service; 2 command line; 3 configuration refused; 4 no\n"
        "configuration.\n",
    .run = run_back_to_test,
};
