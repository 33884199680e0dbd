/*
 * What has gone live, and how far the test world follows (RULES "Test and live").
 *
 * live_since stands in the live database only; `golive` and `back-to-test` write it, the configuration cannot. Facilities are asked for
 * while an event is applied: a live feed's message for a facility that is not live ends as `test-only`.
 */
#ifndef CORBRIDGE_DATABASE_LIVE_H
#define CORBRIDGE_DATABASE_LIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "database/database.h"
#include "parser/arena.h"
#include "parser/datetime.h"

enum live_kind {
    LIVE_FEED,
    LIVE_FACILITY,
    LIVE_PHARMACY,
    LIVE_KIND_COUNT
};

/* "feed", "facility", "pharmacy": as people write it. */
const char *live_kind_name(enum live_kind kind);

/* One row of live_since. Strings are borrowed: from the caller when writing, from the arena when read. */
struct live_row {
    enum live_kind kind;
    const char *name;   /* as in the configuration */
    const char *since;  /* stored text; not used when writing */
    const char *user;   /* who did it */
    const char *waived; /* the reason, when a condition was waived; NULL */
};

/* Whether the row means this. A facility's code is the same code in other case (RULES "Small questions"). */
bool live_row_is(const struct live_row *row, enum live_kind kind, const char *name);

/* All rows, by kind and name; array in the arena. Any connection of the live world. */
enum database_kind live_list(struct database *db, struct arena *arena, struct live_row **rows, size_t *count);

/* Adds a row; DATABASE_NONE when that name is live already. Inside a transaction on the live world's writing connection. */
enum database_kind live_add(struct database *db, const struct live_row *row, instant_us now);

/* Removes it; DATABASE_NONE when it was not live. Likewise. */
enum database_kind live_remove(struct database *db, enum live_kind kind, const char *name);

/* ---- the test world follows ---- */

/*
 * The last ledger number of the live world whose file of this feed is in the test database: 0 for none, and for another live
 * database than the one with these control letters. Any connection of the test world.
 */
enum database_kind live_copy_position(struct database *test, const char *feed, const char *letters,
                                      int64_t *up_to);

/* Moves it, in the transaction that writes the copy. */
enum database_kind live_copy_move(struct database *test, const char *feed, const char *letters,
                                  int64_t up_to);

/* The same of the releases of held messages (held_released): how far, and moving it. */
enum database_kind live_copy_released(struct database *test, const char *feed, const char *letters,
                                      int64_t *up_to);
enum database_kind live_copy_move_released(struct database *test, const char *feed, const char *letters,
                                           int64_t up_to);

/* The highest ledger number; 0 for none. */
enum database_kind live_last_file(struct database *live, int64_t *last);

#endif
