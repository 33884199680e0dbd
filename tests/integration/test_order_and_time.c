/*
 * Order and time on the whole way: event times in file names, what comes too late and what comes too early, and what the clock
 * brings about. The facility's zone is UTC; names are made from the present time.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/datetime.h"
#include "platform/clock.h"
#include "tests/integration/scene.h"
#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

#define MINUTE_US (INT64_C(60) * 1000 * 1000)

static const char UTC[] = "<facility code=\"VCSO\" name=\"Ventura\" zone=\"UTC\"/>";

/* The present time and minutes, as civil time in UTC. */
static struct civil_time minutes_from_now(int minutes)
{
    struct civil_time civil;
    datetime_from_instant(clock_utc_us() + minutes * MINUTE_US, &civil);
    return civil;
}

/* "LOC_20261123110501_7.ini" */
static const char *dated_name(int minutes)
{
    static char name[60];
    static int number;
    struct civil_time t = minutes_from_now(minutes);
    (void)snprintf(name, sizeof name, "LOC_%04d%02u%02u%02u%02u%02u_%d.ini", (int)t.year, t.month, t.day,
                   t.hour, t.minute, t.second, ++number);
    return name;
}

/* "LOC7_0400.ini" */
static const char *bare_name(int minutes)
{
    static char name[60];
    static int number;
    struct civil_time t = minutes_from_now(minutes);
    (void)snprintf(name, sizeof name, "LOC%d_%02u%02u.ini", ++number, t.hour, t.minute);
    return name;
}

static void drop_dem(struct scene *scene, const char *name, const char *booking, const char *housing,
                     const char *extra)
{
    char *text = scene_dem(NULL, booking, housing, extra);
    scene_drop(scene, name, text);
    free(text);
    scene_settle(scene);
}

static void drop_location(struct scene *scene, const char *name, const char *booking, const char *housing)
{
    char text[400];
    (void)snprintf(text, sizeof text,
                   "DataType=\"PatientLocation\"\r\nPatientID=\"P00012345\"\r\nFacility=\"VCSO\"\r\n"
                   "Housing=\"%s\"\r\nBooking=\"%s\"\r\n",
                   housing, booking);
    scene_drop(scene, name, text);
    scene_settle(scene);
}

static void older_after_newer_changes_nothing(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene,
               &(struct scene_options){.match = "ready=\"closed\" event-time=\"name:*_%Y%m%d%H%M%S_*\"",
                                       .facilities = UTC});
    scene_start(&scene);
    drop_dem(&scene, dated_name(-60), "100", "ISU", NULL);
    drop_location(&scene, dated_name(-10), "100", "NEW");
    drop_location(&scene, dated_name(-20), "100", "OLD");
    drop_location(&scene, dated_name(-5), "100", "NEWEST");
    scene_assert_rows(&scene, "SELECT housing FROM booking", "NEWEST");
    scene_assert_rows(&scene, "SELECT state, detail FROM message ORDER BY file",
                      "applied|-\napplied|-\nstale|stale: location\napplied|-");
    scene_assert_rows(&scene, "SELECT housing FROM location_history ORDER BY id", "ISU\nNEW\nNEWEST");
    /* A DEM of half an hour ago is newer than the first one, but does not move the person back. */
    drop_dem(&scene, dated_name(-30), "100", "ISU", NULL);
    scene_assert_rows(&scene, "SELECT state, detail FROM message WHERE file = 5",
                      "duplicate|stale: location");
    scene_assert_rows(&scene, "SELECT count(*) FROM file WHERE state = 'done' AND stored LIKE 'archive%'",
                      "5");
    scene_release(&scene);
}

static void clock_a_year_ahead_is_not_believed(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene,
               &(struct scene_options){.match = "ready=\"closed\" event-time=\"name:*_%Y%m%d%H%M%S_*\"",
                                       .facilities = UTC});
    scene_start(&scene);
    drop_dem(&scene, dated_name(-60), "100", "ISU", NULL);
    drop_location(&scene, dated_name(365 * 24 * 60), "100", "AHEAD");
    scene_assert_rows(&scene,
                      "SELECT m.event_at = f.arrived_at, m.state FROM message m JOIN file f ON f.id = m.file"
                      " WHERE f.id = 2",
                      "1|applied");
    scene_assert_rows(&scene, "SELECT code, severity, field FROM message_fault",
                      "out-of-range|warning|file name");
    /* What follows is not old because of it. */
    drop_location(&scene, dated_name(1), "100", "NEXT");
    scene_assert_rows(&scene, "SELECT housing FROM booking", "NEXT");
    scene_release(&scene);
}

