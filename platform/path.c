#include "platform/path.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "platform/wtf8.h"

static bool is_separator(char c)
{
#ifdef _WIN32
    return c == '\\' || c == '/';
#else
    return c == '/';
#endif
}

char *path_join(const char *folder, const char *name)
{
    size_t folder_length = strlen(folder);
    size_t name_length = strlen(name);
    assert(folder_length > 0 && name_length > 0);
    bool separate = !is_separator(folder[folder_length - 1]);
    char *joined = malloc(folder_length + (separate ? 1 : 0) + name_length + 1);
    if (joined == NULL)
        return NULL;
    memcpy(joined, folder, folder_length);
    if (separate)
        joined[folder_length++] = PATH_SEPARATOR;
    memcpy(joined + folder_length, name, name_length + 1);
    return joined;
}

const char *path_name(const char *path)
{
    const char *name = path;
    for (const char *p = path; *p != '\0'; p++) {
        if (is_separator(*p))
            name = p + 1;
    }
#ifdef _WIN32
    /* "C:name" has a drive and no separator. */
    if (name == path && path[0] != '\0' && path[1] == ':')
        name = path + 2;
#endif
    return name;
}

/* How many bytes at the start of a path name its root: "/", "C:\", "\\" of a share. They are never cut off. */
static size_t root_length(const char *path)
{
#ifdef _WIN32
    if (path[0] != '\0' && path[1] == ':')
        return is_separator(path[2]) ? 3 : 2;
#endif
    size_t length = 0;
    while (is_separator(path[length]))
        length++;
    return length;
}

char *path_folder(const char *path)
{
    size_t root = root_length(path);
    size_t length = (size_t)(path_name(path) - path);
    while (length > root && is_separator(path[length - 1]))
        length--;
    char *folder = malloc(length + 1);
    if (folder == NULL)
        return NULL;
    memcpy(folder, path, length);
    folder[length] = '\0';
    return folder;
}

bool path_is_absolute(const char *path)
{
#ifdef _WIN32
    if (is_separator(path[0]) && is_separator(path[1]))
        return path[2] != '\0';
    bool letter = (path[0] >= 'A' && path[0] <= 'Z') || (path[0] >= 'a' && path[0] <= 'z');
    return letter && path[1] == ':' && is_separator(path[2]);
#else
    return is_separator(path[0]);
#endif
}

/* The character at the start of NUL-terminated text and its length. A byte that begins no well-formed character
 * is one of its own, above all others: names made natively may be any bytes. */
static size_t next_character(const char *text, uint32_t *code)
{
    /* The bytes of a character are looked at one after the other, and NUL continues none: 4 never reads past
     * the end. */
    size_t available = 0;
    while (available < 4 && text[available] != '\0')
        available++;
    size_t length = wtf8_decode(text, available, code);
    if (length == 0) {
        *code = 0x110000u + (unsigned char)text[0];
        length = 1;
    }
    return length;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static uint32_t fold_ascii(uint32_t code)
{
    return code >= 'A' && code <= 'Z' ? code + 32 : code;
}

static uint32_t fold_latin1(uint32_t code)
{
    bool capital = code >= 0xC0 && code <= 0xDE && code != 0xD7; /* U+00D7 is the multiplication sign */
    return capital ? code + 32 : fold_ascii(code);
}

/* Compares the runs of digits at *a and *b by value, of any length, and steps over them. */
static int compare_numbers(const char **a, const char **b)
{
    while (**a == '0')
        (*a)++;
    while (**b == '0')
        (*b)++;
    size_t length_a = 0;
    size_t length_b = 0;
    while (is_digit((*a)[length_a]))
        length_a++;
    while (is_digit((*b)[length_b]))
        length_b++;
    int order = length_a < length_b ? -1 : length_a > length_b ? 1 : memcmp(*a, *b, length_a);
    *a += length_a;
    *b += length_b;
    return order;
}

int path_compare_natural(const char *a, const char *b)
{
    const char *at_a = a;
    const char *at_b = b;
    while (*at_a != '\0' && *at_b != '\0') {
        if (is_digit(*at_a) && is_digit(*at_b)) {
            int order = compare_numbers(&at_a, &at_b);
            if (order != 0)
                return order;
            continue;
        }
        uint32_t code_a;
        uint32_t code_b;
        at_a += next_character(at_a, &code_a);
        at_b += next_character(at_b, &code_b);
        code_a = fold_ascii(code_a);
        code_b = fold_ascii(code_b);
        if (code_a != code_b)
            return code_a < code_b ? -1 : 1;
    }
    if (*at_a != '\0' || *at_b != '\0')
        return *at_a == '\0' ? -1 : 1;
    return strcmp(a, b);
}

bool path_matches(const char *name, const char *pattern)
{
    /* Where to go on when the rest does not match: the last star takes one character more. Going back to an
     * earlier star is never needed, so the time is at most the product of the two lengths. */
    const char *star = NULL;
    const char *taken = NULL;
    for (;;) {
        if (*pattern == '*') {
            star = ++pattern;
            taken = name;
            continue;
        }
        if (*name == '\0' && *pattern == '\0')
            return true;
        if (*name != '\0' && *pattern != '\0') {
            uint32_t code;
            uint32_t wanted;
            size_t length = next_character(name, &code);
            size_t wanted_length = next_character(pattern, &wanted);
            if (wanted == '?' || fold_latin1(code) == fold_latin1(wanted)) {
                name += length;
                pattern += wanted_length;
                continue;
            }
        }
        if (star == NULL || *taken == '\0')
            return false;
        uint32_t skipped;
        taken += next_character(taken, &skipped);
        name = taken;
        pattern = star;
    }
}

static size_t utf16_units(uint32_t code)
{
    return code > 0xFFFF && code <= 0x10FFFF ? 2 : 1;
}

size_t path_utf16_length(const char *name)
{
    size_t units = 0;
    while (*name != '\0') {
        uint32_t code;
        name += next_character(name, &code);
        units += utf16_units(code);
    }
    return units;
}

size_t path_cut_utf16(const char *name, size_t units)
{
    const char *at = name;
    while (*at != '\0') {
        uint32_t code;
        size_t length = next_character(at, &code);
        if (utf16_units(code) > units)
            break;
        units -= utf16_units(code);
        at += length;
    }
    return (size_t)(at - name);
}
