/*
 * The alert codes and users of CorEMR and those of another system, as the configuration of a feed pairs them (COREMR-INTERFACES §4, "agreed
 * code map"). Both ways: for what comes in and for what goes out. Pure.
 */
#ifndef CORBRIDGE_OUTBOUND_ALERT_MAP_H
#define CORBRIDGE_OUTBOUND_ALERT_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/slice.h"

struct alert_code {
    const char *coremr, *theirs; /* without comma, quotation mark and control characters */
};

struct alert_user {
    const char *coremr; /* CorEMR's id of the user */
    int32_t theirs;
};

struct alert_map {
    const struct alert_code *codes; /* each `theirs` at most once */
    size_t code_count;
    const struct alert_user *users; /* likewise */
    size_t user_count;
};

/* Without regard to case and outer blanks; the first pair that fits. NULL: it is not mapped. */
const char *alert_map_coremr_code(const struct alert_map *map, struct slice theirs);
const char *alert_map_their_code(const struct alert_map *map, const char *coremr);

/* NULL, or false: nobody is mapped, and it is CorEMR System. */
const char *alert_map_coremr_user(const struct alert_map *map, int32_t theirs);
bool alert_map_their_user(const struct alert_map *map, const char *coremr, int32_t *theirs);

#endif
