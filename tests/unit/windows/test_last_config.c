#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

#include <stdlib.h>
#include <string.h>

#include "platform/file.h"
#include "platform/path.h"
#include "service/windows/last_config.h"

struct place {
    char *folder, *config;
};

static int set_up(void **state)
{
    struct place *place = calloc(1, sizeof *place);
    place->folder = test_temp_dir("last-config");
    place->config = path_join(place->folder, "corbridge.xml");
    *state = place;
    return 0;
}

static int tear_down(void **state)
{
    struct place *place = *state;
    test_temp_remove(place->folder);
    free(place->folder);
    free(place->config);
    free(place);
    return 0;
}

static void write_config(const struct place *place, const char *text)
{
    (void)file_remove(place->config);
    assert_int_equal(file_store(place->config, text, strlen(text)).kind, PLATFORM_OK);
}

static void assert_kept(const struct place *place, const char *expected)
{
    char *path = last_config_path(place->folder);
    char *text;
    size_t size;
    assert_int_equal(file_load(path, 1000, &text, &size).kind, PLATFORM_OK);
    assert_string_equal(text, expected);
    free(text);
    free(path);
}

static void the_copy_follows_what_was_accepted(void **state)
{
    const struct place *place = *state;
    write_config(place, "<one/>");
    last_config_accepted(place->folder, place->config);
    assert_kept(place, "<one/>");
    write_config(place, "<two/>");
    assert_kept(place, "<one/>");
    last_config_accepted(place->folder, place->config);
    assert_kept(place, "<two/>");
    last_config_accepted(place->folder, place->config);
    assert_kept(place, "<two/>");
}

static void a_refused_content_is_new_once(void **state)
{
    const struct place *place = *state;
    write_config(place, "<bad/>");
    assert_true(last_config_refused_first_time(place->folder, place->config));
    assert_false(last_config_refused_first_time(place->folder, place->config));
    write_config(place, "<worse/>");
    assert_true(last_config_refused_first_time(place->folder, place->config));
    assert_false(last_config_refused_first_time(place->folder, place->config));
    /* After an accepted one, the same fault is news again. */
    write_config(place, "<good/>");
    last_config_accepted(place->folder, place->config);
    write_config(place, "<worse/>");
    assert_true(last_config_refused_first_time(place->folder, place->config));
}

static void a_missing_file_is_told_each_time(void **state)
{
    const struct place *place = *state;
    assert_true(last_config_refused_first_time(place->folder, place->config));
    assert_true(last_config_refused_first_time(place->folder, place->config));
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_copy_follows_what_was_accepted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_refused_content_is_new_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_missing_file_is_told_each_time, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
