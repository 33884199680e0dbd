#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "corbridge_version.h"
#include "database/database.h"
#include "parser/zone.h"
#include "platform/file.h"
#include "platform/folder.h"
#include "platform/path.h"
#include "service/commands/check_report.h"
#include "service/commands/commands.h"
#include "service/commands/output.h"
#include "service/engine.h"
#include "tests/unit/service/capture.h"
#include "tests/unit/service/config_scene.h"

/* capture_run with the arguments written out. */
#define RUN(capture, scene, ...)                                                                             \
    capture_run(&(capture), (scene)->root, (const char *const[]){__VA_ARGS__, NULL})

static const char *const COMMANDS[] = {"run",    "check",  "precheck",     "status",  "demo", "install",
                                       "start",  "stop",   "uninstall",    "version", "show", "release",
                                       "reject", "golive", "back-to-test", "list"};

#define COMMAND_COUNT (sizeof COMMANDS / sizeof COMMANDS[0])

static void assert_holds(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("'%s' is not in:\n%s", part, text);
}

static void assert_lacks(const char *text, const char *part)
{
    if (strstr(text, part) != NULL)
        fail_msg("'%s' is in:\n%s", part, text);
}

/* A configuration in root/corbridge.xml, not loaded. The path is the caller's. */
static char *write_config(const struct scene *scene, const char *xml)
{
    char *text = scene_expand(scene, xml);
    char *path = path_join(scene->root, "corbridge.xml");
    (void)file_remove(path);
    assert_true(platform_ok(file_store(path, text, strlen(text))));
    free(text);
    return path;
}

static size_t count_entries(const char *folder, const char *name)
{
    char *path = path_join(folder, name);
    struct folder_listing listing;
    assert_true(platform_ok(folder_list(path, &listing)));
    size_t count = listing.count;
    folder_listing_release(&listing);
    free(path);
    return count;
}

/* ---- Help and the command line ------------------------------------------------------------------------------------------ */

static void test_help_lists_every_command(void **state)
{
    struct scene *scene = *state;
    static const char *const ways[] = {"help", "--help", "-h", "/?"};
    for (size_t i = 0; i < 4; i++) {
        struct capture run;
        RUN(run, scene, ways[i]);
        assert_int_equal(run.code, COMMANDS_OK);
        assert_string_equal(run.err, "");
        for (size_t j = 0; j < COMMAND_COUNT; j++) {
            char line[40];
            (void)snprintf(line, sizeof line, "\n    %-10s ", COMMANDS[j]);
            assert_holds(run.out, line);
        }
        capture_release(&run);
    }
}

static void test_every_command_has_help(void **state)
{
    struct scene *scene = *state;
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        struct capture run;
        struct capture other;
        char head[40];
        (void)snprintf(head, sizeof head, "corbridge %s", COMMANDS[i]);
        RUN(run, scene, COMMANDS[i], "--nonsense", "--help");
        RUN(other, scene, "help", COMMANDS[i]);
        assert_int_equal(run.code, COMMANDS_OK);
        assert_int_equal(strncmp(run.out, head, strlen(head)), 0);
        assert_holds(run.out, "\nExit code");
        assert_string_equal(run.out, other.out);
        assert_string_equal(run.err, "");
        capture_release(&run);
        capture_release(&other);
    }
}

