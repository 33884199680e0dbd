/* Rosters as CSV of 17 columns (COREMR-INTERFACES §3): each row one demographics event. */
#include <stdlib.h>

#include "parser/jms_roster.h"
#include "service/pipeline/jms_row.h"
#include "service/pipeline/job.h"

static enum parse_status survey(struct row_source *source, const struct config_match *match,
                                struct fault_list *faults, struct row_survey *out)
{
    struct csv_survey survey;
    char *window = malloc(LIMIT_CSV_WINDOW);
    if (!window)
        return PARSE_NO_MEMORY;
    csv_survey_begin(&survey, &jms_roster_columns, match->encoding, window, LIMIT_CSV_WINDOW);
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

static bool take_row(const struct row_reader *reader, const struct jms_roster_row *parsed,
                     struct row_slice *slice, struct row *row)
{
    const struct csv_record *record = &parsed->csv.record;
    struct jms_row *taken = arena_take(&slice->arena, sizeof *taken);
    if (!taken)
        return false;
    taken->event = parsed->event;
    row->record = taken;
    row->status = parsed->status;
    row->bytes = record->bytes;
    row->offset = record->offset;
    row->size = record->size;
    row->row = parsed->csv.row;
    row->line = record->line;
    row->next = parsed->csv.next;
    if (record->bytes.len == 0) /* longer than a record may be */
        row->bytes = SLICE_EMPTY;
    jms_row_judge(reader, slice, row,
                  record->fault == FAULT_NONE && record->columns == JMS_ROSTER_COLUMN_COUNT);
    return row->status != PARSE_NO_MEMORY;
}

/* Puts what follows into the window. */
static void fill(struct row_reader *reader, struct csv *csv)
{
    struct csv_space space = csv_space(csv);
    csv_fill(csv, row_source_read(&reader->source, space.ptr, space.size));
    if (reader->source.at == reader->source.size || !platform_ok(reader->source.status))
        csv_finish(csv);
}

/* One window is one slice, if it does not hold more rows: so the slices of all its rows stay valid. */
static enum parse_status read_slice(struct row_reader *reader, struct row_slice *slice)
{
    const struct jms_settings settings = jms_input_settings(reader->config, reader->job->match);
    struct csv_rows rows;
    struct jms_roster_row parsed;
    char *window = arena_take(&slice->arena, LIMIT_CSV_WINDOW);
    if (!window)
        return PARSE_NO_MEMORY;
    reader->source.at = reader->place.offset;
    csv_rows_begin(&rows, &jms_roster_columns, &reader->place, window, LIMIT_CSV_WINDOW);
    enum csv_got got = CSV_MORE;
    while (got == CSV_MORE && slice->count == 0) {
        fill(reader, &rows.csv);
        do {
            struct row *row = &slice->rows[slice->count];
            fault_list_init(&row->faults, &slice->arena);
            got = jms_roster_next(&rows, &settings, &slice->arena, &row->faults, &parsed);
            if (got == CSV_RECORD) {
                if (!take_row(reader, &parsed, slice, row))
                    return PARSE_NO_MEMORY;
                reader->place = row->next;
                slice->count++;
            }
        } while (got == CSV_RECORD && slice->count < ROW_SLICE_ROWS);
    }
    slice->last = got == CSV_END;
    return PARSE_OK;
}

const struct row_format row_format_roster_csv = {
    .file_kind = "roster",
    .row_kind = "demographics",
    .begins_anywhere = true,
    .survey = survey,
    .read = read_slice,
    .apply = jms_row_apply,
};
