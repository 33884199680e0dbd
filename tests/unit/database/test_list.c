/* What the ledger holds as a person looks for it: lines by feed, state, time, cause, person and booking; one file with all that belongs to it. */
#include "tests/unit/database/scene.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "database/connection.h"
#include "database/list.h"
#include "database/view.h"

static struct list_filter everything(void)
{
    return (struct list_filter){.since = INSTANT_NONE, .until = INSTANT_NONE, .limit = 50};
}

/* The lines as "1 applied, 7/3 held+": number, row of a file of many, state; "+" where there are more. Static. */
static const char *lines_of(struct scene *scene, const struct list_filter *filter)
{
    static char text[2000];
    struct list_line *lines;
    size_t count, length = 0;
    bool more;
    assert_ok(list_read(scene->db, filter, &scene->arena, &lines, &count, &more));
    text[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        char row[16] = "";
        if (lines[i].of_many && lines[i].ordinal > 0)
            (void)snprintf(row, sizeof row, "/%d", lines[i].ordinal);
        length += (size_t)snprintf(text + length, sizeof text - length, "%s%d%s %s", i > 0 ? ", " : "",
                                   (int)lines[i].file, row, lines[i].state);
    }
    (void)snprintf(text + length, sizeof text - length, "%s", more ? "+" : "");
    return text;
}

static const char *lines_of_state(struct scene *scene, const char *state)
{
    struct list_filter filter = everything();
    filter.state = state;
    return lines_of(scene, &filter);
}

static const char *lines_of_cause(struct scene *scene, const char *cause)
{
    struct list_filter filter = everything();
    filter.cause = cause;
    return lines_of(scene, &filter);
}

static const char *lines_of_patient(struct scene *scene, const char *number)
{
    struct list_filter filter = everything();
    filter.patient = number;
    return lines_of(scene, &filter);
}

static const char *lines_of_booking(struct scene *scene, const char *number)
{
    struct list_filter filter = everything();
    filter.booking = number;
    return lines_of(scene, &filter);
}

/* A file that is quarantined with one error, as the committer does it. */
static void quarantine(struct scene *scene, int minutes)
{
    struct ledger_file file = scene_claim(scene, minutes);
    struct ledger_message message = {.file = file.id,
                                     .ordinal = 1,
                                     .kind = "demographics",
                                     .state = LEDGER_MESSAGE_QUARANTINED,
                                     .event_at = scene_time(minutes),
                                     .detail = "faults"};
    struct fault_list faults;
    fault_list_init(&faults, &scene->arena);
    fault_add(&faults, FAULT_WARNING, FAULT_TOO_LONG, 0, 2, SLICE_LITERAL("MI"), "at most 255 characters");
    fault_add(&faults, FAULT_ERROR, FAULT_REQUIRED_MISSING, 0, 5, SLICE_LITERAL("LastName"),
              "1 to 255 characters");
    assert_ok(database_begin(scene->db));
    assert_ok(ledger_message_insert(scene->db, &message));
    assert_ok(ledger_faults_insert(scene->db, file.id, message.id, &faults));
    assert_ok(ledger_end_file(scene->db, file.id, LEDGER_QUARANTINED, "faults", scene_time(minutes)));
    assert_ok(database_commit(scene->db));
}

/*
 * 1 applied, 2 applied (a move), 3 duplicate, 4 held (booking of another patient), 5 waiting, 6 quarantined, 7 a file of many, with rows 2 held and
 * 3 quarantined, 8 vanished, 9 claimed. A minute lies between them.
 */
