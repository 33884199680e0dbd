#include "service/config_near.h"

#include <stdbool.h>
#include <string.h>

#include "parser/slice.h"
#include "parser/zone.h"

#define LONGEST ((size_t)64)

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Optimal string alignment over three rows: the row above, the one above that for swaps, and the one being filled. */
size_t config_near_distance(const char *a, const char *b)
{
    size_t length_a = least(strlen(a), LONGEST);
    size_t length_b = least(strlen(b), LONGEST);
    size_t rows[3][LONGEST + 1] = {{0}};
    size_t *before = rows[0];
    size_t *above = rows[1];
    size_t *row = rows[2];
    for (size_t j = 0; j <= length_b; j++)
        above[j] = j;
    for (size_t i = 1; i <= length_a; i++) {
        row[0] = i;
        for (size_t j = 1; j <= length_b; j++) {
            bool same = lower(a[i - 1]) == lower(b[j - 1]);
            row[j] = least(above[j - 1] + (same ? 0 : 1), least(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) && lower(a[i - 2]) == lower(b[j - 1]))
                row[j] = least(row[j], before[j - 2] + 1);
        }
        size_t *spare = before;
        before = above;
        above = row;
        row = spare;
    }
    return above[length_b];
}

static bool near_enough(size_t distance, const char *name)
{
    return distance * 3 <= strlen(name);
}

const char *config_near(const char *given, const char *const *names, size_t count)
{
    const char *best = NULL;
    size_t best_distance = LONGEST;
    for (size_t i = 0; i < count; i++) {
        size_t distance = config_near_distance(given, names[i]);
        if (distance < best_distance && near_enough(distance, names[i])) {
            best = names[i];
            best_distance = distance;
        }
    }
    return best;
}

static const char *last_part(const char *name)
{
    const char *slash = strrchr(name, '/');
    return slash != NULL ? slash + 1 : name;
}

const char *config_near_zone(const char *given)
{
    const char *best = NULL;
    size_t best_distance = LONGEST;
    bool whole = strchr(given, '/') != NULL;
    for (size_t i = 0; i < zone_count(); i++) {
        const char *name = zone_name(zone_at(i));
        const char *part = whole ? name : last_part(name);
        size_t distance = config_near_distance(given, part);
        if (strlen(part) < 5 && distance > 0)
            continue; /* "PST" is not meant to be "EST" */
        if (distance < best_distance && near_enough(distance, part)) {
            best = name;
            best_distance = distance;
        }
    }
    return best;
}
