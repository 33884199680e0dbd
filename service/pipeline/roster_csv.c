/* Rosters as CSV of 17 columns (COREMR-INTERFACES §3): each row one demographics event. */
#include "parser/jms_roster.h"
#include "service/pipeline/jms_row.h"
#include "service/pipeline/job.h"
#include "service/pipeline/row_csv.h"

static enum parse_status survey(struct row_source *source, const struct config_match *match,
                                struct fault_list *faults, struct row_survey *out)
{
    return row_csv_survey(source, &jms_roster_columns, match->encoding, faults, out);
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
    row_csv_take(&parsed->csv, row);
    jms_row_judge(reader, slice, row,
                  record->fault == FAULT_NONE && record->columns == JMS_ROSTER_COLUMN_COUNT);
    return row->status != PARSE_NO_MEMORY;
}

/* One window is one slice, if it does not hold more rows: so the slices of all its rows stay valid. */
static enum parse_status read_slice(struct row_reader *reader, struct row_slice *slice)
{
    const struct jms_settings settings = jms_input_settings(reader->config, reader->job->match);
    struct csv_rows rows;
    struct jms_roster_row parsed;
    if (!row_csv_begin(reader, &jms_roster_columns, slice, &rows))
        return PARSE_NO_MEMORY;
    enum csv_got got = CSV_MORE;
    while (got == CSV_MORE && slice->count == 0) {
        row_csv_fill(reader, &rows.csv);
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