static void test_wrong_command_lines(void **state)
{
    struct scene *scene = *state;
    static const struct {
        const char *arguments[4];
        const char *said;
    } cases[] = {
        {{"frob"}, "corbridge: there is no command 'frob': corbridge help lists them\n"},
        {{"help", "frob"}, "corbridge: there is no command 'frob': corbridge help lists them\n"},
        {{"version", "--jsn"},
         "corbridge version: option '--jsn' is not known: corbridge version --help says which are\n"},
        {{"status", "--config"}, "corbridge status: --config needs a value behind it\n"},
        {{"status", "--config", ""}, "corbridge status: --config needs a value behind it\n"},
        {{"start", "now"},
         "corbridge start: 'now' is not expected here: corbridge start --help says what is\n"},
        {{"demo", "one", "two"},
         "corbridge demo: 'two' is not expected here: corbridge demo --help says what is\n"},
        {{"install", "--start", "sometimes"},
         "corbridge install: --start is auto or manual, not 'sometimes'\n"},
        {{"uninstall", "--everything"},
         "corbridge uninstall: option '--everything' is not known: corbridge uninstall --help says which are\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct capture run;
        capture_run(&run, scene->root, cases[i].arguments);
        assert_int_equal(run.code, COMMANDS_USAGE);
        assert_string_equal(run.err, cases[i].said);
        assert_string_equal(run.out, "");
        capture_release(&run);
    }
    struct capture run;
    capture_run(&run, scene->root, (const char *const[]){NULL});
    assert_int_equal(run.code, COMMANDS_USAGE);
    assert_holds(run.err, "corbridge COMMAND [OPTION...]");
    capture_release(&run);
}

/* ---- version ------------------------------------------------------------------------------------------------------------ */

static void test_version_says_what_was_built_in(void **state)
{
    struct scene *scene = *state;
    struct capture text;
    struct capture json;
    RUN(text, scene, "version");
    RUN(json, scene, "version", "--json");
    assert_int_equal(text.code, COMMANDS_OK);
    assert_int_equal(json.code, COMMANDS_OK);
    assert_true(capture_is_json(json.out));
    const char *const parts[] = {CORBRIDGE_VERSION,          CORBRIDGE_VERSION_COMMIT,
                                 CORBRIDGE_VERSION_COMPILER, CORBRIDGE_VERSION_SQLITE,
                                 CORBRIDGE_VERSION_LIBXML2,  CORBRIDGE_VERSION_CURL,
                                 zone_data_version()};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        assert_true(parts[i][0] != '\0');
        assert_holds(text.out, parts[i]);
        assert_holds(json.out, parts[i]);
    }
    /* What the build recorded is what is linked in. */
    assert_int_equal(
        strncmp(CORBRIDGE_VERSION_SQLITE, database_library_version(), strlen(database_library_version())), 0);
    capture_release(&text);
    capture_release(&json);
    RUN(text, scene, "--version");
    assert_int_equal(text.code, COMMANDS_OK);
    assert_int_equal(
        strncmp(text.out, "CorBridge " CORBRIDGE_VERSION, sizeof "CorBridge " CORBRIDGE_VERSION - 1), 0);
    capture_release(&text);
}

/* ---- Configurations that are missing or refused -------------------------------------------------------------------------- */

static void test_no_configuration(void **state)
{
    struct scene *scene = *state;
    char *path = path_join(scene->root, "none.xml");
    static const char *const commands[] = {"run", "status", "check"};
    for (size_t i = 0; i < 3; i++) {
        struct capture run;
        RUN(run, scene, commands[i], "--config", path);
        assert_int_equal(run.code, COMMANDS_NOT_FOUND);
        assert_holds(i == 2 ? run.out : run.err, path);
        assert_holds(i == 2 ? run.out : run.err, "name one with --config");
        capture_release(&run);
    }
    free(path);
}

static void test_refused_configuration_is_told_whole(void **state)
{
    struct scene *scene = *state;
    char *path = write_config(scene, "<corbridge>\n@DATA@\n<facility code='A' name='A' zone='Nowhere'/>\n"
                                     "<feed name='Jms' folder='in'/>\n</corbridge>\n");
    static const char *const commands[] = {"run", "status", "check"};
    for (size_t i = 0; i < 3; i++) {
        struct capture run;
        RUN(run, scene, commands[i], "--config", path);
        assert_int_equal(run.code, COMMANDS_REFUSED);
        const char *said = i == 2 ? run.out : run.err;
        assert_holds(said, "corbridge.xml:3: facility 'A': time zone 'Nowhere' is not known");
        assert_holds(said, "corbridge.xml:4: feed: name=\"Jms\" is not a name");
        assert_holds(said, "corbridge.xml:4: feed: folder 'in' is not a full path");
        capture_release(&run);
    }
    char *answer = commands_check_answer(path);
    assert_int_equal(strncmp(answer, "FAILED\tconfiguration\tcorbridge.xml:3: facility 'A'", 50), 0);
    free(answer);
    free(path);
}

