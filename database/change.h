/*
 * What one message changes, gathered while it is compared and written once the message has its number: the
 * change log names it. Inside database/ only.
 */
#ifndef CORBRIDGE_DATABASE_CHANGE_H
#define CORBRIDGE_DATABASE_CHANGE_H

#include "database/connection.h"
#include "parser/slice.h"

/* All columns of patient and booking that are logged, or two creations; and two columns of each booking that a later one
 * closes (BOOKING_CLOSE_LIMIT). */
#define CHANGE_LIMIT 48

struct change {
    const char *table; /* "patient", "booking", "alert" */
    int64_t row;
    const char *field;     /* column; NULL: the row was created */
    struct slice from, to; /* ptr NULL: NULL */
};

struct change_list {
    struct change items[CHANGE_LIMIT];
    size_t count;
};

/* Notes that a row was created. */
void change_add_creation(struct change_list *list, const char *table, int64_t row);

/*
 * Sets *value to `to` and notes it when they differ; true when they did. `row` 0: the row is not there yet, nothing is
 * noted. `field` NULL: a column that only follows another one, nothing is noted.
 */
bool change_value(struct change_list *list, const char *table, int64_t row, const char *field,
                  struct slice *value, struct slice to);

/* One row of change_log for each; so many of the message are there before them. */
enum database_kind change_list_write(struct database *db, const struct change_list *list, int64_t message,
                                     size_t before);

#endif
