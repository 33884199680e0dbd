/* corbridge stop */
#include "service/commands/command.h"
#include "service/commands/output.h"
#include "service/commands/service_words.h"
#include "service/windows/control.h"

#define DEADLINE_MS 180000

static int run(int argc, char **argv)
{
    if (!command_options(&command_stop, argc, argv, NULL, 0, NULL))
        return COMMANDS_USAGE;
    struct service_status service = {.state = SERVICE_STATE_ABSENT};
    struct platform_status status = service_stop_wait(DEADLINE_MS, &service);
    if (platform_ok(status)) {
        output_line("The service is stopped.");
        return COMMANDS_OK;
    }
    return service_words_failure(&command_stop, status, &service);
}

const struct command command_stop = {
    .name = "stop",
    .summary = "stop the service and wait until it has ended",
    .usage =
        "corbridge stop\n\n"
        "Stops the Windows service and waits, at most 3 minutes, until its process has ended. Needs an administrator.\n\n"
        "Exit codes: 0 it is stopped; 1 it is not, the message says why; 2 command line; 4 it is not installed.\n",
    .run = run,
};
