#include "platform/wide_win32.h"

#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <windows.h>

#include "platform/path.h"
#include "platform/wtf8.h"

_Static_assert(sizeof(wchar_t) == sizeof(uint16_t), "wide characters are UTF-16 units");

struct platform_status wide_last_status(void)
{
    return platform_status_from_code(GetLastError());
}

/* `text` made wide behind `room` free units at the start; *length without the room and the NUL. */
static wchar_t *widen(const char *text, size_t room, size_t *length, struct platform_status *status)
{
    size_t size = strlen(text);
    wchar_t *wide = calloc(room + size + 1, sizeof *wide);
    if (wide == NULL) {
        *status = platform_status_from_code(ERROR_NOT_ENOUGH_MEMORY);
        return NULL;
    }
    *length = wtf8_to_utf16(text, size, (uint16_t *)wide + room);
    if (*length == WTF8_INVALID) {
        *status = platform_status_from_code(ERROR_NO_UNICODE_TRANSLATION);
        free(wide);
        return NULL;
    }
    wide[room + *length] = L'\0';
    return wide;
}

wchar_t *wide_from_text(const char *text, struct platform_status *status)
{
    size_t length;
    return widen(text, 0, &length, status);
}

/* Turns '/' to '\' and doubled separators to one in place; a closing one goes. Returns the new length. */
static size_t tidy_separators(wchar_t *path, size_t length)
{
    size_t kept = 0;
    for (size_t i = 0; i < length; i++) {
        wchar_t unit = path[i] == L'/' ? L'\\' : path[i];
        if (unit == L'\\' && kept > 0 && path[kept - 1] == L'\\')
            continue;
        path[kept++] = unit;
    }
    if (kept > 1 && path[kept - 1] == L'\\' && path[kept - 2] != L':')
        kept--;
    path[kept] = L'\0';
    return kept;
}

wchar_t *wide_from_path(const char *path, struct platform_status *status)
{
    static const wchar_t local_prefix[] = L"\\\\?\\";
    static const wchar_t share_prefix[] = L"\\\\?\\UNC\\";
    enum {
        ROOM = sizeof share_prefix / sizeof *share_prefix - 1
    };
    size_t length;
    wchar_t *wide = widen(path, ROOM, &length, status);
    if (wide == NULL)
        return NULL;
    wchar_t *start = wide + ROOM;
    bool prefixed = wcsncmp(start, L"\\\\?\\", 4) == 0 || wcsncmp(start, L"\\\\.\\", 4) == 0;
    const wchar_t *prefix = L"";
    if (!prefixed && path_is_absolute(path)) {
        bool share = start[1] != L':';
        prefix = share ? share_prefix : local_prefix;
        if (share) {
            start += 2;
            length -= 2;
        }
        length = tidy_separators(start, length);
    }
    size_t prefix_length = wcslen(prefix);
    memmove(wide + prefix_length, start, (length + 1) * sizeof *wide);
    memcpy(wide, prefix, prefix_length * sizeof *wide);
    return wide;
}

char *wide_to_text(const wchar_t *units, size_t count)
{
    char *text = malloc(count * 3 + 1);
    if (text != NULL)
        text[wtf8_from_utf16(units, count, text)] = '\0';
    return text;
}
