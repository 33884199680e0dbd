#include "platform/path.h"

#include <errno.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <sys/vfs.h>

#include "platform/inject.h"

/* Not in every linux/magic.h: statfs(2). */
#define MAGIC_CIFS 0xFF534D42u
#define MAGIC_SMB2 0xFE534D42u

struct platform_status path_resolve_mapped(const char *path, char **unc)
{
    (void)path;
    (void)unc;
    return (struct platform_status){PLATFORM_NOT_FOUND, 0};
}

enum path_volume path_volume_kind(const char *path)
{
    struct statfs info;
    if (statfs(path, &info) != 0)
        return PATH_VOLUME_UNKNOWN;
    switch ((uint32_t)info.f_type) {
    case NFS_SUPER_MAGIC:
    case SMB_SUPER_MAGIC:
    case MAGIC_CIFS:
    case MAGIC_SMB2: return PATH_VOLUME_REMOTE;
    default: return PATH_VOLUME_LOCAL;
    }
}

struct platform_status path_real(const char *path, char **real)
{
    *real = NULL;
    struct platform_status status = platform_inject(PLATFORM_CALL_IDENTITY, path);
    if (!platform_ok(status))
        return status;
    *real = realpath(path, NULL);
    return *real != NULL ? PLATFORM_SUCCESS : platform_status_from_code((uint32_t)errno);
}
