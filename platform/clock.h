/* The two clocks. Durations come from the monotonic one, moments that are stored from the UTC one. Any thread. */
#ifndef CORBRIDGE_PLATFORM_CLOCK_H
#define CORBRIDGE_PLATFORM_CLOCK_H

#include <stdint.h>

/* Milliseconds since some moment; never goes back; goes on counting while the machine sleeps where the system can
 * (GetTickCount64, CLOCK_BOOTTIME). */
uint64_t clock_monotonic_ms(void);

/* Microseconds, as above with a finer grain (QueryPerformanceCounter, CLOCK_MONOTONIC): for measuring only. */
uint64_t clock_monotonic_us(void);

/* Microseconds since 1970-01-01T00:00:00Z (GetSystemTimePreciseAsFileTime, CLOCK_REALTIME). */
int64_t clock_utc_us(void);

#endif
