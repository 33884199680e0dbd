/* Durations and sizes as a person writes them: "10 min", "1 GB". */
#ifndef CORBRIDGE_SERVICE_CONFIG_UNITS_H
#define CORBRIDGE_SERVICE_CONFIG_UNITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* "500 ms", "1 s", "10 min", "2 h" (the blank may be missing) in milliseconds. False when it is none or does
 * not fit. */
bool config_duration(const char *text, uint32_t *milliseconds);

/* "64 KB", "1 MB", "2 GB", of 1024 each. False when it is none or does not fit. */
bool config_size(const char *text, uint64_t *bytes);

/* The other way round, in the largest unit that is exact: "2 s", "1500 ms". */
void config_duration_text(uint32_t milliseconds, char *out, size_t size);
void config_size_text(uint64_t bytes, char *out, size_t size);

#endif
