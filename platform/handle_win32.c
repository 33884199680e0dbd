#include "platform/handle_win32.h"

#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "platform/wide_win32.h"

int64_t handle_time_us(int64_t filetime)
{
    static const int64_t from_1601_to_1970_us = INT64_C(11644473600) * 1000000;
    return filetime / 10 - from_1601_to_1970_us;
}

struct platform_status handle_identity(void *handle, struct file_identity *out)
{
    FILE_ID_INFO id;
    if (GetFileInformationByHandleEx(handle, FileIdInfo, &id, sizeof id)) {
        out->volume = id.VolumeSerialNumber;
        memcpy(&out->id_low, id.FileId.Identifier, sizeof out->id_low);
        memcpy(&out->id_high, id.FileId.Identifier + sizeof out->id_low, sizeof out->id_high);
        return PLATFORM_SUCCESS;
    }
    BY_HANDLE_FILE_INFORMATION info;
    if (!GetFileInformationByHandle(handle, &info))
        return wide_last_status();
    out->volume = info.dwVolumeSerialNumber;
    out->id_high = 0;
    out->id_low = ((uint64_t)info.nFileIndexHigh << 32) | info.nFileIndexLow;
    return PLATFORM_SUCCESS;
}

bool handle_is_remote(void *handle)
{
    /* Answered for files behind a redirector only; ERROR_INVALID_PARAMETER for local ones. */
    FILE_REMOTE_PROTOCOL_INFO info;
    return GetFileInformationByHandleEx(handle, FileRemoteProtocolInfo, &info, sizeof info) != 0;
}

struct platform_status handle_open_folder(const char *path, uint32_t access, bool overlapped, void **out)
{
    struct platform_status status;
    wchar_t *wide = wide_from_path(path, &status);
    if (wide == NULL)
        return status;
    DWORD share = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;
    DWORD flags = FILE_FLAG_BACKUP_SEMANTICS | (overlapped ? FILE_FLAG_OVERLAPPED : 0);
    HANDLE handle = CreateFileW(wide, access, share, NULL, OPEN_EXISTING, flags, NULL);
    status = handle == INVALID_HANDLE_VALUE ? wide_last_status() : PLATFORM_SUCCESS;
    free(wide);
    if (!platform_ok(status))
        return status;
    FILE_BASIC_INFO basic;
    if (!GetFileInformationByHandleEx(handle, FileBasicInfo, &basic, sizeof basic))
        status = wide_last_status();
    else if (!(basic.FileAttributes & FILE_ATTRIBUTE_DIRECTORY))
        status = platform_status_from_code(ERROR_DIRECTORY);
    if (!platform_ok(status)) {
        (void)CloseHandle(handle);
        return status;
    }
    *out = handle;
    return PLATFORM_SUCCESS;
}
