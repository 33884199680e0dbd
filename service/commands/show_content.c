#include "service/commands/show_content.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/ini.h"
#include "parser/jms_alert.h"
#include "parser/jms_roster.h"
#include "parser/utf8.h"
#include "platform/file.h"
#include "platform/sha256.h"
#include "service/commands/show_message.h"

#define TEXT_MOST      ((size_t)256 * 1024) /* bytes of a text that are read unless all of it is wanted */
#define WHOLE_MOST     ((size_t)256 * 1024 * 1024)
#define TEXT_LOOKED_AT 4096 /* bytes of it in which a NUL says that it is none */
#define LINES_MOST     200  /* lines of it that are shown */
#define NAME_MOST      32   /* characters to which names are padded */

/* The columns of a format whose files are rows of cells; NULL: it has none. */
static const struct csv_columns *columns_of(const char *format)
{
    if (strcmp(format, "roster-csv") == 0)
        return &jms_roster_columns;
    return strcmp(format, "alerts-csv") == 0 ? &jms_alert_columns : NULL;
}

/* `text`, and where there is one the number of the system. */
static void say(struct content *out, const char *text, struct platform_status status)
{
    char code[200] = "";
    out->kind = CONTENT_NONE;
    if (!platform_ok(status))
        platform_status_text(status, code, sizeof code);
    (void)snprintf(out->why, sizeof out->why, "%s%s%s", text, code[0] != '\0' ? ", error " : "", code);
}

static void say_status(struct content *out, struct platform_status status)
{
    if (status.kind == PLATFORM_NOT_FOUND)
        say(out, "its bytes are gone: no file lies where the ledger says", PLATFORM_SUCCESS);
    else
        say(out, "its bytes cannot be read", status);
}

/* ---- The bytes ------------------------------------------------------------------------------------------- */

/* Whether the file is the one that came; else *out says why not. */
static bool is_the_same(struct file *file, const struct view_file *ledger, char *piece, size_t size,
                        struct content *out)
{
    struct file_marks marks;
    uint8_t hash[SHA256_SIZE];
    uint64_t offset = 0;
    size_t got = 0;
    struct platform_status status = file_stat(file, &marks);
    struct sha256_sum *sum = sha256_begin();
    do {
        if (platform_ok(status))
            status = file_read_at(file, offset, piece, size, &got);
        if (platform_ok(status))
            sha256_add(sum, piece, got);
        offset += got;
    } while (platform_ok(status) && got == size);
    sha256_end(sum, hash);
    if (!platform_ok(status)) {
        say_status(out, status);
        return false;
    }
    if (ledger->hashed && offset == ledger->size && memcmp(hash, ledger->sha256, SHA256_SIZE) == 0)
        return true;
    say(out, "its bytes are not those that came: the file was changed since, so it is not shown",
        PLATFORM_SUCCESS);
    return false;
}

/* ---- Text and fields ------------------------------------------------------------------------------------- */

static bool add_item(struct arena *arena, struct content *out, size_t *capacity, struct content_item item)
{
    if (out->count == *capacity) {
        size_t wanted = *capacity == 0 ? 64 : *capacity * 2;
        struct content_item *grown = arena_take_array(arena, wanted, sizeof *grown);
        if (grown == NULL)
            return false;
        if (out->count > 0)
            memcpy(grown, out->items, out->count * sizeof *grown);
        out->items = grown;
        *capacity = wanted;
    }
    out->items[out->count++] = item;
    return true;
}

/* The line at the front of `rest`, without its end, which is passed over too. */
static struct slice take_line(struct slice *rest)
{
    size_t length = 0;
    while (length < rest->len && rest->ptr[length] != '\n' && rest->ptr[length] != '\r')
        length++;
    struct slice line = slice_from(rest->ptr, length);
    size_t end = length < rest->len && rest->ptr[length] == '\r' && length + 1 < rest->len &&
                         rest->ptr[length + 1] == '\n'
                     ? 2
                     : 1;
    *rest = slice_after(*rest, length + end);
    return line;
}

