/*
 * What a PhotoPath may say, as text: the rules of Windows, on every system, since its senders write for Windows. Pure. Whether what was
 * opened lies where the text says is asked of the handle (file_open_below).
 */
#ifndef CORBRIDGE_SERVICE_PHOTO_PHOTO_PATH_H
#define CORBRIDGE_SERVICE_PHOTO_PHOTO_PATH_H

#include <stdbool.h>
#include <stddef.h>

enum photo_place {
    PHOTO_PLACE_URL,      /* http://… or https://… */
    PHOTO_PLACE_RELATIVE, /* a name, or folders and a name */
    PHOTO_PLACE_DRIVE,    /* C:\… */
    PHOTO_PLACE_SHARE,    /* \\server\share\… */
    PHOTO_PLACE_ROOTED,   /* /… : a full path natively only */
    PHOTO_PLACE_REFUSED   /* nothing that is ever opened */
};

/*
 * Refused are: an empty path or part, "." and "..", the names of devices (CON, NUL, COM1 …, with any ending), parts that end with a
 * blank or a dot, < > " | ? * and control characters, a colon anywhere but behind a drive letter (alternate streams, "C:photo.jpg"),
 * \\?\ and \\.\, a single \ at the beginning, a share without a file in it, and any other scheme than http and https.
 */
enum photo_place photo_path_judge(const char *path);

/*
 * The part of a full path that lies below `root`, with the separators of this system, on the heap; NULL when it does not lie there, or memory is
 * exhausted (*no_memory). A relative path lies below every root. On Windows without regard to the case of A to Z. Only of a path that was judged
 * and not refused.
 */
char *photo_path_below(const char *path, const char *root, bool *no_memory);

#endif
