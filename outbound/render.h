/*
 * From an order to the message that the pharmacy reads: RDE, ORM or OMP, in HL7 2.3 to 2.5.1 (RULES "Orders and
 * answers", Versions). Pure: rows in, bytes out.
 */
#ifndef CORBRIDGE_OUTBOUND_RENDER_H
#define CORBRIDGE_OUTBOUND_RENDER_H

#include "database/order.h"
#include "outbound/character_set.h"
#include "outbound/partner.h"
#include "parser/arena.h"
#include "parser/datetime.h"
#include "parser/slice.h"

struct render_input {
    const struct medication_order *order;
    const struct partner *partner;
    const char *control_id; /* MSH-10 */
    instant_us now;         /* MSH-7 */
};

struct rendered {
    struct slice message; /* in the arena */
    struct character_loss
        loss; /* what the pharmacy's character set could not carry and its settings let go as ? */
};

/*
 * Renders into the arena. NULL on success with *out set; else a sentence for people of at most 255 characters that says
 * what is missing and where to mend it, without patient data ("the drug has no NDC: fill drug.ndc, then retry"); static
 * or in the arena.
 */
const char *render_order(const struct render_input *input, struct arena *arena, struct rendered *out);

/* What render_order returns when memory is exhausted: the one reason that does not lie in the order. */
extern const char render_no_memory[];

#endif
