/*
 * Sync rosters on the whole way (RULES "Rosters" and "Small questions: Sync"): who is missing is released, when a person is asked first, and what
 * a person decides.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/file.h"
#include "service/pipeline/pipeline_private.h"
#include "tests/integration/sync_scene.h"
#include "tests/integration/wait.h"
#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

static const char HEADER[] =
    "Last Name,First Name,Middle Name,Patient ID,Birth Date,SSN,Sex,Race,Facility,Agency,Housing,Bed,"
    "Booking Number,Booking Date,Release Date,Height,Photo Path\r\n";

/* ---- who is missing ---- */

static void who_is_missing_is_released_at_the_time_of_the_roster(void **state)
{
    (void)state;
    struct scene scene;
    sync_begin(&scene, &sync_scene_usual, 10);
    scene_assert_rows(&scene, OPEN, "10");
    sync_drop_people(&scene, DAY_2, 1, 8);
    scene_assert_rows(&scene, RELEASED, "B9,B10");
    scene_assert_rows(
        &scene,
        "SELECT DISTINCT released_at, release_date, release_date_given, release_origin, release_event_at,"
        " release_file FROM booking WHERE released_at IS NOT NULL",
        "2020-01-02T16:00:00.000000Z|2020-01-02T16:00:00.000000Z|-|inferred|"
        "2020-01-02T15:45:00.000000Z|2");
    /* It is one message, and what it changed is that message's. */
    scene_assert_rows(&scene, MESSAGES, "1|11|roster|applied\n2|9|roster|applied");
    scene_assert_rows(&scene, "SELECT detail FROM message", "0 released\n2 released");
    scene_assert_rows(
        &scene,
        "SELECT c.ordinal, row_id, field, old_value, new_value FROM change_log c JOIN message m ON m.id = c.message"
        " WHERE file = 2",
        "1|9|release_date|-|2020-01-02T16:00:00.000000Z\n2|9|released_at|-|2020-01-02T16:00:00.000000Z\n"
        "3|10|release_date|-|2020-01-02T16:00:00.000000Z\n4|10|released_at|-|2020-01-02T16:00:00.000000Z");
    scene_assert_rows(
        &scene,
        "SELECT count(*), count(DISTINCT c.ordinal) FROM change_log c JOIN message m ON m.id = c.message"
        " WHERE file = 1",
        "20|20");
    scene_assert_rows(&scene, "SELECT done, applied, duplicate, open_messages FROM feed_total", "2|2|0|0");
    /* That was inferred: who is spoken of again was not released. */
    sync_drop_people(&scene, DAY_3, 1, 10);
    scene_assert_rows(&scene, OPEN, "10");
    /* And one that changes nothing ends as duplicate. */
    sync_drop_people(&scene, "R_202001040800.csv", 1, 10);
    scene_assert_rows(&scene, "SELECT state FROM message WHERE file = 4", "duplicate");
    scene_release(&scene);
}

static void only_facilities_that_occur_are_spoken_of(void **state)
{
    (void)state;
    struct scene scene;
    struct roster_text text = {0};
    sync_begin(&scene, &sync_scene_usual, 0);

    roster_add_people(&text, 1, 8, "VCSO");
    sync_drop(&scene, DAY_1, &text);
    roster_add_people(&text, 1, 7, "VCSO");
    roster_add_people(&text, 20, 22, "ADAMS");
    sync_drop(&scene, DAY_2, &text); /* a facility that is new to the feed */
    scene_assert_rows(&scene, RELEASED, "B8");
    scene_assert_rows(&scene, "SELECT facility, event_at FROM sync_facility",
                      "ADAMS|2020-01-02T15:45:00.000000Z\nVCSO|2020-01-02T15:45:00.000000Z");
    scene_release(&scene);
}

