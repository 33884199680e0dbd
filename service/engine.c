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

#define ORDER_SIGNAL_NAME    "Global\\CorBridge.Order" /* RULES "Orders and answers" */
#define ORDER_SIGNAL_TURN_MS 60000u

struct engine {
    struct engine_options options;
    struct file *lock;
    char *pid_path;
    uint64_t started;
    struct live live;
    struct world_run *live_world;
    struct world_run *test_world; /* NULL: left out, event 802 */
    /* the named event by which writers announce orders; of both worlds, for one set wakes one waiter */
    struct order_signal *order_signal;
    struct thread *order_thread;
    struct mutex mutex;
    bool stopping;              /* under the mutex */
    struct world_run *follower; /* under the mutex: the test world while it copies */
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
    const char *folder = engine->options.config->data_folder;
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
    live_release(&engine->live);
    mutex_release(&engine->mutex);
    if (engine->lock) {
        (void)file_remove(engine->pid_path);
        (void)file_close(engine->lock);
    }
    free(engine->pid_path);
    free(engine);
}

/* ---- what the worlds tell ---- */

static void progress(void *context)
{
    struct engine *engine = context;
    if (engine->options.progress)
        engine->options.progress(engine->options.context);
}

static void live_changed(void *context)
{
    struct engine *engine = context;
    if (engine->options.live_changed)
        engine->options.live_changed(engine->options.context);
}

static void live_committed(void *context)
{
    struct engine *engine = context;
    mutex_lock(&engine->mutex);
    if (engine->follower)
        world_run_follow(engine->follower);
    mutex_unlock(&engine->mutex);
}

static void test_committed(void *context)
{
    (void)context; /* nobody follows the test world */
}

static void set_follower(struct engine *engine, struct world_run *follower)
{
    mutex_lock(&engine->mutex);
    engine->follower = follower;
    mutex_unlock(&engine->mutex);
}

/* ---- orders ---- */

static void look_now(struct engine *engine)
{
    world_run_look_now(engine->live_world);
    if (engine->test_world)
        world_run_look_now(engine->test_world);
}

static void order_run(void *context)
{
    struct engine *engine = context;
    for (;;) {
        bool set = order_signal_wait(engine->order_signal, ORDER_SIGNAL_TURN_MS);
        mutex_lock(&engine->mutex);
        bool stopping = engine->stopping;
        mutex_unlock(&engine->mutex);
        if (stopping)
            return;
        if (set)
            look_now(engine);
    }
}

/* Polling finds orders too: without the event they are found a little later. */
static void start_order_signal(struct engine *engine)
{
    struct platform_status status = order_signal_open(ORDER_SIGNAL_NAME, &engine->order_signal);
    if (platform_ok(status))
        status = thread_start(&engine->order_thread, "orders", order_run, engine);
    if (!platform_ok(status)) {
        char text[200];
        platform_status_text(status, text, sizeof text);
        log_write(LOG_WARNING, "orders", "the event %s cannot be had: %s", ORDER_SIGNAL_NAME, text);
    }
}

static void stop_order_signal(struct engine *engine)
{
    mutex_lock(&engine->mutex);
    engine->stopping = true;
    mutex_unlock(&engine->mutex);
    if (engine->order_thread) {
        order_signal_wake(engine->order_signal);
        thread_join(engine->order_thread);
    }
    order_signal_close(engine->order_signal);
}

/* ---- start and stop ---- */

/* Ends both worlds, live first. True when nothing was left in flight. */
static bool stop_worlds(struct engine *engine, uint64_t deadline)
{
    bool drained = true;
    set_follower(engine, NULL);
    if (engine->test_world)
        world_run_stop_following(engine->test_world);
    if (engine->live_world)
        drained = world_run_stop(engine->live_world, deadline);
    if (engine->test_world)
        drained = world_run_stop(engine->test_world, deadline) && drained;
    engine->live_world = engine->test_world = NULL;
    return drained;
}

/* Test is migrated first, then live. Live runs without a test world whose database is newer than this program, or, once anything is live, which cannot
 * be opened at all (RULES "Failing well", "Test and live"). */
