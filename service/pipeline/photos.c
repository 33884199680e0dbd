#include "service/pipeline/photos.h"

#include <stdlib.h>

#include "platform/clock.h"

/* One word of the fetcher. */
struct photo_word {
    struct photo_word *next;
    struct photo_result *result;
};

void pipeline_photo(struct pipeline *pipeline, struct photo_result *result)
{
    struct photo_word *word = malloc(sizeof *word);
    if (word == NULL) { /* the request stays due */
        free(result);
        pipeline->options.photos_written(pipeline->options.context, 1);
        return;
    }
    *word = (struct photo_word){NULL, result};
    mutex_lock(&pipeline->lock);
    *(pipeline->photos.last != NULL ? &pipeline->photos.last->next : &pipeline->photos.first) = word;
    pipeline->photos.last = word;
    pipeline->photos.count++;
    condition_signal(&pipeline->committer_wakes);
    mutex_unlock(&pipeline->lock);
}

static void free_words(struct photo_word *word)
{
    while (word != NULL) {
        struct photo_word *next = word->next;
        free(word->result);
        free(word);
        word = next;
    }
}

void photos_release(struct pipeline *pipeline)
{
    free_words(pipeline->photos.first);
    pipeline->photos = (struct photo_words){0};
}

static enum database_kind write_words(struct database *db, const struct photo_word *words)
{
    bool changed;
    instant_us now = clock_utc_us();
    enum database_kind kind = database_begin(db);
    for (const struct photo_word *word = words; word != NULL && kind == DATABASE_OK; word = word->next) {
        kind = photo_end_request(db, word->result, now, &changed);
        if (kind == DATABASE_NONE) /* the patient has another PhotoPath by now */
            kind = DATABASE_OK;
    }
    return database_finish(db, kind);
}

/* Everything that waits leaves the queue; what cannot be written goes back in front. */
enum database_kind photos_write(struct pipeline *pipeline)
{
    mutex_lock(&pipeline->lock);
    struct photo_words taken = pipeline->photos;
    pipeline->photos = (struct photo_words){0};
    mutex_unlock(&pipeline->lock);
    if (taken.count == 0)
        return DATABASE_OK;
    enum database_kind kind = write_words(pipeline->options.writer, taken.first);
    if (kind == DATABASE_OK) {
        free_words(taken.first);
        pipeline->options.photos_written(pipeline->options.context, taken.count);
        pipeline->options.committed(pipeline->options.context);
        return kind;
    }
    mutex_lock(&pipeline->lock);
    taken.last->next = pipeline->photos.first;
    if (pipeline->photos.last == NULL)
        pipeline->photos.last = taken.last;
    pipeline->photos.first = taken.first;
    pipeline->photos.count += taken.count;
    mutex_unlock(&pipeline->lock);
    return kind;
}
