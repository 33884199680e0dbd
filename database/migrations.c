#include "database/migrations.h"

#include <sqlite3.h>

#include <stdio.h>

int migrations_version(void)
{
    return migrations[migration_count - 1].version;
}

int migrations_read_version(struct sqlite3 *handle, int *version)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(handle, "PRAGMA user_version", -1, &statement, NULL);
    if (code != SQLITE_OK)
        return code;
    code = sqlite3_step(statement);
    if (code == SQLITE_ROW)
        *version = sqlite3_column_int(statement, 0);
    int ended = sqlite3_finalize(statement);
    return code == SQLITE_ROW ? ended : code;
}

static int run_step(struct sqlite3 *handle, const struct migration *step)
{
    int code = sqlite3_exec(handle, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    if (code != SQLITE_OK)
        return code;
    int version = 0;
    code = migrations_read_version(handle, &version);
    if (code == SQLITE_OK && version < step->version) {
        char pragma[48];
        (void)snprintf(pragma, sizeof pragma, "PRAGMA user_version = %d", step->version);
        code = sqlite3_exec(handle, step->sql, NULL, NULL, NULL);
        if (code == SQLITE_OK)
            code = sqlite3_exec(handle, pragma, NULL, NULL, NULL);
    }
    if (code == SQLITE_OK)
        code = sqlite3_exec(handle, "COMMIT", NULL, NULL, NULL);
    /* What failed may have rolled back by itself; else it is done here, and the first code is what is told. */
    if (code != SQLITE_OK && !sqlite3_get_autocommit(handle))
        (void)sqlite3_exec(handle, "ROLLBACK", NULL, NULL, NULL);
    return code;
}

int migrations_run(struct sqlite3 *handle, const struct migration *list, size_t count,
                   const struct migration **failed)
{
    int version = 0;
    *failed = NULL;
    int code = migrations_read_version(handle, &version);
    for (size_t i = 0; code == SQLITE_OK && i < count; i++) {
        if (list[i].version <= version)
            continue;
        code = run_step(handle, &list[i]);
        if (code != SQLITE_OK)
            *failed = &list[i];
    }
    return code;
}
