/* What a fault of a configuration shows of a value: one line of valid UTF-8, whatever was written. Found by tests/fuzz. */
#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

#include <stdio.h>
#include <string.h>

#include "parser/utf8.h"
#include "tests/unit/service/config_scene.h"

/* Loads a file in which a facility's zone is `value`; returns the text of its fault. */
static const char *fault_of_zone(struct scene *scene, const char *value)
{
    char xml[2000];
    (void)snprintf(xml, sizeof xml,
                   "<corbridge>@DATA@@FEED@<facility code='A' name='North' zone='%s'/></corbridge>", value);
    scene_load(scene, xml);
    assert_null(scene->config);
    assert_int_equal(scene->faults.count, 1);
    return scene->faults.items[0].text;
}

/* `count` times U+00E9, two bytes each, behind `head`. */
static void letters(char *out, size_t size, const char *head, size_t count)
{
    (void)snprintf(out, size, "%s", head);
    for (size_t i = 0; i < count; i++)
        (void)snprintf(out + strlen(out), size - strlen(out), "\xC3\xA9");
}

static void test_a_long_value_is_cut_between_characters(void **state)
{
    struct scene *scene = *state;
    char value[1000];
    for (size_t shift = 0; shift < 2; shift++) {
        letters(value, sizeof value, shift == 0 ? "" : "x", 200);
        const char *text = fault_of_zone(scene, value);
        assert_true(utf8_is_valid(slice_of(text)));
        assert_non_null(strstr(text, "\xC3\xA9\xC3\xA9\" is not "));
    }
}

static void test_a_value_with_control_characters_stays_one_line(void **state)
{
    struct scene *scene = *state;
    const char *text = fault_of_zone(scene, "Here&#10;corbridge.xml:1:&#9;all is well&#13;");
    for (const char *at = text; *at != '\0'; at++)
        assert_true((unsigned char)*at >= 0x20 && *at != 0x7F);
    assert_non_null(strstr(text, "time zone 'Here corbridge.xml:1: all is well' is not known"));
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_long_value_is_cut_between_characters, scene_set_up,
                                        scene_tear_down),
        cmocka_unit_test_setup_teardown(test_a_value_with_control_characters_stays_one_line, scene_set_up,
                                        scene_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
