/*
 * One look at one file (DESIGN step 2): open it with writing and deleting denied to others, hold its marks
 * against the listing, read it, prove that it is whole, and hand it over with the handle open. A look that ends
 * otherwise closes the handle at once: while we hold a file its sender's next open fails.
 */
#include <stdlib.h>
#include <string.h>

#include "parser/ini.h"
#include "parser/picture.h"
#include "parser/xml_records.h"
#include "platform/clock.h"
#include "platform/file.h"
#include "platform/path.h"
#include "platform/sha256.h"
#include "service/pipeline/row_read.h"
#include "service/watch/feed_private.h"

static bool ends_whole(const struct config_match *match, struct slice bytes)
{
    if (match->format == CONFIG_FORMAT_XML_EVENT)
        return xml_ends_whole(match->encoding, xml_read_slice, &bytes);
    if (match->format == CONFIG_FORMAT_PHOTO)
        return picture_is_whole(bytes);
    return ini_ends_whole(bytes);
}

/* Reads the file that the job holds and hashes it: into memory, or, of many messages, past the survey of its format. *whole: it ends where a file of its
 * format may end; only then may it be claimed before its give-up time. PLATFORM_CHANGED: it is being written. */
static struct platform_status read_file(struct job *job, bool *whole)
{
    struct file_marks marks;
    struct platform_status status;
    if (job->rows) {
        status = row_survey_file(job, job->row.sha256);
        *whole = !job->rows->surveyed || job->rows->verdict != PARSE_INCOMPLETE;
    } else {
        status = file_read_all(job->handle, (size_t)job->match->size_limit, &job->bytes, &job->size);
        if (platform_ok(status)) {
            *whole = ends_whole(job->match, slice_from(job->bytes, job->size));
            sha256(job->bytes, job->size, job->row.sha256);
        }
    }
    if (platform_ok(status))
        status = file_stat(job->handle, &marks);
    bool changed =
        platform_ok(status) && (!file_marks_equal(&marks, &job->row.marks) ||
                                (!job->rows && job->size != marks.size) || file_claim_broken(job->handle));
    return changed ? (struct platform_status){PLATFORM_CHANGED, 0} : status;
}

/* Marks by handle against those of the listing; the listing may have left the identity out. */
static bool marks_as_listed(const struct settle_entry *entry, const struct file_marks *marks)
{
    if (entry->marks.size != marks->size || entry->marks.written_us != marks->written_us)
        return false;
    return !entry->has_identity || file_identity_equal(&entry->marks.identity, &marks->identity);
}

static bool marker_there(const struct settle_entry *entry, const char *path, char **marker)
{
    const char *suffix = entry->match->marker_suffix;
    size_t length = strlen(path), more = strlen(suffix);
    *marker = malloc(length + more + 1);
    if (!*marker)
        return false;
    memcpy(*marker, path, length);
    memcpy(*marker + length, suffix, more + 1);
    bool there = false;
    return platform_ok(file_exists(*marker, &there)) && there;
}

static enum look_result open_failed(struct feed *feed, struct settle_entry *entry,
                                    struct platform_status status, uint64_t now)
{
    switch (status.kind) {
    case PLATFORM_NOT_FOUND:
        if (!feed_folder_is_there(
                feed)) { /* nothing is gone then: it is seen again when the folder is back */
            (void)settle_again(feed->settle, entry, SETTLE_FAILED, now);
            return LOOK_OFFLINE;
        }
        settle_vanished(feed->settle, entry);
        return LOOK_DONE;
    case PLATFORM_BUSY: (void)settle_again(feed->settle, entry, SETTLE_BUSY, now); return LOOK_DONE;
    case PLATFORM_DENIED:
        feed->denied = status;
        (void)settle_again(feed->settle, entry, SETTLE_DENIED, now);
        return LOOK_DONE;
    case PLATFORM_OFFLINE: (void)settle_again(feed->settle, entry, SETTLE_FAILED, now); return LOOK_OFFLINE;
    default: (void)settle_again(feed->settle, entry, SETTLE_FAILED, now); return LOOK_DONE;
    }
}

/* The same five marks (name, size, times, identity, hash): the very file that the row speaks of. */
static bool same_five_marks(const struct ledger_file *row, const struct job *job)
{
    return file_marks_equal(&row->marks, &job->row.marks) &&
           memcmp(row->sha256, job->row.sha256, SHA256_SIZE) == 0;
}

/* Takes over the row of an earlier claim of this very file, when there is one. */
static void adopt(struct feed *feed, struct job *job)
{
    struct unfinished *unfinished;
    while ((unfinished = recover_find(feed, job->name)) && !same_five_marks(&unfinished->row, job))
        if (!recover_end_missing(feed, unfinished)) {
            feed->recovered = false;
            return;
        }
    if (!unfinished)
        return;
    job->row.id = unfinished->row.id;
    job->row.arrived = unfinished->row.arrived;
    job->row.attempt = unfinished->row.attempt;
    job->adopted = true;
    job->suspect = unfinished->suspect && unfinished->row.state == LEDGER_CLAIMED;
    if (unfinished->row.state != LEDGER_CLAIMED) {
        job->work = JOB_PUT_AWAY_ONLY;
        job->row.state = unfinished->row.state;
    } else if (job->suspect &&
               unfinished->row.attempt >= 3) { /* DESIGN step 3: the third death quarantines it */
        job->work = JOB_SET_ASIDE;
        job->reason = "suspect";
    }
    unfinished->settled = true;
}

