#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/file.h"
#include "platform/inject.h"
#include "platform/path.h"
#include "platform/thread.h"
#include "service/log.h"

struct place {
    char *folder;
};

static int set_up(void **state)
{
    struct place *place = calloc(1, sizeof *place);
    place->folder = test_temp_dir("log");
    *state = place;
    return 0;
}

static int tear_down(void **state)
{
    struct place *place = *state;
    platform_inject_set(NULL, NULL);
    log_close();
    test_temp_remove(place->folder);
    free(place->folder);
    free(place);
    return 0;
}

/* The text of a file in the folder; "" when it is not there. The caller frees. */
static char *text_of(const struct place *place, const char *name)
{
    char *path = path_join(place->folder, name);
    char *text = NULL;
    size_t size;
    if (!platform_ok(file_load(path, 1 << 24, &text, &size)))
        text = strdup("");
    free(path);
    return text;
}

static size_t count_of(const char *text, const char *what)
{
    size_t count = 0;
    for (const char *at = text; (at = strstr(at, what)) != NULL; at += strlen(what))
        count++;
    return count;
}

static void a_line_is_one_json_object(void **state)
{
    struct place *place = *state;
    assert_int_equal(log_open(place->folder, 1 << 20, 2).kind, PLATFORM_OK);
    log_write(LOG_WARNING, "watch", "feed %s: \"quoted\" \\ back\tslash\nnext\x01\x7F J\xC3\xBCrgen \xFF",
              "jms");
    log_close();
    char *text = text_of(place, "corbridge.log");
    int year, month, day, hour, minute, second, fraction, end = 0;
    (void)sscanf(text, "{\"at\":\"%4d-%2d-%2dT%2d:%2d:%2d.%6dZ\",%n", &year, &month, &day, &hour, &minute,
                 &second, &fraction, &end);
    assert_true(end > 0);
    assert_in_range(year, 2024, 2200);
    assert_string_equal(
        text + end,
        "\"level\":\"warning\",\"area\":\"watch\",\"text\":\"feed jms: \\\"quoted\\\" \\\\ back\\tslash\\nnext"
        "\\u0001\\u007f J\xC3\xBCrgen ?\"}\n");
    free(text);
}

static void an_existing_log_is_continued(void **state)
{
    struct place *place = *state;
    for (int i = 0; i < 2; i++) {
        assert_int_equal(log_open(place->folder, 1 << 20, 2).kind, PLATFORM_OK);
        log_write(LOG_INFO, "test", "run %d", i);
        log_close();
    }
    char *text = text_of(place, "corbridge.log");
    assert_int_equal(count_of(text, "\n"), 2);
    assert_non_null(strstr(text, "run 0"));
    assert_non_null(strstr(text, "run 1"));
    free(text);
}

static void it_rotates_by_size_and_keeps_so_many(void **state)
{
    struct place *place = *state;
    enum {
        LIMIT = 1000,
        LINES = 100,
        KEEP = 2
    };
    assert_int_equal(log_open(place->folder, LIMIT, KEEP).kind, PLATFORM_OK);
    for (int i = 0; i < LINES; i++)
        log_write(LOG_INFO, "test", "line %03d", i);
    log_close();
    static const char *const names[] = {"corbridge.2.log", "corbridge.1.log", "corbridge.log"};
    int next = -1;
    for (size_t i = 0; i < 3; i++) {
        char *text = text_of(place, names[i]);
        assert_in_range(strlen(text), 1, LIMIT);
        for (const char *at = text; (at = strstr(at, "line ")) != NULL; at += 5) {
            int number = (int)strtol(at + 5, NULL, 10);
            assert_true(next == -1 || number == next);
            next = number + 1;
        }
        free(text);
    }
    assert_int_equal(next, LINES);
    char *beyond = text_of(place, "corbridge.3.log");
    assert_string_equal(beyond, "");
    free(beyond);
}

