#include "service/spool/copy.h"

#include <stdlib.h>
#include <string.h>

#define PIECE ((size_t)256 * 1024)

static const struct platform_status NO_MEMORY = {PLATFORM_NO_MEMORY, 0};

/* The next bytes of the copy: *got of them, never 0. */
static struct platform_status read_piece(const struct copy *copy, uint64_t done, char *piece, size_t *got)
{
    uint64_t left = copy->size - done;
    size_t wanted = left < PIECE ? (size_t)left : PIECE;
    struct platform_status status = file_read_at(copy->from, copy->offset + done, piece, wanted, got);
    if (platform_ok(status) && *got < wanted)
        status = (struct platform_status){PLATFORM_CHANGED, 0};
    return status;
}

bool copy_is_there(const struct copy *copy, const char *path)
{
    struct file *there = NULL;
    struct file_marks marks;
    char *ours = malloc(PIECE), *theirs = malloc(PIECE);
    size_t got = 0, got_there = 0;
    bool same = ours && theirs && platform_ok(file_open_read(path, &there)) &&
                platform_ok(file_stat(there, &marks)) && marks.size == copy->head.len + copy->size;
    if (same && copy->head.len > 0)
        same = copy->head.len <= PIECE &&
               platform_ok(file_read_at(there, 0, theirs, copy->head.len, &got_there)) &&
               got_there == copy->head.len && memcmp(theirs, copy->head.ptr, got_there) == 0;
    for (uint64_t done = 0; same && done < copy->size; done += got)
        same = platform_ok(read_piece(copy, done, ours, &got)) &&
               platform_ok(file_read_at(there, copy->head.len + done, theirs, got, &got_there)) &&
               got == got_there && memcmp(ours, theirs, got) == 0;
    (void)file_close(there); /* nothing was written */
    free(ours);
    free(theirs);
    return same;
}

static struct platform_status write_all(const struct copy *copy, struct file *out, char *piece)
{
    struct platform_status status = PLATFORM_SUCCESS;
    size_t got = 0;
    if (copy->head.len > 0)
        status = file_write(out, copy->head.ptr, copy->head.len);
    for (uint64_t done = 0; platform_ok(status) && done < copy->size; done += got) {
        status = read_piece(copy, done, piece, &got);
        if (platform_ok(status))
            status = file_write(out, piece, got);
    }
    return platform_ok(status) ? file_flush(out) : status;
}

struct platform_status copy_store(const struct copy *copy, const char *to)
{
    size_t length = strlen(to);
    char *temporary = malloc(length + sizeof ".tmp");
    char *piece = malloc(PIECE);
    struct file *out = NULL;
    bool exists = false;
    struct platform_status status = NO_MEMORY;
    if (!temporary || !piece)
        goto out;
    status = file_exists(to, &exists);
    if (platform_ok(status) && exists)
        status = (struct platform_status){PLATFORM_EXISTS, 0};
    if (!platform_ok(status))
        goto out;
    memcpy(temporary, to, length);
    memcpy(temporary + length, ".tmp", sizeof ".tmp");
    status = file_create(temporary, &out);
    if (status.kind == PLATFORM_EXISTS) { /* left by a try that did not end */
        status = file_remove(temporary);
        if (platform_ok(status))
            status = file_create(temporary, &out);
    }
    if (!platform_ok(status))
        goto out;
    status = write_all(copy, out, piece);
    struct platform_status closed = file_close(out);
    if (platform_ok(status))
        status = closed;
    if (platform_ok(status))
        status = file_move(temporary, to);
    if (!platform_ok(status))
        (void)file_remove(temporary); /* a rest is written again by the next try */
out:
    free(piece);
    free(temporary);
    return status;
}
