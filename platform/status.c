#include "platform/status.h"

#include "platform/status_text.h"

#include <stdio.h>
#include <string.h>

static const char *kind_text(enum platform_kind kind)
{
    switch (kind) {
    case PLATFORM_OK: return "success";
    case PLATFORM_NOT_FOUND: return "not found";
    case PLATFORM_EXISTS: return "the name is taken";
    case PLATFORM_BUSY: return "in use by another program";
    case PLATFORM_DENIED: return "access denied";
    case PLATFORM_FULL: return "the disk or the quota is full";
    case PLATFORM_OFFLINE: return "the network path is not available";
    case PLATFORM_OTHER_VOLUME: return "the target is on another volume";
    case PLATFORM_CHANGED: return "it is no longer what it was when it was looked at";
    case PLATFORM_TIMEOUT: return "the time ran out";
    case PLATFORM_UNSUPPORTED: return "not supported here";
    case PLATFORM_NAME_INVALID: return "the system cannot hold such a name";
    case PLATFORM_TOO_LARGE: return "larger than the limit";
    case PLATFORM_NO_MEMORY: return "not enough memory";
    case PLATFORM_OTHER: return "failed";
    }
    return "failed";
}

/* One line, without blanks or a full stop at its end. */
static void tidy(char *text)
{
    for (char *p = text; *p != '\0'; p++) {
        if ((unsigned char)*p < ' ')
            *p = ' ';
    }
    size_t length = strlen(text);
    while (length > 0 && (text[length - 1] == ' ' || text[length - 1] == '.'))
        length--;
    text[length] = '\0';
}

/* Where snprintf cut the text inside a character, cuts the rest of it too. */
static void drop_cut_character(char *text)
{
    size_t length = strlen(text);
    size_t start = length;
    while (start > 0 && length - start < 3 && ((unsigned char)text[start - 1] & 0xC0) == 0x80)
        start--;
    if (start == 0)
        return;
    unsigned char first = (unsigned char)text[start - 1];
    size_t wanted = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1;
    if (wanted > 1 && length - (start - 1) < wanted)
        text[start - 1] = '\0';
}

void platform_status_text(struct platform_status status, char *out, size_t size)
{
    if (size == 0)
        return;
    if (status.code == 0) {
        (void)snprintf(out, size, "%s", kind_text(status.kind));
        return;
    }
    char text[512];
    if (!status_system_text(status.code, text, sizeof text))
        (void)snprintf(text, sizeof text, "%s", kind_text(status.kind));
    tidy(text);
    (void)snprintf(out, size, "%lu (%s)", (unsigned long)status.code, text);
    drop_cut_character(out);
}
