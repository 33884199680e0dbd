#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifndef _WIN32
#include <unistd.h>
#endif

#include "platform/file.h"
#include "platform/folder.h"
#include "platform/path.h"
#include "service/config.h"
#include "service/config_rules.h"
#include "tests/unit/service/config_scene.h"

#define MB ((uint64_t)1024 * 1024)

static void assert_fault(const struct scene *scene, size_t index, uint32_t line, const char *text)
{
    if (index >= scene->faults.count)
        fail_msg("fault %lu is missing: %s", (unsigned long)index, text);
    char *expanded = scene_expand(scene, text);
    char whole[2000];
    (void)snprintf(whole, sizeof whole, "corbridge.xml:%lu: %s", (unsigned long)line, expanded);
    assert_string_equal(scene->faults.items[index].text, whole);
    assert_int_equal(scene->faults.items[index].line, line);
    free(expanded);
}

static void assert_accepted(const struct scene *scene)
{
    if (scene->faults.count > 0)
        fail_msg("refused: %s", scene->faults.items[0].text);
    assert_non_null(scene->config);
}

/* ---- The table of faulty files ------------------------------------------------------------------------------------------ */

struct fault_case {
    char *name, *xml;
    char *expected; /* "corbridge.xml:3: …\n…" as the lines stand in the file: "=> 3: …" */
};

/* Cuts the next case off *text, which starts with "# "; false at the end. */
static bool next_case(char **text, struct fault_case *out)
{
    char *start = *text;
    if (start == NULL || strncmp(start, "# ", 2) != 0)
        return false;
    char *next = strstr(start, "\n# ");
    if (next != NULL)
        *next = '\0';
    *text = next != NULL ? next + 1 : NULL;
    out->name = start + 2;
    char *body = strchr(start, '\n');
    char *expected = strstr(start, "\n=> ");
    assert_non_null(body);
    assert_non_null(expected);
    *body = '\0';
    out->xml = body + 1;
    out->expected = expected + 1;
    if (expected > body)
        expected[0] = '\0';
    return true;
}

static char *with_last_line_end(const char *xml)
{
    size_t length = strlen(xml);
    char *out = malloc(length + 2);
    assert_non_null(out);
    memcpy(out, xml, length);
    memcpy(out + length, length > 0 ? "\n" : "", length > 0 ? 2 : 1);
    return out;
}

/* The faults as the fixture writes them. */
static char *faults_text(const struct config_faults *faults)
{
    size_t size = 1;
    for (size_t i = 0; i < faults->count; i++)
        size += strlen(faults->items[i].text) + 8;
    char *out = calloc(1, size);
    for (size_t i = 0; i < faults->count; i++) {
        const char *text = faults->items[i].text;
        assert_int_equal(strncmp(text, "corbridge.xml:", 14), 0);
        (void)snprintf(out + strlen(out), size - strlen(out), "%s=> %s", i > 0 ? "\n" : "", text + 14);
    }
    return out;
}

static void test_every_faulty_file_is_told_line_and_remedy(void **state)
{
    struct scene *scene = *state;
    char *path = test_fixture_path("config/faults.txt");
    char *text = NULL;
    size_t size = 0;
    assert_true(platform_ok(file_load(path, MB, &text, &size)));
    char *at = strstr(text, "\n# ");
    assert_non_null(at);
    at++;
    size_t cases = 0;
    size_t wrong = 0;
    struct fault_case one;
    while (next_case(&at, &one)) {
        char *xml = with_last_line_end(one.xml);
        char *expected = scene_expand(scene, one.expected);
        while (expected[0] != '\0' && expected[strlen(expected) - 1] == '\n')
            expected[strlen(expected) - 1] = '\0';
        scene_load(scene, xml);
        char *found = faults_text(&scene->faults);
        if (strcmp(found, expected) != 0) {
            print_error("%s\nexpected\n%s\nfound\n%s\n", one.name, expected, found);
            wrong++;
        }
        free(found);
        free(expected);
        free(xml);
        cases++;
    }
    free(text);
    free(path);
    assert_int_equal(wrong, 0);
    assert_true(cases >= 60);
}

/* ---- Good files --------------------------------------------------------------------------------------------------------- */

