/*
 * An event is taken whole or not at all: either all its partners have their message queued and it ends as
 * `rendered`, or nothing of it stays and it ends as `failed`.
 */
#include "outbound/fanout.h"

#include <stdio.h>
#include <string.h>

#include "database/order.h"
#include "database/outbox.h"
#include "outbound/render.h"

struct fanout {
    struct database *db;
    enum database_world world;
    const struct partner *partners;
    size_t partner_count;
    instant_us now;
    struct arena *arena;
};

/* What comes of one event. */
struct ending {
    enum order_event_state state;
    const char *sentence; /* why it failed, or what was replaced; NULL: nothing to say */
    size_t queued;
    size_t replaced; /* characters, in all its messages */
    struct character_loss first_loss;
    const char *first_pharmacy;
};

#define SENTENCE_SIZE ((size_t)256) /* order_event.reason: at most 255 characters */

static bool is_for(const struct partner *partner, const struct medication_order *order)
{
    if (order->pharmacy != NULL)
        return strcmp(order->pharmacy, partner->to.name) == 0;
    return receiver_serves(&partner->to, order->facility);
}

static void note_loss(struct ending *ending, const struct partner *partner, const struct character_loss *loss)
{
    if (loss->count > 0 && ending->replaced == 0) {
        ending->first_loss = *loss;
        ending->first_pharmacy = partner->to.name;
    }
    ending->replaced += loss->count;
}

/* One queued row for one partner. ending->sentence is set when the event cannot be rendered. */
static enum database_kind queue(const struct fanout *fanout, const struct order_event *event,
                                const struct medication_order *order, const struct partner *partner,
                                struct ending *ending)
{
    char control_id[21], file_name[RECEIVER_FILE_NAME_SIZE];
    instant_us name_time;
    struct outbox_row row = {
        .order_event = event->id,
        .receiver_kind = partner->to.kind,
        .receiver = partner->to.name,
        .control_id = control_id,
        .file_name = file_name,
        .state = OUTBOX_QUEUED,
        .created = fanout->now,
    };
    enum database_kind kind = outbox_next_id(fanout->db, &row.id);
    if (kind != DATABASE_OK)
        return kind;
    outbox_control_id(control_id, fanout->world, database_control_letters(fanout->db), row.id);
    struct render_input input = {
        .order = order,
        .partner = partner,
        .control_id = control_id,
        .now = fanout->now,
    };
    struct rendered rendered;
    ending->sentence = render_order(&input, fanout->arena, &rendered);
    if (ending->sentence == render_no_memory)
        return DATABASE_NO_MEMORY;
    if (ending->sentence != NULL)
        return DATABASE_OK;
    row.bytes = rendered.message;
    note_loss(ending, partner, &rendered.loss);
    kind = outbox_next_name_time(fanout->db, fanout->now, &name_time);
    if (kind != DATABASE_OK)
        return kind;
    if (!receiver_file_name(&partner->to, name_time, row.id, control_id, file_name)) {
        ending->sentence =
            "the file name pattern of the pharmacy gives no usable name: mend it in corbridge.xml (it must have %N "
            "or %C), then retry";
        return DATABASE_OK;
    }
    return outbox_insert(fanout->db, &row, name_time);
}

/* Inside the savepoint: all that the event brings, and how it shall end. */
static enum database_kind render_event(const struct fanout *fanout, const struct order_event *event,
                                       struct ending *ending)
{
    struct medication_order *order = NULL;
    ending->state = ORDER_FAILED;
    enum database_kind kind = order_load(fanout->db, event->order_row, fanout->arena, &order);
    if (kind == DATABASE_NONE) {
        ending->sentence =
            "the patient, booking, drug or provider of the order has no row: insert it, then retry";
        return DATABASE_OK;
    }
    if (kind != DATABASE_OK)
        return kind;
    for (size_t i = 0; i < fanout->partner_count; i++) {
        if (!is_for(&fanout->partners[i], order))
            continue;
        kind = queue(fanout, event, order, &fanout->partners[i], ending);
        if (kind != DATABASE_OK || ending->sentence != NULL)
            return kind;
        ending->queued++;
    }
    if (ending->queued > 0) {
        ending->state = ORDER_RENDERED;
        return DATABASE_OK;
    }
    if (fanout->world == DATABASE_LIVE) {
        /* RULES "Test and live": the pharmacies given here are the live ones. */
        ending->state = ORDER_NO_LIVE_PARTNER;
        ending->sentence = "no live pharmacy serves the order";
    } else if (order->pharmacy != NULL) {
        ending->sentence =
            "the order names a pharmacy that corbridge.xml does not have (medication_order.pharmacy): add it there, "
            "then retry";
    } else if (order->facility == NULL) {
        ending->sentence = "the booking has no facility: let the JMS send it (booking.facility), then retry";
    } else {
        ending->sentence =
            "no pharmacy of corbridge.xml serves the facility of the booking: add the facility to one, then retry";
    }
    return DATABASE_OK;
}

