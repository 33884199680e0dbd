#include "tests/integration/failing_database.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "platform/thread.h"
#include "tests/support/cb_cmocka.h"

#define METHODS_MAX 4 /* the system's layer has a table of methods for each kind of locking */

static sqlite3_vfs *system_layer, ours;
static atomic_int write_code, only_read;
static atomic_uint failed;
static const char *only; /* NULL: every database */

static struct {
    struct mutex lock;
    size_t count;
    struct {
        const sqlite3_io_methods *theirs;
        sqlite3_io_methods ours;
    } items[METHODS_MAX];
} methods = {.lock = MUTEX_INITIALIZER};

/* The table of the system to which a table of ours belongs. */
static const sqlite3_io_methods *theirs(const sqlite3_file *file)
{
    const sqlite3_io_methods *found = NULL;
    mutex_lock(&methods.lock);
    for (size_t i = 0; i < methods.count; i++)
        if (file->pMethods == &methods.items[i].ours)
            found = methods.items[i].theirs;
    mutex_unlock(&methods.lock);
    if (found == NULL)
        abort(); /* on a thread of the engine: no assertion of a test */
    return found;
}

static int write_bytes(sqlite3_file *file, const void *bytes, int size, sqlite3_int64 offset)
{
    int code = atomic_load(&write_code);
    if (code == SQLITE_OK)
        return theirs(file)->xWrite(file, bytes, size, offset);
    atomic_fetch_add(&failed, 1);
    return code;
}

/* A copy of the table with our way to write in it. */
static const sqlite3_io_methods *methods_for(const sqlite3_io_methods *system)
{
    size_t i = 0;
    mutex_lock(&methods.lock);
    while (i < methods.count && methods.items[i].theirs != system)
        i++;
    if (i == METHODS_MAX)
        abort();
    if (i == methods.count) {
        methods.items[i].theirs = system;
        methods.items[i].ours = *system;
        methods.items[i].ours.xWrite = write_bytes;
        methods.count++;
    }
    mutex_unlock(&methods.lock);
    return &methods.items[i].ours;
}

static int open_file(sqlite3_vfs *vfs, sqlite3_filename name, sqlite3_file *file, int flags, int *out)
{
    (void)vfs;
    if ((flags & SQLITE_OPEN_MAIN_DB) && atomic_load(&only_read))
        flags = (flags & ~(SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)) | SQLITE_OPEN_READONLY;
    int code = system_layer->xOpen(system_layer, name, file, flags, out);
    if (code == SQLITE_OK && (only == NULL || (name != NULL && strstr(name, only) != NULL)))
        file->pMethods = methods_for(file->pMethods);
    return code;
}

void failing_database_set_up(void)
{
    system_layer = sqlite3_vfs_find(NULL);
    assert_non_null(system_layer);
    ours = *system_layer;
    ours.zName = "failing";
    ours.pNext = NULL;
    ours.xOpen = open_file;
    atomic_store(&write_code, SQLITE_OK);
    atomic_store(&only_read, 0);
    atomic_store(&failed, 0);
    assert_int_equal(sqlite3_vfs_register(&ours, 1), SQLITE_OK);
}

void failing_database_tear_down(void)
{
    assert_int_equal(sqlite3_vfs_unregister(&ours), SQLITE_OK);
    assert_int_equal(sqlite3_vfs_register(system_layer, 1), SQLITE_OK);
    only = NULL;
}

void failing_database_only(const char *piece)
{
    only = piece;
}

void failing_database_write(int code)
{
    atomic_store(&write_code, code);
}

void failing_database_read_only(int on)
{
    atomic_store(&only_read, on);
}

unsigned failing_database_count(void)
{
    return atomic_load(&failed);
}
