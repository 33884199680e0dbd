/*
 * One machine goes over the units of the file (bytes, or pairs of them in UTF-16) and remembers in struct csv_scan how far it
 * came, so that every unit is looked at once however small the chunks are. Only a record that breaks the grammar behind its
 * first line is gone over again from its second line on.
 */
#include "parser/csv.h"

#include <stdlib.h>
#include <string.h>

/* In a right file the longest record, CR LF behind it and one unit more to see that the record ended. */
#define WINDOW_SPARE 64

static bool is_wide(enum encoding encoding)
{
    return encoding == ENCODING_UTF16LE || encoding == ENCODING_UTF16BE;
}

static size_t unit_size(enum encoding encoding)
{
    return is_wide(encoding) ? 2 : 1;
}

static unsigned unit_at(const char *bytes, enum encoding encoding)
{
    unsigned first = (unsigned char)bytes[0];
    if (!is_wide(encoding))
        return first;
    unsigned second = (unsigned char)bytes[1];
    return encoding == ENCODING_UTF16BE ? first << 8 | second : second << 8 | first;
}

static bool is_line_end(unsigned unit)
{
    return unit == '\r' || unit == '\n';
}

static bool is_blank(unsigned unit)
{
    return unit == ' ' || unit == '\t';
}

void csv_begin(struct csv *csv, const struct csv_settings *settings, struct csv_position from, char *window,
               size_t size)
{
    size_t limit = settings->record_bytes == 0 ? LIMIT_CSV_RECORD_BYTES : settings->record_bytes;
    if (size < WINDOW_SPARE || size - WINDOW_SPARE < limit)
        abort();
    *csv = (struct csv){.window = window,
                        .size = size,
                        .position = from,
                        .encoding = settings->encoding,
                        .record_limit = limit,
                        .mark_passed = from.offset > 0};
    csv->scan.line = csv->scan.cell_line = from.line;
}

struct csv_space csv_space(struct csv *csv)
{
    if (csv->begin > 0) {
        if (csv->end > csv->begin)
            memmove(csv->window, csv->window + csv->begin, csv->end - csv->begin);
        csv->end -= csv->begin;
        csv->begin = 0;
    }
    return (struct csv_space){csv->window + csv->end, csv->size - csv->end};
}

void csv_fill(struct csv *csv, size_t count)
{
    if (csv->finished || count > csv->size - csv->end)
        abort();
    csv->end += count;
}

void csv_finish(struct csv *csv)
{
    csv->finished = true;
}

struct csv_position csv_position(const struct csv *csv)
{
    return csv->position;
}

enum encoding csv_encoding(const struct csv *csv)
{
    return csv->encoding;
}

/* False: more bytes are needed to see whether the file begins with a mark. */
static bool pass_mark(struct csv *csv)
{
    struct slice head = slice_from(csv->window + csv->begin, csv->end - csv->begin);
    if (csv->mark_passed)
        return true;
    if (head.len < 3 && !csv->finished)
        return false;
    size_t mark = encoding_find_mark(head, &csv->encoding);
    csv->begin += mark;
    csv->position.offset += mark;
    csv->mark_passed = true;
    return true;
}

/* The cell ends at `end`; the next one begins at `next`. */
static void end_cell(struct csv *csv, size_t end, size_t next)
{
    struct csv_scan *scan = &csv->scan;
    if (scan->columns < LIMIT_CSV_COLUMNS)
        csv->cells[scan->columns] = (struct csv_cell){.raw = slice_from(NULL, end - scan->cell),
                                                      .offset = csv->position.offset + scan->cell,
                                                      .line = scan->cell_line,
                                                      .quoted = scan->quoted,
                                                      .doubled = scan->doubled};
    scan->columns++;
    scan->cell = next;
    scan->cell_line = scan->line;
    scan->quoted = scan->doubled = false;
    scan->mode = CSV_CELL_START;
}

static void break_record(struct csv_scan *scan, enum fault_code code, size_t column, size_t at)
{
    scan->mode = CSV_BROKEN;
    scan->fault = code;
    scan->fault_column = column;
    scan->fault_at = at;
}

/* What follows its first line does not belong to it. */
static void end_at_first_line(struct csv_scan *scan)
{
    break_record(scan, FAULT_QUOTE_NOT_CLOSED, scan->first_column, scan->first_cell);
    scan->at = scan->first_end;
}

/* A quote stands where none may. True: the record has ended already. */
static bool break_at_quote(struct csv_scan *scan, size_t at)
{
    if (scan->first_end > 0) {
        end_at_first_line(scan);
        return true;
    }
    break_record(scan, FAULT_QUOTE_NOT_DOUBLED, scan->columns + 1, at);
    return false;
}

static void take_quoted(struct csv_scan *scan, unsigned unit, size_t size)
{
    if (unit == '"') {
        scan->mode = CSV_QUOTE;
        scan->close = scan->at;
    } else if (unit == '\n' && scan->after_cr) {
        if (scan->first_end == scan->at)
            scan->first_end += size;
    } else if (is_line_end(unit)) {
        scan->line++;
        if (scan->first_end == 0) {
            scan->first_end = scan->at + size;
            scan->first_column = scan->columns + 1;
            scan->first_cell = scan->cell;
        }
    }
    scan->after_cr = unit == '\r';
}

