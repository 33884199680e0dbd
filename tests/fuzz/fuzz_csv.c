/* Records with places, whatever the bytes and however they are cut into chunks. */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "parser/csv.h"

#define RECORD_BYTES ((size_t)700) /* small, so that inputs pass it */
#define RECORDS_MAX  ((size_t)9000)

/* What is compared of a record. */
struct mark {
    uint64_t offset, size, cells, fault_offset;
    size_t columns, fault_column;
    uint32_t line;
    enum fault_code fault;
    bool ended, open_to_end;
};

struct reading {
    struct mark marks[RECORDS_MAX];
    size_t count;
    enum encoding encoding;
};

/* The next chunk of a made-up size; false when the file had ended before. */
static bool feed(struct csv *csv, struct fuzz_supply *file, size_t *chunk)
{
    if (file->left == 0) {
        bool first = !csv->finished;
        csv_finish(csv);
        return first;
    }
    struct csv_space space = csv_space(csv);
    FUZZ_MUST(space.size > 0);
    size_t size = *chunk < space.size ? *chunk : space.size;
    *chunk = *chunk % 7 == 6 ? 1 : *chunk + *chunk / 2; /* 1 stays 1 */
    struct slice bytes = fuzz_take(file, size);
    memcpy(space.ptr, bytes.ptr, bytes.len);
    csv_fill(csv, bytes.len);
    return true;
}

static unsigned unit_at(struct slice file, size_t at, enum encoding encoding)
{
    unsigned char first = (unsigned char)file.ptr[at];
    if (encoding != ENCODING_UTF16LE && encoding != ENCODING_UTF16BE)
        return first;
    unsigned char second = (unsigned char)file.ptr[at + 1];
    return encoding == ENCODING_UTF16LE ? (unsigned)(second << 8 | first) : (unsigned)(first << 8 | second);
}

/* Line ends of a record, counted plainly. */
static uint32_t count_line_ends(struct slice file, const struct csv_record *record)
{
    size_t step = record->encoding == ENCODING_UTF16LE || record->encoding == ENCODING_UTF16BE ? 2 : 1;
    uint32_t count = 0;
    unsigned before = 0;
    size_t end = (size_t)(record->offset + record->size);
    for (size_t at = (size_t)record->offset; at + step <= end; at += step) {
        unsigned unit = unit_at(file, at, record->encoding);
        count += unit == '\r' || (unit == '\n' && before != '\r');
        before = unit;
    }
    return count;
}

/* Cells lie in the record, one behind the other. */
static uint64_t check_cells(const struct csv_record *record)
{
    uint64_t sum = 0;
    uint64_t behind = record->offset;
    uint32_t line = record->line;
    for (size_t i = 0; i < record->columns && i < LIMIT_CSV_COLUMNS; i++) {
        const struct csv_cell *cell = &record->cells[i];
        FUZZ_MUST(cell->offset >= behind && cell->line >= line);
        behind = cell->offset + cell->raw.len;
        FUZZ_MUST(behind <= record->offset + record->size);
        FUZZ_MUST(cell->raw.ptr == record->bytes.ptr + (size_t)(cell->offset - record->offset));
        FUZZ_MUST(cell->quoted || !cell->doubled);
        fuzz_touch(cell->raw);
        sum =
            sum * 31 + cell->offset * 8 + cell->raw.len * 4 + cell->quoted * 2u + cell->doubled + cell->line;
        line = cell->line;
        (void)csv_cell_is_name(record, i, "Last Name");
    }
    (void)csv_record_is_blank(record);
    return sum;
}

/* The texts of a record written anew, each in quotes, are the same texts. */
static void check_written(const struct csv_record *record)
{
    static char text[RECORD_BYTES * 8], window[RECORD_BYTES * 8 + 64];
    static struct csv csv;
    struct slice texts[LIMIT_CSV_COLUMNS];
    struct arena arena;
    size_t length = 0;
    if (record->columns > LIMIT_CSV_COLUMNS || record->encoding == ENCODING_AUTO)
        return;
    arena_init(&arena, 0);
    bool no_memory = false, valid = true;
    for (size_t i = 0; i < record->columns && valid; i++) {
        enum fault_code code = csv_cell_text(record, i, &arena, &texts[i], &no_memory);
        valid = code == FAULT_NONE;
        FUZZ_MUST(valid || code == FAULT_ENCODING_INVALID || code == FAULT_NUL_BYTE);
        if (!valid)
            break;
        size_t count;
        FUZZ_MUST(fuzz_utf8(texts[i], NULL, &count));
        text[length++] = i == 0 ? ' ' : ',';
        text[length++] = '"';
        for (size_t at = 0; at < texts[i].len; at++) {
            text[length++] = texts[i].ptr[at];
            if (texts[i].ptr[at] == '"')
                text[length++] = '"';
        }
        text[length++] = '"';
    }
    FUZZ_MUST(!no_memory);
    if (valid) {
        struct csv_record again;
        struct fuzz_supply file = {(const uint8_t *)text, length};
        size_t chunk = sizeof text;
        csv_begin(&csv, &(struct csv_settings){ENCODING_UTF8, RECORD_BYTES * 8}, (struct csv_position){1, 1},
                  window, sizeof window);
        while (feed(&csv, &file, &chunk))
            continue;
        FUZZ_MUST(csv_next(&csv, &again) == CSV_RECORD && again.columns == record->columns);
        for (size_t i = 0; i < again.columns; i++) {
            struct slice back;
            FUZZ_MUST(csv_cell_text(&again, i, &arena, &back, &no_memory) == FAULT_NONE);
            FUZZ_MUST(slice_equal(back, texts[i]));
        }
    }
    arena_release(&arena);
}

