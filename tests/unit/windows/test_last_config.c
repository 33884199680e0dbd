#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

#include <stdlib.h>
#include <string.h>

#include "platform/file.h"
#include "platform/path.h"
#include "service/windows/last_config.h"

struct place {
    char *folder, *config;
    struct config loaded; /* from it; with one rule, of jms-xml */
    struct config_feed feed;
    struct config_match match;
    struct xml_mapping mapping;
    struct config_faults faults;
    struct config_fault fault;
};

static int set_up(void **state)
{
    struct place *place = calloc(1, sizeof *place);
    place->folder = test_temp_dir("last-config");
    place->config = path_join(place->folder, "corbridge.xml");
    place->match.mapping = &place->mapping;
    place->match.mapping_name = "flat.xml";
    place->match.mapping_bytes = SLICE_LITERAL("<mapping/>");
    place->feed.matches = &place->match;
    place->feed.match_count = 1;
    place->loaded.feeds = &place->feed;
    place->loaded.feed_count = 1;
    place->fault.text = "corbridge.xml:1: wrong";
    place->faults.items = &place->fault;
    place->faults.count = 1;
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

static void assert_file(char *path, const char *expected)
{
    char *text;
    size_t size;
    assert_int_equal(file_load(path, 1000, &text, &size).kind, PLATFORM_OK);
    assert_string_equal(text, expected);
    free(text);
    free(path);
}

static void assert_kept(const struct place *place, const char *expected)
{
    assert_file(last_config_path(place->folder), expected);
}

static void the_copy_follows_what_was_accepted(void **state)
{
    const struct place *place = *state;
    write_config(place, "<one/>");
    last_config_accepted(place->folder, place->config, &place->loaded);
    assert_kept(place, "<one/>");
    write_config(place, "<two/>");
    assert_kept(place, "<one/>");
    last_config_accepted(place->folder, place->config, &place->loaded);
    assert_kept(place, "<two/>");
    last_config_accepted(place->folder, place->config, &place->loaded);
    assert_kept(place, "<two/>");
}

/* Beside the copy, as beside the file: so the copy loads with the mapping that was accepted with it. */
static void mappings_are_kept_with_it(void **state)
{
    struct place *place = *state;
    write_config(place, "<one/>");
    last_config_accepted(place->folder, place->config, &place->loaded);
    char *copy = last_config_path(place->folder);
    char *folder = path_folder(copy);
    assert_file(path_join(folder, "flat.xml"), "<mapping/>");
    place->match.mapping_bytes = SLICE_LITERAL("<mapping format-version='1'/>");
    last_config_accepted(place->folder, place->config, &place->loaded);
    assert_file(path_join(folder, "flat.xml"), "<mapping format-version='1'/>");
    assert_kept(place, "<one/>");
    free(folder);
    free(copy);
}

/* A fault of a mapping is another one, though the configuration is as it was. */
static void another_fault_is_new(void **state)
{
    struct place *place = *state;
    write_config(place, "<one/>");
    assert_true(last_config_refused_first_time(place->folder, place->config, &place->faults));
    assert_false(last_config_refused_first_time(place->folder, place->config, &place->faults));
    place->fault.text = "flat.xml:2: wrong";
    assert_true(last_config_refused_first_time(place->folder, place->config, &place->faults));
}

static void a_refused_content_is_new_once(void **state)
{
    const struct place *place = *state;
    write_config(place, "<bad/>");
    assert_true(last_config_refused_first_time(place->folder, place->config, &place->faults));
    assert_false(last_config_refused_first_time(place->folder, place->config, &place->faults));
    write_config(place, "<worse/>");
    assert_true(last_config_refused_first_time(place->folder, place->config, &place->faults));
    assert_false(last_config_refused_first_time(place->folder, place->config, &place->faults));
    /* After an accepted one, the same fault is news again. */
    write_config(place, "<good/>");
    last_config_accepted(place->folder, place->config, &place->loaded);
    write_config(place, "<worse/>");
    assert_true(last_config_refused_first_time(place->folder, place->config, &place->faults));
}

static void a_missing_file_is_told_each_time(void **state)
{
    const struct place *place = *state;
    assert_true(last_config_refused_first_time(place->folder, place->config, &place->faults));
    assert_true(last_config_refused_first_time(place->folder, place->config, &place->faults));
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_copy_follows_what_was_accepted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(mappings_are_kept_with_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(another_fault_is_new, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_refused_content_is_new_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_missing_file_is_told_each_time, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
