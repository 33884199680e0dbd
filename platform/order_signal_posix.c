/* The order signal of process.h. Natively it is known inside this process only: by name, so that who sets and who waits
 * need not share a pointer, as on Windows. */
#include "platform/process.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "platform/clock.h"
#include "platform/inject.h"
#include "platform/thread.h"

/* What has the name; whoever opens it has a handle of their own to it. */
struct named {
    struct named *next;
    struct condition changed;
    unsigned users;
    bool set;
    char name[];
};

struct order_signal {
    struct named *named;
    bool woken; /* of this handle alone */
};

/* Over everything above. */
static struct mutex lock = MUTEX_INITIALIZER;
static struct named *all;

static struct named *find(const char *name)
{
    struct named *named = all;
    while (named != NULL && strcmp(named->name, name) != 0)
        named = named->next;
    return named;
}

static struct named *add(const char *name)
{
    size_t size = strlen(name) + 1;
    struct named *named = calloc(1, sizeof *named + size);
    if (named == NULL)
        return NULL;
    memcpy(named->name, name, size);
    condition_init(&named->changed);
    named->next = all;
    all = named;
    return named;
}

struct platform_status order_signal_open(const char *name, struct order_signal **out)
{
    struct platform_status status = platform_inject(PLATFORM_CALL_OPEN, "");
    if (!platform_ok(status))
        return status;
    struct order_signal *signal = calloc(1, sizeof *signal);
    if (signal == NULL)
        return platform_status_from_code(ENOMEM);
    mutex_lock(&lock);
    signal->named = find(name);
    if (signal->named == NULL)
        signal->named = add(name);
    if (signal->named == NULL)
        status = platform_status_from_code(ENOMEM);
    else
        signal->named->users++;
    mutex_unlock(&lock);
    if (!platform_ok(status)) {
        free(signal);
        return status;
    }
    *out = signal;
    return PLATFORM_SUCCESS;
}

bool order_signal_wait(struct order_signal *signal, uint32_t milliseconds)
{
    struct named *named = signal->named;
    uint64_t until = clock_monotonic_ms() + milliseconds;
    mutex_lock(&lock);
    while (!named->set && !signal->woken) {
        uint64_t now = clock_monotonic_ms();
        if (milliseconds == UINT32_MAX)
            (void)condition_wait(&named->changed, &lock, UINT32_MAX);
        else if (now >= until || !condition_wait(&named->changed, &lock, (uint32_t)(until - now)))
            break;
    }
    /* As auto-reset events do: one setting lets one waiter through, and one wake-up one wait. */
    bool set = named->set;
    if (set)
        named->set = false;
    else
        signal->woken = false;
    mutex_unlock(&lock);
    return set;
}

void order_signal_wake(struct order_signal *signal)
{
    mutex_lock(&lock);
    signal->woken = true;
    condition_broadcast(&signal->named->changed); /* others that wait see that nothing is set */
    mutex_unlock(&lock);
}

void order_signal_set(struct order_signal *signal)
{
    mutex_lock(&lock);
    signal->named->set = true;
    condition_broadcast(&signal->named->changed); /* one of those that wait takes it */
    mutex_unlock(&lock);
}

void order_signal_close(struct order_signal *signal)
{
    if (signal == NULL)
        return;
    mutex_lock(&lock);
    struct named *named = signal->named;
    if (--named->users == 0) {
        struct named **link = &all;
        while (*link != named)
            link = &(*link)->next;
        *link = named->next;
        condition_release(&named->changed);
        free(named);
    }
    mutex_unlock(&lock);
    free(signal);
}
