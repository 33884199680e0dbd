/*
 * A world: test or live. Each is one database file and one set of folders below the data folder, of the same
 * code (DESIGN promise 4).
 *
 *   <data>/database/corbridge-test.db      <data>/test/archive/2026/11/23/18/000000000042_DEM1_0400.ini
 *   <data>/test/quarantine/…               <data>/test/hold/…   <data>/test/photos/…            <data>/logs/corbridge.log
 */
#ifndef CORBRIDGE_SERVICE_WORLD_H
#define CORBRIDGE_SERVICE_WORLD_H

#include "database/database.h"
#include <stdbool.h>

#include "platform/status.h"

struct world_paths {
    enum database_world world;
    char *database; /* file */
    char *root;     /* <data>/test */
    char *archive, *quarantine, *hold, *photos;
};

/* "test" or "live". */
const char *world_name(enum database_world world);

/* Fills the paths (heap); false when memory is exhausted. */
bool world_paths_init(struct world_paths *paths, const char *data_folder, enum database_world world);
void world_paths_release(struct world_paths *paths);

/* Whether the world has lost its database: there is no such file, and yet files lie in the folders that it alone knew. Then an empty one in
 * its place would begin anew without a word, as if nobody had ever been booked. */
struct platform_status world_lost_database(const struct world_paths *paths, bool *lost);

/* Makes the folders that are missing. */
struct platform_status world_paths_make(const struct world_paths *paths);

#endif
