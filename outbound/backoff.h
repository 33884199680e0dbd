/* How long the sender waits before it tries a folder again: 1 s, doubling to 60 s. */
#ifndef CORBRIDGE_OUTBOUND_BACKOFF_H
#define CORBRIDGE_OUTBOUND_BACKOFF_H

#include <stdint.h>

#define BACKOFF_FIRST_MS ((uint32_t)1000)
#define BACKOFF_LAST_MS  ((uint32_t)60000)

/* The wait after one of `waited` milliseconds did not help; 0: there was none yet. */
static inline uint32_t backoff_next(uint32_t waited)
{
    if (waited < BACKOFF_FIRST_MS)
        return BACKOFF_FIRST_MS;
    return waited < BACKOFF_LAST_MS / 2 ? waited * 2 : BACKOFF_LAST_MS;
}

#endif
