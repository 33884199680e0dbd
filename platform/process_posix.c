#include "platform/process.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "platform/inject.h"

uint32_t process_id(void)
{
    return (uint32_t)getpid();
}

char *process_path(void)
{
    for (size_t room = 256;; room *= 2) {
        char *path = malloc(room);
        if (path == NULL)
            return NULL;
        ssize_t length = readlink("/proc/self/exe", path, room);
        if (length >= 0 && (size_t)length < room) {
            path[length] = '\0';
            return path;
        }
        free(path);
        if (length < 0)
            return strdup("");
    }
}

uint64_t process_memory(void)
{
    unsigned long long total;
    unsigned long long resident;
    FILE *file = fopen("/proc/self/statm", "re");
    if (file == NULL)
        return 0;
    int fields = fscanf(file, "%llu %llu", &total, &resident);
    (void)fclose(file);
    return fields == 2 ? resident * (uint64_t)sysconf(_SC_PAGESIZE) : 0;
}

void process_give_memory_back(void)
{
#ifdef __GLIBC__
    (void)malloc_trim(0);
#endif
}

char *process_user(void)
{
    struct passwd entry;
    struct passwd *found = NULL;
    char text[4096];
    char number[16];
    if (getpwuid_r(geteuid(), &entry, text, sizeof text, &found) == 0 && found != NULL)
        return strdup(found->pw_name);
    (void)snprintf(number, sizeof number, "%u", (unsigned)geteuid());
    return strdup(number);
}

void process_random(void *out, size_t size)
{
    char *at = out;
    while (size > 0) {
        ssize_t count = getrandom(at, size, 0);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            abort();
        at += count;
        size -= (size_t)count;
    }
}

static struct {
    int pipe[2];
    process_interrupt_function function;
    void *context;
} interrupt;

/* Runs as a signal handler: writes one byte and nothing else. */
static void on_signal(int signal_number)
{
    (void)signal_number;
    int error = errno;
    ssize_t written = write(interrupt.pipe[1], "", 1);
    (void)written; /* the pipe is full only when it has been told already */
    errno = error;
}

static void *wait_for_signal(void *context)
{
    char byte;
    ssize_t count;
    do
        count = read(interrupt.pipe[0], &byte, 1);
    while (count < 0 && errno == EINTR);
    if (count == 1)
        interrupt.function(interrupt.context);
    return context;
}

/* A thread that nobody waits for: it lives until the signal comes or the process ends. */
static int start_detached(void)
{
    pthread_t id;
    int error = pthread_create(&id, NULL, wait_for_signal, NULL);
    return error != 0 ? error : pthread_detach(id);
}

struct platform_status process_on_interrupt(process_interrupt_function function, void *context)
{
    static const int signals[] = {SIGINT, SIGTERM};
    struct platform_status status = platform_inject(PLATFORM_CALL_THREAD, "");
    if (!platform_ok(status))
        return status;
    if (interrupt.function != NULL)
        return (struct platform_status){PLATFORM_EXISTS, 0};
    if (pipe2(interrupt.pipe, O_CLOEXEC) != 0)
        return platform_status_from_code((uint32_t)errno);
    interrupt.function = function;
    interrupt.context = context;
    int error = start_detached();
    if (error != 0) {
        interrupt.function = NULL;
        (void)close(interrupt.pipe[0]);
        (void)close(interrupt.pipe[1]);
        return platform_status_from_code((uint32_t)error);
    }
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = on_signal;
    action.sa_flags = SA_RESTART | (int)SA_RESETHAND; /* a second Ctrl+C ends the process at once */
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        if (sigaction(signals[i], &action, NULL) != 0)
            abort(); /* both may be caught */
    }
    return PLATFORM_SUCCESS;
}

char *process_environment(const char *name)
{
    const char *value = getenv(name);
    return value == NULL ? NULL : strdup(value);
}

/* A standard stream that is closed or full cannot be told anywhere. */
static void print(int descriptor, const char *text)
{
    size_t size = strlen(text);
    while (size > 0) {
        ssize_t count = write(descriptor, text, size);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return;
        text += count;
        size -= (size_t)count;
    }
}

void process_print(const char *text)
{
    print(STDOUT_FILENO, text);
}

void process_print_error(const char *text)
{
    print(STDERR_FILENO, text);
}
