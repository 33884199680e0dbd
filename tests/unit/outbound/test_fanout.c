/* From order events to queued messages: all of an event or nothing, and one order's trouble is nobody else's. */
#include "outbound/fanout.h"
#include "database/outbox.h"
#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"
#include "tests/unit/outbound/hl7_grammar.h"
#include "tests/unit/outbound/world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the caller was told. */
struct failures {
    size_t count;
    size_t replaced; /* of these, characters that went as ? */
    int64_t event;
    char reason[256];
};

static void note_failure(void *context, int64_t order_event, enum fanout_news news, const char *sentence)
{
    struct failures *failures = context;
    failures->count++;
    failures->replaced += news == FANOUT_REPLACED;
    failures->event = order_event;
    (void)snprintf(failures->reason, sizeof failures->reason, "%s", sentence);
}

static enum database_kind try_run(struct world *world, enum database_world which,
                                  const struct partner *partners, size_t count, instant_us now, size_t limit,
                                  struct fanout_counts *counts, struct failures *failures)
{
    memset(failures, 0, sizeof *failures);
    assert_int_equal(database_begin(world->db), DATABASE_OK);
    enum database_kind kind = fanout_run(world->db, which, partners, count, now, limit, &world->arena,
                                         note_failure, failures, counts);
    if (kind == DATABASE_OK)
        assert_int_equal(database_commit(world->db), DATABASE_OK);
    else
        database_rollback(world->db);
    return kind;
}

static struct fanout_counts run(struct world *world, struct failures *failures)
{
    struct fanout_counts counts;
    assert_int_equal(try_run(world, DATABASE_TEST, &world->partner, 1, WORLD_NOW, 100, &counts, failures),
                     DATABASE_OK);
    return counts;
}

static void assert_text(struct world *world, const char *sql, const char *expected)
{
    char *text = world_text(world, sql);
    if (text == NULL)
        fail_msg("no text: %s", sql);
    assert_string_equal(text, expected);
    free(text);
}

static void assert_valid(struct world *world, const char *sql)
{
    char *bytes = world_text(world, sql);
    assert_non_null(bytes);
    const char *wrong = hl7_check(slice_of(bytes), "RDE_O11", "2.5.1");
    if (wrong != NULL)
        fail_msg("%s", wrong);
    free(bytes);
}

static void an_order_becomes_a_queued_message(void **state)
{
    (void)state;
    struct world world;
    struct failures failures;
    world_open(&world, DATABASE_TEST);
    world_order(&world, "MO-1", "NW", "", "");
    struct fanout_counts counts = run(&world, &failures);
    assert_int_equal(counts.events, 1);
    assert_int_equal(counts.queued, 1);
    assert_int_equal(counts.failed, 0);
    assert_int_equal(failures.count, 0);
    assert_text(&world, "SELECT state FROM order_event", "rendered");
    assert_text(&world, "SELECT state || receiver || order_event FROM outbox", "queueddiamond1");
    assert_valid(&world, "SELECT CAST(bytes AS TEXT) FROM outbox");
    char expected[64];
    (void)snprintf(expected, sizeof expected, "T%s1", database_control_letters(world.db));
    assert_text(&world, "SELECT control_id FROM outbox", expected);
    (void)snprintf(expected, sizeof expected, "20261123180510_000000000001_T%s1.hl7",
                   database_control_letters(world.db));
    assert_text(&world, "SELECT file_name FROM outbox", expected);
    /* Nothing is rendered twice. */
    counts = run(&world, &failures);
    assert_int_equal(counts.events, 0);
    assert_int_equal(world_number(&world, "SELECT count(*) FROM outbox"), 1);
    world_close(&world);
}

