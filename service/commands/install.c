/* corbridge install: everything that the installer needs done; the script only calls it. */
#include <stdio.h>
#include <string.h>

#include "service/commands/command.h"
#include "service/commands/output.h"
#include "service/commands/service_words.h"
#include "service/windows/control.h"

/* The account's password, one line of the standard input: on a command line every user of the machine could read it. */
static bool read_password(char *out, size_t size)
{
    if (fgets(out, (int)size, stdin) == NULL) {
        output_error("corbridge install: --password-stdin: the standard input is empty");
        return false;
    }
    size_t length = strcspn(out, "\r\n");
    if (out[length] == '\0' && length + 1 == size) {
        output_error("corbridge install: --password-stdin: the line is longer than %lu bytes",
                     (unsigned long)size - 2);
        return false;
    }
    out[length] = '\0';
    return true;
}

static bool start_type_of(const char *text, enum service_start_type *out)
{
    *out = strcmp(text, "manual") == 0 ? SERVICE_START_MANUAL : SERVICE_START_AUTOMATIC;
    if (strcmp(text, "manual") == 0 || strcmp(text, "auto") == 0)
        return true;
    output_error("corbridge install: --start is auto or manual, not '%s'", text);
    return false;
}

static int run(int argc, char **argv)
{
    struct service_install_options wanted = {.start_type = SERVICE_START_AUTOMATIC};
    const char *start = "auto";
    bool password_stdin = false;
    char password[512];
    const struct command_option options[] = {
        {"--data", &wanted.data_folder, NULL},
        {"--config", &wanted.config, NULL},
        {"--share", &wanted.share, NULL},
        {"--pharmacy", &wanted.pharmacy, NULL},
        {"--account", &wanted.account, NULL},
        {"--password-stdin", NULL, &password_stdin},
        {"--database-users", &wanted.database_users, NULL},
        {"--start", &start, NULL},
    };
    if (!command_options(&command_install, argc, argv, options, sizeof options / sizeof options[0], NULL) ||
        !start_type_of(start, &wanted.start_type))
        return COMMANDS_USAGE;
    if (password_stdin) {
        if (!read_password(password, sizeof password))
            return COMMANDS_USAGE;
        wanted.password = password;
    }
    bool upgraded = false;
    bool good = service_install(&wanted, service_words_step, NULL, &upgraded);
    if (password_stdin) {
        volatile char *wipe = password;
        for (size_t i = 0; i < sizeof password; i++)
            wipe[i] = '\0';
    }
    if (!good)
        return COMMANDS_FAILED;
    output_line("%s",
                upgraded ? "The installed service was brought up to date." : "The service is installed.");
    return COMMANDS_OK;
}

const struct command command_install = {
    .name = "install",
    .summary = "install the Windows service, or bring it up to date",
    .usage =
        "corbridge install [OPTION...]\n\n"
        "Makes the data folder with its rights, a first configuration where there is none, the event source and the service.\n"
        "Over an installed service only the program is exchanged: configuration, account, start type and recovery stay.\n"
        "Does not start it. Needs an administrator.\n\n"
        "    --data FOLDER         where everything of CorBridge lies; without it %ProgramData%\\CorBridge\n"
        "    --config FILE         without it corbridge.xml in the data folder\n"
        "    --share FOLDER        the folder of the jail management system, for the first configuration and for rights\n"
        "    --pharmacy FOLDER     the folder of the first pharmacy, likewise\n"
        "    --account NAME        without it NT SERVICE\\CorBridge; or DOMAIN\\user, DOMAIN\\gmsa$, LocalSystem\n"
        "    --password-stdin      the account's password is the first line of the standard input\n"
        "    --database-users NAME local group that may write the database; without it CorEMR Database Users\n"
        "    --start auto|manual   when Windows starts, or only when told\n\n"
        "Exit codes: 0 installed; 1 a step failed, the messages say which; 2 command line.\n",
    .run = run,
};
