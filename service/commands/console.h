/* Events on the standard error stream, for commands that run the engine in a console. */
#ifndef CORBRIDGE_SERVICE_COMMANDS_CONSOLE_H
#define CORBRIDGE_SERVICE_COMMANDS_CONSOLE_H

/* From now on each event is one line: "2026-11-23T18:04:05Z warning 400  text". Before threads are started. */
void console_events_on(void);

/* After all threads have ended. */
void console_events_off(void);

#endif
