/* What a struct database is made of. Inside database/ only. */
#ifndef CORBRIDGE_DATABASE_CONNECTION_H
#define CORBRIDGE_DATABASE_CONNECTION_H

#include "database/database.h"
#include "database/statement.h"
#include "parser/arena.h"
#include "parser/datetime.h"

struct sqlite3;
struct sqlite3_stmt;

/* Room for an instant in its stored form, with NUL. */
#define INSTANT_TEXT_SIZE 28

struct database {
    struct sqlite3 *handle;
    enum database_world world;
    enum database_mode mode;
    int migrated_from; /* schema version that was found and brought up to date; 0: none */
    char control_letters[7];
    struct sqlite3_stmt *statements[STATEMENT_COUNT]; /* prepared when first used, kept to the end */
    uint64_t looked;      /* when it was last asked whether the file is still in place, monotonic ms */
    struct arena scratch; /* old and new values while one message is applied */
    int error_code;       /* extended, of the last failure */
    char error_text[256];
    char answer[256]; /* of database_quick_check */
};

/* What a code of SQLite means to callers. */
enum database_kind database_kind_of(int code);

/* Remembers SQLite's code and text, and says what it means. */
enum database_kind database_failed(struct database *db, int code);

/* The same for memory that ran out outside SQLite: DATABASE_NO_MEMORY. */
enum database_kind database_no_memory(struct database *db);

#endif
