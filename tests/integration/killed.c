#include "tests/integration/killed.h"

#ifndef _WIN32
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/cb_cmocka.h"

static struct {
    enum platform_call call;
    const char *piece, *ending;
} fatal;

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), tail = strlen(end);
    return length >= tail && strcmp(text + length - tail, end) == 0;
}

static struct platform_status kill_at(void *context, enum platform_call call, const char *path)
{
    (void)context;
    if (call == fatal.call && strstr(path, fatal.piece) && ends_with(path, fatal.ending))
        (void)kill(getpid(), SIGKILL);
    return PLATFORM_SUCCESS;
}

void run_until_killed(struct scene *scene, enum platform_call call, const char *piece, const char *ending)
{
    int status = 0;
    fatal.call = call;
    fatal.piece = piece;
    fatal.ending = ending;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct rlimit none = {0, 0};
        (void)setrlimit(RLIMIT_CORE, &none);
        platform_inject_set(kill_at, NULL);
        char message[400] = "";
        struct engine_options options = {.config = scene->config};
        if (engine_start(&options, &scene->engine, message, sizeof message) != ENGINE_STARTED)
            _exit(3);
        for (;;)
            (void)pause();
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL)
        fail_msg("the engine's process ended by itself: status 0x%x", (unsigned)status);
}
#endif
