/*
 * An arena: memory that is taken piece by piece and given back all at once.
 *
 * One arena belongs to one thread at a time. What it hands out stays where it is until arena_reset or arena_release.
 */
#ifndef CORBRIDGE_PARSER_ARENA_H
#define CORBRIDGE_PARSER_ARENA_H

#include <stddef.h>

#include "parser/slice.h"

struct arena_block;

struct arena {
    struct arena_block *first;   /* chain of blocks, oldest first */
    struct arena_block *current; /* the block that is being filled */
    size_t used;                 /* bytes handed out since the last reset */
    size_t limit;                /* most bytes that may be handed out; 0: no limit */
};

/* Prepares `arena` without taking memory. `limit` is the most bytes it will ever hand out between two resets
 * (0: none). */
void arena_init(struct arena *arena, size_t limit);

/* Gives all memory back. The arena may be used again as after arena_init. */
void arena_release(struct arena *arena);

/* Takes back everything that was handed out but keeps the blocks for the next use. */
void arena_reset(struct arena *arena);

/* `size` zeroed bytes, aligned for any type. NULL when memory or the limit is exhausted; never for size 0. */
void *arena_take(struct arena *arena, size_t size);

/* `count` zeroed elements of `size` bytes; NULL also when the product overflows. */
void *arena_take_array(struct arena *arena, size_t count, size_t size);

/* A copy of the bytes, with a NUL behind them that is not counted. ptr is NULL when memory is exhausted. */
struct slice arena_copy(struct arena *arena, struct slice bytes);

/* As arena_copy, as a C string. NULL when memory is exhausted. */
char *arena_copy_text(struct arena *arena, struct slice bytes);

#endif
