/* What every command is made of, and what they share. Inside service/commands/ only. */
#ifndef CORBRIDGE_SERVICE_COMMANDS_COMMAND_H
#define CORBRIDGE_SERVICE_COMMANDS_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "service/commands/commands.h"
#include "service/config.h"

struct command {
    const char *name;
    const char *summary; /* one line for `help` */
    const char *usage;   /* for --help: whole text with line ends, exit codes last */
    /* argv[0] is what follows the command's name; returns an enum commands_exit. */
    int (*run)(int argc, char **argv);
};

extern const struct command command_check, command_demo, command_install, command_precheck, command_run,
    command_start, command_status, command_stop, command_uninstall, command_version, command_show,
    command_golive, command_back_to_test, command_release, command_reject, command_list;

/* An option: `value` takes the argument that follows, `flag` is set when it is given. One of the two is NULL. */
struct command_option {
    const char *name; /* "--config" */
    const char **value;
    bool *flag;
};

/* Reads all arguments. `operand` (or NULL: none is taken) receives the one that is no option. False: it said
 * what is wrong, and the command ends with COMMANDS_USAGE. */
bool command_options(const struct command *command, int argc, char **argv,
                     const struct command_option *options, size_t count, const char **operand);

/* As command_options, with at most `limit` operands, in their order. */
bool command_options_and_operands(const struct command *command, int argc, char **argv,
                                  const struct command_option *options, size_t count, const char **operands,
                                  size_t limit, size_t *operand_count);

/* The configuration at `path` (NULL: that of the installed service). NULL: it said why, with every fault; *exit
 * is set. */
struct config *command_config(const char *path, const char *data_override, int *exit);

/* Where the configuration is looked for when none is named. Heap; NULL when memory is exhausted. */
char *command_config_path(const char *path);

#endif
