/* Runs a command in this process and keeps what it printed. */
#ifndef TESTS_UNIT_SERVICE_CAPTURE_H
#define TESTS_UNIT_SERVICE_CAPTURE_H

#include <stdbool.h>
#include <stddef.h>

struct capture {
    int code;
    char *out, *err; /* heap; capture_release */
};

/* commands_main with these arguments behind "corbridge"; the last is NULL. `folder` is for two scratch files. */
void capture_run(struct capture *capture, const char *folder, const char *const *arguments);
/* The same with these bytes as the standard input. */
void capture_run_with_input(struct capture *capture, const char *folder, const char *const *arguments,
                            const char *input, size_t size);
void capture_release(struct capture *capture);

/* Whether the text is one JSON value (RFC 8259) and nothing else. */
bool capture_is_json(const char *text);

#endif
