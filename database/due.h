/*
 * What the clock alone brings about: planned releases take effect at their time, and what has waited too long for its booking is
 * quarantined (RULES "People and bookings"). On the writing connection.
 */
#ifndef CORBRIDGE_DATABASE_DUE_H
#define CORBRIDGE_DATABASE_DUE_H

#include <stdbool.h>
#include <stddef.h>

#include "database/database.h"
#include "parser/arena.h"
#include "parser/datetime.h"

/* How many of one kind go into a transaction: the write lock is not held for longer. */
#define DUE_LIMIT 64

/* Whether anything is due; asked without the write lock. */
enum database_kind due_any(struct database *db, instant_us now, bool *any);

/* Releases the bookings whose release_date has come, at most DUE_LIMIT; the change log names the message that planned each.
 * Inside a transaction. */
enum database_kind due_releases(struct database *db, instant_us now, size_t *released);

/* A message that was quarantined for waiting too long. Strings in the arena. */
struct due_waiting {
    int64_t message, file;
    const char *feed;
    bool photo;  /* a photo that no patient names */
    bool copied; /* test world: it came from the live one, which tells of its own */
};

/* Ends what has waited too long, at most DUE_LIMIT, in the order of arrival; the array lies in the arena. Inside a
 * transaction. */
enum database_kind due_waiting(struct database *db, instant_us now, struct arena *arena,
                               struct due_waiting **rows, size_t *count);

#endif
