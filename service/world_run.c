#include "service/world_run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "database/alert.h"
#include "database/ledger.h"
#include "database/outbox.h"
#include "outbound/send.h"
#include "platform/clock.h"
#include "platform/thread.h"
#include "service/event.h"
#include "service/log.h"
#include "service/photo/fetcher.h"
#include "service/photo/photo_reason.h"
#include "service/pipeline/checkpointer.h"
#include "service/pipeline/copier.h"
#include "service/pipeline/held_roster.h"
#include "service/pipeline/pipeline.h"
#include "service/spool/mover.h"
#include "service/watch/feed.h"

#define PROGRESS_MS 2000u /* well below the wait hint of a pending service */

struct world_run {
    const struct config *config;
    const struct live *live;
    struct world_callbacks callbacks;
    struct world_paths paths;
    struct database *writer;
    struct pipeline *pipeline;
    struct checkpointer *checkpointer;
    struct line *
        lines; /* one per feed of the configuration; in the test world as many again, for copies; and as many for held rosters */
    struct feed **feeds;     /* one per feed; NULL: the other world runs it */
    struct copier *copier;   /* test world, where there is a live one */
    struct fetcher *fetcher; /* where photos are asked for */
    struct partner *partners;
    size_t partner_count;
    struct alert_receiver *alert_receivers;
    size_t alert_receiver_count;
    struct mutex lock;       /* of the senders: they end before the committer, which wakes them */
    struct sender **senders; /* of the partners, then of the feeds that take alerts */
    size_t sender_count;
    int64_t queued_before; /* rows that were queued when this run began */
    bool in_order;         /* the run before was stopped, not killed */
    bool taken_up;         /* and this one has begun */
};

/* Of what the configuration names, each world runs its share. */
static bool is_mine(const struct world_run *run, enum live_kind kind, const char *name)
{
    return live_has(run->live, kind, name) == (run->paths.world == DATABASE_LIVE);
}

static const char MEMORY[] = "memory is exhausted; see what else uses the machine";

/* ---- callbacks between the rooms ---- */

static void wake_senders(void *context)
{
    struct world_run *run = context;
    mutex_lock(&run->lock);
    for (size_t i = 0; i < run->sender_count; i++)
        if (run->senders[i])
            sender_wake(run->senders[i]);
    mutex_unlock(&run->lock);
}

static void scan_asked(void *context)
{
    world_run_scan_now(context, false);
}

static void committed(void *context)
{
    struct world_run *run = context;
    checkpointer_note(run->checkpointer);
    fetcher_wake(run->fetcher);
    run->callbacks.committed(run->callbacks.context);
}

static void live_changed(void *context)
{
    struct world_run *run = context;
    run->callbacks.live_changed(run->callbacks.context);
}

static void photo_done(void *context, struct photo_result *result)
{
    struct world_run *run = context;
    pipeline_photo(run->pipeline, result);
}

static void photos_written(void *context, size_t count)
{
    struct world_run *run = context;
    fetcher_written(run->fetcher, count);
}

static void sent(void *context, int64_t outbox_id)
{
    struct world_run *run = context;
    pipeline_sent(run->pipeline, outbox_id);
}

static void sender_trouble(void *context, const struct receiver *receiver, enum send_result result,
                           int64_t outbox_id, struct platform_status status)
{
    (void)context;
    bool feed = receiver->kind == LIVE_FEED;
    char number[24], text[200];
    (void)snprintf(number, sizeof number, "%lld", (long long)outbox_id);
    platform_status_text(status, text, sizeof text);
    switch (result) {
    case SEND_DONE: event_report(feed ? EVENT_ALERTS_BACK : EVENT_PHARMACY_BACK, receiver->name); break;
    case SEND_LATER:
        event_report(feed ? EVENT_ALERTS_AWAY : EVENT_PHARMACY_AWAY, receiver->name, number, text);
        break;
    case SEND_CONFLICT:
        event_report(feed ? EVENT_ALERTS_CONFLICT : EVENT_PHARMACY_CONFLICT, receiver->name, number);
        break;
    }
}

/* ---- building ---- */

