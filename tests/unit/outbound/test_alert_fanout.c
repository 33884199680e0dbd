/* From alert events to queued files: who is told, who is not, and all of an event or nothing. */
#include "outbound/alert_fanout.h"
#include "database/outbox.h"
#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"
#include "tests/unit/outbound/world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct alert_code codes[] = {{"HIGHCAL", "HC"}};
static const struct alert_map map = {codes, 1, NULL, 0};
static const struct alert_map empty = {NULL, 0, NULL, 0};

static struct alert_receiver taker(const char *name)
{
    return (struct alert_receiver){
        .to = {.kind = LIVE_FEED,
               .name = name,
               .folder = "/nowhere",
               .file_pattern = "%Y%m%d%H%M%S_%N_%C.csv"},
        .authority = "JMS",
        .map = &map,
    };
}

struct failures {
    size_t count;
    int64_t event;
    char sentence[256];
};

static void note_failure(void *context, int64_t alert_event, const char *sentence)
{
    struct failures *failures = context;
    failures->count++;
    failures->event = alert_event;
    (void)snprintf(failures->sentence, sizeof failures->sentence, "%s", sentence);
}

static struct alert_fanout_counts run_as(struct world *world, enum database_world which,
                                         const struct alert_receiver *receivers, size_t count, size_t limit,
                                         struct failures *failures)
{
    struct alert_fanout_counts counts;
    *failures = (struct failures){0};
    assert_int_equal(database_begin(world->db), DATABASE_OK);
    assert_int_equal(alert_fanout_run(world->db, which, receivers, count, WORLD_NOW, limit, &world->arena,
                                      note_failure, failures, &counts),
                     DATABASE_OK);
    assert_int_equal(database_commit(world->db), DATABASE_OK);
    return counts;
}

static struct alert_fanout_counts run(struct world *world, const struct alert_receiver *receivers,
                                      size_t count)
{
    struct failures failures;
    struct alert_fanout_counts counts = run_as(world, DATABASE_TEST, receivers, count, 100, &failures);
    assert_int_equal(failures.count, counts.failed);
    return counts;
}

static void assert_text(struct world *world, const char *sql, const char *expected)
{
    char *text = world_text(world, sql);
    assert_string_equal(text != NULL ? text : "(null)", expected);
    free(text);
}

#define SET                                                                                                  \
    "INSERT INTO alert_entry (patient, booking, code, date_added) VALUES (1, 1, 'HIGHCAL', '2026-11-20T17:00:00Z')"
#define TOLD "SELECT group_concat(receiver) FROM (SELECT receiver FROM outbox ORDER BY id)"
#define STATES                                                                                               \
    "SELECT group_concat(state || coalesce(': ' || reason, '')) FROM (SELECT * FROM alert_event ORDER BY id)"

/* A line of feed `feed` has set the alert; `copied`: in the live world. */
static void announce(struct world *world, const char *feed, bool copied)
{
    char sql[1024];
    (void)snprintf(
        sql, sizeof sql,
        "INSERT INTO file (feed, name, size, created_us, written_us, identity_volume, identity_high, identity_low,"
        " sha256, arrived_at, format, state, in_place, copied_from) VALUES ('%s', 'a.csv', 1, 0, 0, 0, 0, 0,"
        " zeroblob(32), '2026-11-23T18:00:00.000000Z', 'alerts-csv', 'claimed', 1, %s);"
        "INSERT INTO alert (patient, booking, code, date_added, date_added_given, feed, alert_event_at,"
        " alert_arrived_at) VALUES (1, 1, 'HIGHCAL', '2026-11-20T17:00:00.000000Z', '2026-11-20T10:00:00', '%s',"
        " '2026-11-23T18:00:00.000000Z', '2026-11-23T18:00:00.000000Z');"
        "INSERT INTO alert_event (alert, file, change, created_at) VALUES (1, 1, 'added',"
        " '2026-11-23T18:00:00.000000Z')",
        feed, copied ? "9" : "NULL", feed);
    world_sql(world, sql);
}