static void test_defaults(void **state)
{
    struct scene *scene = *state;
    scene_load(scene, "<corbridge>@DATA@@FACILITY@@FEED@@PHARMACY@</corbridge>");
    assert_accepted(scene);
    const struct config *config = scene->config;
    assert_int_equal(config->low_disk_bytes, 1024 * MB);
    assert_int_equal(config->log_megabytes, 10);
    assert_int_equal(config->log_keep, 5);
    const struct config_feed *feed = config_feed_find(config, "jms");
    assert_string_equal(feed->authority, "JMS");
    assert_int_equal(feed->order, CONFIG_ORDER_FREE);
    assert_int_equal(feed->poll_ms, 0);
    const struct config_match *match = &feed->matches[0];
    assert_int_equal(match->ready, CONFIG_READY_QUIET);
    assert_int_equal(match->quiet_ms, 1000);
    assert_int_equal(match->give_up_ms, 600000);
    assert_int_equal(match->size_limit, MB);
    assert_null(match->marker_suffix);
    assert_int_equal(match->encoding, ENCODING_AUTO);
    assert_false(match->empty_clears);
    assert_string_equal(match->datatype_location, "PatientLocation");
    assert_int_equal(match->event_time, CONFIG_EVENT_TIME_DEFAULT);
    assert_null(match->event_time_of);
    assert_int_equal(match->waiting_ms, 24 * 3600 * 1000);
    assert_false(match->reopens || match->closes_earlier || match->holds_identity_change);
    const struct config_pharmacy *pharmacy = &config->pharmacies[0];
    assert_null(pharmacy->live_folder);
    assert_null(pharmacy->facilities);
    assert_string_equal(pharmacy->sending_application, "CorEMR");
    assert_string_equal(pharmacy->sending_facility, "");
    assert_string_equal(pharmacy->receiving_application, "");
    assert_string_equal(pharmacy->receiving_facility, "");
    assert_string_equal(pharmacy->file_pattern, "%Y%m%d%H%M%S_%N_%C.hl7");
    assert_int_equal(pharmacy->form.message, FORM_RDE);
    assert_int_equal(pharmacy->form.version, FORM_2_5_1);
    assert_memory_equal(&pharmacy->form.separators, &hl7_separators_suggested,
                        sizeof hl7_separators_suggested);
    assert_string_equal(pharmacy->form.line_end, "\r");
    assert_int_equal(pharmacy->form.character_set, FORM_UTF_8);
    assert_false(pharmacy->form.replaces);
    assert_false(form_place_is_set(&pharmacy->form.keep_on_person));
    assert_false(form_place_is_set(&pharmacy->form.container_type));
}

