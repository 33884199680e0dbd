/*
 * The sender only reads the database: that a row was sent is told to the committer, who marks it. Until the
 * mark is seen, the row stands in `unmarked`, so that it is not sent again by this process; after an unclean
 * stop it may be, under the same name and with the same bytes.
 *
 * Locking: `lock` guards `stop` and `woken`; everything else belongs to the thread.
 */
#include "outbound/send.h"

#include <stdlib.h>
#include <string.h>

#include "outbound/backoff.h"
#include "parser/arena.h"
#include "platform/clock.h"
#include "platform/file.h"
#include "platform/folder.h"
#include "platform/path.h"
#include "platform/thread.h"

#define ROWS_AT_ONCE ((size_t)64)
/* Nothing is queued: every row is announced by sender_wake; this is for the one that was not. */
#define IDLE_MS ((uint32_t)60000)

static const char temporary_suffix[] = ".tmp"; /* of file_store */

struct sender {
    const char *database_path;
    enum database_world world;
    const struct receiver *receiver;
    struct sender_callbacks callbacks;
    struct thread *thread;

    struct mutex lock;
    struct condition changed;
    bool stop, woken;

    struct database *db;      /* NULL: to be opened */
    struct arena arena;       /* rows of one look */
    bool recovered;           /* what an unclean stop left has been put right */
    enum send_result trouble; /* as last reported */
    int64_t *unmarked;        /* sent, and still queued when last looked */
    size_t unmarked_count, unmarked_capacity;
};

enum look {
    LOOK_MORE,   /* something was sent: look again at once */
    LOOK_IDLE,   /* nothing is queued */
    LOOK_TROUBLE /* the first row in turn cannot be sent now */
};

/* --- what callers are told ------------------------------------------------------------------------------ */

static void report(struct sender *sender, enum send_result result, int64_t outbox_id,
                   struct platform_status status)
{
    if (result == sender->trouble)
        return;
    sender->trouble = result;
    if (sender->callbacks.trouble != NULL)
        sender->callbacks.trouble(sender->callbacks.context, sender->receiver, result, outbox_id, status);
}

/* The outbox itself cannot be read: reported like a folder that is away, with outbox number 0. */
static enum look database_trouble(struct sender *sender, enum database_kind kind)
{
    enum platform_kind told = PLATFORM_OTHER;
    if (kind == DATABASE_BUSY)
        told = PLATFORM_BUSY;
    else if (kind == DATABASE_FULL)
        told = PLATFORM_FULL;
    else if (kind == DATABASE_CANNOT_OPEN)
        told = PLATFORM_NOT_FOUND;
    else if (kind == DATABASE_NO_MEMORY)
        told = PLATFORM_NO_MEMORY;
    /* The next look opens it afresh. */
    database_close(sender->db);
    sender->db = NULL;
    report(sender, SEND_LATER, 0, (struct platform_status){told, 0});
    return LOOK_TROUBLE;
}

static enum look folder_trouble(struct sender *sender, enum send_result result, int64_t outbox_id,
                                struct platform_status status)
{
    report(sender, result, outbox_id, status);
    return LOOK_TROUBLE;
}

/* --- rows that were sent and are not marked yet --------------------------------------------------------- */

static bool is_unmarked(const struct sender *sender, int64_t id)
{
    for (size_t i = 0; i < sender->unmarked_count; i++) {
        if (sender->unmarked[i] == id)
            return true;
    }
    return false;
}

static bool unmarked_reserve(struct sender *sender)
{
    if (sender->unmarked_count < sender->unmarked_capacity)
        return true;
    size_t capacity = sender->unmarked_capacity == 0 ? ROWS_AT_ONCE : sender->unmarked_capacity * 2;
    int64_t *grown = realloc(sender->unmarked, capacity * sizeof *grown);
    if (grown == NULL)
        return false;
    sender->unmarked = grown;
    sender->unmarked_capacity = capacity;
    return true;
}

/* Forgets those that are no longer queued: they have been marked. `whole`: no further rows are queued behind `rows`. */
static void unmarked_forget(struct sender *sender, const struct outbox_row *rows, size_t count, bool whole)
{
    size_t kept = 0;
    for (size_t i = 0; i < sender->unmarked_count; i++) {
        int64_t id = sender->unmarked[i];
        bool queued = !whole && (count == 0 || id > rows[count - 1].id);
        for (size_t j = 0; j < count && !queued; j++)
            queued = rows[j].id == id;
        if (queued)
            sender->unmarked[kept++] = id;
    }
    sender->unmarked_count = kept;
}

