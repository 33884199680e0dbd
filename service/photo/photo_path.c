#include "service/photo/photo_path.h"

#include <stdlib.h>
#include <string.h>

#include "parser/slice.h"
#include "platform/path.h"

#ifdef _WIN32
#define ANY_CASE true
#else
#define ANY_CASE false
#endif

static bool is_separator(char c)
{
    return c == '/' || c == '\\';
}

static bool is_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* ---- one part of a path ---- */

/* The names that Windows keeps for devices, whatever follows behind a dot: CON, PRN, AUX, NUL, CONIN$, CONOUT$, COM0 to COM9 and LPT0 to LPT9, also with
 * the raised digits 1, 2, 3. */
static bool is_device(struct slice part)
{
    static const char *const names[] = {"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"};
    static const char *const raised[] = {"\xC2\xB9", "\xC2\xB2", "\xC2\xB3"};
    size_t length = 0;
    while (length < part.len && part.ptr[length] != '.')
        length++;
    struct slice stem = slice_trim_end(slice_from(part.ptr, length));
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (slice_equal_nocase(stem, slice_of(names[i])))
            return true;
    if (stem.len < 4 || (!slice_equal_nocase(slice_from(stem.ptr, 3), SLICE_LITERAL("COM")) &&
                         !slice_equal_nocase(slice_from(stem.ptr, 3), SLICE_LITERAL("LPT"))))
        return false;
    struct slice number = slice_after(stem, 3);
    bool digit = number.len == 1 && number.ptr[0] >= '0' && number.ptr[0] <= '9';
    for (size_t i = 0; i < sizeof raised / sizeof raised[0]; i++)
        digit = digit || slice_equal(number, slice_of(raised[i]));
    return digit;
}

static bool is_good_part(struct slice part)
{
    if (part.len == 0 || part.ptr[part.len - 1] == '.' || part.ptr[part.len - 1] == ' ')
        return false; /* "." and ".." end with a dot */
    for (size_t i = 0; i < part.len; i++) {
        unsigned char c = (unsigned char)part.ptr[i];
        if (c < 0x20 || c == 0x7F || strchr("<>\"|?*:", c) != NULL)
            return false;
    }
    return !is_device(part);
}

/* The parts of `rest`, at least `least` of them. */
static bool are_good_parts(const char *rest, size_t least)
{
    size_t count = 0;
    for (;;) {
        size_t length = strcspn(rest, "/\\");
        if (!is_good_part(slice_from(rest, length)))
            return false;
        count++;
        if (rest[length] == '\0')
            return count >= least;
        rest += length + 1;
    }
}

/* ---- the path ---- */

/* A scheme and "://"; *web: it is http or https. */
static bool is_url(const char *path, bool *web)
{
    size_t length = 0;
    while (is_letter(path[length]) ||
           (length > 0 && strchr("0123456789+-.", path[length]) != NULL && path[length] != '\0'))
        length++;
    if (length < 2 || strncmp(path + length, "://", 3) != 0)
        return false;
    struct slice scheme = slice_from(path, length);
    *web = slice_equal_nocase(scheme, SLICE_LITERAL("http")) ||
           slice_equal_nocase(scheme, SLICE_LITERAL("https"));
    return true;
}

enum photo_place photo_path_judge(const char *path)
{
    bool web = false;
    if (is_url(path, &web))
        return web ? PHOTO_PLACE_URL : PHOTO_PLACE_REFUSED;
    if (is_separator(path[0]) && is_separator(path[1]))
        return are_good_parts(path + 2, 3) ? PHOTO_PLACE_SHARE : PHOTO_PLACE_REFUSED;
    if (path[0] == '/')
        return are_good_parts(path + 1, 1) ? PHOTO_PLACE_ROOTED : PHOTO_PLACE_REFUSED;
    if (is_letter(path[0]) && path[1] == ':')
        return is_separator(path[2]) && are_good_parts(path + 3, 1) ? PHOTO_PLACE_DRIVE : PHOTO_PLACE_REFUSED;
    return are_good_parts(path, 1) ? PHOTO_PLACE_RELATIVE : PHOTO_PLACE_REFUSED;
}

/* ---- below a root ---- */

/* Whether the next part of both is the same, and both have one; moves them behind it. */
static bool take_same_part(const char **path, const char **root)
{
    size_t length = strcspn(*root, "/\\");
    if (length == 0 || strcspn(*path, "/\\") != length)
        return false;
    struct slice a = slice_from(*path, length), b = slice_from(*root, length);
    if (ANY_CASE ? !slice_equal_nocase(a, b) : !slice_equal(a, b))
        return false;
    *path += length + is_separator((*path)[length]);
    *root += length;
    while (is_separator(**root)) /* a closing separator, or a doubled one */
        ++*root;
    return true;
}

static size_t leading_separators(const char *path)
{
    return !is_separator(path[0]) ? 0 : is_separator(path[1]) ? 2 : 1;
}

static const char *find_below(const char *path, const char *root)
{
    enum photo_place place = photo_path_judge(path);
    if (place == PHOTO_PLACE_RELATIVE)
        return path;
    if (place == PHOTO_PLACE_URL || place == PHOTO_PLACE_REFUSED)
        return NULL;
    if (strncmp(root, "\\\\?\\UNC\\", 8) == 0) { /* how an administrator may write a long path */
        root += 8;
        if (leading_separators(path) != 2)
            return NULL;
        path += 2;
    } else if (strncmp(root, "\\\\?\\", 4) == 0) {
        root += 4;
    } else if (leading_separators(path) != leading_separators(root)) {
        return NULL;
    } else {
        path += leading_separators(path);
        root += leading_separators(root);
    }
    while (*root != '\0')
        if (!take_same_part(&path, &root))
            return NULL;
    return *path != '\0' ? path : NULL;
}

char *photo_path_below(const char *path, const char *root, bool *no_memory)
{
    const char *below = find_below(path, root);
    *no_memory = false;
    if (below == NULL)
        return NULL;
    char *copy = malloc(strlen(below) + 1);
    *no_memory = copy == NULL;
    if (copy != NULL)
        memcpy(copy, below, strlen(below) + 1);
    for (char *p = copy; p != NULL && *p != '\0'; p++)
        if (is_separator(*p))
            *p = PATH_SEPARATOR;
    return copy;
}
