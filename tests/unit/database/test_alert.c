/* Alerts: what lines of a feed make of them, what users of CorEMR do, and what others are to be told (RULES "Alerts"). */
#include "tests/unit/database/scene.h"

#include <stdio.h>
#include <string.h>

#include "database/alert.h"
#include "database/due.h"

/* A line of an alerts file; "" for an empty cell. Times are local, at America/Denver. */
struct line {
    const char *added, *removed, *code, *added_by, *removed_by;
    const char *patient, *booking; /* NULL: P1, 100 */
    int minutes;                   /* its arrival */
    int older;                     /* its event time is so many minutes before */
    const char *feed;              /* NULL: jms */
    bool unannounced;
};

#define ADDED   "2026-11-01T10:00:00"
#define REMOVED "2026-11-14T10:00:00"

static struct slice cell(const char *text)
{
    return text != NULL && text[0] != '\0' ? slice_of(text) : SLICE_EMPTY;
}

static struct apply_result apply_line(struct scene *scene, struct line line)
{
    struct ledger_file file = scene_claim(scene, line.minutes);
    if (line.feed != NULL) {
        char sql[96];
        (void)snprintf(sql, sizeof sql, "UPDATE file SET feed = '%s' WHERE id = %lld", line.feed,
                       (long long)file.id);
        scene_execute(scene, sql);
    }
    struct jms_event event = {.kind = JMS_LOCATION};
    event.fields[JMS_PATIENT_ID] =
        (struct jms_value){.presence = JMS_GIVEN, .text = slice_of(line.patient ? line.patient : "P1")};
    event.fields[JMS_BOOKING] =
        (struct jms_value){.presence = JMS_GIVEN, .text = slice_of(line.booking ? line.booking : "100")};
    struct apply_alert alert = {
        .code = slice_of(line.code != NULL ? line.code : "HIGHCAL"),
        .is_removed = cell(line.removed).len > 0,
        .added_by = cell(line.added_by),
        .removed_by = cell(line.removed_by),
        .announced = !line.unannounced,
    };
    assert_int_equal(datetime_parse(slice_of(line.added ? line.added : ADDED), &alert.added), FAULT_NONE);
    if (alert.is_removed)
        assert_int_equal(datetime_parse(slice_of(line.removed), &alert.removed), FAULT_NONE);
    struct apply_input input = {
        .event = &event,
        .alert = &alert,
        .file = file.id,
        .ordinal = 1,
        .authority = "JMS",
        .arrived = scene_time(line.minutes),
        .event_at = scene_time(line.minutes - line.older),
        .booking_date = INSTANT_NONE,
        .release_date = INSTANT_NONE,
        .waits_until = scene_time(line.minutes + 24 * 60),
        .now = scene_time(line.minutes),
    };
    struct apply_result result;
    assert_ok(database_begin(scene->db));
    enum database_kind kind = apply_jms_event(scene->db, &input, &result);
    if (kind != DATABASE_OK)
        fail_msg("not applied: %s", database_error_text(scene->db));
    assert_ok(ledger_end_file(scene->db, file.id, LEDGER_DONE, NULL, input.now));
    assert_ok(database_commit(scene->db));
    result.waiting_held = NULL;
    result.message.detail = NULL;
    return result;
}

/* Patient P1 with booking 100 in VCSO (America/Denver). */
static void book(struct scene *scene)
{
    scene_facilities(scene);
    (void)scene_apply(scene, scene_dem(""), (struct scene_event){0});
}

#define ALERTS                                                                                               \
    "SELECT group_concat(code || ' ' || date_added || ' ' || coalesce(added_by, '-') || ' ' ||"              \
    " coalesce(date_removed, '-') || ' ' || coalesce(removed_by, '-'), char(10)) FROM"                       \
    " (SELECT * FROM alert ORDER BY id)"
#define EVENTS                                                                                               \
    "SELECT group_concat(alert || change || coalesce(f.feed, '*')) FROM"                                     \
    " (SELECT * FROM alert_event ORDER BY id) e LEFT JOIN file f ON f.id = e.file"
