/* Names of the states of a service, as `status` prints them. */
#include "service/windows/control.h"

const char *service_state_name(enum service_state state)
{
    switch (state) {
    case SERVICE_STATE_ABSENT: return "not installed";
    case SERVICE_STATE_STOPPED: return "stopped";
    case SERVICE_STATE_START_PENDING: return "starting";
    case SERVICE_STATE_STOP_PENDING: return "stopping";
    case SERVICE_STATE_RUNNING: return "running";
    case SERVICE_STATE_CONTINUE_PENDING: return "continuing";
    case SERVICE_STATE_PAUSE_PENDING: return "pausing";
    case SERVICE_STATE_PAUSED: return "paused";
    }
    return "unknown";
}
