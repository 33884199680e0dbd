#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/parser/parser_test.h"
#include "tests/unit/parser/xml_test.h"

/* One field of each sort; what a test needs stands in its document. */
#define FIELDS                                                                                               \
    "<field name='PatientID' xpath='id'/><field name='LastName' xpath='last'/>"                              \
    "<field name='FirstName' xpath='first'/><field name='BirthDate' xpath='born'/>"                          \
    "<field name='Sex' xpath='sex'><map from='M' to='Male'/></field><field name='Housing' xpath='unit'/>"    \
    "<field name='Booking' xpath='number'/><field name='BookingDate' xpath='booked'/>"                       \
    "<field name='Bed' xpath='bed'/>"
#define ROSTER                                                                                               \
    "<mapping format-version='1' document='roster'><record path='/r/p' kind='demographics'/>" FIELDS         \
    "</mapping>"
#define EVENT                                                                                                \
    "<mapping format-version='1' document='event'><record path='/p' kind='demographics'/>" FIELDS "</mapping>"
#define PERSON                                                                                               \
    "<id>1</id><last>Doe</last><first>Jo</first><born>1990-01-02</born><sex>m</sex><unit>A</unit>"           \
    "<number>B1</number><booked>2020-01-02T03:04</booked>"

static struct arena arena;
static struct jms_settings settings;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, 0);
    settings = jms_settings_default();
    settings.facility_required = false;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

/* One event; its faults as text, freed by the caller. */
static enum parse_status parse_event(struct slice bytes, const struct xml_mapping *mapping,
                                     struct jms_event *event, char **faults)
{
    struct fault_list list;
    fault_list_init(&list, &arena);
    enum parse_status status = xml_event_parse(bytes, mapping, &settings, &arena, &list, event);
    if (faults != NULL)
        *faults = describe_faults(&list);
    return status;
}

static void assert_event(const char *document, const char *mapping, enum parse_status expected,
                         const char *faults)
{
    struct jms_event event;
    char *found;
    enum parse_status status =
        parse_event(slice_of(document), xml_test_mapping_of(mapping, &arena), &event, &found);
    assert_string_equal(found, faults);
    assert_int_equal(status, expected);
    free(found);
}

/* ---- the shipped mappings ---- */

#define assert_field(event, field, expected) assert_slice((event).fields[field].text, expected)

static void a_nested_booking(void **state)
{
    (void)state;
    const struct xml_mapping *mapping = xml_test_mapping("docs/mappings/booking-event.xml", &arena);
    struct slice bytes = xml_test_load("tests/fixtures/jms-xml/booking-event.xml");
    struct jms_event event;
    char *faults;
    assert_int_equal(parse_event(bytes, mapping, &event, &faults), PARSE_OK);
    free_fixture(bytes); /* the event borrows nothing from it */
    assert_string_equal(faults, "");
    free(faults);
    assert_int_equal(event.kind, JMS_DEMOGRAPHICS);
    assert_field(event, JMS_DATATYPE, "PatientDemographics");
    assert_field(event, JMS_PATIENT_ID, "P00012345");
    assert_field(event, JMS_LAST_NAME, "Nguyễn");
    assert_field(event, JMS_FIRST_NAME, "Van");
    assert_field(event, JMS_MIDDLE_NAME, "Minh Duc");
    assert_field(event, JMS_BIRTH_DATE, "1946-07-22");
    assert_field(event, JMS_SEX, "Male");
    assert_field(event, JMS_RACE, "White");
    assert_field(event, JMS_HOUSING, "ISU");
    assert_field(event, JMS_BED, "02");
    assert_field(event, JMS_BOOKING, "12345678");
    assert_field(event, JMS_BOOKING_DATE, "2017-06-20T14:32:04");
    assert_field(event, JMS_AGENCY, "Marshal & Co");
    assert_field(event, JMS_PHOTO_PATH, "photos/P00012345.jpg");
    assert_int_equal(event.fields[JMS_HEIGHT].number, 72);
    assert_int_equal(event.fields[JMS_WEIGHT].presence, JMS_ABSENT);    /* it is in kilograms */
    assert_int_equal(event.fields[JMS_MOVE_DATE].presence, JMS_ABSENT); /* not of this kind */
    assert_int_equal(event.fields[JMS_LAST_NAME].line, 5);
    assert_int_equal(event.fields[JMS_BED].line, 15);
    assert_int_equal(event.extra_count, 1);
    assert_slice(event.extras[0].name, "EventTime");
    assert_slice(event.extras[0].value, "2026-11-23T04:12:09-06:00");
}

