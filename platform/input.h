/* The standard input of this process. */
#ifndef CORBRIDGE_PLATFORM_INPUT_H
#define CORBRIDGE_PLATFORM_INPUT_H

#include <stddef.h>

#include "platform/status.h"

/* All of it until its end, byte for byte: a file or pipe is never translated. What is typed into a Windows console comes
 * as UTF-8 and ends with Ctrl+Z at the beginning of a line. *bytes is on the heap and the caller frees it; it has a NUL
 * behind it that is not counted. PLATFORM_TOO_LARGE when there is more than `limit`; a closed input is an empty one. On
 * failure *bytes is NULL. */
struct platform_status input_read_all(size_t limit, char **bytes, size_t *size);

/* One piece, for input.c: at most `room` (64 or more) bytes; *count is 0 at the end. */
struct platform_status input_read_piece(char *out, size_t room, size_t *count);

#endif
