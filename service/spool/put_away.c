#include "service/spool/put_away.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/folder.h"
#include "platform/path.h"

#define COPY_CHUNK  ((size_t)256 * 1024)
#define NAMES_TRIED 100 /* a name of ours that is taken by other bytes means that somebody else wrote it */

static const struct platform_status NO_MEMORY = {PLATFORM_NO_MEMORY, 0};

/* "archive/2026/11/23/18" + name below the root, on the heap. */
static char *stored_path(const struct put_away *what, const char *suffix)
{
    char folder[STORE_FOLDER_SIZE];
    store_folder(what->place, what->arrived, folder);
    char *name = store_name(what->ledger_number, what->name, suffix);
    char *path = name ? path_join(folder, name) : NULL;
    free(name);
    return path;
}

/* Whether the file at `path` holds exactly these bytes: an earlier try of ours got so far. */
static bool holds_bytes(const char *path, const struct put_away *what)
{
    if (!what->bytes.ptr)
        return false;
    char *bytes = NULL;
    size_t size = 0;
    bool same = platform_ok(file_load(path, what->bytes.len, &bytes, &size)) && size == what->bytes.len &&
                memcmp(bytes, what->bytes.ptr, size) == 0;
    free(bytes);
    return same;
}

/* Copies a file that is too large to hold, by its handle. */
static struct platform_status copy_from_handle(const struct put_away *what, const char *to)
{
    size_t length = strlen(to);
    char *temporary = malloc(length + sizeof ".tmp");
    char *chunk = malloc(COPY_CHUNK);
    struct file *out = NULL;
    struct platform_status status = NO_MEMORY;
    if (!temporary || !chunk)
        goto out;
    memcpy(temporary, to, length);
    memcpy(temporary + length, ".tmp", sizeof ".tmp");
    status = file_create(temporary, &out);
    if (status.kind == PLATFORM_EXISTS) { /* left by a try that did not end */
        status = file_remove(temporary);
        if (platform_ok(status))
            status = file_create(temporary, &out);
    }
    for (uint64_t offset = 0; platform_ok(status) && offset < what->size;) {
        size_t got = 0;
        status = file_read_at(what->handle, offset, chunk, COPY_CHUNK, &got);
        if (platform_ok(status) && got == 0)
            status = (struct platform_status){PLATFORM_CHANGED, 0};
        if (platform_ok(status))
            status = file_write(out, chunk, got);
        offset += got;
    }
    if (platform_ok(status))
        status = file_flush(out);
    struct platform_status closed = file_close(out);
    if (platform_ok(status))
        status = closed;
    if (platform_ok(status))
        status = file_move(temporary, to);
out:
    free(chunk);
    free(temporary);
    return status;
}

static struct platform_status copy_and_delete(const struct put_away *what, const char *to)
{
    struct platform_status status = PLATFORM_SUCCESS;
    bool there = false;
    status = file_exists(to, &there);
    if (platform_ok(status) && !there)
        status =
            what->bytes.ptr ? file_store(to, what->bytes.ptr, what->bytes.len) : copy_from_handle(what, to);
    else if (platform_ok(status) && !holds_bytes(to, what))
        status = (struct platform_status){PLATFORM_EXISTS, 0};
    return platform_ok(status) ? file_delete(what->handle) : status;
}

/* Whether `path` already is the file of our handle: an earlier try moved it and then failed. Deleting it as a
 * copy would lose the only one. */
static bool is_same_file(struct file *handle, const char *path)
{
    struct file_marks ours, theirs;
    struct file *other = NULL;
    bool same = platform_ok(file_stat(handle, &ours)) && platform_ok(file_open_read(path, &other)) &&
                platform_ok(file_stat(other, &theirs)) &&
                file_identity_equal(&ours.identity, &theirs.identity);
    (void)file_close(other);
    return same;
}

