/* Install, upgrade, uninstall: what the installer's script calls. Each step is told; one that fails does not
 * hide the next. */
#include "service/windows/control.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <windows.h>

#include "platform/file.h"
#include "platform/folder.h"
#include "platform/path.h"
#include "platform/process.h"
#include "platform/wide_win32.h"
#include "service/windows/command_line.h"
#include "service/windows/event_log.h"
#include "service/windows/first_config.h"
#include "service/windows/open_service.h"
#include "service/windows/rights.h"
#include "service/windows/scm_api.h"
#include "service/windows/service_path.h"
#include "service/windows/settings.h"

static const char DEFAULT_GROUP[] = "CorEMR Database Users";
static const char GROUP_COMMENT[] = "May write the CorEMR database and read photos and documents (CorBridge)";

/* One run of install or uninstall. */
struct work {
    service_report report;
    void *context;
    bool good; /* no step was bad so far */
};

static void tell(struct work *work, enum service_step step, const char *format, ...)
    __attribute__((format(gnu_printf, 3, 4)));

static void tell(struct work *work, enum service_step step, const char *format, ...)
{
    char text[2048];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (step == SERVICE_STEP_BAD)
        work->good = false;
    work->report(work->context, step, text);
}

/* "cannot do this: 5 (access is denied)", with what to do for the one failure that everybody meets once. */
static void tell_failure(struct work *work, enum service_step step, const char *what,
                         struct platform_status status)
{
    char text[256];
    platform_status_text(status, text, sizeof text);
    tell(work, step, "%s: %s%s", what, text,
         status.code == ERROR_ACCESS_DENIED ? "; run this as an administrator (\"Run as administrator\")"
                                            : "");
}

/* ---- Folders and rights -------------------------------------------------------------------------------- */

static void protect(struct work *work, const char *path, const struct rights_sid *service,
                    const struct rights_group *group)
{
    enum rights_folder result;
    struct platform_status status = rights_protect_folder(path, service, group, &result);
    char what[1200];
    if (!platform_ok(status)) {
        (void)snprintf(what, sizeof what, "cannot make the folder '%s' and set its rights", path);
        tell_failure(work, SERVICE_STEP_BAD, what, status);
        return;
    }
    switch (result) {
    case RIGHTS_FOLDER_MADE: tell(work, SERVICE_STEP_DONE, "folder '%s' made, closed to others", path); break;
    case RIGHTS_FOLDER_KEPT:
        tell(work, SERVICE_STEP_KEPT, "folder '%s' is there; closed to others", path);
        break;
    case RIGHTS_FOLDER_LINK:
        tell(work, SERVICE_STEP_BAD,
             "the folder '%s' is a link to somewhere else: remove the link, or name another folder", path);
        break;
    case RIGHTS_FOLDER_STRANGER:
        tell(
            work, SERVICE_STEP_BAD,
            "the folder '%s' belongs to somebody who is neither SYSTEM nor Administrators, and could be changed by them: "
            "remove it, make Administrators its owner, or name another folder",
            path);
        break;
    }
}

/* The data folder, and below it what the service expects. */
static void make_own_folders(struct work *work, const char *data, const char *users,
                             const struct rights_sid *service)
{
    struct rights_sid group;
    bool made = false;
    bool have_group = false;
    struct platform_status status = rights_make_group(users, GROUP_COMMENT, &made);
    if (!platform_ok(status))
        tell_failure(work, SERVICE_STEP_WARNING, "cannot make the local group of the database's users",
                     status);
    else
        tell(work, made ? SERVICE_STEP_DONE : SERVICE_STEP_KEPT, "local group '%s' %s", users,
             made ? "made" : "is there");
    status = rights_account_sid(users, &group);
    have_group = platform_ok(status);
    if (!have_group)
        tell_failure(
            work, SERVICE_STEP_WARNING,
            "the group of the database's users cannot be found, so only CorBridge may write the database",
            status);

    protect(work, data, service, NULL);
    const struct rights_group may_change = {&group, true}, may_read = {&group, false};
    const struct {
        const char *name;
        const struct rights_group *group;
    } below[] = {{"database", &may_change},   {"logs", NULL}, {"test", NULL},
                 {"test\\photos", &may_read}, {"live", NULL}, {"live\\photos", &may_read}};
    for (size_t i = 0; i < sizeof below / sizeof *below && work->good; i++) {
        char *path = path_join(data, below[i].name);
        if (path == NULL)
            tell(work, SERVICE_STEP_BAD, "memory is exhausted");
        else
            protect(work, path, service, have_group ? below[i].group : NULL);
        free(path);
    }
}

