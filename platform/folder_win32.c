#include "platform/folder.h"

#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <windows.h>

#include "platform/handle_win32.h"
#include "platform/inject.h"
#include "platform/listing.h"
#include "platform/path.h"
#include "platform/wide_win32.h"
#include "platform/wtf8.h"

/* One entry as whichever call it came from tells it. */
struct found {
    const wchar_t *name;
    size_t length;
    DWORD attributes;
    uint64_t size;
    int64_t created;
    int64_t written;
};

static bool is_dots(const struct found *found)
{
    return (found->length == 1 && found->name[0] == L'.') ||
           (found->length == 2 && found->name[0] == L'.' && found->name[1] == L'.');
}

static void fill_entry(struct folder_entry *entry, const struct found *found)
{
    entry->marks.size = found->size;
    entry->marks.created_us = handle_time_us(found->created);
    entry->marks.written_us = handle_time_us(found->written);
    entry->is_folder = (found->attributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
    entry->is_link = (found->attributes & (FILE_ATTRIBUTE_REPARSE_POINT | FILE_ATTRIBUTE_DEVICE)) != 0;
    entry->is_hidden = (found->attributes & (FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_SYSTEM)) != 0;
}

static struct platform_status add_entry(struct listing *listing, const struct found *found,
                                        const struct file_identity *identity)
{
    if (is_dots(found))
        return PLATFORM_SUCCESS;
    char *room;
    struct folder_entry *entry = listing_add(listing, found->length * 3, &room);
    if (entry == NULL)
        return platform_status_from_code(ERROR_NOT_ENOUGH_MEMORY);
    listing_finish_name(listing, wtf8_from_utf16(found->name, found->length, room));
    fill_entry(entry, found);
    entry->has_identity = identity != NULL;
    if (identity != NULL)
        entry->marks.identity = *identity;
    return PLATFORM_SUCCESS;
}

/*
 * The ids that a listing gives have 64 bits and must be equal to what file_stat will say later. That is so
 * where the ids of the volume fit 64 bits (NTFS; not ReFS), and it is not relied on over a network, where
 * listing and handle may be answered by different means.
 */
static bool ids_can_be_trusted(HANDLE folder, uint64_t *volume)
{
    FILE_ID_INFO id;
    static const BYTE zero[8];
    if (handle_is_remote(folder) || !GetFileInformationByHandleEx(folder, FileIdInfo, &id, sizeof id))
        return false;
    *volume = id.VolumeSerialNumber;
    return memcmp(id.FileId.Identifier + 8, zero, sizeof zero) == 0;
}

static struct platform_status add_records(struct listing *listing, const char *buffer, const uint64_t *volume)
{
    struct platform_status status = PLATFORM_SUCCESS;
    for (;;) {
        const FILE_ID_BOTH_DIR_INFO *info = (const FILE_ID_BOTH_DIR_INFO *)(const void *)buffer;
        struct found found = {info->FileName,
                              info->FileNameLength / sizeof(wchar_t),
                              info->FileAttributes,
                              (uint64_t)info->EndOfFile.QuadPart,
                              info->CreationTime.QuadPart,
                              info->LastWriteTime.QuadPart};
        struct file_identity identity = {0, 0, (uint64_t)info->FileId.QuadPart};
        bool known = volume != NULL && identity.id_low != 0;
        if (known)
            identity.volume = *volume;
        status = add_entry(listing, &found, known ? &identity : NULL);
        if (!platform_ok(status) || info->NextEntryOffset == 0)
            return status;
        buffer += info->NextEntryOffset;
    }
}

/* Lists by the handle of the folder, with file ids. PLATFORM_UNSUPPORTED, with nothing added, where the file
 * system or the server does not know the call. */
static struct platform_status list_by_handle(struct listing *listing, const char *path)
{
    enum {
        BUFFER_SIZE = 65536
    };
    HANDLE folder;
    struct platform_status status =
        handle_open_folder(path, FILE_LIST_DIRECTORY | SYNCHRONIZE, false, &folder);
    if (!platform_ok(status))
        return status;
    uint64_t volume;
    bool trusted = ids_can_be_trusted(folder, &volume);
    char *buffer = malloc(BUFFER_SIZE);
    if (buffer == NULL)
        status = platform_status_from_code(ERROR_NOT_ENOUGH_MEMORY);
    while (platform_ok(status)) {
        if (GetFileInformationByHandleEx(folder, FileIdBothDirectoryInfo, buffer, BUFFER_SIZE)) {
            status = add_records(listing, buffer, trusted ? &volume : NULL);
            continue;
        }
        DWORD error = GetLastError();
        if (error == ERROR_NO_MORE_FILES)
            break;
        status = platform_status_from_code(error);
        if (error == ERROR_INVALID_PARAMETER && listing->count == 0)
            status.kind = PLATFORM_UNSUPPORTED;
    }
    free(buffer);
    (void)CloseHandle(folder);
    return status;
}

static struct found found_by_search(const WIN32_FIND_DATAW *data)
{
    ULARGE_INTEGER created = {.u = {data->ftCreationTime.dwLowDateTime, data->ftCreationTime.dwHighDateTime}};
    ULARGE_INTEGER written = {
        .u = {data->ftLastWriteTime.dwLowDateTime, data->ftLastWriteTime.dwHighDateTime}};
    return (struct found){
        data->cFileName,           wcslen(data->cFileName),
        data->dwFileAttributes,    ((uint64_t)data->nFileSizeHigh << 32) | data->nFileSizeLow,
        (int64_t)created.QuadPart, (int64_t)written.QuadPart};
}

/* The first thing in the folder that matches; *find must be closed. */
static struct platform_status search(const char *path, const char *pattern, WIN32_FIND_DATAW *data,
                                     HANDLE *find)
{
    struct platform_status status = PLATFORM_SUCCESS;
    char *joined = path_join(path, pattern);
    if (joined == NULL)
        return platform_status_from_code(ERROR_NOT_ENOUGH_MEMORY);
    wchar_t *wide = wide_from_path(joined, &status);
    free(joined);
    if (wide == NULL)
        return status;
    /* FindExInfoBasic: the system need not look up the short names. */
    *find =
        FindFirstFileExW(wide, FindExInfoBasic, data, FindExSearchNameMatch, NULL, FIND_FIRST_EX_LARGE_FETCH);
    if (*find == INVALID_HANDLE_VALUE)
        status = wide_last_status();
    free(wide);
    return status;
}

/* Lists by search: every file system and server can do that, but it tells no file ids. */
static struct platform_status list_by_search(struct listing *listing, const char *path)
{
    WIN32_FIND_DATAW data;
    HANDLE find;
    struct platform_status status = search(path, "*", &data, &find);
    if (status.code == ERROR_FILE_NOT_FOUND) /* an empty root folder has not even "." and ".." */
        return PLATFORM_SUCCESS;
    if (!platform_ok(status))
        return status;
    DWORD error = ERROR_SUCCESS;
    while (platform_ok(status) && error == ERROR_SUCCESS) {
        struct found found = found_by_search(&data);
        status = add_entry(listing, &found, NULL);
        if (!FindNextFileW(find, &data))
            error = GetLastError();
    }
    if (platform_ok(status) && error != ERROR_NO_MORE_FILES)
        status = platform_status_from_code(error);
    (void)FindClose(find);
    return status;
}

struct platform_status folder_list(const char *path, struct folder_listing *out)
{
    struct platform_status status = platform_inject(PLATFORM_CALL_LIST, path);
    if (!platform_ok(status))
        return status;
    struct listing listing;
    listing_init(&listing);
    status = list_by_handle(&listing, path);
    if (status.kind == PLATFORM_UNSUPPORTED)
        status = list_by_search(&listing, path);
    if (platform_ok(status))
        listing_give(&listing, out);
    else
        listing_release(&listing);
    return status;
}

struct platform_status folder_look(const char *path, const char *name, struct folder_entry *entry,
                                   char **memory)
{
    WIN32_FIND_DATAW data;
    HANDLE find;
    struct platform_status status = platform_inject(PLATFORM_CALL_STAT, path);
    if (!platform_ok(status))
        return status;
    if (!folder_holds_name(name))
        return (struct platform_status){PLATFORM_NAME_INVALID, 0};
    status = search(path, name, &data, &find);
    if (!platform_ok(status))
        return status;
    (void)FindClose(find);
    struct found found = found_by_search(&data);
    char *long_name = wide_to_text(found.name, found.length);
    if (long_name == NULL)
        return platform_status_from_code(ERROR_NOT_ENOUGH_MEMORY);
    memset(entry, 0, sizeof *entry);
    fill_entry(entry, &found);
    entry->name = long_name;
    *memory = long_name;
    return PLATFORM_SUCCESS;
}

static struct platform_status make_one(const char *path)
{
    struct platform_status status = PLATFORM_SUCCESS;
    wchar_t *wide = wide_from_path(path, &status);
    if (wide == NULL)
        return status;
    /* No security attributes: the folder inherits the rights of the one above. */
    if (!CreateDirectoryW(wide, NULL)) {
        status = wide_last_status();
        /* Besides "exists", an existing root or one without rights above it may say "access denied". */
        DWORD attributes = GetFileAttributesW(wide);
        if (attributes != INVALID_FILE_ATTRIBUTES && (attributes & FILE_ATTRIBUTE_DIRECTORY))
            status = PLATFORM_SUCCESS;
    }
    free(wide);
    return status;
}

static struct platform_status make_with_parents(const char *path)
{
    struct platform_status status = make_one(path);
    if (status.code != ERROR_PATH_NOT_FOUND)
        return status;
    char *parent = path_folder(path);
    if (parent == NULL)
        return platform_status_from_code(ERROR_NOT_ENOUGH_MEMORY);
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
    struct platform_status status = platform_inject(PLATFORM_CALL_STAT, path);
    if (!platform_ok(status))
        return status;
    wchar_t *wide = wide_from_path(path, &status);
    if (wide == NULL)
        return status;
    DWORD attributes = GetFileAttributesW(wide);
    status = attributes == INVALID_FILE_ATTRIBUTES ? wide_last_status() : PLATFORM_SUCCESS;
    free(wide);
    *exists = platform_ok(status) && (attributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
    return status.kind == PLATFORM_NOT_FOUND ? PLATFORM_SUCCESS : status;
}

struct platform_status folder_identity(const char *path, struct file_identity *out)
{
    HANDLE folder;
    struct platform_status status = platform_inject(PLATFORM_CALL_IDENTITY, path);
    if (!platform_ok(status))
        return status;
    status = handle_open_folder(path, FILE_READ_ATTRIBUTES | SYNCHRONIZE, false, &folder);
    if (!platform_ok(status))
        return status;
    status = handle_identity(folder, out);
    (void)CloseHandle(folder);
    return status;
}

struct platform_status folder_flush(const char *path)
{
    HANDLE folder;
    struct platform_status status = platform_inject(PLATFORM_CALL_FLUSH_FOLDER, path);
    if (!platform_ok(status))
        return status;
    status = handle_open_folder(path, GENERIC_WRITE, false, &folder);
    if (!platform_ok(status))
        return status;
    if (!FlushFileBuffers(folder)) {
        DWORD error = GetLastError();
        status = platform_status_from_code(error);
        /* What servers answer that flush files but no folders. */
        if (error == ERROR_INVALID_PARAMETER || error == ERROR_INVALID_HANDLE || error == ERROR_ACCESS_DENIED)
            status.kind = PLATFORM_UNSUPPORTED;
    }
    (void)CloseHandle(folder);
    return status;
}

struct platform_status folder_free_space(const char *path, uint64_t *bytes)
{
    struct platform_status status = platform_inject(PLATFORM_CALL_FREE_SPACE, path);
    if (!platform_ok(status))
        return status;
    wchar_t *wide = wide_from_path(path, &status);
    if (wide == NULL)
        return status;
    ULARGE_INTEGER available;
    if (GetDiskFreeSpaceExW(wide, &available, NULL, NULL))
        *bytes = available.QuadPart;
    else
        status = wide_last_status();
    free(wide);
    return status;
}

struct platform_status folder_remove(const char *path)
{
    struct platform_status status = platform_inject(PLATFORM_CALL_DELETE, path);
    if (!platform_ok(status))
        return status;
    wchar_t *wide = wide_from_path(path, &status);
    if (wide == NULL)
        return status;
    if (!RemoveDirectoryW(wide))
        status = wide_last_status();
    free(wide);
    return status;
}
