/* From bytes to UTF-8: what comes out is text, and the same text in whatever form it was written. */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "parser/encoding.h"

static enum parse_status decode(struct slice bytes, enum encoding named, struct arena *arena,
                                struct fault_list *faults, struct decoded *out)
{
    arena_reset(arena);
    fault_list_init(faults, arena);
    return encoding_decode(bytes, named, arena, faults, out);
}

static void check_text(struct slice text)
{
    size_t count;
    fuzz_touch(text);
    FUZZ_MUST(fuzz_utf8(text, NULL, &count) && utf8_is_valid(text) && utf8_count(text) == count);
    FUZZ_MUST(text.len == 0 || memchr(text.ptr, 0, text.len) == NULL);
}

static void check_decoding(struct slice bytes, enum encoding named)
{
    struct arena arena;
    struct fault_list faults;
    struct decoded decoded;
    arena_init(&arena, 0);
    enum parse_status status = decode(bytes, named, &arena, &faults, &decoded);
    FUZZ_MUST(status == PARSE_OK || status == PARSE_INVALID || status == PARSE_INCOMPLETE);
    FUZZ_MUST((status == PARSE_OK) == (faults.errors == 0));
    for (size_t i = 0; i < faults.count; i++) {
        const struct fault *fault = &faults.items[i];
        FUZZ_MUST(fault->line > 0 && fault->offset <= bytes.len && fault->field.len == 0);
        FUZZ_MUST(fault->expected == NULL || fuzz_is_constant(fault->expected));
        FUZZ_MUST(i == 0 || faults.items[i - 1].line <= fault->line);
    }
    if (status == PARSE_OK) {
        check_text(decoded.text);
        FUZZ_MUST(decoded.encoding != ENCODING_AUTO);
        FUZZ_MUST(decoded.marked || named == ENCODING_AUTO || decoded.encoding == named);
        if (decoded.encoding == ENCODING_WINDOWS1252)
            FUZZ_MUST(utf8_count(decoded.text) == bytes.len);
    }
    arena_release(&arena);
}

static size_t put_utf16(char *out, uint32_t unit, bool big)
{
    out[big ? 0 : 1] = (char)(unit >> 8);
    out[big ? 1 : 0] = (char)(unit & 0xFF);
    return 2;
}

/* The code points as UTF-16 with a mark; returns the length. */
static size_t write_utf16(const uint32_t *points, size_t count, bool big, char *out)
{
    size_t length = put_utf16(out, 0xFEFF, big);
    for (size_t i = 0; i < count; i++) {
        uint32_t point = points[i];
        if (point >= 0x10000) {
            length += put_utf16(out + length, 0xD800 + ((point - 0x10000) >> 10), big);
            point = 0xDC00 + ((point - 0x10000) & 0x3FF);
        }
        length += put_utf16(out + length, point, big);
    }
    return length;
}

static void must_decode_to(struct slice bytes, enum encoding encoding, struct slice text)
{
    struct arena arena;
    struct fault_list faults;
    struct decoded decoded;
    arena_init(&arena, 0);
    FUZZ_MUST(decode(bytes, ENCODING_AUTO, &arena, &faults, &decoded) == PARSE_OK);
    FUZZ_MUST(decoded.marked && decoded.encoding == encoding && slice_equal(decoded.text, text));
    /* A mark has the last word, whatever the feed names. */
    FUZZ_MUST(decode(bytes, ENCODING_WINDOWS1252, &arena, &faults, &decoded) == PARSE_OK);
    FUZZ_MUST(decoded.encoding == encoding && slice_equal(decoded.text, text));
    arena_release(&arena);
}

/* Text, written in each form that carries a mark, is that text again. */
static void check_forms(struct slice text)
{
    uint32_t *points = malloc((text.len + 1) * sizeof *points);
    char *form = malloc(4 * text.len + 4);
    size_t count;
    FUZZ_MUST(points != NULL && form != NULL && fuzz_utf8(text, points, &count));

    memcpy(form, "\xEF\xBB\xBF", 3);
    if (text.len > 0)
        memcpy(form + 3, text.ptr, text.len);
    must_decode_to(slice_from(form, text.len + 3), ENCODING_UTF8, text);
    must_decode_to(slice_from(form, write_utf16(points, count, false, form)), ENCODING_UTF16LE, text);
    must_decode_to(slice_from(form, write_utf16(points, count, true, form)), ENCODING_UTF16BE, text);
    free(form);
    free(points);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice bytes = slice_from(data, size);
    for (enum encoding named = ENCODING_AUTO; named <= ENCODING_WINDOWS1252; named++)
        check_decoding(bytes, named);

    size_t count;
    FUZZ_MUST(fuzz_utf8(bytes, NULL, &count) == utf8_is_valid(bytes));
    struct slice valid = slice_from(data, utf8_valid_prefix(bytes));
    FUZZ_MUST(fuzz_utf8(valid, NULL, &count));
    if (valid.len == 0 || memchr(valid.ptr, 0, valid.len) == NULL)
        check_forms(valid);

    enum encoding named;
    if (encoding_from_name(bytes, &named))
        FUZZ_MUST(slice_equal_nocase(slice_of(encoding_name(named)), bytes));
    return 0;
}
