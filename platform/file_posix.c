#include "platform/file.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "platform/folder.h"
#include "platform/inject.h"
#include "platform/marks_posix.h"
#include "platform/path.h"

struct file {
    int descriptor;
    bool leased;
    char *path; /* where it was opened or last renamed to */
};

static struct platform_status last_status(void)
{
    return platform_status_from_code((uint32_t)errno);
}

static struct platform_status wrap(int descriptor, const char *path, struct file **out)
{
    struct file *file = calloc(1, sizeof *file);
    if (file != NULL)
        file->path = strdup(path);
    if (file == NULL || file->path == NULL) {
        free(file);
        (void)close(descriptor);
        return platform_status_from_code(ENOMEM);
    }
    file->descriptor = descriptor;
    *out = file;
    return PLATFORM_SUCCESS;
}

static struct platform_status open_plain(const char *path, int flags, struct file **out)
{
    struct platform_status status = platform_inject(PLATFORM_CALL_OPEN, path);
    if (!platform_ok(status))
        return status;
    int descriptor = open(path, flags | O_CLOEXEC, 0600);
    return descriptor < 0 ? last_status() : wrap(descriptor, path, out);
}

/* When a lease is broken the kernel sends SIGIO, and its default is to end the process. file_claim_broken asks
 * instead. */
static void ignore_lease_signal(void)
{
    struct sigaction ignore;
    memset(&ignore, 0, sizeof ignore);
    ignore.sa_handler = SIG_IGN;
    if (sigaction(SIGIO, &ignore, NULL) != 0)
        abort();
}

/*
 * A read lease is granted only while nobody has the file open for writing, and only on ordinary files: where it
 * is granted nothing more need be asked. EACCES is the answer for another user's file, EINVAL or ENOLCK that of
 * a file system without leases.
 */
static struct platform_status take_lease(int descriptor, enum file_claim *claim)
{
    if (fcntl(descriptor, F_SETLEASE, F_RDLCK) == 0) {
        *claim = FILE_CLAIM_HELD;
        return PLATFORM_SUCCESS;
    }
    int error = errno;
    struct stat info;
    if (fstat(descriptor, &info) != 0)
        return last_status();
    if (!S_ISREG(info.st_mode))
        return (struct platform_status){PLATFORM_UNSUPPORTED, 0};
    if (error == EAGAIN)
        return platform_status_from_code(EAGAIN);
    *claim = FILE_CLAIM_UNPROVED;
    return PLATFORM_SUCCESS;
}

struct platform_status file_open_claim(const char *path, struct file **out, enum file_claim *claim)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct platform_status status = platform_inject(PLATFORM_CALL_OPEN, path);
    if (!platform_ok(status))
        return status;
    if (pthread_once(&once, ignore_lease_signal) != 0)
        abort();
    /* O_NONBLOCK: a pipe without a writer, or another program's lease, would hold us up. */
    int descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (descriptor < 0) {
        status = last_status();
        if (status.code == ENXIO || status.code == ENODEV) /* a socket, or a device without its driver */
            status.kind = PLATFORM_UNSUPPORTED;
        return status;
    }
    enum file_claim proved = FILE_CLAIM_UNPROVED;
    status = take_lease(descriptor, &proved);
    if (!platform_ok(status)) {
        (void)close(descriptor);
        return status;
    }
    status = wrap(descriptor, path, out);
    if (platform_ok(status)) {
        (*out)->leased = proved == FILE_CLAIM_HELD;
        *claim = proved;
    }
    return status;
}

bool file_claim_broken(const struct file *file)
{
    /* While somebody waits to write, the kernel answers with what it wants the lease to become. */
    return file->leased && fcntl(file->descriptor, F_GETLEASE) != F_RDLCK;
}

struct platform_status file_open_read(const char *path, struct file **out)
{
    return open_plain(path, O_RDONLY, out);
}

/* One step down from a folder, which is closed. No link is followed. */
static struct platform_status step_down(int *folder, const char *name, bool last)
{
    int flags = last ? O_RDONLY | O_NONBLOCK : O_PATH | O_DIRECTORY;
    struct platform_status status = PLATFORM_SUCCESS;
    struct stat info;
    int next = openat(*folder, name, flags | O_NOFOLLOW | O_CLOEXEC);
    if (next < 0) {
        status = last_status();
        /* ELOOP, ENOTDIR or ENXIO, whichever the kernel thought of first: what is it? */
        if (fstatat(*folder, name, &info, AT_SYMLINK_NOFOLLOW) == 0 && !S_ISREG(info.st_mode) &&
            !S_ISDIR(info.st_mode))
            status.kind = PLATFORM_UNSUPPORTED;
    } else if (last && (fstat(next, &info) != 0 || !S_ISREG(info.st_mode))) {
        (void)close(next);
        next = -1;
        status = (struct platform_status){PLATFORM_UNSUPPORTED, 0};
    }
    (void)close(*folder);
    *folder = next;
    return status;
}

