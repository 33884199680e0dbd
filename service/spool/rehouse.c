#include "service/spool/rehouse.h"

#include <stdlib.h>
#include <string.h>

#include "platform/file.h"
#include "platform/folder.h"
#include "platform/path.h"
#include "service/spool/put_away.h"

static const struct platform_status NO_MEMORY = {PLATFORM_NO_MEMORY, 0};

/* The file is at `path`. */
static struct platform_status move_on(const struct rehouse *what, struct file *handle, char **stored)
{
    struct file_marks marks;
    struct platform_status status = file_stat(handle, &marks);
    if (!platform_ok(status))
        return status;
    struct put_away how = {
        .root = what->root,
        .place = what->place,
        .ledger_number = what->ledger_number,
        .arrived = what->arrived,
        .name = what->name,
        .reason_text = what->reason_text,
        .handle = handle,
        .size = marks.size, /* without bytes: another volume is copied to from the handle */
    };
    return put_away(&how, stored);
}

/* The file is not where the ledger says. A hold that is away altogether takes nothing with it. */
static struct platform_status find_moved(const struct rehouse *what, char **stored)
{
    char *hold = path_join(what->root, store_place_name(STORE_HOLD));
    bool there = false;
    struct platform_status status = hold ? folder_exists(hold, &there) : NO_MEMORY;
    free(hold);
    if (platform_ok(status) && !there)
        status = (struct platform_status){PLATFORM_OFFLINE, 0};
    if (!platform_ok(status))
        return status;
    return put_away_find(what->root, what->place, what->ledger_number, what->arrived, what->name, stored);
}

static struct platform_status remove_reason(const char *path)
{
    static const char SUFFIX[] = ".reason.txt";
    size_t length = strlen(path);
    char *reason = malloc(length + sizeof SUFFIX);
    if (!reason)
        return NO_MEMORY;
    memcpy(reason, path, length);
    memcpy(reason + length, SUFFIX, sizeof SUFFIX);
    struct platform_status status = file_remove(reason);
    free(reason);
    return status.kind == PLATFORM_NOT_FOUND ? PLATFORM_SUCCESS : status;
}

static void flush_folder_of(const char *path)
{
    char *folder = path_folder(path);
    if (folder)
        (void)folder_flush(folder); /* a file system that cannot do this writes names in order by itself */
    free(folder);
}

struct platform_status rehouse(const struct rehouse *what, char **stored)
{
    struct file *handle = NULL;
    enum file_claim claim;
    char *to = NULL;
    *stored = NULL;
    char *from = path_join(what->root, what->from);
    struct platform_status status = from ? file_open_claim(from, &handle, &claim) : NO_MEMORY;
    if (platform_ok(status))
        status = move_on(what, handle, stored);
    else if (status.kind == PLATFORM_NOT_FOUND)
        status = find_moved(what, stored);
    (void)file_close(handle); /* nothing was written by it */
    if (platform_ok(status) && *stored) {
        to = path_join(what->root, *stored);
        if (to)
            flush_folder_of(to);
        else
            status = NO_MEMORY;
    }
    if (platform_ok(status))
        status = remove_reason(from);
    if (platform_ok(status)) {
        flush_folder_of(from);
    } else {
        free(*stored);
        *stored = NULL;
    }
    free(to);
    free(from);
    return status;
}
