/* This process, its standard streams, interrupts, and the order signal. */
#include "tests/unit/platform/scene.h"

#include <stdlib.h>
#include <string.h>

#include "platform/file.h"
#include "platform/path.h"
#include "platform/process.h"
#include "platform/thread.h"
#include "tests/support/test_main.h"

#ifdef _WIN32
#include <windows.h>
#else
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>
#endif

static void test_who_and_where(void **state)
{
    (void)state;
    char *path = process_path();
    assert_non_null(path);
    assert_true(path_is_absolute(path));
    assert_true(path_matches(path_name(path), "test_platform_process*"));
    assert_true(scene_exists(path));
    free(path);
    char *user = process_user();
    assert_non_null(user);
    assert_true(strlen(user) > 0);
    free(user);
    assert_true(process_id() > 0);
    assert_true(process_memory() > 100000);
    process_give_memory_back(); /* how much comes back is the allocator's affair */
    assert_true(process_memory() > 100000);
}

static void test_random(void **state)
{
    unsigned char a[64] = {0};
    unsigned char b[64] = {0};
    (void)state;
    process_random(a, sizeof a);
    process_random(b, sizeof b);
    assert_memory_not_equal(a, b, sizeof a);
    process_random(a, 0);
    /* Each of 64 bytes takes other values now and then: none is left out. */
    unsigned char seen[64] = {0};
    for (int i = 0; i < 64; i++) {
        process_random(b, sizeof b);
        for (size_t j = 0; j < sizeof b; j++)
            seen[j] |= b[j];
    }
    for (size_t j = 0; j < sizeof seen; j++)
        assert_int_not_equal(seen[j], 0);
}

static void test_environment(void **state)
{
    (void)state;
#ifdef _WIN32
    assert_true(SetEnvironmentVariableW(L"CORBRIDGE_TEST", L"\x00E9t\x00E9"));
#else
    assert_int_equal(setenv("CORBRIDGE_TEST", "\xC3\xA9t\xC3\xA9", 1), 0);
#endif
    char *value = process_environment("CORBRIDGE_TEST");
    assert_non_null(value);
    assert_string_equal(value, "\xC3\xA9t\xC3\xA9");
    free(value);
    assert_null(process_environment("CORBRIDGE_TEST_NOT_SET"));
}

