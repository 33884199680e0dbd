#include "service/commands/output.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/encoding.h"
#include "platform/process.h"

void output_init(struct output *out)
{
    *out = (struct output){0};
}

void output_release(struct output *out)
{
    free(out->text);
    output_init(out);
}

/* Room for `more` bytes and a NUL. */
static bool make_room(struct output *out, size_t more)
{
    if (out->failed)
        return false;
    if (more < out->room - out->length)
        return true;
    size_t room = (out->length + more + 1) * 2;
    char *wider = realloc(out->text, room);
    if (wider == NULL) {
        out->failed = true;
        return false;
    }
    out->text = wider;
    out->room = room;
    return true;
}

static void add_bytes(struct output *out, const char *bytes, size_t count)
{
    if (count == 0 || !make_room(out, count))
        return;
    memcpy(out->text + out->length, bytes, count);
    out->length += count;
    out->text[out->length] = '\0';
}

void output_add_slice(struct output *out, struct slice bytes)
{
    add_bytes(out, bytes.ptr, bytes.len);
}

OUTPUT_FORMAT(2, 0)
static void add_formatted(struct output *out, const char *format, va_list arguments)
{
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (length < 0) {
        out->failed = true;
        return;
    }
    if (!make_room(out, (size_t)length))
        return;
    (void)vsnprintf(out->text + out->length, (size_t)length + 1, format, arguments);
    out->length += (size_t)length;
}

void output_add(struct output *out, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    add_formatted(out, format, arguments);
    va_end(arguments);
}

void output_json_text(struct output *out, const char *text)
{
    if (text == NULL)
        output_add(out, "null");
    else
        output_json_slice(out, slice_of(text));
}

void output_json_slice(struct output *out, struct slice text)
{
    struct slice rest = text;
    output_add(out, "\"");
    while (rest.len > 0) {
        unsigned char c = (unsigned char)rest.ptr[0];
        size_t length = utf8_sequence_length(rest);
        if (length == 0)
            output_add(out, "\\ufffd");
        else if (c == '"' || c == '\\')
            output_add(out, "\\%c", c);
        else if (c == '\n')
            output_add(out, "\\n");
        else if (c < 0x20 || c == 0x7F)
            output_add(out, "\\u%04x", c);
        else
            add_bytes(out, rest.ptr, length);
        rest = slice_after(rest, length > 0 ? length : 1);
    }
    output_add(out, "\"");
}

bool output_print(struct output *out)
{
    bool whole = !out->failed;
    if (out->text != NULL && whole)
        process_print(out->text);
    if (!whole)
        process_print_error("corbridge: memory is exhausted: end other programs and try again\n");
    output_release(out);
    return whole;
}

OUTPUT_FORMAT(1, 0)
static void print_formatted(const char *format, va_list arguments, void (*print)(const char *))
{
    struct output out;
    output_init(&out);
    add_formatted(&out, format, arguments);
    output_add(&out, "\n");
    if (!out.failed)
        print(out.text);
    output_release(&out);
}

void output_line(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    print_formatted(format, arguments, process_print);
    va_end(arguments);
}

void output_error(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    print_formatted(format, arguments, process_print_error);
    va_end(arguments);
}
