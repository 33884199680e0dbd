/* The file that only grows. */
#include "tests/unit/platform/scene.h"

#include <stdlib.h>
#include <string.h>

#include "platform/append.h"
#include "platform/file.h"
#include "platform/thread.h"
#include "tests/support/test_main.h"

static void test_grows(void **state)
{
    const char *path = scene_path(state, "log");
    struct append *append;
    uint64_t size = 99;
    assert_ok(append_open(path, &append, &size));
    assert_int_equal(size, 0);
    assert_ok(append_write(append, "one\n", 4));
    append_close(append);
    assert_ok(append_open(path, &append, &size));
    assert_int_equal(size, 4);
    assert_ok(append_write(append, "two\n", 4));
    append_close(append);
    append_close(NULL);
    char *text = scene_text(path);
    assert_string_equal(text, "one\ntwo\n");
    free(text);
}

/* While it is open, others may read it, append to it, rename it and delete it. */
static void test_shared_with_all(void **state)
{
    const char *path = scene_path(state, "log");
    const char *rotated = scene_path(state, "log.1");
    struct append *first;
    struct append *second;
    uint64_t size;
    assert_ok(append_open(path, &first, &size));
    assert_ok(append_open(path, &second, &size));
    assert_ok(append_write(first, "one\n", 4));
    assert_ok(append_write(second, "two\n", 4));
    assert_ok(append_write(first, "three\n", 6));
    char *text = scene_text(path);
    assert_string_equal(text, "one\ntwo\nthree\n");
    free(text);
    assert_ok(file_move(path, rotated));
    assert_ok(append_write(first, "four\n", 5)); /* it follows the file */
    text = scene_text(rotated);
    assert_string_equal(text, "one\ntwo\nthree\nfour\n");
    free(text);
    assert_ok(file_remove(rotated));
    append_close(first);
    append_close(second);
    assert_false(scene_exists(rotated));
}

enum {
    LINES = 500,
    LINE_SIZE = 80
};

static void write_lines(void *context)
{
    struct append *append;
    uint64_t size;
    char line[LINE_SIZE];
    static _Atomic int writers;
    memset(line, 'a' + writers++, sizeof line);
    line[sizeof line - 1] = '\n';
    if (!platform_ok(append_open(context, &append, &size)))
        abort();
    for (int i = 0; i < LINES; i++) {
        if (!platform_ok(append_write(append, line, sizeof line)))
            abort();
    }
    append_close(append);
}

static void test_lines_do_not_mix(void **state)
{
    const char *path = scene_path(state, "log");
    char *shared = strdup(path);
    struct thread *threads[4];
    unsigned lines[4] = {0};
    for (int i = 0; i < 4; i++)
        assert_ok(thread_start(&threads[i], "writer", write_lines, shared));
    for (int i = 0; i < 4; i++)
        thread_join(threads[i]);
    char *text = scene_text(path);
    assert_int_equal(strlen(text), 4 * LINES * LINE_SIZE);
    for (char *line = text; *line != '\0'; line += LINE_SIZE) {
        for (int i = 0; i < LINE_SIZE - 1; i++)
            assert_int_equal(line[i], line[0]);
        assert_int_equal(line[LINE_SIZE - 1], '\n');
        lines[line[0] - 'a']++;
    }
    for (int i = 0; i < 4; i++)
        assert_int_equal(lines[i], LINES);
    free(text);
    free(shared);
}

static void test_cannot_open(void **state)
{
    struct append *append;
    uint64_t size;
    assert_kind(append_open(scene_path(state, "missing/log"), &append, &size), PLATFORM_NOT_FOUND);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, scene_enter, scene_leave)

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        TEST(test_grows),
        TEST(test_shared_with_all),
        TEST(test_lines_do_not_mix),
        TEST(test_cannot_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
