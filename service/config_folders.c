#include "service/config_folders.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/folder.h"
#include "platform/path.h"

#define DEPTH_MAX ((size_t)64) /* folders above a folder that are looked at */

/* One configured folder and where it lies. */
struct place {
    char owner[120]; /* "feed 'jms'", "pharmacy 'diamond', live-folder" */
    uint32_t line;
    const char *path;
    bool known; /* its nearest existing folder was found; else only the text can be compared */
    char *rest; /* what is not there yet below that folder, "" when all is; heap */
    struct file_identity chain[DEPTH_MAX]; /* that folder first, then those above it */
    size_t depth;
};

static bool is_separator(char c)
{
#ifdef _WIN32
    return c == '\\' || c == '/';
#else
    return c == '/';
#endif
}

static bool same_character(char a, char b)
{
    if (is_separator(a) && is_separator(b))
        return true;
#ifdef _WIN32
    if (a >= 'A' && a <= 'Z')
        a = (char)(a + 32);
    if (b >= 'A' && b <= 'Z')
        b = (char)(b + 32);
#endif
    return a == b;
}

/* Whether `inner` is `outer` or a path below it, by text. */
static bool text_within(const char *inner, const char *outer)
{
    size_t length = strlen(outer);
    while (length > 0 && is_separator(outer[length - 1]))
        length--;
    for (size_t i = 0; i < length; i++) {
        if (inner[i] == '\0' || !same_character(inner[i], outer[i]))
            return false;
    }
    return inner[length] == '\0' || is_separator(inner[length]) || length == 0;
}

static bool identity_is_given(const struct file_identity *identity)
{
    return identity->volume != 0 || identity->id_high != 0 || identity->id_low != 0;
}

/* The identities of the folder and of all above it; `real` has no links in it, so that going up by text goes up
 * in truth. */
static void climb(struct place *place, const char *real)
{
    char *at = strdup(real);
    place->depth = 0;
    while (at != NULL && place->depth < DEPTH_MAX) {
        struct file_identity identity;
        if (!platform_ok(folder_identity(at, &identity)) || !identity_is_given(&identity))
            break;
        place->chain[place->depth++] = identity;
        char *above = path_folder(at);
        bool top = above == NULL || above[0] == '\0' || strlen(above) >= strlen(at);
        free(at);
        at = top ? NULL : above;
        if (top)
            free(above);
    }
    free(at);
}

/* Looks for the nearest folder that is there. A path that ends with a separator is gone up once too often,
 * harmlessly. */
static bool place_resolve(struct place *place)
{
    char *at = strdup(place->path);
    size_t rest_from = strlen(place->path);
    bool enough_memory = at != NULL;
    while (at != NULL) {
        struct file_identity identity;
        struct platform_status status = folder_identity(at, &identity);
        if (platform_ok(status)) {
            char *real = NULL;
            bool resolved = platform_ok(path_real(at, &real));
            climb(place, resolved ? real : at);
            place->known = place->depth > 0;
            free(real);
            break;
        }
        char *above = path_folder(at);
        enough_memory = above != NULL;
        bool go_on = above != NULL && status.kind == PLATFORM_NOT_FOUND && above[0] != '\0' &&
                     strlen(above) < strlen(at);
        if (go_on)
            rest_from = strlen(above);
        free(at);
        at = go_on ? above : NULL;
        if (!go_on)
            free(above);
    }
    free(at);
    while (is_separator(place->path[rest_from]))
        rest_from++;
    place->rest = strdup(place->path + rest_from);
    return enough_memory && place->rest != NULL;
}

static bool identity_in_chain(const struct file_identity *identity, const struct place *place)
{
    for (size_t i = 0; i < place->depth; i++) {
        if (file_identity_equal(identity, &place->chain[i]))
            return true;
    }
    return false;
}

/* Whether `inner` is `outer` or lies below it. */
static bool place_within(const struct place *inner, const struct place *outer)
{
    if (!inner->known || !outer->known)
        return text_within(inner->path, outer->path);
    if (outer->rest[0] == '\0')
        return identity_in_chain(&outer->chain[0], inner);
    return file_identity_equal(&inner->chain[0], &outer->chain[0]) && text_within(inner->rest, outer->rest);
}

struct places {
    struct place *items;
    size_t count;
};

static void add_place(struct places *places, uint32_t line, const char *path, const char *kind,
                      const char *name, const char *attribute)
{
    if (path == NULL)
        return; /* not given, or with a fault of its own */
    struct place *place = &places->items[places->count++];
    place->line = line;
    place->path = path;
    if (name != NULL)
        (void)snprintf(place->owner, sizeof place->owner, "%s '%.60s'%s%s", kind, name,
                       attribute[0] != '\0' ? ", " : "", attribute);
    else
        (void)snprintf(place->owner, sizeof place->owner, "%s", kind);
}

static void add_feed(struct places *places, const struct config_feed *feed)
{
    add_place(places, feed->line, feed->folder, "feed", feed->name, "");
    add_place(places, feed->alerts.line, feed->alerts.test_folder, "feed", feed->name,
              "alerts-out test-folder");
    add_place(places, feed->alerts.line, feed->alerts.live_folder, "feed", feed->name,
              "alerts-out live-folder");
}

static void collect(struct places *places, const struct config *config, uint32_t data_line)
{
    add_place(places, data_line, config->data_folder, "data", NULL, "");
    for (size_t i = 0; i < config->feed_count; i++)
        add_feed(places, &config->feeds[i]);
    for (size_t i = 0; i < config->pharmacy_count; i++) {
        const struct config_pharmacy *pharmacy = &config->pharmacies[i];
        add_place(places, pharmacy->line, pharmacy->test_folder, "pharmacy", pharmacy->name, "test-folder");
        add_place(places, pharmacy->line, pharmacy->live_folder, "pharmacy", pharmacy->name, "live-folder");
    }
}

static void compare(struct config_reading *reading, const struct place *a, const struct place *b)
{
    const struct place *later = b->line >= a->line ? b : a;
    const struct place *earlier = later == b ? a : b;
    bool later_inside = place_within(later, earlier);
    bool earlier_inside = place_within(earlier, later);
    if (!later_inside && !earlier_inside)
        return;
    const char *how = later_inside && earlier_inside ? "is the same folder as"
                      : later_inside                 ? "lies inside"
                                                     : "holds";
    config_fault_add(reading, later->line,
                     "%s: folder '%s' %s '%s' of %s in line %lu: give each a folder of its own", later->owner,
                     later->path, how, earlier->path, earlier->owner, (unsigned long)earlier->line);
}

void config_check_overlaps(struct config_reading *reading, uint32_t data_line)
{
    const struct config *config = reading->config;
    struct places places = {0};
    places.items = calloc(1 + 3 * config->feed_count + 2 * config->pharmacy_count, sizeof *places.items);
    if (places.items == NULL) {
        reading->no_memory = true;
        return;
    }
    collect(&places, config, data_line);
    for (size_t i = 0; i < places.count; i++) {
        if (!place_resolve(&places.items[i])) {
            reading->no_memory = true;
            goto out;
        }
    }
    for (size_t i = 0; i < places.count; i++) {
        for (size_t j = i + 1; j < places.count; j++)
            compare(reading, &places.items[i], &places.items[j]);
    }
out:
    for (size_t i = 0; i < places.count; i++)
        free(places.items[i].rest);
    free(places.items);
}
