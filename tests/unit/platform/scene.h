/* What the tests of platform/ share: a folder of their own, small files in it, and an injector. */
#ifndef TESTS_UNIT_PLATFORM_SCENE_H
#define TESTS_UNIT_PLATFORM_SCENE_H

#include "tests/support/cb_cmocka.h"

#include <stdbool.h>

#include "platform/inject.h"
#include "platform/status.h"

/* Fails the test with the status in words. */
#define assert_ok(expression) scene_assert_ok((expression), #expression, __FILE__, __LINE__)
void scene_assert_ok(struct platform_status status, const char *expression, const char *file, int line);

#define assert_kind(expression, wanted) assert_int_equal((expression).kind, (wanted))

/* cmocka set-up and tear-down: a new, empty folder, its path as *state; removes it and the injector. */
int scene_enter(void **state);
int scene_leave(void **state);

/* `name` in the folder *state; belongs to the scene and lives until the test ends. */
const char *scene_path(void **state, const char *name);

/* Makes a file of that text. Returns scene_path(). */
const char *scene_file(void **state, const char *name, const char *text);

/* What is in the file, on the heap. */
char *scene_text(const char *path);

bool scene_exists(const char *path);

/* Makes call number `after` + 1 of this kind, and all later ones, fail with `status`; scene_leave ends it. */
void scene_fail(enum platform_call call, unsigned after, struct platform_status status);
void scene_fail_no_more(void);

#endif
