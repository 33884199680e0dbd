/*
 * The root of a feed, with a watch that does what the test says: the four functions of platform/watch.h are defined here, so the linker
 * takes none of the library's. The folder is a real one.
 */
#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/clock.h"
#include "platform/folder.h"
#include "platform/path.h"
#include "platform/thread.h"
#include "platform/watch.h"
#include "service/watch/root.h"

#define WAIT_MS 30000u

/* ---- the scripted watch ---- */

struct step {
    enum watch_result result;
    enum platform_kind status; /* of WATCH_LOST */
    const char *names[2];
};

struct watch {
    unsigned number; /* the how manyth that was opened */
};

static struct {
    struct mutex lock;
    struct condition changed;
    struct step steps[8];
    size_t step_count, taken;
    bool woken;
    enum platform_kind open_result; /* of each watch_open from now on */
    void (*opening)(void);          /* called in watch_open, once */
    unsigned opens, closes, wakes;
} script = {.lock = MUTEX_INITIALIZER};

struct platform_status watch_open(const char *path, struct watch **out)
{
    (void)path;
    mutex_lock(&script.lock);
    void (*opening)(void) = script.opening;
    script.opening = NULL;
    mutex_unlock(&script.lock);
    if (opening)
        opening();
    mutex_lock(&script.lock);
    struct platform_status status = {script.open_result, 1};
    if (platform_ok(status)) {
        *out = malloc(sizeof **out);
        if (!*out)
            abort();
        (*out)->number = ++script.opens;
        script.woken = false;
    }
    mutex_unlock(&script.lock);
    return status;
}

enum watch_result watch_wait(struct watch *watch, uint32_t milliseconds, watch_name_function names,
                             void *context, struct platform_status *status)
{
    (void)milliseconds;
    struct step step = {.result = WATCH_WOKEN};
    mutex_lock(&script.lock);
    if (watch->number != script.opens)
        abort(); /* one that is closed */
    while (!script.woken && script.taken == script.step_count)
        (void)condition_wait(&script.changed, &script.lock, UINT32_MAX);
    if (script.woken)
        script.woken = false;
    else
        step = script.steps[script.taken++];
    mutex_unlock(&script.lock);
    for (size_t i = 0; i < 2 && step.names[i]; i++)
        names(context, step.names[i]);
    if (step.result == WATCH_LOST)
        *status = (struct platform_status){step.status, 1};
    return step.result;
}

void watch_wake(struct watch *watch)
{
    mutex_lock(&script.lock);
    if (watch->number != script.opens)
        abort();
    script.woken = true;
    script.wakes++;
    condition_broadcast(&script.changed);
    mutex_unlock(&script.lock);
}

void watch_close(struct watch *watch)
{
    if (!watch)
        return;
    mutex_lock(&script.lock);
    script.closes++;
    condition_broadcast(&script.changed);
    mutex_unlock(&script.lock);
    free(watch);
}

static void happen(struct step step)
{
    mutex_lock(&script.lock);
    assert_true(script.step_count < sizeof script.steps / sizeof script.steps[0]);
    script.steps[script.step_count++] = step;
    condition_broadcast(&script.changed);
    mutex_unlock(&script.lock);
}

static unsigned opens(void)
{
    mutex_lock(&script.lock);
    unsigned count = script.opens;
    mutex_unlock(&script.lock);
    return count;
}

/* ---- what the root tells ---- */

static struct root *root;

enum told {
    ARMED,
    ARMED_POLLED,
    HINT,
    DIRTY,
    OVERFLOWED,
    OFFLINE,
    TOLD_COUNT
};

static struct {
    struct mutex lock;
    struct condition changed;
    unsigned count[TOLD_COUNT];
    char names[200];
    struct file_identity identity;
    enum platform_kind status;
    bool reopen_when_armed; /* once, on the root's thread */
} told = {.lock = MUTEX_INITIALIZER};

static void tell(enum told what)
{
    mutex_lock(&told.lock);
    told.count[what]++;
    condition_broadcast(&told.changed);
    mutex_unlock(&told.lock);
}

static void note_armed(void *context, const struct file_identity *identity, bool polled)
{
    (void)context;
    mutex_lock(&told.lock);
    told.identity = *identity;
    bool reopen = told.reopen_when_armed;
    told.reopen_when_armed = false;
    mutex_unlock(&told.lock);
    if (reopen)
        root_reopen(root);
    tell(polled ? ARMED_POLLED : ARMED);
}

static void note_hint(void *context, const char *name)
{
    (void)context;
    mutex_lock(&told.lock);
    size_t used = strlen(told.names);
    (void)snprintf(told.names + used, sizeof told.names - used, "%s ", name);
    mutex_unlock(&told.lock);
    tell(HINT);
}

static void note_dirty(void *context)
{
    (void)context;
    tell(DIRTY);
}

static void note_overflow(void *context)
{
    (void)context;
    tell(OVERFLOWED);
}

static void note_offline(void *context, struct platform_status status)
{
    (void)context;
    mutex_lock(&told.lock);
    told.status = status.kind;
    mutex_unlock(&told.lock);
    tell(OFFLINE);
}

