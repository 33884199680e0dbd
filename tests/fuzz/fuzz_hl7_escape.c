/*
 * Escape sequences and paths, whatever the bytes. The first byte of the input says with which separators and in which
 * character set; the rest is the value.
 */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "parser/hl7_escape.h"
#include "parser/hl7_path.h"

static const struct hl7_separators all[] = {
    {'|', '^', '~', '\\', '&', '\0'},  {'|', '^', '~', '\\', '&', '#'}, {'*', '%', '$', '!', '@', '\0'},
    {'|', '^', '~', '\0', '\0', '\0'}, {'.', 'x', '~', '\\', '&', '#'},
};

static void check_decoded(struct slice raw, const struct hl7_separators *separators, enum hl7_charset charset)
{
    struct arena arena;
    struct hl7_text text;
    size_t count;
    arena_init(&arena, 0);
    FUZZ_MUST(hl7_escape_decode(raw, separators, charset, &arena, &text));
    fuzz_touch(text.text);
    /* Valid bytes give valid text. */
    bool valid = hl7_charset_valid_prefix(charset, raw) == raw.len;
    FUZZ_MUST(!valid || fuzz_utf8(text.text, NULL, &count));
    /* Without an escape character nothing is kept, for there is nothing to undo. */
    bool escapes =
        separators->escape != '\0' && raw.len > 0 && memchr(raw.ptr, separators->escape, raw.len) != NULL;
    FUZZ_MUST(escapes || text.kept == 0);
    FUZZ_MUST(escapes || charset != HL7_CHARSET_UTF8 || text.text.ptr == raw.ptr);
    /* A value grows by formatting commands and by characters of more bytes, and by no more than that. */
    FUZZ_MUST(text.text.len <= raw.len * 25);
    arena_release(&arena);
}

static void check_encoded(struct slice value, const struct hl7_separators *separators)
{
    struct arena arena;
    struct slice raw;
    struct hl7_text back;
    arena_init(&arena, 0);
    if (hl7_escape_encode(value, separators, &arena, &raw)) {
        for (size_t i = 0; i < raw.len && separators->escape != '\0'; i++) {
            FUZZ_MUST((unsigned char)raw.ptr[i] >= 0x20 && raw.ptr[i] != separators->field);
            FUZZ_MUST(raw.ptr[i] != separators->repetition && raw.ptr[i] != separators->subcomponent);
        }
        FUZZ_MUST(hl7_escape_decode(raw, separators, HL7_CHARSET_UTF8, &arena, &back));
        FUZZ_MUST(back.kept == 0 && slice_equal(back.text, value));
    } else {
        FUZZ_MUST(separators->escape == '\0');
    }
    arena_release(&arena);
}

static void check_path(struct slice text)
{
    struct hl7_path path;
    struct hl7_path again;
    char written[HL7_PATH_TEXT];
    if (!hl7_path_parse(text, &path))
        return;
    FUZZ_MUST(hl7_path_format(&path, written) == text.len && slice_equal(slice_of(written), text));
    FUZZ_MUST(hl7_path_parse(slice_of(written), &again) && memcmp(&path, &again, sizeof path) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_supply supply = {data, size};
    uint8_t choice = fuzz_byte(&supply);
    struct slice value = slice_from(supply.at, supply.left);
    const struct hl7_separators *separators = &all[(choice >> 3) % (sizeof all / sizeof all[0])];
    enum hl7_charset charset = (enum hl7_charset)(1 + choice % 5);
    check_decoded(value, separators, charset);
    check_encoded(value, separators);
    check_path(slice_from(data, size));
    return 0;
}
