/* corbridge precheck: what a folder of sample files would come to. */
#include <stdlib.h>
#include <string.h>

#include "parser/limits.h"
#include "parser/xml_mapping.h"
#include "platform/clock.h"
#include "platform/file.h"
#include "platform/folder.h"
#include "platform/path.h"
#include "service/commands/command.h"
#include "service/commands/output.h"
#include "service/precheck/precheck.h"

#define PROGRESS_MS 2000

static void tell(const char *line)
{
    output_error("corbridge precheck: %s", line);
}

/* Whether the page may be written there: a folder that is there, not the one that is checked, and a free name. */
static bool may_write(const char *page, const char *folder)
{
    struct file_identity checked;
    struct file_identity target;
    bool exists = false;
    char *above = path_folder(page);
    if (above == NULL) {
        output_error("corbridge: memory is exhausted: end other programs and try again");
        return false;
    }
    bool may = false;
    if (!platform_ok(folder_identity(above[0] != '\0' ? above : ".", &target)))
        output_error("corbridge precheck: the folder of '%s' is not there: make it, or name another", page);
    else if (platform_ok(folder_identity(folder, &checked)) && file_identity_equal(&checked, &target))
        output_error(
            "corbridge precheck: the page is not written into the folder that is checked: name another for --html");
    else if (!platform_ok(file_exists(page, &exists)) || exists)
        output_error("corbridge precheck: '%s' is there already: remove it, or name another", page);
    else
        may = true;
    free(above);
    return may;
}

static bool write_page(const struct precheck *check, const char *page)
{
    struct output out;
    output_init(&out);
    precheck_write_html(check, &out);
    struct platform_status status = {PLATFORM_NO_MEMORY, 0};
    if (!out.failed)
        status = file_store(page, out.text, out.length);
    output_release(&out);
    if (!platform_ok(status)) {
        char text[200];
        platform_status_text(status, text, sizeof text);
        output_error("corbridge precheck: cannot write '%s', error %s", page, text);
    }
    return platform_ok(status);
}

static int show(const struct precheck *check, bool json, const char *page)
{
    if (page != NULL && !write_page(check, page))
        return COMMANDS_FAILED;
    struct output out;
    output_init(&out);
    if (json)
        precheck_write_json(check, &out);
    else
        precheck_write_text(check, &out);
    if (!output_print(&out))
        return COMMANDS_FAILED;
    return check->ready ? COMMANDS_OK : COMMANDS_NOT_READY;
}

static int look(const char *folder, const struct precheck_options *options, bool json, const char *page)
{
    struct precheck check;
    struct platform_status status;
    int exit = COMMANDS_FAILED;
    precheck_init(&check, options);
    if (precheck_gather(&check, folder, &status) && precheck_judge(&check)) {
        exit = show(&check, json, page);
    } else if (check.no_memory) {
        output_error("corbridge: memory is exhausted: end other programs and try again");
    } else {
        char text[200];
        platform_status_text(status, text, sizeof text);
        output_error("corbridge precheck: cannot list '%s', error %s", folder, text);
        exit = status.kind == PLATFORM_NOT_FOUND ? COMMANDS_NOT_FOUND : COMMANDS_FAILED;
    }
    precheck_release(&check);
    return exit;
}

/* The mapping at `path`, in the arena; NULL: every fault of it is told. */
static const struct xml_mapping *load_mapping(const char *path, struct arena *arena, int *exit)
{
    struct xml_mapping_faults faults = {.arena = arena};
    const struct xml_mapping *mapping = NULL;
    char *bytes = NULL;
    size_t size = 0;
    struct platform_status status = file_load(path, LIMIT_XML_MAPPING, &bytes, &size);
    if (platform_ok(status)) {
        mapping = xml_mapping_load(slice_from(bytes, size), arena, &faults);
        for (size_t i = 0; i < faults.count; i++)
            output_error("%s:%lu: %s", path_name(path), (unsigned long)faults.items[i].line,
                         faults.items[i].text);
        *exit = COMMANDS_REFUSED;
    } else {
        char text[200];
        platform_status_text(status, text, sizeof text);
        output_error("corbridge precheck: cannot read '%s', error %s", path, text);
        *exit = status.kind == PLATFORM_NOT_FOUND ? COMMANDS_NOT_FOUND : COMMANDS_FAILED;
    }
    free(bytes);
    return mapping;
}

static int run(int argc, char **argv)
{
    const char *folder = NULL;
    const char *path = NULL;
    const char *mapping = NULL;
    const char *page = NULL;
    bool json = false;
    struct precheck_options with = {.progress_after_ms = PROGRESS_MS, .progress = tell};
    const struct command_option options[] = {
        {"--config", &path, NULL},
        {"--html", &page, NULL},
        {"--json", NULL, &json},
        {"--mapping", &mapping, NULL},
        {"--with-patients", NULL, &with.with_patients},
    };
    if (!command_options(&command_precheck, argc, argv, options, sizeof options / sizeof options[0], &folder))
        return COMMANDS_USAGE;
    if (folder == NULL) {
        output_error("corbridge precheck: name the folder of the sample files behind it");
        return COMMANDS_USAGE;
    }
    if (page != NULL && !may_write(page, folder))
        return COMMANDS_FAILED;
    struct config *config = NULL;
    int exit = COMMANDS_FAILED;
    if (path != NULL) {
        config = command_config(path, NULL, &exit);
        if (config == NULL)
            return exit;
    }
    struct arena arena;
    arena_init(&arena, 0);
    with.config = config;
    with.now = clock_utc_us();
    if (mapping != NULL)
        with.mapping = load_mapping(mapping, &arena, &exit);
    if (mapping == NULL || with.mapping != NULL)
        exit = look(folder, &with, json, page);
    arena_release(&arena);
    config_free(config);
    return exit;
}

const struct command command_precheck = {
    .name = "precheck",
    .summary = "what a folder of sample files would come to",
    .usage =
        "corbridge precheck FOLDER [--config FILE] [--mapping FILE] [--json] [--html FILE] [--with-patients]\n\n"
        "The check before a jail is connected: reads sample files (DEM and Location events, rosters, alerts) and says what\n"
        "is wrong with them, where, and what to do next: faults, facility codes, locations and what the location rules make of\n"
        "them, places written in two ways, values outside the code sets, ids that change shape, people and bookings that\n"
        "contradict each other, names of files, photos, encodings. Changes no file and opens no database, so no access is\n"
        "recorded. Folders in the folder are not looked into.\n\n"
        "  --config FILE      compare with the facilities, location rules and match rules of this configuration; else with none\n"
        "  --mapping FILE     read XML by this mapping, where no match rule of the configuration has one for it\n"
        "  --json             print JSON instead of text\n"
        "  --html FILE        also write one page that needs nothing else; FILE must not be there yet\n"
        "  --with-patients    show values and names of files; else values are masked (letters x, digits 9) and files numbered\n\n"
        "Exit codes: 0 ready; 1 it could not be done; 2 command line; 3 configuration or mapping refused; 4 no such folder or configuration;\n"
        "6 not ready: something must be mended first.\n",
    .run = run,
};
