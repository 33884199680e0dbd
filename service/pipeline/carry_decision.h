/*
 * `release` and `reject`: what a person decides of a held message (RULES "Units and states"). A released event is applied with its first
 * arrival and event time, staleness judged as ever, and its message ends; its file then leaves the hold (rehousing.h). Committer's thread;
 * service/pipeline/ only.
 */
#ifndef CORBRIDGE_SERVICE_PIPELINE_CARRY_DECISION_H
#define CORBRIDGE_SERVICE_PIPELINE_CARRY_DECISION_H

#include "service/pipeline/carried.h"

/* Before the transaction: finds what is meant, and reads its bytes again. DATABASE_OK also when that cannot be: then the answer says why. */
enum database_kind carry_decision_prepare(struct carried *carried);

/* Inside the transaction that answers the command. */
enum database_kind carry_decision(struct carried *carried);

/* Once it is committed. */
void carry_decision_report(const struct carried *carried);

/* In every case. */
void carry_decision_release(struct carried *carried);

#endif
