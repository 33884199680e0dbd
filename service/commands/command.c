#include "service/commands/command.h"

#include <stdlib.h>
#include <string.h>

#include "platform/file.h"
#include "service/commands/output.h"
#include "service/windows/control.h"

/* The option of that name; NULL: unknown. */
static const struct command_option *find_option(const struct command_option *options, size_t count,
                                                const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(options[i].name, name) == 0)
            return &options[i];
    }
    return NULL;
}

bool command_options(const struct command *command, int argc, char **argv,
                     const struct command_option *options, size_t count, const char **operand)
{
    size_t given;
    return command_options_and_operands(command, argc, argv, options, count, operand, operand ? 1 : 0,
                                        &given);
}

bool command_options_and_operands(const struct command *command, int argc, char **argv,
                                  const struct command_option *options, size_t count, const char **operands,
                                  size_t limit, size_t *operand_count)
{
    *operand_count = 0;
    for (int i = 0; i < argc; i++) {
        if (argv[i][0] != '-' || argv[i][1] == '\0') { /* "-" alone is an operand: the standard input */
            if (*operand_count == limit) {
                output_error("corbridge %s: '%s' is not expected here: corbridge %s --help says what is",
                             command->name, argv[i], command->name);
                return false;
            }
            operands[(*operand_count)++] = argv[i];
            continue;
        }
        const struct command_option *option = find_option(options, count, argv[i]);
        if (option == NULL) {
            output_error("corbridge %s: option '%s' is not known: corbridge %s --help says which are",
                         command->name, argv[i], command->name);
            return false;
        }
        if (option->flag != NULL) {
            *option->flag = true;
            continue;
        }
        if (i + 1 == argc || argv[i + 1][0] == '\0') {
            output_error("corbridge %s: %s needs a value behind it", command->name, argv[i]);
            return false;
        }
        *option->value = argv[++i];
    }
    return true;
}

char *command_config_path(const char *path)
{
    return path != NULL ? strdup(path) : service_config_path();
}

struct config *command_config(const char *path, const char *data_override, int *exit)
{
    struct config *config = NULL;
    struct config_faults faults;
    config_faults_init(&faults);
    *exit = COMMANDS_FAILED;
    char *used = command_config_path(path);
    bool exists = false;
    if (used == NULL) {
        output_error("corbridge: memory is exhausted: end other programs and try again");
    } else if (platform_ok(file_exists(used, &exists)) && !exists) {
        output_error("corbridge: there is no configuration at %s: name one with --config, or install first",
                     used);
        *exit = COMMANDS_NOT_FOUND;
    } else {
        config = config_load(used, data_override, &faults);
        for (size_t i = 0; i < faults.count; i++)
            output_error("%s", faults.items[i].text);
        *exit = config != NULL ? COMMANDS_OK : COMMANDS_REFUSED;
    }
    free(used);
    config_faults_release(&faults);
    return config;
}
