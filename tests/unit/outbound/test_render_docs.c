/* docs/pharmacy.md and what is written say the same, in both directions. */
#include "outbound/render.h"
#include "platform/file.h"
#include "platform/path.h"
#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"
#include "tests/unit/outbound/rendered_order.h"
#include "tests/unit/outbound/test_order.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct arena arena;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, 0);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

/* docs/pharmacy.md has a row "| PID-3.1 | …" for each place, with ".1" left out where the field has one component. */
static void assert_documented(const char *document, const struct hl7_segment_view *segment, unsigned field)
{
    struct slice text = hl7_get_field(segment, field);
    bool whole = memchr(text.ptr, '^', text.len) == NULL;
    for (unsigned component = 1; component <= 23; component++) {
        char row[32];
        struct slice value = whole ? text : hl7_get(segment, field, component, 0);
        if (value.len == 0)
            continue;
        (void)snprintf(row, sizeof row, "\n| %.3s-%u.%u |", segment->whole.ptr, field, component);
        char field_row[32];
        (void)snprintf(field_row, sizeof field_row, "\n| %.3s-%u |", segment->whole.ptr, field);
        if (strstr(document, row) == NULL && !(component == 1 && strstr(document, field_row) != NULL))
            fail_msg("docs/pharmacy.md has no row%s", row + 1);
        if (whole)
            return;
    }
}

/* docs/pharmacy.md, found from tests/fixtures/outbound: a path of Windows that is given whole knows no "..". */
static char *load_document(void)
{
    char *path = test_fixture_path("outbound");
    for (int up = 0; up < 3; up++) {
        char *folder = path_folder(path);
        free(path);
        path = folder;
    }
    char *docs = path_join(path, "docs");
    char *page = path_join(docs, "pharmacy.md");
    char *bytes = NULL;
    size_t size = 0;
    assert_true(platform_ok(file_load(page, (size_t)1 << 20, &bytes, &size)));
    free(page);
    free(docs);
    free(path);
    return bytes;
}

static void assert_message_documented(const char *document, const struct hl7_view *view)
{
    for (size_t segment = 0; segment < view->count; segment++) {
        for (unsigned field = segment == 0 ? 3 : 1; /* MSH-1 and MSH-2 are the separators */
             field <= hl7_field_count(&view->segments[segment]); field++) {
            if (hl7_get_field(&view->segments[segment], field).len > 0)
                assert_documented(document, &view->segments[segment], field);
        }
    }
}

static void every_field_that_is_written_is_documented(void **state)
{
    (void)state;
    struct medication_order (*const makers[])(void) = {test_order_full, test_order_minimal, test_order_cancel,
                                                       test_order_discontinue, test_order_foreign};
    char *document = load_document();
    for (size_t i = 0; i < KIND_CASES; i++) {
        for (size_t maker = 0; maker < sizeof makers / sizeof makers[0]; maker++) {
            struct hl7_view view;
            struct medication_order order = makers[maker]();
            (void)render_case(&kind_cases[i], &order, &arena, &view);
            assert_message_documented(document, &view);
        }
    }
    free(document);
}

/* Whether the full or the minimal order has the place in some message of some version. */
static bool is_written(const char *segment, unsigned field, unsigned component)
{
    struct medication_order (*const makers[])(void) = {test_order_full, test_order_minimal};
    for (size_t i = 0; i < KIND_CASES * 2; i++) {
        struct hl7_view view;
        struct medication_order order = makers[i % 2]();
        (void)render_case(&kind_cases[i / 2], &order, &arena, &view);
        const struct hl7_segment_view *found = hl7_find(&view, segment, 0);
        if (found != NULL && hl7_get(found, field, component, 0).len > 0)
            return true;
    }
    return false;
}

static void every_documented_field_is_written(void **state)
{
    (void)state;
    char *document = load_document();
    size_t rows = 0;
    for (const char *row = document; (row = strstr(row, "\n| ")) != NULL; row++) {
        const char *name = row + 3, *at = name + 4;
        if (name[0] < 'A' || name[0] > 'Z' || name[3] != '-' || at[0] < '0' || at[0] > '9')
            continue;
        char segment[4] = {name[0], name[1], name[2], '\0'};
        char *end;
        unsigned field = (unsigned)strtoul(at, &end, 10);
        unsigned component = *end == '.' ? (unsigned)strtoul(end + 1, &end, 10) : 1;
        if (!is_written(segment, field, component))
            fail_msg("docs/pharmacy.md has %s-%u.%u, which no message has", segment, field, component);
        rows++;
    }
    assert_in_range(rows, 80, 200);
    free(document);
}

/* Two examples: the default, and the oldest version, where most is different. */
static void the_examples_of_the_page_are_whole_messages(void **state)
{
    (void)state;
    static const char *const names[] = {"rde-2.5.1", "rde-2.3"};
    char *document = load_document();
    for (size_t i = 0; i < KIND_CASES; i++) {
        if (strcmp(kind_cases[i].name, names[0]) != 0 && strcmp(kind_cases[i].name, names[1]) != 0)
            continue;
        struct hl7_view view;
        struct medication_order order = test_order_full();
        struct slice message = render_case(&kind_cases[i], &order, &arena, &view);
        char *lines = arena_copy_text(&arena, message);
        assert_non_null(lines);
        for (size_t at = 0; at < message.len; at++) {
            if (lines[at] == '\r')
                lines[at] = '\n';
        }
        if (strstr(document, lines) == NULL)
            fail_msg("docs/pharmacy.md does not have this %s:\n%s", kind_cases[i].name, lines);
    }
    free(document);
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_field_that_is_written_is_documented),
        cmocka_unit_test(every_documented_field_is_written),
        cmocka_unit_test(the_examples_of_the_page_are_whole_messages),
    };
    return cmocka_run_group_tests_name("render_docs", tests, set_up, tear_down);
}
