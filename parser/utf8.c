#include "parser/utf8.h"

#include <stdint.h>
#include <string.h>

static bool is_continuation(unsigned char byte)
{
    return (byte & 0xC0) == 0x80;
}

/* The second byte is narrower after E0, ED, F0 and F4: that keeps out overlong forms, surrogates and what is
 * beyond U+10FFFF. */
static bool second_is_valid(unsigned char first, unsigned char second)
{
    switch (first) {
    case 0xE0: return second >= 0xA0 && second <= 0xBF;
    case 0xED: return second >= 0x80 && second <= 0x9F;
    case 0xF0: return second >= 0x90 && second <= 0xBF;
    case 0xF4: return second >= 0x80 && second <= 0x8F;
    default: return is_continuation(second);
    }
}

/* Bytes that a sequence with this first byte has; 0: no sequence begins so. */
static size_t length_by_first(unsigned char first)
{
    if (first < 0x80)
        return 1;
    if (first >= 0xC2 && first <= 0xDF)
        return 2;
    if (first >= 0xE0 && first <= 0xEF)
        return 3;
    if (first >= 0xF0 && first <= 0xF4)
        return 4;
    return 0;
}

/* How many of the first bytes of `text` fit the sequence that its first byte announces, and how many that is. */
static size_t fitting_bytes(struct slice text, size_t *announced)
{
    *announced = 0;
    if (text.len == 0)
        return 0;
    const unsigned char *bytes = (const unsigned char *)text.ptr;
    *announced = length_by_first(bytes[0]);
    if (*announced == 0)
        return 0;
    size_t fit = 1;
    while (fit < *announced && fit < text.len &&
           (fit == 1 ? second_is_valid(bytes[0], bytes[1]) : is_continuation(bytes[fit])))
        fit++;
    return fit;
}

size_t utf8_sequence_length(struct slice text)
{
    size_t announced;
    return fitting_bytes(text, &announced) == announced ? announced : 0;
}

bool utf8_ends_inside_sequence(struct slice text)
{
    size_t announced;
    size_t fit = fitting_bytes(text, &announced);
    return fit > 0 && fit < announced && fit == text.len;
}

size_t utf8_valid_prefix(struct slice text)
{
    size_t at = 0;
    while (at < text.len) {
        uint64_t eight;
        if (text.len - at >= sizeof eight) {
            memcpy(&eight, text.ptr + at, sizeof eight);
            if ((eight & UINT64_C(0x8080808080808080)) == 0) {
                at += sizeof eight;
                continue;
            }
        }
        size_t length = utf8_sequence_length(slice_after(text, at));
        if (length == 0)
            break;
        at += length;
    }
    return at;
}

bool utf8_is_valid(struct slice text)
{
    return utf8_valid_prefix(text) == text.len;
}

size_t utf8_count(struct slice text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++)
        count += !is_continuation((unsigned char)text.ptr[i]);
    return count;
}

size_t utf8_write(uint32_t code_point, char out[4])
{
    if (code_point < 0x80) {
        out[0] = (char)code_point;
        return 1;
    }
    if (code_point < 0x800) {
        out[0] = (char)(0xC0 | code_point >> 6);
        out[1] = (char)(0x80 | (code_point & 0x3F));
        return 2;
    }
    if (code_point < 0x10000) {
        out[0] = (char)(0xE0 | code_point >> 12);
        out[1] = (char)(0x80 | (code_point >> 6 & 0x3F));
        out[2] = (char)(0x80 | (code_point & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | code_point >> 18);
    out[1] = (char)(0x80 | (code_point >> 12 & 0x3F));
    out[2] = (char)(0x80 | (code_point >> 6 & 0x3F));
    out[3] = (char)(0x80 | (code_point & 0x3F));
    return 4;
}
