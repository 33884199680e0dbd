/* The order signal of process.h: a named event. */
#include "platform/process.h"

#include <stdlib.h>
#include <windows.h>
#include <sddl.h>

#include "platform/inject.h"
#include "platform/wide_win32.h"

struct order_signal {
    HANDLE event;
    HANDLE woken; /* of this handle alone */
};

struct platform_status order_signal_open(const char *name, struct order_signal **out)
{
    /* SYSTEM and administrators everything; whoever has logged on may set it and wait (EVENT_MODIFY_STATE,
     * SYNCHRONIZE). A wake-up too many costs one look at the database. */
    static const wchar_t rights[] = L"D:(A;;GA;;;SY)(A;;GA;;;BA)(A;;0x100002;;;AU)";
    struct platform_status status = platform_inject(PLATFORM_CALL_OPEN, "");
    if (!platform_ok(status))
        return status;
    SECURITY_ATTRIBUTES security = {sizeof security, NULL, FALSE};
    struct order_signal *signal = calloc(1, sizeof *signal);
    wchar_t *wide = wide_from_text(name, &status);
    if (signal == NULL)
        status = platform_status_from_code(ERROR_NOT_ENOUGH_MEMORY);
    if (signal != NULL && wide != NULL) {
        if (!ConvertStringSecurityDescriptorToSecurityDescriptorW(rights, SDDL_REVISION_1,
                                                                  &security.lpSecurityDescriptor, NULL))
            status = wide_last_status();
        /* Only the two rights that are used: an event that the other side made may grant no more. */
        if (platform_ok(status))
            signal->event = CreateEventExW(&security, wide, 0, EVENT_MODIFY_STATE | SYNCHRONIZE);
        if (platform_ok(status) && signal->event == NULL)
            status = wide_last_status();
        if (platform_ok(status))
            signal->woken = CreateEventW(NULL, FALSE, FALSE, NULL);
        if (platform_ok(status) && signal->woken == NULL) {
            status = wide_last_status();
            (void)CloseHandle(signal->event);
        }
        (void)LocalFree(security.lpSecurityDescriptor);
    }
    free(wide);
    if (!platform_ok(status)) {
        free(signal);
        return status;
    }
    *out = signal;
    return PLATFORM_SUCCESS;
}

bool order_signal_wait(struct order_signal *signal, uint32_t milliseconds)
{
    HANDLE handles[] = {signal->event, signal->woken};
    switch (WaitForMultipleObjects(2, handles, FALSE, milliseconds)) {
    case WAIT_OBJECT_0: return true;
    case WAIT_OBJECT_0 + 1:
    case WAIT_TIMEOUT: return false;
    default: abort(); /* the handles are ours and open */
    }
}

void order_signal_wake(struct order_signal *signal)
{
    if (!SetEvent(signal->woken))
        abort();
}

void order_signal_set(struct order_signal *signal)
{
    if (!SetEvent(signal->event))
        abort();
}

void order_signal_close(struct order_signal *signal)
{
    if (signal == NULL)
        return;
    if (!CloseHandle(signal->event) || !CloseHandle(signal->woken))
        abort();
    free(signal);
}
