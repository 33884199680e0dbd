#include "database/database.h"

#include "database/connection.h"
#include "database/migrations.h"
#include "database/query.h"
#include "platform/clock.h"
#include "platform/process.h"

#include <sqlite3.h>

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* PRAGMA application_id: "CBrg". Says that a file is one of ours before anything is asked of its tables. */
#define APPLICATION_ID 0x43427267

/* How long a connection waits for a lock of another program. docs/database.md asks the same of writers. */
#define BUSY_MILLISECONDS 5000

/* A checkpoint that truncates keeps writers out while it waits for readers: it may not wait long (DESIGN step 5). */
#define TRUNCATE_BUSY_MILLISECONDS 50

/* How often a connection that only looks asks whether the file is still the one at the path. */
#define IN_PLACE_MILLISECONDS 1000u

/* Most of the WAL that is kept on disk after a checkpoint. */
#define WAL_KEPT_BYTES "16777216"

/* Pages in memory: "-8000" is 8,000 KiB. Bookings arrive in no order of their numbers: the index should stay in memory. The test world
 * may be slower. */
#define CACHE_LIVE "-8000"
#define CACHE_TEST "-2000"

int database_migrated_from(const struct database *db)
{
    return db->migrated_from;
}

int database_schema_version(void)
{
    return migrations_version();
}

const char *database_library_version(void)
{
    return sqlite3_libversion();
}

enum database_kind database_kind_of(int code)
{
    switch (code) {
    case SQLITE_IOERR_NOMEM: return DATABASE_NO_MEMORY;
    case SQLITE_READONLY_DBMOVED: return DATABASE_MOVED;
    default: break;
    }
    switch (code & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW: return DATABASE_OK;
    case SQLITE_DONE: return DATABASE_NONE;
    case SQLITE_BUSY:
    case SQLITE_PROTOCOL: return DATABASE_BUSY;
    case SQLITE_FULL: return DATABASE_FULL;
    case SQLITE_READONLY:
    case SQLITE_AUTH: return DATABASE_READ_ONLY;
    case SQLITE_IOERR: return DATABASE_IO;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return DATABASE_CORRUPT;
    case SQLITE_CONSTRAINT: return DATABASE_CONSTRAINT;
    case SQLITE_NOMEM: return DATABASE_NO_MEMORY;
    case SQLITE_PERM:
    case SQLITE_CANTOPEN: return DATABASE_CANNOT_OPEN;
    default: return DATABASE_OTHER;
    }
}

enum database_kind database_failed(struct database *db, int code)
{
    db->error_code = code;
    (void)snprintf(db->error_text, sizeof db->error_text, "%s", sqlite3_errmsg(db->handle));
    return database_kind_of(code);
}

enum database_kind database_no_memory(struct database *db)
{
    db->error_code = SQLITE_NOMEM;
    (void)snprintf(db->error_text, sizeof db->error_text, "out of memory");
    return DATABASE_NO_MEMORY;
}

int database_error_code(const struct database *db)
{
    return db->error_code;
}

const char *database_error_text(const struct database *db)
{
    return db->error_text;
}

void database_release_memory(struct database *db)
{
    (void)sqlite3_db_release_memory(db->handle);
    arena_release(&db->scratch);
    arena_init(&db->scratch, 0);
}

const char *database_control_letters(const struct database *db)
{
    return db->control_letters;
}

/* Opening ---------------------------------------------------------------------------------------------------------- */

/*
 * What a DATABASE_COMMAND connection may do: read, and insert into two tables. Asked while a statement is prepared. The
 * rights of the file are the real guard; this keeps our own commands from ever doing more by mistake.
 */
static int authorize_command(void *context, int action, const char *first, const char *second,
                             const char *schema, const char *trigger)
{
    (void)context;
    (void)schema;
    (void)trigger;
    switch (action) {
    case SQLITE_SELECT:
    case SQLITE_READ:
    case SQLITE_FUNCTION:
    case SQLITE_RECURSIVE:
    case SQLITE_TRANSACTION:
    case SQLITE_SAVEPOINT: return SQLITE_OK;
    case SQLITE_INSERT:
        return strcmp(first, "command") == 0 || strcmp(first, "access_log") == 0 ? SQLITE_OK : SQLITE_DENY;
    case SQLITE_PRAGMA:
        return second == NULL && (strcmp(first, "data_version") == 0 || strcmp(first, "quick_check") == 0)
                   ? SQLITE_OK
                   : SQLITE_DENY;
    default: return SQLITE_DENY;
    }
}

