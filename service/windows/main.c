/*
 * The program under Windows: prepares the process, then hands `service` to the service control manager's side
 * and everything else to the commands.
 */
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <windows.h>

#include "platform/process.h"
#include "platform/wide_win32.h"
#include "service/commands/commands.h"
#include "service/windows/control.h"
#include "service/windows/service_main.h"

/* mingw-w64: arguments are taken as they are; `*.ini` is for us to read, not for the C runtime. */
int _CRT_glob = 0;

/* Ends the process after an exception that nothing handles. It must end as a crash: the SCM then restarts the
 * service, and the next start finishes what was open. Nothing is written but the code and the address: memory
 * may hold patient data. */
static LONG WINAPI end_by_exception(EXCEPTION_POINTERS *about)
{
    char line[96];
    (void)snprintf(line, sizeof line, "corbridge: exception 0x%08lx at %p\n",
                   (unsigned long)about->ExceptionRecord->ExceptionCode,
                   about->ExceptionRecord->ExceptionAddress);
    DWORD written;
    (void)WriteFile(GetStdHandle(STD_ERROR_HANDLE), line, (DWORD)strlen(line), &written, NULL);
    /* TerminateProcess, since under Wine 8 the default handling can end with exit code 0. */
    (void)TerminateProcess(GetCurrentProcess(), about->ExceptionRecord->ExceptionCode);
    return EXCEPTION_CONTINUE_SEARCH;
}

/* A wrong argument to the C runtime is a fault of the program. */
static void end_by_parameter(const wchar_t *expression, const wchar_t *function, const wchar_t *file,
                             unsigned line, uintptr_t reserved)
{
    (void)expression;
    (void)function;
    (void)file;
    (void)line;
    (void)reserved;
    abort();
}

/* abort() of msvcrt ends with code 3 after a message box, which nobody sees in session 0. */
static void end_by_abort(int signal_number)
{
    (void)signal_number;
    (void)TerminateProcess(GetCurrentProcess(), 3);
}

static void prepare_process(void)
{
    (void)SetUnhandledExceptionFilter(end_by_exception);
    (void)_set_invalid_parameter_handler(end_by_parameter);
    (void)signal(SIGABRT, end_by_abort);
    (void)SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX | SEM_NOOPENFILEERRORBOX);
    (void)HeapSetInformation(NULL, HeapEnableTerminationOnCorruption, NULL, 0);
    /* No DLL from the current folder, nor from a folder of the PATH that others may write. */
    (void)SetDefaultDllDirectories(LOAD_LIBRARY_SEARCH_SYSTEM32);
}

/* corbridge.exe service --state: for the installer, which puts back the state that it found. Exit code 0: it
 * runs or is paused; 1: it does not run; 4: it is not installed. */
static int tell_state(void)
{
    struct service_status service;
    if (!platform_ok(service_control_query(&service)))
        return COMMANDS_FAILED;
    process_print("service: ");
    process_print(service_state_name(service.state));
    process_print("\n");
    if (service.state == SERVICE_STATE_ABSENT)
        return COMMANDS_NOT_FOUND;
    return service.state == SERVICE_STATE_STOPPED ? COMMANDS_FAILED : COMMANDS_OK;
}

/* corbridge.exe service --config FILE --data FOLDER */
static int run_service(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[2], "--state") == 0)
        return tell_state();
    const char *config = NULL;
    const char *data_folder = NULL;
    for (int i = 2; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--config") == 0)
            config = argv[i + 1];
        else if (strcmp(argv[i], "--data") == 0)
            data_folder = argv[i + 1];
    }
    if (config == NULL || data_folder == NULL) {
        process_print_error(
            "corbridge: `service` is what the service control manager calls; `corbridge install` makes the "
            "service, `corbridge start` starts it\n");
        return COMMANDS_USAGE;
    }
    return service_main_run(config, data_folder);
}

int wmain(int argc, wchar_t **wide); /* declared nowhere else */

int wmain(int argc, wchar_t **wide)
{
    prepare_process();
    char **argv = calloc((size_t)argc + 1, sizeof *argv);
    if (argv == NULL)
        return COMMANDS_FAILED;
    int exit_code = COMMANDS_OK;
    for (int i = 0; i < argc && exit_code == COMMANDS_OK; i++) {
        argv[i] = wide_to_text(wide[i], wcslen(wide[i]));
        if (argv[i] == NULL)
            exit_code = COMMANDS_FAILED;
    }
    if (exit_code == COMMANDS_OK) {
        if (argc > 1 && strcmp(argv[1], "service") == 0)
            exit_code = run_service(argc, argv);
        else
            exit_code = commands_main(argc, argv);
    }
    for (int i = 0; i < argc; i++)
        free(argv[i]);
    free(argv);
    return exit_code;
}
