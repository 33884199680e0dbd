/* Times as people read and write them: in the zone of the facilities, where they share one, else in UTC. Inside service/commands/ only. */
#ifndef CORBRIDGE_SERVICE_COMMANDS_WHEN_H
#define CORBRIDGE_SERVICE_COMMANDS_WHEN_H

#include <stdbool.h>

#include "parser/datetime.h"
#include "parser/zone.h"
#include "service/config.h"

struct when {
    const struct zone *zone; /* NULL: UTC */
    const char *name;        /* "America/Denver", "UTC"; borrowed from the configuration */
};

/* `utc`: UTC whatever the configuration says. */
void when_init(struct when *when, const struct config *config, bool utc);

/* "2026-11-23 18:04:05", and with what it is off UTC: "2026-11-23 18:04:05 -07:00". */
#define WHEN_SIZE 27
void when_format(const struct when *when, instant_us instant, char out[WHEN_SIZE]);
void when_format_exact(const struct when *when, instant_us instant, char out[WHEN_SIZE]);

/* Where a date begins, or (`end`) where the next one does; of a date with a time that instant. Also "today" and "yesterday" as of `now`.
 * False: it is no date. */
bool when_read(const struct when *when, const char *text, bool end, instant_us now, instant_us *out);

#endif