static void who_was_spoken_of_since_stays(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, &(struct scene_options){
                           .roster = "ready=\"closed\" release=\"sync\""}); /* its time: last written */
    scene_start(&scene);
    sync_drop_people(&scene, "1.csv", 1, 3);
    drop_booking(&scene, "DEM1.ini", "B50", NULL); /* between export and arrival: within the lag */
    scene_settle(&scene);
    sync_drop_people(&scene, "2.csv", 1, 3);
    scene_assert_rows(&scene, OPEN, "4");
    scene_release(&scene);
}

/* What a roster that repeats the one before says is kept by runs (database/roster_run.h), not with each booking. */
static void who_was_spoken_of_since_by_an_unchanged_roster_stays(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, &(struct scene_options){
                           .roster = SYNC_NAMED,
                           .rules = "<match pattern=\"D_*.csv\" format=\"roster-csv\" ready=\"closed\""
                                    " event-time=\"name:D_%Y%m%d%H%M.csv\"/>\n"});
    scene_start(&scene);
    sync_drop_people(&scene, "D_202001010800.csv", 1, 5);
    sync_drop_people(&scene, "D_202001030800.csv", 1, 5);
    scene_assert_rows(&scene, "SELECT DISTINCT booking_file FROM booking", "1");
    scene_assert_rows(&scene, "SELECT file, row_count FROM roster_run", "2|5");
    sync_drop_people(&scene, DAY_2, 1, 4);
    scene_assert_rows(&scene, OPEN, "5");
    sync_drop_people(&scene, "R_202001040800.csv", 1, 4);
    scene_assert_rows(&scene, RELEASED, "B5");
    scene_release(&scene);
}

static void another_booking_number_does_not_keep_the_missing_one_open(void **state)
{
    (void)state;
    struct scene scene;
    struct roster_text text = {0};
    sync_begin(&scene, &sync_scene_usual, 3);
    roster_add_people(&text, 1, 2, "VCSO");
    roster_add_full(&text, 3, 33, "VCSO", "A", "");
    sync_drop(&scene, DAY_2, &text);
    scene_assert_rows(&scene,
                      "SELECT booking_number, patient_id, released_at IS NULL FROM booking JOIN patient p"
                      " ON p.id = patient WHERE patient_id = 'P3'",
                      "B3|P3|0\nB33|P3|1");
    scene_release(&scene);
}

static void explicit_dates_apply_and_do_not_count_for_the_guard(void **state)
{
    (void)state;
    struct scene scene;
    struct roster_text text = {0};
    sync_begin(&scene, &sync_scene_usual, 20);
    roster_add_people(&text, 1, 5, "VCSO");
    for (int n = 6; n <= 20; n++)
        roster_add_full(&text, n, n, "VCSO", "A", "2020-01-01T20:00");
    sync_drop(&scene, DAY_2, &text);
    scene_assert_rows(&scene,
                      "SELECT count(*), release_origin FROM booking WHERE released_at IS NOT NULL GROUP BY 2",
                      "15|given");
    assert_int_equal(scene_event_count(EVENT_ROSTER_HELD), 0);
    scene_release(&scene);
}

static void an_older_roster_changes_nothing_and_releases_nobody(void **state)
{
    (void)state;
    struct scene scene;
    struct roster_text text = {0};
    sync_begin(&scene, &sync_scene_usual, 0);
    sync_drop_people(&scene, DAY_2, 1, 4);
    roster_add_full(&text, 1, 1, "VCSO", "OLD", "");
    roster_add_full(&text, 9, 9, "VCSO", "OLD",
                    ""); /* released by the time of the newer one, and never known */
    sync_drop(&scene, DAY_1, &text);
    scene_assert_rows(&scene, "SELECT count(*), count(DISTINCT housing), max(released_at) FROM booking",
                      "4|1|-");
    scene_assert_rows(&scene, "SELECT count(*) FROM patient", "4");
    scene_assert_rows(&scene, "SELECT state, detail FROM message WHERE file = 2", "stale|0 released");
    scene_assert_rows(&scene, "SELECT event_at FROM sync_facility", "2020-01-02T15:45:00.000000Z");
    scene_release(&scene);
}

