/* What is said about files without asking the system, and what is put together from the rest of file.h. */
#include "platform/file.h"

#include <stdlib.h>
#include <string.h>

bool file_identity_equal(const struct file_identity *a, const struct file_identity *b)
{
    return a->volume == b->volume && a->id_high == b->id_high && a->id_low == b->id_low;
}

bool file_marks_equal(const struct file_marks *a, const struct file_marks *b)
{
    return a->size == b->size && a->created_us == b->created_us && a->written_us == b->written_us &&
           file_identity_equal(&a->identity, &b->identity);
}

struct platform_status file_load(const char *path, size_t limit, char **bytes, size_t *size)
{
    struct file *file;
    struct platform_status status = file_open_read(path, &file);
    if (!platform_ok(status))
        return status;
    status = file_read_all(file, limit, bytes, size);
    /* Nothing was written: what closing says about a file that was only read changes nothing. */
    (void)file_close(file);
    return status;
}

/* Creates `temporary` and fills it. A file of that name is what an interrupted file_store left: it is written again. */
static struct platform_status store_temporary(const char *temporary, const void *bytes, size_t size)
{
    struct file *file;
    struct platform_status status = file_create(temporary, &file);
    if (status.kind == PLATFORM_EXISTS) {
        status = file_remove(temporary);
        if (platform_ok(status))
            status = file_create(temporary, &file);
    }
    if (!platform_ok(status))
        return status;
    status = file_write(file, bytes, size);
    if (platform_ok(status))
        status = file_flush(file);
    struct platform_status closed = file_close(file);
    if (platform_ok(status))
        status = closed;
    if (!platform_ok(status))
        (void)file_remove(
            temporary); /* the first failure is what matters; a rest is removed by the next attempt */
    return status;
}

struct platform_status file_store(const char *path, const void *bytes, size_t size)
{
    static const char suffix[] = ".tmp";
    bool exists;
    struct platform_status status = file_exists(path, &exists);
    if (platform_ok(status) && exists)
        status = (struct platform_status){PLATFORM_EXISTS, 0};
    if (!platform_ok(status))
        return status;
    size_t length = strlen(path);
    char *temporary = malloc(length + sizeof suffix);
    if (temporary == NULL)
        return (struct platform_status){PLATFORM_NO_MEMORY, 0};
    memcpy(temporary, path, length);
    memcpy(temporary + length, suffix, sizeof suffix);
    status = store_temporary(temporary, bytes, size);
    if (platform_ok(status)) {
        status = file_move(temporary, path);
        if (!platform_ok(status))
            (void)file_remove(temporary);
    }
    free(temporary);
    return status;
}
