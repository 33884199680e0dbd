/* Waiting for what must happen, in small steps and not for ever; and files that are dropped quickly. */
#ifndef TESTS_INTEGRATION_WAIT_H
#define TESTS_INTEGRATION_WAIT_H

#include <stdbool.h>

#include "tests/integration/scene.h"

/* Until condition(context) is true; fails the test with `what` after SCENE_WAIT_MS. */
void wait_until(const char *what, bool (*condition)(void *), void *context);

/* Until an event has been reported `count` times since the scene began. */
void wait_event(enum event_id id, size_t count);

/* Until a query gives these rows (as scene_rows writes them). */
void wait_rows(struct scene *scene, const char *sql, const char *expected);

/* Until the engine knows of at least `count` files that wait in the share. */
void wait_waiting(struct scene *scene, uint64_t count);

/* A pause in which nothing is expected: only between the steps of a story that goes on elsewhere (a writer that is slow), never
 * for something that must have happened. */
void wait_milliseconds(uint32_t milliseconds);

/* Like scene_drop, but the file is not flushed: for many. The name must be free. */
void drop_quickly(struct scene *scene, const char *name, const char *text);

/* drop_quickly of scene_dem with a patient and a booking of its own, both called `booking`; `housing` NULL: as documented. */
void drop_booking(struct scene *scene, const char *name, const char *booking, const char *housing);

/* share/name, static. */
const char *share_path(struct scene *scene, const char *name);

/* Writes a file in place, as senders without a temporary name do; `mode` as in fopen ("wb", "ab"). */
void write_in_place(struct scene *scene, const char *name, const char *mode, const char *text);

/* rename(2) and its like on Windows; fails the test when it fails. */
void rename_path(const char *from, const char *to);

#endif
