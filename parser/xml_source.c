#include "parser/xml_source.h"

#include <string.h>

#include "parser/utf8.h"

#define DECLARATION_MAX ((size_t)256) /* bytes in which an XML declaration names its encoding */

static const char encodings_read[] =
    "UTF-8, UTF-16, Windows-1252 or ISO-8859-1; or name the encoding in the match rule";

void xml_source_begin(struct xml_source *source, enum encoding named, xml_read *read, void *context)
{
    memset(source, 0, offsetof(struct xml_source, raw));
    source->read = read;
    source->context = context;
    source->named = named;
    source->line = 1;
}

size_t xml_read_slice(void *context, void *buffer, size_t size)
{
    struct slice *rest = context;
    size_t count = size < rest->len ? size : rest->len;
    if (count > 0)
        memcpy(buffer, rest->ptr, count);
    *rest = slice_after(*rest, count);
    return count;
}

static bool fail(struct xml_source *source, enum fault_code code, const char *expected)
{
    source->fault = code;
    source->fault_line = source->line;
    source->expected = expected;
    source->ended = true;
    return false;
}

/* Reads until `raw` holds `wanted` bytes or the file ends. */
static bool fill(struct xml_source *source, size_t wanted, bool *end)
{
    *end = false;
    while (source->raw_len < wanted && !*end) {
        size_t got =
            source->read(source->context, source->raw + source->raw_len, XML_SOURCE_RAW - source->raw_len);
        if (got == XML_READ_FAILED) {
            source->unreadable = true;
            source->ended = true;
            return false;
        }
        *end = got == 0;
        source->raw_len += got;
    }
    return true;
}

/* ---- which encoding ---- */

/* What stands in quotes behind encoding= in an XML declaration; empty: none. */
static struct slice declared_name(struct slice head)
{
    static const char start[] = "<?xml";
    static const char word[] = "encoding";
    if (head.len < sizeof start || memcmp(head.ptr, start, sizeof start - 1) != 0)
        return SLICE_EMPTY;
    for (size_t i = sizeof start - 1; i + sizeof word < head.len && head.ptr[i] != '>'; i++) {
        if (memcmp(head.ptr + i, word, sizeof word - 1) != 0)
            continue;
        struct slice rest = slice_after(head, i + sizeof word - 1);
        while (rest.len > 0 && strchr(" \t\r\n=", rest.ptr[0]) != NULL && rest.ptr[0] != '\0')
            rest = slice_after(rest, 1);
        if (rest.len == 0 || (rest.ptr[0] != '"' && rest.ptr[0] != '\''))
            return SLICE_EMPTY;
        const char *close = memchr(rest.ptr + 1, rest.ptr[0], rest.len - 1);
        return close == NULL ? SLICE_EMPTY : slice_from(rest.ptr + 1, (size_t)(close - rest.ptr) - 1);
    }
    return SLICE_EMPTY;
}

/* False: not one that is read. ISO-8859-1 is read as Windows-1252, which has characters where it has control characters. */
static bool encoding_of(struct slice name, enum encoding *encoding)
{
    static const struct {
        const char *name;
        enum encoding encoding;
    } known[] = {
        {"utf-8", ENCODING_UTF8},
        {"utf8", ENCODING_UTF8},
        {"us-ascii", ENCODING_UTF8},
        {"ascii", ENCODING_UTF8},
        {"windows-1252", ENCODING_WINDOWS1252},
        {"cp1252", ENCODING_WINDOWS1252},
        {"iso-8859-1", ENCODING_WINDOWS1252},
        {"iso8859-1", ENCODING_WINDOWS1252},
        {"iso_8859-1", ENCODING_WINDOWS1252},
        {"latin1", ENCODING_WINDOWS1252},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (slice_equal_nocase(name, slice_of(known[i].name))) {
            *encoding = known[i].encoding;
            return true;
        }
    }
    return false;
}

static bool is_wide(enum encoding encoding)
{
    return encoding == ENCODING_UTF16LE || encoding == ENCODING_UTF16BE;
}

static bool decide(struct xml_source *source)
{
    struct slice head = slice_from(source->raw, source->raw_len);
    size_t mark = encoding_find_mark(head, &source->encoding);
    if (mark > 0) {
        source->raw_len -= mark;
        memmove(source->raw, source->raw + mark, source->raw_len);
        return true;
    }
    source->encoding = source->named;
    if (source->named != ENCODING_AUTO)
        return true;
    if (head.len >= 2 && head.ptr[0] == '<' && head.ptr[1] == '\0') {
        source->encoding = ENCODING_UTF16LE;
        return true;
    }
    if (head.len >= 2 && head.ptr[0] == '\0' && head.ptr[1] == '<') {
        source->encoding = ENCODING_UTF16BE;
        return true;
    }
    source->encoding = ENCODING_UTF8;
    struct slice name =
        declared_name(slice_from(head.ptr, head.len < DECLARATION_MAX ? head.len : DECLARATION_MAX));
    if (name.len == 0 || encoding_of(name, &source->encoding))
        return true;
    return fail(source, FAULT_XML_ENCODING, encodings_read);
}

