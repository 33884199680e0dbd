/* One command of the command table at work: what those who carry it out share. Committer's thread; service/pipeline/ only. */
#ifndef CORBRIDGE_SERVICE_PIPELINE_CARRIED_H
#define CORBRIDGE_SERVICE_PIPELINE_CARRIED_H

#include "database/command.h"
#include "database/held.h"
#include "service/pipeline/pipeline_private.h"

struct carried {
    struct pipeline *pipeline;
    const struct command_row *row;
    struct arena *arena;
    instant_us now;
    bool done; /* and answered: else refused */
    char answer[400];
    /* carry_decision */
    const struct held *held; /* what is decided; NULL: nothing, and the answer says why */
    struct line line;        /* its feed, for the job */
    struct job *job;         /* `release`: it was read again */
    bool decided;
    /* told once it is committed */
    bool went_live, went_back;
};

void carried_answer(struct carried *carried, bool done, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
