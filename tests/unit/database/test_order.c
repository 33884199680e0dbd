/* Orders: append-only, announced in the writer's transaction, whoever writes (RULES "Orders and answers"). */
#include "tests/unit/database/scene.h"

#include "database/order.h"
#include "database/outbox.h"

#include <stdio.h>
#include <string.h>

#define COLUMNS                                                                                                \
    "INSERT INTO medication_order (placer_number, order_control, patient, booking, provider, ndc, ordered_at," \
    " dose_amount, dose_units, frequency"
#define ROW(placer, control)                                                                                 \
    COLUMNS ") VALUES ('" placer "', '" control                                                              \
            "', 1, 1, 'U7', '00093720198', '2026-11-23T18:00:00Z', '1', 'TAB', 'BID')"

static int setup(void **state)
{
    (void)scene_setup(state);
    struct scene *scene = *state;
    scene_facilities(scene);
    (void)scene_apply(scene, scene_dem("MI=\"Q\"\nSSN=\"333-22-4444\"\nRace=\"Asian\"\nAgency=\"ICE\"\n"),
                      (struct scene_event){0});
    (void)scene_apply(scene, scene_dem("PatientID=\"P2\"\nBooking=\"200\"\n"), (struct scene_event){0});
    scene_execute(scene, "INSERT INTO provider (provider_id, last_name, first_name, npi, dea)"
                         " VALUES ('U7', 'GREY', 'MEREDITH', '1234567893', 'AG1234563')");
    scene_execute(scene,
                  "INSERT INTO drug (ndc, rxnorm, name, strength, dosage_form, schedule, container_type)"
                  " VALUES ('00093720198', '197361', 'AMLODIPINE', '5 MG', 'C42998', '4', 'BLISTER')");
    return 0;
}

static size_t new_events(struct scene *scene, struct order_event **events)
{
    size_t count = 0;
    assert_ok(order_events_new(scene->db, 100, &scene->arena, events, &count));
    return count;
}

static void end_event(struct scene *scene, int64_t id, enum order_event_state end, const char *reason)
{
    assert_ok(database_begin(scene->db));
    assert_ok(order_event_end(scene->db, id, end, reason, scene_time(1)));
    assert_ok(database_commit(scene->db));
}

static void an_order_is_announced_in_the_same_transaction(void **state)
{
    struct scene *scene = *state;
    struct order_event *events;
    scene_execute(scene, "BEGIN IMMEDIATE");
    scene_execute(scene, ROW("RX1", "NW"));
    assert_value(
        scene,
        "SELECT order_row || placer_number || state || (place IS NULL) || (ended_at IS NULL) FROM order_event",
        "1RX1new11");
    assert_value(scene,
                 "SELECT created_at GLOB '2*-*-*T*:*:*.*000Z' AND length(created_at) = 27 FROM order_event",
                 "1");
    assert_int_equal(new_events(scene, &events), 0); /* not committed yet */
    scene_execute(scene, "ROLLBACK");
    assert_value(scene, "SELECT count(*) FROM order_event", "0");

    scene_execute(scene, ROW("RX1", "NW"));
    assert_int_equal(new_events(scene, &events), 1);
    assert_string_equal(events[0].placer_number, "RX1");
    assert_string_equal(scene_value(scene, "SELECT id FROM medication_order"), "1");
    assert_int_equal(events[0].order_row, 1);
}

static void order_rows_are_never_changed(void **state)
{
    struct scene *scene = *state;
    scene_execute(scene, ROW("RX1", "NW"));
    assert_value(scene, "PRAGMA foreign_keys", "0");
    assert_value(scene, "PRAGMA recursive_triggers", "0");
    scene_refused(scene, "UPDATE medication_order SET note = 'x'", "append-only");
    scene_refused(scene, "UPDATE medication_order SET id = 7", "append-only");
    scene_refused(scene, "DELETE FROM medication_order", "append-only");
    static const char replace[] =
        "INSERT OR REPLACE INTO medication_order (id, placer_number, order_control, patient, booking, provider, ndc,"
        " ordered_at, dose_amount, dose_units) VALUES (1, 'RX9', 'NW', 1, 1, 'U7', '00093720198', '2026-11-23T18:00:00Z',"
        " '9', 'TAB')";
    scene_refused(scene, replace, "append-only: leave id out");
    scene_execute(scene, "PRAGMA recursive_triggers = ON");
    scene_refused(scene, replace, "append-only");
    scene_refused(scene, "INSERT OR IGNORE INTO medication_order SELECT * FROM medication_order",
                  "append-only");
    scene_refused(scene, "REPLACE INTO medication_order SELECT * FROM medication_order", "append-only");
    assert_value(scene, "SELECT count(*) || placer_number || dose_amount FROM medication_order", "1RX11");
    assert_value(scene, "SELECT count(*) FROM order_event", "1");
}

