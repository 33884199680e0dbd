/*
 * What a live feed says of a facility that is not live ends as `test-only`: the live world knows of it only that it came (RULES "Test and
 * live"). Inside database/ only.
 */
#ifndef CORBRIDGE_DATABASE_TEST_ONLY_H
#define CORBRIDGE_DATABASE_TEST_ONLY_H

#include "database/apply_work.h"

/*
 * Whether the event of `work` speaks of a facility that is not live: the one that it names; where a Location names none, the one of its
 * booking, which may be known only as one that was left out. Never so in the test world.
 */
enum database_kind test_only_judge(struct apply_work *work, bool *left_out);

/* The demographics of `work` were left out: a booking that live does not know is remembered as left out with its facility, and what
 * waited for it waits no longer: *ended of them. */
enum database_kind test_only_note(struct apply_work *work, size_t *ended);

/* The booking of `work` has come to be in the live world. */
enum database_kind test_only_forget(struct apply_work *work);

#endif
