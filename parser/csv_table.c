#include "parser/csv_table.h"

#include <string.h>

static const char a_record[] =
    "cells with commas between them, each quoted as a whole or not at all, and two "
    "double quotes for one inside";

/* What is wrong with the form of a record; FAULT_NONE: it has its columns. */
static struct fault form_of(const struct csv_record *record, const struct csv_columns *columns)
{
    struct fault fault = {.severity = FAULT_ERROR, .line = record->line};
    fault.offset = (size_t)record->offset;
    if (record->fault != FAULT_NONE) {
        fault.code = record->fault;
        fault.offset = (size_t)record->fault_offset;
        fault.expected = record->fault == FAULT_LINE_TOO_LONG ? LIMIT_CSV_RECORD_TEXT : a_record;
        if (record->fault_column > 0 && record->fault_column <= columns->count)
            fault.field = slice_of(columns->columns[record->fault_column - 1].label);
    } else if (record->columns != columns->count) {
        bool cut = !record->ended && record->columns < columns->count;
        fault.code = cut ? FAULT_LAST_LINE_CUT : FAULT_COLUMN_COUNT;
        fault.expected = columns->counted;
    }
    return fault;
}

static void add(struct fault_list *faults, const struct fault *fault)
{
    fault_add(faults, fault->severity, fault->code, fault->offset, fault->line, fault->field,
              fault->expected);
}

void csv_survey_begin(struct csv_survey *survey, const struct csv_columns *columns, enum encoding named,
                      char *window, size_t size)
{
    *survey = (struct csv_survey){.columns = columns};
    csv_begin(&survey->csv, &(struct csv_settings){.encoding = named}, CSV_START, window, size);
    encoding_scan_init(&survey->scan, named);
}

struct csv_space csv_survey_space(struct csv_survey *survey)
{
    return csv_space(&survey->csv);
}

static bool names_a_column(const struct csv_record *record, size_t cell, const struct csv_columns *columns)
{
    for (size_t i = 0; i < columns->count; i++) {
        if (csv_cell_is_name(record, cell, columns->columns[i].name))
            return true;
    }
    return false;
}

/* How many cells hold the name of their own column, and how many that of another one. A cell that is a name holds no date,
 * so that the other half of the rule ("whose date cells hold no dates") is met whenever this one is. */
static void count_names(const struct csv_record *record, const struct csv_columns *columns, size_t *own,
                        size_t *other)
{
    *own = *other = 0;
    for (size_t i = 0; i < record->columns && i < LIMIT_CSV_COLUMNS; i++) {
        if (i < columns->count && csv_cell_is_name(record, i, columns->columns[i].name))
            ++*own;
        else if (names_a_column(record, i, columns))
            ++*other;
    }
}

/* The first record that is not blank. True: it is a header, whatever may be wrong with that. */
static bool is_header(struct csv_survey *survey, const struct csv_record *record)
{
    const struct csv_columns *columns = survey->columns;
    size_t own, other;
    count_names(record, columns, &own, &other);
    if (own == columns->count && record->columns == columns->count)
        return true;
    if (2 * (own + other) <= columns->count)
        return false;
    /* More names than not. Values under swapped names would be taken for each other. */
    if (other > 0) {
        survey->other_order = true;
        survey->order_line = record->line;
        return true;
    }
    if (!record->ended) {
        survey->cut = true;
        survey->cut_line = record->line;
        return true;
    }
    return false;
}

static bool has_nul(const struct csv_record *record)
{
    bool wide = record->encoding == ENCODING_UTF16LE || record->encoding == ENCODING_UTF16BE;
    return !wide && record->bytes.len > 0 && memchr(record->bytes.ptr, 0, record->bytes.len) != NULL;
}

static void survey_record(struct csv_survey *survey, const struct csv_record *record)
{
    if (csv_record_is_blank(record))
        return;
    if (!survey->header && survey->rows == 0) {
        if (has_nul(record)) {
            survey->nul = true;
            survey->nul_line = record->line;
        }
        survey->header = is_header(survey, record);
        if (survey->header)
            return;
    }
    if (record->open_to_end && survey->open_line == 0)
        survey->open_line = record->line;
    survey->rows++;
    struct fault fault = form_of(record, survey->columns);
    if (fault.code == FAULT_LAST_LINE_CUT) {
        survey->cut = true;
        survey->cut_line = record->line;
    } else if (fault.code != FAULT_NONE) {
        if (survey->wrong == 0)
            survey->first_bad = fault;
        survey->wrong++;
    }
}

static void survey_records(struct csv_survey *survey)
{
    struct csv_record record;
    while (csv_next(&survey->csv, &record) == CSV_RECORD)
        survey_record(survey, &record);
}

