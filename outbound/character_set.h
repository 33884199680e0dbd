/* A finished message in the characters that a pharmacy can read. Pure. */
#ifndef CORBRIDGE_OUTBOUND_CHARACTER_SET_H
#define CORBRIDGE_OUTBOUND_CHARACTER_SET_H

#include <stddef.h>

#include "outbound/form.h"
#include "parser/arena.h"
#include "parser/slice.h"

/* What a set could not carry. */
struct character_loss {
    size_t count;    /* characters that went as ? */
    char segment[4]; /* where the first of them stood: "PID" */
    unsigned field;  /* 5 */
};

enum character_result {
    CHARACTER_OK,
    CHARACTER_NOT_UTF_8, /* the message itself is not valid */
    CHARACTER_NO_MEMORY
};

/* MSH-18 (table 0211) of that version; NULL: it has no code for the set. Static. */
const char *character_set_code(enum form_character_set set, enum form_version version);

/*
 * From UTF-8 to the form's character set, each character outside of it as ?, which is never a separator. `out` is in the
 * arena, or the message itself where nothing had to change.
 */
enum character_result character_set_encode(struct slice message, const struct form *form, struct arena *arena,
                                           struct slice *out, struct character_loss *loss);

#endif
