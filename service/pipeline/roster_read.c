#include "service/pipeline/roster_read.h"

#include <stdlib.h>
#include <string.h>

#include "service/pipeline/event_time.h"
#include "service/pipeline/jms_input.h"
#include "service/pipeline/pipeline.h"
#include "service/spool/extract.h"
#include "service/spool/reason.h"

/* ---- the file as a whole ---- */

static size_t less(size_t a, size_t b)
{
    return a < b ? a : b;
}

static enum parse_status survey_bytes(struct slice bytes, enum encoding named, char *window,
                                      struct fault_list *faults, struct csv_survey *survey)
{
    csv_survey_begin(survey, &jms_roster_columns, named, window, LIMIT_CSV_WINDOW);
    for (size_t at = 0; at < bytes.len;) {
        struct csv_space space = csv_survey_space(survey);
        size_t count = less(space.size, bytes.len - at);
        memcpy(space.ptr, bytes.ptr + at, count);
        csv_survey_fill(survey, count);
        at += count;
    }
    return csv_survey_end(survey, faults);
}

bool roster_ends_whole(struct slice bytes, enum encoding named)
{
    struct arena arena;
    struct fault_list faults;
    struct csv_survey survey;
    char *window = malloc(LIMIT_CSV_WINDOW);
    if (!window)
        return true;
    arena_init(&arena, 0);
    fault_list_init(&faults, &arena);
    bool whole = survey_bytes(bytes, named, window, &faults, &survey) != PARSE_INCOMPLETE;
    arena_release(&arena);
    free(window);
    return whole;
}

static enum parse_status judge(const struct config *config, struct job *job)
{
    struct roster *roster = job->roster;
    struct csv_survey survey;
    enum parse_status status = survey_bytes(slice_from(job->bytes, job->size), job->match->encoding,
                                            roster->window, &job->faults, &survey);
    if (status != PARSE_OK)
        return status;
    if (!roster->kept) { /* else an earlier process has said all this */
        instant_us event_at = event_time_find(job, config->facilities[0].zone);
        roster->progress = (struct roster_progress){
            .event_at = event_at - (instant_us)job->match->lag_ms * 1000,
            .row_count = survey.rows,
            .next = survey.start,
        };
    }
    roster->surveyed = true;
    return fault_list_lost_memory(&job->faults) ? PARSE_NO_MEMORY : PARSE_OK;
}

/* ---- rows ---- */

static void take_row(const struct config *config, const struct job *job, const struct jms_roster_row *parsed,
                     struct roster_row *row)
{
    const struct csv_record *record = &parsed->csv.record;
    row->status = parsed->status;
    row->event = parsed->event;
    row->bytes = slice_from(job->bytes + record->offset, (size_t)record->size);
    row->row = parsed->csv.row;
    row->line = record->line;
    row->next = parsed->csv.next;
    if (record->fault != FAULT_NONE || record->columns != JMS_ROSTER_COLUMN_COUNT)
        return; /* there is no event to look at */
    const struct jms_source source = {config, job, &job->roster->arena, &row->faults};
    const struct zone *zone = NULL;
    if (row->status == PARSE_OK || row->status == PARSE_INVALID)
        row->status = jms_input_make(&source, row->status, &row->event, &row->input, &zone);
    fault_list_sort(&row->faults);
    if (fault_list_lost_memory(&row->faults))
        row->status = PARSE_NO_MEMORY;
    row->input.ordinal = (int)row->row;
    row->input.event_at = job->roster->progress.event_at;
    row->input.leaves_no_repeat = true;
}

/* Puts what follows at `*at` into the window. */
static void fill(const struct job *job, struct csv *csv, uint64_t *at)
{
    struct csv_space space = csv_space(csv);
    size_t count = less(space.size, job->size - (size_t)*at);
    memcpy(space.ptr, job->bytes + *at, count);
    csv_fill(csv, count);
    *at += count;
    if (*at == job->size)
        csv_finish(csv);
}