/* ---- rows that are wrong ---- */

static void a_bad_row_whose_booking_can_be_read_is_present(void **state)
{
    (void)state;
    struct scene scene;
    struct roster_text text = {0};
    sync_begin(&scene, &sync_scene_usual, 4);
    roster_add_people(&text, 1, 2, "VCSO");
    roster_add(&text, "Doe3,John,,P3,no date,,Male,,VCSO,,A,1,B3,2018-06-06T12:34,,,\r\n");
    sync_drop(&scene, DAY_2, &text);
    scene_assert_rows(&scene, RELEASED, "B4");
    scene_assert_rows(&scene, MESSAGES, "1|5|roster|applied\n2|4|roster|applied");
    scene_assert_rows(
        &scene,
        "SELECT m.ordinal, f.severity, f.line FROM message_fault f JOIN message m ON m.id = f.message",
        "4|error|3");
    assert_non_null(scene_find_file(scene_world_path(&scene, "quarantine"), "000000000002_r3_" DAY_2));
    assert_int_equal(scene_event_count(EVENT_ROWS_SET_ASIDE), 1);
    assert_int_equal(scene_event_count(EVENT_NOBODY_RELEASED), 0);
    scene_release(&scene);
}

static void where_a_booking_cannot_be_read_nobody_is_released(void **state)
{
    (void)state;
    struct scene scene;
    struct roster_text text = {0};
    sync_begin(&scene, &sync_scene_usual, 4);
    roster_add_full(&text, 1, 1, "VCSO", "MOVED", "");
    roster_add(&text, "Doe3,John,,P3,1980-01-31,,Male,,VCSO,,A,1,,2018-06-06T12:34,,,\r\n");
    sync_drop(&scene, DAY_2, &text);
    scene_assert_rows(&scene, OPEN, "4");
    scene_assert_rows(&scene, "SELECT housing FROM booking WHERE booking_number = 'B1'", "MOVED");
    scene_assert_rows(&scene, "SELECT state, detail FROM message WHERE file = 2",
                      "applied|0 released: a booking number could not be read, so nobody is missing");
    assert_int_equal(scene_event_count(EVENT_NOBODY_RELEASED), 1);
    /* A row of 16 columns too. */
    roster_add_people(&text, 1, 3, "VCSO");
    roster_add(&text, "Doe3,John,,P3,1980-01-31,,Male,,VCSO,,A,1,B4,2018-06-06T12:34,,\r\n");
    sync_drop(&scene, DAY_3, &text);
    scene_assert_rows(&scene, OPEN, "4");
    assert_int_equal(scene_event_count(EVENT_NOBODY_RELEASED), 2);
    scene_release(&scene);
}

static void a_row_of_another_person_is_held_by_itself_and_counts_as_present(void **state)
{
    (void)state;
    struct scene scene;
    struct roster_text text = {0};
    sync_begin(&scene, &sync_scene_usual, 3);
    roster_add_people(&text, 1, 1, "VCSO");
    roster_add_full(&text, 1, 2, "VCSO", "B", ""); /* P2's booking */
    sync_drop(&scene, DAY_2, &text);
    scene_assert_rows(&scene, RELEASED, "B3");
    scene_assert_rows(&scene, MESSAGES, "1|4|roster|applied\n2|2|demographics|held\n2|3|roster|applied");
    assert_string_equal(
        sync_decide_held(&scene, "release", 2),
        "done: ledger number 2 was released and is applied: the booking is now the patient's whom it names");
    scene_assert_rows(
        &scene, "SELECT patient_id FROM booking JOIN patient p ON p.id = patient WHERE booking_number = 'B2'",
        "P1");
    scene_release(&scene);
}