static void a_nested_move(void **state)
{
    (void)state;
    const struct xml_mapping *mapping = xml_test_mapping("docs/mappings/booking-event.xml", &arena);
    struct slice bytes = xml_test_load("tests/fixtures/jms-xml/move-event.xml");
    struct jms_event event;
    char *faults;
    assert_int_equal(parse_event(bytes, mapping, &event, &faults), PARSE_OK);
    free_fixture(bytes);
    assert_string_equal(faults, "");
    free(faults);
    assert_int_equal(event.kind, JMS_LOCATION);
    assert_field(event, JMS_DATATYPE, "PatientLocation");
    assert_field(event, JMS_HOUSING, "B2");
    assert_field(event, JMS_MOVE_DATE, "2026-11-23T06:00:00-06:00");
    assert_int_equal(event.fields[JMS_LAST_NAME].presence, JMS_ABSENT);
}

/* A roster, read to its end: what each record came to, one line each. */
static char *read_roster(struct slice bytes, const struct xml_mapping *mapping, size_t chunk, uint32_t skip)
{
    struct xml_test_feed feed = {bytes, chunk};
    struct xml_reader *reader = xml_reader_open(mapping, &settings, xml_test_read, &feed);
    char *text = calloc(1 << 16, 1);
    size_t used = 0;
    enum xml_got got;
    assert_non_null(reader);
    assert_true(xml_reader_skip(reader, skip));
    for (;;) {
        struct xml_record record;
        struct fault_list faults;
        fault_list_init(&faults, &arena);
        got = xml_reader_next(reader, &arena, &faults, &record);
        char *words = describe_faults(&faults);
        if (got == XML_RECORD)
            used += (size_t)snprintf(
                text + used, 65536 - used, "row %u line %u status %d at %lu+%lu: %.*s, %.*s %.*s\n%s",
                (unsigned)record.row, (unsigned)record.line, (int)record.status, (unsigned long)record.offset,
                (unsigned long)record.bytes.len, (int)record.booking.len, record.booking.ptr,
                (int)record.event.fields[JMS_LAST_NAME].text.len, record.event.fields[JMS_LAST_NAME].text.ptr,
                (int)record.event.fields[JMS_BIRTH_DATE].text.len,
                record.event.fields[JMS_BIRTH_DATE].text.ptr, words);
        else if (got == XML_FAILED)
            used += (size_t)snprintf(text + used, 65536 - used, "failed %d\n%s",
                                     (int)xml_reader_status(reader), words);
        free(words);
        assert_true(used < 65536);
        if (got != XML_RECORD)
            break;
        assert_true(record.bytes.len > 0 && record.bytes.ptr[0] == '<' &&
                    record.bytes.ptr[record.bytes.len - 1] == '>');
    }
    xml_reader_close(reader);
    return text;
}

static enum parse_status survey_roster(struct slice bytes, const struct xml_mapping *mapping,
                                       struct xml_survey *survey, char **faults)
{
    struct slice rest = bytes;
    struct fault_list list;
    fault_list_init(&list, &arena);
    enum parse_status status =
        xml_survey_document(mapping, ENCODING_AUTO, xml_read_slice, &rest, &arena, &list, survey);
    *faults = describe_faults(&list);
    return status;
}

