/*
 * Threads, locks, conditions. Thin names over SRWLOCK, CONDITION_VARIABLE and pthreads; misuse aborts, since it
 * is always a programming fault. Only thread_start can fail.
 */
#ifndef CORBRIDGE_PLATFORM_THREAD_H
#define CORBRIDGE_PLATFORM_THREAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "platform/status.h"

struct thread; /* opaque, heap */

typedef void (*thread_function)(void *context);

/* Starts a thread named `name` (at most 15 characters are kept on Linux). On success *out must be given to thread_join
 * exactly once. Stack 1 MB. */
struct platform_status thread_start(struct thread **out, const char *name, thread_function function,
                                    void *context);

/* Waits for the end of the thread and frees it. NULL is allowed. */
void thread_join(struct thread *thread);

/* Asks the system to end a blocking file call of that thread early (CancelSynchronousIo); natively does nothing. */
void thread_cancel_io(struct thread *thread);

unsigned thread_processor_count(void);

/* MUTEX_INITIALIZER, for static mutexes, leaves them as mutex_init does. */
/* clang-format off */
#ifdef _WIN32
struct mutex { void *lock; };     /* SRWLOCK */
struct condition { void *cond; }; /* CONDITION_VARIABLE */
#define MUTEX_INITIALIZER {NULL}
#else
#include <pthread.h>
struct mutex { pthread_mutex_t lock; };
struct condition { pthread_cond_t cond; };
#define MUTEX_INITIALIZER {PTHREAD_MUTEX_INITIALIZER}
#endif
/* clang-format on */

void mutex_init(struct mutex *mutex);
void mutex_release(struct mutex *mutex);
void mutex_lock(struct mutex *mutex);
void mutex_unlock(struct mutex *mutex);

void condition_init(struct condition *condition);
void condition_release(struct condition *condition);

/* Waits until signalled, at most `milliseconds` (UINT32_MAX: for ever); may return early; the caller checks its
 * own state. False when the time ran out. */
bool condition_wait(struct condition *condition, struct mutex *mutex, uint32_t milliseconds);
void condition_signal(struct condition *condition);
void condition_broadcast(struct condition *condition);

#endif