/* ---- check -------------------------------------------------------------------------------------------------------------- */

static void test_check_in_order(void **state)
{
    struct scene *scene = *state;
    scene_make_folder(scene, "in");
    scene_make_folder(scene, "in/sub");
    scene_make_folder(scene, "out");
    scene_make_folder(scene, "data");
    char *in = path_join(scene->root, "in");
    static const char *const names[] = {"DEM1_0400.ini", "DEM2_0400.INI", "roster.csv"};
    for (size_t i = 0; i < 3; i++) {
        char *file = path_join(in, names[i]);
        assert_true(platform_ok(file_store(file, "x", 1)));
        free(file);
    }
    char *path = write_config(
        scene,
        "<corbridge>@DATA@@FACILITY@@FEED@@PHARMACY@<limits low-disk='64 MB'/><photos><root folder='@ROOT@/out'/></photos></corbridge>");
    struct capture text;
    struct capture json;
    RUN(text, scene, "check", "--config", path);
    RUN(json, scene, "check", "--config", path, "--json");
    assert_int_equal(text.code, COMMANDS_OK);
    assert_holds(text.out, "can be listed; files that wait: 2, that no rule takes: 1");
    assert_holds(text.out, "Facilities: 1, feeds: 1, pharmacies: 1");
    assert_holds(text.out, "OK       pharmacy diamond test ");
    assert_holds(text.out, "OK       photos ");
    assert_holds(text.out, "not there yet: it is made at the first start");
    assert_holds(text.out, " 0 failed\n");
    assert_lacks(text.out, "DEM1"); /* the suggested names hold booking numbers */
    assert_lacks(text.out, "roster.csv");
    assert_int_equal(json.code, COMMANDS_OK);
    assert_true(capture_is_json(json.out));
    assert_holds(json.out, "\"in_order\": true");
    assert_int_equal(count_entries(scene->root, "in"), 4);
    assert_int_equal(count_entries(scene->root, "out"), 0);
    assert_int_equal(count_entries(scene->root, "data"), 0);
    capture_release(&text);
    capture_release(&json);
    free(path);
    free(in);
}

static void test_check_says_what_failed_and_what_to_do(void **state)
{
    struct scene *scene = *state;
    scene_make_folder(scene, "data");
    char *path = write_config(
        scene,
        "<corbridge>@DATA@@FACILITY@@FEED@<pharmacy name='diamond' test-folder='@ROOT@/out'"
        " live-folder='@ROOT@/live'/><limits low-disk='10000 GB'/><photos><root folder='@ROOT@/none'/></photos>"
        "</corbridge>");
    struct capture text;
    struct capture json;
    RUN(text, scene, "check", "--config", path, "--here");
    RUN(json, scene, "check", "--config", path, "--json");
    assert_int_equal(text.code, COMMANDS_FAILED);
    assert_holds(text.out, "FAILED   feed jms ");
    assert_holds(text.out, "FAILED   pharmacy diamond test ");
    assert_holds(text.out, "FAILED   pharmacy diamond live ");
    assert_holds(text.out, "FAILED   photos ");
    assert_holds(text.out, "make the folder, or mend the path in the configuration");
    assert_holds(text.out, "below low-disk (10240000 MB): CorBridge takes no files until there is room");
    assert_holds(text.out, ", 5 failed\n");
    assert_int_equal(json.code, COMMANDS_FAILED);
    assert_true(capture_is_json(json.out));
    assert_holds(json.out, "\"in_order\": false");
    capture_release(&text);
    capture_release(&json);
    free(path);
}

