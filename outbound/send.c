/*
 * What stands in the folder when the machine stops between the steps of file_store():
 *
 *   nothing → name.tmp, cut → name.tmp, whole → name → name, on the medium
 *
 * Each is met again by the next call: a .tmp is written anew (nobody else's name ends in our control id and
 * .tmp), and a name that has the same bytes is done once it is on the medium.
 */
#include "outbound/send.h"

#include <stdlib.h>

#include "platform/file.h"
#include "platform/folder.h"
#include "platform/path.h"

/* The name is taken: by our bytes, or by others? */
static enum send_result compare(const struct receiver *receiver, const char *path, struct slice bytes,
                                struct platform_status *status)
{
    char *there = NULL;
    size_t size = 0;
    *status = file_load(path, bytes.len, &there, &size);
    bool same = platform_ok(*status) && slice_equal(slice_from(there, size), bytes);
    if (platform_ok(*status))
        free(there);
    if (status->kind == PLATFORM_TOO_LARGE || (platform_ok(*status) && !same)) {
        *status = (struct platform_status){PLATFORM_EXISTS, 0};
        return SEND_CONFLICT;
    }
    if (!platform_ok(*status))
        return SEND_LATER;
    /* The earlier try may have ended between the rename and the medium. Where the system cannot flush a folder,
     * or we may write in it but not open it, there is no more to be done: the rename itself was written
     * through. */
    *status = folder_flush(receiver->folder);
    if (status->kind == PLATFORM_UNSUPPORTED || status->kind == PLATFORM_DENIED)
        *status = PLATFORM_SUCCESS;
    return platform_ok(*status) ? SEND_DONE : SEND_LATER;
}

enum send_result send_row(const struct receiver *receiver, const struct outbox_row *row,
                          struct platform_status *status)
{
    char *path = path_join(receiver->folder, row->file_name);
    if (path == NULL) {
        *status = (struct platform_status){PLATFORM_NO_MEMORY, 0};
        return SEND_LATER;
    }
    enum send_result result = SEND_LATER;
    *status = file_store(path, row->bytes.ptr, row->bytes.len);
    if (platform_ok(*status))
        result = SEND_DONE;
    else if (status->kind == PLATFORM_EXISTS)
        result = compare(receiver, path, row->bytes, status);
    free(path);
    return result;
}
