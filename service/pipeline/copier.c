#include "service/pipeline/copier.h"

#include <stdlib.h>
#include <string.h>

#include "database/live.h"
#include "platform/clock.h"
#include "platform/file.h"
#include "platform/path.h"
#include "platform/thread.h"
#include "service/log.h"
#include "service/pipeline/held_job.h"
#include "service/pipeline/held_roster.h"

#define BATCH     64
#define RETRY_MS  1000u
#define YIELD_MS  5000u /* how long a batch waits for the live world to come to rest */
#define GLANCE_MS 20u

/* A file leaves the hold just before the live ledger says so: one that is not there is looked for again so often, a second apart. */
#define LOOKS_INTO_HOLD 10

struct copier {
    struct copier_options options;
    struct thread *thread;
    /* the thread's own */
    struct database *live;
    struct arena arena; /* of one batch */
    int64_t *cursors;   /* per feed: live ledger number up to which all was handed on */
    int64_t *released;  /* per feed: release up to which all was handed on (held_released) */
    bool cursors_known;
    int64_t missing;    /* live ledger number that was not found in the hold */
    unsigned looks;     /* how often */
    int64_t unreadable; /* live ledger number whose bytes cannot be read now: the log says so once */
    /* under the lock */
    struct mutex lock;
    struct condition changes;
    size_t in_flight;
    bool asked;      /* live has committed since the last pass began */
    bool working;    /* a pass is under way */
    bool behind;     /* the last pass could not do all: again after RETRY_MS */
    bool given_back; /* a copy came back unapplied: the cursors are read anew, after RETRY_MS */
    bool stopping;
};

enum pass {
    PASS_DONE,
    PASS_LATER, /* not now: the database or a file cannot be read, or nothing is let in */
};

static bool is_stopping(struct copier *copier)
{
    mutex_lock(&copier->lock);
    bool stopping = copier->stopping;
    mutex_unlock(&copier->lock);
    return stopping;
}

/* On the committer's thread, or the stopping one's. */
static void finished(void *context, struct job *job)
{
    struct copier *copier = context;
    mutex_lock(&copier->lock);
    copier->in_flight--;
    copier->given_back = copier->given_back || job->abandoned;
    condition_broadcast(&copier->changes);
    mutex_unlock(&copier->lock);
    job_free(job);
}

static enum database_kind read_positions(struct copier *copier, struct database *test, size_t feed)
{
    const char *name = copier->options.config->feeds[feed].name;
    const char *letters = database_control_letters(copier->live);
    enum database_kind kind = live_copy_position(test, name, letters, &copier->cursors[feed]);
    return kind == DATABASE_OK ? live_copy_released(test, name, letters, &copier->released[feed]) : kind;
}

/* Where the test world stands; after all that was handed on has ended. */
static bool read_cursors(struct copier *copier)
{
    mutex_lock(&copier->lock);
    while (copier->in_flight > 0 && !copier->stopping)
        (void)condition_wait(&copier->changes, &copier->lock, UINT32_MAX);
    copier->given_back = false;
    mutex_unlock(&copier->lock);
    struct database *test = NULL;
    const struct config *config = copier->options.config;
    enum database_kind kind =
        database_open(copier->options.test->database, DATABASE_TEST, DATABASE_READ, &test, NULL, 0);
    for (size_t i = 0; i < config->feed_count && kind == DATABASE_OK; i++)
        kind = read_positions(copier, test, i);
    database_close(test);
    copier->cursors_known = kind == DATABASE_OK;
    return copier->cursors_known;
}

static bool cursors_are_good(struct copier *copier)
{
    mutex_lock(&copier->lock);
    bool good = copier->cursors_known && !copier->given_back;
    mutex_unlock(&copier->lock);
    return good || read_cursors(copier);
}

/* Live goes first. */
static void give_way(struct copier *copier)
{
    uint64_t end = clock_monotonic_ms() + YIELD_MS;
    while (clock_monotonic_ms() < end && copier->options.live_is_busy(copier->options.context)) {
        mutex_lock(&copier->lock);
        if (!copier->stopping)
            (void)condition_wait(&copier->changes, &copier->lock, GLANCE_MS);
        bool stopping = copier->stopping;
        mutex_unlock(&copier->lock);
        if (stopping)
            return;
    }
}

