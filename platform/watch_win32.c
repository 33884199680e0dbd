#include "platform/watch.h"

#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "platform/handle_win32.h"
#include "platform/inject.h"
#include "platform/wide_win32.h"

/* Above 64 KB the call fails on shares with ERROR_INVALID_PARAMETER (ReadDirectoryChangesW, Remarks). */
enum {
    BUFFER_SIZE = 65536
};

/* Few filters: what other programs read or lock must not wake us, nor our own reading. */
static const DWORD filter = FILE_NOTIFY_CHANGE_FILE_NAME | FILE_NOTIFY_CHANGE_SIZE |
                            FILE_NOTIFY_CHANGE_LAST_WRITE | FILE_NOTIFY_CHANGE_CREATION;

struct watch {
    HANDLE folder;
    HANDLE wake;
    OVERLAPPED overlapped;
    /* Two, so that the call is made again before the answer to the last one is read. malloc aligns them beyond
     * the DWORD that the call asks for. */
    void *buffers[2];
    unsigned filling; /* the one that the system writes to */
    bool pending;
};

/* Issues the call. From its return on, changes are collected, whoever looks. */
static struct platform_status arm(struct watch *watch)
{
    if (!ReadDirectoryChangesW(watch->folder, watch->buffers[watch->filling], BUFFER_SIZE, FALSE, filter,
                               NULL, &watch->overlapped, NULL))
        return wide_last_status();
    watch->pending = true;
    return PLATFORM_SUCCESS;
}

struct platform_status watch_open(const char *path, struct watch **out)
{
    struct platform_status status = platform_inject(PLATFORM_CALL_WATCH, path);
    if (!platform_ok(status))
        return status;
    struct watch *watch = calloc(1, sizeof *watch);
    if (watch == NULL)
        return platform_status_from_code(ERROR_NOT_ENOUGH_MEMORY);
    watch->buffers[0] = malloc(BUFFER_SIZE);
    watch->buffers[1] = malloc(BUFFER_SIZE);
    watch->wake = CreateEventW(NULL, FALSE, FALSE, NULL);
    watch->overlapped.hEvent = CreateEventW(NULL, TRUE, FALSE, NULL);
    if (watch->buffers[0] == NULL || watch->buffers[1] == NULL)
        status = platform_status_from_code(ERROR_NOT_ENOUGH_MEMORY);
    else if (watch->wake == NULL || watch->overlapped.hEvent == NULL)
        status = wide_last_status();
    else
        status = handle_open_folder(path, FILE_LIST_DIRECTORY | SYNCHRONIZE, true, &watch->folder);
    if (platform_ok(status))
        status = arm(watch);
    if (!platform_ok(status)) {
        watch_close(watch);
        return status;
    }
    *out = watch;
    return PLATFORM_SUCCESS;
}

/* The pending call has ended: what does it say? */
static enum watch_result completed(struct watch *watch, watch_name_function names, void *context,
                                   struct platform_status *status)
{
    DWORD size = 0;
    BOOL success = GetOverlappedResult(watch->folder, &watch->overlapped, &size, FALSE);
    DWORD error = success ? ERROR_SUCCESS : GetLastError();
    enum watch_result result = watch_result_of(error, size);
    const void *filled = watch->buffers[watch->filling];
    watch->pending = false;
    if (result == WATCH_LOST) {
        *status = platform_status_from_code(error);
        return WATCH_LOST;
    }
    watch->filling ^= 1u;
    *status = arm(watch);
    if (!platform_ok(*status))
        return WATCH_LOST;
    if (result == WATCH_DIRTY)
        (void)watch_walk_notifications(filled, size, names, context);
    return result;
}

enum watch_result watch_wait(struct watch *watch, uint32_t milliseconds, watch_name_function names,
                             void *context, struct platform_status *status)
{
    struct platform_status injected = platform_inject(PLATFORM_CALL_WATCH, "");
    if (!platform_ok(injected)) {
        *status = injected;
        return injected.code == WATCH_CODE_OVERFLOW ? WATCH_OVERFLOW : WATCH_LOST;
    }
    if (!watch->pending) {
        *status = platform_status_from_code(ERROR_OPERATION_ABORTED);
        return WATCH_LOST;
    }
    HANDLE waited[] = {watch->wake, watch->overlapped.hEvent};
    switch (WaitForMultipleObjects(2, waited, FALSE, milliseconds)) {
    case WAIT_OBJECT_0: return WATCH_WOKEN;
    case WAIT_OBJECT_0 + 1: return completed(watch, names, context, status);
    case WAIT_TIMEOUT: return WATCH_TIMEOUT;
    default: abort(); /* both handles are ours and open */
    }
}

void watch_wake(struct watch *watch)
{
    if (!SetEvent(watch->wake))
        abort();
}

/* Ends the pending call and waits until the system no longer writes to the buffer. */
static void cancel(struct watch *watch)
{
    DWORD size;
    if (!watch->pending)
        return;
    /* ERROR_NOT_FOUND: it has ended by itself, and waiting for it could last for ever. */
    if (CancelIoEx(watch->folder, &watch->overlapped) || GetLastError() != ERROR_NOT_FOUND)
        (void)GetOverlappedResult(watch->folder, &watch->overlapped, &size, TRUE);
    watch->pending = false;
}

void watch_close(struct watch *watch)
{
    if (watch == NULL)
        return;
    cancel(watch);
    HANDLE handles[] = {watch->folder, watch->wake, watch->overlapped.hEvent};
    for (size_t i = 0; i < sizeof handles / sizeof *handles; i++) {
        if (handles[i] != NULL && !CloseHandle(handles[i]))
            abort();
    }
    free(watch->buffers[0]);
    free(watch->buffers[1]);
    free(watch);
}
