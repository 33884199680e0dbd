/* Keys of several parts, for tables. Inside service/precheck/ only. */
#ifndef CORBRIDGE_SERVICE_PRECHECK_KEY_H
#define CORBRIDGE_SERVICE_PRECHECK_KEY_H

#include <stdbool.h>
#include <stddef.h>

#include "parser/slice.h"

/* How much of a part counts: more than any right value has. */
#define KEY_PART_BYTES ((size_t)1040)

struct key {
    char bytes[4 * (KEY_PART_BYTES + 1)];
    size_t length;
};

/* Parts are told apart by a NUL, which no value has. `fold`: without regard to the case of ASCII letters. At most four parts. */
static inline void key_add(struct key *key, struct slice part, bool fold)
{
    size_t count = part.len < KEY_PART_BYTES ? part.len : KEY_PART_BYTES;
    for (size_t i = 0; i < count; i++) {
        char c = part.ptr[i];
        key->bytes[key->length++] = (char)(fold && c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
    }
    key->bytes[key->length++] = '\0';
}

static inline struct slice key_bytes(const struct key *key)
{
    return slice_from(key->bytes, key->length);
}

#endif
