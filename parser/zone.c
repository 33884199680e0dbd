#include "parser/zone.h"

#include "parser/zone_table.h"

#include <string.h>

/* The changes of a zone as numbered pieces of time: piece 0 ends at the first change, the last one never ends. */

static int64_t transition_second(const struct zone_rules *rules, size_t index)
{
    uint32_t packed = zone_table_transitions[rules->first_transition + index];
    return ZONE_EPOCH_START + (int64_t)(packed >> ZONE_TYPE_BITS) * 60;
}

static int32_t piece_offset(const struct zone_rules *rules, size_t piece)
{
    uint32_t type = 0;
    if (piece > 0) {
        uint32_t packed = zone_table_transitions[rules->first_transition + piece - 1];
        type = packed & ((1u << ZONE_TYPE_BITS) - 1u);
    }
    return zone_table_offsets[rules->first_offset + type];
}

/* The piece in which a UTC second lies. */
static size_t piece_at(const struct zone_rules *rules, int64_t utc_seconds)
{
    size_t low = 0;
    size_t high = rules->transition_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (transition_second(rules, middle) <= utc_seconds)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const struct zone *zone_find(struct slice name)
{
    size_t low = 0;
    size_t high = zone_table_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        struct slice here = slice_of(zone_table[middle].name);
        size_t common = here.len < name.len ? here.len : name.len;
        int order = common == 0 ? 0 : memcmp(here.ptr, name.ptr, common);
        if (order == 0 && here.len == name.len)
            return &zone_table[middle];
        if (order < 0 || (order == 0 && here.len < name.len))
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

const char *zone_name(const struct zone *zone)
{
    return zone->name;
}

int32_t zone_offset_at(const struct zone *zone, int64_t utc_seconds)
{
    const struct zone_rules *rules = &zone_table_rules[zone->rules];
    return piece_offset(rules, piece_at(rules, utc_seconds));
}

size_t zone_utc_of_local(const struct zone *zone, int64_t local, int64_t out[2])
{
    /* No offset is a day or more, so every answer lies in a piece between these two. */
    const int64_t day = 86400;
    const struct zone_rules *rules = &zone_table_rules[zone->rules];
    size_t last = piece_at(rules, local > INT64_MAX - day ? local : local + day);
    size_t count = 0;
    for (size_t piece = piece_at(rules, local < INT64_MIN + day ? local : local - day); piece <= last;
         piece++) {
        int64_t offset = piece_offset(rules, piece);
        if ((offset > 0 && local < INT64_MIN + offset) || (offset < 0 && local > INT64_MAX + offset))
            continue;
        int64_t utc = local - offset;
        bool begun = piece == 0 || utc >= transition_second(rules, piece - 1);
        bool ended = piece < rules->transition_count && utc >= transition_second(rules, piece);
        if (begun && !ended && count < 2)
            out[count++] = utc;
    }
    return count;
}

size_t zone_count(void)
{
    return zone_table_count;
}

const struct zone *zone_at(size_t index)
{
    return index < zone_table_count ? &zone_table[index] : NULL;
}

const char *zone_data_version(void)
{
    return zone_table_version;
}