/* Runs both printing functions with the two streams led into files, and puts the streams back. */
static void print_into(const char *out, const char *error)
{
    static const char words[] = "\xC3\xA9t\xC3\xA9 \xF0\x9F\x98\x80\n";
#ifdef _WIN32
    HANDLE old_out = GetStdHandle(STD_OUTPUT_HANDLE);
    HANDLE old_error = GetStdHandle(STD_ERROR_HANDLE);
    wchar_t wide[2][512];
    assert_true(MultiByteToWideChar(CP_UTF8, 0, out, -1, wide[0], 512) > 0);
    assert_true(MultiByteToWideChar(CP_UTF8, 0, error, -1, wide[1], 512) > 0);
    HANDLE files[2];
    for (int i = 0; i < 2; i++) {
        files[i] = CreateFileW(wide[i], GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
        assert_true(files[i] != INVALID_HANDLE_VALUE);
    }
    (void)SetStdHandle(STD_OUTPUT_HANDLE, files[0]);
    (void)SetStdHandle(STD_ERROR_HANDLE, files[1]);
    process_print(words);
    process_print_error("error\n");
    (void)SetStdHandle(STD_OUTPUT_HANDLE, old_out);
    (void)SetStdHandle(STD_ERROR_HANDLE, old_error);
    (void)CloseHandle(files[0]);
    (void)CloseHandle(files[1]);
#else
    int old[2] = {dup(1), dup(2)};
    int files[2] = {open(out, O_WRONLY | O_CREAT, 0600), open(error, O_WRONLY | O_CREAT, 0600)};
    bool led = dup2(files[0], 1) == 1 && dup2(files[1], 2) == 2;
    if (led) {
        process_print(words);
        process_print_error("error\n");
    }
    for (int i = 0; i < 2; i++) {
        (void)dup2(old[i], i + 1);
        (void)close(old[i]);
        (void)close(files[i]);
    }
    assert_true(led);
#endif
}

static void test_print(void **state)
{
    const char *out = scene_path(state, "out");
    const char *error = scene_path(state, "error");
    print_into(out, error);
    char *text = scene_text(out);
    assert_string_equal(text, "\xC3\xA9t\xC3\xA9 \xF0\x9F\x98\x80\n");
    free(text);
    text = scene_text(error);
    assert_string_equal(text, "error\n");
    free(text);
}

struct interruption {
    struct mutex mutex;
    struct condition changed;
    unsigned count;
};

static void interrupted(void *context)
{
    struct interruption *interruption = context;
    mutex_lock(&interruption->mutex);
    interruption->count++;
    condition_signal(&interruption->changed);
    mutex_unlock(&interruption->mutex);
}

static void test_interrupt(void **state)
{
    static struct interruption interruption; /* outlives the test: the handler stays */
    (void)state;
    mutex_init(&interruption.mutex);
    condition_init(&interruption.changed);
    assert_ok(process_on_interrupt(interrupted, &interruption));
    assert_kind(process_on_interrupt(interrupted, &interruption), PLATFORM_EXISTS);
#ifdef _WIN32
    if (!GenerateConsoleCtrlEvent(CTRL_BREAK_EVENT, 0)) {
        print_message("skipped: this process has no console to send Ctrl+Break to (error %lu)\n",
                      (unsigned long)GetLastError());
        skip();
    }
#else
    assert_int_equal(kill(getpid(), SIGTERM), 0);
#endif
    mutex_lock(&interruption.mutex);
    while (interruption.count == 0)
        assert_true(condition_wait(&interruption.changed, &interruption.mutex, 30000));
    mutex_unlock(&interruption.mutex);
    assert_int_equal(interruption.count, 1);
}

static void set_signal(void *context)
{
    order_signal_set(context);
}

static void test_order_signal(void **state)
{
    static const char name[] = "Global\\CorBridge.Test.Order";
    struct order_signal *waiter;
    struct order_signal *setter;
    struct order_signal *other;
    struct thread *thread;
    (void)state;
    assert_ok(order_signal_open(name, &waiter));
    assert_ok(order_signal_open(name, &setter));
    assert_ok(order_signal_open("Global\\CorBridge.Test.Other", &other));
    assert_false(order_signal_wait(waiter, 0));
    order_signal_set(setter);
    order_signal_set(setter);
    assert_false(order_signal_wait(other, 0));
    assert_true(order_signal_wait(waiter, 0)); /* set before it was waited for, and once */
    assert_false(order_signal_wait(waiter, 1));
    assert_ok(thread_start(&thread, "setter", set_signal, setter));
    assert_true(order_signal_wait(waiter, UINT32_MAX));
    order_signal_wake(waiter);
    assert_false(order_signal_wait(setter, 0));          /* that is no matter of another handle */
    assert_false(order_signal_wait(waiter, UINT32_MAX)); /* woken, and not by an order */
    order_signal_set(setter);
    order_signal_wake(waiter);
    assert_true(
        order_signal_wait(waiter, UINT32_MAX)); /* an order goes first, and the wake-up is not forgotten */
    assert_false(order_signal_wait(waiter, UINT32_MAX));
    thread_join(thread);
    order_signal_close(setter);
    order_signal_set(waiter); /* the name lives on as long as anybody has it open */
    assert_true(order_signal_wait(waiter, 60000));
    order_signal_close(waiter);
    order_signal_close(other);
    order_signal_close(NULL);
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_who_and_where),
        cmocka_unit_test(test_random),
        cmocka_unit_test(test_environment),
        cmocka_unit_test_setup_teardown(test_print, scene_enter, scene_leave),
        cmocka_unit_test(test_interrupt),
        cmocka_unit_test(test_order_signal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