static bool make_partners(struct world_run *run)
{
    size_t count = run->config->pharmacy_count;
    run->partners = calloc(count + 1, sizeof *run->partners);
    if (!run->partners)
        return false;
    bool live = run->paths.world == DATABASE_LIVE;
    for (size_t i = 0; i < count; i++) {
        const struct config_pharmacy *pharmacy = &run->config->pharmacies[i];
        const char *folder = live ? pharmacy->live_folder : pharmacy->test_folder;
        /* In test every pharmacy has its folder, live or not. */
        if (!folder || (live && !is_mine(run, LIVE_PHARMACY, pharmacy->name)))
            continue;
        run->partners[run->partner_count++] = (struct partner){
            .to = {LIVE_PHARMACY, pharmacy->name, folder, pharmacy->facilities, pharmacy->file_pattern},
            .sending_application = pharmacy->sending_application,
            .sending_facility = pharmacy->sending_facility,
            .receiving_application = pharmacy->receiving_application,
            .receiving_facility = pharmacy->receiving_facility,
            .processing_id = live ? "P" : "T",
            .form = pharmacy->form,
        };
    }
    return true;
}

/* Where the alerts of others go: of a live feed by the live world. In test every such feed has its folder, live or not. */
static bool make_alert_receivers(struct world_run *run)
{
    size_t count = run->config->feed_count;
    run->alert_receivers = calloc(count + 1, sizeof *run->alert_receivers);
    if (!run->alert_receivers)
        return false;
    bool live = run->paths.world == DATABASE_LIVE;
    for (size_t i = 0; i < count; i++) {
        const struct config_feed *feed = &run->config->feeds[i];
        const struct config_alerts *alerts = &feed->alerts;
        const char *folder = live ? alerts->live_folder : alerts->test_folder;
        bool is_live = live_has(run->live, LIVE_FEED, feed->name);
        if (!folder || (live && !is_live))
            continue;
        run->alert_receivers[run->alert_receiver_count++] = (struct alert_receiver){
            .to = {LIVE_FEED, feed->name, folder, alerts->facilities, alerts->file_pattern},
            .authority = feed->authority,
            .map = &alerts->map,
            .leaves_unmapped = alerts->leaves_unmapped,
            .is_live = is_live,
        };
    }
    return true;
}

static bool make_receivers(struct world_run *run)
{
    if (!make_partners(run) || !make_alert_receivers(run))
        return false;
    run->sender_count = run->partner_count + run->alert_receiver_count;
    run->senders = calloc(run->sender_count + 1, sizeof *run->senders);
    return run->senders != NULL;
}

/* By the number of its sender. */
static const struct receiver *receiver_at(const struct world_run *run, size_t index)
{
    return index < run->partner_count ? &run->partners[index].to
                                      : &run->alert_receivers[index - run->partner_count].to;
}

/* From here on what is left claimed was left by a process that died. */
static enum database_kind take_up(struct world_run *run)
{
    struct arena arena;
    struct outbox_counts *left = NULL;
    size_t left_count = 0;
    arena_init(&arena, 0);
    enum database_kind kind = database_begin(run->writer);
    if (kind == DATABASE_OK)
        kind = database_take_up(run->writer, &run->in_order);
    if (kind == DATABASE_OK)
        kind = alert_events_again(run->writer);
    if (kind == DATABASE_OK && run->paths.world == DATABASE_LIVE)
        kind = outbox_reject_left(run->writer, &arena, &left, &left_count);
    kind = database_finish(run->writer, kind);
    run->taken_up = kind == DATABASE_OK;
    for (size_t i = 0; i < left_count && run->taken_up; i++) {
        char number[24], receiver[80];
        (void)snprintf(number, sizeof number, "%lld", (long long)left[i].queued);
        (void)snprintf(receiver, sizeof receiver, "%s %s", live_kind_name(left[i].receiver_kind),
                       left[i].receiver);
        event_report(EVENT_LEFT_MESSAGES_REJECTED, receiver, number);
    }
    arena_release(&arena);
    return kind;
}

