/* What the tests of sync rosters share: rosters as text, and a scene with some people. */
#ifndef TESTS_INTEGRATION_SYNC_SCENE_H
#define TESTS_INTEGRATION_SYNC_SCENE_H

#include "tests/integration/scene.h"

/* The time of a roster stands in its name, in the zone of the first facility (Los Angeles). */
#define SYNC_NAMED "ready=\"closed\" release=\"sync\" event-time=\"name:R_%Y%m%d%H%M.csv\""

#define DAY_1 "R_202001010800.csv" /* 16:00 UTC; it speaks as of 15:45 */
#define DAY_2 "R_202001020800.csv"
#define DAY_3 "R_202001030800.csv"

extern const struct scene_options sync_scene_usual, sync_scene_preload, sync_scene_live;

#define OPEN "SELECT count(*) FROM booking WHERE released_at IS NULL"
#define RELEASED                                                                                             \
    "SELECT group_concat(booking_number) FROM (SELECT booking_number FROM booking WHERE released_at IS NOT NULL ORDER BY id)"
#define MESSAGES "SELECT file, ordinal, kind, state FROM message ORDER BY file, ordinal"
#define ANSWER   "SELECT outcome || ': ' || answer FROM command ORDER BY id DESC LIMIT 1"

/* A roster that grows; zeros at first. sync_drop takes and frees it. */
struct roster_text {
    char *bytes;
    size_t length, size;
};

void roster_add(struct roster_text *text, const char *more);

/* Patient P<patient> in booking B<booking>. */
void roster_add_full(struct roster_text *text, int patient, int booking, const char *facility,
                     const char *housing, const char *release);

/* Patient P<n> in booking B<n>, for n from `first` to `last`. */
void roster_add_people(struct roster_text *text, int first, int last, const char *facility);

/* Drops it and waits until the engine has nothing left to do. */
void sync_drop(struct scene *scene, const char *name, struct roster_text *text);

/* A roster of those people in VCSO, likewise. */
void sync_drop_people(struct scene *scene, const char *name, int first, int last);

/* Starts the engine, with so many people from a roster of DAY_1. */
void sync_begin(struct scene *scene, const struct scene_options *options, int people);

/* `release` or `reject` of a ledger number, as corbridge.exe leaves it; the answer, static. */
const char *sync_decide_held(struct scene *scene, const char *what, int number);

#endif
