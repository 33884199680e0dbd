#include "tests/integration/failing.h"

#include <string.h>

#include "platform/thread.h"

struct rule {
    bool on;
    enum platform_call call;
    const char *piece;
};

static struct {
    struct mutex lock;
    struct condition changed;
    struct rule fails, waits;
    struct platform_status status;
    bool once;
    unsigned count, held, passes;
} failing = {.lock = MUTEX_INITIALIZER};

static bool is_for(const struct rule *rule, enum platform_call call, const char *path)
{
    return rule->on && (rule->call == call || rule->call == PLATFORM_CALL_COUNT) && strstr(path, rule->piece);
}

static struct platform_status fail(void *context, enum platform_call call, const char *path)
{
    (void)context;
    struct platform_status status = PLATFORM_SUCCESS;
    mutex_lock(&failing.lock);
    failing.held++;
    while (is_for(&failing.waits, call, path) && failing.passes == 0)
        (void)condition_wait(&failing.changed, &failing.lock, UINT32_MAX);
    if (is_for(&failing.waits, call, path))
        failing.passes--;
    failing.held--;
    if (is_for(&failing.fails, call, path)) {
        status = failing.status;
        failing.count++;
        failing.fails.on = !failing.once;
    }
    mutex_unlock(&failing.lock);
    return status;
}

void failing_set_up(void)
{
    failing.fails.on = failing.waits.on = false;
    condition_init(&failing.changed);
    platform_inject_set(fail, NULL);
}

void failing_tear_down(void)
{
    platform_inject_set(NULL, NULL);
    condition_release(&failing.changed);
}

static void begin(enum platform_call call, const char *piece, struct platform_status status, bool once)
{
    mutex_lock(&failing.lock);
    failing.fails = (struct rule){true, call, piece};
    failing.status = status;
    failing.once = once;
    failing.count = 0;
    mutex_unlock(&failing.lock);
}

void failing_begin(enum platform_call call, const char *piece, enum platform_kind kind)
{
    begin(call, piece, (struct platform_status){kind, 1}, false);
}

void failing_once(enum platform_call call, const char *piece, enum platform_kind kind, uint32_t code)
{
    begin(call, piece, (struct platform_status){kind, code}, true);
}

void failing_end(void)
{
    mutex_lock(&failing.lock);
    failing.fails.on = false;
    mutex_unlock(&failing.lock);
}

unsigned failing_count(void)
{
    mutex_lock(&failing.lock);
    unsigned count = failing.count;
    mutex_unlock(&failing.lock);
    return count;
}

void failing_hold(enum platform_call call, const char *piece)
{
    mutex_lock(&failing.lock);
    failing.waits = (struct rule){true, call, piece};
    failing.passes = 0;
    mutex_unlock(&failing.lock);
}

void failing_let_one_go(void)
{
    mutex_lock(&failing.lock);
    failing.passes++;
    condition_broadcast(&failing.changed);
    mutex_unlock(&failing.lock);
}

void failing_let_go(void)
{
    mutex_lock(&failing.lock);
    failing.waits.on = false;
    condition_broadcast(&failing.changed);
    mutex_unlock(&failing.lock);
}

unsigned failing_held(void)
{
    mutex_lock(&failing.lock);
    unsigned held = failing.held;
    mutex_unlock(&failing.lock);
    return held;
}
