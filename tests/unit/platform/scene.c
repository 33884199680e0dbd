#include "tests/unit/platform/scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/file.h"
#include "platform/path.h"
#include "tests/support/test_main.h"

static struct {
    enum platform_call call;
    unsigned after;
    struct platform_status status;
} failure;

static char *paths[64];
static size_t path_count;

void scene_assert_ok(struct platform_status status, const char *expression, const char *file, int line)
{
    char text[256];
    if (platform_ok(status))
        return;
    platform_status_text(status, text, sizeof text);
    print_error("%s: kind %d, %s\n", expression, (int)status.kind, text);
    _fail(file, line);
}

int scene_enter(void **state)
{
    *state = test_temp_dir("platform");
    return 0;
}

int scene_leave(void **state)
{
    scene_fail_no_more();
    while (path_count > 0)
        free(paths[--path_count]);
    test_temp_remove(*state);
    free(*state);
    return 0;
}

const char *scene_path(void **state, const char *name)
{
    assert_true(path_count < sizeof paths / sizeof *paths);
    char *path = path_join(*state, name);
    assert_non_null(path);
    paths[path_count++] = path;
    return path;
}

const char *scene_file(void **state, const char *name, const char *text)
{
    const char *path = scene_path(state, name);
    struct file *file;
    assert_ok(file_create(path, &file));
    assert_ok(file_write(file, text, strlen(text)));
    assert_ok(file_close(file));
    return path;
}

char *scene_text(const char *path)
{
    char *bytes;
    size_t size;
    assert_ok(file_load(path, 1 << 20, &bytes, &size));
    assert_int_equal(size, strlen(bytes));
    return bytes;
}

bool scene_exists(const char *path)
{
    bool exists;
    assert_ok(file_exists(path, &exists));
    return exists;
}

static struct platform_status fail_as_told(void *context, enum platform_call call, const char *path)
{
    (void)context;
    assert_non_null(path);
    if (call != failure.call)
        return PLATFORM_SUCCESS;
    if (failure.after > 0) {
        failure.after--;
        return PLATFORM_SUCCESS;
    }
    return failure.status;
}

void scene_fail(enum platform_call call, unsigned after, struct platform_status status)
{
    failure.call = call;
    failure.after = after;
    failure.status = status;
    platform_inject_set(fail_as_told, NULL);
}

void scene_fail_no_more(void)
{
    platform_inject_set(NULL, NULL);
}
