#include "service/spool/put_away.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/folder.h"
#include "platform/path.h"
#include "service/spool/copy.h"

#define NAMES_TRIED 100 /* a name of ours that is taken by other bytes means that somebody else wrote it */
#define SUFFIX_SIZE 16

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

static struct copy copy_of(const struct put_away *what)
{
    return (struct copy){.from = what->handle, .size = what->size};
}

/* Whether the file at `path` holds exactly these bytes: an earlier try of ours got so far. */
static bool holds_bytes(const char *path, const struct put_away *what)
{
    if (!what->bytes.ptr) {
        const struct copy copy = copy_of(what);
        return copy_is_there(&copy, path);
    }
    char *bytes = NULL;
    size_t size = 0;
    bool same = platform_ok(file_load(path, what->bytes.len, &bytes, &size)) && size == what->bytes.len &&
                memcmp(bytes, what->bytes.ptr, size) == 0;
    free(bytes);
    return same;
}

enum sameness {
    SAME_FILE,
    OTHER_FILE,
    NOT_KNOWN /* a look failed, or the file system gives no identities */
};

/* Whether `path` is the file of our handle: an earlier try moved it and then failed. Only what is surely
 * another file may take the place of ours: deleting "the source" would else delete the only copy. */
static enum sameness compare_files(struct file *handle, const char *path)
{
    static const struct file_identity NONE = {0};
    struct file_marks ours, theirs;
    struct file *other = NULL;
    enum sameness answer = NOT_KNOWN;
    if (platform_ok(file_stat(handle, &ours)) && platform_ok(file_open_read(path, &other)) &&
        platform_ok(file_stat(other, &theirs)) && !file_identity_equal(&ours.identity, &NONE))
        answer = file_identity_equal(&ours.identity, &theirs.identity) ? SAME_FILE : OTHER_FILE;
    (void)file_close(other);
    return answer;
}

/* Whether an earlier try of ours has written these bytes to `path`: then the source is one too many. */
static bool is_copy(const char *path, const struct put_away *what)
{
    return holds_bytes(path, what) && compare_files(what->handle, path) == OTHER_FILE;
}

/* Deletes the source. Natively its name may be another file's by now, or gone: then nothing of ours is left there. */
static struct platform_status delete_source(const struct put_away *what)
{
    struct platform_status status = file_delete(what->handle);
    return status.kind == PLATFORM_CHANGED ? PLATFORM_SUCCESS : status;
}

static struct platform_status copy_and_delete(const struct put_away *what, const char *to)
{
    const struct copy copy = copy_of(what);
    bool there = false;
    struct platform_status status = file_exists(to, &there);
    if (platform_ok(status) && !there)
        status = what->bytes.ptr ? file_store(to, what->bytes.ptr, what->bytes.len) : copy_store(&copy, to);
    else if (platform_ok(status) && !is_copy(to, what))
        status = (struct platform_status){PLATFORM_EXISTS, 0};
    return platform_ok(status) ? delete_source(what) : status;
}

/* How far the tries of one call have come. */
struct progress {
    bool copy_only; /* the rights of a moved file could not be reset: a copy of ours has the right ones */
    bool resumed;   /* an earlier call moved the file and then failed */
};