static void fill(struct scene *scene)
{
    scene_facilities(scene);
    (void)scene_apply(scene, scene_dem(""), (struct scene_event){.minutes = 1});
    (void)scene_apply(scene, scene_location("Housing=\"C\"\n"), (struct scene_event){.minutes = 2});
    (void)scene_apply(scene, scene_location("Housing=\"C\"\n"), (struct scene_event){.minutes = 3});
    (void)scene_apply(scene, scene_dem("PatientID=\"P2\"\n"), (struct scene_event){.minutes = 4});
    (void)scene_apply(scene, scene_location("PatientID=\"P9\"\nBooking=\"900\"\n"),
                      (struct scene_event){.minutes = 5});
    quarantine(scene, 6);
    struct ledger_file many = scene_claim(scene, 7);
    assert_int_equal(many.id, 7);
    scene_execute(
        scene,
        "INSERT INTO file_progress (file, event_at, row_count, next_row, next_offset, next_line, encoding, applied,"
        " unchanged, stale, held, waiting, quarantined, test_only) VALUES (7, '2026-11-23T18:00:00.000000Z', 4, 5,"
        " 100, 5, 'utf-8', 1, 1, 0, 1, 0, 1, 0);"
        "INSERT INTO message (file, ordinal, kind, state, event_at, patient, booking, detail) VALUES"
        " (7, 1, 'demographics', 'applied', '2026-11-23T18:00:00.000000Z', 1, 1, NULL),"
        " (7, 2, 'demographics', 'held', '2026-11-23T18:00:00.000000Z', NULL, 1, 'the booking is known under another"
        " patient'), (7, 3, 'demographics', 'quarantined', '2026-11-23T18:00:00.000000Z', NULL, NULL, 'faults');"
        "UPDATE file SET state = 'done', ended_at = arrived_at WHERE id = 7");
    struct ledger_file gone = scene_claim(scene, 8);
    assert_ok(database_begin(scene->db));
    assert_ok(ledger_end_file(scene->db, gone.id, LEDGER_VANISHED, NULL, scene_time(8)));
    assert_ok(database_commit(scene->db));
    (void)scene_claim(scene, 9);
}

static void each_file_is_a_line_the_newest_last(void **state)
{
    struct scene *scene = *state;
    struct list_filter filter = everything();
    assert_string_equal(lines_of(scene, &filter), "");
    fill(scene);
    assert_string_equal(lines_of(scene, &filter),
                        "1 applied, 2 applied, 3 duplicate, 4 held, 5 waiting, 6 quarantined, "
                        "7 done, 8 vanished, 9 claimed");
    filter.limit = 9;
    assert_null(strchr(lines_of(scene, &filter), '+'));
    filter.limit = 3;
    assert_string_equal(lines_of(scene, &filter), "7 done, 8 vanished, 9 claimed+");
    filter.feed = "jms";
    assert_string_equal(lines_of(scene, &filter), "7 done, 8 vanished, 9 claimed+");
    filter.feed = "other";
    assert_string_equal(lines_of(scene, &filter), "");
}

static void the_newest_of_all_feeds_are_taken(void **state)
{
    struct scene *scene = *state;
    fill(scene);
    scene_execute(
        scene, "INSERT INTO feed_total (feed) VALUES ('b'); UPDATE file SET feed = 'b' WHERE id IN (2, 8)");
    struct list_filter filter = everything();
    filter.limit = 2;
    assert_string_equal(lines_of(scene, &filter), "8 vanished, 9 claimed+");
    filter.feed = "b";
    assert_string_equal(lines_of(scene, &filter), "2 applied, 8 vanished");
}

static void lines_are_found_by_state(void **state)
{
    struct scene *scene = *state;
    static const char *const expected[][2] = {{"applied", "1 applied, 2 applied, 7/1 applied"},
                                              {"duplicate", "3 duplicate"},
                                              {"held", "4 held, 7/2 held"},
                                              {"waiting", "5 waiting"},
                                              {"unmatched", ""},
                                              {"open", "4 held, 5 waiting, 7/2 held"},
                                              {"quarantined", "6 quarantined, 7/3 quarantined"},
                                              {"rejected", ""},
                                              {"stale", ""},
                                              {"superseded", ""},
                                              {"test-only", ""},
                                              {"claimed", "9 claimed"},
                                              {"vanished", "8 vanished"}};
    fill(scene);
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        assert_true(list_is_state(expected[i][0]));
        assert_non_null(strstr(list_states(), expected[i][0]));
        assert_string_equal(lines_of_state(scene, expected[i][0]), expected[i][1]);
    }
    assert_string_equal(lines_of_state(scene, "done"),
                        "1 applied, 2 applied, 3 duplicate, 4 held, 5 waiting, 7 done");
    assert_false(list_is_state("lost"));
}