/* The pair that stands at that line and can be read; NULL. */
static const struct ini_pair *pair_at(const struct ini_document *document, uint32_t line, size_t *next)
{
    while (*next < document->count && document->pairs[*next].line < line)
        (*next)++;
    const struct ini_pair *pair = *next < document->count ? &document->pairs[*next] : NULL;
    return pair != NULL && pair->line == line && !pair->broken ? pair : NULL;
}

/* The text line by line; lines that are fields (`document`) with name and value. */
static bool take_lines(struct slice text, const struct ini_document *document, size_t most,
                       struct arena *arena, struct content *out)
{
    size_t capacity = 0, next = 0;
    uint32_t line = 0;
    out->kind = CONTENT_LINES;
    while (text.len > 0) {
        struct content_item item = {.number = ++line};
        struct slice bytes = take_line(&text);
        const struct ini_pair *pair = pair_at(document, line, &next);
        if (out->count == most) {
            out->cut = true;
            return true;
        }
        item.name = pair != NULL ? pair->name : SLICE_EMPTY;
        item.value = pair != NULL ? pair->value : bytes;
        if ((pair != NULL || bytes.len > 0) && !add_item(arena, out, &capacity, item))
            return false;
    }
    return true;
}

static bool begins_hl7(struct slice text)
{
    static const char *const names[] = {"MSH", "FHS", "BHS"};
    if (text.len > 0 && text.ptr[0] == '\v')
        text = slice_after(text, 1);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (text.len > 3 && memcmp(text.ptr, names[i], 3) == 0)
            return true;
    }
    return false;
}

/* What the bytes say: HL7 messages, fields, or lines. */
static bool take_text(const struct content_source *source, struct slice bytes, struct arena *arena,
                      struct content *out)
{
    enum encoding marked;
    size_t looked = bytes.len < TEXT_LOOKED_AT ? bytes.len : TEXT_LOOKED_AT;
    if (looked > 0 && memchr(bytes.ptr, '\0', looked) != NULL && source->named == ENCODING_AUTO &&
        encoding_find_mark(bytes, &marked) == 0) {
        say(out, "its bytes are no text", PLATFORM_SUCCESS);
        return true;
    }
    struct fault_list faults;
    struct decoded decoded = {.text = bytes};
    struct ini_document document = {0};
    fault_list_init(&faults, arena);
    out->bytes = bytes;
    if (encoding_decode(bytes, source->named, arena, &faults, &decoded) == PARSE_NO_MEMORY)
        return false;
    out->encoding = decoded.encoding; /* ENCODING_AUTO: it could not be decoded, and is shown as it is */
    if (begins_hl7(decoded.text)) {
        out->kind = CONTENT_HL7;
        return true;
    }
    if (strcmp(source->file->format, "jms-event") == 0 &&
        ini_read(decoded.text, arena, &faults, &document) == PARSE_NO_MEMORY)
        return false;
    return take_lines(decoded.text, &document, source->whole ? SIZE_MAX : LINES_MOST, arena, out);
}

/* As much of the file as is to be shown; the caller has seen that it is the right one. */
static bool read_text(const struct content_source *source, struct file *file, struct arena *arena,
                      struct content *out)
{
    size_t most = source->whole ? WHOLE_MOST : TEXT_MOST;
    struct file_marks marks;
    size_t got = 0;
    struct platform_status status = file_stat(file, &marks);
    size_t size = platform_ok(status) && marks.size < most ? (size_t)marks.size : most;
    out->held = malloc(size + 1);
    if (out->held == NULL)
        return false;
    if (platform_ok(status))
        status = file_read_at(file, 0, out->held, size, &got);
    if (!platform_ok(status)) {
        say_status(out, status);
        return true;
    }
    out->cut = marks.size > got;
    return take_text(source, slice_from(out->held, got), arena, out);
}

/* ---- Rows ------------------------------------------------------------------------------------------------ */

struct rows_reader {
    struct file *file;
    uint64_t offset;
    struct platform_status status;
};

static size_t read_more(struct rows_reader *reader, struct csv_space space)
{
    size_t got = 0;
    reader->status = file_read_at(reader->file, reader->offset, space.ptr, space.size, &got);
    reader->offset += got;
    return platform_ok(reader->status) ? got : 0;
}

