/*
 * A SQLite shell of few words, for origins of SQLite that bring none (cmake/deps.sh):  sqlite3 DATABASE [SQL]
 * Runs SQL, or standard input when none is given, and prints each row with '|' between its columns, NULL as nothing.
 */
#include <sqlite3.h>

#include <stdio.h>
#include <stdlib.h>

static int print_row(void *context, int count, char **values, char **names)
{
    (void)context;
    (void)names;
    for (int i = 0; i < count; i++)
        (void)printf("%s%s", i > 0 ? "|" : "", values[i] != NULL ? values[i] : "");
    (void)putchar('\n');
    return 0;
}

/* All of standard input, ended with NUL. The caller frees it; NULL when memory is short or reading failed. */
static char *read_all(void)
{
    size_t size = 0, room = 65536;
    char *text = malloc(room);
    while (text != NULL) {
        size_t got = fread(text + size, 1, room - size - 1, stdin);
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
    if (text != NULL && ferror(stdin)) {
        free(text);
        text = NULL;
    }
    return text;
}

int main(int argc, char **argv)
{
    sqlite3 *db = NULL;
    char *input = NULL;
    int rc = 1;
    if (argc < 2 || argc > 3) {
        (void)fprintf(stderr, "usage: sqlite3 DATABASE [SQL]\n");
        return 2;
    }
    const char *sql = argc == 3 ? argv[2] : (input = read_all());
    if (sql == NULL) {
        (void)fprintf(stderr, "sqlite3: cannot read standard input\n");
        goto out;
    }
    if (sqlite3_open(argv[1], &db) != SQLITE_OK || sqlite3_busy_timeout(db, 5000) != SQLITE_OK ||
        sqlite3_exec(db, sql, print_row, NULL, NULL) != SQLITE_OK) {
        (void)fprintf(stderr, "sqlite3: %s\n", db != NULL ? sqlite3_errmsg(db) : "out of memory");
        goto out;
    }
    rc = 0;
out:
    free(input);
    (void)sqlite3_close(db);
    return rc;
}