static struct platform_status move_or_copy(const struct put_away *what, const char *to,
                                           struct progress *progress)
{
    if (progress->copy_only || !file_may_set_rights(what->handle))
        return copy_and_delete(what, to);
    struct platform_status status = file_rename(what->handle, to);
    if (status.kind == PLATFORM_EXISTS && compare_files(what->handle, to) == SAME_FILE) {
        progress->resumed = true;
        status = PLATFORM_SUCCESS;
    }
    if (status.kind == PLATFORM_OTHER_VOLUME || status.kind == PLATFORM_UNSUPPORTED ||
        status.kind == PLATFORM_CHANGED)
        return copy_and_delete(what, to);
    if (!platform_ok(status))
        return status;
    status = file_inherit_rights(what->handle);
    if (platform_ok(status))
        return status;
    /* It lies in the archive with the rights of the share. The next name gets a copy; then this one is deleted by its
     * handle, as "the source". */
    progress->copy_only = true;
    return (struct platform_status){PLATFORM_EXISTS, 0};
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

static void remove_below(const struct put_away *what, const char *suffix)
{
    char *below = stored_path(what, suffix);
    char *path = below ? path_join(what->root, below) : NULL;
    if (path)
        (void)file_remove(path); /* what stays is one file too many, under our number */
    free(path);
    free(below);
}

/* After an earlier call that moved, copied and could not delete: the copy under the next name is one too many. */
static void remove_copy(const struct put_away *what)
{
    char *below = stored_path(what, "~2");
    char *path = below ? path_join(what->root, below) : NULL;
    bool there = false;
    if (path && platform_ok(file_exists(path, &there)) && there && holds_bytes(path, what)) {
        (void)file_remove(path);
        remove_below(what, "~2.reason.txt");
    }
    free(path);
    free(below);
}

/* The reason first: a file in quarantine without its reason would say nothing after a crash. */
static struct platform_status place_file(const struct put_away *what, const char *suffix, const char *to,
                                         struct progress *progress)
{
    struct platform_status status = what->reason_text ? write_reason(what, suffix) : PLATFORM_SUCCESS;
    return platform_ok(status) ? move_or_copy(what, to, progress) : status;
}

static void name_suffix(int number, char out[SUFFIX_SIZE])
{
    out[0] = '\0';
    if (number > 0)
        (void)snprintf(out, SUFFIX_SIZE, "~%d", number + 1);
}

struct platform_status put_away(const struct put_away *what, char **stored)
{
    char folder[STORE_FOLDER_SIZE];
    store_folder(what->place, what->arrived, folder);
    char *folder_path = path_join(what->root, folder);
    if (!folder_path)
        return NO_MEMORY;
    struct platform_status status = PLATFORM_SUCCESS;
    struct progress progress = {0};
    for (int number = 0; number < NAMES_TRIED; number++) {
        char suffix[SUFFIX_SIZE];
        name_suffix(number, suffix);
        char *below = stored_path(what, suffix);
        char *to = below ? path_join(what->root, below) : NULL;
        status = to ? place_file(what, suffix, to, &progress) : NO_MEMORY;
        if (status.kind == PLATFORM_NOT_FOUND) { /* the first file of this hour */
            status = folder_make(folder_path);
            if (platform_ok(status))
                status = place_file(what, suffix, to, &progress);
        }
        /* The place is ours by its number. Taken by another file with the same bytes, an earlier try got so far. */
        if (status.kind == PLATFORM_EXISTS && is_copy(to, what))
            status = delete_source(what);
        free(to);
        if (platform_ok(status)) {
            if (progress.copy_only && what->reason_text)
                remove_below(what, ".reason.txt");
            if (progress.resumed && number == 0)
                remove_copy(what);
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

/* By a handle of its own: nobody else has business with a file of ours. */
static struct platform_status set_rights(const char *path)
{
    struct file *file = NULL;
    enum file_claim claim;
    struct platform_status status = file_open_claim(path, &file, &claim);
    if (!platform_ok(status))
        return status;
    status = file_inherit_rights(file);
    (void)file_close(file); /* nothing was written */
    return status;
}

struct platform_status put_away_find(const char *root, enum store_place place, int64_t ledger_number,
                                     instant_us arrived, const char *name, char **stored)
{
    struct put_away what = {
        .root = root, .place = place, .ledger_number = ledger_number, .arrived = arrived, .name = name};
    struct platform_status status = PLATFORM_SUCCESS;
    bool there = false;
    *stored = NULL;
    for (int number = 0; number < NAMES_TRIED && platform_ok(status) && !there; number++) {
        char suffix[SUFFIX_SIZE];
        name_suffix(number, suffix);
        char *below = stored_path(&what, suffix);
        char *path = below ? path_join(root, below) : NULL;
        status = path ? file_exists(path, &there) : NO_MEMORY;
        if (platform_ok(status) && there) {
            *stored = below;
            status = set_rights(path);
        } else {
            free(below);
        }
        free(path);
    }
    return status.kind == PLATFORM_NOT_FOUND ? PLATFORM_SUCCESS : status;
}
