#include "service/pipeline/roster.h"

#include <stdlib.h>

#include "service/pipeline/job.h"

struct roster *roster_new(void)
{
    struct roster *roster = calloc(1, sizeof *roster);
    if (roster)
        arena_init(&roster->arena, 0);
    return roster;
}

void roster_free(struct roster *roster)
{
    if (!roster)
        return;
    arena_release(&roster->arena);
    free(roster->window);
    free(roster);
}

bool roster_is_under_way(const struct job *job)
{
    return job->roster && (job->work == JOB_PARSE || job->work == JOB_COPY) && job->status == PARSE_OK &&
           !job->roster->ended;
}

void roster_committed(struct roster *roster)
{
    for (size_t i = roster->first; i < roster->upto; i++) {
        const struct apply_result *result = &roster->rows[i].result;
        roster->identities_changed += result->identity_changed;
        roster->second_open_bookings += result->second_open_booking;
        roster->unmatched_locations += result->unmatched_location;
    }
    roster->kept = roster->kept || roster->upto > roster->first || roster->ended;
    roster->progress = roster->reached;
    roster->first = roster->upto;
}
