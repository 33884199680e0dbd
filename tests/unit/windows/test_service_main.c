/* The service against a played service control manager and a played engine: the whole conversation, state by state. */
#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"
#include "tests/unit/windows/fake_scm.h"

#include <stdlib.h>
#include <string.h>

#include "platform/clock.h"
#include "platform/file.h"
#include "platform/path.h"
#include "platform/thread.h"
#include "service/commands/commands.h"
#include "service/config.h"
#include "service/engine.h"
#include "service/windows/last_config.h"
#include "service/windows/control.h"
#include "service/windows/service_main.h"

#define START_PENDING "state 2 accepts 0x0 checkpoint 1 hint 30000 exit 0/0\n"
#define RUNNING       "state 4 accepts 0x14b checkpoint 0 hint 0 exit 0/0\n"
#define PAUSED        "state 7 accepts 0x14b checkpoint 0 hint 0 exit 0/0\n"
#define STOP_PENDING  "state 3 accepts 0x0 checkpoint 1 hint 30000 exit 0/0\n"
#define STOPPED       "state 1 accepts 0x0 checkpoint 0 hint 0 exit 0/0\n"

/* ---- What the service stands on, played ----------------------------------------------------------------------------------- */

static struct {
    bool refuse_file, refuse_copy;
    enum engine_start start;
    void (*live_changed)(void *context);
    void *context;
    void (*during_scan)(void); /* on the service thread, which is not waiting then */
} played;

static const struct engine *const ENGINE = (const struct engine *)(uintptr_t)0x50;

void config_faults_init(struct config_faults *faults)
{
    static struct config_fault fault = {3, "corbridge.xml:3: there is no <feed>"};
    memset(faults, 0, sizeof *faults);
    faults->items = &fault;
    faults->count = 1;
}

void config_faults_release(struct config_faults *faults)
{
    (void)faults;
}

struct config *config_load(const char *path, const char *data_override, struct config_faults *faults)
{
    (void)faults;
    assert_null(data_override);
    bool copy = strcmp(path_name(path), "corbridge.accepted.xml") == 0;
    fake_scm_note("load %s", path_name(path));
    if (copy ? played.refuse_copy : played.refuse_file)
        return NULL;
    struct config *config = calloc(1, sizeof *config);
    config->path = copy ? "copy" : "file";
    if (!copy)
        config->path = path;
    static const struct config_feed feeds[2];
    config->feeds = feeds;
    config->feed_count = 2;
    config->pharmacy_count = 1;
    return config;
}

void config_free(struct config *config)
{
    free(config);
}

enum engine_start engine_start(const struct engine_options *options, struct engine **out, char *message,
                               size_t message_size)
{
    assert_true(message_size > 0);
    message[0] = '\0';
    options->progress(options->context);
    played.live_changed = options->live_changed;
    played.context = options->context;
    fake_scm_note("engine start%s", options->paused ? " paused" : "");
    *out = played.start == ENGINE_STARTED ? (struct engine *)(uintptr_t)ENGINE : NULL;
    return played.start;
}

bool engine_stop(struct engine *engine, uint32_t deadline_ms, char *message, size_t message_size)
{
    assert_ptr_equal(engine, ENGINE);
    assert_true(message_size > 0);
    message[0] = '\0';
    fake_scm_note("engine stop within %u ms", deadline_ms);
    return true;
}

void engine_pause(struct engine *engine)
{
    assert_ptr_equal(engine, ENGINE);
    fake_scm_note("engine pause");
}

void engine_resume(struct engine *engine)
{
    assert_ptr_equal(engine, ENGINE);
    fake_scm_note("engine resume");
}

void engine_scan_now(struct engine *engine, bool reopen)
{
    assert_ptr_equal(engine, ENGINE);
    fake_scm_note("engine scan%s", reopen ? " and reopen" : "");
    if (played.during_scan)
        played.during_scan();
}

void engine_commands_now(struct engine *engine)
{
    assert_ptr_equal(engine, ENGINE);
    fake_scm_note("engine commands");
}

char *commands_check_answer(const char *config_path)
{
    fake_scm_note("check %s", path_name(config_path));
    return _strdup("OK\tconfiguration\tread\n");
}

/* ---- A service that runs on a thread of its own --------------------------------------------------------------------------- */

struct scene {
    char *folder, *config, *answer;
    struct thread *thread;
    int exit_code;
};

