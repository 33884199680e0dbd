/*
 * What other programs write into the database and CorBridge acts on: orders, alerts and commands; and alerts that feeds have told of. Found by PRAGMA
 * data_version, every 25 ms in the live world and every 250 ms in test, and at once when asked (RULES "Orders
 * and answers"). Committer's thread; service/pipeline/ only.
 */
#ifndef CORBRIDGE_SERVICE_PIPELINE_OUTGOING_H
#define CORBRIDGE_SERVICE_PIPELINE_OUTGOING_H

#include "service/pipeline/courtesy.h"
#include "service/pipeline/pipeline_private.h"

struct outgoing {
    struct pipeline *pipeline;
    struct arena arena; /* of one look */
    uint32_t look_ms;   /* how often to look */
    uint64_t looked;    /* when it was last done, monotonic ms */
    int64_t data_version;
    bool data_version_known;
    struct courtesy courtesy; /* told when another program has committed */
    bool decided;             /* a held message was decided; whoever acts on it resets it */
    bool
        more; /* the last look left orders or alerts, or a feed has told of an alert: look again without waiting */
};

void outgoing_init(struct outgoing *outgoing, struct pipeline *pipeline);
void outgoing_release(struct outgoing *outgoing);

/* Milliseconds until the next look; 0: now. */
uint32_t outgoing_due_in(const struct outgoing *outgoing, uint64_t now);

/* A feed has told of an alert, and others are to be told: the next look is at once. */
void outgoing_alerts_announced(struct outgoing *outgoing);

/* Looks: renders new orders and alerts into the outbox and carries out commands. `asked`: also when nobody else has
 * committed. DATABASE_OK, or why not: then the next look does it again. */
enum database_kind outgoing_look(struct outgoing *outgoing, bool asked);

#endif
