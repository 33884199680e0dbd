#include "service/pipeline/row_format.h"

#include "service/pipeline/job.h"
#include "service/pipeline/row_run.h"

const struct row_format *row_format_find(enum config_format format)
{
    switch (format) {
    case CONFIG_FORMAT_JMS_EVENT:
    case CONFIG_FORMAT_XML_EVENT:
    case CONFIG_FORMAT_PHOTO:
    case CONFIG_FORMAT_HL7_RESULTS: return NULL;
    case CONFIG_FORMAT_XML_ROSTER: return &row_format_roster_xml;
    case CONFIG_FORMAT_ROSTER_CSV: return &row_format_roster_csv;
    case CONFIG_FORMAT_ALERTS_CSV: return &row_format_alerts_csv;
    }
    return NULL;
}

void row_reader_init(struct row_reader *reader, const struct row_format *format, const struct config *config,
                     const struct job *job, instant_us event_at, const struct csv_place *place)
{
    *reader = (struct row_reader){
        .format = format, .config = config, .job = job, .event_at = event_at, .place = *place};
    row_source_init(&reader->source, job->handle, job->row.marks.size);
}

/* Natively a lease can be broken, and a file system may have none. A copy is read from the archive, where only we write. */
static bool is_untouched(struct row_reader *reader)
{
    const struct job *job = reader->job;
    struct file_marks marks;
    if (job->work == JOB_COPY)
        return true;
    reader->source.status = file_stat(job->handle, &marks);
    if (platform_ok(reader->source.status) &&
        (file_claim_broken(job->handle) || !file_marks_equal(&marks, &job->row.marks)))
        reader->source.status = (struct platform_status){PLATFORM_CHANGED, 0};
    return platform_ok(reader->source.status);
}

enum parse_status row_reader_next(struct row_reader *reader, struct row_slice *slice, bool *readable)
{
    arena_reset(&slice->arena);
    slice->count = slice->run_count = 0;
    slice->last = false;
    *readable = true;
    slice->rows = arena_take_array(&slice->arena, ROW_SLICE_ROWS, sizeof *slice->rows);
    if (!slice->rows)
        return PARSE_NO_MEMORY;
    enum parse_status status = reader->format->read(reader, slice);
    *readable = platform_ok(reader->source.status) && is_untouched(reader);
    return status == PARSE_OK && *readable && !row_run_find(reader, slice) ? PARSE_NO_MEMORY : status;
}

void row_reader_release(struct row_reader *reader)
{
    if (reader->format && reader->format->close)
        reader->format->close(reader);
    *reader = (struct row_reader){0};
}
