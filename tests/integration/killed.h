/* A process that is killed at a call of the system. Posix only: it is made by fork. */
#ifndef TESTS_INTEGRATION_KILLED_H
#define TESTS_INTEGRATION_KILLED_H

#ifndef _WIN32
#include "platform/inject.h"
#include "tests/integration/scene.h"

/* Runs the engine in a process of its own until it kills itself at that call, on a path that holds `piece` and ends in `ending`. */
void run_until_killed(struct scene *scene, enum platform_call call, const char *piece, const char *ending);
#endif

#endif
