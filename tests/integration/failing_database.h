/*
 * A disk that refuses the database: SQLite's own way to the operating system, with writes that fail while a test wants it. Stands for
 * what needs a disk of its own (full, write-protected) or another account (no right to write) and is the same for every account, also
 * for root, and under Wine.
 */
#ifndef TESTS_INTEGRATION_FAILING_DATABASE_H
#define TESTS_INTEGRATION_FAILING_DATABASE_H

/* From here on every database that this process opens goes through it: before an engine is started. */
void failing_database_set_up(void);
/* After the engine has stopped. */
void failing_database_tear_down(void);

/* Of the databases that are opened from now on only those whose path holds `piece` (static) fail, until failing_database_tear_down. Before an
 * engine is started. */
void failing_database_only(const char *piece);

/* Writes give `code`, as SQLite's layer for the system does: SQLITE_FULL where the system says that the disk is full,
 * SQLITE_IOERR_WRITE for any other refusal. SQLITE_OK: they go through again. At any time. */
void failing_database_write(int code);

/* Whether a database that is opened from now on can only be read, as when its file has the read-only attribute. */
void failing_database_read_only(int on);

/* How many writes failed since failing_database_set_up. */
unsigned failing_database_count(void);

#endif
