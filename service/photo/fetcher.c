#include "service/photo/fetcher.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/clock.h"
#include "platform/file.h"
#include "platform/folder.h"
#include "platform/path.h"
#include "platform/thread.h"
#include "service/event.h"
#include "service/log.h"
#include "service/photo/photo_reason.h"
#include "service/photo/photo_source.h"
#include "service/photo/photo_store.h"

#define BATCH            16
#define LONGEST_WAIT_MS  60000u
#define SHORTEST_WAIT_MS 20u
#define SECOND_US        INT64_C(1000000)
#define MINUTE_US        (60 * SECOND_US)
#define LONGEST_BACK_US  (6 * 60 * MINUTE_US)
#define PAUSE_MS         60000u /* a place that cannot be reached is left alone so long, for all its photos */
#define FILE_LIMIT                                                                                           \
    ((size_t)64 * 1024 * 1024) /* of a file that came through the ledger, which has its own limit */
#define TOLD_MAX 32

/* An event that was reported, and is not again while its cause lasts. */
struct told {
    enum event_id event;
    char reason[PHOTO_REASON_SIZE];
};

/* A root or host that could not be reached. */
struct place {
    uint64_t until; /* monotonic ms: not asked again before */
    const char *reason;
};

struct fetcher {
    struct fetcher_options options;
    struct thread *thread;
    /* the thread's own */
    struct database *db, *live;
    struct photo_source *source;
    struct place *places;
    struct arena arena; /* of one batch */
    struct told told[TOLD_MAX];
    size_t told_count;
    /* under the lock */
    struct mutex lock;
    struct condition changes;
    bool asked;     /* something was committed since the last look */
    bool working;   /* a batch is under way */
    size_t pending; /* results that are not written yet */
    bool stopping;
};

bool fetcher_feed_has_photos(const struct config_feed *feed)
{
    for (size_t i = 0; i < feed->match_count; i++)
        if (feed->matches[i].format == CONFIG_FORMAT_PHOTO)
            return true;
    return false;
}

bool fetcher_is_needed(const struct config *config)
{
    bool needed = config->photos.configured;
    for (size_t i = 0; i < config->feed_count; i++)
        needed = needed || fetcher_feed_has_photos(&config->feeds[i]);
    return needed;
}

static bool is_stopping(void *context)
{
    struct fetcher *fetcher = context;
    mutex_lock(&fetcher->lock);
    bool stopping = fetcher->stopping;
    mutex_unlock(&fetcher->lock);
    return stopping;
}

/* ---- telling ---- */

static const char *ledger_number(const struct photo_request *request, char out[24])
{
    (void)snprintf(out, 24, "%lld", (long long)(request->beside != 0 ? request->beside : request->file));
    return out;
}

/* Whether a cause is not reported yet; it is from now on. */
static bool is_news(struct fetcher *fetcher, enum event_id event, const char *reason)
{
    for (size_t i = 0; i < fetcher->told_count; i++)
        if (fetcher->told[i].event == event && strcmp(fetcher->told[i].reason, reason) == 0)
            return false;
    if (fetcher->told_count < TOLD_MAX) {
        struct told *told = &fetcher->told[fetcher->told_count++];
        told->event = event;
        (void)snprintf(told->reason, sizeof told->reason, "%s", reason);
    }
    return true;
}

static void tell_given_up(struct fetcher *fetcher, const struct photo_request *request, const char *reason)
{
    char number[24];
    if (is_news(fetcher, EVENT_PHOTO_GIVEN_UP, reason))
        event_report(EVENT_PHOTO_GIVEN_UP, request->feed, ledger_number(request, number),
                     photo_reason_sentence(reason));
}

static void tell_refused(struct fetcher *fetcher, const struct photo_request *request, const char *reason)
{
    char number[24];
    if (is_news(fetcher, EVENT_PHOTO_REFUSED, reason))
        event_report(EVENT_PHOTO_REFUSED, request->feed, ledger_number(request, number),
                     photo_reason_sentence(reason));
}