enum look_result look_at(struct feed *feed, struct settle_entry *entry)
{
    const struct config_match *match = entry->match;
    enum pipeline_entry place = recover_is_suspect(feed, entry->name) ? PIPELINE_LONE : PIPELINE_FILE;
    if (!pipeline_enter(feed->pipeline, place))
        return LOOK_CLOSED;

    enum look_result result = LOOK_DONE;
    uint64_t now = clock_monotonic_ms();
    struct file *file = NULL;
    enum file_claim proof = FILE_CLAIM_HELD;
    struct file_marks marks;
    char *path = path_join(feed->settings->folder, entry->name);
    char *marker = NULL;
    struct job *job = NULL;
    if (!path) {
        (void)settle_again(feed->settle, entry, SETTLE_FAILED, now);
        goto out;
    }
    if (match->ready == CONFIG_READY_MARKER && !marker_there(entry, path, &marker)) {
        (void)settle_again(feed->settle, entry, SETTLE_NO_TROUBLE, now);
        goto out;
    }
    struct platform_status status = file_open_claim(path, &file, &proof);
    if (platform_ok(status))
        status = file_stat(file, &marks);
    if (!platform_ok(status)) {
        result = open_failed(feed, entry, status, now);
        goto out;
    }
    if (match->ready == CONFIG_READY_QUIET && !marks_as_listed(entry, &marks)) {
        settle_changed(feed->settle, entry, &marks, now);
        goto out;
    }
    /* Without leases a writer would not be noticed: then the quiet time proves, as for `quiet` (DESIGN step 2). */
    if (proof == FILE_CLAIM_UNPROVED && match->ready != CONFIG_READY_QUIET) {
        if (!marks_as_listed(entry, &marks)) {
            settle_changed(feed->settle, entry, &marks, now);
            goto out;
        }
        if (now - entry->changed < match->quiet_ms) {
            (void)settle_again(feed->settle, entry, SETTLE_NO_TROUBLE, now);
            goto out;
        }
    }

    job = job_new(feed->line, match, path);
    if (!job) {
        (void)settle_again(feed->settle, entry, SETTLE_FAILED, now);
        goto out;
    }
    path = NULL; /* the job's now */
    job->handle = file;
    file = NULL;
    job->entry = place;
    job->row.feed = feed->settings->name;
    job->row.name = job->name;
    job->row.format = config_format_name(match->format);
    job->row.marks = marks;
    if (marks.size > match->size_limit) {
        job->work = JOB_SET_ASIDE;
        job->reason = "too-large";
    } else {
        bool whole = true;
        status = read_file(job, &whole);
        if (status.kind == PLATFORM_CHANGED) {
            settle_changed(feed->settle, entry, &marks, now);
            goto out;
        }
        if (!platform_ok(status)) {
            result = open_failed(feed, entry, status, now);
            goto out;
        }
        if (!whole) {
            if (!settle_again(feed->settle, entry, SETTLE_INCOMPLETE, now))
                goto out;
            job->work = JOB_SET_ASIDE;
            job->reason = "incomplete";
        }
    }
    job->row.arrived = clock_utc_us();
    adopt(feed, job);
    job->marker = marker;
    marker = NULL;
    settle_claimed(feed->settle, entry, &marks);
    pipeline_submit(feed->pipeline, job);
    return LOOK_DONE;

out:
    (void)file_close(file); /* nothing was written */
    free(path);
    free(marker);
    job_free(job);
    pipeline_leave(feed->pipeline, place);
    return result;
}

void look_report_gone(struct feed *feed, const struct settle_entry *entry)
{
    /* A row of an earlier claim speaks of this file already. */
    struct unfinished *unfinished = recover_find(feed, entry->name);
    if (unfinished) {
        if (!recover_end_missing(feed, unfinished))
            feed->recovered = false;
        return;
    }
    if (!pipeline_enter(feed->pipeline, PIPELINE_ROW))
        return; /* stopping, or the database is away: nothing was taken, and the next listing shows what is there */
    char *path = path_join(feed->settings->folder, entry->name);
    struct job *job = path ? job_new(feed->line, entry->match, path) : NULL;
    if (!job) {
        free(path);
        pipeline_leave(feed->pipeline, PIPELINE_ROW);
        return;
    }
    job->work = JOB_GONE;
    job->entry = PIPELINE_ROW;
    job->row.feed = feed->settings->name;
    job->row.name = job->name;
    job->row.format = config_format_name(entry->match->format);
    job->row.marks = entry->marks;
    job->row.arrived = clock_utc_us();
    job->row.state = LEDGER_VANISHED;
    pipeline_submit(feed->pipeline, job);
}
