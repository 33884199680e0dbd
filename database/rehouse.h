/*
 * Files that lie in the hold and have no business there any more: what waited in them was applied, or waited too long (RULES "Units and
 * states": open ones lie in hold). The ledger says where a file lies; it is told after the file was moved, so that a process which
 * dies between leaves a row that is found here again.
 */
#ifndef CORBRIDGE_DATABASE_REHOUSE_H
#define CORBRIDGE_DATABASE_REHOUSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "database/database.h"
#include "parser/arena.h"
#include "parser/datetime.h"

/* One file; strings in the arena. */
struct rehouse_row {
    int64_t file;
    const char *feed, *name;
    const char *stored; /* where the ledger says that it lies, below the world's folder: "hold/…" */
    instant_us arrived;
    bool refused;       /* no message of it was taken: it belongs into quarantine, else into the archive */
    const char *detail; /* of its first message, for people; NULL: none */
    const char *state;  /* of its first message: "quarantined", "rejected", … */
    int64_t message;    /* an extract of the file: the message in it; 0: the file itself */
    uint32_t row;       /* an extract: its row */
};

/* The next `limit` such files with a number above `after`, by number; array in the arena. DATABASE_OK also for none. Any
 * connection, no lock. */
enum database_kind rehouse_list(struct database *db, int64_t after, size_t limit, struct arena *arena,
                                struct rehouse_row **rows, size_t *count);

/* Likewise extracts in the hold whose message is not open any more, by the number of the message. */
enum database_kind rehouse_list_extracts(struct database *db, int64_t after, size_t limit,
                                         struct arena *arena, struct rehouse_row **rows, size_t *count);

/* The same of the extract of a message. */
enum database_kind rehouse_end_extract(struct database *db, int64_t message, const char *from,
                                       const char *stored);

/* put away in the hold → put away in archive or quarantine, at `stored`; NULL: it lies nowhere any more. DATABASE_NONE when the row
 * does not say `from`. Inside a transaction. */
enum database_kind rehouse_end(struct database *db, int64_t file, const char *from, const char *stored);

#endif