/* The first number of the first row; `missing` when there is no row. Returns SQLite's code. */
static int read_number(struct database *db, const char *sql, int64_t missing, int64_t *number)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(db->handle, sql, -1, &statement, NULL);
    if (code != SQLITE_OK)
        return code;
    code = sqlite3_step(statement);
    *number = code == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : missing;
    (void)sqlite3_finalize(statement);
    return code == SQLITE_ROW || code == SQLITE_DONE ? SQLITE_OK : code;
}

static int execute(struct database *db, const char *sql)
{
    return sqlite3_exec(db->handle, sql, NULL, NULL, NULL);
}

/* Where a failure to open happened, for the sentence. */
struct opening {
    struct database *db;
    char *message;
    size_t size;
};

static enum database_kind say(const struct opening *opening, enum database_kind kind, const char *sentence)
{
    if (opening->size > 0)
        (void)snprintf(opening->message, opening->size, "%s", sentence);
    return kind;
}

static enum database_kind say_code(const struct opening *opening, int code)
{
    enum database_kind kind = database_failed(opening->db, code);
    const char *remedy;
    switch (kind) {
    case DATABASE_BUSY:
        remedy = "another program holds its lock: end long transactions there and try again";
        break;
    case DATABASE_FULL: remedy = "the disk is full: make room on the volume of the data folder"; break;
    case DATABASE_READ_ONLY:
        remedy = "it cannot be written: give the service's account Modify on the data folder and the file";
        break;
    case DATABASE_IO: remedy = "the disk failed: look for disk errors in the System log of Windows"; break;
    case DATABASE_CORRUPT:
        remedy = "it is no SQLite database or is damaged: keep the file and bring back the last backup";
        break;
    case DATABASE_CANNOT_OPEN:
        remedy =
            "it cannot be opened: the folder must exist on a local disk, and this account needs Modify on it";
        break;
    case DATABASE_NO_MEMORY: remedy = "memory is exhausted: close other programs and try again"; break;
    default: remedy = "this is not foreseen: report the number that follows"; break;
    }
    if (opening->size > 0)
        (void)snprintf(opening->message, opening->size, "the database: %s (SQLite %d, %s)", remedy, code,
                       sqlite3_errmsg(opening->db->handle));
    return kind;
}