static void an_upsert_changes_nothing_either(void **state)
{
    struct scene *scene = *state;
    scene_execute(scene, ROW("RX1", "NW"));
    scene_refused(
        scene,
        "INSERT INTO medication_order (id, placer_number, order_control, patient, booking, provider, ndc, ordered_at,"
        " dose_amount, dose_units) VALUES (1, 'RX9', 'NW', 1, 1, 'U7', '00093720198', '2026-11-23T18:00:00Z', '9',"
        " 'TAB') ON CONFLICT (id) DO UPDATE SET dose_amount = '9'",
        "append-only");
    assert_value(scene, "SELECT dose_amount FROM medication_order", "1");
}

static void references_hold_without_foreign_keys(void **state)
{
    struct scene *scene = *state;
#define REFERENCES(patient, booking, provider, ndc)                                                          \
    COLUMNS ") VALUES ('RX1', 'NW', " patient ", " booking ", '" provider "', '" ndc                         \
            "', '2026-11-23T18:00:00Z', '1', 'TAB', 'BID')"
    scene_refused(scene, REFERENCES("9", "1", "U7", "00093720198"), "patient names no row");
    scene_refused(scene, REFERENCES("1", "9", "U7", "00093720198"), "booking names no row");
    scene_refused(scene, REFERENCES("1", "2", "U7", "00093720198"), "the booking is another patient's");
    scene_refused(scene, REFERENCES("1", "1", "U8", "00093720198"),
                  "provider names no row: insert the provider first");
    scene_refused(scene, REFERENCES("1", "1", "U7", "00093720199"), "ndc names no row of drug");
    scene_refused(scene, REFERENCES("NULL", "1", "U7", "00093720198"), "patient names no row");
    assert_value(scene, "SELECT count(*) FROM order_event", "0");
    scene_execute(scene, REFERENCES("2", "2", "U7", "00093720198"));
    /* What orders point to stays. */
    scene_refused(scene, "DELETE FROM patient", "a patient is never deleted");
    scene_refused(scene, "DELETE FROM booking", "a booking is never deleted");
    scene_refused(scene, "UPDATE patient SET id = 77 WHERE id = 2", "patient.id never changes");
    scene_refused(scene, "UPDATE booking SET id = 77 WHERE id = 2", "booking.id never changes");
    scene_refused(scene, "DELETE FROM provider", "the provider has orders");
    scene_refused(scene, "DELETE FROM drug", "the drug has orders");
    scene_refused(scene, "UPDATE provider SET provider_id = 'U8'", "provider_id never changes");
    scene_refused(scene, "UPDATE drug SET ndc = '00093720199'", "ndc never changes");
    /* What no order names may go, and content may be mended. */
    scene_execute(
        scene,
        "INSERT INTO drug (ndc, name) VALUES ('00093720199', 'TYPO'); DELETE FROM drug WHERE ndc = '00093720199'");
    scene_execute(
        scene,
        "INSERT INTO provider (provider_id, last_name) VALUES ('U9', 'X'); DELETE FROM provider WHERE provider_id = 'U9'");
    scene_execute(scene, "UPDATE drug SET name = 'AMLODIPINE BESYLATE'; UPDATE provider SET npi = NULL");
}

