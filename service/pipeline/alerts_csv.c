/* Alerts as CSV of seven columns (COREMR-INTERFACES §4): each line one alert, as it was added or as it is after its removal. */
#include <string.h>

#include "parser/jms_alert.h"
#include "service/pipeline/job.h"
#include "service/pipeline/pipeline.h"
#include "service/pipeline/row_csv.h"

struct alert_record {
    struct jms_event event; /* PatientID and Booking; the jacket number is the PatientID */
    struct apply_alert alert;
    struct apply_input input;
};

static enum parse_status survey(struct row_source *source, const struct config_match *match,
                                struct fault_list *faults, struct row_survey *out)
{
    return row_csv_survey(source, &jms_alert_columns, match->encoding, faults, out);
}

/* CorEMR's user for one of theirs; ptr NULL, CorEMR System, where none is given or mapped. */
static struct slice user_of(const struct alert_map *map, const struct jms_value *value)
{
    return value->presence == JMS_GIVEN ? slice_of(alert_map_coremr_user(map, value->number)) : SLICE_EMPTY;
}

static void take_alert(const struct row_reader *reader, const struct jms_alert *parsed,
                       struct alert_record *record, struct row *row)
{
    const struct job *job = reader->job;
    const struct config_feed *feed = job->line->config;
    const struct alert_map *map = &feed->alerts.map;
    const struct jms_value *code = &parsed->fields[JMS_ALERT_CODE];
    const struct jms_value *removed = &parsed->fields[JMS_ALERT_REMOVED];
    record->event.kind = JMS_LOCATION; /* like a location event it waits for its booking */
    record->event.fields[JMS_PATIENT_ID] = parsed->fields[JMS_ALERT_JACKET];
    record->event.fields[JMS_BOOKING] = parsed->fields[JMS_ALERT_BOOKING];
    record->alert = (struct apply_alert){
        .code = slice_of(alert_map_coremr_code(map, code->text)),
        .added = parsed->fields[JMS_ALERT_ADDED].time,
        .removed = removed->time,
        .is_removed = removed->presence == JMS_GIVEN,
        .added_by = user_of(map, &parsed->fields[JMS_ALERT_ADDED_BY]),
        .removed_by = user_of(map, &parsed->fields[JMS_ALERT_REMOVED_BY]),
        .announced = config_alerts_go_on(reader->config, feed),
    };
    record->input = (struct apply_input){
        .alert = &record->alert,
        .authority = feed->authority,
        .ordinal = (int)row->row,
        .arrived = job->row.arrived,
        .event_at = reader->event_at,
        .booking_date = INSTANT_NONE,
        .release_date = INSTANT_NONE,
        .waits_until = job->row.arrived + (instant_us)job->match->waiting_ms * 1000,
    };
    if (record->alert.code.ptr != NULL)
        return;
    row->status = PARSE_INVALID;
    fault_add(&row->faults, FAULT_ERROR, FAULT_ALERT_CODE_UNMAPPED, code->offset, code->line,
              slice_of(jms_alert_columns.columns[JMS_ALERT_CODE].label),
              "a code that <alerts> of the feed has in corbridge.xml");
}

static bool take_row(const struct row_reader *reader, const struct jms_alert *parsed, struct row_slice *slice,
                     struct row *row)
{
    row->record = arena_take(&slice->arena, sizeof(struct alert_record));
    if (!row->record)
        return false;
    row->status = parsed->status;
    row_csv_take(&parsed->csv, row);
    if (row->status == PARSE_OK)
        take_alert(reader, parsed, row->record, row);
    fault_list_sort(&row->faults);
    return row->status != PARSE_NO_MEMORY && !fault_list_lost_memory(&row->faults);
}

/* One window is one slice, if it does not hold more than 500 rows: so the slices of all its rows stay valid. */
static enum parse_status read_slice(struct row_reader *reader, struct row_slice *slice)
{
    struct csv_rows rows;
    struct jms_alert parsed;
    if (!row_csv_begin(reader, &jms_alert_columns, slice, &rows))
        return PARSE_NO_MEMORY;
    enum csv_got got = CSV_MORE;
    while (got == CSV_MORE && slice->count == 0) {
        row_csv_fill(reader, &rows.csv);
        do {
            struct row *row = &slice->rows[slice->count];
            fault_list_init(&row->faults, &slice->arena);
            got = jms_alert_next(&rows, &slice->arena, &row->faults, &parsed);
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

static enum database_kind apply(struct database *db, struct job *job, struct row *row, instant_us now)
{
    struct alert_record *record = row->record;
    record->input.file = job->row.id;
    record->input.event = &record->event;
    record->input.warnings = &row->faults;
    record->input.now = now;
    return apply_jms_event(db, &record->input, &row->result);
}

const struct row_format row_format_alerts_csv = {
    .file_kind = "alerts",
    .row_kind = "alert",
    .survey = survey,
    .read = read_slice,
    .apply = apply,
};
