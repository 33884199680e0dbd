/* corbridge check: what is wrong, and what to do. */
#include <stdlib.h>
#include <string.h>

#include "platform/file.h"
#include "service/commands/check_report.h"
#include "service/commands/command.h"
#include "service/commands/output.h"
#include "service/windows/control.h"

#define ANSWER_DEADLINE_MS                                                                                   \
    180000 /* an unreachable share takes up to half a minute to say so, and there may be several */

static void print_text(const struct check_report *report, struct output *out)
{
    for (const struct check_line *line = report->first; line != NULL; line = line->next)
        output_add(out, "%-8s %-24s %s\n", check_state_name(line->state), line->area, line->text);
    output_add(out, "\n%lu in order, %lu warnings, %lu failed\n", (unsigned long)report->count[CHECK_OK],
               (unsigned long)report->count[CHECK_WARNING], (unsigned long)report->count[CHECK_FAILED]);
}

static void print_json(const struct check_report *report, struct output *out)
{
    output_add(out, "{\"in_order\": %s, \"warnings\": %lu, \"failed\": %lu, \"lines\": [",
               report->count[CHECK_FAILED] == 0 ? "true" : "false",
               (unsigned long)report->count[CHECK_WARNING], (unsigned long)report->count[CHECK_FAILED]);
    for (const struct check_line *line = report->first; line != NULL; line = line->next) {
        output_add(out, "%s\n  {\"state\": ", line == report->first ? "" : ",");
        output_json_text(out, check_state_name(line->state));
        output_add(out, ", \"area\": ");
        output_json_text(out, line->area);
        output_add(out, ", \"text\": ");
        output_json_text(out, line->text);
        output_add(out, "}");
    }
    output_add(out, "\n]}\n");
}

/* The service's own view. False when it cannot be had; a line says why. */
static bool ask_service(const struct config *config, struct check_report *report)
{
    char *answer = NULL;
    char text[200];
    struct platform_status status = service_control_check(config->data_folder, ANSWER_DEADLINE_MS, &answer);
    if (platform_ok(status) && check_report_read(report, answer)) {
        free(answer);
        return true;
    }
    platform_status_text(status, text, sizeof text);
    check_report_add(report, CHECK_WARNING, "service",
                     "did not answer, error %s: what follows is what you can reach, not what the service can",
                     text);
    free(answer);
    return false;
}

/* The state of the service; true when it is installed, so that its own account can be asked. */
static bool check_service(struct check_report *report)
{
    struct service_status service;
    struct platform_status status = service_control_query(&service);
    if (status.kind == PLATFORM_UNSUPPORTED)
        return false; /* no service manager here */
    if (!platform_ok(status)) {
        char text[200];
        platform_status_text(status, text, sizeof text);
        check_report_add(report, CHECK_WARNING, "service", "its state cannot be asked, error %s", text);
        return false;
    }
    if (service.state == SERVICE_STATE_ABSENT) {
        check_report_add(report, CHECK_WARNING, "service", "not installed: corbridge install does that");
        return false;
    }
    bool good = service.state == SERVICE_STATE_RUNNING || service.state == SERVICE_STATE_START_PENDING;
    check_report_add(report, good ? CHECK_OK : CHECK_WARNING, "service", "%s%s",
                     service_state_name(service.state), good ? "" : ": corbridge start starts it");
    return true;
}

static int finish(const struct check_report *report, bool json, int exit)
{
    struct output out;
    output_init(&out);
    if (json)
        print_json(report, &out);
    else
        print_text(report, &out);
    if (!output_print(&out) || report->lost)
        return COMMANDS_FAILED;
    return exit != COMMANDS_OK || report->count[CHECK_FAILED] == 0 ? exit : COMMANDS_FAILED;
}

/* Adds the findings; returns the exit code that they do not decide. */
static int look(const char *path, bool here, struct check_report *report)
{
    bool exists = false;
    struct config_faults faults;
    if (platform_ok(file_exists(path, &exists)) && !exists) {
        check_report_add(report, CHECK_FAILED, "configuration",
                         "there is none at '%s': name one with --config, or install", path);
        return COMMANDS_NOT_FOUND;
    }
    config_faults_init(&faults);
    struct config *config = config_load(path, NULL, &faults);
    int exit = config != NULL ? COMMANDS_OK : COMMANDS_REFUSED;
    for (size_t i = 0; i < faults.count; i++)
        check_report_add(report, CHECK_FAILED, "configuration", "%s", faults.items[i].text);
    bool installed = check_service(report);
    if (config != NULL && (here || !installed || !ask_service(config, report)))
        check_run(config, report);
    config_free(config);
    config_faults_release(&faults);
    return exit;
}

static int run(int argc, char **argv)
{
    const char *path = NULL;
    bool here = false;
    bool json = false;
    const struct command_option options[] = {
        {"--config", &path, NULL},
        {"--here", NULL, &here},
        {"--json", NULL, &json},
    };
    if (!command_options(&command_check, argc, argv, options, sizeof options / sizeof options[0], NULL))
        return COMMANDS_USAGE;
    struct check_report report;
    check_report_init(&report);
    char *used = command_config_path(path);
    report.lost = used == NULL;
    /* Another configuration than the service's own is not the service's to look at. */
    int exit = used != NULL ? look(used, here || path != NULL, &report) : COMMANDS_FAILED;
    exit = finish(&report, json, exit);
    free(used);
    check_report_release(&report);
    return exit;
}

const struct command command_check = {
    .name = "check",
    .summary = "say what is wrong, and what to do",
    .usage =
        "corbridge check [--config FILE] [--here] [--json]\n\n"
        "Looks at the configuration, the data folder, the disk, the databases, every feed's and pharmacy's folder, and the\n"
        "service. An installed service is asked to look itself, since it may reach other things than you do; with --here,\n"
        "and with --config, the folders are looked at as you. Each line is OK, WARNING or FAILED; nothing is changed but a\n"
        "file corbridge-check-….tmp, made and deleted in folders that CorBridge writes.\n\n"
        "Exit codes: 0 nothing failed; 1 something did; 2 command line; 3 configuration refused; 4 no configuration.\n",
    .run = run,
};