static void tell_unreachable(struct fetcher *fetcher, const struct photo_request *request, const char *reason)
{
    char number[24];
    if (is_news(fetcher, EVENT_PHOTOS_UNREACHABLE, reason))
        event_report(EVENT_PHOTOS_UNREACHABLE, request->feed, ledger_number(request, number),
                     photo_reason_sentence(reason));
}

static void tell_not_stored(struct fetcher *fetcher, const char *reason, struct platform_status status)
{
    char text[200];
    platform_status_text(status, text, sizeof text);
    if (is_news(fetcher, EVENT_PHOTO_NOT_STORED, reason))
        event_report(EVENT_PHOTO_NOT_STORED, world_name(fetcher->options.paths->world), text);
}

/* What no request suffers from any more may be told of again. */
static void forget_told(struct fetcher *fetcher)
{
    size_t kept = 0;
    for (size_t i = 0; i < fetcher->told_count; i++) {
        bool stands = true;
        (void)photo_request_reason_stands(fetcher->db, fetcher->told[i].reason, &stands);
        if (stands)
            fetcher->told[kept++] = fetcher->told[i];
    }
    fetcher->told_count = kept;
}

/* ---- the ends of a request ---- */

/* Hands on what was done. */
static void hand_on(struct fetcher *fetcher, const struct photo_request *request, struct photo_result *result)
{
    char number[24];
    struct photo_result *copy = malloc(sizeof *copy);
    if (copy == NULL)
        return; /* it stays due, and is done again */
    result->patient = request->patient;
    result->beside = request->beside;
    (void)snprintf(result->path, sizeof result->path, "%s", request->path);
    *copy = *result;
    if (result->end == PHOTO_END_FAILED)
        log_write(LOG_WARNING, request->feed, "the photo that ledger number %s asks for is given up: %s",
                  ledger_number(request, number), result->reason);
    mutex_lock(&fetcher->lock);
    fetcher->pending++;
    mutex_unlock(&fetcher->lock);
    fetcher->options.done(fetcher->options.context, copy);
}

static void give_up(struct fetcher *fetcher, const struct photo_request *request, const char *reason)
{
    struct photo_result result = {.end = PHOTO_END_FAILED};
    (void)snprintf(result.reason, sizeof result.reason, "%s", reason);
    hand_on(fetcher, request, &result);
}

static void try_later(struct fetcher *fetcher, const struct photo_request *request, const char *reason,
                      instant_us after, bool attempted)
{
    struct photo_result result = {
        .end = PHOTO_END_LATER, .next_at = clock_utc_us() + after, .attempted = attempted};
    (void)snprintf(result.reason, sizeof result.reason, "%s", reason);
    hand_on(fetcher, request, &result);
}

static instant_us age_of(const struct photo_request *request)
{
    return clock_utc_us() - request->asked_at;
}

static instant_us within(instant_us value, instant_us least, instant_us most)
{
    return value < least ? least : value > most ? most : value;
}

static instant_us give_up_after(const struct fetcher *fetcher)
{
    return (instant_us)fetcher->options.config->photos.give_up_ms * 1000;
}

/* It was tried and is not to be had: later, each time after twice as long, or no more. */
static void failed(struct fetcher *fetcher, const struct photo_request *request, const char *reason)
{
    instant_us back = (instant_us)fetcher->options.config->photos.retry_ms * 1000;
    if (age_of(request) >= give_up_after(fetcher)) {
        tell_given_up(fetcher, request, reason);
        give_up(fetcher, request, reason);
        return;
    }
    for (int64_t i = 0; i < request->attempts && back < LONGEST_BACK_US; i++)
        back *= 2;
    try_later(fetcher, request, reason, back < LONGEST_BACK_US ? back : LONGEST_BACK_US, true);
}

/* Only a file beside the event can bring it: that wakes the request. */
static void wait_for_file(struct fetcher *fetcher, const struct photo_request *request)
{
    static const char reason[] = "beside";
    instant_us left = give_up_after(fetcher) - age_of(request);
    if (left > 0) {
        try_later(fetcher, request, reason, left, false);
        return;
    }
    tell_given_up(fetcher, request, reason);
    give_up(fetcher, request, reason);
}

