/* Calls of the system that fail while a test wants it: by kind, and by a piece of the path. */
#ifndef TESTS_INTEGRATION_FAILING_H
#define TESTS_INTEGRATION_FAILING_H

#include "platform/inject.h"

/* Sets the injector of this program: before an engine is started. */
void failing_set_up(void);
/* Removes it: after the engine has stopped. */
void failing_tear_down(void);

/* From now on calls of that kind whose path contains `piece` fail with `kind`; PLATFORM_CALL_COUNT: of any kind. `piece` must
 * outlive the failing. At any time. */
void failing_begin(enum platform_call call, const char *piece, enum platform_kind kind);
void failing_end(void);

/* How many calls failed since failing_begin. */
unsigned failing_count(void);

#endif
