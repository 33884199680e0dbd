/* The table of events against service/event.h, and what event_report does with it. docs/events.md is held by a test of its own
 * (tests/unit/service/CMakeLists.txt). */
#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/file.h"
#include "platform/path.h"
#include "service/event.h"
#include "service/log.h"

/* service/event.h as text; the caller frees. */
static char *header_text(void)
{
    char *fixture = test_fixture_path("x");
    char *fixtures = path_folder(fixture);
    char *tests = path_folder(fixtures);
    char *root = path_folder(tests);
    char *service = path_join(root, "service");
    char *path = path_join(service, "event.h");
    char *text;
    size_t size;
    assert_int_equal(file_load(path, 1 << 20, &text, &size).kind, PLATFORM_OK);
    free(fixture);
    free(fixtures);
    free(tests);
    free(root);
    free(service);
    free(path);
    return text;
}

/* The highest "%n" between two places. */
static size_t highest_insert(const char *from, const char *to)
{
    size_t highest = 0;
    for (const char *c = from; c + 1 < to; c++) {
        if (c[0] == '%' && c[1] >= '1' && c[1] <= '9' && (size_t)(c[1] - '0') > highest)
            highest = (size_t)(c[1] - '0');
    }
    return highest;
}

static void every_id_of_the_header_has_its_message_and_inserts(void **state)
{
    (void)state;
    char *header = header_text();
    size_t count;
    const enum event_id *ids = event_ids(&count);
    size_t seen = 0;
    const char *at = header;
    while ((at = strstr(at, "    EVENT_")) != NULL) {
        const char *end = strchr(at, '\n');
        const char *equals = strstr(at, " = ");
        assert_non_null(end);
        at += 4;
        if (equals == NULL || equals > end)
            continue; /* EVENT_INFORMATION and the like */
        unsigned long number = strtoul(equals + 3, NULL, 10);
        assert_true(seen < count);
        assert_int_equal((unsigned long)ids[seen], number);
        assert_int_equal(event_insert_count(ids[seen]), highest_insert(equals, end));
        seen++;
        at = end;
    }
    assert_int_equal(seen, count);
    assert_true(count > 30);
    free(header);
}

static void warnings_and_errors_say_what_to_do(void **state)
{
    (void)state;
    const char *const inserts[EVENT_INSERTS_MAX] = {"1", "2", "3", "4"};
    size_t count;
    const enum event_id *ids = event_ids(&count);
    for (size_t i = 0; i < count; i++) {
        char text[4096];
        assert_true(event_format(ids[i], 4, inserts, text, sizeof text) < sizeof text);
        if (event_severity_of(ids[i]) != EVENT_INFORMATION)
            assert_non_null(strstr(text, "\n\nWhat to do: "));
        assert_null(strchr(text, '%'));
        if (i > 0)
            assert_true(ids[i] > ids[i - 1]);
    }
}

static void format_puts_inserts_in(void **state)
{
    (void)state;
    char text[512];
    const char *const inserts[] = {"jms", "17"};
    size_t length = event_format(EVENT_FEED_ONLINE, 2, inserts, text, sizeof text);
    assert_string_equal(text,
                        "The folder of feed jms is back after 17 seconds. What came meanwhile is taken now.");
    assert_int_equal(length, strlen(text));
}

static void format_tells_the_length_and_always_ends(void **state)
{
    (void)state;
    const char *const inserts[] = {"jms", NULL};
    char text[12];
    memset(text, 'x', sizeof text);
    size_t length = event_format(EVENT_FEED_ONLINE, 1, inserts, text, sizeof text);
    assert_string_equal(text, "The folder ");
    char whole[512];
    assert_int_equal(event_format(EVENT_FEED_ONLINE, 1, inserts, whole, sizeof whole), length);
    assert_string_equal(whole,
                        "The folder of feed jms is back after  seconds. What came meanwhile is taken now.");
    assert_int_equal(event_format(EVENT_FEED_ONLINE, 2, inserts, NULL, 0), length);
}

static void an_insert_is_not_read_for_inserts(void **state)
{
    (void)state;
    char text[512];
    const char *const inserts[] = {"%2", "x"};
    (void)event_format(EVENT_FEED_ONLINE, 2, inserts, text, sizeof text);
    assert_non_null(strstr(text, "feed %2 is back"));
}

struct seen {
    int calls;
    enum event_id id;
    enum event_severity severity;
    size_t count;
    char inserts[EVENT_INSERTS_MAX][64];
};

static void see(void *context, enum event_id id, enum event_severity severity, size_t count,
                const char *const inserts[EVENT_INSERTS_MAX])
{
    struct seen *seen = context;
    seen->calls++;
    seen->id = id;
    seen->severity = severity;
    seen->count = count;
    for (size_t i = 0; i < EVENT_INSERTS_MAX; i++)
        (void)snprintf(seen->inserts[i], sizeof seen->inserts[i], "%s", inserts[i]);
}

static void report_gives_the_sink_id_severity_and_inserts(void **state)
{
    (void)state;
    struct seen seen = {0};
    event_sink_set(see, &seen);
    event_report(EVENT_QUARANTINED, "jms", "42", NULL, "2");
    event_sink_set(NULL, NULL);
    assert_int_equal(seen.calls, 1);
    assert_int_equal(seen.id, EVENT_QUARANTINED);
    assert_int_equal(seen.severity, EVENT_ERROR);
    assert_int_equal(seen.count, 4);
    assert_string_equal(seen.inserts[0], "jms");
    assert_string_equal(seen.inserts[1], "42");
    assert_string_equal(seen.inserts[2], "");
    assert_string_equal(seen.inserts[3], "2");
    event_report(EVENT_PAUSED); /* no sink: nothing more */
    assert_int_equal(seen.calls, 1);
}

static void report_writes_a_log_line(void **state)
{
    (void)state;
    char *folder = test_temp_dir("event");
    assert_int_equal(log_open(folder, 1 << 20, 2).kind, PLATFORM_OK);
    event_report(EVENT_FEED_OFFLINE, "jms", "53 (the network path was not found)");
    log_close();
    char *path = path_join(folder, "corbridge.log");
    char *text;
    size_t size;
    assert_int_equal(file_load(path, 1 << 20, &text, &size).kind, PLATFORM_OK);
    assert_non_null(
        strstr(text, "\"level\":\"error\",\"area\":\"event\",\"text\":\"300 The folder of feed jms cannot be "
                     "reached: 53 (the network path was not found). "));
    assert_null(strstr(text, "What to do"));
    free(text);
    free(path);
    test_temp_remove(folder);
    free(folder);
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_id_of_the_header_has_its_message_and_inserts),
        cmocka_unit_test(warnings_and_errors_say_what_to_do),
        cmocka_unit_test(format_puts_inserts_in),
        cmocka_unit_test(format_tells_the_length_and_always_ends),
        cmocka_unit_test(an_insert_is_not_read_for_inserts),
        cmocka_unit_test(report_gives_the_sink_id_severity_and_inserts),
        cmocka_unit_test(report_writes_a_log_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
