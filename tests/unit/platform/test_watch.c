/* Watching a real folder. Waits have an end of a minute, and something always happens long before. */
#include "tests/unit/platform/scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/file.h"
#include "platform/folder.h"
#include "platform/path.h"
#include "platform/thread.h"
#include "platform/watch.h"
#include "tests/support/test_main.h"

enum {
    MINUTE = 60000
};

struct told {
    const char *wanted;
    unsigned wanted_count;
    unsigned count;
};

static void tell(void *context, const char *name)
{
    struct told *told = context;
    told->count++;
    if (told->wanted != NULL && strcmp(name, told->wanted) == 0)
        told->wanted_count++;
}

/* Waits until the name was told. */
static void wait_for_name(struct watch *watch, const char *name)
{
    struct told told = {.wanted = name};
    while (told.wanted_count == 0) {
        struct platform_status status = PLATFORM_SUCCESS;
        enum watch_result result = watch_wait(watch, MINUTE, tell, &told, &status);
        if (result != WATCH_DIRTY)
            fail_msg("'%s' was not told: result %d, kind %d, code %lu", name, (int)result, (int)status.kind,
                     (unsigned long)status.code);
    }
}

static struct watch *open_watch(const char *path)
{
    struct watch *watch;
    assert_ok(watch_open(path, &watch));
    return watch;
}

static void test_a_new_file_is_told(void **state)
{
    struct watch *watch = open_watch(*state);
    (void)scene_file(state, "new \xC3\xA9.dem", "event");
    wait_for_name(watch, "new \xC3\xA9.dem");
    watch_close(watch);
}

static void test_again_and_again(void **state)
{
    struct watch *watch = open_watch(*state);
    for (int i = 0; i < 50; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "file %d", i);
        char *path = path_join(*state, name);
        assert_ok(file_store(path, "event", 5));
        free(path);
        wait_for_name(watch, name); /* the name it was renamed to: file_store writes a temporary one first */
    }
    watch_close(watch);
}

/* What happens between opening and the first wait is not lost: opening has armed the watch. */
static void test_armed_by_opening(void **state)
{
    struct watch *watch = open_watch(*state);
    for (int i = 0; i < 20; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "file %d", i);
        char *path = path_join(*state, name);
        struct file *file;
        assert_ok(file_create(path, &file));
        assert_ok(file_close(file));
        free(path);
    }
    wait_for_name(watch, "file 19");
    watch_close(watch);
}

static void test_changes_of_a_file(void **state)
{
    const char *path = scene_file(state, "file", "event");
    struct watch *watch = open_watch(*state);
    struct file *file;
    assert_ok(file_open_exclusive(path, &file));
    assert_ok(file_write(file, "longer than before", 18));
    assert_ok(file_close(file));
    wait_for_name(watch, "file");
    assert_ok(file_move(path, scene_path(state, "renamed")));
    wait_for_name(watch, "renamed");
    assert_ok(file_remove(scene_path(state, "renamed")));
    wait_for_name(watch, "renamed");
    watch_close(watch);
}

static void test_time_runs_out(void **state)
{
    struct platform_status status;
    struct watch *watch = open_watch(*state);
    assert_int_equal(watch_wait(watch, 0, NULL, NULL, &status), WATCH_TIMEOUT);
    assert_int_equal(watch_wait(watch, 10, NULL, NULL, &status), WATCH_TIMEOUT);
    watch_close(watch);
}

static void wake(void *context)
{
    watch_wake(context);
}

static void test_wake(void **state)
{
    struct platform_status status;
    struct thread *thread;
    struct watch *watch = open_watch(*state);
    watch_wake(watch); /* before anybody waits */
    watch_wake(watch);
    assert_int_equal(watch_wait(watch, MINUTE, NULL, NULL, &status), WATCH_WOKEN);
    assert_int_equal(watch_wait(watch, 0, NULL, NULL, &status), WATCH_TIMEOUT);
    assert_ok(thread_start(&thread, "waking", wake, watch));
    assert_int_equal(watch_wait(watch, MINUTE, NULL, NULL, &status), WATCH_WOKEN);
    thread_join(thread);
    /* A busy folder does not keep the wake-up from being seen. */
    (void)scene_file(state, "new", "event");
    watch_wake(watch);
    assert_int_equal(watch_wait(watch, MINUTE, NULL, NULL, &status), WATCH_WOKEN);
    wait_for_name(watch, "new");
    watch_close(watch);
}

static void test_names_need_not_be_asked_for(void **state)
{
    struct platform_status status;
    struct watch *watch = open_watch(*state);
    (void)scene_file(state, "new", "event");
    assert_int_equal(watch_wait(watch, MINUTE, NULL, NULL, &status), WATCH_DIRTY);
    watch_close(watch);
}

static void test_folder_below_is_not_watched(void **state)
{
    struct told told = {.wanted = "inner"};
    struct platform_status status;
    const char *below = scene_path(state, "below");
    assert_ok(folder_make(below));
    struct watch *watch = open_watch(*state);
    char *inner = path_join(below, "inner");
    assert_ok(file_store(inner, "event", 5));
    free(inner);
    (void)scene_file(state, "last", "event");
    struct told last = {.wanted = "last"};
    while (last.wanted_count == 0) {
        assert_int_equal(watch_wait(watch, MINUTE, tell, &last, &status), WATCH_DIRTY);
        told.wanted_count += last.wanted_count;
    }
    while (watch_wait(watch, 0, tell, &told, &status) == WATCH_DIRTY)
        ;
    /* Only "last" counted: of "inner" nothing was heard. */
    assert_int_equal(told.wanted_count, last.wanted_count);
    watch_close(watch);
}