/* What every connection sets for itself. Temporary tables and journals stay in memory: they may hold patient data. */
static int set_connection(struct database *db)
{
    int code = sqlite3_busy_timeout(db->handle, BUSY_MILLISECONDS);
    if (code == SQLITE_OK)
        code = sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_db_config(db->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    if (code == SQLITE_OK)
        code = execute(db, "PRAGMA temp_store = MEMORY; PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL;"
                           "PRAGMA wal_autocheckpoint = 0; PRAGMA journal_size_limit = " WAL_KEPT_BYTES);
    if (code == SQLITE_OK)
        code = execute(db, db->world == DATABASE_LIVE ? "PRAGMA cache_size = " CACHE_LIVE
                                                      : "PRAGMA cache_size = " CACHE_TEST);
    return code;
}

/* Journal and vacuum mode of a new file; both are kept in the file. auto_vacuum must stand before the first page. */
static enum database_kind set_file(const struct opening *opening)
{
    struct database *db = opening->db;
    int64_t pages = 0;
    int code = read_number(db, "PRAGMA page_count", 0, &pages);
    if (code == SQLITE_OK && pages == 0)
        code = execute(db, "PRAGMA auto_vacuum = INCREMENTAL");
    sqlite3_stmt *statement = NULL;
    if (code == SQLITE_OK)
        code = sqlite3_prepare_v2(db->handle, "PRAGMA journal_mode = WAL", -1, &statement, NULL);
    bool wal = false;
    if (code == SQLITE_OK) {
        code = sqlite3_step(statement);
        const char *mode = code == SQLITE_ROW ? (const char *)sqlite3_column_text(statement, 0) : NULL;
        wal = mode != NULL && strcmp(mode, "wal") == 0;
        if (code == SQLITE_ROW)
            code = SQLITE_OK;
    }
    (void)sqlite3_finalize(statement);
    if (code != SQLITE_OK)
        return say_code(opening, code);
    if (!wal)
        return say(
            opening, DATABASE_CANNOT_OPEN,
            "the database cannot use a write-ahead log here: put the data folder on a local NTFS disk");
    return DATABASE_OK;
}

/* The row of database_info: drawn in a transaction of its own, once in the life of a file. */
static int make_info(struct database *db, enum database_world world)
{
    static const char alphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUV";
    uint8_t random[6];
    char letters[7] = "";
    process_random(random, sizeof random);
    for (size_t i = 0; i < sizeof random; i++)
        letters[i] = alphabet[random[i] & 31];
    char now[INSTANT_TEXT_SIZE];
    datetime_format_instant(clock_utc_us(), now);

    sqlite3_stmt *statement = NULL;
    int code = execute(db, "BEGIN IMMEDIATE");
    if (code != SQLITE_OK)
        return code;
    code = sqlite3_prepare_v2(db->handle,
                              "INSERT INTO database_info (id, world, control_letters, created_at)"
                              " SELECT 1, ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM database_info)",
                              -1, &statement, NULL);
    if (code == SQLITE_OK) {
        (void)sqlite3_bind_text(statement, 1, world == DATABASE_LIVE ? "live" : "test", -1, SQLITE_STATIC);
        (void)sqlite3_bind_text(statement, 2, letters, 6, SQLITE_STATIC);
        (void)sqlite3_bind_text(statement, 3, now, -1, SQLITE_STATIC);
        code = sqlite3_step(statement) == SQLITE_DONE ? SQLITE_OK : sqlite3_extended_errcode(db->handle);
    }
    (void)sqlite3_finalize(statement);
    if (code == SQLITE_OK)
        code = execute(db, "COMMIT");
    if (code != SQLITE_OK && !sqlite3_get_autocommit(db->handle))
        (void)execute(db, "ROLLBACK");
    return code;
}

static enum database_kind read_info(const struct opening *opening)
{
    struct database *db = opening->db;
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(db->handle, "SELECT world, control_letters FROM database_info", -1,
                                  &statement, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_step(statement);
    bool live = false;
    if (code == SQLITE_ROW) {
        live = strcmp((const char *)sqlite3_column_text(statement, 0), "live") == 0;
        (void)snprintf(db->control_letters, sizeof db->control_letters, "%s",
                       (const char *)sqlite3_column_text(statement, 1));
    }
    (void)sqlite3_finalize(statement);
    if (code == SQLITE_DONE)
        return say(opening, DATABASE_OLDER,
                   "the database was never finished: start the service once, it does so");
    if (code != SQLITE_ROW)
        return say_code(opening, code);
    if (live == (db->world == DATABASE_LIVE))
        return DATABASE_OK;
    return say(
        opening, DATABASE_WRONG_WORLD,
        live
            ? "this is the live database, and the test database was to be opened: put each file back in the "
              "folder of its world"
            : "this is a test database, and the live one was to be opened: a test database never becomes the "
              "live one; put each file back in the folder of its world");
}

/* Brings the file to the schema of this program, or says why it cannot be used. */
static enum database_kind check_schema(const struct opening *opening)
{
    struct database *db = opening->db;
    int version = 0;
    int64_t id = 0;
    int64_t tables = 0;
    int code = migrations_read_version(db->handle, &version);
    if (code == SQLITE_OK)
        code = read_number(db, "PRAGMA application_id", 0, &id);
    if (code == SQLITE_OK)
        code = read_number(db, "SELECT count(*) FROM sqlite_schema", 0, &tables);
    if (code != SQLITE_OK)
        return say_code(opening, code);
    if (id != APPLICATION_ID && (tables > 0 || version != 0))
        return say(opening, DATABASE_CANNOT_OPEN,
                   "the file is a database of another program: name another data folder in corbridge.xml");
    if (version > migrations_version())
        return say(opening, DATABASE_NEWER,
                   "the database was written by a newer CorBridge: install that version or a later one");
    if (version == migrations_version())
        return DATABASE_OK;
    db->migrated_from = version;
    if (db->mode != DATABASE_WRITE)
        return say(
            opening, DATABASE_OLDER,
            "the database was written by an older CorBridge: start the service once, it brings it up to date");
    return DATABASE_NONE;
}

static enum database_kind bring_up_to_date(const struct opening *opening)
{
    struct database *db = opening->db;
    enum database_kind kind = check_schema(opening);
    if (kind != DATABASE_OK && kind != DATABASE_NONE)
        return kind;
    if (db->mode != DATABASE_WRITE)
        return DATABASE_OK;
    if (sqlite3_db_readonly(db->handle, "main") == 1) /* SQLite then opens what it may only read */
        return say(
            opening, DATABASE_READ_ONLY,
            "the database can be read and not written: clear the read-only attribute of its file, and give the "
            "service's account Modify on the data folder and the file");
    enum database_kind set = set_file(opening);
    if (set != DATABASE_OK)
        return set;
    if (kind == DATABASE_NONE) {
        const struct migration *failed = NULL;
        int code = migrations_run(db->handle, migrations, migration_count, &failed);
        if (code != SQLITE_OK)
            return say_code(opening, code);
    }
    int64_t rows = 0;
    int code = read_number(db, "SELECT count(*) FROM database_info", 0, &rows);
    if (code == SQLITE_OK && rows == 0)
        code = make_info(db, db->world);
    return code == SQLITE_OK ? DATABASE_OK : say_code(opening, code);
}

enum database_kind database_open(const char *path, enum database_world world, enum database_mode mode,
                                 struct database **out, char *message, size_t message_size)
{
    *out = NULL;
    if (message_size > 0)
        message[0] = '\0';
    struct database *db = calloc(1, sizeof *db);
    struct opening opening = {db, message, message_size};
    if (db == NULL)
        return say(&opening, DATABASE_NO_MEMORY, "memory is exhausted: close other programs and try again");
    db->world = world;
    db->mode = mode;
    arena_init(&db->scratch, 0);

    /* Readers open for writing too, where they may, and are held to reading by query_only: a connection opened read-only
     * cannot read a WAL database whose log nobody has open. */
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    if (mode == DATABASE_WRITE)
        flags |= SQLITE_OPEN_CREATE;
    int code = sqlite3_open_v2(path, &db->handle, flags, NULL);
    if (code == SQLITE_OK)
        code = set_connection(db);
    enum database_kind kind;
    if (code != SQLITE_OK)
        kind = say_code(&opening, code);
    else
        kind = bring_up_to_date(&opening);
    if (kind == DATABASE_OK)
        kind = read_info(&opening);
    if (kind == DATABASE_OK && mode == DATABASE_READ &&
        (code = execute(db, "PRAGMA query_only = ON")) != SQLITE_OK)
        kind = say_code(&opening, code);
    if (kind == DATABASE_OK && mode == DATABASE_COMMAND &&
        (code = sqlite3_set_authorizer(db->handle, authorize_command, NULL)) != SQLITE_OK)
        kind = say_code(&opening, code);
    if (kind != DATABASE_OK) {
        database_close(db);
        return kind;
    }
    *out = db;
    return DATABASE_OK;
}

enum database_kind database_take_up(struct database *db, bool *in_order)
{
    int64_t in_use = 0;
    *in_order = false;
    int code = read_number(db, "SELECT in_use FROM database_info", 0, &in_use);
    if (code == SQLITE_OK)
        code = execute(db, "UPDATE database_info SET in_use = 1");
    if (code != SQLITE_OK)
        return database_failed(db, code);
    *in_order = in_use == 0;
    return DATABASE_OK;
}

enum database_kind database_lay_down(struct database *db)
{
    (void)sqlite3_busy_timeout(db->handle, TRUNCATE_BUSY_MILLISECONDS);
    int code = execute(db, "UPDATE database_info SET in_use = 0");
    (void)sqlite3_busy_timeout(db->handle, BUSY_MILLISECONDS);
    return code == SQLITE_OK ? DATABASE_OK : database_failed(db, code);
}

void database_close(struct database *db)
{
    if (db == NULL)
        return;
    for (size_t i = 0; i < STATEMENT_COUNT; i++)
        (void)sqlite3_finalize(db->statements[i]);
    int code = sqlite3_close(db->handle);
    assert(code == SQLITE_OK); /* all statements are ours */
    (void)code;
    arena_release(&db->scratch);
    free(db);
}

/* Transactions ----------------------------------------------------------------------------------------------------- */

static enum database_kind run(struct database *db, enum statement_id id)
{
    struct query query = query_start(db, id);
    return query_run(&query);
}

/*
 * Whether the file at the path is another one now, or none. In a rollback journal SQLite asks this itself before it writes
 * (SQLITE_READONLY_DBMOVED); with a write-ahead log it does not, and what is committed would go into a file that nobody
 * finds. It costs one stat. Windows has no answer and needs none: SQLite's handle shares no deletion there, so that nobody can
 * rename or delete the file.
 */
static enum database_kind still_in_place(struct database *db)
{
    int moved = 0;
    if (sqlite3_file_control(db->handle, NULL, SQLITE_FCNTL_HAS_MOVED, &moved) != SQLITE_OK || moved == 0)
        return DATABASE_OK;
    db->error_code = SQLITE_READONLY_DBMOVED;
    (void)snprintf(db->error_text, sizeof db->error_text,
                   "the file was replaced, renamed or deleted while it was open");
    return DATABASE_MOVED;
}

enum database_kind database_begin(struct database *db)
{
    enum database_kind kind = still_in_place(db);
    return kind == DATABASE_OK ? run(db, STATEMENT_BEGIN) : kind;
}

enum database_kind database_commit(struct database *db)
{
    return run(db, STATEMENT_COMMIT);
}

void database_rollback(struct database *db)
{
    if (database_in_transaction(db))
        (void)run(db, STATEMENT_ROLLBACK);
}

enum database_kind database_finish(struct database *db, enum database_kind kind)
{
    if (kind == DATABASE_OK)
        kind = database_commit(db);
    if (kind != DATABASE_OK)
        database_rollback(db);
    return kind;
}

bool database_in_transaction(const struct database *db)
{
    return !sqlite3_get_autocommit(db->handle);
}

enum database_kind database_savepoint(struct database *db)
{
    return run(db, STATEMENT_SAVEPOINT);
}

enum database_kind database_savepoint_release(struct database *db)
{
    return run(db, STATEMENT_SAVEPOINT_RELEASE);
}

enum database_kind database_savepoint_rollback(struct database *db)
{
    enum database_kind kind = run(db, STATEMENT_SAVEPOINT_ROLLBACK);
    return kind == DATABASE_OK ? run(db, STATEMENT_SAVEPOINT_RELEASE) : kind;
}

/* Care ------------------------------------------------------------------------------------------------------------- */

enum database_kind database_data_version(struct database *db, int64_t *version)
{
    /* Asked forty times a second, of which each system call is felt; each transaction asks for itself. */
    enum database_kind kind = DATABASE_OK;
    uint64_t now = clock_monotonic_ms();
    if (now - db->looked >= IN_PLACE_MILLISECONDS) {
        kind = still_in_place(db);
        if (kind != DATABASE_OK)
            return kind;
        db->looked = now;
    }
    struct query query = query_start(db, STATEMENT_DATA_VERSION);
    kind = query_step(&query);
    if (kind == DATABASE_OK)
        *version = query_int64(&query, 0);
    query_end(&query);
    return kind;
}

enum database_kind database_checkpoint(struct database *db, bool truncate, int *wal_pages, int *moved)
{
    *wal_pages = 0;
    *moved = 0;
    int code = sqlite3_wal_checkpoint_v2(db->handle, NULL, SQLITE_CHECKPOINT_PASSIVE, wal_pages, moved);
    if (code == SQLITE_OK && truncate) {
        (void)sqlite3_busy_timeout(db->handle, TRUNCATE_BUSY_MILLISECONDS);
        code = sqlite3_wal_checkpoint_v2(db->handle, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
        (void)sqlite3_busy_timeout(db->handle, BUSY_MILLISECONDS);
    }
    return code == SQLITE_OK ? DATABASE_OK : database_failed(db, code);
}

enum database_kind database_quick_check(struct database *db, const char **answer)
{
    sqlite3_stmt *statement = NULL;
    *answer = db->answer;
    db->answer[0] = '\0';
    int code = sqlite3_prepare_v2(db->handle, "PRAGMA quick_check", -1, &statement, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_step(statement);
    if (code == SQLITE_ROW) {
        const char *text = (const char *)sqlite3_column_text(statement, 0);
        (void)snprintf(db->answer, sizeof db->answer, "%s", text == NULL ? "out of memory" : text);
    }
    (void)sqlite3_finalize(statement);
    return code == SQLITE_ROW ? DATABASE_OK : database_failed(db, code);
}
