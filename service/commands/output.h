/* Text that a command gathers and prints, and JSON where it is asked for. */
#ifndef CORBRIDGE_SERVICE_COMMANDS_OUTPUT_H
#define CORBRIDGE_SERVICE_COMMANDS_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "parser/slice.h"

#if defined(__GNUC__)
#define OUTPUT_FORMAT(text, first) __attribute__((format(printf, text, first)))
#else
#define OUTPUT_FORMAT(text, first)
#endif

/* A text that grows; when memory is exhausted `failed` stays set and output_print says so. */
struct output {
    char *text; /* NUL-terminated heap, or NULL while empty */
    size_t length, room;
    bool failed;
};

void output_init(struct output *out);
void output_release(struct output *out);

void output_add(struct output *out, const char *format, ...) OUTPUT_FORMAT(2, 3);

/* Adds bytes as they are; there must be no NUL among them. */
void output_add_slice(struct output *out, struct slice bytes);

/* Text as a JSON string with its quotes (RFC 8259); NULL gives null. `text` is UTF-8; what is not becomes U+FFFD. */
void output_json_text(struct output *out, const char *text);

/* The same of a slice, which may hold NUL; an empty one gives "". */
void output_json_slice(struct output *out, struct slice text);

/* Prints to the standard output and empties it. False when something was lost for lack of memory; that was said. */
bool output_print(struct output *out);

/* One formatted line each, to the standard output and the standard error stream; the line end is added. */
void output_line(const char *format, ...) OUTPUT_FORMAT(1, 2);
void output_error(const char *format, ...) OUTPUT_FORMAT(1, 2);

#endif