static void test_check_of_a_damaged_database(void **state)
{
    struct scene *scene = *state;
    scene_make_folder(scene, "in");
    scene_make_folder(scene, "data/database");
    char *folder = path_join(scene->root, "data");
    char *database = path_join(folder, "database");
    char *file = path_join(database, "corbridge-test.db");
    char *path =
        write_config(scene, "<corbridge>@DATA@@FACILITY@@FEED@<limits low-disk='64 MB'/></corbridge>");
    assert_true(
        platform_ok(file_store(file, "this is no database at all, and long enough to be looked at", 59)));
    struct capture run;
    RUN(run, scene, "check", "--config", path);
    assert_int_equal(run.code, COMMANDS_FAILED);
    assert_holds(run.out, "FAILED   test database ");
    capture_release(&run);
    RUN(run, scene, "status", "--config", path, "--json");
    assert_int_equal(run.code, COMMANDS_FAILED);
    assert_true(capture_is_json(run.out));
    assert_lacks(run.out, "\"problem\": null");
    capture_release(&run);
    free(path);
    free(file);
    free(database);
    free(folder);
}

static void test_check_report_survives_its_text(void **state)
{
    (void)state;
    struct check_report report;
    struct check_report again;
    struct output out;
    struct output other;
    check_report_init(&report);
    check_report_init(&again);
    output_init(&out);
    output_init(&other);
    check_report_add(&report, CHECK_OK, "feed jms", "a\tb\r\nc %d", 7);
    check_report_add(&report, CHECK_WARNING, "disk", "low");
    check_report_add(&report, CHECK_FAILED, "data folder", "away");
    check_report_write(&report, &out);
    assert_string_equal(out.text, "OK\tfeed jms\ta b  c 7\nWARNING\tdisk\tlow\nFAILED\tdata folder\taway\n");
    assert_true(check_report_read(&again, out.text));
    check_report_write(&again, &other);
    assert_string_equal(out.text, other.text);
    assert_int_equal(again.count[CHECK_FAILED], 1);
    static const char *const wrong[] = {"OK\tarea\n", "ok\tarea\ttext\n", "text\n", "OK\t\ttext\n", "\n"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_false(check_report_read(&again, wrong[i]));
    output_release(&out);
    output_release(&other);
    check_report_release(&report);
    check_report_release(&again);
}

/* ---- demo, status, run --------------------------------------------------------------------------------------------------- */

/* What of the invented people may stand in no output that a person did not ask for patients with. */
static const char *const PATIENT_DATA[] = {"DOE",      "JOHN", "ROE",  "JANE", "P000", "12345678",
                                           "87654321", "1946", "DEM1", "LOC1", "ISU"};

static void assert_no_patient_data(const char *text)
{
    for (size_t i = 0; i < sizeof PATIENT_DATA / sizeof PATIENT_DATA[0]; i++)
        assert_lacks(text, PATIENT_DATA[i]);
}

static void test_demo_shows_the_whole_way(void **state)
{
    struct scene *scene = *state;
    char *folder = path_join(scene->root, "demo & <one>");
    if (PATH_SEPARATOR == '\\') {
        free(folder);
        folder = path_join(scene->root, "demo & one");
    }
    char *config = path_join(folder, "corbridge.xml");
    struct capture demo;
    RUN(demo, scene, "demo", folder);
    if (demo.code != COMMANDS_OK)
        fail_msg("%s%s", demo.out, demo.err);
    assert_holds(demo.out, "patient   1: JMS P00012345, DOE, JOHN, born 1946-07-22, Male");
    assert_holds(demo.out, "facility VCSO, housing B-POD, bed 12, since 2017-06-20T21:32:04.000000Z");
    assert_holds(demo.out, "fault     file 2, line 6, BirthDate: date-not-in-calendar");
    assert_holds(demo.out, "|RDE^O11^RDE_O11|");
    assert_holds(demo.out, "DOE^JOHN^D");
    assert_no_patient_data(demo.err); /* the events */
    assert_int_equal(count_entries(folder, "in"), 0);
    assert_int_equal(count_entries(folder, "out"), 1);
    capture_release(&demo);

    struct capture run;
    RUN(run, scene, "status", "--config", config);
    assert_int_equal(run.code, COMMANDS_OK);
    assert_holds(run.out,
                 "feed jms: 2 files done, 1 in quarantine, 0 vanished, 0 at work, 0 still to be put away");
    assert_holds(run.out, "messages: 2 applied, 0 with nothing new, 0 open");
    assert_holds(run.out, "last file: ledger number 3, arrived ");
    assert_holds(run.out, "pharmacy diamond: 1 sent, 0 queued, 0 other");
    assert_no_patient_data(run.out);
    capture_release(&run);
    RUN(run, scene, "status", "--config", config, "--json");
    assert_int_equal(run.code, COMMANDS_OK);
    assert_true(capture_is_json(run.out));
    assert_holds(run.out, "\"world\": \"test\", \"problem\": null");
    assert_holds(run.out, "\"photos\": {\"waiting\": 0, \"failed\": 0}");
    assert_holds(run.out, "\"name\": \"jms\", \"configured\": true, \"done\": 2, \"quarantined\": 1");
    assert_holds(run.out, "\"name\": \"diamond\", \"configured\": true, \"queued\": 0, \"sent\": 1");
    assert_no_patient_data(run.out);
    capture_release(&run);
    RUN(run, scene, "check", "--config", config);
    assert_int_equal(run.code, COMMANDS_OK);
    assert_no_patient_data(run.out);
    capture_release(&run);

    RUN(run, scene, "demo", folder); /* never into a folder with anything in it */
    assert_int_equal(run.code, COMMANDS_FAILED);
    assert_holds(run.err, "is not empty: remove it, or name another");
    capture_release(&run);
    free(config);
    free(folder);
}

static void test_status_before_the_first_start(void **state)
{
    struct scene *scene = *state;
    char *path = write_config(scene, "<corbridge>@DATA@@FACILITY@@FEED@</corbridge>");
    struct capture run;
    RUN(run, scene, "status", "--config", path);
    assert_int_equal(run.code, COMMANDS_NOT_FOUND);
    assert_holds(run.err, "there is no database in '");
    assert_holds(run.err, "yet: the first start makes it");
    capture_release(&run);
    RUN(run, scene, "status", "--config", path, "--json");
    assert_int_equal(run.code, COMMANDS_NOT_FOUND);
    assert_true(capture_is_json(run.out));
    assert_holds(run.out, "\"worlds\": [\n]");
    capture_release(&run);
    free(path);
}

static void test_run_until_idle_and_one_instance(void **state)
{
    struct scene *scene = *state;
    scene_make_folder(scene, "in");
    scene_make_folder(scene, "elsewhere");
    char *data = path_join(scene->root, "elsewhere");
    char *path =
        write_config(scene, "<corbridge>@DATA@@FACILITY@@FEED@<limits low-disk='64 MB'/></corbridge>");
    struct capture run;
    RUN(run, scene, "run", "--config", path, "--data", data, "--until-idle");
    assert_int_equal(run.code, COMMANDS_OK);
    assert_holds(run.err, "CorBridge runs with ");
    assert_holds(run.err, "information 100  ");
    assert_holds(run.err, "information 101  ");
    assert_string_equal(run.out, "");
    capture_release(&run);

    config_faults_release(&scene->faults);
    config_faults_init(&scene->faults);
    scene->config = config_load(path, data, &scene->faults);
    assert_non_null(scene->config);
    char message[600];
    struct engine *engine = NULL;
    const struct engine_options options = {.config = scene->config};
    assert_int_equal(engine_start(&options, &engine, message, sizeof message), ENGINE_STARTED);
    RUN(run, scene, "run", "--config", path, "--data", data, "--until-idle");
    assert_int_equal(run.code, COMMANDS_LOCKED);
    assert_holds(run.err, "corbridge run: ");
    capture_release(&run);
    assert_true(engine_stop(engine, 60000, message, sizeof message));
    free(path);
    free(data);
}

/* ---- The service --------------------------------------------------------------------------------------------------------- */

#ifdef _WIN32
static void test_service_commands_without_a_service(void **state)
{
    struct scene *scene = *state;
    static const char *const commands[] = {"start", "stop"};
    for (size_t i = 0; i < 2; i++) {
        struct capture run;
        char said[100];
        RUN(run, scene, commands[i]);
        (void)snprintf(said, sizeof said,
                       "corbridge %s: the service is not installed: corbridge install does that\n",
                       commands[i]);
        assert_int_equal(run.code, COMMANDS_NOT_FOUND);
        assert_string_equal(run.err, said);
        capture_release(&run);
    }
}
#else
static void test_service_commands_without_windows(void **state)
{
    struct scene *scene = *state;
    static const char *const commands[] = {"start", "stop", "install", "uninstall"};
    for (size_t i = 0; i < 4; i++) {
        struct capture run;
        RUN(run, scene, commands[i]);
        assert_int_equal(run.code, COMMANDS_FAILED);
        assert_holds(run.err, "Windows service");
        assert_string_equal(run.out, "");
        capture_release(&run);
    }
}
#endif

/* ---- Output --------------------------------------------------------------------------------------------------------------- */

static void test_json_text(void **state)
{
    (void)state;
    static const struct {
        const char *text, *json;
    } cases[] = {
        {"", "\"\""},
        {"a\"b\\c", "\"a\\\"b\\\\c\""},
        {"line\nend\ttab\x01\x7F", "\"line\\nend\\u0009tab\\u0001\\u007f\""},
        {"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80", "\"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\""},
        {"\xFFx\xC3", "\"\\ufffdx\\ufffd\""},
        {"\xED\xA0\x80", "\"\\ufffd\\ufffd\\ufffd\""}, /* a lone surrogate, as a file name may hold */
        {NULL, "null"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct output out;
        output_init(&out);
        output_json_text(&out, cases[i].text);
        assert_string_equal(out.text, cases[i].json);
        assert_true(capture_is_json(out.text));
        output_release(&out);
    }
}

/* The judge of the other tests refuses what is no JSON. */
static void test_json_is_judged(void **state)
{
    (void)state;
    static const char *const good[] = {"{}", "[]", " [1, -2, 0]\n",
                                       "{\"a\": [true, null], \"b\": {\"c\": \"\\u00e9\"}}"};
    static const char *const bad[] = {"",       "{",       "[1,]", "{\"a\"}", "{a: 1}", "[1 2]",
                                      "\"\n\"", "\"\\x\"", "01",   "{} {}",   "'a'",    "[\"a]"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_true(capture_is_json(good[i]));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(capture_is_json(bad[i]));
}

int main(void)
{
    test_main_init();
#define SCENE(test) cmocka_unit_test_setup_teardown(test, scene_set_up, scene_tear_down)
    const struct CMUnitTest tests[] = {
        SCENE(test_help_lists_every_command),
        SCENE(test_every_command_has_help),
        SCENE(test_wrong_command_lines),
        SCENE(test_version_says_what_was_built_in),
        SCENE(test_no_configuration),
        SCENE(test_refused_configuration_is_told_whole),
        SCENE(test_check_in_order),
        SCENE(test_check_says_what_failed_and_what_to_do),
        SCENE(test_check_of_a_damaged_database),
        cmocka_unit_test(test_check_report_survives_its_text),
        SCENE(test_demo_shows_the_whole_way),
        SCENE(test_status_before_the_first_start),
        SCENE(test_run_until_idle_and_one_instance),
#ifdef _WIN32
        SCENE(test_service_commands_without_a_service),
#else
        SCENE(test_service_commands_without_windows),
#endif
        cmocka_unit_test(test_json_text),
        cmocka_unit_test(test_json_is_judged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
