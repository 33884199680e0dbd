/* There is no service control manager here: every question about it is answered "unsupported". */
#include "service/windows/control.h"

#include <stdlib.h>
#include <string.h>

#include "service/windows/event_log.h"

static const struct platform_status UNSUPPORTED = {PLATFORM_UNSUPPORTED, 0};

struct platform_status service_control_query(struct service_status *out)
{
    *out = (struct service_status){.state = SERVICE_STATE_ABSENT};
    return UNSUPPORTED;
}

struct platform_status service_start_wait(uint32_t deadline_ms, struct service_status *out)
{
    (void)deadline_ms;
    if (out != NULL) {
        *out = (struct service_status){.state = SERVICE_STATE_ABSENT};
    }
    return UNSUPPORTED;
}

struct platform_status service_stop_wait(uint32_t deadline_ms, struct service_status *out)
{
    return service_start_wait(deadline_ms, out);
}

struct platform_status service_control_work(void)
{
    return UNSUPPORTED;
}

struct platform_status service_control_check(const char *data_folder, uint32_t deadline_ms, char **answer)
{
    (void)data_folder;
    (void)deadline_ms;
    *answer = NULL;
    return UNSUPPORTED;
}

char *service_config_path(void)
{
    return strdup("/etc/corbridge/corbridge.xml");
}

char *service_default_data_folder(void)
{
    return strdup("/var/lib/corbridge");
}

bool service_install(const struct service_install_options *options, service_report report, void *context,
                     bool *upgraded)
{
    (void)options;
    if (upgraded != NULL) {
        *upgraded = false;
    }
    report(context, SERVICE_STEP_BAD, "this build runs without a Windows service; use `corbridge run`");
    return false;
}

bool service_uninstall(bool remove_data, service_report report, void *context)
{
    (void)remove_data;
    report(context, SERVICE_STEP_BAD, "this build has no Windows service that could be removed");
    return false;
}

struct platform_status event_log_registered(char **exe)
{
    *exe = NULL;
    return UNSUPPORTED;
}
