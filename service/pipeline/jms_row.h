/*
 * Rows that are demographics events of a jail management system (one DEM a row), whatever format they came in: their record, and how it is
 * applied. service/pipeline/ only.
 */
#ifndef CORBRIDGE_SERVICE_PIPELINE_JMS_ROW_H
#define CORBRIDGE_SERVICE_PIPELINE_JMS_ROW_H

#include "service/pipeline/jms_input.h"
#include "service/pipeline/row_format.h"

/* The record of a row (row->record). Of a row that is set aside `event` may hold what could be read: see event.fields[].presence. */
struct jms_row {
    struct jms_event event;
    struct apply_input input; /* when the row is PARSE_OK */
};

/*
 * Ends the reading of a row whose event the parser has read: record, number and line are set, row->status is what the parser said. Works out the input
 * (jms_input_make), and sorts the faults. A row that is no event at all keeps its status. On a worker's thread.
 */
void jms_row_judge(const struct row_reader *reader, struct row_slice *slice, struct row *row, bool is_event);

/* The `apply` of such a format. One that brings nothing new leaves no message; a booking that stands in the file for the second time
 * is a warning (RULES "Small questions", CSV: the last row wins). */
enum database_kind jms_row_apply(struct database *db, struct job *job, struct row *row, instant_us now);

#endif
