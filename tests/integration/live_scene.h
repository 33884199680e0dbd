/* The live world of a scene, with a live pharmacy, and the test world that follows it. */
#ifndef TESTS_INTEGRATION_LIVE_SCENE_H
#define TESTS_INTEGRATION_LIVE_SCENE_H

#include "tests/integration/scene.h"

/* A scene whose feed, facilities and pharmacy are live; scene->pharmacy is the pharmacy's live folder. */
void live_scene_init(struct scene *scene);
void live_scene_release(struct scene *scene);

/* All that was applied in live, `files` files with one message each, is in the test world too: once, and in the same order, with the
 * same bookings. */
void live_scene_assert_followed(struct scene *scene, int files);

#endif
