#include "service/windows/command_line.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One word of the command: quoted, or up to the next blank. Moves *at behind it; false at the end. */
static bool next_word(const char **at, const char **word, size_t *length)
{
    const char *c = *at + strspn(*at, " \t");
    if (*c == '\0')
        return false;
    if (*c == '"') {
        *word = c + 1;
        *length = strcspn(*word, "\"");
        c = *word + *length;
        *at = *c == '"' ? c + 1 : c;
    } else {
        *word = c;
        *length = strcspn(c, " \t");
        *at = c + *length;
    }
    return true;
}

static char *copy_of(const char *text, size_t length)
{
    char *copy = malloc(length + 1);
    if (copy != NULL) {
        memcpy(copy, text, length);
        copy[length] = '\0';
    }
    return copy;
}

char *command_line_make(const char *exe, const char *config, const char *data_folder)
{
    static const char form[] = "\"%s\" service --config \"%s\" --data \"%s\"";
    int length = snprintf(NULL, 0, form, exe, config, data_folder);
    char *command = length < 0 ? NULL : malloc((size_t)length + 1);
    if (command != NULL)
        (void)snprintf(command, (size_t)length + 1, form, exe, config, data_folder);
    return command;
}

char *command_line_with_program(const char *command, const char *exe)
{
    const char *rest = command;
    const char *word;
    size_t length;
    (void)next_word(&rest, &word, &length);
    int size = snprintf(NULL, 0, "\"%s\"%s", exe, rest);
    char *made = size < 0 ? NULL : malloc((size_t)size + 1);
    if (made != NULL)
        (void)snprintf(made, (size_t)size + 1, "\"%s\"%s", exe, rest);
    return made;
}

char *command_line_value(const char *command, const char *name)
{
    const char *word;
    size_t length;
    bool found = false;
    while (next_word(&command, &word, &length)) {
        if (found)
            return copy_of(word, length);
        found = length == strlen(name) && memcmp(word, name, length) == 0;
    }
    return NULL;
}

char *command_line_program(const char *command)
{
    const char *word = "";
    size_t length = 0;
    (void)next_word(&command, &word, &length);
    return copy_of(word, length);
}
