#include "service/world.h"

#include <stdlib.h>
#include <string.h>

#include "platform/file.h"
#include "platform/folder.h"
#include "platform/path.h"

const char *world_name(enum database_world world)
{
    return world == DATABASE_LIVE ? "live" : "test";
}

/* path_join for a folder that may be NULL because an earlier join failed. */
static char *join(const char *folder, const char *name)
{
    return folder ? path_join(folder, name) : NULL;
}

bool world_paths_init(struct world_paths *paths, const char *data_folder, enum database_world world)
{
    memset(paths, 0, sizeof *paths);
    paths->world = world;
    char *folder = join(data_folder, "database");
    paths->database = join(folder, world == DATABASE_LIVE ? "corbridge-live.db" : "corbridge-test.db");
    free(folder);
    paths->root = join(data_folder, world_name(world));
    paths->archive = join(paths->root, "archive");
    paths->quarantine = join(paths->root, "quarantine");
    paths->hold = join(paths->root, "hold");
    paths->photos = join(paths->root, "photos");
    if (paths->database && paths->archive && paths->quarantine && paths->hold && paths->photos)
        return true;
    world_paths_release(paths);
    return false;
}

void world_paths_release(struct world_paths *paths)
{
    free(paths->database);
    free(paths->root);
    free(paths->archive);
    free(paths->quarantine);
    free(paths->hold);
    free(paths->photos);
    memset(paths, 0, sizeof *paths);
}

struct platform_status world_lost_database(const struct world_paths *paths, bool *lost)
{
    const char *const folders[] = {paths->archive, paths->quarantine, paths->hold, paths->photos};
    bool there = false;
    *lost = false;
    struct platform_status status = file_exists(paths->database, &there);
    for (size_t i = 0; i < sizeof folders / sizeof folders[0] && platform_ok(status) && !there; i++) {
        struct folder_listing listing;
        status = folder_list(folders[i], &listing);
        if (status.kind == PLATFORM_NOT_FOUND) {
            status = PLATFORM_SUCCESS;
            continue;
        }
        if (platform_ok(status)) {
            *lost = *lost || listing.count > 0;
            folder_listing_release(&listing);
        }
    }
    return status;
}

struct platform_status world_paths_make(const struct world_paths *paths)
{
    char *database_folder = path_folder(paths->database);
    if (!database_folder)
        return (struct platform_status){PLATFORM_NO_MEMORY, 0};
    const char *folders[] = {database_folder, paths->archive, paths->quarantine, paths->hold, paths->photos};
    struct platform_status status = PLATFORM_SUCCESS;
    for (size_t i = 0; i < sizeof folders / sizeof folders[0] && platform_ok(status); i++)
        status = folder_make(folders[i]);
    free(database_folder);
    return status;
}
