/*
 * The settle worker's loop: take in what the other threads noted, scan when it is time, look at what is due.
 *
 * When a scan follows a notification (DESIGN step 1): when the folder has been quiet for 50 ms, at the latest
 * after max(1 s, 10 times the last scan); at once on overflow, start, request and reconnect; and every 60 s, or
 * at the feed's poll interval.
 */
#include "service/watch/feed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/clock.h"
#include "platform/folder.h"
#include "platform/path.h"
#include "service/event.h"
#include "service/log.h"
#include "service/watch/feed_private.h"

#define QUIET_MS              50u
#define LATEST_MS             1000u
#define TIMER_MS              60000u
#define POLL_DEFAULT_MS       2000u /* a share that turned out never to notify */
#define RELISTS_MAX           4     /* a folder that never comes to rest is worked on all the same */
#define LOOKS_A_TURN          64    /* then hints and requests are seen to again */
#define TROUBLE_EVERY_MS      10000u
#define SPACE_EVERY_MS        5000u
#define NO_RIGHT_AFTER_MS     60000u
#define BUSY_AFTER_MS         600000u
#define OVERFLOWS_EVERY_MS    3600000u
#define UNRECOGNISED_AFTER_MS 3600000u

/* ---- what other threads note ---- */

static void note_armed(void *context, const struct file_identity *identity, bool polled)
{
    struct feed *feed = context;
    mutex_lock(&feed->lock);
    feed->armed = true;
    feed->polled = polled;
    feed->armed_identity = *identity;
    condition_signal(&feed->wakes);
    mutex_unlock(&feed->lock);
}

static void note_dirty_locked(struct feed *feed)
{
    uint64_t now = clock_monotonic_ms();
    if (!feed->dirty)
        feed->dirty_first = now;
    feed->dirty = true;
    feed->dirty_last = now;
}

static void note_hint(void *context, const char *name)
{
    struct feed *feed = context;
    mutex_lock(&feed->lock);
    note_dirty_locked(feed);
    bool known = feed->hint_count > 0 && strcmp(feed->hints[feed->hint_count - 1], name) == 0;
    /* What does not fit is found by a scan, which then must come before any look: names that follow would overtake it. */
    if (!known && feed->hint_count == HINTS_MAX)
        feed->hints_lost = true;
    if (!known && feed->hint_count < HINTS_MAX) {
        size_t length = strlen(name) + 1;
        char *copy = malloc(length);
        if (copy) {
            memcpy(copy, name, length);
            feed->hints[feed->hint_count++] = copy;
        }
    }
    mutex_unlock(&feed->lock);
}

static void note_dirty(void *context)
{
    struct feed *feed = context;
    mutex_lock(&feed->lock);
    note_dirty_locked(feed);
    condition_signal(&feed->wakes);
    mutex_unlock(&feed->lock);
}

static void note_overflow(void *context)
{
    struct feed *feed = context;
    mutex_lock(&feed->lock);
    note_dirty_locked(feed);
    feed->overflowed = true;
    feed->figures.overflows++;
    uint64_t count = feed->figures.overflows;
    condition_signal(&feed->wakes);
    mutex_unlock(&feed->lock);
    log_write(LOG_INFO, "watch", "feed %s: notifications overflowed (%llu so far): scanning",
              feed->settings->name, (unsigned long long)count);
}

static void note_offline(void *context, struct platform_status status)
{
    struct feed *feed = context;
    mutex_lock(&feed->lock);
    feed->offline_told = true;
    feed->offline_status = status;
    condition_signal(&feed->wakes);
    mutex_unlock(&feed->lock);
}

