#include "platform/status.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "platform/status_text.h"

static enum platform_kind kind_of(uint32_t code)
{
    switch (code) {
    case 0: return PLATFORM_OK;
    case ENOENT:
    case ENOTDIR: return PLATFORM_NOT_FOUND;
    case EEXIST: return PLATFORM_EXISTS;
    case EAGAIN:
    case EBUSY:
    case ETXTBSY: return PLATFORM_BUSY;
    case EACCES:
    case EPERM:
    case EROFS:
    case EISDIR: return PLATFORM_DENIED;
    case ENOSPC:
    case EDQUOT: return PLATFORM_FULL;
    case ENOTCONN:
    case ENETDOWN:
    case ENETUNREACH:
    case ENETRESET:
    case ECONNABORTED:
    case ECONNREFUSED:
    case ECONNRESET:
    case EHOSTDOWN:
    case EHOSTUNREACH:
    case ETIMEDOUT:
    case EREMOTEIO:
    case ESTALE: return PLATFORM_OFFLINE;
    case EXDEV: return PLATFORM_OTHER_VOLUME;
    case ENOTSUP:
    case ENOSYS:
    case ELOOP: return PLATFORM_UNSUPPORTED;
    case EILSEQ:
    case ENAMETOOLONG: return PLATFORM_NAME_INVALID;
    case EFBIG:
    case EOVERFLOW: return PLATFORM_TOO_LARGE;
    case ENOMEM:
    case ENOBUFS: return PLATFORM_NO_MEMORY;
    default: return PLATFORM_OTHER;
    }
}

struct platform_status platform_status_from_code(uint32_t code)
{
    return (struct platform_status){kind_of(code), code};
}

bool status_system_text(uint32_t code, char *out, size_t size)
{
    if (code > INT32_MAX)
        return false;
    /* The GNU strerror_r returns the text, which may lie elsewhere than in the buffer. */
    char buffer[256];
    const char *text = strerror_r((int)code, buffer, sizeof buffer);
    (void)snprintf(out, size, "%s", text);
    return true;
}
