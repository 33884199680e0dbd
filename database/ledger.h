/*
 * The ledger: which files came, which messages were in them, and how each ended (RULES "Units and states").
 *
 * A file row is claimed → done | quarantined | vanished. `in_place` stands until the bytes have been put away:
 * a row that is done and in place is RULES' "applied, in place". Every transition is one function here. All
 * functions run on the writing connection inside a transaction unless said otherwise; they return DATABASE_OK
 * or why not.
 */
#ifndef CORBRIDGE_DATABASE_LEDGER_H
#define CORBRIDGE_DATABASE_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "database/database.h"
#include "parser/arena.h"
#include "parser/datetime.h"
#include "parser/fault.h"
#include "parser/slice.h"
#include "platform/file.h"
#include "platform/sha256.h"

enum ledger_file_state {
    LEDGER_CLAIMED,
    LEDGER_DONE,
    LEDGER_QUARANTINED,
    LEDGER_VANISHED
};

enum ledger_message_state {
    LEDGER_APPLIED,
    LEDGER_DUPLICATE, /* applied, nothing was new */
    LEDGER_STALE,
    LEDGER_SUPERSEDED,
    LEDGER_MESSAGE_QUARANTINED,
    LEDGER_REJECTED,
    LEDGER_TEST_ONLY,
    /* open states */
    LEDGER_HELD,
    LEDGER_UNMATCHED,
    LEDGER_WAITING,
    LEDGER_MESSAGE_STATE_COUNT
};

/* The words as stored: "applied", "duplicate", "quarantined", … */
const char *ledger_file_state_name(enum ledger_file_state state);
const char *ledger_message_state_name(enum ledger_message_state state);

/* One file. Strings are borrowed: from the caller when writing, from the arena when read. */
struct ledger_file {
    int64_t id; /* the ledger number; 0 before the claim */
    const char *feed;
    const char *name; /* as it lay in the folder */
    struct file_marks marks;
    uint8_t sha256[SHA256_SIZE];
    instant_us arrived; /* when it was first proved ready; kept by retry, release and replay */
    const char *format; /* "jms-event" */
    enum ledger_file_state state;
    bool in_place;
    int attempt;         /* lone attempts after an unclean stop */
    int64_t copied_from; /* test world: its number in the live world; 0: it came by itself */
};

/* Claims: inserts the row (state claimed, in place) and sets file->id. AUTOINCREMENT: a number is never used twice. */
enum database_kind ledger_claim(struct database *db, struct ledger_file *file);

/* Writes a row for a file that went away or was replaced before it could be claimed (state vanished); sets file->id. */
enum database_kind ledger_vanished_unclaimed(struct database *db, struct ledger_file *file);

/* attempt + 1, committed by the caller just before a suspect is parsed alone; *attempt is the new count. */
enum database_kind ledger_count_attempt(struct database *db, int64_t file, int *attempt);

/* claimed → done | quarantined, still in place (the put-away follows the commit); claimed → vanished, not in place.
 * `reason` is a stable short word for quarantine ("faults", "incomplete", "suspect", "too-large"), NULL otherwise. */
enum database_kind ledger_end_file(struct database *db, int64_t file, enum ledger_file_state state,
                                   const char *reason, instant_us now);

/* done | quarantined in place → put away; `stored` is the path below the world's folder
 * ("archive/2026/11/23/18/…"); NULL: it is neither in the share nor in a folder of ours. */
enum database_kind ledger_put_away(struct database *db, int64_t file, const char *stored, instant_us now);

/* All rows of a feed that are claimed or in place, by number; array in the arena. Any connection. */
enum database_kind ledger_unfinished(struct database *db, const char *feed, struct arena *arena,
                                     struct ledger_file **files, size_t *count);

/* A file as the copier of the test world sees it (service/pipeline/copier.h). */
struct ledger_copy {
    struct ledger_file file;
    bool ended;         /* it is neither claimed nor in place any more */
    bool wanted;        /* it ended so that the test world takes it too: applied, left to test, or waiting */
    bool left_to_test;  /* live did nothing with it but leave it to test */
    const char *stored; /* below the world's folder; NULL: nowhere */
};

/* Files of a feed with numbers in (after, last], by number, at most `limit`, without those that vanished; array in the
 * arena. Any connection. */
enum database_kind ledger_copies(struct database *db, const char *feed, int64_t after, int64_t last,
                                 size_t limit, struct arena *arena, struct ledger_copy **copies,
                                 size_t *count);

/* How a file ended whose put-away was interrupted, so that it can go on with the same `.reason.txt`. */
struct ledger_outcome {
    bool held;    /* its message is held or waiting: it belongs in the hold */
    bool refused; /* its message waited too long: it belongs into quarantine, though the file was readable */
    const char *
        reason; /* stable word, as given to ledger_end_file, "held", "waiting", "waited-too-long"; in the arena */
    const char *detail; /* of the message; NULL */
    struct fault_list faults;
};

/* Reads it; lists and strings in the arena. DATABASE_NONE when there is no such row. Any connection. */
enum database_kind ledger_outcome(struct database *db, int64_t file, struct arena *arena,
                                  struct ledger_outcome *out);

/* One message of a file. */
struct ledger_message {
    int64_t id; /* set by ledger_message_insert */
    int64_t file;
    int ordinal;      /* from 1 */
    const char *kind; /* "demographics", "location" */
    enum ledger_message_state state;
    instant_us event_at;      /* by what the feed names, else arrival */
    int64_t patient, booking; /* rows of ours; 0: none */
    const char *detail;       /* for people, no patient data: "stale: location"; NULL */
};

/* An applied message of the file changed family name, given name and birth date at once: the feed counts it, for `status`. */
enum database_kind ledger_count_identity_change(struct database *db, int64_t file);

enum database_kind ledger_message_insert(struct database *db, struct ledger_message *message);

/* The ordinal behind all messages that the file has: 1, but for a file of many of which some have ended. */
enum database_kind ledger_next_ordinal(struct database *db, int64_t file, int *ordinal);

/* Sets state, patient, booking and detail of an inserted message. */
enum database_kind ledger_message_end(struct database *db, const struct ledger_message *message,
                                      instant_us now);

/* Keeps the faults of a message (or, with message 0, of the file): code, severity, line, field, expected. */
enum database_kind ledger_faults_insert(struct database *db, int64_t file, int64_t message,
                                        const struct fault_list *faults);

/* Keeps a field that is not in the table with its message. */
enum database_kind ledger_extra_insert(struct database *db, int64_t message, struct slice name,
                                       struct slice value);

/* Counts for status; any connection. Array in the arena, one row per feed that the ledger knows. */
struct ledger_feed_counts {
    const char *feed;
    int64_t claimed, in_place; /* now; in_place: ended, but not put away yet */
    int64_t done, quarantined, vanished;
    int64_t applied, duplicate, open_messages; /* messages */
    const char *last_arrived;                  /* stored text, NULL: none */
    int64_t last_file;
    int64_t identity_changes, last_identity_change; /* how many; the newest one's file, 0: none */
};
enum database_kind ledger_counts(struct database *db, struct arena *arena, struct ledger_feed_counts **feeds,
                                 size_t *count);

#endif
