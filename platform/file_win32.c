#include "platform/file.h"

#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <windows.h>
#include <aclapi.h>

#include "platform/handle_win32.h"
#include "platform/inject.h"
#include "platform/path.h"
#include "platform/wide_win32.h"

struct file {
    HANDLE handle;
    bool may_set_rights;
};

/* What CreateFileW is asked for. */
struct how {
    DWORD access;
    DWORD share;
    DWORD disposition;
    DWORD flags;
};

static const DWORD share_all = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;

static struct platform_status out_of_memory(void)
{
    return platform_status_from_code(ERROR_NOT_ENOUGH_MEMORY);
}

/*
 * CreateFileW's error as a status. The file that somebody has marked for deletion and not yet closed gives
 * ERROR_ACCESS_DENIED like a missing right; only the NT status behind it tells the two apart. It will be gone or free
 * soon, so it counts as busy.
 */
static struct platform_status open_error(void)
{
    static const LONG status_delete_pending = (LONG)0xC0000056;
    typedef LONG(NTAPI * last_nt_status)(void);
    DWORD error = GetLastError();
    if (error == ERROR_ACCESS_DENIED) {
        HMODULE module = GetModuleHandleW(L"ntdll.dll");
        last_nt_status last = (last_nt_status)(void (*)(void))GetProcAddress(module, "RtlGetLastNtStatus");
        if (last != NULL && last() == status_delete_pending)
            error = ERROR_DELETE_PENDING;
    }
    return platform_status_from_code(error);
}

static struct platform_status open_wide(const wchar_t *wide, struct how how, HANDLE *handle)
{
    *handle = CreateFileW(wide, how.access, how.share, NULL, how.disposition, how.flags, NULL);
    return *handle == INVALID_HANDLE_VALUE ? open_error() : PLATFORM_SUCCESS;
}

static struct platform_status wrap(HANDLE handle, struct file **out)
{
    struct file *file = calloc(1, sizeof *file);
    if (file == NULL) {
        (void)CloseHandle(handle);
        return out_of_memory();
    }
    file->handle = handle;
    *out = file;
    return PLATFORM_SUCCESS;
}

static struct platform_status open_plain(const char *path, struct how how, struct file **out)
{
    struct platform_status status = platform_inject(PLATFORM_CALL_OPEN, path);
    if (!platform_ok(status))
        return status;
    wchar_t *wide = wide_from_path(path, &status);
    if (wide == NULL)
        return status;
    HANDLE handle;
    status = open_wide(wide, how, &handle);
    free(wide);
    return platform_ok(status) ? wrap(handle, out) : status;
}

