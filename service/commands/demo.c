/* corbridge demo: the whole way of a file and of an order, in a folder of its own, without a service. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "database/demo.h"
#include "platform/clock.h"
#include "platform/file.h"
#include "platform/folder.h"
#include "platform/path.h"
#include "platform/process.h"
#include "platform/thread.h"
#include "service/commands/command.h"
#include "service/commands/console.h"
#include "service/commands/output.h"
#include "service/engine.h"
#include "service/world.h"

#define IDLE_MS     30000
#define MESSAGE_MAX ((size_t)1024 * 1024)

/* The example of CorEMR's documentation, with a booking that goes on; a file with two faults; a move. In the
 * order of their names too, since they may be written within one tick of the file system's clock. */
static const struct {
    const char *name, *text;
} FILES[] = {
    {"DEM12345678_0400.ini",
     "DataType=\"PatientDemographics\"\r\nPatientID=\"P00012345\"\r\nFacility=\"VCSO\"\r\n"
     "LastName=\"DOE\"\r\nFirstName=\"JOHN\"\r\nMI=\"D\"\r\nBirthDate=\"07/22/1946\"\r\n"
     "Sex=\"Male\"\r\nRace=\"White\"\r\nHousing=\"ISU\"\r\nBed=\"RLSE\"\r\nBooking=\"12345678\"\r\n"
     "BookingDate=\"2017-06-20 14:32:04\"\r\nAgency=\"ICE\"\r\nHeight=\"72\"\r\nWeight=\"140\"\r\n"},
    {"DEM87654321_0430.ini",
     "DataType=\"PatientDemographics\"\r\nPatientID=\"P00054321\"\r\nFacility=\"VCSO\"\r\n"
     "LastName=\"ROE\"\r\nFirstName=\"JANE\"\r\nBirthDate=\"02/30/1980\"\r\nSex=\"Female\"\r\n"
     "Housing=\"ISU\"\r\nBooking=\"87654321\"\r\n"},
    {"LOC12345678_0500.ini",
     "DataType=\"PatientLocation\"\r\nPatientID=\"P00012345\"\r\nBooking=\"12345678\"\r\n"
     "Facility=\"VCSO\"\r\nHousing=\"B-POD\"\r\nBed=\"12\"\r\n"},
};