struct platform_status file_open_below(const char *root, const char *below, struct file **out)
{
    struct platform_status status = platform_inject(PLATFORM_CALL_OPEN, root);
    if (!platform_ok(status))
        return status;
    char *parts = strdup(below);
    if (parts == NULL)
        return platform_status_from_code(ENOMEM);
    int at = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (at < 0)
        status = last_status();
    for (char *name = parts; platform_ok(status) && name != NULL;) {
        char *end = strchr(name, PATH_SEPARATOR);
        if (end != NULL)
            *end = '\0';
        if (name[0] == '\0' || strcmp(name, ".") == 0 || strcmp(name, "..") == 0) {
            (void)close(at);
            status = (struct platform_status){PLATFORM_NAME_INVALID, 0};
        } else {
            status = step_down(&at, name, end == NULL);
        }
        name = end != NULL ? end + 1 : NULL;
    }
    free(parts);
    return platform_ok(status) ? wrap(at, root, out) : status;
}

struct platform_status file_create(const char *path, struct file **out)
{
    return open_plain(path, O_RDWR | O_CREAT | O_EXCL, out);
}

struct platform_status file_open_exclusive(const char *path, struct file **out)
{
    struct file *file;
    struct platform_status status = open_plain(path, O_RDWR | O_CREAT, &file);
    if (!platform_ok(status))
        return status;
    if (flock(file->descriptor, LOCK_EX | LOCK_NB) != 0) {
        status = last_status();
        (void)file_close(file);
        return status;
    }
    *out = file;
    return PLATFORM_SUCCESS;
}

struct platform_status file_close(struct file *file)
{
    if (file == NULL)
        return PLATFORM_SUCCESS;
    struct platform_status status = platform_inject(PLATFORM_CALL_CLOSE, "");
    /* After EINTR Linux has closed the descriptor all the same (close(2)); closing again could hit another's. */
    if (close(file->descriptor) != 0 && errno != EINTR && platform_ok(status))
        status = last_status();
    free(file->path);
    free(file);
    return status;
}

struct platform_status file_stat(struct file *file, struct file_marks *out)
{
    struct statx info;
    struct platform_status status = platform_inject(PLATFORM_CALL_STAT, "");
    if (!platform_ok(status))
        return status;
    if (statx(file->descriptor, "", AT_EMPTY_PATH, MARKS_STATX, &info) != 0)
        return last_status();
    marks_from_statx(&info, out);
    return PLATFORM_SUCCESS;
}

static struct platform_status read_at(int descriptor, uint64_t offset, char *out, size_t size, size_t *got)
{
    *got = 0;
    while (*got < size) {
        ssize_t count = pread(descriptor, out + *got, size - *got, (off_t)(offset + *got));
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return last_status();
        if (count == 0)
            break;
        *got += (size_t)count;
    }
    return PLATFORM_SUCCESS;
}

struct platform_status file_read_at(struct file *file, uint64_t offset, void *bytes, size_t size, size_t *got)
{
    struct platform_status status = platform_inject(PLATFORM_CALL_READ, "");
    return platform_ok(status) ? read_at(file->descriptor, offset, bytes, size, got) : status;
}

struct platform_status file_read_all(struct file *file, size_t limit, char **bytes, size_t *size)
{
    struct stat info;
    struct platform_status status = platform_inject(PLATFORM_CALL_READ, "");
    if (!platform_ok(status))
        return status;
    if (fstat(file->descriptor, &info) != 0)
        return last_status();
    if ((uint64_t)info.st_size > limit || (uint64_t)info.st_size > SIZE_MAX - 1)
        return (struct platform_status){PLATFORM_TOO_LARGE, 0};
    size_t wanted = (size_t)info.st_size;
    char *buffer = malloc(wanted + 1);
    if (buffer == NULL)
        return platform_status_from_code(ENOMEM);
    /* One byte more than expected: a file that has grown since is not cut off unnoticed. */
    size_t got;
    status = read_at(file->descriptor, 0, buffer, wanted + 1, &got);
    if (platform_ok(status) && got > wanted)
        status = (struct platform_status){PLATFORM_CHANGED, 0};
    if (!platform_ok(status)) {
        free(buffer);
        return status;
    }
    buffer[got] = '\0';
    *bytes = buffer;
    *size = got;
    return PLATFORM_SUCCESS;
}

