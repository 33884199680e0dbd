/*
 * What corbridge.exe asks of the Windows service control manager (SCM): install, remove, start, stop, ask.
 *
 * No <windows.h> here: the commands call these functions on every system. Natively there is no SCM:
 * control_posix.c answers PLATFORM_UNSUPPORTED, and the commands say so. All text is UTF-8. Any thread, but one
 * call at a time.
 *
 * The SCM starts the service as
 *   "C:\Program Files\CorBridge\corbridge.exe" service --config "C:\ProgramData\CorBridge\corbridge.xml" --data "C:\…"
 */
#ifndef CORBRIDGE_SERVICE_WINDOWS_CONTROL_H
#define CORBRIDGE_SERVICE_WINDOWS_CONTROL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "platform/status.h"

#define SERVICE_NAME         "CorBridge"
#define SERVICE_DISPLAY_NAME "CorBridge integration service for CorEMR"

/* Exit codes of the service: ERROR_SERVICE_SPECIFIC_ERROR (1066) and one of these. Documented in docs/events.md. */
enum service_exit {
    SERVICE_EXIT_OK = 0,
    SERVICE_EXIT_CONFIGURATION = 20, /* refused, and no accepted copy is kept */
    SERVICE_EXIT_LOCKED = 21,        /* another CorBridge runs on this data folder */
    SERVICE_EXIT_DATABASE = 22,      /* cannot be opened or migrated */
    SERVICE_EXIT_SYSTEM = 23         /* folders, threads, memory */
};

/* Control codes of our own (128 to 255 are free for services). */
enum service_control_code {
    SERVICE_CODE_WORK = 128, /* look at every folder now, and carry out the rows of the command table */
    SERVICE_CODE_CHECK = 129 /* write the answer of `check` as the service's own account sees things */
};

enum service_state {
    SERVICE_STATE_ABSENT, /* not installed */
    SERVICE_STATE_STOPPED,
    SERVICE_STATE_START_PENDING,
    SERVICE_STATE_STOP_PENDING,
    SERVICE_STATE_RUNNING,
    SERVICE_STATE_CONTINUE_PENDING,
    SERVICE_STATE_PAUSE_PENDING,
    SERVICE_STATE_PAUSED
};

/* "not installed", "stopped", "starting", "running", … */
const char *service_state_name(enum service_state state);

struct service_status {
    enum service_state state;
    uint32_t process_id; /* 0 unless it runs */
    /* Of the last run: 0, 1066 (see specific_exit), 1077 never started, or a system error. */
    uint32_t win32_exit;
    uint32_t specific_exit; /* enum service_exit, when win32_exit is 1066 */
};

/* Success with state ABSENT when it is not installed. */
struct platform_status service_control_query(struct service_status *out);

/* Starts and waits for RUNNING. PLATFORM_TIMEOUT when the deadline passed; PLATFORM_OTHER with code 1066 or the
 * system's when it stopped again (`out` says the exit codes); PLATFORM_NOT_FOUND (1060) when not installed.
 * Success when it runs already. `out` may be NULL. */
struct platform_status service_start_wait(uint32_t deadline_ms, struct service_status *out);

/* Stops and waits for STOPPED and then for the end of the process, so that its files may be replaced. Success
 * when it does not run. */
struct platform_status service_stop_wait(uint32_t deadline_ms, struct service_status *out);

/* Sends SERVICE_CODE_WORK. PLATFORM_OTHER with code 1062 when the service does not run. */
struct platform_status service_control_work(void);

/*
 * Lets the service check itself, with its own account's rights: by control code 129 when it runs; when it is
 * stopped, by a start with the argument `check`, which writes the answer and stops with exit code 0. Success:
 * *answer (heap, the caller frees) is what commands_check_answer() (service/commands/commands.h) wrote in the
 * service. `data_folder` is where the service leaves its answer: <data>\check-answer.txt.
 */
struct platform_status service_control_check(const char *data_folder, uint32_t deadline_ms, char **answer);

#define SERVICE_CHECK_ANSWER "check-answer.txt"

/* Configuration file of the installed service, read from its start command; when there is none, the place where
 * `install` would put it (%ProgramData%\CorBridge\corbridge.xml; natively /etc/corbridge/corbridge.xml). Heap,
 * the caller frees; NULL when memory is exhausted. */
char *service_config_path(void);

/* %ProgramData%\CorBridge; natively /var/lib/corbridge. Heap, the caller frees. */
char *service_default_data_folder(void);

enum service_start_type {
    SERVICE_START_AUTOMATIC,
    SERVICE_START_MANUAL
};

/* What `install` is told. NULL: the default. Over an existing service only the program's path is set: account,
 * start type, recovery settings and configuration stay as the administrator left them. */
struct service_install_options {
    const char *data_folder; /* made and protected; default service_default_data_folder() */
    const char *config;      /* default <data>\corbridge.xml; written only when absent */
    const char *share; /* folder of the jail management system, for the first configuration and the rights */
    const char *pharmacy; /* folder of the first pharmacy */
    /* Default NT SERVICE\CorBridge; else "DOMAIN\user", "DOMAIN\gmsa$", ".\user", "LocalSystem". */
    const char *account;
    const char *password; /* of such an account; NULL where it has none. Never printed. */
    /* Local group that may write the database's folder; default "CorEMR Database Users", made when missing. */
    const char *database_users;
    enum service_start_type start_type;
};

/* One line a step. `bad` steps did not work; `warning`: it goes on without (older Windows, Wine). */
enum service_step {
    SERVICE_STEP_DONE,
    SERVICE_STEP_KEPT,
    SERVICE_STEP_WARNING,
    SERVICE_STEP_BAD
};
typedef void (*service_report)(void *context, enum service_step step, const char *text);

/*
 * Makes folders, rights, first configuration, event source and service, or brings an installed one up to date.
 * Does not start it. True when every step that matters worked; each step is told to `report`. `upgraded` (may
 * be NULL) says whether the service was there before.
 */
bool service_install(const struct service_install_options *options, service_report report, void *context,
                     bool *upgraded);

/* Stops and deletes the service and the event source. Data, configuration and logs stay; `remove_data` removes
 * them too. */
bool service_uninstall(bool remove_data, service_report report, void *context);

#endif
