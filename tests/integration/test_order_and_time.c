/*
 * Order and time on the whole way: event times in file names, what comes too late and what comes too early, and what the clock
 * brings about. The facility's zone is UTC unless said otherwise; names are made from the present time.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utime.h>

#include "parser/datetime.h"
#include "platform/clock.h"
#include "tests/integration/wait.h"
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

/* ---- over midnight, and where the clock is changed ---- */

/* Drops a file whose last-write time is `written`. */
static void drop_written_at(struct scene *scene, const char *name, const char *text, instant_us written)
{
    char temporary[60];
    struct utimbuf times = {(time_t)(written / 1000000), (time_t)(written / 1000000)};
    (void)snprintf(temporary, sizeof temporary, "%s.tmp", name);
    write_in_place(scene, temporary, "wb", text);
    assert_int_equal(utime(share_path(scene, temporary), &times), 0);
    rename_path(share_path(scene, temporary), share_path(scene, name));
    scene_settle(scene);
}

static void drop_moved(struct scene *scene, const char *name, const char *housing, instant_us written)
{
    char text[400];
    (void)snprintf(text, sizeof text,
                   "DataType=\"PatientLocation\"\r\nPatientID=\"P00012345\"\r\nFacility=\"VCSO\"\r\n"
                   "Housing=\"%s\"\r\nBooking=\"100\"\r\n",
                   housing);
    drop_written_at(scene, name, text, written);
}

/* Names without a date tell by their last-write time on which side of midnight they happened, in whatever order they come. */
static void bare_time_of_day_across_midnight(void **state)
{
    (void)state;
    instant_us day = INT64_C(24) * 60 * MINUTE_US;
    instant_us midnight = (clock_utc_us() / day - 1) * day; /* not the last one: that may be a minute ago */
    struct scene scene;
    scene_init(&scene, &(struct scene_options){.match = "ready=\"closed\" event-time=\"name:*_%H%M.ini\"",
                                               .facilities = UTC});
    scene_start(&scene);
    char *dem = scene_dem(NULL, "100", "FIRST", NULL);
    drop_written_at(&scene, "DEM1_2350.ini", dem, midnight - 9 * MINUTE_US);
    free(dem);
    drop_moved(&scene, "LOC2_0004.ini", "AFTER", midnight + 5 * MINUTE_US);
    drop_moved(&scene, "LOC3_2358.ini", "LATE", midnight + 5 * MINUTE_US); /* of the day before */
    /* A sender whose clock is some minutes ahead of the server's: it is tomorrow's, not this morning's. */
    drop_moved(&scene, "LOC4_0003.ini", "AHEAD", midnight - 4 * MINUTE_US);
    drop_moved(&scene, "LOC5_0010.ini", "LAST", midnight + 11 * MINUTE_US);
    static const int MINUTES[] = {-10, 4, -2, 3, 10};
    char expected[200];
    size_t used = 0;
    for (size_t i = 0; i < 5; i++) {
        char at[28];
        datetime_format_instant(midnight + MINUTES[i] * MINUTE_US, at);
        used += (size_t)snprintf(expected + used, sizeof expected - used, "%s%s", i > 0 ? "\n" : "", at);
    }
    scene_assert_rows(&scene, "SELECT event_at FROM message ORDER BY file", expected);
    scene_assert_rows(&scene,
                      "SELECT group_concat(state, ' ') FROM (SELECT state FROM message ORDER BY file)",
                      "applied applied stale stale applied");
    scene_assert_rows(&scene, "SELECT housing FROM location_history ORDER BY id", "FIRST\nAFTER\nLAST");
    scene_assert_rows(&scene, "SELECT count(*) FROM message_fault", "0");
    scene_release(&scene);
}