/* A folder of others. `what` is "share" or "pharmacy folder". */
static void grant(struct work *work, const char *what, const char *path, const struct rights_sid *service)
{
    bool changed;
    if (path == NULL)
        return;
    if (path_volume_kind(path) == PATH_VOLUME_REMOTE) {
        tell(
            work, SERVICE_STEP_WARNING,
            "the %s '%s' is on another server: give the computer account of this server (or the account of the service) the "
            "rights Modify and Change permissions there, on the share and on the folder",
            what, path);
        return;
    }
    struct platform_status status = rights_grant_folder(path, service, &changed);
    char text[1200];
    if (!platform_ok(status)) {
        (void)snprintf(text, sizeof text, "cannot give the service rights on the %s '%s'", what, path);
        tell_failure(work, SERVICE_STEP_WARNING, text, status);
    } else {
        tell(work, changed ? SERVICE_STEP_DONE : SERVICE_STEP_KEPT, "the service %s the %s '%s'",
             changed ? "may now change files in" : "has its rights on", what, path);
    }
}

/* ---- First configuration ------------------------------------------------------------------------------- */

static const char *zone_of_this_machine(struct work *work)
{
    DYNAMIC_TIME_ZONE_INFORMATION zone;
    const char *iana = NULL;
    if (GetDynamicTimeZoneInformation(&zone) != TIME_ZONE_ID_INVALID) {
        char *key = wide_to_text(zone.TimeZoneKeyName, wcsnlen(zone.TimeZoneKeyName, 128));
        if (key != NULL)
            iana = first_config_zone(key);
        free(key);
    }
    if (iana == NULL) {
        tell(
            work, SERVICE_STEP_WARNING,
            "the time zone of this server has no known name: the configuration says UTC; set `zone` of the facility");
        iana = "UTC";
    }
    return iana;
}

/* `path` without separators at its end: "C:\x\" in quotes would swallow the quote. Heap. */
static char *without_end_separator(const char *path)
{
    char *copy = _strdup(path);
    size_t length = copy != NULL ? strlen(copy) : 0;
    while (length > 3 && (copy[length - 1] == '\\' || copy[length - 1] == '/'))
        copy[--length] = '\0';
    return copy;
}

/* A folder as the service will know it, and without a separator at its end. Heap. */
static char *for_the_service(struct work *work, const char *path)
{
    char *own = without_end_separator(path);
    char *better = own != NULL ? service_path(own) : NULL;
    if (better != NULL && strcmp(better, own) != 0)
        tell(work, SERVICE_STEP_DONE, "'%s' is taken as '%s', which is what the service reaches", path,
             better);
    free(own);
    return better;
}

static void write_config(struct work *work, const char *path, struct first_config *values)
{
    bool exists;
    struct platform_status status = file_exists(path, &exists);
    if (platform_ok(status) && exists) {
        tell(work, SERVICE_STEP_KEPT, "configuration '%s' is there; nothing in it was changed", path);
        return;
    }
    values->zone = zone_of_this_machine(work);
    char *text = first_config_make(values);
    if (platform_ok(status))
        status = text != NULL ? file_store(path, text, strlen(text))
                              : (struct platform_status){PLATFORM_NO_MEMORY, 0};
    free(text);
    if (!platform_ok(status))
        tell_failure(work, SERVICE_STEP_BAD, "cannot write the first configuration", status);
    else if (values->share == NULL)
        tell(work, SERVICE_STEP_WARNING,
             "configuration '%s' written; name the folders in it, then start the service", path);
    else
        tell(work, SERVICE_STEP_DONE, "configuration '%s' written", path);
}

