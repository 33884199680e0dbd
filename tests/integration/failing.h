/* Calls of the system that fail, or wait, while a test wants it: by kind, and by a piece of the path. */
#ifndef TESTS_INTEGRATION_FAILING_H
#define TESTS_INTEGRATION_FAILING_H

#include <stdint.h>

#include "platform/inject.h"

/* Sets the injector of this program: before an engine is started. */
void failing_set_up(void);
/* Removes it: after the engine has stopped. */
void failing_tear_down(void);

/* From now on calls of that kind whose path contains `piece` fail with `kind`; PLATFORM_CALL_COUNT: of any kind. PLATFORM_OK: they
 * are only counted. `piece` must outlive the failing. At any time. */
void failing_begin(enum platform_call call, const char *piece, enum platform_kind kind);
/* The same for the next call alone, and with the number that the system would give. */
void failing_once(enum platform_call call, const char *piece, enum platform_kind kind, uint32_t code);
void failing_end(void);

/* How many calls failed (or were counted) since failing_begin or failing_once. */
unsigned failing_count(void);

/* From now on such calls wait, before they are made, until failing_let_go; failing_let_one_go lets one of them through. No engine is
 * stopped meanwhile. */
void failing_hold(enum platform_call call, const char *piece);
void failing_let_one_go(void);
void failing_let_go(void);

/* How many calls wait so at this moment. */
unsigned failing_held(void);

#endif
