#include "service/event.h"

#include <assert.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "service/log.h"

struct event_row {
    enum event_id id;
    enum event_severity severity;
    size_t inserts;
    const char *text; /* with %1 to %4 */
};

/* From service/windows/messages.mc, ascending by id. */
static const struct event_row TABLE[] = {
#define EVENT_ROW(id, severity, inserts, text) {id, severity, inserts, text},
#include "event_table.inc"
#undef EVENT_ROW
};
static const enum event_id IDS[] = {
#define EVENT_ROW(id, severity, inserts, text) id,
#include "event_table.inc"
#undef EVENT_ROW
};
enum {
    ROWS = sizeof TABLE / sizeof *TABLE
};

static event_sink current_sink;
static void *current_context;

static const struct event_row *row_of(enum event_id id)
{
    size_t low = 0;
    size_t high = ROWS;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (TABLE[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == ROWS || TABLE[low].id != id)
        abort(); /* an id that messages.mc does not have is a fault of the program */
    return &TABLE[low];
}

void event_sink_set(event_sink sink, void *context)
{
    current_sink = sink;
    current_context = context;
}

enum event_severity event_severity_of(enum event_id id)
{
    return row_of(id)->severity;
}

size_t event_insert_count(enum event_id id)
{
    return row_of(id)->inserts;
}

const enum event_id *event_ids(size_t *count)
{
    *count = ROWS;
    return IDS;
}

size_t event_format(enum event_id id, size_t count, const char *const inserts[], char *out, size_t size)
{
    size_t length = 0;
    for (const char *c = row_of(id)->text; *c != '\0'; c++) {
        const char *piece = c;
        size_t piece_length = 1;
        if (*c == '%') { /* the generator has checked that a digit from 1 to 4 follows */
            c++;
            size_t number = (size_t)(*c - '1');
            piece = number < count && inserts[number] != NULL ? inserts[number] : "";
            piece_length = strlen(piece);
        }
        for (size_t i = 0; i < piece_length; i++, length++) {
            if (length + 1 < size)
                out[length] = piece[i];
        }
    }
    if (size > 0)
        out[length < size ? length : size - 1] = '\0';
    return length;
}

/* One line in the log: the number and the first paragraph; what to do stands in the Event Viewer and in
 * docs/events.md. */
static void write_to_log(const struct event_row *row, const char *const inserts[])
{
    static const enum log_level levels[] = {
        [EVENT_INFORMATION] = LOG_INFO, [EVENT_WARNING] = LOG_WARNING, [EVENT_ERROR] = LOG_ERROR};
    char text[3072];
    (void)event_format(row->id, row->inserts, inserts, text, sizeof text);
    char *end = strstr(text, "\n\n");
    if (end != NULL)
        *end = '\0';
    log_write(levels[row->severity], "event", "%d %s", (int)row->id, text);
}

void event_report(enum event_id id, ...)
{
    const struct event_row *row = row_of(id);
    const char *inserts[EVENT_INSERTS_MAX] = {"", "", "", ""};
    assert(row->inserts <= EVENT_INSERTS_MAX);
    va_list arguments;
    va_start(arguments, id);
    for (size_t i = 0; i < row->inserts; i++) {
        const char *insert = va_arg(arguments, const char *);
        inserts[i] = insert != NULL ? insert : "";
    }
    va_end(arguments);
    write_to_log(row, inserts);
    if (current_sink != NULL)
        current_sink(current_context, id, row->severity, row->inserts, inserts);
}
