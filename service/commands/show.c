/* corbridge show: one file of the ledger as people read it, or HL7 messages from the standard input. */
#include <stdlib.h>
#include <string.h>

#include "parser/limits.h"
#include "platform/input.h"
#include "service/commands/access.h"
#include "service/commands/command.h"
#include "service/commands/output.h"
#include "service/commands/show_file.h"
#include "service/commands/show_hl7.h"

static int show_input(struct show_hl7 *show)
{
    char *bytes = NULL;
    size_t size = 0;
    struct platform_status status = input_read_all(LIMIT_HL7_FILE_BYTES, &bytes, &size);
    if (!platform_ok(status)) {
        char text[200];
        platform_status_text(status, text, sizeof text);
        output_error("corbridge show: the standard input cannot be read, error %s", text);
        return COMMANDS_FAILED;
    }
    int exit = show_hl7_bytes(show, slice_from(bytes, size));
    free(bytes);
    return exit;
}

static int run_input(const struct show_file *file, const char *encoding)
{
    struct show_hl7 show = {.settings = hl7_settings_default(), .json = file->json, .whole = file->whole};
    if (file->row != 0 || file->live || file->test || file->utc) {
        output_error("corbridge show: --row, --live, --test and --utc are for a file of the ledger");
        return COMMANDS_USAGE;
    }
    if (encoding != NULL && !hl7_charset_from_code(slice_of(encoding), &show.settings.charset)) {
        output_error(
            "corbridge show: --encoding is ascii, utf-8, iso-8859-1, iso-8859-15 or windows-1252, not '%s'",
            encoding);
        return COMMANDS_USAGE;
    }
    return show_input(&show);
}

static int run(int argc, char **argv)
{
    const char *operand = NULL, *encoding = NULL, *row = NULL, *path = NULL, *data = NULL;
    struct show_file show = {0};
    int64_t row_number = 0;
    const struct command_option options[] = {
        {"--json", NULL, &show.json}, {"--whole", NULL, &show.whole}, {"--encoding", &encoding, NULL},
        {"--row", &row, NULL},        {"--live", NULL, &show.live},   {"--test", NULL, &show.test},
        {"--utc", NULL, &show.utc},   {"--config", &path, NULL},      {"--data", &data, NULL},
    };
    if (!command_options(&command_show, argc, argv, options, sizeof options / sizeof options[0], &operand))
        return COMMANDS_USAGE;
    if (row != NULL && !access_read_number(row, INT32_MAX, &row_number)) {
        output_error("corbridge show: --row is a number: rows are counted from 1, without the header");
        return COMMANDS_USAGE;
    }
    show.row = (int)row_number;
    if (operand != NULL && strcmp(operand, "-") == 0)
        return run_input(&show, encoding);
    if (operand == NULL || !access_read_number(operand, INT64_MAX, &show.number)) {
        output_error(
            "corbridge show: a ledger number is needed, as corbridge list prints it; or '-', and HL7 messages on "
            "the standard input: corbridge show - < FILE");
        return COMMANDS_USAGE;
    }
    if (encoding != NULL) {
        output_error("corbridge show: --encoding is for messages on the standard input");
        return COMMANDS_USAGE;
    }
    int exit = COMMANDS_FAILED;
    struct config *config = command_config(path, data, &exit);
    if (config == NULL)
        return exit;
    exit = show_file(&show, config);
    config_free(config);
    return exit;
}

const struct command command_show = {
    .name = "show",
    .summary = "print a file of the ledger, or HL7 messages, in words",
    .usage =
        "corbridge show NUMBER [--row R] [--live | --test] [--utc] [--whole] [--json] [--config FILE] [--data FOLDER]\n"
        "corbridge show - [--json] [--whole] [--encoding NAME]\n\n"
        "NUMBER is a ledger number, as corbridge list, the events and .reason.txt name it. Prints the file and its history,\n"
        "each message in it with its faults and what it changed, what was decided of it and by whom, what the file says,\n"
        "and what to do next. This is patient data: who looked is written into the database (access_log) before anything\n"
        "is printed, and where that cannot be done nothing is.\n\n"
        "    --row R          one row of a file of many messages, such as a roster; counted from 1, without the header\n"
        "    --live, --test   the world, where both have such a number\n"
        "    --utc            times in UTC; without it in the zone of the facilities, where they share one\n"
        "    --config FILE    the configuration; without it that of the installed service\n"
        "    --data FOLDER    in place of the data folder that the configuration names\n\n"
        "With '-' it reads HL7 v2 messages from the standard input (one, several, a batch, with MLLP bytes or a byte order\n"
        "mark) and prints each as a tree: its segments, and each value that was sent with its path, such as OBX[3]-5.2, and\n"
        "what the field is called. Escapes are undone, and \"\" (delete) is what HL7 sends to delete a value. Needs no\n"
        "configuration and no database, and writes nothing. What is wrong or was passed over is said on the standard error\n"
        "stream, with message, line and path.\n\n"
        "    --encoding NAME  ascii, utf-8, iso-8859-1, iso-8859-15 or windows-1252, in place of what MSH-18 says\n\n"
        "With both:\n\n"
        "    --json           as JSON, values in full length, times in UTC\n"
        "    --whole          values in full length; else what is longer than 400 characters is cut, and says so\n\n"
        "Exit codes: 0 all was read; 1 a message could not be read, or the end is missing, or a database could not be read,\n"
        "or it could not be written down who looked; 2 command line, or both worlds have the number; 3 configuration refused;\n"
        "4 no configuration, no database yet, or no such file or row.\n",
    .run = run,
};
