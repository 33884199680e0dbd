#include "parser/slice.h"

static unsigned char lower(char c)
{
    unsigned char u = (unsigned char)c;
    return u >= 'A' && u <= 'Z' ? (unsigned char)(u + ('a' - 'A')) : u;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

bool slice_equal_nocase(struct slice a, struct slice b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++) {
        if (lower(a.ptr[i]) != lower(b.ptr[i]))
            return false;
    }
    return true;
}

struct slice slice_trim_end(struct slice s)
{
    while (s.len > 0 && is_blank(s.ptr[s.len - 1]))
        s.len--;
    return s;
}

struct slice slice_trim(struct slice s)
{
    s = slice_trim_end(s);
    while (s.len > 0 && is_blank(s.ptr[0])) {
        s.ptr++;
        s.len--;
    }
    return s;
}

struct slice slice_after(struct slice s, size_t from)
{
    if (from >= s.len)
        from = s.len;
    /* NULL + 0 is undefined in C. */
    return from == 0 ? s : (struct slice){s.ptr + from, s.len - from};
}