/* A job of this feed has ended. On the committer's thread. */
static void note_finished(void *context, struct job *job)
{
    struct feed *feed = context;
    if (job->work == JOB_GONE && !job->abandoned) { /* no name of the table waits for it */
        job_free(job);
        return;
    }
    size_t length = strlen(job->name) + 1;
    struct finished *finished = malloc(sizeof *finished + length);
    if (!finished)
        abort(); /* the name would stay in flight for ever: better to start anew */
    finished->next = NULL;
    finished->again = job->abandoned;
    memcpy(finished->name, job->name, length);
    mutex_lock(&feed->lock);
    if (feed->finished_last)
        feed->finished_last->next = finished;
    else
        feed->finished_first = finished;
    feed->finished_last = finished;
    /* A job that was not claimed has no number: its file is simply looked at again. What is applied is given back when its handle is
     * dead, to be put away by the next look; or when the feed has ended: the next start knows its row. */
    if (job->abandoned && job->row.id != 0 &&
        !recover_keep(&feed->given_back, &feed->given_back_count, &feed->given_back_capacity, &job->row,
                      job->suspect))
        abort();
    condition_signal(&feed->wakes);
    mutex_unlock(&feed->lock);
    job_free(job);
}

static void report_gone(void *context, const struct settle_entry *entry)
{
    look_report_gone(context, entry);
}

/* ---- going online and offline ---- */

static void go_offline(struct feed *feed, struct platform_status status)
{
    if (!feed->online && feed->offline_since != 0)
        return;
    feed->online = false;
    feed->scanned = false;
    feed->offline_since = clock_monotonic_ms();
    char text[200];
    platform_status_text(status, text, sizeof text);
    event_report(EVENT_FEED_OFFLINE, feed->settings->name, text);
}

static void go_online(struct feed *feed)
{
    if (feed->online)
        return;
    feed->online = true;
    if (feed->offline_since != 0) {
        char seconds[24];
        (void)snprintf(seconds, sizeof seconds, "%llu",
                       (unsigned long long)((clock_monotonic_ms() - feed->offline_since) / 1000));
        event_report(EVENT_FEED_ONLINE, feed->settings->name, seconds);
    }
    feed->offline_since = 0;
}

/* ---- scanning ---- */

static bool may_be_taken(const struct folder_entry *entry)
{
    return !entry->is_folder && !entry->is_link && !entry->is_hidden;
}

bool feed_folder_is_there(const struct feed *feed)
{
    struct file_identity identity;
    return platform_ok(folder_identity(feed->settings->folder, &identity)) &&
           file_identity_equal(&identity, &feed->identity);
}

/* What the listings of one scan found. */
struct listed {
    size_t fresh;   /* new files in the last listing */
    int64_t latest; /* last-write time of the latest new file of the first listing */
    bool later;     /* files that were written after that are left to the next scan */
    bool whole;     /* memory was enough for all */
};

/* Lists the folder and lets the table see it. */
static struct platform_status list_once(struct feed *feed, bool first, struct listed *listed)
{
    struct folder_listing listing;
    struct platform_status status = folder_list(feed->settings->folder, &listing);
    if (!platform_ok(status))
        return status;
    uint64_t now = clock_monotonic_ms();
    listed->fresh = 0;
    for (size_t i = 0; i < listing.count; i++) {
        const struct folder_entry *entry = &listing.entries[i];
        if (!may_be_taken(entry))
            continue;
        bool known = settle_find(feed->settle, entry->name) != NULL;
        if (!known && !first && entry->marks.written_us > listed->latest) {
            listed->later = true;
            continue;
        }
        if (!settle_observe(feed->settle, entry->name, &entry->marks, entry->has_identity, now))
            listed->whole = false;
        const struct settle_entry *seen = known ? NULL : settle_find(feed->settle, entry->name);
        if (!seen || !seen->match)
            continue;
        listed->fresh++;
        if (first && entry->marks.written_us > listed->latest)
            listed->latest = entry->marks.written_us;
    }
    folder_listing_release(&listing);
    return status;
}

/*
 * A listing is no snapshot: of two files that come while it is made, it may hold the second and lack the first (observed on ext4; any
 * system that lists in pieces does so). So when there are new files it is listed again: what came before them is in that one. What
 * was written still later waits for the next scan, for it may lack a predecessor in turn.
 */
static struct platform_status list_all(struct feed *feed, struct listed *listed)
{
    struct platform_status status = list_once(feed, true, listed);
    for (int again = 0; again < RELISTS_MAX && platform_ok(status) && listed->fresh > 0; again++)
        status = list_once(feed, false, listed);
    return status;
}

