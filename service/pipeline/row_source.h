/*
 * The bytes of a file of many messages, read piece by piece through the handle that is held since the look, or, of a copy, from the live
 * world's archive. Such a file is never in memory as a whole. Nobody can write it meanwhile; a read that fails all the same, or comes short,
 * is remembered here, and the file is given back and looked at again: nothing is made of half a file.
 */
#ifndef CORBRIDGE_SERVICE_PIPELINE_ROW_SOURCE_H
#define CORBRIDGE_SERVICE_PIPELINE_ROW_SOURCE_H

#include <stddef.h>
#include <stdint.h>

#include "platform/file.h"
#include "platform/sha256.h"

struct row_source {
    struct file *file;
    uint64_t at;            /* what is read next */
    uint64_t size;          /* of the file, as its marks say */
    struct sha256_sum *sum; /* what is read is added to it; NULL: none is made */
    struct platform_status
        status; /* of the first read that failed; PLATFORM_CHANGED: the file was shorter than it should be */
};

/* From the beginning. Borrows the file. */
void row_source_init(struct row_source *source, struct file *file, uint64_t size);

/* The next bytes, at most `size`; less only at the end of the file. 0: the end, or source->status says why not. `context` is a struct
 * row_source: the form is that of a pull parser's source. */
size_t row_source_read(void *context, void *buffer, size_t size);

/* Reads to the end what nobody needed, for the sum. False when memory is exhausted. */
bool row_source_drain(struct row_source *source);

#endif
