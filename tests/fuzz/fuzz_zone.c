/* From UTC to local readings and back, in every zone: the two directions agree. */
#include "tests/fuzz/fuzz.h"

#include "parser/zone.h"

#define DAY INT64_C(86400)

/* All readings of a local second are right, in order, and none is missing. */
static size_t check_local(const struct zone *zone, int64_t local)
{
    int64_t utc[2];
    size_t count = zone_utc_of_local(zone, local, utc);
    FUZZ_MUST(count <= 2);
    for (size_t i = 0; i < count; i++)
        FUZZ_MUST(utc[i] + zone_offset_at(zone, utc[i]) == local);
    FUZZ_MUST(count < 2 || utc[0] < utc[1]);
    /* Whichever offset holds within a day of it: the second that it gives is among the answers or has another offset. */
    for (int64_t near = local - DAY; near <= local + DAY; near += 2 * 3600) {
        int64_t candidate = local - zone_offset_at(zone, near);
        if (candidate + zone_offset_at(zone, candidate) != local)
            continue;
        FUZZ_MUST(count > 0 && (candidate == utc[0] || (count == 2 && candidate == utc[1])));
    }
    return count;
}

/* The first second after `from` with another offset than `from` has, not more than 200 days later; else `from`. */
static int64_t find_change(const struct zone *zone, int64_t from)
{
    int32_t before = zone_offset_at(zone, from);
    int64_t low = from, high = from + 200 * DAY;
    if (zone_offset_at(zone, high) == before)
        return from;
    while (high - low > 1) {
        int64_t middle = low + (high - low) / 2;
        if (zone_offset_at(zone, middle) == before)
            low = middle;
        else
            high = middle;
    }
    return high;
}

/* The seconds on both sides of a change, of the hours that it leaves out or repeats, and none more. */
static void check_around_change(const struct zone *zone, int64_t change)
{
    int32_t before = zone_offset_at(zone, change - 1), after = zone_offset_at(zone, change);
    int64_t first = change + (before < after ? before : after),
            end = change + (before < after ? after : before);
    for (int64_t second = change - 1; second <= change + 1; second++)
        FUZZ_MUST(check_local(zone, second + zone_offset_at(zone, second)) >= 1);
    if (before == after)
        return;
    size_t inside = before < after ? 0 : 2;
    FUZZ_MUST(check_local(zone, first) == inside && check_local(zone, end - 1) == inside);
    FUZZ_MUST(check_local(zone, first - 1) == 1 && check_local(zone, end) == 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_supply supply = {data, size};
    const struct zone *zone = zone_at(fuzz_number(&supply, 2) % zone_count());
    int64_t any = (int64_t)fuzz_number(&supply, 8);
    FUZZ_MUST(zone != NULL && zone_find(slice_of(zone_name(zone))) == zone);

    /* Any number at all is answered. */
    int64_t utc[2];
    int32_t offset = zone_offset_at(zone, any);
    FUZZ_MUST(offset > -DAY && offset < DAY && zone_utc_of_local(zone, any, utc) <= 2);

    /* 1900 to 2200. */
    int64_t second = -INT64_C(2208988800) + (int64_t)((uint64_t)any % (uint64_t)INT64_C(9467280000));
    FUZZ_MUST(check_local(zone, second + zone_offset_at(zone, second)) >= 1);
    (void)check_local(zone, second);
    check_around_change(zone, find_change(zone, second));

    struct slice name = fuzz_take(&supply, supply.left);
    const struct zone *found = zone_find(name);
    FUZZ_MUST(found == NULL || slice_equal(slice_of(zone_name(found)), name));
    return 0;
}