static void a_flat_roster(void **state)
{
    (void)state;
    const struct xml_mapping *mapping = xml_test_mapping("docs/mappings/flat-roster.xml", &arena);
    struct slice bytes = xml_test_load("tests/fixtures/jms-xml/flat-roster.xml");
    struct xml_survey survey;
    char *faults;
    settings.facility_required = true;
    assert_int_equal(survey_roster(bytes, mapping, &survey, &faults), PARSE_OK);
    assert_string_equal(faults, "");
    free(faults);
    assert_int_equal(survey.records, 3);
    assert_slice(survey.headers[0], "2026-11-23T05:00:00");
    assert_slice(survey.headers[1], "VCSO");
    assert_int_equal(survey.header_lines[1], 2);

    char *rows = read_roster(bytes, mapping, 0, 0);
    assert_string_equal(rows, "row 1 line 4 status 0 at 138+368: 2018060612341, Smith 1995-08-20\n"
                              "row 2 line 13 status 0 at 510+305: 2018060612342, Muñoz 1980-01-02\n"
                              "row 3 line 22 status 1 at 819+220: 2018060612343, O'Brien \n"
                              "error required-missing 22 Housing\n"
                              "error date-not-in-calendar 25 BirthDate\n"
                              "error xml-not-mapped 26 Sex\n");
    for (size_t chunk = 1; chunk < 300; chunk += chunk < 20 ? 1 : 37) {
        char *again = read_roster(bytes, mapping, chunk, 0);
        assert_string_equal(again, rows);
        free(again);
    }
    char *last = read_roster(bytes, mapping, 0, 2);
    assert_string_equal(last, strstr(rows, "row 3"));
    free(last);
    free(rows);
    free_fixture(bytes);
}

static void a_niem_document(void **state)
{
    (void)state;
    const struct xml_mapping *mapping = xml_test_mapping("docs/mappings/niem-booking.xml", &arena);
    struct slice bytes = xml_test_load("tests/fixtures/jms-xml/niem-booking.xml");
    struct slice rest = bytes;
    struct fault_list faults;
    struct xml_record record;
    struct xml_reader *reader = xml_reader_open(mapping, &settings, xml_read_slice, &rest);
    fault_list_init(&faults, &arena);
    assert_int_equal(xml_reader_next(reader, &arena, &faults, &record), XML_RECORD);
    char *words = describe_faults(&faults);
    assert_string_equal(words, "");
    free(words);
    assert_int_equal(record.status, PARSE_OK);
    assert_field(record.event, JMS_PATIENT_ID, "770011");
    assert_field(record.event, JMS_LAST_NAME, "Deer Creek");
    assert_field(record.event, JMS_MIDDLE_NAME, "Ada Lou");
    assert_field(record.event, JMS_RACE, "American Indian or Alaskan Native");
    assert_field(record.event, JMS_HOUSING, "North Wing");
    assert_field(record.event, JMS_BOOKING_DATE, "2026-11-22T22:15:00-07:00");
    assert_int_equal(record.event.fields[JMS_SSN].presence, JMS_EMPTY); /* xsi:nil */
    assert_int_equal(record.event.fields[JMS_HEIGHT].number, 66);

    /* The extract of a wrong one is a document that the same mapping reads, header and all. */
    assert_int_equal(xml_reader_next(reader, &arena, &faults, &record), XML_RECORD);
    assert_int_equal(record.status, PARSE_INVALID);
    struct xml_survey survey;
    assert_int_equal(survey_roster(record.extract, mapping, &survey, &words), PARSE_OK);
    assert_int_equal(survey.records, 1);
    assert_slice(survey.headers[0], "2026-11-23T05:00:00Z");
    free(words);
    assert_non_null(
        strstr(record.extract.ptr, "<core:PersonSurName>Roe</core:PersonSurName></core:PersonName>\n"));
    xml_reader_close(reader);
    free_fixture(bytes);
}

/* ---- documents ---- */