static struct platform_status move_or_copy(const struct put_away *what, const char *to)
{
    if (!file_may_set_rights(what->handle))
        return copy_and_delete(what, to);
    struct platform_status status = file_rename(what->handle, to);
    if (status.kind == PLATFORM_EXISTS && is_same_file(what->handle, to))
        status = PLATFORM_SUCCESS;
    if (status.kind == PLATFORM_OTHER_VOLUME || status.kind == PLATFORM_UNSUPPORTED)
        return copy_and_delete(what, to);
    if (!platform_ok(status))
        return status;
    status = file_inherit_rights(what->handle);
    if (platform_ok(status))
        return status;
    /* It lies in the archive with the rights of the share. A copy of ours under the next name has the right
     * ones; the moved one is deleted by its handle, which then is "the source". */
    size_t length = strlen(to);
    char *beside = malloc(length + sizeof "~1");
    if (!beside)
        return NO_MEMORY;
    memcpy(beside, to, length);
    memcpy(beside + length, "~1", sizeof "~1");
    status = copy_and_delete(what, beside);
    free(beside);
    return status;
}

/* Writes `.reason.txt` beside the place; one that is there already was written by an earlier try. */
static struct platform_status write_reason(const struct put_away *what, const char *suffix)
{
    char *reason_suffix = NULL, *below = NULL, *path = NULL;
    struct platform_status status = NO_MEMORY;
    size_t size = strlen(suffix) + sizeof ".reason.txt";
    reason_suffix = malloc(size);
    if (!reason_suffix)
        goto out;
    (void)snprintf(reason_suffix, size, "%s.reason.txt", suffix);
    below = stored_path(what, reason_suffix);
    path = below ? path_join(what->root, below) : NULL;
    if (!path)
        goto out;
    status = file_store(path, what->reason_text, strlen(what->reason_text));
    if (status.kind == PLATFORM_EXISTS)
        status = PLATFORM_SUCCESS;
out:
    free(path);
    free(below);
    free(reason_suffix);
    return status;
}

/* The reason first: a file in quarantine without its reason would say nothing after a crash. */
static struct platform_status place_file(const struct put_away *what, const char *suffix, const char *to)
{
    struct platform_status status = what->reason_text ? write_reason(what, suffix) : PLATFORM_SUCCESS;
    return platform_ok(status) ? move_or_copy(what, to) : status;
}

struct platform_status put_away(const struct put_away *what, char **stored)
{
    char folder[STORE_FOLDER_SIZE];
    store_folder(what->place, what->arrived, folder);
    char *folder_path = path_join(what->root, folder);
    if (!folder_path)
        return NO_MEMORY;
    struct platform_status status = PLATFORM_SUCCESS;
    for (int number = 0; number < NAMES_TRIED; number++) {
        char suffix[8] = "";
        if (number > 0)
            (void)snprintf(suffix, sizeof suffix, "~%d", number + 1);
        char *below = stored_path(what, suffix);
        char *to = below ? path_join(what->root, below) : NULL;
        status = to ? place_file(what, suffix, to) : NO_MEMORY;
        if (status.kind == PLATFORM_NOT_FOUND) { /* the first file of this hour */
            status = folder_make(folder_path);
            if (platform_ok(status))
                status = place_file(what, suffix, to);
        }
        /* The place is ours by its number. Taken by another file with the same bytes, an earlier try got so far. */
        if (status.kind == PLATFORM_EXISTS && holds_bytes(to, what))
            status = file_delete(what->handle);
        free(to);
        if (platform_ok(status)) {
            *stored = below;
            break;
        }
        free(below);
        if (status.kind != PLATFORM_EXISTS)
            break;
    }
    free(folder_path);
    return status;
}

struct platform_status put_away_find(const char *root, enum store_place place, int64_t ledger_number,
                                     instant_us arrived, const char *name, char **stored)
{
    struct put_away what = {
        .root = root, .place = place, .ledger_number = ledger_number, .arrived = arrived, .name = name};
    *stored = NULL;
    char *below = stored_path(&what, "");
    char *path = below ? path_join(root, below) : NULL;
    struct platform_status status = NO_MEMORY;
    bool there = false;
    if (path)
        status = file_exists(path, &there);
    if (status.kind == PLATFORM_NOT_FOUND)
        status = PLATFORM_SUCCESS;
    free(path);
    if (platform_ok(status) && there) {
        *stored = below;
        return status;
    }
    free(below);
    return status;
}
