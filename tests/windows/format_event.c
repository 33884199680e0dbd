/*
 * Shows an event as the Event Viewer would: the message table of a program, with inserts put in.
 *
 *   format_event.exe PROGRAM IDENTIFIER [INSERT...]
 *
 * IDENTIFIER as ReportEvent got it (0x40000064). Prints the text in UTF-8; exit code 1 when the program has no such message.
 */
#include <stdio.h>
#include <stdlib.h>
#include <windows.h>

int wmain(int argc, wchar_t **argv); /* declared nowhere else */

int wmain(int argc, wchar_t **argv)
{
    enum {
        INSERTS = 8
    };
    DWORD_PTR inserts[INSERTS];
    if (argc < 3 || argc > 3 + INSERTS)
        return 2;
    for (int i = 0; i < INSERTS; i++)
        inserts[i] = (DWORD_PTR)(i + 3 < argc ? argv[i + 3] : L"");
    HMODULE module = LoadLibraryExW(argv[1], NULL, LOAD_LIBRARY_AS_DATAFILE | LOAD_LIBRARY_AS_IMAGE_RESOURCE);
    if (module == NULL) {
        fprintf(stderr, "format_event: the program cannot be opened: %lu\n", GetLastError());
        return 1;
    }
    wchar_t *wide = NULL;
    DWORD length = FormatMessageW(FORMAT_MESSAGE_FROM_HMODULE | FORMAT_MESSAGE_ARGUMENT_ARRAY |
                                      FORMAT_MESSAGE_ALLOCATE_BUFFER,
                                  module, wcstoul(argv[2], NULL, 0), 0, (LPWSTR)&wide, 0, (va_list *)inserts);
    if (length == 0) {
        fprintf(stderr, "format_event: there is no message %ls: %lu\n", argv[2], GetLastError());
        return 1;
    }
    int size = WideCharToMultiByte(CP_UTF8, 0, wide, (int)length, NULL, 0, NULL, NULL);
    char *text = malloc((size_t)size);
    if (text == NULL || WideCharToMultiByte(CP_UTF8, 0, wide, (int)length, text, size, NULL, NULL) != size)
        return 1;
    for (int i = 0; i < size; i++) {
        if (text[i] != '\r')
            putchar(text[i]);
    }
    free(text);
    LocalFree(wide);
    (void)FreeLibrary(module);
    return fflush(stdout) == 0 ? 0 : 1;
}
