#include "service/commands/check_report.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *check_state_name(enum check_state state)
{
    static const char *const names[] = {
        [CHECK_OK] = "OK", [CHECK_WARNING] = "WARNING", [CHECK_FAILED] = "FAILED"};
    return names[state];
}

void check_report_init(struct check_report *report)
{
    memset(report, 0, sizeof *report);
    arena_init(&report->arena, 0);
}

void check_report_release(struct check_report *report)
{
    arena_release(&report->arena);
    check_report_init(report);
}

/* A copy that fits into one field of one line. */
static char *copy_field(struct check_report *report, struct slice text)
{
    char *copy = arena_copy_text(&report->arena, text);
    for (char *p = copy; p != NULL && *p != '\0'; p++) {
        if (*p == '\t' || *p == '\n' || *p == '\r')
            *p = ' ';
    }
    return copy;
}

static void add_line(struct check_report *report, enum check_state state, struct slice area,
                     struct slice text)
{
    struct check_line *line = arena_take(&report->arena, sizeof *line);
    const char *area_copy = copy_field(report, area);
    const char *text_copy = copy_field(report, text);
    if (line == NULL || area_copy == NULL || text_copy == NULL) {
        report->lost = true;
        return;
    }
    *line = (struct check_line){.state = state, .area = area_copy, .text = text_copy};
    if (report->last != NULL)
        report->last->next = line;
    else
        report->first = line;
    report->last = line;
    report->count[state]++;
}

void check_report_add(struct check_report *report, enum check_state state, const char *area,
                      const char *format, ...)
{
    char text[2000];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (length < 0)
        report->lost = true;
    else
        add_line(report, state, slice_of(area), slice_of(text));
}

void check_report_write(const struct check_report *report, struct output *out)
{
    for (const struct check_line *line = report->first; line != NULL; line = line->next)
        output_add(out, "%s\t%s\t%s\n", check_state_name(line->state), line->area, line->text);
    if (report->lost)
        output_add(out, "%s\tmemory\tmemory ran out: the report is not whole\n",
                   check_state_name(CHECK_FAILED));
}

static bool state_of(struct slice name, enum check_state *out)
{
    for (int i = 0; i < CHECK_STATE_COUNT; i++) {
        if (slice_equal(name, slice_of(check_state_name((enum check_state)i)))) {
            *out = (enum check_state)i;
            return true;
        }
    }
    return false;
}

/* Cuts off what stands before `end` (or all of it) and steps over it. */
static struct slice cut(struct slice *rest, char end)
{
    const char *found = rest->len > 0 ? memchr(rest->ptr, end, rest->len) : NULL;
    struct slice part = {rest->ptr, found != NULL ? (size_t)(found - rest->ptr) : rest->len};
    *rest = slice_after(*rest, part.len + 1);
    return part;
}

bool check_report_read(struct check_report *report, const char *text)
{
    struct slice rest = slice_of(text);
    while (rest.len > 0) {
        struct slice line = cut(&rest, '\n');
        if (line.len > 0 && line.ptr[line.len - 1] == '\r')
            line.len--;
        enum check_state state;
        struct slice name = cut(&line, '\t');
        struct slice area = cut(&line, '\t');
        if (!state_of(name, &state) || area.len == 0 || line.len == 0)
            return false;
        add_line(report, state, area, line);
    }
    return true;
}
