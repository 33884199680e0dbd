/* What an older event may still say, group by group (RULES "Order and time"). */
#include "tests/unit/database/scene.h"

#define STATE(id) "SELECT state || coalesce(' ' || detail, '') FROM message WHERE id = " #id

static const char everything[] =
    "MI=\"D\"\nAgency=\"ICE\"\nPhotoPath=\"new.jpg\"\nBed=\"NEW\"\nLastName=\"NEW\"\n"
    "ReleaseDate=\"2026-11-23 11:00:00\"\n";
static const char older[] = "MI=\"X\"\nAgency=\"OLD\"\nPhotoPath=\"old.jpg\"\nBed=\"OLD\"\nLastName=\"OLD\"\n"
                            "ReleaseDate=\"2026-11-22 11:00:00\"\n";

static void older_event_changes_nothing_in_any_group(void **state)
{
    struct scene *scene = *state;
    (void)scene_apply(scene, scene_dem(everything), (struct scene_event){0});
    struct apply_result result =
        scene_apply(scene, scene_dem(older), (struct scene_event){.minutes = 2, .older = 3});
    assert_int_equal(result.message.state, LEDGER_STALE);
    assert_int_equal(result.changes, 0);
    assert_false(result.moved || result.released);
    assert_value(scene, STATE(2), "stale stale: demographics, booking, location, release, photo");
    assert_value(scene, "SELECT last_name || middle_name || photo_path FROM patient", "NEWDnew.jpg");
    assert_value(scene, "SELECT bed || agency || released_at FROM booking",
                 "NEWICE2026-11-23T18:00:00.000000Z");
    assert_value(scene, "SELECT count(*) FROM location_history", "1");
    assert_value(scene, "SELECT count(*) FROM change_log WHERE message = 2", "0");
    /* The groups go on remembering the newer one. */
    assert_value(scene, "SELECT demographics_file || photo_file FROM patient", "11");
    assert_value(scene, "SELECT booking_file || location_file || release_file FROM booking", "111");
    assert_value(scene, "SELECT applied || duplicate || open_messages FROM feed_total", "100");
}

static void older_event_applies_to_the_groups_that_nobody_stated_since(void **state)
{
    struct scene *scene = *state;
    (void)scene_apply(scene, scene_dem(""), (struct scene_event){0});
    (void)scene_apply(scene, scene_location("Bed=\"NEW\"\n"), (struct scene_event){.minutes = 10});
    /* As of minute 5: newer than the DEM, older than the move. */
    struct apply_result result =
        scene_apply(scene, scene_dem(older), (struct scene_event){.minutes = 12, .older = 7});
    assert_int_equal(result.message.state, LEDGER_APPLIED);
    assert_value(scene, STATE(3), "applied stale: location");
    assert_value(scene, "SELECT last_name || photo_path FROM patient", "OLDold.jpg");
    assert_value(scene, "SELECT bed || agency || (released_at IS NOT NULL) FROM booking", "NEWOLD1");
    assert_value(scene, "SELECT group_concat(field) FROM change_log WHERE message = 3 AND field = 'bed'",
                 "(null)");
    assert_value(scene, "SELECT demographics_event_at FROM patient", "2026-11-23T18:05:00.000000Z");
    assert_value(scene, "SELECT location_file || booking_file FROM booking", "23");
}

static void older_event_with_nothing_new_elsewhere_is_a_duplicate_that_says_what_was_stale(void **state)
{
    struct scene *scene = *state;
    (void)scene_apply(scene, scene_dem(""), (struct scene_event){0});
    (void)scene_apply(scene, scene_location("Bed=\"NEW\"\n"), (struct scene_event){.minutes = 10});
    struct apply_result result =
        scene_apply(scene, scene_dem(""), (struct scene_event){.minutes = 12, .older = 7});
    assert_int_equal(result.message.state, LEDGER_DUPLICATE);
    assert_value(scene, STATE(3), "duplicate stale: location");
    assert_value(scene, "SELECT bed FROM booking", "NEW");
}

