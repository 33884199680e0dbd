/* The engine in a process of its own, that can be killed. */
#ifndef TESTS_CRASH_PROCESS_H
#define TESTS_CRASH_PROCESS_H

#include <sys/types.h>

#include "tests/integration/scene.h"

/* Starts a process that runs the engine on the scene for ever. `prepare` (or NULL) is called in it first. No thread of this process may
 * run, and no connection be open. */
pid_t process_start(struct scene *scene, void (*prepare)(void));

/* SIGKILL, and waits. Fails the test when the process had ended by itself. */
void process_kill(pid_t child);

/* Whether it has ended; then *status is as of waitpid. */
bool process_has_ended(pid_t child, int *status);

/* Waits until the process has ended by `signal`; fails the test when it ends otherwise, or not. */
void process_await_death(pid_t child, int signal);

/* Ends the calling process at once, as process_kill would. */
void process_die(void);

#endif
