/* corbridge run: the engine in this console, as the service runs it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/process.h"
#include "platform/thread.h"
#include "service/commands/command.h"
#include "service/commands/console.h"
#include "service/commands/output.h"
#include "service/engine.h"
#include "service/log.h"

#define STOP_DEADLINE_MS 60000
#define ANEW_DEADLINE_MS 10000 /* as in the service: meanwhile nothing is taken */

/* Set once by Ctrl+C; static, since the interrupt may come at any time of the process's life. */
static struct {
    struct mutex lock;
    struct condition changed;
    bool wanted;
    bool live_changed; /* a command put something into the live world or back */
} stop;

static void on_interrupt(void *context)
{
    (void)context;
    mutex_lock(&stop.lock);
    stop.wanted = true;
    condition_broadcast(&stop.changed);
    mutex_unlock(&stop.lock);
}

static bool stop_wanted(void)
{
    mutex_lock(&stop.lock);
    bool wanted = stop.wanted;
    mutex_unlock(&stop.lock);
    return wanted;
}

static void on_live_changed(void *context)
{
    (void)context;
    mutex_lock(&stop.lock);
    stop.live_changed = true;
    condition_broadcast(&stop.changed);
    mutex_unlock(&stop.lock);
}

/* Whether the engine is to be started anew; asked once for each change. */
static bool take_live_changed(void)
{
    mutex_lock(&stop.lock);
    bool changed = stop.live_changed && !stop.wanted;
    stop.live_changed = false;
    mutex_unlock(&stop.lock);
    return changed;
}

static void wait_for_stop(void)
{
    mutex_lock(&stop.lock);
    while (!stop.wanted && !stop.live_changed)
        (void)condition_wait(&stop.changed, &stop.lock, UINT32_MAX);
    mutex_unlock(&stop.lock);
}

static int exit_of(enum engine_start started)
{
    return started == ENGINE_LOCKED ? COMMANDS_LOCKED : COMMANDS_FAILED;
}

/* The engine once, until it is to stop or to start anew (*again). */
static int serve(const struct config *config, bool until_idle, bool *again)
{
    char message[600] = "";
    struct engine *engine = NULL;
    const struct engine_options options = {.config = config, .live_changed = on_live_changed};
    enum engine_start started = engine_start(&options, &engine, message, sizeof message);
    *again = false;
    if (started != ENGINE_STARTED) {
        output_error("corbridge run: %s", message);
        return exit_of(started);
    }
    output_error("CorBridge runs with %s; Ctrl+C stops it.", config->path);
    if (until_idle) {
        while (!stop_wanted() && !engine_wait_idle(engine, 500)) {
            /* Still at work: look again, and at Ctrl+C. */
        }
    } else {
        wait_for_stop();
    }
    bool whole = engine_stop(engine, stop_wanted() || until_idle ? STOP_DEADLINE_MS : ANEW_DEADLINE_MS,
                             message, sizeof message);
    if (!whole)
        output_error("corbridge run: %s", message);
    *again = take_live_changed();
    return whole ? COMMANDS_OK : COMMANDS_FAILED;
}

static int run(int argc, char **argv)
{
    const char *path = NULL;
    const char *data = NULL;
    bool until_idle = false;
    bool verbose = false;
    const struct command_option options[] = {
        {"--config", &path, NULL},
        {"--data", &data, NULL},
        {"--until-idle", NULL, &until_idle},
        {"--verbose", NULL, &verbose},
    };
    if (!command_options(&command_run, argc, argv, options, sizeof options / sizeof options[0], NULL))
        return COMMANDS_USAGE;
    int exit = COMMANDS_FAILED;
    struct config *config = command_config(path, data, &exit);
    if (config == NULL)
        return exit;
    mutex_init(&stop.lock);
    condition_init(&stop.changed);
    stop.wanted = stop.live_changed = false;
    struct platform_status status = process_on_interrupt(on_interrupt, NULL);
    /* PLATFORM_EXISTS: an earlier run in this process, of a test, watches already, by the same function. */
    if (!platform_ok(status) && status.kind != PLATFORM_EXISTS) {
        char text[200];
        platform_status_text(status, text, sizeof text);
        output_error("corbridge run: Ctrl+C cannot be watched for, error %s", text);
    } else {
        console_events_on();
        log_to_console(verbose);
        bool again;
        do
            exit = serve(config, until_idle, &again);
        while (again);
        console_events_off();
    }
    config_free(config);
    return exit;
}

const struct command command_run = {
    .name = "run",
    .summary = "work in this console until Ctrl+C",
    .usage =
        "corbridge run [--config FILE] [--data FOLDER] [--until-idle] [--verbose]\n\n"
        "Does in this console, as you, what the service does. Events are printed. Ctrl+C stops it in good order.\n\n"
        "    --config FILE   the configuration; without it that of the installed service\n"
        "    --data FOLDER   in place of the data folder that the configuration names\n"
        "    --until-idle    stop by itself when nothing is left to do\n"
        "    --verbose       print the lines of the log file too\n\n"
        "Exit codes: 0 stopped in good order; 1 could not start, or something was still at work when the time to stop was\n"
        "over; 2 command line; 3 configuration refused; 4 no configuration; 5 another CorBridge runs on this data folder.\n",
    .run = run,
};
