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
    struct fault_list *faults;
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

/* The character of a byte of Windows-1252; 0: none. */
static uint32_t windows1252(unsigned char byte)
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
        uint32_t code_point = windows1252(byte);
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

/* Bytes of the byte order mark at the start, and the encoding that it names; 0: none. */
static size_t find_mark(struct slice bytes, enum encoding *encoding)
{
    static const struct {
        struct slice mark;
        enum encoding encoding;
    } marks[] = {{{"\xEF\xBB\xBF", 3}, ENCODING_UTF8},
                 {{"\xFF\xFE", 2}, ENCODING_UTF16LE},
                 {{"\xFE\xFF", 2}, ENCODING_UTF16BE}};
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        size_t length = marks[i].mark.len;
        if (bytes.len >= length && memcmp(bytes.ptr, marks[i].mark.ptr, length) == 0) {
            *encoding = marks[i].encoding;
            return length;
        }
    }
    return 0;
}

static bool is_windows1252(struct slice bytes)
{
    for (size_t i = 0; i < bytes.len; i++) {
        if (windows1252((unsigned char)bytes.ptr[i]) == 0)
            return false;
    }
    return true;
}

/* UTF-8 when all of it is valid; also when only its very last sequence is cut, and either another one was whole
 * or what there is of it is nothing in Windows-1252. */
static enum encoding guess(struct slice bytes)
{
    size_t valid = utf8_valid_prefix(bytes);
    if (valid == bytes.len)
        return ENCODING_UTF8;
    struct slice rest = slice_after(bytes, valid);
    if (!utf8_ends_inside_sequence(rest))
        return ENCODING_WINDOWS1252;
    bool beyond_ascii = false;
    for (size_t at = 0; at < valid && !beyond_ascii; at++)
        beyond_ascii = (unsigned char)bytes.ptr[at] >= 0x80;
    return beyond_ascii || !is_windows1252(rest) ? ENCODING_UTF8 : ENCODING_WINDOWS1252;
}

enum parse_status encoding_decode(struct slice bytes, enum encoding named, struct arena *arena,
                                  struct fault_list *faults, struct decoded *out)
{
    struct decoded decoded = {.encoding = named};
    size_t mark = find_mark(bytes, &decoded.encoding);
    decoded.marked = mark > 0;
    if (decoded.encoding == ENCODING_AUTO)
        decoded.encoding = guess(bytes);

    struct reporter reporter = {.faults = faults, .base = mark, .line = 1};
    struct slice body = slice_after(bytes, mark);
    enum parse_status status = PARSE_INVALID;
    switch (decoded.encoding) {
    case ENCODING_AUTO: /* guess never answers so */
    case ENCODING_UTF8: status = decode_utf8(body, &reporter, &decoded); break;
    case ENCODING_WINDOWS1252: status = decode_windows1252(body, arena, &reporter, &decoded); break;
    case ENCODING_UTF16LE: status = decode_utf16(body, false, arena, &reporter, &decoded); break;
    case ENCODING_UTF16BE: status = decode_utf16(body, true, arena, &reporter, &decoded); break;
    }
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