/* Lists the folder and lets the table see every file. */
static void scan(struct feed *feed)
{
    uint64_t begun = clock_monotonic_ms();
    struct file_identity identity;
    struct listed listed = {.latest = INT64_MIN, .whole = true};
    struct platform_status status = folder_identity(feed->settings->folder, &identity);
    if (platform_ok(status) && !file_identity_equal(&identity, &feed->identity)) {
        /* Another folder has the name now: the watch still follows the old one. */
        root_reopen(feed->root);
        status = (struct platform_status){PLATFORM_CHANGED, 0};
    }
    if (platform_ok(status)) {
        settle_scan_begin(feed->settle);
        status = list_all(feed, &listed);
    }
    if (!platform_ok(status)) {
        if (status.kind != PLATFORM_CHANGED) {
            go_offline(feed, status);
            root_reopen(feed->root);
        }
        feed->scan_last = clock_monotonic_ms();
        feed->has_root = feed->scanned = feed->scan_due = false; /* arming asks again */
        return;
    }
    if (listed.whole)
        settle_scan_end(feed->settle);
    feed->scan_last = clock_monotonic_ms();
    feed->scan_took = feed->scan_last - begun;
    feed->scan_due = !listed.whole;
    if (listed.later)
        note_dirty(feed);
    feed->scanned = true;
    go_online(feed);
    if (!feed->recovered)
        recover_rows(feed);
}

/* Lets the table see one name as it is now. */
static void observe_name(struct feed *feed, const char *name)
{
    const struct settle_entry *known = settle_find(feed->settle, name);
    if ((known && known->state == SETTLE_IN_FLIGHT) || settle_ignores(name))
        return;
    struct folder_entry entry;
    char *memory = NULL;
    struct platform_status status = folder_look(feed->settings->folder, name, &entry, &memory);
    if (platform_ok(status) && may_be_taken(&entry))
        (void)settle_observe(feed->settle, entry.name, &entry.marks, entry.has_identity,
                             clock_monotonic_ms());
    else if (status.kind == PLATFORM_NOT_FOUND && known && feed_folder_is_there(feed))
        settle_lost(feed->settle, name);
    settle_hinted(feed->settle, name, clock_monotonic_ms());
    free(memory);
}

/* Looks at the names that notifications mentioned, without waiting for the scan. */
static void follow_hints(struct feed *feed, char **hints, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        observe_name(feed, hints[i]);
        free(hints[i]);
    }
}

/* ---- troubles that last ---- */

struct troubles {
    uint64_t now;
    size_t no_right, busy, unrecognised;
};

static void count_trouble(void *context, struct settle_entry *entry)
{
    struct troubles *troubles = context;
    if (entry->state == SETTLE_UNRECOGNISED) {
        troubles->unrecognised += troubles->now - entry->first_seen >= UNRECOGNISED_AFTER_MS;
        return;
    }
    if (entry->state != SETTLE_WAITING && entry->state != SETTLE_DUE)
        return;
    uint64_t lasted = troubles->now - entry->trouble_since;
    if (entry->trouble == SETTLE_DENIED && lasted >= NO_RIGHT_AFTER_MS)
        troubles->no_right++;
    if ((entry->trouble == SETTLE_BUSY || entry->trouble == SETTLE_FAILED) && lasted >= BUSY_AFTER_MS)
        troubles->busy++;
}

/* Overflows mend themselves; that they happen says that the share is busy. At most one event an hour, with the
 * count. */
static void report_overflows(struct feed *feed, uint64_t now)
{
    mutex_lock(&feed->lock);
    uint64_t overflows = feed->figures.overflows;
    mutex_unlock(&feed->lock);
    bool lately = feed->overflows_told != 0 && now - feed->overflows_told_at < OVERFLOWS_EVERY_MS;
    if (overflows == feed->overflows_told || lately)
        return;
    char count[24];
    (void)snprintf(count, sizeof count, "%llu", (unsigned long long)overflows);
    event_report(EVENT_WATCH_OVERFLOW, feed->settings->name, count);
    feed->overflows_told = overflows;
    feed->overflows_told_at = now;
}

