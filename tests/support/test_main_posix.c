/* test_main.h on POSIX systems. */
#include "tests/support/test_main.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void test_main_init(void)
{
    (void)setvbuf(stdout, NULL, _IONBF, 0);
    (void)setvbuf(stderr, NULL, _IONBF, 0);
}

char *test_temp_dir(const char *tag)
{
    const char *base = getenv("TMPDIR");
    if (base == NULL || base[0] != '/')
        base = "/tmp";
    size_t size = strlen(base) + strlen(tag) + sizeof "/corbridge--XXXXXX";
    char *path = malloc(size);
    if (path == NULL)
        abort();
    (void)snprintf(path, size, "%s/corbridge-%s-XXXXXX", base, tag);
    if (mkdtemp(path) == NULL) {
        (void)fprintf(stderr, "test: cannot make a folder in '%s': %s\n", base, strerror(errno));
        abort();
    }
    return path;
}

static int remove_entry(const char *path, const struct stat *info, int type, struct FTW *where)
{
    (void)info;
    (void)type;
    (void)where;
    if (remove(path) != 0)
        (void)fprintf(stderr, "test: cannot remove '%s': %s\n", path, strerror(errno));
    return 0;
}

void test_temp_remove(const char *path)
{
    if (path == NULL)
        return;
    /* A folder without read permission would hide what is in it from the walk; FTW_PHYS does not follow links. */
    if (nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS) != 0)
        (void)fprintf(stderr, "test: cannot walk '%s': %s\n", path, strerror(errno));
}
