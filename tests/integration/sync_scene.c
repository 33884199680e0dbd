#include "tests/integration/sync_scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/integration/wait.h"
#include "tests/support/cb_cmocka.h"

const struct scene_options sync_scene_usual = {.roster = SYNC_NAMED};
const struct scene_options sync_scene_preload = {.roster = SYNC_NAMED " preload=\"yes\""};
const struct scene_options sync_scene_live = {.roster = SYNC_NAMED, .live = true};

void roster_add(struct roster_text *text, const char *more)
{
    size_t length = strlen(more);
    if (text->length + length + 1 > text->size) {
        text->size = (text->length + length + 1) * 2;
        text->bytes = realloc(text->bytes, text->size);
        assert_non_null(text->bytes);
    }
    memcpy(text->bytes + text->length, more, length + 1);
    text->length += length;
}

void roster_add_full(struct roster_text *text, int patient, int booking, const char *facility,
                     const char *housing, const char *release)
{
    char row[256];
    (void)snprintf(row, sizeof row,
                   "Doe%d,John,,P%d,1980-01-31,,Male,,%s,,%s,1,B%d,2018-06-06T12:34,%s,,\r\n", patient,
                   patient, facility, housing, booking, release);
    roster_add(text, row);
}

void roster_add_people(struct roster_text *text, int first, int last, const char *facility)
{
    for (int n = first; n <= last; n++)
        roster_add_full(text, n, n, facility, "A", "");
}

void sync_drop(struct scene *scene, const char *name, struct roster_text *text)
{
    scene_drop_bytes(scene, name, text->bytes, text->length);
    free(text->bytes);
    *text = (struct roster_text){0};
    scene_settle(scene);
}

void sync_drop_people(struct scene *scene, const char *name, int first, int last)
{
    struct roster_text text = {0};
    roster_add_people(&text, first, last, "VCSO");
    sync_drop(scene, name, &text);
}

void sync_begin(struct scene *scene, const struct scene_options *options, int people)
{
    scene_init(scene, options);
    scene_start(scene);
    if (people > 0)
        sync_drop_people(scene, DAY_1, 1, people);
}

const char *sync_decide_held(struct scene *scene, const char *what, int number)
{
    char sql[300];
    (void)snprintf(sql, sizeof sql,
                   "INSERT INTO command (what, number, argument, windows_user, created_at)"
                   " VALUES ('%s', %d, 'a test', 'JAIL\\nurse', '2026-11-23T18:00:00.000000Z')",
                   what, number);
    scene_execute(scene, sql);
    engine_commands_now(scene->engine);
    wait_rows(scene, "SELECT count(*) FROM command WHERE answer IS NULL", "0");
    return scene_rows(scene, ANSWER);
}
