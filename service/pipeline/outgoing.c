#include "service/pipeline/outgoing.h"

#include <stdio.h>

#include "database/alert.h"
#include "database/order.h"
#include "outbound/alert_fanout.h"
#include "outbound/fanout.h"
#include "platform/clock.h"
#include "service/event.h"
#include "service/pipeline/carry_out.h"

#define FANOUT_LIMIT 64 /* order events in one transaction */
#define LOOK_LIVE_MS 25u
#define LOOK_TEST_MS 250u

/* Orders of which somebody should know: reported only when what became of them is committed. */
struct order_news {
    struct arena *arena;
    size_t count;
    struct {
        int64_t event;
        enum fanout_news news;
        const char *sentence;
    } items[FANOUT_LIMIT];
};

static void note_order(void *context, int64_t order_event, enum fanout_news news, const char *sentence)
{
    struct order_news *noted = context;
    if (noted->count == FANOUT_LIMIT)
        return; /* fanout_run takes no more than that at a time */
    const char *kept = arena_copy_text(noted->arena, slice_of(sentence));
    noted->items[noted->count].event = order_event;
    noted->items[noted->count].news = news;
    noted->items[noted->count].sentence = kept ? kept : "memory is exhausted; the row order_event says why";
    noted->count++;
}

static void report_orders(const struct order_news *noted)
{
    for (size_t i = 0; i < noted->count; i++) {
        char number[24];
        (void)snprintf(number, sizeof number, "%lld", (long long)noted->items[i].event);
        event_report(noted->items[i].news == FANOUT_FAILED ? EVENT_ORDER_NOT_RENDERED
                                                           : EVENT_ORDER_CHARACTERS_REPLACED,
                     number, noted->items[i].sentence);
    }
}

/* What was rendered is committed: its senders may have work. `events` of FANOUT_LIMIT: there may be more. */
static void note_queued(struct outgoing *outgoing, size_t events, size_t queued)
{
    const struct pipeline_options *options = &outgoing->pipeline->options;
    outgoing->more = outgoing->more || events == FANOUT_LIMIT;
    mutex_lock(&outgoing->pipeline->lock);
    outgoing->pipeline->figures.queued += queued;
    mutex_unlock(&outgoing->pipeline->lock);
    if (queued > 0 && options->messages_queued)
        options->messages_queued(options->context);
}

/* Alerts that failed: reported only when that is committed. */
struct alert_news {
    struct arena *arena;
    size_t count;
    struct {
        int64_t event;
        const char *sentence;
    } items[FANOUT_LIMIT];
};

static void note_alert(void *context, int64_t alert_event, const char *sentence)
{
    struct alert_news *noted = context;
    if (noted->count == FANOUT_LIMIT)
        return; /* alert_fanout_run takes no more than that at a time */
    const char *kept = arena_copy_text(noted->arena, slice_of(sentence));
    noted->items[noted->count].event = alert_event;
    noted->items[noted->count].sentence = kept ? kept : "memory is exhausted; the row alert_event says why";
    noted->count++;
}

static enum database_kind fan_out_alerts(struct outgoing *outgoing)
{
    const struct pipeline_options *options = &outgoing->pipeline->options;
    struct database *db = options->writer;
    struct alert_fanout_counts counts = {0};
    struct alert_news noted = {.arena = &outgoing->arena};
    struct alert_event *events = NULL;
    size_t waiting = 0;
    enum database_kind kind = alert_events_new(db, 1, &outgoing->arena, &events, &waiting);
    if (kind != DATABASE_OK || waiting == 0)
        return kind;
    kind = database_begin(db);
    if (kind == DATABASE_OK)
        kind = alert_fanout_run(db, options->paths->world, options->alert_receivers,
                                options->alert_receiver_count, clock_utc_us(), FANOUT_LIMIT, &outgoing->arena,
                                note_alert, &noted, &counts);
    kind = database_finish(db, kind);
    if (kind != DATABASE_OK)
        return kind;
    for (size_t i = 0; i < noted.count; i++) {
        char number[24];
        (void)snprintf(number, sizeof number, "%lld", (long long)noted.items[i].event);
        event_report(EVENT_ALERT_NOT_RENDERED, number, noted.items[i].sentence);
    }
    note_queued(outgoing, counts.events, counts.queued);
    return DATABASE_OK;
}

static enum database_kind fan_out(struct outgoing *outgoing)
{
    const struct pipeline_options *options = &outgoing->pipeline->options;
    struct database *db = options->writer;
    struct fanout_counts counts = {0};
    struct order_news noted = {.arena = &outgoing->arena};
    struct order_event *events = NULL;
    size_t waiting = 0;
    enum database_kind kind = order_events_new(db, 1, &outgoing->arena, &events, &waiting);
    if (kind == DATABASE_NONE || (kind == DATABASE_OK && waiting == 0))
        return DATABASE_OK; /* another program wrote something else: its write lock is left alone */
    if (kind == DATABASE_OK)
        kind = database_begin(db);
    if (kind != DATABASE_OK)
        return kind;
    kind = fanout_run(db, options->paths->world, options->partners, options->partner_count, clock_utc_us(),
                      FANOUT_LIMIT, &outgoing->arena, note_order, &noted, &counts);
    kind = database_finish(db, kind);
    if (kind != DATABASE_OK)
        return kind;
    report_orders(&noted);
    note_queued(outgoing, counts.events, counts.queued);
    return DATABASE_OK;
}

void outgoing_init(struct outgoing *outgoing, struct pipeline *pipeline)
{
    *outgoing = (struct outgoing){.pipeline = pipeline};
    arena_init(&outgoing->arena, 0);
    outgoing->look_ms = pipeline->options.paths->world == DATABASE_LIVE ? LOOK_LIVE_MS : LOOK_TEST_MS;
}

void outgoing_release(struct outgoing *outgoing)
{
    arena_release(&outgoing->arena);
}

void outgoing_alerts_announced(struct outgoing *outgoing)
{
    outgoing->more = true;
}

uint32_t outgoing_due_in(const struct outgoing *outgoing, uint64_t now)
{
    uint64_t since = now - outgoing->looked;
    return outgoing->more || since >= outgoing->look_ms ? 0 : (uint32_t)(outgoing->look_ms - since);
}

enum database_kind outgoing_look(struct outgoing *outgoing, bool asked)
{
    int64_t version = 0;
    enum database_kind kind = database_data_version(outgoing->pipeline->options.writer, &version);
    outgoing->looked = clock_monotonic_ms();
    bool unchanged = outgoing->data_version_known && version == outgoing->data_version;
    if (kind == DATABASE_OK && outgoing->data_version_known && !unchanged)
        courtesy_others_wrote(&outgoing->courtesy, outgoing->looked);
    if (kind != DATABASE_OK || (unchanged && !asked && !outgoing->more))
        return kind;
    arena_reset(&outgoing->arena);
    outgoing->more = false;
    kind = fan_out(outgoing);
    if (kind == DATABASE_OK)
        kind = fan_out_alerts(outgoing);
    if (kind == DATABASE_OK)
        kind = carry_out_commands(outgoing->pipeline, &outgoing->arena, &outgoing->decided);
    outgoing->more = outgoing->more || outgoing->decided; /* what was released may have let alerts in */
    outgoing->data_version_known = kind == DATABASE_OK;   /* otherwise the next look does it again */
    outgoing->data_version = version;
    return kind;
}
