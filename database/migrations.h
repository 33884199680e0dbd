/*
 * The schema, as numbered steps. Step N brings a file from PRAGMA user_version N - 1 to N in one transaction:
 * it commits whole or leaves the older schema, so that the older program still runs on it. Inside database/
 * only.
 */
#ifndef CORBRIDGE_DATABASE_MIGRATIONS_H
#define CORBRIDGE_DATABASE_MIGRATIONS_H

#include <stddef.h>

struct sqlite3;

struct migration {
    int version;      /* user_version afterwards: 1, 2, 3, … without gaps */
    const char *name; /* "0001-first-schema" */
    const char *sql;
};

/* The steps of this program, embedded when building (embed.cmake). */
extern const struct migration migrations[];
extern const size_t migration_count;

/* The version that the last step leaves. */
int migrations_version(void);

/* PRAGMA user_version. Returns SQLite's code. */
int migrations_read_version(struct sqlite3 *handle, int *version);

/*
 * Runs the steps of `list` that the file lacks, in order, each in a transaction of its own. The version is read
 * again under the write lock, so that two programs may start at once. Returns SQLite's code; on failure the
 * step that failed has left nothing and `*failed` is that step.
 */
int migrations_run(struct sqlite3 *handle, const struct migration *list, size_t count,
                   const struct migration **failed);

#endif
