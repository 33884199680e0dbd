/*
 * People and their bookings on the whole way: releases that are planned, moved and undone, booking anew, two open bookings, a booking
 * that is another person's, and two senders who number people alike.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/datetime.h"
#include "platform/clock.h"
#include "platform/file.h"
#include "platform/folder.h"
#include "platform/path.h"
#include "tests/integration/reconfigure.h"
#include "tests/integration/scene.h"
#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

#define MINUTE_US (INT64_C(60) * 1000 * 1000)

static const char UTC[] = "<facility code=\"VCSO\" name=\"Ventura\" zone=\"UTC\"/>";

/* A line with a ReleaseDate so many minutes from now. */
static const char *release_in(int minutes)
{
    static char line[80];
    struct civil_time t;
    datetime_from_instant(clock_utc_us() + minutes * MINUTE_US, &t);
    (void)snprintf(line, sizeof line, "ReleaseDate=\"%04d-%02u-%02u %02u:%02u:%02u\"\r\n", (int)t.year,
                   t.month, t.day, t.hour, t.minute, t.second);
    return line;
}

static void drop_dem(struct scene *scene, const char *name, const char *patient, const char *booking,
                     const char *housing, const char *extra)
{
    char *text = scene_dem(patient, booking, housing, extra);
    scene_drop(scene, name, text);
    free(text);
    scene_settle(scene);
}

static char *location(const char *patient, const char *booking, const char *housing)
{
    char *text = malloc(400);
    assert_non_null(text);
    (void)snprintf(
        text, 400,
        "DataType=\"PatientLocation\"\r\nPatientID=\"%s\"\r\nFacility=\"VCSO\"\r\nHousing=\"%s\"\r\n"
        "Booking=\"%s\"\r\n",
        patient, housing, booking);
    return text;
}

static void drop_location(struct scene *scene, const char *name, const char *patient, const char *booking,
                          const char *housing)
{
    char *text = location(patient, booking, housing);
    scene_drop(scene, name, text);
    free(text);
    scene_settle(scene);
}

/* "planned" and "released" of each booking: a ReleaseDate is known; it has taken effect. */
static const char RELEASES[] =
    "SELECT booking_number, release_date IS NOT NULL, released_at IS NOT NULL FROM booking ORDER BY id";

static void a_planned_release_is_moved_and_undone_by_later_words(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene,
               &(struct scene_options){.match = "ready=\"closed\" empty=\"clear\"", .facilities = UTC});
    scene_start(&scene);
    drop_dem(&scene, "a.ini", "P1", "100", "ISU", release_in(120));
    scene_assert_rows(&scene, RELEASES, "100|1|0");
    /* It is moved nearer, and back again. */
    drop_dem(&scene, "b.ini", "P1", "100", "ISU", release_in(60));
    scene_assert_rows(&scene, "SELECT julianday(release_date) - julianday('now') < 1.5 / 24 FROM booking",
                      "1");
    drop_dem(&scene, "c.ini", "P1", "100", "ISU", release_in(180));
    scene_assert_rows(&scene, "SELECT julianday(release_date) - julianday('now') > 2.5 / 24 FROM booking",
                      "1");
    /* Who does not speak of it leaves it; who clears it undoes it. */
    drop_dem(&scene, "d.ini", "P1", "100", "ISU", NULL);
    scene_assert_rows(&scene, RELEASES, "100|1|0");
    drop_dem(&scene, "e.ini", "P1", "100", "ISU", "ReleaseDate=\"\"\r\n");
    scene_assert_rows(&scene, RELEASES, "100|0|0");
    /* Up to ten minutes ahead is now: clocks differ. */
    drop_dem(&scene, "f.ini", "P1", "100", "ISU", release_in(5));
    scene_assert_rows(&scene, RELEASES, "100|1|1");
    scene_assert_rows(&scene,
                      "SELECT group_concat(state, ' ') FROM (SELECT state FROM message ORDER BY file)",
                      "applied applied applied duplicate applied applied");
    scene_release(&scene);
}

