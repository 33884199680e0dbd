/*
 * Asking the service: rows of a world's command table, which the committer carries out, and its answers. Inside service/commands/ only.
 */
#ifndef CORBRIDGE_SERVICE_COMMANDS_ASK_H
#define CORBRIDGE_SERVICE_COMMANDS_ASK_H

#include "database/command.h"
#include "service/commands/command.h"
#include "service/config.h"

/*
 * Puts the rows into the command table of that world, as one transaction and in the name of whoever types, has the service look, and prints each
 * answer as it comes: to the standard output, or why it was refused. Sets id and user of the rows. An enum commands_exit: COMMANDS_FAILED
 * also when the first answer does not come in time, for a service that does not run.
 */
int ask_world(const struct command *command, const struct config *config, enum database_world world,
              struct command_row *rows, size_t count);

#endif
