/*
 * The Windows event log: the sink of service/event.h, and the registration of its source.
 *
 * The source is HKLM\SYSTEM\CurrentControlSet\Services\EventLog\Application\CorBridge; its EventMessageFile is
 * corbridge.exe, which carries the message table made from messages.mc. The identifier that ReportEvent gets is
 * the severity in the two highest bits and the number of service/event.h below; the Event Viewer shows the
 * number.
 */
#ifndef CORBRIDGE_SERVICE_WINDOWS_EVENT_LOG_H
#define CORBRIDGE_SERVICE_WINDOWS_EVENT_LOG_H

#include <stdint.h>

#include "platform/status.h"
#include "service/event.h"

/* Opens the source once and sets the sink (event_sink_set). Before threads are started. */
struct platform_status event_log_open(void);

/* Removes the sink and closes the source. After all threads have ended. NULL-safe: may be called without
 * event_log_open. */
void event_log_close(void);

/* What ReportEvent and the message table call this event. */
uint32_t event_log_identifier(enum event_id id);

/* Writes or removes the registry key of the source. `exe` is the full path of corbridge.exe. Removing what is
 * not there is success. Needs an administrator. */
struct platform_status event_log_register(const char *exe);
struct platform_status event_log_unregister(void);

/* The program that the source names for its messages, on the heap; the caller frees. PLATFORM_NOT_FOUND when
 * there is no source, PLATFORM_UNSUPPORTED where there is no event log. */
struct platform_status event_log_registered(char **exe);

#endif
