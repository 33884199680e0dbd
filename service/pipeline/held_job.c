#include "service/pipeline/held_job.h"

#include <stdlib.h>
#include <string.h>

#include "parser/jms_roster.h"
#include "parser/xml_records.h"
#include "platform/path.h"
#include "platform/sha256.h"
#include "service/pipeline/event_time.h"
#include "service/pipeline/jms_input.h"
#include "service/pipeline/row_file.h"

#define EXTRACT_MAX                                                                                          \
    ((size_t)2 * LIMIT_XML_RECORD_BYTES) /* a record and what stands around it; a row of CSV is smaller */

static enum held_found load(struct job *job, const struct held *held, struct platform_status *status)
{
    uint8_t sha[SHA256_SIZE];
    *status = file_load(job->path, held->extract ? EXTRACT_MAX : (size_t)held->size, &job->bytes, &job->size);
    if (status->kind == PLATFORM_NOT_FOUND)
        return HELD_GONE;
    if (status->kind == PLATFORM_TOO_LARGE)
        return HELD_CHANGED;
    if (!platform_ok(*status))
        return HELD_LATER;
    sha256(job->bytes, job->size, sha);
    return memcmp(sha, held->sha256, sizeof sha) == 0 ? HELD_FOUND : HELD_CHANGED;
}

enum held_found held_job_make(struct line *line, const struct held *held, const char *root, struct job **out,
                              struct platform_status *status)
{
    const struct config_match *match = config_match_find(line->config, held->name);
    *out = NULL;
    *status = (struct platform_status){PLATFORM_NO_MEMORY, 0};
    if (!match || strcmp(config_format_name(match->format), held->format) != 0)
        return HELD_NO_RULE;
    if (!held->stored)
        return HELD_GONE;
    char *path = path_join(root, held->stored);
    struct job *job = path ? job_new(line, match, path) : NULL;
    if (!job) {
        free(path);
        return HELD_LATER;
    }
    row_file_free(job->rows); /* one event of it, and no file of many */
    job->rows = NULL;
    job->row = (struct ledger_file){
        .id = held->file,
        .feed = line->config->name,
        .arrived = held->arrived,
        .name = arena_copy_text(&job->arena, slice_of(held->name)),
        .format = config_format_name(match->format),
    };
    job->release = (struct job_release){
        .message = held->message,
        .event_at = held->event_at,
        .ordinal = held->ordinal,
        .extract = held->extract,
        .encoding = held->encoding,
        .number = held->release,
    };
    enum held_found found = job->row.name ? load(job, held, status) : HELD_LATER;
    if (found != HELD_FOUND) {
        job_free(job);
        return found;
    }
    *out = job;
    return HELD_FOUND;
}

/* ---- parsing ---- */

/* The one row of an extract. Its line is counted from the top of the extract. */
static enum parse_status parse_row(const struct config *config, struct job *job)
{
    const struct jms_settings settings = jms_input_settings(config, job->match);
    struct slice bytes = slice_from(job->bytes, job->size);
    struct slice mark = encoding_mark(job->release.encoding);
    if (mark.len > 0 && bytes.len >= mark.len && memcmp(bytes.ptr, mark.ptr, mark.len) == 0)
        bytes = slice_from(bytes.ptr + mark.len, bytes.len - mark.len);
    const struct csv_place from = {
        .line = 1, .row = (uint32_t)job->release.ordinal - 1, .encoding = job->release.encoding};
    struct csv_rows rows;
    struct jms_roster_row parsed;
    char *window = arena_take(&job->arena, LIMIT_CSV_WINDOW); /* what was parsed points into it */
    if (!window)
        return PARSE_NO_MEMORY;
    csv_rows_begin(&rows, &jms_roster_columns, &from, window, LIMIT_CSV_WINDOW);
    enum csv_got got = CSV_MORE;
    for (size_t at = 0; got == CSV_MORE;) {
        struct csv_space space = csv_space(&rows.csv);
        size_t count = bytes.len - at < space.size ? bytes.len - at : space.size;
        memcpy(space.ptr, bytes.ptr + at, count);
        csv_fill(&rows.csv, count);
        at += count;
        if (at == bytes.len)
            csv_finish(&rows.csv);
        got = jms_roster_next(&rows, &settings, &job->arena, &job->faults, &parsed);
    }
    if (got != CSV_RECORD)
        return PARSE_INVALID;
    job->event = parsed.event;
    return parsed.status;
}

/* The one record of an extract of XML, which is a document of its own. */
static enum parse_status parse_record(const struct config *config, struct job *job)
{
    struct jms_settings settings = jms_input_settings(config, job->match);
    settings.encoding = ENCODING_UTF8; /* extracts are, whatever the match rule says of the files */
    struct slice rest = slice_from(job->bytes, job->size);
    struct xml_record record;
    struct xml_reader *reader = xml_reader_open(job->match->mapping, &settings, xml_read_slice, &rest);
    if (!reader)
        return PARSE_NO_MEMORY;
    enum parse_status status = PARSE_INVALID;
    switch (xml_reader_next(reader, &job->arena, &job->faults, &record)) {
    case XML_RECORD:
        job->event = record.event;
        status = record.status;
        break;
    case XML_FAILED: status = xml_reader_status(reader); break;
    case XML_END: break;
    }
    xml_reader_close(reader);
    return status;
}

static enum parse_status parse_extract(const struct config *config, struct job *job)
{
    return job->match->format == CONFIG_FORMAT_XML_ROSTER ? parse_record(config, job)
                                                          : parse_row(config, job);
}

enum parse_status held_job_parse(const struct config *config, struct job *job)
{
    const struct jms_source source = {config, job, &job->arena, &job->faults};
    const struct zone *zone = NULL;
    enum parse_status status =
        job->release.extract ? parse_extract(config, job) : jms_input_parse(config, job);
    if (status == PARSE_OK || status == PARSE_INVALID)
        status = jms_input_make(&source, status, &job->event, &job->input, &zone);
    if (status != PARSE_OK)
        return status;
    job->input.file = job->row.id;
    job->input.ordinal = job->release.ordinal;
    job->input.event_at = job->release.event_at;
    job->input.message = job->release.message;
    job->input.released = true;
    return PARSE_OK;
}
