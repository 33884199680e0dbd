#include "service/commands/show_content.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/jms_alert.h"
#include "parser/jms_roster.h"
#include "parser/utf8.h"
#include "platform/file.h"
#include "platform/sha256.h"
#include "service/commands/show_message.h"
#include "service/commands/show_text.h"

#define TEXT_MOST  ((size_t)256 * 1024) /* bytes of a text that are read unless all of it is wanted */
#define WHOLE_MOST ((size_t)256 * 1024 * 1024)
#define NAME_MOST  32 /* characters to which names are padded */

/* The columns of a format whose files are rows of cells; NULL: it has none. */
static const struct csv_columns *columns_of(const char *format)
{
    if (strcmp(format, "roster-csv") == 0)
        return &jms_roster_columns;
    return strcmp(format, "alerts-csv") == 0 ? &jms_alert_columns : NULL;
}

static void say_status(struct content *out, struct platform_status status)
{
    if (status.kind == PLATFORM_NOT_FOUND)
        content_say(out, "its bytes are gone: no file lies where the ledger says", PLATFORM_SUCCESS);
    else
        content_say(out, "its bytes cannot be read", status);
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
    content_say(out, "its bytes are not those that came: the file was changed since, so it is not shown",
                PLATFORM_SUCCESS);
    return false;
}

/* ---- The file as a whole ---------------------------------------------------------------------------------- */

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
    return content_take_text(source, slice_from(out->held, got), arena, out);
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
        return copy != NULL && content_add_item(arena, out, &capacity, item);
    }
    for (size_t i = 0; i < cells && !no_memory; i++) {
        struct content_item item = {.number = (uint32_t)i + 1};
        if (i < columns->count && record->columns == columns->count)
            item.name = slice_of(columns->columns[i].name);
        if (csv_cell_text(record, i, arena, &item.value, &no_memory) != FAULT_NONE)
            item.value = record->cells[i].raw;
        /* The window goes. */
        item.value = arena_copy(arena, item.value);
        no_memory = no_memory || item.value.ptr == NULL || !content_add_item(arena, out, &capacity, item);
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
            content_say(out, "no rows can be told apart in it", PLATFORM_SUCCESS);
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
        content_say(out, "the file has no such row", PLATFORM_SUCCESS);
    return true;
}

/* A row that was set aside, from the file of its own that was made of it. */
static bool read_extract(const struct content_source *source, struct arena *arena, struct content *out)
{
    struct file *file = NULL;
    if (source->extract == NULL || !platform_ok(file_open_read(source->extract, &file))) {
        content_say(
            out,
            "single messages of this format are shown only where they lie in hold or quarantine by themselves",
            PLATFORM_SUCCESS);
        return true;
    }
    bool good = read_text(source, file, arena, out);
    out->apart = true;
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
    if (content->apart)
        return false;
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