static enum database_kind sync_facilities(struct world_run *run)
{
    const struct config *config = run->config;
    struct facility_row *rows = calloc(config->facility_count + 1, sizeof *rows);
    if (!rows)
        return DATABASE_NO_MEMORY;
    for (size_t i = 0; i < config->facility_count; i++)
        rows[i] = (struct facility_row){config->facilities[i].code, config->facilities[i].name,
                                        config->facilities[i].zone_name};
    enum database_kind kind = apply_facilities(run->writer, rows, config->facility_count);
    free(rows);
    return kind;
}

/* How many messages wait to be sent from before this run. */
static enum database_kind count_queued(struct world_run *run)
{
    struct arena arena;
    arena_init(&arena, 0);
    struct outbox_counts *counts = NULL;
    size_t count = 0;
    enum database_kind kind = outbox_count(run->writer, &arena, &counts, &count);
    for (size_t i = 0; i < count && kind == DATABASE_OK; i++)
        for (size_t r = 0; r < run->sender_count; r++)
            if (counts[i].receiver_kind == receiver_at(run, r)->kind &&
                strcmp(counts[i].receiver, receiver_at(run, r)->name) == 0)
                run->queued_before += counts[i].queued;
    arena_release(&arena);
    return kind == DATABASE_NONE ? DATABASE_OK : kind;
}

/* A feed with the rows that an earlier process left. */
static struct feed *make_feed(struct world_run *run, size_t index, size_t *claimed, size_t *in_place)
{
    struct arena arena;
    arena_init(&arena, 0);
    struct ledger_file *rows = NULL;
    size_t count = 0;
    struct feed *feed = NULL;
    const struct config_feed *settings = &run->config->feeds[index];
    enum database_kind kind = ledger_unfinished(run->writer, settings->name, &arena, &rows, &count);
    if (kind == DATABASE_OK || kind == DATABASE_NONE) {
        for (size_t i = 0; i < count; i++)
            *(rows[i].state == LEDGER_CLAIMED ? claimed : in_place) += 1;
        struct feed_options options = {
            .config = run->config,
            .feed = settings,
            .paths = &run->paths,
            .line = &run->lines[index],
            .unfinished = rows,
            .unfinished_count = count,
            .suspects = !run->in_order,
        };
        feed = feed_new(&options);
    }
    arena_release(&arena);
    return feed;
}

static enum engine_start failed(enum engine_start result, char *message, size_t size, const char *what,
                                struct platform_status status)
{
    char text[200];
    platform_status_text(status, text, sizeof text);
    (void)snprintf(message, size, "%s: %s", what, text);
    return result;
}

static void report_migration(const struct world_run *run)
{
    int from = database_migrated_from(run->writer);
    if (from == 0)
        return;
    char from_text[24], to_text[24];
    (void)snprintf(from_text, sizeof from_text, "%d", from);
    (void)snprintf(to_text, sizeof to_text, "%d", database_schema_version());
    event_report(EVENT_DATABASE_MIGRATED, world_name(run->paths.world), from_text, to_text);
}

static enum engine_start cannot_write(const struct world_run *run, char *message, size_t size)
{
    (void)snprintf(
        message, size,
        "the %s database cannot be written: %d (%s); see that its disk has room and that no program holds it locked",
        world_name(run->paths.world), database_error_code(run->writer), database_error_text(run->writer));
    return ENGINE_DATABASE;
}

/* The test world may be begun anew by whoever deletes its database; the live one only on purpose. */
static bool is_lost(const struct world_run *run, struct platform_status *status)
{
    bool lost = false;
    if (run->paths.world == DATABASE_LIVE)
        *status = world_lost_database(&run->paths, &lost);
    return lost;
}

static enum engine_start open_database(struct world_run *run, bool *newer, char *message, size_t size)
{
    struct platform_status status = PLATFORM_SUCCESS;
    *newer = false;
    if (is_lost(run, &status)) {
        (void)snprintf(
            message, size,
            "the live database %s is missing, and %s still holds files that it knew: put the database back, or "
            "move that folder away to begin with an empty live world",
            run->paths.database, run->paths.root);
        return ENGINE_DATABASE;
    }
    if (platform_ok(status))
        status = world_paths_make(&run->paths);
    if (!platform_ok(status))
        return failed(
            ENGINE_SYSTEM, message, size,
            "the folders of the data folder cannot be made; give the service's account the right to write there",
            status);
    enum database_kind kind =
        database_open(run->paths.database, run->paths.world, DATABASE_WRITE, &run->writer, message, size);
    *newer = kind == DATABASE_NEWER;
    if (kind != DATABASE_OK)
        return ENGINE_DATABASE;
    report_migration(run);
    return sync_facilities(run) == DATABASE_OK ? ENGINE_STARTED : cannot_write(run, message, size);
}

