/*
 * Time zones by IANA name, compiled in from Debian's tzdata when building (RULES "Order and time": the Americas,
 * Pacific/Honolulu, Pacific/Guam, Pacific/Saipan, Pacific/Pago_Pago and UTC; with their links, such as US/Pacific).
 */
#ifndef CORBRIDGE_PARSER_ZONE_H
#define CORBRIDGE_PARSER_ZONE_H

#include <stddef.h>
#include <stdint.h>

#include "parser/slice.h"

struct zone; /* immutable, static */

/* The zone of that exact name; NULL when it is not compiled in. */
const struct zone *zone_find(struct slice name);

/* The name under which it was found in the table (a link keeps its own name). Static. */
const char *zone_name(const struct zone *zone);

/* Offset east of UTC in seconds at a UTC second since 1970. Exact from 1950 to 2100; before and after, the
 * offset at that border holds. */
int32_t zone_offset_at(const struct zone *zone, int64_t utc_seconds);

/* All UTC seconds that read as the local second `local` (seconds since 1970 of the civil reading): 0 (skipped), 1, or 2
 * (repeated) of them, earliest first. */
size_t zone_utc_of_local(const struct zone *zone, int64_t local, int64_t out[2]);

/* How many zones are compiled in, and the tzdata version that they came from ("2024b"). Static. */
size_t zone_count(void);
const struct zone *zone_at(size_t index); /* in the order of their names; NULL from zone_count() on */
const char *zone_data_version(void);

#endif
