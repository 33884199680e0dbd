/*
 * The runs of a slice: where they begin and end, and what they are known by. On a worker's thread; service/pipeline/ only.
 */
#ifndef CORBRIDGE_SERVICE_PIPELINE_ROW_RUN_H
#define CORBRIDGE_SERVICE_PIPELINE_ROW_RUN_H

#include "service/pipeline/row_format.h"

/* Finds the runs of slice->rows. Where the format begins anywhere, rows at the end of the slice whose run may go on behind it are left to the next
 * slice (slice->count, reader->place). False when memory is exhausted. */
bool row_run_find(struct row_reader *reader, struct row_slice *slice);

#endif
