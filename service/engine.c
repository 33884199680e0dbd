#include "service/engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "corbridge_version.h"
#include "platform/clock.h"
#include "platform/file.h"
#include "platform/folder.h"
#include "platform/path.h"
#include "platform/process.h"
#include "platform/thread.h"
#include "service/event.h"
#include "service/log.h"
#include "service/world_run.h"

#define LOCK_FILE     "corbridge.lock"
#define LOCK_PID_FILE "corbridge.pid" /* beside the lock, which nobody else can read */
#define IDLE_LOOK_MS  5u

struct engine {
    const struct config *config;
    struct file *lock;
    char *pid_path;
    struct world_run *test; /* the live world stands beside it from the next step on */
    uint64_t started;
};

/* ---- one instance per data folder ---- */

static void read_first_process(const char *pid_path, char out[24])
{
    char *bytes = NULL;
    size_t size = 0;
    (void)snprintf(out, 24, "unknown");
    if (platform_ok(file_load(pid_path, 20, &bytes, &size)))
        (void)snprintf(out, 24, "%s", bytes);
    free(bytes);
}

static enum engine_start take_lock(struct engine *engine, char *message, size_t size)
{
    const char *folder = engine->config->data_folder;
    char text[200];
    enum engine_start result = ENGINE_SYSTEM;
    char *path = path_join(folder, LOCK_FILE);
    engine->pid_path = path_join(folder, LOCK_PID_FILE);
    if (!path || !engine->pid_path) {
        (void)snprintf(message, size, "memory is exhausted; see what else uses the machine");
        goto out;
    }
    struct platform_status status = folder_make(folder);
    if (platform_ok(status))
        status = file_open_exclusive(path, &engine->lock);
    if (status.kind == PLATFORM_BUSY) {
        char first[24];
        read_first_process(engine->pid_path, first);
        (void)snprintf(message, size,
                       "another CorBridge (process %s) runs on this data folder; stop it first", first);
        event_report(EVENT_ALREADY_RUNNING, first, folder);
        result = ENGINE_LOCKED;
        goto out;
    }
    if (!platform_ok(status)) {
        platform_status_text(status, text, sizeof text);
        (void)snprintf(
            message, size,
            "the data folder cannot be used: %s; give the service's account the right to write there", text);
        goto out;
    }
    char pid[24];
    int length = snprintf(pid, sizeof pid, "%u", (unsigned)process_id());
    (void)file_remove(engine->pid_path);
    if (length > 0)
        (void)file_store(engine->pid_path, pid,
                         (size_t)length); /* only for the message of a second process */
    result = ENGINE_STARTED;
out:
    free(path);
    return result;
}

static void open_log(const struct config *config)
{
    char *folder = path_join(config->data_folder, "logs");
    if (!folder)
        return;
    struct platform_status status = folder_make(folder);
    if (platform_ok(status))
        status = log_open(folder, (size_t)config->log_megabytes * 1024 * 1024, config->log_keep);
    if (!platform_ok(status)) {
        char text[200];
        platform_status_text(status, text, sizeof text);
        event_report(EVENT_RIGHTS_NOT_SET, "logs", text);
    }
    free(folder);
}

static void engine_free(struct engine *engine)
{
    if (engine->lock) {
        (void)file_remove(engine->pid_path);
        (void)file_close(engine->lock);
    }
    free(engine->pid_path);
    free(engine);
}

/* ---- start and stop ---- */

enum engine_start engine_start(const struct engine_options *options, struct engine **out, char *message,
                               size_t message_size)
{
    *out = NULL;
    struct engine *engine = calloc(1, sizeof *engine);
    if (!engine) {
        (void)snprintf(message, message_size, "memory is exhausted; see what else uses the machine");
        return ENGINE_SYSTEM;
    }
    engine->config = options->config;
    engine->started = clock_monotonic_ms();
    enum engine_start result = take_lock(engine, message, message_size);
    if (result == ENGINE_STARTED) {
        open_log(options->config);
        if (options->progress)
            options->progress(options->context);
        result = world_run_start(&engine->test, options, DATABASE_TEST, message, message_size);
    }
    if (result != ENGINE_STARTED) {
        if (result != ENGINE_LOCKED)
            event_report(EVENT_START_FAILED, message);
        log_close();
        engine_free(engine);
        return result;
    }
    char feeds[24];
    (void)snprintf(feeds, sizeof feeds, "%zu", options->config->feed_count);
    event_report(EVENT_STARTED, CORBRIDGE_VERSION, "test", feeds);
    *out = engine;
    return ENGINE_STARTED;
}

bool engine_stop(struct engine *engine, uint32_t deadline_ms, char *message, size_t message_size)
{
    uint64_t now = clock_monotonic_ms();
    bool drained = world_run_stop(engine->test, now + deadline_ms);
    if (!drained) {
        (void)snprintf(message, message_size, "files that were applied and could not be put away in time");
        event_report(EVENT_STOP_DEADLINE, message);
    }
    char seconds[24];
    (void)snprintf(seconds, sizeof seconds, "%llu",
                   (unsigned long long)((clock_monotonic_ms() - engine->started) / 1000));
    event_report(EVENT_STOPPED, seconds);
    log_close();
    engine_free(engine);
    return drained;
}

/* ---- while it runs ---- */

void engine_pause(struct engine *engine)
{
    world_run_pause(engine->test, true);
    event_report(EVENT_PAUSED);
}

void engine_resume(struct engine *engine)
{
    world_run_pause(engine->test, false);
    event_report(EVENT_CONTINUED);
}

void engine_scan_now(struct engine *engine, bool reopen)
{
    world_run_scan_now(engine->test, reopen);
}

void engine_commands_now(struct engine *engine)
{
    world_run_look_now(engine->test);
}

void engine_figures(struct engine *engine, struct engine_figures *out)
{
    memset(out, 0, sizeof *out);
    world_run_figures(engine->test, out);
}

bool engine_wait_idle(struct engine *engine, uint32_t milliseconds)
{
    uint64_t end = clock_monotonic_ms() + milliseconds;
    struct mutex lock;
    struct condition never;
    mutex_init(&lock);
    condition_init(&never);
    mutex_lock(&lock);
    bool idle;
    /* Many rooms must be idle at one time: looking at them from outside is simpler than a message from each. */
    while (!(idle = world_run_is_idle(engine->test)) && clock_monotonic_ms() < end)
        (void)condition_wait(&never, &lock, IDLE_LOOK_MS);
    mutex_unlock(&lock);
    condition_release(&never);
    mutex_release(&lock);
    return idle;
}
