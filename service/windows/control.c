/* The client's side of the service control manager. Waiting is polling: the SCM tells states only when asked. */
#include "service/windows/control.h"

#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <windows.h>

#include "platform/clock.h"
#include "platform/file.h"
#include "platform/path.h"
#include "platform/process.h"
#include "platform/wide_win32.h"
#include "service/windows/command_line.h"
#include "service/windows/open_service.h"
#include "service/windows/scm_api.h"

enum {
    POLL_MS = 50
};

struct platform_status open_service_by_name(DWORD access, struct open_service *out)
{
    struct platform_status status = PLATFORM_SUCCESS;
    *out = (struct open_service){NULL, NULL};
    out->manager = scm_api->open_manager(NULL, NULL, SC_MANAGER_CONNECT);
    if (out->manager != NULL)
        out->service = scm_api->open_service(out->manager, L"" SERVICE_NAME, access);
    if (out->service == NULL) {
        status = wide_last_status();
        if (status.code == ERROR_SERVICE_DOES_NOT_EXIST)
            status.kind = PLATFORM_NOT_FOUND;
        open_service_close(out);
    }
    return status;
}

void open_service_close(struct open_service *open)
{
    if (open->service != NULL)
        (void)scm_api->close_service_handle(open->service);
    if (open->manager != NULL)
        (void)scm_api->close_service_handle(open->manager);
    *open = (struct open_service){NULL, NULL};
}

char *open_service_command(const struct open_service *open)
{
    DWORD size = 0;
    char *command = NULL;
    (void)scm_api->query_service_config(open->service, NULL, 0, &size);
    QUERY_SERVICE_CONFIGW *config = size > 0 ? malloc(size) : NULL;
    if (config != NULL && scm_api->query_service_config(open->service, config, size, &size) &&
        config->lpBinaryPathName != NULL)
        command = wide_to_text(config->lpBinaryPathName, wcslen(config->lpBinaryPathName));
    free(config);
    return command;
}

static enum service_state state_of(DWORD state)
{
    switch (state) {
    case SERVICE_START_PENDING: return SERVICE_STATE_START_PENDING;
    case SERVICE_STOP_PENDING: return SERVICE_STATE_STOP_PENDING;
    case SERVICE_RUNNING: return SERVICE_STATE_RUNNING;
    case SERVICE_CONTINUE_PENDING: return SERVICE_STATE_CONTINUE_PENDING;
    case SERVICE_PAUSE_PENDING: return SERVICE_STATE_PAUSE_PENDING;
    case SERVICE_PAUSED: return SERVICE_STATE_PAUSED;
    default: return SERVICE_STATE_STOPPED;
    }
}

static struct platform_status query(const struct open_service *open, struct service_status *out)
{
    SERVICE_STATUS_PROCESS process;
    DWORD needed;
    if (!scm_api->query_service_status(open->service, SC_STATUS_PROCESS_INFO, (LPBYTE)&process,
                                       sizeof process, &needed))
        return wide_last_status();
    *out = (struct service_status){
        .state = state_of(process.dwCurrentState),
        .process_id = process.dwProcessId,
        .win32_exit = process.dwWin32ExitCode,
        .specific_exit = process.dwServiceSpecificExitCode,
    };
    return PLATFORM_SUCCESS;
}

struct platform_status service_control_query(struct service_status *out)
{
    struct open_service open;
    *out = (struct service_status){.state = SERVICE_STATE_ABSENT};
    struct platform_status status = open_service_by_name(SERVICE_QUERY_STATUS, &open);
    if (status.kind == PLATFORM_NOT_FOUND)
        return PLATFORM_SUCCESS;
    if (platform_ok(status)) {
        status = query(&open, out);
        open_service_close(&open);
    }
    return status;
}

/* Polls until the state is `wanted`, or STOPPED while something else is wanted, or the deadline (monotonic) passes. */
static struct platform_status wait_for(const struct open_service *open, enum service_state wanted,
                                       uint64_t deadline, struct service_status *out)
{
    for (;;) {
        struct platform_status status = query(open, out);
        if (!platform_ok(status) || out->state == wanted)
            return status;
        if (out->state == SERVICE_STATE_STOPPED)
            return platform_status_from_code(out->win32_exit != 0 ? out->win32_exit
                                                                  : ERROR_SERVICE_NOT_ACTIVE);
        if (clock_monotonic_ms() >= deadline)
            return (struct platform_status){PLATFORM_TIMEOUT, ERROR_TIMEOUT};
        Sleep(POLL_MS);
    }
}

struct platform_status service_start_wait(uint32_t deadline_ms, struct service_status *out)
{
    uint64_t deadline = clock_monotonic_ms() + deadline_ms;
    struct open_service open;
    struct service_status ignored;
    out = out != NULL ? out : &ignored;
    *out = (struct service_status){.state = SERVICE_STATE_ABSENT};
    struct platform_status status = open_service_by_name(SERVICE_START | SERVICE_QUERY_STATUS, &open);
    if (!platform_ok(status))
        return status;
    if (!scm_api->start_service(open.service, 0, NULL))
        status = wide_last_status();
    if (status.code == ERROR_SERVICE_ALREADY_RUNNING)
        status = PLATFORM_SUCCESS;
    if (platform_ok(status))
        status = wait_for(&open, SERVICE_STATE_RUNNING, deadline, out);
    open_service_close(&open);
    return status;
}