static void older_move_is_stale(void **state)
{
    struct scene *scene = *state;
    (void)scene_apply(scene, scene_dem(""), (struct scene_event){.older = 60});
    (void)scene_apply(scene, scene_location("Bed=\"B\"\n"), (struct scene_event){.minutes = 10});
    struct apply_result result =
        scene_apply(scene, scene_location("Bed=\"A2\"\n"), (struct scene_event){.minutes = 11, .older = 2});
    assert_int_equal(result.message.state, LEDGER_STALE);
    assert_value(scene, STATE(3), "stale stale: location");
    assert_value(scene, "SELECT bed FROM booking", "B");
    assert_value(scene, "SELECT count(*) FROM location_history", "2");
}

static void equal_event_times_go_by_arrival(void **state)
{
    struct scene *scene = *state;
    (void)scene_apply(scene, scene_dem(""), (struct scene_event){0});
    (void)scene_apply(scene, scene_location("Bed=\"B\"\n"), (struct scene_event){.minutes = 10, .older = 5});
    struct apply_result result =
        scene_apply(scene, scene_location("Bed=\"C\"\n"), (struct scene_event){.minutes = 11, .older = 6});
    assert_int_equal(result.message.state, LEDGER_APPLIED);
    assert_value(scene, "SELECT bed FROM booking", "C");
    assert_value(scene, "SELECT location_event_at || location_arrived_at || location_file FROM booking",
                 "2026-11-23T18:05:00.000000Z2026-11-23T18:11:00.000000Z3");
}

static void newer_event_that_came_first_is_not_undone_by_many_older_ones(void **state)
{
    struct scene *scene = *state;
    (void)scene_apply(scene, scene_dem(""), (struct scene_event){.minutes = 60});
    for (int age = 1; age <= 3; age++)
        assert_int_equal(scene_apply(scene, scene_location("Bed=\"X\"\n"),
                                     (struct scene_event){.minutes = 60 + age, .older = 2 * age})
                             .message.state,
                         LEDGER_STALE);
    assert_value(scene, "SELECT bed FROM booking", "A");
}

static void clock_that_is_set_back_makes_nothing_old(void **state)
{
    struct scene *scene = *state;
    (void)scene_apply(scene, scene_dem(""), (struct scene_event){.minutes = 60});
    /* The server's clock was an hour ahead; these files bring no time of their own. */
    struct apply_result result =
        scene_apply(scene, scene_location("Bed=\"B\"\n"), (struct scene_event){.minutes = 1});
    assert_int_equal(result.message.state, LEDGER_APPLIED);
    result = scene_apply(scene, scene_location("Bed=\"C\"\n"), (struct scene_event){.minutes = 2});
    assert_int_equal(result.message.state, LEDGER_APPLIED);
    assert_value(scene, "SELECT bed FROM booking", "C");
}

static void absent_and_left_fields_state_no_group(void **state)
{
    struct scene *scene = *state;
    (void)scene_apply(scene, scene_dem(""), (struct scene_event){0});
    (void)scene_apply(scene, scene_dem("PhotoPath=\"\"\nReleaseDate=\"\"\n"),
                      (struct scene_event){.minutes = 1});
    assert_value(scene, "SELECT photo_file FROM patient", "(null)");
    assert_value(scene, "SELECT release_file FROM booking", "(null)");
}

static void explicit_clear_states_its_group(void **state)
{
    struct scene *scene = *state;
    (void)scene_apply(scene, scene_dem("PhotoPath=\"old.jpg\"\n"), (struct scene_event){0});
    (void)scene_apply(scene, scene_dem("PhotoPath=\"\"\nReleaseDate=\"\"\n"),
                      (struct scene_event){.minutes = 10, .empty_clears = true});
    struct apply_result result =
        scene_apply(scene, scene_dem("PhotoPath=\"late.jpg\"\nReleaseDate=\"2026-11-23 11:00:00\"\n"),
                    (struct scene_event){.minutes = 11, .older = 5});
    assert_int_equal(result.message.state, LEDGER_STALE);
    assert_value(scene, "SELECT photo_path FROM patient", "(null)");
    assert_value(scene, "SELECT released_at FROM booking", "(null)");
}

