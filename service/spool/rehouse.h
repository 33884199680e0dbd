/*
 * Moving one file of ours on: from the hold into the archive or the quarantine, when what waited in it has ended. It goes by
 * put_away, so that the reason stands there first, nothing is overwritten, and an archive on another volume is copied to.
 */
#ifndef CORBRIDGE_SERVICE_SPOOL_REHOUSE_H
#define CORBRIDGE_SERVICE_SPOOL_REHOUSE_H

#include "parser/datetime.h"
#include "platform/status.h"
#include "service/spool/store.h"

struct rehouse {
    const char *root; /* the world's folder */
    const char *from; /* where the ledger says that it lies, below the root */
    enum store_place place;
    int64_t ledger_number;
    instant_us arrived;
    const char *name;        /* as it lay in the share */
    const char *reason_text; /* of the new place; NULL: no .reason.txt */
};

/*
 * Does it, or finishes what an earlier try began: a file that is not at `from` is looked for in its new place by its number. On
 * success *stored is the path below the root (heap, the caller's), or NULL when the file lies in neither place: somebody took
 * it; its .reason.txt in the hold is gone, and names are on the medium. On failure the file lies whole in one of the two places, and the next
 * try goes on.
 */
struct platform_status rehouse(const struct rehouse *what, char **stored);

#endif
