#include "service/live.h"

#include <stdio.h>
#include <string.h>

enum database_kind live_load(struct live *live, struct database *db)
{
    *live = (struct live){0};
    arena_init(&live->arena, 0);
    return live_list(db, &live->arena, &live->rows, &live->count);
}

void live_release(struct live *live)
{
    arena_release(&live->arena);
    *live = (struct live){0};
}

bool live_has(const struct live *live, enum live_kind kind, const char *name)
{
    for (size_t i = 0; i < live->count; i++)
        if (live_row_is(&live->rows[i], kind, name))
            return true;
    return false;
}

bool live_any_feed(const struct live *live)
{
    for (size_t i = 0; i < live->count; i++)
        if (live->rows[i].kind == LIVE_FEED)
            return true;
    return false;
}

/* The name as the configuration has it; NULL when it has none such. */
static const char *find(const struct config *config, enum live_kind kind, const char *name)
{
    switch (kind) {
    case LIVE_FEED: {
        const struct config_feed *feed = config_feed_find(config, name);
        return feed ? feed->name : NULL;
    }
    case LIVE_FACILITY: {
        const struct config_facility *facility = config_facility_find(config, slice_of(name));
        return facility ? facility->code : NULL;
    }
    case LIVE_PHARMACY: {
        const struct config_pharmacy *pharmacy = config_pharmacy_find(config, name);
        return pharmacy ? pharmacy->name : NULL;
    }
    case LIVE_KIND_COUNT: break;
    }
    return NULL;
}

bool live_is_configured(const struct config *config, enum live_kind kind, const char *name)
{
    return find(config, kind, name) != NULL;
}

bool live_split_subject(const char *text, enum live_kind *kind, const char **name)
{
    for (enum live_kind each = LIVE_FEED; each < LIVE_KIND_COUNT; each++) {
        size_t length = strlen(live_kind_name(each));
        if (strncmp(text, live_kind_name(each), length) != 0 || text[length] != ':')
            continue;
        *kind = each;
        *name = text + length + 1;
        return true;
    }
    return false;
}

bool live_find_subject(const struct config *config, const char *text, enum live_kind *kind, const char **name,
                       char *message, size_t message_size)
{
    size_t found = 0;
    for (enum live_kind each = LIVE_FEED; each < LIVE_KIND_COUNT; each++) {
        enum live_kind prefix;
        const char *rest = text;
        bool named = live_split_subject(text, &prefix, &rest) && prefix == each;
        const char *known = find(config, each, named ? rest : text);
        if (!known)
            continue;
        *kind = each;
        *name = known;
        if (named)
            return true;
        found++;
    }
    if (found == 1)
        return true;
    (void)snprintf(
        message, message_size,
        found == 0 ? "the configuration has no feed, facility or pharmacy '%s'; `corbridge status` lists them"
                   : "'%s' is the name of several things; write feed:NAME, facility:NAME or pharmacy:NAME",
        text);
    return false;
}
