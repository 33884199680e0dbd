/*
 * Sync rosters in the database (RULES "Rosters"): each is one message; who is missing in it is released in one last transaction. Who is missing is
 * found by sync_census.h, outside of any transaction.
 */
#ifndef CORBRIDGE_DATABASE_SYNC_H
#define CORBRIDGE_DATABASE_SYNC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "database/database.h"
#include "parser/arena.h"
#include "parser/datetime.h"

/* What is kept of a sync roster beside its progress. */
struct sync_roster {
    int64_t message;     /* its one message */
    instant_us event_at; /* who is missing was released then */
    bool decided;        /* it was held, and a person has released it */
    size_t changes;      /* rows of the change log that its message has */
};

/* Keeps it with its message. Inside the transaction that inserts the message. */
enum database_kind sync_keep(struct database *db, int64_t file, int64_t message, instant_us event_at);

/* DATABASE_NONE: nothing of it is in the database. Any connection. */
enum database_kind sync_find(struct database *db, int64_t file, struct sync_roster *out);

/* A person has released it, or it could not be applied and is only held again. Inside a transaction. */
enum database_kind sync_decide(struct database *db, int64_t file, bool decided);

/* Held rosters that a person has released and that are not at their end, by number; array in the arena. Any connection. */
enum database_kind sync_decided(struct database *db, size_t limit, struct arena *arena, int64_t **files,
                                size_t *count);

/* The rosters of the feed have named this facility, as of then. Inside a transaction. */
enum database_kind sync_facility_keep(struct database *db, const char *feed, const char *facility,
                                      instant_us as_of);

/* A booking that is missing. */
struct sync_release {
    int64_t booking, file, message;
    instant_us as_of;    /* the roster knows nothing newer */
    instant_us event_at; /* when it was released */
    instant_us arrived;
};

/*
 * Releases it, marked as inferred, when it is still open and nothing newer was said of it; *changes is raised by the rows of the change log. DATABASE_NONE:
 * it is left as it is. Inside a transaction.
 */
enum database_kind sync_release(struct database *db, const struct sync_release *what, size_t *changes);

#endif
