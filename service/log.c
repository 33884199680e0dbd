#include "service/log.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/datetime.h"
#include "parser/utf8.h"
#include "platform/append.h"
#include "platform/clock.h"
#include "platform/file.h"
#include "platform/path.h"
#include "platform/process.h"
#include "platform/thread.h"

/* A longer text is cut, with a mark. Events fit by far. */
enum {
    TEXT_SIZE = 4096,
    LINE_SIZE = 6 * TEXT_SIZE + 256
}; /* six: "\u001f" */

/* One log a process. Everything here is read and written with `lock` held. */
static struct {
    struct mutex lock;
    struct append *file; /* NULL: not open, or it could not be opened again after a rotation */
    char *folder;        /* NULL: log_open has not been called */
    uint64_t size, limit;
    unsigned keep;
    int console;
    uint64_t lost; /* lines that could not be written since the last one that could */
    char line[LINE_SIZE];
} state = {.lock = MUTEX_INITIALIZER};

static const char *const LEVELS[] = {"debug", "info", "warning", "error"};

/* "<folder>/corbridge.log", or of an older one "<folder>/corbridge.3.log". Heap. */
static char *path_of(unsigned age)
{
    char name[40];
    if (age == 0)
        (void)snprintf(name, sizeof name, "corbridge.log");
    else
        (void)snprintf(name, sizeof name, "corbridge.%u.log", age);
    return path_join(state.folder, name);
}

/* Makes room for a new file: the oldest goes, the others become one older. A step that fails (a reader may hold
 * a file in a way that forbids renaming) only means that the file stays and grows on. */
static void locked_shift(void)
{
    char *to = path_of(state.keep);
    if (to != NULL)
        (void)file_remove(to);
    for (unsigned age = state.keep; age > 0 && to != NULL; age--) {
        char *from = path_of(age - 1);
        if (from != NULL)
            (void)file_move(from, to);
        free(to);
        to = from;
    }
    free(to);
}

static struct platform_status locked_open(void)
{
    char *path = path_of(0);
    if (path == NULL)
        return (struct platform_status){PLATFORM_NO_MEMORY, 0};
    struct platform_status status = append_open(path, &state.file, &state.size);
    free(path);
    return status;
}

/* Appends to state.line as a JSON string. Bytes that are no text are shown as '?': a log line must always be
 * readable. */
static size_t put_json_text(size_t at, const char *text)
{
    state.line[at++] = '"';
    size_t size = strlen(text);
    for (size_t i = 0; i < size;) {
        static const char digits[] = "0123456789abcdef";
        const unsigned char *c = (const unsigned char *)text + i;
        size_t sequence = utf8_sequence_length((struct slice){text + i, size - i});
        i += sequence > 0 ? sequence : 1;
        const char *escape = *c == '"'    ? "\\\""
                             : *c == '\\' ? "\\\\"
                             : *c == '\n' ? "\\n"
                             : *c == '\t' ? "\\t"
                                          : NULL;
        if (escape != NULL) {
            state.line[at++] = escape[0];
            state.line[at++] = escape[1];
        } else if (*c < 0x20 || *c == 0x7F) {
            memcpy(state.line + at, "\\u00", 4);
            state.line[at + 4] = digits[*c >> 4];
            state.line[at + 5] = digits[*c & 15];
            at += 6;
        } else if (sequence == 0) {
            state.line[at++] = '?';
        } else {
            memcpy(state.line + at, c, sequence);
            at += sequence;
        }
    }
    state.line[at++] = '"';
    return at;
}

/* Formats into state.line; returns the length with the line end. `text` is shorter than TEXT_SIZE. */
static size_t locked_format(enum log_level level, const char *area, const char *text)
{
    char at[28];
    datetime_format_instant(clock_utc_us(), at);
    int length =
        snprintf(state.line, sizeof state.line,
                 "{\"at\":\"%s\",\"level\":\"%s\",\"area\":\"%.32s\",\"text\":", at, LEVELS[level], area);
    size_t end = put_json_text((size_t)length, text);
    state.line[end++] = '}';
    state.line[end++] = '\n';
    return end;
}

static void locked_put(size_t length)
{
    if (state.folder == NULL)
        return;
    if (state.file != NULL && state.size + length > state.limit && state.size > 0) {
        append_close(state.file);
        state.file = NULL;
        locked_shift();
    }
    if (state.file == NULL && !platform_ok(locked_open()))
        state.file = NULL;
    if (state.file == NULL || !platform_ok(append_write(state.file, state.line, length))) {
        state.lost++;
        return;
    }
    state.size += length;
}

struct platform_status log_open(const char *folder, size_t bytes, unsigned keep)
{
    log_close();
    mutex_lock(&state.lock);
    struct platform_status status = {PLATFORM_NO_MEMORY, 0};
    state.folder = strdup(folder);
    state.limit = bytes;
    state.keep = keep;
    state.lost = 0;
    if (state.folder != NULL)
        status = locked_open();
    if (!platform_ok(status)) {
        free(state.folder);
        state.folder = NULL;
    }
    mutex_unlock(&state.lock);
    return status;
}

void log_close(void)
{
    mutex_lock(&state.lock);
    append_close(state.file);
    state.file = NULL;
    free(state.folder);
    state.folder = NULL;
    mutex_unlock(&state.lock);
}

void log_to_console(int on)
{
    mutex_lock(&state.lock);
    state.console = on;
    mutex_unlock(&state.lock);
}

void log_write(enum log_level level, const char *area, const char *format, ...)
{
    static const char cut[] = " [cut]";
    char text[TEXT_SIZE];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (length < 0)
        (void)snprintf(text, sizeof text, "(a text that could not be formatted)");
    else if ((size_t)length >= sizeof text)
        memcpy(text + sizeof text - sizeof cut, cut, sizeof cut);

    mutex_lock(&state.lock);
    if (state.lost > 0 && state.folder != NULL) {
        char notice[80];
        uint64_t lost = state.lost;
        state.lost = 0;
        (void)snprintf(notice, sizeof notice, "%llu lines before this one could not be written",
                       (unsigned long long)lost);
        locked_put(locked_format(LOG_WARNING, "log", notice));
        if (state.lost > 0)
            state.lost = lost; /* not written either: only the lines of others count */
    }
    locked_put(locked_format(level, area, text));
    if (state.console) {
        char line[TEXT_SIZE + 64];
        (void)snprintf(line, sizeof line, "%s: %s: %s\n", LEVELS[level], area, text);
        process_print_error(line);
    }
    mutex_unlock(&state.lock);
}
