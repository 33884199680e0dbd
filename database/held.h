/*
 * Messages that are held until a person decides (RULES "Units and states"): which there are, where their bytes lie, and what was decided.
 *
 * A held message is the only one of its file, whose bytes lie in the hold then; or one of many, such as a row of a roster, whose bytes lie there
 * as an extract while the file lies in the archive. Releasing one is apply_jms_event with input.message; ending one without is held_reject.
 */
#ifndef CORBRIDGE_DATABASE_HELD_H
#define CORBRIDGE_DATABASE_HELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "database/database.h"
#include "database/ledger.h"
#include "parser/arena.h"
#include "parser/datetime.h"
#include "parser/encoding.h"

/* One held message, or one that was; strings in the arena. */
struct held {
    int64_t message, file; /* numbers of ours */
    int ordinal;           /* which message of the file; of an extract its row */
    bool extract;          /* its bytes lie as an extract, not as the whole file */
    const char *kind, *detail;
    int64_t patient, booking; /* whom it is about, where known; 0: not */
    instant_us event_at, arrived;
    const char *feed, *name, *format;
    bool applying;       /* a sync roster that was released and is being applied */
    bool in_place;       /* the file was not put away yet */
    int64_t copied_from; /* test world: the file's number in the live world; 0: it came by itself */
    uint64_t size;       /* of the file */
    uint8_t sha256[SHA256_SIZE];
    const char *stored;     /* where the bytes lie, below the world's folder; NULL: nowhere */
    enum encoding encoding; /* of a roster; ENCODING_AUTO for other files */
    /* held_released only: the number of its release, and the last file of the feed that had ended then. */
    int64_t release, released_after;
};

/* All that is held, by ledger number and ordinal, at most `limit`; array in the arena. Any connection. */
enum database_kind held_list(struct database *db, size_t limit, struct arena *arena, struct held **rows,
                             size_t *count);

/* How many are held. Any connection. */
enum database_kind held_count(struct database *db, int64_t *count);

/* What is held of one file, or (ordinal > 0) of one message of it; at most `limit`. Any connection. */
enum database_kind held_of_file(struct database *db, int64_t file, int ordinal, size_t limit,
                                struct arena *arena, struct held **rows, size_t *count);

/* The state of a message that is not held ("applied"), "unknown" for one that left no row, for the answer to whoever thought it was. DATABASE_NONE: there
 * is no such file. The text is in the arena. */
enum database_kind held_not(struct database *db, int64_t file, int ordinal, struct arena *arena,
                            const char **state);

/* held → rejected, with what is said of it. DATABASE_NONE when it is not held (any more). Inside a transaction. */
enum database_kind held_reject(struct database *db, const struct held *held, const char *detail,
                               instant_us now);

/* Keeps where the extract of a message lies. Inside the transaction that holds it. */
enum database_kind extract_keep(struct database *db, int64_t message, const uint8_t sha256[SHA256_SIZE],
                                const char *stored);

/* ---- the test world follows ---- */

/* Live world: notes that a held message was released, in that transaction. */
enum database_kind held_note_release(struct database *live, const struct held *held);

/* Live world: releases of a feed with numbers above `after`, by number, at most `limit`; array in the arena. Any connection. */
enum database_kind held_released(struct database *live, const char *feed, int64_t after, size_t limit,
                                 struct arena *arena, struct held **rows, size_t *count);

/* Test world: the copy of a live file, and in it the message of that ordinal (0: there is none) and whether it is held here too. DATABASE_NONE:
 * the file was passed over. */
enum database_kind held_copy(struct database *test, const char *feed, int64_t copied_from, int ordinal,
                             int64_t *file, int64_t *message, bool *is_held);

#endif
