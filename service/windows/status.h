/*
 * The one writer of SERVICE_STATUS.
 *
 * Concurrency & Locking: every function takes the module's own lock; any thread. The SCM is told under the
 * lock, so that states reach it in the order in which they were set.
 */
#ifndef CORBRIDGE_SERVICE_WINDOWS_STATUS_H
#define CORBRIDGE_SERVICE_WINDOWS_STATUS_H

#include <stdbool.h>
#include <windows.h>

/* Begins: from here on states are told to `handle`. */
void status_init(SERVICE_STATUS_HANDLE handle);

/* Tells a state. Pending states accept no controls and begin with checkpoint 1; RUNNING and PAUSED accept all
 * that the handler knows. From STOP_PENDING only status_stopped leads on: a pause that was under way must not
 * look like running again. After status_stopped nothing is told any more. */
void status_set(DWORD state);

/* In a pending state: raises the checkpoint, so that the SCM sees that the service is alive. Otherwise does nothing. */
void status_progress(void);

/* Tells STOPPED. `specific` is 0 or one of enum service_exit, told as ERROR_SERVICE_SPECIFIC_ERROR. The last call. */
void status_stopped(DWORD specific);

/* The state told last. */
DWORD status_get(void);

#endif