/* It is tried again each second; test follows no further in this feed meanwhile. */
static void note_unreadable(struct copier *copier, const char *feed, int64_t number,
                            struct platform_status status)
{
    char text[200];
    if (copier->unreadable == number)
        return;
    copier->unreadable = number;
    platform_status_text(status, text, sizeof text);
    log_write(LOG_WARNING, feed, "live ledger number %lld cannot be copied into the test world yet: %s",
              (long long)number, text);
}

/* The bytes of a copy, as many as the ledger says, whatever the configuration allows by now. Those of a file of many messages are only
 * opened. */
static struct platform_status take_bytes(struct job *job, bool *gone)
{
    uint64_t size = job->row.marks.size;
    struct file_marks marks = {.size = size};
    struct platform_status status;
    if (job->rows) {
        status = file_open_read(job->path, &job->handle);
        if (platform_ok(status))
            status = file_stat(job->handle, &marks);
    } else {
        status = file_load(job->path, (size_t)size, &job->bytes, &job->size);
        marks.size = job->size;
    }
    *gone = status.kind == PLATFORM_NOT_FOUND || status.kind == PLATFORM_TOO_LARGE ||
            (platform_ok(status) && marks.size != size);
    return status;
}

/* The job of one copy, with its bytes. NULL with *gone when its bytes are no longer there, else when it cannot be had now. */
static struct job *make_job(struct copier *copier, size_t feed, const struct ledger_copy *copy, bool *gone)
{
    const struct config_feed *settings = &copier->options.config->feeds[feed];
    const struct config_match *match = config_match_find(settings, copy->file.name);
    *gone = !match ||
            !copy->stored; /* the rule that took it is no longer in the configuration, or it lies nowhere */
    char *path = *gone ? NULL : path_join(copier->options.live->root, copy->stored);
    struct job *job = path ? job_new(&copier->options.lines[feed], match, path) : NULL;
    if (!job) {
        free(path);
        return NULL;
    }
    job->work = JOB_COPY;
    job->row = copy->file;
    job->row.id = 0;
    job->row.feed = settings->name;
    job->row.name = job->name = arena_copy_text(&job->arena, slice_of(copy->file.name));
    job->row.format = arena_copy_text(&job->arena, slice_of(copy->file.format));
    job->row.copied_from = copy->file.id;
    job->left_to_test = copy->left_to_test;
    job->copy_letters = arena_copy_text(&job->arena, slice_of(database_control_letters(copier->live)));
    struct platform_status status = take_bytes(job, gone);
    if (platform_ok(status) && !*gone && job->name && job->row.format && job->copy_letters)
        return job;
    if (!*gone)
        note_unreadable(copier, settings->name, copy->file.id, status);
    job_free(job);
    return NULL;
}

/* Whether a file that is not where the live ledger says may be on its way from the hold to the archive. */
static bool may_be_on_its_way(struct copier *copier, const char *stored, int64_t number)
{
    const char *hold = store_place_name(STORE_HOLD);
    if (!stored || strncmp(stored, hold, strlen(hold)) != 0)
        return false;
    if (copier->missing != number)
        copier->looks = 0;
    copier->missing = number;
    return ++copier->looks < LOOKS_INTO_HOLD;
}

/* Into the test world's pipeline. */
static enum pass submit(struct copier *copier, struct job *job)
{
    if (!pipeline_enter(copier->options.pipeline, PIPELINE_FILE)) {
        job_free(job);
        return PASS_LATER;
    }
    mutex_lock(&copier->lock);
    copier->in_flight++;
    mutex_unlock(&copier->lock);
    pipeline_submit(copier->options.pipeline, job);
    return PASS_DONE;
}

static enum pass hand_on(struct copier *copier, size_t feed, const struct ledger_copy *copy)
{
    bool gone = false;
    struct job *job = make_job(copier, feed, copy, &gone);
    if (!job && gone && may_be_on_its_way(copier, copy->stored, copy->file.id))
        return PASS_LATER;
    if (!job && gone) {
        log_write(
            LOG_WARNING, copier->options.config->feeds[feed].name,
            "live ledger number %lld is not copied into the test world: its bytes are no longer in the archive as they "
            "came, or no rule matches its name any more",
            (long long)copy->file.id);
        return PASS_DONE;
    }
    return job ? submit(copier, job) : PASS_LATER;
}

