/*
 * When an event happened (RULES "Order and time"): what the match rule names, else the MoveDate of a Location
 * or the last-write time of a roster, else the arrival. On a worker's thread; service/pipeline/ and its tests only.
 */
#ifndef CORBRIDGE_SERVICE_PIPELINE_EVENT_TIME_H
#define CORBRIDGE_SERVICE_PIPELINE_EVENT_TIME_H

#include "parser/datetime.h"
#include "service/pipeline/job.h"

/* A time this much ahead of the arrival is still believed: clocks differ. */
#define EVENT_TIME_AHEAD_US (INT64_C(600) * 1000 * 1000)

/* The event time of a parsed job, whose event and row are set. What is not believed, not readable or does not
 * exist in `zone` becomes a warning of the job. */
instant_us event_time_find(struct job *job, const struct zone *zone);

/*
 * A time of day without a date: the latest such local time that is not after the last-write time + 10 min; + 10
 * min of the arrival where `written` is later than it, or more than 7 days before it. *skipped: that day has no
 * such time, one hour later was taken.
 */
instant_us event_time_of_day(const struct civil_time *time, const struct zone *zone, instant_us written,
                             instant_us arrived, bool *skipped);

#endif
