/* The pre-integration check reads XML by the mapping of its match rule, or by one that is named. */
#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/file.h"
#include "platform/path.h"
#include "service/commands/output.h"
#include "service/precheck/precheck.h"
#include "tests/unit/service/config_scene.h"

#define NOW (INT64_C(1795500000) * 1000000) /* 2026-11-24 */

/* docs/mappings/`name`, found from tests/fixtures; with a copy beside the configuration of the scene. */
static char *load_mapping(const struct scene *scene, const char *name, size_t *size)
{
    static const char fixtures[] = "tests/fixtures/x";
    char *here = test_fixture_path("x"), *bytes;
    char path[1000];
    (void)snprintf(path, sizeof path, "%.*sdocs%cmappings%c%s", (int)(strlen(here) - strlen(fixtures)), here,
                   PATH_SEPARATOR, PATH_SEPARATOR, name);
    assert_true(platform_ok(file_load(path, 1 << 20, &bytes, size)));
    char *copy = path_join(scene->root, name);
    assert_true(platform_ok(file_store(copy, bytes, *size)));
    free(copy);
    free(here);
    return bytes;
}

static void check_samples(struct precheck *check, const struct precheck_options *options)
{
    struct platform_status status;
    char *folder = test_fixture_path("jms-xml");
    precheck_init(check, options);
    assert_true(precheck_gather(check, folder, &status));
    assert_true(precheck_judge(check));
    free(folder);
}

static void by_the_mapping_of_the_rule(void **state)
{
    struct scene *scene = *state;
    size_t size;
    free(load_mapping(scene, "flat-roster.xml", &size));
    free(load_mapping(scene, "booking-event.xml", &size));
    free(load_mapping(scene, "niem-booking.xml", &size));
    scene_load(scene,
               "<corbridge>@DATA@@FACILITY@<feed name='jms' folder='@ROOT@/in'>"
               "<match pattern='flat*.xml' format='jms-xml' mapping='flat-roster.xml'/>"
               "<match pattern='niem*.xml' format='jms-xml' mapping='niem-booking.xml'/>"
               "<match pattern='*.xml' format='jms-xml' mapping='booking-event.xml'/></feed></corbridge>");
    assert_non_null(scene->config);
    struct precheck check;
    check_samples(&check, &(struct precheck_options){.now = NOW, .config = scene->config});
    assert_int_equal(check.kind_files[PRECHECK_XML], 0);
    assert_int_equal(check.kind_files[PRECHECK_DEMOGRAPHICS], 1);
    assert_int_equal(check.kind_files[PRECHECK_LOCATION], 1);
    assert_int_equal(check.kind_files[PRECHECK_ROSTER], 2);
    assert_int_equal(check.kind_rows[PRECHECK_ROSTER], 5);
    assert_int_equal(check.bad_rows, 2);
    assert_int_equal(check.names[PRECHECK_NAME_WRONG_RULE].count, 0);
    assert_int_equal(check.files[1].charset, PRECHECK_WINDOWS1252); /* flat-roster.xml */
    assert_int_equal(check.files[1].line_end, PRECHECK_CRLF);
    assert_int_equal(check.files[0].charset, PRECHECK_UTF8);
    struct output out;
    output_init(&out);
    precheck_write_text(&check, &out);
    assert_non_null(
        strstr(out.text, "roster, BirthDate: date does not exist in the calendar; expected MM/DD/YYYY"));
    assert_null(strstr(out.text, "O'Brien"));
    assert_null(strstr(out.text, "344562"));
    output_release(&out);
    precheck_release(&check);
}

static void by_one_that_is_named(void **state)
{
    struct scene *scene = *state;
    struct arena arena;
    size_t size;
    arena_init(&arena, 0);
    struct xml_mapping_faults faults = {.arena = &arena};
    char *bytes = load_mapping(scene, "flat-roster.xml", &size);
    const struct xml_mapping *mapping = xml_mapping_load(slice_from(bytes, size), &arena, &faults);
    struct precheck check;
    free(bytes);
    assert_non_null(mapping);
    check_samples(&check, &(struct precheck_options){.now = NOW, .mapping = mapping});
    assert_int_equal(check.kind_rows[PRECHECK_ROSTER],
                     3); /* the documents of other shapes have no record of this one */
    precheck_release(&check);
    check_samples(&check, &(struct precheck_options){.now = NOW});
    assert_int_equal(check.kind_files[PRECHECK_XML], 4);
    precheck_release(&check);
    arena_release(&arena);
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(by_the_mapping_of_the_rule, scene_set_up, scene_tear_down),
        cmocka_unit_test_setup_teardown(by_one_that_is_named, scene_set_up, scene_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
