#include "tests/unit/windows/fake_scm.h"

#include "tests/support/cb_cmocka.h"

#include <lm.h>
#include <sddl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "platform/thread.h"
#include "platform/wide_win32.h"
#include "service/windows/scm_api.h"

struct fake_scm fake_scm;

static struct {
    struct mutex lock;
    struct condition added;
    char text[16384];
    char copy[16384];
    size_t length;
    size_t next_state;
    LPHANDLER_FUNCTION_EX handler;
} module;

static const SC_HANDLE MANAGER = (SC_HANDLE)(UINT_PTR)0x10;
static const SC_HANDLE SERVICE = (SC_HANDLE)(UINT_PTR)0x20;

void fake_scm_note(const char *format, ...)
{
    mutex_lock(&module.lock);
    va_list arguments;
    va_start(arguments, format);
    int length =
        vsnprintf(module.text + module.length, sizeof module.text - module.length, format, arguments);
    va_end(arguments);
    if (length < 0 || module.length + (size_t)length + 2 > sizeof module.text)
        abort();
    module.length += (size_t)length;
    module.text[module.length++] = '\n';
    module.text[module.length] = '\0';
    condition_broadcast(&module.added);
    mutex_unlock(&module.lock);
}

const char *fake_scm_calls(void)
{
    mutex_lock(&module.lock);
    memcpy(module.copy, module.text, module.length + 1);
    mutex_unlock(&module.lock);
    return module.copy;
}

void fake_scm_forget_calls(void)
{
    mutex_lock(&module.lock);
    module.length = 0;
    module.text[0] = '\0';
    mutex_unlock(&module.lock);
}

LPHANDLER_FUNCTION_EX fake_scm_handler(void)
{
    return module.handler;
}

void fake_scm_wait_for(const char *line)
{
    bool found = true;
    mutex_lock(&module.lock);
    while (found && strstr(module.text, line) == NULL)
        found = condition_wait(&module.added, &module.lock, 10000);
    mutex_unlock(&module.lock);
    if (!found)
        fail_msg("'%s' did not appear; calls:\n%s", line, fake_scm_calls());
}

static BOOL answer(DWORD error)
{
    SetLastError(error);
    return error == ERROR_SUCCESS;
}

static const char *shown(LPCWSTR text)
{
    static _Thread_local char buffers[4][512];
    static _Thread_local int next;
    if (text == NULL)
        return "-";
    char *buffer = buffers[next++ % 4];
    char *copy = wide_to_text(text, wcslen(text));
    (void)snprintf(buffer, 512, "%s", copy != NULL ? copy : "?");
    free(copy);
    return buffer;
}

static const char *shown_sid(PSID sid)
{
    LPWSTR text = NULL;
    if (sid == NULL || !ConvertSidToStringSidW(sid, &text))
        return "-";
    const char *copy = shown(text);
    LocalFree(text);
    return copy;
}

static SC_HANDLE WINAPI open_manager(LPCWSTR machine, LPCWSTR database, DWORD access)
{
    fake_scm_note("open manager %s %s 0x%lx", shown(machine), shown(database), access);
    return answer(fake_scm.open_manager_error) ? MANAGER : NULL;
}

static SC_HANDLE WINAPI open_service(SC_HANDLE manager, LPCWSTR name, DWORD access)
{
    assert_ptr_equal(manager, MANAGER);
    fake_scm_note("open service %s 0x%lx", shown(name), access);
    return answer(fake_scm.installed ? ERROR_SUCCESS : ERROR_SERVICE_DOES_NOT_EXIST) ? SERVICE : NULL;
}

static SC_HANDLE WINAPI create_service(SC_HANDLE manager, LPCWSTR name, LPCWSTR display_name, DWORD access,
                                       DWORD type, DWORD start, DWORD error_control, LPCWSTR path,
                                       LPCWSTR group, LPDWORD tag, LPCWSTR dependencies, LPCWSTR account,
                                       LPCWSTR password)
{
    assert_ptr_equal(manager, MANAGER);
    assert_null(group);
    assert_null(tag);
    fake_scm_note(
        "create service %s|%s|access 0x%lx|type 0x%lx|start %lu|error control %lu|depends on %s|account %s|password %s",
        shown(name), shown(display_name), access, type, start, error_control, shown(dependencies),
        shown(account), shown(password));
    fake_scm_note("path %s", shown(path));
    return answer(fake_scm.create_error) ? SERVICE : NULL;
}

