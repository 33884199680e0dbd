/* This process and the machine it runs on. */
#ifndef CORBRIDGE_PLATFORM_PROCESS_H
#define CORBRIDGE_PLATFORM_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "platform/status.h"

uint32_t process_id(void);

/* Full path of the running program, on the heap; the caller frees. NULL when memory is exhausted. */
char *process_path(void);

/* Resident memory of this process in bytes; 0 when the system does not say. */
uint64_t process_memory(void);

/* Gives memory that was freed back to the system, as far as the allocator can. Takes milliseconds: for quiet times. Any thread. */
void process_give_memory_back(void);

/* Name of the user that runs this process ("DOMAIN\user"; login name natively), on the heap. */
char *process_user(void);

/* Fills `out` with random bytes of the system's generator (BCryptGenRandom, getrandom). Aborts when there is none. */
void process_random(void *out, size_t size);

/* Ctrl+C, Ctrl+Break, console close; SIGINT and SIGTERM natively: calls `function` once, on a thread of its
 * own. The second time the system ends the process. To be called once a process: PLATFORM_EXISTS after that. */
typedef void (*process_interrupt_function)(void *context);
struct platform_status process_on_interrupt(process_interrupt_function function, void *context);

/* An environment variable on the heap, or NULL. For defaults of console commands only; the service reads none. */
char *process_environment(const char *name);

/* Writes UTF-8 to the standard streams, converted for a console on Windows, as bytes to a file or pipe. */
void process_print(const char *text);
void process_print_error(const char *text);

/* The named event by which writers announce new orders (RULES "Orders and answers", Global\CorBridge.Order);
 * natively known inside this process only. Opens or creates; whoever opens the same name has the same signal.
 * It stays set until one order_signal_wait has seen it. */
struct order_signal;
struct platform_status order_signal_open(const char *name, struct order_signal **out);
/* True when the event was set within `milliseconds` (UINT32_MAX: for ever). */
bool order_signal_wait(struct order_signal *signal, uint32_t milliseconds);
void order_signal_set(struct order_signal *signal);
/* Makes a waiting order_signal_wait on this very handle return false, or the next one. For the end: a set could
 * be taken by another process that waits for the same event. Any thread. */
void order_signal_wake(struct order_signal *signal);
void order_signal_close(struct order_signal *signal);

#endif
