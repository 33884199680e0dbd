/*
 * The commands of corbridge.exe. Each has a file of its own; this is the way in.
 *
 * Arguments, output and paths are UTF-8. What a command prints goes to the standard output, what went wrong and
 * what to do next to the standard error stream. No command prints patient data (DESIGN promise 5), but for `show -`, which
 * prints what its caller hands to it, `precheck --with-patients`, and `show NUMBER`, which writes down who looked first.
 */
#ifndef CORBRIDGE_SERVICE_COMMANDS_COMMANDS_H
#define CORBRIDGE_SERVICE_COMMANDS_COMMANDS_H

/* Exit codes of every command; docs/configuration.md lists them. */
enum commands_exit {
    COMMANDS_OK = 0,
    COMMANDS_FAILED = 1,    /* it was tried and did not work: the message says why */
    COMMANDS_USAGE = 2,     /* the command line was not understood; nothing was done */
    COMMANDS_REFUSED = 3,   /* the configuration has faults; all are printed */
    COMMANDS_NOT_FOUND = 4, /* not there: no configuration file, no service, no database yet */
    COMMANDS_LOCKED = 5,    /* another CorBridge runs on this data folder */
    COMMANDS_NOT_READY = 6  /* precheck: something must be mended before the feed is connected */
};

/*
 * Runs one command and returns its exit code. argv[0] is the program, argv[1] the command; all UTF-8,
 * argv[argc] need not be NULL. `service`, which only the service control manager passes, is not one of them:
 * service/windows takes it first.
 */
int commands_main(int argc, char **argv);

/*
 * What `check` finds as seen by the account of this process, for the service to leave in its answer file: one
 * line a finding, "OK", "WARNING" or "FAILED", a tab, what was looked at, a tab, the sentence
 * (service/commands/check_report.h). Never empty. Heap, the caller frees; NULL when memory is exhausted. Takes
 * as long as an unreachable share takes to answer.
 */
char *commands_check_answer(const char *config_path);

#endif