static bool is_folder(const wchar_t *wide)
{
    DWORD attributes = GetFileAttributesW(wide);
    return attributes != INVALID_FILE_ATTRIBUTES && (attributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
}

/* Opens with the widest rights that are granted: changing the access list and the attributes may be missing. */
static struct platform_status open_with_most_rights(const wchar_t *wide, HANDLE *handle, bool *may_set_rights)
{
    static const DWORD wishes[] = {WRITE_DAC | FILE_WRITE_ATTRIBUTES, FILE_WRITE_ATTRIBUTES, 0};
    struct platform_status status = PLATFORM_SUCCESS;
    for (size_t i = 0; i < sizeof wishes / sizeof *wishes; i++) {
        struct how how = {GENERIC_READ | DELETE | wishes[i], FILE_SHARE_READ, OPEN_EXISTING,
                          FILE_FLAG_OPEN_REPARSE_POINT | FILE_FLAG_SEQUENTIAL_SCAN};
        status = open_wide(wide, how, handle);
        *may_set_rights = (wishes[i] & WRITE_DAC) != 0;
        if (status.code != ERROR_ACCESS_DENIED)
            return status;
    }
    /* A folder cannot be opened this way at all: that is no question of rights. */
    if (is_folder(wide))
        return (struct platform_status){PLATFORM_UNSUPPORTED, ERROR_ACCESS_DENIED};
    return status;
}

/* Whether the handle is on an ordinary file that is there to stay. */
static struct platform_status check_ordinary(HANDLE handle)
{
    FILE_BASIC_INFO basic;
    FILE_STANDARD_INFO standard;
    if (GetFileType(handle) != FILE_TYPE_DISK)
        return (struct platform_status){PLATFORM_UNSUPPORTED, 0};
    if (!GetFileInformationByHandleEx(handle, FileBasicInfo, &basic, sizeof basic) ||
        !GetFileInformationByHandleEx(handle, FileStandardInfo, &standard, sizeof standard))
        return wide_last_status();
    if (basic.FileAttributes &
        (FILE_ATTRIBUTE_REPARSE_POINT | FILE_ATTRIBUTE_DIRECTORY | FILE_ATTRIBUTE_DEVICE))
        return (struct platform_status){PLATFORM_UNSUPPORTED, 0};
    if (standard.DeletePending)
        return platform_status_from_code(ERROR_DELETE_PENDING);
    return PLATFORM_SUCCESS;
}

struct platform_status file_open_claim(const char *path, struct file **out, enum file_claim *claim)
{
    struct platform_status status = platform_inject(PLATFORM_CALL_OPEN, path);
    if (!platform_ok(status))
        return status;
    wchar_t *wide = wide_from_path(path, &status);
    if (wide == NULL)
        return status;
    HANDLE handle;
    bool may_set_rights;
    status = open_with_most_rights(wide, &handle, &may_set_rights);
    free(wide);
    if (!platform_ok(status))
        return status;
    status = check_ordinary(handle);
    if (!platform_ok(status)) {
        (void)CloseHandle(handle);
        return status;
    }
    status = wrap(handle, out);
    if (platform_ok(status)) {
        (*out)->may_set_rights = may_set_rights;
        *claim = FILE_CLAIM_HELD;
    }
    return status;
}

bool file_claim_broken(const struct file *file)
{
    (void)file;
    return false;
}

struct platform_status file_open_read(const char *path, struct file **out)
{
    return open_plain(path, (struct how){GENERIC_READ, share_all, OPEN_EXISTING, FILE_FLAG_SEQUENTIAL_SCAN},
                      out);
}

/* The path by which the system knows the handle, every link resolved: "\\Device\\Mup\\server\\share\\…"; heap. NULL: see *status. */
static wchar_t *final_path(HANDLE handle, DWORD *length, struct platform_status *status)
{
    DWORD room = GetFinalPathNameByHandleW(handle, NULL, 0, FILE_NAME_NORMALIZED | VOLUME_NAME_NT);
    wchar_t *path = room > 0 ? calloc((size_t)room + 1, sizeof *path) : NULL;
    if (path == NULL) {
        *status = room > 0 ? out_of_memory() : wide_last_status();
        return NULL;
    }
    *length = GetFinalPathNameByHandleW(handle, path, room + 1, FILE_NAME_NORMALIZED | VOLUME_NAME_NT);
    if (*length > 0 && *length <= room)
        return path;
    *status = *length == 0 ? wide_last_status() : (struct platform_status){PLATFORM_CHANGED, 0};
    free(path);
    return NULL;
}

/* Whether the file is just what `below` says under the folder, by the names that the system gives to both. */
static struct platform_status check_below(HANDLE folder, HANDLE file, const wchar_t *below)
{
    DWORD folder_length = 0, file_length = 0;
    struct platform_status status = PLATFORM_SUCCESS;
    wchar_t *folder_path = final_path(folder, &folder_length, &status);
    wchar_t *file_path = folder_path != NULL ? final_path(file, &file_length, &status) : NULL;
    if (file_path != NULL) {
        while (folder_length > 0 && folder_path[folder_length - 1] == L'\\')
            folder_length--; /* the root of a volume */
        size_t length = wcslen(below);
        bool below_it = file_length == folder_length + 1 + length && file_path[folder_length] == L'\\' &&
                        CompareStringOrdinal(file_path, (int)folder_length, folder_path, (int)folder_length,
                                             TRUE) == CSTR_EQUAL &&
                        CompareStringOrdinal(file_path + folder_length + 1, (int)length, below, (int)length,
                                             TRUE) == CSTR_EQUAL;
        if (!below_it)
            status = (struct platform_status){PLATFORM_UNSUPPORTED, 0};
    }
    free(folder_path);
    free(file_path);
    return status;
}

struct platform_status file_open_below(const char *root, const char *below, struct file **out)
{
    void *folder = NULL;
    struct platform_status status = platform_inject(PLATFORM_CALL_OPEN, root);
    if (!platform_ok(status))
        return status;
    char *path = path_join(root, below);
    wchar_t *wide_below = wide_from_text(below, &status);
    wchar_t *wide = path != NULL ? wide_from_path(path, &status) : NULL;
    if (path == NULL)
        status = out_of_memory();
    if (platform_ok(status))
        status = handle_open_folder(root, 0, false, &folder);
    if (platform_ok(status)) {
        HANDLE handle;
        status = open_wide(wide,
                           (struct how){GENERIC_READ, share_all, OPEN_EXISTING,
                                        FILE_FLAG_OPEN_REPARSE_POINT | FILE_FLAG_SEQUENTIAL_SCAN},
                           &handle);
        if (status.code == ERROR_ACCESS_DENIED && is_folder(wide))
            status.kind = PLATFORM_UNSUPPORTED;
        if (platform_ok(status)) {
            status = check_ordinary(handle);
            if (platform_ok(status))
                status = check_below(folder, handle, wide_below);
            if (platform_ok(status))
                status = wrap(handle, out);
            else
                (void)CloseHandle(handle);
        }
        (void)CloseHandle(folder);
    }
    free(wide);
    free(wide_below);
    free(path);
    return status;
}

struct platform_status file_create(const char *path, struct file **out)
{
    struct how how = {GENERIC_READ | GENERIC_WRITE | DELETE, FILE_SHARE_READ | FILE_SHARE_DELETE, CREATE_NEW,
                      FILE_ATTRIBUTE_NORMAL};
    return open_plain(path, how, out);
}

struct platform_status file_open_exclusive(const char *path, struct file **out)
{
    struct how how = {GENERIC_READ | GENERIC_WRITE, 0, OPEN_ALWAYS, FILE_ATTRIBUTE_NORMAL};
    return open_plain(path, how, out);
}

struct platform_status file_close(struct file *file)
{
    if (file == NULL)
        return PLATFORM_SUCCESS;
    struct platform_status status = platform_inject(PLATFORM_CALL_CLOSE, "");
    if (!CloseHandle(file->handle) && platform_ok(status))
        status = wide_last_status();
    free(file);
    return status;
}

struct platform_status file_stat(struct file *file, struct file_marks *out)
{
    struct platform_status status = platform_inject(PLATFORM_CALL_STAT, "");
    if (!platform_ok(status))
        return status;
    FILE_BASIC_INFO basic;
    FILE_STANDARD_INFO standard;
    if (!GetFileInformationByHandleEx(file->handle, FileBasicInfo, &basic, sizeof basic) ||
        !GetFileInformationByHandleEx(file->handle, FileStandardInfo, &standard, sizeof standard))
        return wide_last_status();
    out->size = (uint64_t)standard.EndOfFile.QuadPart;
    out->created_us = handle_time_us(basic.CreationTime.QuadPart);
    out->written_us = handle_time_us(basic.LastWriteTime.QuadPart);
    return handle_identity(file->handle, &out->identity);
}

static struct platform_status read_at(HANDLE handle, uint64_t offset, char *out, size_t size, size_t *got)
{
    enum {
        PIECE = 1 << 26
    }; /* some servers fail requests that are much larger */
    *got = 0;
    while (*got < size) {
        OVERLAPPED place;
        memset(&place, 0, sizeof place);
        place.Offset = (DWORD)(offset + *got);
        place.OffsetHigh = (DWORD)((offset + *got) >> 32);
        DWORD piece = size - *got < PIECE ? (DWORD)(size - *got) : PIECE;
        DWORD count = 0;
        if (!ReadFile(handle, out + *got, piece, &count, &place)) {
            DWORD error = GetLastError();
            return error == ERROR_HANDLE_EOF ? PLATFORM_SUCCESS : platform_status_from_code(error);
        }
        if (count == 0)
            break;
        *got += count;
    }
    return PLATFORM_SUCCESS;
}

struct platform_status file_read_at(struct file *file, uint64_t offset, void *bytes, size_t size, size_t *got)
{
    struct platform_status status = platform_inject(PLATFORM_CALL_READ, "");
    return platform_ok(status) ? read_at(file->handle, offset, bytes, size, got) : status;
}

struct platform_status file_read_all(struct file *file, size_t limit, char **bytes, size_t *size)
{
    LARGE_INTEGER length;
    struct platform_status status = platform_inject(PLATFORM_CALL_READ, "");
    if (!platform_ok(status))
        return status;
    if (!GetFileSizeEx(file->handle, &length))
        return wide_last_status();
    if ((uint64_t)length.QuadPart > limit || (uint64_t)length.QuadPart > SIZE_MAX - 1)
        return (struct platform_status){PLATFORM_TOO_LARGE, 0};
    size_t wanted = (size_t)length.QuadPart;
    char *buffer = malloc(wanted + 1);
    if (buffer == NULL)
        return out_of_memory();
    /* One byte more than expected: a file that has grown since is not cut off unnoticed. */
    size_t got;
    status = read_at(file->handle, 0, buffer, wanted + 1, &got);
    if (platform_ok(status) && got > wanted)
        status = (struct platform_status){PLATFORM_CHANGED, 0};
    if (!platform_ok(status)) {
        free(buffer);
        return status;
    }
    buffer[got] = '\0';
    *bytes = buffer;
    *size = got;
    return PLATFORM_SUCCESS;
}

struct platform_status file_write(struct file *file, const void *bytes, size_t size)
{
    enum {
        PIECE = 1 << 26
    };
    const char *at = bytes;
    struct platform_status status = platform_inject(PLATFORM_CALL_WRITE, "");
    if (!platform_ok(status))
        return status;
    while (size > 0) {
        DWORD piece = size < PIECE ? (DWORD)size : PIECE;
        DWORD count = 0;
        if (!WriteFile(file->handle, at, piece, &count, NULL))
            return wide_last_status();
        if (count == 0)
            return platform_status_from_code(ERROR_WRITE_FAULT);
        at += count;
        size -= count;
    }
    return PLATFORM_SUCCESS;
}

struct platform_status file_truncate(struct file *file)
{
    static const LARGE_INTEGER start;
    struct platform_status status = platform_inject(PLATFORM_CALL_WRITE, "");
    if (!platform_ok(status))
        return status;
    if (!SetFilePointerEx(file->handle, start, NULL, FILE_BEGIN) || !SetEndOfFile(file->handle))
        return wide_last_status();
    return PLATFORM_SUCCESS;
}

struct platform_status file_flush(struct file *file)
{
    struct platform_status status = platform_inject(PLATFORM_CALL_FLUSH, "");
    if (!platform_ok(status))
        return status;
    return FlushFileBuffers(file->handle) ? PLATFORM_SUCCESS : wide_last_status();
}

struct platform_status file_rename(struct file *file, const char *path)
{
    struct platform_status status = platform_inject(PLATFORM_CALL_RENAME, path);
    if (!platform_ok(status))
        return status;
    wchar_t *wide = wide_from_path(path, &status);
    if (wide == NULL)
        return status;
    size_t name_size = wcslen(wide) * sizeof *wide;
    size_t size = sizeof(FILE_RENAME_INFO) + name_size;
    FILE_RENAME_INFO *info = calloc(1, size);
    if (info == NULL) {
        status = out_of_memory();
    } else {
        /* The older form of the call: FileRenameInfoEx is unknown to Wine 8 and to some servers. */
        info->ReplaceIfExists = FALSE;
        info->FileNameLength = (DWORD)name_size;
        memcpy(info->FileName, wide, name_size + sizeof *wide);
        if (!SetFileInformationByHandle(file->handle, FileRenameInfo, info, (DWORD)size))
            status = wide_last_status();
    }
    free(info);
    free(wide);
    return status;
}

/* The read-only attribute forbids deletion. */
static struct platform_status clear_read_only(HANDLE handle)
{
    FILE_BASIC_INFO basic;
    if (!GetFileInformationByHandleEx(handle, FileBasicInfo, &basic, sizeof basic))
        return wide_last_status();
    if (!(basic.FileAttributes & FILE_ATTRIBUTE_READONLY))
        return PLATFORM_SUCCESS;
    FILE_BASIC_INFO change;
    memset(&change, 0, sizeof change); /* a time of 0 stays as it is */
    change.FileAttributes = basic.FileAttributes & ~(DWORD)FILE_ATTRIBUTE_READONLY;
    if (change.FileAttributes == 0)
        change.FileAttributes = FILE_ATTRIBUTE_NORMAL; /* 0 would mean: leave them */
    if (!SetFileInformationByHandle(handle, FileBasicInfo, &change, sizeof change))
        return wide_last_status();
    return PLATFORM_SUCCESS;
}

/* Marks the file; its name goes when the last handle on it is closed. */
static struct platform_status delete_handle(HANDLE handle)
{
    FILE_DISPOSITION_INFO disposition = {.DeleteFile = TRUE};
    struct platform_status status = clear_read_only(handle);
    if (platform_ok(status) &&
        !SetFileInformationByHandle(handle, FileDispositionInfo, &disposition, sizeof disposition))
        status = wide_last_status();
    return status;
}

struct platform_status file_delete(struct file *file)
{
    struct platform_status status = platform_inject(PLATFORM_CALL_DELETE, "");
    return platform_ok(status) ? delete_handle(file->handle) : status;
}

bool file_may_set_rights(const struct file *file)
{
    return file->may_set_rights;
}

struct platform_status file_inherit_rights(struct file *file)
{
    struct platform_status status = platform_inject(PLATFORM_CALL_RIGHTS, "");
    if (!platform_ok(status))
        return status;
    /* No entries of its own and unprotected: SetSecurityInfo then works out what the folder passes on and sets
     * that. The function must be the Info one, the Kernel one sets exactly what it is given. */
    ACL empty;
    if (!InitializeAcl(&empty, sizeof empty, ACL_REVISION))
        return wide_last_status();
    DWORD error = SetSecurityInfo(file->handle, SE_FILE_OBJECT,
                                  DACL_SECURITY_INFORMATION | UNPROTECTED_DACL_SECURITY_INFORMATION, NULL,
                                  NULL, &empty, NULL);
    return platform_status_from_code(error);
}

struct platform_status file_exists(const char *path, bool *exists)
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
    *exists = platform_ok(status) && !(attributes & FILE_ATTRIBUTE_DIRECTORY);
    return status.kind == PLATFORM_NOT_FOUND ? PLATFORM_SUCCESS : status;
}

