/* What the commands about the service say. */
#ifndef CORBRIDGE_SERVICE_COMMANDS_SERVICE_WORDS_H
#define CORBRIDGE_SERVICE_COMMANDS_SERVICE_WORDS_H

#include "platform/status.h"
#include "service/commands/command.h"
#include "service/windows/control.h"

/* Prints why the service could not be started or stopped, and what to do; returns the exit code of the command. */
int service_words_failure(const struct command *command, struct platform_status status,
                          const struct service_status *service);

/* Prints a step of install or uninstall: to the standard output, bad ones and warnings to the standard error
 * stream. `context` is not used. */
void service_words_step(void *context, enum service_step step, const char *text);

#endif
