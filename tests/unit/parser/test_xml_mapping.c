#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

#include <stdlib.h>
#include <string.h>

#include "parser/date_form.h"
#include "tests/unit/parser/parser_test.h"
#include "tests/unit/parser/xml_test.h"

static struct arena arena;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, 0);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

static void assert_refused(const char *text, const char *faults)
{
    char *found = xml_test_faults(text, &arena);
    assert_string_equal(found, faults);
    free(found);
}

/* What every good mapping of demographics has, but LastName. */
#define REST                                                                                                 \
    "<field name='PatientID' xpath='id'/><field name='FirstName' xpath='first'/>"                            \
    "<field name='BirthDate' xpath='born'/><field name='Sex' xpath='sex'/>"                                  \
    "<field name='Housing' xpath='unit'/><field name='Booking' xpath='number'/>"                             \
    "<field name='BookingDate' xpath='booked'/>"
#define HEAD "<mapping format-version='1' document='roster'><record path='/r/p' kind='demographics'/>"
#define ALL  REST "<field name='LastName' xpath='last'/>"

static void a_mapping_is_data(void **state)
{
    (void)state;
    const struct xml_mapping *mapping = xml_test_mapping("docs/mappings/niem-booking.xml", &arena);
    assert_int_equal(mapping->document, XML_ROSTER);
    assert_int_equal(mapping->namespaces.count, 3);
    assert_int_equal(mapping->record.count, 2);
    assert_slice(mapping->record.steps[1].name, "BookingReport");
    assert_slice(mapping->record.steps[1].uri, "http://example.org/jail/exchange/1.0");
    assert_non_null(xml_mapping_header(mapping, SLICE_LITERAL("Exported")));
    assert_null(xml_mapping_header(mapping, SLICE_LITERAL("exported")));
    assert_true(xml_mapping_makes(mapping, JMS_DEMOGRAPHICS));
    assert_false(xml_mapping_makes(mapping, JMS_LOCATION));
    assert_int_equal(mapping->fields[JMS_MIDDLE_NAME]->nodes, XML_NODES_JOIN);
    assert_slice(mapping->fields[JMS_MIDDLE_NAME]->separator, " ");
    assert_int_equal(mapping->fields[JMS_SEX]->map_count, 3);
    assert_null(mapping->fields[JMS_PHOTO_PATH]);
    mapping = xml_test_mapping("docs/mappings/booking-event.xml", &arena);
    assert_true(xml_mapping_makes(mapping, JMS_LOCATION) && xml_mapping_makes(mapping, JMS_DEMOGRAPHICS));
    assert_non_null(xml_mapping_extra(mapping, SLICE_LITERAL("EventTime")));
}

static void every_fault_with_its_line(void **state)
{
    (void)state;
    assert_refused(
        "<?xml version='1.0'?>\n"
        "<mapping format-version='2' document='rooster' color='red'>\n"
        "  <namespace prefix='a b' uri='urn:x'/>\n"
        "  <header name='LastName' path='/r/h'/>\n"
        "  <record path='//p' kind='demographics'/> text\n"
        "  <field name='Lastname' xpath='last'/>\n"
        "  <field name='LastName' xpath='../last'/>\n"
        "  <field name='FirstName' xpath='first['/>\n"
        "  <field name='FirstName' xpath='first'/>\n"
        "  <field name='Sex' xpath='sex'><map from='M' to='Mail'/><map from='m' to='Male'/></field>\n"
        "  <field name='BirthDate' xpath='born' date='MM/DD/YY'/>\n"
        "  <field name='Agency'/>\n"
        "  <field name='MoveDate' xpath='moved'/>\n"
        "  <field name='DataType' value='PatientDemographics'/>\n"
        "  <field name='Facility' header='Nowhere' separator=','/>\n"
        "  <fields/>\n"
        "</mapping>\n",
        "2: <mapping>: attribute color is not known; it takes format-version, document\n"
        "2: <mapping> takes no text: what is set stands in attributes\n"
        "2: <mapping>: format-version=\"2\" is not known: this version reads 1\n"
        "2: <mapping>: document=\"rooster\" is not \"roster\" or \"event\"\n"
        "3: <namespace>: prefix \"a b\" is no name\n"
        "4: <header>: the name \"LastName\" is that of a field or of another header\n"
        "5: <record>: path \"//p\" is not a path of plain names such as /Roster/Inmate\n"
        "5: <field name=\"PatientID\" …/> is missing: it is required\n"
        "5: <field name=\"Housing\" …/> is missing: it is required\n"
        "5: <field name=\"Booking\" …/> is missing: it is required\n"
        "5: <field name=\"BookingDate\" …/> is missing: it is required\n"
        "5: <field name=\"MoveDate\"> does not belong to this kind of record\n"
        "6: <field>: Lastname is not a field (LastName is meant?)\n"
        "7: <field>: xpath \"../last\" leaves the record: a path begins at the record and goes down; a value outside of the "
        "records is declared by <header> and used by header=\"…\"\n"
        "8: <field>: xpath \"first[\" is not an XPath 1.0 expression\n"
        "9: <field>: FirstName stands twice: take one out, or join both with | in one xpath\n"
        "10: \"Mail\" is no value for Sex: value is not one of the agreed codes; expected Male, Female or Unknown\n"
        "10: <map>: from=\"m\" stands twice in this field\n"
        "11: <field>: date=\"MM/DD/YY\" is made of YYYY, MM, MON, DD, HH, hh, mm, ss, AM and T, with anything that is no "
        "letter between them; years have four digits\n"
        "12: <field>: Agency needs one of xpath, header and value\n"
        "14: <field>: DataType is no field of a mapping: <record kind=\"…\"> says the kind\n"
        "15: <field>: separator is used with nodes=\"join\" only\n"
        "15: <field>: header \"Nowhere\" is declared by no <header>\n"
        "16: <fields> does not belong into <mapping>, which takes namespace, header, record, field, extra\n");
}