static void test_every_setting(void **state)
{
    struct scene *scene = *state;
    scene_load(
        scene,
        "<?xml version='1.0' encoding='UTF-8'?>\r\n"
        "<!-- all of it, in another order -->\r\n"
        "<corbridge>\r\n"
        "  <log megabytes='20' keep='7'/>\r\n"
        "  <pharmacy name='diamond' test-folder='@ROOT@/t' live-folder='@ROOT@/l' facilities=' vcso ,East '\r\n"
        "     sending-application='SA' sending-facility='SF' receiving-application='RA'\r\n"
        "     receiving-facility='R&amp;F' file-pattern='%N.hl7'/>\r\n"
        "  <feed name='jms-2' folder='  @ROOT@/in  ' authority='VC.JMS' order='strict' poll='5 s'>\r\n"
        "    <match pattern='DEM*.ini' format='jms-event' ready='closed' quiet='1500 ms' give-up='2 h'\r\n"
        "       size-limit='64KB' encoding='utf-16le' empty='clear' location-datatype='Move'/>\r\n"
        "    <match pattern='*' format='jms-event' ready='marker' marker-suffix='.done' quiet='2s'/>\r\n"
        "  </feed>\r\n"
        "  <facility code='VCSO' name='Valley' zone='US/Pacific'/>\r\n"
        "  <facility code='EAST' name='East Annex' zone='America/Denver'/>\r\n"
        "  <limits low-disk='2 GB'/>\r\n"
        "  @DATA@\r\n"
        "</corbridge>\r\n");
    /* quiet is too short for a polled folder; all else is right. */
    assert_int_equal(scene->faults.count, 1);
    assert_fault(
        scene, 0, 9,
        "feed 'jms-2', match 'DEM*.ini': quiet=\"1500 ms\" is too short for a folder that is polled: write at "
        "least 2 s");
    scene_load(
        scene,
        "<corbridge>\r\n"
        "  <log megabytes='20' keep='7'/>\r\n"
        "  <pharmacy name='diamond' test-folder='@ROOT@/t' live-folder='@ROOT@/l' facilities=' vcso ,East '\r\n"
        "     sending-application='SA' sending-facility='SF' receiving-application='RA'\r\n"
        "     receiving-facility='R&amp;F' file-pattern='%N.hl7' message='ORM' version='2.3.1' separators='#$*@&amp;'\r\n"
        "     line-end='CRLF' character-set='8859/1' other-characters='replace' keep-on-person='ZRX-3'\r\n"
        "     container-type='Z01-12'/>\r\n"
        "  <feed name='jms-2' folder='  @ROOT@/in  ' authority='VC.JMS' order='strict' poll='5 s'>\r\n"
        "    <match pattern='DEM*.ini' format='jms-event' ready='closed' quiet='2500 ms' give-up='2 h'\r\n"
        "       size-limit='64KB' encoding='utf-16le' empty='clear' location-datatype='Move'/>\r\n"
        "    <match pattern='*' format='jms-event' ready='marker' marker-suffix='.done' reopen='yes' waiting='2 h'\r\n"
        "       one-booking='close-earlier' hold-identity-change='yes' event-time='name:*_%H%M.ini'/>\r\n"
        "  </feed>\r\n"
        "  <facility code='VCSO' name='Valley' zone='US/Pacific'/>\r\n"
        "  <facility code='EAST' name='East Annex' zone='America/Denver'/>\r\n"
        "  <limits low-disk='2 GB'/>\r\n"
        "  @DATA@\r\n"
        "</corbridge>\r\n");
    assert_accepted(scene);
    const struct config *config = scene->config;
    assert_int_equal(config->log_megabytes, 20);
    assert_int_equal(config->log_keep, 7);
    assert_int_equal(config->low_disk_bytes, 2048 * MB);
    const struct config_feed *feed = config_feed_find(config, "jms-2");
    assert_non_null(feed);
    assert_null(config_feed_find(config, "jms"));
    char *in = path_join(scene->root, "in");
    assert_string_equal(feed->folder, in);
    free(in);
    assert_int_equal(feed->line, 8);
    assert_string_equal(feed->authority, "VC.JMS");
    assert_int_equal(feed->order, CONFIG_ORDER_STRICT);
    assert_int_equal(feed->poll_ms, 5000);
    assert_int_equal(feed->match_count, 2);
    assert_int_equal(feed->matches[0].ready, CONFIG_READY_CLOSED);
    assert_int_equal(feed->matches[0].quiet_ms, 2500);
    assert_int_equal(feed->matches[0].give_up_ms, 7200000);
    assert_int_equal(feed->matches[0].size_limit, 65536);
    assert_int_equal(feed->matches[0].encoding, ENCODING_UTF16LE);
    assert_true(feed->matches[0].empty_clears);
    assert_string_equal(feed->matches[0].datatype_location, "Move");
    assert_int_equal(feed->matches[1].ready, CONFIG_READY_MARKER);
    assert_string_equal(feed->matches[1].marker_suffix, ".done");
    assert_int_equal(feed->matches[1].quiet_ms, 2000); /* polled: raised in silence */
    assert_false(feed->matches[0].reopens || feed->matches[0].closes_earlier);
    assert_true(feed->matches[1].reopens);
    assert_true(feed->matches[1].closes_earlier);
    assert_true(feed->matches[1].holds_identity_change);
    assert_int_equal(feed->matches[1].waiting_ms, 2 * 3600 * 1000);
    assert_int_equal(feed->matches[1].event_time, CONFIG_EVENT_TIME_NAME);
    assert_string_equal(feed->matches[1].event_time_of, "*_%H%M.ini");
    const struct config_pharmacy *pharmacy = &config->pharmacies[0];
    assert_string_equal(pharmacy->facilities[0], "vcso");
    assert_string_equal(pharmacy->facilities[1], "East");
    assert_null(pharmacy->facilities[2]);
    assert_string_equal(pharmacy->sending_application, "SA");
    assert_string_equal(pharmacy->receiving_facility, "R&F");
    assert_string_equal(pharmacy->file_pattern, "%N.hl7");
    const struct form *form = &pharmacy->form;
    assert_int_equal(form->message, FORM_ORM);
    assert_int_equal(form->version, FORM_2_3_1);
    assert_memory_equal(&form->separators, "#$*@&", 5);
    assert_string_equal(form->line_end, "\r\n");
    assert_int_equal(form->character_set, FORM_8859_1);
    assert_true(form->replaces);
    assert_string_equal(form->keep_on_person.segment, "ZRX");
    assert_int_equal(form->keep_on_person.field, 3);
    assert_string_equal(form->container_type.segment, "Z01");
    assert_int_equal(form->container_type.field, 12);
    assert_string_equal(config->facilities[1].name, "East Annex");
    assert_string_equal(zone_name(config->facilities[0].zone), "US/Pacific");
}