/* A whole roster: it is copied as any other, but the position is that of releases. */
static enum pass hand_on_roster(struct copier *copier, size_t feed, const struct held *held,
                                const struct ledger_copy *copy)
{
    bool gone = false;
    struct job *job = make_job(copier, feed, copy, &gone);
    if (!job && (!gone || may_be_on_its_way(copier, copy->stored, copy->file.id)))
        return PASS_LATER;
    if (!job) {
        log_write(
            LOG_WARNING, copier->options.config->feeds[feed].name,
            "the roster with live ledger number %lld is not copied into the test world: its bytes are not there as they came, "
            "or no rule matches its name any more",
            (long long)held->file);
        return PASS_DONE;
    }
    job->release.number = held->release;
    return submit(copier, job);
}

/* What a person has released in live. DATABASE_NONE of its file: it is not there any more, which cannot be. */
static enum pass hand_on_release(struct copier *copier, size_t feed, const struct held *held)
{
    const struct config_feed *settings = &copier->options.config->feeds[feed];
    struct platform_status status = PLATFORM_SUCCESS;
    struct ledger_copy *copy = NULL;
    struct job *job = NULL;
    size_t count = 0;
    if (ledger_copies(copier->live, settings->name, held->file - 1, held->file, 1, &copier->arena, &copy,
                      &count) != DATABASE_OK)
        return PASS_LATER;
    if (held_is_roster(held))
        return count > 0 ? hand_on_roster(copier, feed, held, copy) : PASS_DONE;
    enum held_found found =
        held_job_make(&copier->options.lines[feed], held, copier->options.live->root, &job, &status);
    if (found == HELD_LATER || (found == HELD_GONE && may_be_on_its_way(copier, held->stored, held->file))) {
        note_unreadable(copier, settings->name, held->file, status);
        return PASS_LATER;
    }
    if (found != HELD_FOUND || count == 0) {
        log_write(
            LOG_WARNING, settings->name,
            "what was released of live ledger number %lld is not copied into the test world: its bytes are not there as "
            "they came, or no rule matches its name any more",
            (long long)held->file);
        job_free(job);
        return PASS_DONE;
    }
    job->work = JOB_COPY;
    job->row.marks = copy->file.marks;
    memcpy(job->row.sha256, copy->file.sha256, sizeof job->row.sha256);
    job->row.id = 0;
    job->row.copied_from = held->file;
    job->copy_letters = arena_copy_text(&job->arena, slice_of(database_control_letters(copier->live)));
    if (!job->copy_letters) {
        job_free(job);
        return PASS_LATER;
    }
    return submit(copier, job);
}

/*
 * What was released in live when no file of the feed with that number, or a later one, had ended there: it comes before them here too, or a
 * later event would find a booking where it no longer is in live.
 */
static enum pass copy_releases(struct copier *copier, size_t feed, int64_t before)
{
    const char *name = copier->options.config->feeds[feed].name;
    while (!is_stopping(copier)) {
        struct held *rows = NULL;
        size_t count = 0;
        if (held_released(copier->live, name, copier->released[feed], 1, &copier->arena, &rows, &count) !=
            DATABASE_OK)
            return PASS_LATER;
        if (count == 0 || rows[0].released_after >= before)
            break;
        if (hand_on_release(copier, feed, &rows[0]) != PASS_DONE)
            return PASS_LATER;
        copier->released[feed] = rows[0].release;
    }
    return PASS_DONE;
}

/* One feed up to the live ledger number `last`, or to the first file that has not come to its end. */
static enum pass copy_feed(struct copier *copier, size_t feed, int64_t last)
{
    int64_t *cursor = &copier->cursors[feed];
    const char *name = copier->options.config->feeds[feed].name;
    while (*cursor < last && !is_stopping(copier)) {
        struct ledger_copy *copies;
        struct held *rows = NULL;
        size_t count = 0, released = 0;
        give_way(copier);
        arena_reset(&copier->arena);
        /* Releases are asked for after files: what was applied behind a release is not seen before it. */
        if (ledger_copies(copier->live, name, *cursor, last, BATCH, &copier->arena, &copies, &count) !=
                DATABASE_OK ||
            held_released(copier->live, name, copier->released[feed], 1, &copier->arena, &rows, &released) !=
                DATABASE_OK)
            return PASS_LATER;
        for (size_t i = 0; i < count; i++) {
            if (released > 0 && copy_releases(copier, feed, copies[i].file.id) != PASS_DONE)
                return PASS_LATER;
            if (!copies[i].ended)
                return PASS_DONE; /* the commit that ends it wakes us */
            if (copies[i].wanted && hand_on(copier, feed, &copies[i]) != PASS_DONE)
                return PASS_LATER;
            *cursor = copies[i].file.id;
        }
        if (count < BATCH)
            *cursor = last;
    }
    return copy_releases(copier, feed, *cursor + 1);
}