static void what_is_no_mapping(void **state)
{
    (void)state;
    assert_refused("<corbridge/>",
                   "1: the outermost element is <corbridge>: it must be <mapping>, without xmlns\n");
    assert_refused("<mapping xmlns='urn:x'/>",
                   "1: the outermost element is <mapping>: it must be <mapping>, without xmlns\n");
    assert_refused("<mapping>\n<record></mapping>",
                   "2: not well-formed XML; expected the end tag of the element that is open\n");
    assert_refused("<!DOCTYPE mapping [<!ENTITY a 'b'>]>\n<mapping>&a;</mapping>",
                   "1: a DOCTYPE is not read: take it out\n");
    assert_refused("text", "1: not well-formed XML; expected an element at the start of the document\n");
}

static void assert_xpath(const char *xpath, const char *fault)
{
    static const struct xml_namespace items[] = {{"v", "urn:vendor"}};
    static const struct xml_namespaces namespaces = {items, 1};
    const char *found = xml_xpath_fault(xpath, &namespaces);
    if ((found == NULL) != (fault == NULL) || (found != NULL && strncmp(found, fault, strlen(fault)) != 0))
        fail_msg("%s: %s", xpath, found != NULL ? found : "no fault");
}

static void a_path_stays_in_its_record(void **state)
{
    static const char *const good[] = {"a",
                                       "a/b",
                                       "@id",
                                       ".",
                                       "./a",
                                       ".//a",
                                       "a//b",
                                       "a[b/c]",
                                       "a[1]",
                                       "*",
                                       "a/*/b",
                                       "v:a/@v:b",
                                       "a|b",
                                       "self::a",
                                       "descendant::a",
                                       "text()",
                                       "a[2.5]",
                                       "'/..'",
                                       "\"//a\"",
                                       "concat(a,'-',b)",
                                       "a[not(@x)]",
                                       "following-sibling::b",
                                       "normalize-space(a)",
                                       "a[.='/x']",
                                       "substring(a, 1, 10)",
                                       "a - b",
                                       "a div b",
                                       "and",
                                       "or/and",
                                       "count(a) > 1",
                                       "(a | b)[1]",
                                       "a [ b ]/c",
                                       "-a"};
    static const char *const outward[] = {"/a",
                                          "//a",
                                          "..",
                                          "../a",
                                          "a/..",
                                          "a[/b]",
                                          "a | /b",
                                          "(/a)",
                                          "a[../b]",
                                          "parent::a",
                                          "a/parent::*",
                                          "ancestor::a",
                                          "ancestor-or-self::node()",
                                          "preceding::a",
                                          "following::a",
                                          "concat(/a, b)",
                                          "a = /b",
                                          "a and /b",
                                          "1 + /b",
                                          "a or //b"};
    static const char *const others[] = {"$a",   "document('x')", "id('x')", "current()",    "x:a",
                                         "@x:a", "a[x:b]",        "x:f()",   "namespace::a", "foo::a",
                                         "'a",   "lang('en')",    "v:f(1)"};
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_xpath(good[i], NULL);
    for (size_t i = 0; i < sizeof outward / sizeof outward[0]; i++)
        assert_xpath(outward[i], "leaves the record");
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        assert_xpath(others[i], "");
}

static void plain_paths(void **state)
{
    static const char *const wrong[] = {"",      "/",     "a",    "a/b",     "/a/",  "//a", "/a//b", "/a/*",
                                        "/a[1]", "/a/..", "/x:a", "/a/@b/c", "/a/@", "/ a", "/@a"};
    static const struct xml_namespaces none = {NULL, 0};
    struct xml_path path;
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        if (xml_path_read(wrong[i], true, &none, &arena, &path) == NULL)
            fail_msg("'%s' was taken for a path", wrong[i]);
    assert_null(xml_path_read("/a/b-c.d/@e", true, &none, &arena, &path));
    assert_int_equal(path.count, 2);
    assert_slice(path.steps[1].name, "b-c.d");
    assert_slice(path.attribute.name, "e");
    assert_non_null(xml_path_read("/a/@e", false, &none, &arena, &path));
}

