#include "outbound/alert_map.h"

#include <string.h>

static bool same(const char *code, struct slice other)
{
    return slice_equal_nocase(slice_of(code), slice_trim(other));
}

const char *alert_map_coremr_code(const struct alert_map *map, struct slice theirs)
{
    for (size_t i = 0; i < map->code_count; i++) {
        if (same(map->codes[i].theirs, theirs))
            return map->codes[i].coremr;
    }
    return NULL;
}

const char *alert_map_their_code(const struct alert_map *map, const char *coremr)
{
    for (size_t i = 0; i < map->code_count; i++) {
        if (same(map->codes[i].coremr, slice_of(coremr)))
            return map->codes[i].theirs;
    }
    return NULL;
}

const char *alert_map_coremr_user(const struct alert_map *map, int32_t theirs)
{
    for (size_t i = 0; i < map->user_count; i++) {
        if (map->users[i].theirs == theirs)
            return map->users[i].coremr;
    }
    return NULL;
}

bool alert_map_their_user(const struct alert_map *map, const char *coremr, int32_t *theirs)
{
    for (size_t i = 0; coremr != NULL && i < map->user_count; i++) {
        if (strcmp(map->users[i].coremr, coremr) == 0) {
            *theirs = map->users[i].theirs;
            return true;
        }
    }
    return false;
}