static void older_change_of_the_whole_identity_is_neither_told_nor_held(void **state)
{
    struct scene *scene = *state;
    (void)scene_apply(scene, scene_dem(""), (struct scene_event){.minutes = 10});
    struct apply_result result =
        scene_apply(scene, scene_dem("LastName=\"POE\"\nFirstName=\"EDGAR\"\nBirthDate=\"1960-01-19\"\n"),
                    (struct scene_event){.minutes = 11, .older = 5, .holds_identity_change = true});
    assert_false(result.identity_changed);
    assert_int_equal(result.message.state, LEDGER_STALE);
}

static void older_silence_does_not_take_a_release_back(void **state)
{
    struct scene *scene = *state;
    (void)scene_apply(scene, scene_dem("ReleaseDate=\"2026-11-23 11:00:00\"\n"),
                      (struct scene_event){.minutes = 10});
    (void)scene_apply(scene, scene_dem(""), (struct scene_event){.minutes = 11, .older = 5, .reopens = true});
    assert_value(scene, "SELECT released_at IS NOT NULL FROM booking", "1");
    scene_execute(scene, "UPDATE booking SET release_origin = 'inferred'");
    (void)scene_apply(scene, scene_dem(""), (struct scene_event){.minutes = 12, .older = 5});
    assert_value(scene, "SELECT released_at IS NOT NULL FROM booking", "1");
    (void)scene_apply(scene, scene_dem(""), (struct scene_event){.minutes = 12});
    assert_value(scene, "SELECT released_at IS NOT NULL FROM booking", "0");
}

/* The test world gets copies of live files late, and feed by feed: their numbers here say nothing about when they came. */
static void copies_of_the_live_world_count_from_when_they_arrived_there(void **state)
{
    struct scene *scene = *state;
    (void)scene_apply(scene, scene_dem(""), (struct scene_event){.copied_from = 1});
    (void)scene_apply(scene, scene_location("Bed=\"OWN\"\n"), (struct scene_event){.minutes = 10});
    (void)scene_apply(scene, scene_location("Bed=\"EARLIER\"\n"),
                      (struct scene_event){.minutes = 8, .copied_from = 3});
    assert_value(scene, STATE(3), "stale stale: location");
    assert_value(scene, "SELECT bed FROM booking", "OWN");
    (void)scene_apply(scene, scene_location("Bed=\"LATER\"\n"),
                      (struct scene_event){.minutes = 20, .copied_from = 9});
    /* Claimed before that copy was there, applied after it. */
    (void)scene_apply(scene, scene_location("Bed=\"BETWEEN\"\n"), (struct scene_event){.minutes = 15});
    assert_value(scene, "SELECT bed FROM booking", "LATER");
    /* Of another live feed: it was copied after 9 and had come before it. */
    (void)scene_apply(scene, scene_location("Bed=\"OTHER\"\n"),
                      (struct scene_event){.minutes = 18, .copied_from = 7});
    assert_value(scene, "SELECT bed FROM booking", "LATER");
    /* In live the clock was set back meanwhile: there the number counted, and so it does here. */
    (void)scene_apply(scene, scene_location("Bed=\"BACK\"\n"),
                      (struct scene_event){.minutes = 3, .copied_from = 11});
    assert_value(scene, "SELECT bed FROM booking", "BACK");
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
        IN_SCENE(older_event_changes_nothing_in_any_group),
        IN_SCENE(older_event_applies_to_the_groups_that_nobody_stated_since),
        IN_SCENE(older_event_with_nothing_new_elsewhere_is_a_duplicate_that_says_what_was_stale),
        IN_SCENE(older_move_is_stale),
        IN_SCENE(equal_event_times_go_by_arrival),
        IN_SCENE(newer_event_that_came_first_is_not_undone_by_many_older_ones),
        IN_SCENE(clock_that_is_set_back_makes_nothing_old),
        IN_SCENE(copies_of_the_live_world_count_from_when_they_arrived_there),
        IN_SCENE(absent_and_left_fields_state_no_group),
        IN_SCENE(explicit_clear_states_its_group),
        IN_SCENE(older_change_of_the_whole_identity_is_neither_told_nor_held),
        IN_SCENE(older_silence_does_not_take_a_release_back),
    };
    return cmocka_run_group_tests_name("staleness", tests, NULL, NULL);
}
