/*
 * A group: what one turn of the committer writes, as one transaction. And one job's share of it: the only place
 * where the state of a file in the ledger is decided. Committer's thread; service/pipeline/ only.
 */
#ifndef CORBRIDGE_SERVICE_PIPELINE_GROUP_H
#define CORBRIDGE_SERVICE_PIPELINE_GROUP_H

#include "service/pipeline/pipeline_private.h"
#include "service/spool/reason.h"

#define GROUP_APPLY_MAX 64

/* Taken from the pipeline's queues under its lock; all or nothing of it is committed. */
struct group {
    struct job_queue claims;
    struct job *applies[GROUP_APPLY_MAX];
    size_t apply_count;
    struct job_queue ends;
    struct job_queue
        given_back; /* their turn has come, and they cannot be read: nothing is written of them */
    struct sent_rows sent;
    bool waiting_ended; /* events that waited in the hold have ended; set by dispatch_applied */
    bool announced;     /* alerts changed of which other feeds are to be told; likewise */
    bool put_into_hold; /* a file has come to lie in the hold; set by dispatch_ends */
};

/*
 * One transaction: with `with_rest` the claims, the ends of rows and the sent messages; then applies from
 * `first` on, at most `limit` of them and 20 ms of work. On success *applied says how many applies it holds; on
 * failure nothing of it is in the database.
 */
enum database_kind group_write(struct database *db, struct group *group, bool with_rest, size_t first,
                               size_t limit, size_t *applied);

/* A rule of the schema that refuses the row, or a statement that cannot take the value: the fault of one message.
 * Everything else concerns the whole database. */
bool group_is_refusal(enum database_kind kind);

/* Copies what a result tells after the commit, when the connection has gone on. False when memory is exhausted. */
bool group_keep_told(struct apply_result *result, struct arena *arena);

/* Tells of what waited for a booking and turned out to be another person's. After the commit. */
void group_report_held(const struct apply_result *result);

/* What `.reason.txt` and the event say of a job in quarantine or hold; borrows from the job. */
struct reason group_reason(const struct job *job, const char *detail);

/* Works out again where a file goes whose put-away was interrupted, and what its `.reason.txt` says. */
void group_recall_outcome(struct database *db, struct job *job);

#endif
