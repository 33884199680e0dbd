/* The part of folder.h that is the same everywhere. */
#include "platform/folder.h"

#include <stdlib.h>
#include <string.h>

#include "platform/listing.h"

bool folder_holds_name(const char *name)
{
#ifdef _WIN32
    static const char never[] = "\\/:*?<>|\"";
#else
    static const char never[] = "/";
#endif
    return name[0] != '\0' && strcmp(name, ".") != 0 && strcmp(name, "..") != 0 &&
           strpbrk(name, never) == NULL;
}

void folder_listing_release(struct folder_listing *listing)
{
    free(listing->entries);
    free(listing->memory);
    *listing = (struct folder_listing){NULL, 0, NULL};
}
