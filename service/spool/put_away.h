/*
 * Putting one file away: from the share into the archive, the quarantine or the hold, by the handle that has
 * been held since it was looked at (DESIGN step 6). Nothing is ever overwritten.
 *
 * Same volume and the right to change its access list: rename, then let it inherit the rights of its new
 * folder. Otherwise: its bytes go to a temporary name, flush, checked close, rename; then the
 * source is deleted by its handle.
 */
#ifndef CORBRIDGE_SERVICE_SPOOL_PUT_AWAY_H
#define CORBRIDGE_SERVICE_SPOOL_PUT_AWAY_H

#include "parser/datetime.h"
#include "parser/slice.h"
#include "platform/file.h"
#include "platform/status.h"
#include "service/spool/store.h"

struct put_away {
    const char *root; /* the world's folder */
    enum store_place place;
    int64_t ledger_number;
    instant_us arrived;
    const char *name;        /* as it lay in the share */
    const char *reason_text; /* NULL: no .reason.txt */
    struct file *handle;     /* open by file_open_claim; stays open */
    struct slice bytes; /* what was parsed; ptr NULL when it is not held in memory: copied from the handle */
    uint64_t size;      /* of the file */
};

/*
 * Does it, or goes on where an earlier try stopped. On success *stored is the path below the root (heap, the
 * caller's) and the source is gone at the latest when the handle is closed. On failure the source is where it
 * was, or under its new name (then the next call finds it there).
 */
struct platform_status put_away(const struct put_away *what, char **stored);

/* Whether the file that a ledger row speaks of has been put away already: *stored is its path below the root
 * (heap) or NULL. What is found is let inherit the rights of its folder: a process that was killed between the move and
 * that left it with the rights of the share. A status other than PLATFORM_OK with *stored set: it is there, and its
 * rights could not be set. */
struct platform_status put_away_find(const char *root, enum store_place place, int64_t ledger_number,
                                     instant_us arrived, const char *name, char **stored);

#endif
