/* The first configuration must be one that CorBridge itself accepts. */
#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

#include <stdlib.h>
#include <string.h>

#include "platform/file.h"
#include "platform/folder.h"
#include "platform/path.h"
#include "service/config.h"
#include "service/windows/first_config.h"

struct place {
    char *folder, *share, *pharmacy, *data, *path;
};

static int set_up(void **state)
{
    struct place *place = calloc(1, sizeof *place);
    place->folder = test_temp_dir("first-config");
    place->share = path_join(place->folder, "R&D 'share'");
    place->pharmacy = path_join(place->folder, "pharmacy");
    place->data = path_join(place->folder, "data");
    place->path = path_join(place->folder, "corbridge.xml");
    assert_int_equal(folder_make(place->share).kind, PLATFORM_OK);
    assert_int_equal(folder_make(place->pharmacy).kind, PLATFORM_OK);
    *state = place;
    return 0;
}

static int tear_down(void **state)
{
    struct place *place = *state;
    test_temp_remove(place->folder);
    free(place->folder);
    free(place->share);
    free(place->pharmacy);
    free(place->data);
    free(place->path);
    free(place);
    return 0;
}

static struct config *load(const struct place *place, const struct first_config *values,
                           struct config_faults *faults)
{
    char *text = first_config_make(values);
    assert_non_null(text);
    assert_int_equal(file_store(place->path, text, strlen(text)).kind, PLATFORM_OK);
    free(text);
    config_faults_init(faults);
    return config_load(place->path, NULL, faults);
}

static void it_is_accepted_and_says_what_was_told(void **state)
{
    const struct place *place = *state;
    const struct first_config values = {place->data, place->share, place->pharmacy, "America/Chicago"};
    struct config_faults faults;
    struct config *config = load(place, &values, &faults);
    for (size_t i = 0; i < faults.count; i++)
        print_message("%s\n", faults.items[i].text);
    assert_non_null(config);
    assert_string_equal(config->data_folder, place->data);
    assert_int_equal(config->facility_count, 1);
    assert_string_equal(config->facilities[0].zone_name, "America/Chicago");
    assert_int_equal(config->feed_count, 1);
    assert_string_equal(config->feeds[0].folder, place->share);
    assert_non_null(config_match_find(&config->feeds[0], "DEM12345678_0400.ini"));
    assert_int_equal(config->pharmacy_count, 1);
    assert_string_equal(config->pharmacies[0].test_folder, place->pharmacy);
    assert_null(config->pharmacies[0].live_folder);
    config_free(config);
    config_faults_release(&faults);
}

static void without_folders_it_asks_for_them(void **state)
{
    const struct place *place = *state;
    const struct first_config values = {place->data, NULL, NULL, "UTC"};
    struct config_faults faults;
    struct config *config = load(place, &values, &faults);
    assert_null(config);
    assert_int_equal(faults.count, 1);
    assert_non_null(strstr(faults.items[0].text, "<feed"));
    config_faults_release(&faults);
}

static void zones_of_the_united_states_are_known(void **state)
{
    (void)state;
    assert_string_equal(first_config_zone("Eastern Standard Time"), "America/New_York");
    assert_string_equal(first_config_zone("US Mountain Standard Time"), "America/Phoenix");
    assert_string_equal(first_config_zone("Hawaiian Standard Time"), "Pacific/Honolulu");
    assert_null(first_config_zone("Tokyo Standard Time"));
    assert_null(first_config_zone(""));
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(it_is_accepted_and_says_what_was_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(without_folders_it_asks_for_them, set_up, tear_down),
        cmocka_unit_test(zones_of_the_united_states_are_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