static void an_alert_becomes_a_file_for_each_feed(void **state)
{
    (void)state;
    struct world world;
    world_open(&world, DATABASE_TEST);
    const struct alert_receiver both[] = {taker("jms"), taker("clinic")};
    world_sql(&world, SET);
    struct alert_fanout_counts counts = run(&world, both, 2);
    assert_int_equal(counts.events, 1);
    assert_int_equal(counts.queued, 2);
    assert_text(&world, STATES, "rendered");
    assert_text(
        &world,
        "SELECT group_concat(receiver_kind || receiver || state || alert_event || CAST(bytes AS TEXT), '|')"
        " FROM (SELECT * FROM outbox ORDER BY id)",
        "feedjmsqueued1P00012345,12345678,2026-11-20T10:00:00,,HC,,\r\n|"
        "feedclinicqueued1P00012345,12345678,2026-11-20T10:00:00,,HC,,\r\n");
    char expected[64];
    (void)snprintf(expected, sizeof expected, "20261123180510_000000000001_T%s1.csv",
                   database_control_letters(world.db));
    assert_text(&world, "SELECT file_name FROM outbox ORDER BY id", expected);
    /* As it went out it goes out for ever. */
    assert_text(&world, "SELECT date_added_given FROM alert", "2026-11-20T10:00:00");
    assert_int_equal(run(&world, both, 2).events, 0);
    world_sql(&world, "INSERT INTO alert_entry (removes, date_removed) VALUES (1, '2026-11-21T17:00:00Z')");
    (void)run(&world, both, 1);
    assert_text(&world, "SELECT CAST(bytes AS TEXT) FROM outbox WHERE id = 3",
                "P00012345,12345678,2026-11-20T10:00:00,2026-11-21T10:00:00,HC,,\r\n");
    world_close(&world);
}

static void the_feed_that_said_it_is_not_told(void **state)
{
    (void)state;
    struct world world;
    world_open(&world, DATABASE_TEST);
    const struct alert_receiver both[] = {taker("jms"), taker("clinic")};
    announce(&world, "jms", false);
    (void)run(&world, both, 2);
    assert_text(&world, TOLD, "clinic");
    assert_text(&world, STATES, "rendered");
    /* What a user of CorEMR does with it is told to both. */
    world_sql(&world, "INSERT INTO alert_entry (removes, date_removed) VALUES (1, '2026-11-21T17:00:00Z')");
    (void)run(&world, both, 2);
    assert_text(&world, TOLD, "clinic,jms,clinic");
    world_close(&world);
}

static void only_who_knows_the_numbers_and_serves_the_facility_is_told(void **state)
{
    (void)state;
    struct world world;
    static const char *const annex[] = {"ANNEX", NULL};
    static const char *const here[] = {"annex", " vcso ", NULL};
    world_open(&world, DATABASE_TEST);
    struct alert_receiver receivers[] = {taker("other"), taker("annex"), taker("here")};
    receivers[0].authority = "OTHER";
    receivers[1].to.facilities = annex;
    receivers[2].to.facilities = here;
    world_sql(&world, SET);
    (void)run(&world, receivers, 3);
    assert_text(&world, TOLD, "here");
    world_sql(&world, "INSERT INTO alert_entry (removes, date_removed) VALUES (1, '2026-11-21T17:00:00Z')");
    struct alert_fanout_counts counts = run(&world, receivers, 2);
    assert_int_equal(counts.events, 1);
    assert_int_equal(counts.failed, 0);
    assert_text(&world, STATES, "rendered,no-receiver");
    world_close(&world);
}

static void a_code_without_a_pair_fails_for_all(void **state)
{
    (void)state;
    struct world world;
    struct failures failures;
    world_open(&world, DATABASE_TEST);
    struct alert_receiver both[] = {taker("jms"), taker("clinic")};
    both[1].map = &empty;
    world_sql(&world, SET);
    struct alert_fanout_counts counts = run_as(&world, DATABASE_TEST, both, 2, 100, &failures);
    assert_int_equal(counts.events, 1);
    assert_int_equal(counts.queued, 0);
    assert_int_equal(counts.failed, 1);
    assert_int_equal(failures.event, 1);
    assert_non_null(strstr(failures.sentence, "feed clinic has no code"));
    assert_text(&world, "SELECT state || (reason LIKE 'feed clinic%') FROM alert_event", "failed1");
    assert_int_equal(world_number(&world, "SELECT count(*) FROM outbox"), 0);
    assert_text(&world, "SELECT coalesce(date_added_given, 'none') FROM alert", "none");
    /* Other alerts go on; and a feed may leave what it has no code for. */
    world_sql(&world, "INSERT INTO alert_entry (removes, date_removed) VALUES (1, '2026-11-21T17:00:00Z')");
    both[1].leaves_unmapped = true;
    (void)run(&world, both, 2);
    assert_text(&world, TOLD, "jms");
    assert_text(&world, "SELECT group_concat(state) FROM (SELECT * FROM alert_event ORDER BY id)",
                "superseded,rendered");
    world_close(&world);
}

