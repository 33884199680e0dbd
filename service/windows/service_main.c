#include "service/windows/service_main.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "platform/file.h"
#include "platform/path.h"
#include "platform/process.h"
#include "platform/thread.h"
#include "platform/wide_win32.h"
#include "service/commands/commands.h"
#include "service/config.h"
#include "service/engine.h"
#include "service/event.h"
#include "service/log.h"
#include "service/windows/control.h"
#include "service/windows/event_log.h"
#include "service/windows/last_config.h"
#include "service/windows/scm_api.h"
#include "service/windows/status.h"

enum {
    /* Less than SETTINGS_PRESHUTDOWN_MS and than the 125 s after which the Services console gives up. */
    STOP_DEADLINE_MS = 60000,
    /* Meanwhile nothing is taken: one file that cannot be moved, of either world, must not keep every feed waiting. */
    ANEW_DEADLINE_MS = 10000
};

/* What the handler asks of the service thread: bits, since asking twice is asking once. */
enum {
    ASK_STOP = 1,
    ASK_PAUSE = 2,
    ASK_CONTINUE = 4,
    ASK_RELOAD = 8,
    ASK_WORK = 16,
    ASK_CHECK = 32,
    ASK_REOPEN = 64,  /* the machine has slept: watches of shares may be dead */
    ASK_RESTART = 128 /* what is live has changed */
};

static struct {
    const char *config_path; /* set before the dispatcher runs, then read only */
    const char *data_folder;
    struct mutex lock; /* for `asked` */
    struct condition changed;
    unsigned asked;
} module = {.lock = MUTEX_INITIALIZER};

/* What the service thread owns; other threads see only what says so. */
struct running {
    struct config *config;
    struct engine *engine;
    struct thread *check; /* the last check, to be joined */
    atomic_bool checking; /* it is still at work; cleared by its thread */
    bool paused;
};

/* ---- Control handler ----------------------------------------------------------------------------------- */

static void ask(unsigned what)
{
    mutex_lock(&module.lock);
    module.asked |= what;
    /* Of pause and continue the later one counts. */
    if (what == ASK_PAUSE)
        module.asked &= ~(unsigned)ASK_CONTINUE;
    else if (what == ASK_CONTINUE)
        module.asked &= ~(unsigned)ASK_PAUSE;
    condition_signal(&module.changed);
    mutex_unlock(&module.lock);
}

DWORD WINAPI service_main_handle(DWORD control, DWORD event_type, LPVOID event_data, LPVOID context)
{
    (void)event_data;
    (void)context;
    switch (control) {
    case SERVICE_CONTROL_STOP:
    case SERVICE_CONTROL_PRESHUTDOWN:
        status_set(SERVICE_STOP_PENDING);
        ask(ASK_STOP);
        return NO_ERROR;
    case SERVICE_CONTROL_PAUSE:
        status_set(SERVICE_PAUSE_PENDING);
        ask(ASK_PAUSE);
        return NO_ERROR;
    case SERVICE_CONTROL_CONTINUE:
        status_set(SERVICE_CONTINUE_PENDING);
        ask(ASK_CONTINUE);
        return NO_ERROR;
    case SERVICE_CONTROL_PARAMCHANGE: ask(ASK_RELOAD); return NO_ERROR;
    case SERVICE_CONTROL_POWEREVENT:
        if (event_type == PBT_APMRESUMEAUTOMATIC)
            ask(ASK_REOPEN);
        return NO_ERROR;
    case SERVICE_CONTROL_INTERROGATE: return NO_ERROR; /* the SCM has the state that was told last */
    case SERVICE_CODE_WORK: ask(ASK_WORK); return NO_ERROR;
    case SERVICE_CODE_CHECK: ask(ASK_CHECK); return NO_ERROR;
    default: return ERROR_CALL_NOT_IMPLEMENTED;
    }
}

/* Sleeps until something is asked; returns all of it and forgets it. */
static unsigned wait_until_asked(void)
{
    mutex_lock(&module.lock);
    while (module.asked == 0)
        (void)condition_wait(&module.changed, &module.lock, UINT32_MAX);
    unsigned asked = module.asked;
    module.asked = 0;
    mutex_unlock(&module.lock);
    return asked;
}

/* ---- Check --------------------------------------------------------------------------------------------- */

/* Writes what `check` finds with the rights of this process. Under another name first, so that a reader never
 * sees half. */
static void write_check_answer(void)
{
    struct platform_status status = {PLATFORM_NO_MEMORY, 0};
    char *text = commands_check_answer(module.config_path);
    char *path = path_join(module.data_folder, SERVICE_CHECK_ANSWER);
    if (text != NULL && path != NULL) {
        status = file_remove(path);
        if (platform_ok(status) || status.kind == PLATFORM_NOT_FOUND)
            status = file_store(path, text, strlen(text));
    }
    if (!platform_ok(status)) {
        char reason[256];
        platform_status_text(status, reason, sizeof reason);
        log_write(LOG_ERROR, "service", "the answer of check could not be written: %s", reason);
    }
    free(path);
    free(text);
}

