/*
 * UTF-8 as RFC 3629 and the Unicode standard (table 3-7, well-formed byte sequences) define it: overlong forms,
 * surrogates and what is beyond U+10FFFF are not valid. No function here needs memory or keeps state.
 */
#ifndef CORBRIDGE_PARSER_UTF8_H
#define CORBRIDGE_PARSER_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/slice.h"

/* Bytes of the valid sequence at the start of `text` (1 to 4), or 0: invalid, cut, or nothing there. */
size_t utf8_sequence_length(struct slice text);

/* True when all of `text` is the beginning of one valid sequence that lacks its end. */
bool utf8_ends_inside_sequence(struct slice text);

/* How many bytes from the start are valid. */
size_t utf8_valid_prefix(struct slice text);

bool utf8_is_valid(struct slice text);

/* Code points of valid UTF-8. */
size_t utf8_count(struct slice text);

/* Writes a code point (at most U+10FFFF, no surrogate); returns its bytes, 1 to 4. */
size_t utf8_write(uint32_t code_point, char out[4]);

#endif
