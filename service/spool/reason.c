#include "service/spool/reason.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *word, *sentence;
} SENTENCES[] = {
    {"faults",
     "the file was read and is wrong: ask the sender to mend what is listed below and to send it again"},
    {"row-faults",
     "this row of the roster was read and is wrong, and the other rows went on without it: ask the sender to mend what is "
     "listed below and to send the row again, or the roster anew"},
    {"refused",
     "this row was not filed, for the reason that the detail gives: ask the sender to mend it and to send the row again"},
    {"incomplete",
     "the file ends too early, or lacks what is required: ask the sender to write it whole, best under a name that ends in .tmp, and to rename it then"},
    {"too-large",
     "the file is larger than size-limit of its match rule allows: raise the limit if such files are right"},
    {"suspect",
     "three times the program ended while it worked on this file alone: send the file to CorBridge's makers"},
    {"database",
     "the database refused the row: the detail says which rule; mend what it names, then drop the file in again"},
    {"waiting", "the patient or the booking that this event speaks of is not known yet: it is kept here"},
    {"photo-waiting", "no PhotoPath of a patient names this photo yet: it is kept here"},
    {"waited-too-long",
     "what it speaks of did not become known in time: of an event, ask the jail management system for the demographics of that booking; of a "
     "photo, for the demographics whose PhotoPath names it. Then have it send this file again, as a new one"},
    {"held",
     "a person must decide about this event: see the detail. `corbridge status` gives the commands for it, release and reject"},
    {"rejected", "nothing: a person has decided that it is not applied"},
};

const char *reason_find_sentence(const char *word)
{
    for (size_t i = 0; i < sizeof SENTENCES / sizeof SENTENCES[0]; i++)
        if (strcmp(SENTENCES[i].word, word) == 0)
            return SENTENCES[i].sentence;
    return NULL;
}

const char *reason_sentence(const char *word)
{
    const char *sentence = reason_find_sentence(word);
    if (!sentence)
        abort(); /* a word of ours that is not in the table */
    return sentence;
}

/* A text that grows in an arena; sticky failure. */
struct text {
    struct arena *arena;
    char *bytes;
    size_t length, capacity;
    int failed;
};

__attribute__((format(printf, 2, 3))) static void text_add(struct text *text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char line[1024];
    int length = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    if (length < 0 || text->failed)
        return;
    size_t add = (size_t)length < sizeof line ? (size_t)length : sizeof line - 1;
    if (text->length + add + 1 > text->capacity) {
        size_t capacity = (text->length + add + 1) * 2;
        char *bytes = arena_take(text->arena, capacity);
        if (!bytes) {
            text->failed = 1;
            return;
        }
        if (text->length > 0)
            memcpy(bytes, text->bytes, text->length);
        text->bytes = bytes;
        text->capacity = capacity;
    }
    memcpy(text->bytes + text->length, line, add);
    text->length += add;
    text->bytes[text->length] = '\0';
}

static void add_faults(struct text *text, const struct fault_list *faults, enum fault_severity severity,
                       const char *title)
{
    int titled = 0;
    for (size_t i = 0; i < faults->count; i++) {
        if (faults->items[i].severity != severity)
            continue;
        if (!titled++)
            text_add(text, "\r\n%s\r\n", title);
        char line[512];
        (void)fault_format(&faults->items[i], line, sizeof line);
        text_add(text, "  %s\r\n", line);
    }
}

const char *reason_text(const struct reason *reason, struct arena *arena)
{
    struct text text = {.arena = arena};
    char arrived[28];
    datetime_format_instant(reason->arrived, arrived);
    text_add(&text, "CorBridge has put this file into %s.\r\n\r\n", store_place_name(reason->place));
    text_add(&text, "File:          %.300s\r\n", reason->name);
    if (reason->row > 0)
        text_add(&text, "Row:           %lu, in line %lu of the file\r\n", (unsigned long)reason->row,
                 (unsigned long)reason->line);
    text_add(&text, "Feed:          %s\r\n", reason->feed);
    text_add(&text, "Ledger number: %lld\r\n", (long long)reason->ledger_number);
    text_add(&text, "Arrived:       %s\r\n", arrived);
    text_add(&text, "Reason:        %s\r\n", reason->word);
    text_add(&text, "\r\nWhat to do: %s.\r\n", reason_sentence(reason->word));
    if (reason->detail)
        text_add(&text, "\r\nDetail: %s\r\n", reason->detail);
    if (reason->faults) {
        add_faults(&text, reason->faults, FAULT_ERROR, "Faults:");
        add_faults(&text, reason->faults, FAULT_WARNING,
                   "Also noticed (these alone would not have stopped it):");
    }
    return text.failed ? NULL : text.bytes;
}

void reason_first(const struct reason *reason, char *out, size_t size)
{
    if (reason->faults) {
        for (size_t i = 0; i < reason->faults->count; i++) {
            if (reason->faults->items[i].severity == FAULT_ERROR) {
                (void)fault_format(&reason->faults->items[i], out, size);
                return;
            }
        }
    }
    (void)snprintf(out, size, "%s", reason_sentence(reason->word));
}
