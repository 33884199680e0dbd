/*
 * One value of a jail management system's message: read by the rule of its field, brought to its canonical form.
 *
 * What every format shares: event files, roster rows, alert lines. The reader of a format knows where the value stands
 * and what a fault of it means; this knows what a right value is.
 */
#ifndef CORBRIDGE_PARSER_JMS_VALUE_H
#define CORBRIDGE_PARSER_JMS_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/arena.h"
#include "parser/datetime.h"
#include "parser/fault.h"
#include "parser/jms_field.h"
#include "parser/slice.h"

enum jms_presence {
    JMS_ABSENT, /* the name does not occur, or its optional value had a fault: the value is left as it was */
    JMS_EMPTY,  /* the name occurs with an empty value */
    JMS_GIVEN
};

struct jms_value {
    enum jms_presence presence;
    struct slice text;      /* canonical UTF-8: trimmed at both ends; codes in their documented form; dates as
                               datetime_format_civil writes them; empty unless JMS_GIVEN */
    struct civil_time time; /* JMS_DATE, JMS_DATETIME */
    int32_t number;         /* JMS_INTEGER */
    uint32_t line;          /* where it stands; 0: it does not occur */
    size_t offset;
    bool faulty; /* JMS_ABSENT because of a fault: something was sent, and it is left as it was */
};

/*
 * Reads `text`, which is trimmed and not empty, by `rule` into value->text, time and number; the rest of `value` is the
 * caller's. FAULT_NONE, or what is wrong with it; then these three are undefined and the caller drops the value.
 * value->text borrows from `text`, from `arena`, or is static. `*no_memory` is set when the arena is exhausted, and else
 * left alone.
 */
enum fault_code jms_value_read(struct slice text, const struct jms_field_rule *rule, struct arena *arena,
                               struct jms_value *value, bool *no_memory);

/* What would be right instead, in words, for a fault that jms_value_read found; static. */
const char *jms_value_expected(enum fault_code code, const struct jms_field_rule *rule);

/* The value had a fault: it is as if it had not been sent, but `faulty`. Its place is kept. */
void jms_value_drop(struct jms_value *value);

/* 1900-01-01, with or without a time: what senders write for 'no date' (RULES "Small questions", Dates). */
bool jms_value_stands_for_none(const struct jms_value *value);

/* Whether one given date or date-time is before another. Days, where one of the two has no time of day; instants, where
 * both name their offset; local readings, where neither does. Where only one names its offset, it is before only when
 * it is so in every zone. */
bool jms_value_is_before(const struct jms_value *value, const struct jms_value *other);

#endif
