#include "service/config_fault.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/utf8.h"

void config_faults_init(struct config_faults *faults)
{
    arena_init(&faults->arena, 0);
    faults->items = NULL;
    faults->count = 0;
}

void config_faults_release(struct config_faults *faults)
{
    arena_release(&faults->arena);
    faults->items = NULL;
    faults->count = 0;
}

/* Makes it one line of valid UTF-8: what a cut value left of a character is taken out, a control character becomes a
 * blank. */
static void tidy(char *text)
{
    struct slice rest = slice_of(text);
    size_t kept = 0;
    while (rest.len > 0) {
        size_t length = utf8_sequence_length(rest);
        bool control = (unsigned char)rest.ptr[0] < 0x20 || rest.ptr[0] == 0x7F;
        if (length > 0)
            memmove(text + kept, control ? " " : rest.ptr, length);
        kept += length;
        rest = slice_after(rest, length > 0 ? length : 1);
    }
    text[kept] = '\0';
}

#if defined(__GNUC__)
__attribute__((format(printf, 4, 0)))
#endif
static char *
format_text(struct arena *arena, const char *file_name, uint32_t line, const char *format, va_list arguments)
{
    char head[300];
    int head_length = line > 0 ? snprintf(head, sizeof head, "%.255s:%lu: ", file_name, (unsigned long)line)
                               : snprintf(head, sizeof head, "%.255s: ", file_name);
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (head_length < 0 || length < 0)
        return NULL;
    size_t size = (size_t)head_length + (size_t)length + 1;
    char *text = arena_take(arena, size);
    if (text == NULL)
        return NULL;
    memcpy(text, head, (size_t)head_length);
    (void)vsnprintf(text + head_length, size - (size_t)head_length, format, arguments);
    tidy(text);
    return text;
}

void config_fault_add(struct config_reading *reading, uint32_t line, const char *format, ...)
{
    struct config_faults *faults = reading->faults;
    if (faults->count == CONFIG_FAULTS_MAX)
        return;
    if (faults->items == NULL)
        faults->items = arena_take_array(&faults->arena, CONFIG_FAULTS_MAX, sizeof *faults->items);
    if (faults->items == NULL) {
        reading->no_memory = true;
        return;
    }
    va_list arguments;
    va_start(arguments, format);
    const char *text = format_text(&faults->arena, reading->file_name, line, format, arguments);
    va_end(arguments);
    if (text == NULL) {
        reading->no_memory = true;
        return;
    }
    faults->items[faults->count++] = (struct config_fault){.line = line, .text = text};
}

void config_faults_sort(struct config_faults *faults)
{
    for (size_t i = 1; i < faults->count; i++) {
        struct config_fault moving = faults->items[i];
        size_t at = i;
        for (; at > 0 && faults->items[at - 1].line > moving.line; at--)
            faults->items[at] = faults->items[at - 1];
        faults->items[at] = moving;
    }
}
