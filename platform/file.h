/*
 * Files by handle. One handle from the moment a file is looked at until it is put away: no path is resolved twice.
 *
 * A struct file belongs to one thread at a time and may be handed from one to another.
 */
#ifndef CORBRIDGE_PLATFORM_FILE_H
#define CORBRIDGE_PLATFORM_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "platform/status.h"

struct file; /* opaque, heap */

/* Which file it is, whatever its name: volume and file id (FileIdInfo; where that is missing, serial number and
 * index), or device and inode. */
struct file_identity {
    uint64_t volume;
    uint64_t id_high, id_low;
};

bool file_identity_equal(const struct file_identity *a, const struct file_identity *b);

/* The marks by which an unfinished put-away is recognised, without the name and the hash (RULES "Repeats"). Times are
 * microseconds since 1970 UTC; `created_us` natively is the birth time where the file system has one, else 0. */
struct file_marks {
    uint64_t size;
    int64_t created_us;
    int64_t written_us;
    struct file_identity identity;
};

bool file_marks_equal(const struct file_marks *a, const struct file_marks *b);

enum file_claim {
    FILE_CLAIM_HELD, /* writing and deleting are denied to others while we hold it (share READ only; a read lease) */
    FILE_CLAIM_UNPROVED /* natively, where the file system has no leases: opened, but a writer would not be noticed */
};

/*
 * Opens a file of a watched folder for reading, deleting and, where granted, changing its rights, with writing
 * and deleting denied to others. Links, reparse points, folders and devices are refused (PLATFORM_UNSUPPORTED).
 * PLATFORM_BUSY while somebody writes or excludes us, or while a delete is pending; PLATFORM_DENIED without the
 * right to read or to delete. *claim says what was proved.
 */
struct platform_status file_open_claim(const char *path, struct file **out, enum file_claim *claim);

/* Natively a lease can be broken by somebody who opens the file to write: true when that has happened since
 * file_open_claim (the kernel holds the writer back for a while). On Windows always false: sharing excludes it. */
bool file_claim_broken(const struct file *file);

/* Opens for reading only, sharing everything. */
struct platform_status file_open_read(const char *path, struct file **out);

/*
 * Opens a file below `root` for reading only, sharing everything. `below` is relative, its parts are divided by PATH_SEPARATOR, none is
 * "." or "..". What was opened is proved to lie there: a link, junction or other reparse point on the way (`root` itself may be one),
 * a folder or device at the end, and a file that another name of the path led to give PLATFORM_UNSUPPORTED.
 */
struct platform_status file_open_below(const char *root, const char *below, struct file **out);

/* Creates a new file for writing; PLATFORM_EXISTS when the name is taken. Others may read and delete it meanwhile. */
struct platform_status file_create(const char *path, struct file **out);

/* Opens or creates a file that nobody else may open (the lock of a data folder); PLATFORM_BUSY when another
 * process has it. */
struct platform_status file_open_exclusive(const char *path, struct file **out);

/* Closes; the status matters wherever bytes were written (a share reports its errors here). Frees the struct in
 * any case. NULL is allowed. */
struct platform_status file_close(struct file *file);

struct platform_status file_stat(struct file *file, struct file_marks *out);

/* Reads the whole file from its start into a malloc'd buffer (*bytes, *size; the caller frees; one extra NUL
 * byte behind, not counted). PLATFORM_TOO_LARGE above `limit` bytes; PLATFORM_CHANGED when it grows meanwhile. */
struct platform_status file_read_all(struct file *file, size_t limit, char **bytes, size_t *size);

/* Reads at most `size` bytes from `offset`; *got is less only at the end of the file. For files too large to be
 * held. */
struct platform_status file_read_at(struct file *file, uint64_t offset, void *bytes, size_t size,
                                    size_t *got);

/* Writes all the bytes at the current place. */
struct platform_status file_write(struct file *file, const void *bytes, size_t size);

/* Cuts the file to nothing and goes back to its start. */
struct platform_status file_truncate(struct file *file);

/* Brings the bytes to the medium. */
struct platform_status file_flush(struct file *file);

/* Renames the open file to `path` on the same volume, never replacing (PLATFORM_EXISTS). PLATFORM_OTHER_VOLUME
 * across. The handle stays open. Natively the rename and the deletion are refused with PLATFORM_CHANGED when
 * the name by which it was opened (or last renamed to) is no longer this file. */
struct platform_status file_rename(struct file *file, const char *path);

/* Deletes the open file, also when it has the read-only attribute. The name is gone at the latest when the handle is
 * closed. */
struct platform_status file_delete(struct file *file);

/* Whether the access list of the open file may be changed by this handle (WRITE_DAC was granted). Natively true. */
bool file_may_set_rights(const struct file *file);

/* Lets the open file inherit the rights of the folder in which it now lies, dropping what it brought along: a
 * move keeps the old access list. Natively sets mode 0600. */
struct platform_status file_inherit_rights(struct file *file);

/* By path, for what nobody else touches (our own folders). */
struct platform_status file_exists(const char *path, bool *exists);
struct platform_status file_remove(const char *path);
/* Never replaces: PLATFORM_EXISTS. Written through where the system can. */
struct platform_status file_move(const char *from, const char *to);

/* All bytes of a small file, sharing everything; the caller frees. */
struct platform_status file_load(const char *path, size_t limit, char **bytes, size_t *size);

/* Writes `path` in one piece: `path`.tmp, write, flush, checked close, then rename without replacing, written
 * through. PLATFORM_EXISTS when `path` is there. One writer a path: a `path`.tmp that is there is what an
 * interrupted call left, and is written again. */
struct platform_status file_store(const char *path, const void *bytes, size_t size);

#endif