/* Outside of quotes. True: the record has ended in front of scan->at. */
static bool take_unquoted(struct csv *csv, unsigned unit, size_t size)
{
    struct csv_scan *scan = &csv->scan;
    bool closed = scan->mode == CSV_CLOSED;
    if (unit == ',') {
        end_cell(csv, closed ? scan->close : scan->at, scan->at + size);
    } else if (is_line_end(unit)) {
        end_cell(csv, closed ? scan->close : scan->at, scan->at + size);
        scan->mode = CSV_AFTER_CR;
        scan->at += size;
        return unit == '\n';
    } else if (unit == '"' && scan->mode == CSV_CELL_START) {
        scan->mode = CSV_QUOTED;
        scan->quoted = true;
        scan->cell = scan->at + size;
    } else if (unit == '"' || (closed && !is_blank(unit))) {
        if (break_at_quote(scan, closed ? scan->close : scan->at))
            return true;
    } else if (!closed && !is_blank(unit)) {
        scan->mode = CSV_PLAIN;
    }
    scan->at += size;
    return false;
}

/* True: the record has ended in front of scan->at. */
static bool take_unit(struct csv *csv, unsigned unit, size_t size)
{
    struct csv_scan *scan = &csv->scan;
    switch (scan->mode) {
    case CSV_QUOTED:
        take_quoted(scan, unit, size);
        scan->at += size;
        return false;
    case CSV_QUOTE:
        if (unit == '"') {
            scan->mode = CSV_QUOTED;
            scan->doubled = true;
            scan->at += size;
            return false;
        }
        scan->mode = CSV_CLOSED;
        return take_unquoted(csv, unit, size);
    case CSV_BROKEN:
        if (is_line_end(unit))
            scan->mode = CSV_AFTER_CR;
        scan->at += size;
        return unit == '\n';
    case CSV_AFTER_CR:
        if (unit == '\n')
            scan->at += size;
        return true;
    case CSV_CELL_START:
    case CSV_PLAIN:
    case CSV_CLOSED: break;
    }
    return take_unquoted(csv, unit, size);
}

/* The record passes its limit with a unit that does not end it. True: it has ended at its first line. */
static bool pass_limit(struct csv_scan *scan)
{
    if (scan->first_end > 0) {
        end_at_first_line(scan);
        return true;
    }
    break_record(scan, FAULT_LINE_TOO_LONG, 0, 0);
    scan->too_long = true;
    return false;
}

/* Passes over units that mean nothing where they stand: most of a file. */
static void skip_plain_bytes(struct csv *csv, size_t until)
{
    const char *bytes = csv->window + csv->begin;
    struct csv_scan *scan = &csv->scan;
    size_t at = scan->at;
    if (scan->mode == CSV_PLAIN) {
        while (at < until && bytes[at] != ',' && bytes[at] != '"' && bytes[at] != '\n' && bytes[at] != '\r')
            at++;
    } else if (scan->mode == CSV_QUOTED && !scan->after_cr) {
        while (at < until && bytes[at] != '"' && bytes[at] != '\n' && bytes[at] != '\r')
            at++;
    }
    scan->at = at;
}

/* Goes on with the record at the front. True: it has ended, in front of scan->at. */
static bool scan_record(struct csv *csv)
{
    struct csv_scan *scan = &csv->scan;
    const char *bytes = csv->window + csv->begin;
    size_t have = csv->end - csv->begin;
    size_t size = unit_size(csv->encoding);
    while (have - scan->at >= size) {
        if (size == 1 && !scan->too_long)
            skip_plain_bytes(csv, have < csv->record_limit ? have : csv->record_limit);
        if (scan->at == have)
            break;
        unsigned unit = unit_at(bytes + scan->at, csv->encoding);
        bool may_end = scan->mode != CSV_QUOTED && is_line_end(unit);
        if (scan->at >= csv->record_limit && !scan->too_long && !may_end && scan->mode != CSV_AFTER_CR &&
            pass_limit(scan))
            return true;
        if (take_unit(csv, unit, size))
            return true;
    }
    if (scan->too_long) {
        scan->dropped += scan->at;
        csv->begin += scan->at;
        scan->at = 0;
    }
    return false;
}

/* What stands in the window is the end of the file. False: nothing stands there. */
static bool end_at_finish(struct csv *csv)
{
    struct csv_scan *scan = &csv->scan;
    size_t have = csv->end - csv->begin;
    if (have == 0 && scan->dropped == 0)
        return false;
    if (scan->mode == CSV_AFTER_CR)
        return true;
    bool half = scan->at < have; /* of a unit */
    if (scan->mode == CSV_QUOTED && scan->first_end > 0) {
        scan->open_to_end = true;
        end_at_first_line(scan);
        return true;
    }
    if (scan->mode == CSV_QUOTED || (half && scan->mode != CSV_BROKEN))
        break_record(scan, FAULT_LAST_LINE_CUT, scan->columns + 1, scan->cell);
    else if (scan->mode != CSV_BROKEN)
        end_cell(csv, scan->mode == CSV_QUOTE || scan->mode == CSV_CLOSED ? scan->close : scan->at, have);
    scan->at = have;
    return true;
}

