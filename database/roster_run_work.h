/* Runs of rosters as apply.c needs them. Inside database/ only. */
#ifndef CORBRIDGE_DATABASE_ROSTER_RUN_WORK_H
#define CORBRIDGE_DATABASE_ROSTER_RUN_WORK_H

#include "database/apply_work.h"
#include "database/roster_run.h"

/*
 * As roster_run_fold_patient, before a message of `file` about `booking` (0: a new one) is applied. A run that the same file has said, of another booking of
 * the patient, is left as it is (*shared): what is said now is neither older nor newer, and if it changes a value, that ends the run.
 * *folded and *shared are set when so, and else left.
 */
enum database_kind roster_run_fold(struct database *db, int64_t patient, int64_t file, int64_t booking,
                                   bool *folded, bool *shared);

#endif
