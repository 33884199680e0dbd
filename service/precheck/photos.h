/* Photos that events name: where they would be looked for, and whether they are there. Inside service/precheck/ only. */
#ifndef CORBRIDGE_SERVICE_PRECHECK_PHOTOS_H
#define CORBRIDGE_SERVICE_PRECHECK_PHOTOS_H

#include "parser/slice.h"
#include "service/precheck/precheck.h"

/* A PhotoPath, not empty. */
void photos_note(struct precheck *check, struct precheck_place place, struct slice path);

/* After the last file: which photos are beside the events, or in a root of the configuration. Nothing is fetched from a host. */
void photos_judge(struct precheck *check);

#endif
