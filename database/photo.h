/*
 * Photos as files and events speak of them: what a PhotoPath asks for, and the picture that comes as a file beside it, whichever
 * comes first (RULES "Photos"). How a picture is fetched and stored: photo_request.h.
 */
#ifndef CORBRIDGE_DATABASE_PHOTO_H
#define CORBRIDGE_DATABASE_PHOTO_H

#include "database/ledger.h"

struct apply_work;

/*
 * The event of `work` states the PhotoPath of a patient. A path that is new, or whose photo was given up, is asked for; an empty one ends the present
 * photo. A picture of that name that waits in the feed is the patient's; *ended grows by each message that waits no longer. Called by
 * apply.c.
 */
enum database_kind photo_ask(struct apply_work *work, int64_t patient, struct slice path, size_t *ended);

/* A file of a feed that is a picture. */
struct photo_file {
    int64_t file; /* ledger number; its row has the hash */
    const char *feed;
    const char *name; /* of the file */
    instant_us event_at;
    instant_us waits_until;
    instant_us now;
};

/*
 * Writes its message: applied when a patient's PhotoPath of this feed names it (its last part, without regard to the case of A to Z);
 * duplicate when it is their photo already; else waiting. *out is the message as stored. Inside a transaction.
 */
enum database_kind photo_take_file(struct database *db, const struct photo_file *photo,
                                   struct ledger_message *out);

/* The message of a picture waits no longer. */
enum database_kind photo_waiting_remove(struct database *db, int64_t message);

#endif
