/*
 * Notifications of one folder: "something in it changed". Hints only; the scan is the truth (DESIGN step 1).
 *
 * Win32: ReadDirectoryChangesW, overlapped, 64 KB (above that it fails on shares), re-armed before anything
 * else is done. Posix: inotify. One handle on the folder itself, never below it. Order of use: watch_open
 * (which arms) → first scan → watch_wait in a loop. The thread that opened the watch waits, too: Windows ends
 * the pending call of a thread that ends. watch_wake, and nothing else, may be called from others.
 */
#ifndef CORBRIDGE_PLATFORM_WATCH_H
#define CORBRIDGE_PLATFORM_WATCH_H

#include <stddef.h>
#include <stdint.h>

#include "platform/status.h"

struct watch; /* opaque, heap */

/* ERROR_NOTIFY_ENUM_DIR. A failure of this number that a test injects into watch_wait makes WATCH_OVERFLOW, on
 * every system; any other makes WATCH_LOST. */
#define WATCH_CODE_OVERFLOW 1022u

enum watch_result {
    WATCH_DIRTY,    /* something changed; names were given to the callback where the system told them */
    WATCH_OVERFLOW, /* changes were lost (0 bytes, 1022): scan at once and probe the root */
    WATCH_TIMEOUT,
    WATCH_WOKEN, /* watch_wake was called */
    WATCH_LOST /* the handle is dead (995 while not closing, network errors, folder removed): close, probe, reopen */
};

/* A name in the folder that changed: UTF-8, valid during the call. May be a short (8.3) name. */
typedef void (*watch_name_function)(void *context, const char *name);

/* Opens and arms. PLATFORM_UNSUPPORTED when this share never notifies (errors 1 and 50): poll it. */
struct platform_status watch_open(const char *path, struct watch **out);

/* Waits at most `milliseconds`. `*status` is set for WATCH_LOST. `names` may be NULL. */
enum watch_result watch_wait(struct watch *watch, uint32_t milliseconds, watch_name_function names,
                             void *context, struct platform_status *status);

/* Makes a waiting watch_wait return WATCH_WOKEN, or the next one. Any thread. */
void watch_wake(struct watch *watch);

/* Cancels, waits for the cancelled call, frees. NULL is allowed. */
void watch_close(struct watch *watch);

/* What the end of a ReadDirectoryChangesW says, by its error (0: success) and the bytes that it gave: WATCH_DIRTY, WATCH_LOST, or
 * WATCH_OVERFLOW, which has two faces: error 1022, and success with nothing in the buffer (ReadDirectoryChangesW, Remarks). Compiled on
 * every system, so that it can be tested: no test can choose which face a system shows. */
enum watch_result watch_result_of(uint32_t code, size_t size);

/* Walks a FILE_NOTIFY_INFORMATION buffer of `size` valid bytes, treating it as untrusted: every offset and length is
 * checked against `size`. Returns how many records were well-formed; stops at the first that is not. Compiled on every
 * system, so that it can be fuzzed. */
size_t watch_walk_notifications(const void *buffer, size_t size, watch_name_function names, void *context);

#endif
