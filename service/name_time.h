/*
 * Times in file names: `event-time="name:…"` of a match rule (docs/configuration.md "Event time").
 *
 * A form is matched against the whole name without regard to the case of ASCII letters: `*` any characters (as
 * many as can be), `?` one, `%Y` four digits, `%m` `%d` `%H` `%M` `%S` two digits each; all else stands for
 * itself.
 */
#ifndef CORBRIDGE_SERVICE_NAME_TIME_H
#define CORBRIDGE_SERVICE_NAME_TIME_H

#include <stdbool.h>

#include "parser/datetime.h"

/* What is wrong with a form, as the end of the sentence "event-time …"; NULL: nothing. Static. */
const char *name_time_fault(const char *form);

/* Reads the time that a good form finds in a name (UTF-8). False when the name is of another form, or the
 * digits are no time. Without a date (*has_date false) only the time of day of *out is set. Any thread. */
bool name_time_read(const char *form, const char *name, struct civil_time *out, bool *has_date);

#endif
