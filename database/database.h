/*
 * One connection to one world's database file. SQLite, WAL, synchronous=FULL.
 *
 * A struct database belongs to one thread. The committer holds the only writing connection of this program per world;
 * commands and the status page read through connections of their own. Other programs write there too (docs/database.md
 * says what they owe).
 */
#ifndef CORBRIDGE_DATABASE_DATABASE_H
#define CORBRIDGE_DATABASE_DATABASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct database; /* opaque, heap */

enum database_kind {
    DATABASE_OK = 0,
    DATABASE_NONE, /* no (further) row: no failure */
    DATABASE_BUSY, /* locked by another program longer than the busy timeout: try again */
    DATABASE_FULL, /* disk full */
    DATABASE_READ_ONLY,
    DATABASE_MOVED,       /* the file was replaced, renamed or deleted while it was open */
    DATABASE_IO,          /* the disk or the share failed */
    DATABASE_CORRUPT,     /* not a database, or damaged */
    DATABASE_NEWER,       /* the schema is newer than this program */
    DATABASE_OLDER,       /* the schema is older, and this mode does not migrate: start the service once */
    DATABASE_WRONG_WORLD, /* a test database opened as live or the other way round */
    DATABASE_CONSTRAINT,  /* a rule of the schema refused the row */
    DATABASE_NO_MEMORY,
    DATABASE_CANNOT_OPEN,
    DATABASE_OTHER
};

enum database_world {
    DATABASE_TEST,
    DATABASE_LIVE
};

enum database_mode {
    DATABASE_WRITE,  /* creates and migrates what is missing; busy timeout 5 s */
    DATABASE_READ,   /* read-only; the file must exist and have the schema of this program */
    DATABASE_COMMAND /* like READ, but may insert into command and access_log; never migrates */
};

/* The schema version that this program writes (PRAGMA user_version). */
int database_schema_version(void);

/* Version of the SQLite that is linked in: "3.53.4". */
const char *database_library_version(void);

/*
 * Opens `path` (UTF-8). DATABASE_WRITE creates the file (WAL, incremental vacuum, 6 random letters for control ids) and
 * runs missing migrations, each one transaction. On failure *out is NULL and `message` (when size > 0) holds a sentence
 * that says what to do next, without patient data.
 */
enum database_kind database_open(const char *path, enum database_world world, enum database_mode mode,
                                 struct database **out, char *message, size_t message_size);

/* The schema version that database_open found and brought up to date; 0: the file was new, or needed nothing. */
int database_migrated_from(const struct database *db);

/* Closes; NULL is allowed. */
void database_close(struct database *db);

/* Takes the file up for a run of the service. *in_order: the run before has laid it down (or there was none); else its process died, and
 * what it left claimed is suspect. Inside a transaction. */
enum database_kind database_take_up(struct database *db, bool *in_order);

/* Lays it down after a stop in good order, in a transaction of its own. Hardly waits for another program: without it the next start only
 * takes more care. */
enum database_kind database_lay_down(struct database *db);

/* SQLite's extended code and text of the last failure on this connection; borrowed until the next call. */
int database_error_code(const struct database *db);
const char *database_error_text(const struct database *db);

/* BEGIN IMMEDIATE, COMMIT, ROLLBACK. After an error database_in_transaction says whether SQLite rolled back by itself
 * (sqlite3_get_autocommit): then the group starts again one by one. Nothing is begun in a file that is no longer the one at its
 * path: DATABASE_MOVED, until it is there again. */
enum database_kind database_begin(struct database *db);
enum database_kind database_commit(struct database *db);
void database_rollback(struct database *db);
/* Ends what database_begin began by how it went: DATABASE_OK commits; anything else, also of the commit itself, rolls back what SQLite
 * has not, and is returned. For a `kind` of database_begin too: then there is nothing to end. */
enum database_kind database_finish(struct database *db, enum database_kind kind);
bool database_in_transaction(const struct database *db);

/* A savepoint for one message inside the group. Not nested. */
enum database_kind database_savepoint(struct database *db);
enum database_kind database_savepoint_release(struct database *db);
enum database_kind database_savepoint_rollback(struct database *db);

/* Gives back the memory that this connection does not need now: pages that can be read again. */
void database_release_memory(struct database *db);

/* PRAGMA data_version: changes when another connection has committed. DATABASE_MOVED: those would not be seen here. */
enum database_kind database_data_version(struct database *db, int64_t *version);

/* Moves the WAL back into the file (PASSIVE; TRUNCATE when `truncate`). `*wal_pages` is the size of the WAL before,
 * `*moved` how many pages are in the file now. Call on a connection and thread of its own. */
enum database_kind database_checkpoint(struct database *db, bool truncate, int *wal_pages, int *moved);

/* The 6 base-32 letters of this database for control ids; borrowed from db. */
const char *database_control_letters(const struct database *db);

/* "ok", or the first problem that PRAGMA quick_check names; borrowed until the next call. */
enum database_kind database_quick_check(struct database *db, const char **answer);

#endif
