/*
 * Alerts, both ways: lines of a feed are filed, what users of CorEMR and other feeds say goes out to each feed that takes alerts, in order and
 * once, never back to the one that said it (RULES "Alerts", COREMR-INTERFACES §4).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/file.h"
#include "platform/folder.h"
#include "platform/path.h"
#include "tests/integration/reconfigure.h"
#include "tests/integration/wait.h"
#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

/* Two feeds that exchange alerts: jms, the scene's, and clinic. */
struct exchange {
    struct scene scene;
    char *clinic;             /* folder of the other feed */
    char *to_jms, *to_clinic; /* test folders of what they are told */
    char *to_jms_live, *to_clinic_live;
};

#define MAP                                                                                                  \
    "<alerts><alert code='HIGHCAL' theirs='HC'/><alert code='DIAB'/><user id='17' coremr='U7'/></alerts>"

static void begin_as(struct exchange *exchange, bool live, const char *clinic_map)
{
    static char inside[4096], more[4096];
    exchange->clinic = test_temp_dir("clinic");
    exchange->to_jms = test_temp_dir("to-jms");
    exchange->to_clinic = test_temp_dir("to-clinic");
    exchange->to_jms_live = test_temp_dir("to-jms-live");
    exchange->to_clinic_live = test_temp_dir("to-clinic-live");
    (void)snprintf(inside, sizeof inside,
                   "<match pattern='*.csv' format='alerts-csv' ready='closed'/>" MAP
                   "<alerts-out test-folder='%s' live-folder='%s'/>",
                   exchange->to_jms, exchange->to_jms_live);
    (void)snprintf(
        more, sizeof more,
        "<feed name='clinic' folder='%s'><match pattern='*.csv' format='alerts-csv' ready='closed'/>%s"
        "<alerts-out test-folder='%s' live-folder='%s'/></feed>",
        exchange->clinic, clinic_map, exchange->to_clinic, exchange->to_clinic_live);
    scene_init(&exchange->scene, &(struct scene_options){.inside = inside, .more = more, .live = live});
}

static void begin(struct exchange *exchange)
{
    begin_as(exchange, false, MAP);
    scene_start(&exchange->scene);
}

static void end(struct exchange *exchange)
{
    char **folders[] = {&exchange->clinic, &exchange->to_jms, &exchange->to_clinic, &exchange->to_jms_live,
                        &exchange->to_clinic_live};
    scene_release(&exchange->scene);
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        test_temp_remove(*folders[i]);
        free(*folders[i]);
    }
}

/* Patient P1 with booking 100 in VCSO (America/Los_Angeles). */
static void book(struct scene *scene)
{
    char *dem = scene_dem("P1", "100", NULL, NULL);
    scene_drop(scene, "DEM1.ini", dem);
    free(dem);
    scene_settle(scene);
}

static void drop_into_clinic(struct exchange *exchange, const char *name, const char *text)
{
    char *path = path_join(exchange->clinic, name);
    assert_int_equal(file_store(path, text, strlen(text)).kind, PLATFORM_OK);
    free(path);
}

/* The files of a folder in the order of their names, one text behind the other. The caller frees it. */
static char *all_of(const char *folder)
{
    struct folder_listing listing;
    char *all = calloc(1, 65536);
    assert_non_null(all);
    assert_int_equal(folder_list(folder, &listing).kind, PLATFORM_OK);
    const char *last = "";
    for (size_t i = 0; i < listing.count; i++) {
        const char *next = NULL;
        for (size_t j = 0; j < listing.count; j++) {
            const char *name = listing.entries[j].name;
            if (strcmp(name, last) > 0 && (!next || strcmp(name, next) < 0))
                next = name;
        }
        assert_non_null(next);
        char *path = path_join(folder, next), *text = scene_read(path);
        assert_true(strlen(all) + strlen(text) < 65536);
        memcpy(all + strlen(all), text, strlen(text) + 1);
        free(text);
        free(path);
        last = next;
    }
    folder_listing_release(&listing);
    return all;
}

static void assert_told(const char *folder, const char *expected)
{
    char *all = all_of(folder);
    assert_string_equal(all, expected);
    free(all);
}

#define LINE        "P1,100,2026-11-20T10:00:00,,HC,17,\r\n"
#define REMOVAL     "P1,100,2026-11-20T10:00:00,2026-11-21T10:00:00,HC,17,\r\n"
#define ALERTS      "SELECT code, date_added, added_by, date_removed FROM alert ORDER BY code, date_added"
#define ADDED_ROW   "HIGHCAL|2026-11-20T18:00:00.000000Z|U7|-"
#define REMOVED_ROW "HIGHCAL|2026-11-20T18:00:00.000000Z|U7|2026-11-21T18:00:00.000000Z"
#define MESSAGES                                                                                             \
    "SELECT group_concat(state) FROM (SELECT state FROM message WHERE kind = 'alert' ORDER BY id)"
