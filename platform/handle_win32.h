/* Private to the Windows half of platform/: what a handle tells about the file or folder it is open on. */
#ifndef CORBRIDGE_PLATFORM_HANDLE_WIN32_H
#define CORBRIDGE_PLATFORM_HANDLE_WIN32_H

#include <stdbool.h>
#include <stdint.h>

#include "platform/file.h"
#include "platform/status.h"

/* 100 ns since 1601 (FILETIME) as microseconds since 1970. */
int64_t handle_time_us(int64_t filetime);

/* Volume and file id (FileIdInfo; where the file system lacks it, serial number and index). `handle` is a HANDLE. */
struct platform_status handle_identity(void *handle, struct file_identity *out);

/* Whether the handle leads to another machine, by whatever kind of path it was opened. */
bool handle_is_remote(void *handle);

/* Opens a folder with the access given (a DWORD), sharing everything; `overlapped` for watching.
 * PLATFORM_NOT_FOUND when it is no folder. */
struct platform_status handle_open_folder(const char *path, uint32_t access, bool overlapped, void **out);

#endif
