#include "platform/listing.h"

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

void listing_init(struct listing *listing)
{
    memset(listing, 0, sizeof *listing);
}

void listing_release(struct listing *listing)
{
    free(listing->entries);
    free(listing->names);
    listing_init(listing);
}

/* Room for `wanted` items of `size` bytes, at least doubled. */
static bool grow(void **block, size_t *room, size_t wanted, size_t size)
{
    if (wanted <= *room)
        return true;
    size_t larger = *room * 2 > wanted ? *room * 2 : wanted;
    if (larger > SIZE_MAX / 2 / size)
        return false;
    void *moved = realloc(*block, larger * size);
    if (moved == NULL)
        return false;
    *block = moved;
    *room = larger;
    return true;
}

struct folder_entry *listing_add(struct listing *listing, size_t name_size, char **room)
{
    enum {
        FIRST_ENTRIES = 64,
        FIRST_NAMES = 4096
    };
    size_t entries = listing->count + 1;
    size_t names = listing->names_size + name_size + 1;
    void *entries_block = listing->entries;
    void *names_block = listing->names;
    bool grown = grow(&entries_block, &listing->entries_room,
                      entries < FIRST_ENTRIES ? FIRST_ENTRIES : entries, sizeof *listing->entries);
    listing->entries = entries_block;
    grown = grown && grow(&names_block, &listing->names_room, names < FIRST_NAMES ? FIRST_NAMES : names, 1);
    listing->names = names_block;
    if (!grown)
        return NULL;
    struct folder_entry *entry = &listing->entries[listing->count++];
    memset(entry, 0, sizeof *entry);
    *room = listing->names + listing->names_size;
    return entry;
}

void listing_finish_name(struct listing *listing, size_t length)
{
    assert(length < listing->names_room - listing->names_size);
    listing->names[listing->names_size + length] = '\0';
    listing->names_size += length + 1;
}

void listing_give(struct listing *listing, struct folder_listing *out)
{
    /* Only now do the names stay where they are. */
    const char *name = listing->names;
    for (size_t i = 0; i < listing->count; i++) {
        listing->entries[i].name = name;
        name += strlen(name) + 1;
    }
    out->entries = listing->entries;
    out->count = listing->count;
    out->memory = listing->names;
    listing_init(listing);
}