#define SENT "SELECT count(*) FROM outbox WHERE state = 'sent'"
#define BY_A_USER                                                                                            \
    "INSERT INTO alert_entry (patient, booking, code, date_added, user_id) SELECT patient, id, 'HIGHCAL',"   \
    " '2026-11-20T18:00:00Z', 'U7' FROM booking WHERE booking_number = '100'"

#define ANOTHER_BY_A_USER                                                                                    \
    "INSERT INTO alert_entry (patient, booking, code, date_added) SELECT patient, id, 'DIAB',"               \
    " '2026-11-20T19:00:00Z' FROM booking WHERE booking_number = '100'"

/* ---- in ---- */

static void lines_of_a_feed_are_filed_and_told_to_the_other(void **state)
{
    (void)state;
    struct exchange exchange;
    struct scene *scene = &exchange.scene;
    begin(&exchange);
    book(scene);
    scene_drop(scene, "a.csv", LINE);
    wait_rows(scene, MESSAGES, "applied");
    scene_assert_rows(scene, ALERTS, ADDED_ROW);
    scene_drop(scene, "b.csv", LINE REMOVAL REMOVAL);
    wait_rows(scene, MESSAGES, "applied,duplicate,applied,duplicate");
    scene_assert_rows(scene, ALERTS, REMOVED_ROW);
    wait_rows(scene, SENT, "2");
    scene_settle(scene);
    assert_told(exchange.to_clinic, LINE REMOVAL);
    assert_told(exchange.to_jms, ""); /* it said so itself */
    scene_assert_rows(scene, "SELECT group_concat(format || ' ' || state) FROM file",
                      "jms-event done,alerts-csv done,alerts-csv done");
    scene_assert_rows(scene, "SELECT receiver_kind, receiver FROM outbox", "feed|clinic\nfeed|clinic");
    end(&exchange);
}

static void a_removal_before_its_addition_stays_a_removal(void **state)
{
    (void)state;
    struct exchange exchange;
    struct scene *scene = &exchange.scene;
    begin(&exchange);
    book(scene);
    scene_drop(scene, "a.csv", REMOVAL);
    wait_rows(scene, MESSAGES, "applied");
    scene_drop(scene, "b.csv", LINE);
    wait_rows(scene, MESSAGES, "applied,duplicate");
    scene_assert_rows(scene, ALERTS, REMOVED_ROW);
    wait_rows(scene, SENT, "1");
    assert_told(exchange.to_clinic, REMOVAL);
    end(&exchange);
}

static void a_wrong_line_costs_itself_only(void **state)
{
    (void)state;
    struct exchange exchange;
    struct scene *scene = &exchange.scene;
    begin(&exchange);
    book(scene);
    scene_drop(scene, "a.csv",
               "Jacket / Permanent Number,Booking Number,Date Added,Date Removed,Alert Code,Added User Id,"
               "Removed User Id\r\n"
               "P1,100,yesterday,,HC,,\r\n"                /* no date */
               "P1,100,2026-11-20T10:00:00,,NEWCODE,,\r\n" /* not agreed */
               "P1,100,2026-11-20T10:00:00,,HC\r\n"        /* columns missing */
               LINE "P1,100,2026-11-20T10:00:00,,OTHER,,\r\n");
    wait_rows(scene, MESSAGES, "quarantined,quarantined,quarantined,applied,quarantined");
    scene_settle(scene);
    scene_assert_rows(scene, ALERTS, ADDED_ROW);
    scene_assert_rows(scene, "SELECT line, field, code FROM message_fault ORDER BY ordinal",
                      "2|column 3, Date Added|not-a-time\n"
                      "3|column 5, Alert Code|alert-code-unmapped\n"
                      "4|-|column-count\n"
                      "6|column 5, Alert Code|alert-code-unmapped");
    /* Each with its reason beside it; the file is in the archive, whole. */
    assert_int_equal(scene_count_files(scene_world_path(scene, "quarantine")), 8);
    char *extract = scene_read(scene_find_file(scene_world_path(scene, "quarantine"), "_r2_a.csv"));
    assert_string_equal(extract, "P1,100,2026-11-20T10:00:00,,NEWCODE,,\r\n");
    free(extract);
    assert_non_null(scene_find_file(scene_world_path(scene, "archive"), "a.csv"));
    wait_event(EVENT_ALERTS_UNMAPPED, 1);
    assert_non_null(strstr(scene_event_text(EVENT_ALERTS_UNMAPPED), "feed jms (ledger number 2)"));
    assert_non_null(strstr(scene_event_text(EVENT_ALERTS_UNMAPPED), ": 2 lines"));
    assert_int_equal(scene_event_count(EVENT_ROWS_SET_ASIDE), 1);
    char *all = scene_event_all();
    assert_null(strstr(all, "NEWCODE")); /* events name no value */
    free(all);
    end(&exchange);
}

