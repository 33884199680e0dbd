#include "tests/integration/writer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/clock.h"
#include "platform/path.h"
#include "platform/thread.h"
#include "tests/support/cb_cmocka.h"

struct writer {
    const char *share;
    writer_text_function text;
    struct thread *thread;
    struct mutex lock;
    struct condition changed;
    /* under the lock */
    int limit, written;
    bool ending, failed;
};

static bool write_one(const struct writer *writer, int number)
{
    char name[48], path[2048], temporary[2100];
    char *text = writer->text(number, name);
    if (!text)
        return false;
    (void)snprintf(path, sizeof path, "%s%c%s", writer->share, PATH_SEPARATOR, name);
    (void)snprintf(temporary, sizeof temporary, "%s.tmp", path);
    FILE *file = fopen(temporary, "wb");
    bool good = file != NULL;
    if (file) {
        size_t length = strlen(text);
        good = fwrite(text, 1, length, file) == length;
        good = fclose(file) == 0 && good;
    }
    free(text);
    return good && rename(temporary, path) == 0;
}

static void run(void *context)
{
    struct writer *writer = context;
    mutex_lock(&writer->lock);
    while (!writer->failed) {
        if (writer->written < writer->limit) {
            int number = writer->written;
            mutex_unlock(&writer->lock);
            bool good = write_one(writer, number);
            mutex_lock(&writer->lock);
            writer->failed = !good;
            writer->written += good;
            condition_broadcast(&writer->changed);
        } else if (writer->ending) {
            break;
        } else {
            (void)condition_wait(&writer->changed, &writer->lock, UINT32_MAX);
        }
    }
    mutex_unlock(&writer->lock);
}

struct writer *writer_start(struct scene *scene, writer_text_function text)
{
    struct writer *writer = calloc(1, sizeof *writer);
    assert_non_null(writer);
    writer->share = scene->share;
    writer->text = text;
    mutex_init(&writer->lock);
    condition_init(&writer->changed);
    assert_int_equal(thread_start(&writer->thread, "writer", run, writer).kind, PLATFORM_OK);
    return writer;
}

void writer_allow(struct writer *writer, int limit)
{
    mutex_lock(&writer->lock);
    writer->limit = limit;
    condition_broadcast(&writer->changed);
    mutex_unlock(&writer->lock);
}

void writer_await(struct writer *writer, int count)
{
    uint64_t end = clock_monotonic_ms() + SCENE_WAIT_MS, now;
    mutex_lock(&writer->lock);
    while (writer->written < count && !writer->failed && (now = clock_monotonic_ms()) < end)
        (void)condition_wait(&writer->changed, &writer->lock, (uint32_t)(end - now));
    int written = writer->written;
    mutex_unlock(&writer->lock);
    if (written < count)
        fail_msg("the writer wrote %d files of %d", written, count);
}

void writer_end(struct writer *writer)
{
    mutex_lock(&writer->lock);
    writer->ending = true;
    condition_broadcast(&writer->changed);
    bool failed = writer->failed;
    mutex_unlock(&writer->lock);
    thread_join(writer->thread);
    condition_release(&writer->changed);
    mutex_release(&writer->lock);
    free(writer);
    assert_false(failed);
}
