/* What the tests of the configuration share: a folder of their own, files in it, and loading them. */
#ifndef TESTS_UNIT_SERVICE_CONFIG_SCENE_H
#define TESTS_UNIT_SERVICE_CONFIG_SCENE_H

#include <stddef.h>

#include "service/config.h"

struct scene {
    char *root; /* an empty folder */
    struct config_faults faults;
    struct config *config; /* of the last scene_load; NULL: refused */
};

int scene_set_up(void **state);
int scene_tear_down(void **state);

/* The text with @ROOT@, @DATA@, @FACILITY@, @FEED@, @PHARMACY@ and @EXAMPLE@ put in, and '/' of paths below @ROOT@ as the system
 * writes it. The caller frees. */
char *scene_expand(const struct scene *scene, const char *text);

/* Writes the expanded text as corbridge.xml and loads it. */
void scene_load(struct scene *scene, const char *text);

/* The same with bytes as they are. */
void scene_load_bytes(struct scene *scene, const void *bytes, size_t size);

/* Makes root/name. */
void scene_make_folder(const struct scene *scene, const char *name);

#endif