static void an_alert_waits_for_its_booking_and_leaves_the_hold_with_it(void **state)
{
    (void)state;
    struct exchange exchange;
    struct scene *scene = &exchange.scene;
    begin(&exchange);
    scene_drop(scene, "a.csv", LINE);
    wait_rows(scene, MESSAGES, "waiting");
    scene_settle(scene);
    assert_non_null(scene_find_file(scene_world_path(scene, "hold"), "a.csv"));
    scene_assert_rows(scene, "SELECT count(*) FROM alert", "0");
    scene_stop(scene); /* it waits over a stop too */
    scene_start(scene);
    book(scene);
    wait_rows(scene, MESSAGES, "applied");
    scene_assert_rows(scene, ALERTS, ADDED_ROW);
    wait_rows(scene, SENT, "1");
    assert_told(exchange.to_clinic, LINE);
    wait_rows(scene, "SELECT count(*) FROM extract WHERE stored LIKE 'hold%'", "0");
    assert_int_equal(scene_count_files(scene_world_path(scene, "hold")), 0);
    end(&exchange);
}

static void an_alert_that_waited_too_long_lies_in_quarantine(void **state)
{
    (void)state;
    struct exchange exchange;
    struct scene *scene = &exchange.scene;
    begin(&exchange);
    scene_drop(scene, "a.csv", LINE);
    wait_rows(scene, MESSAGES, "waiting");
    scene_settle(scene);
    scene_stop(scene);
    scene_execute(scene, "UPDATE waiting_event SET waits_until = '2026-01-01T00:00:00.000000Z'");
    scene_start(scene);
    wait_rows(scene, MESSAGES, "quarantined");
    wait_event(EVENT_WAITED_TOO_LONG, 1);
    wait_rows(scene, "SELECT count(*) FROM extract WHERE stored LIKE 'quarantine%'", "1");
    assert_non_null(scene_find_file(scene_world_path(scene, "quarantine"), "_r1_a.csv"));
    assert_int_equal(scene_count_files(scene_world_path(scene, "hold")), 0);
    book(scene); /* which comes too late */
    scene_assert_rows(scene, "SELECT count(*) FROM alert", "0");
    end(&exchange);
}

static void another_persons_booking_takes_no_alert(void **state)
{
    (void)state;
    struct exchange exchange;
    struct scene *scene = &exchange.scene;
    begin(&exchange);
    scene_drop(scene, "a.csv", "P2,100,2026-11-20T10:00:00,,HC,,\r\n");
    wait_rows(scene, MESSAGES, "waiting");
    book(scene);
    wait_rows(scene, MESSAGES, "quarantined");
    wait_event(EVENT_ALERT_REFUSED, 1);
    scene_drop(scene, "b.csv", "P2,100,2026-11-20T10:00:00,,HC,,\r\n");
    wait_rows(scene, MESSAGES, "quarantined,quarantined");
    scene_settle(scene);
    assert_non_null(scene_find_file(scene_world_path(scene, "quarantine"), "b.csv"));
    scene_assert_rows(scene, "SELECT count(*) FROM alert", "0");
    assert_told(exchange.to_clinic, "");
    end(&exchange);
}

/* ---- out ---- */

static void what_a_user_of_coremr_does_is_told_to_all(void **state)
{
    (void)state;
    struct exchange exchange;
    struct scene *scene = &exchange.scene;
    begin(&exchange);
    book(scene);
    scene_execute(scene, BY_A_USER);
    wait_rows(scene, SENT, "2");
    scene_execute(scene,
                  "INSERT INTO alert_entry (removes, date_removed) VALUES (1, '2026-11-21T18:00:00Z')");
    wait_rows(scene, SENT, "4");
    assert_told(exchange.to_jms, LINE REMOVAL);
    assert_told(exchange.to_clinic, LINE REMOVAL);
    /* What was told comes back: nothing new, and nobody is told again. */
    drop_into_clinic(&exchange, "back.csv", LINE REMOVAL);
    scene_drop(scene, "back.csv", LINE REMOVAL);
    wait_rows(scene, MESSAGES, "duplicate,duplicate,duplicate,duplicate");
    scene_settle(scene);
    scene_assert_rows(scene, "SELECT count(*) FROM outbox", "4");
    scene_assert_rows(scene, "SELECT count(*) FROM alert", "1");
    end(&exchange);
}