/* Photos stop where files stop: before the disk is full. */
static struct platform_status room_for(const struct fetcher *fetcher, size_t size)
{
    uint64_t bytes = 0;
    struct platform_status status = folder_free_space(fetcher->options.paths->photos, &bytes);
    if (platform_ok(status) && bytes < fetcher->options.config->low_disk_bytes + size)
        status = (struct platform_status){PLATFORM_FULL, 0};
    return status;
}

/* The picture's file first, then the word about it: dying in between leaves a file that the next fetch finds again. */
static void store(struct fetcher *fetcher, const struct photo_request *request, struct photo_got *got)
{
    struct photo_result result = {.end = PHOTO_END_FETCHED};
    result.stored.picture = got->picture;
    result.stored.size = got->size;
    sha256(got->bytes, got->size, result.stored.sha256);
    struct platform_status status = room_for(fetcher, got->size);
    if (platform_ok(status))
        status = photo_store_put(fetcher->options.paths->photos, result.stored.sha256, got->bytes, got->size);
    free(got->bytes);
    if (platform_ok(status)) {
        hand_on(fetcher, request, &result);
        return;
    }
    static const char reason[] = "not-stored";
    tell_not_stored(fetcher, reason, status);
    try_later(fetcher, request, reason, MINUTE_US, false);
}

/* ---- where it comes from ---- */

/* A file that came through the ledger: its bytes lie in archive or hold, below `root`. */
static void take_file(struct fetcher *fetcher, const struct photo_request *request, const char *root,
                      const char *stored)
{
    struct photo_got got = {0};
    char *bytes = NULL;
    size_t size = 0;
    char *path = stored != NULL ? path_join(root, stored) : NULL;
    if (path == NULL) { /* it is being put away */
        if (age_of(request) > MINUTE_US)
            failed(fetcher, request, "gone");
        else
            try_later(fetcher, request, "busy", SECOND_US / 4, false);
        return;
    }
    struct platform_status status = file_load(path, FILE_LIMIT, &bytes, &size);
    free(path);
    if (!platform_ok(status)) {
        if (age_of(request) > MINUTE_US)
            failed(fetcher, request, status.kind == PLATFORM_NOT_FOUND ? "gone" : "unreachable");
        else
            try_later(fetcher, request, "busy", SECOND_US / 4,
                      false); /* on its way from the hold to the archive */
    } else if (photo_source_judge(&fetcher->options.config->photos, bytes, size, &got) == PHOTO_GOT) {
        store(fetcher, request, &got);
    } else {
        failed(fetcher, request, got.reason);
    }
}

/* A picture that the live world has. */
static void take_from_live(struct fetcher *fetcher, const struct photo_request *request,
                           const struct photo_stored *stored)
{
    struct photo_got got = {.picture = stored->picture};
    struct platform_status status = photo_store_get(fetcher->options.followed->photos, stored->sha256,
                                                    (size_t)stored->size, &got.bytes, &got.size);
    if (platform_ok(status))
        store(fetcher, request, &got);
    else
        failed(fetcher, request, "gone");
}

/* What live has made of it. False: it knows nothing of it, and this world sees to it itself. */
static bool ask_live(struct fetcher *fetcher, const struct photo_request *request)
{
    const struct world_paths *paths = fetcher->options.followed;
    enum photo_elsewhere answer = PHOTO_ELSEWHERE_UNKNOWN;
    struct photo_stored stored;
    char reason[PHOTO_REASON_SIZE] = "";
    if (fetcher->live == NULL &&
        database_open(paths->database, paths->world, DATABASE_READ, &fetcher->live, NULL, 0) != DATABASE_OK)
        return false;
    if (photo_look_elsewhere(fetcher->live, request, &answer, &stored, reason) != DATABASE_OK)
        answer = PHOTO_ELSEWHERE_WAITING; /* now it cannot be read */
    switch (answer) {
    case PHOTO_ELSEWHERE_FETCHED: take_from_live(fetcher, request, &stored); return true;
    case PHOTO_ELSEWHERE_FAILED: give_up(fetcher, request, reason); return true;
    case PHOTO_ELSEWHERE_WAITING: {
        instant_us wait = within(age_of(request) / 2, SECOND_US / 4, 5 * MINUTE_US);
        try_later(fetcher, request, "live-waits", wait, false);
        return true;
    }
    case PHOTO_ELSEWHERE_UNKNOWN: break;
    }
    return false;
}

