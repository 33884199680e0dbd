/*
 * Paths and names, UTF-8 inside. On Windows a path given to the system is made wide and, when absolute,
 * prefixed with \\?\ (\\?\UNC\ for shares), so that length limits and reserved names do not apply. Names that
 * are no valid UTF-16 (lone surrogates, which NTFS allows) are carried as WTF-8, so that every name can be
 * given back exactly.
 */
#ifndef CORBRIDGE_PLATFORM_PATH_H
#define CORBRIDGE_PLATFORM_PATH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "platform/status.h"

/* PATH_NAME_BYTES: how many bytes one name may have. Windows counts UTF-16 units instead. */
#ifdef _WIN32
#define PATH_SEPARATOR  '\\'
#define PATH_NAME_BYTES SIZE_MAX
#else
#define PATH_SEPARATOR  '/'
#define PATH_NAME_BYTES ((size_t)255)
#endif

/* folder + separator + name, on the heap; the caller frees. NULL when memory is exhausted. Neither part may be
 * empty. */
char *path_join(const char *folder, const char *name);

/* The last part of a path; borrows from `path`. */
const char *path_name(const char *path);

/* The folder part of a path, on the heap ("" when there is none); the caller frees. NULL when memory is exhausted. */
char *path_folder(const char *path);

/* Absolute: "C:\…", "\\server\share…", "\\?\…" on Windows; "/…" natively. */
bool path_is_absolute(const char *path);

/* Orders names with runs of digits by their value ("a2" before "a10"), the rest by code point without regard to ASCII
 * case, ties by bytes (RULES "Order and time": last-write time, then name). <0, 0, >0. */
int path_compare_natural(const char *a, const char *b);

/* Matches a file name against a pattern with * and ?, without regard to case (simple case folding of ASCII and Latin-1,
 * RULES "Alerts"). */
bool path_matches(const char *name, const char *pattern);

/* A mapped drive letter, resolved: "Z:\in" → "\\server\share\in". PLATFORM_OK with *unc on the heap when the
 * letter is a network drive of this session; PLATFORM_NOT_FOUND when it is no network drive or unknown here;
 * natively always PLATFORM_NOT_FOUND. */
struct platform_status path_resolve_mapped(const char *path, char **unc);

/* What a drive is, for the configuration check. */
enum path_volume {
    PATH_VOLUME_LOCAL,
    PATH_VOLUME_REMOTE,
    PATH_VOLUME_UNKNOWN /* a letter that this session does not know */
};
enum path_volume path_volume_kind(const char *path);

/* The full path of an existing folder with every link and junction on the way resolved, on the heap; the caller
 * frees. */
struct platform_status path_real(const char *path, char **real);

/* UTF-16 units of a name as Windows would count them. */
size_t path_utf16_length(const char *name);

/* The longest prefix of `name` of at most `units` UTF-16 units that does not cut a character; bytes. */
size_t path_cut_utf16(const char *name, size_t units);

#endif
