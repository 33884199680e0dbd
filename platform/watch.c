/* The part of watching that is the same everywhere: reading what ReadDirectoryChangesW wrote. */
#include "platform/watch.h"

#include <stdint.h>
#include <string.h>

#include "platform/wtf8.h"

/* FILE_NOTIFY_INFORMATION (winnt.h): NextEntryOffset, Action, FileNameLength in bytes, then the name without NUL. */
enum {
    HEADER_SIZE = 12,
    NAME_LENGTH_AT = 8
};

/* No component of a path is longer on NTFS, ReFS or SMB. */
enum {
    NAME_UNITS = 255
};

static uint32_t number_at(const unsigned char *at)
{
    uint32_t number;
    memcpy(&number, at, sizeof number);
    return number;
}

static void give_name(const unsigned char *units, size_t count, watch_name_function names, void *context)
{
    char name[NAME_UNITS * 3 + 1];
    if (names == NULL || count == 0 || count > NAME_UNITS)
        return;
    size_t length = wtf8_from_utf16(units, count, name);
    /* A name with a NUL in it can be no file's, and half of it would be another's. */
    if (memchr(name, '\0', length) != NULL)
        return;
    name[length] = '\0';
    names(context, name);
}

enum watch_result watch_result_of(uint32_t code, size_t size)
{
    if (code != 0)
        return code == WATCH_CODE_OVERFLOW ? WATCH_OVERFLOW : WATCH_LOST;
    return size == 0 ? WATCH_OVERFLOW : WATCH_DIRTY;
}

size_t watch_walk_notifications(const void *buffer, size_t size, watch_name_function names, void *context)
{
    const unsigned char *at = buffer;
    size_t records = 0;
    while (size >= HEADER_SIZE) {
        size_t next = number_at(at);
        size_t name_size = number_at(at + NAME_LENGTH_AT);
        if (name_size % 2 != 0 || name_size > size - HEADER_SIZE)
            break;
        if (next != 0 && (next < HEADER_SIZE + name_size || next > size))
            break;
        give_name(at + HEADER_SIZE, name_size / 2, names, context);
        records++;
        if (next == 0)
            break;
        at += next;
        size -= next;
    }
    return records;
}