static void check_thread(void *context)
{
    struct running *running = context;
    write_check_answer();
    atomic_store(&running->checking, false);
}

/* On a thread of its own: a share that does not answer may keep it for half a minute. While one is at work its
 * answer serves for whoever asks meanwhile. */
static void start_check(struct running *running)
{
    if (atomic_load(&running->checking))
        return;
    thread_join(running->check);
    running->check = NULL;
    atomic_store(&running->checking, true);
    if (!platform_ok(thread_start(&running->check, "check", check_thread, running))) {
        atomic_store(&running->checking, false);
        log_write(LOG_ERROR, "service", "no thread could be had for check");
    }
}

/* Cuts short what the check waits for, one share after the other. */
static void end_check(struct running *running)
{
    enum {
        POLL_MS = 20
    };
    while (atomic_load(&running->checking)) {
        thread_cancel_io(running->check);
        status_progress();
        Sleep(POLL_MS);
    }
    thread_join(running->check);
    running->check = NULL;
}

/* ---- Configuration and engine -------------------------------------------------------------------------- */

static void progress(void *context)
{
    (void)context;
    status_progress();
}

static void live_changed(void *context)
{
    (void)context;
    ask(ASK_RESTART);
}

static void report_refused(const struct config_faults *faults)
{
    char count[24];
    (void)snprintf(count, sizeof count, "%zu", faults->count);
    event_report(EVENT_CONFIGURATION_REFUSED,
                 faults->count > 0 ? faults->items[0].text : "no reason was given", count);
}

/* The configuration to start with: the file, else the copy of the last accepted one. NULL: neither; the event
 * is written. */
static struct config *load_at_start(void)
{
    struct config_faults faults;
    config_faults_init(&faults);
    struct config *config = config_load(module.config_path, NULL, &faults);
    if (config != NULL) {
        config_faults_release(&faults);
        return config;
    }
    if (last_config_refused_first_time(module.data_folder, module.config_path, &faults))
        report_refused(&faults);
    config_faults_release(&faults);

    char *copy = last_config_path(module.data_folder);
    if (copy != NULL) {
        config_faults_init(&faults);
        config = config_load(copy, NULL, &faults);
        config_faults_release(&faults);
    }
    if (config != NULL)
        log_write(LOG_WARNING, "service", "started with the last accepted configuration");
    free(copy);
    return config;
}

static enum service_exit exit_of(enum engine_start start)
{
    switch (start) {
    case ENGINE_STARTED: return SERVICE_EXIT_OK;
    case ENGINE_LOCKED: return SERVICE_EXIT_LOCKED;
    case ENGINE_DATABASE: return SERVICE_EXIT_DATABASE;
    case ENGINE_SYSTEM: break;
    }
    return SERVICE_EXIT_SYSTEM;
}

/* Starts the engine with running->config; paused, when the service is. */
static enum service_exit start_engine(struct running *running)
{
    char message[1024] = "";
    const struct engine_options options = {.config = running->config,
                                           .progress = progress,
                                           .live_changed = live_changed,
                                           .paused = running->paused};
    enum engine_start start = engine_start(&options, &running->engine, message, sizeof message);
    if (start != ENGINE_STARTED)
        running->engine = NULL; /* the engine has written the event */
    return exit_of(start);
}

/* What did not come to an end in time is as safe as after a crash; the engine has written the event about it. */
static void stop_engine(struct running *running, uint32_t deadline_ms)
{
    char message[1024];
    if (running->engine != NULL)
        (void)engine_stop(running->engine, deadline_ms, message, sizeof message);
    running->engine = NULL;
}

/* PARAMCHANGE. A configuration that is refused changes nothing (*refused); one with which the engine does not start gives
 * way to the one before. Returns SERVICE_EXIT_OK while an engine runs. */
static enum service_exit reload(struct running *running, bool *refused)
{
    struct config_faults faults;
    config_faults_init(&faults);
    struct config *fresh = config_load(module.config_path, NULL, &faults);
    if (fresh == NULL)
        report_refused(&faults);
    config_faults_release(&faults);
    *refused = fresh == NULL;
    if (fresh == NULL)
        return SERVICE_EXIT_OK;

