#include "service/pipeline/row_read.h"

#include <stdlib.h>

#include "service/log.h"
#include "service/pipeline/event_time.h"
#include "service/pipeline/pipeline.h"
#include "service/pipeline/sync.h"
#include "service/spool/extract.h"
#include "service/spool/reason.h"

/* ---- the file as a whole ---- */

struct platform_status row_survey_file(struct job *job, uint8_t *sha256)
{
    struct row_file *rows = job->rows;
    struct row_source source;
    row_source_init(&source, job->handle, job->row.marks.size);
    source.sum = sha256 ? sha256_begin() : NULL;
    fault_list_init(&job->faults, &job->arena);
    rows->verdict = rows->format->survey(&source, job->match, &job->faults, &rows->survey);
    if (sha256 && !row_source_drain(&source))
        source.status = (struct platform_status){PLATFORM_NO_MEMORY, 0};
    if (platform_ok(source.status) && fault_list_lost_memory(&job->faults))
        rows->verdict = PARSE_NO_MEMORY;
    rows->surveyed = platform_ok(source.status) && rows->verdict != PARSE_NO_MEMORY;
    sha256_end(source.sum, sha256);
    return source.status;
}

/* What the file says of its time stands where event_time_find looks for it. False when memory is exhausted. */
static bool tell_as_of(struct job *job)
{
    const struct row_survey *survey = &job->rows->survey;
    if (survey->as_of[0] == '\0')
        return true;
    job->event.extras = arena_take(&job->arena, sizeof *job->event.extras);
    if (!job->event.extras)
        return false;
    job->event.extras[0] =
        (struct jms_extra){slice_of(job->match->event_time_of), slice_of(survey->as_of), survey->as_of_line};
    job->event.extra_count = 1;
    return true;
}

/* Behind the survey: where the rows begin, unless an earlier process has come further, and as of when they speak. */
static bool begin(const struct config *config, struct job *job)
{
    struct row_file *rows = job->rows;
    if (!tell_as_of(job))
        return false;
    if (!rows->kept) { /* else an earlier process has said all this */
        instant_us event_at = event_time_find(job, config->facilities[0].zone);
        rows->progress = (struct file_progress){
            .event_at = event_at - (instant_us)job->match->lag_ms * 1000,
            .row_count = rows->survey.rows,
            .next = rows->survey.start,
        };
    }
    row_reader_init(&rows->reader, rows->format, config, job, rows->progress.event_at, &rows->progress.next);
    rows->reading = true;
    return true;
}

/* ---- rows ---- */

static void note_unreadable(struct job *job, struct platform_status status)
{
    char text[200];
    platform_status_text(status, text, sizeof text);
    log_write(LOG_WARNING, job->line->config->name, "%lld cannot be read now, so it is looked at again: %s",
              (long long)job->row.id, text);
    job->unreadable = true;
}

enum parse_status row_read(const struct config *config, struct job *job)
{
    struct row_file *rows = job->rows;
    if (!rows->surveyed) {
        struct platform_status status = row_survey_file(job, NULL);
        if (!platform_ok(status)) {
            note_unreadable(job, status);
            return PARSE_OK;
        }
    }
    if (rows->verdict != PARSE_OK)
        return rows->verdict;
    if (!rows->reading && !begin(config, job))
        return PARSE_NO_MEMORY;
    if (fault_list_lost_memory(&job->faults))
        return PARSE_NO_MEMORY;
    if (rows->first < rows->slice.count)
        return PARSE_OK; /* rows are left of the slice: they are applied first */
    bool readable;
    rows->first = rows->upto = 0;
    enum parse_status status = row_reader_next(&rows->reader, &rows->slice, &readable);
    if (!readable)
        note_unreadable(job, rows->reader.source.status);
    return readable ? status : PARSE_OK;
}

/* ---- rows that are set aside ---- */

struct platform_status row_set_aside(const struct job *job, const struct row *row, const char *root,
                                     enum store_place place, const char *word, const char *detail,
                                     struct extract_written *written)
{
    enum encoding encoding = row->next.encoding;
    bool wide = encoding == ENCODING_UTF16LE || encoding == ENCODING_UTF16BE;
    struct arena arena;
    arena_init(&arena, 0);
    const struct reason reason = {
        .place = place,
        .ledger_number = job->row.id,
        .feed = job->line->config->name,
        .name = job->name,
        .arrived = job->row.arrived,
        .row = row->row,
        .line = row->line,
        .word = word,
        .detail = detail,
        .faults = &row->faults,
    };
    const struct extract extract = {
        .root = root,
        .place = place,
        .ledger_number = job->row.id,
        .row = row->row,
        .arrived = job->row.arrived,
        .name = job->name,
        .mark = wide ? encoding_mark(encoding) : SLICE_EMPTY,
        .bytes = row->bytes,
        .file = row->bytes.ptr ? NULL : job->handle,
        .offset = row->offset,
        .size = row->size,
        .reason_text = reason_text(&reason, &arena),
    };
    struct platform_status status = extract_write(&extract, written);
    arena_release(&arena);
    return status;
}

struct platform_status row_set_bad_aside(const struct job *job, const char *root)
{
    const struct row_file *rows = job->rows;
    struct platform_status status = PLATFORM_SUCCESS;
    bool any = false;
    if (job->work != JOB_PARSE || job->status != PARSE_OK || job->unreadable ||
        (rows->sync && !sync_is_at_rows(rows->sync)))
        return status;
    for (size_t i = rows->first; i < rows->slice.count && platform_ok(status); i++) {
        if (rows->slice.rows[i].status == PARSE_OK)
            continue;
        any = true;
        status = row_set_aside(job, &rows->slice.rows[i], root, STORE_QUARANTINE, "row-faults", NULL, NULL);
    }
    if (any)
        extract_flush(root, STORE_QUARANTINE, job->row.arrived);
    return status;
}
