/* The order signal of process.h. Natively it is known inside this process only: by name, so that who sets and who waits
 * need not share a pointer, as on Windows. */
#include "platform/process.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "platform/clock.h"
#include "platform/inject.h"
#include "platform/thread.h"

struct order_signal {
    struct order_signal *next;
    struct condition changed;
    unsigned users;
    bool set, woken;
    char name[];
};

static struct mutex lock = MUTEX_INITIALIZER;
static struct order_signal *signals;

static struct order_signal *find(const char *name)
{
    struct order_signal *signal = signals;
    while (signal != NULL && strcmp(signal->name, name) != 0)
        signal = signal->next;
    return signal;
}

static struct order_signal *add(const char *name)
{
    size_t size = strlen(name) + 1;
    struct order_signal *signal = calloc(1, sizeof *signal + size);
    if (signal == NULL)
        return NULL;
    memcpy(signal->name, name, size);
    condition_init(&signal->changed);
    signal->next = signals;
    signals = signal;
    return signal;
}

struct platform_status order_signal_open(const char *name, struct order_signal **out)
{
    struct platform_status status = platform_inject(PLATFORM_CALL_OPEN, "");
    if (!platform_ok(status))
        return status;
    mutex_lock(&lock);
    struct order_signal *signal = find(name);
    if (signal == NULL)
        signal = add(name);
    if (signal == NULL)
        status = platform_status_from_code(ENOMEM);
    else
        signal->users++;
    mutex_unlock(&lock);
    if (platform_ok(status))
        *out = signal;
    return status;
}

bool order_signal_wait(struct order_signal *signal, uint32_t milliseconds)
{
    uint64_t until = clock_monotonic_ms() + milliseconds;
    mutex_lock(&lock);
    while (!signal->set && !signal->woken) {
        uint64_t now = clock_monotonic_ms();
        if (milliseconds == UINT32_MAX)
            (void)condition_wait(&signal->changed, &lock, UINT32_MAX);
        else if (now >= until || !condition_wait(&signal->changed, &lock, (uint32_t)(until - now)))
            break;
    }
    bool set = signal->set;
    signal->woken = false;
    signal->set = false; /* one setting lets one waiter through, as an auto-reset event does */
    mutex_unlock(&lock);
    return set;
}

void order_signal_wake(struct order_signal *signal)
{
    mutex_lock(&lock);
    signal->woken = true;
    condition_broadcast(&signal->changed);
    mutex_unlock(&lock);
}

void order_signal_set(struct order_signal *signal)
{
    mutex_lock(&lock);
    signal->set = true;
    condition_signal(&signal->changed);
    mutex_unlock(&lock);
}

void order_signal_close(struct order_signal *signal)
{
    if (signal == NULL)
        return;
    mutex_lock(&lock);
    if (--signal->users == 0) {
        struct order_signal **link = &signals;
        while (*link != signal)
            link = &(*link)->next;
        *link = signal->next;
        condition_release(&signal->changed);
        free(signal);
    }
    mutex_unlock(&lock);
}