static void events_go_in_order_and_at_most_as_many_as_asked_for(void **state)
{
    (void)state;
    struct world world;
    struct failures failures;
    struct fanout_counts counts;
    world_open(&world, DATABASE_TEST);
    for (int i = 0; i < 5; i++) {
        char placer[16];
        (void)snprintf(placer, sizeof placer, "MO-%d", i);
        world_order(&world, placer, "NW", "", "");
    }
    world_order(&world, "MO-0", "DC", "", "");
    static const size_t taken[] = {4, 2, 0};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(try_run(&world, DATABASE_TEST, &world.partner, 1, WORLD_NOW, 4, &counts, &failures),
                         DATABASE_OK);
        assert_int_equal(counts.events, taken[i]);
    }
    assert_text(&world, "SELECT group_concat(order_event) FROM (SELECT order_event FROM outbox ORDER BY id)",
                "1,2,3,4,5,6");
    assert_text(&world, "SELECT group_concat(id) FROM (SELECT id FROM outbox ORDER BY file_name)",
                "1,2,3,4,5,6");
    world_close(&world);
}

/* The caller comes again when as many events were ended as it asked for, and only then. */
static void stopped_events_do_not_hide_that_there_are_more(void **state)
{
    (void)state;
    struct world world;
    struct failures failures;
    struct fanout_counts counts;
    world_open(&world, DATABASE_TEST);
    world_order(&world, "MO-1", "NW", "/*provider*/", "");
    world_order(&world, "MO-1", "XO", "", "");
    world_order(&world, "MO-1", "DC", "", "");
    world_order(&world, "MO-2", "NW", "", "");
    world_order(&world, "MO-3", "NW", "", "");
    assert_int_equal(try_run(&world, DATABASE_TEST, &world.partner, 1, WORLD_NOW, 2, &counts, &failures),
                     DATABASE_OK);
    assert_int_equal(counts.events, 2);
    assert_int_equal(try_run(&world, DATABASE_TEST, &world.partner, 1, WORLD_NOW, 2, &counts, &failures),
                     DATABASE_OK);
    assert_int_equal(counts.events, 1);
    assert_text(&world, "SELECT group_concat(order_event) FROM (SELECT order_event FROM outbox ORDER BY id)",
                "4,5");
    world_close(&world);
}

static void names_sort_in_sending_order_when_the_clock_goes_back(void **state)
{
    (void)state;
    struct world world;
    struct failures failures;
    struct fanout_counts counts;
    world_open(&world, DATABASE_TEST);
    static const instant_us hours[] = {0, -5, 1};
    for (int i = 0; i < 3; i++) {
        char placer[16];
        (void)snprintf(placer, sizeof placer, "MO-%d", i);
        world_order(&world, placer, "NW", "", "");
        assert_int_equal(try_run(&world, DATABASE_TEST, &world.partner, 1,
                                 WORLD_NOW + hours[i] * 3600 * 1000000, 10, &counts, &failures),
                         DATABASE_OK);
    }
    assert_text(&world, "SELECT group_concat(id) FROM (SELECT id FROM outbox ORDER BY file_name)", "1,2,3");
    assert_text(&world, "SELECT substr(file_name, 1, 14) FROM outbox WHERE id = 2", "20261123180510");
    world_close(&world);
}

static void an_order_goes_to_the_pharmacies_of_its_facility_or_to_the_one_it_names(void **state)
{
    (void)state;
    static const char *const vcso[] = {" vcso ", NULL}, *const annex[] = {"OTHER", "ANNEX", NULL},
                             *const none[] = {NULL};
    struct world world;
    struct failures failures;
    struct fanout_counts counts;
    world_open(&world, DATABASE_TEST);
    struct partner partners[4] = {world.partner, world.partner, world.partner, world.partner};
    partners[0].to.facilities = vcso;
    partners[1].to.name = "annex";
    partners[1].to.facilities = annex;
    partners[2].to.name = "all";
    partners[3].to.name = "none";
    partners[3].to.facilities = none;
    world_order(&world, "MO-1", "NW", "", "");
    world_order(&world, "MO-2", "NW", ", pharmacy", ", 'annex'");
    assert_int_equal(try_run(&world, DATABASE_TEST, partners, 4, WORLD_NOW, 10, &counts, &failures),
                     DATABASE_OK);
    assert_int_equal(counts.queued, 3);
    assert_text(
        &world,
        "SELECT group_concat(placer_number || '>' || receiver) FROM (SELECT * FROM outbox ORDER BY id) o JOIN order_event e ON"
        " e.id = o.order_event",
        "MO-1>diamond,MO-1>all,MO-2>annex");
    world_close(&world);
}