static void test_rosters(void **state)
{
    struct scene *scene = *state;
    scene_load(scene,
               "<corbridge>@DATA@@FACILITY@<feed name='jms' folder='@ROOT@/in'>\n"
               "<match pattern='A*.csv' format='roster-csv'/>\n"
               "<match pattern='B*.csv' format='roster-csv' quiet='2 s' size-limit='100 MB' lag='0 s'\n"
               "  release='dates' empty='clear' reopen='yes' one-booking='close-earlier'\n"
               "  hold-identity-change='yes' event-time='name:*_%Y%m%d%H%M.csv'/>\n"
               "<match pattern='*' format='jms-event'/></feed></corbridge>");
    assert_accepted(scene);
    const struct config_match *match = scene->config->feeds[0].matches;
    assert_false(match[0].sync || match[0].preload || match[1].sync || match[2].sync);
    assert_int_equal(match[0].format, CONFIG_FORMAT_ROSTER_CSV);
    assert_int_equal(match[0].ready, CONFIG_READY_QUIET);
    assert_int_equal(match[0].quiet_ms, 5000);
    assert_int_equal(match[0].size_limit, 512 * MB);
    assert_int_equal(match[0].lag_ms, 15 * 60 * 1000);
    assert_int_equal(match[0].event_time, CONFIG_EVENT_TIME_DEFAULT);
    assert_int_equal(match[1].quiet_ms, 2000);
    assert_int_equal(match[1].size_limit, 100 * MB);
    assert_int_equal(match[1].lag_ms, 0);
    assert_int_equal(match[1].event_time, CONFIG_EVENT_TIME_NAME);
    assert_true(match[1].empty_clears && match[1].reopens && match[1].closes_earlier &&
                match[1].holds_identity_change);
    assert_int_equal(match[2].format, CONFIG_FORMAT_JMS_EVENT);
    assert_int_equal(match[2].quiet_ms, 1000);
    assert_int_equal(match[2].size_limit, MB);
    assert_true(config_format_has_rows(match[0].format));
    assert_false(config_format_has_rows(match[2].format));
    assert_string_equal(config_format_name(match[0].format), "roster-csv");
    assert_string_equal(config_format_name(match[2].format), "jms-event");
    scene_load(scene, "<corbridge>@DATA@@FACILITY@<feed name='jms' folder='@ROOT@/in'>\n"
                      "<match pattern='A*.csv' format='roster-csv' release='sync' preload='yes'/>\n"
                      "<match pattern='B*.csv' format='roster-csv' release='sync'/></feed></corbridge>");
    assert_accepted(scene);
    match = scene->config->feeds[0].matches;
    assert_true(match[0].sync && match[0].preload);
    assert_true(match[1].sync && !match[1].preload);
}