#define LAST_MESSAGE                                                                                         \
    "SELECT kind || ' ' || state || coalesce(': ' || detail, '') FROM message ORDER BY id DESC LIMIT 1"

#define SETS(values)                                                                                         \
    "INSERT INTO alert_entry (patient, booking, code, date_added, user_id) VALUES (" values ")"
#define REMOVES(values) "INSERT INTO alert_entry (removes, date_removed, user_id) VALUES (" values ")"

/* ---- lines of a feed ---- */

static void lines_add_and_remove(void **state)
{
    struct scene *scene = *state;
    book(scene);
    struct apply_result result = apply_line(scene, (struct line){.added_by = "U7", .minutes = 1});
    assert_int_equal(result.message.state, LEDGER_APPLIED);
    assert_true(result.announced);
    assert_value(scene, ALERTS, "HIGHCAL 2026-11-01T17:00:00.000000Z U7 - -");
    assert_value(scene, "SELECT date_added_given || feed || alert_file FROM alert", ADDED "jms2");
    assert_value(scene, LAST_MESSAGE, "alert applied");
    result = apply_line(
        scene, (struct line){.added_by = "U7", .removed = REMOVED, .removed_by = "U8", .minutes = 2});
    assert_int_equal(result.message.state, LEDGER_APPLIED);
    assert_value(scene, ALERTS, "HIGHCAL 2026-11-01T17:00:00.000000Z U7 2026-11-14T17:00:00.000000Z U8");
    assert_value(scene, EVENTS, "1addedjms,1removedjms");
    assert_value(scene,
                 "SELECT group_concat(message || table_name || row_id || coalesce(field, '')) FROM change_log"
                 " WHERE table_name = 'alert'",
                 "2alert1,3alert1date_removed,3alert1removed_by");
    assert_value(scene, "SELECT patient || ' ' || booking FROM message WHERE id = 3", "1 1");
    assert_value(scene, "SELECT applied || duplicate || open_messages FROM feed_total", "300");
}

static void another_date_added_is_another_alert(void **state)
{
    struct scene *scene = *state;
    book(scene);
    (void)apply_line(scene, (struct line){.minutes = 1});
    (void)apply_line(scene, (struct line){.added = "2026-11-02 10:00", .minutes = 2});
    (void)apply_line(scene, (struct line){.code = "DIAB", .minutes = 3});
    (void)apply_line(scene, (struct line){.removed = REMOVED, .minutes = 4});
    assert_value(scene, ALERTS,
                 "HIGHCAL 2026-11-01T17:00:00.000000Z - 2026-11-14T17:00:00.000000Z -\n"
                 "HIGHCAL 2026-11-02T17:00:00.000000Z - - -\n"
                 "DIAB 2026-11-01T17:00:00.000000Z - - -");
}

static void repeats_are_duplicates_however_the_time_is_written(void **state)
{
    struct scene *scene = *state;
    book(scene);
    (void)apply_line(scene, (struct line){.removed = REMOVED, .minutes = 1});
    static const char *const same[] = {ADDED, "11/01/2026 10:00", "2026-11-01T17:00:00Z",
                                       "2026-11-01T11:00:00-06:00"};
    for (int i = 0; i < 4; i++) {
        struct apply_result result = apply_line(
            scene, (struct line){.added = same[i], .removed = "2026-11-14 10:00", .minutes = 2 + i});
        assert_int_equal(result.message.state, LEDGER_DUPLICATE);
        assert_false(result.announced);
    }
    assert_value(scene, "SELECT count(*) FROM alert", "1");
    assert_value(scene, EVENTS, "1removedjms");
    /* But they are what last stated it. */
    assert_value(scene, "SELECT alert_event_at || alert_file FROM alert", "2026-11-23T18:05:00.000000Z6");
}