static void the_repeated_hour_and_the_one_that_does_not_exist(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene,
               &(struct scene_options){.match = "ready=\"closed\" event-time=\"name:*_%Y%m%d%H%M%S_*\""});
    scene_start(&scene); /* VCSO is in Los Angeles */
    drop_dem(&scene, "DEM_20251101120000_1.ini", "100", "ISU", NULL);
    /* 2025-11-02 02:00 PDT (09:00Z) is 01:00 PST again: both readings lie before arrival, the later one is nearer. */
    drop_location(&scene, "LOC_20251102005959_2.ini", "100", "BEFORE");
    drop_location(&scene, "LOC_20251102013000_3.ini", "100", "TWICE");
    drop_location(&scene, "LOC_20251102020000_4.ini", "100", "AFTER");
    /* 2025-03-09 02:30 does not exist in Los Angeles; 2026-03-08 neither. */
    drop_location(&scene, "LOC_20250309023000_5.ini", "100", "OLD");
    drop_location(&scene, "LOC_20260308023000_6.ini", "100", "SKIPPED");
    scene_assert_rows(
        &scene, "SELECT substr(event_at, 1, 19), state FROM message ORDER BY file",
        "2025-11-01T19:00:00|applied\n2025-11-02T07:59:59|applied\n2025-11-02T09:30:00|applied\n"
        "2025-11-02T10:00:00|applied\n2025-03-09T10:30:00|stale\n2026-03-08T10:30:00|applied");
    scene_assert_rows(&scene, "SELECT file, code, severity, field FROM message_fault ORDER BY file",
                      "5|time-does-not-exist|warning|file name\n6|time-does-not-exist|warning|file name");
    scene_assert_rows(&scene, "SELECT housing FROM booking", "SKIPPED");
    scene_release(&scene);
}

/* What each group was last told is remembered for itself. */
static void older_and_newer_are_judged_by_group(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene,
               &(struct scene_options){.match = "ready=\"closed\" event-time=\"name:*_%Y%m%d%H%M%S_*\"",
                                       .facilities = UTC});
    scene_start(&scene);
    drop_dem(&scene, dated_name(-60), "100", "ISU", "PhotoPath=\"a.jpg\"\r\n");
    drop_location(&scene, dated_name(-10), "100", "NEW");
    /* Newer for person, booking and release; older for the location. */
    char *dem = scene_dem(NULL, "100", "OLD", "ReleaseDate=\"2020-01-01 10:00\"\r\n");
    char *weight = strstr(dem, "Weight=\"140\"");
    assert_non_null(weight);
    memcpy(weight, "Weight=\"150\"", strlen("Weight=\"150\""));
    scene_drop(&scene, dated_name(-30), dem);
    scene_settle(&scene);
    scene_assert_rows(&scene, "SELECT state, detail FROM message WHERE file = 3", "applied|stale: location");
    scene_assert_rows(&scene,
                      "SELECT weight, photo_path, housing, released_at IS NOT NULL FROM patient p"
                      " JOIN booking b ON b.patient = p.id",
                      "150|a.jpg|NEW|1");
    /* Older than that for all of these, and still the newest word on the photo. */
    memcpy(weight, "Weight=\"160\"", strlen("Weight=\"160\""));
    char *photo = strstr(dem, "ReleaseDate=");
    (void)snprintf(photo, strlen(photo) + 1, "PhotoPath=\"b.jpg\"\r\n");
    scene_drop(&scene, dated_name(-40), dem);
    scene_settle(&scene);
    scene_assert_rows(&scene, "SELECT state, detail FROM message WHERE file = 4",
                      "applied|stale: demographics, booking, location");
    scene_assert_rows(&scene,
                      "SELECT weight, photo_path, housing, released_at IS NOT NULL FROM patient p"
                      " JOIN booking b ON b.patient = p.id",
                      "150|b.jpg|NEW|1");
    free(dem);
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
        cmocka_unit_test(bare_time_of_day_across_midnight),
        cmocka_unit_test(the_repeated_hour_and_the_one_that_does_not_exist),
        cmocka_unit_test(older_and_newer_are_judged_by_group),
        cmocka_unit_test(location_before_its_booking_waits_and_is_applied_with_it),
        cmocka_unit_test(quarantined_demographics_leave_the_location_waiting_until_mended),
        cmocka_unit_test(location_that_waited_for_the_booking_of_another_is_held_and_told),
        cmocka_unit_test(what_became_due_is_done_at_start),
        cmocka_unit_test(settings_of_the_match_rule_are_used),
    };
    return cmocka_run_group_tests_name("order_and_time", tests, NULL, NULL);
}