/* ---- The service --------------------------------------------------------------------------------------- */

/* An existing service gets only the new program: the rest is as the administrator wants it. */
static void upgrade_service(struct work *work, SC_HANDLE service, const char *exe)
{
    struct open_service open = {NULL, service};
    struct platform_status status = {PLATFORM_NO_MEMORY, 0};
    char *old = open_service_command(&open);
    char *command = old != NULL ? command_line_with_program(old, exe) : NULL;
    wchar_t *wide = command != NULL ? wide_from_text(command, &status) : NULL;
    if (wide != NULL) {
        status = PLATFORM_SUCCESS;
        if (!scm_api->change_service_config(service, SERVICE_NO_CHANGE, SERVICE_NO_CHANGE, SERVICE_NO_CHANGE,
                                            wide, NULL, NULL, NULL, NULL, NULL, NULL))
            status = wide_last_status();
    }
    if (platform_ok(status))
        tell(work, SERVICE_STEP_KEPT, "service %s is there; it runs '%s' from now on, all else is kept",
             SERVICE_NAME, exe);
    else
        tell_failure(work, SERVICE_STEP_BAD, "cannot set the program of the service", status);
    free(wide);
    free(command);
    free(old);
}

static SC_HANDLE create_service(struct work *work, SC_HANDLE manager,
                                const struct service_install_options *options, const char *command)
{
    SC_HANDLE service = NULL;
    struct platform_status status;
    wchar_t *path = wide_from_text(command, &status);
    wchar_t *account =
        wide_from_text(options->account != NULL ? options->account : "NT SERVICE\\" SERVICE_NAME, &status);
    wchar_t *password = options->password != NULL ? wide_from_text(options->password, &status) : NULL;
    if (path != NULL && account != NULL && (password != NULL || options->password == NULL)) {
        DWORD start = options->start_type == SERVICE_START_MANUAL ? SERVICE_DEMAND_START : SERVICE_AUTO_START;
        service = scm_api->create_service(manager, L"" SERVICE_NAME, L"" SERVICE_DISPLAY_NAME,
                                          SERVICE_ALL_ACCESS, SERVICE_WIN32_OWN_PROCESS, start,
                                          SERVICE_ERROR_NORMAL, path, NULL, NULL, NULL, account, password);
        status = service != NULL ? PLATFORM_SUCCESS : wide_last_status();
    }
    if (service != NULL)
        tell(work, SERVICE_STEP_DONE, "service %s made, under the account %s", SERVICE_NAME,
             options->account != NULL ? options->account : "NT SERVICE\\" SERVICE_NAME);
    else if (status.code == ERROR_SERVICE_MARKED_FOR_DELETE)
        tell(
            work, SERVICE_STEP_BAD,
            "the old service is marked for deletion and goes when nobody looks at it any more: close the Services console and "
            "the Task Manager, then try again");
    else
        tell_failure(work, SERVICE_STEP_BAD, "cannot make the service", status);
    if (password != NULL)
        SecureZeroMemory(password, wcslen(password) * sizeof *password);
    free(password);
    free(account);
    free(path);
    return service;
}

/* Makes the service or brings it up to date; *upgraded says which. */
static void install_service(struct work *work, const struct service_install_options *options, const char *exe,
                            const char *config, const char *data, bool *upgraded)
{
    SC_HANDLE manager = scm_api->open_manager(NULL, NULL, SC_MANAGER_CONNECT | SC_MANAGER_CREATE_SERVICE);
    if (manager == NULL) {
        tell_failure(work, SERVICE_STEP_BAD, "cannot open the service control manager", wide_last_status());
        return;
    }
    SC_HANDLE service =
        scm_api->open_service(manager, L"" SERVICE_NAME, SERVICE_QUERY_CONFIG | SERVICE_CHANGE_CONFIG);
    if (service != NULL) {
        *upgraded = true;
        upgrade_service(work, service, exe);
    } else if (GetLastError() == ERROR_SERVICE_DOES_NOT_EXIST) {
        char *command = command_line_make(exe, config, data);
        service = command != NULL ? create_service(work, manager, options, command) : NULL;
        free(command);
        if (service != NULL)
            settings_apply(service, work->report, work->context);
    } else {
        tell_failure(work, SERVICE_STEP_BAD, "cannot open the service", wide_last_status());
    }
    if (service != NULL)
        (void)scm_api->close_service_handle(service);
    (void)scm_api->close_service_handle(manager);
}

