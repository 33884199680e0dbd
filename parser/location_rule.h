/*
 * From Housing and Bed, as a jail writes them, to block, pod, cell and bed (RULES "Facilities: Locations"). Each facility has rules; the first
 * that matches wholly wins, and half a match is none.
 *
 * A pattern is text with named parts: "{pod}-{cell}" takes "B2-114" apart into pod B2 and cell 114. A part takes one or more characters up to the
 * first place where the text behind it goes on; the last one, or one with text only behind it, takes all up to there. "{pod:2}" takes
 * exactly two characters (Unicode code points), and "*" takes any number of them, also none, and keeps nothing. Text is compared without regard to the case
 * of ASCII letters. Blanks around a part do not belong to it.
 *
 * Pure: everything is borrowed from the caller's texts.
 */
#ifndef CORBRIDGE_PARSER_LOCATION_RULE_H
#define CORBRIDGE_PARSER_LOCATION_RULE_H

#include <stdbool.h>

#include "parser/slice.h"

enum location_part {
    LOCATION_BLOCK,
    LOCATION_POD,
    LOCATION_CELL,
    LOCATION_BED,
    LOCATION_PART_COUNT
};

/* "block", "pod", "cell", "bed". */
const char *location_part_name(enum location_part part);

struct location_rule {
    struct slice housing;                    /* pattern of Housing */
    struct slice bed;                        /* pattern of Bed; ptr NULL: whatever Bed says, also nothing */
    struct slice fixed[LOCATION_PART_COUNT]; /* parts that the rule itself gives; ptr NULL: not this one */
};

/* What a rule makes of a place: slices into Housing, Bed or the rule; ptr NULL: the rule does not say. */
struct location {
    struct slice parts[LOCATION_PART_COUNT];
};

/* NULL when the rule is well formed; else what is wrong and what to do, static. */
const char *location_rule_check(const struct location_rule *rule);

/* True when the rule, which location_rule_check has accepted, matches both wholly. */
bool location_rule_match(const struct location_rule *rule, struct slice housing, struct slice bed,
                         struct location *out);

#endif
