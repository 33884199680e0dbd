/* test_main.h on Windows. */
#include "tests/support/test_main.h"

#include <windows.h>

#include <stdio.h>
#include <stdlib.h>
#include <wchar.h>

/* Room for the longest path that the wide API takes. */
enum {
    PATH_CAP = 32768
};

static LONG WINAPI crashed(EXCEPTION_POINTERS *info)
{
    (void)fprintf(stderr, "wine: Unhandled exception 0x%08lx at %p: test ends with code 99\n",
                  (unsigned long)info->ExceptionRecord->ExceptionCode,
                  info->ExceptionRecord->ExceptionAddress);
    (void)TerminateProcess(GetCurrentProcess(), 99);
    return EXCEPTION_EXECUTE_HANDLER;
}

void test_main_init(void)
{
    (void)SetUnhandledExceptionFilter(crashed);
    (void)SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX);
    (void)setvbuf(stdout, NULL, _IONBF, 0);
    (void)setvbuf(stderr, NULL, _IONBF, 0);
}

static wchar_t *wide_new(void)
{
    wchar_t *path = calloc(PATH_CAP, sizeof *path);
    if (path == NULL)
        abort();
    return path;
}

char *test_temp_dir(const char *tag)
{
    static LONG counter;
    wchar_t *base = wide_new();
    wchar_t *path = wide_new();
    DWORD length = GetTempPathW(MAX_PATH + 1, base);
    if (length == 0 || length > MAX_PATH) {
        (void)fprintf(stderr, "test: no temporary folder: error %lu\n", (unsigned long)GetLastError());
        abort();
    }
    /* A folder left by an earlier process of the same id is stepped over. */
    for (;;) {
        (void)_snwprintf(path, PATH_CAP - 1, L"%lscorbridge-%hs-%lu-%ld", base, tag,
                         (unsigned long)GetCurrentProcessId(), InterlockedIncrement(&counter));
        if (CreateDirectoryW(path, NULL))
            break;
        DWORD error = GetLastError();
        if (error != ERROR_ALREADY_EXISTS) {
            (void)fprintf(stderr, "test: cannot make a temporary folder: error %lu\n", (unsigned long)error);
            abort();
        }
    }
    int size = WideCharToMultiByte(CP_UTF8, WC_ERR_INVALID_CHARS, path, -1, NULL, 0, NULL, NULL);
    char *utf8 = size > 0 ? malloc((size_t)size) : NULL;
    if (utf8 == NULL ||
        WideCharToMultiByte(CP_UTF8, WC_ERR_INVALID_CHARS, path, -1, utf8, size, NULL, NULL) != size)
        abort();
    free(path);
    free(base);
    return utf8;
}

static void remove_one(const wchar_t *path, DWORD attributes)
{
    if (attributes & FILE_ATTRIBUTE_READONLY)
        (void)SetFileAttributesW(path, attributes & ~(DWORD)FILE_ATTRIBUTE_READONLY);
    BOOL done = (attributes & FILE_ATTRIBUTE_DIRECTORY) ? RemoveDirectoryW(path) : DeleteFileW(path);
    if (!done)
        (void)fprintf(stderr, "test: cannot remove '%ls': error %lu\n", path, (unsigned long)GetLastError());
}

static void remove_tree(const wchar_t *folder, DWORD attributes)
{
    wchar_t *path = wide_new();
    WIN32_FIND_DATAW found;
    (void)_snwprintf(path, PATH_CAP - 1, L"%ls\\*", folder);
    HANDLE find = FindFirstFileW(path, &found);
    while (find != INVALID_HANDLE_VALUE) {
        if (wcscmp(found.cFileName, L".") != 0 && wcscmp(found.cFileName, L"..") != 0) {
            (void)_snwprintf(path, PATH_CAP - 1, L"%ls\\%ls", folder, found.cFileName);
            DWORD kind = found.dwFileAttributes & (FILE_ATTRIBUTE_DIRECTORY | FILE_ATTRIBUTE_REPARSE_POINT);
            if (kind == FILE_ATTRIBUTE_DIRECTORY)
                remove_tree(path, found.dwFileAttributes);
            else
                remove_one(path, found.dwFileAttributes);
        }
        if (!FindNextFileW(find, &found)) {
            (void)FindClose(find);
            break;
        }
    }
    remove_one(folder, attributes);
    free(path);
}

void test_temp_remove(const char *path)
{
    if (path == NULL)
        return;
    wchar_t *wide = wide_new();
    if (MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, path, -1, wide, PATH_CAP) == 0) {
        (void)fprintf(stderr, "test: cannot remove a folder: its path is not UTF-8\n");
    } else {
        remove_tree(wide, FILE_ATTRIBUTE_DIRECTORY);
    }
    free(wide);
}
