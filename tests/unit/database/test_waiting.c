/* Events that wait for their booking (RULES "People and bookings"). */
#include "tests/unit/database/scene.h"

#include "database/due.h"

#include <string.h>

#define STATE(id) "SELECT state || coalesce(' ' || detail, '') FROM message WHERE id = " #id

/* The event time of a DEM that comes last, but speaks of what was before all else. */
static const struct scene_event before = {.minutes = 10, .older = 60};

static void location_is_applied_with_the_booking_that_it_waits_for(void **state)
{
    struct scene *scene = *state;
    struct apply_result result = scene_apply(
        scene, scene_location("Housing=\"POD 2\"\nBed=\"14\"\nTattoo=\"anchor\"\n"), (struct scene_event){0});
    assert_int_equal(result.message.state, LEDGER_WAITING);
    assert_value(
        scene,
        "SELECT authority || patient_id || booking_number || facility || housing || bed || waits_until"
        " FROM waiting_event NATURAL JOIN waiting_location",
        "JMSP1100VCSOPOD 2142026-11-24T18:00:00.000000Z");
    result = scene_apply(scene, scene_dem(""), before);
    assert_int_equal(result.message.state, LEDGER_APPLIED);
    assert_int_equal(result.waiting_ended, 1);
    assert_value(scene, STATE(1), "applied");
    assert_value(scene, "SELECT patient || booking || ended_at FROM message WHERE id = 1",
                 "112026-11-23T18:10:00.000000Z");
    assert_value(scene, "SELECT facility || housing || bed || location_file || booking_file FROM booking",
                 "VCSOPOD 21412");
    assert_value(scene,
                 "SELECT group_concat(message || coalesce(housing, '-') || event_at) FROM"
                 " (SELECT * FROM location_history ORDER BY id)",
                 "2BLOCK2026-11-23T17:10:00.000000Z,1POD 22026-11-23T18:00:00.000000Z");
    assert_value(scene, "SELECT group_concat(field) FROM change_log WHERE message = 1", "housing,bed");
    assert_value(scene, "SELECT name || value FROM message_extra WHERE message = 1", "Tattooanchor");
    assert_value(scene, "SELECT count(*) FROM waiting_event", "0");
    assert_value(scene, "SELECT count(*) FROM waiting_location", "0");
    assert_value(scene, "SELECT applied || duplicate || open_messages FROM feed_total", "200");
}

static void waiting_events_are_applied_in_the_order_of_their_arrival(void **state)
{
    struct scene *scene = *state;
    (void)scene_apply(scene, scene_location("Bed=\"1\"\n"), (struct scene_event){0});
    (void)scene_apply(scene, scene_location("Bed=\"2\"\n"), (struct scene_event){.minutes = 1});
    (void)scene_apply(scene, scene_location("Bed=\"X\"\nBooking=\"101\"\n"),
                      (struct scene_event){.minutes = 1});
    (void)scene_apply(scene, scene_location("Bed=\"3\"\n"), (struct scene_event){.minutes = 2});
    struct apply_result result = scene_apply(scene, scene_dem(""), before);
    assert_int_equal(result.waiting_ended, 3);
    assert_value(scene, "SELECT bed FROM booking", "3");
    assert_value(scene,
                 "SELECT group_concat(coalesce(bed, '-')) FROM (SELECT * FROM location_history ORDER BY id)",
                 "A,1,2,3");
    assert_value(scene, "SELECT group_concat(state) FROM (SELECT state FROM message ORDER BY id)",
                 "applied,applied,waiting,applied,applied");
    /* The other one goes on waiting, for its own booking. */
    result =
        scene_apply(scene, scene_dem("Booking=\"101\"\n"), (struct scene_event){.minutes = 20, .older = 60});
    assert_int_equal(result.waiting_ended, 1);
    assert_value(scene, "SELECT bed FROM booking WHERE booking_number = '101'", "X");
}

static void waiting_event_older_than_what_the_booking_says_is_stale(void **state)
{
    struct scene *scene = *state;
    (void)scene_apply(scene, scene_location("Bed=\"OLD\"\n"), (struct scene_event){0});
    (void)scene_apply(scene, scene_dem("Bed=\"NEW\"\n"), (struct scene_event){.minutes = 5});
    assert_value(scene, STATE(1), "stale stale: location");
    assert_value(scene, "SELECT bed FROM booking", "NEW");
    assert_value(scene, "SELECT open_messages FROM feed_total", "0");
}

