/* HL7 v2 messages on the standard output, as trees or as JSON. Inside service/commands/ only. */
#ifndef CORBRIDGE_SERVICE_COMMANDS_SHOW_HL7_H
#define CORBRIDGE_SERVICE_COMMANDS_SHOW_HL7_H

#include <stdbool.h>

#include "parser/hl7.h"

struct show_hl7 {
    struct hl7_settings settings;
    bool json, whole; /* JSON; values in full length */
    bool problem;     /* something could not be read, or not all of it */
    bool failed;      /* memory is exhausted */
};

/* Prints every message of the bytes, one by one; with json one object and a line end. What is wrong goes to the standard error stream. An enum
 * commands_exit. */
int show_hl7_bytes(struct show_hl7 *show, struct slice bytes);

#endif