static void a_removal_without_its_addition_is_filed_as_removed_and_stays_so(void **state)
{
    struct scene *scene = *state;
    book(scene);
    struct apply_result result = apply_line(scene, (struct line){.removed = REMOVED, .minutes = 1});
    assert_int_equal(result.message.state, LEDGER_APPLIED);
    assert_value(scene, ALERTS, "HIGHCAL 2026-11-01T17:00:00.000000Z - 2026-11-14T17:00:00.000000Z -");
    result = apply_line(scene, (struct line){.added_by = "U7", .minutes = 2});
    assert_int_equal(result.message.state, LEDGER_APPLIED); /* now it is known who added it */
    assert_false(result.announced);
    assert_value(scene, ALERTS, "HIGHCAL 2026-11-01T17:00:00.000000Z U7 2026-11-14T17:00:00.000000Z -");
    assert_value(scene, EVENTS, "1removedjms");
}

static void an_older_line_changes_nothing(void **state)
{
    struct scene *scene = *state;
    book(scene);
    (void)apply_line(scene, (struct line){.minutes = 10});
    (void)apply_line(scene, (struct line){.code = "DIAB", .minutes = 11});
    struct apply_result result =
        apply_line(scene, (struct line){.removed = REMOVED, .minutes = 20, .older = 15});
    assert_int_equal(result.message.state, LEDGER_STALE);
    assert_value(scene, LAST_MESSAGE, "alert stale: stale: alert");
    assert_value(scene, "SELECT count(*) FROM alert WHERE date_removed IS NOT NULL", "0");
    /* Each alert is a group of its own. */
    result = apply_line(scene, (struct line){.code = "DIAB", .removed = REMOVED, .minutes = 21, .older = 5});
    assert_int_equal(result.message.state, LEDGER_APPLIED);
}

/* 01:30 comes twice in the night of 2026-11-01; read at another time it would be another instant. */
static void the_repeated_hour_makes_no_second_alert(void **state)
{
    struct scene *scene = *state;
    book(scene);
    (void)apply_line(scene,
                     (struct line){.added = "2026-11-01T01:30:00", .minutes = -33000}); /* before both */
    assert_value(scene, "SELECT date_added FROM alert", "2026-11-01T07:30:00.000000Z");
    (void)apply_line(
        scene, (struct line){.added = "2026-11-01T01:30:00", .removed = "2026-11-01T01:45:00", .minutes = 1});
    assert_value(scene, "SELECT count(*) || date_added || date_removed FROM alert",
                 "12026-11-01T07:30:00.000000Z2026-11-01T08:45:00.000000Z");
    struct apply_result result = apply_line(
        scene, (struct line){.added = "2026-11-01T01:30:00", .removed = "2026-11-01T01:45:00", .minutes = 2});
    assert_int_equal(result.message.state, LEDGER_DUPLICATE);
}

/* Two alerts of that hour: the one that reads so on the clock is meant, not the one that has the instant. */
static void the_reading_of_the_clock_goes_before_the_instant(void **state)
{
    struct scene *scene = *state;
    book(scene);
    scene_execute(
        scene,
        SETS("1, 1, 'HIGHCAL', '2026-11-01T08:30:00Z', NULL")); /* never sent: its reading is not known */
    (void)apply_line(scene, (struct line){.added = "2026-11-01T01:30:00", .minutes = -33000});
    assert_value(scene, "SELECT group_concat(date_added) FROM (SELECT * FROM alert ORDER BY id)",
                 "2026-11-01T08:30:00.000000Z,2026-11-01T07:30:00.000000Z");
    (void)apply_line(scene, (struct line){.added = "2026-11-01T01:30:00", .removed = REMOVED, .minutes = 1});
    assert_value(scene, "SELECT id FROM alert WHERE date_removed IS NOT NULL", "2");
}

static void a_person_who_moved_into_another_zone_keeps_the_alert(void **state)
{
    struct scene *scene = *state;
    book(scene);
    (void)apply_line(scene, (struct line){.minutes = 1});
    (void)scene_apply(scene, scene_dem("Facility=\"FACTEST\"\n"), (struct scene_event){.minutes = 2});
    (void)apply_line(scene, (struct line){.removed = REMOVED, .minutes = 3});
    /* Removed at 10:00 on the clock of Chicago. */
    assert_value(scene, ALERTS, "HIGHCAL 2026-11-01T17:00:00.000000Z - 2026-11-14T16:00:00.000000Z -");
}

