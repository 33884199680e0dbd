/*
 * Records by key: a hash table whose records stay in the order in which their keys came.
 *
 * Keys are bytes and compared as bytes; they and the records lie in the caller's arena. Belongs to one thread.
 */
#ifndef CORBRIDGE_SERVICE_PRECHECK_TABLE_H
#define CORBRIDGE_SERVICE_PRECHECK_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/arena.h"
#include "parser/slice.h"

/* The first member of every record. */
struct table_head {
    struct slice key; /* in the arena */
    uint64_t hash;
    struct table_head *next; /* of the same bucket */
};

struct table {
    struct arena *arena;
    size_t record_size;
    struct table_head **records; /* in the order in which they came; heap */
    size_t count, room;
    struct table_head **buckets; /* heap; a power of two */
    size_t bucket_count;
};

/* `record_size` is that of a struct which begins with a struct table_head. */
void table_init(struct table *table, struct arena *arena, size_t record_size);
void table_release(struct table *table);

/* The record of that key; made, all zero but its head, when there is none yet (*is_new, which may be NULL). NULL when
 * memory is exhausted. */
void *table_put(struct table *table, struct slice key, bool *is_new);

/* NULL: there is none. */
void *table_find(const struct table *table, struct slice key);

/* FNV-1a of 64 bits. */
uint64_t table_hash(struct slice bytes);

#endif
