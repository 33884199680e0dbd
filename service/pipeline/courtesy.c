#include "service/pipeline/courtesy.h"

void courtesy_others_wrote(struct courtesy *courtesy, uint64_t now)
{
    courtesy->others = true;
    courtesy->wrote = now;
}

void courtesy_idle(struct courtesy *courtesy, uint64_t from, uint64_t now)
{
    if (now - from >= COURTESY_BREAK_MS)
        courtesy->rested = now;
}

uint32_t courtesy_break(struct courtesy *courtesy, uint64_t now)
{
    if (!courtesy->others || now - courtesy->wrote >= COURTESY_OTHERS_MS ||
        now - courtesy->rested < COURTESY_TURN_MS)
        return 0;
    courtesy->rested = now + COURTESY_BREAK_MS;
    return COURTESY_BREAK_MS;
}
