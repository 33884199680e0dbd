/*
 * The form of the zone table that cmake/zones.py writes when building. For zone.c only: others use parser/zone.h.
 *
 * A change of offset is one number: the minutes since 1950-01-01T00:00Z, shifted left by ZONE_TYPE_BITS, and below them
 * the index of the offset that holds from that minute on, counted from the zone's first offset.
 */
#ifndef CORBRIDGE_PARSER_ZONE_TABLE_H
#define CORBRIDGE_PARSER_ZONE_TABLE_H

#include <stddef.h>
#include <stdint.h>

#define ZONE_TYPE_BITS   5u
#define ZONE_EPOCH_START INT64_C(-631152000) /* 1950-01-01T00:00:00Z in seconds since 1970 */

/* What zones that always agreed since 1950 share. */
struct zone_rules {
    uint32_t first_transition; /* index in zone_table_transitions */
    uint16_t transition_count; /* 0: the offset never changes */
    uint16_t
        first_offset; /* index in zone_table_offsets of the offset in force before the first transition */
};

struct zone {
    const char *name;
    uint16_t rules; /* index in zone_table_rules */
};

extern const char zone_table_version[];
extern const uint32_t zone_table_transitions[];
extern const int32_t zone_table_offsets[]; /* seconds east of UTC */
extern const struct zone_rules zone_table_rules[];
extern const struct zone zone_table[]; /* sorted by name, by bytes */
extern const size_t zone_table_count;

#endif