    struct config *before = running->config;
    stop_engine(running, ANEW_DEADLINE_MS);
    running->config = fresh;
    enum service_exit exit_code = start_engine(running);
    if (exit_code != SERVICE_EXIT_OK) {
        running->config = before;
        config_free(fresh);
        return start_engine(running);
    }
    config_free(before);
    last_config_accepted(module.data_folder, module.config_path, fresh);
    char feeds[24];
    char pharmacies[24];
    (void)snprintf(feeds, sizeof feeds, "%zu", fresh->feed_count);
    (void)snprintf(pharmacies, sizeof pharmacies, "%zu", fresh->pharmacy_count);
    event_report(EVENT_CONFIGURATION_RELOADED, feeds, pharmacies);
    return SERVICE_EXIT_OK;
}

/* What is live has changed: the worlds share the feeds anew. */
static enum service_exit restart(struct running *running)
{
    stop_engine(running, ANEW_DEADLINE_MS);
    return start_engine(running);
}

/* ---- The service thread -------------------------------------------------------------------------------- */

static void set_paused(struct running *running, bool paused)
{
    if (running->paused != paused) {
        running->paused = paused;
        if (paused)
            engine_pause(running->engine);
        else
            engine_resume(running->engine);
    }
    status_set(paused ? SERVICE_PAUSED : SERVICE_RUNNING);
}

/* Acts on what is asked until the end. */
static enum service_exit serve(struct running *running)
{
    for (;;) {
        unsigned asked = wait_until_asked();
        if (asked & ASK_STOP)
            return SERVICE_EXIT_OK;
        if (asked & (ASK_PAUSE | ASK_CONTINUE))
            set_paused(running, (asked & ASK_PAUSE) != 0);
        enum service_exit exit_code = SERVICE_EXIT_OK;
        bool refused = true;
        if (asked & ASK_RELOAD)
            exit_code = reload(running, &refused);
        if (exit_code == SERVICE_EXIT_OK && (asked & ASK_RESTART) && refused) /* else it is anew already */
            exit_code = restart(running);
        if (exit_code != SERVICE_EXIT_OK)
            return exit_code;
        if (asked & ASK_WORK)
            engine_commands_now(running->engine);
        if (asked & (ASK_WORK | ASK_REOPEN))
            engine_scan_now(running->engine, (asked & ASK_REOPEN) != 0);
        if (asked & ASK_CHECK)
            start_check(running);
    }
}

/* From START_PENDING to the moment before STOPPED. */
static enum service_exit run(void)
{
    struct running running = {.config = NULL};
    enum service_exit exit_code = SERVICE_EXIT_CONFIGURATION;
    running.config = load_at_start();
    if (running.config != NULL) {
        exit_code = start_engine(&running);
        if (exit_code == SERVICE_EXIT_OK) {
            if (strcmp(running.config->path, module.config_path) == 0)
                last_config_accepted(module.data_folder, module.config_path, running.config);
            status_set(SERVICE_RUNNING);
            exit_code = serve(&running);
            status_set(SERVICE_STOP_PENDING);
            stop_engine(&running, STOP_DEADLINE_MS);
        }
    }
    end_check(&running);
    config_free(running.config);
    return exit_code;
}

void WINAPI service_main(DWORD argc, LPWSTR *argv)
{
    SERVICE_STATUS_HANDLE handle =
        scm_api->register_service_ctrl_handler(L"" SERVICE_NAME, service_main_handle, NULL);
    if (handle == NULL)
        return; /* without a handle nothing can be told; the SCM sees the process end */
    status_init(handle);
    status_set(SERVICE_START_PENDING);
    if (argc > 1 && wcscmp(argv[1], L"check") == 0) {
        /* Always exit code 0: any other would make the SCM start the service in earnest. */
        write_check_answer();
        status_stopped(0);
        return;
    }
    (void)event_log_open(); /* without it there is still the log file */
    enum service_exit exit_code = run();
    event_log_close();
    status_stopped((DWORD)exit_code);
}

int service_main_run(const char *config, const char *data_folder)
{
    static wchar_t name[] = L"" SERVICE_NAME;
    static const SERVICE_TABLE_ENTRYW table[] = {{name, service_main}, {NULL, NULL}};
    condition_init(&module.changed);
    module.config_path = config;
    module.data_folder = data_folder;
    module.asked = 0;
    if (scm_api->start_service_ctrl_dispatcher(table))
        return 0;
    DWORD error = GetLastError();
    if (error == ERROR_FAILED_SERVICE_CONTROLLER_CONNECT) {
        process_print_error(
            "corbridge: `service` is what the service control manager calls; use `corbridge start`, or "
            "`corbridge run` in a console\n");
    } else {
        char reason[256];
        char line[320];
        platform_status_text(platform_status_from_code(error), reason, sizeof reason);
        (void)snprintf(line, sizeof line, "corbridge: cannot connect to the service control manager: %s\n",
                       reason);
        process_print_error(line);
    }
    return 1;
}
