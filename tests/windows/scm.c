/*
 * Talks to the service manager as an administrator's tools do; Wine's own `sc` and `net` cannot send these.
 *
 *   scm.exe CODE     sends the control code to CorBridge; prints the state that the service manager tells then
 *   scm.exe          prints the state only
 *
 * Output "state 4, process 132, exit 0/0"; exit code 0, or 1 with the number of the error.
 */
#include <stdio.h>
#include <stdlib.h>
#include <windows.h>

int main(int argc, char **argv)
{
    SERVICE_STATUS answer;
    SERVICE_STATUS_PROCESS status;
    DWORD needed;
    SC_HANDLE manager = OpenSCManagerW(NULL, NULL, SC_MANAGER_CONNECT);
    SC_HANDLE service = manager != NULL ? OpenServiceW(manager, L"CorBridge", SERVICE_ALL_ACCESS) : NULL;
    if (service == NULL || (argc > 1 && !ControlService(service, strtoul(argv[1], NULL, 0), &answer)) ||
        !QueryServiceStatusEx(service, SC_STATUS_PROCESS_INFO, (LPBYTE)&status, sizeof status, &needed)) {
        printf("error %lu\n", GetLastError());
        return 1;
    }
    printf("state %lu, process %lu, exit %lu/%lu\n", status.dwCurrentState, status.dwProcessId,
           status.dwWin32ExitCode, status.dwServiceSpecificExitCode);
    return 0;
}
