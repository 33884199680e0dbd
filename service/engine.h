/*
 * The engine: builds the object graph of a configuration and runs it. The same for the Windows service, the
 * console command `run`, tests and benchmarks. It knows nothing of the service control manager.
 *
 * Start order: lock of the data folder → log → databases (migrated: test, then live) → of each world, live first: checkpointer → senders →
 * movers → committer and workers → feeds → copier (test); then the event that announces orders.
 * Stop order: the event → copier → of each world, live first: no more claims, feeds → what is in flight is applied and put away →
 * senders → committer and workers → movers → checkpointer → database; then log → lock.
 */
#ifndef CORBRIDGE_SERVICE_ENGINE_H
#define CORBRIDGE_SERVICE_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "service/config.h"

struct engine; /* opaque, heap */

enum engine_start {
    ENGINE_STARTED = 0,
    ENGINE_LOCKED,   /* another CorBridge runs on this data folder; service-specific code 21 */
    ENGINE_DATABASE, /* a database cannot be opened or migrated; code 22 */
    ENGINE_SYSTEM    /* folders, threads, memory; code 23 */
};

struct engine_options {
    const struct config *config; /* borrowed until engine_stop has returned */
    /* Called after each slow step of the start and every 2 s of a stop, so that the service can raise its checkpoint: a state
     * that stays pending without it is taken for hung. May be NULL. */
    void (*progress)(void *context);
    /* What is live has changed by a command: the engine is to be stopped and started again with the same configuration. Called on a
     * thread of the engine: it must only pass the word on. May be NULL. */
    void (*live_changed)(void *context);
    void *context;
    bool paused; /* take no file before engine_resume */
};

/* Starts everything. On failure `message` says what failed and what to do next, and nothing is left running. */
enum engine_start engine_start(const struct engine_options *options, struct engine **out, char *message,
                               size_t message_size);

/* Stops, and frees. What is in flight has `deadline_ms` to come to its end; what could not be put away by then
 * is given back (it is as safe as after a crash) and `message` says so: false. */
bool engine_stop(struct engine *engine, uint32_t deadline_ms, char *message, size_t message_size);

/* Stop and resume taking files; what is claimed goes on. Any thread. */
void engine_pause(struct engine *engine);
void engine_resume(struct engine *engine);

/* Look at every folder now (control code 128, resume from sleep); `reopen` also reopens the watches. Any thread. */
void engine_scan_now(struct engine *engine, bool reopen);

/* Rows were written to the command table: carry them out. Any thread. */
void engine_commands_now(struct engine *engine);

/* Numbers for status, tests and benchmarks. Any thread. */
struct engine_figures {
    uint64_t scans, claimed, applied, put_away, quarantined, vanished, sent;
    uint64_t copied;    /* files of live feeds that the test world has taken; not among the others */
    uint64_t in_flight; /* claimed and not yet put away */
    uint64_t waiting;   /* seen in a folder and not yet ready */
    uint64_t unrecognised;
    uint64_t overflows;
    uint64_t feeds_online;
};
void engine_figures(struct engine *engine, struct engine_figures *out);

/* Waits until nothing is in flight, waiting, queued to be sent or to be copied since the last scan, at most `milliseconds`.
 * For tests, the demo and benchmarks. True when idle. */
bool engine_wait_idle(struct engine *engine, uint32_t milliseconds);

#endif
