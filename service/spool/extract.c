#include "service/spool/extract.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/folder.h"
#include "platform/path.h"
#include "service/spool/copy.h"

#define NAMES_TRIED 100 /* a name of ours that is taken by other bytes means that somebody else wrote it */

static const struct platform_status NO_MEMORY = {PLATFORM_NO_MEMORY, 0};

/* `folder`/000000000042_r17_NAME`suffix`, on the heap. */
static char *extract_path(const struct extract *extract, const char *folder, const char *suffix)
{
    size_t size = strlen(extract->name) + 24;
    char *name = malloc(size), *stored = NULL, *path = NULL;
    if (name) {
        (void)snprintf(name, size, "r%lu_%s", (unsigned long)extract->row, extract->name);
        stored = store_name(extract->ledger_number, name, suffix);
    }
    if (stored)
        path = path_join(folder, stored);
    free(stored);
    free(name);
    return path;
}

/* PLATFORM_EXISTS: there is a file of that name with other bytes. */
static struct platform_status store(const char *path, struct slice bytes)
{
    struct platform_status status = file_store(path, bytes.ptr, bytes.len);
    if (status.kind != PLATFORM_EXISTS)
        return status;
    char *there = NULL;
    size_t size = 0;
    struct platform_status loaded = file_load(path, bytes.len, &there, &size);
    bool same = platform_ok(loaded) && size == bytes.len && memcmp(there, bytes.ptr, size) == 0;
    free(there);
    return same ? PLATFORM_SUCCESS : status;
}

static struct platform_status store_message(const struct extract *extract, const char *path,
                                            struct slice bytes)
{
    if (!extract->file)
        return store(path, bytes);
    const struct copy copy = {extract->mark, extract->file, extract->offset, extract->size};
    struct platform_status status = copy_store(&copy, path);
    return status.kind == PLATFORM_EXISTS && copy_is_there(&copy, path) ? PLATFORM_SUCCESS : status;
}

/* `path` is folder/name; as the ledger has it: below the root. */
static char *below_root(const char *below, const char *path)
{
    return path ? path_join(below, path_name(path)) : NULL;
}

/* The extract under one name: the reason first, since a file without it would say nothing after a crash. */
static struct platform_status store_both(const struct extract *extract, const char *folder, const char *below,
                                         struct slice bytes, int number, char **stored)
{
    char suffix[16] = "", reason_suffix[32];
    if (number > 0)
        (void)snprintf(suffix, sizeof suffix, "~%d", number + 1);
    (void)snprintf(reason_suffix, sizeof reason_suffix, "%s.reason.txt", suffix);
    char *path = extract_path(extract, folder, suffix);
    char *reason_path = extract_path(extract, folder, reason_suffix);
    struct platform_status status =
        path && reason_path ? store(reason_path, slice_of(extract->reason_text)) : NO_MEMORY;
    if (platform_ok(status))
        status = store_message(extract, path, bytes);
    if (platform_ok(status) && stored && !(*stored = below_root(below, path)))
        status = NO_MEMORY;
    free(reason_path);
    free(path);
    return status;
}

const char *extract_name(uint32_t row, const char *name, struct arena *arena)
{
    size_t size = strlen(name) + 24;
    char *text = arena_take(arena, size);
    if (text)
        (void)snprintf(text, size, "r%lu_%s", (unsigned long)row, name);
    return text;
}

struct platform_status extract_write(const struct extract *extract, struct extract_written *written)
{
    char *stored = NULL, **wanted = written ? &stored : NULL;
    char below[STORE_FOLDER_SIZE];
    store_folder(extract->place, extract->arrived, below);
    size_t size = extract->mark.len + extract->bytes.len;
    char *folder = path_join(extract->root, below), *bytes = malloc(size + 1);
    struct platform_status status = NO_MEMORY;
    if (!folder || !bytes || !extract->reason_text)
        goto out;
    if (extract->mark.len > 0)
        memcpy(bytes, extract->mark.ptr, extract->mark.len);
    if (extract->bytes.len > 0)
        memcpy(bytes + extract->mark.len, extract->bytes.ptr, extract->bytes.len);
    const struct slice whole = slice_from(bytes, size);
    for (int number = 0; number < NAMES_TRIED; number++) {
        status = store_both(extract, folder, below, whole, number, wanted);
        if (status.kind == PLATFORM_NOT_FOUND) { /* the first of this hour */
            status = folder_make(folder);
            if (platform_ok(status))
                status = store_both(extract, folder, below, whole, number, wanted);
        }
        if (status.kind != PLATFORM_EXISTS)
            break;
    }
    if (platform_ok(status) && written) {
        written->stored = stored;
        sha256(bytes, size, written->sha256);
    }
out:
    free(bytes);
    free(folder);
    return status;
}

void extract_flush(const char *root, enum store_place place, instant_us arrived)
{
    char below[STORE_FOLDER_SIZE];
    store_folder(place, arrived, below);
    char *folder = path_join(root, below);
    if (folder)
        (void)folder_flush(folder); /* a file system that cannot do this writes names in order by itself */
    free(folder);
}
