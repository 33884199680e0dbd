/*
 * Applying a file of many messages, a slice in one transaction, or as much of it as the time allows. On the committer's thread;
 * service/pipeline/ only.
 */
#ifndef CORBRIDGE_SERVICE_PIPELINE_ROW_APPLY_H
#define CORBRIDGE_SERVICE_PIPELINE_ROW_APPLY_H

#include "service/pipeline/job.h"

/* Where a file stands whose row an earlier process, or an earlier look, has claimed. In the transaction of claims. */
enum database_kind row_recall(struct database *db, struct job *job);

#define ROW_APPLY_MOST 500 /* rows that are applied one by one in one transaction (RULES "Rosters") */

/*
 * Inside the transaction: rows from job->rows->first on, the progress behind them, and after the last one the end of the file. What it
 * came to is in job->rows (reached, upto, ended); after a rollback it is called anew. With rows->guarded each row stands in a
 * savepoint, and one that the database refuses is set aside.
 */
enum database_kind row_apply(struct database *db, struct job *job, instant_us now);

/* Tells what the rows that are committed now showed; before row_file_committed. */
void row_report(const struct job *job);

/* Tells how the file ended. */
void row_report_end(const struct job *job);

#endif
