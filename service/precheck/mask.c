#include "service/precheck/mask.h"

#include <stdint.h>
#include <string.h>

#include "parser/utf8.h"

#define SHOWN_CHARACTERS 60

static bool is_digit(unsigned char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 0x80;
}

/* C0, DEL, C1, and what turns the direction of the text behind it. */
static bool is_control(struct slice character)
{
    const unsigned char *c = (const unsigned char *)character.ptr;
    if (character.len == 1)
        return c[0] < 0x20 || c[0] == 0x7F;
    if (character.len == 2)
        return c[0] == 0xC2 && c[1] < 0xA0;
    return character.len == 3 && c[0] == 0xE2 &&
           ((c[1] == 0x80 && (c[2] == 0x8E || c[2] == 0x8F || (c[2] >= 0xA8 && c[2] <= 0xAE))) ||
            (c[1] == 0x81 && c[2] >= 0xA6 && c[2] <= 0xA9));
}

/* The character at the front of `rest`, masked or as it is. */
static struct slice show_one(struct slice rest, size_t length, bool plain)
{
    struct slice character = {rest.ptr, length};
    if (length == 0 || is_control(character))
        return SLICE_LITERAL("\xEF\xBF\xBD");
    unsigned char c = (unsigned char)rest.ptr[0];
    if (plain)
        return character;
    if (is_digit(c))
        return SLICE_LITERAL("9");
    return is_letter(c) ? SLICE_LITERAL("x") : character;
}

size_t mask_show(struct slice value, bool plain, char out[MASK_SHOWN])
{
    size_t at = 0;
    for (size_t count = 0; value.len > 0; count++) {
        size_t length = utf8_sequence_length(value);
        struct slice shown = count < SHOWN_CHARACTERS ? show_one(value, length, plain) : SLICE_LITERAL("…");
        memcpy(out + at, shown.ptr, shown.len);
        at += shown.len;
        if (count == SHOWN_CHARACTERS)
            break;
        value = slice_after(value, length > 0 ? length : 1);
    }
    out[at] = '\0';
    return at;
}

size_t mask_shape(struct slice value, char *out)
{
    size_t at = 0;
    while (value.len > 0) {
        size_t length = utf8_sequence_length(value);
        unsigned char c = (unsigned char)value.ptr[0];
        if (is_digit(c))
            out[at++] = '9';
        else
            out[at++] = is_letter(c) ? 'x' : (char)c;
        value = slice_after(value, length > 0 ? length : 1);
    }
    out[at] = '\0';
    return at;
}

size_t mask_fold(struct slice value, char *out)
{
    size_t at = 0;
    bool parted = false; /* something was passed over since the last character */
    bool zeros = false;  /* leading zeros were passed over, and no other digit has come */
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.ptr[i];
        if (!is_digit(c) && !is_letter(c)) {
            if (zeros)
                out[at++] = '0';
            zeros = false;
            parted = true;
            continue;
        }
        if (is_digit(c)) {
            bool begins = parted || at == 0 || !is_digit((unsigned char)out[at - 1]);
            if (begins && parted && !zeros && at > 0 && is_digit((unsigned char)out[at - 1]))
                out[at++] = '-';
            parted = false;
            if (c == '0' && (begins || zeros)) {
                zeros = true;
                continue;
            }
        } else if (zeros) {
            out[at++] = '0';
        }
        zeros = false;
        parted = false;
        out[at++] = (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
    }
    if (zeros)
        out[at++] = '0';
    out[at] = '\0';
    return at;
}
