/*
 * From an event that was read to what the database is told: facility, checks against the arrival, instants in the facility's zone, the
 * settings of the match rule. The same for event files and rows of a roster. On a worker's thread; service/pipeline/ only.
 */
#ifndef CORBRIDGE_SERVICE_PIPELINE_JMS_INPUT_H
#define CORBRIDGE_SERVICE_PIPELINE_JMS_INPUT_H

#include "database/apply.h"
#include "service/pipeline/job.h"

/* Where the event came from. */
struct jms_source {
    const struct config *config;
    const struct job *job; /* its row, feed and match rule */
    struct arena *arena;   /* for what faults say */
    struct fault_list *faults;
};

/* What a match rule says of its files, for the parser. */
struct jms_settings jms_input_settings(const struct config *config, const struct config_match *match);

/* The one event of a file in memory, by the format of its match rule: job->event, job->faults; the status of the parser. */
enum parse_status jms_input_parse(const struct config *config, struct job *job);

/*
 * `status` is what the parser said of the event: PARSE_OK or PARSE_INVALID; all faults of an event that is wrong already are told at
 * once. On PARSE_OK *input is ready but for ordinal, event_at, file and now, and *zone is that of the facility. Any other status: the
 * event is not to be applied, and `faults` says why. *input borrows the event and the faults.
 */
enum parse_status jms_input_make(const struct jms_source *source, enum parse_status status,
                                 struct jms_event *event, struct apply_input *input,
                                 const struct zone **zone);

#endif
