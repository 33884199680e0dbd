/* docs/configuration.md and service/corbridge.xsd say the same, and the example of the page is a good configuration. */
#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/slice.h"
#include "platform/file.h"
#include "platform/path.h"
#include "tests/unit/service/config_scene.h"

#define TEXT_MAX  ((size_t)1024 * 1024)
#define NAMES_MAX 160

/* "feed/name": an attribute with its element. */
struct names {
    char items[NAMES_MAX][80];
    size_t count;
};

static void add_name(struct names *names, struct slice element, struct slice attribute)
{
    assert_true(names->count < NAMES_MAX);
    int length = snprintf(names->items[names->count++], sizeof names->items[0], "%.*s/%.*s", (int)element.len,
                          element.ptr, (int)attribute.len, attribute.ptr);
    assert_true(length > 0 && (size_t)length < sizeof names->items[0]);
}

static bool has_name(const struct names *names, const char *name)
{
    for (size_t i = 0; i < names->count; i++) {
        if (strcmp(names->items[i], name) == 0)
            return true;
    }
    return false;
}

static char *load(const char *path)
{
    char *text = NULL;
    size_t size = 0;
    if (!platform_ok(file_load(path, TEXT_MAX, &text, &size)))
        fail_msg("%s cannot be read", path);
    return text;
}

/* What stands between `before` and the next `end`, from *at on, which moves behind it; empty when there is none. */
static struct slice between(const char **at, const char *limit, const char *before, char end)
{
    const char *found = strstr(*at, before);
    if (found == NULL || (limit != NULL && found >= limit))
        return SLICE_EMPTY;
    found += strlen(before);
    const char *stop = strchr(found, end);
    assert_non_null(stop);
    *at = stop;
    return slice_from(found, (size_t)(stop - found));
}

static void names_of_schema(const char *text, struct names *names)
{
    const char *at = text;
    struct slice type;
    /* The type of the outermost element stands inside its declaration, first of all. */
    const char *first = strstr(text, "<xs:complexType name=");
    while ((type = between(&at, first, "<xs:attribute name=\"", '"')).len > 0)
        add_name(names, SLICE_LITERAL("corbridge"), type);
    while ((type = between(&at, NULL, "<xs:complexType name=\"", '"')).len > 0) {
        const char *end = strstr(at, "</xs:complexType>");
        struct slice attribute;
        size_t before = names->count;
        while ((attribute = between(&at, end, "<xs:attribute name=\"", '"')).len > 0)
            add_name(names, type, attribute);
        assert_true(names->count - before <= 24); /* NAMES_MAX of config.c */
    }
}

/* Rows "| `name` | …" below a heading "## `<feed>`". */
static void names_of_page(const char *text, struct names *names)
{
    const char *at = text;
    struct slice element;
    while ((element = between(&at, NULL, "\n## `<", '>')).len > 0) {
        const char *end = strstr(at, "\n## ");
        struct slice attribute;
        while ((attribute = between(&at, end, "\n| `", '`')).len > 0) {
            if (attribute.ptr[0] != '<')
                add_name(names, element, attribute);
        }
    }
}

static void assert_within(const struct names *some, const struct names *all, const char *where)
{
    for (size_t i = 0; i < some->count; i++) {
        if (!has_name(all, some->items[i]))
            fail_msg("%s is not in %s", some->items[i], where);
    }
}

static void test_page_and_schema_name_the_same(void **state)
{
    (void)state;
    static struct names schema;
    static struct names page;
    char *xsd = load(CORBRIDGE_XSD);
    char *markdown = load(CORBRIDGE_PAGE);
    names_of_schema(xsd, &schema);
    names_of_page(markdown, &page);
    assert_true(schema.count > 25);
    assert_within(&schema, &page, "docs/configuration.md");
    assert_within(&page, &schema, "service/corbridge.xsd");
    assert_int_equal(page.count, schema.count); /* none twice */
    free(xsd);
    free(markdown);
}

#ifndef _WIN32
/* The example's paths are Windows'; here they become paths below the root folder. */
static char *native_paths(const char *text)
{
    char *out = malloc(strlen(text) * 3 + 1);
    char *end = out;
    bool in_path = false;
    for (const char *at = text; *at != '\0'; at++) {
        bool starts = strncmp(at, "\"C:\\", 4) == 0 || strncmp(at, "\"\\\\", 3) == 0;
        if (starts) {
            memcpy(end, "\"/nowhere/", 10);
            end += 10;
            at += at[1] == 'C' ? 3 : 2;
            in_path = true;
            continue;
        }
        in_path = in_path && *at != '"';
        *end++ = in_path && *at == '\\' ? '/' : *at;
    }
    *end = '\0';
    return out;
}
#endif

static void test_example_of_the_page_is_accepted(void **state)
{
    struct scene *scene = *state;
    char *markdown = load(CORBRIDGE_PAGE);
    char *start = strstr(markdown, "```xml\n");
    assert_non_null(start);
    start += strlen("```xml\n");
    char *end = strstr(start, "```");
    assert_non_null(end);
    *end = '\0';
#ifdef _WIN32
    scene_load_bytes(scene, start, strlen(start));
#else
    char *native = native_paths(start);
    scene_load_bytes(scene, native, strlen(native));
    free(native);
#endif
    if (scene->config == NULL)
        fail_msg("%s", scene->faults.items[0].text);
    assert_int_equal(scene->config->facility_count, 2);
    assert_int_equal(scene->config->feeds[0].match_count, 2);
    assert_string_equal(scene->config->pharmacies[0].receiving_facility, "DIAMOND");
    free(markdown);
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_page_and_schema_name_the_same),
        cmocka_unit_test_setup_teardown(test_example_of_the_page_is_accepted, scene_set_up, scene_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
