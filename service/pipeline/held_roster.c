#include "service/pipeline/held_roster.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "database/sync.h"
#include "platform/path.h"
#include "service/event.h"
#include "service/log.h"
#include "service/pipeline/row_file.h"
#include "service/pipeline/row_read.h"
#include "service/pipeline/sync.h"

#define LIMIT 16 /* at a time: each holds a handle */

bool held_is_roster(const struct held *held)
{
    return !held->extract && strcmp(held->kind, "roster") == 0;
}

/* Opens it and proves that its bytes are those that came, and that they are a roster by the settings of today: its rows were promised to whoever
 * released it, and a file that is done cannot be quarantined as a whole. */
static enum held_found open_and_prove(struct job *job, const struct held *held,
                                      struct platform_status *status)
{
    enum file_claim claim;
    uint8_t sha[SHA256_SIZE];
    *status = file_open_claim(job->path, &job->handle, &claim);
    if (platform_ok(*status))
        *status = file_stat(job->handle, &job->row.marks);
    if (status->kind == PLATFORM_NOT_FOUND)
        return HELD_GONE;
    if (platform_ok(*status) && job->row.marks.size != held->size)
        return HELD_CHANGED;
    if (platform_ok(*status))
        *status = row_survey_file(job, sha);
    if (!platform_ok(*status) || !job->rows->surveyed)
        return HELD_LATER;
    if (memcmp(sha, held->sha256, sizeof sha) != 0)
        return HELD_CHANGED;
    return job->rows->verdict == PARSE_OK && job->rows->survey.rows > 0 ? HELD_FOUND : HELD_NO_RULE;
}

enum held_found held_roster_make(struct line *line, const struct held *held, const char *root,
                                 struct job **out, struct platform_status *status)
{
    const struct config_match *match = config_match_find(line->config, held->name);
    *out = NULL;
    *status = (struct platform_status){PLATFORM_NO_MEMORY, 0};
    if (!match || strcmp(config_format_name(match->format), held->format) != 0 || !match->sync)
        return HELD_NO_RULE;
    if (!held->stored)
        return HELD_GONE;
    char *path = path_join(root, held->stored);
    struct job *job = path ? job_new(line, match, path) : NULL;
    if (!job) {
        free(path);
        return HELD_LATER;
    }
    job->from_hold = job->adopted = true;
    job->entry = PIPELINE_ROW;
    job->row = (struct ledger_file){
        .id = held->file,
        .feed = line->config->name,
        .format = config_format_name(match->format),
        .arrived = held->arrived,
        .state = LEDGER_DONE,
    };
    job->row.name = job->name = arena_copy_text(&job->arena, slice_of(held->name));
    job->rows->sync->spared = true;
    enum held_found found = job->row.name ? open_and_prove(job, held, status) : HELD_LATER;
    if (found != HELD_FOUND) {
        job_free(job);
        return found;
    }
    *out = job;
    return HELD_FOUND;
}

/* ---- submitting ---- */

static struct line *line_of(struct pipeline *pipeline, const char *feed)
{
    for (size_t i = 0; i < pipeline->options.config->feed_count; i++)
        if (strcmp(pipeline->options.hold_lines[i].config->name, feed) == 0)
            return &pipeline->options.hold_lines[i];
    return NULL;
}

/* Whether it is on its way. */
static bool is_submitted(struct pipeline *pipeline, int64_t file)
{
    bool found = false;
    mutex_lock(&pipeline->lock);
    for (const struct job *job = pipeline->claims.first; job; job = job->next)
        found = found || (job->from_hold && job->row.id == file);
    for (size_t i = 0; i < pipeline->options.config->feed_count; i++)
        for (const struct job *job = pipeline->options.hold_lines[i].first; job; job = job->next_in_line)
            found = found || job->row.id == file;
    mutex_unlock(&pipeline->lock);
    return found;
}

/* What was proved when it was released is so no more: it is only held again, and a person is told. */
static enum database_kind give_up(struct pipeline *pipeline, const struct held *held)
{
    struct database *db = pipeline->options.writer;
    char number[24];
    enum database_kind kind = database_begin(db);
    if (kind == DATABASE_OK)
        kind = sync_decide(db, held->file, false);
    kind = database_finish(db, kind);
    (void)snprintf(number, sizeof number, "%lld", (long long)held->file);
    if (kind == DATABASE_OK)
        event_report(EVENT_RELEASE_FAILED, held->feed, number);
    return kind;
}

static enum database_kind submit(struct pipeline *pipeline, const struct held *held)
{
    struct line *line = line_of(pipeline, held->feed);
    struct platform_status status = PLATFORM_SUCCESS;
    struct job *job = NULL;
    enum held_found found =
        line ? held_roster_make(line, held, pipeline->options.paths->root, &job, &status) : HELD_NO_RULE;
    if (found == HELD_LATER)
        return DATABASE_OK; /* it is tried again each minute */
    if (found != HELD_FOUND)
        return give_up(pipeline, held);
    if (pipeline_enter(pipeline, PIPELINE_ROW))
        pipeline_submit(pipeline, job);
    else
        job_free(job);
    return DATABASE_OK;
}

enum database_kind held_roster_submit(struct pipeline *pipeline, struct arena *arena)
{
    struct database *db = pipeline->options.writer;
    int64_t *files = NULL;
    size_t count = 0;
    enum database_kind kind = sync_decided(db, LIMIT, arena, &files, &count);
    for (size_t i = 0; i < count && kind == DATABASE_OK; i++) {
        struct held *held = NULL;
        size_t found = 0;
        if (is_submitted(pipeline, files[i]))
            continue;
        kind = held_of_file(db, files[i], 0, LIMIT, arena, &held, &found);
        for (size_t j = 0; j < found && kind == DATABASE_OK; j++)
            if (held_is_roster(&held[j]))
                kind = submit(pipeline, &held[j]);
    }
    return kind;
}

void held_roster_finished(void *context, struct job *job)
{
    (void)context;
    job_free(job);
}