static void a_time_that_no_clock_shows_is_taken_one_hour_later(void **state)
{
    struct scene *scene = *state;
    book(scene);
    (void)apply_line(scene, (struct line){.added = "2026-03-08T02:30:00", .minutes = 1});
    assert_value(scene, "SELECT date_added FROM alert", "2026-03-08T09:30:00.000000Z");
    assert_value(
        scene, LAST_MESSAGE,
        "alert applied: a time that the clock of the facility does not have was taken one hour later");
}

/* ---- waiting ---- */

static void an_alert_waits_for_its_booking(void **state)
{
    struct scene *scene = *state;
    scene_facilities(scene);
    struct apply_result result = apply_line(scene, (struct line){.added_by = "U7", .minutes = 1});
    assert_int_equal(result.message.state, LEDGER_WAITING);
    assert_value(scene, LAST_MESSAGE, "alert waiting: the patient is not known yet");
    (void)apply_line(scene,
                     (struct line){.removed = REMOVED, .removed_by = "U8", .minutes = 2, .feed = "other"});
    assert_value(scene, "SELECT count(*) FROM alert", "0");
    int64_t waiting = 0, failed = -1;
    assert_ok(alert_counts(scene->db, &waiting, &failed));
    assert_int_equal(waiting, 2);
    assert_int_equal(failed, 0);
    result = scene_apply(scene, scene_dem(""), (struct scene_event){.minutes = 5});
    assert_int_equal(result.waiting_ended, 2);
    assert_true(result.announced);
    assert_value(scene, ALERTS, "HIGHCAL 2026-11-01T17:00:00.000000Z U7 2026-11-14T17:00:00.000000Z U8");
    assert_value(scene, EVENTS, "1addedjms,1removedother");
    assert_value(scene, "SELECT group_concat(kind || state) FROM (SELECT * FROM message ORDER BY id)",
                 "alertapplied,alertapplied,demographicsapplied");
    assert_value(scene, "SELECT (SELECT count(*) FROM waiting_event) + (SELECT count(*) FROM waiting_alert)",
                 "0");
}

static void an_alert_waits_no_longer_than_it_may(void **state)
{
    struct scene *scene = *state;
    book(scene);
    (void)apply_line(scene, (struct line){.booking = "101", .minutes = 1});
    assert_value(scene, LAST_MESSAGE, "alert waiting: the booking is not known yet");
    struct due_waiting *rows;
    size_t count;
    assert_ok(database_begin(scene->db));
    assert_ok(due_waiting(scene->db, scene_time(24 * 60 + 1), &scene->arena, &rows, &count));
    assert_ok(database_commit(scene->db));
    assert_int_equal(count, 1);
    assert_value(scene, LAST_MESSAGE, "alert quarantined: its booking did not become known in time");
    assert_value(scene, "SELECT count(*) FROM waiting_alert", "0");
}

static void an_alert_of_another_persons_booking_is_quarantined(void **state)
{
    struct scene *scene = *state;
    book(scene);
    (void)scene_apply(scene, scene_dem("PatientID=\"P2\"\nBooking=\"200\"\n"),
                      (struct scene_event){.minutes = 1});
    struct apply_result result = apply_line(scene, (struct line){.patient = "P2", .minutes = 2});
    assert_int_equal(result.message.state, LEDGER_MESSAGE_QUARANTINED);
    assert_value(scene, LAST_MESSAGE, "alert quarantined: the booking is known under another patient");
    /* Likewise when that turns out while it waits. */
    (void)apply_line(scene, (struct line){.patient = "P2", .booking = "300", .minutes = 3});
    result = scene_apply(scene, scene_dem("Booking=\"300\"\n"), (struct scene_event){.minutes = 4});
    assert_int_equal(result.waiting_held_count, 1);
    assert_value(scene, "SELECT state || detail FROM message WHERE id = 4",
                 "quarantinedthe booking is known under another patient");
    assert_value(scene, "SELECT count(*) FROM alert", "0");
    assert_value(scene, "SELECT count(*) FROM waiting_alert", "0");
}