/* The bytes of a file that this world has as a copy lie in the live world. */
static void take_copied_file(struct fetcher *fetcher, const struct photo_request *request)
{
    const char *stored = NULL;
    if (fetcher->live != NULL)
        (void)photo_file_stored(fetcher->live, request->copied_from, &fetcher->arena, &stored);
    take_file(fetcher, request, fetcher->options.followed->root, stored);
}

static bool may_come_as_file(const struct fetcher *fetcher, const struct photo_request *request)
{
    const struct config_feed *feed = config_feed_find(fetcher->options.config, request->feed);
    return feed != NULL && fetcher_feed_has_photos(feed);
}

static void fetch(struct fetcher *fetcher, const struct photo_request *request)
{
    const struct config_photos *photos = &fetcher->options.config->photos;
    size_t count = photo_source_places(photos);
    size_t where = photo_source_place(photos, request->path);
    struct photo_got got;
    if (where < count && fetcher->places[where].until > clock_monotonic_ms()) {
        if (age_of(request) >= give_up_after(fetcher))
            failed(fetcher, request, fetcher->places[where].reason);
        else /* many may wait for one place: the longer it lasts, the less often each is written anew */
            try_later(fetcher, request, fetcher->places[where].reason,
                      within(age_of(request) / 4, MINUTE_US, 10 * MINUTE_US), false);
        return;
    }
    switch (photo_source_get(fetcher->source, request->path, &got)) {
    case PHOTO_GOT: store(fetcher, request, &got); break;
    case PHOTO_REFUSED:
        if (strcmp(got.reason, "outside-roots") == 0 && may_come_as_file(fetcher, request)) {
            wait_for_file(fetcher, request);
            break;
        }
        tell_refused(fetcher, request, got.reason);
        give_up(fetcher, request, got.reason);
        break;
    case PHOTO_TROUBLE:
        if (got.place < count)
            fetcher->places[got.place] = (struct place){clock_monotonic_ms() + PAUSE_MS, got.reason};
        tell_unreachable(fetcher, request, got.reason);
        failed(fetcher, request, got.reason);
        break;
    case PHOTO_MISSING:
    case PHOTO_WRONG: failed(fetcher, request, got.reason); break;
    case PHOTO_STOPPED:
        if (!is_stopping(fetcher))
            try_later(fetcher, request, got.reason, MINUTE_US, false);
        break;
    }
}

static void see_to(struct fetcher *fetcher, const struct photo_request *request)
{
    bool copied = request->copied_from != 0 && fetcher->options.followed != NULL;
    if (copied && ask_live(fetcher, request))
        return;
    if (request->beside != 0 && copied)
        take_copied_file(fetcher, request);
    else if (request->beside != 0)
        take_file(fetcher, request, fetcher->options.paths->root, request->stored);
    else if (fetcher->options.config->photos.configured)
        fetch(fetcher, request);
    else
        wait_for_file(fetcher, request);
}

/* ---- the thread ---- */

static bool open_all(struct fetcher *fetcher)
{
    const struct world_paths *paths = fetcher->options.paths;
    if (fetcher->source == NULL)
        fetcher->source = photo_source_open(&fetcher->options.config->photos, is_stopping, fetcher);
    if (fetcher->source == NULL)
        return false;
    return fetcher->db != NULL ||
           database_open(paths->database, paths->world, DATABASE_READ, &fetcher->db, NULL, 0) == DATABASE_OK;
}

/* Sees to what is due, one batch; true when there was something. */
static bool do_batch(struct fetcher *fetcher)
{
    struct photo_request *rows;
    size_t count = 0;
    arena_reset(&fetcher->arena);
    if (!open_all(fetcher) ||
        photo_requests_due(fetcher->db, clock_utc_us(), BATCH, &fetcher->arena, &rows, &count) != DATABASE_OK)
        return false;
    for (size_t i = 0; i < count && !is_stopping(fetcher); i++)
        see_to(fetcher, &rows[i]);
    if (count == 0)
        forget_told(fetcher);
    return count > 0;
}

