/*
 * Forms of dates beyond the three that every format knows (parser/datetime.h): what a mapping file says with
 * date="DD.MM.YYYY HH:mm".
 *
 *   YYYY   year, four digits           HH     hour 00 to 24, one or two digits
 *   MM     month, one or two digits    hh     hour 1 to 12; needs AM
 *   MON    month, JAN to DEC           mm     minute, two digits
 *   DD     day, one or two digits      ss     second, two digits
 *   T      the letter T                AM     AM or PM
 *
 * All that is no letter stands for itself. Letters of values are compared without regard to case. Years of two digits
 * have no letters: they are refused everywhere.
 */
#ifndef CORBRIDGE_PARSER_DATE_FORM_H
#define CORBRIDGE_PARSER_DATE_FORM_H

#include <stdbool.h>

#include "parser/fault.h"
#include "parser/slice.h"

/* "YYYY-MM-DDTHH:MM:SS" and NUL. */
#define DATE_FORM_SIZE 20

/* What is wrong with a form, to be read after its name; NULL: nothing. Static. */
const char *date_form_fault(const char *form);

/* Whether the form has a time of day. */
bool date_form_has_time(const char *form);

/*
 * Reads `text`, trimmed, by a form without fault, and writes it as "YYYY-MM-DD" or "YYYY-MM-DDTHH:MM:SS" (the date alone
 * when not `with_time`), for datetime_parse to look at: a thirtieth of February gets through here and not there.
 * FAULT_NONE, or FAULT_NOT_A_DATE or FAULT_NOT_A_TIME (`with_time`) with `out` undefined.
 */
enum fault_code date_form_rewrite(const char *form, struct slice text, bool with_time,
                                  char out[DATE_FORM_SIZE]);

#endif