/* One window is one slice, if it does not hold more than 500 rows: so the slices of all its rows stay valid. */
static enum parse_status read_slice(const struct config *config, struct job *job)
{
    struct roster *roster = job->roster;
    const struct jms_settings settings = jms_input_settings(config, job->match);
    struct csv_rows rows;
    struct jms_roster_row parsed;
    uint64_t at = roster->progress.next.offset;
    arena_reset(&roster->arena);
    roster->first = roster->upto = roster->count = 0;
    roster->rows = arena_take_array(&roster->arena, ROSTER_SLICE_ROWS, sizeof *roster->rows);
    if (!roster->rows)
        return PARSE_NO_MEMORY;
    csv_rows_begin(&rows, &jms_roster_columns, &roster->progress.next, roster->window, LIMIT_CSV_WINDOW);
    enum csv_got got = CSV_MORE;
    while (got == CSV_MORE && roster->count == 0) {
        fill(job, &rows.csv, &at);
        do {
            struct roster_row *row = &roster->rows[roster->count];
            fault_list_init(&row->faults, &roster->arena);
            got = jms_roster_next(&rows, &settings, &roster->arena, &row->faults, &parsed);
            if (got == CSV_RECORD) {
                take_row(config, job, &parsed, row);
                if (row->status == PARSE_NO_MEMORY)
                    return PARSE_NO_MEMORY;
                roster->count++;
            }
        } while (got == CSV_RECORD && roster->count < ROSTER_SLICE_ROWS);
    }
    roster->last = got == CSV_END;
    return PARSE_OK;
}

enum parse_status roster_read(const struct config *config, struct job *job)
{
    struct roster *roster = job->roster;
    if (!roster->window)
        roster->window = malloc(LIMIT_CSV_WINDOW);
    if (!roster->window)
        return PARSE_NO_MEMORY;
    enum parse_status status = roster->surveyed ? PARSE_OK : judge(config, job);
    if (status != PARSE_OK || roster->first < roster->count)
        return status; /* or rows are left of the slice: they are applied first */
    return read_slice(config, job);
}

/* ---- rows that are set aside ---- */

struct platform_status roster_set_row_aside(const struct job *job, const struct roster_row *row,
                                            const char *root, enum store_place place, const char *word,
                                            const char *detail, struct extract_written *written)
{
    enum encoding encoding = job->roster->progress.next.encoding;
    bool wide = encoding == ENCODING_UTF16LE || encoding == ENCODING_UTF16BE;
    struct arena arena;
    arena_init(&arena, 0);
    const struct reason reason = {
        .place = place,
        .ledger_number = job->row.id,
        .feed = job->line->config->name,
        .name = job->name,
        .arrived = job->row.arrived,
        .row = row->row,
        .line = row->line,
        .word = word,
        .detail = detail,
        .faults = &row->faults,
    };
    const struct extract extract = {
        .root = root,
        .place = place,
        .ledger_number = job->row.id,
        .row = row->row,
        .arrived = job->row.arrived,
        .name = job->name,
        .mark = wide ? encoding_mark(encoding) : SLICE_EMPTY,
        .bytes = row->bytes,
        .reason_text = reason_text(&reason, &arena),
    };
    struct platform_status status = extract_write(&extract, written);
    arena_release(&arena);
    return status;
}

struct platform_status roster_set_rows_aside(const struct job *job, const char *root)
{
    const struct roster *roster = job->roster;
    struct platform_status status = PLATFORM_SUCCESS;
    bool any = false;
    if (job->work != JOB_PARSE || job->status != PARSE_OK)
        return status;
    for (size_t i = roster->first; i < roster->count && platform_ok(status); i++) {
        if (roster->rows[i].status == PARSE_OK)
            continue;
        any = true;
        status =
            roster_set_row_aside(job, &roster->rows[i], root, STORE_QUARANTINE, "row-faults", NULL, NULL);
    }
    if (any)
        extract_flush(root, STORE_QUARANTINE, job->row.arrived);
    return status;
}
