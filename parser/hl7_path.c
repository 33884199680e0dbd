#include "parser/hl7_path.h"

#include <stdio.h>
#include <string.h>

static bool is_capital(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool hl7_path_is_segment(const char *name)
{
    return is_capital(name[0]) && (is_capital(name[1]) || is_digit(name[1])) &&
           (is_capital(name[2]) || is_digit(name[2]));
}

/* Takes `c` off the front of the text, if it stands there. */
static bool take(struct slice *text, char c)
{
    if (text->len == 0 || text->ptr[0] != c)
        return false;
    *text = slice_after(*text, 1);
    return true;
}

/* Takes a number from 1 to UINT32_MAX without leading zeros. */
static bool take_number(struct slice *text, uint32_t *out)
{
    uint32_t number = 0;
    size_t length = 0;
    for (; length < text->len && is_digit(text->ptr[length]); length++) {
        uint32_t digit = (uint32_t)(text->ptr[length] - '0');
        if (number > (UINT32_MAX - digit) / 10 || (number == 0 && length > 0))
            return false;
        number = number * 10 + digit;
    }
    if (number == 0)
        return false;
    *text = slice_after(*text, length);
    *out = number;
    return true;
}

static bool take_bracketed(struct slice *text, uint32_t *out)
{
    return !take(text, '[') || (take_number(text, out) && take(text, ']'));
}

bool hl7_path_parse(struct slice text, struct hl7_path *out)
{
    struct hl7_path path = {.segment = ""};
    if (text.len < 3 || !hl7_path_is_segment(text.ptr))
        return false;
    memcpy(path.segment, text.ptr, 3);
    text = slice_after(text, 3);
    if (!take_bracketed(&text, &path.occurrence))
        return false;
    if (take(&text, '-')) {
        if (!take_number(&text, &path.field) || !take_bracketed(&text, &path.repetition))
            return false;
        if (take(&text, '.') && !take_number(&text, &path.component))
            return false;
        if (path.component != 0 && take(&text, '.') && !take_number(&text, &path.subcomponent))
            return false;
    }
    if (text.len > 0)
        return false;
    *out = path;
    return true;
}

/* Adds a mark, the number, and what closes it, when the number is given. */
static size_t add(char *out, size_t length, const char *mark, uint32_t number, const char *close)
{
    if (number == 0)
        return length;
    int more = snprintf(out + length, HL7_PATH_TEXT - length, "%s%lu%s", mark, (unsigned long)number, close);
    return more > 0 ? length + (size_t)more : length;
}

size_t hl7_path_format(const struct hl7_path *path, char out[HL7_PATH_TEXT])
{
    memcpy(out, path->segment, sizeof path->segment);
    out[3] = '\0';
    size_t length = strlen(out);
    length = add(out, length, "[", path->occurrence, "]");
    if (path->field == 0)
        return length;
    length = add(out, length, "-", path->field, "");
    length = add(out, length, "[", path->repetition, "]");
    length = add(out, length, ".", path->component, "");
    return path->component != 0 ? add(out, length, ".", path->subcomponent, "") : length;
}