static void lines_are_found_by_arrival(void **state)
{
    struct scene *scene = *state;
    struct list_filter filter = everything();
    fill(scene);
    filter.since = scene_time(4);
    filter.until = scene_time(6); /* not with it */
    assert_string_equal(lines_of(scene, &filter), "4 held, 5 waiting");
    filter.state = "open";
    filter.until = INSTANT_NONE;
    assert_string_equal(lines_of(scene, &filter), "4 held, 5 waiting, 7/2 held");
    filter.since = scene_time(7);
    assert_string_equal(lines_of(scene, &filter), "7/2 held");
}

static void lines_are_found_by_cause(void **state)
{
    struct scene *scene = *state;
    fill(scene);
    assert_string_equal(lines_of_cause(scene, "faults"), "6 quarantined, 7/3 quarantined");
    assert_string_equal(lines_of_cause(scene, "required-missing"), "6 quarantined");
    assert_string_equal(lines_of_cause(scene, "too-long"), ""); /* a warning stops nothing */
    assert_string_equal(lines_of_cause(scene, "Another Patient"), "4 held, 7/2 held");
    assert_string_equal(lines_of_cause(scene, "not known yet"), "5 waiting");
    assert_string_equal(lines_of_cause(scene, "%"), "");
}

static void lines_are_found_by_person_and_booking(void **state)
{
    struct scene *scene = *state;
    fill(scene);
    assert_string_equal(lines_of_patient(scene, "P1"), "1 applied, 2 applied, 3 duplicate, 7/1 applied");
    assert_string_equal(lines_of_patient(scene, "P9"), "5 waiting");
    assert_string_equal(lines_of_patient(scene, "P"), "");
    assert_string_equal(lines_of_booking(scene, "100"),
                        "1 applied, 2 applied, 3 duplicate, 4 held, 7/1 applied, 7/2 held");
    assert_string_equal(lines_of_booking(scene, "900"), "5 waiting");
    struct list_filter filter = everything();
    filter.booking = "100";
    filter.state = "open";
    assert_string_equal(lines_of(scene, &filter), "4 held, 7/2 held");
    filter.limit = 1;
    assert_string_equal(lines_of(scene, &filter), "7/2 held+");
}

static void a_number_is_found_under_every_authority(void **state)
{
    struct scene *scene = *state;
    scene_facilities(scene);
    static const char *const authorities[] = {"ABC", "JMS", "XYZ"};
    for (int i = 0; i < 3; i++)
        (void)scene_apply(scene, scene_dem(""),
                          (struct scene_event){.minutes = i, .authority = authorities[i]});
    assert_string_equal(lines_of_patient(scene, "P1"), "1 applied, 2 applied, 3 applied");
    assert_string_equal(lines_of_booking(scene, "100"), "1 applied, 2 applied, 3 applied");
}

/* What was said of a person stays with that person, also when the booking turned out to be another's. */
static void a_booking_that_moved_leaves_its_messages_behind(void **state)
{
    struct scene *scene = *state;
    fill(scene);
    (void)scene_apply(scene, scene_dem("PatientID=\"P2\"\nBooking=\"200\"\n"),
                      (struct scene_event){.minutes = 10});
    scene_execute(
        scene,
        "UPDATE booking SET patient = 2 WHERE id = 1;"
        "UPDATE message SET state = 'applied', patient = 2 WHERE file = 4;"
        "INSERT INTO change_log VALUES ((SELECT id FROM message WHERE file = 4), 1, 'booking', 1, 'patient',"
        " '1', '2')");
    assert_string_equal(lines_of_patient(scene, "P1"), "1 applied, 2 applied, 3 duplicate, 7/1 applied");
    assert_string_equal(lines_of_patient(scene, "P2"), "4 applied, 10 applied");
}

