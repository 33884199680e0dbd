#include "platform/path.h"

#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <windows.h>
#include <winnetwk.h>

#include "platform/handle_win32.h"
#include "platform/inject.h"
#include "platform/wide_win32.h"

/* The remote name of the drive `letter` ("Z:"), on the heap. */
static struct platform_status connection_of(const wchar_t *letter, wchar_t **remote)
{
    DWORD length = 256;
    for (;;) {
        wchar_t *name = calloc(length, sizeof *name);
        if (name == NULL)
            return platform_status_from_code(ERROR_NOT_ENOUGH_MEMORY);
        DWORD error = WNetGetConnectionW(letter, name, &length);
        if (error == NO_ERROR) {
            *remote = name;
            return PLATFORM_SUCCESS;
        }
        free(name);
        if (error != ERROR_MORE_DATA)
            return (struct platform_status){PLATFORM_NOT_FOUND, error};
    }
}

/* The same as the user has saved it for the next logon: an elevated session and a service know none of the
 * letters that the user's own session has connected. */
static struct platform_status saved_connection_of(const wchar_t *letter, wchar_t **remote)
{
    wchar_t key[] = L"Network\\?";
    key[8] = letter[0];
    DWORD size = 0;
    LSTATUS error = RegGetValueW(HKEY_CURRENT_USER, key, L"RemotePath", RRF_RT_REG_SZ, NULL, NULL, &size);
    if (error != ERROR_SUCCESS)
        return (struct platform_status){PLATFORM_NOT_FOUND, (uint32_t)error};
    wchar_t *name = calloc(1, size + sizeof *name);
    if (name == NULL)
        return platform_status_from_code(ERROR_NOT_ENOUGH_MEMORY);
    error = RegGetValueW(HKEY_CURRENT_USER, key, L"RemotePath", RRF_RT_REG_SZ, NULL, name, &size);
    if (error != ERROR_SUCCESS) {
        free(name);
        return (struct platform_status){PLATFORM_NOT_FOUND, (uint32_t)error};
    }
    *remote = name;
    return PLATFORM_SUCCESS;
}

static bool has_letter(const char *path)
{
    bool letter = (path[0] >= 'A' && path[0] <= 'Z') || (path[0] >= 'a' && path[0] <= 'z');
    return letter && path[1] == ':';
}

struct platform_status path_resolve_mapped(const char *path, char **unc)
{
    if (!has_letter(path))
        return (struct platform_status){PLATFORM_NOT_FOUND, 0};
    wchar_t letter[] = {(wchar_t)path[0], L':', L'\0'};
    wchar_t *remote = NULL;
    struct platform_status status = connection_of(letter, &remote);
    if (status.kind == PLATFORM_NOT_FOUND)
        status = saved_connection_of(letter, &remote);
    if (!platform_ok(status))
        return status;
    char *share = wide_to_text(remote, wcslen(remote));
    free(remote);
    if (share == NULL)
        return platform_status_from_code(ERROR_NOT_ENOUGH_MEMORY);
    const char *rest = path + 2;
    while (*rest == '\\' || *rest == '/')
        rest++;
    *unc = *rest == '\0' ? share : path_join(share, rest);
    if (*rest != '\0')
        free(share);
    return *unc == NULL ? platform_status_from_code(ERROR_NOT_ENOUGH_MEMORY) : PLATFORM_SUCCESS;
}

enum path_volume path_volume_kind(const char *path)
{
    if (has_letter(path)) {
        wchar_t root[] = {(wchar_t)path[0], L':', L'\\', L'\0'};
        UINT type = GetDriveTypeW(root);
        if (type == DRIVE_REMOTE)
            return PATH_VOLUME_REMOTE;
        if (type == DRIVE_UNKNOWN || type == DRIVE_NO_ROOT_DIR)
            return PATH_VOLUME_UNKNOWN;
    } else if (path_is_absolute(path) && path[2] != '?' && path[2] != '.') {
        return PATH_VOLUME_REMOTE;
    }
    /* A link or a substituted drive may still lead away: only an open handle tells. */
    void *folder;
    if (!platform_ok(handle_open_folder(path, FILE_READ_ATTRIBUTES | SYNCHRONIZE, false, &folder)))
        return PATH_VOLUME_LOCAL;
    bool remote = handle_is_remote(folder);
    (void)CloseHandle(folder);
    return remote ? PATH_VOLUME_REMOTE : PATH_VOLUME_LOCAL;
}

/* Without the \\?\ that the system puts in front (\\?\UNC\server for a share): the form that people read. */
static char *plain_path(const wchar_t *path)
{
    if (wcsncmp(path, L"\\\\?\\UNC\\", 8) == 0) {
        char *text = wide_to_text(path + 6, wcslen(path + 6));
        if (text != NULL)
            text[0] = '\\';
        return text;
    }
    if (wcsncmp(path, L"\\\\?\\", 4) == 0)
        path += 4;
    return wide_to_text(path, wcslen(path));
}

struct platform_status path_real(const char *path, char **real)
{
    *real = NULL;
    void *folder;
    struct platform_status status = platform_inject(PLATFORM_CALL_IDENTITY, path);
    if (platform_ok(status))
        status = handle_open_folder(path, FILE_READ_ATTRIBUTES | SYNCHRONIZE, false, &folder);
    if (!platform_ok(status))
        return status;
    DWORD room = 32768; /* the longest path of the system */
    wchar_t *units = calloc(room, sizeof *units);
    if (units == NULL) {
        status = platform_status_from_code(ERROR_NOT_ENOUGH_MEMORY);
    } else {
        DWORD length = GetFinalPathNameByHandleW(folder, units, room, FILE_NAME_NORMALIZED | VOLUME_NAME_DOS);
        if (length == 0 || length >= room)
            status = wide_last_status();
        else if ((*real = plain_path(units)) == NULL)
            status = platform_status_from_code(ERROR_NOT_ENOUGH_MEMORY);
    }
    free(units);
    (void)CloseHandle(folder);
    return status;
}
