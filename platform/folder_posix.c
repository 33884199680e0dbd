#include "platform/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "platform/inject.h"
#include "platform/listing.h"
#include "platform/marks_posix.h"
#include "platform/path.h"

static struct platform_status last_status(void)
{
    return platform_status_from_code((uint32_t)errno);
}

static void fill_entry(struct folder_entry *entry, const char *name, const struct statx *info)
{
    marks_from_statx(info, &entry->marks);
    entry->is_folder = S_ISDIR(info->stx_mode);
    entry->is_link = !S_ISDIR(info->stx_mode) && !S_ISREG(info->stx_mode);
    entry->is_hidden = name[0] == '.';
    entry->has_identity = true;
}

/* Looks at one name and adds it; a name that is gone meanwhile is left out. */
static struct platform_status add_entry(struct listing *listing, int folder, const char *name)
{
    struct statx info;
    if (statx(folder, name, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, MARKS_STATX, &info) != 0)
        return errno == ENOENT ? PLATFORM_SUCCESS : last_status();
    size_t length = strlen(name);
    char *room;
    struct folder_entry *entry = listing_add(listing, length, &room);
    if (entry == NULL)
        return platform_status_from_code(ENOMEM);
    memcpy(room, name, length);
    listing_finish_name(listing, length);
    fill_entry(entry, name, &info);
    return PLATFORM_SUCCESS;
}

static struct platform_status read_entries(struct listing *listing, DIR *folder)
{
    struct platform_status status = PLATFORM_SUCCESS;
    while (platform_ok(status)) {
        errno = 0;
        const struct dirent *found = readdir(folder);
        if (found == NULL)
            return errno == 0 ? PLATFORM_SUCCESS : last_status();
        if (strcmp(found->d_name, ".") != 0 && strcmp(found->d_name, "..") != 0)
            status = add_entry(listing, dirfd(folder), found->d_name);
    }
    return status;
}

struct platform_status folder_list(const char *path, struct folder_listing *out)
{
    struct platform_status status = platform_inject(PLATFORM_CALL_LIST, path);
    if (!platform_ok(status))
        return status;
    DIR *folder = opendir(path);
    if (folder == NULL)
        return last_status();
    struct listing listing;
    listing_init(&listing);
    status = read_entries(&listing, folder);
    if (closedir(folder) != 0 && platform_ok(status))
        status = last_status();
    if (platform_ok(status))
        listing_give(&listing, out);
    else
        listing_release(&listing);
    return status;
}

struct platform_status folder_look(const char *path, const char *name, struct folder_entry *entry,
                                   char **memory)
{
    struct statx info;
    struct platform_status status = platform_inject(PLATFORM_CALL_STAT, path);
    if (!platform_ok(status))
        return status;
    if (!folder_holds_name(name))
        return (struct platform_status){PLATFORM_NAME_INVALID, 0};
    char *full = path_join(path, name);
    if (full == NULL)
        return platform_status_from_code(ENOMEM);
    if (statx(AT_FDCWD, full, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, MARKS_STATX, &info) != 0) {
        status = last_status();
        free(full);
        return status;
    }
    fill_entry(entry, name, &info);
    entry->name = path_name(full);
    *memory = full;
    return PLATFORM_SUCCESS;
}

static struct platform_status make_one(const char *path)
{
    struct stat info;
    if (mkdir(path, 0700) == 0)
        return PLATFORM_SUCCESS;
    struct platform_status status = last_status();
    if (status.kind != PLATFORM_NOT_FOUND && stat(path, &info) == 0 && S_ISDIR(info.st_mode))
        return PLATFORM_SUCCESS;
    return status;
}

static struct platform_status make_with_parents(const char *path)
{
    struct platform_status status = make_one(path);
    if (status.kind != PLATFORM_NOT_FOUND || status.code != ENOENT)
        return status;
    char *parent = path_folder(path);
    if (parent == NULL)
        return platform_status_from_code(ENOMEM);
    if (parent[0] != '\0' && strlen(parent) < strlen(path)) {
        status = make_with_parents(parent);
        if (platform_ok(status))
            status = make_one(path);
    }
    free(parent);
    return status;
}

struct platform_status folder_make(const char *path)
{
    struct platform_status status = platform_inject(PLATFORM_CALL_MAKE_FOLDER, path);
    return platform_ok(status) ? make_with_parents(path) : status;
}

struct platform_status folder_exists(const char *path, bool *exists)
{
    struct stat info;
    struct platform_status status = platform_inject(PLATFORM_CALL_STAT, path);
    if (!platform_ok(status))
        return status;
    *exists = false;
    if (stat(path, &info) != 0) {
        status = last_status();
        return status.kind == PLATFORM_NOT_FOUND ? PLATFORM_SUCCESS : status;
    }
    *exists = S_ISDIR(info.st_mode);
    return PLATFORM_SUCCESS;
}

struct platform_status folder_identity(const char *path, struct file_identity *out)
{
    struct statx info;
    struct file_marks marks;
    struct platform_status status = platform_inject(PLATFORM_CALL_IDENTITY, path);
    if (!platform_ok(status))
        return status;
    if (statx(AT_FDCWD, path, 0, MARKS_STATX, &info) != 0)
        return last_status();
    if (!S_ISDIR(info.stx_mode))
        return platform_status_from_code(ENOTDIR);
    marks_from_statx(&info, &marks);
    *out = marks.identity;
    return PLATFORM_SUCCESS;
}

struct platform_status folder_flush(const char *path)
{
    struct platform_status status = platform_inject(PLATFORM_CALL_FLUSH_FOLDER, path);
    if (!platform_ok(status))
        return status;
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0)
        return last_status();
    if (fsync(folder) != 0) {
        status = last_status();
        if (status.code == EINVAL) /* fsync(2): the file system cannot do it for folders */
            status.kind = PLATFORM_UNSUPPORTED;
    }
    (void)close(folder); /* nothing was written through it */
    return status;
}

struct platform_status folder_free_space(const char *path, uint64_t *bytes)
{
    struct statvfs info;
    struct platform_status status = platform_inject(PLATFORM_CALL_FREE_SPACE, path);
    if (!platform_ok(status))
        return status;
    if (statvfs(path, &info) != 0)
        return last_status();
    *bytes = (uint64_t)info.f_bavail * info.f_frsize;
    return PLATFORM_SUCCESS;
}

struct platform_status folder_remove(const char *path)
{
    struct platform_status status = platform_inject(PLATFORM_CALL_DELETE, path);
    if (!platform_ok(status))
        return status;
    return rmdir(path) == 0 ? PLATFORM_SUCCESS : last_status();
}