/* ---- from it to UTF-8 ---- */

/* The fault of a place in what was given: the line is that of the bytes before it. */
static void fail_at(struct xml_source *source, struct slice before, enum fault_code code)
{
    for (size_t i = 0; i < before.len; i++)
        source->line += before.ptr[i] == '\n';
    (void)fail(source, code, NULL);
}

/* How much of the UTF-8 in `raw` is good; what is cut at its end is left for the next piece. */
static size_t take_utf8(struct xml_source *source, struct slice *piece)
{
    struct slice raw = slice_from(source->raw, source->raw_len);
    size_t good = utf8_valid_prefix(raw);
    const char *nul = memchr(raw.ptr, '\0', good);
    struct slice rest = slice_after(raw, good);
    *piece = slice_from(raw.ptr, nul != NULL ? (size_t)(nul - raw.ptr) : good);
    if (nul != NULL)
        fail_at(source, *piece, FAULT_NUL_BYTE);
    else if (rest.len > 0 && !utf8_ends_inside_sequence(rest))
        fail_at(source, *piece, FAULT_ENCODING_INVALID);
    return good;
}

static size_t take_windows1252(struct xml_source *source, struct slice *piece)
{
    size_t length = 0;
    for (size_t i = 0; i < source->raw_len && source->fault == FAULT_NONE; i++) {
        uint32_t code_point = encoding_windows1252(source->raw[i]);
        if (code_point == 0)
            fail_at(source, slice_from(source->text, length),
                    source->raw[i] == 0 ? FAULT_NUL_BYTE : FAULT_ENCODING_INVALID);
        else
            length += utf8_write(code_point, source->text + length);
    }
    *piece = slice_from(source->text, length);
    return source->raw_len;
}

static size_t take_utf16(struct xml_source *source, struct slice *piece)
{
    const unsigned char *raw = source->raw;
    size_t low = source->encoding == ENCODING_UTF16LE ? 0 : 1;
    size_t length = 0, at = 0;
    while (source->raw_len - at >= 2 && source->fault == FAULT_NONE) {
        uint32_t unit = raw[at + low] | (uint32_t)raw[at + 1 - low] << 8;
        size_t size = 2;
        enum fault_code code = unit == 0 ? FAULT_NUL_BYTE : FAULT_NONE;
        if (unit >= 0xD800 && unit < 0xDC00) {
            if (source->raw_len - at < 4)
                break;
            uint32_t second = raw[at + 2 + low] | (uint32_t)raw[at + 3 - low] << 8;
            code = second < 0xDC00 || second > 0xDFFF ? FAULT_ENCODING_INVALID : FAULT_NONE;
            unit = 0x10000 + ((unit - 0xD800) << 10) + ((second - 0xDC00) & 0x3FF);
            size = 4;
        } else if (unit >= 0xDC00 && unit <= 0xDFFF) {
            code = FAULT_ENCODING_INVALID;
        }
        if (code != FAULT_NONE)
            fail_at(source, slice_from(source->text, length), code);
        else
            length += utf8_write(unit, source->text + length);
        at += size;
    }
    *piece = slice_from(source->text, length);
    return at;
}

/* Moves what was not taken to the front. `piece` may point into raw: it is copied out first. */
static void drop(struct xml_source *source, size_t taken, struct slice *piece)
{
    if (piece->ptr == (const char *)source->raw && taken < source->raw_len) {
        memcpy(source->text, piece->ptr, piece->len);
        piece->ptr = source->text;
    }
    source->raw_len -= taken;
    if (taken > 0 && source->raw_len > 0)
        memmove(source->raw, source->raw + taken, source->raw_len);
}

bool xml_source_next(struct xml_source *source, struct slice *piece)
{
    bool end;
    if (source->ended || !fill(source, source->started ? XML_SOURCE_RAW / 2 : DECLARATION_MAX, &end))
        return false;
    if (!source->started && !decide(source))
        return false;
    source->started = true;
    size_t taken;
    if (is_wide(source->encoding))
        taken = take_utf16(source, piece);
    else if (source->encoding == ENCODING_WINDOWS1252)
        taken = take_windows1252(source, piece);
    else
        taken = take_utf8(source, piece);
    drop(source, taken, piece);
    if (source->fault == FAULT_NONE)
        for (size_t i = 0; i < piece->len; i++)
            source->line += piece->ptr[i] == '\n';
    if (end) {
        source->ended = true;
        source->cut = source->fault == FAULT_NONE && source->raw_len > 0;
    }
    return piece->len > 0;
}
