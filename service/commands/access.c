#include "service/commands/access.h"

#include <stdlib.h>

#include "database/command.h"
#include "platform/clock.h"
#include "platform/file.h"
#include "platform/process.h"
#include "service/commands/output.h"

/* An enum commands_exit; COMMANDS_NOT_FOUND without a word: there is no such file. */
static int open_world(struct access *access, const struct config *config, enum database_world world)
{
    char message[400] = "";
    bool exists = false;
    struct world_paths *paths = &access->paths[world];
    if (!world_paths_init(paths, config->data_folder, world)) {
        output_error("corbridge %s: memory is exhausted", access->command->name);
        return COMMANDS_FAILED;
    }
    /* Where it cannot even be looked at, opening says why. */
    if (platform_ok(file_exists(paths->database, &exists)) && !exists)
        return COMMANDS_NOT_FOUND;
    if (database_open(paths->database, world, DATABASE_COMMAND, &access->db[world], message,
                      sizeof message) == DATABASE_OK)
        return COMMANDS_OK;
    output_error("corbridge %s: the %s world: %s", access->command->name, world_name(world), message);
    return COMMANDS_FAILED;
}

int access_init(struct access *access, const struct command *command, const struct config *config, bool live,
                bool test)
{
    *access = (struct access){.command = command};
    size_t opened = 0;
    if (live && test) {
        output_error("corbridge %s: --live and --test exclude each other: without them both are looked into",
                     command->name);
        return COMMANDS_USAGE;
    }
    for (enum database_world world = DATABASE_TEST; world <= DATABASE_LIVE; world++) {
        if (world == DATABASE_LIVE ? test : live)
            continue;
        int exit = open_world(access, config, world);
        if (exit == COMMANDS_FAILED) {
            if (!live && !test)
                output_error("corbridge %s: --%s looks into the other world alone", command->name,
                             world_name(world == DATABASE_LIVE ? DATABASE_TEST : DATABASE_LIVE));
            return exit;
        }
        opened += exit == COMMANDS_OK;
    }
    if (opened > 0)
        return COMMANDS_OK;
    output_error("corbridge %s: there is no database in '%s' yet: the first start makes it", command->name,
                 config->data_folder);
    return COMMANDS_NOT_FOUND;
}

void access_release(struct access *access)
{
    for (size_t i = 0; i < ACCESS_WORLDS; i++) {
        database_close(access->db[i]);
        world_paths_release(&access->paths[i]);
    }
}

bool access_note(const struct access *access, enum database_world world, int64_t number)
{
    char *user = process_user();
    struct database *db = access->db[world];
    enum database_kind kind =
        user == NULL ? DATABASE_NO_MEMORY
                     : access_log_insert(db, user, access->command->name, number, clock_utc_us());
    if (kind == DATABASE_BUSY)
        output_error(
            "corbridge %s: nothing is shown, since it cannot be written down who looked: another program has the "
            "%s database locked; try again in a moment",
            access->command->name, world_name(world));
    else if (kind != DATABASE_OK)
        output_error(
            "corbridge %s: nothing is shown, since it cannot be written down who looked (%s database, access_log): %s",
            access->command->name, world_name(world),
            user == NULL ? "memory is exhausted" : database_error_text(db));
    free(user);
    return kind == DATABASE_OK;
}

bool access_read_number(const char *text, int64_t limit, int64_t *number)
{
    *number = 0;
    for (const char *digit = text; *digit != '\0'; digit++) {
        if (*digit < '0' || *digit > '9' || *number > limit / 10)
            return false;
        *number = *number * 10 + (*digit - '0');
    }
    return *number > 0 && *number <= limit;
}

int access_failed(const struct access *access, enum database_world world)
{
    output_error("corbridge %s: the %s database cannot be read: %s", access->command->name, world_name(world),
                 database_error_text(access->db[world]));
    return COMMANDS_FAILED;
}
