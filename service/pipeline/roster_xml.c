/*
 * Rosters as XML, by a mapping (parser/xml_records.h): each record one demographics event.
 *
 * A document cannot be entered in its middle. After a restart the reader begins at its start and passes by the records that are committed,
 * without looking into them.
 */
#include "parser/xml_records.h"

#include <stdlib.h>
#include <string.h>

#include "service/pipeline/jms_row.h"
#include "service/pipeline/job.h"

#define SLICE_BYTES ((size_t)1024 * 1024) /* of extracts: large records make smaller slices */

/* Parser state from slice to slice. */
struct xml_roster {
    struct jms_settings settings;
    struct xml_reader *reader;
};

/* The header that event-time names, where it holds text that may be a time. */
static void tell_as_of(const struct config_match *match, const struct xml_survey *survey,
                       struct row_survey *out)
{
    if (match->event_time != CONFIG_EVENT_TIME_FIELD)
        return;
    const struct xml_header *header = xml_mapping_header(match->mapping, slice_of(match->event_time_of));
    if (header == NULL)
        return;
    struct slice text = survey->headers[header->number];
    size_t length = text.len < sizeof out->as_of ? text.len : 0;
    if (length == 0 && text.ptr != NULL)
        text = SLICE_LITERAL("?"); /* something is there that is no time: a warning says so */
    length = length == 0 ? text.len : length;
    if (length > 0)
        memcpy(out->as_of, text.ptr, length);
    out->as_of_line = survey->header_lines[header->number];
}

static enum parse_status survey(struct row_source *source, const struct config_match *match,
                                struct fault_list *faults, struct row_survey *out)
{
    struct xml_survey found;
    struct arena arena;
    arena_init(&arena, 0);
    enum parse_status status =
        xml_survey_document(match->mapping, match->encoding, row_source_read, source, &arena, faults, &found);
    *out = (struct row_survey){.rows = found.records, .start = {.line = 1, .encoding = ENCODING_UTF8}};
    if (status == PARSE_OK && found.records == 0)
        fault_add(faults, FAULT_WARNING, FAULT_XML_NO_RECORD, 0, 0, SLICE_EMPTY, "one record at least");
    if (status == PARSE_OK)
        tell_as_of(match, &found, out);
    arena_release(&arena);
    return status;
}

static void close_reader(struct row_reader *reader)
{
    struct xml_roster *roster = reader->state;
    if (roster == NULL)
        return;
    xml_reader_close(roster->reader);
    free(roster);
    reader->state = NULL;
}

/* Begins, and goes to where an earlier run came. */
static bool open_reader(struct row_reader *reader)
{
    const struct config_match *match = reader->job->match;
    struct xml_roster *roster = calloc(1, sizeof *roster);
    if (roster == NULL)
        return false;
    reader->state = roster;
    roster->settings = jms_input_settings(reader->config, match);
    roster->reader = xml_reader_open(match->mapping, &roster->settings, row_source_read, &reader->source);
    return roster->reader != NULL && xml_reader_skip(roster->reader, reader->place.row);
}

static bool take_record(struct row_reader *reader, const struct xml_record *record, struct row_slice *slice,
                        struct row *row)
{
    struct jms_row *taken = arena_take(&slice->arena, sizeof *taken);
    if (taken == NULL || record->status == PARSE_NO_MEMORY)
        return false;
    taken->event = record->event;
    row->record = taken;
    row->status = record->status;
    row->row = record->row;
    row->line = record->line;
    row->bytes = record->extract;
    row->next = reader->place;
    row->next.row = record->row;
    jms_row_judge(reader, slice, row, true);
    return row->status != PARSE_NO_MEMORY;
}

/* A document that its survey found good, and that fails now: what is left of it is set aside as one row that says why. */
static enum parse_status take_failure(struct row_reader *reader, struct row_slice *slice, struct row *row)
{
    const struct xml_roster *roster = reader->state;
    struct jms_row *taken = arena_take(&slice->arena, sizeof *taken);
    enum parse_status status = xml_reader_status(roster->reader);
    if (taken == NULL || status == PARSE_NO_MEMORY || !platform_ok(reader->source.status))
        return PARSE_NO_MEMORY;
    row->record = taken;
    row->status = PARSE_INVALID;
    row->row = reader->place.row + 1;
    row->line = row->faults.count > 0 ? row->faults.items[0].line : 1;
    row->next = reader->place;
    row->next.row = row->row;
    reader->place = row->next;
    slice->count++;
    slice->last = true;
    return PARSE_OK;
}

static enum parse_status read_slice(struct row_reader *reader, struct row_slice *slice)
{
    if (reader->state == NULL && !open_reader(reader))
        return PARSE_NO_MEMORY;
    struct xml_roster *roster = reader->state;
    size_t bytes = 0;
    while (slice->count < ROW_SLICE_ROWS && bytes < SLICE_BYTES) {
        struct row *row = &slice->rows[slice->count];
        struct xml_record record;
        fault_list_init(&row->faults, &slice->arena);
        enum xml_got got = xml_reader_next(roster->reader, &slice->arena, &row->faults, &record);
        if (got == XML_FAILED)
            return take_failure(reader, slice, row);
        if (got == XML_END) {
            slice->last = true;
            break;
        }
        if (!take_record(reader, &record, slice, row))
            return PARSE_NO_MEMORY;
        reader->place = row->next;
        bytes += record.extract.len;
        slice->count++;
    }
    return PARSE_OK;
}

const struct row_format row_format_roster_xml = {
    .file_kind = "roster",
    .row_kind = "demographics",
    .survey = survey,
    .read = read_slice,
    .close = close_reader,
    .apply = jms_row_apply,
};