static void an_order_for_nobody_fails_in_test_and_ends_in_live(void **state)
{
    (void)state;
    static const char *const annex[] = {"ANNEX", NULL};
    struct world world;
    struct failures failures;
    struct fanout_counts counts;
    world_open(&world, DATABASE_TEST);
    world.partner.to.facilities = annex;
    world_order(&world, "MO-1", "NW", "", "");
    counts = run(&world, &failures);
    assert_int_equal(counts.failed, 1);
    assert_non_null(strstr(failures.reason, "facility"));
    world_order(&world, "MO-2", "NW", ", pharmacy", ", 'emerald'");
    counts = run(&world, &failures);
    assert_int_equal(counts.failed, 1);
    assert_non_null(strstr(failures.reason, "medication_order.pharmacy"));
    world_sql(&world, "UPDATE booking SET facility = NULL");
    world_order(&world, "MO-3", "NW", "", "");
    counts = run(&world, &failures);
    assert_int_equal(counts.failed, 1);
    assert_non_null(strstr(failures.reason, "booking.facility"));
    world_close(&world);

    world_open(&world, DATABASE_LIVE);
    world_order(&world, "MO-1", "NW", "", "");
    assert_int_equal(try_run(&world, DATABASE_LIVE, NULL, 0, WORLD_NOW, 10, &counts, &failures), DATABASE_OK);
    assert_int_equal(counts.events, 1);
    assert_int_equal(counts.failed, 0);
    assert_int_equal(failures.count, 0);
    assert_text(&world, "SELECT state FROM order_event", "no-live-partner");
    /* It is never sent later. */
    counts = run(&world, &failures);
    assert_int_equal(counts.events, 0);
    assert_int_equal(world_number(&world, "SELECT count(*) FROM outbox"), 0);
    world_close(&world);
}

static void a_failed_row_stops_only_later_rows_of_its_order(void **state)
{
    (void)state;
    struct world world;
    struct failures failures;
    world_open(&world, DATABASE_TEST);
    world_order(&world, "MO-1", "NW", "/*provider*/", "");
    world_order(&world, "MO-2", "NW", "", "");
    world_order(&world, "MO-1", "DC", "", "");
    struct fanout_counts counts = run(&world, &failures);
    assert_int_equal(counts.events, 2);
    assert_int_equal(counts.queued, 1);
    assert_int_equal(counts.failed, 1);
    assert_int_equal(failures.count, 1);
    assert_int_equal(failures.event, 1);
    assert_text(&world, "SELECT reason FROM order_event WHERE id = 1", failures.reason);
    assert_non_null(strstr(failures.reason, "provider.npi"));
    assert_text(&world, "SELECT group_concat(state) FROM (SELECT state FROM order_event ORDER BY id)",
                "failed,rendered,new");
    /* Nor in a later run. */
    counts = run(&world, &failures);
    assert_int_equal(counts.events, 0);
    /* The provider is mended and the event tried again: both go, in their order. */
    world_sql(&world, "UPDATE provider SET npi = '1234567893' WHERE provider_id = 'U18';"
                      "UPDATE order_event SET state = 'new', ended_at = NULL, reason = NULL WHERE id = 1");
    counts = run(&world, &failures);
    assert_int_equal(counts.queued, 2);
    assert_text(&world, "SELECT group_concat(order_event) FROM (SELECT order_event FROM outbox ORDER BY id)",
                "2,1,3");
    world_close(&world);
}