static void test_event_time(void **state)
{
    struct scene *scene = *state;
    static const struct {
        const char *value, *fault; /* NULL: accepted */
        enum config_event_time kind;
        const char *of;
    } cases[] = {
        {"arrival", NULL, CONFIG_EVENT_TIME_ARRIVAL, NULL},
        {"field:MoveDate", NULL, CONFIG_EVENT_TIME_FIELD, "MoveDate"},
        {"field:UpdatedAt", NULL, CONFIG_EVENT_TIME_FIELD, "UpdatedAt"},
        {"name:*_%Y%m%d%H%M%S.ini", NULL, CONFIG_EVENT_TIME_NAME, "*_%Y%m%d%H%M%S.ini"},
        {"field:LastName", "event-time cannot be taken from LastName, which holds no time", 0, NULL},
        {"field:BirthDate", "event-time cannot be taken from BirthDate, which holds no time", 0, NULL},
        {"name:*.ini", "event-time needs %H and %M in a name: the time of day", 0, NULL},
        {"name:%d_%H%M", "event-time needs all of %Y %m %d, or none of them when the names have no date", 0,
         NULL},
        {"name:%H%M%x", "event-time knows %Y %m %d %H %M %S in a name only", 0, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[600];
        (void)snprintf(text, sizeof text,
                       "<corbridge>@DATA@@FACILITY@<feed name='jms' folder='@ROOT@/in'>\n"
                       "<match pattern='*' format='jms-event' event-time='%s'/></feed></corbridge>",
                       cases[i].value);
        scene_load(scene, text);
        if (cases[i].fault != NULL) {
            (void)snprintf(text, sizeof text, "feed 'jms', match '*': %s", cases[i].fault);
            assert_fault(scene, 0, 2, text);
            continue;
        }
        assert_accepted(scene);
        const struct config_match *match = &scene->config->feeds[0].matches[0];
        assert_int_equal(match->event_time, cases[i].kind);
        if (cases[i].of == NULL)
            assert_null(match->event_time_of);
        else
            assert_string_equal(match->event_time_of, cases[i].of);
    }
}

static void test_finding(void **state)
{
    struct scene *scene = *state;
    scene_load(scene,
               "<corbridge>@DATA@@FACILITY@<feed name='jms' folder='@ROOT@/in'>"
               "<match pattern='DEM*.ini' format='jms-event'/><match pattern='*.INI' format='jms-event'/>"
               "</feed></corbridge>");
    assert_accepted(scene);
    const struct config_feed *feed = &scene->config->feeds[0];
    assert_ptr_equal(config_match_find(feed, "dem12345678_0400.INI"), &feed->matches[0]);
    assert_ptr_equal(config_match_find(feed, "LOC1.ini"), &feed->matches[1]);
    assert_null(config_match_find(feed, "roster.csv"));
    assert_ptr_equal(config_facility_find(scene->config, SLICE_LITERAL("  vcso ")),
                     &scene->config->facilities[0]);
    assert_null(config_facility_find(scene->config, SLICE_LITERAL("VCS")));
    assert_null(config_facility_find(scene->config, SLICE_EMPTY));
}

static void test_data_override(void **state)
{
    struct scene *scene = *state;
    static const char xml[] = "<corbridge>@FACILITY@@FEED@</corbridge>";
    scene_load(scene, xml);
    assert_fault(scene, 0, 1,
                 "there is no <data>: add for example <data folder=\"C:\\ProgramData\\CorBridge\"/>");
    char *path = path_join(scene->root, "corbridge.xml");
    char *data = path_join(scene->root, "elsewhere");
    char *inside = path_join(scene->root, "in");
    config_faults_release(&scene->faults);
    config_faults_init(&scene->faults);
    scene->config = config_load(path, data, &scene->faults);
    assert_accepted(scene);
    assert_string_equal(scene->config->data_folder, data);
    assert_string_equal(scene->config->path, path);
    assert_null(config_load(path, inside, &scene->faults)); /* it too must lie apart from the feeds */
    assert_int_equal(scene->faults.count, 1);
    free(inside);
    free(data);
    free(path);
}

/* ---- Bytes -------------------------------------------------------------------------------------------------------------- */

static void test_encodings(void **state)
{
    struct scene *scene = *state;
    static const char before[] =
        "<?xml version='1.0' encoding='ISO-8859-5'?><corbridge>@DATA@@FEED@<facility code='A' name='Pe";
    static const char after[] = "a' zone='America/Denver'/></corbridge>";
    char text[800];
    for (int windows = 0; windows < 2; windows++) {
        (void)snprintf(text, sizeof text, "%s%s%s%s", windows ? "" : "\xEF\xBB\xBF", before,
                       windows ? "\xF1" : "\xC3\xB1", after);
        scene_load(scene, text);
        assert_accepted(scene);
        assert_string_equal(scene->config->facilities[0].name, "Pe\xC3\xB1"
                                                               "a");
    }
    /* As Notepad saves "Unicode": UTF-16 with its mark. */
    char *expanded = scene_expand(scene, "<corbridge>\r\n@DATA@@FEED@@FACILITY@\r\n<wrong/></corbridge>");
    size_t length = strlen(expanded);
    char *wide = calloc(length + 1, 2);
    wide[0] = '\xFF';
    wide[1] = '\xFE';
    for (size_t i = 0; i < length; i++)
        wide[2 + 2 * i] = expanded[i];
    scene_load_bytes(scene, wide, 2 * length + 2);
    assert_int_equal(scene->faults.count, 1);
    assert_int_equal(scene->faults.items[0].line, 3);
    assert_non_null(strstr(scene->faults.items[0].text, "<wrong> is not known"));
    free(wide);
    free(expanded);
}

static void test_not_a_text_file(void **state)
{
    struct scene *scene = *state;
    static const char zeros[] = "<corbridge>\n\0</corbridge>";
    scene_load_bytes(scene, zeros, sizeof zeros - 1);
    assert_fault(scene, 0, 2, "not a text file: save it as UTF-8");
    char *big = malloc(2 * MB);
    memset(big, ' ', 2 * MB);
    scene_load_bytes(scene, big, 2 * MB);
    assert_string_equal(scene->faults.items[0].text,
                        "corbridge.xml: larger than 1 MB: this is no configuration of CorBridge");
    free(big);
}

static void test_no_file(void **state)
{
    struct scene *scene = *state;
    char *path = path_join(scene->root, "missing.xml");
    assert_null(config_load(path, NULL, &scene->faults));
    assert_int_equal(scene->faults.count, 1);
    assert_non_null(strstr(scene->faults.items[0].text, "missing.xml: cannot be read, error 2 ("));
    assert_non_null(strstr(scene->faults.items[0].text, "check the path and the rights of the file"));
    free(path);
}

static void test_nested_too_deep(void **state)
{
    struct scene *scene = *state;
    enum {
        DEPTH = 20000
    };
    char *text = malloc(DEPTH * 3 + 1);
    for (size_t i = 0; i < DEPTH; i++)
        memcpy(text + i * 3, "<a>", 3);
    scene_load_bytes(scene, text, DEPTH * 3);
    assert_int_equal(scene->faults.count, 1);
    free(text);
}

static void test_many_faults_end(void **state)
{
    struct scene *scene = *state;
    enum {
        COUNT = 1000
    };
    char *text = calloc(1, COUNT * 16 + 100);
    (void)snprintf(text, 100, "<corbridge>");
    for (size_t i = 0; i < COUNT; i++)
        memcpy(text + strlen(text), "\n<x/>", 6);
    memcpy(text + strlen(text), "</corbridge>", 13);
    scene_load(scene, text);
    assert_int_equal(scene->faults.count, 200);
    assert_int_equal(scene->faults.items[199].line, 201);
    free(text);
}

/* The schema that an editor is told of is not read, whatever it says. */
static void test_schema_hint_is_passed_over(void **state)
{
    struct scene *scene = *state;
    scene_load(
        scene,
        "<corbridge xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' "
        "xsi:noNamespaceSchemaLocation='http://example.invalid/other.xsd'>@DATA@@FACILITY@@FEED@</corbridge>");
    assert_accepted(scene);
}

static void test_lines_after_comments_and_long_tags(void **state)
{
    struct scene *scene = *state;
    scene_load(scene, "<?xml version='1.0'?>\n"
                      "<!-- <feed name='not this'\n"
                      "     folder='nor this'/> -->\n"
                      "<corbridge>\n"
                      "  @DATA@ <!-- > --> @FACILITY@\n"
                      "  <?editor <feed ?>\n"
                      "  <feed\n"
                      "     name = 'a>b'\n"
                      "     folder\n"
                      "       = 'rel/>ative'>\n"
                      "    <match pattern='*'\n"
                      "           format='jms-event'></match>\n"
                      "  </feed >\n"
                      "  <log keep='0'/>\n"
                      "</corbridge>\n");
    assert_int_equal(scene->faults.count, 3);
    assert_fault(
        scene, 0, 8,
        "feed: name=\"a>b\" is not a name of 1 to 32 small letters, digits and hyphens, such as \"jms\"");
    assert_int_equal(scene->faults.items[1].line, 9);
    assert_fault(scene, 2, 14, "log: keep=\"0\" is not a whole number from 1 to 1000");
}

/* ---- Drives and shares ---------------------------------------------------------------------------------------------------- */

#ifdef _WIN32
#define MAPPED "Z:\\mapped"
#else
#define MAPPED "/mapped"
#endif

static struct platform_status fake_resolve(const char *path, char **unc)
{
    if (strncmp(path, MAPPED, sizeof MAPPED - 1) != 0)
        return (struct platform_status){PLATFORM_NOT_FOUND, 0};
    *unc = strdup("\\\\jail\\interface\\in");
    return PLATFORM_SUCCESS;
}

static enum path_volume fake_kind(const char *path)
{
    if (strncmp(path, MAPPED, sizeof MAPPED - 1) == 0 || strstr(path, "far") != NULL)
        return PATH_VOLUME_REMOTE;
    return path[0] == 'Q' ? PATH_VOLUME_UNKNOWN : PATH_VOLUME_LOCAL;
}

static const struct config_machine FAKE = {fake_resolve, fake_kind};

static int real_machine(void **state)
{
    config_machine_set(NULL);
    return scene_tear_down(state);
}

static void test_mapped_letter_is_refused_with_its_share(void **state)
{
    struct scene *scene = *state;
    config_machine_set(&FAKE);
    scene_load(scene, "<corbridge>@DATA@@FACILITY@\n<feed name='jms' folder='" MAPPED "'>"
                      "<match pattern='*' format='jms-event'/></feed></corbridge>");
    assert_int_equal(scene->faults.count, 1);
    assert_fault(scene, 0, 2,
                 "feed 'jms': folder '" MAPPED
                 "' is a mapped drive letter, which a service does not have: write "
                 "\\\\jail\\interface\\in");
}

static void test_remote_folders(void **state)
{
    struct scene *scene = *state;
    config_machine_set(&FAKE);
    scene_load(scene,
               "<corbridge><data folder='@ROOT@/far'/>@FACILITY@\n<feed name='jms' folder='@ROOT@/far-in'>\n"
               "<match pattern='a' format='jms-event'/>\n<match pattern='b' format='jms-event' quiet='1 s'/>"
               "</feed></corbridge>");
    assert_int_equal(scene->faults.count, 2);
    assert_fault(
        scene, 0, 1,
        "data: folder '@ROOT@/far' is on another machine: the database needs a disk of this server; write for "
        "example C:\\ProgramData\\CorBridge");
    assert_fault(
        scene, 1, 4,
        "feed 'jms', match 'b': quiet=\"1 s\" is too short for a folder that is on another machine: write at "
        "least 2 s");
    scene_load(scene, "<corbridge>@DATA@@FACILITY@<feed name='jms' folder='@ROOT@/far-in'>"
                      "<match pattern='a' format='jms-event'/></feed></corbridge>");
    assert_accepted(scene);
    assert_int_equal(scene->config->feeds[0].matches[0].quiet_ms, 2000);
}

#ifdef _WIN32
static void test_unknown_drive(void **state)
{
    struct scene *scene = *state;
    config_machine_set(&FAKE);
    scene_load(scene, "<corbridge>@DATA@@FACILITY@\n<feed name='jms' folder='Q:\\in'>"
                      "<match pattern='*' format='jms-event'/></feed></corbridge>");
    assert_fault(
        scene, 0, 2,
        "feed 'jms': folder 'Q:\\in' is on a drive that this machine does not have: if the letter is mapped for "
        "some user, write the \\\\server\\share path behind it");
}

static void test_names_that_windows_would_change(void **state)
{
    struct scene *scene = *state;
    scene_load(scene, "<corbridge>@DATA@@FACILITY@\n<feed name='jms' folder='C:\\in.\\x'>"
                      "<match pattern='*' format='jms-event'/></feed>\n"
                      "<pharmacy name='a' test-folder='C:\\a?b'/></corbridge>");
    assert_int_equal(scene->faults.count, 2);
    assert_fault(
        scene, 0, 2,
        "feed 'jms': folder 'C:\\in.\\x' has a part that ends with a blank or a dot: write the plain full path");
    assert_fault(
        scene, 1, 3,
        "pharmacy 'a': test-folder 'C:\\a?b' holds one of < > \" | ? * : which no folder name has: write the plain "
        "full path");
}

static void test_case_of_folders_does_not_matter(void **state)
{
    struct scene *scene = *state;
    scene_load(scene, "<corbridge>@DATA@@FACILITY@@FEED@\n<feed name='two' folder='@ROOT@/IN'>"
                      "<match pattern='*' format='jms-event'/></feed></corbridge>");
    assert_int_equal(scene->faults.count, 1);
}
#else
static void link_folder(const struct scene *scene, const char *to, const char *name)
{
    char *target = path_join(scene->root, to);
    char *link = path_join(scene->root, name);
    assert_int_equal(symlink(target, link), 0);
    free(link);
    free(target);
}

/* Junctions and shares are to Windows what links are here: another text, the same folder. */
static void test_overlap_is_found_by_identity(void **state)
{
    struct scene *scene = *state;
    scene_make_folder(scene, "real/in/deep");
    link_folder(scene, "real/in", "same");
    link_folder(scene, "real/in/deep", "below");
    link_folder(scene, "real", "above");
    static const struct {
        const char *first, *second, *how;
    } cases[] = {
        {"real/in", "same", "is the same folder as"},
        {"real/in", "same/deep", "lies inside"},
        {"real/in", "below", "lies inside"}, /* only the resolved path goes through real/in */
        {"below", "real/in", "holds"},
        {"real/in", "above", "holds"},
        {"real/in", "above/in", "is the same folder as"},
        {"same/new", "real/in/new", "is the same folder as"}, /* neither is there yet */
        {"same/new/x", "above/in/new", "holds"},
        {"below/new", "above/in", "holds"},
        {"real/new", "above/other", NULL},
        {"real/in/deep", "real/in/deeper", NULL},
        {"real/new", "above/new2", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[600];
        (void)snprintf(
            text, sizeof text,
            "<corbridge>@DATA@@FACILITY@\n<feed name='a' folder='@ROOT@/%s'><match pattern='*' "
            "format='jms-event'/></feed>\n<pharmacy name='b' test-folder='@ROOT@/%s'/></corbridge>",
            cases[i].first, cases[i].second);
        scene_load(scene, text);
        if (cases[i].how == NULL) {
            assert_accepted(scene);
            continue;
        }
        (void)snprintf(
            text, sizeof text,
            "pharmacy 'b', test-folder: folder '@ROOT@/%s' %s '@ROOT@/%s' of feed 'a' in line 2: give each a "
            "folder of its own",
            cases[i].second, cases[i].how, cases[i].first);
        assert_int_equal(scene->faults.count, 1);
        assert_fault(scene, 0, 3, text);
    }
}
#endif

/* What overlaps are found by: the resolved path leads to the same folder. */
static void test_real_path(void **state)
{
    struct scene *scene = *state;
    char *real = NULL;
    struct file_identity first;
    struct file_identity second;
    assert_true(platform_ok(path_real(scene->root, &real)));
    assert_true(path_is_absolute(real));
    assert_null(strstr(real, "\\\\?\\"));
    assert_true(platform_ok(folder_identity(scene->root, &first)));
    assert_true(platform_ok(folder_identity(real, &second)));
    assert_true(file_identity_equal(&first, &second));
    free(real);
    char *missing = path_join(scene->root, "missing");
    assert_int_equal(path_real(missing, &real).kind, PLATFORM_NOT_FOUND);
    assert_null(real);
    free(missing);
}

/* A folder that is not there now is no fault: the feed is offline until it is. */
static void test_missing_folders_are_accepted(void **state)
{
    struct scene *scene = *state;
    scene_load(scene, "<corbridge>@DATA@@FACILITY@<feed name='jms' folder='@ROOT@/not/yet/here'>"
                      "<match pattern='*' format='jms-event'/></feed></corbridge>");
    assert_accepted(scene);
}

int main(void)
{
    test_main_init();
#define SCENE(test)   cmocka_unit_test_setup_teardown(test, scene_set_up, scene_tear_down)
#define MACHINE(test) cmocka_unit_test_setup_teardown(test, scene_set_up, real_machine)
    const struct CMUnitTest tests[] = {
        SCENE(test_every_faulty_file_is_told_line_and_remedy),
        SCENE(test_defaults),
        SCENE(test_every_setting),
        SCENE(test_rosters),
        SCENE(test_event_time),
        SCENE(test_finding),
        SCENE(test_data_override),
        SCENE(test_encodings),
        SCENE(test_not_a_text_file),
        SCENE(test_no_file),
        SCENE(test_nested_too_deep),
        SCENE(test_many_faults_end),
        SCENE(test_schema_hint_is_passed_over),
        SCENE(test_lines_after_comments_and_long_tags),
        MACHINE(test_mapped_letter_is_refused_with_its_share),
        MACHINE(test_remote_folders),
#ifdef _WIN32
        MACHINE(test_unknown_drive),
        SCENE(test_names_that_windows_would_change),
        SCENE(test_case_of_folders_does_not_matter),
#else
        SCENE(test_overlap_is_found_by_identity),
#endif
        SCENE(test_real_path),
        SCENE(test_missing_folders_are_accepted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
