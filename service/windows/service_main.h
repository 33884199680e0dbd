/*
 * The service's side of the service control manager: what runs when Windows starts
 *   corbridge.exe service --config FILE --data FOLDER
 *
 * Two threads. The dispatcher's thread calls the control handler, which sets a bit and returns: it never waits
 * for anything. The service thread runs service_main: it starts the engine, then sleeps until a bit is set, and
 * acts on it. Only status.c tells the SCM a state, under one lock. STOPPED is the last thing that is told,
 * after every thread has been joined; the process may be ended at that moment.
 */
#ifndef CORBRIDGE_SERVICE_WINDOWS_SERVICE_MAIN_H
#define CORBRIDGE_SERVICE_WINDOWS_SERVICE_MAIN_H

#include <windows.h>

/*
 * Connects to the SCM and serves until the service has stopped. `config` and `data_folder` are UTF-8 and
 * borrowed. Returns the exit code of the process: 0, or 1 when this process was not started by the SCM (the
 * message says what to do).
 */
int service_main_run(const char *config, const char *data_folder);

/* The two functions that the SCM calls; public for tests. `context` of the handler is NULL. */
void WINAPI service_main(DWORD argc, LPWSTR *argv);
DWORD WINAPI service_main_handle(DWORD control, DWORD event_type, LPVOID event_data, LPVOID context);

#endif