static BOOL WINAPI change_service_config(SC_HANDLE service, DWORD type, DWORD start, DWORD error_control,
                                         LPCWSTR path, LPCWSTR group, LPDWORD tag, LPCWSTR dependencies,
                                         LPCWSTR account, LPCWSTR password, LPCWSTR display_name)
{
    assert_ptr_equal(service, SERVICE);
    assert_null(group);
    assert_null(tag);
    fake_scm_note(
        "change config type 0x%lx|start 0x%lx|error control 0x%lx|depends on %s|account %s|password %s|display name %s",
        type, start, error_control, shown(dependencies), shown(account), shown(password),
        shown(display_name));
    fake_scm_note("path %s", shown(path));
    return answer(ERROR_SUCCESS);
}

static BOOL WINAPI change_service_config_2(SC_HANDLE service, DWORD level, LPVOID info)
{
    assert_ptr_equal(service, SERVICE);
    switch (level) {
    case SERVICE_CONFIG_DESCRIPTION:
        fake_scm_note("description %zu characters", wcslen(((SERVICE_DESCRIPTIONW *)info)->lpDescription));
        break;
    case SERVICE_CONFIG_FAILURE_ACTIONS: {
        const SERVICE_FAILURE_ACTIONSW *actions = info;
        fake_scm_note("failure actions reset %lu s, message %s, command %s", actions->dwResetPeriod,
                      shown(actions->lpRebootMsg), shown(actions->lpCommand));
        for (DWORD i = 0; i < actions->cActions; i++)
            fake_scm_note("  action %d after %lu ms", (int)actions->lpsaActions[i].Type,
                          actions->lpsaActions[i].Delay);
        break;
    }
    case SERVICE_CONFIG_FAILURE_ACTIONS_FLAG:
        fake_scm_note("failure actions flag %d",
                      ((SERVICE_FAILURE_ACTIONS_FLAG *)info)->fFailureActionsOnNonCrashFailures);
        break;
    case SERVICE_CONFIG_SERVICE_SID_INFO:
        fake_scm_note("service sid type %lu", ((SERVICE_SID_INFO *)info)->dwServiceSidType);
        break;
    case SERVICE_CONFIG_PRESHUTDOWN_INFO:
        fake_scm_note("preshutdown %lu ms", ((SERVICE_PRESHUTDOWN_INFO *)info)->dwPreshutdownTimeout);
        break;
    case SERVICE_CONFIG_REQUIRED_PRIVILEGES_INFO:
        for (LPCWSTR name = ((SERVICE_REQUIRED_PRIVILEGES_INFOW *)info)->pmszRequiredPrivileges;
             *name != L'\0'; name += wcslen(name) + 1)
            fake_scm_note("privilege %s", shown(name));
        break;
    default: fake_scm_note("level %lu", level);
    }
    return answer(fake_scm.config_2_errors[level]);
}

static BOOL WINAPI query_service_config(SC_HANDLE service, LPQUERY_SERVICE_CONFIGW out, DWORD size,
                                        LPDWORD needed)
{
    assert_ptr_equal(service, SERVICE);
    DWORD whole = (DWORD)(sizeof *out + (wcslen(fake_scm.command) + 1) * sizeof(wchar_t));
    *needed = whole;
    if (size < whole)
        return answer(ERROR_INSUFFICIENT_BUFFER);
    memset(out, 0, sizeof *out);
    out->lpBinaryPathName = (LPWSTR)(out + 1);
    memcpy(out->lpBinaryPathName, fake_scm.command, (wcslen(fake_scm.command) + 1) * sizeof(wchar_t));
    return answer(ERROR_SUCCESS);
}

