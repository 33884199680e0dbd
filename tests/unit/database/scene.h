/*
 * What the tests of database/ share: a folder of its own with a fresh test database, one connection of ours and one of
 * "another program" (plain SQLite with no setting of ours, foreign keys off), and a short way to apply events.
 */
#ifndef TESTS_UNIT_DATABASE_SCENE_H
#define TESTS_UNIT_DATABASE_SCENE_H

#include "database/apply.h"
#include "database/database.h"
#include "database/ledger.h"

#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

struct sqlite3;

struct scene {
    char *folder;
    char path[1024];
    struct database *db;   /* DATABASE_WRITE, test world */
    struct sqlite3 *other; /* another program */
    struct arena arena;
    int files; /* claimed so far */
    char text[4][1024];
    unsigned next_text;
};

/* cmocka set-up and tear-down: *state is the scene. */
int scene_setup(void **state);
int scene_teardown(void **state);

/* As scene_setup without opening anything. */
int scene_setup_folder(void **state);

#define assert_ok(expression) assert_int_equal((expression), DATABASE_OK)

/* The first column of the first row as text, read by the other program: "(null)" for NULL, "(none)" for no row. Valid
 * through three further calls. */
const char *scene_value(struct scene *scene, const char *sql);
#define assert_value(scene, sql, expected) assert_string_equal(scene_value(scene, sql), expected)

/* The other program runs SQL; it must succeed. */
void scene_execute(struct scene *scene, const char *sql);

/* The other program runs SQL; it must be refused, and the reason must hold `part`. */
void scene_refused(struct scene *scene, const char *sql, const char *part);

/* 2026-11-23T18:00:00Z, and minutes after it. */
instant_us scene_time(int minutes);

/* A claimed file of feed "jms" as it arrives at scene_time(minutes); committed. */
struct ledger_file scene_claim(struct scene *scene, int minutes);

/* The facility VCSO (America/Denver) and FACTEST. */
void scene_facilities(struct scene *scene);

/* How the next event is applied. Zero is the default. */
struct scene_event {
    int minutes;           /* arrival and event time */
    int older;             /* the event time is so many minutes before the arrival */
    const char *authority; /* "JMS" */
    int copied_from;       /* ledger number in the live world; 0: test's own */
    bool empty_clears, reopens, closes_earlier, holds_identity_change, leaves_no_repeat;
    bool asks_for_photo, asks_for_photo_again;
};

/* Claims a file, parses `text` as an event file, checks and applies it and ends the file, in one transaction. */
struct apply_result scene_apply(struct scene *scene, const char *text, struct scene_event how);

/* A DEM with the required fields (patient P1, booking 100, SMITH SAMUEL 1995-08-20, VCSO, BLOCK A); lines of `fields`
 * (each ending in \n) take the place of those with the same name or come beside them. Valid until the next call. */
const char *scene_dem(const char *fields);

/* A Location of patient P1, booking 100, likewise. */
const char *scene_location(const char *fields);

#endif