/* One event when a kind of trouble begins; again only after it has ended. */
static void report_troubles(struct feed *feed, uint64_t now)
{
    struct troubles troubles = {.now = now};
    settle_each(feed->settle, count_trouble, &troubles);
    char count[24];
    if (troubles.no_right > 0 && !feed->no_right_reported) {
        char text[200];
        (void)snprintf(count, sizeof count, "%zu", troubles.no_right);
        platform_status_text(feed->denied, text, sizeof text);
        event_report(EVENT_FEED_NO_RIGHT, feed->settings->name, count, text);
    }
    feed->no_right_reported = troubles.no_right > 0;
    if (troubles.busy > 0 && !feed->busy_reported) {
        (void)snprintf(count, sizeof count, "%zu", troubles.busy);
        event_report(EVENT_FILE_BUSY_LONG, feed->settings->name, count, "10");
    }
    feed->busy_reported = troubles.busy > 0;
    if (troubles.unrecognised > feed->unrecognised_reported) {
        (void)snprintf(count, sizeof count, "%zu", troubles.unrecognised);
        event_report(EVENT_FILES_UNRECOGNISED, feed->settings->name, count);
    }
    feed->unrecognised_reported = troubles.unrecognised;
    report_overflows(feed, now);
}

/* Stop taking files before the disk of our own folders is full; resume by itself (RULES "Failing well"). */
static bool space_is_low(struct feed *feed, uint64_t now)
{
    if (feed->space_checked != 0 && now - feed->space_checked < SPACE_EVERY_MS)
        return feed->space_low;
    feed->space_checked = now;
    uint64_t free_bytes = 0;
    if (!platform_ok(folder_free_space(feed->paths->root, &free_bytes)))
        return feed->space_low;
    bool low = free_bytes < feed->config->low_disk_bytes;
    char megabytes[24];
    (void)snprintf(megabytes, sizeof megabytes, "%llu", (unsigned long long)(free_bytes / (1024 * 1024)));
    if (low && !feed->space_low)
        event_report(EVENT_DISK_LOW, "data", megabytes);
    if (!low && feed->space_low)
        event_report(EVENT_DISK_ENOUGH, megabytes);
    feed->space_low = low;
    return low;
}

/* ---- the loop ---- */

static uint32_t poll_interval(const struct feed *feed)
{
    if (feed->settings->poll_ms > 0)
        return feed->settings->poll_ms;
    return feed->polled ? POLL_DEFAULT_MS : TIMER_MS;
}

/* Milliseconds until the next scan; 0: now. With the lock held. */
static uint64_t scan_in(const struct feed *feed, uint64_t now)
{
    if (feed->scan_due)
        return 0;
    uint64_t at = feed->scan_last + poll_interval(feed);
    if (feed->dirty) {
        uint64_t longest = feed->scan_took * 10 > LATEST_MS ? feed->scan_took * 10 : LATEST_MS;
        uint64_t quiet = feed->dirty_last + QUIET_MS, latest = feed->dirty_first + longest;
        uint64_t asked = quiet < latest ? quiet : latest;
        /* Under a steady stream the hints do the work: a scan takes at most a tenth of the time. */
        uint64_t earliest = feed->scan_last + feed->scan_took * 10;
        if (asked < earliest)
            asked = earliest;
        if (asked < at)
            at = asked;
    }
    return at > now ? at - now : 0;
}

/* What the other threads noted since the last turn. */
struct notes {
    char **hints;
    size_t hint_count;
    struct finished *finished;
    bool offline;
    struct platform_status offline_status;
    bool paused;
};

