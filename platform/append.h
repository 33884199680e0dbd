/*
 * A file that only grows: the log. Kept apart from struct file, since it is opened by name again and again, shared with
 * readers of every kind (also those who rename or delete it), and needs neither marks nor claims.
 *
 * A struct append belongs to one thread at a time.
 */
#ifndef CORBRIDGE_PLATFORM_APPEND_H
#define CORBRIDGE_PLATFORM_APPEND_H

#include <stddef.h>
#include <stdint.h>

#include "platform/status.h"

struct append; /* opaque, heap */

/* Opens or creates; *size is how long it is now. Every write goes to the end, also when others append. */
struct platform_status append_open(const char *path, struct append **out, uint64_t *size);

/* Writes all the bytes in one call to the system where it takes them, so that lines of two processes do not mix. */
struct platform_status append_write(struct append *append, const void *bytes, size_t size);

/* Closes and frees. NULL is allowed. */
void append_close(struct append *append);

#endif
