#include "service/windows/status.h"

#include "platform/thread.h"
#include "service/windows/scm_api.h"

/* Within this time a pending state must make its next progress; the engine calls progress far more often. */
enum {
    WAIT_HINT_MS = 30000
};

static struct {
    struct mutex lock;
    SERVICE_STATUS_HANDLE handle;
    SERVICE_STATUS status;
} module = {.lock = MUTEX_INITIALIZER};

static bool is_pending(DWORD state)
{
    return state == SERVICE_START_PENDING || state == SERVICE_STOP_PENDING ||
           state == SERVICE_PAUSE_PENDING || state == SERVICE_CONTINUE_PENDING;
}

static void locked_tell(void)
{
    /* A failure means that the SCM is gone: nobody is left to tell. */
    (void)scm_api->set_service_status(module.handle, &module.status);
}

void status_init(SERVICE_STATUS_HANDLE handle)
{
    mutex_lock(&module.lock);
    module.handle = handle;
    module.status = (SERVICE_STATUS){.dwServiceType = SERVICE_WIN32_OWN_PROCESS};
    mutex_unlock(&module.lock);
}

static void locked_set(DWORD state)
{
    static const DWORD running = SERVICE_ACCEPT_STOP | SERVICE_ACCEPT_PRESHUTDOWN |
                                 SERVICE_ACCEPT_PAUSE_CONTINUE | SERVICE_ACCEPT_PARAMCHANGE |
                                 SERVICE_ACCEPT_POWEREVENT;
    bool steady = state == SERVICE_RUNNING || state == SERVICE_PAUSED;
    module.status.dwCurrentState = state;
    module.status.dwControlsAccepted = steady ? running : 0;
    module.status.dwCheckPoint = is_pending(state) ? 1 : 0;
    module.status.dwWaitHint = is_pending(state) ? WAIT_HINT_MS : 0;
    locked_tell();
}

void status_set(DWORD state)
{
    mutex_lock(&module.lock);
    DWORD now = module.status.dwCurrentState;
    bool ending = now == SERVICE_STOPPED || now == SERVICE_STOP_PENDING;
    if (!ending)
        locked_set(state);
    mutex_unlock(&module.lock);
}

void status_progress(void)
{
    mutex_lock(&module.lock);
    if (is_pending(module.status.dwCurrentState)) {
        module.status.dwCheckPoint++;
        locked_tell();
    }
    mutex_unlock(&module.lock);
}

void status_stopped(DWORD specific)
{
    mutex_lock(&module.lock);
    if (module.status.dwCurrentState != SERVICE_STOPPED) {
        module.status.dwWin32ExitCode = specific == 0 ? NO_ERROR : ERROR_SERVICE_SPECIFIC_ERROR;
        module.status.dwServiceSpecificExitCode = specific;
        locked_set(SERVICE_STOPPED);
    }
    mutex_unlock(&module.lock);
}

DWORD status_get(void)
{
    mutex_lock(&module.lock);
    DWORD state = module.status.dwCurrentState;
    mutex_unlock(&module.lock);
    return state;
}