static void a_release_that_took_effect_is_undone_only_by_being_cleared(void **state)
{
    (void)state;
    static const struct {
        const char *match, *extra, *after;
    } WAYS[] = {
        {"ready=\"closed\"", NULL, "100|1|1"},
        {"ready=\"closed\"", "ReleaseDate=\"\"\r\n", "100|1|1"}, /* empty says nothing here */
        {"ready=\"closed\" empty=\"clear\"", NULL, "100|1|1"},
        {"ready=\"closed\" empty=\"clear\"", "ReleaseDate=\"\"\r\n", "100|0|0"},
        {"ready=\"closed\" reopen=\"yes\"", NULL, "100|0|0"},
    };
    for (size_t i = 0; i < sizeof WAYS / sizeof WAYS[0]; i++) {
        struct scene scene;
        scene_init(&scene, &(struct scene_options){.match = WAYS[i].match, .facilities = UTC});
        scene_start(&scene);
        drop_dem(&scene, "a.ini", "P1", "100", "ISU", release_in(-60));
        scene_assert_rows(&scene, RELEASES, "100|1|1");
        drop_dem(&scene, "b.ini", "P1", "100", "ISU", WAYS[i].extra);
        scene_assert_rows(&scene, RELEASES, WAYS[i].after);
        /* A move does not open it either. */
        drop_location(&scene, "c.ini", "P1", "100", "YARD");
        scene_assert_rows(&scene, RELEASES, WAYS[i].after);
        scene_assert_rows(&scene, "SELECT housing FROM booking", "YARD");
        scene_release(&scene);
    }
}

static void who_is_booked_anew_has_two_bookings_and_nobody_is_alarmed(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, &(struct scene_options){.facilities = UTC});
    scene_start(&scene);
    drop_dem(&scene, "a.ini", "P1", "100", "ISU", NULL);
    drop_dem(&scene, "b.ini", "P1", "100", "ISU", release_in(-60));
    drop_dem(&scene, "c.ini", "P1", "101", "YARD", NULL);
    scene_assert_rows(&scene, "SELECT count(*) FROM patient", "1");
    scene_assert_rows(&scene, RELEASES, "100|1|1\n101|0|0");
    assert_int_equal(scene_event_count(EVENT_SECOND_OPEN_BOOKING), 0);
    /* What comes late for the first one is filed there. */
    drop_location(&scene, "d.ini", "P1", "100", "GATE");
    scene_assert_rows(&scene, "SELECT booking_number, housing FROM booking ORDER BY id",
                      "100|GATE\n101|YARD");
    scene_release(&scene);
}

static void two_open_bookings_both_stay_and_that_is_told(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, &(struct scene_options){.facilities = UTC});
    scene_start(&scene);
    drop_dem(&scene, "a.ini", "P1", "100", "ISU", NULL);
    drop_dem(&scene, "b.ini", "P1", "101", "YARD", NULL);
    scene_assert_rows(&scene, RELEASES, "100|0|0\n101|0|0");
    assert_int_equal(scene_event_count(EVENT_SECOND_OPEN_BOOKING), 1);
    assert_non_null(strstr(scene_event_text(EVENT_SECOND_OPEN_BOOKING), "ledger number 2"));
    drop_location(&scene, "c.ini", "P1", "101", "C2");
    drop_location(&scene, "d.ini", "P1", "100", "C1");
    scene_assert_rows(&scene, "SELECT booking_number, housing FROM booking ORDER BY id", "100|C1\n101|C2");
    scene_assert_rows(&scene, "SELECT count(*) FROM patient", "1");
    assert_int_equal(scene_event_count(EVENT_SECOND_OPEN_BOOKING), 1); /* once, not with every file */
    scene_release(&scene);
}

