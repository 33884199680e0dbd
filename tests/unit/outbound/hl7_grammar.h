/*
 * The grammar of the messages that CorBridge writes, for each version as the standard has it (chapters 2, 3 and 4): written
 * from the standard, sharing nothing with outbound/. The tests judge by it what outbound/ writes.
 */
#ifndef TESTS_UNIT_OUTBOUND_HL7_GRAMMAR_H
#define TESTS_UNIT_OUTBOUND_HL7_GRAMMAR_H

#include "tests/unit/outbound/hl7_view.h"

/*
 * Whether the message is of that structure in that version ("RDE_O11", "2.5.1"): order and number of the segments, required
 * segments and fields, fields that the version has, data types and codes of what is written. Z segments may follow. NULL when
 * it is, else what is wrong (static). The message has CR at its line ends; its marks may be any.
 */
const char *hl7_check(struct slice message, const char *structure, const char *version);

#endif