static void every_prefix_is_incomplete(void **state)
{
    static const char *const cases[][2] = {
        {"docs/mappings/booking-event.xml", "tests/fixtures/jms-xml/booking-event.xml"},
        {"docs/mappings/flat-roster.xml", "tests/fixtures/jms-xml/flat-roster.xml"},
        {"docs/mappings/niem-booking.xml", "tests/fixtures/jms-xml/niem-booking.xml"},
    };
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct slice bytes = xml_test_load(cases[i][1]);
        size_t whole = bytes.len;
        while (bytes.ptr[whole - 1] != '>')
            whole--;
        for (size_t length = 0; length <= bytes.len; length++) {
            /* In memory of its own, so that a step beyond its end is seen. */
            char *part = malloc(length + 1);
            memcpy(part, bytes.ptr, length);
            struct slice rest = slice_from(part, length);
            arena_reset(&arena);
            const struct xml_mapping *mapping = xml_test_mapping(cases[i][0], &arena);
            struct xml_survey survey;
            struct jms_event event;
            char *faults;
            enum parse_status status = i == 0 ? parse_event(rest, mapping, &event, &faults)
                                              : survey_roster(rest, mapping, &survey, &faults);
            if ((status == PARSE_OK) != (length >= whole) || (length < whole && status != PARSE_INCOMPLETE))
                fail_msg("%s, %zu bytes: status %d, %s", cases[i][1], length, (int)status, faults);
            assert_int_equal(xml_ends_whole(ENCODING_AUTO, xml_read_slice, &rest), length >= whole);
            free(faults);
            free(part);
        }
        free_fixture(bytes);
    }
}

