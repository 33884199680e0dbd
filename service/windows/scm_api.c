#include "service/windows/scm_api.h"

#include <aclapi.h>
#include <lm.h>

const struct scm_api scm_api_system = {
    .open_manager = OpenSCManagerW,
    .open_service = OpenServiceW,
    .create_service = CreateServiceW,
    .change_service_config = ChangeServiceConfigW,
    .change_service_config_2 = ChangeServiceConfig2W,
    .query_service_config = QueryServiceConfigW,
    .query_service_status = QueryServiceStatusEx,
    .start_service = StartServiceW,
    .control_service = ControlService,
    .delete_service = DeleteService,
    .close_service_handle = CloseServiceHandle,
    .start_service_ctrl_dispatcher = StartServiceCtrlDispatcherW,
    .register_service_ctrl_handler = RegisterServiceCtrlHandlerExW,
    .set_service_status = SetServiceStatus,
    .register_event_source = RegisterEventSourceW,
    .report_event = ReportEventW,
    .deregister_event_source = DeregisterEventSource,
    .create_directory = CreateDirectoryW,
    .get_file_attributes = GetFileAttributesW,
    .get_named_security_info = GetNamedSecurityInfoW,
    .set_named_security_info = SetNamedSecurityInfoW,
    .local_group_add = NetLocalGroupAdd,
    .lookup_account_name = LookupAccountNameW,
    .query_dos_device = QueryDosDeviceW,
    .get_computer_name = GetComputerNameExW,
    .share_get_info = NetShareGetInfo,
};

const struct scm_api *scm_api = &scm_api_system;