/* ---- The two ways in ----------------------------------------------------------------------------------- */

/* True when we may make services: asked before anything is changed, so that a run without rights leaves nothing
 * behind. */
static bool may_install(struct work *work)
{
    SC_HANDLE manager = scm_api->open_manager(NULL, NULL, SC_MANAGER_CONNECT | SC_MANAGER_CREATE_SERVICE);
    if (manager == NULL) {
        tell_failure(work, SERVICE_STEP_BAD, "cannot open the service control manager", wide_last_status());
        return false;
    }
    (void)scm_api->close_service_handle(manager);
    return true;
}

/* Data folder and configuration of the service that is there, from its start command; NULL where there is none. */
static void existing_places(char **data, char **config)
{
    struct open_service open;
    *data = NULL;
    *config = NULL;
    if (!platform_ok(open_service_by_name(SERVICE_QUERY_CONFIG, &open)))
        return;
    char *command = open_service_command(&open);
    if (command != NULL) {
        *data = command_line_value(command, "--data");
        *config = command_line_value(command, "--config");
    }
    free(command);
    open_service_close(&open);
}

/* Where data and configuration are to be: as the service that is there has them, else as told, else the default. */
static void choose_places(struct work *work, const struct service_install_options *options, char **data,
                          char **config)
{
    existing_places(data, config);
    if (*data != NULL && options->data_folder != NULL && _stricmp(*data, options->data_folder) != 0)
        tell(work, SERVICE_STEP_WARNING,
             "the service keeps its data folder '%s'; to move it, uninstall first", *data);
    if (*data == NULL) {
        char *place =
            options->data_folder != NULL ? _strdup(options->data_folder) : service_default_data_folder();
        *data = place != NULL ? without_end_separator(place) : NULL;
        free(place);
    }
    if (*config == NULL && options->config != NULL)
        *config = _strdup(options->config);
    else if (*config == NULL && *data != NULL)
        *config = path_join(*data, "corbridge.xml");
}

bool service_install(const struct service_install_options *options, service_report report, void *context,
                     bool *upgraded)
{
    struct work work = {report, context, true};
    struct rights_sid sid;
    bool was_there = false;
    char *share = NULL;
    char *pharmacy = NULL;
    char *exe = process_path();
    char *data;
    char *config;
    choose_places(&work, options, &data, &config);
    if (exe == NULL || data == NULL || config == NULL) {
        tell(&work, SERVICE_STEP_BAD, "memory is exhausted");
        goto out;
    }
    if (!path_is_absolute(data) || path_volume_kind(data) != PATH_VOLUME_LOCAL) {
        tell(&work, SERVICE_STEP_BAD, "the data folder '%s' must be a full path on a disk of this server",
             data);
        goto out;
    }
    if (!may_install(&work))
        goto out;
    struct platform_status status = rights_service_sid(L"" SERVICE_NAME, &sid);
    if (!platform_ok(status)) {
        tell_failure(&work, SERVICE_STEP_BAD, "cannot work out the identity of the service", status);
        goto out;
    }
    make_own_folders(&work, data, options->database_users != NULL ? options->database_users : DEFAULT_GROUP,
                     &sid);
    if (!work.good) /* a data folder that cannot be trusted must not become the service's */
        goto out;
    if (options->share != NULL)
        share = for_the_service(&work, options->share);
    if (options->pharmacy != NULL)
        pharmacy = for_the_service(&work, options->pharmacy);
    write_config(&work, config,
                 &(struct first_config){.data_folder = data, .share = share, .pharmacy = pharmacy});
    grant(&work, "share", share, &sid);
    grant(&work, "pharmacy folder", pharmacy, &sid);

    status = event_log_register(exe);
    if (platform_ok(status))
        tell(&work, SERVICE_STEP_DONE, "event source %s registered", SERVICE_NAME);
    else
        tell_failure(&work, SERVICE_STEP_BAD, "cannot register the event source", status);
    install_service(&work, options, exe, config, data, &was_there);
out:
    if (upgraded != NULL)
        *upgraded = was_there;
    free(pharmacy);
    free(share);
    free(config);
    free(data);
    free(exe);
    return work.good;
}