/* One says that it was added, the other that it was removed: each hears of the other's word only. */
static void feeds_hear_of_each_other(void **state)
{
    (void)state;
    struct exchange exchange;
    struct scene *scene = &exchange.scene;
    begin(&exchange);
    book(scene);
    scene_drop(scene, "a.csv", LINE);
    wait_rows(scene, SENT, "1");
    drop_into_clinic(&exchange, "b.csv", REMOVAL);
    wait_rows(scene, SENT, "2");
    assert_told(exchange.to_clinic, LINE);
    assert_told(exchange.to_jms, REMOVAL);
    scene_assert_rows(scene, ALERTS, REMOVED_ROW);
    end(&exchange);
}

static void a_code_that_one_feed_lacks_is_told_once_it_is_mapped(void **state)
{
    (void)state;
    struct exchange exchange;
    struct scene *scene = &exchange.scene;
    begin_as(&exchange, false, "<alerts><alert code='DIAB'/></alerts>");
    scene_start(scene);
    book(scene);
    scene_execute(scene, BY_A_USER);
    wait_event(EVENT_ALERT_NOT_RENDERED, 1);
    assert_non_null(strstr(scene_event_text(EVENT_ALERT_NOT_RENDERED), "feed clinic has no code"));
    scene_assert_rows(scene, "SELECT state FROM alert_event", "failed");
    scene_assert_rows(scene, "SELECT count(*) FROM outbox", "0");
    scene_stop(scene);
    char *config = scene_read(scene->config_path);
    char *clinic = strstr(config, "<alerts><alert code='DIAB'/></alerts>");
    assert_non_null(clinic);
    size_t at = (size_t)(clinic - config) + strlen("<alerts>");
    char *changed = malloc(strlen(config) + 100);
    assert_non_null(changed);
    (void)snprintf(changed, strlen(config) + 100, "%.*s<alert code='HIGHCAL'/>%s", (int)at, config,
                   config + at);
    reconfigure(scene, changed);
    scene_start(scene);
    wait_rows(scene, SENT, "2");
    assert_told(exchange.to_clinic, "P1,100,2026-11-20T10:00:00,,HIGHCAL,,\r\n");
    assert_told(exchange.to_jms, LINE);
    free(changed);
    free(config);
    end(&exchange);
}

static void alerts_wait_for_a_folder_that_is_away_and_outlast_a_stop(void **state)
{
    (void)state;
    struct exchange exchange;
    struct scene *scene = &exchange.scene;
    begin(&exchange);
    book(scene);
    char away[1200];
    (void)snprintf(away, sizeof away, "%s-away", exchange.to_clinic);
    rename_path(exchange.to_clinic, away);
    scene_execute(scene, BY_A_USER);
    scene_drop(scene, "a.csv", "P1,100,2026-11-20T11:00:00,,DIAB,,\r\n");
    wait_event(EVENT_ALERTS_AWAY, 1);
    assert_non_null(strstr(scene_event_text(EVENT_ALERTS_AWAY), "feed clinic"));
    wait_rows(scene, "SELECT group_concat(receiver || state) FROM (SELECT * FROM outbox ORDER BY id)",
              "jmssent,clinicqueued,clinicqueued");
    char *before = strdup(scene_rows(scene, "SELECT file_name, hex(bytes) FROM outbox ORDER BY id"));
    assert_non_null(before);
    scene_stop(scene);
    scene_start(scene);
    wait_event(EVENT_ALERTS_AWAY, 2);
    rename_path(away, exchange.to_clinic);
    wait_rows(scene, SENT, "3");
    wait_event(EVENT_ALERTS_BACK, 1);
    assert_string_equal(scene_rows(scene, "SELECT file_name, hex(bytes) FROM outbox ORDER BY id"), before);
    assert_told(exchange.to_clinic, LINE "P1,100,2026-11-20T11:00:00,,DIAB,,\r\n");
    free(before);
    end(&exchange);
}

/* ---- test and live ---- */