static bool is_busy(void *context)
{
    struct world_run *run = context;
    struct pipeline_figures figures;
    pipeline_figures(run->pipeline, &figures);
    return figures.in_flight > 0;
}

static bool make_copier(struct world_run *run, struct world_run *followed)
{
    struct copier_options options = {
        .config = run->config,
        .live = &followed->paths,
        .test = &run->paths,
        .pipeline = run->pipeline,
        .lines = run->lines + run->config->feed_count,
        .live_is_busy = is_busy,
        .context = followed,
    };
    run->copier = copier_new(&options);
    return run->copier != NULL;
}

/* What a rule has refused may be allowed by now: the configuration is another one with each start. */
static enum database_kind ask_refused_photos_again(struct world_run *run)
{
    struct photo_counts counts = {0};
    enum database_kind kind = photo_request_counts(run->writer, &counts);
    if (kind != DATABASE_OK || counts.failed == 0)
        return kind;
    kind = database_begin(run->writer);
    for (size_t i = 0; photo_refusal(i) != NULL && kind == DATABASE_OK; i++)
        kind = photo_requests_again(run->writer, photo_refusal(i), clock_utc_us());
    return database_finish(run->writer, kind);
}

static bool make_fetcher(struct world_run *run, struct world_run *followed)
{
    struct fetcher_options options = {
        .config = run->config,
        .paths = &run->paths,
        .followed = followed ? &followed->paths : NULL,
        .done = photo_done,
        .context = run,
    };
    run->fetcher = fetcher_new(&options);
    return run->fetcher != NULL;
}

static enum engine_start build(struct world_run *run, struct world_run *followed, char *message, size_t size)
{
    const struct config *config = run->config;
    size_t line_count = config->feed_count * (followed ? 3 : 2);
    (void)snprintf(message, size, "%s", MEMORY);
    run->lines = calloc(line_count + 1, sizeof *run->lines);
    run->feeds = calloc(config->feed_count + 1, sizeof *run->feeds);
    if (!run->lines || !run->feeds || !make_receivers(run))
        return ENGINE_SYSTEM;
    bool photos = fetcher_is_needed(config);
    if (take_up(run) != DATABASE_OK || count_queued(run) != DATABASE_OK ||
        (photos && ask_refused_photos_again(run) != DATABASE_OK))
        return cannot_write(run, message, size);
    struct pipeline_options options = {
        .config = config,
        .paths = &run->paths,
        .writer = run->writer,
        .lines = run->lines,
        .line_count = line_count,
        .hold_lines = run->lines + line_count - config->feed_count,
        .partners = run->partners,
        .partner_count = run->partner_count,
        .alert_receivers = run->alert_receivers,
        .alert_receiver_count = run->alert_receiver_count,
        .messages_queued = wake_senders,
        .scan_asked = scan_asked,
        .committed = committed,
        .photos_written = photos_written,
        .live_changed = live_changed,
        .context = run,
    };
    run->pipeline = pipeline_new(&options);
    if (!run->pipeline)
        return ENGINE_SYSTEM;
    if (followed && !make_copier(run, followed))
        return ENGINE_SYSTEM;
    if (photos && !make_fetcher(run, followed))
        return ENGINE_SYSTEM;
    size_t claimed = 0, in_place = 0;
    for (size_t i = 0; i < config->feed_count; i++) {
        run->lines[i].config = &config->feeds[i];
        run->lines[i].pipeline = run->pipeline;
        options.hold_lines[i] = (struct line){
            .config = &config->feeds[i], .pipeline = run->pipeline, .finished = held_roster_finished};
        if (!is_mine(run, LIVE_FEED, config->feeds[i].name))
            continue;
        run->feeds[i] = make_feed(run, i, &claimed, &in_place);
        if (!run->feeds[i])
            return ENGINE_SYSTEM;
        feed_pause(run->feeds[i], run->callbacks.paused);
    }
    if (!run->in_order && (claimed > 0 || in_place > 0)) {
        char claimed_text[24], in_place_text[24];
        (void)snprintf(claimed_text, sizeof claimed_text, "%zu", claimed);
        (void)snprintf(in_place_text, sizeof in_place_text, "%zu", in_place);
        event_report(EVENT_UNCLEAN_STOP_FOUND, claimed_text, in_place_text);
    }
    return ENGINE_STARTED;
}

