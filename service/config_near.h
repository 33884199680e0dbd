/* "Did you mean": the nearest of several names. */
#ifndef CORBRIDGE_SERVICE_CONFIG_NEAR_H
#define CORBRIDGE_SERVICE_CONFIG_NEAR_H

#include <stddef.h>

/* How many letters must be changed, added, dropped or swapped with their neighbour to make b of a, without
 * regard to ASCII case; texts are looked at up to 64 bytes. */
size_t config_near_distance(const char *a, const char *b);

/* The nearest of `names` when it is near enough to be meant (a third of its length); else NULL. */
const char *config_near(const char *given, const char *const *names, size_t count);

/* The nearest compiled-in zone: "Los_Angeles" and "america/los_angeles" find "America/Los_Angeles". NULL: none
 * is near. */
const char *config_near_zone(const char *given);

#endif
