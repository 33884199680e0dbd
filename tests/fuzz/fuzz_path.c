/* The natural order of names is an order; patterns match as a plain reading of them says; names are cut between characters. */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "platform/path.h"

#define NAME_MAX_BYTES ((size_t)256)

/* A name as characters: code points, and bytes that begin none as 0x110000 + byte. */
struct characters {
    uint32_t code[NAME_MAX_BYTES];
    size_t count;
};

static uint32_t fold(uint32_t code)
{
    bool ascii = code >= 'A' && code <= 'Z';
    bool latin = code >= 0xC0 && code <= 0xDE && code != 0xD7;
    return ascii || latin ? code + 32 : code;
}

/* One character at the start of `text`: well-formed in WTF-8, which has single surrogates, too. */
static size_t read_character(const char *text, uint32_t *code)
{
    const unsigned char *bytes = (const unsigned char *)text;
    size_t count, available = strlen(text);
    for (size_t length = 1; length <= 4 && length <= available; length++) {
        if (fuzz_utf8(slice_from(text, length), code, &count) && count == 1)
            return length;
    }
    if (available >= 3 && bytes[0] == 0xED && bytes[1] >= 0xA0 && bytes[1] <= 0xBF && bytes[2] >= 0x80 &&
        bytes[2] <= 0xBF) {
        *code = 0xD000u + ((bytes[1] & 0x3Fu) << 6) + (bytes[2] & 0x3Fu);
        return 3;
    }
    *code = 0x110000u + bytes[0];
    return 1;
}

static void split(const char *text, struct characters *out)
{
    out->count = 0;
    while (*text != '\0') {
        uint32_t code[4];
        text += read_character(text, code);
        out->code[out->count++] = code[0];
    }
}

/* Row by row: whether the first i characters of the name match the first j of the pattern. */
static bool matches(const struct characters *name, const struct characters *pattern)
{
    bool row[NAME_MAX_BYTES + 1] = {true};
    for (size_t j = 0; j < pattern->count && pattern->code[j] == '*'; j++)
        row[j + 1] = true;
    for (size_t i = 0; i < name->count; i++) {
        bool diagonal = row[0];
        row[0] = false;
        for (size_t j = 0; j < pattern->count; j++) {
            bool above = row[j + 1];
            if (pattern->code[j] == '*')
                row[j + 1] = row[j] || above;
            else
                row[j + 1] =
                    diagonal && (pattern->code[j] == '?' || fold(pattern->code[j]) == fold(name->code[i]));
            diagonal = above;
        }
    }
    return row[pattern->count];
}

static int sign(int order)
{
    return (order > 0) - (order < 0);
}

static void check_order(char *const names[3])
{
    int order[3][3];
    for (size_t i = 0; i < 3; i++) {
        for (size_t j = 0; j < 3; j++) {
            order[i][j] = sign(path_compare_natural(names[i], names[j]));
            FUZZ_MUST((order[i][j] == 0) == (strcmp(names[i], names[j]) == 0));
        }
    }
    for (size_t i = 0; i < 3; i++) {
        for (size_t j = 0; j < 3; j++) {
            FUZZ_MUST(order[i][j] == -order[j][i]);
            for (size_t k = 0; k < 3; k++)
                FUZZ_MUST(order[i][j] > 0 || order[j][k] > 0 || order[i][k] <= 0);
        }
    }
}

static void check_cut(const char *name, size_t units)
{
    struct characters characters;
    split(name, &characters);
    size_t whole = 0, kept = 0, bytes = path_cut_utf16(name, units);
    for (size_t i = 0; i < characters.count; i++) {
        size_t of_this = characters.code[i] > 0xFFFF && characters.code[i] <= 0x10FFFF ? 2 : 1;
        whole += of_this;
        kept += whole <= units ? of_this : 0;
    }
    FUZZ_MUST(path_utf16_length(name) == whole);
    FUZZ_MUST(bytes <= strlen(name) && (bytes == strlen(name)) == (whole <= units));
    char *prefix = strndup(name, bytes);
    FUZZ_MUST(prefix != NULL && path_utf16_length(prefix) == kept);
    free(prefix);
}

static void check_parts(const char *folder, const char *name)
{
    if (folder[0] == '\0' || name[0] == '\0' || strchr(name, '/') != NULL)
        return;
    char *joined = path_join(folder, name);
    FUZZ_MUST(joined != NULL && strcmp(path_name(joined), name) == 0);
    char *above = path_folder(joined);
    FUZZ_MUST(above != NULL && strncmp(above, folder, strlen(above)) == 0);
    FUZZ_MUST(path_is_absolute(joined) == path_is_absolute(folder));
    free(above);
    free(joined);
}

/* The input is three names, each with its NUL. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *names[3];
    struct fuzz_supply supply = {data, size};
    for (size_t i = 0; i < 3; i++) {
        const uint8_t *nul = supply.left > 0 ? memchr(supply.at, 0, supply.left) : NULL;
        struct slice bytes = fuzz_take(&supply, nul != NULL ? (size_t)(nul - supply.at) : supply.left);
        (void)fuzz_byte(&supply);
        if (bytes.len >= NAME_MAX_BYTES)
            bytes.len = NAME_MAX_BYTES - 1;
        names[i] = bytes.len > 0 ? strndup(bytes.ptr, bytes.len) : strdup("");
        FUZZ_MUST(names[i] != NULL);
    }
    check_order(names);
    for (size_t i = 0; i < 3; i++) {
        for (size_t j = 0; j < 3; j++) {
            struct characters name, pattern;
            split(names[i], &name);
            split(names[j], &pattern);
            FUZZ_MUST(path_matches(names[i], names[j]) == matches(&name, &pattern));
            check_parts(names[i], names[j]);
        }
        check_cut(names[i], size % 7);
    }
    for (size_t i = 0; i < 3; i++)
        free(names[i]);
    return 0;
}
