/* Private to the posix half of platform/: what statx tells about a file. */
#ifndef CORBRIDGE_PLATFORM_MARKS_POSIX_H
#define CORBRIDGE_PLATFORM_MARKS_POSIX_H

#include "platform/file.h"

struct statx;

/* The fields that marks_from_statx reads. */
#define MARKS_STATX (STATX_TYPE | STATX_INO | STATX_SIZE | STATX_MTIME | STATX_BTIME)

void marks_from_statx(const struct statx *info, struct file_marks *out);

#endif
