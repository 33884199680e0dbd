#include "service/precheck/near.h"

#include <stdlib.h>
#include <string.h>

#include "platform/path.h"
#include "service/precheck/key.h"
#include "service/precheck/mask.h"

int near_compare(struct slice facility, struct slice housing, struct slice bed, struct slice other_facility,
                 struct slice other_housing, struct slice other_bed)
{
    const struct slice pairs[3][2] = {{facility, other_facility}, {housing, other_housing}, {bed, other_bed}};
    for (size_t i = 0; i < 3; i++) {
        int order = path_compare_natural(pairs[i][0].len > 0 ? pairs[i][0].ptr : "",
                                         pairs[i][1].len > 0 ? pairs[i][1].ptr : "");
        if (order != 0)
            return order;
    }
    return 0;
}

/* Adds what mask_fold leaves of `text`. False: nothing is left. */
static bool add_folded(struct key *key, struct slice text)
{
    char folded[MASK_ROOM(KEY_PART_BYTES / 2)];
    if (text.len > KEY_PART_BYTES / 2)
        text.len = KEY_PART_BYTES / 2;
    size_t length = mask_fold(text, folded);
    key_add(key, slice_from(folded, length), false);
    return length > 0;
}

/* A spelling joins those that look like it. */
static void join(struct precheck *check, const struct key *looks, bool of_bed,
                 struct precheck_spelling *spelling)
{
    struct precheck_near *group = table_put(&check->near_groups, key_bytes(looks), NULL);
    if (group == NULL) {
        check->no_memory = true;
        return;
    }
    group->of_bed = of_bed;
    if (group->count == group->room) {
        size_t room = group->room == 0 ? 2 : group->room * 2;
        struct precheck_spelling **wider =
            arena_take_array(&check->arena, room, sizeof(struct precheck_spelling *));
        if (wider == NULL) {
            check->no_memory = true;
            return;
        }
        if (group->count > 0)
            memcpy(wider, group->spellings, group->count * sizeof(struct precheck_spelling *));
        group->spellings = wider;
        group->room = room;
    }
    group->spellings[group->count++] = spelling;
}

/* One location: its Housing as a spelling, or its Bed as one of its Housing. */
static void take(struct precheck *check, const struct precheck_location *location, bool of_bed)
{
    struct key exact;
    struct key looks;
    exact.length = looks.length = 0;
    key_add(&exact, slice_of(of_bed ? "bed" : "housing"), false);
    key_add(&looks, slice_of(of_bed ? "bed" : "housing"), false);
    key_add(&exact, location->facility, true);
    key_add(&looks, location->facility, true);
    bool left = add_folded(&looks, location->housing);
    if (of_bed) {
        /* Beds of one place, however its Housing is written. */
        (void)add_folded(&exact, location->housing);
        key_add(&exact, location->bed, false);
        left = add_folded(&looks, location->bed);
    } else {
        key_add(&exact, location->housing, false);
    }
    if (!left)
        return;
    bool is_new;
    struct precheck_spelling *spelling = table_put(&check->spellings, key_bytes(&exact), &is_new);
    if (spelling == NULL) {
        check->no_memory = true;
        return;
    }
    spelling->count += location->places.count;
    if (!is_new)
        return;
    spelling->housing = location->housing;
    spelling->bed = of_bed ? location->bed : SLICE_EMPTY;
    spelling->first = location->places.first[0];
    join(check, &looks, of_bed, spelling);
}

void near_find(struct precheck *check)
{
    for (size_t i = 0; i < check->locations.count && !check->no_memory; i++) {
        take(check, (const void *)check->locations.records[i], false);
        take(check, (const void *)check->locations.records[i], true);
    }
    if (check->no_memory || check->near_groups.count == 0)
        return;
    check->near = arena_take_array(&check->arena, check->near_groups.count, sizeof(struct precheck_near *));
    if (check->near == NULL) {
        check->no_memory = true;
        return;
    }
    /* Housings first. */
    for (int of_bed = 0; of_bed < 2; of_bed++) {
        for (size_t i = 0; i < check->near_groups.count; i++) {
            struct precheck_near *group = (void *)check->near_groups.records[i];
            if (group->count > 1 && group->of_bed == (of_bed == 1))
                check->near[check->near_count++] = group;
        }
    }
}
