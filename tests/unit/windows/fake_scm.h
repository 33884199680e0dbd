/*
 * A table of system calls (service/windows/scm_api.h) that writes down what it is asked, and answers as told. Every call is one line of
 * text with its arguments, so that a test compares whole conversations.
 */
#ifndef TESTS_UNIT_WINDOWS_FAKE_SCM_H
#define TESTS_UNIT_WINDOWS_FAKE_SCM_H

#include <stdbool.h>
#include <windows.h>

/* What the fake system answers. Reset by fake_scm_set_up. */
struct fake_scm {
    bool installed;         /* OpenService finds the service */
    const wchar_t *command; /* its start command */
    DWORD states[8];        /* QueryServiceStatusEx, one after the other; the last that is not 0 stays */
    DWORD win32_exit, specific_exit;
    DWORD create_error; /* CreateService fails with it */
    DWORD open_manager_error;
    DWORD start_error, control_error, delete_error;
    DWORD config_2_errors[16]; /* ChangeServiceConfig2 by level */
    bool dispatcher_fails;
    DWORD folder_error;        /* CreateDirectory fails with it */
    DWORD attributes;          /* of a folder that is there */
    const wchar_t *owner_sid;  /* of folders that are there; text form */
    const wchar_t *dacl_sddl;  /* of folders of others; "D:..." */
    DWORD group_error;         /* NetLocalGroupAdd */
    const wchar_t *substitute; /* QueryDosDevice */
    const wchar_t *share_path; /* NetShareGetInfo; NULL: no such share */
    bool group_known;          /* LookupAccountName */
};

extern struct fake_scm fake_scm;

/* Sets the table; forgets all. cmocka's set-up and tear-down. */
int fake_scm_set_up(void **state);
int fake_scm_tear_down(void **state);

/* All lines so far. Borrowed until the next call. */
const char *fake_scm_calls(void);
void fake_scm_forget_calls(void);

/* The handler that the service registered, and waiting for a line to appear in the calls (at most 10 s; fails the test). */
LPHANDLER_FUNCTION_EX fake_scm_handler(void);
void fake_scm_wait_for(const char *line);

/* Writes a line, from other fakes of the same test. Any thread. */
void fake_scm_note(const char *format, ...) __attribute__((format(gnu_printf, 1, 2)));

#endif
