/* Rows that the commands of corbridge.exe write and the committer carries out; and who looked at patient data. */
#ifndef CORBRIDGE_DATABASE_COMMAND_H
#define CORBRIDGE_DATABASE_COMMAND_H

#include "database/database.h"
#include "parser/arena.h"
#include "parser/datetime.h"

struct command_row {
    int64_t id;
    const char *what;     /* "scan", "retry", … */
    int64_t number;       /* ledger or outbox number; 0: none */
    const char *subject;  /* what it is about: "feed:jms"; NULL */
    const char *argument; /* a reason; never patient data; NULL */
    const char *user;     /* who typed it: Windows user */
    const char *answer;   /* NULL until it is carried out */
    bool done;            /* the answer says that it was done; else it was refused */
};

/* On a DATABASE_COMMAND connection, in a transaction of its own; sets row->id. */
enum database_kind command_insert(struct database *db, struct command_row *row, instant_us now);

/* Commands without an answer, by id. */
enum database_kind command_pending(struct database *db, struct arena *arena, struct command_row **rows,
                                   size_t *count);

/* Answers one, inside a transaction: done, or refused. DATABASE_NONE when it has an answer already. */
enum database_kind command_answer(struct database *db, int64_t id, bool done, const char *answer,
                                  instant_us now);

/* The row as it stands. DATABASE_NONE when there is none. Any connection. */
enum database_kind command_get(struct database *db, int64_t id, struct arena *arena, struct command_row *row);

/* Committed before any patient data is printed. DATABASE_COMMAND connection, a transaction of its own. */
enum database_kind access_log_insert(struct database *db, const char *user, const char *command,
                                     int64_t number, instant_us now);

#endif
