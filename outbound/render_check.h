/* Whether an order can be rendered; and the codes that its columns stand for. Private to render.c. */
#ifndef CORBRIDGE_OUTBOUND_RENDER_CHECK_H
#define CORBRIDGE_OUTBOUND_RENDER_CHECK_H

#include <stdbool.h>

#include "outbound/render.h"
#include "parser/slice.h"

/* NULL when the message can be written; else the sentence of render_order (static). */
const char *render_check(const struct render_input *input);

/* NULL, empty, or blanks only. */
bool render_is_blank(const char *text);

/* Data type NM without a sign: "30", "2.5". */
bool render_is_number(struct slice text);

/* Table 0477 for drug.schedule ("2": "II"); NULL when there is no such schedule. Static. */
const char *render_schedule_code(const char *schedule);

/* Table 0001 for patient.sex; NULL when it is none of the documented words. Static. */
const char *render_sex_code(const char *sex);

#endif
