#include "platform/status.h"

#include <windows.h>

#include "platform/status_text.h"
#include "platform/wtf8.h"

/* Missing in mingw-w64 10's winerror.h. */
#ifndef ERROR_VIRUS_INFECTED
#define ERROR_VIRUS_INFECTED 225L
#define ERROR_VIRUS_DELETED  226L
#endif
#ifndef ERROR_DISK_QUOTA_EXCEEDED
#define ERROR_DISK_QUOTA_EXCEEDED 1295L
#endif

static enum platform_kind kind_of(uint32_t code)
{
    switch (code) {
    case ERROR_SUCCESS: return PLATFORM_OK;
    case ERROR_FILE_NOT_FOUND:
    case ERROR_PATH_NOT_FOUND:
    case ERROR_INVALID_DRIVE:
    case ERROR_DIRECTORY: return PLATFORM_NOT_FOUND;
    case ERROR_FILE_EXISTS:
    case ERROR_ALREADY_EXISTS: return PLATFORM_EXISTS;
    case ERROR_SHARING_VIOLATION:
    case ERROR_LOCK_VIOLATION:
    case ERROR_BUSY:
    case ERROR_DELETE_PENDING:
    case ERROR_USER_MAPPED_FILE: return PLATFORM_BUSY;
    case ERROR_ACCESS_DENIED:
    case ERROR_WRITE_PROTECT:
    case ERROR_NETWORK_ACCESS_DENIED:
    case ERROR_VIRUS_INFECTED:
    case ERROR_VIRUS_DELETED:
    case ERROR_ACCESS_DISABLED_BY_POLICY:
    case ERROR_INVALID_OWNER:
    case ERROR_PRIVILEGE_NOT_HELD: return PLATFORM_DENIED;
    case ERROR_HANDLE_DISK_FULL:
    case ERROR_DISK_FULL:
    case ERROR_DISK_QUOTA_EXCEEDED: return PLATFORM_FULL;
    case ERROR_NOT_READY:
    case ERROR_REM_NOT_LIST:
    case ERROR_BAD_NETPATH:
    case ERROR_NETWORK_BUSY:
    case ERROR_DEV_NOT_EXIST:
    case ERROR_ADAP_HDW_ERR:
    case ERROR_BAD_NET_RESP:
    case ERROR_UNEXP_NET_ERR:
    case ERROR_NETNAME_DELETED:
    case ERROR_BAD_NET_NAME:
    case ERROR_SHARING_PAUSED:
    case ERROR_REQ_NOT_ACCEP:
    case ERROR_SEM_TIMEOUT:
    case ERROR_NO_NET_OR_BAD_PATH:
    case ERROR_EXTENDED_ERROR:
    case ERROR_SESSION_CREDENTIAL_CONFLICT:
    case ERROR_NO_NETWORK:
    case ERROR_CONNECTION_REFUSED:
    case ERROR_GRACEFUL_DISCONNECT:
    case ERROR_CONNECTION_INVALID:
    case ERROR_NETWORK_UNREACHABLE:
    case ERROR_HOST_UNREACHABLE:
    case ERROR_PROTOCOL_UNREACHABLE:
    case ERROR_PORT_UNREACHABLE:
    case ERROR_CONNECTION_ABORTED:
    case ERROR_HOST_DOWN:
    case ERROR_NO_LOGON_SERVERS:
    case ERROR_LOGON_FAILURE:
    case ERROR_ACCOUNT_RESTRICTION:
    case ERROR_INVALID_LOGON_HOURS:
    case ERROR_PASSWORD_EXPIRED:
    case ERROR_ACCOUNT_DISABLED:
    case ERROR_NO_SUCH_DOMAIN:
    case ERROR_LOGON_TYPE_NOT_GRANTED:
    case ERROR_TRUSTED_DOMAIN_FAILURE:
    case ERROR_TRUSTED_RELATIONSHIP_FAILURE:
    case ERROR_DOMAIN_CONTROLLER_NOT_FOUND:
    case ERROR_ACCOUNT_LOCKED_OUT:
    case ERROR_NOT_CONNECTED: return PLATFORM_OFFLINE;
    case ERROR_NOT_SAME_DEVICE: return PLATFORM_OTHER_VOLUME;
    case WAIT_TIMEOUT:
    case ERROR_TIMEOUT: return PLATFORM_TIMEOUT;
    case ERROR_INVALID_FUNCTION:
    case ERROR_NOT_SUPPORTED:
    case ERROR_CALL_NOT_IMPLEMENTED:
    case ERROR_INVALID_LEVEL: return PLATFORM_UNSUPPORTED;
    case ERROR_INVALID_NAME:
    case ERROR_BUFFER_OVERFLOW: /* "the file name is too long" */
    case ERROR_BAD_PATHNAME:
    case ERROR_FILENAME_EXCED_RANGE:
    case ERROR_NO_UNICODE_TRANSLATION: return PLATFORM_NAME_INVALID;
    case ERROR_FILE_TOO_LARGE: return PLATFORM_TOO_LARGE;
    case ERROR_NOT_ENOUGH_MEMORY:
    case ERROR_OUTOFMEMORY:
    case ERROR_NO_SYSTEM_RESOURCES:
    case ERROR_COMMITMENT_LIMIT:
    case ERROR_NOT_ENOUGH_QUOTA: return PLATFORM_NO_MEMORY;
    default: return PLATFORM_OTHER;
    }
}

struct platform_status platform_status_from_code(uint32_t code)
{
    return (struct platform_status){kind_of(code), code};
}

bool status_system_text(uint32_t code, char *out, size_t size)
{
    enum {
        UNITS = 160
    }; /* 3 bytes each fit the caller's 512 */
    static const DWORD flags =
        FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS | FORMAT_MESSAGE_MAX_WIDTH_MASK;
    static const DWORD english = MAKELANGID(LANG_ENGLISH, SUBLANG_ENGLISH_US);
    wchar_t wide[1024];
    DWORD length = FormatMessageW(flags, NULL, code, english, wide, sizeof wide / sizeof *wide, NULL);
    if (length == 0)
        length = FormatMessageW(flags, NULL, code, 0, wide, sizeof wide / sizeof *wide, NULL);
    if (length > UNITS)
        length = UNITS;
    if (length == 0 || size < (size_t)length * 3 + 1)
        return false;
    out[wtf8_from_utf16(wide, length, out)] = '\0';
    return true;
}
