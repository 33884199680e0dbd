/* What feeds say of alerts, and the version of CorEMR; every fault is a case of tests/fixtures/config/faults.txt. */
#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

#include <stdio.h>

#include "tests/unit/service/config_scene.h"

static void load(struct scene *scene, const char *text)
{
    scene_load(scene, text);
    if (scene->faults.count > 0)
        fail_msg("refused: %s", scene->faults.items[0].text);
    assert_non_null(scene->config);
}

static void test_every_setting(void **state)
{
    struct scene *scene = *state;
    load(scene, "<corbridge coremr='7.2'>@DATA@@FACILITY@"
                "<feed name='jms' folder='@ROOT@/in'>"
                "<alerts-out test-folder='@ROOT@/t' live-folder='@ROOT@/l' facilities='VCSO'"
                " file-pattern='A%N.csv' unmapped='leave'/>"
                "<match pattern='A*.csv' format='alerts-csv' waiting='2 h' quiet='1 s'"
                " event-time='name:*_%Y%m%d%H%M.csv'/>"
                "<alerts><user id='17' coremr='U7'/><alert code='HIGHCAL'/><alert code='DIAB' theirs='D1'/>"
                "<alert code='DIAB' theirs='D2'/></alerts>"
                "<match pattern='*.ini' format='jms-event'/></feed></corbridge>");
    assert_int_equal(scene->config->coremr, 7002);
    const struct config_feed *feed = &scene->config->feeds[0];
    assert_int_equal(feed->match_count, 2);
    const struct config_match *match = &feed->matches[0];
    assert_int_equal(match->format, CONFIG_FORMAT_ALERTS_CSV);
    assert_string_equal(config_format_name(match->format), "alerts-csv");
    assert_true(config_format_has_rows(match->format));
    assert_int_equal(match->waiting_ms, 2 * 3600 * 1000);
    assert_int_equal(match->quiet_ms, 1000);
    assert_int_equal(match->lag_ms, 0);
    assert_int_equal(match->event_time, CONFIG_EVENT_TIME_NAME);
    assert_int_equal(feed->matches[1].format, CONFIG_FORMAT_JMS_EVENT);
    const struct config_alerts *alerts = &feed->alerts;
    assert_true(alerts->taken && alerts->leaves_unmapped);
    assert_string_equal(alerts->file_pattern, "A%N.csv");
    assert_string_equal(alerts->facilities[0], "VCSO");
    assert_null(alerts->facilities[1]);
    assert_non_null(alerts->test_folder);
    assert_non_null(alerts->live_folder);
    assert_int_equal(alerts->map.code_count, 3);
    assert_int_equal(alerts->map.user_count, 1);
    assert_string_equal(alert_map_coremr_code(&alerts->map, SLICE_LITERAL("d2")), "DIAB");
    assert_string_equal(alert_map_their_code(&alerts->map, "DIAB"), "D1");
    assert_string_equal(alert_map_their_code(&alerts->map, "HIGHCAL"), "HIGHCAL");
    assert_string_equal(alert_map_coremr_user(&alerts->map, 17), "U7");
}

static void test_defaults(void **state)
{
    struct scene *scene = *state;
    load(scene,
         "<corbridge>@DATA@@FACILITY@"
         "<feed name='jms' folder='@ROOT@/in'><match pattern='A*.csv' format='alerts-csv'/>"
         "<alerts><alert code='HIGHCAL'/></alerts></feed>"
         "<feed name='clinic' folder='@ROOT@/clinic'><match pattern='*' format='jms-event'/>"
         "<alerts><alert code='HIGHCAL'/></alerts><alerts-out test-folder='@ROOT@/t'/></feed></corbridge>");
    assert_int_equal(scene->config->coremr, CONFIG_COREMR_ALERTS);
    const struct config_feed *jms = &scene->config->feeds[0], *clinic = &scene->config->feeds[1];
    assert_int_equal(jms->matches[0].event_time, CONFIG_EVENT_TIME_ARRIVAL);
    assert_int_equal(jms->matches[0].quiet_ms, 5000);
    assert_int_equal(jms->matches[0].waiting_ms, 24 * 3600 * 1000);
    assert_false(jms->alerts.taken);
    assert_null(jms->alerts.test_folder);
    assert_true(clinic->alerts.taken);
    assert_false(clinic->alerts.leaves_unmapped);
    assert_null(clinic->alerts.live_folder);
    assert_null(clinic->alerts.facilities);
    assert_string_equal(clinic->alerts.file_pattern, "%Y%m%d%H%M%S_%N_%C.csv");
    /* What jms says goes on to clinic; what clinic says, to nobody. */
    assert_true(config_alerts_go_on(scene->config, jms));
    assert_false(config_alerts_go_on(scene->config, clinic));
}

static void test_versions(void **state)
{
    struct scene *scene = *state;
    static const struct {
        const char *text;
        uint32_t version;
    } cases[] = {{"6", 6000}, {"6.0", 6000}, {"5.12", 5012}, {"10.1", 10001}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char xml[200];
        (void)snprintf(xml, sizeof xml, "<corbridge coremr='%s'>@DATA@@FACILITY@@FEED@</corbridge>",
                       cases[i].text);
        load(scene, xml);
        assert_int_equal(scene->config->coremr, cases[i].version);
    }
}

#define IN_SCENE(test) cmocka_unit_test_setup_teardown(test, scene_set_up, scene_tear_down)

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        IN_SCENE(test_every_setting),
        IN_SCENE(test_defaults),
        IN_SCENE(test_versions),
    };
    return cmocka_run_group_tests_name("configuration of alerts", tests, NULL, NULL);
}
