/*
 * The start command of the service, as the service control manager keeps it (ImagePath):
 *
 *   "C:\Program Files\CorBridge\corbridge.exe" service --config "C:\…\corbridge.xml" --data "C:\…\CorBridge"
 *
 * The program is quoted always: an unquoted path with a blank would let C:\Program.exe run with the rights of
 * the service. `--data` is where the service leaves the answer of `check` and keeps the last accepted
 * configuration, also when the configuration itself cannot be read. UTF-8; every result is on the heap and the
 * caller frees it; NULL when memory is exhausted.
 */
#ifndef CORBRIDGE_SERVICE_WINDOWS_COMMAND_LINE_H
#define CORBRIDGE_SERVICE_WINDOWS_COMMAND_LINE_H

/* The command for a new service. No path may end with a separator or hold a quote (Windows allows none in names). */
char *command_line_make(const char *exe, const char *config, const char *data_folder);

/* The same command with another program: what follows the program stays as it is, byte for byte. */
char *command_line_with_program(const char *command, const char *exe);

/* The value that follows `--name` ("--config"); NULL also when there is none. Quotes are taken off. */
char *command_line_value(const char *command, const char *name);

/* The program, without quotes. */
char *command_line_program(const char *command);

#endif
