#include "tests/support/make_live.h"

#include <stdio.h>

#include "platform/clock.h"
#include "service/world.h"

bool make_live(const char *data_folder, const struct live_row *rows, size_t count, char *message, size_t size)
{
    struct world_paths paths;
    struct database *db = NULL;
    (void)snprintf(message, size, "the live world's folders cannot be made");
    if (!world_paths_init(&paths, data_folder, DATABASE_LIVE))
        return false;
    enum database_kind kind = DATABASE_CANNOT_OPEN;
    if (platform_ok(world_paths_make(&paths)))
        kind = database_open(paths.database, DATABASE_LIVE, DATABASE_WRITE, &db, message, size);
    if (kind == DATABASE_OK)
        kind = database_begin(db);
    for (size_t i = 0; i < count && kind == DATABASE_OK; i++) {
        struct live_row row = {
            .kind = rows[i].kind, .name = rows[i].name, .user = "tester", .waived = "a test"};
        kind = live_add(db, &row, clock_utc_us());
    }
    if (kind == DATABASE_OK)
        kind = database_commit(db);
    if (db && kind != DATABASE_OK)
        (void)snprintf(message, size, "%s", database_error_text(db));
    database_close(db);
    world_paths_release(&paths);
    return kind == DATABASE_OK;
}