static enum engine_start open_worlds(struct engine *engine, char *message, size_t size)
{
    const struct config *config = engine->options.config;
    struct world_callbacks callbacks = {progress, test_committed, live_changed, engine,
                                        engine->options.paused};
    char test_message[600] = "";
    bool newer = false;
    enum engine_start test = world_run_open(&engine->test_world, config, DATABASE_TEST, &callbacks, &newer,
                                            test_message, sizeof test_message);
    bool may_miss_test = test == ENGINE_STARTED || newer;
    callbacks.committed = live_committed;
    enum engine_start live =
        world_run_open(&engine->live_world, config, DATABASE_LIVE, &callbacks, &newer, message, size);
    if (live != ENGINE_STARTED)
        return live;
    if (world_run_read_live(engine->live_world, &engine->live) != DATABASE_OK) {
        (void)snprintf(message, size,
                       "what is live cannot be read from the live database; `corbridge check` looks at it");
        return ENGINE_DATABASE;
    }
    if (!may_miss_test && engine->live.count == 0) {
        (void)snprintf(message, size, "%s", test_message);
        return test;
    }
    if (test != ENGINE_STARTED)
        event_report(EVENT_TEST_LEFT_OUT, test_message);
    return ENGINE_STARTED;
}

static enum engine_start start_worlds(struct engine *engine, char *message, size_t size)
{
    enum engine_start result = open_worlds(engine, message, size);
    if (result == ENGINE_STARTED)
        result = world_run_start(engine->live_world, &engine->live, NULL, message, size);
    if (result != ENGINE_STARTED || !engine->test_world)
        return result;
    result = world_run_start(engine->test_world, &engine->live, engine->live_world, message, size);
    if (result == ENGINE_STARTED) {
        set_follower(engine, engine->test_world);
    } else if (engine->live.count > 0) {
        event_report(EVENT_TEST_LEFT_OUT, message);
        (void)world_run_stop(engine->test_world, clock_monotonic_ms());
        engine->test_world = NULL;
        result = ENGINE_STARTED;
    }
    return result;
}

static const char *worlds_that_run(const struct engine *engine)
{
    if (!engine->test_world)
        return "live, without test";
    return live_any_feed(&engine->live) ? "live and test" : "test";
}

enum engine_start engine_start(const struct engine_options *options, struct engine **out, char *message,
                               size_t message_size)
{
    *out = NULL;
    struct engine *engine = calloc(1, sizeof *engine);
    if (!engine) {
        (void)snprintf(message, message_size, "memory is exhausted; see what else uses the machine");
        return ENGINE_SYSTEM;
    }
    engine->options = *options;
    engine->started = clock_monotonic_ms();
    mutex_init(&engine->mutex);
    enum engine_start result = take_lock(engine, message, message_size);
    if (result == ENGINE_STARTED) {
        open_log(options->config);
        progress(engine);
        result = start_worlds(engine, message, message_size);
    }
    if (result != ENGINE_STARTED) {
        (void)stop_worlds(engine, clock_monotonic_ms());
        if (result != ENGINE_LOCKED)
            event_report(EVENT_START_FAILED, message);
        log_close();
        engine_free(engine);
        return result;
    }
    start_order_signal(engine);
    char feeds[24];
    (void)snprintf(feeds, sizeof feeds, "%zu", options->config->feed_count);
    event_report(EVENT_STARTED, CORBRIDGE_VERSION, worlds_that_run(engine), feeds);
    *out = engine;
    return ENGINE_STARTED;
}

bool engine_stop(struct engine *engine, uint32_t deadline_ms, char *message, size_t message_size)
{
    uint64_t now = clock_monotonic_ms();
    stop_order_signal(engine);
    bool drained = stop_worlds(engine, now + deadline_ms);
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

static void pause_worlds(struct engine *engine, bool paused)
{
    world_run_pause(engine->live_world, paused);
    if (engine->test_world)
        world_run_pause(engine->test_world, paused);
}

void engine_pause(struct engine *engine)
{
    pause_worlds(engine, true);
    event_report(EVENT_PAUSED);
}

void engine_resume(struct engine *engine)
{
    pause_worlds(engine, false);
    event_report(EVENT_CONTINUED);
}

void engine_scan_now(struct engine *engine, bool reopen)
{
    world_run_scan_now(engine->live_world, reopen);
    if (engine->test_world)
        world_run_scan_now(engine->test_world, reopen);
}

void engine_commands_now(struct engine *engine)
{
    look_now(engine);
}

void engine_figures(struct engine *engine, struct engine_figures *out)
{
    memset(out, 0, sizeof *out);
    world_run_figures(engine->live_world, out);
    if (engine->test_world)
        world_run_figures(engine->test_world, out);
}

/* Live first: what it commits asks the test world to follow before it is idle. */
static bool is_idle(struct engine *engine)
{
    return world_run_is_idle(engine->live_world) &&
           (!engine->test_world || world_run_is_idle(engine->test_world));
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
    while (!(idle = is_idle(engine)) && clock_monotonic_ms() < end)
        (void)condition_wait(&never, &lock, IDLE_LOOK_MS);
    mutex_unlock(&lock);
    condition_release(&never);
    mutex_release(&lock);
    return idle;
}
