/*
 * Copies of bytes that are too many to hold, by the handle of the file in which they stand: a whole file, or one message of it.
 */
#ifndef CORBRIDGE_SERVICE_SPOOL_COPY_H
#define CORBRIDGE_SERVICE_SPOOL_COPY_H

#include <stdbool.h>
#include <stdint.h>

#include "parser/slice.h"
#include "platform/file.h"

struct copy {
    struct slice head; /* put in front; may be empty */
    struct file *from; /* open for reading */
    uint64_t offset, size;
};

/* As file_store: `to`.tmp, write, flush, checked close, rename without replacing. PLATFORM_EXISTS when `to` is there. PLATFORM_CHANGED when the file
 * ends too soon. */
struct platform_status copy_store(const struct copy *copy, const char *to);

/* Whether the file at `path` holds exactly these bytes: an earlier try of ours got so far. */
bool copy_is_there(const struct copy *copy, const char *path);

#endif
