/*
 * After the commit: only now are jobs handed on, events reported and names given back. Committer's thread;
 * service/pipeline/ only.
 */
#ifndef CORBRIDGE_SERVICE_PIPELINE_DISPATCH_H
#define CORBRIDGE_SERVICE_PIPELINE_DISPATCH_H

#include "service/pipeline/group.h"

/* Claimed files go into their feeds' lines and to the workers; interrupted put-aways go to their movers. */
void dispatch_claims(struct pipeline *pipeline, struct group *group);

/* Applied files, `count` from `first` on, go to their movers. */
void dispatch_applied(struct pipeline *pipeline, struct group *group, size_t first, size_t count);

/* Files that were put away, or are gone, leave the pipeline; what was sent is forgotten. */
void dispatch_ends(struct pipeline *pipeline, struct group *group);

#endif
