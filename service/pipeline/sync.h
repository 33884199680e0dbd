/*
 * A sync roster on its way (RULES "Rosters"): whoever is missing in it is released. It is one message, and goes through the machine for files of
 * many (row_file.h) with stages of its own, so that all its rows are read and all guards judged before the first is applied:
 *
 *     turn      it waits until everything in front of it is committed
 *     judge     a worker reads all its rows, on a connection that only reads: who is present, and whether a person should look
 *     hold      a person should: the committer writes that and nothing else
 *     rows      slices of rows, as of any file of many messages
 *     absent    a worker finds who is missing
 *     release   the committer releases them and ends the file, in one transaction
 *
 * A restart begins at `turn`; a roster of which rows are committed was judged, and is not judged anew. The struct belongs to its job.
 * service/pipeline/ only.
 */
#ifndef CORBRIDGE_SERVICE_PIPELINE_SYNC_H
#define CORBRIDGE_SERVICE_PIPELINE_SYNC_H

#include "database/sync.h"
#include "database/sync_census.h"
#include "service/pipeline/job.h"

enum sync_stage {
    SYNC_TURN,
    SYNC_JUDGE,
    SYNC_HOLD,
    SYNC_ROWS,
    SYNC_ABSENT,
    SYNC_RELEASE
};

struct sync {
    enum sync_stage stage;
    bool
        spared; /* no guard is judged: a person has released it, live has judged it, or an earlier process has */
    bool waits, told; /* the database could not be read: again in a moment; the log has been told so */
    struct sync_census census;
    char why[200];              /* at `hold` */
    instant_us event_at;        /* its event time: who is missing was released then */
    struct sync_roster kept;    /* what is committed of it; message 0: nothing */
    struct sync_roster reached; /* what the present transaction comes to */
    size_t released;            /* likewise */
};

/* NULL when memory is exhausted. */
struct sync *sync_new(void);
/* NULL is allowed. */
void sync_free(struct sync *sync);

/* Whether the next step of the file is a worker's. */
bool sync_needs_worker(const struct sync *sync);

/* Whether rows are applied now: only then one that is wrong is set aside. */
bool sync_is_at_rows(const struct sync *sync);

/* ---- on a worker's thread ---- */

/* The worker's part of the stage, in place of row_read. With sync->waits afterwards it is to be tried again. */
enum parse_status sync_read(const struct config *config, struct job *job);

/* ---- on the committer's thread, inside the transaction ---- */

/* What is committed of it, for row_recall; rows->kept is set. */
enum database_kind sync_recall(struct database *db, struct job *job);

/* Before the rows of a slice: the message to which they belong. */
enum database_kind sync_begin_rows(struct database *db, struct job *job);

/* The committer's part of the other stages. */
enum database_kind sync_apply(struct database *db, struct job *job, instant_us now);

/* The transaction is committed; `slices_ended`: the last row is. */
void sync_committed(struct sync *sync, bool slices_ended);

/* Tells how it ended. True: nothing else is to be told of it. */
bool sync_report_end(const struct job *job);

#endif