static BOOL WINAPI query_service_status(SC_HANDLE service, SC_STATUS_TYPE level, LPBYTE out, DWORD size,
                                        LPDWORD needed)
{
    assert_ptr_equal(service, SERVICE);
    assert_int_equal(level, SC_STATUS_PROCESS_INFO);
    assert_int_equal(size, sizeof(SERVICE_STATUS_PROCESS));
    *needed = size;
    DWORD state = fake_scm.states[module.next_state];
    if (module.next_state < 7 && fake_scm.states[module.next_state + 1] != 0)
        module.next_state++;
    SERVICE_STATUS_PROCESS status = {.dwServiceType = SERVICE_WIN32_OWN_PROCESS,
                                     .dwCurrentState = state,
                                     .dwWin32ExitCode = fake_scm.win32_exit,
                                     .dwServiceSpecificExitCode = fake_scm.specific_exit};
    memcpy(out, &status, sizeof status);
    fake_scm_note("query state %lu", state);
    return answer(ERROR_SUCCESS);
}

static BOOL WINAPI start_service(SC_HANDLE service, DWORD count, LPCWSTR *arguments)
{
    assert_ptr_equal(service, SERVICE);
    fake_scm_note("start service %lu %s", count, count > 0 ? shown(arguments[0]) : "-");
    return answer(fake_scm.start_error);
}

static BOOL WINAPI control_service(SC_HANDLE service, DWORD control, LPSERVICE_STATUS status)
{
    assert_ptr_equal(service, SERVICE);
    assert_non_null(status);
    fake_scm_note("control %lu", control);
    return answer(fake_scm.control_error);
}

static BOOL WINAPI delete_service(SC_HANDLE service)
{
    assert_ptr_equal(service, SERVICE);
    fake_scm_note("delete service");
    return answer(fake_scm.delete_error);
}

static BOOL WINAPI close_service_handle(SC_HANDLE handle)
{
    assert_true(handle == MANAGER || handle == SERVICE);
    return TRUE;
}

static BOOL WINAPI start_service_ctrl_dispatcher(const SERVICE_TABLE_ENTRYW *table)
{
    fake_scm_note("dispatcher for %s", shown(table[0].lpServiceName));
    assert_null(table[1].lpServiceName);
    assert_null(table[1].lpServiceProc);
    if (fake_scm.dispatcher_fails)
        return answer(ERROR_FAILED_SERVICE_CONTROLLER_CONNECT);
    wchar_t name[] = L"CorBridge";
    LPWSTR arguments[] = {name};
    table[0].lpServiceProc(1, arguments);
    return answer(ERROR_SUCCESS);
}

static SERVICE_STATUS_HANDLE WINAPI register_service_ctrl_handler(LPCWSTR name, LPHANDLER_FUNCTION_EX handler,
                                                                  LPVOID context)
{
    assert_null(context);
    module.handler = handler;
    fake_scm_note("handler for %s", shown(name));
    return (SERVICE_STATUS_HANDLE)(UINT_PTR)0x30;
}

static BOOL WINAPI set_service_status(SERVICE_STATUS_HANDLE handle, LPSERVICE_STATUS status)
{
    assert_ptr_equal(handle, (SERVICE_STATUS_HANDLE)(UINT_PTR)0x30);
    assert_int_equal(status->dwServiceType, SERVICE_WIN32_OWN_PROCESS);
    fake_scm_note("state %lu accepts 0x%lx checkpoint %lu hint %lu exit %lu/%lu", status->dwCurrentState,
                  status->dwControlsAccepted, status->dwCheckPoint, status->dwWaitHint,
                  status->dwWin32ExitCode, status->dwServiceSpecificExitCode);
    return TRUE;
}

static HANDLE WINAPI register_event_source(LPCWSTR machine, LPCWSTR source)
{
    fake_scm_note("event source %s %s", shown(machine), shown(source));
    return (HANDLE)(UINT_PTR)0x40;
}

