#include "service/commands/console.h"

#include "parser/datetime.h"
#include "platform/clock.h"
#include "service/commands/output.h"
#include "service/event.h"

static void on_event(void *context, enum event_id id, enum event_severity severity, size_t count,
                     const char *const inserts[EVENT_INSERTS_MAX])
{
    static const char *const words[] = {
        [EVENT_INFORMATION] = "information", [EVENT_WARNING] = "warning", [EVENT_ERROR] = "error"};
    (void)context;
    char text[2000];
    char at[28];
    (void)event_format(id, count, inserts, text, sizeof text);
    datetime_format_instant(clock_utc_us(), at);
    for (char *p = text; *p != '\0'; p++) {
        if (*p == '\r' || *p == '\n')
            *p = ' ';
    }
    output_error("%.19sZ %s %d  %s", at, words[severity], (int)id, text);
}

void console_events_on(void)
{
    event_sink_set(on_event, NULL);
}

void console_events_off(void)
{
    event_sink_set(NULL, NULL);
}