static void read_file(struct reading *reading, struct slice bytes, const struct csv_settings *settings,
                      struct csv_position from, size_t chunk, bool thorough)
{
    static char window[RECORD_BYTES + 300];
    static struct csv csv;
    struct slice rest = slice_after(bytes, (size_t)from.offset);
    struct fuzz_supply file = {(const uint8_t *)rest.ptr, rest.len};
    struct csv_record record;
    enum csv_got got;
    reading->count = 0;
    csv_begin(&csv, settings, from, window, sizeof window);
    while ((got = csv_next(&csv, &record)) != CSV_END) {
        if (got == CSV_MORE) {
            FUZZ_MUST(feed(&csv, &file, &chunk));
            continue;
        }
        FUZZ_MUST(reading->count < RECORDS_MAX && record.size > 0);
        FUZZ_MUST(record.offset + record.size <= bytes.len);
        struct mark mark = {record.offset,  record.size,         check_cells(&record), record.fault_offset,
                            record.columns, record.fault_column, record.line,          record.fault,
                            record.ended,   record.open_to_end};
        reading->marks[reading->count++] = mark;
        FUZZ_MUST((record.columns == 0) == (record.fault != FAULT_NONE));
        FUZZ_MUST(record.fault_offset >= record.offset && record.fault_offset <= record.offset + record.size);
        if (record.fault == FAULT_LINE_TOO_LONG)
            FUZZ_MUST(record.bytes.len == 0 && record.size > RECORD_BYTES);
        else
            FUZZ_MUST(slice_equal(record.bytes,
                                  slice_from(bytes.ptr + (size_t)record.offset, (size_t)record.size)));
        struct csv_position next = csv_position(&csv);
        FUZZ_MUST(next.offset == record.offset + record.size);
        FUZZ_MUST(next.line == record.line + count_line_ends(bytes, &record));
        FUZZ_MUST(record.ended || (next.offset == bytes.len && file.left == 0));
        if (thorough && record.fault == FAULT_NONE)
            check_written(&record);
    }
    reading->encoding = csv_encoding(&csv);
}

/* One record follows upon the other from the mark to the end. */
static void check_tiles(const struct reading *reading, struct slice bytes)
{
    enum encoding ignored;
    uint64_t behind = encoding_find_mark(bytes, &ignored);
    uint32_t line = 1;
    for (size_t i = 0; i < reading->count; i++) {
        FUZZ_MUST(reading->marks[i].offset == behind && reading->marks[i].line >= line);
        behind += reading->marks[i].size;
        line = reading->marks[i].line;
    }
    FUZZ_MUST(behind == bytes.len);
}

static bool same(const struct mark *a, const struct mark *b)
{
    return a->offset == b->offset && a->size == b->size && a->cells == b->cells && a->line == b->line &&
           a->fault_offset == b->fault_offset && a->columns == b->columns && a->fault == b->fault &&
           a->fault_column == b->fault_column && a->ended == b->ended && a->open_to_end == b->open_to_end;
}

static void check_same(const struct reading *whole, size_t from, const struct reading *other)
{
    FUZZ_MUST(other->count == whole->count - from);
    for (size_t i = 0; i < other->count; i++)
        FUZZ_MUST(same(&whole->marks[from + i], &other->marks[i]));
}

/* The decision over chunks is that over the whole. */
static void check_encoding(struct slice bytes, enum encoding named, size_t chunk)
{
    struct arena arena;
    struct fault_list faults;
    struct decoded decoded;
    struct encoding_scan scan;
    struct fuzz_supply file = {(const uint8_t *)bytes.ptr, bytes.len};
    arena_init(&arena, 0);
    fault_list_init(&faults, &arena);
    encoding_scan_init(&scan, named);
    while (file.left > 0)
        encoding_scan_feed(&scan, fuzz_take(&file, chunk));
    bool cut;
    enum encoding found = encoding_scan_end(&scan, &cut);
    FUZZ_MUST(found != ENCODING_AUTO);
    enum parse_status status = encoding_decode(bytes, named, &arena, &faults, &decoded);
    if (status == PARSE_OK)
        FUZZ_MUST(decoded.encoding == found && !cut);
    if (cut)
        FUZZ_MUST(status == PARSE_INCOMPLETE || status == PARSE_INVALID);
    arena_release(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct reading whole, other;
    struct slice bytes = slice_from(data, size);
    struct csv_settings settings = {(enum encoding)(size % 5), RECORD_BYTES};
    read_file(&whole, bytes, &settings, CSV_START, 1 << 20, true);
    check_tiles(&whole, bytes);
    /* Byte by byte where that is quick. */
    read_file(&other, bytes, &settings, CSV_START, size < 600 ? 1 : 101, false);
    check_same(&whole, 0, &other);
    read_file(&other, bytes, &settings, CSV_START, 2 + size % 61, false);
    check_same(&whole, 0, &other);
    if (whole.count > 0) {
        size_t from = size % whole.count;
        settings.encoding = whole.encoding;
        read_file(&other, bytes, &settings,
                  (struct csv_position){whole.marks[from].offset, whole.marks[from].line}, 1 + size % 17,
                  false);
        check_same(&whole, from, &other);
    }
    check_encoding(bytes, (enum encoding)(size % 5), 1 + size % 13);
    return 0;
}
