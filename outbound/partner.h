/* A pharmacy as the configuration describes it. Borrowed from the configuration; unchanged while the engine runs. */
#ifndef CORBRIDGE_OUTBOUND_PARTNER_H
#define CORBRIDGE_OUTBOUND_PARTNER_H

#include "outbound/form.h"
#include "outbound/receiver.h"

struct partner {
    struct receiver to;
    const char *sending_application, *sending_facility;     /* MSH-3, MSH-4 */
    const char *receiving_application, *receiving_facility; /* MSH-5, MSH-6 */
    const char *processing_id;                              /* MSH-11: T in the test world, P in live */
    struct form form; /* how its messages are written; form_default, or what is set */
};

#endif