/* Waits until there is something to do; takes the notes. False when stopping. */
static bool next_turn(struct feed *feed, char **hints, struct notes *notes)
{
    mutex_lock(&feed->lock);
    feed->turning = false;
    for (;;) {
        uint64_t now = clock_monotonic_ms();
        if (feed->stopping || feed->armed || feed->offline_told || feed->finished_first || feed->scan_asked ||
            feed->overflowed || feed->hint_count > 0)
            break;
        uint64_t wait =
            feed->has_root ? scan_in(feed, now) : UINT32_MAX; /* without, the root opens what was lost */
        uint32_t due = feed->paused || !feed->online || feed->space_low ? SPACE_EVERY_MS
                                                                        : settle_due_in(feed->settle, now);
        if (due < wait)
            wait = due;
        bool hindered = feed->scanned && !feed->recovered; /* what is due waits for that */
        if ((hindered || !pipeline_is_up(feed->pipeline)) && wait < 250)
            wait = 250;
        if (wait == 0)
            break;
        bool in_time =
            condition_wait(&feed->wakes, &feed->lock, wait > UINT32_MAX - 1 ? UINT32_MAX : (uint32_t)wait);
        if (!in_time)
            break;
    }
    feed->turning = true;
    notes->hints = hints;
    notes->hint_count = feed->hint_count;
    memcpy(hints, feed->hints, feed->hint_count * sizeof hints[0]);
    feed->hint_count = 0;
    notes->finished = feed->finished_first;
    feed->finished_first = feed->finished_last = NULL;
    for (size_t i = 0; i < feed->given_back_count; i++) {
        struct unfinished *row = &feed->given_back[i];
        if (!recover_keep(&feed->unfinished, &feed->unfinished_count, &feed->unfinished_capacity, &row->row,
                          row->suspect))
            abort();
        free((char *)(uintptr_t)row->row.name);
        feed->recovered = false;
    }
    feed->given_back_count = 0;
    notes->offline = feed->offline_told;
    notes->offline_status = feed->offline_status;
    feed->offline_told = false;
    if (feed->armed) {
        if (feed->polled && feed->settings->poll_ms == 0 && !feed->polled_reported) {
            event_report(EVENT_FEED_POLLED, feed->settings->name);
            feed->polled_reported = true;
        }
        feed->identity = feed->armed_identity;
        feed->has_root = feed->scan_due = true;
        feed->armed = false;
    }
    if (feed->overflowed || feed->scan_asked || feed->hints_lost)
        feed->scan_due = true;
    feed->overflowed = feed->scan_asked = feed->hints_lost = false;
    notes->paused = feed->paused;
    bool go_on = !feed->stopping;
    mutex_unlock(&feed->lock);
    return go_on;
}

static void take_finished(struct feed *feed, struct finished *finished)
{
    uint64_t now = clock_monotonic_ms();
    for (struct finished *next; finished; finished = next) {
        next = finished->next;
        if (settle_finished(feed->settle, finished->name, finished->again, now))
            observe_name(feed, finished->name);
        free(finished);
    }
}

/* Whether other threads noted something that should not wait for the rest of a long row of looks. */
static bool called_away(struct feed *feed)
{
    mutex_lock(&feed->lock);
    bool away = feed->stopping || feed->paused || feed->scan_asked || feed->overflowed || feed->armed ||
                feed->offline_told;
    mutex_unlock(&feed->lock);
    return away;
}

static void look_at_what_is_due(struct feed *feed)
{
    struct settle_entry *entry;
    for (int looks = 0; looks < LOOKS_A_TURN && (entry = settle_next(feed->settle, clock_monotonic_ms()));
         looks++) {
        enum look_result result = look_at(feed, entry);
        if (result == LOOK_OFFLINE) {
            feed->scan_due = true; /* the scan finds out whether the folder is away */
            return;
        }
        if (result == LOOK_CLOSED || called_away(feed))
            return;
    }
}

static void publish(struct feed *feed, bool scanned)
{
    struct settle_counts counts;
    settle_count(feed->settle, &counts);
    mutex_lock(&feed->lock);
    feed->figures.scans += scanned;
    feed->figures.waiting = counts.waiting + counts.due + counts.in_flight;
    feed->figures.unrecognised = counts.unrecognised;
    feed->figures.online = feed->online;
    mutex_unlock(&feed->lock);
}