static void live_tells_live_folders_and_the_test_world_tells_nobody_twice(void **state)
{
    (void)state;
    struct exchange exchange;
    struct scene *scene = &exchange.scene;
    begin_as(&exchange, true, MAP);
    scene_start(scene);
    book(scene);
    scene_drop(scene, "a.csv", LINE);
    wait_rows(scene, SENT, "1");
    scene_execute(scene, ANOTHER_BY_A_USER);
    wait_rows(scene, SENT, "3");
    assert_told(exchange.to_clinic_live, LINE "P1,100,2026-11-20T11:00:00,,DIAB,,\r\n");
    assert_told(exchange.to_jms_live, "P1,100,2026-11-20T11:00:00,,DIAB,,\r\n");
    scene_settle(scene);
    /* The test world has the alert that came by a feed, and tells of it neither in test nor live folders. */
    scene->world = DATABASE_TEST;
    wait_rows(scene, ALERTS, ADDED_ROW);
    wait_rows(scene, "SELECT state FROM alert_event", "no-receiver");
    scene_assert_rows(scene, "SELECT count(*) FROM outbox", "0");
    assert_told(exchange.to_clinic, "");
    assert_told(exchange.to_jms, "");
    end(&exchange);
}

/* What was queued when a feed went back to test must not come weeks later. */
static void what_was_queued_for_a_feed_back_in_test_is_never_sent(void **state)
{
    (void)state;
    struct exchange exchange;
    struct scene *scene = &exchange.scene;
    begin_as(&exchange, true, MAP);
    char away[1200];
    (void)snprintf(away, sizeof away, "%s-away", exchange.to_clinic_live);
    rename_path(exchange.to_clinic_live, away);
    scene_start(scene);
    book(scene);
    scene_execute(scene, BY_A_USER);
    wait_rows(scene, "SELECT group_concat(receiver || state) FROM (SELECT * FROM outbox ORDER BY id)",
              "jmssent,clinicqueued");
    scene_stop(scene);
    scene_execute(scene, "DELETE FROM live_since WHERE kind = 'feed' AND name = 'clinic'");
    rename_path(away, exchange.to_clinic_live);
    scene_start(scene);
    wait_event(EVENT_LEFT_MESSAGES_REJECTED, 1);
    assert_non_null(strstr(scene_event_text(EVENT_LEFT_MESSAGES_REJECTED),
                           "The feed clinic is in test again, and 1 messages"));
    scene_assert_rows(scene, "SELECT group_concat(receiver || state) FROM (SELECT * FROM outbox ORDER BY id)",
                      "jmssent,clinicrejected");
    scene_settle(scene);
    assert_told(exchange.to_clinic_live, "");
    end(&exchange);
}

static void of_a_facility_that_is_not_live_live_says_nothing(void **state)
{
    (void)state;
    struct exchange exchange;
    struct scene *scene = &exchange.scene;
    begin_as(&exchange, true, MAP);
    scene_start(scene);
    book(scene);
    scene_stop(scene);
    scene_execute(scene, "DELETE FROM live_since WHERE kind = 'facility' AND name = 'VCSO'");
    scene_start(scene);
    scene_execute(scene, BY_A_USER);
    wait_rows(scene, "SELECT state, reason FROM alert_event",
              "no-receiver|the facility of the booking is not live");
    scene_drop(scene, "a.csv", "P1,100,2026-11-20T11:00:00,,DIAB,,\r\n");
    wait_rows(scene, MESSAGES, "test-only");
    scene_settle(scene);
    assert_told(exchange.to_clinic_live, "");
    scene->world = DATABASE_TEST; /* which takes what live left to it */
    wait_rows(scene, "SELECT code FROM alert", "DIAB");
    end(&exchange);
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_of_a_feed_are_filed_and_told_to_the_other),
        cmocka_unit_test(a_removal_before_its_addition_stays_a_removal),
        cmocka_unit_test(a_wrong_line_costs_itself_only),
        cmocka_unit_test(an_alert_waits_for_its_booking_and_leaves_the_hold_with_it),
        cmocka_unit_test(an_alert_that_waited_too_long_lies_in_quarantine),
        cmocka_unit_test(another_persons_booking_takes_no_alert),
        cmocka_unit_test(what_a_user_of_coremr_does_is_told_to_all),
        cmocka_unit_test(feeds_hear_of_each_other),
        cmocka_unit_test(a_code_that_one_feed_lacks_is_told_once_it_is_mapped),
        cmocka_unit_test(alerts_wait_for_a_folder_that_is_away_and_outlast_a_stop),
        cmocka_unit_test(live_tells_live_folders_and_the_test_world_tells_nobody_twice),
        cmocka_unit_test(what_was_queued_for_a_feed_back_in_test_is_never_sent),
        cmocka_unit_test(of_a_facility_that_is_not_live_live_says_nothing),
    };
    return cmocka_run_group_tests_name("alerts", tests, NULL, NULL);
}
