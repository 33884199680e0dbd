/*
 * A program of another vendor, as one finds them at a share: opens files with the sharing that it is told, writes them in parts, takes its
 * time. Windows enforces sharing only between Windows programs, so the writer is one.
 *
 *   writer.exe STEP...      the steps one after another, in one process
 *
 *   create NAME SHARE       opens NAME to write it from its beginning
 *   append NAME SHARE       opens NAME to write at its end, makes it when it is not there
 *   read NAME SHARE         opens NAME to read it
 *   write FILE              writes the bytes of FILE into what is open
 *   close                   closes what is open
 *   rename OLD NEW          renames, replacing nothing
 *   pause MILLISECONDS      what the writer does meanwhile
 *   refused NAME SHARE      opens NAME for writing again and again until that is refused
 *   until NAME              waits until NAME exists
 *   gone NAME               waits until NAME is gone
 *   tell NAME               makes the empty file NAME
 *
 * SHARE is made of r, w and d: others may read, write, delete; - is nothing. One file is open at a time. What another program's
 * sharing refuses is tried again until it succeeds. Prints a line for each file that it opened, how often that was refused before,
 * and "done" at the end; or "STEP: error N", and exit code 1, when a step fails or lasts longer than 60 s.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <windows.h>

#define LONGEST_MS 60000u
#define AGAIN_MS   10u

static HANDLE opened = INVALID_HANDLE_VALUE;

static DWORD share_of(const wchar_t *text)
{
    return (wcschr(text, L'r') ? FILE_SHARE_READ : 0u) | (wcschr(text, L'w') ? FILE_SHARE_WRITE : 0u) |
           (wcschr(text, L'd') ? FILE_SHARE_DELETE : 0u);
}

/* Opens when no sharing of another program hinders it any more. */
static DWORD open_at_last(const wchar_t *name, DWORD access, const wchar_t *share, DWORD disposition)
{
    ULONGLONG end = GetTickCount64() + LONGEST_MS;
    unsigned refused = 0;
    for (;;) {
        opened = CreateFileW(name, access, share_of(share), NULL, disposition, FILE_ATTRIBUTE_NORMAL, NULL);
        if (opened != INVALID_HANDLE_VALUE)
            break;
        DWORD error = GetLastError();
        if (error != ERROR_SHARING_VIOLATION || GetTickCount64() > end)
            return error;
        refused++;
        Sleep(AGAIN_MS);
    }
    printf("opened after %u refusals\n", refused);
    LARGE_INTEGER zero = {0};
    return SetFilePointerEx(opened, zero, NULL, FILE_END) ? 0 : GetLastError();
}

static DWORD close_opened(void)
{
    DWORD error = CloseHandle(opened) ? 0 : GetLastError();
    opened = INVALID_HANDLE_VALUE;
    return error;
}

static DWORD write_bytes_of(const wchar_t *name)
{
    static char bytes[65536];
    HANDLE from = CreateFileW(name, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    if (from == INVALID_HANDLE_VALUE)
        return GetLastError();
    DWORD size = 0, written = 0, error = 0;
    if (!ReadFile(from, bytes, sizeof bytes, &size, NULL) || !WriteFile(opened, bytes, size, &written, NULL))
        error = GetLastError();
    else if (written != size || size == sizeof bytes)
        error = ERROR_WRITE_FAULT;
    (void)CloseHandle(from);
    return error;
}

/* Opened for reading and writing as an editor would; what is opened is closed at once and left as it is. */
static DWORD until_refused(const wchar_t *name, const wchar_t *share)
{
    ULONGLONG end = GetTickCount64() + LONGEST_MS;
    while (GetTickCount64() < end) {
        HANDLE file =
            CreateFileW(name, GENERIC_READ | GENERIC_WRITE, share_of(share), NULL, OPEN_EXISTING, 0, NULL);
        if (file == INVALID_HANDLE_VALUE)
            return GetLastError() == ERROR_SHARING_VIOLATION ? 0 : GetLastError();
        (void)CloseHandle(file);
        Sleep(AGAIN_MS);
    }
    return ERROR_TIMEOUT;
}

static DWORD until_there(const wchar_t *name, BOOL wanted)
{
    ULONGLONG end = GetTickCount64() + LONGEST_MS;
    while (GetTickCount64() < end) {
        if ((GetFileAttributesW(name) != INVALID_FILE_ATTRIBUTES) == wanted)
            return 0;
        Sleep(AGAIN_MS);
    }
    return ERROR_TIMEOUT;
}

static DWORD tell(const wchar_t *name)
{
    HANDLE file = CreateFileW(name, GENERIC_WRITE, 0, NULL, CREATE_NEW, 0, NULL);
    if (file == INVALID_HANDLE_VALUE)
        return GetLastError();
    (void)CloseHandle(file);
    return 0;
}

static DWORD pause_for(const wchar_t *milliseconds)
{
    Sleep((DWORD)wcstoul(milliseconds, NULL, 10));
    return 0;
}

/* One step; how many words it took goes to *words, 0 when it is not known or not complete. */
static DWORD take(int count, wchar_t **step, int *words)
{
    const wchar_t *what = step[0];
    *words = 1;
    if (wcscmp(what, L"close") == 0)
        return close_opened();
    *words = count >= 2 ? 2 : 0;
    if (*words == 2) {
        if (wcscmp(what, L"write") == 0)
            return write_bytes_of(step[1]);
        if (wcscmp(what, L"pause") == 0)
            return pause_for(step[1]);
        if (wcscmp(what, L"until") == 0)
            return until_there(step[1], TRUE);
        if (wcscmp(what, L"gone") == 0)
            return until_there(step[1], FALSE);
        if (wcscmp(what, L"tell") == 0)
            return tell(step[1]);
    }
    *words = count >= 3 ? 3 : 0;
    if (*words == 3) {
        if (wcscmp(what, L"create") == 0)
            return open_at_last(step[1], GENERIC_WRITE, step[2], CREATE_ALWAYS);
        if (wcscmp(what, L"append") == 0)
            return open_at_last(step[1], GENERIC_WRITE, step[2], OPEN_ALWAYS);
        if (wcscmp(what, L"read") == 0)
            return open_at_last(step[1], GENERIC_READ, step[2], OPEN_EXISTING);
        if (wcscmp(what, L"rename") == 0)
            return MoveFileExW(step[1], step[2], 0) ? 0 : GetLastError();
        if (wcscmp(what, L"refused") == 0)
            return until_refused(step[1], step[2]);
    }
    *words = 0;
    return ERROR_INVALID_PARAMETER;
}

int wmain(int argc, wchar_t **argv); /* declared nowhere else */

int wmain(int argc, wchar_t **argv)
{
    int words;
    for (int i = 1; i < argc; i += words) {
        DWORD error = take(argc - i, argv + i, &words);
        if (error != 0) {
            printf("%ls, word %d: error %lu\n", argv[i], i, error);
            return 1;
        }
    }
    printf("done\n");
    return 0;
}