static void what_is_no_whole_roster_releases_nobody(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, &(struct scene_options){
                           .roster = "ready=\"closed\" release=\"sync\" give-up=\"10 s\" quiet=\"100 ms\""});
    scene_start(&scene);
    sync_drop_people(&scene, "1.csv", 1, 3);
    scene_execute(&scene, "UPDATE booking SET booking_event_at = '2020-01-01T00:00:00.000000Z',"
                          " location_event_at = '2020-01-01T00:00:00.000000Z'");
    scene_drop(&scene, "2.csv", HEADER);
    scene_settle(&scene);
    scene_assert_rows(&scene, "SELECT state, reason FROM file WHERE id = 2", "quarantined|faults");
    scene_drop(&scene, "3.csv", "");
    scene_drop(&scene, "4.csv",
               "Doe1,John,,P1,1980-01-31,,Male,,VCSO,,A,1,B1,2018-06-06T12:34,,,\r\n"
               "Doe2,John,,P2,1980-01-31,,Male,,VC");
    wait_rows(&scene, "SELECT group_concat(DISTINCT state || '|' || reason), count(*) FROM file WHERE id > 2",
              "quarantined|incomplete|2");
    scene_assert_rows(&scene, OPEN, "3");
    scene_release(&scene);
}

/* ---- the guards ---- */

static void too_many_releases_are_held(void **state)
{
    (void)state;
    struct scene scene;
    struct roster_text text = {0};
    sync_begin(&scene, &sync_scene_usual, 100);
    sync_drop_people(&scene, DAY_2, 1, 90); /* 10 of 100 */
    scene_assert_rows(&scene, OPEN, "90");
    sync_drop_people(&scene, DAY_3, 1, 80); /* 10 of 90 */
    scene_assert_rows(&scene, OPEN, "90");
    scene_assert_rows(&scene, "SELECT state, detail FROM message WHERE file = 3",
                      "held|it would release 10 of the 90 open bookings of facility VCSO");
    scene_release(&scene);

    sync_begin(&scene, &sync_scene_usual, 7);
    sync_drop_people(&scene, DAY_2, 1, 2); /* 5 are always allowed */
    scene_assert_rows(&scene, OPEN, "2");
    scene_release(&scene);

    sync_begin(&scene, &sync_scene_usual, 7);
    sync_drop_people(&scene, DAY_2, 1, 1);
    scene_assert_rows(&scene, OPEN, "7");
    assert_int_equal(scene_event_count(EVENT_ROSTER_HELD), 1);
    scene_release(&scene);

    /* Each facility by itself: what is little of all may be all of one. */
    sync_begin(&scene, &sync_scene_usual, 0);
    roster_add_people(&text, 1, 100, "VCSO");
    roster_add_people(&text, 101, 107, "ADAMS");
    sync_drop(&scene, DAY_1, &text);
    roster_add_people(&text, 1, 100, "VCSO");
    roster_add_people(&text, 101, 101, "ADAMS");
    sync_drop(&scene, DAY_2, &text);
    scene_assert_rows(&scene, "SELECT detail FROM message WHERE file = 2",
                      "it would release 6 of the 7 open bookings of facility ADAMS");
    scene_release(&scene);
}

static void too_many_new_people_are_held_unless_preloaded(void **state)
{
    (void)state;
    struct scene scene;
    sync_begin(&scene, &sync_scene_usual, 20);
    sync_drop_people(&scene, DAY_2, 1, 25); /* 5 new */
    scene_assert_rows(&scene, OPEN, "25");
    sync_drop_people(&scene, DAY_3, 1, 31); /* 6 new of 31 rows */
    scene_assert_rows(&scene, OPEN, "25");
    scene_assert_rows(
        &scene, "SELECT detail FROM message WHERE file = 3",
        "6 of its 31 rows for facility VCSO name patients who are not known; preload=\"yes\" allows that");
    scene_release(&scene);

    sync_begin(&scene, &sync_scene_preload, 20);
    sync_drop_people(&scene, DAY_2, 1, 60);
    scene_assert_rows(&scene, OPEN, "60");
    sync_drop_people(&scene, DAY_3, 1, 20); /* the other guards stand */
    scene_assert_rows(&scene, OPEN, "60");
    scene_release(&scene);
}