/* A person has released the event that says so (booking_hand_over). */
static void a_booking_that_becomes_another_persons_takes_its_alerts_along(void **state)
{
    struct scene *scene = *state;
    book(scene);
    (void)scene_apply(scene, scene_dem("PatientID=\"P2\"\nBooking=\"200\"\n"),
                      (struct scene_event){.minutes = 1});
    (void)apply_line(scene, (struct line){.minutes = 2});
    (void)apply_line(scene, (struct line){.patient = "P2", .booking = "200", .minutes = 3});
    scene_execute(scene, "UPDATE booking SET patient = 2 WHERE booking_number = '100'");
    assert_value(scene, "SELECT group_concat(id || '|' || patient || '|' || booking) FROM alert",
                 "1|2|1,2|2|2");
    /* Its sender speaks of it as that person's from now on. */
    struct apply_result result =
        apply_line(scene, (struct line){.patient = "P2", .removed = REMOVED, .minutes = 4});
    assert_int_equal(result.message.state, LEDGER_APPLIED);
    assert_value(scene, "SELECT group_concat(id) FROM alert WHERE date_removed IS NULL", "2");
}

/* ---- users of CorEMR ---- */

#define SET    SETS("1, 1, 'HIGHCAL', '2026-11-01T17:00:00Z', 'U7'")
#define REMOVE REMOVES("1, '2026-11-14T17:00:00Z', 'U8'")

static void an_entry_sets_an_alert_and_another_removes_it(void **state)
{
    struct scene *scene = *state;
    book(scene);
    scene_execute(scene, SET);
    assert_value(scene, ALERTS, "HIGHCAL 2026-11-01T17:00:00.000000Z U7 - -");
    scene_execute(scene, REMOVE);
    assert_value(scene, ALERTS, "HIGHCAL 2026-11-01T17:00:00.000000Z U7 2026-11-14T17:00:00.000000Z U8");
    assert_value(scene, EVENTS, "1added*,1removed*");
    scene_refused(scene, "DELETE FROM alert", "never deleted");
    scene_refused(scene, "UPDATE alert SET code = 'X'", "never change");
    scene_refused(scene, "DELETE FROM alert_entry", "append-only");
    scene_refused(scene, "UPDATE alert_entry SET user_id = NULL", "append-only");
    scene_refused(
        scene,
        "INSERT OR REPLACE INTO alert_entry (id, removes, date_removed) VALUES (1, 1, '2026-11-14T17:00:00Z')",
        "leave id out");
}

static void what_an_entry_must_not_be(void **state)
{
    struct scene *scene = *state;
    static const struct {
        const char *sql, *part;
    } wrong[] = {
        {SETS("9, 1, 'X', '2026-11-01T17:00:00Z', NULL"), "patient names no row"},
        {SETS("1, 9, 'X', '2026-11-01T17:00:00Z', NULL"), "booking names no row"},
        {SETS("1, 2, 'X', '2026-11-01T17:00:00Z', NULL"), "the booking is another patient's"},
        {SETS("1, 1, 'X,Y', '2026-11-01T17:00:00Z', NULL"), "code must have no comma"},
        {SETS("1, 1, 'X\"Y', '2026-11-01T17:00:00Z', NULL"), "code must have no comma"},
        {SETS("1, 1, 'X' || char(10), '2026-11-01T17:00:00Z', NULL"), "code must have no comma"},
        {SETS("1, 1, 'X' || char(0), '2026-11-01T17:00:00Z', NULL"), "code must have no comma"},
        {SETS("1, 1, ' X', '2026-11-01T17:00:00Z', NULL"), "code must have no comma"},
        {SETS("1, 1, '', '2026-11-01T17:00:00Z', NULL"), "code must have 1 to 32"},
        {SETS("1, 1, 'X', '2026-11-01T17:00:00', NULL"), "date_added must be UTC"},
        {SETS("1, 1, 'X', '2026-11-01T17:00:00.500Z', NULL"), "a whole second"},
        {SETS("1, NULL, 'X', '2026-11-01T17:00:00Z', NULL"), "to set an alert give"},
        {SETS("1, 1, 'X', NULL, NULL"), "to set an alert give"},
        {SETS("1, 1, 'HIGHCAL', '2026-11-01T17:00:00.000Z', NULL"), "the alert is there already"},
        {REMOVES("9, '2026-11-14T17:00:00Z', NULL"), "removes names no row"},
        {REMOVES("1, NULL, NULL"), "to remove one give"},
        {REMOVES("1, '2026-11-14T17:00:00.001Z', NULL"), "a whole second"},
        {REMOVES("1, '2026-11-01T16:59:59Z', NULL"), "must not be before the date_added"},
        {REMOVES("2, '2026-11-14T17:00:00Z', NULL"), "removed already"},
    };
    book(scene);
    (void)scene_apply(scene, scene_dem("PatientID=\"P2\"\nBooking=\"200\"\n"),
                      (struct scene_event){.minutes = 1});
    scene_execute(scene, SET);
    (void)apply_line(scene, (struct line){.code = "GONE", .removed = REMOVED, .minutes = 2});
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        scene_refused(scene, wrong[i].sql, wrong[i].part);
    assert_value(scene, "SELECT count(*) FROM alert_entry", "1");
}