static void waiting_event_that_says_the_same_is_a_duplicate(void **state)
{
    struct scene *scene = *state;
    (void)scene_apply(scene, scene_location(""), (struct scene_event){0});
    (void)scene_apply(scene, scene_dem(""), before);
    assert_value(scene, STATE(1), "duplicate");
    assert_value(scene, "SELECT applied || duplicate || open_messages FROM feed_total", "110");
}

static void waiting_event_of_another_person_is_held(void **state)
{
    struct scene *scene = *state;
    (void)scene_apply(scene, scene_location("PatientID=\"P2\"\nBed=\"X\"\n"), (struct scene_event){0});
    struct apply_result result = scene_apply(scene, scene_dem(""), before);
    assert_int_equal(result.waiting_held_count, 1);
    assert_value(scene, STATE(1), "held the booking is known under another patient");
    assert_value(scene, "SELECT ended_at FROM message WHERE id = 1", "(null)");
    assert_value(scene, "SELECT bed FROM booking", "A");
    assert_value(scene, "SELECT count(*) FROM waiting_event", "0");
    assert_value(scene, "SELECT open_messages FROM feed_total", "1");
}

static void each_waiting_event_of_another_person_is_named(void **state)
{
    struct scene *scene = *state;
    for (int i = 0; i < 40; i++)
        (void)scene_apply(scene, scene_location(i == 20 ? "Bed=\"X\"\n" : "PatientID=\"P2\"\nBed=\"X\"\n"),
                          (struct scene_event){.minutes = i});
    struct apply_result result = scene_apply(scene, scene_dem(""), (struct scene_event){.minutes = 50});
    assert_int_equal(result.waiting_ended, 40);
    assert_int_equal(result.waiting_held_count, 39); /* that it names them: tests/integration/test_hold.c */
    assert_value(scene, "SELECT count(*) FROM message WHERE state = 'held'", "39");
}

static void another_authority_does_not_end_the_waiting(void **state)
{
    struct scene *scene = *state;
    (void)scene_apply(scene, scene_location(""), (struct scene_event){0});
    (void)scene_apply(scene, scene_dem(""), (struct scene_event){.minutes = 1, .authority = "COUNTY"});
    assert_value(scene, "SELECT state FROM message WHERE id = 1", "waiting");
}

static void what_was_empty_or_faulty_is_so_still(void **state)
{
    struct scene *scene = *state;
    /* A Bed with a fault is left where the housing is the same; an empty one is cleared with its housing. */
    char long_bed[200] = "Bed=\"";
    memset(long_bed + 5, 'x', 128);
    memcpy(long_bed + 133, "\"\n", 3);
    (void)scene_apply(scene, scene_location(long_bed), (struct scene_event){0});
    assert_value(scene, "SELECT bed_presence FROM waiting_location", "faulty");
    (void)scene_apply(scene, scene_dem(""), before);
    assert_value(scene, "SELECT housing || bed FROM booking", "BLOCKA");
    (void)scene_apply(scene, scene_location("Booking=\"101\"\nBed=\"\"\n"),
                      (struct scene_event){.minutes = 20});
    assert_value(scene, "SELECT bed_presence || empty_clears FROM waiting_location", "empty0");
    (void)scene_apply(scene, scene_dem("Booking=\"101\"\n"),
                      (struct scene_event){.minutes = 21, .older = 60});
    assert_value(scene, "SELECT coalesce(bed, '-') FROM booking WHERE booking_number = '101'", "-");
}

static size_t expire(struct scene *scene, instant_us now, struct due_waiting **rows)
{
    bool any = false;
    size_t count = 0;
    assert_ok(due_any(scene->db, now, &any));
    assert_ok(database_begin(scene->db));
    assert_ok(due_waiting(scene->db, now, &scene->arena, rows, &count));
    assert_ok(database_commit(scene->db));
    assert_true(any == (count > 0));
    return count;
}