/* --- after an unclean stop ------------------------------------------------------------------------------ */

static struct platform_status remove_temporary(const char *temporary)
{
    struct platform_status status = file_remove(temporary);
    return status.kind == PLATFORM_NOT_FOUND ? PLATFORM_SUCCESS : status;
}

/* The row is sent, but its rename did not reach the medium. */
static struct platform_status finish_sent(struct sender *sender, const char *temporary,
                                          const struct outbox_row *row)
{
    struct platform_status status;
    char *bytes = NULL;
    size_t size = 0;
    char *path = path_join(sender->receiver->folder, row->file_name);
    if (path == NULL)
        return (struct platform_status){PLATFORM_NO_MEMORY, 0};
    bool renamed = false;
    if (platform_ok(file_load(temporary, row->bytes.len, &bytes, &size))) {
        if (slice_equal(slice_from(bytes, size), row->bytes))
            renamed = platform_ok(file_move(temporary, path));
        free(bytes);
    }
    free(path);
    if (renamed)
        return PLATFORM_SUCCESS;
    /* It is not whole, or the name is taken. */
    switch (send_row(sender->receiver, row, &status)) {
    case SEND_DONE: return remove_temporary(temporary);
    case SEND_CONFLICT: report(sender, SEND_CONFLICT, row->id, status); return remove_temporary(temporary);
    case SEND_LATER: break;
    }
    return status;
}

static struct platform_status recover_one(struct sender *sender, const char *name,
                                          const struct outbox_row *row)
{
    struct platform_status status;
    char *temporary = path_join(sender->receiver->folder, name);
    if (temporary == NULL)
        return (struct platform_status){PLATFORM_NO_MEMORY, 0};
    if (row->state == OUTBOX_SENT || row->state == OUTBOX_UNANSWERED)
        status = finish_sent(sender, temporary, row);
    else
        status = remove_temporary(
            temporary); /* queued: it is written again; else the pharmacy has it, or never shall */
    free(temporary);
    return status;
}

/* Puts right each .tmp of ours in the folder. False when the first row must wait: trouble has been reported. */
static bool recover(struct sender *sender)
{
    struct folder_listing listing;
    struct platform_status status = folder_list(sender->receiver->folder, &listing);
    if (!platform_ok(status)) {
        (void)folder_trouble(sender, SEND_LATER, 0, status);
        return false;
    }
    bool recovered = true;
    for (size_t i = 0; i < listing.count && recovered; i++) {
        const struct folder_entry *entry = &listing.entries[i];
        size_t suffix = sizeof temporary_suffix - 1;
        size_t length = strlen(entry->name);
        if (entry->is_folder || entry->is_link || length <= suffix ||
            strcmp(entry->name + length - suffix, temporary_suffix) != 0)
            continue;
        arena_reset(&sender->arena);
        struct outbox_row row;
        const char *file_name = arena_copy_text(&sender->arena, slice_from(entry->name, length - suffix));
        enum database_kind kind = DATABASE_NO_MEMORY;
        if (file_name != NULL)
            kind = outbox_by_name(sender->db, sender->receiver->kind, sender->receiver->name, file_name,
                                  &sender->arena, &row);
        if (kind == DATABASE_NONE)
            continue; /* somebody else's */
        if (kind != DATABASE_OK) {
            (void)database_trouble(sender, kind);
            recovered = false;
            break;
        }
        status = recover_one(sender, entry->name, &row);
        if (!platform_ok(status)) {
            (void)folder_trouble(sender, SEND_LATER, row.id, status);
            recovered = false;
        }
    }
    folder_listing_release(&listing);
    return recovered;
}

/* --- the thread ----------------------------------------------------------------------------------------- */

static bool is_stopping(struct sender *sender)
{
    mutex_lock(&sender->lock);
    bool stop = sender->stop;
    mutex_unlock(&sender->lock);
    return stop;
}