static int set_up(void **state)
{
    fake_scm_set_up(NULL);
    memset(&played, 0, sizeof played);
    struct scene *scene = calloc(1, sizeof *scene);
    scene->folder = test_temp_dir("service-main");
    scene->config = path_join(scene->folder, "corbridge.xml");
    scene->answer = path_join(scene->folder, SERVICE_CHECK_ANSWER);
    assert_int_equal(file_store(scene->config, "<a/>", 4).kind, PLATFORM_OK);
    *state = scene;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *scene = *state;
    thread_join(scene->thread);
    test_temp_remove(scene->folder);
    free(scene->folder);
    free(scene->config);
    free(scene->answer);
    free(scene);
    return fake_scm_tear_down(NULL);
}

static void run_service(void *context)
{
    struct scene *scene = context;
    scene->exit_code = service_main_run(scene->config, scene->folder);
}

static void start(struct scene *scene)
{
    assert_int_equal(thread_start(&scene->thread, "service", run_service, scene).kind, PLATFORM_OK);
}

static DWORD control(DWORD code)
{
    return fake_scm_handler()(code, 0, NULL, NULL);
}

static void finish(struct scene *scene)
{
    thread_join(scene->thread);
    scene->thread = NULL;
}

/* ---- Tests ---------------------------------------------------------------------------------------------------------------- */

static void from_start_to_stop(void **state)
{
    struct scene *scene = *state;
    start(scene);
    fake_scm_wait_for(RUNNING);
    assert_int_equal(control(SERVICE_CONTROL_STOP), NO_ERROR);
    finish(scene);
    assert_int_equal(scene->exit_code, 0);
    assert_string_equal(fake_scm_calls(),
                        "dispatcher for CorBridge\n"
                        "handler for CorBridge\n" START_PENDING "event source - CorBridge\n"
                        "load corbridge.xml\n"
                        "state 2 accepts 0x0 checkpoint 2 hint 30000 exit 0/0\n"
                        "engine start\n" RUNNING STOP_PENDING "engine stop within 60000 ms\n"
                        "event source closed\n" STOPPED);
}

static void preshutdown_stops_like_stop(void **state)
{
    struct scene *scene = *state;
    start(scene);
    fake_scm_wait_for(RUNNING);
    assert_int_equal(control(SERVICE_CONTROL_PRESHUTDOWN), NO_ERROR);
    finish(scene);
    assert_non_null(strstr(fake_scm_calls(), "engine stop within 60000 ms\nevent source closed\n" STOPPED));
}

static void pause_and_continue(void **state)
{
    struct scene *scene = *state;
    start(scene);
    fake_scm_wait_for(RUNNING);
    assert_int_equal(control(SERVICE_CONTROL_PAUSE), NO_ERROR);
    fake_scm_wait_for(PAUSED);
    fake_scm_forget_calls();
    assert_int_equal(control(SERVICE_CONTROL_CONTINUE), NO_ERROR);
    fake_scm_wait_for(RUNNING);
    assert_string_equal(fake_scm_calls(),
                        "state 5 accepts 0x0 checkpoint 1 hint 30000 exit 0/0\nengine resume\n" RUNNING);
    assert_int_equal(control(SERVICE_CONTROL_STOP), NO_ERROR);
    finish(scene);
}

static void controls_reach_the_engine(void **state)
{
    struct scene *scene = *state;
    start(scene);
    fake_scm_wait_for(RUNNING);
    fake_scm_forget_calls();
    assert_int_equal(control(SERVICE_CODE_WORK), NO_ERROR);
    fake_scm_wait_for("engine scan\n");
    assert_string_equal(fake_scm_calls(), "engine commands\nengine scan\n");
    assert_int_equal(fake_scm_handler()(SERVICE_CONTROL_POWEREVENT, PBT_APMRESUMEAUTOMATIC, NULL, NULL),
                     NO_ERROR);
    fake_scm_wait_for("engine scan and reopen\n");
    /* Other power events, and being asked for the state, change nothing; what is not known is refused. */
    fake_scm_forget_calls();
    assert_int_equal(fake_scm_handler()(SERVICE_CONTROL_POWEREVENT, PBT_APMSUSPEND, NULL, NULL), NO_ERROR);
    assert_int_equal(control(SERVICE_CONTROL_INTERROGATE), NO_ERROR);
    assert_int_equal(control(200), ERROR_CALL_NOT_IMPLEMENTED);
    assert_int_equal(control(SERVICE_CONTROL_SHUTDOWN), ERROR_CALL_NOT_IMPLEMENTED);
    assert_string_equal(fake_scm_calls(), "");
    assert_int_equal(control(SERVICE_CONTROL_STOP), NO_ERROR);
    finish(scene);
}

