#include "platform/wtf8.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

static bool is_continuation(unsigned char byte)
{
    return (byte & 0xC0) == 0x80;
}

static bool is_high_surrogate(uint32_t code)
{
    return code >= 0xD800 && code <= 0xDBFF;
}

static bool is_low_surrogate(uint32_t code)
{
    return code >= 0xDC00 && code <= 0xDFFF;
}

size_t wtf8_decode(const char *bytes, size_t size, uint32_t *code)
{
    const unsigned char *b = (const unsigned char *)bytes;
    if (size == 0)
        return 0;
    if (b[0] < 0x80) {
        *code = b[0];
        return 1;
    }
    /* The first byte gives the length; 0xC0 and 0xC1 could only begin overlong forms. */
    size_t length = b[0] >= 0xC2 && b[0] <= 0xDF   ? 2
                    : (b[0] & 0xF0) == 0xE0        ? 3
                    : b[0] >= 0xF0 && b[0] <= 0xF4 ? 4
                                                   : 0;
    if (length == 0 || length > size)
        return 0;
    uint32_t value = b[0] & (0xFFu >> (length + 1));
    for (size_t i = 1; i < length; i++) {
        if (!is_continuation(b[i]))
            return 0;
        value = (value << 6) | (b[i] & 0x3Fu);
    }
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    if (value < smallest[length] || value > 0x10FFFF)
        return 0;
    *code = value;
    return length;
}

size_t wtf8_encode(uint32_t code, char out[4])
{
    assert(code <= 0x10FFFF);
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        out[0] = (char)(0xC0 | (code >> 6));
        out[1] = (char)(0x80 | (code & 0x3F));
        return 2;
    }
    if (code < 0x10000) {
        out[0] = (char)(0xE0 | (code >> 12));
        out[1] = (char)(0x80 | ((code >> 6) & 0x3F));
        out[2] = (char)(0x80 | (code & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | (code >> 18));
    out[1] = (char)(0x80 | ((code >> 12) & 0x3F));
    out[2] = (char)(0x80 | ((code >> 6) & 0x3F));
    out[3] = (char)(0x80 | (code & 0x3F));
    return 4;
}

static uint32_t unit_at(const void *units, size_t index)
{
    uint16_t unit;
    memcpy(&unit, (const char *)units + index * sizeof unit, sizeof unit);
    return unit;
}

size_t wtf8_from_utf16(const void *units, size_t count, char *out)
{
    size_t length = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t code = unit_at(units, i);
        if (is_high_surrogate(code) && i + 1 < count && is_low_surrogate(unit_at(units, i + 1))) {
            code = 0x10000 + ((code - 0xD800) << 10) + (unit_at(units, i + 1) - 0xDC00);
            i++;
        }
        char sequence[4];
        size_t bytes = wtf8_encode(code, sequence);
        memcpy(out + length, sequence, bytes);
        length += bytes;
    }
    return length;
}

size_t wtf8_to_utf16(const char *bytes, size_t size, uint16_t *out)
{
    size_t count = 0;
    uint32_t before = 0;
    for (size_t i = 0; i < size;) {
        uint32_t code;
        size_t length = wtf8_decode(bytes + i, size - i, &code);
        if (length == 0 || (is_high_surrogate(before) && is_low_surrogate(code)))
            return WTF8_INVALID;
        if (code > 0xFFFF) {
            out[count++] = (uint16_t)(0xD800 + ((code - 0x10000) >> 10));
            out[count++] = (uint16_t)(0xDC00 + ((code - 0x10000) & 0x3FF));
        } else {
            out[count++] = (uint16_t)code;
        }
        before = code;
        i += length;
    }
    return count;
}
