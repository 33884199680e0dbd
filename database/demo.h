/*
 * For `corbridge demo` only: plays CorEMR, which writes an order, and shows the rows that the demonstration
 * made. The people and drugs of the demonstration are invented; nothing here is ever used on a database that
 * holds patients.
 */
#ifndef CORBRIDGE_DATABASE_DEMO_H
#define CORBRIDGE_DATABASE_DEMO_H

#include "database/database.h"

/* Orders a drug for the patient of the newest booking, with the provider and drug that the order needs, in one
 * transaction of its own. DATABASE_CONSTRAINT when there is no booking. */
enum database_kind demo_order_insert(struct database *db);

/* Gives each row of patients, bookings, location history, files, faults and messages to `line` as one line of
 * text with its table in front, borrowed until the next call. DATABASE_OK or why not. */
enum database_kind demo_rows(struct database *db, void (*line)(void *context, const char *text),
                             void *context);

#endif