static void a_facility_that_is_absent_holds_the_roster(void **state)
{
    (void)state;
    struct scene scene;
    struct roster_text text = {0};
    sync_begin(&scene, &sync_scene_usual, 0);
    roster_add_people(&text, 1, 3, "VCSO");
    roster_add_people(&text, 4, 5, "ADAMS");
    sync_drop(&scene, DAY_1, &text);
    sync_drop_people(&scene, DAY_2, 1, 2);
    scene_assert_rows(&scene, "SELECT state, detail FROM message WHERE file = 2",
                      "held|facility ADAMS, which the roster before named, does not occur in it");
    scene_assert_rows(&scene, OPEN, "5");
    (void)sync_decide_held(&scene, "release", 2);
    wait_rows(&scene, RELEASED, "B3"); /* and of ADAMS nobody */
    /* Now that is the last roster. */
    sync_drop_people(&scene, DAY_3, 1, 2);
    scene_assert_rows(&scene, "SELECT state FROM message WHERE file = 3", "duplicate");
    scene_release(&scene);
}

/* ---- a held roster ---- */

static void a_held_roster_writes_nothing_and_stops_nobody(void **state)
{
    (void)state;
    struct scene scene;
    struct roster_text text = {0};
    sync_begin(&scene, &sync_scene_usual, 10);
    roster_add_full(&text, 1, 1, "VCSO", "MOVED", "");
    roster_add_full(&text, 30, 30, "VCSO", "NEW", "");
    roster_add(&text, "Doe3,John,,P3,no date,,Male,,VCSO,,A,1,B2,2018-06-06T12:34,,,\r\n");
    sync_drop(&scene, DAY_2, &text);
    scene_assert_rows(&scene,
                      "SELECT count(*), max(housing), max(booking_file), max(location_file) FROM booking",
                      "10|A|1|1");
    scene_assert_rows(
        &scene, "SELECT count(*) FROM change_log c JOIN message m ON m.id = message WHERE file = 2", "0");
    scene_assert_rows(&scene, "SELECT state, in_place, stored LIKE 'hold%' FROM file WHERE id = 2",
                      "done|0|1");
    assert_int_equal(scene_count_files(scene_world_path(&scene, "quarantine")),
                     0); /* no row is set aside either */
    assert_int_equal(scene_count_files(scene_world_path(&scene, "hold")), 2);
    assert_int_equal(scene_event_count(EVENT_ROSTER_HELD), 1);
    assert_non_null(
        strstr(scene_event_text(EVENT_ROSTER_HELD), "it would release 8 of the 10 open bookings"));
    assert_int_equal(scene_event_count(EVENT_HELD), 0);
    drop_booking(&scene, "DEM1.ini", "B77", NULL);
    sync_drop_people(&scene, DAY_3, 1, 9);
    scene_assert_rows(&scene, RELEASED, "B10");
    scene_assert_rows(&scene, "SELECT file FROM message WHERE state = 'held'", "2");
    scene_release(&scene);
}

