/*
 * Room for other writers. SQLite's lock has no queue: who waits for it asks again after 1, 2, 5 … 25, later 50 and 100 ms, and finds it
 * taken each time by a committer that has always something to write; orders then waited up to 0.8 s. So while another program writes,
 * the lock is left alone now and then, for longer than two of its questions are apart.
 *
 * A pure machine: time is an argument, monotonic ms. Committer's thread; service/pipeline/ and its tests only.
 */
#ifndef CORBRIDGE_SERVICE_PIPELINE_COURTESY_H
#define CORBRIDGE_SERVICE_PIPELINE_COURTESY_H

#include <stdbool.h>
#include <stdint.h>

#define COURTESY_TURN_MS  100u /* at most so long the committer goes on without a break */
#define COURTESY_BREAK_MS 35u  /* Windows sleeps 31 ms when asked for 25 */
#define COURTESY_OTHERS_MS                                                                                   \
    60000u /* so long after its last commit another program is taken to be writing still */

struct courtesy {
    bool others;     /* another program has committed */
    uint64_t wrote;  /* when that was last seen */
    uint64_t rested; /* until when the lock was last left alone for a break's time */
};

/* Another program has committed. */
void courtesy_others_wrote(struct courtesy *courtesy, uint64_t now);

/* The committer had nothing to write from `from` to `now`. */
void courtesy_idle(struct courtesy *courtesy, uint64_t from, uint64_t now);

/* How long the lock is to be left alone before the next transaction; 0: not. The caller does so. */
uint32_t courtesy_break(struct courtesy *courtesy, uint64_t now);

#endif