static void rules_of_parts(void **state)
{
    (void)state;
    assert_refused(HEAD ALL "<record path='/r/q' kind='demographics'/></mapping>",
                   "1: <record> stands twice: a mapping has one kind of record\n");
    assert_refused(
        "<mapping format-version='1' document='roster'><record path='/r/p' kind='location'/>"
        "<field name='PatientID' xpath='a'/><field name='Booking' xpath='b'/><field name='Housing' xpath='c'/></mapping>",
        "1: <record>: the records of a roster are of kind=\"demographics\"\n");
    assert_refused(
        "<mapping format-version='1' document='event'><record path='/p'><kind xpath='@t'/></record>" ALL
        "</mapping>",
        "1: <kind> needs at least one <when value=\"…\" kind=\"…\"/>\n");
    assert_refused(HEAD ALL "<header name='h' path='/r/p/@x'/></mapping>",
                   "1: <header> \"h\" stands inside the records: make it a <field> or an <extra>\n");
    assert_refused(HEAD ALL "<header name='h' path='/r'/></mapping>",
                   "1: <header> \"h\" has the records inside: name an element or attribute before them\n");
    assert_refused(HEAD ALL "<extra name='x' xpath='y'/><extra name='x' xpath='z'/></mapping>",
                   "1: <extra>: the name \"x\" is that of a field, header or other extra\n");
    assert_refused(
        HEAD ALL "<field name='Height' value='tall'/></mapping>",
        "1: \"tall\" is no value for Height: value is not a whole number; expected whole inches from 10 to 107\n");
    assert_refused(HEAD ALL "<field name='Agency' xpath='a' date='YYYY-MM-DD'/></mapping>",
                   "1: <field>: Agency is no date: take date out\n");
    assert_refused(HEAD REST "</mapping>", "1: <field name=\"LastName\" …/> is missing: it is required\n");
}

/* ---- forms of dates ---- */

static void assert_date(const char *form, const char *text, const char *expected)
{
    char out[DATE_FORM_SIZE];
    assert_null(date_form_fault(form));
    enum fault_code code = date_form_rewrite(form, slice_of(text), true, out);
    assert_int_equal(code, expected == NULL ? FAULT_NOT_A_TIME : FAULT_NONE);
    if (expected != NULL)
        assert_string_equal(out, expected);
}

static void forms_of_dates(void **state)
{
    static const char *const wrong[] = {"",
                                        "YYYY",
                                        "YY-MM-DD",
                                        "DD.MM.YY",
                                        "YYYY-MM-DD HH",
                                        "YYYY-MM-DD hh:mm",
                                        "YYYY-MM-DD HH:mm AM",
                                        "YYYYMMDDYYYY",
                                        "YYYY-MM-MON-DD",
                                        "YYYY-MM-DD mm",
                                        "YYYY-MM-DDZ",
                                        "Day DD MM YYYY",
                                        "YYYY-MM-DD HH:mm hh AM"};
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        if (date_form_fault(wrong[i]) == NULL)
            fail_msg("'%s' was taken for a form", wrong[i]);
    assert_date("DD.MM.YYYY", "3.2.2001", "2001-02-03");
    assert_date("DD.MM.YYYY", "03.02.2001", "2001-02-03");
    assert_date("DD.MM.YYYY", "03.02.01", NULL);
    assert_date("DD.MM.YYYY", "03.02.2001 ", NULL);
    assert_date("DD.MM.YYYY", "003.02.2001", NULL);
    assert_date("DD.MM.YYYY", "", NULL);
    assert_date("DD-MON-YYYY", "3-feb-2001", "2001-02-03");
    assert_date("DD-MON-YYYY", "3-fex-2001", NULL);
    assert_date("MON DD, YYYY", "Dec 31, 1999", "1999-12-31");
    assert_date("YYYY-MM-DDTHH:mm:ss", "2001-02-03t04:05:06", "2001-02-03T04:05:06");
    assert_date("MM/DD/YYYY hh:mm AM", "2/3/2001 12:05 am", "2001-02-03T00:05:00");
    assert_date("MM/DD/YYYY hh:mm AM", "2/3/2001 12:05 PM", "2001-02-03T12:05:00");
    assert_date("MM/DD/YYYY hh:mm AM", "2/3/2001 1:05 PM", "2001-02-03T13:05:00");
    assert_date("MM/DD/YYYY hh:mm AM", "2/3/2001 13:05 PM", NULL);
    assert_date("MM/DD/YYYY hh:mm AM", "2/3/2001 0:05 PM", NULL);
    assert_date("YYYYMMDDHHmm", "200102030405", "2001-02-03T04:05:00");
    assert_date("YYYYMMDDHHmm", "20010203040", NULL);
    char out[DATE_FORM_SIZE];
    assert_int_equal(
        date_form_rewrite("YYYY-MM-DDTHH:mm:ss", SLICE_LITERAL("2001-02-03T04:05:06"), false, out),
        FAULT_NONE);
    assert_string_equal(out, "2001-02-03");
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_mapping_is_data, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_fault_with_its_line, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_no_mapping, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_path_stays_in_its_record, set_up, tear_down),
        cmocka_unit_test_setup_teardown(plain_paths, set_up, tear_down),
        cmocka_unit_test_setup_teardown(rules_of_parts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(forms_of_dates, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
