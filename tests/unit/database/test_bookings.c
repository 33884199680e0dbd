/* Planned and undone releases, several bookings of one person, a changed identity (RULES "People and bookings"). */
#include "tests/unit/database/scene.h"

#include "database/due.h"

#define DETAIL(id) "SELECT state || coalesce(' ' || detail, '') FROM message WHERE id = " #id

static size_t release(struct scene *scene, instant_us now)
{
    bool any = false;
    size_t count = 0;
    assert_ok(due_any(scene->db, now, &any));
    assert_ok(database_begin(scene->db));
    assert_ok(due_releases(scene->db, now, &count));
    assert_ok(database_commit(scene->db));
    assert_true(any == (count > 0));
    return count;
}

/* 11:30 in Denver is scene_time(30). */
static const char planned[] = "ReleaseDate=\"2026-11-23 11:30:00\"\n";

static void planned_release_takes_effect_at_its_time(void **state)
{
    struct scene *scene = *state;
    (void)scene_apply(scene, scene_dem(""), (struct scene_event){0});
    (void)scene_apply(scene, scene_dem(planned), (struct scene_event){.minutes = 1});
    assert_value(scene, "SELECT release_date || (released_at IS NULL) FROM booking",
                 "2026-11-23T18:30:00.000000Z1");
    assert_int_equal(release(scene, scene_time(30) - 1), 0);
    assert_value(scene, "SELECT released_at FROM booking", "(null)");
    assert_int_equal(release(scene, scene_time(30)), 1);
    assert_value(scene, "SELECT released_at FROM booking", "2026-11-23T18:30:00.000000Z");
    /* A change of the message that planned it. */
    assert_value(
        scene,
        "SELECT group_concat(message || field || coalesce(old_value, '-') || new_value) FROM change_log"
        " WHERE field LIKE 'release%'",
        "2release_date-2026-11-23T18:30:00.000000Z,2released_at-2026-11-23T18:30:00.000000Z");
    assert_int_equal(release(scene, scene_time(31)), 0);
    /* Its message once more is nothing new. */
    assert_int_equal(
        scene_apply(scene, scene_dem(planned), (struct scene_event){.minutes = 40}).message.state,
        LEDGER_DUPLICATE);
}

static void planned_release_that_was_moved_or_cleared_does_not_take_effect(void **state)
{
    struct scene *scene = *state;
    (void)scene_apply(scene, scene_dem(planned), (struct scene_event){0});
    (void)scene_apply(scene, scene_dem("ReleaseDate=\"2026-11-23 12:00:00\"\n"),
                      (struct scene_event){.minutes = 1});
    assert_int_equal(release(scene, scene_time(30)), 0);
    assert_int_equal(release(scene, scene_time(60)), 1);
    (void)scene_apply(scene, scene_dem("Booking=\"101\"\nReleaseDate=\"2026-11-23 13:00:00\"\n"),
                      (struct scene_event){.minutes = 61});
    (void)scene_apply(scene, scene_dem("Booking=\"101\"\nReleaseDate=\"\"\n"),
                      (struct scene_event){.minutes = 62, .empty_clears = true});
    assert_int_equal(release(scene, scene_time(200)), 0);
    assert_value(scene, "SELECT released_at FROM booking WHERE booking_number = '101'", "(null)");
}

static void many_releases_are_done_in_bounded_steps(void **state)
{
    struct scene *scene = *state;
    (void)scene_apply(scene, scene_dem(planned), (struct scene_event){0});
    scene_execute(
        scene,
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100) INSERT INTO booking"
        " (patient, authority, booking_number, booking_date, booking_date_given, release_date, release_origin)"
        " SELECT 1, 'JMS', 'N' || i, booking_date, booking_date_given, release_date, 'given' FROM booking, n");
    assert_int_equal(release(scene, scene_time(30)), DUE_LIMIT);
    assert_int_equal(release(scene, scene_time(30)), 101 - DUE_LIMIT);
    assert_value(scene, "SELECT count(*) FROM booking WHERE released_at IS NULL", "0");
}

