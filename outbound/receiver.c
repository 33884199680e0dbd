#include "outbound/receiver.h"

#include <stdio.h>
#include <string.h>

#include "parser/slice.h"

bool receiver_serves(const struct receiver *receiver, const char *facility)
{
    if (receiver->facilities == NULL)
        return true;
    for (const char *const *code = receiver->facilities; facility != NULL && *code != NULL; code++) {
        if (slice_equal_nocase(slice_trim(slice_of(*code)), slice_trim(slice_of(facility))))
            return true;
    }
    return false;
}

struct name {
    char *text; /* RECEIVER_FILE_NAME_SIZE bytes */
    size_t length;
    bool unusable;
};

static void add(struct name *name, const char *text)
{
    size_t length = strlen(text);
    if (length >= RECEIVER_FILE_NAME_SIZE - name->length) {
        name->unusable = true;
        return;
    }
    memcpy(name->text + name->length, text, length + 1);
    name->length += length;
}

/* What Windows allows in a name. Bytes from 0x80 are the configuration's UTF-8. */
static bool is_allowed(char c)
{
    return (unsigned char)c >= 0x20 && c != 0x7F && strchr("<>:\"/\\|?*%", c) == NULL;
}

static bool ends_with(const char *text, size_t length, const char *end)
{
    size_t size = strlen(end);
    if (length < size)
        return false;
    for (size_t i = 0; i < size; i++) {
        char c = text[length - size + i];
        if ((c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c) != end[i])
            return false;
    }
    return true;
}

bool receiver_file_name(const struct receiver *receiver, instant_us name_time, int64_t number,
                        const char *control_id, char out[RECEIVER_FILE_NAME_SIZE])
{
    struct civil_time time;
    datetime_from_instant(name_time, &time);
    struct name name = {.text = out};
    out[0] = '\0';
    bool unique = false;
    for (const char *p = receiver->file_pattern; *p != '\0' && !name.unusable; p++) {
        char piece[32] = {*p, '\0'};
        if (*p != '%') {
            name.unusable = !is_allowed(*p);
            add(&name, piece);
            continue;
        }
        p++;
        switch (*p) {
        case 'Y': (void)snprintf(piece, sizeof piece, "%04d", (int)time.year); break;
        case 'm': (void)snprintf(piece, sizeof piece, "%02u", time.month); break;
        case 'd': (void)snprintf(piece, sizeof piece, "%02u", time.day); break;
        case 'H': (void)snprintf(piece, sizeof piece, "%02u", time.hour); break;
        case 'M': (void)snprintf(piece, sizeof piece, "%02u", time.minute); break;
        case 'S': (void)snprintf(piece, sizeof piece, "%02u", time.second); break;
        case 'N':
            (void)snprintf(piece, sizeof piece, "%012lld", (long long)number);
            unique = true;
            break;
        case 'C':
            (void)snprintf(piece, sizeof piece, "%s", control_id);
            unique = true;
            break;
        default: return false;
        }
        add(&name, piece);
    }
    /* A name without number or control id would come twice; .tmp is ours while we write; Windows drops a last
     * dot or blank; readers take a first dot or ~$ for a file in work. */
    if (name.unusable || !unique)
        return false;
    char last = out[name.length - 1];
    return out[0] != '.' && out[0] != ' ' && memcmp(out, "~$", 2) != 0 && last != '.' && last != ' ' &&
           !ends_with(out, name.length, ".tmp");
}