struct platform_status service_stop_wait(uint32_t deadline_ms, struct service_status *out)
{
    uint64_t deadline = clock_monotonic_ms() + deadline_ms;
    struct open_service open;
    struct service_status ignored;
    HANDLE process = NULL;
    out = out != NULL ? out : &ignored;
    *out = (struct service_status){.state = SERVICE_STATE_ABSENT};
    struct platform_status status = open_service_by_name(SERVICE_STOP | SERVICE_QUERY_STATUS, &open);
    if (!platform_ok(status))
        return status;
    status = query(&open, out);
    /* Held from before the stop, so that the number cannot become that of another process. */
    if (platform_ok(status) && out->process_id != 0)
        process = OpenProcess(SYNCHRONIZE, FALSE, out->process_id);
    while (platform_ok(status) && out->state != SERVICE_STATE_STOPPED) {
        SERVICE_STATUS answer;
        if (scm_api->control_service(open.service, SERVICE_CONTROL_STOP, &answer)) {
            status = wait_for(&open, SERVICE_STATE_STOPPED, deadline, out);
            break;
        }
        status = wide_last_status();
        /* 1062 not running; 1061 it starts or stops just now and takes no controls: ask again */
        if (status.code == ERROR_SERVICE_NOT_ACTIVE || status.code == ERROR_SERVICE_CANNOT_ACCEPT_CTRL)
            status = clock_monotonic_ms() >= deadline
                         ? (struct platform_status){PLATFORM_TIMEOUT, ERROR_TIMEOUT}
                         : PLATFORM_SUCCESS;
        Sleep(POLL_MS);
        if (platform_ok(status))
            status = query(&open, out);
    }
    /* STOPPED is told before the process has ended and its files are free. */
    uint64_t now = clock_monotonic_ms();
    if (platform_ok(status) && process != NULL &&
        WaitForSingleObject(process, now < deadline ? (DWORD)(deadline - now) : 0) != WAIT_OBJECT_0)
        status = (struct platform_status){PLATFORM_TIMEOUT, ERROR_TIMEOUT};
    if (process != NULL)
        (void)CloseHandle(process);
    open_service_close(&open);
    return status;
}

static struct platform_status send(DWORD code)
{
    struct open_service open;
    struct platform_status status = open_service_by_name(SERVICE_USER_DEFINED_CONTROL, &open);
    if (!platform_ok(status))
        return status;
    SERVICE_STATUS answer;
    if (!scm_api->control_service(open.service, code, &answer))
        status = wide_last_status();
    open_service_close(&open);
    return status;
}

struct platform_status service_control_work(void)
{
    return send(SERVICE_CODE_WORK);
}

/* Asks the running service, or starts the stopped one for this only. */
static struct platform_status ask_for_check(void)
{
    static LPCWSTR arguments[] = {L"check"};
    struct platform_status status = send(SERVICE_CODE_CHECK);
    if (status.code != ERROR_SERVICE_NOT_ACTIVE)
        return status;
    struct open_service open;
    status = open_service_by_name(SERVICE_START, &open);
    if (!platform_ok(status))
        return status;
    if (!scm_api->start_service(open.service, 1, arguments))
        status = wide_last_status();
    open_service_close(&open);
    return status;
}

/* The folder that the start command names, else `otherwise`. Heap. */
static char *answer_folder(const char *otherwise)
{
    struct open_service open;
    char *folder = NULL;
    if (platform_ok(open_service_by_name(SERVICE_QUERY_CONFIG, &open))) {
        char *command = open_service_command(&open);
        if (command != NULL)
            folder = command_line_value(command, "--data");
        free(command);
        open_service_close(&open);
    }
    return folder != NULL || otherwise == NULL ? folder : _strdup(otherwise);
}

struct platform_status service_control_check(const char *data_folder, uint32_t deadline_ms, char **answer)
{
    enum {
        ANSWER_LIMIT = 1 << 20
    };
    uint64_t deadline = clock_monotonic_ms() + deadline_ms;
    struct platform_status status = {PLATFORM_NOT_FOUND, ERROR_SERVICE_DOES_NOT_EXIST};
    *answer = NULL;
    char *folder = answer_folder(data_folder);
    char *path = folder != NULL ? path_join(folder, SERVICE_CHECK_ANSWER) : NULL;
    if (path == NULL)
        goto out;
    /* An earlier answer must not be taken for this one. */
    status = file_remove(path);
    if (platform_ok(status) || status.kind == PLATFORM_NOT_FOUND)
        status = ask_for_check();
    while (platform_ok(status)) {
        size_t size;
        status = file_load(path, ANSWER_LIMIT, answer, &size);
        if (platform_ok(status)) {
            (void)file_remove(
                path); /* it is of no further use; what cannot be removed is removed by the next check */
            break;
        }
        /* The service writes the answer under another name and renames it: what is there is whole. */
        if (status.kind == PLATFORM_NOT_FOUND || status.kind == PLATFORM_BUSY)
            status = clock_monotonic_ms() >= deadline
                         ? (struct platform_status){PLATFORM_TIMEOUT, ERROR_TIMEOUT}
                         : PLATFORM_SUCCESS;
        Sleep(POLL_MS);
    }
out:
    free(path);
    free(folder);
    return status;
}

char *service_default_data_folder(void)
{
    char *above = process_environment("ProgramData");
    char *folder = path_join(above != NULL && above[0] != '\0' ? above : "C:\\ProgramData", "CorBridge");
    free(above);
    return folder;
}

char *service_config_path(void)
{
    struct open_service open;
    char *path = NULL;
    if (platform_ok(open_service_by_name(SERVICE_QUERY_CONFIG, &open))) {
        char *command = open_service_command(&open);
        if (command != NULL)
            path = command_line_value(command, "--config");
        free(command);
        open_service_close(&open);
    }
    if (path == NULL) {
        char *folder = service_default_data_folder();
        path = folder != NULL ? path_join(folder, "corbridge.xml") : NULL;
        free(folder);
    }
    return path;
}
