#include "platform/clock.h"

#include <stdlib.h>
#include <time.h>

static int64_t microseconds(clockid_t clock)
{
    struct timespec now;
    if (clock_gettime(clock, &now) != 0)
        abort(); /* the three clocks used here are always there */
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

uint64_t clock_monotonic_ms(void)
{
    return (uint64_t)microseconds(CLOCK_BOOTTIME) / 1000;
}

uint64_t clock_monotonic_us(void)
{
    return (uint64_t)microseconds(CLOCK_MONOTONIC);
}

int64_t clock_utc_us(void)
{
    return microseconds(CLOCK_REALTIME);
}
