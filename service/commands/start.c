/* corbridge start */
#include "service/commands/command.h"
#include "service/commands/output.h"
#include "service/commands/service_words.h"
#include "service/windows/control.h"

#define DEADLINE_MS 120000

static int run(int argc, char **argv)
{
    if (!command_options(&command_start, argc, argv, NULL, 0, NULL))
        return COMMANDS_USAGE;
    struct service_status service = {.state = SERVICE_STATE_ABSENT};
    struct platform_status status = service_start_wait(DEADLINE_MS, &service);
    if (platform_ok(status)) {
        output_line("The service runs.");
        return COMMANDS_OK;
    }
    return service_words_failure(&command_start, status, &service);
}

const struct command command_start = {
    .name = "start",
    .summary = "start the service and wait until it runs",
    .usage =
        "corbridge start\n\n"
        "Starts the Windows service and waits, at most 2 minutes, until it runs. Needs an administrator.\n\n"
        "Exit codes: 0 it runs; 1 it does not, the message says why; 2 command line; 3 it refused its configuration; 4 it is\n"
        "not installed; 5 another CorBridge runs on its data folder.\n",
    .run = run,
};
