/*
 * The place where tests make the operating system fail.
 *
 * Every function of platform/ that calls the system asks platform_inject() first and fails as told, before or
 * instead of the real call. In the product no injector is set and the question is one load and one branch.
 */
#ifndef CORBRIDGE_PLATFORM_INJECT_H
#define CORBRIDGE_PLATFORM_INJECT_H

#include "platform/status.h"

enum platform_call {
    PLATFORM_CALL_OPEN,
    PLATFORM_CALL_STAT,
    PLATFORM_CALL_READ,
    PLATFORM_CALL_WRITE,
    PLATFORM_CALL_FLUSH,
    PLATFORM_CALL_CLOSE,
    PLATFORM_CALL_RENAME,
    PLATFORM_CALL_DELETE,
    PLATFORM_CALL_LIST,
    PLATFORM_CALL_MAKE_FOLDER,
    PLATFORM_CALL_FLUSH_FOLDER,
    PLATFORM_CALL_IDENTITY,
    PLATFORM_CALL_FREE_SPACE,
    PLATFORM_CALL_WATCH,
    PLATFORM_CALL_RIGHTS, /* reset or set of an access list */
    PLATFORM_CALL_THREAD,
    PLATFORM_CALL_COUNT
};

/* The injector of a test: return PLATFORM_SUCCESS to let the call through. `path` is the UTF-8 path or "" for handles.
 * Called on any thread. */
typedef struct platform_status (*platform_injector)(void *context, enum platform_call call, const char *path);

/* Sets (or with NULL removes) the injector. Only while no other thread of the program is inside platform/. */
void platform_inject_set(platform_injector injector, void *context);

/* Asked by the implementations. */
struct platform_status platform_inject(enum platform_call call, const char *path);

#endif
