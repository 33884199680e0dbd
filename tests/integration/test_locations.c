/* Location rules on the whole way: Housing and Bed become block, pod, cell and bed, and what no rule matches is told once. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/integration/wait.h"
#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

static const struct scene_options RULES = {
    .facilities = "<facility code=\"VCSO\" name=\"Ventura\" zone=\"America/Los_Angeles\">"
                  "<location housing=\"ISU\" bed=\"{bed}\" block=\"Intake\" pod=\"ISU\"/>"
                  "<location housing=\"{block} {pod}-{cell}\" bed=\"{bed}\"/>"
                  "<location housing=\"{pod}-{cell}\"/>"
                  "</facility>"
                  "<facility code=\"ADAMS\" name=\"Adams\" zone=\"America/Denver\"/>"};

static const char PLACE[] = "SELECT facility, housing, bed, block, pod, cell, bunk FROM booking";

static void drop_location(struct scene *scene, const char *name, const char *housing, const char *bed,
                          const char *more)
{
    char text[400];
    (void)snprintf(
        text, sizeof text,
        "DataType=\"PatientLocation\"\r\nPatientID=\"P00012345\"\r\nBooking=\"12345678\"\r\nHousing=\"%s\"\r\n"
        "Bed=\"%s\"\r\n%s",
        housing, bed, more);
    drop_quickly(scene, name, text);
    scene_settle(scene);
}

static void the_first_rule_that_matches_places_a_booking(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, &RULES);
    scene_start(&scene);
    char *dem = scene_dem(NULL, NULL, NULL, NULL); /* ISU, bed RLSE */
    drop_quickly(&scene, "DEM1.ini", dem);
    free(dem);
    scene_settle(&scene);
    scene_assert_rows(&scene, PLACE, "VCSO|ISU|RLSE|Intake|ISU|-|RLSE");
    drop_location(&scene, "LOC1.ini", "East B2-114", "1", "");
    scene_assert_rows(&scene, PLACE, "VCSO|East B2-114|1|East|B2|114|1");
    drop_location(&scene, "LOC2.ini", "B2-7", "", "");
    scene_assert_rows(&scene, PLACE, "VCSO|B2-7|-|-|B2|7|-");
    assert_int_equal(scene_event_count(EVENT_LOCATION_UNMATCHED), 0);
    /* Another facility, without rules: one booking goes on with one history. */
    drop_location(&scene, "LOC3.ini", "B2-8", "", "Facility=\"ADAMS\"\r\n");
    scene_assert_rows(&scene, PLACE, "ADAMS|B2-8|-|-|-|-|-");
    scene_assert_rows(
        &scene, "SELECT facility, housing, block, pod, cell, bunk FROM location_history ORDER BY id",
        "VCSO|ISU|Intake|ISU|-|RLSE\nVCSO|East B2-114|East|B2|114|1\nVCSO|B2-7|-|B2|7|-\nADAMS|B2-8|-|-|-|-");
    assert_int_equal(scene_event_count(EVENT_LOCATION_UNMATCHED), 0);
    scene_release(&scene);
}

static void a_place_that_no_rule_matches_is_filed_as_it_came_and_told_once(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, &RULES);
    scene_start(&scene);
    char *dem = scene_dem(NULL, NULL, NULL, NULL);
    drop_quickly(&scene, "DEM1.ini", dem);
    free(dem);
    scene_settle(&scene);
    drop_location(&scene, "LOC1.ini", "Somewhere", "4", "");
    scene_assert_rows(&scene, PLACE, "VCSO|Somewhere|4|-|-|-|-");
    drop_location(&scene, "LOC2.ini", "B2-7", "", "");
    drop_location(&scene, "LOC3.ini", "Somewhere", "4", "");
    drop_location(&scene, "LOC4.ini", "Elsewhere", "", "");
    assert_int_equal(scene_event_count(EVENT_LOCATION_UNMATCHED), 2);
    assert_non_null(strstr(scene_event_text(EVENT_LOCATION_UNMATCHED), "(ledger number 5)"));
    assert_null(strstr(scene_event_text(EVENT_LOCATION_UNMATCHED), "Elsewhere"));
    scene_assert_rows(&scene, "SELECT * FROM unmatched_location ORDER BY file",
                      "VCSO|Somewhere|4|2\nVCSO|Elsewhere||5");
    scene_assert_rows(&scene, "SELECT count(*) FROM message WHERE state <> 'applied'", "0");
    scene_release(&scene);
}

/* The pharmacy gets the bed of the rules where they name one, else the bed as it was sent. */
static void orders_name_the_place_of_the_rules(void **state)
{
    (void)state;
    struct scene scene;
    struct scene_options options = RULES;
    options.facilities = "<facility code=\"VCSO\" name=\"Ventura\" zone=\"America/Los_Angeles\">"
                         "<location housing=\"{pod}-{cell}-{bed}\" block=\"Main\"/></facility>";
    scene_init(&scene, &options);
    scene_start(&scene);
    char *dem = scene_dem(NULL, NULL, "B2-114-A", NULL);
    drop_quickly(&scene, "DEM1.ini", dem);
    free(dem);
    scene_settle(&scene);
    scene_execute(
        &scene,
        "INSERT INTO provider (provider_id, last_name, npi) VALUES ('U17', 'Hale', '1234567893');"
        "INSERT INTO drug (ndc, name) VALUES ('00904582460', 'Ibuprofen 200 MG Tablet');"
        "INSERT INTO medication_order (placer_number, order_control, patient, booking, ndc, ordered_at,"
        " dose_amount, dose_units, route, frequency, provider) VALUES ('O1', 'NW', 1, 1, '00904582460',"
        " '2026-11-23T18:05:09Z', '2', 'TAB', 'PO', 'BID', 'U17')");
    wait_rows(&scene, "SELECT state, reason FROM order_event", "rendered|-");
    wait_rows(&scene, "SELECT state FROM outbox", "sent");
    char *message = scene_read(scene_find_file(scene.pharmacy, ".hl7"));
    assert_non_null(strstr(message, "\rPV1|1|I|B2^114^A^VCSO^^^Main|"));
    free(message);
    scene_release(&scene);
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_rule_that_matches_places_a_booking),
        cmocka_unit_test(a_place_that_no_rule_matches_is_filed_as_it_came_and_told_once),
        cmocka_unit_test(orders_name_the_place_of_the_rules),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