/* How long nothing is due. */
static uint32_t next_in(struct fetcher *fetcher)
{
    instant_us next = INSTANT_NONE;
    if (fetcher->db == NULL || photo_request_next(fetcher->db, &next) != DATABASE_OK || next == INSTANT_NONE)
        return LONGEST_WAIT_MS;
    instant_us left = (next - clock_utc_us()) / 1000;
    return left <= 0 ? 0 : left < (instant_us)LONGEST_WAIT_MS ? (uint32_t)left + 1 : LONGEST_WAIT_MS;
}

static void run(void *context)
{
    struct fetcher *fetcher = context;
    mutex_lock(&fetcher->lock);
    while (!fetcher->stopping) {
        fetcher->asked = false;
        fetcher->working = true;
        mutex_unlock(&fetcher->lock);
        bool more = do_batch(fetcher);
        uint32_t wait = more ? 0 : next_in(fetcher);
        mutex_lock(&fetcher->lock);
        /* What is not written yet would be found due again. */
        while (fetcher->pending > 0 && !fetcher->stopping)
            (void)condition_wait(&fetcher->changes, &fetcher->lock, UINT32_MAX);
        fetcher->working = more;
        if (!more && !fetcher->asked && !fetcher->stopping)
            (void)condition_wait(&fetcher->changes, &fetcher->lock,
                                 wait > SHORTEST_WAIT_MS ? wait : SHORTEST_WAIT_MS);
    }
    mutex_unlock(&fetcher->lock);
    photo_source_close(fetcher->source);
    database_close(fetcher->live);
    database_close(fetcher->db);
}

struct fetcher *fetcher_new(const struct fetcher_options *options)
{
    struct fetcher *fetcher = calloc(1, sizeof *fetcher);
    if (fetcher == NULL)
        return NULL;
    fetcher->options = *options;
    fetcher->asked = true; /* what was asked for before this run */
    fetcher->places = calloc(photo_source_places(&options->config->photos) + 1, sizeof *fetcher->places);
    arena_init(&fetcher->arena, 0);
    mutex_init(&fetcher->lock);
    condition_init(&fetcher->changes);
    if (fetcher->places != NULL)
        return fetcher;
    fetcher_free(fetcher);
    return NULL;
}

struct platform_status fetcher_start(struct fetcher *fetcher)
{
    return thread_start(&fetcher->thread, "photos", run, fetcher);
}

void fetcher_wake(struct fetcher *fetcher)
{
    if (fetcher == NULL)
        return;
    mutex_lock(&fetcher->lock);
    if (!fetcher->asked) {
        fetcher->asked = true;
        condition_broadcast(&fetcher->changes);
    }
    mutex_unlock(&fetcher->lock);
}

void fetcher_written(struct fetcher *fetcher, size_t count)
{
    if (fetcher == NULL)
        return;
    mutex_lock(&fetcher->lock);
    fetcher->pending -= count;
    condition_broadcast(&fetcher->changes);
    mutex_unlock(&fetcher->lock);
}

bool fetcher_is_idle(struct fetcher *fetcher)
{
    if (fetcher == NULL)
        return true;
    mutex_lock(&fetcher->lock);
    bool idle = !fetcher->asked && !fetcher->working && fetcher->pending == 0;
    mutex_unlock(&fetcher->lock);
    return idle;
}

void fetcher_end(struct fetcher *fetcher)
{
    if (fetcher == NULL || fetcher->thread == NULL)
        return;
    mutex_lock(&fetcher->lock);
    fetcher->stopping = true;
    condition_broadcast(&fetcher->changes);
    mutex_unlock(&fetcher->lock);
    thread_cancel_io(fetcher->thread); /* a share that does not answer */
    thread_join(fetcher->thread);
    fetcher->thread = NULL;
}

void fetcher_free(struct fetcher *fetcher)
{
    if (fetcher == NULL)
        return;
    condition_release(&fetcher->changes);
    mutex_release(&fetcher->lock);
    arena_release(&fetcher->arena);
    free(fetcher->places);
    free(fetcher);
}