static unsigned count_of(enum told what)
{
    mutex_lock(&told.lock);
    unsigned count = told.count[what];
    mutex_unlock(&told.lock);
    return count;
}

static enum platform_kind offline_status(void)
{
    mutex_lock(&told.lock);
    enum platform_kind status = told.status;
    mutex_unlock(&told.lock);
    return status;
}

static void await(enum told what, unsigned count)
{
    uint64_t end = clock_monotonic_ms() + WAIT_MS, now;
    mutex_lock(&told.lock);
    while (told.count[what] < count && (now = clock_monotonic_ms()) < end)
        (void)condition_wait(&told.changed, &told.lock, (uint32_t)(end - now));
    unsigned found = told.count[what];
    mutex_unlock(&told.lock);
    if (found < count)
        fail_msg("what is told: number %d came %u times, not %u", (int)what, found, count);
}

static void await_closed(unsigned count)
{
    uint64_t end = clock_monotonic_ms() + WAIT_MS, now;
    mutex_lock(&script.lock);
    while (script.closes < count && (now = clock_monotonic_ms()) < end)
        (void)condition_wait(&script.changed, &script.lock, (uint32_t)(end - now));
    unsigned found = script.closes;
    mutex_unlock(&script.lock);
    assert_int_equal(found, count);
}

/* ---- a root on a folder ---- */

static char *parent, *folder, *other;

static int set_up(void **state)
{
    (void)state;
    parent = test_temp_dir("root");
    folder = path_join(parent, "share");
    other = path_join(parent, "other");
    memset(script.steps, 0, sizeof script.steps);
    script.step_count = script.taken = 0;
    script.opens = script.closes = script.wakes = 0;
    script.woken = false;
    script.open_result = PLATFORM_OK;
    script.opening = NULL;
    memset(told.count, 0, sizeof told.count);
    told.names[0] = '\0';
    told.reopen_when_armed = false;
    root = NULL;
    return folder && other ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    root_stop(root);
    test_temp_remove(parent);
    free(parent);
    free(folder);
    free(other);
    return 0;
}

static void make(const char *path)
{
    assert_int_equal(folder_make(path).kind, PLATFORM_OK);
}

static void start(bool polled)
{
    const struct root_callbacks callbacks = {NULL,       note_armed,    note_hint,
                                             note_dirty, note_overflow, note_offline};
    mutex_lock(&told.lock); /* so that `root` is set before a callback looks at it */
    struct platform_status status = root_start(&root, folder, polled, &callbacks);
    mutex_unlock(&told.lock);
    assert_int_equal(status.kind, PLATFORM_OK);
}

static void stop(void)
{
    root_stop(root);
    root = NULL;
}

static void assert_armed_on(const char *path)
{
    struct file_identity identity;
    assert_int_equal(folder_identity(path, &identity).kind, PLATFORM_OK);
    mutex_lock(&told.lock);
    bool equal = file_identity_equal(&identity, &told.identity);
    mutex_unlock(&told.lock);
    assert_true(equal);
}

static void names_and_dirt_are_handed_on(void **state)
{
    (void)state;
    make(folder);
    start(false);
    await(ARMED, 1);
    assert_armed_on(folder);
    assert_int_equal(count_of(DIRTY) + count_of(HINT) + count_of(OVERFLOWED), 0);
    happen((struct step){.result = WATCH_TIMEOUT});
    happen((struct step){.result = WATCH_DIRTY, .names = {"a.ini", "b.ini"}});
    happen((struct step){.result = WATCH_DIRTY}); /* where the system does not say what */
    await(DIRTY, 2);
    assert_string_equal(told.names, "a.ini b.ini ");
    happen((struct step){.result = WATCH_OVERFLOW});
    await(OVERFLOWED, 1);
    happen((struct step){.result = WATCH_DIRTY});
    await(DIRTY, 3);
    assert_int_equal(count_of(OVERFLOWED), 1);
    assert_int_equal(count_of(ARMED), 1); /* none of it makes it open again */
    assert_int_equal(count_of(OFFLINE), 0);
    stop();
    assert_int_equal(script.opens, 1);
    assert_int_equal(script.closes, 1);
}

static void a_lost_watch_is_opened_again(void **state)
{
    (void)state;
    make(folder);
    start(false);
    await(ARMED, 1);
    happen((struct step){.result = WATCH_LOST, .status = PLATFORM_OFFLINE});
    await(ARMED, 2);
    happen((struct step){.result = WATCH_DIRTY, .names = {"a.ini"}});
    await(DIRTY, 1);
    stop();
    assert_int_equal(script.opens, 2);
    assert_int_equal(script.closes, 2);
}

static void a_folder_that_is_not_there_is_told_and_tried_again(void **state)
{
    (void)state;
    start(false);
    await(OFFLINE, 1);
    assert_int_equal(offline_status(), PLATFORM_NOT_FOUND);
    assert_int_equal(opens(), 0);
    make(folder);
    await(ARMED, 1); /* by itself */
    assert_armed_on(folder);
}