static void a_placer_number_is_one_order_of_one_patient(void **state)
{
    struct scene *scene = *state;
    scene_execute(scene, ROW("RX1", "NW"));
    scene_refused(scene, ROW("RX1", "NW"), "already has a new order (NW)");
    scene_refused(
        scene,
        COLUMNS
        ") VALUES ('RX1', 'DC', 2, 2, 'U7', '00093720198', '2026-11-23T18:00:00Z', '1', 'TAB', 'BID')",
        "another patient's order");
    scene_execute(scene, ROW("RX1", "HD"));
    scene_execute(scene, ROW("RX1", "DC"));
    scene_execute(scene, ROW("RX2", "DC")); /* ordered before this database was */
    assert_value(scene, "SELECT group_concat(order_control) FROM medication_order", "NW,HD,DC,DC");
}

static void control_characters_are_refused(void **state)
{
    struct scene *scene = *state;
#define WITH(column, value)                                                                                  \
    COLUMNS                                                                                                  \
    ", " column                                                                                              \
    ") VALUES ('RX1', 'NW', 1, 1, 'U7', '00093720198', '2026-11-23T18:00:00Z', '1', 'TAB', 'BID', " value    \
    ")"
    scene_refused(scene, WITH("note", "'a' || char(7)"), "control character");
    scene_refused(scene, WITH("note", "'a' || char(0) || 'b'"), "control character");
    scene_refused(scene, WITH("instructions", "char(27) || 'a'"), "control character");
    scene_refused(scene, WITH("indication", "'a' || char(127)"), "control character");
    scene_refused(scene, WITH("route", "'P' || char(10)"), "control character");
    scene_refused(scene, WITH("pharmacy", "'P' || char(9)"), "control character");
    scene_execute(scene,
                  WITH("note", "'line 1' || char(13) || char(10) || 'line' || char(9) || '2 - [x] ]'"));
}

static void every_column_of_an_order_is_read(void **state)
{
    struct scene *scene = *state;
    scene_execute(
        scene,
        "INSERT INTO medication_order (placer_number, order_control, patient, booking, provider, ndc, pharmacy, ordered_at,"
        " start_at, stop_at, dose_amount, dose_units, route, frequency, as_needed, keep_on_person, instructions,"
        " indication, quantity, quantity_units, refills, days_supply, substitution_allowed, note) VALUES ('RX1', 'NW', 1,"
        " 1, 'U7', '00093720198', 'Central', '2026-11-23T18:00:00Z', '2026-11-23T18:00:00.500Z',"
        " '2026-12-23T18:00:00.000001Z', '0.5', 'TAB', 'PO', 'Q6H', 1, 1, 'with food', 'pain', '30', 'TAB', 2, 15, 0,"
        " 'call first')");
    struct medication_order *order = NULL;
    assert_ok(order_load(scene->db, 1, &scene->arena, &order));
    assert_int_equal(order->id, 1);
    assert_string_equal(order->placer_number, "RX1");
    assert_string_equal(order->order_control, "NW");
    assert_string_equal(order->pharmacy, "Central");
    assert_true(order->ordered_at == scene_time(0));
    assert_true(order->start_at == scene_time(0) + 500000);
    assert_true(order->stop_at == scene_time(30 * 24 * 60) + 1);
    assert_string_equal(order->note, "call first");
    assert_string_equal(order->ndc, "00093720198");
    assert_string_equal(order->rxnorm, "197361");
    assert_string_equal(order->drug_name, "AMLODIPINE");
    assert_string_equal(order->strength, "5 MG");
    assert_string_equal(order->dosage_form, "C42998");
    assert_string_equal(order->drug_schedule, "4");
    assert_string_equal(order->container_type, "BLISTER");
    assert_string_equal(order->dose_amount, "0.5");
    assert_string_equal(order->dose_units, "TAB");
    assert_string_equal(order->route, "PO");
    assert_string_equal(order->frequency, "Q6H");
    assert_string_equal(order->instructions, "with food");
    assert_string_equal(order->indication, "pain");
    assert_true(order->as_needed);
    assert_true(order->keep_on_person);
    assert_string_equal(order->quantity, "30");
    assert_string_equal(order->quantity_units, "TAB");
    assert_int_equal(order->refills, 2);
    assert_int_equal(order->days_supply, 15);
    assert_false(order->substitution_allowed);
    assert_string_equal(order->provider_id, "U7");
    assert_string_equal(order->provider_last, "GREY");
    assert_string_equal(order->provider_first, "MEREDITH");
    assert_string_equal(order->provider_npi, "1234567893");
    assert_string_equal(order->provider_dea, "AG1234563");
    assert_string_equal(order->authority, "JMS");
    assert_string_equal(order->patient_id, "P1");
    assert_string_equal(order->last_name, "SMITH");
    assert_string_equal(order->first_name, "SAMUEL");
    assert_string_equal(order->middle_name, "Q");
    assert_string_equal(order->birth_date, "1995-08-20");
    assert_string_equal(order->sex, "Male");
    assert_string_equal(order->race, "Asian");
    assert_string_equal(order->ssn, "333-22-4444");
    assert_string_equal(order->booking_number, "100");
    assert_string_equal(order->agency, "ICE");
    assert_string_equal(order->facility, "VCSO");
    assert_string_equal(order->facility_zone, "America/Denver");
    assert_string_equal(order->housing, "BLOCK");
    assert_string_equal(order->bed, "A");
    assert_null(order->block);
    assert_null(order->pod);
    assert_null(order->cell);
    scene_execute(scene, "UPDATE booking SET block = 'b1', pod = 'p1', cell = 'c1'");
    assert_ok(order_load(scene->db, 1, &scene->arena, &order));
    assert_string_equal(order->block, "b1");
    assert_string_equal(order->pod, "p1");
    assert_string_equal(order->cell, "c1");
}