static void silence_does_not_undo_a_release_unless_the_feed_says_so(void **state)
{
    struct scene *scene = *state;
    (void)scene_apply(scene, scene_dem("ReleaseDate=\"2026-11-23 11:00:00\"\n"), (struct scene_event){0});
    (void)scene_apply(scene, scene_dem(""), (struct scene_event){.minutes = 1});
    (void)scene_apply(scene, scene_dem("ReleaseDate=\"\"\n"), (struct scene_event){.minutes = 2});
    assert_value(scene, "SELECT released_at IS NOT NULL FROM booking", "1");
    (void)scene_apply(scene, scene_dem(""), (struct scene_event){.minutes = 3, .reopens = true});
    assert_value(
        scene, "SELECT coalesce(released_at, release_date, release_date_given, release_origin) FROM booking",
        "(null)");
    assert_value(scene, DETAIL(4), "applied the booking is open again");
    assert_value(scene, "SELECT release_file FROM booking", "4");
    /* What is only planned, too. */
    (void)scene_apply(scene, scene_dem(planned), (struct scene_event){.minutes = 4});
    (void)scene_apply(scene, scene_dem(""), (struct scene_event){.minutes = 5, .reopens = true});
    assert_value(scene, "SELECT release_date FROM booking", "(null)");
}

static void faulty_release_date_is_no_silence(void **state)
{
    struct scene *scene = *state;
    (void)scene_apply(scene, scene_dem("ReleaseDate=\"2026-11-23 11:00:00\"\n"), (struct scene_event){0});
    (void)scene_apply(scene, scene_dem("ReleaseDate=\"soon\"\n"),
                      (struct scene_event){.minutes = 1, .reopens = true});
    assert_value(scene, "SELECT released_at IS NOT NULL FROM booking", "1");
}

static void booking_anew_after_a_release_is_nothing_odd(void **state)
{
    struct scene *scene = *state;
    (void)scene_apply(scene, scene_dem("ReleaseDate=\"2026-11-23 11:00:00\"\n"), (struct scene_event){0});
    struct apply_result result =
        scene_apply(scene, scene_dem("Booking=\"101\"\nBookingDate=\"2026-11-23 11:05:00\"\n"),
                    (struct scene_event){.minutes = 6});
    assert_int_equal(result.message.state, LEDGER_APPLIED);
    assert_true(result.created_booking);
    assert_false(result.created_patient || result.second_open_booking);
    assert_value(scene, DETAIL(2), "applied");
    assert_value(scene, "SELECT group_concat(booking_number || (released_at IS NULL)) FROM booking",
                 "1000,1011");
}

static void earlier_booking_is_closed_at_the_new_booking_date_where_the_feed_says_so(void **state)
{
    struct scene *scene = *state;
    static const struct scene_event close = {.minutes = 10, .closes_earlier = true};
    (void)scene_apply(scene, scene_dem(""), (struct scene_event){0});
    struct apply_result result =
        scene_apply(scene, scene_dem("Booking=\"101\"\nBookingDate=\"2026-11-23 11:05:00\"\n"), close);
    assert_false(result.second_open_booking);
    assert_value(scene, DETAIL(2), "applied the earlier booking was closed");
    assert_value(
        scene,
        "SELECT release_date || release_date_given || release_origin || released_at || release_file FROM booking"
        " WHERE booking_number = '100'",
        "2026-11-23T18:05:00.000000Z2026-11-23T11:05:00next-booking2026-11-23T18:05:00.000000Z2");
    assert_value(scene,
                 "SELECT group_concat(row_id || field) FROM change_log WHERE message = 2 AND row_id = 1",
                 "1release_date,1released_at");
    assert_value(scene, "SELECT released_at FROM booking WHERE booking_number = '101'", "(null)");
    /* Spoken of again it stays closed, whatever silence means to the feed. */
    (void)scene_apply(scene, scene_dem(""),
                      (struct scene_event){.minutes = 11, .reopens = true, .closes_earlier = true});
    assert_value(scene, "SELECT released_at IS NOT NULL FROM booking WHERE booking_number = '100'", "1");
}

static void booking_that_lies_ahead_closes_the_earlier_one_at_its_time(void **state)
{
    struct scene *scene = *state;
    (void)scene_apply(scene, scene_dem(""), (struct scene_event){0});
    (void)scene_apply(scene, scene_dem("Booking=\"101\"\nBookingDate=\"2026-11-23 11:30:00\"\n"),
                      (struct scene_event){.closes_earlier = true});
    assert_value(scene, "SELECT count(*) FROM booking WHERE released_at IS NULL", "2");
    assert_int_equal(release(scene, scene_time(30)), 1);
    assert_value(scene, "SELECT group_concat(booking_number) FROM booking WHERE released_at IS NULL", "101");
    assert_value(scene, "SELECT message FROM change_log WHERE row_id = 1 AND field = 'released_at'", "2");
}

