/*
 * One file of the ledger as a person looks at it: what it is, what was in it, what was wrong, what it changed, what was decided of it. With
 * values of patients: whoever prints them has committed a row of access_log first (command.h). Any connection; all texts and arrays lie in the
 * arena.
 */
#ifndef CORBRIDGE_DATABASE_VIEW_H
#define CORBRIDGE_DATABASE_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "database/database.h"
#include "parser/arena.h"
#include "parser/datetime.h"
#include "parser/encoding.h"
#include "platform/sha256.h"

struct view_file {
    int64_t number;
    const char *feed, *name, *format;
    uint64_t size;
    int64_t created_us, written_us; /* as the file system gave them; 0: none */
    bool hashed;                    /* sha256 is known: not of a file that vanished before it was read */
    uint8_t sha256[SHA256_SIZE];
    instant_us arrived, ended, put_away; /* INSTANT_NONE: not yet */
    const char *state;                   /* "claimed", "done", "quarantined", "vanished" */
    const char *reason;                  /* why it was quarantined, one stable word; NULL */
    const char *stored;  /* where its bytes lie, below the world's folder; NULL: not, or nowhere */
    bool in_place;       /* it still lies in the feed's folder */
    int64_t attempts;    /* after unclean stops */
    int64_t copied_from; /* test world: its number in the live world; 0: it came by itself */
    bool of_many;        /* a file of many messages: what follows is known */
    int64_t rows, passed, unchanged; /* of it; applied or set aside so far; of them, nothing new */
    enum encoding encoding;          /* of it */
};

/* DATABASE_NONE: there is no such number. */
enum database_kind view_file(struct database *db, int64_t number, struct arena *arena, struct view_file *out);

/* How many messages of a file stand in a state now. */
struct view_count {
    const char *state;
    int64_t count;
};
enum database_kind view_counts(struct database *db, int64_t file, struct arena *arena,
                               struct view_count **counts, size_t *count);

/* Whom the database knows by that number now. */
struct view_person {
    const char *patient_id, *last_name, *first_name, *birth_date; /* the sender's number; all NULL: nobody */
};

struct view_message {
    int64_t id;
    int ordinal;
    const char *kind, *state;
    instant_us event_at, ended;              /* ended INSTANT_NONE: at once, or not yet */
    const char *detail;                      /* NULL */
    int64_t patient, booking;                /* rows of ours; 0: none known */
    const char *patient_id, *booking_number; /* the sender's; NULL: not known */
    struct view_person person;               /* whom it is about */
    struct view_person owner;                /* whose the booking is */
    instant_us waits_until;                  /* INSTANT_NONE: it does not wait */
    const char *
        stored; /* where it lies by itself while the file lies elsewhere, below the world's folder; NULL: it does not */
};

/* Messages of a file with ordinals from `first` to `last`, at most `limit`; `unsettled`: only those that are neither applied nor duplicate. */
enum database_kind view_messages(struct database *db, int64_t file, int first, int last, bool unsettled,
                                 size_t limit, struct arena *arena, struct view_message **messages,
                                 size_t *count);

struct view_fault {
    const char *code, *severity;  /* "required-missing", "error" */
    int64_t line;                 /* 0: the file as a whole */
    const char *field, *expected; /* NULL: none */
};

/* The faults of a message, or (message 0) those of the file as a whole. */
enum database_kind view_faults(struct database *db, int64_t file, int64_t message, size_t limit,
                               struct arena *arena, struct view_fault **faults, size_t *count);

struct view_change {
    const char *table; /* "patient" */
    int64_t row;
    const char *field;     /* column; NULL: the row was created */
    const char *from, *to; /* NULL: nothing */
};

/* What a message changed, in its order. */
enum database_kind view_changes(struct database *db, int64_t message, size_t limit, struct arena *arena,
                                struct view_change **changes, size_t *count);

/* What people decided of a file: commands release and reject. */
struct view_command {
    const char *what, *subject, *argument, *user; /* subject "row:17", or NULL: all of it */
    instant_us created, answered;                 /* answered INSTANT_NONE: not carried out yet */
    const char *answer;
    bool done;
};
enum database_kind view_commands(struct database *db, int64_t number, size_t limit, struct arena *arena,
                                 struct view_command **commands, size_t *count);

#endif
