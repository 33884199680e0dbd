#include "tests/crash/process.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sqlite3.h>

#include "tests/integration/wait.h"
#include "tests/support/cb_cmocka.h"

/* SQLite notices a fork when it next opens a file, and then draws random numbers anew, by a global that it reads without a lock: better
 * while there is one thread only. */
static void let_sqlite_see_the_fork(struct scene *scene)
{
    sqlite3 *db = NULL;
    char drawn;
    assert_int_equal(sqlite3_open(scene_path(scene, "fork.db"), &db), SQLITE_OK);
    sqlite3_randomness(1, &drawn);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

pid_t process_start(struct scene *scene, void (*prepare)(void))
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child > 0)
        return child;
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that fails leaves nothing running */
    struct rlimit none = {0, 0};
    (void)setrlimit(RLIMIT_CORE, &none);
    let_sqlite_see_the_fork(scene);
    if (prepare)
        prepare();
    char message[400] = "";
    struct engine_options options = {.config = scene->config};
    if (engine_start(&options, &scene->engine, message, sizeof message) != ENGINE_STARTED) {
        print_error("engine_start: %s\n", message);
        _exit(3);
    }
    for (;;)
        (void)pause();
}

void process_kill(pid_t child)
{
    int status = 0;
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL)
        fail_msg("the engine's process ended by itself: status 0x%x", (unsigned)status);
}

bool process_has_ended(pid_t child, int *status)
{
    return waitpid(child, status, WNOHANG) == child;
}

struct death {
    pid_t child;
    int status;
};

static bool has_ended(void *context)
{
    struct death *death = context;
    return process_has_ended(death->child, &death->status);
}

void process_await_death(pid_t child, int signal)
{
    struct death death = {.child = child};
    wait_until("the process to die", has_ended, &death);
    if (!WIFSIGNALED(death.status) || WTERMSIG(death.status) != signal)
        fail_msg("the engine's process ended otherwise: status 0x%x", (unsigned)death.status);
}

void process_die(void)
{
    (void)kill(getpid(), SIGKILL);
    for (;;)
        (void)pause();
}
