/*
 * WTF-8, private to platform/: UTF-8 that may also carry single surrogates, so that every name that Windows can
 * hold goes into bytes and comes back the same (https://simonsapin.github.io/wtf-8/, sections 3 and 4). Text
 * without single surrogates is plain UTF-8.
 */
#ifndef CORBRIDGE_PLATFORM_WTF8_H
#define CORBRIDGE_PLATFORM_WTF8_H

#include <stddef.h>
#include <stdint.h>

#define WTF8_INVALID SIZE_MAX

/* Reads one code point from the `size` > 0 bytes at `bytes`. Returns its length in bytes (1 to 4); 0 when no
 * well-formed sequence begins there (overlong, cut off, above U+10FFFF, stray continuation byte). Surrogates
 * are well-formed here. */
size_t wtf8_decode(const char *bytes, size_t size, uint32_t *code);

/* Writes a code point (at most U+10FFFF) and returns how many bytes it took. */
size_t wtf8_encode(uint32_t code, char out[4]);

/* Turns `count` UTF-16 units in the byte order of this machine, at any alignment, into WTF-8. `out` has room for
 * 3 × count bytes. Returns the bytes written; no NUL is added. Any units are accepted. */
size_t wtf8_from_utf16(const void *units, size_t count, char *out);

/* Turns `size` bytes into UTF-16 units. `out` has room for `size` units. Returns the units written, or
 * WTF8_INVALID when the bytes are no WTF-8; a surrogate pair spelled as two sequences is none either. */
size_t wtf8_to_utf16(const char *bytes, size_t size, uint16_t *out);

#endif
