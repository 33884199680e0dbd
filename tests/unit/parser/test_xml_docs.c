/* docs/jms-xml.md: its document, read by its mapping, gives what its table says; and it names what a mapping has. */
#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/parser/parser_test.h"
#include "tests/unit/parser/xml_test.h"

static char *load_page(void)
{
    struct slice page = xml_test_load("docs/jms-xml.md");
    char *text = malloc(page.len + 1);
    memcpy(text, page.ptr, page.len);
    text[page.len] = '\0';
    free_fixture(page);
    return text;
}

/* What stands in the next block of XML; moves `*at` behind it. */
static char *next_block(const char **at)
{
    static const char open[] = "```xml\n";
    const char *begin = strstr(*at, open);
    assert_non_null(begin);
    begin += sizeof open - 1;
    const char *end = strstr(begin, "```\n");
    assert_non_null(end);
    *at = end;
    char *text = calloc((size_t)(end - begin) + 1, 1);
    memcpy(text, begin, (size_t)(end - begin));
    return text;
}

static void the_example_gives_what_the_page_says(void **state)
{
    (void)state;
    struct arena arena;
    struct fault_list faults;
    struct xml_record record;
    struct jms_settings settings = jms_settings_default();
    arena_init(&arena, 0);
    fault_list_init(&faults, &arena);
    char *page = load_page();
    const char *at = page;
    char *document = next_block(&at);
    char *text = next_block(&at);
    const struct xml_mapping *mapping = xml_test_mapping_of(text, &arena);
    struct slice rest = slice_of(document);
    struct xml_reader *reader = xml_reader_open(mapping, &settings, xml_read_slice, &rest);
    assert_int_equal(xml_reader_next(reader, &arena, &faults, &record), XML_RECORD);
    assert_int_equal(record.status, PARSE_OK);
    assert_int_equal(faults.count, 0);
    size_t rows = 0, given = 0;
    at = strstr(at, "| Field | Value |");
    assert_non_null(at);
    for (char name[40], value[80]; (at = strchr(at, '\n')) != NULL; rows++) {
        at++;
        if (strncmp(at, "|---", 4) == 0)
            at = strchr(at, '\n') + 1;
        if (sscanf(at, "| `%39[^`]` | `%79[^`]` |", name, value) != 2)
            break;
        enum jms_field field = jms_field_find(slice_of(name));
        assert_int_not_equal(field, JMS_FIELD_COUNT);
        assert_slice(record.event.fields[field].text, value);
    }
    for (enum jms_field field = JMS_DATATYPE + 1; field < JMS_FIELD_COUNT; field++)
        given += record.event.fields[field].presence == JMS_GIVEN;
    assert_int_equal(rows, given);
    assert_int_equal(xml_reader_next(reader, &arena, &faults, &record), XML_END);
    xml_reader_close(reader);
    free(document);
    free(text);
    free(page);
    arena_release(&arena);
}

/* Every attribute that the loader knows, as it tells of them, stands in the page. */
static void the_page_names_every_attribute(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 0);
    char *page = load_page();
    char *faults = xml_test_faults(
        "<mapping x='1'><namespace x='1'/><header x='1'/><record x='1'><kind x='1'><when x='1'/></kind>"
        "</record><field x='1'><map x='1'/></field><extra x='1'/></mapping>",
        &arena);
    static const char mark[] = "attribute x is not known; it takes ";
    size_t elements = 0;
    for (char *at = faults; (at = strstr(at, mark)) != NULL; elements++) {
        at += sizeof mark - 1;
        while (*at != '\n') {
            char name[60];
            size_t length = strcspn(at, ",\n");
            (void)snprintf(name, sizeof name, "`%.*s`", (int)length, at);
            if (strstr(page, name) == NULL)
                fail_msg("docs/jms-xml.md does not have %s", name);
            at += length + strspn(at + length, ", ");
        }
    }
    assert_int_equal(elements, 9);
    free(faults);
    free(page);
    arena_release(&arena);
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_example_gives_what_the_page_says),
        cmocka_unit_test(the_page_names_every_attribute),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