static const char CONFIG[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<!-- The configuration of corbridge demo. docs/configuration.md explains every element. -->\n"
    "<corbridge>\n"
    "  <data folder=\"%s\"/>\n"
    "  <facility code=\"VCSO\" name=\"Valley County\" zone=\"America/Los_Angeles\"/>\n"
    "  <feed name=\"jms\" folder=\"%s\">\n"
    "    <match pattern=\"*.ini\" format=\"jms-event\"/>\n"
    "  </feed>\n"
    "  <pharmacy name=\"diamond\" test-folder=\"%s\"/>\n"
    "  <limits low-disk=\"64 MB\"/>\n"
    "</corbridge>\n";

/* The folders of one demonstration; heap. */
struct scene {
    char *root, *in, *out, *data, *config;
};

static void release(struct scene *scene)
{
    free(scene->root);
    free(scene->in);
    free(scene->out);
    free(scene->data);
    free(scene->config);
}

static bool failed(const char *what, const char *path, struct platform_status status)
{
    char text[200];
    platform_status_text(status, text, sizeof text);
    output_error("corbridge demo: %s '%s', error %s", what, path, text);
    return false;
}

static bool no_memory(void)
{
    output_error("corbridge demo: memory is exhausted: end other programs and try again");
    return false;
}

/* Where the demonstration is shown when no folder is named. Heap. */
static char *default_folder(void)
{
    static const char *const names[] = {"TEMP", "TMPDIR"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char *base = process_environment(names[i]);
        if (base != NULL && path_is_absolute(base)) {
            char *folder = path_join(base, "corbridge-demo");
            free(base);
            return folder;
        }
        free(base);
    }
    return strdup(PATH_SEPARATOR == '/' ? "/tmp/corbridge-demo" : "C:\\corbridge-demo");
}

/* A new or empty folder: nothing of anybody is ever mixed with the demonstration. */
static bool make_root(struct scene *scene, const char *operand)
{
    char *wanted = operand != NULL ? strdup(operand) : default_folder();
    if (wanted == NULL)
        return no_memory();
    struct folder_listing listing = {0};
    struct platform_status status = folder_make(wanted);
    if (platform_ok(status))
        status = path_real(wanted, &scene->root);
    if (platform_ok(status))
        status = folder_list(scene->root, &listing);
    bool good = platform_ok(status);
    if (!good) {
        (void)failed("cannot use", wanted, status);
    } else if (listing.count > 0) {
        output_error("corbridge demo: '%s' is not empty: remove it, or name another: corbridge demo FOLDER",
                     scene->root);
        good = false;
    }
    folder_listing_release(&listing);
    free(wanted);
    return good;
}

static bool make_folders(struct scene *scene)
{
    scene->in = path_join(scene->root, "in");
    scene->out = path_join(scene->root, "out");
    scene->data = path_join(scene->root, "data");
    scene->config = path_join(scene->root, "corbridge.xml");
    if (scene->in == NULL || scene->out == NULL || scene->data == NULL || scene->config == NULL)
        return no_memory();
    const char *const folders[] = {scene->in, scene->out};
    for (size_t i = 0; i < 2; i++) {
        struct platform_status status = folder_make(folders[i]);
        if (!platform_ok(status))
            return failed("cannot make", folders[i], status);
    }
    return true;
}

/* A path as the value of an XML attribute. Heap. */
static char *xml_text(const char *text)
{
    struct output out;
    output_init(&out);
    for (; *text != '\0'; text++) {
        if (*text == '&')
            output_add(&out, "&amp;");
        else if (*text == '<')
            output_add(&out, "&lt;");
        else if (*text == '"')
            output_add(&out, "&quot;");
        else
            output_add(&out, "%c", *text);
    }
    if (out.failed)
        output_release(&out);
    return out.text;
}

static bool store(const char *path, const char *text)
{
    struct platform_status status = file_store(path, text, strlen(text));
    return platform_ok(status) || failed("cannot write", path, status);
}

static bool write_config(const struct scene *scene)
{
    struct output out;
    output_init(&out);
    char *data = xml_text(scene->data);
    char *in = xml_text(scene->in);
    char *folder = xml_text(scene->out);
    if (data != NULL && in != NULL && folder != NULL)
        output_add(&out, CONFIG, data, in, folder);
    free(data);
    free(in);
    free(folder);
    bool good = out.text != NULL && !out.failed ? store(scene->config, out.text) : no_memory();
    output_release(&out);
    return good;
}

static bool drop_files(const struct scene *scene)
{
    for (size_t i = 0; i < sizeof FILES / sizeof FILES[0]; i++) {
        char *path = path_join(scene->in, FILES[i].name);
        bool good = path != NULL ? store(path, FILES[i].text) : no_memory();
        free(path);
        if (!good)
            return false;
    }
    return true;
}

static void show_line(void *context, const char *text)
{
    (void)context;
    output_line("  %s", text);
}

/* Opens the test database, beside the engine, as any other program would. */
static struct database *open_database(const struct scene *scene, enum database_mode mode)
{
    struct world_paths paths;
    struct database *db = NULL;
    char message[400] = "";
    if (!world_paths_init(&paths, scene->data, DATABASE_TEST)) {
        (void)no_memory();
        return NULL;
    }
    if (database_open(paths.database, DATABASE_TEST, mode, &db, message, sizeof message) != DATABASE_OK)
        output_error("corbridge demo: %s", message);
    world_paths_release(&paths);
    return db;
}

static bool write_order(const struct scene *scene)
{
    struct database *db = open_database(scene, DATABASE_WRITE);
    if (db == NULL)
        return false;
    bool good = demo_order_insert(db) == DATABASE_OK;
    if (!good)
        output_error("corbridge demo: the order was not taken: %s", database_error_text(db));
    database_close(db);
    return good;
}

static bool show_rows(const struct scene *scene)
{
    struct database *db = open_database(scene, DATABASE_READ);
    if (db == NULL)
        return false;
    bool good = demo_rows(db, show_line, NULL) == DATABASE_OK;
    if (!good)
        output_error("corbridge demo: the rows cannot be read: %s", database_error_text(db));
    database_close(db);
    return good;
}

/* The segments of a message, one a line; HL7 ends them with CR. */
static bool show_message(const char *folder, const char *name)
{
    char *path = path_join(folder, name);
    char *bytes = NULL;
    size_t size = 0;
    struct platform_status status = {PLATFORM_NO_MEMORY, 0};
    if (path != NULL)
        status = file_load(path, MESSAGE_MAX, &bytes, &size);
    free(path);
    if (!platform_ok(status))
        return failed("cannot read", name, status);
    output_line("\n%s:", name);
    for (char *at = bytes; *at != '\0';) {
        size_t length = strcspn(at, "\r\n");
        output_line("  %.*s", (int)length, at);
        at += length + (at[length] != '\0');
    }
    free(bytes);
    return true;
}

static bool show_messages(const struct scene *scene, size_t *count)
{
    struct folder_listing listing;
    struct platform_status status = folder_list(scene->out, &listing);
    if (!platform_ok(status))
        return failed("cannot list", scene->out, status);
    bool good = true;
    *count = listing.count;
    for (size_t i = 0; i < listing.count && good; i++)
        good = show_message(scene->out, listing.entries[i].name);
    folder_listing_release(&listing);
    return good;
}

static bool wait_idle(struct engine *engine)
{
    if (engine_wait_idle(engine, IDLE_MS))
        return true;
    output_error("corbridge demo: still at work after %d s: is this disk very slow?", IDLE_MS / 1000);
    return false;
}

/* An order is found within 250 ms in the test world; until then the engine is idle. */
static bool wait_sent(struct engine *engine)
{
    struct mutex lock;
    struct condition never;
    struct engine_figures figures;
    uint64_t end = clock_monotonic_ms() + IDLE_MS;
    mutex_init(&lock);
    condition_init(&never);
    mutex_lock(&lock);
    for (;;) {
        engine_figures(engine, &figures);
        if (figures.sent > 0 || clock_monotonic_ms() >= end)
            break;
        (void)condition_wait(&never, &lock, 20);
    }
    mutex_unlock(&lock);
    condition_release(&never);
    mutex_release(&lock);
    if (figures.sent == 0)
        output_error("corbridge demo: no message was sent within %d s: the events above say why",
                     IDLE_MS / 1000);
    return figures.sent > 0;
}

/* With the engine running. */
static bool play(struct engine *engine, const struct scene *scene)
{
    output_line("The jail management system drops %lu files into %s",
                (unsigned long)(sizeof FILES / sizeof FILES[0]), scene->in);
    if (!drop_files(scene))
        return false;
    engine_scan_now(engine, false);
    if (!wait_idle(engine))
        return false;
    output_line("CorEMR writes a medication order into the database");
    if (!write_order(scene))
        return false;
    return wait_sent(engine) && wait_idle(engine);
}

static bool show(const struct scene *scene)
{
    size_t messages = 0;
    output_line("\nRows in the database:");
    if (!show_rows(scene) || !show_messages(scene, &messages))
        return false;
    if (messages == 0) {
        output_error("corbridge demo: no message reached %s: the events above say why", scene->out);
        return false;
    }
    output_line("\nOne file had faults: it lies in quarantine below %s, with a .reason.txt.", scene->data);
    output_line("Go on by yourself:   corbridge run --config \"%s\"", scene->config);
    output_line("and drop files into  %s", scene->in);
    return true;
}

static bool run_engine(const struct config *config, const struct scene *scene)
{
    char message[600] = "";
    struct engine *engine = NULL;
    const struct engine_options options = {.config = config};
    if (engine_start(&options, &engine, message, sizeof message) != ENGINE_STARTED) {
        output_error("corbridge demo: %s", message);
        return false;
    }
    bool good = play(engine, scene);
    if (!engine_stop(engine, IDLE_MS, message, sizeof message)) {
        output_error("corbridge demo: %s", message);
        return false;
    }
    return good;
}

static int run(int argc, char **argv)
{
    const char *operand = NULL;
    if (!command_options(&command_demo, argc, argv, NULL, 0, &operand))
        return COMMANDS_USAGE;
    int exit = COMMANDS_FAILED;
    struct scene scene = {0};
    struct config *config = NULL;
    if (make_root(&scene, operand) && make_folders(&scene) && write_config(&scene))
        config = command_config(scene.config, NULL, &exit);
    if (config != NULL) {
        console_events_on();
        exit = run_engine(config, &scene) && show(&scene) ? COMMANDS_OK : COMMANDS_FAILED;
        console_events_off();
    }
    config_free(config);
    release(&scene);
    return exit;
}

const struct command command_demo = {
    .name = "demo",
    .summary = "show the whole way on invented files, without a service",
    .usage =
        "corbridge demo [FOLDER]\n\n"
        "Makes FOLDER (without it corbridge-demo in the folder for temporary files; it must be new or empty) with a\n"
        "configuration, drops files of invented people into its feed, writes an order as CorEMR would, and prints the rows\n"
        "and the pharmacy's message that come of it. Nothing outside FOLDER is touched.\n\n"
        "Exit codes: 0 shown; 1 something failed, the message says what; 2 command line.\n",
    .run = run,
};