static void what_is_absent_is_null(void **state)
{
    struct scene *scene = *state;
    scene_execute(scene, ROW("RX1", "NW"));
    struct medication_order *order = NULL;
    assert_ok(order_load(scene->db, 1, &scene->arena, &order));
    assert_null(order->pharmacy);
    assert_true(order->start_at == INSTANT_NONE);
    assert_true(order->stop_at == INSTANT_NONE);
    assert_null(order->note);
    assert_null(order->route);
    assert_null(order->quantity);
    assert_int_equal(order->refills, -1);
    assert_int_equal(order->days_supply, -1);
    assert_false(order->as_needed);
    assert_false(order->keep_on_person);
    assert_true(order->substitution_allowed);
    assert_int_equal(order_load(scene->db, 2, &scene->arena, &order), DATABASE_NONE);
    assert_null(order);
}

static void events_end_once(void **state)
{
    struct scene *scene = *state;
    struct order_event *events;
    scene_execute(scene, ROW("RX1", "NW"));
    scene_execute(scene, ROW("RX2", "NW"));
    scene_execute(scene, ROW("RX3", "NW"));
    assert_int_equal(new_events(scene, &events), 3);
    end_event(scene, 1, ORDER_RENDERED, NULL);
    end_event(scene, 2, ORDER_NO_LIVE_PARTNER, NULL);
    assert_int_equal(new_events(scene, &events), 1);
    assert_int_equal(events[0].id, 3);
    assert_ok(database_begin(scene->db));
    assert_int_equal(order_event_end(scene->db, 1, ORDER_FAILED, "no", scene_time(2)), DATABASE_NONE);
    assert_int_equal(order_event_end(scene->db, 3, ORDER_FAILED, NULL, scene_time(2)), DATABASE_CONSTRAINT);
    database_rollback(scene->db);
    assert_value(scene, "SELECT group_concat(state || coalesce(ended_at, '')) FROM order_event",
                 "rendered2026-11-23T18:01:00.000000Z,no-live-partner2026-11-23T18:01:00.000000Z,new");
    size_t count = 0;
    scene_execute(scene, ROW("RX4", "NW"));
    assert_ok(order_events_new(scene->db, 1, &scene->arena, &events, &count));
    assert_int_equal(count, 1);
    assert_int_equal(events[0].id, 3);
}

