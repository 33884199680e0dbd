/* Who stands in a sync roster, who is missing, and where a person is asked first (RULES "Rosters"). */
#include "tests/unit/database/scene.h"

#include "database/sync.h"
#include "database/sync_census.h"

#include <stdio.h>
#include <string.h>

/* Bookings B1 to B<count> of patients P1 … in VCSO, all known since scene_time(0). */
static void put_bookings(struct scene *scene, int count, const char *facility)
{
    char sql[700];
    scene_facilities(scene);
    scene_execute(scene, "INSERT OR IGNORE INTO facility VALUES ('OTHER', 'Other', 'America/Denver')");
    (void)snprintf(
        sql, sizeof sql,
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)"
        " INSERT INTO patient (authority, patient_id, last_name, first_name, birth_date, sex) SELECT 'JMS', 'P' || i, 'D', 'J',"
        " '1980-01-01', 'Male' FROM n",
        count);
    scene_execute(scene, sql);
    (void)snprintf(
        sql, sizeof sql,
        "INSERT INTO booking (patient, authority, booking_number, facility, booking_date, booking_date_given, booking_event_at,"
        " location_event_at) SELECT id, 'JMS', 'B' || substr(patient_id, 2), '%s', '2026-11-01T00:00:00.000000Z',"
        " '2026-11-01T00:00:00', '2026-11-23T18:00:00.000000Z', '2026-11-23T18:00:00.000000Z' FROM patient ORDER BY id",
        facility);
    scene_execute(scene, sql);
}

static void add_row(struct scene *scene, struct sync_census *census, int patient, int booking,
                    const char *facility)
{
    char patient_id[16], number[16];
    (void)snprintf(patient_id, sizeof patient_id, "P%d", patient);
    (void)snprintf(number, sizeof number, "B%d", booking);
    const struct sync_row row = {slice_of(facility), slice_of(patient_id), slice_of(number)};
    assert_ok(sync_census_add(scene->db, census, &row));
}

/* A roster that speaks as of scene_time(minutes) and has the first `rows` people in VCSO. */
static void begin(struct scene *scene, struct sync_census *census, int minutes, int rows)
{
    *census = (struct sync_census){.feed = "jms", .authority = "JMS", .as_of = scene_time(minutes)};
    assert_ok(sync_census_begin(scene->db, census));
    for (int i = 1; i <= rows; i++)
        add_row(scene, census, i, i, "VCSO");
}

/* Counts and judges; "" when it goes on. Static. */
static const char *judge(struct scene *scene, struct sync_census *census, bool preload)
{
    static char why[200];
    bool held = false;
    why[0] = '\0';
    assert_ok(sync_census_count(scene->db, census));
    assert_ok(sync_census_judge(scene->db, census, preload, &held, why, sizeof why));
    assert_int_equal(held, why[0] != '\0');
    return why;
}

static void who_does_not_stand_there_is_missing(void **state)
{
    struct scene *scene = *state;
    struct sync_census census;
    put_bookings(scene, 10, "VCSO");
    begin(scene, &census, 1, 8);
    assert_string_equal(judge(scene, &census, false), "");
    assert_int_equal(census.facilities[0].open, 10);
    assert_int_equal(census.facilities[0].absent, 2);
    assert_int_equal(census.facilities[0].new_patients, 0);
    assert_int_equal(census.absent_count, 2);
    assert_int_equal(census.absent[0], 9);
    assert_int_equal(census.absent[1], 10);
    sync_census_release(&census);
}

static void of_what_is_newer_in_any_group_nobody_is_missing(void **state)
{
    struct scene *scene = *state;
    struct sync_census census;
    static const char *const GROUPS[] = {"booking", "location", "release"};
    put_bookings(scene, 5, "VCSO");
    for (size_t i = 0; i < 3; i++) {
        char sql[200];
        (void)snprintf(sql, sizeof sql,
                       "UPDATE booking SET %s_event_at = '2026-11-23T18:01:00.000000Z' WHERE id = %d",
                       GROUPS[i], (int)i + 3); /* as of then itself */
        scene_execute(scene, sql);
    }
    begin(scene, &census, 1, 1);
    assert_string_equal(judge(scene, &census, false), "");
    assert_int_equal(census.facilities[0].open, 5);
    assert_int_equal(census.absent_count, 1);
    assert_int_equal(census.absent[0], 2);
    sync_census_release(&census);
}

static void only_open_bookings_of_its_facilities_and_authority_count(void **state)
{
    struct scene *scene = *state;
    struct sync_census census;
    put_bookings(scene, 6, "VCSO");
    scene_execute(scene,
                  "UPDATE booking SET facility = 'FACTEST' WHERE id = 2;"
                  "UPDATE booking SET facility = NULL WHERE id = 3;"
                  "UPDATE booking SET authority = 'COUNTY' WHERE id = 4;"
                  "UPDATE booking SET release_date = '2026-11-02T00:00:00.000000Z', release_origin = 'given',"
                  " released_at = '2026-11-02T00:00:00.000000Z' WHERE id = 5");
    begin(scene, &census, 1, 1);
    assert_string_equal(judge(scene, &census, false), "");
    assert_int_equal(census.facilities[0].open, 2);
    assert_int_equal(census.absent_count, 1);
    assert_int_equal(census.absent[0], 6);
    sync_census_release(&census);
}