static void a_new_row_takes_the_place_of_a_failed_one(void **state)
{
    (void)state;
    struct world world;
    struct failures failures;
    world_open(&world, DATABASE_TEST);
    world_order(&world, "MO-1", "NW", "/*provider*/", "");
    world_order(&world, "MO-1", "DC", "", "");
    (void)run(&world, &failures);
    assert_int_equal(failures.count, 1);
    world_order(&world, "MO-1", "NW", ", replaces", ", 1");
    struct fanout_counts counts = run(&world, &failures);
    assert_int_equal(counts.queued, 2);
    assert_text(&world, "SELECT group_concat(state) FROM (SELECT state FROM order_event ORDER BY id)",
                "superseded,rendered,rendered");
    assert_text(&world, "SELECT group_concat(order_event) FROM (SELECT order_event FROM outbox ORDER BY id)",
                "3,2");
    world_close(&world);
}

static void an_event_is_queued_for_all_its_pharmacies_or_for_none(void **state)
{
    (void)state;
    struct world world;
    struct failures failures;
    struct fanout_counts counts;
    world_open(&world, DATABASE_TEST);
    struct partner partners[2] = {world.partner, world.partner};
    partners[1].to.name = "emerald";
    partners[1].to.file_pattern = "%Y.hl7";
    world_order(&world, "MO-1", "NW", "", "");
    assert_int_equal(try_run(&world, DATABASE_TEST, partners, 2, WORLD_NOW, 10, &counts, &failures),
                     DATABASE_OK);
    assert_int_equal(counts.queued, 0);
    assert_int_equal(counts.failed, 1);
    assert_non_null(strstr(failures.reason, "pattern"));
    assert_int_equal(world_number(&world, "SELECT count(*) FROM outbox"), 0);
    world_close(&world);
}

static void a_message_that_the_schema_refuses_stops_only_its_order(void **state)
{
    (void)state;
    struct world world;
    struct failures failures;
    world_open(&world, DATABASE_TEST);
    world.partner.to.file_pattern = "%N";
    world_sql(
        &world,
        "INSERT INTO outbox (id, receiver_kind, receiver, control_id, file_name, bytes, state, created_at)"
        " VALUES (1, 'pharmacy', 'diamond', 'T1',"
        " '000000000002', x'00', 'queued', '2026-11-23T18:05:10.000000Z')");
    world_order(&world, "MO-1", "NW", "", "");
    struct fanout_counts counts = run(&world, &failures);
    assert_int_equal(counts.events, 1);
    assert_int_equal(counts.failed, 1);
    assert_text(&world, "SELECT state FROM order_event", "failed");
    world_close(&world);
}

static void what_is_abandoned_before_the_commit_comes_again_the_same(void **state)
{
    (void)state;
    struct world world;
    struct failures failures;
    struct fanout_counts counts;
    world_open(&world, DATABASE_TEST);
    world_order(&world, "MO-1", "NW", "", "");
    world_order(&world, "MO-2", "NW", "/*provider*/", "");
    assert_int_equal(database_begin(world.db), DATABASE_OK);
    assert_int_equal(fanout_run(world.db, DATABASE_TEST, &world.partner, 1, WORLD_NOW, 10, &world.arena, NULL,
                                NULL, &counts),
                     DATABASE_OK);
    assert_int_equal(counts.queued, 1);
    database_rollback(world.db);
    assert_int_equal(world_number(&world, "SELECT count(*) FROM outbox"), 0);
    assert_int_equal(world_number(&world, "SELECT count(*) FROM order_event WHERE state = 'new'"), 2);
    counts = run(&world, &failures);
    assert_int_equal(counts.queued, 1);
    assert_int_equal(counts.failed, 1);
    assert_int_equal(world_number(&world, "SELECT id FROM outbox"), 1);
    world_close(&world);
}

