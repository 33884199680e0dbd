#include "platform/watch.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <time.h>
#include <unistd.h>

#include "platform/clock.h"
#include "platform/inject.h"

enum {
    BUFFER_SIZE = 65536
};

static const uint32_t events = IN_CREATE | IN_CLOSE_WRITE | IN_MODIFY | IN_MOVED_TO | IN_MOVED_FROM |
                               IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR | IN_EXCL_UNLINK;

struct watch {
    int notify;
    int wake;
    char *buffer;
};

static struct platform_status last_status(void)
{
    return platform_status_from_code((uint32_t)errno);
}

struct platform_status watch_open(const char *path, struct watch **out)
{
    struct platform_status status = platform_inject(PLATFORM_CALL_WATCH, path);
    if (!platform_ok(status))
        return status;
    struct watch *watch = calloc(1, sizeof *watch);
    if (watch == NULL)
        return platform_status_from_code(ENOMEM);
    watch->buffer = malloc(BUFFER_SIZE);
    watch->notify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (watch->notify < 0)
        status = last_status();
    watch->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (watch->buffer == NULL)
        status = platform_status_from_code(ENOMEM);
    else if (platform_ok(status) && (watch->wake < 0 || inotify_add_watch(watch->notify, path, events) < 0))
        status = last_status();
    if (!platform_ok(status)) {
        watch_close(watch);
        return status;
    }
    *out = watch;
    return PLATFORM_SUCCESS;
}

/* The graver of two results; the order is that of what must be done. */
static enum watch_result graver(enum watch_result a, enum watch_result b)
{
    if (a == WATCH_LOST || b == WATCH_LOST)
        return WATCH_LOST;
    return a == WATCH_OVERFLOW || b == WATCH_OVERFLOW ? WATCH_OVERFLOW : WATCH_DIRTY;
}

static enum watch_result meaning(const struct inotify_event *event, struct platform_status *status)
{
    if (event->mask & IN_Q_OVERFLOW)
        return WATCH_OVERFLOW;
    if (event->mask & (IN_DELETE_SELF | IN_IGNORED)) {
        *status = platform_status_from_code(ENOENT);
        return WATCH_LOST;
    }
    if (event->mask & IN_UNMOUNT) {
        *status = platform_status_from_code(ENOTCONN);
        return WATCH_LOST;
    }
    if (event->mask & IN_MOVE_SELF) { /* the path leads somewhere else now, or nowhere */
        *status = (struct platform_status){PLATFORM_CHANGED, 0};
        return WATCH_LOST;
    }
    return WATCH_DIRTY;
}

static enum watch_result read_events(struct watch *watch, watch_name_function names, void *context,
                                     struct platform_status *status)
{
    enum watch_result result = WATCH_DIRTY;
    ssize_t size = read(watch->notify, watch->buffer, BUFFER_SIZE);
    if (size < 0) {
        *status = last_status();
        return WATCH_LOST;
    }
    for (size_t at = 0; at < (size_t)size;) {
        struct inotify_event event;
        memcpy(&event, watch->buffer + at, sizeof event);
        if (event.len > 0 && names != NULL)
            names(context, watch->buffer + at + sizeof event);
        result = graver(result, meaning(&event, status));
        at += sizeof event + event.len;
    }
    return result;
}

/* poll() until something is ready or `milliseconds` are over, whatever signals come between. */
static int poll_for(struct pollfd *waited, nfds_t count, uint32_t milliseconds)
{
    uint64_t until = clock_monotonic_us() + (uint64_t)milliseconds * 1000;
    for (;;) {
        uint64_t now = clock_monotonic_us();
        uint64_t left = now < until ? until - now : 0;
        struct timespec rest = {(time_t)(left / 1000000), (long)(left % 1000000) * 1000};
        int ready = ppoll(waited, count, milliseconds == UINT32_MAX ? NULL : &rest, NULL);
        if (ready >= 0)
            return ready;
        if (errno != EINTR)
            abort(); /* both descriptors are ours and open */
    }
}

enum watch_result watch_wait(struct watch *watch, uint32_t milliseconds, watch_name_function names,
                             void *context, struct platform_status *status)
{
    struct platform_status injected = platform_inject(PLATFORM_CALL_WATCH, "");
    if (!platform_ok(injected)) {
        *status = injected;
        return injected.code == WATCH_CODE_OVERFLOW ? WATCH_OVERFLOW : WATCH_LOST;
    }
    struct pollfd waited[] = {{.fd = watch->wake, .events = POLLIN}, {.fd = watch->notify, .events = POLLIN}};
    if (poll_for(waited, 2, milliseconds) == 0)
        return WATCH_TIMEOUT;
    if (waited[0].revents != 0) {
        uint64_t times;
        if (read(watch->wake, &times, sizeof times) != (ssize_t)sizeof times)
            abort();
        return WATCH_WOKEN;
    }
    return read_events(watch, names, context, status);
}

void watch_wake(struct watch *watch)
{
    static const uint64_t once = 1;
    if (write(watch->wake, &once, sizeof once) != (ssize_t)sizeof once && errno != EAGAIN)
        abort();
}

void watch_close(struct watch *watch)
{
    if (watch == NULL)
        return;
    if (watch->notify >= 0)
        (void)close(watch->notify);
    if (watch->wake >= 0)
        (void)close(watch->wake);
    free(watch->buffer);
    free(watch);
}
