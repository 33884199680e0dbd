#include "parser/encoding.h"

#include <stdint.h>
#include <string.h>

/* 0x80 to 0x9F of Windows-1252 (Microsoft's table cp1252); 0: not assigned. From 0xA0 on it is ISO 8859-1. */
static const uint16_t windows1252_high[32] = {0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                              0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017D, 0,
                                              0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                              0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

static const char *const names[] = {
    [ENCODING_AUTO] = "auto",
    [ENCODING_UTF8] = "utf-8",
    [ENCODING_UTF16LE] = "utf-16le",
    [ENCODING_UTF16BE] = "utf-16be",
    [ENCODING_WINDOWS1252] = "windows-1252",
};

#define NAME_COUNT (sizeof names / sizeof names[0])

/* Keeps count of lines while a file is read unit by unit, and reports no more than one fault of a code a line. */
struct reporter {
    struct fault_list *faults; /* NULL: only the first code is wanted */
    enum fault_code first;
    size_t base; /* bytes of the mark, which stand before everything here */
    uint32_t line;
    uint32_t last_line[2]; /* of FAULT_ENCODING_INVALID and FAULT_NUL_BYTE */
    bool after_cr;
    bool failed;
    const char *expected;
};

static void count_lines(struct reporter *reporter, uint32_t unit)
{
    if (unit == '\r' || (unit == '\n' && !reporter->after_cr))
        reporter->line++;
    reporter->after_cr = unit == '\r';
}

static void report(struct reporter *reporter, enum fault_code code, size_t offset)
{
    uint32_t *last = &reporter->last_line[code == FAULT_NUL_BYTE];
    reporter->failed = true;
    if (reporter->first == FAULT_NONE)
        reporter->first = code;
    if (reporter->faults == NULL)
        return;
    if (*last == reporter->line)
        return;
    *last = reporter->line;
    fault_add(reporter->faults, FAULT_ERROR, code, reporter->base + offset, reporter->line, SLICE_EMPTY,
              code == FAULT_NUL_BYTE ? "text; UTF-16 without a byte order mark must be named by the feed"
                                     : reporter->expected);
}

/* Valid UTF-8 is lent out as it is. */
static enum parse_status decode_utf8(struct slice bytes, struct reporter *reporter, struct decoded *out)
{
    if (utf8_is_valid(bytes) && (bytes.len == 0 || memchr(bytes.ptr, 0, bytes.len) == NULL)) {
        out->text = bytes;
        return PARSE_OK;
    }
    reporter->expected = "valid UTF-8";
    for (size_t at = 0; at < bytes.len;) {
        struct slice rest = slice_after(bytes, at);
        size_t length = utf8_sequence_length(rest);
        if (length == 0 && utf8_ends_inside_sequence(rest) && !reporter->failed) {
            report(reporter, FAULT_ENCODING_INVALID, at);
            return PARSE_INCOMPLETE;
        }
        if (length == 0)
            report(reporter, FAULT_ENCODING_INVALID, at);
        else if (rest.ptr[0] == '\0')
            report(reporter, FAULT_NUL_BYTE, at);
        count_lines(reporter, (unsigned char)rest.ptr[0]);
        at += length == 0 ? 1 : length;
    }
    return PARSE_INVALID;
}

uint32_t encoding_windows1252(unsigned char byte)
{
    return byte >= 0x80 && byte < 0xA0 ? windows1252_high[byte - 0x80] : byte;
}

static enum parse_status decode_windows1252(struct slice bytes, struct arena *arena,
                                            struct reporter *reporter, struct decoded *out)
{
    size_t high = 0;
    for (size_t at = 0; at < bytes.len; at++)
        high += (unsigned char)bytes.ptr[at] >= 0x80;
    /* A character beyond ASCII has two or three bytes in UTF-8. */
    if (high > (SIZE_MAX - bytes.len) / 2)
        return PARSE_NO_MEMORY;
    char *text = NULL;
    if (high > 0) {
        text = arena_take(arena, bytes.len + 2 * high);
        if (text == NULL)
            return PARSE_NO_MEMORY;
    }
    reporter->expected = "valid Windows-1252";
    size_t length = 0;
    for (size_t at = 0; at < bytes.len; at++) {
        unsigned char byte = (unsigned char)bytes.ptr[at];
        uint32_t code_point = encoding_windows1252(byte);
        if (byte == 0)
            report(reporter, FAULT_NUL_BYTE, at);
        else if (code_point == 0)
            report(reporter, FAULT_ENCODING_INVALID, at);
        count_lines(reporter, byte);
        if (text != NULL)
            length += utf8_write(code_point, text + length);
    }
    out->text = text == NULL ? bytes : slice_from(text, length);
    return reporter->failed ? PARSE_INVALID : PARSE_OK;
}

static uint32_t utf16_unit(struct slice bytes, size_t at, bool big)
{
    uint32_t first = (unsigned char)bytes.ptr[at];
    uint32_t second = (unsigned char)bytes.ptr[at + 1];
    return big ? first << 8 | second : second << 8 | first;
}

static enum parse_status decode_utf16(struct slice bytes, bool big, struct arena *arena,
                                      struct reporter *reporter, struct decoded *out)
{
    /* A unit of two bytes becomes at most three, a pair of units four. */
    if (bytes.len > SIZE_MAX / 3 * 2)
        return PARSE_NO_MEMORY;
    char *text = arena_take(arena, bytes.len / 2 * 3 + 3);
    if (text == NULL)
        return PARSE_NO_MEMORY;
    reporter->expected = "valid UTF-16";
    bool cut = false;
    size_t length = 0;
    for (size_t at = 0; at < bytes.len && !cut;) {
        size_t left = bytes.len - at;
        uint32_t unit = left >= 2 ? utf16_unit(bytes, at, big) : 0;
        size_t step = 2;
        if (left < 2) {
            cut = true;
        } else if (unit >= 0xD800 && unit < 0xDC00) {
            uint32_t low = left >= 4 ? utf16_unit(bytes, at + 2, big) : 0;
            if (left < 4) {
                cut = true;
            } else if (low >= 0xDC00 && low < 0xE000) {
                unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
                step = 4;
            } else {
                report(reporter, FAULT_ENCODING_INVALID, at);
                unit = '?';
            }
        } else if (unit >= 0xDC00 && unit < 0xE000) {
            report(reporter, FAULT_ENCODING_INVALID, at);
            unit = '?';
        } else if (unit == 0) {
            report(reporter, FAULT_NUL_BYTE, at);
        }
        if (cut)
            break;
        count_lines(reporter, unit);
        length += utf8_write(unit, text + length);
        at += step;
    }
    out->text = slice_from(text, length);
    if (reporter->failed)
        return PARSE_INVALID;
    if (cut) {
        report(reporter, FAULT_ENCODING_INVALID, bytes.len);
        return PARSE_INCOMPLETE;
    }
    return PARSE_OK;
}

static const struct {
    struct slice mark;
    enum encoding encoding;
} marks[] = {{{"\xEF\xBB\xBF", 3}, ENCODING_UTF8},
             {{"\xFF\xFE", 2}, ENCODING_UTF16LE},
             {{"\xFE\xFF", 2}, ENCODING_UTF16BE}};

#define MARK_COUNT (sizeof marks / sizeof marks[0])

size_t encoding_find_mark(struct slice bytes, enum encoding *encoding)
{
    for (size_t i = 0; i < MARK_COUNT; i++) {
        size_t length = marks[i].mark.len;
        if (bytes.len >= length && memcmp(bytes.ptr, marks[i].mark.ptr, length) == 0) {
            *encoding = marks[i].encoding;
            return length;
        }
    }
    return 0;
}

struct slice encoding_mark(enum encoding encoding)
{
    for (size_t i = 0; i < MARK_COUNT; i++) {
        if (marks[i].encoding == encoding)
            return marks[i].mark;
    }
    return SLICE_EMPTY;
}

static bool is_windows1252(struct slice bytes)
{
    for (size_t i = 0; i < bytes.len; i++) {
        if (encoding_windows1252((unsigned char)bytes.ptr[i]) == 0)
            return false;
    }
    return true;
}

/* UTF-8 when all of it is valid; also when only its very last sequence is cut, and either another one was whole
 * or what there is of it is nothing in Windows-1252. */
static enum encoding guess(bool invalid, bool beyond_ascii, struct slice last)
{
    if (invalid)
        return ENCODING_WINDOWS1252;
    return last.len == 0 || beyond_ascii || !is_windows1252(last) ? ENCODING_UTF8 : ENCODING_WINDOWS1252;
}

void encoding_scan_init(struct encoding_scan *scan, enum encoding named)
{
    *scan = (struct encoding_scan){.named = named};
}

static struct slice partial_of(const struct encoding_scan *scan)
{
    return slice_from(scan->partial, scan->partial_len);
}

/* Goes on with a sequence that the chunk before began. Returns how many bytes of the chunk it took. */
static size_t finish_partial(struct encoding_scan *scan, struct slice chunk)
{
    size_t at = 0;
    while (scan->partial_len > 0 && at < chunk.len && !scan->invalid) {
        scan->partial[scan->partial_len++] = (unsigned char)chunk.ptr[at++];
        if (utf8_sequence_length(partial_of(scan)) > 0) {
            scan->beyond_ascii = true;
            scan->partial_len = 0;
        } else if (!utf8_ends_inside_sequence(partial_of(scan))) {
            scan->invalid = true;
        }
    }
    return at;
}

void encoding_scan_feed(struct encoding_scan *scan, struct slice chunk)
{
    for (size_t i = 0; i < chunk.len && scan->head_len < sizeof scan->head; i++)
        scan->head[scan->head_len++] = (unsigned char)chunk.ptr[i];
    struct slice rest = slice_after(chunk, finish_partial(scan, chunk));
    if (scan->invalid || rest.len == 0)
        return;
    size_t valid = utf8_valid_prefix(rest);
    unsigned char high = 0;
    for (size_t at = 0; at < valid; at++)
        high |= (unsigned char)rest.ptr[at];
    scan->beyond_ascii |= high >= 0x80;
    rest = slice_after(rest, valid);
    if (rest.len > 0 && !utf8_ends_inside_sequence(rest)) {
        scan->invalid = true;
    } else if (rest.len > 0) {
        memcpy(scan->partial, rest.ptr, rest.len); /* at most 3: it lacks its end */
        scan->partial_len = rest.len;
    }
}

enum encoding encoding_scan_end(const struct encoding_scan *scan, bool *cut)
{
    enum encoding encoding = scan->named;
    (void)encoding_find_mark(slice_from(scan->head, scan->head_len), &encoding);
    if (encoding == ENCODING_AUTO)
        encoding = guess(scan->invalid, scan->beyond_ascii, partial_of(scan));
    if (cut != NULL)
        *cut = encoding == ENCODING_UTF8 && !scan->invalid && scan->partial_len > 0;
    return encoding;
}

static enum parse_status decode_as(struct slice bytes, struct arena *arena, struct reporter *reporter,
                                   struct decoded *out)
{
    switch (out->encoding) {
    case ENCODING_AUTO: /* has been decided */
    case ENCODING_UTF8: break;
    case ENCODING_WINDOWS1252: return decode_windows1252(bytes, arena, reporter, out);
    case ENCODING_UTF16LE: return decode_utf16(bytes, false, arena, reporter, out);
    case ENCODING_UTF16BE: return decode_utf16(bytes, true, arena, reporter, out);
    }
    return decode_utf8(bytes, reporter, out);
}

enum fault_code encoding_decode_piece(struct slice bytes, enum encoding encoding, struct arena *arena,
                                      struct slice *text, bool *no_memory)
{
    struct decoded decoded = {.encoding = encoding};
    struct reporter reporter = {.line = 1};
    enum parse_status status = decode_as(bytes, arena, &reporter, &decoded);
    if (status == PARSE_NO_MEMORY)
        *no_memory = true;
    else if (status != PARSE_OK)
        return reporter.first;
    *text = decoded.text;
    return FAULT_NONE;
}

enum parse_status encoding_decode(struct slice bytes, enum encoding named, struct arena *arena,
                                  struct fault_list *faults, struct decoded *out)
{
    struct decoded decoded = {.encoding = named};
    size_t mark = encoding_find_mark(bytes, &decoded.encoding);
    decoded.marked = mark > 0;
    if (decoded.encoding == ENCODING_AUTO) {
        struct encoding_scan scan;
        encoding_scan_init(&scan, ENCODING_AUTO);
        encoding_scan_feed(&scan, bytes);
        decoded.encoding = encoding_scan_end(&scan, NULL);
    }

    struct reporter reporter = {.faults = faults, .base = mark, .line = 1};
    struct slice body = slice_after(bytes, mark);
    enum parse_status status = decode_as(body, arena, &reporter, &decoded);
    if (fault_list_lost_memory(faults))
        status = PARSE_NO_MEMORY;
    if (status == PARSE_OK)
        *out = decoded;
    return status;
}

const char *encoding_name(enum encoding encoding)
{
    return (size_t)encoding < NAME_COUNT ? names[encoding] : "unknown";
}

bool encoding_from_name(struct slice name, enum encoding *out)
{
    for (size_t i = 0; i < NAME_COUNT; i++) {
        if (slice_equal_nocase(name, slice_of(names[i]))) {
            *out = (enum encoding)i;
            return true;
        }
    }
    return false;
}
