/*
 * Private to the Windows half of platform/: between UTF-8 (WTF-8, see wtf8.h) and the wide strings of the
 * Windows API. Our own conversion, since MultiByteToWideChar does not let single surrogates through. No buffer
 * has the size MAX_PATH.
 */
#ifndef CORBRIDGE_PLATFORM_WIDE_WIN32_H
#define CORBRIDGE_PLATFORM_WIDE_WIN32_H

#include <stddef.h>

#include "platform/status.h"

/* Text as a wide string on the heap; the caller frees. NULL: *status says PLATFORM_NAME_INVALID or
 * PLATFORM_NO_MEMORY. */
wchar_t *wide_from_text(const char *text, struct platform_status *status);

/*
 * A path as the wide API wants it, on the heap; the caller frees. '/' becomes '\', doubled and closing
 * separators go, and an absolute path gets \\?\ or \\?\UNC\ in front, so that 260 characters are no limit and
 * "CON" or "name." are names like others. Behind that prefix the system takes "." and ".." as names: such paths
 * are not found. A path that has the prefix already and a relative one stay as they are. NULL: see
 * wide_from_text.
 */
wchar_t *wide_from_path(const char *path, struct platform_status *status);

/* `count` units as NUL-terminated UTF-8 on the heap; the caller frees. NULL when memory is exhausted. */
char *wide_to_text(const wchar_t *units, size_t count);

/* GetLastError(), captured and sorted. */
struct platform_status wide_last_status(void);

#endif
