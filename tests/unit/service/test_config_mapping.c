/* format="jms-xml" and its mapping, as a part of the configuration. */
#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/limits.h"
#include "platform/file.h"
#include "platform/path.h"
#include "tests/unit/service/config_scene.h"

#define FIELDS                                                                                                 \
    "<field name='PatientID' xpath='a'/><field name='LastName' xpath='b'/><field name='FirstName' xpath='c'/>" \
    "<field name='BirthDate' xpath='d'/><field name='Sex' xpath='e'/><field name='Housing' xpath='f'/>"        \
    "<field name='Booking' xpath='g'/><field name='BookingDate' xpath='h'/>"
#define ROSTER                                                                                               \
    "<mapping format-version='1' document='roster'><header name='made' path='/r/@made'/>"                    \
    "<record path='/r/p' kind='demographics'/>" FIELDS "</mapping>"
#define EVENT                                                                                                \
    "<mapping format-version='1' document='event'><record path='/p' kind='demographics'/>" FIELDS            \
    "<extra name='at' xpath='@at'/></mapping>"

static void write_mapping(const struct scene *scene, const char *name, const char *text)
{
    char *path = path_join(scene->root, name);
    (void)file_remove(path);
    assert_true(platform_ok(file_store(path, text, strlen(text))));
    free(path);
}

static void load(struct scene *scene, const char *facilities, const char *matches)
{
    char text[4000];
    int length =
        snprintf(text, sizeof text,
                 "<corbridge>@DATA@@FACILITY@%s<feed name='jms' folder='@ROOT@/in'>\n%s</feed></corbridge>",
                 facilities, matches);
    assert_true(length > 0 && (size_t)length < sizeof text);
    scene_load(scene, text);
}

static void assert_faults(struct scene *scene, const char *facilities, const char *matches,
                          const char *const *expected)
{
    load(scene, facilities, matches);
    size_t count = 0;
    for (; expected[count] != NULL; count++) {
        assert_in_range(count + 1, 1, scene->faults.count);
        assert_string_equal(scene->faults.items[count].text, expected[count]);
    }
    assert_int_equal(scene->faults.count, count);
}

static void a_mapping_says_of_which_kind_the_files_are(void **state)
{
    struct scene *scene = *state;
    write_mapping(scene, "roster.xml", ROSTER);
    write_mapping(scene, "event.xml", EVENT);
    load(
        scene, "",
        "<match pattern='R*.xml' format='jms-xml' mapping='roster.xml' lag='1 min' event-time='field:made' size-limit='200 MB'/>\n"
        "<match pattern='*.xml' format='jms-xml' mapping='event.xml' ready='quiet' event-time='field:at'/>");
    assert_non_null(scene->config);
    const struct config_match *match = scene->config->feeds[0].matches;
    assert_int_equal(match[0].format, CONFIG_FORMAT_XML_ROSTER);
    assert_int_equal(match[0].mapping->document, XML_ROSTER);
    assert_int_equal(match[0].ready, CONFIG_READY_CLOSED); /* XML has an end of its own */
    assert_int_equal(match[0].lag_ms, 60000);
    assert_string_equal(match[0].mapping_name, "roster.xml");
    assert_int_equal(match[0].mapping_bytes.len, strlen(ROSTER));
    assert_int_equal(match[1].format, CONFIG_FORMAT_XML_EVENT);
    assert_int_equal(match[1].ready, CONFIG_READY_QUIET);
    assert_int_equal(match[1].quiet_ms, 1000);
    assert_int_equal(match[1].size_limit, LIMIT_XML_EVENT_BYTES);
    assert_string_equal(config_format_name(match[0].format), "jms-xml");
    assert_string_equal(config_format_name(match[1].format), "jms-xml");
    assert_true(config_format_has_rows(match[0].format) && !config_format_has_rows(match[1].format));
    assert_true(config_format_is_xml(match[0].format) && !config_format_is_xml(CONFIG_FORMAT_ROSTER_CSV));
}

