/* Threads start, end, exclude each other and wake each other. */
#include "tests/unit/platform/scene.h"

#include <stdlib.h>
#include <string.h>

#include "platform/clock.h"
#include "platform/thread.h"
#include "tests/support/test_main.h"

enum {
    THREADS = 4,
    ROUNDS = 20000
};

static struct mutex mutex = MUTEX_INITIALIZER;

struct shared {
    struct condition changed;
    unsigned long count;
    unsigned turn;
    unsigned waiting;
    bool go;
};

static void count_up(void *context)
{
    struct shared *shared = context;
    for (int i = 0; i < ROUNDS; i++) {
        mutex_lock(&mutex);
        shared->count++;
        mutex_unlock(&mutex);
    }
}

static void test_mutex_excludes(void **state)
{
    struct shared shared = {.count = 0};
    struct thread *threads[THREADS];
    (void)state;
    for (int i = 0; i < THREADS; i++)
        assert_ok(thread_start(&threads[i], "counter", count_up, &shared));
    for (int i = 0; i < THREADS; i++)
        thread_join(threads[i]);
    assert_int_equal(shared.count, THREADS * ROUNDS);
}

static void answer_turns(void *context)
{
    struct shared *shared = context;
    mutex_lock(&mutex);
    for (unsigned i = 0; i < 1000; i++) {
        while (shared->turn != 1)
            (void)condition_wait(&shared->changed, &mutex, UINT32_MAX);
        shared->turn = 0;
        shared->count++;
        condition_signal(&shared->changed);
    }
    mutex_unlock(&mutex);
}

static void test_condition_wakes(void **state)
{
    struct shared shared = {.count = 0};
    struct thread *thread;
    (void)state;
    condition_init(&shared.changed);
    assert_ok(thread_start(&thread, "answering", answer_turns, &shared));
    mutex_lock(&mutex);
    for (unsigned i = 0; i < 1000; i++) {
        shared.turn = 1;
        condition_signal(&shared.changed);
        while (shared.turn != 0)
            (void)condition_wait(&shared.changed, &mutex, 60000);
    }
    mutex_unlock(&mutex);
    thread_join(thread);
    assert_int_equal(shared.count, 1000);
    condition_release(&shared.changed);
}

static void wait_for_go(void *context)
{
    struct shared *shared = context;
    mutex_lock(&mutex);
    shared->waiting++;
    condition_broadcast(&shared->changed);
    while (!shared->go)
        (void)condition_wait(&shared->changed, &mutex, UINT32_MAX);
    shared->count++;
    mutex_unlock(&mutex);
}

static void test_broadcast_wakes_all(void **state)
{
    struct shared shared = {.count = 0};
    struct thread *threads[THREADS];
    (void)state;
    condition_init(&shared.changed);
    for (int i = 0; i < THREADS; i++)
        assert_ok(thread_start(&threads[i], "waiting", wait_for_go, &shared));
    mutex_lock(&mutex);
    while (shared.waiting < THREADS)
        (void)condition_wait(&shared.changed, &mutex, UINT32_MAX);
    assert_int_equal(shared.count, 0);
    shared.go = true;
    condition_broadcast(&shared.changed);
    mutex_unlock(&mutex);
    for (int i = 0; i < THREADS; i++)
        thread_join(threads[i]);
    assert_int_equal(shared.count, THREADS);
    condition_release(&shared.changed);
}

static void test_wait_ends_when_the_time_is_over(void **state)
{
    struct condition never;
    (void)state;
    condition_init(&never);
    mutex_lock(&mutex);
    /* It may return true early for no reason; false must come in the end, and not before its time. */
    uint64_t start = clock_monotonic_us();
    while (condition_wait(&never, &mutex, 20))
        start = clock_monotonic_us();
    assert_true(clock_monotonic_us() - start >= 15000);
    mutex_unlock(&mutex);
    condition_release(&never);
}

#ifndef _WIN32
static void read_own_name(void *context)
{
    if (pthread_getname_np(pthread_self(), context, 16) != 0)
        abort();
}

static void test_name_is_cut(void **state)
{
    char name[16] = "";
    struct thread *thread;
    (void)state;
    assert_ok(thread_start(&thread, "a name of more than 15", read_own_name, name));
    thread_join(thread);
    assert_string_equal(name, "a name of more ");
}
#endif

static void test_start_can_fail(void **state)
{
    struct thread *thread = NULL;
    struct shared shared = {.count = 0};
    (void)state;
    scene_fail(PLATFORM_CALL_THREAD, 0, (struct platform_status){PLATFORM_NO_MEMORY, 8});
    assert_kind(thread_start(&thread, "never", count_up, &shared), PLATFORM_NO_MEMORY);
    scene_fail_no_more();
    assert_null(thread);
    assert_int_equal(shared.count, 0);
    thread_join(NULL);
}

static void test_cancel_of_a_thread_that_does_not_block(void **state)
{
    struct shared shared = {.count = 0};
    struct thread *thread;
    (void)state;
    assert_ok(thread_start(&thread, "counter", count_up, &shared));
    thread_cancel_io(thread);
    thread_join(thread);
    assert_int_equal(shared.count, ROUNDS);
    assert_true(thread_processor_count() >= 1);
}

static void test_init_and_release(void **state)
{
    struct mutex own;
    (void)state;
    mutex_init(&own);
    mutex_lock(&own);
    mutex_unlock(&own);
    mutex_release(&own);
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mutex_excludes),
        cmocka_unit_test(test_condition_wakes),
        cmocka_unit_test(test_broadcast_wakes_all),
        cmocka_unit_test(test_wait_ends_when_the_time_is_over),
#ifndef _WIN32
        cmocka_unit_test(test_name_is_cut),
#endif
        cmocka_unit_test(test_start_can_fail),
        cmocka_unit_test(test_cancel_of_a_thread_that_does_not_block),
        cmocka_unit_test(test_init_and_release),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
