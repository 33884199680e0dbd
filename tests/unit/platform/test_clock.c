/* The clocks go forward, agree with each other and with the system's own. */
#include "tests/support/cb_cmocka.h"

#include <time.h>

#include "platform/clock.h"
#include "platform/thread.h"
#include "tests/support/test_main.h"

static void test_never_back(void **state)
{
    (void)state;
    uint64_t ms = clock_monotonic_ms();
    uint64_t us = clock_monotonic_us();
    for (int i = 0; i < 100000; i++) {
        uint64_t next_ms = clock_monotonic_ms();
        uint64_t next_us = clock_monotonic_us();
        assert_true(next_ms >= ms);
        assert_true(next_us >= us);
        ms = next_ms;
        us = next_us;
    }
}

/* One look at the coarse clock, between two at the fine one: whatever the scheduler does in between, it is allowed for. */
struct look {
    uint64_t us_before, ms, us_after;
};

static struct look look(void)
{
    struct look taken;
    taken.us_before = clock_monotonic_us();
    taken.ms = clock_monotonic_ms();
    taken.us_after = clock_monotonic_us();
    return taken;
}

/* 50 ms of the one are 50,000 us of the other. GetTickCount64 goes in steps of up to 16 ms, at both ends. */
static void test_units(void **state)
{
    enum {
        STEPS_US = 2 * 16000
    };
    struct mutex mutex;
    struct condition never;
    struct look first = look();
    struct look last = first;
    (void)state;
    mutex_init(&mutex);
    condition_init(&never);
    mutex_lock(&mutex);
    while (last.ms - first.ms < 50) {
        (void)condition_wait(&never, &mutex, 10);
        last = look();
    }
    mutex_unlock(&mutex);
    uint64_t passed_us = (last.ms - first.ms) * 1000;
    assert_true(passed_us + STEPS_US >= last.us_before - first.us_after);
    assert_true(passed_us <= last.us_after - first.us_before + STEPS_US);
    condition_release(&never);
    mutex_release(&mutex);
}

static void test_utc(void **state)
{
    (void)state;
    int64_t before = (int64_t)time(NULL);
    int64_t now = clock_utc_us();
    int64_t after = (int64_t)time(NULL);
    /* time() may lag by one timer step. */
    assert_true(now / 1000000 >= before - 1 && now / 1000000 <= after + 1);
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_never_back),
        cmocka_unit_test(test_units),
        cmocka_unit_test(test_utc),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
