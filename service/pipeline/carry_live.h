/* `golive` and `back-to-test`, carried out (RULES "Test and live"). Committer's thread; service/pipeline/ only. */
#ifndef CORBRIDGE_SERVICE_PIPELINE_CARRY_LIVE_H
#define CORBRIDGE_SERVICE_PIPELINE_CARRY_LIVE_H

#include "service/pipeline/carried.h"

/* Inside the transaction that answers the command. */
enum database_kind carry_live(struct carried *carried, bool to_live);

/* Once it is committed. */
void carry_live_report(const struct carried *carried);

#endif