static void ten_of_a_hundred_go_and_eleven_are_asked_about(void **state)
{
    struct scene *scene = *state;
    struct sync_census census;
    put_bookings(scene, 100, "VCSO");
    begin(scene, &census, 1, 90);
    assert_string_equal(judge(scene, &census, false), "");
    sync_census_release(&census);
    begin(scene, &census, 1, 89);
    assert_string_equal(judge(scene, &census, true),
                        "it would release 11 of the 100 open bookings of facility VCSO");
    sync_census_release(&census);
    /* Where nobody is released anyway, there is nothing to ask. */
    begin(scene, &census, 1, 89);
    assert_ok(sync_census_add(scene->db, &census, &(struct sync_row){SLICE_EMPTY, SLICE_EMPTY, SLICE_EMPTY}));
    assert_int_equal(census.unreadable, 1);
    assert_string_equal(judge(scene, &census, false), "");
    sync_census_release(&census);
}

static void five_are_never_asked_about(void **state)
{
    struct scene *scene = *state;
    struct sync_census census;
    put_bookings(scene, 6, "VCSO");
    begin(scene, &census, 1, 1);
    assert_string_equal(judge(scene, &census, false), "");
    for (int i = 0; i < 5; i++)
        add_row(scene, &census, 100 + i, 100 + i, "VCSO");
    assert_string_equal(judge(scene, &census, false), "");
    add_row(scene, &census, 200, 200, "VCSO");
    assert_string_equal(judge(scene, &census, true), "");
    assert_string_equal(
        judge(scene, &census, false),
        "6 of its 7 rows for facility VCSO name patients who are not known; preload=\"yes\" allows that");
    sync_census_release(&census);
}

static void a_facility_that_has_had_nobody_may_be_filled(void **state)
{
    struct scene *scene = *state;
    struct sync_census census;
    put_bookings(scene, 5, "VCSO");
    begin(scene, &census, 1, 5);
    for (int i = 100; i < 200; i++)
        add_row(scene, &census, i, i, "OTHER");
    assert_string_equal(judge(scene, &census, false), "");
    assert_int_equal(census.facility_count, 2);
    assert_int_equal(census.facilities[1].new_patients, 100);
    assert_false(census.facilities[1].known);
    sync_census_release(&census);
}

static void keep_facility(struct scene *scene, const char *facility, int minutes)
{
    assert_ok(database_begin(scene->db));
    assert_ok(sync_facility_keep(scene->db, "jms", facility, scene_time(minutes)));
    assert_ok(database_commit(scene->db));
}

static void a_facility_of_the_last_roster_must_occur(void **state)
{
    struct scene *scene = *state;
    struct sync_census census;
    put_bookings(scene, 3, "VCSO");
    keep_facility(scene, "OTHER", 1); /* an earlier one */
    keep_facility(scene, "VCSO", 2);
    begin(scene, &census, 5, 3);
    assert_string_equal(judge(scene, &census, false), "");
    sync_census_release(&census);
    keep_facility(scene, "OTHER", 2);
    begin(scene, &census, 5, 3);
    assert_string_equal(judge(scene, &census, true),
                        "facility OTHER, which the roster before named, does not occur in it");
    census.feed = "another feed";
    assert_string_equal(judge(scene, &census, true), "");
    sync_census_release(&census);
    /* An older one need not have what came later. */
    begin(scene, &census, 1, 3);
    assert_string_equal(judge(scene, &census, false), "");
    assert_true(sync_census_is_old(&census, SLICE_LITERAL("VCSO")));
    assert_int_equal(census.absent_count, 0);
    sync_census_release(&census);
    begin(scene, &census, 2, 3); /* of equal times the later arrival is the newer */
    assert_false(sync_census_is_old(&census, SLICE_LITERAL("VCSO")));
    sync_census_release(&census);
    keep_facility(scene, "VCSO", 1); /* never back */
    assert_value(scene, "SELECT event_at FROM sync_facility WHERE facility = 'VCSO'",
                 "2026-11-23T18:02:00.000000Z");
}

static void a_row_that_cannot_be_applied_counts_by_its_booking(void **state)
{
    struct scene *scene = *state;
    struct sync_census census;
    put_bookings(scene, 3, "VCSO");
    begin(scene, &census, 1, 1);
    assert_ok(sync_census_add(scene->db, &census,
                              &(struct sync_row){SLICE_EMPTY, SLICE_EMPTY, SLICE_LITERAL("B2")}));
    assert_string_equal(judge(scene, &census, false), "");
    assert_int_equal(census.absent_count, 1);
    assert_int_equal(census.absent[0], 3);
    assert_int_equal(census.facilities[0].rows, 1);
    sync_census_release(&census);
}

