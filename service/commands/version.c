/* corbridge version */
#include "corbridge_version.h"
#include "database/database.h"
#include "parser/zone.h"
#include "service/commands/command.h"
#include "service/commands/output.h"

static int run(int argc, char **argv)
{
    bool json = false;
    const struct command_option options[] = {{"--json", NULL, &json}};
    if (!command_options(&command_version, argc, argv, options, 1, NULL))
        return COMMANDS_USAGE;
    struct output out;
    output_init(&out);
    if (json) {
        output_add(&out, "{\"version\": \"" CORBRIDGE_VERSION "\", \"commit\": \"" CORBRIDGE_VERSION_COMMIT
                         "\", \"build\": \"" CORBRIDGE_VERSION_BUILD_TYPE "\", \"compiler\": ");
        output_json_text(&out, CORBRIDGE_VERSION_COMPILER);
        output_add(&out, ", \"schema\": %d, \"zones\": ", database_schema_version());
        output_json_text(&out, zone_data_version());
        output_add(&out, ", \"zone_count\": %lu, \"sqlite\": ", (unsigned long)zone_count());
        output_json_text(&out, CORBRIDGE_VERSION_SQLITE);
        output_add(&out, ", \"sqlite_linked\": ");
        output_json_text(&out, database_library_version());
        output_add(&out, ", \"libxml2\": ");
        output_json_text(&out, CORBRIDGE_VERSION_LIBXML2);
        output_add(&out, ", \"libcurl\": ");
        output_json_text(&out, CORBRIDGE_VERSION_CURL);
        output_add(&out, "}\n");
    } else {
        output_add(&out, "CorBridge %s, commit %s, %s, %s\n", CORBRIDGE_VERSION, CORBRIDGE_VERSION_COMMIT,
                   CORBRIDGE_VERSION_BUILD_TYPE, CORBRIDGE_VERSION_COMPILER);
        output_add(&out, "  database schema  %d\n", database_schema_version());
        output_add(&out, "  time zones       %s, %lu of them\n", zone_data_version(),
                   (unsigned long)zone_count());
        output_add(&out, "  SQLite           %s\n", CORBRIDGE_VERSION_SQLITE);
        output_add(&out, "  libxml2          %s\n", CORBRIDGE_VERSION_LIBXML2);
        output_add(&out, "  libcurl          %s\n", CORBRIDGE_VERSION_CURL);
    }
    return output_print(&out) ? COMMANDS_OK : COMMANDS_FAILED;
}

const struct command command_version = {
    .name = "version",
    .summary = "what this program is made of",
    .usage =
        "corbridge version [--json]\n\n"
        "Prints version, commit and compiler, the versions of what is built in, of the database schema and of the time\n"
        "zone data.\n\n"
        "Exit code: 0.\n",
    .run = run,
};