static void released_later_it_speaks_as_of_its_own_time(void **state)
{
    (void)state;
    struct scene scene;
    struct roster_text text = {0};
    sync_begin(&scene, &sync_scene_usual, 10);
    roster_add_full(&text, 1, 1, "VCSO", "MOVED", "");
    roster_add_full(&text, 2, 2, "VCSO", "MOVED", "");
    roster_add(&text, "Doe3,John,,P3,no date,,Male,,VCSO,,A,1,B3,2018-06-06T12:34,,,\r\n");
    sync_drop(&scene, DAY_2, &text);
    /* Since then something newer was said of two of them. */
    drop_quickly(
        &scene, "LOC1.ini",
        "DataType=\"PatientLocation\"\r\nPatientID=\"P1\"\r\nFacility=\"VCSO\"\r\nHousing=\"NEWER\"\r\nBooking=\"B1\"\r\n");
    drop_quickly(
        &scene, "LOC2.ini",
        "DataType=\"PatientLocation\"\r\nPatientID=\"P10\"\r\nFacility=\"VCSO\"\r\nHousing=\"NEWER\"\r\nBooking=\"B10\"\r\n");
    scene_settle(&scene);
    assert_string_equal(
        sync_decide_held(&scene, "release", 2),
        "done: the roster with ledger number 2 was released and is being applied; `corbridge status` lists it "
        "until that is done");
    wait_rows(&scene, "SELECT state FROM message WHERE kind = 'roster' AND file = 2", "applied");
    scene_assert_rows(&scene, RELEASED, "B4,B5,B6,B7,B8,B9");
    scene_assert_rows(&scene, "SELECT DISTINCT released_at FROM booking WHERE released_at IS NOT NULL",
                      "2020-01-02T16:00:00.000000Z");
    scene_assert_rows(&scene, "SELECT housing FROM booking WHERE booking_number IN ('B1', 'B2')",
                      "NEWER\nMOVED");
    scene_assert_rows(&scene, MESSAGES,
                      "1|11|roster|applied\n2|4|roster|applied\n3|1|location|applied\n4|1|location|applied");
    wait_rows(&scene, "SELECT substr(stored, 1, 7) FROM file WHERE id = 2", "archive");
    assert_int_equal(scene_count_files(scene_world_path(&scene, "hold")), 0);
    assert_non_null(scene_find_file(scene_world_path(&scene, "quarantine"), "000000000002_r3_" DAY_2));
    assert_int_equal(scene_event_count(EVENT_RELEASED), 1);
    assert_string_equal(sync_decide_held(&scene, "release", 2),
                        "refused: ledger number 2 is not held: it ended as applied");
    scene_release(&scene);
}

static void a_held_roster_is_rejected(void **state)
{
    (void)state;
    struct scene scene;
    sync_begin(&scene, &sync_scene_usual, 10);
    sync_drop_people(&scene, DAY_2, 1, 2);
    assert_string_equal(sync_decide_held(&scene, "reject", 2), "done: ledger number 2 was rejected");
    wait_rows(&scene, "SELECT substr(stored, 1, 10) FROM file WHERE id = 2", "quarantine");
    scene_assert_rows(&scene, OPEN, "10");
    scene_assert_rows(&scene, "SELECT state FROM message WHERE file = 2", "rejected");
    scene_release(&scene);
}

static void a_held_roster_must_have_the_bytes_that_came(void **state)
{
    (void)state;
    struct scene scene;
    sync_begin(&scene, &sync_scene_usual, 10);
    sync_drop_people(&scene, DAY_2, 1, 2);
    char *path = strdup(scene_find_file(scene_world_path(&scene, "hold"), DAY_2));
    char *bytes = scene_read(path);
    assert_int_equal(file_remove(path).kind, PLATFORM_OK);
    assert_non_null(strstr(sync_decide_held(&scene, "release", 2),
                           "refused: the bytes of ledger number 2 are no longer in the hold"));
    *strstr(bytes, "Doe2") = 'R';
    assert_int_equal(file_store(path, bytes, strlen(bytes)).kind, PLATFORM_OK);
    assert_non_null(strstr(sync_decide_held(&scene, "release", 2), "has other bytes than when it came"));
    scene_assert_rows(&scene, "SELECT decided FROM sync_roster WHERE file = 2", "0");
    scene_assert_rows(&scene, OPEN, "10");
    free(bytes);
    free(path);
    scene_release(&scene);
}