static void a_line_says_what_it_is_and_why(void **state)
{
    struct scene *scene = *state;
    struct list_filter filter = everything();
    struct list_line *lines;
    size_t count;
    bool more;
    fill(scene);
    assert_ok(list_read(scene->db, &filter, &scene->arena, &lines, &count, &more));
    assert_int_equal(count, 9);
    assert_string_equal(lines[1].feed, "jms");
    assert_string_equal(lines[1].kind, "location");
    assert_string_equal(lines[1].file_state, "done");
    assert_true(lines[1].arrived == scene_time(2));
    assert_null(lines[1].detail);
    assert_string_equal(lines[3].detail, "the booking is known under another patient");
    assert_string_equal(lines[5].reason, "faults");
    assert_string_equal(lines[5].fault, "required-missing");
    assert_true(lines[6].of_many);
    assert_null(lines[6].kind);
    assert_int_equal(lines[6].rows, 4);
    assert_int_equal(lines[6].passed, 4);
    assert_int_equal(lines[6].open_rows, 1);
    assert_int_equal(lines[6].bad_rows, 1);
    assert_false(lines[7].of_many);
}

/* ---- One file -------------------------------------------------------------------------------------------- */

static void a_file_is_seen_with_all_that_belongs_to_it(void **state)
{
    struct scene *scene = *state;
    struct view_file file;
    struct view_message *messages;
    struct view_fault *faults;
    struct view_change *changes;
    struct view_count *counts;
    size_t count;
    fill(scene);
    assert_int_equal(view_file(scene->db, 99, &scene->arena, &file), DATABASE_NONE);
    assert_ok(view_file(scene->db, 6, &scene->arena, &file));
    assert_string_equal(file.state, "quarantined");
    assert_string_equal(file.reason, "faults");
    assert_true(file.hashed);
    assert_false(file.of_many);
    assert_true(file.in_place);
    assert_true(file.arrived == scene_time(6) && file.ended == scene_time(6) &&
                file.put_away == INSTANT_NONE);
    assert_ok(view_messages(scene->db, 6, 1, INT32_MAX, false, 10, &scene->arena, &messages, &count));
    assert_int_equal(count, 1);
    assert_ok(view_faults(scene->db, 6, messages[0].id, 10, &scene->arena, &faults, &count));
    assert_int_equal(count, 2);
    assert_string_equal(faults[1].code, "required-missing");
    assert_string_equal(faults[1].severity, "error");
    assert_string_equal(faults[1].field, "LastName");
    assert_int_equal(faults[1].line, 5);

    assert_ok(view_messages(scene->db, 2, 1, 1, false, 10, &scene->arena, &messages, &count));
    assert_string_equal(messages[0].patient_id, "P1");
    assert_string_equal(messages[0].booking_number, "100");
    assert_ok(view_changes(scene->db, messages[0].id, 10, &scene->arena, &changes, &count));
    assert_int_equal(count, 1);
    assert_string_equal(changes[0].table, "booking");
    assert_string_equal(changes[0].field, "housing");
    assert_string_equal(changes[0].to, "C");

    assert_ok(view_messages(scene->db, 4, 1, 1, false, 10, &scene->arena, &messages, &count));
    assert_null(messages[0].person.patient_id); /* P2 is not known */
    assert_string_equal(messages[0].owner.patient_id, "P1");
    assert_string_equal(messages[0].owner.last_name, "SMITH");
    assert_ok(view_messages(scene->db, 5, 1, 1, false, 10, &scene->arena, &messages, &count));
    assert_string_equal(messages[0].patient_id, "P9");
    assert_true(messages[0].waits_until != INSTANT_NONE);

    assert_ok(view_file(scene->db, 7, &scene->arena, &file));
    assert_true(file.of_many);
    assert_int_equal(file.rows, 4);
    assert_int_equal(file.unchanged, 1);
    assert_ok(view_messages(scene->db, 7, 1, INT32_MAX, true, 10, &scene->arena, &messages, &count));
    assert_int_equal(count, 2);
    assert_int_equal(messages[0].ordinal, 2);
    assert_ok(view_counts(scene->db, 7, &scene->arena, &counts, &count));
    assert_int_equal(count, 3);
    assert_string_equal(counts[1].state, "held");
    assert_int_equal(counts[1].count, 1);
    assert_ok(view_file(scene->db, 8, &scene->arena, &file));
    assert_string_equal(file.state, "vanished");
}

