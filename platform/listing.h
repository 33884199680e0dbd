/* Private to platform/: a folder_listing while it grows. Two blocks, whatever the number of entries. */
#ifndef CORBRIDGE_PLATFORM_LISTING_H
#define CORBRIDGE_PLATFORM_LISTING_H

#include <stdbool.h>
#include <stddef.h>

#include "platform/folder.h"

struct listing {
    struct folder_entry *entries;
    size_t count, entries_room;
    char *names; /* each with its NUL, one behind the other */
    size_t names_size, names_room;
};

void listing_init(struct listing *listing);
void listing_release(struct listing *listing);

/* Adds an entry, all zero, and gives *room for `name_size` bytes of its name; both are valid until the next
 * call. NULL when memory is exhausted. listing_finish_name must follow. */
struct folder_entry *listing_add(struct listing *listing, size_t name_size, char **room);

/* Keeps the first `length` bytes that were written there as the name. */
void listing_finish_name(struct listing *listing, size_t length);

/* Hands the entries over; the listing is empty afterwards. */
void listing_give(struct listing *listing, struct folder_listing *out);

/* Whether `name` can be that of one entry of a folder: not empty, "." or "..", and without a separator or wildcard. */
bool folder_holds_name(const char *name);

#endif