/* Removes a folder with all below; links are removed, never followed. The first failure is kept, the rest is
 * still tried. */
static struct platform_status remove_tree(const char *path)
{
    struct folder_listing listing;
    struct platform_status status = folder_list(path, &listing);
    if (!platform_ok(status))
        return status;
    for (size_t i = 0; i < listing.count; i++) {
        const struct folder_entry *entry = &listing.entries[i];
        char *below = path_join(path, entry->name);
        struct platform_status removed = {PLATFORM_NO_MEMORY, 0};
        if (below != NULL && entry->is_folder)
            removed = entry->is_link ? folder_remove(below) : remove_tree(below);
        else if (below != NULL)
            removed = file_remove(below);
        if (platform_ok(status))
            status = removed;
        free(below);
    }
    folder_listing_release(&listing);
    struct platform_status removed = folder_remove(path);
    return platform_ok(status) ? removed : status;
}

static void remove_data_folder(struct work *work, const char *data)
{
    if (data == NULL) {
        tell(work, SERVICE_STEP_BAD,
             "the start command of the service names no data folder: remove the data by hand");
        return;
    }
    struct platform_status status = remove_tree(data);
    if (platform_ok(status)) {
        tell(work, SERVICE_STEP_DONE, "data folder '%s' removed", data);
    } else {
        char what[1200];
        (void)snprintf(what, sizeof what, "cannot remove all of the data folder '%s'", data);
        tell_failure(work, SERVICE_STEP_BAD, what, status);
    }
}

bool service_uninstall(bool remove_data, service_report report, void *context)
{
    enum {
        STOP_WITHIN_MS = 130000
    };
    struct work work = {report, context, true};
    struct open_service open;
    char *data = NULL;
    struct platform_status status = open_service_by_name(DELETE | SERVICE_QUERY_CONFIG, &open);
    if (platform_ok(status)) {
        char *command = open_service_command(&open);
        data = command != NULL ? command_line_value(command, "--data") : NULL;
        free(command);
        status = service_stop_wait(STOP_WITHIN_MS, NULL);
        if (!platform_ok(status)) {
            tell_failure(&work, SERVICE_STEP_BAD, "cannot stop the service", status);
            open_service_close(&open);
            goto out;
        }
        if (scm_api->delete_service(open.service)) {
            tell(&work, SERVICE_STEP_DONE, "service %s stopped and removed", SERVICE_NAME);
        } else {
            status = wide_last_status();
            if (status.code == ERROR_SERVICE_MARKED_FOR_DELETE)
                tell(
                    &work, SERVICE_STEP_WARNING,
                    "the service is marked for deletion: it goes when the Services console and the Task Manager are closed");
            else
                tell_failure(&work, SERVICE_STEP_BAD, "cannot remove the service", status);
        }
        open_service_close(&open);
    } else if (status.kind == PLATFORM_NOT_FOUND) {
        tell(&work, SERVICE_STEP_KEPT, "there is no service %s", SERVICE_NAME);
    } else {
        tell_failure(&work, SERVICE_STEP_BAD, "cannot open the service", status);
        goto out;
    }
    status = event_log_unregister();
    if (platform_ok(status))
        tell(&work, SERVICE_STEP_DONE, "event source %s removed", SERVICE_NAME);
    else
        tell_failure(&work, SERVICE_STEP_BAD, "cannot remove the event source", status);
    if (remove_data)
        remove_data_folder(&work, data);
    else if (data != NULL)
        tell(&work, SERVICE_STEP_KEPT, "data folder '%s' stays, with database, archive and configuration",
             data);
out:
    free(data);
    return work.good;
}
