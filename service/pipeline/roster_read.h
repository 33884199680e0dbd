/*
 * Reading a roster: the file as a whole first, then its rows, a slice at a time. On a worker's thread; roster_ends_whole also on a feed's.
 */
#ifndef CORBRIDGE_SERVICE_PIPELINE_ROSTER_READ_H
#define CORBRIDGE_SERVICE_PIPELINE_ROSTER_READ_H

#include "platform/status.h"
#include "service/pipeline/job.h"
#include "service/pipeline/roster.h"
#include "service/spool/extract.h"

/* Whether a roster may end where these bytes end: it has a row or a header, and does not end inside a row. Bytes that are wrong
 * otherwise are whole. Also true when memory is exhausted. */
bool roster_ends_whole(struct slice bytes, enum encoding named);

/*
 * Judges the file as a whole, the first time, and reads the next slice behind what is committed. PARSE_OK: job->roster holds it, perhaps
 * empty at the end of the file. PARSE_NO_MEMORY; any other status: the file is quarantined, job->faults says why.
 */
enum parse_status roster_read(const struct config *config, struct job *job);

/* Writes the extracts of the rows of the slice that are wrong, below the world's root; those that are there already are fine. Nothing for a
 * copy: live has them. */
struct platform_status roster_set_rows_aside(const struct job *job, const char *root);

/* One extract, with the reason beside it, in quarantine or hold; its folder is made when it is missing. The caller flushes it.
 * `written` as in extract_write. */
struct platform_status roster_set_row_aside(const struct job *job, const struct roster_row *row,
                                            const char *root, enum store_place place, const char *word,
                                            const char *detail, struct extract_written *written);

#endif