static void bare_time_of_day_in_the_name(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, &(struct scene_options){.match = "ready=\"closed\" event-time=\"name:*_%H%M.ini\"",
                                               .facilities = UTC});
    scene_start(&scene);
    drop_dem(&scene, bare_name(-60), "100", "ISU", NULL);
    drop_location(&scene, bare_name(-2), "100", "A");
    /* Twice in one minute: the later arrival counts. */
    drop_location(&scene, bare_name(-2), "100", "B");
    drop_location(&scene, bare_name(-30), "100", "OLD");
    /* Half an hour ahead on the clock is yesterday: older than all. */
    drop_location(&scene, bare_name(30), "100", "YESTERDAY");
    scene_assert_rows(&scene, "SELECT housing FROM booking", "B");
    scene_assert_rows(&scene,
                      "SELECT m.state, julianday(f.arrived_at) - julianday(m.event_at) > 0.9 FROM message m"
                      " JOIN file f ON f.id = m.file ORDER BY f.id",
                      "applied|0\napplied|0\napplied|0\nstale|0\nstale|1");
    scene_release(&scene);
}

static void location_before_its_booking_waits_and_is_applied_with_it(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene,
               &(struct scene_options){.match = "ready=\"closed\" event-time=\"name:*_%Y%m%d%H%M%S_*\"",
                                       .facilities = UTC});
    scene_start(&scene);
    drop_location(&scene, dated_name(-20), "100", "SECOND");
    drop_location(&scene, dated_name(-10), "100", "THIRD");
    scene_assert_rows(&scene, "SELECT state FROM message", "waiting\nwaiting");
    scene_assert_rows(&scene, "SELECT count(*) FROM file WHERE stored LIKE 'hold%'", "2");
    drop_dem(&scene, dated_name(-30), "100", "FIRST", NULL);
    scene_assert_rows(&scene, "SELECT state FROM message ORDER BY file", "applied\napplied\napplied");
    scene_assert_rows(&scene, "SELECT housing FROM location_history ORDER BY id", "FIRST\nSECOND\nTHIRD");
    scene_assert_rows(&scene, "SELECT housing FROM booking", "THIRD");
    scene_assert_rows(&scene, "SELECT applied, open_messages FROM feed_total", "3|0");
    scene_release(&scene);
}

static void quarantined_demographics_leave_the_location_waiting_until_mended(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene,
               &(struct scene_options){.match = "ready=\"closed\" event-time=\"name:*_%Y%m%d%H%M%S_*\"",
                                       .facilities = UTC});
    scene_start(&scene);
    drop_dem(&scene, dated_name(-30), "", "FIRST", NULL); /* a booking number is required */
    drop_location(&scene, dated_name(-20), "100", "SECOND");
    scene_assert_rows(&scene, "SELECT state FROM message ORDER BY file", "quarantined\nwaiting");
    drop_dem(&scene, dated_name(-30), "100", "FIRST", NULL);
    scene_assert_rows(&scene, "SELECT state FROM message ORDER BY file", "quarantined\napplied\napplied");
    scene_assert_rows(&scene, "SELECT housing FROM booking", "SECOND");
    scene_release(&scene);
}

static void location_that_waited_for_the_booking_of_another_is_held_and_told(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, &(struct scene_options){.facilities = UTC});
    scene_start(&scene);
    drop_location(&scene, "a.ini", "100", "ISU");
    assert_int_equal(scene_event_count(EVENT_HELD), 0); /* what waits is no person's */
    char *dem = scene_dem("P2", "100", "ISU", NULL);
    scene_drop(&scene, "b.ini", dem);
    free(dem);
    scene_settle(&scene);
    scene_assert_rows(&scene, "SELECT state FROM message ORDER BY file", "held\napplied");
    assert_int_equal(scene_event_count(EVENT_HELD), 1);
    assert_non_null(strstr(scene_event_text(EVENT_HELD), "feed jms (ledger number 1)"));
    assert_non_null(strstr(scene_event_text(EVENT_HELD), "a person must decide"));
    scene_release(&scene);
}

