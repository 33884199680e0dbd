#include "service/config_units.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct unit {
    const char *name;
    uint64_t factor;
};

/* Largest first. */
static const struct unit DURATIONS[] = {{"h", 3600000}, {"min", 60000}, {"s", 1000}, {"ms", 1}};
static const struct unit SIZES[] = {{"GB", 1024u * 1024 * 1024}, {"MB", 1024u * 1024}, {"KB", 1024}};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static bool read_quantity(const char *text, const struct unit *units, size_t unit_count, uint64_t most,
                          uint64_t *out)
{
    uint64_t number = 0;
    size_t digits = 0;
    for (; text[digits] >= '0' && text[digits] <= '9'; digits++) {
        if (digits == 9)
            return false;
        number = number * 10 + (uint64_t)(text[digits] - '0');
    }
    const char *unit = text + digits;
    if (*unit == ' ')
        unit++;
    if (digits == 0)
        return false;
    for (size_t i = 0; i < unit_count; i++) {
        if (strcmp(unit, units[i].name) != 0)
            continue;
        if (number > most / units[i].factor)
            return false;
        *out = number * units[i].factor;
        return true;
    }
    return false;
}

bool config_duration(const char *text, uint32_t *milliseconds)
{
    uint64_t value;
    if (!read_quantity(text, DURATIONS, COUNT(DURATIONS), UINT32_MAX, &value))
        return false;
    *milliseconds = (uint32_t)value;
    return true;
}

bool config_size(const char *text, uint64_t *bytes)
{
    return read_quantity(text, SIZES, COUNT(SIZES), UINT64_MAX, bytes);
}

static void quantity_text(uint64_t value, const struct unit *units, size_t unit_count, const char *smallest,
                          char *out, size_t size)
{
    for (size_t i = 0; i < unit_count; i++) {
        if (value > 0 && value % units[i].factor == 0) {
            (void)snprintf(out, size, "%" PRIu64 " %s", value / units[i].factor, units[i].name);
            return;
        }
    }
    (void)snprintf(out, size, "%" PRIu64 " %s", value, smallest);
}

void config_duration_text(uint32_t milliseconds, char *out, size_t size)
{
    quantity_text(milliseconds, DURATIONS, COUNT(DURATIONS), "ms", out, size);
}

void config_size_text(uint64_t bytes, char *out, size_t size)
{
    quantity_text(bytes, SIZES, COUNT(SIZES), "bytes", out, size);
}