static void test_cannot_watch(void **state)
{
    struct watch *watch;
    assert_kind(watch_open(scene_path(state, "missing"), &watch), PLATFORM_NOT_FOUND);
    assert_kind(watch_open(scene_file(state, "file", ""), &watch), PLATFORM_NOT_FOUND);
    watch_close(NULL);
}

static void test_closed_with_changes_unread(void **state)
{
    for (int i = 0; i < 20; i++) {
        char name[32];
        struct watch *watch = open_watch(*state);
        (void)snprintf(name, sizeof name, "file %d", i);
        (void)scene_file(state, name, "event");
        watch_close(watch);
    }
}

/* More changes than the system keeps: said, and the watch works on. */
static void test_overflow(void **state)
{
    struct platform_status status;
    unsigned long files = 300; /* of 412 bytes each for a buffer of 64 KB */
#ifndef _WIN32
    FILE *limit = fopen("/proc/sys/fs/inotify/max_queued_events", "re");
    if (limit == NULL || fscanf(limit, "%lu", &files) != 1)
        fail_msg("the limit of the queue cannot be read");
    (void)fclose(limit);
    if (files > 100000) {
        print_message("skipped: the queue of this machine takes %lu events\n", files);
        skip();
    }
    files = files / 2 + 1000; /* each file makes two events, or more */
#endif
    struct watch *watch = open_watch(*state);
    for (unsigned long i = 0; i < files; i++) {
        char name[256];
        struct file *file;
        (void)snprintf(name, sizeof name, "%0200lu", i);
        char *path = path_join(*state, name);
        assert_ok(file_create(path, &file));
        assert_ok(file_close(file));
        free(path);
    }
    enum watch_result result;
    do
        result = watch_wait(watch, MINUTE, NULL, NULL, &status);
    while (result == WATCH_DIRTY);
    assert_int_equal(result, WATCH_OVERFLOW);
    (void)scene_file(state, "after", "event");
    wait_for_name(watch, "after");
    watch_close(watch);
}

static void test_injected_results(void **state)
{
    struct platform_status status = PLATFORM_SUCCESS;
    struct watch *watch = open_watch(*state);
    scene_fail(PLATFORM_CALL_WATCH, 0, (struct platform_status){PLATFORM_OFFLINE, 64});
    assert_int_equal(watch_wait(watch, MINUTE, NULL, NULL, &status), WATCH_LOST);
    assert_int_equal(status.kind, PLATFORM_OFFLINE);
    assert_int_equal(status.code, 64);
    scene_fail(PLATFORM_CALL_WATCH, 0, (struct platform_status){PLATFORM_OTHER, WATCH_CODE_OVERFLOW});
    assert_int_equal(watch_wait(watch, MINUTE, NULL, NULL, &status), WATCH_OVERFLOW);
    scene_fail_no_more();
    (void)scene_file(state, "after", "event");
    wait_for_name(watch, "after");
    watch_close(watch);
}

#ifdef _WIN32

struct opened {
    const char *path;
    struct watch *watch;
};

static void open_on_another_thread(void *context)
{
    struct opened *opened = context;
    if (!platform_ok(watch_open(opened->path, &opened->watch)))
        abort();
}

/* Windows ends the call of a thread that ends (995). Wine does not: the watch stays silent or goes on. */
static void test_the_opening_thread_ends(void **state)
{
    struct opened opened = {*state, NULL};
    struct platform_status status = PLATFORM_SUCCESS;
    struct thread *thread;
    assert_ok(thread_start(&thread, "opening", open_on_another_thread, &opened));
    thread_join(thread);
    enum watch_result result = watch_wait(opened.watch, 0, NULL, NULL, &status);
    if (result == WATCH_TIMEOUT)
        print_message("not shown: here a pending call outlives its thread\n");
    else
        assert_int_equal(result, WATCH_LOST);
    watch_close(opened.watch);
}

#else

static enum watch_result drain(struct watch *watch, struct platform_status *status)
{
    enum watch_result result;
    do
        result = watch_wait(watch, MINUTE, NULL, NULL, status);
    while (result == WATCH_DIRTY);
    return result;
}

static void test_folder_removed(void **state)
{
    struct platform_status status = PLATFORM_SUCCESS;
    const char *path = scene_path(state, "watched");
    assert_ok(folder_make(path));
    struct watch *watch = open_watch(path);
    assert_ok(folder_remove(path));
    assert_int_equal(drain(watch, &status), WATCH_LOST);
    assert_int_equal(status.kind, PLATFORM_NOT_FOUND);
    watch_close(watch);
}

static void test_folder_renamed(void **state)
{
    struct platform_status status = PLATFORM_SUCCESS;
    const char *path = scene_path(state, "watched");
    assert_ok(folder_make(path));
    struct watch *watch = open_watch(path);
    assert_int_equal(rename(path, scene_path(state, "elsewhere")), 0);
    assert_int_equal(drain(watch, &status), WATCH_LOST);
    assert_int_equal(status.kind, PLATFORM_CHANGED);
    watch_close(watch);
}

#endif

#define TEST(function) cmocka_unit_test_setup_teardown(function, scene_enter, scene_leave)

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        TEST(test_a_new_file_is_told),
        TEST(test_again_and_again),
        TEST(test_armed_by_opening),
        TEST(test_changes_of_a_file),
        TEST(test_time_runs_out),
        TEST(test_wake),
        TEST(test_names_need_not_be_asked_for),
        TEST(test_folder_below_is_not_watched),
        TEST(test_cannot_watch),
        TEST(test_closed_with_changes_unread),
        TEST(test_overflow),
        TEST(test_injected_results),
#ifdef _WIN32
        TEST(test_the_opening_thread_ends),
#else
        TEST(test_folder_removed),
        TEST(test_folder_renamed),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
