/*
 * What `check` finds: one line a finding, with what to do. Made in a console or inside the service; the service
 * leaves it as text in its answer file, and the command reads it back.
 *
 *     OK<tab>feed jms<tab>'D:\in' can be listed; files that wait: 12, that no rule takes: 0
 */
#ifndef CORBRIDGE_SERVICE_COMMANDS_CHECK_REPORT_H
#define CORBRIDGE_SERVICE_COMMANDS_CHECK_REPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "parser/arena.h"
#include "service/commands/output.h"
#include "service/config.h"

enum check_state {
    CHECK_OK,
    CHECK_WARNING,
    CHECK_FAILED,
    CHECK_STATE_COUNT
};

/* "OK", "WARNING", "FAILED". */
const char *check_state_name(enum check_state state);

struct check_line {
    enum check_state state;
    const char *area; /* "configuration", "feed jms" */
    const char *text; /* a sentence without a full stop */
    struct check_line *next;
};

struct check_report {
    struct arena arena;
    struct check_line *first, *last;
    size_t count[CHECK_STATE_COUNT];
    bool lost; /* memory ran out: the report is not whole */
};

void check_report_init(struct check_report *report);
void check_report_release(struct check_report *report);

/* Adds a line; both texts are copied, line ends and tabs in them become blanks. */
void check_report_add(struct check_report *report, enum check_state state, const char *area,
                      const char *format, ...) OUTPUT_FORMAT(4, 5);

/* The lines as above; added to out. */
void check_report_write(const struct check_report *report, struct output *out);

/* Adds the lines of such a text; false when one is of another form. */
bool check_report_read(struct check_report *report, const char *text);

/* Looks at everything that a configuration names, as the account of this process (check_run.c). Creates and deletes an
 * empty file in folders that CorBridge writes; only lists those of others. */
void check_run(const struct config *config, struct check_report *report);

/* check_run of the configuration at that path, or its faults. */
void check_run_path(const char *config_path, struct check_report *report);

#endif
