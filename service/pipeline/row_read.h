/*
 * Reading a file of many messages: the file as a whole first, then its rows, a slice at a time. On a worker's thread; row_survey_file also on a
 * feed's.
 */
#ifndef CORBRIDGE_SERVICE_PIPELINE_ROW_READ_H
#define CORBRIDGE_SERVICE_PIPELINE_ROW_READ_H

#include "platform/status.h"
#include "service/pipeline/job.h"
#include "service/pipeline/row_file.h"
#include "service/spool/extract.h"

/*
 * Judges the file as a whole, in one pass over job->handle of job->row.marks.size bytes: job->rows->verdict, faults in job->faults. `sha256` (or NULL) is
 * given the hash of all its bytes. Any status but PLATFORM_OK: it cannot be read now, or (PLATFORM_CHANGED) is shorter than it was, and nothing was
 * judged.
 */
struct platform_status row_survey_file(struct job *job, uint8_t *sha256);

/*
 * Judges the file as a whole, when that was not done before, and reads the next slice behind what is committed. PARSE_OK: job->rows holds it,
 * perhaps empty at the end of the file. PARSE_NO_MEMORY; any other status: the file is quarantined, job->faults says why. With
 * job->unreadable set afterwards nothing of that counts: the job is given back.
 */
enum parse_status row_read(const struct config *config, struct job *job);

/* Writes the extracts of the rows of the slice that are wrong, below the world's root; those that are there already are fine. Nothing for a
 * copy: live has them. */
struct platform_status row_set_bad_aside(const struct job *job, const char *root);

/* One extract, with the reason beside it, in quarantine or hold; its folder is made when it is missing. The caller flushes it. `written` as in
 * extract_write. */
struct platform_status row_set_aside(const struct job *job, const struct row *row, const char *root,
                                     enum store_place place, const char *word, const char *detail,
                                     struct extract_written *written);

#endif