static void a_request_to_open_again_does_not_wait_for_the_pause(void **state)
{
    (void)state;
    start(false);
    for (unsigned tries = 1; tries <= 12; tries++) { /* by itself they would take longer than is waited for */
        await(OFFLINE, tries);
        root_reopen(root);
    }
    await(OFFLINE, 13);
    assert_int_equal(count_of(ARMED), 0);
}

static void a_watch_that_cannot_be_opened_is_told_and_tried_again(void **state)
{
    (void)state;
    make(folder);
    script.open_result = PLATFORM_DENIED;
    start(false);
    await(OFFLINE, 1);
    assert_int_equal(offline_status(), PLATFORM_DENIED);
    mutex_lock(&script.lock);
    script.open_result = PLATFORM_OK;
    mutex_unlock(&script.lock);
    root_reopen(root);
    await(ARMED, 1);
}

static void a_share_that_never_notifies_is_polled(void **state)
{
    (void)state;
    make(folder);
    script.open_result = PLATFORM_UNSUPPORTED;
    start(false);
    await(ARMED_POLLED, 1);
    assert_armed_on(folder);
    root_reopen(root);
    await(ARMED_POLLED, 2);
    stop();
    assert_int_equal(script.opens, 0);
    assert_int_equal(count_of(OFFLINE), 0);
}

static void a_share_that_says_so_only_when_it_is_waited_for_is_polled_from_then_on(void **state)
{
    (void)state;
    make(folder);
    start(false);
    await(ARMED, 1);
    happen((struct step){.result = WATCH_LOST, .status = PLATFORM_UNSUPPORTED});
    await(ARMED_POLLED, 1);
    root_reopen(root);
    await(ARMED_POLLED, 2);
    assert_int_equal(opens(), 1);
}

static void a_root_that_is_to_be_polled_opens_no_watch(void **state)
{
    (void)state;
    make(folder);
    start(true);
    await(ARMED_POLLED, 1);
    stop();
    assert_int_equal(script.opens, 0);
    assert_int_equal(script.wakes, 0);
}

static void put_another_folder_there(void)
{
    if (rename(folder, other) != 0 || !platform_ok(folder_make(folder)))
        abort();
}

/* The watch is on the folder that was renamed: it would stay silent for ever. */
static void another_folder_put_there_while_it_is_opened_is_noticed(void **state)
{
    (void)state;
    make(folder);
    script.opening = put_another_folder_there;
    start(false);
    await(OFFLINE, 1);
    assert_int_equal(offline_status(), PLATFORM_CHANGED);
    assert_int_equal(count_of(ARMED), 0);
    root_reopen(root);
    await(ARMED, 1);
    assert_armed_on(folder);
    assert_int_equal(opens(), 2);
    await_closed(1);
}

static void opened_again_it_is_another_folders(void **state)
{
    (void)state;
    make(folder);
    start(false);
    await(ARMED, 1);
    put_another_folder_there();
    root_reopen(root); /* as a scan does that finds another identity */
    await_closed(1);
    await(ARMED, 2);
    assert_armed_on(folder);
    happen((struct step){.result = WATCH_DIRTY});
    await(DIRTY, 1);
}

/* When nobody waits on the watch yet there is nobody to be woken: the request is seen before the first wait. */
static void a_request_that_comes_before_the_first_wait_is_not_lost(void **state)
{
    (void)state;
    make(folder);
    told.reopen_when_armed = true;
    start(false);
    await(ARMED, 2);
    assert_int_equal(opens(), 2);
}

static void it_can_be_stopped_at_any_time(void **state)
{
    (void)state;
    enum {
        ROUNDS = 200
    };
    for (unsigned round = 0; round < ROUNDS; round++) {
        if (round == ROUNDS / 2)
            make(folder); /* before that it pauses, from then on it waits for the watch */
        start(round % 4 == 0);
        if (round % 3 == 1)
            root_reopen(root);
        if (round % 5 == 0) {
            enum told first = round < ROUNDS / 2 ? OFFLINE : round % 4 == 0 ? ARMED_POLLED : ARMED;
            await(first, count_of(first) + (count_of(first) == 0));
        }
        stop();
        assert_int_equal(script.opens, script.closes);
    }
    root_stop(NULL);
}

int main(void)
{
    test_main_init();
    condition_init(&script.changed);
    condition_init(&told.changed);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(names_and_dirt_are_handed_on, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_lost_watch_is_opened_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_folder_that_is_not_there_is_told_and_tried_again, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_request_to_open_again_does_not_wait_for_the_pause, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_watch_that_cannot_be_opened_is_told_and_tried_again, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_share_that_never_notifies_is_polled, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            a_share_that_says_so_only_when_it_is_waited_for_is_polled_from_then_on, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_root_that_is_to_be_polled_opens_no_watch, set_up, tear_down),
        cmocka_unit_test_setup_teardown(another_folder_put_there_while_it_is_opened_is_noticed, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(opened_again_it_is_another_folders, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_request_that_comes_before_the_first_wait_is_not_lost, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(it_can_be_stopped_at_any_time, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
