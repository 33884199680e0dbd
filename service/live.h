/*
 * What is live, as the engine read it from the live database when it started (RULES "Test and live"): which feeds and pharmacies the live
 * world runs. It changes by `golive` and `back-to-test` only, and then the engine starts anew. Facilities are not asked for here: the
 * live database judges each message (database/test_only.h).
 */
#ifndef CORBRIDGE_SERVICE_LIVE_H
#define CORBRIDGE_SERVICE_LIVE_H

#include <stdbool.h>
#include <stddef.h>

#include "database/live.h"
#include "service/config.h"

struct live {
    struct arena arena;
    struct live_row *rows;
    size_t count;
};

/* Reads it; release it also after a failure. */
enum database_kind live_load(struct live *live, struct database *db);
void live_release(struct live *live);

bool live_has(const struct live *live, enum live_kind kind, const char *name);

/* Whether any feed is live. */
bool live_any_feed(const struct live *live);

/* Finds what a person means by `text`: "feed:jms", or "jms" alone where only one thing of the configuration has that name. False: `message`
 * says why not. *name is borrowed from the configuration. */
bool live_find_subject(const struct config *config, const char *text, enum live_kind *kind, const char **name,
                       char *message, size_t message_size);

/* "feed:jms" alone, whether the configuration has it or not: what is live may have left it. *name points into `text`. */
bool live_split_subject(const char *text, enum live_kind *kind, const char **name);

/* Whether the configuration has it. */
bool live_is_configured(const struct config *config, enum live_kind kind, const char *name);

#endif