static void faults_of_a_mapping_are_faults_of_the_configuration(void **state)
{
    struct scene *scene = *state;
    write_mapping(
        scene, "bad.xml",
        "<mapping format-version='1' document='event'>\n<record path='/p' kind='demographics'/>\n" FIELDS
        "\n<field name='Agency' xpath='../x'/></mapping>");
    assert_faults(
        scene, "",
        "<match pattern='a' format='jms-xml' mapping='bad.xml' lag='0 s'/>\n"
        "<match pattern='b' format='jms-xml' mapping='bad.xml'/>",
        (const char *[]){
            "bad.xml:4: <field>: xpath \"../x\" leaves the record: a path begins at the record and goes down; "
            "a value outside of the records is declared by <header> and used by header=\"…\"",
            NULL});
}

static void what_does_not_go_together(void **state)
{
    struct scene *scene = *state;
    write_mapping(scene, "roster.xml", ROSTER);
    write_mapping(scene, "event.xml", EVENT);
    assert_faults(
        scene, "", "<match pattern='a' format='jms-xml'/>",
        (const char *[]){
            "corbridge.xml:2: feed 'jms', match 'a': format=\"jms-xml\" needs mapping: add for example "
            "mapping=\"flat-roster.xml\", a file beside this one that says how the XML is read (docs/jms-xml.md)",
            NULL});
    assert_faults(
        scene, "", "<match pattern='a' format='roster-csv' mapping='roster.xml'/>",
        (const char *[]){
            "corbridge.xml:2: feed 'jms', match 'a': mapping is used with format=\"jms-xml\" only: add that, "
            "or take mapping out",
            NULL});
    assert_faults(
        scene, "", "<match pattern='a' format='jms-xml' mapping='event.xml' lag='0 s'/>",
        (const char *[]){
            "corbridge.xml:2: feed 'jms', match 'a': lag is a setting of rosters (format=\"roster-csv\", or a "
            "mapping of document=\"roster\"): take it out",
            NULL});
    assert_faults(
        scene, "",
        "<match pattern='a' format='jms-xml' mapping='roster.xml' event-time='field:BookingDate'/>",
        (const char *[]){
            "corbridge.xml:2: feed 'jms', match 'a': a roster speaks as of one time: event-time can name a "
            "<header> of mapping 'roster.xml', and 'BookingDate' is none",
            NULL});
    assert_faults(
        scene, "", "<match pattern='a' format='jms-xml' mapping='event.xml' event-time='field:elsewhere'/>",
        (const char *[]){
            "corbridge.xml:2: feed 'jms', match 'a': event-time names 'elsewhere', which mapping 'event.xml' "
            "has not as a field, extra or header",
            NULL});
    assert_faults(
        scene, "<facility code='B' name='B' zone='UTC'/>",
        "<match pattern='a' format='jms-xml' mapping='event.xml'/>",
        (const char *[]){
            "corbridge.xml:2: feed 'jms', match 'a': mapping 'event.xml' has no <field name=\"Facility\" …/>, "
            "and there is more than one facility: add it, or give the code there with value=\"…\"",
            NULL});
}

static void a_mapping_that_is_not_there(void **state)
{
    struct scene *scene = *state;
    load(scene, "", "<match pattern='a' format='jms-xml' mapping='nowhere.xml'/>");
    assert_int_equal(scene->faults.count, 1);
    assert_non_null(
        strstr(scene->faults.items[0].text, "mapping 'nowhere.xml' cannot be read beside this file, error "));
    load(scene, "", "<match pattern='a' format='jms-xml' mapping='../other/m.xml'/>");
    assert_int_equal(scene->faults.count, 1);
    assert_non_null(strstr(scene->faults.items[0].text,
                           "is not the name of a file beside corbridge.xml, without a folder"));
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_mapping_says_of_which_kind_the_files_are, scene_set_up,
                                        scene_tear_down),
        cmocka_unit_test_setup_teardown(faults_of_a_mapping_are_faults_of_the_configuration, scene_set_up,
                                        scene_tear_down),
        cmocka_unit_test_setup_teardown(what_does_not_go_together, scene_set_up, scene_tear_down),
        cmocka_unit_test_setup_teardown(a_mapping_that_is_not_there, scene_set_up, scene_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
