#include "service/windows/event_log.h"

#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "platform/wide_win32.h"
#include "service/windows/control.h"
#include "service/windows/scm_api.h"

/* "Each string is limited to 31,839 characters" (ReportEventW, lpStrings). A longer one makes the call fail. */
enum {
    INSERT_LIMIT = 31839
};

static const wchar_t SOURCE_KEY[] = L"SYSTEM\\CurrentControlSet\\Services\\EventLog\\Application\\CorBridge";

static HANDLE source; /* opened once: opening for each event costs a call to the event log service */

uint32_t event_log_identifier(enum event_id id)
{
    /* messages.mc: SeverityNames, facility 0 */
    static const uint32_t severities[] = {[EVENT_INFORMATION] = 1, [EVENT_WARNING] = 2, [EVENT_ERROR] = 3};
    return severities[event_severity_of(id)] << 30 | (uint32_t)id;
}

static void report(void *context, enum event_id id, enum event_severity severity, size_t count,
                   const char *const inserts[EVENT_INSERTS_MAX])
{
    static const WORD types[] = {[EVENT_INFORMATION] = EVENTLOG_INFORMATION_TYPE,
                                 [EVENT_WARNING] = EVENTLOG_WARNING_TYPE,
                                 [EVENT_ERROR] = EVENTLOG_ERROR_TYPE};
    wchar_t *wide[EVENT_INSERTS_MAX] = {NULL};
    LPCWSTR strings[EVENT_INSERTS_MAX];
    (void)context;
    for (size_t i = 0; i < count; i++) {
        struct platform_status status;
        wide[i] = wide_from_text(inserts[i], &status);
        if (wide[i] != NULL && wcslen(wide[i]) > INSERT_LIMIT)
            wide[i][INSERT_LIMIT] = L'\0';
        strings[i] = wide[i] != NULL ? wide[i] : L"(a text that could not be shown)";
    }
    /* What fails here has no better place to be told than the log file, where the event stands already. */
    (void)scm_api->report_event(source, types[severity], 0, event_log_identifier(id), NULL, (WORD)count, 0,
                                count > 0 ? strings : NULL, NULL);
    for (size_t i = 0; i < count; i++)
        free(wide[i]);
}

struct platform_status event_log_open(void)
{
    source = scm_api->register_event_source(NULL, L"" SERVICE_NAME);
    if (source == NULL)
        return wide_last_status();
    event_sink_set(report, NULL);
    return PLATFORM_SUCCESS;
}

void event_log_close(void)
{
    event_sink_set(NULL, NULL);
    if (source != NULL)
        (void)scm_api->deregister_event_source(source);
    source = NULL;
}

struct platform_status event_log_register(const char *exe)
{
    static const DWORD types = EVENTLOG_ERROR_TYPE | EVENTLOG_WARNING_TYPE | EVENTLOG_INFORMATION_TYPE;
    struct platform_status status;
    wchar_t *path = wide_from_text(exe, &status);
    if (path == NULL)
        return status;
    HKEY key;
    LSTATUS error = RegCreateKeyExW(HKEY_LOCAL_MACHINE, SOURCE_KEY, 0, NULL, 0,
                                    KEY_SET_VALUE | KEY_WOW64_64KEY, NULL, &key, NULL);
    if (error == ERROR_SUCCESS) {
        DWORD bytes = (DWORD)((wcslen(path) + 1) * sizeof *path);
        error = RegSetValueExW(key, L"EventMessageFile", 0, REG_EXPAND_SZ, (const BYTE *)path, bytes);
        if (error == ERROR_SUCCESS)
            error = RegSetValueExW(key, L"TypesSupported", 0, REG_DWORD, (const BYTE *)&types, sizeof types);
        (void)RegCloseKey(key);
    }
    free(path);
    return platform_status_from_code((uint32_t)error);
}

struct platform_status event_log_unregister(void)
{
    LSTATUS error = RegDeleteKeyExW(HKEY_LOCAL_MACHINE, SOURCE_KEY, KEY_WOW64_64KEY, 0);
    if (error == ERROR_FILE_NOT_FOUND)
        return PLATFORM_SUCCESS;
    return platform_status_from_code((uint32_t)error);
}

/* RRF_RT_REG_SZ takes REG_EXPAND_SZ too, and expands it. */
struct platform_status event_log_registered(char **exe)
{
    *exe = NULL;
    DWORD bytes = 0;
    LSTATUS error = RegGetValueW(HKEY_LOCAL_MACHINE, SOURCE_KEY, L"EventMessageFile",
                                 RRF_RT_REG_SZ | RRF_SUBKEY_WOW6464KEY, NULL, NULL, &bytes);
    if (error != ERROR_SUCCESS)
        return platform_status_from_code((uint32_t)error);
    wchar_t *path = calloc(1, bytes + sizeof *path);
    if (path == NULL)
        return platform_status_from_code(ERROR_NOT_ENOUGH_MEMORY);
    error = RegGetValueW(HKEY_LOCAL_MACHINE, SOURCE_KEY, L"EventMessageFile",
                         RRF_RT_REG_SZ | RRF_SUBKEY_WOW6464KEY, NULL, path, &bytes);
    if (error == ERROR_SUCCESS) {
        *exe = wide_to_text(path, wcslen(path));
        if (*exe == NULL)
            error = ERROR_NOT_ENOUGH_MEMORY;
    }
    free(path);
    return platform_status_from_code((uint32_t)error);
}
