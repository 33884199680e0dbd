/*
 * Results on charts: whose they are, under which key, what is newer (RULES "Results"). One message of a laboratory or radiology is applied
 * inside the caller's savepoint or transaction, or is held, or unmatched, as apply_jms_event does for events.
 */
#ifndef CORBRIDGE_DATABASE_RESULT_H
#define CORBRIDGE_DATABASE_RESULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "database/database.h"
#include "database/ledger.h"
#include "parser/result.h"
#include "parser/zone.h"
#include "platform/sha256.h"

enum result_update {
    RESULT_UPDATE_MERGE,  /* lines that a newer message does not carry stay */
    RESULT_UPDATE_REPLACE /* they become superseded */
};

/* "JMS" for what PID-3.4 or MSH-4 say; the feed's map. */
struct result_authority {
    const char *given;     /* as the sender writes it */
    const char *authority; /* ours */
};

/* A document whose bytes lie in the documents folder of the world: written before the transaction, named by the hash. In the order of the lines that
 * have one, over all reports of the message. */
struct result_stored {
    uint8_t sha256[SHA256_SIZE];
    uint64_t size;
};

struct result_input {
    const struct result_message *message;
    int64_t file; /* ledger number */
    int ordinal;  /* message within the file, from 1 */
    const char *feed;
    instant_us arrived, now;
    uint8_t sha256[SHA256_SIZE];           /* of the bytes of this message: repeats (RULES "Repeats") */
    const struct result_stored *documents; /* message->document_count of them */
    enum result_update update;
    const char *authority; /* of ids whose authority is not mapped: default "JMS" */
    const struct result_authority *authorities;
    size_t authority_count;
    const struct zone *zone; /* of times without an offset */
    int64_t
        open_message; /* a held or unmatched message that is tried again, which this one ends or leaves as it is; 0: a new one */
    bool
        released; /* a person has released it: filed on the patient found, whatever the identity check or the report's key say */
    const struct fault_list *warnings; /* kept with the message; may be NULL */
};

struct result_outcome {
    struct ledger_message message; /* as stored; detail is borrowed from db until its next result */
    size_t reports, lines;         /* that were filed or changed */
    size_t critical;               /* lines that are critical and were not so before: an event */
    size_t taken_off;              /* reports that W has taken off a chart: an event */
    bool control_id_again; /* the same MSH-10 with other bytes was applied before: an event, counted */
    bool moved;            /* merge, change of id: results moved along */
    int64_t other_file;    /* held for a key of another person's report: its ledger number; 0 */
};

/*
 * Applies one message and writes its message row. DATABASE_OK with outcome->message.state: applied; duplicate (the same bytes were applied, or nothing
 * was new); stale (nothing in it is newer than what is known); held; unmatched. With open_message: that row ends as applied, duplicate or stale, or
 * stays as it is (then its state is given). Any other kind: nothing was written that the caller's rollback does not take back.
 */
enum database_kind result_apply(struct database *db, const struct result_input *input,
                                struct result_outcome *outcome);

/*
 * Open messages (held, unmatched) that are to be tried again, since a patient or booking came to be or changed that they may belong to; by ledger number,
 * at most `limit`; numbers of messages, in the arena. Triggers note them in the transaction that makes the change. Any connection.
 */
enum database_kind result_retries(struct database *db, size_t limit, struct arena *arena, int64_t **messages,
                                  size_t *count);

/* It was tried again, or cannot be (its bytes are gone): not again before something changes. In a transaction. */
enum database_kind result_retry_done(struct database *db, int64_t message);

#endif
