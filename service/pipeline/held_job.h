/*
 * An event that was held, read again when a person has released it: by the committer in its own world, by a worker of the test world when
 * the release is copied. Its bytes must be those that were held. service/pipeline/ only.
 */
#ifndef CORBRIDGE_SERVICE_PIPELINE_HELD_JOB_H
#define CORBRIDGE_SERVICE_PIPELINE_HELD_JOB_H

#include "database/held.h"
#include "service/pipeline/pipeline.h"

/* What a person may be told of bytes that are not to be had. */
enum held_found {
    HELD_FOUND,
    HELD_LATER,   /* not now: memory, or a folder that cannot be read */
    HELD_GONE,    /* there is no such file any more */
    HELD_CHANGED, /* it has other bytes */
    HELD_NO_RULE  /* no match rule of that format fits the name any more */
};

/*
 * Makes a job of a held event, with its bytes from below `root`, ready to be parsed: worker_parse gives the input of a released
 * event with its first arrival and event time. HELD_FOUND: *job is the caller's (job_free, or the pipeline's); it has copied what it needs
 * of `held`. Any other answer: *job is NULL, *status says why where a call failed.
 */
enum held_found held_job_make(struct line *line, const struct held *held, const char *root, struct job **job,
                              struct platform_status *status);

/* Parses a released job; for worker_parse. */
enum parse_status held_job_parse(const struct config *config, struct job *job);

#endif