static enum engine_start start_threads(struct world_run *run, char *message, size_t size)
{
    const struct config *config = run->config;
    struct platform_status status = checkpointer_start(&run->checkpointer, &run->paths);
    struct sender_callbacks callbacks = {run, sent, sender_trouble};
    for (size_t i = 0; i < run->sender_count && platform_ok(status); i++)
        status = sender_start(&run->senders[i], run->paths.database, run->paths.world, receiver_at(run, i),
                              &callbacks);
    for (size_t i = 0; i < config->feed_count && platform_ok(status); i++)
        if (run->feeds[i])
            status = mover_start(&run->lines[i].mover, run->paths.root, config->feeds[i].folder);
    if (platform_ok(status))
        status = pipeline_start(run->pipeline);
    for (size_t i = 0; i < config->feed_count && platform_ok(status); i++)
        if (run->feeds[i])
            status = feed_start(run->feeds[i]);
    if (platform_ok(status) && run->fetcher)
        status = fetcher_start(run->fetcher);
    if (platform_ok(status) && run->copier)
        status = copier_start(run->copier);
    return platform_ok(status) ? ENGINE_STARTED
                               : failed(ENGINE_SYSTEM, message, size, "a thread cannot be started", status);
}

enum engine_start world_run_open(struct world_run **out, const struct config *config,
                                 enum database_world world, const struct world_callbacks *callbacks,
                                 bool *newer, char *message, size_t message_size)
{
    *out = NULL;
    *newer = false;
    struct world_run *run = calloc(1, sizeof *run);
    if (!run || !world_paths_init(&run->paths, config->data_folder, world)) {
        free(run);
        (void)snprintf(message, message_size, "%s", MEMORY);
        return ENGINE_SYSTEM;
    }
    mutex_init(&run->lock);
    run->config = config;
    run->callbacks = *callbacks;
    enum engine_start result = open_database(run, newer, message, message_size);
    if (callbacks->progress)
        callbacks->progress(callbacks->context);
    if (result != ENGINE_STARTED) {
        (void)world_run_stop(run, clock_monotonic_ms());
        return result;
    }
    *out = run;
    return ENGINE_STARTED;
}

enum database_kind world_run_read_live(struct world_run *live, struct live *out)
{
    return live_load(out, live->writer);
}

enum engine_start world_run_start(struct world_run *run, const struct live *live, struct world_run *followed,
                                  char *message, size_t message_size)
{
    run->live = live;
    enum engine_start result = build(run, followed, message, message_size);
    return result == ENGINE_STARTED ? start_threads(run, message, message_size) : result;
}

void world_run_follow(struct world_run *test)
{
    if (test->copier)
        copier_wake(test->copier);
    fetcher_wake(test->fetcher);
}

void world_run_stop_following(struct world_run *test)
{
    /* The copier may wait for a place in a pipeline that is full and stands still: live shall not wait for that. */
    if (test->pipeline)
        pipeline_close_entry(test->pipeline);
    fetcher_end(test->fetcher); /* it reads the live database too */
    copier_end(test->copier);
}

/* ---- the end ---- */

/* Until nothing is in flight, or the deadline. True when nothing is. */
static bool drain(struct world_run *run, uint64_t deadline)
{
    for (;;) {
        uint64_t now = clock_monotonic_ms();
        uint64_t left = deadline > now ? deadline - now : 0;
        if (pipeline_drain(run->pipeline, left < PROGRESS_MS ? (uint32_t)left : PROGRESS_MS))
            return true;
        if (left <= PROGRESS_MS)
            return false;
        if (run->callbacks.progress)
            run->callbacks.progress(run->callbacks.context);
    }
}

