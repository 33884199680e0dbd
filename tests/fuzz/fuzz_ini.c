/* Pairs with places, whatever the text; and two judges of the end of a file that must agree. */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "parser/encoding.h"
#include "parser/ini.h"
#include "parser/limits.h"

static bool is_line_end(char c)
{
    return c == '\n' || c == '\r';
}

static size_t start_of_last_line(struct slice text)
{
    size_t at = text.len;
    while (at > 0 && !is_line_end(text.ptr[at - 1]))
        at--;
    return at;
}

static void check_pairs(struct slice text, const struct ini_document *document)
{
    FUZZ_MUST(document->count <= LIMIT_EVENT_PAIRS);
    for (size_t i = 0; i < document->count; i++) {
        const struct ini_pair *pair = &document->pairs[i];
        const struct ini_pair *before = i > 0 ? &document->pairs[i - 1] : NULL;
        FUZZ_MUST(before == NULL || (pair->line > before->line && pair->offset > before->offset));
        FUZZ_MUST(pair->line > 0 && pair->offset < text.len);
        FUZZ_MUST(pair->name.len > 0 && memchr(pair->name.ptr, '=', pair->name.len) == NULL);
        FUZZ_MUST(pair->name.ptr >= text.ptr + pair->offset && pair->name.len <= text.len - pair->offset);
        fuzz_touch(pair->name);
        fuzz_touch(pair->value);
        for (size_t at = 0; at < pair->value.len; at++)
            FUZZ_MUST(!is_line_end(pair->value.ptr[at]));
    }
}

/* The pairs written anew are the same pairs. */
static void check_written(const struct ini_document *document)
{
    if (document->count == 0)
        return; /* no text at all is incomplete */
    struct arena arena;
    struct fault_list faults;
    arena_init(&arena, 0);
    fault_list_init(&faults, &arena);
    size_t size = 1;
    for (size_t i = 0; i < document->count; i++)
        size += document->pairs[i].name.len + 2 * document->pairs[i].value.len + 4;
    char *text = arena_take(&arena, size);
    FUZZ_MUST(text != NULL);
    size_t length = 0;
    for (size_t i = 0; i < document->count; i++) {
        const struct ini_pair *pair = &document->pairs[i];
        memcpy(text + length, pair->name.ptr, pair->name.len);
        length += pair->name.len;
        text[length++] = '=';
        text[length++] = '"';
        for (size_t at = 0; at < pair->value.len; at++) {
            text[length++] = pair->value.ptr[at];
            if (pair->value.ptr[at] == '"')
                text[length++] = '"';
        }
        text[length++] = '"';
        text[length++] = '\n';
    }
    struct ini_document again;
    FUZZ_MUST(ini_read(slice_from(text, length), &arena, &faults, &again) == PARSE_OK && faults.count == 0);
    FUZZ_MUST(again.count == document->count);
    for (size_t i = 0; i < document->count; i++)
        FUZZ_MUST(slice_equal(again.pairs[i].name, document->pairs[i].name) &&
                  slice_equal(again.pairs[i].value, document->pairs[i].value));
    arena_release(&arena);
}

/* Whether the last line has no line end and holds a pair that could be read. */
static bool ends_in_pair(struct slice text, const struct ini_document *document)
{
    return document->count > 0 && !document->pairs[document->count - 1].broken &&
           document->pairs[document->count - 1].offset == start_of_last_line(text);
}

static bool last_line_is_cut(const struct fault_list *faults)
{
    for (size_t i = 0; i < faults->count; i++) {
        if (faults->items[i].code == FAULT_LAST_LINE_CUT)
            return true;
    }
    return false;
}

/* ini_ends_whole sees undecoded bytes and only their end; what it answers must fit what the reader says. */
static void check_end(struct slice bytes, struct slice text, enum parse_status status,
                      const struct ini_document *document, const struct fault_list *faults)
{
    bool whole = ini_ends_whole(bytes);
    bool line_ended = text.len > 0 && is_line_end(text.ptr[text.len - 1]);
    if (line_ended)
        FUZZ_MUST(whole);
    if (status == PARSE_OK && ends_in_pair(text, document))
        FUZZ_MUST(whole);
    if (last_line_is_cut(faults))
        FUZZ_MUST(!whole);
}

static void read_text(struct slice bytes, struct slice text, bool decoded)
{
    struct arena arena;
    struct fault_list faults;
    struct ini_document document;
    arena_init(&arena, 0);
    fault_list_init(&faults, &arena);
    enum parse_status status = ini_read(text, &arena, &faults, &document);
    FUZZ_MUST(status != PARSE_NO_MEMORY);
    FUZZ_MUST((status == PARSE_OK) == (faults.errors == 0));
    check_pairs(text, &document);
    if (status == PARSE_OK) {
        for (size_t i = 0; i < document.count; i++)
            FUZZ_MUST(!document.pairs[i].broken);
        check_written(&document);
    }
    if (decoded)
        check_end(bytes, text, status, &document, &faults);
    arena_release(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice bytes = slice_from(data, size);
    struct arena arena;
    struct fault_list faults;
    struct decoded decoded;
    arena_init(&arena, 0);
    fault_list_init(&faults, &arena);
    (void)ini_ends_whole(bytes);
    read_text(bytes, bytes, false);
    if (encoding_decode(bytes, ENCODING_AUTO, &arena, &faults, &decoded) == PARSE_OK)
        read_text(bytes, decoded.text, true);
    arena_release(&arena);
    return 0;
}
