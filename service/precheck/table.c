#include "service/precheck/table.h"

#include <stdlib.h>

#define FIRST_BUCKETS ((size_t)64)

void table_init(struct table *table, struct arena *arena, size_t record_size)
{
    *table = (struct table){.arena = arena, .record_size = record_size};
}

void table_release(struct table *table)
{
    free(table->records);
    free(table->buckets);
    *table = (struct table){.arena = table->arena, .record_size = table->record_size};
}

uint64_t table_hash(struct slice bytes)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < bytes.len; i++)
        hash = (hash ^ (unsigned char)bytes.ptr[i]) * UINT64_C(0x100000001b3);
    return hash;
}

static struct table_head *look(const struct table *table, struct slice key, uint64_t hash)
{
    if (table->bucket_count == 0)
        return NULL;
    struct table_head *head = table->buckets[hash & (table->bucket_count - 1)];
    while (head != NULL && (head->hash != hash || !slice_equal(head->key, key)))
        head = head->next;
    return head;
}

void *table_find(const struct table *table, struct slice key)
{
    return look(table, key, table_hash(key));
}

/* Room for one more record; no bucket has more than one on average. */
static bool make_room(struct table *table)
{
    if (table->count < table->room)
        return true;
    size_t room = table->room == 0 ? FIRST_BUCKETS : table->room * 2;
    struct table_head **records = realloc(table->records, room * sizeof *records);
    if (records == NULL)
        return false;
    table->records = records;
    struct table_head **buckets = calloc(room, sizeof *buckets);
    if (buckets == NULL)
        return false;
    for (size_t i = 0; i < table->count; i++) {
        struct table_head **bucket = &buckets[records[i]->hash & (room - 1)];
        records[i]->next = *bucket;
        *bucket = records[i];
    }
    free(table->buckets);
    table->buckets = buckets;
    table->bucket_count = table->room = room;
    return true;
}

void *table_put(struct table *table, struct slice key, bool *is_new)
{
    uint64_t hash = table_hash(key);
    struct table_head *head = look(table, key, hash);
    if (is_new != NULL)
        *is_new = head == NULL;
    if (head != NULL)
        return head;
    struct slice copy = arena_copy(table->arena, key);
    head = arena_take(table->arena, table->record_size);
    if (head == NULL || copy.ptr == NULL || !make_room(table))
        return NULL;
    *head = (struct table_head){.key = copy, .hash = hash};
    struct table_head **bucket = &table->buckets[hash & (table->bucket_count - 1)];
    head->next = *bucket;
    *bucket = head;
    table->records[table->count++] = head;
    return head;
}