static void what_was_decided_is_seen(void **state)
{
    struct scene *scene = *state;
    struct view_command *commands;
    size_t count;
    fill(scene);
    scene_execute(
        scene,
        "INSERT INTO command (what, number, subject, argument, windows_user, created_at, answer, outcome,"
        " answered_at) VALUES ('release', 7, 'row:2', 'right', 'JAIL\\x', '2026-11-23T18:10:00.000000Z',"
        " 'applied', 'done', '2026-11-23T18:10:01.000000Z'), ('retry', 7, NULL, NULL, 'y',"
        " '2026-11-23T18:10:00.000000Z', NULL, NULL, NULL)"); /* retry: an order's number */
    assert_ok(view_commands(scene->db, 7, 10, &scene->arena, &commands, &count));
    assert_int_equal(count, 1);
    assert_string_equal(commands[0].what, "release");
    assert_string_equal(commands[0].subject, "row:2");
    assert_string_equal(commands[0].user, "JAIL\\x");
    assert_true(commands[0].done);
    assert_true(commands[0].created == scene_time(10));
}

/* ---- Plans ----------------------------------------------------------------------------------------------- */

/* A ledger has millions of rows: no list and no view reads a table from end to end, and none sorts what it has not narrowed down. */
static void no_large_table_is_read_from_end_to_end(void **state)
{
    struct scene *scene = *state;
    /* f: file, m, o: message, x: patient or booking, p: file_progress, c: change_log, e: message_fault */
    static const char *const large[] = {"f",
                                        "m",
                                        "o",
                                        "x",
                                        "b",
                                        "p",
                                        "c",
                                        "e",
                                        "file",
                                        "message",
                                        "patient",
                                        "booking",
                                        "change_log",
                                        "message_fault",
                                        "file_progress"};
    for (int id = STATEMENT_LIST_FEEDS; id <= STATEMENT_VIEW_CHANGES; id++) {
        char sql[8192];
        bool of_person = id == STATEMENT_LIST_OF_PATIENT || id == STATEMENT_LIST_OF_BOOKING;
        sqlite3_stmt *statement = NULL;
        assert_true((size_t)snprintf(sql, sizeof sql, "EXPLAIN QUERY PLAN %s",
                                     statement_sql((enum statement_id)id)) < sizeof sql);
        assert_int_equal(sqlite3_prepare_v2(scene->db->handle, sql, -1, &statement, NULL), SQLITE_OK);
        while (sqlite3_step(statement) == SQLITE_ROW) {
            const char *step = (const char *)sqlite3_column_text(statement, 3);
            for (size_t i = 0; i < sizeof large / sizeof large[0]; i++) {
                char scan[64];
                (void)snprintf(scan, sizeof scan, "SCAN %s", large[i]);
                size_t length = strlen(scan);
                /* That index has only the few that vanished. */
                if (strncmp(step, scan, length) == 0 && (step[length] == ' ' || step[length] == '\0') &&
                    strstr(step, "file_vanished") == NULL)
                    fail_msg("%s: %s", statement_sql((enum statement_id)id), step);
            }
            /* What is about one person or booking is sorted, and the states of one file are counted; all else comes in its order. */
            if (!of_person && id != STATEMENT_VIEW_COUNTS && strstr(step, "TEMP B-TREE FOR") != NULL)
                fail_msg("%s: %s", statement_sql((enum statement_id)id), step);
        }
        (void)sqlite3_finalize(statement);
    }
}

int main(void)
{
    test_main_init();
#define SCENE(test) cmocka_unit_test_setup_teardown(test, scene_setup, scene_teardown)
    const struct CMUnitTest tests[] = {
        SCENE(each_file_is_a_line_the_newest_last),
        SCENE(the_newest_of_all_feeds_are_taken),
        SCENE(lines_are_found_by_state),
        SCENE(lines_are_found_by_arrival),
        SCENE(lines_are_found_by_cause),
        SCENE(lines_are_found_by_person_and_booking),
        SCENE(a_number_is_found_under_every_authority),
        SCENE(a_booking_that_moved_leaves_its_messages_behind),
        SCENE(a_line_says_what_it_is_and_why),
        SCENE(a_file_is_seen_with_all_that_belongs_to_it),
        SCENE(what_was_decided_is_seen),
        SCENE(no_large_table_is_read_from_end_to_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