/* Where the rows begin; PARSE_OK, or there are none that can be told apart. */
static enum parse_status find_rows(struct rows_reader *reader, const struct csv_columns *columns,
                                   enum encoding named, char *window, struct arena *arena,
                                   struct csv_place *start)
{
    struct csv_survey survey;
    struct fault_list faults;
    size_t got;
    fault_list_init(&faults, arena);
    csv_survey_begin(&survey, columns, named, window, LIMIT_CSV_WINDOW);
    while ((got = read_more(reader, csv_survey_space(&survey))) > 0)
        csv_survey_fill(&survey, got);
    enum parse_status status = csv_survey_end(&survey, &faults);
    *start = survey.start;
    return status;
}

/* The cells of the row; of one that is no record its bytes. */
static bool take_row(const struct csv_row *row, const struct csv_columns *columns, struct arena *arena,
                     struct content *out)
{
    const struct csv_record *record = &row->record;
    size_t cells = record->columns < LIMIT_CSV_COLUMNS ? record->columns : LIMIT_CSV_COLUMNS;
    size_t capacity = 0;
    bool no_memory = false;
    out->kind = CONTENT_COLUMNS;
    out->row = row->row;
    out->line = record->line;
    out->end_line = row->next.line > record->line ? row->next.line : record->line + 1;
    out->encoding = record->encoding;
    if (cells == 0) {
        const char *copy = arena_copy(arena, record->bytes).ptr;
        struct content_item item = {1, SLICE_EMPTY, slice_from(copy, record->bytes.len)};
        out->cut = record->bytes.len == 0; /* longer than the limit */
        return copy != NULL && add_item(arena, out, &capacity, item);
    }
    for (size_t i = 0; i < cells && !no_memory; i++) {
        struct content_item item = {.number = (uint32_t)i + 1};
        if (i < columns->count && record->columns == columns->count)
            item.name = slice_of(columns->columns[i].name);
        if (csv_cell_text(record, i, arena, &item.value, &no_memory) != FAULT_NONE)
            item.value = record->cells[i].raw;
        /* The window goes. */
        item.value = arena_copy(arena, item.value);
        no_memory = no_memory || item.value.ptr == NULL || !add_item(arena, out, &capacity, item);
    }
    return !no_memory;
}

static bool find_row(const struct content_source *source, const struct csv_columns *columns,
                     struct rows_reader *reader, char *window, struct arena *arena, struct content *out)
{
    struct csv_place start;
    struct csv_row row;
    struct csv_rows rows;
    enum parse_status status = find_rows(reader, columns, source->named, window, arena, &start);
    if (status != PARSE_OK || !platform_ok(reader->status)) {
        if (!platform_ok(reader->status))
            say_status(out, reader->status);
        else
            say(out, "no rows can be told apart in it", PLATFORM_SUCCESS);
        return status != PARSE_NO_MEMORY;
    }
    reader->offset = start.offset;
    csv_rows_begin(&rows, columns, &start, window, LIMIT_CSV_WINDOW);
    for (;;) {
        enum csv_got got = csv_rows_next(&rows, &row);
        if (got == CSV_RECORD && row.row == (uint32_t)source->row)
            return take_row(&row, columns, arena, out);
        if (got == CSV_END)
            break;
        if (got == CSV_RECORD)
            continue;
        size_t count = read_more(reader, csv_space(&rows.csv));
        if (count > 0)
            csv_fill(&rows.csv, count);
        else
            csv_finish(&rows.csv);
    }
    if (!platform_ok(reader->status))
        say_status(out, reader->status);
    else
        say(out, "the file has no such row", PLATFORM_SUCCESS);
    return true;
}

/* A row that was set aside, from the file of its own that was made of it. */
static bool read_extract(const struct content_source *source, struct arena *arena, struct content *out)
{
    struct file *file = NULL;
    if (source->extract == NULL || !platform_ok(file_open_read(source->extract, &file))) {
        say(out,
            "single messages of this format are shown only where they lie in hold or quarantine by themselves",
            PLATFORM_SUCCESS);
        return true;
    }
    bool good = read_text(source, file, arena, out);
    (void)file_close(file);
    return good;
}

/* ---- Reading --------------------------------------------------------------------------------------------- */

