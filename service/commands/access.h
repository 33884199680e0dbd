/*
 * Looking into the ledger: which world, and that who looks is written down first (RULES "Failing well"). Inside service/commands/ only.
 */
#ifndef CORBRIDGE_SERVICE_COMMANDS_ACCESS_H
#define CORBRIDGE_SERVICE_COMMANDS_ACCESS_H

#include "service/commands/command.h"
#include "service/world.h"

#define ACCESS_WORLDS 2

/* The worlds that are looked into, by enum database_world. */
struct access {
    const struct command *command;
    struct database *db[ACCESS_WORLDS]; /* NULL: not asked for, or not there yet */
    struct world_paths paths[ACCESS_WORLDS];
};

/*
 * Opens the databases of the worlds that are asked for (neither flag: both), as far as they are there. COMMANDS_OK, or it said what is wrong:
 * COMMANDS_USAGE for both flags, COMMANDS_NOT_FOUND when there is none, COMMANDS_FAILED. access_release in any case.
 */
int access_init(struct access *access, const struct command *command, const struct config *config, bool live,
                bool test);
void access_release(struct access *access);

/* Writes into access_log of a world that whoever runs this command looks at ledger number `number` (0: a list), and commits it. False: it said
 * why not, and nothing may be shown. */
bool access_note(const struct access *access, enum database_world world, int64_t number);

/* A number from 1 to `limit`; false when the text is none. */
bool access_read_number(const char *text, int64_t limit, int64_t *number);

/* Says that the database of a world cannot be read, and why. Returns COMMANDS_FAILED. */
int access_failed(const struct access *access, enum database_world world);

#endif