/* What was replaced, in a sentence. False when memory is exhausted. */
static bool tell_replaced(const struct fanout *fanout, struct ending *ending)
{
    char *sentence = arena_take(fanout->arena, SENTENCE_SIZE);
    if (sentence == NULL)
        return false;
    (void)snprintf(
        sentence, SENTENCE_SIZE,
        "characters that the character set of a pharmacy does not have went as ?: %zu, the first in %s-%u for "
        "pharmacy %.64s",
        ending->replaced, ending->first_loss.segment, ending->first_loss.field, ending->first_pharmacy);
    ending->sentence = sentence;
    return true;
}

/* One event through its savepoint. */
static enum database_kind run_event(const struct fanout *fanout, const struct order_event *event,
                                    struct ending *ending)
{
    *ending = (struct ending){0};
    enum database_kind kind = database_savepoint(fanout->db);
    if (kind != DATABASE_OK)
        return kind;
    kind = render_event(fanout, event, ending);
    if (kind == DATABASE_OK && ending->state == ORDER_RENDERED && ending->replaced > 0 &&
        !tell_replaced(fanout, ending))
        kind = DATABASE_NO_MEMORY;
    if (kind == DATABASE_OK && ending->state == ORDER_RENDERED) {
        kind = order_event_end(fanout->db, event->id, ORDER_RENDERED, ending->sentence, fanout->now);
        if (kind == DATABASE_OK)
            return database_savepoint_release(fanout->db);
    }
    /* A row that the schema refuses would be refused for ever: it stops its own order, not all that come after it. */
    if (kind == DATABASE_CONSTRAINT) {
        ending->state = ORDER_FAILED;
        ending->sentence =
            "the database refused the message, such as for a file name that was used before: mend the file name "
            "pattern in corbridge.xml, then retry";
        kind = DATABASE_OK;
    }
    if (!database_in_transaction(fanout->db))
        return kind == DATABASE_OK ? DATABASE_OTHER : kind;
    ending->queued = 0;
    enum database_kind back = database_savepoint_rollback(fanout->db);
    if (kind == DATABASE_OK)
        kind = back;
    if (kind == DATABASE_OK)
        kind = order_event_end(fanout->db, event->id, ending->state, ending->sentence, fanout->now);
    return kind;
}

/* Events before `count` of the same order failed just now. */
static bool is_stopped(const struct order_event *events, const bool *failed, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (failed[i] && strcmp(events[i].placer_number, events[count].placer_number) == 0)
            return true;
    }
    return false;
}

/* Takes the next `limit` new events. *found is how many there were, of which some may be stopped by one that
 * failed just now. */
static enum database_kind run_batch(const struct fanout *fanout, size_t limit, fanout_told_function told,
                                    void *context, struct fanout_counts *counts, size_t *found)
{
    struct order_event *events = NULL;
    *found = 0;
    enum database_kind kind = order_events_new(fanout->db, limit, fanout->arena, &events, found);
    if (kind == DATABASE_NONE || (kind == DATABASE_OK && *found == 0))
        return DATABASE_OK;
    if (kind != DATABASE_OK)
        return kind;
    bool *failed = arena_take_array(fanout->arena, *found, sizeof *failed);
    if (failed == NULL)
        return DATABASE_NO_MEMORY;
    for (size_t i = 0; i < *found; i++) {
        if (is_stopped(events, failed, i))
            continue;
        struct ending ending;
        kind = run_event(fanout, &events[i], &ending);
        if (kind != DATABASE_OK)
            return kind;
        counts->events++;
        counts->queued += ending.queued;
        if (ending.state == ORDER_FAILED) {
            failed[i] = true;
            counts->failed++;
        }
        bool replaced = ending.state == ORDER_RENDERED && ending.replaced > 0;
        if (told != NULL && (failed[i] || replaced))
            told(context, events[i].id, failed[i] ? FANOUT_FAILED : FANOUT_REPLACED, ending.sentence);
    }
    return DATABASE_OK;
}

enum database_kind fanout_run(struct database *db, enum database_world world, const struct partner *partners,
                              size_t count, instant_us now, size_t limit, struct arena *arena,
                              fanout_told_function told, void *context, struct fanout_counts *counts)
{
    *counts = (struct fanout_counts){0};
    const struct fanout fanout = {
        .db = db,
        .world = world,
        .partners = partners,
        .partner_count = count,
        .now = now,
        .arena = arena,
    };
    /* Events that were stopped are not found again: so each turn ends some, and fewer than asked for means that
     * there are no more. */
    size_t wanted, found;
    do {
        wanted = limit - counts->events;
        enum database_kind kind = run_batch(&fanout, wanted, told, context, counts, &found);
        if (kind != DATABASE_OK)
            return kind;
    } while (found == wanted && counts->events < limit);
    return DATABASE_OK;
}