/* Gives the record that ended in front of scan->at, and begins the next. */
static void give(struct csv *csv, struct csv_record *out)
{
    struct csv_scan *scan = &csv->scan;
    const char *bytes = csv->window + csv->begin;
    /* A record that was broken off at its first line has ended there. */
    bool first_line_only = scan->fault == FAULT_QUOTE_NOT_CLOSED;
    *out = (struct csv_record){
        .offset = csv->position.offset,
        .size = scan->dropped + scan->at,
        .line = csv->position.line,
        .ended = scan->mode == CSV_AFTER_CR || first_line_only,
        .fault = scan->fault,
        .fault_column = scan->fault_column,
        .fault_offset = csv->position.offset + scan->fault_at,
        .open_to_end = scan->open_to_end,
        .cells = csv->cells,
        .columns = scan->fault == FAULT_NONE ? scan->columns : 0,
        .encoding = csv->encoding,
    };
    if (!scan->too_long)
        out->bytes = slice_from(bytes, scan->at);
    for (size_t i = 0; i < out->columns && i < LIMIT_CSV_COLUMNS; i++)
        csv->cells[i].raw.ptr = bytes + (size_t)(csv->cells[i].offset - out->offset);

    uint32_t line = first_line_only ? out->line : scan->line;
    csv->position.offset += out->size;
    csv->position.line = line + (out->ended ? 1 : 0);
    csv->begin += scan->at;
    *scan = (struct csv_scan){.line = csv->position.line, .cell_line = csv->position.line};
}

enum csv_got csv_next(struct csv *csv, struct csv_record *out)
{
    if (!pass_mark(csv))
        return CSV_MORE;
    if (!scan_record(csv)) {
        if (!csv->finished)
            return CSV_MORE;
        if (!end_at_finish(csv))
            return CSV_END;
    }
    give(csv, out);
    return CSV_RECORD;
}

/* Text with its doubled quotes made single. */
static struct slice undouble(struct slice text, struct arena *arena)
{
    char *copy = arena_take(arena, text.len);
    if (copy == NULL)
        return SLICE_EMPTY;
    size_t length = 0;
    for (size_t i = 0; i < text.len; i++) {
        copy[length++] = text.ptr[i];
        if (text.ptr[i] == '"')
            i++;
    }
    return slice_from(copy, length);
}

enum fault_code csv_cell_text(const struct csv_record *record, size_t cell, struct arena *arena,
                              struct slice *text, bool *no_memory)
{
    if (record->encoding == ENCODING_AUTO)
        abort();
    struct slice decoded = SLICE_EMPTY;
    enum fault_code code =
        encoding_decode_piece(record->cells[cell].raw, record->encoding, arena, &decoded, no_memory);
    if (code != FAULT_NONE)
        return code;
    if (record->cells[cell].doubled && decoded.len > 0) {
        decoded = undouble(decoded, arena);
        if (decoded.ptr == NULL)
            *no_memory = true;
    }
    *text = decoded;
    return FAULT_NONE;
}

const char *csv_text_expected(enum fault_code code)
{
    return code == FAULT_NUL_BYTE ? "text without NUL characters" : "text in the encoding of the file";
}

bool csv_cell_is_blank(const struct csv_record *record, size_t cell)
{
    struct slice raw = record->cells[cell].raw;
    size_t size = unit_size(record->encoding);
    for (size_t at = 0; at < raw.len; at += size) {
        if (!is_blank(unit_at(raw.ptr + at, record->encoding)))
            return false;
    }
    return true;
}

bool csv_record_is_blank(const struct csv_record *record)
{
    if (record->fault != FAULT_NONE || record->columns > LIMIT_CSV_COLUMNS)
        return false;
    for (size_t i = 0; i < record->columns; i++) {
        if (!csv_cell_is_blank(record, i))
            return false;
    }
    return true;
}

static unsigned lower(unsigned unit)
{
    return unit >= 'A' && unit <= 'Z' ? unit + ('a' - 'A') : unit;
}

bool csv_cell_is_name(const struct csv_record *record, size_t cell, const char *name)
{
    struct slice raw = record->cells[cell].raw;
    size_t size = unit_size(record->encoding);
    for (size_t at = 0; at < raw.len; at += size) {
        unsigned unit = unit_at(raw.ptr + at, record->encoding);
        if (is_blank(unit))
            continue;
        while (*name == ' ')
            name++;
        if (*name == '\0' || lower(unit) != lower((unsigned char)*name))
            return false;
        name++;
    }
    while (*name == ' ')
        name++;
    return *name == '\0';
}