static void reload_takes_a_new_configuration(void **state)
{
    struct scene *scene = *state;
    start(scene);
    fake_scm_wait_for(RUNNING);
    fake_scm_forget_calls();
    assert_int_equal(control(SERVICE_CONTROL_PARAMCHANGE), NO_ERROR);
    fake_scm_wait_for("  1: 1\n"); /* the event's second insert */
    assert_string_equal(fake_scm_calls(),
                        "load corbridge.xml\nengine stop within 10000 ms\nengine start\n"
                        "event type 4 category 0 id 0x400000c9 strings 2\n  1: 2\n  1: 1\n");
    assert_int_equal(control(SERVICE_CONTROL_STOP), NO_ERROR);
    finish(scene);
}

static void what_went_live_starts_the_engine_anew_and_a_pause_stays(void **state)
{
    struct scene *scene = *state;
    start(scene);
    fake_scm_wait_for(RUNNING);
    assert_int_equal(control(SERVICE_CONTROL_PAUSE), NO_ERROR);
    fake_scm_wait_for(PAUSED);
    fake_scm_forget_calls();
    played.live_changed(played.context);
    fake_scm_wait_for("engine start paused\n");
    assert_int_equal(control(SERVICE_CONTROL_PARAMCHANGE), NO_ERROR);
    fake_scm_wait_for("  1: 1\n");
    assert_string_equal(fake_scm_calls(),
                        "engine stop within 10000 ms\nengine start paused\n"
                        "load corbridge.xml\nengine stop within 10000 ms\nengine start paused\n"
                        "event type 4 category 0 id 0x400000c9 strings 2\n  1: 2\n  1: 1\n");
    assert_int_equal(control(SERVICE_CONTROL_STOP), NO_ERROR);
    finish(scene);
}

static void a_refused_reload_keeps_the_running_one(void **state)
{
    struct scene *scene = *state;
    start(scene);
    fake_scm_wait_for(RUNNING);
    fake_scm_forget_calls();
    played.refuse_file = true;
    assert_int_equal(control(SERVICE_CONTROL_PARAMCHANGE), NO_ERROR);
    fake_scm_wait_for("  1: 1\n");
    assert_string_equal(fake_scm_calls(),
                        "load corbridge.xml\nevent type 1 category 0 id 0xc00000c8 strings 2\n"
                        "  35: corbridge.xml:3: there is no <feed>\n  1: 1\n");
    assert_int_equal(control(SERVICE_CONTROL_STOP), NO_ERROR);
    finish(scene);
}

static void change_live_and_reload(void)
{
    played.during_scan = NULL;
    played.live_changed(played.context);
    (void)control(SERVICE_CONTROL_PARAMCHANGE);
}

/* Both at once: a configuration that is refused does not swallow the other. */
static void what_went_live_is_not_lost_in_a_refused_reload(void **state)
{
    struct scene *scene = *state;
    start(scene);
    fake_scm_wait_for(RUNNING);
    played.refuse_file = true;
    played.during_scan = change_live_and_reload;
    assert_int_equal(control(SERVICE_CODE_WORK), NO_ERROR);
    fake_scm_wait_for("  1: 1\nengine stop within 10000 ms\nengine start\n");
    /* An accepted one starts the engine anew, and once is enough. */
    fake_scm_forget_calls();
    played.refuse_file = false;
    played.during_scan = change_live_and_reload;
    assert_int_equal(control(SERVICE_CODE_WORK), NO_ERROR);
    fake_scm_wait_for("  1: 1\n");
    assert_int_equal(control(SERVICE_CODE_CHECK), NO_ERROR);
    fake_scm_wait_for("check corbridge.xml\n");
    assert_string_equal(
        fake_scm_calls(),
        "engine commands\nengine scan\nload corbridge.xml\nengine stop within 10000 ms\nengine start\n"
        "event type 4 category 0 id 0x400000c9 strings 2\n  1: 2\n  1: 1\ncheck corbridge.xml\n");
    assert_int_equal(control(SERVICE_CONTROL_STOP), NO_ERROR);
    finish(scene);
}

static void a_refused_configuration_stops_with_code_20(void **state)
{
    struct scene *scene = *state;
    played.refuse_file = played.refuse_copy = true;
    start(scene);
    finish(scene);
    const char *calls = fake_scm_calls();
    assert_non_null(strstr(calls, "event type 1 category 0 id 0xc00000c8 strings 2\n"));
    assert_non_null(strstr(calls, "load corbridge.accepted.xml\n"));
    assert_null(strstr(calls, "engine start"));
    assert_non_null(
        strstr(calls, "event source closed\nstate 1 accepts 0x0 checkpoint 0 hint 0 exit 1066/20\n"));
    /* Windows starts it again every two minutes: the same content is not told again. */
    fake_scm_forget_calls();
    start(scene);
    finish(scene);
    assert_null(strstr(fake_scm_calls(), "event type"));
    assert_non_null(strstr(fake_scm_calls(), "exit 1066/20\n"));
}

