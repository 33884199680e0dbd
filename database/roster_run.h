/*
 * Runs: rows of a roster that follow each other, and that would bring nothing new the next time (RULES "Rosters": an unchanged row writes only the
 * event time of the groups that it states). When the same run comes again in a newer roster, that is written once for all of its rows: the
 * groups that they state were stated by that file.
 *
 * What a run has stated so stands beside the columns of patient and booking, until something else is said of the patient: then it is
 * written into them first (roster_run_fold), and judged as ever. A change of a value ends the run by triggers of the schema, whoever
 * makes it.
 */
#ifndef CORBRIDGE_DATABASE_ROSTER_RUN_H
#define CORBRIDGE_DATABASE_ROSTER_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "database/database.h"
#include "parser/datetime.h"
#include "platform/sha256.h"

/* What a row states (roster_run_row.groups). */
#define ROSTER_RUN_DEMOGRAPHICS 1u
#define ROSTER_RUN_PHOTO        2u
#define ROSTER_RUN_BOOKING      4u
#define ROSTER_RUN_LOCATION     8u
#define ROSTER_RUN_RELEASE      16u

/* The roster that is at work. */
struct roster_run_file {
    int64_t file; /* ledger number */
    instant_us event_at, arrived;
};

/* A row that was applied one by one and would come to the same again: from struct apply_result. */
struct roster_run_row {
    int64_t patient, booking;
    unsigned groups;
    bool shared;  /* another run of this file speaks of the patient */
    bool changed; /* it changed something */
};

/* The rows of that digest come again. *again: they are done. Else they are to be applied one by one: they are not known so, something was changed, or
 * something newer was said. Inside a transaction. */
enum database_kind roster_run_again(struct database *db, const struct roster_run_file *file,
                                    const uint8_t digest[SHA256_SIZE], bool *again);

/* Keeps a run that was applied row by row in this transaction. Nothing is kept when one of its rows has changed what an earlier one of the same patient
 * had said. */
enum database_kind roster_run_keep(struct database *db, const struct roster_run_file *file,
                                   const uint8_t digest[SHA256_SIZE], const struct roster_run_row *rows,
                                   size_t count);

/*
 * Something is about to be said of the patient, or to be judged by when its groups were stated: writes what runs have stated of the patient and the
 * patient's bookings into their columns, and ends those runs. *folded is set when there was something, and else left. Inside a transaction; ends the life of nothing in
 * db's scratch arena.
 */
enum database_kind roster_run_fold_patient(struct database *db, int64_t patient, bool *folded);

#endif
