/*
 * Blocks hang in a chain, oldest first. What is taken comes from the current block; when it is full, the next
 * one of the chain is used (it was kept by a reset) or a new one is put in behind it. Under AddressSanitizer
 * the bytes of a block that nobody has taken are poisoned, so that a step past the end of a piece is seen as
 * one past the end of a malloc is.
 */
#include "parser/arena.h"

#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_POISON
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define ARENA_POISON
#endif

#ifdef ARENA_POISON
#include <sanitizer/asan_interface.h>
#define POISON(ptr, size)   ASAN_POISON_MEMORY_REGION((ptr), (size))
#define UNPOISON(ptr, size) ASAN_UNPOISON_MEMORY_REGION((ptr), (size))
#else
#define POISON(ptr, size)   ((void)(ptr), (void)(size))
#define UNPOISON(ptr, size) ((void)(ptr), (void)(size))
#endif

/* One event file with its record fits into the first block. */
#define FIRST_BLOCK_BYTES   ((size_t)16 * 1024)
#define LARGEST_BLOCK_BYTES ((size_t)1024 * 1024)

#define ALIGNMENT alignof(max_align_t)

struct arena_block {
    struct arena_block *next;
    size_t size; /* bytes of data */
    size_t used; /* bytes of data that are taken, a multiple of ALIGNMENT */
    alignas(max_align_t) unsigned char data[];
};

/* What a piece of size 0 points at: never written, never read. */
static max_align_t nothing;

void arena_init(struct arena *arena, size_t limit)
{
    *arena = (struct arena){.limit = limit};
}

void arena_release(struct arena *arena)
{
    struct arena_block *block = arena->first;
    while (block != NULL) {
        struct arena_block *next = block->next;
        UNPOISON(block->data, block->size);
        free(block);
        block = next;
    }
    arena_init(arena, arena->limit);
}

void arena_reset(struct arena *arena)
{
    for (struct arena_block *block = arena->first; block != NULL; block = block->next) {
        POISON(block->data, block->size);
        block->used = 0;
    }
    arena->current = arena->first;
    arena->used = 0;
}

/* A new current block with room for `size` bytes, behind the present one. */
static bool add_block(struct arena *arena, size_t size)
{
    size_t room = arena->current == NULL ? FIRST_BLOCK_BYTES : arena->current->size;
    if (arena->current != NULL && room < LARGEST_BLOCK_BYTES)
        room *= 2;
    if (room < size)
        room = size;
    if (room > SIZE_MAX - sizeof(struct arena_block))
        return false;
    struct arena_block *block = malloc(sizeof *block + room);
    if (block == NULL)
        return false;
    block->size = room;
    block->used = 0;
    POISON(block->data, block->size);
    if (arena->current == NULL) {
        block->next = NULL;
        arena->first = block;
    } else {
        block->next = arena->current->next;
        arena->current->next = block;
    }
    arena->current = block;
    return true;
}

void *arena_take(struct arena *arena, size_t size)
{
    if (size == 0)
        return &nothing;
    if (size > SIZE_MAX - ALIGNMENT)
        return NULL;
    if (arena->limit != 0 && size > arena->limit - arena->used)
        return NULL;
    size_t whole = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    while (arena->current == NULL || arena->current->size - arena->current->used < whole) {
        if (arena->current != NULL && arena->current->next != NULL)
            arena->current = arena->current->next;
        else if (!add_block(arena, whole))
            return NULL;
    }
    struct arena_block *block = arena->current;
    unsigned char *piece = block->data + block->used;
    block->used += whole;
    arena->used += size;
    UNPOISON(piece, size);
    memset(piece, 0, size);
    return piece;
}

void *arena_take_array(struct arena *arena, size_t count, size_t size)
{
    if (size != 0 && count > SIZE_MAX / size)
        return NULL;
    return arena_take(arena, count * size);
}

char *arena_copy_text(struct arena *arena, struct slice bytes)
{
    if (bytes.len == SIZE_MAX)
        return NULL;
    char *copy = arena_take(arena, bytes.len + 1);
    if (copy != NULL && bytes.len > 0)
        memcpy(copy, bytes.ptr, bytes.len);
    return copy;
}

struct slice arena_copy(struct arena *arena, struct slice bytes)
{
    char *copy = arena_copy_text(arena, bytes);
    return copy == NULL ? SLICE_EMPTY : (struct slice){copy, bytes.len};
}
