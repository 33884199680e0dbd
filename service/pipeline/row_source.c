#include "service/pipeline/row_source.h"

#include <stdlib.h>

#define PIECE ((size_t)256 * 1024)

void row_source_init(struct row_source *source, struct file *file, uint64_t size)
{
    *source = (struct row_source){.file = file, .size = size, .status = PLATFORM_SUCCESS};
}

size_t row_source_read(void *context, void *buffer, size_t size)
{
    struct row_source *source = context;
    uint64_t left = source->size - source->at;
    size_t wanted = size < left ? size : (size_t)left;
    size_t got = 0;
    if (wanted == 0 || !platform_ok(source->status))
        return 0;
    source->status = file_read_at(source->file, source->at, buffer, wanted, &got);
    if (platform_ok(source->status) && got < wanted)
        source->status = (struct platform_status){PLATFORM_CHANGED, 0};
    if (!platform_ok(source->status))
        return 0;
    source->at += got;
    if (source->sum)
        sha256_add(source->sum, buffer, got);
    return got;
}

bool row_source_drain(struct row_source *source)
{
    if (source->at == source->size)
        return true;
    char *piece = malloc(PIECE);
    if (!piece)
        return false;
    while (row_source_read(source, piece, PIECE) > 0) {
    }
    free(piece);
    return true;
}