bool content_read(const struct content_source *source, struct arena *arena, struct content *out)
{
    const struct csv_columns *columns = columns_of(source->file->format);
    struct file *file = NULL;
    char *window = NULL;
    bool good = false;
    *out = (struct content){.kind = CONTENT_NONE};
    struct platform_status status = file_open_read(source->path, &file);
    if (!platform_ok(status)) {
        say_status(out, status);
        return true;
    }
    window = malloc(LIMIT_CSV_WINDOW);
    if (window == NULL)
        goto out;
    struct rows_reader reader = {.file = file, .status = PLATFORM_SUCCESS};
    good = true;
    if (!is_the_same(file, source->file, window, LIMIT_CSV_WINDOW, out))
        goto out;
    if (source->row > 0 && columns != NULL)
        good = find_row(source, columns, &reader, window, arena, out);
    else if (source->row > 0)
        good = read_extract(source, arena, out);
    else
        good = read_text(source, file, arena, out);
out:
    free(window);
    (void)file_close(file);
    return good;
}

void content_release(struct content *content)
{
    free(content->held);
    *content = (struct content){.kind = CONTENT_NONE};
}

bool content_has_columns(const char *format)
{
    return columns_of(format) != NULL;
}

/* ---- Text and JSON --------------------------------------------------------------------------------------- */

/* Whether an error is of that line or column. */
static bool is_faulty(const struct content *content, const struct content_item *item,
                      const struct view_fault *faults, size_t count)
{
    char column[32];
    (void)snprintf(column, sizeof column, "column %lu,", (unsigned long)item->number);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(faults[i].severity, "error") != 0)
            continue;
        bool here = content->kind == CONTENT_LINES
                        ? faults[i].line == (int64_t)item->number
                        : faults[i].line >= (int64_t)content->line &&
                              faults[i].line < (int64_t)content->end_line && faults[i].field != NULL &&
                              strncmp(faults[i].field, column, strlen(column)) == 0;
        if (here)
            return true;
    }
    return false;
}

void content_add_text(struct output *out, const struct content *content, const struct view_fault *faults,
                      size_t fault_count, bool whole)
{
    size_t width = 0;
    for (size_t i = 0; i < content->count; i++) {
        size_t length = utf8_count(content->items[i].name);
        if (length > width && length <= NAME_MOST)
            width = length;
    }
    for (size_t i = 0; i < content->count; i++) {
        const struct content_item *item = &content->items[i];
        bool faulty = is_faulty(content, item, faults, fault_count);
        output_add(out, " %c%5lu  ", faulty ? '!' : ' ', (unsigned long)item->number);
        if (item->name.len > 0)
            show_message_value(out, item->name, false);
        if (item->name.len > 0 && item->value.len > 0) {
            for (size_t length = utf8_count(item->name); length < width + 2; length++)
                output_add(out, " ");
        }
        show_message_value(out, item->value, whole);
        output_add(out, "\n");
    }
    if (content->cut)
        output_add(out, "         ... there is more; --whole shows all\n");
}

void content_add_json(struct output *out, const struct content *content)
{
    const char *number = content->kind == CONTENT_COLUMNS ? "column" : "line";
    if (content->kind == CONTENT_NONE) {
        output_add(out, "{\"kind\": \"none\", \"why\": ");
        output_json_text(out, content->why);
        output_add(out, "}");
        return;
    }
    output_add(out, "{\"kind\": \"%ss\", \"encoding\": \"%s\", \"cut\": %s", number,
               encoding_name(content->encoding), content->cut ? "true" : "false");
    if (content->kind == CONTENT_COLUMNS)
        output_add(out, ", \"row\": %lu, \"line\": %lu", (unsigned long)content->row,
                   (unsigned long)content->line);
    output_add(out, ", \"%ss\": [", number);
    for (size_t i = 0; i < content->count; i++) {
        const struct content_item *item = &content->items[i];
        output_add(out, "%s\n   {\"%s\": %lu, \"name\": ", i > 0 ? "," : "", number,
                   (unsigned long)item->number);
        if (item->name.len > 0)
            output_json_slice(out, item->name);
        else
            output_add(out, "null");
        output_add(out, ", \"value\": ");
        output_json_slice(out, item->value);
        output_add(out, "}");
    }
    output_add(out, "]}");
}