struct platform_status file_write(struct file *file, const void *bytes, size_t size)
{
    const char *at = bytes;
    struct platform_status status = platform_inject(PLATFORM_CALL_WRITE, "");
    if (!platform_ok(status))
        return status;
    while (size > 0) {
        ssize_t count = write(file->descriptor, at, size);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return last_status();
        at += count;
        size -= (size_t)count;
    }
    return PLATFORM_SUCCESS;
}

struct platform_status file_truncate(struct file *file)
{
    struct platform_status status = platform_inject(PLATFORM_CALL_WRITE, "");
    if (!platform_ok(status))
        return status;
    if (ftruncate(file->descriptor, 0) != 0 || lseek(file->descriptor, 0, SEEK_SET) != 0)
        return last_status();
    return PLATFORM_SUCCESS;
}

struct platform_status file_flush(struct file *file)
{
    struct platform_status status = platform_inject(PLATFORM_CALL_FLUSH, "");
    if (!platform_ok(status))
        return status;
    return fsync(file->descriptor) == 0 ? PLATFORM_SUCCESS : last_status();
}

/* Renames without replacing, in one step where the file system can, else by a second name. */
static struct platform_status rename_new(const char *from, const char *to)
{
    if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
        return PLATFORM_SUCCESS;
    if (errno != EINVAL && errno != ENOSYS)
        return last_status();
    if (link(from, to) != 0)
        return last_status();
    return unlink(from) == 0 ? PLATFORM_SUCCESS : last_status();
}

/* Whether the name still is this file. Between this look and the next call another may take the name: posix has
 * no rename by descriptor. The product renames by handle. */
static struct platform_status check_name(const struct file *file)
{
    struct stat named;
    struct stat opened;
    if (fstat(file->descriptor, &opened) != 0 ||
        fstatat(AT_FDCWD, file->path, &named, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT ? (struct platform_status){PLATFORM_CHANGED, ENOENT} : last_status();
    if (named.st_dev != opened.st_dev || named.st_ino != opened.st_ino)
        return (struct platform_status){PLATFORM_CHANGED, 0};
    return PLATFORM_SUCCESS;
}

struct platform_status file_rename(struct file *file, const char *path)
{
    struct platform_status status = platform_inject(PLATFORM_CALL_RENAME, path);
    if (!platform_ok(status))
        return status;
    char *new_path = strdup(path);
    if (new_path == NULL)
        return platform_status_from_code(ENOMEM);
    status = check_name(file);
    if (platform_ok(status))
        status = rename_new(file->path, path);
    if (!platform_ok(status)) {
        free(new_path);
        return status;
    }
    free(file->path);
    file->path = new_path;
    return PLATFORM_SUCCESS;
}

struct platform_status file_delete(struct file *file)
{
    struct platform_status status = platform_inject(PLATFORM_CALL_DELETE, "");
    if (!platform_ok(status))
        return status;
    status = check_name(file);
    if (!platform_ok(status))
        return status;
    return unlink(file->path) == 0 ? PLATFORM_SUCCESS : last_status();
}

bool file_may_set_rights(const struct file *file)
{
    (void)file;
    return true;
}

struct platform_status file_inherit_rights(struct file *file)
{
    struct platform_status status = platform_inject(PLATFORM_CALL_RIGHTS, "");
    if (!platform_ok(status))
        return status;
    return fchmod(file->descriptor, 0600) == 0 ? PLATFORM_SUCCESS : last_status();
}

struct platform_status file_exists(const char *path, bool *exists)
{
    struct stat info;
    struct platform_status status = platform_inject(PLATFORM_CALL_STAT, path);
    if (!platform_ok(status))
        return status;
    *exists = false;
    if (lstat(path, &info) != 0) {
        status = last_status();
        return status.kind == PLATFORM_NOT_FOUND ? PLATFORM_SUCCESS : status;
    }
    *exists = !S_ISDIR(info.st_mode);
    return PLATFORM_SUCCESS;
}

struct platform_status file_remove(const char *path)
{
    struct platform_status status = platform_inject(PLATFORM_CALL_DELETE, path);
    if (!platform_ok(status))
        return status;
    return unlink(path) == 0 ? PLATFORM_SUCCESS : last_status();
}

struct platform_status file_move(const char *from, const char *to)
{
    struct platform_status status = platform_inject(PLATFORM_CALL_RENAME, to);
    if (!platform_ok(status))
        return status;
    status = rename_new(from, to);
    if (!platform_ok(status))
        return status;
    /* Written through: the new name is on the medium when this returns. */
    char *folder = path_folder(to);
    if (folder == NULL)
        return platform_status_from_code(ENOMEM);
    status = folder_flush(folder[0] == '\0' ? "." : folder);
    free(folder);
    return status.kind == PLATFORM_UNSUPPORTED ? PLATFORM_SUCCESS : status;
}