/* One event, two pharmacies that read less than the order has: it is sent, and said once. */
static void characters_that_went_as_question_marks_are_told(void **state)
{
    (void)state;
    struct world world;
    struct failures failures;
    struct fanout_counts counts;
    world_open(&world, DATABASE_TEST);
    struct partner partners[3] = {world.partner, world.partner, world.partner};
    partners[1].to.name = "old";
    partners[1].form.character_set = FORM_ASCII;
    partners[1].form.replaces = true;
    partners[2].to.name = "older";
    partners[2].form = partners[1].form;
    world_order(&world, "MO-1", "NW", ", note", ", 'plain'");
    assert_int_equal(try_run(&world, DATABASE_TEST, partners, 3, WORLD_NOW, 10, &counts, &failures),
                     DATABASE_OK);
    assert_int_equal(failures.count, 0);
    world_order(&world, "MO-2", "NW", ", note", ", 'with \xC3\xB1 and \xE2\x82\xAC'");
    assert_int_equal(try_run(&world, DATABASE_TEST, partners, 3, WORLD_NOW, 10, &counts, &failures),
                     DATABASE_OK);
    assert_int_equal(counts.queued, 3);
    assert_int_equal(counts.failed, 0);
    assert_int_equal(failures.count, 1);
    assert_int_equal(failures.replaced, 1);
    assert_int_equal(failures.event, 2);
    assert_string_equal(
        failures.reason,
        "characters that the character set of a pharmacy does not have went as ?: 4, the first in NTE-3 for "
        "pharmacy old");
    assert_text(
        &world, "SELECT state || '|' || reason FROM order_event WHERE id = 2",
        "rendered|characters that the character set of a pharmacy does not have went as ?: 4, the first in NTE-3 for "
        "pharmacy old");
    assert_int_equal(
        world_number(&world, "SELECT count(*) FROM outbox WHERE instr(bytes, 'with ? and ?') > 0"), 2);

    partners[2].form.replaces = false;
    world_order(&world, "MO-3", "NW", ", note", ", '\xC3\xB1'");
    assert_int_equal(try_run(&world, DATABASE_TEST, partners, 3, WORLD_NOW, 10, &counts, &failures),
                     DATABASE_OK);
    assert_int_equal(counts.failed, 1);
    assert_int_equal(counts.queued, 0);
    assert_int_equal(failures.replaced, 0);
    assert_non_null(strstr(failures.reason, "NTE-3"));
    world_close(&world);
}

static void want_of_memory_is_no_fault_of_the_order(void **state)
{
    (void)state;
    struct world world;
    struct failures failures;
    struct fanout_counts counts;
    world_open(&world, DATABASE_TEST);
    world_order(&world, "MO-1", "NW", "", "");
    size_t refused = 0;
    enum database_kind kind = DATABASE_NO_MEMORY;
    for (size_t limit = 16; kind != DATABASE_OK; limit += 64) {
        assert_true(limit < 65536);
        arena_release(&world.arena);
        arena_init(&world.arena, limit);
        kind = try_run(&world, DATABASE_TEST, &world.partner, 1, WORLD_NOW, 1, &counts, &failures);
        assert_true(kind == DATABASE_OK || kind == DATABASE_NO_MEMORY);
        assert_int_equal(failures.count, 0);
        refused += kind == DATABASE_NO_MEMORY;
    }
    assert_true(refused > 3);
    assert_int_equal(counts.queued, 1);
    assert_valid(&world, "SELECT CAST(bytes AS TEXT) FROM outbox");
    world_close(&world);
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_order_becomes_a_queued_message),
        cmocka_unit_test(events_go_in_order_and_at_most_as_many_as_asked_for),
        cmocka_unit_test(stopped_events_do_not_hide_that_there_are_more),
        cmocka_unit_test(names_sort_in_sending_order_when_the_clock_goes_back),
        cmocka_unit_test(an_order_goes_to_the_pharmacies_of_its_facility_or_to_the_one_it_names),
        cmocka_unit_test(an_order_for_nobody_fails_in_test_and_ends_in_live),
        cmocka_unit_test(a_failed_row_stops_only_later_rows_of_its_order),
        cmocka_unit_test(a_new_row_takes_the_place_of_a_failed_one),
        cmocka_unit_test(an_event_is_queued_for_all_its_pharmacies_or_for_none),
        cmocka_unit_test(a_message_that_the_schema_refuses_stops_only_its_order),
        cmocka_unit_test(what_is_abandoned_before_the_commit_comes_again_the_same),
        cmocka_unit_test(characters_that_went_as_question_marks_are_told),
        cmocka_unit_test(want_of_memory_is_no_fault_of_the_order),
    };
    return cmocka_run_group_tests_name("fanout", tests, NULL, NULL);
}