static void what_waits_too_long_is_quarantined(void **state)
{
    struct scene *scene = *state;
    (void)scene_apply(scene, scene_location(""), (struct scene_event){0});
    (void)scene_apply(scene, scene_location(""), (struct scene_event){.minutes = 1});
    struct due_waiting *rows = NULL;
    assert_int_equal(expire(scene, scene_time(24 * 60) - 1, &rows), 0);
    assert_int_equal(expire(scene, scene_time(24 * 60), &rows), 1);
    assert_int_equal(rows[0].file, 1);
    assert_string_equal(rows[0].feed, "jms");
    assert_value(scene, STATE(1), "quarantined its booking did not become known in time");
    assert_value(scene, "SELECT ended_at FROM message WHERE id = 1", "2026-11-24T18:00:00.000000Z");
    assert_value(scene, "SELECT open_messages FROM feed_total", "1");
    assert_int_equal(expire(scene, scene_time(24 * 60), &rows), 0);
    /* It is over: the booking that comes too late finds only the other one. */
    struct apply_result result = scene_apply(scene, scene_dem(""), (struct scene_event){.minutes = 24 * 60});
    assert_int_equal(result.waiting_ended, 1);
    assert_value(scene, "SELECT state FROM message WHERE id = 1", "quarantined");
}

static void rolled_back_booking_leaves_its_events_waiting(void **state)
{
    struct scene *scene = *state;
    (void)scene_apply(scene, scene_location(""), (struct scene_event){0});
    struct ledger_file file = scene_claim(scene, 1);
    struct jms_event event = {.kind = JMS_DEMOGRAPHICS};
    static const struct {
        enum jms_field field;
        const char *text;
    } fields[] = {{JMS_PATIENT_ID, "P1"},
                  {JMS_LAST_NAME, "SMITH"},
                  {JMS_FIRST_NAME, "SAMUEL"},
                  {JMS_SEX, "Male"},
                  {JMS_BIRTH_DATE, "1995-08-20"},
                  {JMS_BOOKING, "100"},
                  {JMS_BOOKING_DATE, "2026-11-20T10:00:00"},
                  {JMS_HOUSING, "BLOCK"}};
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        event.fields[fields[i].field] =
            (struct jms_value){.presence = JMS_GIVEN, .text = slice_of(fields[i].text)};
    struct apply_input input = {.event = &event,
                                .file = file.id,
                                .ordinal = 1,
                                .authority = "JMS",
                                .facility = SLICE_LITERAL("VCSO"),
                                .arrived = scene_time(1),
                                .event_at = scene_time(1),
                                .booking_date = scene_time(0),
                                .release_date = INSTANT_NONE,
                                .now = scene_time(1)};
    struct apply_result result;
    assert_ok(database_begin(scene->db));
    assert_ok(database_savepoint(scene->db));
    assert_ok(apply_jms_event(scene->db, &input, &result));
    assert_int_equal(result.waiting_ended, 1);
    assert_ok(database_savepoint_rollback(scene->db));
    assert_ok(database_commit(scene->db));
    assert_value(scene, "SELECT state FROM message", "waiting");
    assert_value(scene, "SELECT count(*) FROM waiting_event", "1");
    assert_value(scene, "SELECT open_messages FROM feed_total", "1");
}

static int setup(void **state)
{
    (void)scene_setup(state);
    scene_facilities(*state);
    return 0;
}

#define IN_SCENE(test) cmocka_unit_test_setup_teardown(test, setup, scene_teardown)

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        IN_SCENE(location_is_applied_with_the_booking_that_it_waits_for),
        IN_SCENE(waiting_events_are_applied_in_the_order_of_their_arrival),
        IN_SCENE(waiting_event_older_than_what_the_booking_says_is_stale),
        IN_SCENE(waiting_event_that_says_the_same_is_a_duplicate),
        IN_SCENE(waiting_event_of_another_person_is_held),
        IN_SCENE(each_waiting_event_of_another_person_is_named),
        IN_SCENE(another_authority_does_not_end_the_waiting),
        IN_SCENE(what_was_empty_or_faulty_is_so_still),
        IN_SCENE(what_waits_too_long_is_quarantined),
        IN_SCENE(rolled_back_booking_leaves_its_events_waiting),
    };
    return cmocka_run_group_tests_name("waiting", tests, NULL, NULL);
}
