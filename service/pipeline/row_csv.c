#include "service/pipeline/row_csv.h"

#include <stdlib.h>

#include "parser/limits.h"

enum parse_status row_csv_survey(struct row_source *source, const struct csv_columns *columns,
                                 enum encoding named, struct fault_list *faults, struct row_survey *out)
{
    struct csv_survey survey;
    char *window = malloc(LIMIT_CSV_WINDOW);
    if (!window)
        return PARSE_NO_MEMORY;
    csv_survey_begin(&survey, columns, named, window, LIMIT_CSV_WINDOW);
    for (size_t got = 1; got > 0;) {
        struct csv_space space = csv_survey_space(&survey);
        got = row_source_read(source, space.ptr, space.size);
        csv_survey_fill(&survey, got);
    }
    enum parse_status status = csv_survey_end(&survey, faults);
    *out = (struct row_survey){.rows = survey.rows, .start = survey.start};
    free(window);
    return status;
}

bool row_csv_begin(struct row_reader *reader, const struct csv_columns *columns, struct row_slice *slice,
                   struct csv_rows *rows)
{
    char *window = arena_take(&slice->arena, LIMIT_CSV_WINDOW);
    if (!window)
        return false;
    reader->source.at = reader->place.offset;
    csv_rows_begin(rows, columns, &reader->place, window, LIMIT_CSV_WINDOW);
    return true;
}

void row_csv_fill(struct row_reader *reader, struct csv *csv)
{
    struct csv_space space = csv_space(csv);
    csv_fill(csv, row_source_read(&reader->source, space.ptr, space.size));
    if (reader->source.at == reader->source.size || !platform_ok(reader->source.status))
        csv_finish(csv);
}

void row_csv_take(const struct csv_row *csv, struct row *row)
{
    const struct csv_record *record = &csv->record;
    row->bytes = record->bytes;
    row->offset = record->offset;
    row->size = record->size;
    row->row = csv->row;
    row->line = record->line;
    row->next = csv->next;
    if (record->bytes.len == 0) /* longer than a record may be */
        row->bytes = SLICE_EMPTY;
}
