#include "service/windows/settings.h"

#include <stdio.h>

#include "platform/wide_win32.h"
#include "service/windows/scm_api.h"

static void apply(SC_HANDLE service, DWORD level, void *info, const char *what, service_report report,
                  void *context)
{
    char text[512];
    enum service_step step = SERVICE_STEP_DONE;
    if (scm_api->change_service_config_2(service, level, info)) {
        (void)snprintf(text, sizeof text, "%s set", what);
    } else {
        char reason[256];
        struct platform_status status = wide_last_status();
        platform_status_text(status, reason, sizeof reason);
        /* 124: the level is not known. Every Windows that is supported knows it; Wine 8 does not. */
        (void)snprintf(text, sizeof text, "%s not set: %s%s", what, reason,
                       status.code == ERROR_INVALID_LEVEL ? "; this system does not know the setting" : "");
        step = SERVICE_STEP_WARNING;
    }
    report(context, step, text);
}

void settings_apply(SC_HANDLE service, service_report report, void *context)
{
    static wchar_t text[] =
        L"Takes bookings, moves and releases of the jail management system into CorEMR, and sends CorEMR's "
        L"medication orders to pharmacies.";
    SERVICE_DESCRIPTIONW description = {text};
    apply(service, SERVICE_CONFIG_DESCRIPTION, &description, "description", report, context);

    /* RULES "Failing well". The last action is repeated; a day without failure starts the count anew. */
    enum {
        DAY_SECONDS = 24 * 60 * 60
    };
    SC_ACTION restarts[] = {
        {SC_ACTION_RESTART, 5000}, {SC_ACTION_RESTART, 30000}, {SC_ACTION_RESTART, 120000}};
    SERVICE_FAILURE_ACTIONSW recovery = {
        .dwResetPeriod = DAY_SECONDS,
        .cActions = sizeof restarts / sizeof *restarts,
        .lpsaActions = restarts,
    };
    apply(service, SERVICE_CONFIG_FAILURE_ACTIONS, &recovery,
          "recovery (restart after 5 s, 30 s, then every 120 s)", report, context);

    /* Without the flag only a process that dies counts as a failure, not one that stops with an error. */
    SERVICE_FAILURE_ACTIONS_FLAG flag = {TRUE};
    apply(service, SERVICE_CONFIG_FAILURE_ACTIONS_FLAG, &flag, "recovery also when it stops with an error",
          report, context);

    SERVICE_SID_INFO sid = {SERVICE_SID_TYPE_UNRESTRICTED};
    apply(service, SERVICE_CONFIG_SERVICE_SID_INFO, &sid, "identity of its own (service SID)", report,
          context);

    SERVICE_PRESHUTDOWN_INFO preshutdown = {SETTINGS_PRESHUTDOWN_MS};
    apply(service, SERVICE_CONFIG_PRESHUTDOWN_INFO, &preshutdown, "time to stop at shutdown", report,
          context);

    /* Passing through folders above its own, and naming Global\CorBridge.Order. Everything else is taken from
     * its token. */
    static wchar_t names[] = L"" SE_CHANGE_NOTIFY_NAME L"\0" SE_CREATE_GLOBAL_NAME L"\0";
    SERVICE_REQUIRED_PRIVILEGES_INFOW privileges = {names};
    apply(service, SERVICE_CONFIG_REQUIRED_PRIVILEGES_INFO, &privileges, "least privileges", report, context);
}
