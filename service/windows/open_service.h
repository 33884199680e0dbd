/* Private to service/windows/: the service opened by its name, with the rights asked for. */
#ifndef CORBRIDGE_SERVICE_WINDOWS_OPEN_SERVICE_H
#define CORBRIDGE_SERVICE_WINDOWS_OPEN_SERVICE_H

#include <windows.h>

#include "platform/status.h"

struct open_service {
    SC_HANDLE manager, service;
};

/* PLATFORM_NOT_FOUND (1060) when it is not installed. On success open_service_close must follow. */
struct platform_status open_service_by_name(DWORD access, struct open_service *out);
void open_service_close(struct open_service *open);

/* The start command (ImagePath), UTF-8 on the heap; NULL when it cannot be read. Needs SERVICE_QUERY_CONFIG. */
char *open_service_command(const struct open_service *open);

#endif
