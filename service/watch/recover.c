/*
 * What an earlier process left: rows that are claimed, or applied and in place (DESIGN steps 3 and 6, RULES
 * "Repeats"). Each is held against the first listing before anything new is taken, in the order of ledger
 * numbers, so that order is kept across a crash.
 */
#include <stdlib.h>
#include <string.h>

#include "service/event.h"
#include "service/spool/put_away.h"
#include "service/watch/feed_private.h"

bool recover_keep(struct unfinished **rows, size_t *count, size_t *capacity, const struct ledger_file *row,
                  bool suspect)
{
    if (*count == *capacity) {
        size_t wanted = *capacity ? *capacity * 2 : 16;
        struct unfinished *grown = realloc(*rows, wanted * sizeof *grown);
        if (!grown)
            return false;
        *rows = grown;
        *capacity = wanted;
    }
    size_t length = strlen(row->name) + 1;
    char *name = malloc(length);
    if (!name)
        return false;
    memcpy(name, row->name, length);
    struct unfinished *kept = &(*rows)[(*count)++];
    *kept = (struct unfinished){.row = *row, .suspect = suspect};
    kept->row.name = name;
    return true;
}

void recover_release(struct unfinished *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free((char *)(uintptr_t)rows[i].row.name); /* it was taken as char * by recover_keep */
    free(rows);
}

struct unfinished *recover_find(struct feed *feed, const char *name)
{
    for (size_t i = 0; i < feed->unfinished_count; i++)
        if (!feed->unfinished[i].settled && strcmp(feed->unfinished[i].row.name, name) == 0)
            return &feed->unfinished[i];
    return NULL;
}

/* Where an applied file lies when its put-away was only not written down. Held files lie in the hold, what waited too long in quarantine. */
static char *find_stored(struct feed *feed, const struct ledger_file *row)
{
    static const enum store_place DONE[] = {STORE_ARCHIVE, STORE_HOLD, STORE_QUARANTINE};
    static const enum store_place SET_ASIDE[] = {STORE_QUARANTINE};
    bool quarantined = row->state == LEDGER_QUARANTINED;
    const enum store_place *places = quarantined ? SET_ASIDE : DONE;
    size_t count = quarantined ? 1 : 3;
    char *stored = NULL;
    for (size_t i = 0; i < count && !stored; i++) {
        struct platform_status status =
            put_away_find(feed->paths->root, places[i], row->id, row->arrived, row->name, &stored);
        if (stored && !platform_ok(status)) {
            char text[200];
            platform_status_text(status, text, sizeof text);
            event_report(EVENT_RIGHTS_NOT_SET, store_place_name(places[i]), text);
        }
    }
    return stored;
}

bool recover_is_suspect(struct feed *feed, const char *name)
{
    for (size_t i = 0; i < feed->unfinished_count; i++) {
        const struct unfinished *unfinished = &feed->unfinished[i];
        if (!unfinished->settled && unfinished->suspect && unfinished->row.state == LEDGER_CLAIMED &&
            strcmp(unfinished->row.name, name) == 0)
            return true;
    }
    return false;
}

bool recover_end_missing(struct feed *feed, struct unfinished *unfinished)
{
    char *path = NULL;
    struct job *job = NULL;
    if (!pipeline_enter(feed->pipeline, PIPELINE_ROW))
        return false;
    size_t length = strlen(unfinished->row.name) + 1;
    path = malloc(length);
    if (path) {
        memcpy(path, unfinished->row.name, length);
        job = job_new(feed->line, NULL, path);
    }
    if (!job) {
        free(path);
        pipeline_leave(feed->pipeline, PIPELINE_ROW);
        return false;
    }
    job->work = JOB_GONE;
    job->entry = PIPELINE_ROW;
    job->row = unfinished->row;
    job->row.feed = feed->settings->name;
    job->row.name = job->name;
    job->adopted = true;
    if (unfinished->row.state != LEDGER_CLAIMED)
        job->stored = find_stored(feed, &unfinished->row);
    unfinished->settled = true;
    pipeline_submit(feed->pipeline, job);
    return true;
}

static int by_number(const void *a, const void *b)
{
    int64_t left = ((const struct unfinished *)a)->row.id, right = ((const struct unfinished *)b)->row.id;
    return left < right ? -1 : left > right;
}

void recover_rows(struct feed *feed)
{
    if (feed->unfinished_count > 1)
        qsort(feed->unfinished, feed->unfinished_count, sizeof feed->unfinished[0], by_number);
    for (size_t i = 0; i < feed->unfinished_count; i++) {
        struct unfinished *unfinished = &feed->unfinished[i];
        if (unfinished->settled)
            continue;
        struct settle_entry *entry = settle_find(feed->settle, unfinished->row.name);
        if (!entry) {
            if (!recover_end_missing(feed, unfinished))
                return;
            continue;
        }
        if (!entry->match || entry->state == SETTLE_IN_FLIGHT)
            continue; /* no rule takes it any more, or another row of the name has just been taken up */
        /* It was proved ready once: an unchanged file need not settle again. A changed one ends the row and
         * settles as new. */
        if (entry->marks.size != unfinished->row.marks.size ||
            entry->marks.written_us != unfinished->row.marks.written_us) {
            if (!recover_end_missing(feed, unfinished))
                return;
            continue;
        }
        if (look_at(feed, entry) != LOOK_DONE)
            return;
    }
    /* Forget what is settled, so that names need not be compared with it. */
    size_t left = 0;
    for (size_t i = 0; i < feed->unfinished_count; i++) {
        if (feed->unfinished[i].settled)
            free((char *)(uintptr_t)feed->unfinished[i].row.name);
        else
            feed->unfinished[left++] = feed->unfinished[i];
    }
    feed->unfinished_count = left;
    feed->recovered = true;
}
