/*
 * Line by line. A line is judged as a whole: when its pair cannot be read, its one fault says why, and the pair
 * goes into the document as broken, so that the caller knows that the name was there.
 */
#include "parser/ini.h"

#include "parser/limits.h"

#include <string.h>

static const char pair_form[] = "Name=\"Value\"";

struct reader {
    struct slice text;
    struct arena *arena;
    struct fault_list *faults;
    struct ini_document *out;
    size_t capacity;
    uint32_t line;
    size_t next_lf; /* the first LF from the present line on, or the text's end */
    bool section_seen;
    bool cut;     /* the last line is cut */
    bool invalid; /* some fault that more bytes cannot mend */
    bool no_memory;
    bool limit;
};

/* One line without its line end. */
struct line {
    size_t start, end; /* in the text */
    bool last;         /* no line end follows: it may be cut */
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static struct slice part(const struct reader *reader, size_t from, size_t to)
{
    return slice_from(reader->text.ptr + from, to - from);
}

static void add_error(struct reader *reader, enum fault_code code, size_t offset, const char *expected)
{
    reader->invalid = true;
    fault_add(reader->faults, FAULT_ERROR, code, offset, reader->line, SLICE_EMPTY, expected);
}

static void add_cut(struct reader *reader, size_t offset)
{
    reader->cut = true;
    fault_add(reader->faults, FAULT_ERROR, FAULT_LAST_LINE_CUT, offset, reader->line, SLICE_EMPTY, pair_form);
}

static void add_passed_over(struct reader *reader, size_t offset)
{
    fault_add(reader->faults, FAULT_WARNING, FAULT_LINE_PASSED_OVER, offset, reader->line, SLICE_EMPTY, NULL);
}

/* NULL when memory or the limit is exhausted; the reader says which. */
static struct ini_pair *add_pair(struct reader *reader)
{
    struct ini_document *document = reader->out;
    if (document->count == LIMIT_EVENT_PAIRS) {
        reader->limit = true;
        add_error(reader, FAULT_TOO_MANY_FIELDS, 0, NULL);
        return NULL;
    }
    if (document->count == reader->capacity) {
        size_t capacity = reader->capacity == 0 ? 32 : reader->capacity * 2;
        struct ini_pair *pairs = arena_take_array(reader->arena, capacity, sizeof *pairs);
        if (pairs == NULL) {
            reader->no_memory = true;
            return NULL;
        }
        if (document->count > 0)
            memcpy(pairs, document->pairs, document->count * sizeof *pairs);
        document->pairs = pairs;
        reader->capacity = capacity;
    }
    return &document->pairs[document->count++];
}

/* Where the value that begins at `from` (behind its opening quote) ends: at its closing quote, or at line->end
 * when there is none. */
static size_t find_closing_quote(const struct reader *reader, const struct line *line, size_t from,
                                 size_t *doubled)
{
    const char *text = reader->text.ptr;
    *doubled = 0;
    size_t at = from;
    while (at < line->end) {
        const char *quote = memchr(text + at, '"', line->end - at);
        if (quote == NULL)
            return line->end;
        at = (size_t)(quote - text);
        if (at + 1 == line->end || text[at + 1] != '"')
            return at;
        (*doubled)++;
        at += 2;
    }
    return line->end;
}

/* A value with its doubled quotes made single. */
static struct slice undouble(struct reader *reader, struct slice value, size_t doubled)
{
    if (doubled == 0)
        return value;
    char *copy = arena_take(reader->arena, value.len - doubled);
    if (copy == NULL) {
        reader->no_memory = true;
        return SLICE_EMPTY;
    }
    size_t length = 0;
    for (size_t i = 0; i < value.len; i++) {
        copy[length++] = value.ptr[i];
        if (value.ptr[i] == '"')
            i++;
    }
    return slice_from(copy, length);
}

/* What stands from the first byte behind '=' on; blanks there have been reported. False: the value could not be
 * read; a fault says why. */
static bool read_value(struct reader *reader, const struct line *line, size_t at, struct slice *value)
{
    while (at < line->end && is_blank(reader->text.ptr[at]))
        at++;
    if (at == line->end && line->last) {
        add_cut(reader, at);
        return false;
    }
    if (at == line->end || reader->text.ptr[at] != '"') {
        add_error(reader, FAULT_VALUE_NOT_QUOTED, at, pair_form);
        return false;
    }
    size_t first = at + 1;
    size_t doubled;
    size_t closing = find_closing_quote(reader, line, first, &doubled);
    if (closing == line->end) {
        if (line->last)
            add_cut(reader, at);
        else
            add_error(reader, FAULT_QUOTE_NOT_CLOSED, at, pair_form);
        return false;
    }
    struct slice rest = slice_trim_end(part(reader, closing + 1, line->end));
    if (rest.len > 0) {
        bool another = memchr(rest.ptr, '"', rest.len) != NULL;
        add_error(reader, another ? FAULT_QUOTE_NOT_DOUBLED : FAULT_TEXT_AFTER_VALUE,
                  another ? closing : closing + 1,
                  another ? "two double quotes for one inside a value" : pair_form);
        return false;
    }
    *value = undouble(reader, part(reader, first, closing), doubled);
    return true;
}

static void read_pair(struct reader *reader, const struct line *line)
{
    const char *text = reader->text.ptr;
    const char *equals = memchr(text + line->start, '=', line->end - line->start);
    if (equals == NULL) {
        if (line->last)
            add_cut(reader, line->start);
        else
            add_error(reader, FAULT_LINE_WITHOUT_EQUALS, line->start, pair_form);
        return;
    }
    size_t behind = (size_t)(equals - text);
    struct slice written = part(reader, line->start, behind);
    struct slice name = slice_trim(written);
    if (name.len == 0) {
        add_error(reader, FAULT_LINE_WITHOUT_EQUALS, line->start, pair_form);
        return;
    }
    bool blanks = memchr(written.ptr, ' ', written.len) != NULL ||
                  memchr(written.ptr, '\t', written.len) != NULL ||
                  (behind + 1 < line->end && is_blank(text[behind + 1]));
    if (blanks)
        add_error(reader, FAULT_BLANK_AROUND_NAME, line->start, pair_form);
    struct slice value = SLICE_EMPTY;
    bool readable = read_value(reader, line, behind + 1, &value);
    struct ini_pair *pair = add_pair(reader);
    if (pair != NULL)
        *pair = (struct ini_pair){name, value, line->start, reader->line, blanks || !readable};
}

static void read_line(struct reader *reader, const struct line *line)
{
    struct slice whole = part(reader, line->start, line->end);
    if (whole.len > LIMIT_EVENT_LINE_BYTES) {
        reader->limit = true;
        add_error(reader, FAULT_LINE_TOO_LONG, line->start, NULL);
        return;
    }
    struct slice trimmed = slice_trim_end(whole);
    if (trimmed.len == 0 || trimmed.ptr[0] == ';' || trimmed.ptr[0] == '#') {
        add_passed_over(reader, line->start);
    } else if (trimmed.ptr[0] == '[' && trimmed.ptr[trimmed.len - 1] == ']') {
        if (reader->section_seen)
            add_error(reader, FAULT_SECTION_TWICE, line->start, "one event in a file");
        else
            add_passed_over(reader, line->start);
        reader->section_seen = true;
    } else {
        read_pair(reader, line);
    }
}

static size_t find(struct slice text, size_t from, size_t to, char c)
{
    const char *found = memchr(text.ptr + from, c, to - from);
    return found == NULL ? to : (size_t)(found - text.ptr);
}

/* Line ends are LF, CRLF and CR alone. The next LF is remembered: a text without any is not searched again for
 * each line. */
static size_t find_line_end(struct reader *reader, size_t from)
{
    struct slice text = reader->text;
    if (from == 0 || from > reader->next_lf)
        reader->next_lf = find(text, from, text.len, '\n');
    return find(text, from, reader->next_lf, '\r');
}

static size_t pass_line_end(struct slice text, size_t at)
{
    bool crlf = text.ptr[at] == '\r' && text.len - at > 1 && text.ptr[at + 1] == '\n';
    return at + (crlf ? 2 : 1);
}

enum parse_status ini_read(struct slice text, struct arena *arena, struct fault_list *faults,
                           struct ini_document *out)
{
    struct reader reader = {.text = text, .arena = arena, .faults = faults, .out = out};
    *out = (struct ini_document){0};
    if (text.len > LIMIT_EVENT_FILE_BYTES) {
        fault_add(faults, FAULT_ERROR, FAULT_FILE_TOO_LARGE, 0, 0, SLICE_EMPTY, LIMIT_EVENT_FILE_TEXT);
        return PARSE_LIMIT;
    }
    if (text.len == 0) {
        fault_add(faults, FAULT_ERROR, FAULT_FILE_EMPTY, 0, 0, SLICE_EMPTY, pair_form);
        reader.cut = true;
    }
    for (size_t at = 0; at < text.len && !reader.no_memory && !reader.limit;) {
        size_t end = find_line_end(&reader, at);
        struct line line = {at, end, end == text.len};
        reader.line++;
        read_line(&reader, &line);
        at = line.last ? end : pass_line_end(text, end);
    }
    if (reader.no_memory || fault_list_lost_memory(faults))
        return PARSE_NO_MEMORY;
    if (reader.limit)
        return PARSE_LIMIT;
    if (reader.invalid)
        return PARSE_INVALID;
    return reader.cut ? PARSE_INCOMPLETE : PARSE_OK;
}

bool ini_ends_whole(struct slice bytes)
{
    const unsigned char *b = (const unsigned char *)bytes.ptr;
    size_t unit = 1, low = 0; /* bytes a character, and where its low byte is */
    if (bytes.len >= 2 && ((b[0] == 0xFF && b[1] == 0xFE) || (b[0] == 0xFE && b[1] == 0xFF))) {
        unit = 2;
        low = b[0] == 0xFF ? 0 : 1;
        if (bytes.len % 2 != 0)
            return false;
    }
    size_t count = bytes.len / unit;
#define CHARACTER(i) ((char)(unit == 2 && b[(i)*2 + 1 - low] != 0 ? 'x' : b[(i)*unit + low]))
    if (count == 0)
        return false;
    if (CHARACTER(count - 1) == '\n' || CHARACTER(count - 1) == '\r')
        return true;
    size_t quotes = 0,
           of_value = 0; /* the value's are those behind the first '=': a name may hold some, too */
    for (size_t i = count; i > 0; i--) {
        char c = CHARACTER(i - 1);
        if (c == '\n' || c == '\r')
            break;
        if (c == '"')
            quotes++;
        else if (quotes == 0 && c != ' ' && c != '\t')
            return false; /* text behind the last quote */
        else if (c == '=')
            of_value = quotes;
    }
#undef CHARACTER
    /* An odd number: the value is still open, or its last quote is half of a doubled one. */
    return of_value >= 2 && of_value % 2 == 0;
}
