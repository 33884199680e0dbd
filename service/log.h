/*
 * The log file beside the Event Log: one JSON object a line, UTF-8, rotated by size, for the detail that an
 * administrator wants after an event. Same law: feeds, pharmacies and numbers of ours, never patient data,
 * never a file name.
 */
#ifndef CORBRIDGE_SERVICE_LOG_H
#define CORBRIDGE_SERVICE_LOG_H

#include <stdarg.h>
#include <stddef.h>

#include "platform/status.h"

enum log_level {
    LOG_DEBUG,
    LOG_INFO,
    LOG_WARNING,
    LOG_ERROR
};

/* Opens <folder>/corbridge.log for appending and keeps `keep` older ones of at most `bytes` each. */
struct platform_status log_open(const char *folder, size_t bytes, unsigned keep);
void log_close(void);

/* Also to the standard error stream (console mode). */
void log_to_console(int on);

/* One line: {"at":"…Z","level":"info","area":"watch","text":"…"}. `area` is a word of ours. Any thread. Never
 * fails: what cannot be written is counted and said in the next line that can. */
void log_write(enum log_level level, const char *area, const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 3, 4)))
#endif
    ;

#endif