static void entries_and_lines_meet_in_one_alert(void **state)
{
    struct scene *scene = *state;
    book(scene);
    /* What a feed brought, a user removes. */
    (void)apply_line(scene, (struct line){.minutes = 1});
    scene_execute(scene, REMOVES("1, '2026-11-14T17:00:00Z', 'U8'"));
    assert_value(scene, ALERTS, "HIGHCAL 2026-11-01T17:00:00.000000Z - 2026-11-14T17:00:00.000000Z U8");
    /* The line comes back: a duplicate, also though it is newer than the entry. */
    scene_execute(scene, "UPDATE alert SET alert_event_at = '2026-11-23T18:10:00.000000Z',"
                         " alert_arrived_at = '2026-11-23T18:10:00.000000Z'");
    struct apply_result result = apply_line(scene, (struct line){.removed = REMOVED, .minutes = 30});
    assert_int_equal(result.message.state, LEDGER_DUPLICATE);
    /* What a user set, a feed removes, by the local reading of the clock. */
    scene_execute(scene, SETS("1, 1, 'DIAB', '2026-11-01T17:00:00Z', 'U7'"));
    scene_execute(scene, "UPDATE alert SET alert_event_at = '2026-11-23T18:31:00.000000Z',"
                         " alert_arrived_at = '2026-11-23T18:31:00.000000Z' WHERE code = 'DIAB'");
    result = apply_line(scene, (struct line){.code = "DIAB", .removed = REMOVED, .minutes = 30, .older = 0});
    assert_int_equal(result.message.state, LEDGER_STALE); /* it came before the user set it */
    result = apply_line(scene, (struct line){.code = "DIAB", .removed = REMOVED, .minutes = 32});
    assert_int_equal(result.message.state, LEDGER_APPLIED);
    assert_value(scene, "SELECT count(*) FROM alert", "2");
    assert_value(scene, "SELECT added_by || date_removed FROM alert WHERE code = 'DIAB'",
                 "U72026-11-14T17:00:00.000000Z");
}

/* ---- what others are to be told ---- */

