#include "platform/thread.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "platform/inject.h"

struct thread {
    pthread_t id;
    thread_function function;
    void *context;
    char name[16]; /* the kernel keeps 15 characters */
};

/* Misuse of a lock is a fault of the program, and going on would be worse. */
static void must(int result)
{
    if (result != 0)
        abort();
}

static void *run(void *argument)
{
    struct thread *thread = argument;
    (void)pthread_setname_np(pthread_self(),
                             thread->name); /* a name helps to read a list of threads, no more */
    thread->function(thread->context);
    return NULL;
}

struct platform_status thread_start(struct thread **out, const char *name, thread_function function,
                                    void *context)
{
    enum {
        STACK_SIZE = 1 << 20
    };
    struct platform_status status = platform_inject(PLATFORM_CALL_THREAD, "");
    if (!platform_ok(status))
        return status;
    struct thread *thread = calloc(1, sizeof *thread);
    if (thread == NULL)
        return (struct platform_status){PLATFORM_NO_MEMORY, ENOMEM};
    thread->function = function;
    thread->context = context;
    (void)snprintf(thread->name, sizeof thread->name, "%s", name);
    pthread_attr_t attributes;
    must(pthread_attr_init(&attributes));
    must(pthread_attr_setstacksize(&attributes, STACK_SIZE));
    int error = pthread_create(&thread->id, &attributes, run, thread);
    must(pthread_attr_destroy(&attributes));
    if (error != 0) {
        free(thread);
        /* EAGAIN here means that the system has no room for another thread, not that something is busy. */
        return (struct platform_status){error == EAGAIN ? PLATFORM_NO_MEMORY : PLATFORM_OTHER,
                                        (uint32_t)error};
    }
    *out = thread;
    return PLATFORM_SUCCESS;
}

void thread_join(struct thread *thread)
{
    if (thread == NULL)
        return;
    must(pthread_join(thread->id, NULL));
    free(thread);
}

void thread_cancel_io(struct thread *thread)
{
    (void)thread;
}

unsigned thread_processor_count(void)
{
    long count = sysconf(_SC_NPROCESSORS_ONLN);
    return count < 1 ? 1 : (unsigned)count;
}

void mutex_init(struct mutex *mutex)
{
    pthread_mutexattr_t attributes;
    must(pthread_mutexattr_init(&attributes));
    must(pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ERRORCHECK));
    must(pthread_mutex_init(&mutex->lock, &attributes));
    must(pthread_mutexattr_destroy(&attributes));
}

void mutex_release(struct mutex *mutex)
{
    must(pthread_mutex_destroy(&mutex->lock));
}

void mutex_lock(struct mutex *mutex)
{
    must(pthread_mutex_lock(&mutex->lock));
}

void mutex_unlock(struct mutex *mutex)
{
    must(pthread_mutex_unlock(&mutex->lock));
}

void condition_init(struct condition *condition)
{
    pthread_condattr_t attributes;
    must(pthread_condattr_init(&attributes));
    must(pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC));
    must(pthread_cond_init(&condition->cond, &attributes));
    must(pthread_condattr_destroy(&attributes));
}

void condition_release(struct condition *condition)
{
    must(pthread_cond_destroy(&condition->cond));
}

bool condition_wait(struct condition *condition, struct mutex *mutex, uint32_t milliseconds)
{
    if (milliseconds == UINT32_MAX) {
        must(pthread_cond_wait(&condition->cond, &mutex->lock));
        return true;
    }
    struct timespec until;
    must(clock_gettime(CLOCK_MONOTONIC, &until));
    until.tv_sec += milliseconds / 1000;
    until.tv_nsec += (long)(milliseconds % 1000) * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    int error = pthread_cond_timedwait(&condition->cond, &mutex->lock, &until);
    if (error == ETIMEDOUT)
        return false;
    must(error);
    return true;
}

void condition_signal(struct condition *condition)
{
    must(pthread_cond_signal(&condition->cond));
}

void condition_broadcast(struct condition *condition)
{
    must(pthread_cond_broadcast(&condition->cond));
}