static void a_failed_event_stops_only_later_ones_of_its_order(void **state)
{
    struct scene *scene = *state;
    struct order_event *events;
    int64_t failed = -1;
    scene_execute(scene, ROW("RX1", "NW"));
    scene_execute(scene, ROW("RX2", "NW"));
    end_event(scene, 1, ORDER_FAILED, "the drug has no dosage form: add it to drug.dosage_form");
    scene_execute(scene, ROW("RX1", "DC"));
    scene_execute(scene, ROW("RX2", "DC"));
    assert_int_equal(new_events(scene, &events), 2);
    assert_string_equal(events[0].placer_number, "RX2");
    assert_string_equal(events[1].placer_number, "RX2");
    assert_ok(outbox_failed_events(scene->db, &failed));
    assert_int_equal(failed, 1);
    /* One that stands before the failed one is not stopped by it. */
    scene_execute(
        scene, "UPDATE order_event SET state = 'new', reason = NULL, ended_at = NULL WHERE id = 1;"
               "UPDATE order_event SET state = 'failed', reason = 'x', ended_at = created_at WHERE id = 3");
    assert_int_equal(new_events(scene, &events), 3);
    assert_int_equal(events[0].id, 1);
}

static void a_replacing_row_takes_the_place_of_the_failed_one(void **state)
{
    struct scene *scene = *state;
    struct order_event *events;
    scene_execute(scene, ROW("RX1", "NW"));
    end_event(scene, 1, ORDER_FAILED, "mend it");
    scene_execute(scene, ROW("RX1", "DC"));
    scene_execute(scene, ROW("RX2", "NW"));
#define REPLACING(placer, row)                                                                               \
    COLUMNS ", replaces) VALUES ('" placer                                                                   \
            "', 'NW', 1, 1, 'U7', '00093720198', '2026-11-23T18:00:00Z', '2', 'TAB', 'BID', " row ")"
    scene_refused(scene, REPLACING("RX1", "99"), "replaces must name");
    scene_refused(scene, REPLACING("RX1", "3"), "replaces must name");
    scene_refused(scene, REPLACING("RX2", "1"), "replaces must name");
    scene_execute(scene, REPLACING("RX1", "1"));
    assert_value(scene, "SELECT state FROM order_event WHERE order_row = 1", "superseded");
    /* First the row that replaces, then what waited behind it. */
    assert_int_equal(new_events(scene, &events), 3);
    assert_int_equal(events[0].order_row, 4);
    assert_int_equal(events[1].order_row, 2);
    assert_int_equal(events[2].order_row, 3);
    scene_refused(scene, REPLACING("RX1", "1"), "replaces must name");
    /* It may fail too, and be replaced again, in the same place. */
    end_event(scene, 4, ORDER_FAILED, "mend it");
    assert_int_equal(new_events(scene, &events), 1);
    scene_execute(scene, REPLACING("RX1", "4"));
    assert_int_equal(new_events(scene, &events), 3);
    assert_int_equal(events[0].order_row, 5);
    assert_value(scene, "SELECT place FROM order_event WHERE order_row = 5", "1");
}

static void numbers_given_by_hand_must_be_sane(void **state)
{
    struct scene *scene = *state;
    static const char *const refused[] = {"-1", "0", "9007199254740992"};
    for (size_t i = 0; i < 3; i++) {
        char sql[512];
        (void)snprintf(sql, sizeof sql,
                       COLUMNS ", id) VALUES ('RX1', 'NW', 1, 1, 'U7', '00093720198',"
                               " '2026-11-23T18:00:00Z', '1', 'TAB', 'BID', %s)",
                       refused[i]);
        scene_refused(scene, sql, "id must be left out");
    }
}

#define IN_SCENE(test) cmocka_unit_test_setup_teardown(test, setup, scene_teardown)

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        IN_SCENE(an_order_is_announced_in_the_same_transaction),
        IN_SCENE(order_rows_are_never_changed),
        IN_SCENE(an_upsert_changes_nothing_either),
        IN_SCENE(references_hold_without_foreign_keys),
        IN_SCENE(a_placer_number_is_one_order_of_one_patient),
        IN_SCENE(control_characters_are_refused),
        IN_SCENE(every_column_of_an_order_is_read),
        IN_SCENE(what_is_absent_is_null),
        IN_SCENE(events_end_once),
        IN_SCENE(a_failed_event_stops_only_later_ones_of_its_order),
        IN_SCENE(a_replacing_row_takes_the_place_of_the_failed_one),
        IN_SCENE(numbers_given_by_hand_must_be_sane),
    };
    return cmocka_run_group_tests_name("order", tests, NULL, NULL);
}
