/*
 * A SQLite shell of few words, for origins of SQLite that bring none (cmake/deps.sh); as far as it goes, it behaves like
 * SQLite's own:  sqlite3 [-readonly] [-cmd '.timeout N'] DATABASE [SQL | '.read FILE']
 * Without SQL it reads standard input. Each row is printed with '|' between its columns, NULL as nothing.
 */
#include <sqlite3.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int print_row(void *context, int count, char **values, char **names)
{
    (void)context;
    (void)names;
    for (int i = 0; i < count; i++)
        (void)printf("%s%s", i > 0 ? "|" : "", values[i] != NULL ? values[i] : "");
    (void)putchar('\n');
    return 0;
}

/* All of a stream, ended with NUL. The caller frees it; NULL when memory is short or reading failed. */
static char *read_all(FILE *stream)
{
    size_t size = 0, room = 65536;
    char *text = malloc(room);
    while (text != NULL) {
        size_t got = fread(text + size, 1, room - size - 1, stream);
        if (got == 0)
            break;
        size += got;
        if (room - size < 2) {
            room *= 2;
            char *grown = realloc(text, room);
            if (grown == NULL)
                free(text);
            text = grown;
        }
    }
    if (text != NULL)
        text[size] = '\0';
    if (text != NULL && ferror(stream)) {
        free(text);
        text = NULL;
    }
    return text;
}

/* The SQL that `argument` stands for; the caller frees it. */
static char *read_sql(const char *argument)
{
    if (argument == NULL)
        return read_all(stdin);
    if (strncmp(argument, ".read ", 6) != 0)
        return strdup(argument);
    FILE *file = fopen(argument + 6, "rb");
    if (file == NULL)
        return NULL;
    char *text = read_all(file);
    (void)fclose(file);
    return text;
}

int main(int argc, char **argv)
{
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    long timeout = 0;
    int at = 1;
    for (; at < argc && argv[at][0] == '-'; at++) {
        if (strcmp(argv[at], "-readonly") == 0) {
            flags = SQLITE_OPEN_READONLY;
        } else if (strcmp(argv[at], "-cmd") == 0 && at + 1 < argc &&
                   strncmp(argv[at + 1], ".timeout ", 9) == 0) {
            timeout = strtol(argv[++at] + 9, NULL, 10);
        } else {
            break;
        }
    }
    if (argc - at < 1 || argc - at > 2 || argv[at][0] == '-') {
        (void)fprintf(stderr,
                      "usage: sqlite3 [-readonly] [-cmd '.timeout N'] DATABASE [SQL | '.read FILE']\n");
        return 2;
    }
    sqlite3 *db = NULL;
    int rc = 1;
    char *sql = read_sql(argc - at == 2 ? argv[at + 1] : NULL);
    if (sql == NULL) {
        (void)fprintf(stderr, "sqlite3: cannot read the SQL\n");
        goto out;
    }
    if (sqlite3_open_v2(argv[at], &db, flags, NULL) != SQLITE_OK ||
        sqlite3_busy_timeout(db, (int)timeout) != SQLITE_OK ||
        sqlite3_exec(db, sql, print_row, NULL, NULL) != SQLITE_OK) {
        (void)fprintf(stderr, "sqlite3: %s\n", db != NULL ? sqlite3_errmsg(db) : "out of memory");
        goto out;
    }
    rc = 0;
out:
    free(sql);
    (void)sqlite3_close(db);
    return rc;
}