/* The committer may render an order even now: it finds nobody to wake. */
static void stop_senders(struct world_run *run)
{
    for (size_t i = 0; i < run->sender_count; i++) {
        mutex_lock(&run->lock);
        struct sender *sender = run->senders[i]; /* NULL where none was started */
        run->senders[i] = NULL;
        mutex_unlock(&run->lock);
        sender_stop(sender);
    }
}

bool world_run_stop(struct world_run *run, uint64_t deadline)
{
    bool drained = true;
    if (run->pipeline)
        pipeline_close_entry(run->pipeline);
    fetcher_end(run->fetcher); /* a photo that is under way is asked for again at the next start */
    copier_end(run->copier);
    for (size_t i = 0; run->feeds && i < run->config->feed_count; i++)
        if (run->feeds[i])
            feed_end(run->feeds[i]);
    if (run->pipeline)
        drained = drain(run, deadline);
    stop_senders(run); /* before the committer, which marks what they sent */
    if (run->pipeline)
        pipeline_stop(run->pipeline);
    for (size_t i = 0; run->lines && i < run->config->feed_count; i++)
        mover_stop(run->lines[i].mover);
    checkpointer_stop(run->checkpointer);
    for (size_t i = 0; run->feeds && i < run->config->feed_count; i++)
        feed_free(run->feeds[i]);
    copier_free(run->copier);
    pipeline_free(run->pipeline);
    fetcher_free(run->fetcher);
    if (run->taken_up && database_lay_down(run->writer) != DATABASE_OK)
        log_write(LOG_WARNING, "database",
                  "the end of the run could not be noted in the %s database: the next start takes more care",
                  world_name(run->paths.world));
    database_close(run->writer);
    free(run->feeds);
    free(run->lines);
    free(run->partners);
    free(run->alert_receivers);
    free(run->senders);
    world_paths_release(&run->paths);
    mutex_release(&run->lock);
    free(run);
    return drained;
}

/* ---- while it runs ---- */

void world_run_pause(struct world_run *run, bool paused)
{
    for (size_t i = 0; i < run->config->feed_count; i++)
        if (run->feeds[i])
            feed_pause(run->feeds[i], paused);
}

void world_run_scan_now(struct world_run *run, bool reopen)
{
    for (size_t i = 0; i < run->config->feed_count; i++)
        if (run->feeds[i])
            feed_scan_now(run->feeds[i], reopen);
}

void world_run_look_now(struct world_run *run)
{
    pipeline_look_now(run->pipeline);
}

void world_run_figures(struct world_run *run, struct engine_figures *figures)
{
    struct pipeline_figures pipeline;
    pipeline_figures(run->pipeline, &pipeline);
    figures->claimed += pipeline.claimed;
    figures->applied += pipeline.applied;
    figures->put_away += pipeline.put_away;
    figures->quarantined += pipeline.quarantined;
    figures->vanished += pipeline.vanished;
    figures->sent += pipeline.sent;
    figures->copied += pipeline.copied;
    figures->in_flight += pipeline.in_flight;
    for (size_t i = 0; i < run->config->feed_count; i++) {
        struct feed_figures feed;
        if (!run->feeds[i])
            continue;
        feed_figures(run->feeds[i], &feed);
        figures->scans += feed.scans;
        figures->overflows += feed.overflows;
        figures->waiting += feed.waiting;
        figures->unrecognised += feed.unrecognised;
        figures->feeds_online += feed.online;
    }
}

bool world_run_is_idle(struct world_run *run)
{
    for (size_t i = 0; i < run->config->feed_count; i++) {
        struct feed_figures feed;
        if (!run->feeds[i])
            continue;
        feed_figures(run->feeds[i], &feed);
        if (!feed.idle)
            return false;
    }
    if (run->copier && !copier_is_idle(run->copier))
        return false;
    if (!fetcher_is_idle(run->fetcher))
        return false;
    struct pipeline_figures pipeline;
    pipeline_figures(run->pipeline, &pipeline);
    return pipeline.in_flight == 0 && !pipeline.busy &&
           pipeline.sent >= pipeline.queued + (uint64_t)run->queued_before;
}