static void a_name_that_was_used_before_fails_and_stops_nobody(void **state)
{
    (void)state;
    struct world world;
    struct failures failures;
    world_open(&world, DATABASE_TEST);
    struct alert_receiver jms = taker("jms");
    jms.to.file_pattern = "%N";
    world_sql(
        &world,
        "INSERT INTO outbox (id, receiver_kind, receiver, control_id, file_name, bytes, state, created_at)"
        " VALUES (1, 'feed', 'jms', 'T1', '000000000002', x'00', 'rejected', '2026-11-23T18:00:00.000000Z')");
    world_sql(&world, SET);
    (void)run_as(&world, DATABASE_TEST, &jms, 1, 100, &failures);
    assert_int_equal(failures.count, 1);
    assert_non_null(strstr(failures.sentence, "used before"));
    jms.to.file_pattern = "%d";
    world_sql(&world, "INSERT INTO alert_entry (removes, date_removed) VALUES (1, '2026-11-21T17:00:00Z')");
    (void)run_as(&world, DATABASE_TEST, &jms, 1, 100, &failures);
    assert_non_null(strstr(failures.sentence, "no usable name"));
    world_close(&world);
}

static void live_tells_only_of_facilities_that_are_live(void **state)
{
    (void)state;
    struct world world;
    struct failures failures;
    world_open(&world, DATABASE_LIVE);
    struct alert_receiver jms = taker("jms");
    world_sql(&world, SET);
    (void)run_as(&world, DATABASE_LIVE, &jms, 1, 100, &failures);
    assert_int_equal(failures.count, 0);
    assert_text(&world, STATES, "no-receiver: the facility of the booking is not live");
    world_sql(&world,
              "INSERT INTO live_since VALUES ('facility', 'vcso', '2026-11-23T18:00:00.000000Z', 'u', NULL)");
    world_sql(&world, "INSERT INTO alert_entry (removes, date_removed) VALUES (1, '2026-11-21T17:00:00Z')");
    (void)run_as(&world, DATABASE_LIVE, &jms, 1, 100, &failures);
    assert_text(&world, TOLD, "jms");
    world_close(&world);
}

static void a_copy_is_told_in_test_only_to_feeds_that_are_in_test(void **state)
{
    (void)state;
    struct world world;
    world_open(&world, DATABASE_TEST);
    struct alert_receiver three[] = {taker("jms"), taker("clinic"), taker("new")};
    three[0].is_live = three[1].is_live = true;
    announce(&world, "jms", true);
    (void)run(&world, three, 3);
    assert_text(&world, TOLD, "new");
    world_close(&world);
}

static void no_more_than_asked_for_in_the_order_of_the_events(void **state)
{
    (void)state;
    struct world world;
    struct failures failures;
    world_open(&world, DATABASE_TEST);
    const struct alert_receiver jms = taker("jms");
    for (int i = 0; i < 5; i++) {
        char sql[256];
        (void)snprintf(sql, sizeof sql,
                       "INSERT INTO alert_entry (patient, booking, code, date_added) VALUES (1, 1, 'HIGHCAL',"
                       " '2026-11-20T17:00:0%dZ')",
                       i);
        world_sql(&world, sql);
    }
    assert_int_equal(run_as(&world, DATABASE_TEST, &jms, 1, 2, &failures).events, 2);
    assert_int_equal(run_as(&world, DATABASE_TEST, &jms, 1, 2, &failures).events, 2);
    assert_int_equal(run_as(&world, DATABASE_TEST, &jms, 1, 2, &failures).events, 1);
    assert_text(&world, "SELECT group_concat(alert_event) FROM (SELECT * FROM outbox ORDER BY id)",
                "1,2,3,4,5");
    world_close(&world);
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_alert_becomes_a_file_for_each_feed),
        cmocka_unit_test(the_feed_that_said_it_is_not_told),
        cmocka_unit_test(only_who_knows_the_numbers_and_serves_the_facility_is_told),
        cmocka_unit_test(a_code_without_a_pair_fails_for_all),
        cmocka_unit_test(a_name_that_was_used_before_fails_and_stops_nobody),
        cmocka_unit_test(live_tells_only_of_facilities_that_are_live),
        cmocka_unit_test(a_copy_is_told_in_test_only_to_feeds_that_are_in_test),
        cmocka_unit_test(no_more_than_asked_for_in_the_order_of_the_events),
    };
    return cmocka_run_group_tests_name("alert fanout", tests, NULL, NULL);
}