/* The service was stopped while the time passed; a file that has gone the whole way shows that the first turn is over. */
static void what_became_due_is_done_at_start(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, &(struct scene_options){.facilities = UTC});
    scene_start(&scene);
    char release[80];
    struct civil_time t = minutes_from_now(60);
    (void)snprintf(release, sizeof release, "ReleaseDate=\"%04d-%02u-%02u %02u:%02u:%02u\"\r\n", (int)t.year,
                   t.month, t.day, t.hour, t.minute, t.second);
    drop_dem(&scene, "a.ini", "100", "ISU", release);
    drop_location(&scene, "b.ini", "999", "ISU");
    drop_location(&scene, "c.ini", "998", "ISU");
    scene_assert_rows(&scene, "SELECT release_date IS NOT NULL, released_at IS NULL FROM booking", "1|1");
    scene_assert_rows(
        &scene,
        "SELECT round((julianday(waits_until) - julianday(arrived_at)) * 24) FROM waiting_event w"
        " JOIN message m ON m.id = w.message JOIN file f ON f.id = m.file",
        "24.0\n24.0");
    scene_stop(&scene);
    scene_execute(&scene, "UPDATE booking SET release_date = '2026-11-01T00:00:00.000000Z'");
    scene_execute(&scene, "UPDATE waiting_event SET waits_until = '2026-11-01T00:00:00.000000Z'"
                          " WHERE booking_number = '999'");
    scene_start(&scene);
    drop_dem(&scene, "d.ini", "101", "ISU", NULL);
    scene_assert_rows(&scene, "SELECT booking_number, released_at FROM booking",
                      "100|2026-11-01T00:00:00.000000Z\n101|-");
    scene_assert_rows(&scene, "SELECT state FROM message ORDER BY file",
                      "applied\nquarantined\nwaiting\napplied");
    scene_assert_rows(&scene, "SELECT count(*) FROM file WHERE id = 2 AND stored LIKE 'quarantine%'", "1");
    scene_assert_rows(&scene, "SELECT count(*) FROM file WHERE id = 3 AND stored LIKE 'hold%'", "1");
    assert_int_equal(scene_event_count(EVENT_WAITED_TOO_LONG), 1);
    assert_non_null(strstr(scene_event_text(EVENT_WAITED_TOO_LONG), "feed jms (ledger number 2)"));
    scene_release(&scene);
}

static void settings_of_the_match_rule_are_used(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene,
               &(struct scene_options){.match = "ready=\"closed\" reopen=\"yes\" hold-identity-change=\"yes\""
                                                " one-booking=\"close-earlier\" waiting=\"2 h\"",
                                       .facilities = UTC});
    scene_start(&scene);
    drop_dem(&scene, "a.ini", "100", "ISU", "ReleaseDate=\"2020-01-01 10:00\"\r\n");
    drop_dem(&scene, "b.ini", "100", "ISU", NULL);
    scene_assert_rows(&scene, "SELECT released_at FROM booking", "-");
    drop_dem(&scene, "c.ini", "101", "ISU", NULL);
    scene_assert_rows(&scene, "SELECT booking_number, release_origin FROM booking",
                      "100|next-booking\n101|-");
    assert_int_equal(scene_event_count(EVENT_SECOND_OPEN_BOOKING), 0);
    scene_drop(
        &scene, "d.ini",
        "DataType=\"PatientDemographics\"\r\nPatientID=\"P00012345\"\r\nFacility=\"VCSO\"\r\nLastName=\"POE\"\r\n"
        "FirstName=\"EDGAR\"\r\nBirthDate=\"01/19/1960\"\r\nSex=\"Male\"\r\nHousing=\"ISU\"\r\nBooking=\"101\"\r\n"
        "BookingDate=\"2017-06-20 14:32:04\"\r\n");
    scene_settle(&scene);
    scene_assert_rows(&scene, "SELECT state FROM message WHERE file = 4", "held");
    scene_assert_rows(&scene, "SELECT last_name FROM patient", "DOE");
    scene_assert_rows(&scene, "SELECT count(*) FROM file WHERE id = 4 AND stored LIKE 'hold%'", "1");
    assert_int_equal(scene_event_count(EVENT_IDENTITY_CHANGED), 0);
    assert_int_equal(scene_event_count(EVENT_HELD), 1);
    drop_location(&scene, "e.ini", "999", "ISU");
    scene_assert_rows(
        &scene,
        "SELECT round((julianday(waits_until) - julianday(arrived_at)) * 24) FROM waiting_event w"
        " JOIN message m ON m.id = w.message JOIN file f ON f.id = m.file",
        "2.0");
    scene_release(&scene);
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(older_after_newer_changes_nothing),
        cmocka_unit_test(clock_a_year_ahead_is_not_believed),
        cmocka_unit_test(bare_time_of_day_in_the_name),
        cmocka_unit_test(location_before_its_booking_waits_and_is_applied_with_it),
        cmocka_unit_test(quarantined_demographics_leave_the_location_waiting_until_mended),
        cmocka_unit_test(location_that_waited_for_the_booking_of_another_is_held_and_told),
        cmocka_unit_test(what_became_due_is_done_at_start),
        cmocka_unit_test(settings_of_the_match_rule_are_used),
    };
    return cmocka_run_group_tests_name("order_and_time", tests, NULL, NULL);
}
