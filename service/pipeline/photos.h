/*
 * What the fetcher has done about photos (service/photo/fetcher.h), on its way into the database: a queue, written by the committer in
 * transactions of its own. service/pipeline/ only, but for pipeline_photo.
 */
#ifndef CORBRIDGE_SERVICE_PIPELINE_PHOTOS_H
#define CORBRIDGE_SERVICE_PIPELINE_PHOTOS_H

#include "service/pipeline/pipeline_private.h"

/* Writes all that waits; nothing where nothing does. On failure it waits on. Committer's thread. */
enum database_kind photos_write(struct pipeline *pipeline);

/* Frees what was not written: the requests are due again at the next start. */
void photos_release(struct pipeline *pipeline);

#endif