static BOOL WINAPI report_event(HANDLE log, WORD type, WORD category, DWORD id, PSID user, WORD count,
                                DWORD data_size, LPCWSTR *strings, LPVOID data)
{
    assert_ptr_equal(log, (HANDLE)(UINT_PTR)0x40);
    assert_null(user);
    assert_int_equal(data_size, 0);
    assert_null(data);
    fake_scm_note("event type %u category %u id 0x%08lx strings %u", type, category, id, count);
    for (WORD i = 0; i < count; i++)
        fake_scm_note("  %zu: %s", wcslen(strings[i]), shown(strings[i]));
    return TRUE;
}

static BOOL WINAPI deregister_event_source(HANDLE log)
{
    assert_ptr_equal(log, (HANDLE)(UINT_PTR)0x40);
    fake_scm_note("event source closed");
    return TRUE;
}

static BOOL WINAPI create_directory(LPCWSTR path, LPSECURITY_ATTRIBUTES attributes)
{
    LPWSTR sddl = NULL;
    SECURITY_INFORMATION what = OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION;
    assert_true(ConvertSecurityDescriptorToStringSecurityDescriptorW(attributes->lpSecurityDescriptor,
                                                                     SDDL_REVISION_1, what, &sddl, NULL));
    fake_scm_note("make folder %s", shown(path));
    fake_scm_note("  %s", shown(sddl));
    LocalFree(sddl);
    return answer(fake_scm.folder_error);
}

static DWORD WINAPI get_file_attributes(LPCWSTR path)
{
    fake_scm_note("attributes of %s", shown(path));
    return fake_scm.attributes;
}

static DWORD WINAPI get_named_security_info(LPCWSTR path, SE_OBJECT_TYPE type, SECURITY_INFORMATION what,
                                            PSID *owner, PSID *group, PACL *dacl, PACL *sacl,
                                            PSECURITY_DESCRIPTOR *descriptor)
{
    assert_int_equal(type, SE_FILE_OBJECT);
    assert_null(group);
    assert_null(sacl);
    fake_scm_note("get security of %s 0x%lx", shown(path), what);
    wchar_t sddl[512];
    (void)_snwprintf(sddl, 512, L"O:%ls%ls", fake_scm.owner_sid != NULL ? fake_scm.owner_sid : L"BA",
                     fake_scm.dacl_sddl != NULL ? fake_scm.dacl_sddl : L"");
    BOOL present;
    BOOL defaulted;
    assert_true(
        ConvertStringSecurityDescriptorToSecurityDescriptorW(sddl, SDDL_REVISION_1, descriptor, NULL));
    if (owner != NULL)
        assert_true(GetSecurityDescriptorOwner(*descriptor, owner, &defaulted));
    if (dacl != NULL) {
        assert_true(GetSecurityDescriptorDacl(*descriptor, &present, dacl, &defaulted));
        if (!present)
            *dacl = NULL;
    }
    return ERROR_SUCCESS;
}

static DWORD WINAPI set_named_security_info(LPWSTR path, SE_OBJECT_TYPE type, SECURITY_INFORMATION what,
                                            PSID owner, PSID group, PACL dacl, PACL sacl)
{
    assert_int_equal(type, SE_FILE_OBJECT);
    assert_null(group);
    assert_null(sacl);
    fake_scm_note("set security of %s 0x%lx owner %s", shown(path), what, shown_sid(owner));
    for (DWORD i = 0; i < dacl->AceCount; i++) {
        ACCESS_ALLOWED_ACE *entry;
        assert_true(GetAce(dacl, i, (LPVOID *)&entry));
        fake_scm_note("  type %u flags 0x%x mask 0x%lx %s", entry->Header.AceType, entry->Header.AceFlags,
                      entry->Mask, shown_sid((PSID)&entry->SidStart));
    }
    return ERROR_SUCCESS;
}

static DWORD WINAPI local_group_add(LPCWSTR server, DWORD level, LPBYTE info, LPDWORD bad_field)
{
    assert_null(server);
    assert_null(bad_field);
    assert_int_equal(level, 1);
    LPCWSTR name; /* LOCALGROUP_INFO_1 begins with the name */
    memcpy(&name, info, sizeof name);
    fake_scm_note("make group %s", shown(name));
    return fake_scm.group_error;
}

