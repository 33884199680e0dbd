#include "platform/process.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <windows.h>
#include <bcrypt.h>
#include <psapi.h>

#include "platform/inject.h"
#include "platform/wide_win32.h"

uint32_t process_id(void)
{
    return GetCurrentProcessId();
}

char *process_path(void)
{
    for (DWORD room = 256;; room *= 2) {
        wchar_t *wide = calloc(room, sizeof *wide);
        if (wide == NULL)
            return NULL;
        DWORD length = GetModuleFileNameW(NULL, wide, room);
        if (length < room) {
            char *path = wide_to_text(wide, length);
            free(wide);
            return path;
        }
        free(wide);
    }
}

uint64_t process_memory(void)
{
    PROCESS_MEMORY_COUNTERS counters;
    if (!GetProcessMemoryInfo(GetCurrentProcess(), &counters, sizeof counters))
        return 0;
    return counters.WorkingSetSize;
}

void process_give_memory_back(void)
{
    (void)_heapmin();
    (void)HeapCompact(GetProcessHeap(), 0);
}

/* The user of this process's token, on the heap. */
static TOKEN_USER *token_user(void)
{
    HANDLE token;
    DWORD size = 0;
    TOKEN_USER *user = NULL;
    if (!OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token))
        return NULL;
    (void)GetTokenInformation(token, TokenUser, NULL, 0, &size); /* fails, and tells the size */
    if (size > 0)
        user = malloc(size);
    if (user != NULL && !GetTokenInformation(token, TokenUser, user, size, &size)) {
        free(user);
        user = NULL;
    }
    (void)CloseHandle(token);
    return user;
}

static char *account_name(PSID sid)
{
    DWORD name_length = 0;
    DWORD domain_length = 0;
    SID_NAME_USE use;
    (void)LookupAccountSidW(NULL, sid, NULL, &name_length, NULL, &domain_length,
                            &use); /* tells the lengths */
    wchar_t *text = calloc((size_t)domain_length + name_length + 2, sizeof *text);
    if (text == NULL)
        return NULL;
    wchar_t *name = text + domain_length + 1;
    if (!LookupAccountSidW(NULL, sid, name, &name_length, text, &domain_length, &use)) {
        free(text);
        return wide_to_text(L"", 0);
    }
    /* Now the lengths are without the NULs; bring the two parts together. */
    size_t length = name_length;
    if (domain_length > 0) {
        text[domain_length] = L'\\';
        memmove(text + domain_length + 1, name, name_length * sizeof *text);
        length += domain_length + 1;
    } else {
        memmove(text, name, name_length * sizeof *text);
    }
    char *result = wide_to_text(text, length);
    free(text);
    return result;
}

char *process_user(void)
{
    TOKEN_USER *user = token_user();
    if (user == NULL)
        return wide_to_text(L"", 0);
    char *name = account_name(user->User.Sid);
    free(user);
    return name;
}

void process_random(void *out, size_t size)
{
    enum {
        PIECE = 1 << 30
    };
    UCHAR *at = out;
    while (size > 0) {
        ULONG piece = size < PIECE ? (ULONG)size : PIECE;
        if (!BCRYPT_SUCCESS(BCryptGenRandom(NULL, at, piece, BCRYPT_USE_SYSTEM_PREFERRED_RNG)))
            abort();
        at += piece;
        size -= piece;
    }
}

static struct {
    process_interrupt_function function;
    void *context;
    LONG volatile called;
} interrupt;

/* The system calls this on a thread of its own. */
static BOOL WINAPI on_control(DWORD type)
{
    if (InterlockedExchange(&interrupt.called, 1) != 0)
        return FALSE; /* a second Ctrl+C ends the process at once */
    interrupt.function(interrupt.context);
    /* After a closed console, logoff or shutdown the process ends as soon as this returns: leave it its time. */
    if (type != CTRL_C_EVENT && type != CTRL_BREAK_EVENT)
        Sleep(INFINITE);
    return TRUE;
}

struct platform_status process_on_interrupt(process_interrupt_function function, void *context)
{
    struct platform_status status = platform_inject(PLATFORM_CALL_THREAD, "");
    if (!platform_ok(status))
        return status;
    if (interrupt.function != NULL)
        return (struct platform_status){PLATFORM_EXISTS, 0};
    interrupt.function = function;
    interrupt.context = context;
    /* Started with CREATE_NEW_PROCESS_GROUP a process ignores Ctrl+C until this is said. */
    if (!SetConsoleCtrlHandler(NULL, FALSE) || !SetConsoleCtrlHandler(on_control, TRUE)) {
        status = wide_last_status();
        interrupt.function = NULL;
        return status;
    }
    return PLATFORM_SUCCESS;
}

char *process_environment(const char *name)
{
    struct platform_status status;
    wchar_t *wide_name = wide_from_text(name, &status);
    if (wide_name == NULL)
        return NULL;
    char *value = NULL;
    DWORD room = GetEnvironmentVariableW(wide_name, NULL, 0);
    wchar_t *wide = room == 0 ? NULL : calloc(room, sizeof *wide);
    if (wide != NULL) {
        DWORD length = GetEnvironmentVariableW(wide_name, wide, room);
        if (length < room) /* else another thread made it longer meanwhile */
            value = wide_to_text(wide, length);
    }
    free(wide);
    free(wide_name);
    return value;
}

/* A standard stream that is closed or full cannot be told anywhere. */
static void print(DWORD stream, const char *text)
{
    HANDLE handle = GetStdHandle(stream);
    DWORD mode;
    DWORD written;
    if (handle == NULL || handle == INVALID_HANDLE_VALUE)
        return;
    if (GetConsoleMode(handle, &mode)) {
        struct platform_status status;
        wchar_t *wide = wide_from_text(text, &status);
        if (wide != NULL)
            (void)WriteConsoleW(handle, wide, (DWORD)wcslen(wide), &written, NULL);
        free(wide);
        return;
    }
    size_t size = strlen(text);
    while (size > 0) {
        DWORD piece = size < 1 << 20 ? (DWORD)size : 1 << 20;
        if (!WriteFile(handle, text, piece, &written, NULL) || written == 0)
            return;
        text += written;
        size -= written;
    }
}

void process_print(const char *text)
{
    print(STD_OUTPUT_HANDLE, text);
}

void process_print_error(const char *text)
{
    print(STD_ERROR_HANDLE, text);
}
