#include "platform/append.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "platform/inject.h"

struct append {
    int descriptor;
};

struct platform_status append_open(const char *path, struct append **out, uint64_t *size)
{
    struct platform_status status = platform_inject(PLATFORM_CALL_OPEN, path);
    if (!platform_ok(status))
        return status;
    struct append *append = malloc(sizeof *append);
    if (append == NULL)
        return platform_status_from_code(ENOMEM);
    append->descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
    struct stat about;
    if (append->descriptor < 0 || fstat(append->descriptor, &about) != 0) {
        status = platform_status_from_code((uint32_t)errno);
        append_close(append);
        return status;
    }
    *size = (uint64_t)about.st_size;
    *out = append;
    return PLATFORM_SUCCESS;
}

struct platform_status append_write(struct append *append, const void *bytes, size_t size)
{
    struct platform_status status = platform_inject(PLATFORM_CALL_WRITE, "");
    if (!platform_ok(status))
        return status;
    for (const char *at = bytes; size > 0;) {
        ssize_t written = write(append->descriptor, at, size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return platform_status_from_code((uint32_t)errno);
        at += written;
        size -= (size_t)written;
    }
    return PLATFORM_SUCCESS;
}

void append_close(struct append *append)
{
    if (append == NULL)
        return;
    if (append->descriptor >= 0)
        (void)close(
            append->descriptor); /* what a late error would say is lost log text, and that cannot be logged */
    free(append);
}