static enum pass copy_all(struct copier *copier)
{
    int64_t last = 0;
    if (!copier->live && database_open(copier->options.live->database, DATABASE_LIVE, DATABASE_READ,
                                       &copier->live, NULL, 0) != DATABASE_OK)
        return PASS_LATER;
    if (!cursors_are_good(copier) || live_last_file(copier->live, &last) != DATABASE_OK)
        return PASS_LATER;
    enum pass result = PASS_DONE;
    for (size_t i = 0; i < copier->options.config->feed_count; i++)
        if (copy_feed(copier, i, last) != PASS_DONE)
            result = PASS_LATER; /* the other feeds go on */
    return result;
}

/* Until the time to try again has come. With the lock held. */
static void wait_to_retry(struct copier *copier)
{
    uint64_t end = clock_monotonic_ms() + RETRY_MS;
    for (uint64_t now; !copier->stopping && (now = clock_monotonic_ms()) < end;)
        (void)condition_wait(&copier->changes, &copier->lock, (uint32_t)(end - now));
}

static void run(void *context)
{
    struct copier *copier = context;
    mutex_lock(&copier->lock);
    while (!copier->stopping) {
        if (!copier->asked && !copier->given_back && !copier->behind) {
            (void)condition_wait(&copier->changes, &copier->lock, UINT32_MAX);
            continue;
        }
        if (copier->behind || copier->given_back)
            wait_to_retry(copier);
        copier->asked = false;
        copier->working = true;
        mutex_unlock(&copier->lock);
        enum pass result = copy_all(copier);
        mutex_lock(&copier->lock);
        copier->working = false;
        copier->behind = result != PASS_DONE;
    }
    mutex_unlock(&copier->lock);
    database_close(copier->live);
    copier->live = NULL;
}

struct copier *copier_new(const struct copier_options *options)
{
    struct copier *copier = calloc(1, sizeof *copier);
    if (!copier)
        return NULL;
    copier->options = *options;
    copier->asked = true; /* what was committed before this run */
    copier->cursors = calloc(options->config->feed_count + 1, sizeof *copier->cursors);
    copier->released = calloc(options->config->feed_count + 1, sizeof *copier->released);
    arena_init(&copier->arena, 0);
    mutex_init(&copier->lock);
    condition_init(&copier->changes);
    if (!copier->cursors || !copier->released) {
        copier_free(copier);
        return NULL;
    }
    for (size_t i = 0; i < options->config->feed_count; i++) {
        options->lines[i].config = &options->config->feeds[i];
        options->lines[i].pipeline = options->pipeline;
        options->lines[i].finished = finished;
        options->lines[i].context = copier;
    }
    return copier;
}

struct platform_status copier_start(struct copier *copier)
{
    return thread_start(&copier->thread, "copier", run, copier);
}

void copier_wake(struct copier *copier)
{
    mutex_lock(&copier->lock);
    if (!copier->asked) {
        copier->asked = true;
        condition_broadcast(&copier->changes);
    }
    mutex_unlock(&copier->lock);
}

bool copier_is_idle(struct copier *copier)
{
    mutex_lock(&copier->lock);
    bool idle = !copier->asked && !copier->working && !copier->behind && !copier->given_back &&
                copier->in_flight == 0;
    mutex_unlock(&copier->lock);
    return idle;
}

void copier_end(struct copier *copier)
{
    if (!copier)
        return;
    mutex_lock(&copier->lock);
    copier->stopping = true;
    condition_broadcast(&copier->changes);
    mutex_unlock(&copier->lock);
    thread_join(copier->thread);
    copier->thread = NULL;
}

void copier_free(struct copier *copier)
{
    if (!copier)
        return;
    condition_release(&copier->changes);
    mutex_release(&copier->lock);
    arena_release(&copier->arena);
    free(copier->released);
    free(copier->cursors);
    free(copier);
}
