#include "platform/input.h"

#include <errno.h>
#include <unistd.h>

#include "platform/inject.h"

struct platform_status input_read_piece(char *out, size_t room, size_t *count)
{
    struct platform_status status = platform_inject(PLATFORM_CALL_READ, "");
    *count = 0;
    if (!platform_ok(status))
        return status;
    ssize_t got;
    do
        got = read(STDIN_FILENO, out, room);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return errno == EBADF ? PLATFORM_SUCCESS : platform_status_from_code((uint32_t)errno);
    *count = (size_t)got;
    return PLATFORM_SUCCESS;
}
