#include "tests/integration/failing.h"

#include <string.h>

#include "platform/thread.h"

static struct {
    struct mutex lock;
    bool on;
    enum platform_call call;
    const char *piece;
    struct platform_status status;
    unsigned count;
} failing = {.lock = MUTEX_INITIALIZER};

static struct platform_status fail(void *context, enum platform_call call, const char *path)
{
    (void)context;
    struct platform_status status = PLATFORM_SUCCESS;
    mutex_lock(&failing.lock);
    if (failing.on && (failing.call == call || failing.call == PLATFORM_CALL_COUNT) &&
        strstr(path, failing.piece)) {
        status = failing.status;
        failing.count++;
    }
    mutex_unlock(&failing.lock);
    return status;
}

void failing_set_up(void)
{
    failing_end();
    platform_inject_set(fail, NULL);
}

void failing_tear_down(void)
{
    platform_inject_set(NULL, NULL);
}

void failing_begin(enum platform_call call, const char *piece, enum platform_kind kind)
{
    mutex_lock(&failing.lock);
    failing.on = true;
    failing.call = call;
    failing.piece = piece;
    failing.status = (struct platform_status){kind, 1};
    failing.count = 0;
    mutex_unlock(&failing.lock);
}

void failing_end(void)
{
    mutex_lock(&failing.lock);
    failing.on = false;
    mutex_unlock(&failing.lock);
}

unsigned failing_count(void)
{
    mutex_lock(&failing.lock);
    unsigned count = failing.count;
    mutex_unlock(&failing.lock);
    return count;
}