void csv_survey_fill(struct csv_survey *survey, size_t count)
{
    const struct csv *csv = &survey->csv;
    encoding_scan_feed(&survey->scan, slice_from(csv->window + csv->end, count));
    csv_fill(&survey->csv, count);
    survey_records(survey);
}

enum parse_status csv_survey_end(struct csv_survey *survey, struct fault_list *faults)
{
    const struct csv_columns *columns = survey->columns;
    csv_finish(&survey->csv);
    survey_records(survey);
    bool inside_sequence;
    survey->start = (struct csv_place){.line = 1,
                                       .encoding = encoding_scan_end(&survey->scan, &inside_sequence),
                                       .header_ahead = survey->header};
    if (inside_sequence && !survey->cut) {
        survey->cut = true;
        survey->cut_line = csv_position(&survey->csv).line;
    }
    bool nothing = survey->rows == 0 && !survey->header;
    /* Every row is as wrong as the first. A single cut one does not say so. */
    bool no_row = survey->wrong > 0 && survey->wrong + (survey->cut ? 1 : 0) >= survey->rows;
    if (no_row && survey->open_line > 0) {
        /* The first row has a cell of several lines, as it seems, and its end has not come yet. */
        no_row = false;
        survey->cut = true;
        survey->cut_line = survey->open_line;
    }
    bool invalid = survey->other_order || survey->nul || no_row;

    if (nothing)
        fault_add(faults, FAULT_ERROR, FAULT_FILE_EMPTY, 0, 0, SLICE_EMPTY, columns->counted);
    if (survey->other_order)
        fault_add(faults, FAULT_ERROR, FAULT_COLUMN_ORDER, 0, survey->order_line, SLICE_EMPTY,
                  columns->order);
    if (survey->nul)
        fault_add(faults, FAULT_ERROR, FAULT_NUL_BYTE, 0, survey->nul_line, SLICE_EMPTY,
                  "text; UTF-16 without a byte order mark must be named by the feed");
    if (no_row)
        add(faults, &survey->first_bad);
    if (survey->cut)
        fault_add(faults, FAULT_ERROR, FAULT_LAST_LINE_CUT, 0, survey->cut_line, SLICE_EMPTY,
                  columns->counted);
    if (survey->header && survey->rows == 0 && !survey->cut && !invalid)
        fault_add(faults, FAULT_WARNING, FAULT_HEADER_ONLY, 0, 0, SLICE_EMPTY, NULL);
    fault_list_sort(faults);
    if (fault_list_lost_memory(faults))
        return PARSE_NO_MEMORY;
    if (invalid)
        return PARSE_INVALID;
    return nothing || survey->cut ? PARSE_INCOMPLETE : PARSE_OK;
}

void csv_rows_begin(struct csv_rows *rows, const struct csv_columns *columns, const struct csv_place *from,
                    char *window, size_t size)
{
    *rows = (struct csv_rows){.columns = columns, .next = *from};
    csv_begin(&rows->csv, &(struct csv_settings){.encoding = from->encoding},
              (struct csv_position){from->offset, from->line}, window, size);
}

enum csv_got csv_rows_next(struct csv_rows *rows, struct csv_row *out)
{
    for (;;) {
        enum csv_got got = csv_next(&rows->csv, &out->record);
        if (got != CSV_RECORD)
            return got;
        out->place = rows->next;
        out->place.offset = out->record.offset;
        out->place.line = out->record.line;
        struct csv_position behind = csv_position(&rows->csv);
        rows->next.offset = behind.offset;
        rows->next.line = behind.line;
        if (csv_record_is_blank(&out->record))
            continue;
        bool header = rows->next.header_ahead;
        rows->next.header_ahead = false;
        if (header)
            continue;
        rows->next.row++;
        out->row = rows->next.row;
        out->next = rows->next;
        return CSV_RECORD;
    }
}

enum parse_status csv_row_form(const struct csv_row *row, const struct csv_columns *columns,
                               struct fault_list *faults)
{
    struct fault fault = form_of(&row->record, columns);
    if (fault.code == FAULT_NONE)
        return PARSE_OK;
    add(faults, &fault);
    if (fault_list_lost_memory(faults))
        return PARSE_NO_MEMORY;
    switch (fault.code) {
    case FAULT_LAST_LINE_CUT: return PARSE_INCOMPLETE;
    case FAULT_LINE_TOO_LONG: return PARSE_LIMIT;
    default: return PARSE_INVALID;
    }
}

enum fault_code csv_row_text(const struct csv_row *row, size_t cell, struct arena *arena, struct slice *text,
                             bool *no_memory)
{
    struct slice whole = SLICE_EMPTY;
    enum fault_code code = csv_cell_text(&row->record, cell, arena, &whole, no_memory);
    *text = slice_trim(whole);
    return code;
}
