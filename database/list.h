/*
 * What the ledger holds, as a person looks for it: one line for each file, or for each message of it that is asked for. Any connection.
 */
#ifndef CORBRIDGE_DATABASE_LIST_H
#define CORBRIDGE_DATABASE_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "database/database.h"
#include "parser/arena.h"
#include "parser/datetime.h"

/* Which lines; zero is all of them. Texts are borrowed. */
struct list_filter {
    const char *feed; /* by name; NULL: any */
    /* A state of a message or of a file, as it is stored; "open": held, unmatched or waiting. NULL: any. */
    const char *state;
    instant_us since, until; /* arrival at or after, and before; INSTANT_NONE: no bound */
    const char *cause;   /* the reason of a file, the code of an error, or a part of the remark; NULL: any */
    const char *patient; /* the sender's number of a person, under any authority; NULL: any */
    const char *booking; /* likewise of a booking; not together with `patient` */
    size_t limit;        /* the newest so many, at least 1 */
};

/* One line; texts in the arena. No value of a patient, and no file name: the suggested names hold booking numbers. */
struct list_line {
    int64_t file;   /* ledger number */
    int ordinal;    /* which message of the file; 0: the line is of the file as a whole */
    bool of_many;   /* the file holds many messages: `ordinal` is the row */
    int64_t rows;   /* of such a file, as far as known */
    int64_t passed; /* of them, how many have been applied or set aside */
    int64_t open_rows,
        bad_rows; /* where the line is of such a file: messages that are open, and in quarantine, now */
    const char *feed, *format;
    instant_us arrived;
    const char *kind;       /* of the message, "location"; NULL: of the file as a whole */
    const char *file_state; /* "claimed", "done", "quarantined", "vanished" */
    const char *state;      /* of the message; of the file where the line is of the file */
    const char *reason;     /* why the file was quarantined, one stable word; NULL */
    const char *fault;      /* code of the first error, such as "required-missing"; NULL */
    const char *detail;     /* remark of the message; NULL */
};

/* Whether the word is a state by which lines can be asked for. */
bool list_is_state(const char *word);

/* All those words, for a message, separated by commas; static. */
const char *list_states(void);

/*
 * The newest lines that fit, the oldest of them first; array in the arena. *more: there are others.
 *
 * A file of many messages is one line. Its rows are lines where a state of messages, a cause, a patient or a booking is asked for; a row
 * that brought nothing new left nothing that could be listed. `applied` and `duplicate` are looked for from the newest file on; everything
 * else is found by an index.
 */
enum database_kind list_read(struct database *db, const struct list_filter *filter, struct arena *arena,
                             struct list_line **lines, size_t *count, bool *more);

/* Whether a feed of that name has had a file. */
enum database_kind list_knows_feed(struct database *db, const char *feed, bool *known);

#endif
