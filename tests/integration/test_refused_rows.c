/* A message that the database refuses goes to quarantine, and what stands beside it in the same transaction is applied. */
#include <stdio.h>
#include <stdlib.h>

#include "tests/integration/scene.h"
#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

#define FILES 40

/* As an integrator's own rule would: the booking numbers of the list are refused. */
static void refuse(struct scene *scene, const char *numbers)
{
    char sql[300];
    (void)snprintf(sql, sizeof sql,
                   "CREATE TRIGGER refused BEFORE INSERT ON booking WHEN NEW.booking_number IN (%s)"
                   " BEGIN SELECT RAISE(ABORT, 'not this one'); END",
                   numbers);
    scene_execute(scene, sql);
}

/* All files lie there when the engine starts, so that they come in few transactions. */
static void drop_all(struct scene *scene)
{
    for (int i = 0; i < FILES; i++) {
        char patient[16], booking[16], name[32];
        (void)snprintf(patient, sizeof patient, "P%04d", i);
        (void)snprintf(booking, sizeof booking, "%04d", i);
        (void)snprintf(name, sizeof name, "DEM%04d.ini", i);
        char *text = scene_dem(patient, booking, NULL, NULL);
        scene_drop(scene, name, text);
        free(text);
    }
}

static void run(struct scene *scene, const char *numbers)
{
    scene_init(scene, NULL);
    scene_start(scene); /* makes the database */
    scene_stop(scene);
    refuse(scene, numbers);
    drop_all(scene);
    scene_start(scene);
    scene_settle(scene);
}

static void the_neighbours_of_a_refused_message_are_applied(void **state)
{
    (void)state;
    struct scene scene;
    run(&scene, "'0000','0017','0018','0039'");
    scene_assert_rows(&scene, "SELECT count(*) FROM booking", "36");
    scene_assert_rows(&scene, "SELECT count(*) FROM patient", "36"); /* nothing of a refused message stays */
    scene_assert_rows(
        &scene, "SELECT name, reason FROM file WHERE state = 'quarantined' ORDER BY name",
        "DEM0000.ini|database\nDEM0017.ini|database\nDEM0018.ini|database\nDEM0039.ini|database");
    scene_assert_rows(&scene, "SELECT state, count(*) FROM message GROUP BY state",
                      "applied|36\nquarantined|4");
    scene_assert_rows(&scene, "SELECT count(*) FROM message WHERE detail LIKE '%not this one%'", "4");
    scene_assert_rows(&scene, "SELECT count(*) FROM file WHERE in_place = 1 OR stored IS NULL", "0");
    scene_assert_rows(&scene, "SELECT done, quarantined FROM feed_total", "36|4");
    assert_int_equal(scene_event_count(EVENT_QUARANTINED), 4);
    scene_release(&scene);
}

static void ledger_numbers_have_no_gap_where_a_group_was_written_anew(void **state)
{
    (void)state;
    struct scene scene;
    run(&scene, "'0020'");
    scene_assert_rows(&scene, "SELECT min(id), max(id), count(*) FROM file", "1|40|40");
    scene_assert_rows(&scene, "SELECT count(*) FROM message", "40"); /* none twice */
    scene_assert_rows(
        &scene, "SELECT count(*) FROM file a JOIN file b ON b.id = a.id + 1 WHERE b.name <= a.name", "0");
    scene_release(&scene);
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_neighbours_of_a_refused_message_are_applied),
        cmocka_unit_test(ledger_numbers_have_no_gap_where_a_group_was_written_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