static void worker_loop(void *context)
{
    struct feed *feed = context;
    char **hints = malloc(HINTS_MAX * sizeof *hints);
    if (!hints)
        abort();
    struct notes notes;
    while (next_turn(feed, hints, &notes)) {
        take_finished(feed, notes.finished);
        if (notes.offline)
            go_offline(feed, notes.offline_status);
        uint64_t now = clock_monotonic_ms();
        mutex_lock(&feed->lock);
        bool due = feed->has_root && scan_in(feed, now) == 0;
        if (due) /* whatever is noted from here on asks for the next scan */
            feed->dirty = false;
        mutex_unlock(&feed->lock);
        if (feed->scanned)
            follow_hints(feed, notes.hints, notes.hint_count);
        else
            for (size_t i = 0; i < notes.hint_count; i++)
                free(notes.hints[i]);
        if (due)
            scan(feed);
        if (feed->online && !feed->recovered && feed->scanned && pipeline_is_up(feed->pipeline))
            recover_rows(feed);
        if (feed->online && feed->recovered && !notes.paused && !space_is_low(feed, now))
            look_at_what_is_due(feed);
        now = clock_monotonic_ms(); /* what began in this turn began after its start */
        if (now - feed->troubles_checked >= TROUBLE_EVERY_MS) {
            feed->troubles_checked = now;
            report_troubles(feed, now);
        }
        publish(feed, due);
    }
    for (size_t i = 0; i < notes.hint_count; i++)
        free(notes.hints[i]);
    take_finished(feed, notes.finished);
    free(hints);
}

/* ---- life cycle ---- */

struct feed *feed_new(const struct feed_options *options)
{
    struct feed *feed = calloc(1, sizeof *feed);
    if (!feed)
        return NULL;
    feed->config = options->config;
    feed->settings = options->feed;
    feed->paths = options->paths;
    feed->line = options->line;
    feed->pipeline = options->line->pipeline;
    mutex_init(&feed->lock);
    condition_init(&feed->wakes);
    feed->settle = settle_new(options->feed, report_gone, feed);
    bool kept = feed->settle != NULL;
    for (size_t i = 0; i < options->unfinished_count && kept; i++)
        kept = recover_keep(&feed->unfinished, &feed->unfinished_count, &feed->unfinished_capacity,
                            &options->unfinished[i],
                            options->suspects && options->unfinished[i].state == LEDGER_CLAIMED);
    if (!kept) {
        feed_free(feed);
        return NULL;
    }
    options->line->finished = note_finished;
    options->line->context = feed;
    return feed;
}

struct platform_status feed_start(struct feed *feed)
{
    struct root_callbacks callbacks = {feed, note_armed, note_hint, note_dirty, note_overflow, note_offline};
    struct platform_status status =
        root_start(&feed->root, feed->settings->folder, feed->settings->poll_ms > 0, &callbacks);
    if (platform_ok(status))
        status = thread_start(&feed->worker, "settle", worker_loop, feed);
    if (!platform_ok(status))
        feed_end(feed);
    return status;
}

void feed_end(struct feed *feed)
{
    mutex_lock(&feed->lock);
    feed->stopping = true;
    condition_broadcast(&feed->wakes);
    mutex_unlock(&feed->lock);
    if (feed->worker)
        thread_cancel_io(feed->worker);
    thread_join(feed->worker);
    feed->worker = NULL;
    root_stop(feed->root);
    feed->root = NULL;
}

void feed_free(struct feed *feed)
{
    if (!feed)
        return;
    for (struct finished *finished = feed->finished_first, *next; finished; finished = next) {
        next = finished->next;
        free(finished);
    }
    for (size_t i = 0; i < feed->hint_count; i++)
        free(feed->hints[i]);
    recover_release(feed->unfinished, feed->unfinished_count);
    recover_release(feed->given_back, feed->given_back_count);
    settle_free(feed->settle);
    condition_release(&feed->wakes);
    mutex_release(&feed->lock);
    free(feed);
}

void feed_pause(struct feed *feed, bool paused)
{
    mutex_lock(&feed->lock);
    feed->paused = paused;
    condition_signal(&feed->wakes);
    mutex_unlock(&feed->lock);
}

void feed_scan_now(struct feed *feed, bool reopen)
{
    mutex_lock(&feed->lock);
    feed->scan_asked = true;
    condition_signal(&feed->wakes);
    mutex_unlock(&feed->lock);
    if (reopen && feed->root)
        root_reopen(feed->root);
}

void feed_figures(struct feed *feed, struct feed_figures *out)
{
    mutex_lock(&feed->lock);
    *out = feed->figures;
    out->idle = !feed->turning && !feed->dirty && !feed->armed && !feed->scan_asked && !feed->overflowed &&
                feed->hint_count == 0 && !feed->finished_first && feed->figures.waiting == 0 &&
                feed->figures.scans > 0;
    mutex_unlock(&feed->lock);
}