/* Sends what is queued, in order, up to the first row that cannot be sent: those behind it wait. */
static enum look send_rows(struct sender *sender, const struct outbox_row *rows, size_t count)
{
    bool sent = false;
    for (size_t i = 0; i < count; i++) {
        struct platform_status status = {PLATFORM_NO_MEMORY, 0};
        if (is_unmarked(sender, rows[i].id))
            continue;
        if (is_stopping(sender))
            return LOOK_IDLE;
        enum send_result result = SEND_LATER;
        if (unmarked_reserve(sender))
            result = send_row(sender->receiver, &rows[i], &status);
        if (result != SEND_DONE)
            return folder_trouble(sender, result, rows[i].id, status);
        sender->unmarked[sender->unmarked_count++] = rows[i].id;
        sent = true;
        report(sender, SEND_DONE, rows[i].id, PLATFORM_SUCCESS);
        sender->callbacks.sent(sender->callbacks.context, rows[i].id);
    }
    if (sent)
        return LOOK_MORE;
    /* What was in the way is so no longer (a person rejected the row, the outbox can be read again). */
    bool exists = false;
    if (sender->trouble != SEND_DONE && platform_ok(folder_exists(sender->receiver->folder, &exists)) &&
        exists)
        report(sender, SEND_DONE, 0, PLATFORM_SUCCESS);
    return LOOK_IDLE;
}

static enum look look(struct sender *sender)
{
    enum database_kind kind = DATABASE_OK;
    if (sender->db == NULL)
        kind = database_open(sender->database_path, sender->world, DATABASE_READ, &sender->db, NULL, 0);
    if (kind != DATABASE_OK)
        return database_trouble(sender, kind);
    if (!sender->recovered)
        sender->recovered = recover(sender);
    if (!sender->recovered)
        return LOOK_TROUBLE;
    arena_reset(&sender->arena);
    struct outbox_row *rows = NULL;
    size_t count = 0, limit = sender->unmarked_count + ROWS_AT_ONCE;
    kind = outbox_queued(sender->db, sender->receiver->kind, sender->receiver->name, limit, &sender->arena,
                         &rows, &count);
    if (kind != DATABASE_OK && kind != DATABASE_NONE)
        return database_trouble(sender, kind);
    unmarked_forget(sender, rows, count, count < limit);
    return send_rows(sender, rows, count);
}

/* True when woken before the time was over. */
static bool wait(struct sender *sender, uint32_t milliseconds)
{
    uint64_t end = clock_monotonic_ms() + milliseconds;
    mutex_lock(&sender->lock);
    while (!sender->stop && !sender->woken) {
        uint64_t now = clock_monotonic_ms();
        if (now >= end)
            break;
        (void)condition_wait(&sender->changed, &sender->lock, (uint32_t)(end - now));
    }
    bool woken = sender->woken;
    sender->woken = false;
    mutex_unlock(&sender->lock);
    return woken;
}

static void run(void *context)
{
    struct sender *sender = context;
    uint32_t delay = backoff_next(0);
    while (!is_stopping(sender)) {
        switch (look(sender)) {
        case LOOK_MORE: delay = backoff_next(0); break;
        case LOOK_IDLE:
            delay = backoff_next(0);
            (void)wait(sender, IDLE_MS);
            break;
        case LOOK_TROUBLE:
            /* A wake-up tries at once and is no reason to wait longer next time. */
            if (!wait(sender, delay))
                delay = backoff_next(delay);
            break;
        }
    }
    database_close(sender->db);
    sender->db = NULL;
}

static void sender_free(struct sender *sender)
{
    condition_release(&sender->changed);
    mutex_release(&sender->lock);
    arena_release(&sender->arena);
    free(sender->unmarked);
    free(sender);
}

struct platform_status sender_start(struct sender **out, const char *database_path, enum database_world world,
                                    const struct receiver *receiver, const struct sender_callbacks *callbacks)
{
    *out = NULL;
    struct sender *sender = calloc(1, sizeof *sender);
    if (sender == NULL)
        return (struct platform_status){PLATFORM_NO_MEMORY, 0};
    sender->database_path = database_path;
    sender->world = world;
    sender->receiver = receiver;
    sender->callbacks = *callbacks;
    sender->trouble = SEND_DONE;
    arena_init(&sender->arena, 0);
    mutex_init(&sender->lock);
    condition_init(&sender->changed);
    struct platform_status status = thread_start(&sender->thread, "sender", run, sender);
    if (!platform_ok(status)) {
        sender_free(sender);
        return status;
    }
    *out = sender;
    return PLATFORM_SUCCESS;
}

void sender_wake(struct sender *sender)
{
    mutex_lock(&sender->lock);
    sender->woken = true;
    condition_signal(&sender->changed);
    mutex_unlock(&sender->lock);
}

void sender_stop(struct sender *sender)
{
    if (sender == NULL)
        return;
    mutex_lock(&sender->lock);
    sender->stop = true;
    condition_signal(&sender->changed);
    mutex_unlock(&sender->lock);
    thread_join(sender->thread);
    sender_free(sender);
}
