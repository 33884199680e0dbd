/* Every function that calls the system asks the injector first, and does nothing when it is told to fail. */
#include "tests/unit/platform/scene.h"

#include <stdlib.h>
#include <string.h>

#include "platform/append.h"
#include "platform/file.h"
#include "platform/folder.h"
#include "platform/path.h"
#include "platform/process.h"
#include "platform/watch.h"
#include "tests/support/test_main.h"

/* A code that no system gives. */
static const struct platform_status told = {PLATFORM_FULL, 0xC0B1D6E};

/* The expression fails as told while calls of this kind are made to fail. */
#define assert_asks(call, expression)                                                                        \
    do {                                                                                                     \
        scene_fail((call), 0, told);                                                                         \
        struct platform_status answer = (expression);                                                        \
        scene_fail_no_more();                                                                                \
        assert_int_equal(answer.kind, told.kind);                                                            \
        assert_int_equal(answer.code, told.code);                                                            \
    } while (0)

static void test_by_handle(void **state)
{
    const char *path = scene_file(state, "in", "text");
    const char *other = scene_path(state, "other");
    struct file *file;
    struct file *created;
    struct file_marks marks;
    enum file_claim claim;
    char *bytes;
    size_t size;
    char part[4];
    assert_asks(PLATFORM_CALL_OPEN, file_open_claim(path, &file, &claim));
    assert_asks(PLATFORM_CALL_OPEN, file_open_read(path, &file));
    assert_asks(PLATFORM_CALL_OPEN, file_open_below(scene_path(state, "."), "in", &file));
    assert_asks(PLATFORM_CALL_OPEN, file_create(other, &created));
    assert_asks(PLATFORM_CALL_OPEN, file_open_exclusive(other, &created));
    assert_false(scene_exists(other));
    assert_ok(file_open_claim(path, &file, &claim));
    assert_asks(PLATFORM_CALL_STAT, file_stat(file, &marks));
    assert_asks(PLATFORM_CALL_READ, file_read_all(file, 10, &bytes, &size));
    assert_asks(PLATFORM_CALL_READ, file_read_at(file, 0, part, sizeof part, &size));
    assert_asks(PLATFORM_CALL_RENAME, file_rename(file, other));
    assert_asks(PLATFORM_CALL_RIGHTS, file_inherit_rights(file));
    assert_asks(PLATFORM_CALL_DELETE, file_delete(file));
    assert_true(scene_exists(path));
    assert_false(scene_exists(other));
    assert_asks(PLATFORM_CALL_CLOSE, file_close(file));
    assert_ok(file_create(other, &created));
    assert_asks(PLATFORM_CALL_WRITE, file_write(created, "text", 4));
    assert_asks(PLATFORM_CALL_WRITE, file_truncate(created));
    assert_asks(PLATFORM_CALL_FLUSH, file_flush(created));
    assert_asks(PLATFORM_CALL_CLOSE, file_close(created));
    /* A close that is said to fail has closed all the same: nobody excludes us now. */
    assert_ok(file_open_exclusive(other, &created));
    assert_ok(file_stat(created, &marks));
    assert_int_equal(marks.size, 0);
    assert_ok(file_close(created));
}

static void test_by_path(void **state)
{
    const char *path = scene_file(state, "in", "text");
    const char *other = scene_path(state, "other");
    bool exists;
    char *bytes;
    size_t size;
    assert_asks(PLATFORM_CALL_STAT, file_exists(path, &exists));
    assert_asks(PLATFORM_CALL_DELETE, file_remove(path));
    assert_asks(PLATFORM_CALL_RENAME, file_move(path, other));
    assert_asks(PLATFORM_CALL_OPEN, file_load(path, 10, &bytes, &size));
    assert_asks(PLATFORM_CALL_READ, file_load(path, 10, &bytes, &size));
    assert_true(scene_exists(path));
    assert_false(scene_exists(other));
}

static void test_folders(void **state)
{
    const char *folder = scene_path(state, "folder");
    struct folder_listing listing;
    struct folder_entry entry;
    struct file_identity identity;
    char *memory;
    uint64_t bytes;
    bool exists;
    assert_asks(PLATFORM_CALL_MAKE_FOLDER, folder_make(folder));
    assert_ok(folder_exists(folder, &exists));
    assert_false(exists);
    assert_asks(PLATFORM_CALL_LIST, folder_list(*state, &listing));
    assert_asks(PLATFORM_CALL_STAT, folder_look(*state, "in", &entry, &memory));
    assert_asks(PLATFORM_CALL_STAT, folder_exists(*state, &exists));
    assert_asks(PLATFORM_CALL_IDENTITY, folder_identity(*state, &identity));
    assert_asks(PLATFORM_CALL_IDENTITY, path_real(*state, &memory));
    assert_asks(PLATFORM_CALL_FLUSH_FOLDER, folder_flush(*state));
    assert_asks(PLATFORM_CALL_FREE_SPACE, folder_free_space(*state, &bytes));
    assert_ok(folder_make(folder));
    assert_asks(PLATFORM_CALL_DELETE, folder_remove(folder));
    assert_ok(folder_exists(folder, &exists));
    assert_true(exists);
}

static void never(void *context)
{
    (void)context;
}

static void test_the_rest(void **state)
{
    struct watch *watch = NULL;
    struct order_signal *signal = NULL;
    struct append *append = NULL;
    uint64_t size;
    const char *log = scene_path(state, "log");
    assert_asks(PLATFORM_CALL_WATCH, watch_open(*state, &watch));
    assert_asks(PLATFORM_CALL_OPEN, order_signal_open("Global\\CorBridge.Test", &signal));
    assert_asks(PLATFORM_CALL_THREAD, process_on_interrupt(never, NULL));
    assert_asks(PLATFORM_CALL_OPEN, append_open(log, &append, &size));
    assert_false(scene_exists(log));
    assert_ok(append_open(log, &append, &size));
    assert_asks(PLATFORM_CALL_WRITE, append_write(append, "line\n", 5));
    append_close(append);
}

static struct platform_status note_path(void *context, enum platform_call call, const char *path)
{
    if (call == PLATFORM_CALL_OPEN)
        *(bool *)context = strcmp(path_name(path), "in") == 0;
    return PLATFORM_SUCCESS;
}

/* The injector is told which path, and lets the call through with success. */
static void test_injector_sees_the_path(void **state)
{
    bool seen = false;
    const char *path = scene_file(state, "in", "text");
    platform_inject_set(note_path, &seen);
    char *text = scene_text(path);
    platform_inject_set(NULL, NULL);
    assert_true(seen);
    assert_string_equal(text, "text");
    free(text);
}

static void test_later_calls(void **state)
{
    const char *path = scene_file(state, "in", "text");
    struct file *file;
    struct file_marks marks;
    assert_ok(file_open_read(path, &file));
    scene_fail(PLATFORM_CALL_STAT, 2, told);
    assert_ok(file_stat(file, &marks));
    assert_ok(file_stat(file, &marks));
    assert_int_equal(file_stat(file, &marks).code, told.code);
    assert_int_equal(file_stat(file, &marks).code, told.code);
    scene_fail_no_more();
    assert_ok(file_stat(file, &marks));
    assert_ok(file_close(file));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, scene_enter, scene_leave)

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        TEST(test_by_handle),
        TEST(test_by_path),
        TEST(test_folders),
        TEST(test_the_rest),
        TEST(test_injector_sees_the_path),
        TEST(test_later_calls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
