#include "service/pipeline/job.h"

#include <stdlib.h>

#include "platform/path.h"
#include "service/pipeline/row_file.h"

struct job *job_new(struct line *line, const struct config_match *match, char *path)
{
    struct job *job = calloc(1, sizeof *job);
    if (!job)
        return NULL;
    const struct row_format *format = match ? row_format_find(match->format) : NULL;
    if (format) {
        job->rows = row_file_new(format, match->sync);
        if (!job->rows) {
            free(job);
            return NULL;
        }
    }
    job->line = line;
    job->match = match;
    job->path = path;
    job->name = path + (path_name(path) - path);
    arena_init(&job->arena, 0);
    return job;
}

void job_free(struct job *job)
{
    if (!job)
        return;
    row_file_free(job->rows);
    /* Nothing was written through this handle, so its close has nothing to say. */
    (void)file_close(job->handle);
    arena_release(&job->arena);
    free(job->path);
    free(job->marker);
    free(job->bytes);
    free(job->stored);
    free(job);
}

void job_queue_add(struct job_queue *queue, struct job *job)
{
    job->next = NULL;
    if (queue->last)
        queue->last->next = job;
    else
        queue->first = job;
    queue->last = job;
    queue->count++;
}

struct job *job_queue_take(struct job_queue *queue)
{
    struct job *job = queue->first;
    if (!job)
        return NULL;
    queue->first = job->next;
    if (!queue->first)
        queue->last = NULL;
    queue->count--;
    job->next = NULL;
    return job;
}

void job_queue_move(struct job_queue *to, struct job_queue *from)
{
    if (!from->first)
        return;
    if (to->last)
        to->last->next = from->first;
    else
        to->first = from->first;
    to->last = from->last;
    to->count += from->count;
    *from = (struct job_queue){0};
}
