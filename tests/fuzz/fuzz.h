/*
 * What the fuzz targets share. A target is one file with one LLVMFuzzerTestOneInput. It is linked twice: with libFuzzer,
 * which makes up inputs, and with replay.c, which reads them from the corpus.
 */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/slice.h"

/* Called once for each input; always returns 0. `data` may be NULL when `size` is 0. Ends the program when a promise
 * does not hold. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A promise of the code under test. What does not hold is printed, and the program ends; libFuzzer then keeps the input. */
#define FUZZ_MUST(condition)                                                                                 \
    do {                                                                                                     \
        if (!(condition))                                                                                    \
            fuzz_broken(__FILE__, __LINE__, #condition);                                                     \
    } while (0)

_Noreturn void fuzz_broken(const char *file, int line, const char *condition);

/* Reads every byte, so that a slice that points outside of its buffer is noticed. */
void fuzz_touch(struct slice bytes);

/* Whether the text stands in the program itself: a constant, and so no part of the input nor a copy of it. */
bool fuzz_is_constant(const void *text);

/* Whether it is well-formed UTF-8, by the arithmetic of RFC 3629 and not by parser/utf8.c. Writes the code points into
 * `points` (room for text.len of them) when that is not NULL; `*count` gets their number. */
bool fuzz_utf8(struct slice text, uint32_t *points, size_t *count);

/* An input as a supply of bytes that drive operations. An empty supply gives zeros. */
struct fuzz_supply {
    const uint8_t *at;
    size_t left;
};

uint8_t fuzz_byte(struct fuzz_supply *supply);
/* A number of `size` bytes (1 to 8), the lowest first. */
uint64_t fuzz_number(struct fuzz_supply *supply, size_t size);
/* The next bytes, at most `size`; borrows from the input. */
struct slice fuzz_take(struct fuzz_supply *supply, size_t size);

#endif
