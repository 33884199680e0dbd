/*
 * Slices: {pointer, length} views of bytes that somebody else owns.
 *
 * A slice is never NUL-terminated and never written through. It is valid as long as the buffer or arena that it points
 * into; every function that returns slices says which one that is.
 */
#ifndef CORBRIDGE_PARSER_SLICE_H
#define CORBRIDGE_PARSER_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct slice {
    const char *ptr; /* may be NULL only when len is 0 */
    size_t len;      /* bytes */
};

#define SLICE_EMPTY ((struct slice){NULL, 0})

/* A slice of a string literal; the length is known when compiling. */
#define SLICE_LITERAL(text) ((struct slice){(text), sizeof(text) - 1})

/* A slice of a NUL-terminated string; NULL gives the empty slice. Borrows `text`. */
static inline struct slice slice_of(const char *text)
{
    return (struct slice){text, text ? strlen(text) : 0};
}

static inline struct slice slice_from(const void *ptr, size_t len)
{
    return (struct slice){ptr, len};
}

static inline bool slice_equal(struct slice a, struct slice b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* Equal but for the case of ASCII letters; bytes from 0x80 must be the same. */
bool slice_equal_nocase(struct slice a, struct slice b);

/* Without blanks and tabs at both ends; borrows from the same buffer. */
struct slice slice_trim(struct slice s);

/* Without blanks and tabs at the end; borrows from the same buffer. */
struct slice slice_trim_end(struct slice s);

/* The part from `from` (clipped to the length) on; borrows from the same buffer. */
struct slice slice_after(struct slice s, size_t from);

#endif