static void events_tell_the_whole_alert(void **state)
{
    struct scene *scene = *state;
    struct alert_event *events;
    size_t count;
    book(scene);
    scene_execute(scene, SET);
    (void)apply_line(scene, (struct line){.removed = REMOVED, .removed_by = "U8", .minutes = 60 * 24 * 999});
    (void)apply_line(scene,
                     (struct line){.code = "QUIET", .minutes = 60 * 24 * 999 + 1, .unannounced = true});
    assert_ok(alert_events_new(scene->db, 10, &scene->arena, &events, &count));
    assert_int_equal(count, 2);
    assert_false(events[0].removed);
    assert_null(events[0].feed);
    assert_true(events[1].removed);
    assert_string_equal(events[1].feed, "jms");
    for (int i = 0; i < 2; i++) {
        assert_int_equal(events[i].alert, 1);
        assert_string_equal(events[i].code, "HIGHCAL");
        assert_string_equal(events[i].authority, "JMS");
        assert_string_equal(events[i].patient_id, "P1");
        assert_string_equal(events[i].booking_number, "100");
        assert_string_equal(events[i].facility, "VCSO");
        assert_string_equal(events[i].facility_zone, "America/Denver");
        assert_string_equal(events[i].added_by, "U7");
        assert_string_equal(events[i].removed_by, "U8");
        assert_false(events[i].copied);
    }
    assert_ok(database_begin(scene->db));
    assert_ok(alert_event_end(scene->db, 1, ALERT_EVENT_FAILED, "why", scene_time(1)));
    assert_int_equal(alert_event_end(scene->db, 1, ALERT_EVENT_RENDERED, NULL, scene_time(1)), DATABASE_NONE);
    assert_ok(alert_event_end(scene->db, 2, ALERT_EVENT_NO_RECEIVER, NULL, scene_time(1)));
    assert_ok(alert_keep_given(scene->db, 1, "2026-11-01T09:00:00")); /* it is known already */
    assert_ok(database_commit(scene->db));
    assert_value(scene, "SELECT date_added_given FROM alert WHERE id = 1", ADDED);
    /* A start tries again what failed. */
    assert_ok(database_begin(scene->db));
    assert_ok(alert_events_again(scene->db));
    assert_ok(database_commit(scene->db));
    assert_value(scene, "SELECT group_concat(state || coalesce(reason, '')) FROM alert_event",
                 "new,no-receiver");
}

static void a_later_change_supersedes_what_failed(void **state)
{
    struct scene *scene = *state;
    static const char FAIL[] =
        "UPDATE alert_event SET state = 'failed', reason = 'x', ended_at = '2026-11-23T18:00:00.000000Z'"
        " WHERE state = 'new'";
    book(scene);
    scene_execute(scene, SET);
    (void)apply_line(scene, (struct line){.code = "DIAB", .minutes = 1});
    scene_execute(scene, FAIL);
    scene_execute(scene, REMOVE);
    assert_value(scene, "SELECT group_concat(state) FROM (SELECT * FROM alert_event ORDER BY id)",
                 "superseded,failed,new");
    (void)apply_line(scene, (struct line){.code = "DIAB", .removed = REMOVED, .minutes = 2});
    assert_value(scene, "SELECT group_concat(state) FROM (SELECT * FROM alert_event ORDER BY id)",
                 "superseded,superseded,new,new");
}

#define IN_SCENE(test) cmocka_unit_test_setup_teardown(test, scene_setup, scene_teardown)

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        IN_SCENE(lines_add_and_remove),
        IN_SCENE(another_date_added_is_another_alert),
        IN_SCENE(repeats_are_duplicates_however_the_time_is_written),
        IN_SCENE(a_removal_without_its_addition_is_filed_as_removed_and_stays_so),
        IN_SCENE(an_older_line_changes_nothing),
        IN_SCENE(the_repeated_hour_makes_no_second_alert),
        IN_SCENE(the_reading_of_the_clock_goes_before_the_instant),
        IN_SCENE(a_person_who_moved_into_another_zone_keeps_the_alert),
        IN_SCENE(a_time_that_no_clock_shows_is_taken_one_hour_later),
        IN_SCENE(an_alert_waits_for_its_booking),
        IN_SCENE(an_alert_waits_no_longer_than_it_may),
        IN_SCENE(an_alert_of_another_persons_booking_is_quarantined),
        IN_SCENE(a_booking_that_becomes_another_persons_takes_its_alerts_along),
        IN_SCENE(an_entry_sets_an_alert_and_another_removes_it),
        IN_SCENE(what_an_entry_must_not_be),
        IN_SCENE(entries_and_lines_meet_in_one_alert),
        IN_SCENE(events_tell_the_whole_alert),
        IN_SCENE(a_later_change_supersedes_what_failed),
    };
    return cmocka_run_group_tests_name("alert", tests, NULL, NULL);
}
