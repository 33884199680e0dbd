#include "service/commands/when.h"

#include <stdio.h>
#include <string.h>

#define SECOND ((instant_us)1000000)

void when_init(struct when *when, const struct config *config, bool utc)
{
    *when = (struct when){.name = "UTC"};
    for (size_t i = 0; i < config->facility_count && !utc; i++) {
        if (strcmp(config->facilities[i].zone_name, config->facilities[0].zone_name) != 0)
            return;
    }
    if (!utc && config->facility_count > 0) {
        when->zone = config->facilities[0].zone;
        when->name = config->facilities[0].zone_name;
    }
}

/* Seconds east of UTC. */
static int32_t offset_at(const struct when *when, instant_us instant)
{
    int64_t second = instant / SECOND - (instant % SECOND < 0);
    return when->zone != NULL ? zone_offset_at(when->zone, second) : 0;
}

void when_format(const struct when *when, instant_us instant, char out[WHEN_SIZE])
{
    char text[28];
    datetime_format_instant(instant + offset_at(when, instant) * SECOND, text);
    (void)snprintf(out, WHEN_SIZE, "%.10s %.8s", text, text + 11);
}

void when_format_exact(const struct when *when, instant_us instant, char out[WHEN_SIZE])
{
    int32_t minutes = offset_at(when, instant) / 60;
    unsigned absolute = (unsigned)(minutes < 0 ? -minutes : minutes);
    when_format(when, instant, out);
    (void)snprintf(out + 19, WHEN_SIZE - 19, " %c%02u:%02u", minutes < 0 ? '-' : '+', absolute / 60 % 100,
                   absolute % 60);
}

/* The civil date of `now`, `days` later. */
static void civil_day(const struct when *when, instant_us now, int64_t days, struct civil_time *out)
{
    struct civil_time today;
    unsigned month, day;
    datetime_from_instant(now + offset_at(when, now) * SECOND, &today);
    *out = (struct civil_time){0};
    datetime_civil_from_days(datetime_days_from_civil(today.year, today.month, today.day) + days, &out->year,
                             &month, &day);
    out->month = (uint8_t)month;
    out->day = (uint8_t)day;
}

bool when_read(const struct when *when, const char *text, bool end, instant_us now, instant_us *out)
{
    struct civil_time civil;
    if (strcmp(text, "today") == 0)
        civil_day(when, now, 0, &civil);
    else if (strcmp(text, "yesterday") == 0)
        civil_day(when, now, -1, &civil);
    else if (datetime_parse(slice_of(text), &civil) != FAULT_NONE)
        return false;
    if (end && !civil.has_time) {
        unsigned month, day;
        datetime_civil_from_days(datetime_days_from_civil(civil.year, civil.month, civil.day) + 1,
                                 &civil.year, &month, &day);
        civil.month = (uint8_t)month;
        civil.day = (uint8_t)day;
    }
    (void)datetime_to_instant(&civil, when->zone, INSTANT_NONE, out);
    return true;
}
