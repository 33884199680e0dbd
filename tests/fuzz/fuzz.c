#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>

void fuzz_broken(const char *file, int line, const char *condition)
{
    fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, condition);
    abort();
}

void fuzz_touch(struct slice bytes)
{
    static volatile unsigned char sum;
    unsigned char all = 0;
    for (size_t i = 0; i < bytes.len; i++)
        all = (unsigned char)(all + (unsigned char)bytes.ptr[i]);
    sum = all;
    (void)sum;
}

/* Where the program begins and ends in memory: the linker's names. */
extern const char __executable_start[], end[];

bool fuzz_is_constant(const void *text)
{
    return (uintptr_t)text >= (uintptr_t)__executable_start && (uintptr_t)text < (uintptr_t)end;
}

bool fuzz_utf8(struct slice text, uint32_t *points, size_t *count)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000}; /* by length: what is below is overlong */
    *count = 0;
    for (size_t at = 0; at < text.len;) {
        uint32_t first = (unsigned char)text.ptr[at];
        size_t length = first < 0x80 ? 1 : first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
        if ((first >= 0x80 && first < 0xC0) || first >= 0xF8 || length > text.len - at)
            return false;
        uint32_t code = length == 1 ? first : first & (0x7Fu >> length);
        for (size_t i = 1; i < length; i++) {
            uint32_t byte = (unsigned char)text.ptr[at + i];
            if (byte < 0x80 || byte > 0xBF)
                return false;
            code = code * 64 + (byte - 0x80);
        }
        if (code < least[length] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
            return false;
        if (points != NULL)
            points[*count] = code;
        ++*count;
        at += length;
    }
    return true;
}

uint8_t fuzz_byte(struct fuzz_supply *supply)
{
    if (supply->left == 0)
        return 0;
    supply->left--;
    return *supply->at++;
}

uint64_t fuzz_number(struct fuzz_supply *supply, size_t size)
{
    uint64_t number = 0;
    for (size_t i = 0; i < size; i++)
        number |= (uint64_t)fuzz_byte(supply) << (8 * i);
    return number;
}

struct slice fuzz_take(struct fuzz_supply *supply, size_t size)
{
    if (size > supply->left)
        size = supply->left;
    if (size == 0)
        return SLICE_EMPTY;
    struct slice bytes = slice_from(supply->at, size);
    supply->at += size;
    supply->left -= size;
    return bytes;
}
