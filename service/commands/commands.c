/* corbridge.exe COMMAND …: finds the command, answers help. */
#include "service/commands/commands.h"

#include <string.h>

#include "corbridge_version.h"
#include "service/commands/command.h"
#include "service/commands/output.h"

/* In the order in which `help` lists them. */
static const struct command *const COMMANDS[] = {
    &command_run,    &command_check,        &command_precheck,  &command_status,
    &command_list,   &command_show,         &command_release,   &command_reject,
    &command_golive, &command_back_to_test, &command_demo,      &command_install,
    &command_start,  &command_stop,         &command_uninstall, &command_version,
};

#define COUNT (sizeof COMMANDS / sizeof COMMANDS[0])

static const struct command *find_command(const char *name)
{
    for (size_t i = 0; i < COUNT; i++) {
        if (strcmp(COMMANDS[i]->name, name) == 0)
            return COMMANDS[i];
    }
    return NULL;
}

static void add_help(struct output *out)
{
    output_add(
        out,
        "CorBridge %s: takes the files of other systems into CorEMR, and sends pharmacies its orders.\n\n"
        "    corbridge COMMAND [OPTION...]\n\n",
        CORBRIDGE_VERSION);
    for (size_t i = 0; i < COUNT; i++)
        output_add(out, "    %-12s %s\n", COMMANDS[i]->name, COMMANDS[i]->summary);
    output_add(out, "\ncorbridge COMMAND --help says more about each.\n");
}

static bool is_help(const char *argument)
{
    return strcmp(argument, "--help") == 0 || strcmp(argument, "-h") == 0 || strcmp(argument, "/?") == 0;
}

static int help(const char *name)
{
    struct output out;
    output_init(&out);
    const struct command *command = name != NULL ? find_command(name) : NULL;
    if (name != NULL && command == NULL) {
        output_error("corbridge: there is no command '%s': corbridge help lists them", name);
        return COMMANDS_USAGE;
    }
    if (command != NULL)
        output_add(&out, "%s", command->usage);
    else
        add_help(&out);
    return output_print(&out) ? COMMANDS_OK : COMMANDS_FAILED;
}

int commands_main(int argc, char **argv)
{
    if (argc < 2) {
        struct output out;
        output_init(&out);
        add_help(&out);
        if (!out.failed)
            output_error("%s", out.text);
        output_release(&out);
        return COMMANDS_USAGE;
    }
    const char *name = argv[1];
    if (strcmp(name, "help") == 0 || is_help(name))
        return help(argc > 2 ? argv[2] : NULL);
    if (strcmp(name, "--version") == 0)
        name = command_version.name;
    const struct command *command = find_command(name);
    if (command == NULL) {
        output_error("corbridge: there is no command '%s': corbridge help lists them", name);
        return COMMANDS_USAGE;
    }
    for (int i = 2; i < argc; i++) {
        if (is_help(argv[i]))
            return help(name);
    }
    return command->run(argc - 2, argv + 2);
}
