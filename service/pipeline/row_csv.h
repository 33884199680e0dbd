/* What row formats of CSV share: one pass over the file for the survey, and the window of a slice. service/pipeline/ only. */
#ifndef CORBRIDGE_SERVICE_PIPELINE_ROW_CSV_H
#define CORBRIDGE_SERVICE_PIPELINE_ROW_CSV_H

#include "service/pipeline/row_format.h"

/* The `survey` of such a format. */
enum parse_status row_csv_survey(struct row_source *source, const struct csv_columns *columns,
                                 enum encoding named, struct fault_list *faults, struct row_survey *out);

/* Begins a slice behind reader->place, in a window in the arena of the slice. False when memory is exhausted. */
bool row_csv_begin(struct row_reader *reader, const struct csv_columns *columns, struct row_slice *slice,
                   struct csv_rows *rows);

/* Puts what follows into the window. */
void row_csv_fill(struct row_reader *reader, struct csv *csv);

/* Number, line, place and bytes of a row that was read. */
void row_csv_take(const struct csv_row *csv, struct row *row);

#endif
