/*
 * Acknowledgments: what the sender of an HL7 message is told in a file of its feed's acknowledgment folder (RULES "Results", Acknowledgment; HL7 v2.5.1,
 * sections 2.9.2 and 2.15). Rendered in the transaction that ends the message, queued in the outbox, sent as any message is (send.h).
 */
#ifndef CORBRIDGE_OUTBOUND_ACK_H
#define CORBRIDGE_OUTBOUND_ACK_H

#include "database/database.h"
#include "outbound/receiver.h"
#include "parser/fault.h"
#include "parser/result.h"

enum ack_code {
    ACK_ACCEPTED, /* AA: we hold it safely */
    ACK_ERROR,    /* AE: quarantined for its content */
    ACK_REJECTED  /* AR: MSH-9, MSH-11 or MSH-12 */
};

struct ack {
    const struct result_message *of; /* its MSH; version, ids and control id are answered with */
    enum ack_code code;
    const struct fault_list *faults; /* AE, AR: each error becomes an ERR; never a value. May be NULL */
    const char *processing_id;       /* of our world: "T", "P" */
    instant_us now;
};

/* AR when a fault says that type, version or processing id are not taken; else AE. */
enum ack_code ack_code_of(const struct fault_list *faults);

/* Renders and queues. DATABASE_OK; any other kind: nothing was written that the caller's rollback does not take back. */
enum database_kind ack_queue(struct database *db, const struct receiver *receiver, const struct ack *ack);

#endif
