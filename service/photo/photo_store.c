#include "service/photo/photo_store.h"

#include <stdlib.h>
#include <string.h>

#include "platform/file.h"
#include "platform/folder.h"
#include "platform/path.h"

void photo_store_name(const uint8_t sha256[SHA256_SIZE], char out[PHOTO_NAME_SIZE])
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < SHA256_SIZE; i++) {
        out[2 * i] = digits[sha256[i] >> 4];
        out[2 * i + 1] = digits[sha256[i] & 15];
    }
    out[2 * SHA256_SIZE] = '\0';
}

static char *path_of(const char *folder, const uint8_t hash[SHA256_SIZE])
{
    char name[PHOTO_NAME_SIZE];
    photo_store_name(hash, name);
    return path_join(folder, name);
}

static struct platform_status load(const char *path, const uint8_t hash[SHA256_SIZE], size_t limit,
                                   char **bytes, size_t *size)
{
    uint8_t found[SHA256_SIZE];
    struct platform_status status = file_load(path, limit, bytes, size);
    if (!platform_ok(status))
        return status;
    sha256(*bytes, *size, found);
    if (memcmp(found, hash, sizeof found) == 0)
        return PLATFORM_SUCCESS;
    free(*bytes);
    return (struct platform_status){PLATFORM_CHANGED, 0};
}

struct platform_status photo_store_get(const char *folder, const uint8_t hash[SHA256_SIZE], size_t limit,
                                       char **bytes, size_t *size)
{
    char *path = path_of(folder, hash);
    if (path == NULL)
        return (struct platform_status){PLATFORM_NO_MEMORY, 0};
    struct platform_status status = load(path, hash, limit, bytes, size);
    free(path);
    return status;
}

struct platform_status photo_store_put(const char *folder, const uint8_t hash[SHA256_SIZE], const char *bytes,
                                       size_t size)
{
    char *path = path_of(folder, hash);
    char *there = NULL;
    size_t there_size = 0;
    if (path == NULL)
        return (struct platform_status){PLATFORM_NO_MEMORY, 0};
    struct platform_status status = load(path, hash, size, &there, &there_size);
    bool stored = platform_ok(status);
    if (stored)
        free(there);
    if (status.kind == PLATFORM_CHANGED || status.kind == PLATFORM_TOO_LARGE)
        status = file_remove(path);
    if (!stored && (platform_ok(status) || status.kind == PLATFORM_NOT_FOUND)) {
        status = file_store(path, bytes, size);
        if (platform_ok(status))
            status = folder_flush(folder);
    }
    free(path);
    return status;
}
