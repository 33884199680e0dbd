#include "service/precheck/recognise.h"

#include <string.h>

#include "platform/path.h"

bool recognise_extension(const char *name, const char *extension)
{
    size_t length = strlen(name);
    size_t tail = strlen(extension);
    return length > tail && slice_equal_nocase(slice_of(name + length - tail), slice_of(extension));
}

static bool begins_with(struct slice bytes, const char *head, size_t length)
{
    return bytes.len >= length && memcmp(bytes.ptr, head, length) == 0;
}

/* The next line of text without its end; false behind the last. NUL bytes and marks have been left out. */
static bool next_line(struct slice *rest, struct slice *line)
{
    if (rest->len == 0)
        return false;
    size_t end = 0;
    while (end < rest->len && rest->ptr[end] != '\r' && rest->ptr[end] != '\n')
        end++;
    *line = slice_trim(slice_from(rest->ptr, end));
    *rest = slice_after(*rest, end + 1);
    return true;
}

static size_t count_commas(struct slice line)
{
    size_t commas = 0;
    for (size_t i = 0; i < line.len; i++)
        commas += line.ptr[i] == ',';
    return commas;
}

/* name= with nothing but letters, digits and blanks before it. */
static bool is_pair(struct slice line)
{
    for (size_t i = 0; i < line.len; i++) {
        unsigned char c = (unsigned char)line.ptr[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (c == '=')
            return i > 0;
        if (!letter && c != ' ' && c != '\t' && c != '_' && c != '-')
            return false;
    }
    return false;
}

/* Marks and NUL bytes left out: of UTF-16 with western text its letters remain. Returns the length. */
static size_t squeeze(struct slice head, char *out, bool *binary)
{
    enum encoding encoding;
    size_t mark = encoding_find_mark(head, &encoding);
    size_t at = 0;
    *binary = false;
    for (size_t i = mark; i < head.len; i++) {
        unsigned char c = (unsigned char)head.ptr[i];
        if (c == 0)
            continue;
        if (c < 0x20 && c != '\t' && c != '\r' && c != '\n')
            *binary = true;
        out[at++] = (char)c;
    }
    return at;
}

enum recognised recognise(struct slice head, const char *name, size_t *commas)
{
    char letters[RECOGNISE_BYTES];
    bool binary;
    *commas = 0;
    if (begins_with(head, "\xFF\xD8\xFF", 3) || begins_with(head, "\x89PNG\r\n\x1A\n", 8))
        return RECOGNISED_PHOTO;
    if (head.len > RECOGNISE_BYTES)
        head.len = RECOGNISE_BYTES;
    struct slice rest = slice_from(letters, squeeze(head, letters, &binary));
    bool named_event = recognise_extension(name, ".ini");
    bool named_rows = recognise_extension(name, ".csv");
    if (binary && !named_event && !named_rows)
        return RECOGNISED_NOTHING;
    struct slice line;
    bool something = false;
    while (next_line(&rest, &line)) {
        if (line.len == 0)
            continue;
        if (!something && line.ptr[0] == '<')
            return RECOGNISED_XML;
        something = true;
        if (line.ptr[0] == ';' || line.ptr[0] == '#' || line.ptr[0] == '[')
            continue;
        *commas = count_commas(line);
        if (is_pair(line))
            return RECOGNISED_EVENT;
        if (named_event)
            continue; /* its first lines are broken */
        return *commas > 0 || named_rows ? RECOGNISED_ROWS : RECOGNISED_NOTHING;
    }
    if (!something)
        return RECOGNISED_EMPTY;
    return named_event ? RECOGNISED_EVENT : RECOGNISED_NOTHING;
}

/* ---- Encoding and line ends ------------------------------------------------------------------------------------------ */

void text_facts_init(struct text_facts *text, enum encoding named)
{
    *text = (struct text_facts){.step = 1};
    encoding_scan_init(&text->scan, named);
}

static void see(struct text_facts *text, unsigned char c)
{
    if (text->after_cr && c == '\n')
        text->crlf++;
    else if (text->after_cr)
        text->cr++;
    else if (c == '\n')
        text->lf++;
    text->after_cr = c == '\r';
}

void text_facts_feed(struct text_facts *text, struct slice piece)
{
    if (!text->begun) {
        enum encoding encoding = ENCODING_AUTO;
        text->begun = true;
        if (encoding_find_mark(piece, &encoding) > 0)
            text->marked = encoding;
        enum encoding decided = text->marked != ENCODING_AUTO ? text->marked : text->scan.named;
        text->step = decided == ENCODING_UTF16LE || decided == ENCODING_UTF16BE ? 2 : 1;
    }
    encoding_scan_feed(&text->scan, piece);
    for (size_t i = 0; i < piece.len; i++) {
        unsigned char c = (unsigned char)piece.ptr[i];
        if (text->step == 1) {
            see(text, c);
        } else if (text->in_unit == 0) {
            text->half = c;
            text->in_unit = 1;
        } else {
            text->in_unit = 0;
            bool little = text->marked == ENCODING_UTF16LE ||
                          (text->marked == ENCODING_AUTO && text->scan.named == ENCODING_UTF16LE);
            unsigned char low = little ? text->half : c;
            unsigned char high = little ? c : text->half;
            see(text, high == 0 ? low : 'x');
        }
    }
}

static enum precheck_charset charset_of(const struct text_facts *text)
{
    switch (encoding_scan_end(&text->scan, NULL)) {
    case ENCODING_UTF16LE: return PRECHECK_UTF16LE;
    case ENCODING_UTF16BE: return PRECHECK_UTF16BE;
    case ENCODING_WINDOWS1252: return PRECHECK_WINDOWS1252;
    case ENCODING_AUTO:
    case ENCODING_UTF8: break;
    }
    if (text->marked == ENCODING_UTF8)
        return PRECHECK_UTF8_MARK;
    return text->scan.beyond_ascii || text->scan.invalid ? PRECHECK_UTF8 : PRECHECK_ASCII;
}

void text_facts_end(struct text_facts *text, struct precheck_file *file)
{
    if (text->after_cr)
        text->cr++;
    text->after_cr = false;
    int ways = (text->crlf > 0) + (text->lf > 0) + (text->cr > 0);
    file->text = true;
    file->charset = charset_of(text);
    if (ways > 1)
        file->line_end = PRECHECK_MIXED;
    else if (text->crlf > 0)
        file->line_end = PRECHECK_CRLF;
    else if (text->lf > 0)
        file->line_end = PRECHECK_LF;
    else
        file->line_end = text->cr > 0 ? PRECHECK_CR : PRECHECK_NO_LINE_END;
}
