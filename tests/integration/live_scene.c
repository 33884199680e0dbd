#include "tests/integration/live_scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

void live_scene_init(struct scene *scene)
{
    char attribute[1200], *live_folder = test_temp_dir("pharmacy");
    (void)snprintf(attribute, sizeof attribute, "live-folder=\"%s\"", live_folder);
    scene_init(scene, &(struct scene_options){.live = true, .pharmacy = attribute});
    free(scene->pharmacy);
    scene->pharmacy = live_folder;
}

void live_scene_release(struct scene *scene)
{
    test_temp_remove(scene->pharmacy);
    scene_release(scene);
}

void live_scene_assert_followed(struct scene *scene, int files)
{
    static const char BOOKINGS[] = "SELECT group_concat(booking_number || ' ' || housing, '; ') FROM"
                                   " (SELECT booking_number, housing FROM booking ORDER BY booking_number)";
    char expected[64], *live = strdup(scene_rows(scene, BOOKINGS));
    assert_non_null(live);
    scene->world = DATABASE_TEST;
    (void)snprintf(expected, sizeof expected, "%d|%d|%d|0", files, files, files);
    scene_assert_rows(
        scene, "SELECT count(*), count(DISTINCT copied_from), sum(state = 'done'), sum(in_place) FROM file",
        expected);
    (void)snprintf(expected, sizeof expected, "%d|%d", files, files);
    scene_assert_rows(scene, "SELECT count(*), count(DISTINCT file) FROM message WHERE state = 'applied'",
                      expected);
    scene_assert_rows(
        scene,
        "SELECT count(*) FROM (SELECT copied_from, lag(copied_from) OVER (ORDER BY id) AS before FROM file)"
        " WHERE copied_from <= before",
        "0");
    scene_assert_rows(scene, BOOKINGS, live);
    assert_int_equal(scene_count_files(scene_world_path(scene, "")),
                     0); /* the bytes lie in the live archive */
    scene->world = DATABASE_LIVE;
    free(live);
}
