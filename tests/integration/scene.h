/*
 * A scene: a share, a data folder and a pharmacy's folder in a temporary place, a configuration, and the engine on them. What the
 * tests of the whole way are written in.
 */
#ifndef TESTS_INTEGRATION_SCENE_H
#define TESTS_INTEGRATION_SCENE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "database/database.h"
#include "service/engine.h"
#include "service/event.h"

#define SCENE_WAIT_MS 30000u /* how long a test waits for what must happen: far more than it takes */

struct scene {
    char *root, *share, *data, *pharmacy;
    char *elsewhere; /* what scene->data leads to on another volume, or NULL */
    char *config_path;
    struct config *config;
    struct engine *engine;
    enum database_world
        world; /* whose rows scene_rows and scene_execute mean; the test world unless `live` was asked for */
};

/* What a scene may say differently; NULL and 0 for the usual. */
struct scene_options {
    const char *pattern; /* of the match rule; default: *.ini */
    const char *match;  /* attributes of the match rule besides pattern and format; default: ready="closed" */
    const char *roster; /* the same of a rule in front of it for rosters, *.csv; default: there is none */
    const char *rules;  /* match rules in front of these, as elements; default: there are none */
    const char
        *mappings; /* files of docs/mappings to be put beside the configuration, with commas between them */
    const char *feed;       /* attributes of the feed besides name and folder */
    const char *inside;     /* elements inside the feed, in front of its rule */
    const char *facilities; /* elements; default: VCSO and ADAMS */
    const char *pharmacy;   /* attributes of the pharmacy besides name and test-folder */
    const char *more;       /* elements besides */
    /* Feed, facilities and pharmacy (which needs a live-folder) are live from the start, and world is the live one. */
    bool live;
    /* A folder on another volume, of scene_other_volume: the data folder lies there. */
    const char *data_volume;
};

/* A folder that lies on another volume than the scene, where files can be written; NULL when this machine has none (and on Windows). */
const char *scene_other_volume(void);

/* Makes the folders and loads the configuration; fails the test when it is refused. */
void scene_init(struct scene *scene, const struct scene_options *options);

/* Stops the engine if it runs, and removes everything. */
void scene_release(struct scene *scene);

void scene_start(struct scene *scene);

/* An orderly stop, within a generous deadline. */
void scene_stop(struct scene *scene);

/* Writes share/name in one piece, renamed into place from a name that is never taken. */
void scene_drop(struct scene *scene, const char *name, const char *text);
void scene_drop_bytes(struct scene *scene, const char *name, const void *bytes, size_t size);

/* Waits until the engine has nothing left to do. */
void scene_settle(struct scene *scene);

/* Feed jms, both facilities and, where it has a live-folder, the pharmacy become live; before the engine is started. */
void scene_make_live(struct scene *scene);

/* Folder of the scene's world below data, such as "archive"; static as scene_path. */
const char *scene_world_path(struct scene *scene, const char *below);

/* Rows of a query on the database of scene->world, columns joined by "|", rows by "\n", NULL as "-". Static buffer, valid until the next call. */
const char *scene_rows(struct scene *scene, const char *sql);

/* Executes SQL as another program would: a connection of its own, BEGIN IMMEDIATE, busy timeout 5 s. */
void scene_execute(struct scene *scene, const char *sql);

/* assert_string_equal(scene_rows(scene, sql), expected) with the query in the message. */
void scene_assert_rows(struct scene *scene, const char *sql, const char *expected);

/* How many times an event was reported since the scene began, and the text of the last one (as the Event Viewer shows it). */
size_t scene_event_count(enum event_id id);
const char *scene_event_text(enum event_id id);

/* Everything that was reported, one text a line. The caller frees it. */
char *scene_event_all(void);

/* How many files lie below a folder, and the path (static) of the first whose name ends so; NULL when there is none. */
size_t scene_count_files(const char *folder);
const char *scene_find_file(const char *folder, const char *ending);

/* Whole content of a file; the caller frees. Fails the test when it cannot be read. */
char *scene_read(const char *path);

/* Path below the scene's root, static. */
const char *scene_path(struct scene *scene, const char *below);

/* The documented DEM example with another booking, patient or further lines. The caller frees it. NULL arguments: as documented. */
char *scene_dem(const char *patient, const char *booking, const char *housing, const char *extra);

#endif
