/* corbridge uninstall */
#include "service/commands/command.h"
#include "service/commands/output.h"
#include "service/commands/service_words.h"
#include "service/windows/control.h"

static int run(int argc, char **argv)
{
    bool remove_data = false;
    const struct command_option options[] = {{"--remove-data", NULL, &remove_data}};
    if (!command_options(&command_uninstall, argc, argv, options, 1, NULL))
        return COMMANDS_USAGE;
    if (!service_uninstall(remove_data, service_words_step, NULL))
        return COMMANDS_FAILED;
    output_line("The service is removed.");
    return COMMANDS_OK;
}

const struct command command_uninstall = {
    .name = "uninstall",
    .summary = "remove the Windows service; data stays",
    .usage =
        "corbridge uninstall [--remove-data]\n\n"
        "Stops and removes the service and its event source. Configuration, databases, archive, quarantine and logs stay;\n"
        "--remove-data removes them too, for ever, with every file that was not put right yet. Needs an administrator.\n\n"
        "Exit codes: 0 removed; 1 a step failed, the messages say which; 2 command line.\n",
    .run = run,
};