static void a_long_text_is_cut_with_a_mark(void **state)
{
    struct place *place = *state;
    char *text = malloc(20000);
    memset(text, '\x02', 19999);
    text[19999] = '\0';
    assert_int_equal(log_open(place->folder, 1 << 20, 2).kind, PLATFORM_OK);
    log_write(LOG_INFO, "test", "%s", text);
    log_close();
    free(text);
    text = text_of(place, "corbridge.log");
    assert_non_null(strstr(text, "\\u0002 [cut]\"}\n"));
    assert_in_range(count_of(text, "\\u0002"), 4000, 4096);
    free(text);
}

static void write_many(void *context)
{
    for (int i = 0; i < 500; i++)
        log_write(LOG_INFO, "test", "thread %s line %d end", (const char *)context, i);
}

static void many_threads_write_whole_lines(void **state)
{
    struct place *place = *state;
    static const char *const names[] = {"a", "b", "c", "d"};
    struct thread *threads[4];
    assert_int_equal(log_open(place->folder, 1 << 24, 1).kind, PLATFORM_OK);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(thread_start(&threads[i], names[i], write_many, (void *)(uintptr_t)names[i]).kind,
                         PLATFORM_OK);
    for (size_t i = 0; i < 4; i++)
        thread_join(threads[i]);
    log_close();
    char *text = text_of(place, "corbridge.log");
    assert_int_equal(count_of(text, "\n"), 2000);
    assert_int_equal(count_of(text, "{\"at\":\""), 2000);
    assert_int_equal(count_of(text, " end\"}\n"), 2000);
    for (size_t i = 0; i < 4; i++) {
        char word[32];
        (void)snprintf(word, sizeof word, "thread %s line ", names[i]);
        assert_int_equal(count_of(text, word), 500);
    }
    free(text);
}

static struct platform_status refuse_writing(void *context, enum platform_call call, const char *path)
{
    (void)context;
    (void)path;
    return call == PLATFORM_CALL_WRITE ? (struct platform_status){PLATFORM_FULL, 0} : PLATFORM_SUCCESS;
}

static void lines_that_could_not_be_written_are_counted(void **state)
{
    struct place *place = *state;
    assert_int_equal(log_open(place->folder, 1 << 20, 2).kind, PLATFORM_OK);
    log_write(LOG_INFO, "test", "before");
    platform_inject_set(refuse_writing, NULL);
    for (int i = 0; i < 3; i++)
        log_write(LOG_INFO, "test", "during");
    platform_inject_set(NULL, NULL);
    log_write(LOG_INFO, "test", "after");
    log_close();
    char *text = text_of(place, "corbridge.log");
    assert_int_equal(count_of(text, "during"), 0);
    const char *notice = strstr(
        text,
        "\"level\":\"warning\",\"area\":\"log\",\"text\":\"3 lines before this one could not be written\"}\n");
    assert_non_null(notice);
    assert_non_null(strstr(notice, "\"text\":\"after\"}\n"));
    free(text);
}

static void without_a_file_nothing_happens(void **state)
{
    struct place *place = *state;
    log_write(LOG_ERROR, "test", "nobody reads this");
    char *text = text_of(place, "corbridge.log");
    assert_string_equal(text, "");
    free(text);
    char *missing = path_join(place->folder, "not-there");
    assert_int_equal(log_open(missing, 1000, 1).kind, PLATFORM_NOT_FOUND);
    log_write(LOG_ERROR, "test", "nobody reads this either");
    free(missing);
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_line_is_one_json_object, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_existing_log_is_continued, set_up, tear_down),
        cmocka_unit_test_setup_teardown(it_rotates_by_size_and_keeps_so_many, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_long_text_is_cut_with_a_mark, set_up, tear_down),
        cmocka_unit_test_setup_teardown(many_threads_write_whole_lines, set_up, tear_down),
        cmocka_unit_test_setup_teardown(lines_that_could_not_be_written_are_counted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(without_a_file_nothing_happens, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
