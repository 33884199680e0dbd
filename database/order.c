#include "database/order.h"

#include "database/query.h"

#include <assert.h>
#include <string.h>

static const char *const event_states[] = {
    [ORDER_NEW] = "new",
    [ORDER_RENDERED] = "rendered",
    [ORDER_FAILED] = "failed",
    [ORDER_SUPERSEDED] = "superseded",
    [ORDER_NO_LIVE_PARTNER] = "no-live-partner",
};

enum database_kind order_events_new(struct database *db, size_t limit, struct arena *arena,
                                    struct order_event **events, size_t *count)
{
    *events = NULL;
    *count = 0;
    size_t capacity = 0;
    struct query query = query_start(db, STATEMENT_ORDER_EVENTS_NEW);
    query_bind_int64(&query, limit > INT64_MAX ? INT64_MAX : (int64_t)limit);
    enum database_kind kind;
    while ((kind = query_step(&query)) == DATABASE_OK) {
        bool complete = true;
        struct order_event *grown = query_grow(arena, *events, *count, &capacity, sizeof **events);
        if (grown != NULL) {
            *events = grown;
            grown[(*count)++] = (struct order_event){
                .id = query_int64(&query, 0),
                .order_row = query_int64(&query, 1),
                .placer_number = query_text(&query, 2, arena, &complete),
            };
        }
        if (grown == NULL || !complete) {
            kind = database_no_memory(db);
            break;
        }
    }
    query_end(&query);
    return kind == DATABASE_NONE ? DATABASE_OK : kind;
}

enum database_kind order_event_end(struct database *db, int64_t event, enum order_event_state state,
                                   const char *reason, instant_us now)
{
    assert(database_in_transaction(db));
    assert(state != ORDER_NEW);
    char ended[INSTANT_TEXT_SIZE];
    struct query query = query_start(db, STATEMENT_ORDER_EVENT_END);
    query_bind_text(&query, event_states[state]);
    query_bind_text(&query, reason);
    query_bind_instant(&query, now, ended);
    query_bind_int64(&query, event);
    return query_change(&query);
}

/* Reads the columns one after the other. */
struct reader {
    struct query *query;
    struct arena *arena;
    int column;
    bool complete; /* false: memory ran out */
    bool valid;    /* false: a time is no time */
};

static const char *next_text(struct reader *reader)
{
    return query_text(reader->query, reader->column++, reader->arena, &reader->complete);
}

static instant_us next_instant(struct reader *reader)
{
    return query_instant(reader->query, reader->column++, &reader->valid);
}

static int64_t next_number(struct reader *reader)
{
    int column = reader->column++;
    return query_is_null(reader->query, column) ? -1 : query_int64(reader->query, column);
}

static bool next_flag(struct reader *reader)
{
    return next_number(reader) == 1;
}

/* In the order of STATEMENT_ORDER_LOAD. */
static void read_order(struct reader *reader, struct medication_order *order)
{
    order->id = next_number(reader);
    order->placer_number = next_text(reader);
    order->order_control = next_text(reader);
    order->pharmacy = next_text(reader);
    order->ordered_at = next_instant(reader);
    order->start_at = next_instant(reader);
    order->stop_at = next_instant(reader);
    order->note = next_text(reader);

    order->ndc = next_text(reader);
    order->rxnorm = next_text(reader);
    order->drug_name = next_text(reader);
    order->strength = next_text(reader);
    order->dosage_form = next_text(reader);
    order->drug_schedule = next_text(reader);
    order->container_type = next_text(reader);

    order->dose_amount = next_text(reader);
    order->dose_units = next_text(reader);
    order->route = next_text(reader);
    order->frequency = next_text(reader);
    order->instructions = next_text(reader);
    order->indication = next_text(reader);
    order->as_needed = next_flag(reader);
    order->keep_on_person = next_flag(reader);
    order->quantity = next_text(reader);
    order->quantity_units = next_text(reader);
    order->refills = next_number(reader);
    order->days_supply = next_number(reader);
    order->substitution_allowed = next_flag(reader);

    order->provider_id = next_text(reader);
    order->provider_last = next_text(reader);
    order->provider_first = next_text(reader);
    order->provider_npi = next_text(reader);
    order->provider_dea = next_text(reader);

    order->authority = next_text(reader);
    order->patient_id = next_text(reader);
    order->last_name = next_text(reader);
    order->first_name = next_text(reader);
    order->middle_name = next_text(reader);
    order->birth_date = next_text(reader);
    order->sex = next_text(reader);
    order->race = next_text(reader);
    order->ssn = next_text(reader);
    order->booking_number = next_text(reader);
    order->agency = next_text(reader);
    order->facility = next_text(reader);
    order->facility_zone = next_text(reader);
    order->housing = next_text(reader);
    order->bed = next_text(reader);
    order->block = next_text(reader);
    order->pod = next_text(reader);
    order->cell = next_text(reader);
}

enum database_kind order_load(struct database *db, int64_t order_row, struct arena *arena,
                              struct medication_order **out)
{
    *out = NULL;
    struct query query = query_start(db, STATEMENT_ORDER_LOAD);
    query_bind_int64(&query, order_row);
    enum database_kind kind = query_step(&query);
    if (kind == DATABASE_OK) {
        struct reader reader = {.query = &query, .arena = arena, .complete = true, .valid = true};
        struct medication_order *order = arena_take(arena, sizeof *order);
        if (order != NULL)
            read_order(&reader, order);
        if (order == NULL || !reader.complete)
            kind = database_no_memory(db);
        else if (!reader.valid)
            kind = DATABASE_CORRUPT;
        else
            *out = order;
    }
    query_end(&query);
    return kind;
}