static void a_booking_that_is_another_persons_is_held_and_changes_nothing(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, &(struct scene_options){.facilities = UTC});
    scene_start(&scene);
    drop_dem(&scene, "a.ini", "P1", "100", "ISU", NULL);
    drop_dem(&scene, "b.ini", "P2", "100", "YARD", NULL);
    drop_location(&scene, "c.ini", "P3", "100", "YARD");
    scene_assert_rows(&scene, "SELECT state FROM message ORDER BY file", "applied\nheld\nheld");
    scene_assert_rows(&scene, "SELECT patient_id FROM patient", "P1");
    scene_assert_rows(&scene, "SELECT booking_number, housing FROM booking", "100|ISU");
    scene_assert_rows(&scene, "SELECT count(*) FROM file WHERE state = 'done' AND stored LIKE 'hold%'", "2");
    assert_int_equal(scene_event_count(EVENT_HELD), 2);
    assert_non_null(scene_find_file(scene_path(&scene, "data"), "_b.ini.reason.txt"));
    /* It stands in nobody's way. */
    drop_location(&scene, "d.ini", "P1", "100", "GATE");
    scene_assert_rows(&scene, "SELECT housing FROM booking", "GATE");
    scene_assert_rows(&scene, "SELECT applied, open_messages FROM feed_total", "2|2");
    scene_release(&scene);
}

/* ---- two senders ---- */

/* Into the folder of the second feed. */
static void drop_second(struct scene *scene, const char *name, char *text)
{
    char *folder = path_join(scene->root, "second");
    char *path = path_join(folder, name);
    assert_int_equal(file_store(path, text, strlen(text)).kind, PLATFORM_OK);
    free(path);
    free(folder);
    free(text);
    scene_settle(scene);
}

static void the_same_numbers_from_two_authorities_are_two_people(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, &(struct scene_options){.facilities = UTC});
    assert_int_equal(folder_make(scene_path(&scene, "second")).kind, PLATFORM_OK);
    char *text = reconfigure_second_feed(&scene);
    reconfigure(&scene, text);
    free(text);
    scene_start(&scene);
    drop_dem(&scene, "a.ini", "P1", "100", "ISU", NULL);
    /* The booking is known to the first sender only: what the second says of it waits for his own. */
    drop_second(&scene, "b.ini", location("P1", "100", "GATE"));
    scene_assert_rows(&scene, "SELECT state FROM message ORDER BY file", "applied\nwaiting");
    scene_assert_rows(&scene, "SELECT housing FROM booking", "ISU");
    drop_second(&scene, "c.ini", scene_dem("P1", "100", "YARD", NULL));
    scene_assert_rows(&scene, "SELECT authority, patient_id FROM patient ORDER BY id", "JMS|P1\nOTHER|P1");
    /* It came before his booking, which says where the person is now. */
    scene_assert_rows(&scene, "SELECT state, detail FROM message ORDER BY file",
                      "applied|-\nstale|stale: location\napplied|-");
    assert_int_equal(scene_event_count(EVENT_SECOND_OPEN_BOOKING), 0); /* another person's */
    static const char WHERE[] = "SELECT p.authority, b.authority, b.booking_number, b.housing FROM booking b"
                                " JOIN patient p ON p.id = b.patient ORDER BY b.id";
    scene_assert_rows(&scene, WHERE, "JMS|JMS|100|ISU\nOTHER|OTHER|100|YARD");
    drop_location(&scene, "d.ini", "P1", "100", "CELL");
    scene_assert_rows(&scene, WHERE, "JMS|JMS|100|CELL\nOTHER|OTHER|100|YARD");
    drop_second(&scene, "e.ini", scene_dem("P1", "100", "YARD", release_in(-60)));
    scene_assert_rows(&scene, RELEASES, "100|0|0\n100|1|1");
    scene_assert_rows(&scene, "SELECT feed, done, applied FROM feed_total ORDER BY feed",
                      "jms|2|2\nsecond|3|2");
    scene_release(&scene);
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_planned_release_is_moved_and_undone_by_later_words),
        cmocka_unit_test(a_release_that_took_effect_is_undone_only_by_being_cleared),
        cmocka_unit_test(who_is_booked_anew_has_two_bookings_and_nobody_is_alarmed),
        cmocka_unit_test(two_open_bookings_both_stay_and_that_is_told),
        cmocka_unit_test(a_booking_that_is_another_persons_is_held_and_changes_nothing),
        cmocka_unit_test(the_same_numbers_from_two_authorities_are_two_people),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