static void one_that_cannot_be_read_any_more_is_held_again(void **state)
{
    (void)state;
    struct scene scene;
    sync_begin(&scene, &sync_scene_usual, 10);
    sync_drop_people(&scene, DAY_2, 1, 2);
    scene_stop(&scene);
    /* It was released, and before the service came to it somebody changed the file. */
    scene_execute(&scene, "UPDATE sync_roster SET decided = 1 WHERE file = 2");
    char *path = strdup(scene_find_file(scene_world_path(&scene, "hold"), DAY_2));
    assert_int_equal(file_remove(path).kind, PLATFORM_OK);
    assert_int_equal(file_store(path, "nothing", 7).kind, PLATFORM_OK);
    free(path);
    scene_start(&scene);
    wait_event(EVENT_RELEASE_FAILED, 1);
    scene_assert_rows(
        &scene, "SELECT decided, state FROM sync_roster JOIN message m ON m.id = message WHERE m.file = 2",
        "0|held");
    scene_assert_rows(&scene, OPEN, "10");
    assert_string_equal(sync_decide_held(&scene, "reject", 2), "done: ledger number 2 was rejected");
    scene_release(&scene);
}

/* A worker that is about to read a roster from the hold waits at the gate. */
static struct {
    struct mutex lock;
    struct condition changes;
    bool closed, reached;
} gate;

static void wait_at_gate(const struct job *job)
{
    mutex_lock(&gate.lock);
    gate.reached = gate.reached || job->from_hold;
    condition_broadcast(&gate.changes);
    while (gate.closed && job->from_hold)
        (void)condition_wait(&gate.changes, &gate.lock, UINT32_MAX);
    mutex_unlock(&gate.lock);
}

static void while_it_is_applied_nothing_waits_and_nothing_is_decided_of_it(void **state)
{
    (void)state;
    struct scene scene;
    mutex_init(&gate.lock);
    condition_init(&gate.changes);
    gate.closed = true;
    worker_before_parse = wait_at_gate;
    sync_begin(&scene, &sync_scene_usual, 10);
    sync_drop_people(&scene, DAY_2, 1, 2);
    (void)sync_decide_held(&scene, "release", 2);
    mutex_lock(&gate.lock);
    while (!gate.reached)
        (void)condition_wait(&gate.changes, &gate.lock, UINT32_MAX);
    mutex_unlock(&gate.lock);
    static const char APPLYING[] =
        "refused: the roster with ledger number 2 was released and is being applied";
    assert_string_equal(sync_decide_held(&scene, "release", 2), APPLYING);
    assert_string_equal(sync_decide_held(&scene, "reject", 2), APPLYING);
    drop_booking(&scene, "DEM1.ini", "B77", NULL);
    wait_rows(&scene, "SELECT state FROM file WHERE name = 'DEM1.ini'", "done");
    mutex_lock(&gate.lock);
    gate.closed = false;
    condition_broadcast(&gate.changes);
    mutex_unlock(&gate.lock);
    wait_rows(&scene, "SELECT state FROM message WHERE file = 2", "applied");
    scene_assert_rows(&scene, "SELECT count(*) FROM booking WHERE released_at IS NOT NULL", "8");
    scene_release(&scene);
    worker_before_parse = NULL;
    condition_release(&gate.changes);
    mutex_release(&gate.lock);
}

/* ---- test and live ---- */