static void a_refused_configuration_gives_way_to_the_accepted_one(void **state)
{
    struct scene *scene = *state;
    played.refuse_file = true;
    start(scene);
    fake_scm_wait_for(RUNNING);
    assert_non_null(strstr(fake_scm_calls(), "id 0xc00000c8"));
    assert_int_equal(control(SERVICE_CONTROL_STOP), NO_ERROR);
    finish(scene);
    assert_non_null(strstr(fake_scm_calls(), STOPPED));
}

static void what_ran_is_kept_as_accepted(void **state)
{
    struct scene *scene = *state;
    start(scene);
    fake_scm_wait_for(RUNNING);
    assert_int_equal(control(SERVICE_CONTROL_STOP), NO_ERROR);
    finish(scene);
    char *path = last_config_path(scene->folder);
    char *text;
    size_t size;
    assert_int_equal(file_load(path, 100, &text, &size).kind, PLATFORM_OK);
    assert_string_equal(text, "<a/>");
    free(text);
    free(path);
}

static void assert_exit(struct scene *scene, enum engine_start result, const char *expected)
{
    played.start = result;
    fake_scm_forget_calls();
    start(scene);
    finish(scene);
    assert_null(strstr(fake_scm_calls(), RUNNING));
    assert_null(strstr(fake_scm_calls(), "engine stop"));
    assert_non_null(strstr(fake_scm_calls(), expected));
}

static void each_failure_has_its_code(void **state)
{
    struct scene *scene = *state;
    assert_exit(scene, ENGINE_LOCKED, "hint 0 exit 1066/21\n");
    assert_exit(scene, ENGINE_DATABASE, "hint 0 exit 1066/22\n");
    assert_exit(scene, ENGINE_SYSTEM, "hint 0 exit 1066/23\n");
}

static char *answer_text(const struct scene *scene)
{
    char *text;
    size_t size;
    return platform_ok(file_load(scene->answer, 1000, &text, &size)) ? text : NULL;
}

static void check_of_a_running_service_leaves_its_answer(void **state)
{
    struct scene *scene = *state;
    start(scene);
    fake_scm_wait_for(RUNNING);
    assert_int_equal(control(SERVICE_CODE_CHECK), NO_ERROR);
    char *text = NULL;
    for (uint64_t end = clock_monotonic_ms() + 10000; text == NULL && clock_monotonic_ms() < end; Sleep(5))
        text = answer_text(scene);
    assert_int_equal(control(SERVICE_CONTROL_STOP), NO_ERROR);
    finish(scene);
    assert_non_null(text);
    assert_string_equal(text, "OK\tconfiguration\tread\n");
    free(text);
}

static void check_of_a_stopped_service_always_ends_with_0(void **state)
{
    struct scene *scene = *state;
    wchar_t name[] = L"CorBridge";
    wchar_t check[] = L"check";
    LPWSTR arguments[] = {name, check};
    fake_scm.dispatcher_fails = true; /* only to set the paths; the SCM's call is played here */
    assert_int_equal(service_main_run(scene->config, scene->folder), 1);
    assert_int_equal(file_store(scene->answer, "an old answer", 13).kind, PLATFORM_OK);
    fake_scm_forget_calls();
    played.refuse_file = true;
    service_main(2, arguments);
    assert_string_equal(fake_scm_calls(),
                        "handler for CorBridge\n" START_PENDING "check corbridge.xml\n" STOPPED);
    char *text = answer_text(scene);
    assert_string_equal(text, "OK\tconfiguration\tread\n");
    free(text);
}

int main(void)
{
    test_main_init();
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(from_start_to_stop),
        CASE(preshutdown_stops_like_stop),
        CASE(pause_and_continue),
        CASE(controls_reach_the_engine),
        CASE(reload_takes_a_new_configuration),
        CASE(what_went_live_starts_the_engine_anew_and_a_pause_stays),
        CASE(a_refused_reload_keeps_the_running_one),
        CASE(what_went_live_is_not_lost_in_a_refused_reload),
        CASE(a_refused_configuration_stops_with_code_20),
        CASE(a_refused_configuration_gives_way_to_the_accepted_one),
        CASE(what_ran_is_kept_as_accepted),
        CASE(each_failure_has_its_code),
        CASE(check_of_a_running_service_leaves_its_answer),
        CASE(check_of_a_stopped_service_always_ends_with_0),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
