/*
 * What the operating system answered: a kind that code decides by, and the system's own number for people.
 *
 * Every function of platform/ that can fail returns a struct platform_status; `kind` PLATFORM_OK is success. The number
 * is GetLastError() or errno, captured at once by the function that failed.
 */
#ifndef CORBRIDGE_PLATFORM_STATUS_H
#define CORBRIDGE_PLATFORM_STATUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum platform_kind {
    PLATFORM_OK = 0,
    PLATFORM_NOT_FOUND, /* no such file or folder (2, 3; ENOENT, ENOTDIR) */
    PLATFORM_EXISTS,    /* the name is taken (80, 183; EEXIST) */
    /* Another program has it open in a way that excludes ours, or it is being deleted (32, 33, 303; lease refused,
     * EAGAIN). */
    PLATFORM_BUSY,
    PLATFORM_DENIED, /* no right (5, 19; EACCES, EPERM, EROFS) */
    PLATFORM_FULL,   /* disk or quota full (39, 112, 1295; ENOSPC, EDQUOT) */
    /* Network path gone or server away (53, 55, 58, 59, 64, 67, 121, 1231 …; ENOTCONN, EHOSTDOWN, ESTALE …). */
    PLATFORM_OFFLINE,
    PLATFORM_OTHER_VOLUME, /* a rename would cross volumes (17; EXDEV) */
    PLATFORM_CHANGED,      /* it is no longer what it was when it was looked at */
    PLATFORM_TIMEOUT,
    PLATFORM_UNSUPPORTED,  /* the file system or share cannot do this (1, 50; ENOTSUP, EINVAL for leases) */
    PLATFORM_NAME_INVALID, /* the system cannot hold such a name (123, 206; EILSEQ, ENAMETOOLONG) */
    PLATFORM_TOO_LARGE,
    PLATFORM_NO_MEMORY,
    PLATFORM_OTHER /* anything else: read the number */
};

struct platform_status {
    enum platform_kind kind;
    uint32_t code; /* GetLastError() or errno; 0 when the kind does not come from the system */
};

#define PLATFORM_SUCCESS ((struct platform_status){PLATFORM_OK, 0})

static inline bool platform_ok(struct platform_status status)
{
    return status.kind == PLATFORM_OK;
}

/* The kind of a system error number. The one place that knows the numbers. */
struct platform_status platform_status_from_code(uint32_t code);

/* "32 (the file is in use by another process)": number and the system's text, UTF-8, one line, without a full
 * stop. Always terminates `out` when size > 0. Never names a file. */
void platform_status_text(struct platform_status status, char *out, size_t size);

#endif