static void a_release_is_asked_for_again_before_it_is_written(void **state)
{
    struct scene *scene = *state;
    struct sync_roster roster;
    size_t changes = 0;
    put_bookings(scene, 3, "VCSO");
    struct ledger_file file = scene_claim(scene, 2);
    struct ledger_message message = {
        .file = file.id, .ordinal = 4, .kind = "roster", .state = LEDGER_APPLIED, .event_at = scene_time(2)};
    assert_int_equal(sync_find(scene->db, file.id, &roster), DATABASE_NONE);
    scene_execute(scene,
                  "UPDATE booking SET location_event_at = '2026-11-23T18:02:00.000000Z' WHERE id = 2;"
                  "UPDATE booking SET release_date = '2030-01-01T00:00:00.000000Z', release_origin = 'given',"
                  " release_date_given = '2030-01-01T00:00' WHERE id = 3");
    assert_ok(database_begin(scene->db));
    assert_ok(ledger_message_insert(scene->db, &message));
    assert_ok(sync_keep(scene->db, file.id, message.id, scene_time(2)));
    struct sync_release what = {.booking = 1,
                                .file = file.id,
                                .message = message.id,
                                .as_of = scene_time(1),
                                .event_at = scene_time(2),
                                .arrived = scene_time(2)};
    assert_ok(sync_release(scene->db, &what, &changes));
    assert_int_equal(sync_release(scene->db, &what, &changes), DATABASE_NONE); /* it is released */
    what.booking = 2;
    assert_int_equal(sync_release(scene->db, &what, &changes), DATABASE_NONE); /* moved since */
    what.booking = 3;
    assert_ok(sync_release(scene->db, &what, &changes)); /* it was planned for later */
    assert_ok(database_commit(scene->db));
    assert_int_equal(changes, 4);
    assert_value(scene,
                 "SELECT group_concat(id) FROM booking WHERE released_at = '2026-11-23T18:02:00.000000Z'"
                 " AND release_origin = 'inferred' AND release_date_given IS NULL"
                 " AND release_event_at = '2026-11-23T18:01:00.000000Z' AND release_file = 1",
                 "1,3");
    assert_value(scene,
                 "SELECT group_concat(ordinal || field || coalesce(old_value, '-'), ' ') FROM change_log",
                 "1release_date- 2released_at- 3release_date2030-01-01T00:00:00.000000Z 4released_at-");
    assert_ok(sync_find(scene->db, file.id, &roster));
    assert_true(roster.message == message.id && roster.event_at == scene_time(2) && !roster.decided &&
                roster.changes == 4);
}

static void released_rosters_are_found_while_they_are_held(void **state)
{
    struct scene *scene = *state;
    int64_t *files = NULL;
    size_t count = 9;
    struct ledger_file file = scene_claim(scene, 2);
    struct ledger_message message = {
        .file = file.id, .ordinal = 4, .kind = "roster", .state = LEDGER_HELD, .event_at = scene_time(2)};
    assert_ok(database_begin(scene->db));
    assert_ok(ledger_message_insert(scene->db, &message));
    assert_ok(sync_keep(scene->db, file.id, message.id, scene_time(2)));
    assert_ok(sync_decided(scene->db, 4, &scene->arena, &files, &count));
    assert_int_equal(count, 0);
    assert_ok(sync_decide(scene->db, file.id, true));
    assert_ok(sync_decided(scene->db, 4, &scene->arena, &files, &count));
    assert_int_equal(count, 1);
    assert_int_equal(files[0], file.id);
    assert_int_equal(sync_decide(scene->db, 99, true), DATABASE_NONE);
    assert_ok(database_commit(scene->db));
    scene_execute(scene, "UPDATE message SET state = 'applied'");
    assert_ok(sync_decided(scene->db, 4, &scene->arena, &files, &count));
    assert_int_equal(count, 0);
}

#define IN_SCENE(test) cmocka_unit_test_setup_teardown(test, scene_setup, scene_teardown)

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        IN_SCENE(who_does_not_stand_there_is_missing),
        IN_SCENE(of_what_is_newer_in_any_group_nobody_is_missing),
        IN_SCENE(only_open_bookings_of_its_facilities_and_authority_count),
        IN_SCENE(ten_of_a_hundred_go_and_eleven_are_asked_about),
        IN_SCENE(five_are_never_asked_about),
        IN_SCENE(a_facility_that_has_had_nobody_may_be_filled),
        IN_SCENE(a_facility_of_the_last_roster_must_occur),
        IN_SCENE(a_row_that_cannot_be_applied_counts_by_its_booking),
        IN_SCENE(a_release_is_asked_for_again_before_it_is_written),
        IN_SCENE(released_rosters_are_found_while_they_are_held),
    };
    return cmocka_run_group_tests_name("sync", tests, NULL, NULL);
}