static void later_booking_and_newer_word_are_not_closed(void **state)
{
    struct scene *scene = *state;
    static const struct scene_event close = {.minutes = 10, .older = 5, .closes_earlier = true};
    (void)scene_apply(scene, scene_dem("BookingDate=\"2026-11-23 11:00:00\"\n"), (struct scene_event){0});
    struct apply_result result =
        scene_apply(scene, scene_dem("Booking=\"90\"\nBookingDate=\"2026-11-01 11:00:00\"\n"), close);
    assert_true(result.second_open_booking);
    assert_value(scene, DETAIL(2), "applied another booking of the patient is open");
    /* Its release was explicitly cleared by something newer. */
    (void)scene_apply(scene, scene_dem("PatientID=\"P2\"\nBooking=\"200\"\nReleaseDate=\"\"\n"),
                      (struct scene_event){.minutes = 8, .empty_clears = true});
    result = scene_apply(
        scene, scene_dem("PatientID=\"P2\"\nBooking=\"201\"\nBookingDate=\"2026-11-23 11:00:00\"\n"), close);
    assert_true(result.second_open_booking);
    assert_value(scene, "SELECT count(*) FROM booking WHERE released_at IS NULL", "4");
}

static void many_earlier_bookings_are_closed_in_bounded_number(void **state)
{
    struct scene *scene = *state;
    (void)scene_apply(scene, scene_dem(""), (struct scene_event){0});
    scene_execute(
        scene,
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20) INSERT INTO booking"
        " (patient, authority, booking_number, booking_date, booking_date_given)"
        " SELECT 1, 'JMS', 'N' || i, booking_date, booking_date_given FROM booking, n");
    struct apply_result result = scene_apply(
        scene,
        scene_dem(
            "Booking=\"101\"\nBookingDate=\"2026-11-23 11:00:00\"\n"
            "MI=\"D\"\nSSN=\"333-22-4444\"\nSex=\"Female\"\nRace=\"White\"\nHeight=\"72\"\nWeight=\"140\"\n"
            "PhotoPath=\"x\"\nLastName=\"A\"\nFirstName=\"B\"\nBirthDate=\"1990-01-01\"\n"),
        (struct scene_event){.minutes = 1, .closes_earlier = true});
    assert_true(result.second_open_booking);
    assert_value(scene, "SELECT count(*) FROM booking WHERE release_origin = 'next-booking'", "8");
}

static void change_of_the_whole_identity_is_held_where_the_feed_says_so(void **state)
{
    struct scene *scene = *state;
    static const struct scene_event hold = {.minutes = 1, .holds_identity_change = true};
    (void)scene_apply(scene, scene_dem(""), (struct scene_event){0});
    struct apply_result result = scene_apply(
        scene, scene_dem("LastName=\"POE\"\nFirstName=\"EDGAR\"\nBirthDate=\"1960-01-19\"\nBed=\"Z\"\n"),
        hold);
    assert_int_equal(result.message.state, LEDGER_HELD);
    assert_false(result.identity_changed || result.moved);
    assert_value(scene, DETAIL(2), "held family name, given name and birth date changed at once");
    assert_value(scene, "SELECT patient || booking FROM message WHERE id = 2", "11");
    assert_value(scene, "SELECT last_name || first_name || birth_date || demographics_file FROM patient",
                 "SMITHSAMUEL1995-08-201");
    assert_value(scene, "SELECT bed FROM booking", "A");
    assert_value(scene, "SELECT count(*) FROM change_log WHERE message = 2", "0");
    /* Two of the three are a correction. */
    result = scene_apply(scene, scene_dem("LastName=\"POE\"\nFirstName=\"EDGAR\"\n"), hold);
    assert_int_equal(result.message.state, LEDGER_APPLIED);
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
        IN_SCENE(planned_release_takes_effect_at_its_time),
        IN_SCENE(planned_release_that_was_moved_or_cleared_does_not_take_effect),
        IN_SCENE(many_releases_are_done_in_bounded_steps),
        IN_SCENE(silence_does_not_undo_a_release_unless_the_feed_says_so),
        IN_SCENE(faulty_release_date_is_no_silence),
        IN_SCENE(booking_anew_after_a_release_is_nothing_odd),
        IN_SCENE(earlier_booking_is_closed_at_the_new_booking_date_where_the_feed_says_so),
        IN_SCENE(booking_that_lies_ahead_closes_the_earlier_one_at_its_time),
        IN_SCENE(later_booking_and_newer_word_are_not_closed),
        IN_SCENE(many_earlier_bookings_are_closed_in_bounded_number),
        IN_SCENE(change_of_the_whole_identity_is_held_where_the_feed_says_so),
    };
    return cmocka_run_group_tests_name("bookings", tests, NULL, NULL);
}
