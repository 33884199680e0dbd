#include "platform/input.h"

#include <stdlib.h>

#define PIECE_LEAST ((size_t)64 * 1024)

struct platform_status input_read_all(size_t limit, char **bytes, size_t *size)
{
    struct platform_status status = PLATFORM_SUCCESS;
    char *text = NULL;
    size_t room = 0;
    size_t length = 0;
    size_t count = 1;
    *bytes = NULL;
    *size = 0;
    while (count > 0 && platform_ok(status)) {
        if (room - length <= PIECE_LEAST) {
            room = room * 2 + 2 * PIECE_LEAST;
            char *wider = realloc(text, room);
            if (wider == NULL) {
                status = (struct platform_status){PLATFORM_NO_MEMORY, 0};
                break;
            }
            text = wider;
        }
        status = input_read_piece(text + length, room - length - 1, &count);
        length += platform_ok(status) ? count : 0;
        if (length > limit)
            status = (struct platform_status){PLATFORM_TOO_LARGE, 0};
    }
    if (!platform_ok(status)) {
        free(text);
        return status;
    }
    text[length] = '\0';
    *bytes = text;
    *size = length;
    return status;
}
