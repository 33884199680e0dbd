/*
 * Orders of CorEMR, as they are found and read (RULES "Orders and answers"). medication_order is append-only
 * and written by CorEMR; triggers keep it so and add an order_event in the same transaction.
 */
#ifndef CORBRIDGE_DATABASE_ORDER_H
#define CORBRIDGE_DATABASE_ORDER_H

#include "database/database.h"
#include "parser/arena.h"
#include "parser/datetime.h"

/* order_event.state, as stored: new, rendered, failed, superseded, no-live-partner. */
enum order_event_state {
    ORDER_NEW,
    ORDER_RENDERED,
    ORDER_FAILED,
    ORDER_SUPERSEDED,
    ORDER_NO_LIVE_PARTNER
};

struct order_event {
    int64_t id;
    int64_t order_row; /* medication_order.id */
    const char *placer_number;
};

/* The next `limit` events in state new, by id, leaving out those of a placer number that has an earlier event in state
 * failed (a failed row stops only later rows of the same order). Array in the arena. */
enum database_kind order_events_new(struct database *db, size_t limit, struct arena *arena,
                                    struct order_event **events, size_t *count);

enum database_kind order_event_end(struct database *db, int64_t event, enum order_event_state state,
                                   const char *reason, instant_us now);

/* One order row with all that a message needs; C strings in the arena, NULL where the column is NULL. */
struct medication_order {
    int64_t id;
    const char *placer_number;
    const char *order_control;                /* NW, CA, DC, HD, RL, RF, XO */
    const char *pharmacy;                     /* partner name; NULL: every partner of the facility */
    instant_us ordered_at, start_at, stop_at; /* INSTANT_NONE when absent */
    const char *note;
    /* the drug */
    const char *ndc, *rxnorm, *drug_name, *strength, *dosage_form, *drug_schedule /* "2" … "5" or NULL */,
        *container_type;
    /* how */
    const char *dose_amount, *dose_units, *route, *frequency /* HL7 repeat pattern: "BID", "Q6H" */,
        *instructions, *indication;
    bool as_needed, keep_on_person;
    const char *quantity, *quantity_units;
    int64_t refills, days_supply; /* -1: absent */
    bool substitution_allowed;
    /* who */
    const char *provider_id, *provider_last, *provider_first, *provider_npi, *provider_dea;
    /* for whom */
    const char *authority, *patient_id, *last_name, *first_name, *middle_name;
    const char *birth_date; /* YYYY-MM-DD */
    const char *sex, *race, *ssn;
    const char *booking_number, *agency;
    const char *facility, *facility_zone, *housing, *bed, *block, *pod, *cell;
};

enum database_kind order_load(struct database *db, int64_t order_row, struct arena *arena,
                              struct medication_order **out);

#endif
