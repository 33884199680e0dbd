/*
 * The calls into Windows whose effect Wine does not show, or which a test must see exactly: service control
 * manager, event log, access lists, local groups. The product calls the system; a test puts a table of its own
 * in place and asserts the arguments. Each member is the function of that name, W, Ex and Net left out.
 */
#ifndef CORBRIDGE_SERVICE_WINDOWS_SCM_API_H
#define CORBRIDGE_SERVICE_WINDOWS_SCM_API_H

#include <windows.h>

#include <accctrl.h>

struct scm_api {
    /* as a client */
    SC_HANDLE(WINAPI *open_manager)(LPCWSTR machine, LPCWSTR database, DWORD access);
    SC_HANDLE(WINAPI *open_service)(SC_HANDLE manager, LPCWSTR name, DWORD access);
    SC_HANDLE(WINAPI *create_service)
    (SC_HANDLE manager, LPCWSTR name, LPCWSTR display_name, DWORD access, DWORD type, DWORD start,
     DWORD error_control, LPCWSTR path, LPCWSTR group, LPDWORD tag, LPCWSTR dependencies, LPCWSTR account,
     LPCWSTR password);
    BOOL(WINAPI *change_service_config)
    (SC_HANDLE service, DWORD type, DWORD start, DWORD error_control, LPCWSTR path, LPCWSTR group,
     LPDWORD tag, LPCWSTR dependencies, LPCWSTR account, LPCWSTR password, LPCWSTR display_name);
    BOOL(WINAPI *change_service_config_2)(SC_HANDLE service, DWORD level, LPVOID info);
    BOOL(WINAPI *query_service_config)
    (SC_HANDLE service, LPQUERY_SERVICE_CONFIGW out, DWORD size, LPDWORD needed);
    BOOL(WINAPI *query_service_status)
    (SC_HANDLE service, SC_STATUS_TYPE level, LPBYTE out, DWORD size, LPDWORD needed);
    BOOL(WINAPI *start_service)(SC_HANDLE service, DWORD count, LPCWSTR *arguments);
    BOOL(WINAPI *control_service)(SC_HANDLE service, DWORD control, LPSERVICE_STATUS status);
    BOOL(WINAPI *delete_service)(SC_HANDLE service);
    BOOL(WINAPI *close_service_handle)(SC_HANDLE handle);
    /* as the service */
    BOOL(WINAPI *start_service_ctrl_dispatcher)(const SERVICE_TABLE_ENTRYW *table);
    SERVICE_STATUS_HANDLE(WINAPI *register_service_ctrl_handler)
    (LPCWSTR name, LPHANDLER_FUNCTION_EX handler, LPVOID context);
    BOOL(WINAPI *set_service_status)(SERVICE_STATUS_HANDLE handle, LPSERVICE_STATUS status);
    /* event log */
    HANDLE(WINAPI *register_event_source)(LPCWSTR machine, LPCWSTR source);
    BOOL(WINAPI *report_event)
    (HANDLE log, WORD type, WORD category, DWORD id, PSID user, WORD count, DWORD data_size, LPCWSTR *strings,
     LPVOID data);
    BOOL(WINAPI *deregister_event_source)(HANDLE log);
    /* rights */
    BOOL(WINAPI *create_directory)(LPCWSTR path, LPSECURITY_ATTRIBUTES attributes);
    DWORD(WINAPI *get_file_attributes)(LPCWSTR path);
    DWORD(WINAPI *get_named_security_info)
    (LPCWSTR path, SE_OBJECT_TYPE type, SECURITY_INFORMATION what, PSID *owner, PSID *group, PACL *dacl,
     PACL *sacl, PSECURITY_DESCRIPTOR *descriptor);
    DWORD(WINAPI *set_named_security_info)
    (LPWSTR path, SE_OBJECT_TYPE type, SECURITY_INFORMATION what, PSID owner, PSID group, PACL dacl,
     PACL sacl);
    DWORD(WINAPI *local_group_add)(LPCWSTR server, DWORD level, LPBYTE info, LPDWORD bad_field);
    BOOL(WINAPI *lookup_account_name)
    (LPCWSTR machine, LPCWSTR name, PSID sid, LPDWORD sid_size, LPWSTR domain, LPDWORD domain_size,
     PSID_NAME_USE use);
    /* names of folders */
    DWORD(WINAPI *query_dos_device)(LPCWSTR device, LPWSTR target, DWORD size);
    BOOL(WINAPI *get_computer_name)(COMPUTER_NAME_FORMAT kind, LPWSTR name, LPDWORD size);
    DWORD(WINAPI *share_get_info)(LPWSTR server, LPWSTR share, DWORD level, LPBYTE *info);
};

/* The table that every call goes through. The system's own, unless a test has set another. */
extern const struct scm_api *scm_api;
extern const struct scm_api scm_api_system;

#endif
