/* What may be shown of a value, and when two values look alike. */
#ifndef CORBRIDGE_SERVICE_PRECHECK_MASK_H
#define CORBRIDGE_SERVICE_PRECHECK_MASK_H

#include <stdbool.h>
#include <stddef.h>

#include "parser/slice.h"

/* Room for what mask_show writes. */
#define MASK_SHOWN 256

/* The value as it may be printed, with a NUL that is not counted. Masked: letters, all beyond ASCII among them, become x,
 * digits 9, everything else stays. Plain: as it is. In both, control characters become U+FFFD, and behind 60
 * characters stands an ellipsis. `value` is UTF-8; what is not becomes U+FFFD. Returns the length. */
size_t mask_show(struct slice value, bool plain, char out[MASK_SHOWN]);

/* Room for what the two below write of a value of `length` bytes. */
#define MASK_ROOM(length) (2 * (length) + 1)

/* The shape of an id: as masked, but whole. Returns the length. */
size_t mask_shape(struct slice value, char *out);

/* What is left of the name of a place when case (ASCII), blanks, punctuation and the leading zeros of numbers are
 * passed over, so that A-POD, "a pod" and APOD are one, and A-01 and A1. What stands between two digits still parts
 * them: 1-11 is not 11-1. Returns the length. */
size_t mask_fold(struct slice value, char *out);

#endif