struct platform_status file_remove(const char *path)
{
    struct platform_status status = platform_inject(PLATFORM_CALL_DELETE, path);
    if (!platform_ok(status))
        return status;
    wchar_t *wide = wide_from_path(path, &status);
    if (wide == NULL)
        return status;
    HANDLE handle;
    struct how how = {DELETE | FILE_READ_ATTRIBUTES | FILE_WRITE_ATTRIBUTES, share_all, OPEN_EXISTING,
                      FILE_FLAG_OPEN_REPARSE_POINT};
    status = open_wide(wide, how, &handle);
    if (status.kind == PLATFORM_DENIED) {
        /* Deleting needs no right to change attributes, except to take a read-only mark away. (Wine refuses
         * that right on every read-only file to whoever is not root, and takes the mark away all the same.) */
        how.access = DELETE | FILE_READ_ATTRIBUTES;
        status = open_wide(wide, how, &handle);
    }
    free(wide);
    if (!platform_ok(status))
        return status;
    status = delete_handle(handle);
    if (!CloseHandle(handle) && platform_ok(status))
        status = wide_last_status();
    return status;
}

struct platform_status file_move(const char *from, const char *to)
{
    struct platform_status status = platform_inject(PLATFORM_CALL_RENAME, to);
    if (!platform_ok(status))
        return status;
    wchar_t *wide_to = NULL;
    wchar_t *wide_from = wide_from_path(from, &status);
    if (wide_from != NULL)
        wide_to = wide_from_path(to, &status);
    /* Without MOVEFILE_COPY_ALLOWED another volume is refused: a copy is not one step. */
    if (wide_to != NULL && !MoveFileExW(wide_from, wide_to, MOVEFILE_WRITE_THROUGH))
        status = wide_last_status();
    free(wide_from);
    free(wide_to);
    return status;
}
