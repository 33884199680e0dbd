#include "platform/input.h"

#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "platform/inject.h"
#include "platform/wide_win32.h"

#define CTRL_Z      0x1A
#define UNITS_MOST  1024
#define PIECE_MOST  (1u << 20)
#define UTF8_A_UNIT 3 /* bytes that a UTF-16 unit becomes at most */

/* A console gives lines of UTF-16, each read what was typed up to Enter. */
static struct platform_status read_console(HANDLE handle, char *out, size_t room, size_t *count)
{
    wchar_t units[UNITS_MOST];
    DWORD most = room / UTF8_A_UNIT < UNITS_MOST ? (DWORD)(room / UTF8_A_UNIT) : UNITS_MOST;
    DWORD got = 0;
    if (!ReadConsoleW(handle, units, most, &got, NULL))
        return wide_last_status();
    if (got == 0 || units[0] == CTRL_Z)
        return PLATFORM_SUCCESS;
    char *text = wide_to_text(units, got);
    if (text == NULL)
        return (struct platform_status){PLATFORM_NO_MEMORY, 0};
    *count = strlen(text);
    memcpy(out, text, *count);
    free(text);
    return PLATFORM_SUCCESS;
}

struct platform_status input_read_piece(char *out, size_t room, size_t *count)
{
    struct platform_status status = platform_inject(PLATFORM_CALL_READ, "");
    HANDLE handle = GetStdHandle(STD_INPUT_HANDLE);
    DWORD mode;
    DWORD got = 0;
    *count = 0;
    if (!platform_ok(status) || handle == NULL || handle == INVALID_HANDLE_VALUE)
        return status;
    if (GetConsoleMode(handle, &mode))
        return read_console(handle, out, room, count);
    if (!ReadFile(handle, out, room < PIECE_MOST ? (DWORD)room : PIECE_MOST, &got, NULL)) {
        DWORD code = GetLastError();
        /* The writer of a pipe has closed it: that is its end. */
        return code == ERROR_BROKEN_PIPE || code == ERROR_HANDLE_EOF ? PLATFORM_SUCCESS
                                                                     : platform_status_from_code(code);
    }
    *count = got;
    return PLATFORM_SUCCESS;
}
