#include "platform/append.h"

#include <stdlib.h>
#include <windows.h>

#include "platform/inject.h"
#include "platform/wide_win32.h"

struct append {
    HANDLE handle;
};

/*
 * Windows appends in one step. Wine 8 looks for the end and writes there in two: of two threads that append at once one
 * was seen to overwrite the other's line. Within this process the lock makes it one step there too.
 */
static SRWLOCK one_at_a_time = SRWLOCK_INIT;

struct platform_status append_open(const char *path, struct append **out, uint64_t *size)
{
    struct platform_status status = platform_inject(PLATFORM_CALL_OPEN, path);
    if (!platform_ok(status))
        return status;
    wchar_t *wide = wide_from_path(path, &status);
    if (wide == NULL)
        return status;
    struct append *append = malloc(sizeof *append);
    if (append == NULL) {
        free(wide);
        return platform_status_from_code(ERROR_NOT_ENOUGH_MEMORY);
    }
    /* FILE_APPEND_DATA without FILE_WRITE_DATA: the system itself puts every write at the end. */
    append->handle = CreateFileW(wide, FILE_APPEND_DATA | FILE_READ_ATTRIBUTES | SYNCHRONIZE,
                                 FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL, OPEN_ALWAYS,
                                 FILE_ATTRIBUTE_NORMAL, NULL);
    LARGE_INTEGER length;
    if (append->handle == INVALID_HANDLE_VALUE || !GetFileSizeEx(append->handle, &length)) {
        status = wide_last_status();
        append_close(append);
    } else {
        *size = (uint64_t)length.QuadPart;
        *out = append;
        status = PLATFORM_SUCCESS;
    }
    free(wide);
    return status;
}

struct platform_status append_write(struct append *append, const void *bytes, size_t size)
{
    struct platform_status status = platform_inject(PLATFORM_CALL_WRITE, "");
    if (!platform_ok(status))
        return status;
    AcquireSRWLockExclusive(&one_at_a_time);
    for (const char *at = bytes; size > 0;) {
        DWORD part = size > (1U << 20) ? 1U << 20 : (DWORD)size;
        DWORD written;
        if (!WriteFile(append->handle, at, part, &written, NULL)) {
            status = wide_last_status();
            break;
        }
        at += written;
        size -= written;
    }
    ReleaseSRWLockExclusive(&one_at_a_time);
    return status;
}

void append_close(struct append *append)
{
    if (append == NULL)
        return;
    if (append->handle != INVALID_HANDLE_VALUE)
        (void)CloseHandle(
            append->handle); /* what a late error would say is lost log text, and that cannot be logged */
    free(append);
}
