/* A pharmacy as the configuration describes it. Borrowed from the configuration; unchanged while the engine runs. */
#ifndef CORBRIDGE_OUTBOUND_PARTNER_H
#define CORBRIDGE_OUTBOUND_PARTNER_H

#include <stddef.h>

#include "outbound/form.h"

struct partner {
    const char *name;                                       /* "diamond": unique, used in the database */
    const char *folder;                                     /* the folder of this world; absolute */
    const char *const *facilities;                          /* codes it serves; NULL-terminated; NULL: all */
    const char *sending_application, *sending_facility;     /* MSH-3, MSH-4 */
    const char *receiving_application, *receiving_facility; /* MSH-5, MSH-6 */
    const char *processing_id;                              /* MSH-11: T in the test world, P in live */
    const char *file_pattern; /* "%Y%m%d%H%M%S_%N_%C.hl7": UTC time, 12-digit number, control id */
    struct form form;         /* how its messages are written; form_default, or what is set */
};

#endif
