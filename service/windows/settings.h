/*
 * What a new service is set to, beyond what CreateService takes: description, recovery, service SID, time for
 * preshutdown, privileges. One call each, each told: Windows versions and Wine know different ones.
 */
#ifndef CORBRIDGE_SERVICE_WINDOWS_SETTINGS_H
#define CORBRIDGE_SERVICE_WINDOWS_SETTINGS_H

#include <windows.h>

#include "service/windows/control.h"

/* Milliseconds that the service may take to stop when the machine shuts down; Windows' own default is 10 s. */
#define SETTINGS_PRESHUTDOWN_MS 90000

/* Needs SERVICE_CHANGE_CONFIG and, for restarts, SERVICE_START. What fails is a warning: the service works without. */
void settings_apply(SC_HANDLE service, service_report report, void *context);

#endif