static void what_is_no_document(void **state)
{
    static const struct {
        const char *document;
        enum parse_status status;
        const char *faults;
    } cases[] = {
        {"", PARSE_INCOMPLETE, "error file-empty 0\n"},
        {"\n \n", PARSE_INCOMPLETE, "error xml-cut 3\n"},
        {"DataType=\"PatientDemographics\"\n", PARSE_INVALID, "error xml-malformed 1\n"},
        {"<p>" PERSON "</q>", PARSE_INVALID, "error xml-malformed 1\n"},
        {"<p>" PERSON "</p><p/>", PARSE_INVALID, "error xml-malformed 1\n"},
        {"<p>" PERSON "</p>\ntext", PARSE_INVALID, "error xml-malformed 2\n"},
        {"<p>\n<last>Smith & Sons</last>\n</p>\n", PARSE_INVALID, "error xml-malformed 2\n"},
        {"<p>\n<last>Smith & Sons</last>;\n</p>\n", PARSE_INVALID, "error xml-malformed 2\n"},
        {"<p a='1' a='2'/>", PARSE_INVALID, "error xml-malformed 1\n"},
        {"<p a=\"x><last/>\n</p>", PARSE_INVALID, "error xml-malformed 1\n"},
        {"<p>&nbsp;</p>", PARSE_INVALID, "error xml-malformed 1\n"},
        {"<p>&#7;</p>", PARSE_INVALID, "error xml-malformed 1\n"},
        {"<p>\n\x01</p>", PARSE_INVALID, "error xml-malformed 2\n"},
        {"<x:p/>", PARSE_INVALID, "error xml-malformed 1\n"},
        {"<p>" PERSON "<!-- ", PARSE_INCOMPLETE, "error xml-cut 1\n"},
        {"<p>" PERSON "<![CDATA[ <p> ", PARSE_INCOMPLETE, "error xml-cut 1\n"},
        {"<?xml version='1.0'?>\n<!DOCTYPE p>\n<p>" PERSON "</p>", PARSE_INVALID, "error xml-doctype 2\n"},
        {"<!DOCTYPE p SYSTEM 'file:///etc/passwd'>\n<p>" PERSON "</p>", PARSE_INVALID,
         "error xml-doctype 1\n"},
        {"<!DOCTYPE l [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;'><!ENTITY c '&b;&b;'>]>\n<p>&c;</p>",
         PARSE_INVALID, "error xml-doctype 1\n"},
        {"<?xml version='1.0' encoding='EBCDIC-CP-US'?><p/>", PARSE_INVALID, "error xml-encoding 1\n"},
        {"<?xml version='1.0' encoding='utf-8'?>\n<p>\xf1</p>", PARSE_INVALID, "error encoding-invalid 2\n"},
        {"<q>" PERSON "</q>", PARSE_INVALID, "error xml-no-record 0\n"},
        {"<p xmlns='urn:x'>" PERSON "</p>", PARSE_INVALID, "error xml-namespace 0\n"},
        {"<p>" PERSON "</p>", PARSE_OK, ""},
        {"<p>" PERSON "</p>\r\n<!-- > <p> -->\n<?pi?>", PARSE_OK, ""},
        {"<p xml:id='1 2' xml:lang='?'>" PERSON
         "<x xml:id='a'/><x xml:id='a' xml:space='z' xmlns:r='relative'/></p>",
         PARSE_OK, ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_event(cases[i].document, EVENT, cases[i].status, cases[i].faults);
}

/* What RULES "Small questions" says of values holds here, too. */
static void values(void **state)
{
    static const struct {
        const char *document;
        enum parse_status status;
        const char *faults;
    } cases[] = {
        {"<p/>", PARSE_INVALID,
         "error required-missing 1 PatientID\nerror required-missing 1 LastName\nerror required-missing 1 FirstName\n"
         "error required-missing 1 BirthDate\nerror required-missing 1 Sex\nerror required-missing 1 Housing\n"
         "error required-missing 1 Booking\nerror required-missing 1 BookingDate\n"},
        {"<p>" PERSON "<id>2</id></p>", PARSE_INVALID, "error xml-several-nodes 1 PatientID\n"},
        {"<p>" PERSON "\n<bed>1</bed>\n<bed>2</bed></p>", PARSE_OK, "warning xml-several-nodes 2 Bed\n"},
        {"<p>" PERSON "<bed>a\nb</bed></p>", PARSE_OK, "warning control-character 1 Bed\n"},
        {"<p>" PERSON "<bed>\n  \t</bed></p>", PARSE_OK, ""},
        {"<p><last> </last>" PERSON "</p>", PARSE_INVALID, "error xml-several-nodes 1 LastName\n"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_event(cases[i].document, EVENT, cases[i].status, cases[i].faults);
}

static void one_event_a_document(void **state)
{
    (void)state;
    static const char mapping[] = "<mapping format-version='1' document='event'>"
                                  "<record path='/r/p' kind='demographics'/>" FIELDS "</mapping>";
    assert_event("<r><p>" PERSON "</p></r>", mapping, PARSE_OK, "");
    assert_event("<r><p>" PERSON "</p><p>" PERSON "</p></r>", mapping, PARSE_INVALID,
                 "error xml-second-record 0\n");
    assert_event("<r><p>" PERSON "</p><p>", mapping, PARSE_INCOMPLETE, "error xml-cut 1\n");
    assert_event("<r><p>" PERSON "</p><p></q></r>", mapping, PARSE_INVALID, "error xml-malformed 1\n");
    assert_event("<r><o><p>" PERSON "</p></o></r>", mapping, PARSE_INVALID, "error xml-no-record 0\n");
}

static void encodings(void **state)
{
    (void)state;
    static const char head[] = "<?xml version='1.0' encoding='UTF-16'?>\n<p><bed>7</bed>" PERSON "</p>\n";
    static const enum encoding wide[] = {ENCODING_UTF16LE, ENCODING_UTF16BE};
    const struct xml_mapping *mapping = xml_test_mapping_of(EVENT, &arena);
    struct jms_event event;
    for (size_t i = 0; i < 4; i++) {
        struct slice bytes = as_encoding(SLICE_LITERAL(head), wide[i % 2]);
        struct slice mark = i < 2 ? SLICE_EMPTY : encoding_mark(wide[i % 2]);
        char *whole = malloc(bytes.len + 2);
        if (mark.len > 0)
            memcpy(whole, mark.ptr, mark.len);
        memcpy(whole + mark.len, bytes.ptr, bytes.len);
        assert_int_equal(parse_event(slice_from(whole, mark.len + bytes.len), mapping, &event, NULL),
                         PARSE_OK);
        assert_field(event, JMS_BED, "7");
        assert_int_equal(event.encoding, wide[i % 2]);
        assert_int_equal(parse_event(slice_from(whole, mark.len + bytes.len - 3), mapping, &event, NULL),
                         PARSE_INCOMPLETE);
        free(whole);
        free_fixture(bytes);
    }
    static const char *const western[] = {"Windows-1252", "iso-8859-1", "ISO-8859-1"};
    for (size_t i = 0; i < 3; i++) {
        char document[1000];
        (void)snprintf(document, sizeof document,
                       "<?xml version=\"1.0\" encoding = '%s'?><p>" PERSON "<bed>\x80\xf1</bed></p>",
                       western[i]);
        assert_int_equal(parse_event(slice_of(document), mapping, &event, NULL), PARSE_OK);
        assert_field(event, JMS_BED, "€ñ");
    }
    /* The match rule may name it, against the declaration. */
    settings.encoding = ENCODING_WINDOWS1252;
    assert_int_equal(
        parse_event(SLICE_LITERAL("<?xml version='1.0' encoding='UTF-8'?><p>" PERSON "<bed>\xf1</bed></p>"),
                    mapping, &event, NULL),
        PARSE_OK);
    assert_field(event, JMS_BED, "ñ");
}

/* ---- rosters ---- */

static void assert_survey(const char *document, const char *mapping, enum parse_status expected,
                          uint32_t records, const char *faults)
{
    struct xml_survey survey;
    char *found;
    enum parse_status status =
        survey_roster(slice_of(document), xml_test_mapping_of(mapping, &arena), &survey, &found);
    assert_string_equal(found, faults);
    assert_int_equal(status, expected);
    assert_int_equal(survey.records, records);
    free(found);
}

static void surveys(void **state)
{
    (void)state;
    assert_survey("<r/>", ROSTER, PARSE_OK, 0, "");
    assert_survey("<r><p/><p></p><q><p/></q><p>></p></r>", ROSTER, PARSE_OK, 3, "");
    assert_survey("<r><p><p/></p><!-- <p/> --><![CDATA[<p/>]]><p a='>'/></r>", ROSTER, PARSE_OK, 2, "");
    assert_survey("<r>\n<p/><p/>\n</x>", ROSTER, PARSE_INVALID, 2, "error xml-malformed 3\n");
    assert_survey("<r>\n<p/><p/>\n", ROSTER, PARSE_INCOMPLETE, 2, "error xml-cut 3\n");
    assert_survey("<r xmlns='urn:other'><p/></r>", ROSTER, PARSE_INVALID, 0, "error xml-namespace 0\n");
}

static void headers(void **state)
{
    (void)state;
    static const char mapping[] =
        "<mapping format-version='1' document='roster'><header name='at' path='/r/head/at' date='DD.MM.YYYY HH:mm'/>"
        "<header name='version' path='/r/@v'/><record path='/r/list/p' kind='demographics'/>" FIELDS
        "</mapping>";
    struct xml_survey survey;
    char *faults;
    const struct xml_mapping *loaded = xml_test_mapping_of(mapping, &arena);
    assert_int_equal(
        survey_roster(
            SLICE_LITERAL(
                "<r v=' 1 '><head><x/><at> 5.11.2026 <!-- --> 07:30</at></head><list><p/></list></r>"),
            loaded, &survey, &faults),
        PARSE_OK);
    free(faults);
    assert_slice(survey.headers[0], ""); /* two blanks are not of that form */
    assert_slice(survey.headers[1], "1");
    assert_int_equal(survey_roster(SLICE_LITERAL("<r><head><at>5.11.2026 07:30</at></head><list/></r>"),
                                   loaded, &survey, &faults),
                     PARSE_OK);
    free(faults);
    assert_slice(survey.headers[0], "2026-11-05T07:30:00");
    assert_null(survey.headers[1].ptr);
    assert_survey("<r><head><at>1</at><at>1</at></head><list><p/></list><head><at>1</at></head></r>", mapping,
                  PARSE_OK, 1, "");
    assert_survey("<r>\n<head><at>1</at></head><list><p/></list>\n<head><at>2</at></head></r>", mapping,
                  PARSE_INVALID, 1, "error xml-header-twice 3 at\n");
    assert_survey("<r><list><p/></list>\n<head><at>2</at></head></r>", mapping, PARSE_INVALID, 1,
                  "error xml-header-late 2 at\n");
}

/* A document made while it is read. */
struct made {
    const char *head, *each, *tail;
    size_t count; /* of `each` */
    size_t at;    /* in the present part */
    size_t given; /* whole parts */
};

static size_t read_made(void *context, void *buffer, size_t size)
{
    struct made *made = context;
    char *out = buffer;
    size_t used = 0;
    while (used < size && made->given < made->count + 2) {
        const char *part = made->given == 0             ? made->head
                           : made->given <= made->count ? made->each
                                                        : made->tail;
        struct slice rest = slice_after(slice_of(part), made->at);
        size_t count = rest.len < size - used ? rest.len : size - used;
        memcpy(out + used, rest.ptr, count);
        used += count;
        made->at += count;
        if (count == rest.len) {
            made->given++;
            made->at = 0;
        }
    }
    return used;
}

static enum parse_status survey_made(struct made made, uint32_t *records, char **faults)
{
    struct fault_list list;
    struct xml_survey survey;
    fault_list_init(&list, &arena);
    enum parse_status status = xml_survey_document(xml_test_mapping_of(ROSTER, &arena), ENCODING_AUTO,
                                                   read_made, &made, &arena, &list, &survey);
    *faults = describe_faults(&list);
    *records = survey.records;
    return status;
}

/* What would fill memory is told before it does. */
static void what_is_too_much(void **state)
{
    (void)state;
    static const struct {
        struct made made;
        enum parse_status status;
        const char *fault;
    } cases[] = {
        {{.head = "<r>", .each = "<a>", .tail = "", .count = 1000000}, PARSE_LIMIT, "error xml-too-deep 1\n"},
        {{.head = "<r><p>", .each = "<a>text</a>", .tail = "</p></r>", .count = 1000000},
         PARSE_LIMIT,
         "error xml-record-too-large 1\n"},
        {{.head = "<r><p>", .each = "0123456789", .tail = "</p></r>", .count = 1000000},
         PARSE_LIMIT,
         "error xml-record-too-large 1\n"},
        {{.head = "<r><p a='", .each = "0123456789", .tail = "'/></r>", .count = 1000000},
         PARSE_LIMIT,
         "error xml-record-too-large 1\n"},
        {{.head = "<r><!-- ", .each = "0123456789", .tail = "--></r>", .count = 1000000},
         PARSE_LIMIT,
         "error xml-record-too-large 1\n"},
        {{.head = "<!DOCTYPE r [", .each = "<!ENTITY a 'aaaaaaaaaa'>", .tail = "]><r/>", .count = 1000000},
         PARSE_INVALID,
         "error xml-doctype 1\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *faults;
        uint32_t records;
        assert_int_equal(survey_made(cases[i].made, &records, &faults), cases[i].status);
        assert_string_equal(faults, cases[i].fault);
        free(faults);
    }
}

/* 20,000 records with an arena for one; what is not asked for takes no memory. */
static void a_long_roster(void **state)
{
    (void)state;
    struct made made = {.head = "<r>\n",
                        .each = "<p>" PERSON "<photo>iVBORw0KGgo=</photo></p>\n<other><p/>text</other>",
                        .tail = "</r>",
                        .count = 20000};
    const struct xml_mapping *mapping = xml_test_mapping_of(ROSTER, &arena);
    struct arena small;
    struct fault_list faults;
    struct xml_record record;
    struct xml_reader *reader = xml_reader_open(mapping, &settings, read_made, &made);
    arena_init(&small, 16 * 1024);
    uint32_t count = 0;
    enum xml_got got;
    do {
        arena_reset(&small);
        fault_list_init(&faults, &small);
        got = xml_reader_next(reader, &small, &faults, &record);
        if (got == XML_RECORD) {
            count++;
            assert_int_equal(record.status, PARSE_OK);
            assert_int_equal(record.row, count);
            assert_int_equal(record.line, count + 1);
        }
    } while (got == XML_RECORD);
    assert_int_equal(got, XML_END);
    assert_int_equal(count, 20000);
    xml_reader_close(reader);
    arena_release(&small);
}

/* An expression that looks at each pair of nodes ends at its limit. */
static void an_expression_that_costs_too_much(void **state)
{
    (void)state;
    char *text = calloc(1, 2000 * 8 + 2000);
    size_t used = (size_t)snprintf(text, 1000, "<p>" PERSON);
    for (size_t i = 0; i < 2000; i++)
        used += (size_t)snprintf(text + used, 32, "<a>x</a>");
    (void)snprintf(text + used, 32, "</p>");
    assert_event(
        text,
        "<mapping format-version='1' document='event'><record path='/p' kind='demographics'/>" FIELDS
        "<field name='Agency' xpath='count(a[count(following-sibling::a[. = \"x\"]) &gt; 5000])'/></mapping>",
        PARSE_OK, "warning xml-expression 1 Agency\n");
    free(text);
}

/* A kind that no <when> has: nothing else is said of the record. */
static void a_kind_that_is_not_known(void **state)
{
    (void)state;
    struct jms_event event;
    char *faults;
    const struct xml_mapping *mapping = xml_test_mapping("docs/mappings/booking-event.xml", &arena);
    assert_int_equal(parse_event(SLICE_LITERAL("<JailEvent type='VISIT'/>"), mapping, &event, &faults),
                     PARSE_INVALID);
    assert_string_equal(faults, "error datatype-unknown 1 DataType\n");
    free(faults);
    assert_int_equal(parse_event(SLICE_LITERAL("<JailEvent/>"), mapping, &event, &faults), PARSE_INVALID);
    assert_string_equal(faults, "error datatype-unknown 1 DataType\n");
    free(faults);
}

/* Memory that ends at every possible byte: the same answer, or none. */
static void when_memory_ends(void **state)
{
    (void)state;
    const struct xml_mapping *mapping = xml_test_mapping("docs/mappings/booking-event.xml", &arena);
    struct slice bytes = xml_test_load("tests/fixtures/jms-xml/booking-event.xml");
    enum parse_status status = PARSE_NO_MEMORY;
    size_t refused = 0;
    for (size_t limit = 1; status == PARSE_NO_MEMORY; limit++) {
        struct arena small;
        struct fault_list faults;
        struct jms_event event;
        arena_init(&small, limit);
        fault_list_init(&faults, &small);
        status = xml_event_parse(bytes, mapping, &settings, &small, &faults, &event);
        if (status == PARSE_NO_MEMORY)
            refused++;
        else
            assert_int_equal(status, PARSE_OK);
        arena_release(&small);
    }
    assert_in_range(refused, 100, 20000);
    free_fixture(bytes);
}

/* A match rule that names another encoding means its files: an extract has a mark. */
static void an_extract_is_read_whatever_the_rule_names(void **state)
{
    (void)state;
    const struct xml_mapping *mapping = xml_test_mapping_of(ROSTER, &arena);
    struct slice rest = SLICE_LITERAL("<r><p><last>Mu\xF1oz</last></p></r>");
    settings.encoding = ENCODING_WINDOWS1252;
    for (int round = 0; round < 2; round++) {
        struct xml_record record;
        struct fault_list faults;
        fault_list_init(&faults, &arena);
        struct xml_reader *reader = xml_reader_open(mapping, &settings, xml_read_slice, &rest);
        assert_int_equal(xml_reader_next(reader, &arena, &faults, &record), XML_RECORD);
        assert_field(record.event, JMS_LAST_NAME, "Muñoz");
        rest = record.extract;
        xml_reader_close(reader);
    }
}

static size_t read_nothing(void *context, void *buffer, size_t size)
{
    (void)context;
    (void)buffer;
    (void)size;
    return XML_READ_FAILED;
}

static void a_file_that_cannot_be_read(void **state)
{
    (void)state;
    struct fault_list faults;
    struct xml_survey survey;
    fault_list_init(&faults, &arena);
    assert_int_equal(xml_survey_document(xml_test_mapping_of(ROSTER, &arena), ENCODING_AUTO, read_nothing,
                                         NULL, &arena, &faults, &survey),
                     PARSE_NO_MEMORY);
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_nested_booking, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_nested_move, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_flat_roster, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_niem_document, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_prefix_is_incomplete, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_no_document, set_up, tear_down),
        cmocka_unit_test_setup_teardown(values, set_up, tear_down),
        cmocka_unit_test_setup_teardown(one_event_a_document, set_up, tear_down),
        cmocka_unit_test_setup_teardown(encodings, set_up, tear_down),
        cmocka_unit_test_setup_teardown(surveys, set_up, tear_down),
        cmocka_unit_test_setup_teardown(headers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_too_much, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_long_roster, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_expression_that_costs_too_much, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_kind_that_is_not_known, set_up, tear_down),
        cmocka_unit_test_setup_teardown(when_memory_ends, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_extract_is_read_whatever_the_rule_names, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_file_that_cannot_be_read, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