static BOOL WINAPI lookup_account_name(LPCWSTR machine, LPCWSTR name, PSID sid, LPDWORD sid_size,
                                       LPWSTR domain, LPDWORD domain_size, PSID_NAME_USE use)
{
    assert_null(machine);
    fake_scm_note("look up %s", shown(name));
    if (!fake_scm.group_known)
        return answer(ERROR_NONE_MAPPED);
    PSID known;
    assert_true(ConvertStringSidToSidW(L"S-1-5-21-1-2-3-1001", &known));
    assert_true(CopySid(*sid_size, sid, known));
    LocalFree(known);
    assert_true(*domain_size > 0);
    domain[0] = L'\0';
    *use = SidTypeAlias;
    return answer(ERROR_SUCCESS);
}

static DWORD WINAPI query_dos_device(LPCWSTR device, LPWSTR target, DWORD size)
{
    fake_scm_note("query device %s", shown(device));
    if (fake_scm.substitute == NULL || !answer(ERROR_SUCCESS))
        return 0;
    assert_true(wcslen(fake_scm.substitute) < size);
    (void)_snwprintf(target, size, L"%ls", fake_scm.substitute);
    return (DWORD)wcslen(target) + 2; /* it ends with two NULs */
}

static BOOL WINAPI get_computer_name(COMPUTER_NAME_FORMAT kind, LPWSTR name, LPDWORD size)
{
    static const wchar_t *const names[] = {[ComputerNameNetBIOS] = L"JAIL1",
                                           [ComputerNameDnsHostname] = L"jail1",
                                           [ComputerNameDnsFullyQualified] = L"jail1.county.example"};
    (void)_snwprintf(name, *size, L"%ls", names[kind]);
    return TRUE;
}

static DWORD WINAPI share_get_info(LPWSTR server, LPWSTR share, DWORD level, LPBYTE *info)
{
    assert_null(server);
    assert_int_equal(level, 2);
    fake_scm_note("share %s", shown(share));
    if (fake_scm.share_path == NULL)
        return NERR_NetNameNotFound;
    SHARE_INFO_2 *made;
    assert_int_equal(NetApiBufferAllocate(sizeof *made, (LPVOID *)&made), NERR_Success);
    memset(made, 0, sizeof *made);
    made->shi2_path = (LPWSTR)(UINT_PTR)fake_scm.share_path;
    *info = (LPBYTE)made;
    return NERR_Success;
}

static const struct scm_api TABLE = {
    .open_manager = open_manager,
    .open_service = open_service,
    .create_service = create_service,
    .change_service_config = change_service_config,
    .change_service_config_2 = change_service_config_2,
    .query_service_config = query_service_config,
    .query_service_status = query_service_status,
    .start_service = start_service,
    .control_service = control_service,
    .delete_service = delete_service,
    .close_service_handle = close_service_handle,
    .start_service_ctrl_dispatcher = start_service_ctrl_dispatcher,
    .register_service_ctrl_handler = register_service_ctrl_handler,
    .set_service_status = set_service_status,
    .register_event_source = register_event_source,
    .report_event = report_event,
    .deregister_event_source = deregister_event_source,
    .create_directory = create_directory,
    .get_file_attributes = get_file_attributes,
    .get_named_security_info = get_named_security_info,
    .set_named_security_info = set_named_security_info,
    .local_group_add = local_group_add,
    .lookup_account_name = lookup_account_name,
    .query_dos_device = query_dos_device,
    .get_computer_name = get_computer_name,
    .share_get_info = share_get_info,
};

int fake_scm_set_up(void **state)
{
    (void)state;
    memset(&fake_scm, 0, sizeof fake_scm);
    fake_scm.command = L"";
    fake_scm.states[0] = SERVICE_STOPPED;
    fake_scm.group_known = true;
    fake_scm.attributes = FILE_ATTRIBUTE_DIRECTORY;
    mutex_init(&module.lock);
    condition_init(&module.added);
    module.next_state = 0;
    module.handler = NULL;
    fake_scm_forget_calls();
    scm_api = &TABLE;
    return 0;
}

int fake_scm_tear_down(void **state)
{
    (void)state;
    scm_api = &scm_api_system;
    return 0;
}
