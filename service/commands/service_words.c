#include "service/commands/service_words.h"

#include "service/commands/output.h"

#define NOT_INSTALLED  1060u /* ERROR_SERVICE_DOES_NOT_EXIST */
#define SPECIFIC_ERROR 1066u /* ERROR_SERVICE_SPECIFIC_ERROR */

static int specific_failure(const struct command *command, uint32_t code)
{
    switch (code) {
    case SERVICE_EXIT_CONFIGURATION:
        output_error(
            "corbridge %s: the service refused its configuration: corbridge check says what is wrong with it",
            command->name);
        return COMMANDS_REFUSED;
    case SERVICE_EXIT_LOCKED:
        output_error(
            "corbridge %s: another CorBridge runs on this data folder: stop that one first (event 103 names its "
            "process)",
            command->name);
        return COMMANDS_LOCKED;
    case SERVICE_EXIT_DATABASE:
        output_error(
            "corbridge %s: the service cannot open a database: the last event of CorBridge in the Event Viewer says "
            "which and why",
            command->name);
        return COMMANDS_FAILED;
    default:
        output_error(
            "corbridge %s: the service stopped again with code %lu: the last event of CorBridge in the Event Viewer "
            "says why",
            command->name, (unsigned long)code);
        return COMMANDS_FAILED;
    }
}

int service_words_failure(const struct command *command, struct platform_status status,
                          const struct service_status *service)
{
    char text[200];
    platform_status_text(status, text, sizeof text);
    if (status.kind == PLATFORM_UNSUPPORTED) {
        output_error(
            "corbridge %s: there are no Windows services on this system: corbridge run works in a console",
            command->name);
        return COMMANDS_FAILED;
    }
    if (status.kind == PLATFORM_NOT_FOUND || status.code == NOT_INSTALLED) {
        output_error("corbridge %s: the service is not installed: corbridge install does that",
                     command->name);
        return COMMANDS_NOT_FOUND;
    }
    if (status.kind == PLATFORM_DENIED) {
        output_error("corbridge %s: error %s: run this from a console opened as administrator", command->name,
                     text);
        return COMMANDS_FAILED;
    }
    if (status.code == SPECIFIC_ERROR || service->win32_exit == SPECIFIC_ERROR)
        return specific_failure(command, service->specific_exit);
    if (status.kind == PLATFORM_TIMEOUT) {
        output_error("corbridge %s: the service is still %s; look again with corbridge status", command->name,
                     service_state_name(service->state));
        return COMMANDS_FAILED;
    }
    output_error("corbridge %s: error %s", command->name, text);
    return COMMANDS_FAILED;
}

void service_words_step(void *context, enum service_step step, const char *text)
{
    (void)context;
    switch (step) {
    case SERVICE_STEP_DONE: output_line("done     %s", text); break;
    case SERVICE_STEP_KEPT: output_line("kept     %s", text); break;
    case SERVICE_STEP_WARNING: output_error("warning  %s", text); break;
    case SERVICE_STEP_BAD: output_error("FAILED   %s", text); break;
    }
}
