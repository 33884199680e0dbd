#include "tests/integration/wait.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/clock.h"
#include "platform/path.h"
#include "platform/thread.h"
#include "tests/support/cb_cmocka.h"

#define STEP_MS 10u

void wait_milliseconds(uint32_t milliseconds)
{
    uint64_t end = clock_monotonic_ms() + milliseconds;
    struct mutex lock;
    struct condition never;
    mutex_init(&lock);
    condition_init(&never);
    mutex_lock(&lock);
    for (uint64_t now; (now = clock_monotonic_ms()) < end;)
        (void)condition_wait(&never, &lock, (uint32_t)(end - now));
    mutex_unlock(&lock);
    condition_release(&never);
    mutex_release(&lock);
}

void wait_until(const char *what, bool (*condition)(void *), void *context)
{
    uint64_t end = clock_monotonic_ms() + SCENE_WAIT_MS;
    while (!condition(context)) {
        if (clock_monotonic_ms() >= end)
            fail_msg("waited in vain for: %s", what);
        wait_milliseconds(STEP_MS);
    }
}

struct event_wait {
    enum event_id id;
    size_t count;
};

static bool event_reported(void *context)
{
    const struct event_wait *wanted = context;
    return scene_event_count(wanted->id) >= wanted->count;
}

void wait_event(enum event_id id, size_t count)
{
    struct event_wait wanted = {id, count};
    char what[64];
    (void)snprintf(what, sizeof what, "event %d, %zu times", (int)id, count);
    wait_until(what, event_reported, &wanted);
}

struct rows_wait {
    struct scene *scene;
    const char *sql, *expected;
};

static bool rows_are(void *context)
{
    const struct rows_wait *wanted = context;
    return strcmp(scene_rows(wanted->scene, wanted->sql), wanted->expected) == 0;
}

void wait_rows(struct scene *scene, const char *sql, const char *expected)
{
    struct rows_wait wanted = {scene, sql, expected};
    uint64_t end = clock_monotonic_ms() + SCENE_WAIT_MS;
    while (!rows_are(&wanted) && clock_monotonic_ms() < end)
        wait_milliseconds(STEP_MS);
    scene_assert_rows(scene, sql, expected); /* says what is there instead */
}

struct waiting_wait {
    struct scene *scene;
    uint64_t count;
};

static bool files_wait(void *context)
{
    const struct waiting_wait *wanted = context;
    struct engine_figures figures;
    engine_figures(wanted->scene->engine, &figures);
    return figures.waiting >= wanted->count;
}

void wait_waiting(struct scene *scene, uint64_t count)
{
    struct waiting_wait wanted = {scene, count};
    wait_until("files that wait", files_wait, &wanted);
}

const char *share_path(struct scene *scene, const char *name)
{
    static char paths[4][2048];
    static int next;
    char *path = paths[next++ % 4];
    (void)snprintf(path, sizeof paths[0], "%s%c%s", scene->share, PATH_SEPARATOR, name);
    return path;
}

static void write_file(const char *path, const char *mode, const char *text)
{
    FILE *file = fopen(path, mode);
    if (!file)
        fail_msg("cannot open a file of the test: %d", errno);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    assert_int_equal(fclose(file), 0);
}

void write_in_place(struct scene *scene, const char *name, const char *mode, const char *text)
{
    write_file(share_path(scene, name), mode, text);
}

void rename_path(const char *from, const char *to)
{
    if (rename(from, to) != 0)
        fail_msg("cannot rename a path of the test: %d", errno);
}

void drop_quickly(struct scene *scene, const char *name, const char *text)
{
    char temporary[2100];
    (void)snprintf(temporary, sizeof temporary, "%s.tmp", share_path(scene, name));
    write_file(temporary, "wb", text);
    rename_path(temporary, share_path(scene, name));
}

void drop_booking(struct scene *scene, const char *name, const char *booking, const char *housing)
{
    char *dem = scene_dem(booking, booking, housing, NULL);
    drop_quickly(scene, name, dem);
    free(dem);
}
