/* Folders: listing, identity, space. Any thread. */
#ifndef CORBRIDGE_PLATFORM_FOLDER_H
#define CORBRIDGE_PLATFORM_FOLDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "platform/file.h"
#include "platform/status.h"

struct folder_entry {
    const char *name; /* UTF-8 (WTF-8); owned by the listing */
    struct file_marks marks;
    bool is_folder;
    bool is_link;      /* link, reparse point, device, pipe, socket: never taken */
    bool is_hidden;    /* hidden or system attribute; natively a leading dot */
    bool has_identity; /* false where only opening the file would tell (FindFirstFile gives no file id) */
};

struct folder_listing {
    struct folder_entry *entries; /* in the order of the system */
    size_t count;
    /* private */
    void *memory;
};

/* Lists a folder without opening any file in it. Long names only. The listing owns its memory:
 * folder_listing_release. */
struct platform_status folder_list(const char *path, struct folder_listing *out);
void folder_listing_release(struct folder_listing *listing);

/* Looks at one name in a folder as the listing would, without opening the file. `entry->name` is the long name
 * and lives in *memory (heap, the caller frees), also when `name` is a short (8.3) one. PLATFORM_NOT_FOUND when
 * it is not there, PLATFORM_NAME_INVALID when it can be no name in a folder (separators, wildcards, "." and
 * ".."). */
struct platform_status folder_look(const char *path, const char *name, struct folder_entry *entry,
                                   char **memory);

/* Makes a folder and those above it that are missing. Success when it is there already. */
struct platform_status folder_make(const char *path);

struct platform_status folder_exists(const char *path, bool *exists);

/* Which folder a path leads to now. */
struct platform_status folder_identity(const char *path, struct file_identity *out);

/* Brings names made, renamed or removed in the folder to the medium, as far as the system can. */
struct platform_status folder_flush(const char *path);

/* Bytes that this process may still write on the volume of the folder. */
struct platform_status folder_free_space(const char *path, uint64_t *bytes);

/* Removes an empty folder. */
struct platform_status folder_remove(const char *path);

#endif