static void facilities_that_are_not_live_are_left_alone(void **state)
{
    (void)state;
    struct scene scene;
    struct roster_text text = {0};
    scene_init(&scene, &sync_scene_live);
    scene_execute(&scene, "DELETE FROM live_since WHERE kind = 'facility' AND name = 'ADAMS'");
    scene_start(&scene);
    roster_add_people(&text, 1, 3, "VCSO");
    roster_add_people(&text, 4, 20, "ADAMS");
    sync_drop(&scene, DAY_1, &text);
    scene_assert_rows(&scene, "SELECT count(*), min(facility), max(facility) FROM booking", "3|VCSO|VCSO");
    scene_assert_rows(&scene, "SELECT state FROM message", "applied");
    scene_assert_rows(&scene, "SELECT facility FROM sync_facility", "VCSO");
    sync_drop_people(&scene, DAY_2, 1, 2); /* ADAMS absent: in live no reason to ask */
    scene_assert_rows(&scene, RELEASED, "B3");
    /* The test world follows, with all facilities. */
    scene.world = DATABASE_TEST;
    wait_rows(&scene, RELEASED, "B3");
    scene_assert_rows(&scene, "SELECT count(*) FROM booking", "20");
    scene_assert_rows(&scene, "SELECT copied_from, kind, m.state FROM message m JOIN file f ON f.id = file",
                      "1|roster|applied\n2|roster|applied");
    scene_release(&scene);
}

static void test_follows_a_held_roster_when_it_is_released(void **state)
{
    (void)state;
    struct scene scene;
    sync_begin(&scene, &sync_scene_live, 10);
    sync_drop_people(&scene, DAY_2, 1, 2);
    sync_drop_people(&scene, DAY_3, 1, 9);
    scene.world = DATABASE_TEST;
    wait_rows(&scene, "SELECT copied_from FROM file ORDER BY id", "1\n3");
    scene.world = DATABASE_LIVE;
    scene_assert_rows(&scene, RELEASED, "B10");
    (void)sync_decide_held(&scene, "release", 2);
    wait_rows(&scene, "SELECT state FROM message WHERE file = 2",
              "stale"); /* the newer one has spoken of all of them */
    scene.world = DATABASE_TEST;
    wait_rows(&scene, "SELECT copied_from, state FROM file ORDER BY id", "1|done\n3|done\n2|done");
    scene_assert_rows(&scene, RELEASED, "B10");
    scene_assert_rows(&scene, "SELECT up_to, released_up_to FROM live_copy", "3|1");
    scene_release(&scene);
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_is_missing_is_released_at_the_time_of_the_roster),
        cmocka_unit_test(only_facilities_that_occur_are_spoken_of),
        cmocka_unit_test(who_was_spoken_of_since_stays),
        cmocka_unit_test(who_was_spoken_of_since_by_an_unchanged_roster_stays),
        cmocka_unit_test(another_booking_number_does_not_keep_the_missing_one_open),
        cmocka_unit_test(explicit_dates_apply_and_do_not_count_for_the_guard),
        cmocka_unit_test(an_older_roster_changes_nothing_and_releases_nobody),
        cmocka_unit_test(a_bad_row_whose_booking_can_be_read_is_present),
        cmocka_unit_test(where_a_booking_cannot_be_read_nobody_is_released),
        cmocka_unit_test(a_row_of_another_person_is_held_by_itself_and_counts_as_present),
        cmocka_unit_test(what_is_no_whole_roster_releases_nobody),
        cmocka_unit_test(too_many_releases_are_held),
        cmocka_unit_test(too_many_new_people_are_held_unless_preloaded),
        cmocka_unit_test(a_facility_that_is_absent_holds_the_roster),
        cmocka_unit_test(a_held_roster_writes_nothing_and_stops_nobody),
        cmocka_unit_test(released_later_it_speaks_as_of_its_own_time),
        cmocka_unit_test(a_held_roster_is_rejected),
        cmocka_unit_test(a_held_roster_must_have_the_bytes_that_came),
        cmocka_unit_test(one_that_cannot_be_read_any_more_is_held_again),
        cmocka_unit_test(while_it_is_applied_nothing_waits_and_nothing_is_decided_of_it),
        cmocka_unit_test(facilities_that_are_not_live_are_left_alone),
        cmocka_unit_test(test_follows_a_held_roster_when_it_is_released),
    };
    return cmocka_run_group_tests_name("sync rosters", tests, NULL, NULL);
}
