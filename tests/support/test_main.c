/* The part of test_main.h that is the same everywhere. */
#include "tests/support/test_main.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef _WIN32
#define DRIVE "Z:"
#else
#define DRIVE ""
#endif

char *test_fixture_path(const char *name)
{
    static const char root[] = DRIVE CORBRIDGE_FIXTURES "/";
    size_t size = sizeof root + strlen(name);
    char *path = malloc(size);
    if (path == NULL)
        abort();
    (void)snprintf(path, size, "%s%s", root, name);
#ifdef _WIN32
    for (char *p = path; *p != '\0'; p++) {
        if (*p == '/')
            *p = '\\';
    }
#endif
    return path;
}
