#include "service/pipeline/jms_row.h"

#include "service/pipeline/row_file.h"
#include "service/pipeline/sync.h"

void jms_row_judge(const struct row_reader *reader, struct row_slice *slice, struct row *row, bool is_event)
{
    struct jms_row *record = row->record;
    const struct jms_source source = {reader->config, reader->job, &slice->arena, &row->faults};
    const struct zone *zone = NULL;
    if (is_event && (row->status == PARSE_OK || row->status == PARSE_INVALID))
        row->status = jms_input_make(&source, row->status, &record->event, &record->input, &zone);
    fault_list_sort(&row->faults);
    if (fault_list_lost_memory(&row->faults))
        row->status = PARSE_NO_MEMORY;
    record->input.ordinal = (int)row->row;
    record->input.event_at = reader->event_at;
    record->input.leaves_no_repeat = true;
    if (row->status != PARSE_OK || row->faults.count > 0)
        return;
    row->identity = row->bytes;
    row->moments[0] = record->input.booking_date; /* an hour that is there twice is read by the arrival */
    row->moments[1] = record->input.release_date;
}

/* It is kept with the message, or with the file when the row left none. */
static enum database_kind warn_of_repeat(struct database *db, const struct job *job, const struct row *row)
{
    const struct jms_row *record = row->record;
    const struct jms_value *booking = &record->event.fields[JMS_BOOKING];
    struct arena arena;
    struct fault_list faults;
    arena_init(&arena, 0);
    fault_list_init(&faults, &arena);
    fault_add(&faults, FAULT_WARNING, FAULT_BOOKING_TWICE, booking->offset, booking->line,
              jms_event_field_name(&record->event, JMS_BOOKING),
              "one row for a booking; the later row was taken");
    enum database_kind kind = fault_list_lost_memory(&faults)
                                  ? DATABASE_NO_MEMORY
                                  : ledger_faults_insert(db, job->row.id, row->result.message.id, &faults);
    arena_release(&arena);
    return kind;
}

enum database_kind jms_row_apply(struct database *db, struct job *job, struct row *row, instant_us now)
{
    struct jms_row *record = row->record;
    struct sync *sync = job->rows->sync;
    if (sync && sync_census_is_old(&sync->census, record->input.facility)) {
        row->result.message.state = LEDGER_STALE;
        return DATABASE_OK;
    }
    record->input.part_of = sync ? sync->reached.message : 0;
    record->input.changes_before = sync ? sync->reached.changes : 0;
    record->input.file = job->row.id;
    record->input.event = &record->event;
    record->input.warnings = &row->faults;
    record->input.now = now;
    enum database_kind kind = apply_jms_event(db, &record->input, &row->result);
    if (kind == DATABASE_OK && sync)
        sync->reached.changes += row->result.changes;
    return kind == DATABASE_OK && row->result.booking_again ? warn_of_repeat(db, job, row) : kind;
}
