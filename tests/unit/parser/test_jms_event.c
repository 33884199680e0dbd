#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

#include "parser/jms_event.h"
#include "parser/limits.h"
#include "tests/unit/parser/parser_test.h"

#include <stdlib.h>
#include <string.h>

struct parsed {
    struct arena arena;
    struct fault_list faults;
    struct jms_event event;
    enum parse_status status;
    char *described; /* the faults */
};

static void parse_with(struct parsed *parsed, struct slice bytes, const struct jms_settings *settings)
{
    arena_init(&parsed->arena, 0);
    fault_list_init(&parsed->faults, &parsed->arena);
    parsed->status = jms_event_parse(bytes, settings, &parsed->arena, &parsed->faults, &parsed->event);
    parsed->described = describe_faults(&parsed->faults);
}

static void parse(struct parsed *parsed, struct slice bytes)
{
    struct jms_settings settings = jms_settings_default();
    parse_with(parsed, bytes, &settings);
}

static void release(struct parsed *parsed)
{
    free(parsed->described);
    arena_release(&parsed->arena);
}

static instant_us utc(const char *stored)
{
    instant_us instant;
    assert_true(datetime_parse_instant(slice_of(stored), &instant));
    return instant;
}

static const struct {
    enum jms_field field;
    const char *text;
} documented_values[] = {
    {JMS_DATATYPE, "PatientDemographics"},
    {JMS_PATIENT_ID, "P00012345"},
    {JMS_FACILITY, "VCSO"},
    {JMS_LAST_NAME, "DOE"},
    {JMS_FIRST_NAME, "JOHN"},
    {JMS_MIDDLE_NAME, "D"},
    {JMS_BIRTH_DATE, "1946-07-22"},
    {JMS_SSN, "333-22-4444"},
    {JMS_SEX, "Male"},
    {JMS_RACE, "White"},
    {JMS_HOUSING, "ISU"},
    {JMS_BED, "RLSE"},
    {JMS_BOOKING, "12345678"},
    {JMS_BOOKING_DATE, "2017-06-20T14:32:04"},
    {JMS_RELEASE_DATE, "2017-06-28T18:55:39"},
    {JMS_AGENCY, "ICE"},
    {JMS_PHOTO_PATH, "http://facility.co.us/photos/JA/P00012345.jpg"},
    {JMS_HEIGHT, "72"},
    {JMS_WEIGHT, "140"},
};

#define DOCUMENTED_COUNT (sizeof documented_values / sizeof documented_values[0])

static void test_the_documented_example(void **state)
{
    (void)state;
    struct slice bytes = load_fixture("DEM12345678_0400.ini");
    struct parsed parsed;
    parse(&parsed, bytes);
    assert_string_equal(parsed.described, "");
    assert_int_equal(parsed.status, PARSE_OK);
    assert_int_equal(parsed.event.kind, JMS_DEMOGRAPHICS);
    assert_int_equal(parsed.event.encoding, ENCODING_UTF8);
    assert_int_equal(parsed.event.extra_count, 0);
    for (size_t i = 0; i < DOCUMENTED_COUNT; i++) {
        const struct jms_value *value = &parsed.event.fields[documented_values[i].field];
        assert_int_equal(value->presence, JMS_GIVEN);
        assert_slice(value->text, documented_values[i].text);
        assert_int_equal(value->line, i + 1);
        assert_false(value->faulty);
    }
    assert_int_equal(parsed.event.fields[JMS_MOVE_DATE].presence, JMS_ABSENT);
    assert_int_equal(parsed.event.fields[JMS_HEIGHT].number, 72);
    assert_int_equal(parsed.event.fields[JMS_WEIGHT].number, 140);
    assert_int_equal(parsed.event.fields[JMS_BIRTH_DATE].time.year, 1946);
    assert_int_equal(datetime_as_utc(&parsed.event.fields[JMS_RELEASE_DATE].time),
                     utc("2017-06-28T18:55:39.000000Z"));
    assert_int_equal(jms_event_check(&parsed.event, utc("2017-06-28T20:00:00.000000Z"), &parsed.faults),
                     PARSE_OK);
    assert_int_equal(parsed.faults.count, 0);
    release(&parsed);
    free_fixture(bytes);
}

static void test_a_location_event(void **state)
{
    (void)state;
    struct slice bytes = load_fixture("LOC12345678_0330.ini");
    struct parsed parsed;
    parse(&parsed, bytes);
    assert_string_equal(parsed.described, "");
    assert_int_equal(parsed.status, PARSE_OK);
    assert_int_equal(parsed.event.kind, JMS_LOCATION);
    assert_slice(parsed.event.fields[JMS_DATATYPE].text, "PatientLocation");
    assert_slice(parsed.event.fields[JMS_PATIENT_ID].text, "P00012345");
    assert_slice(parsed.event.fields[JMS_BOOKING].text, "12345678");
    assert_slice(parsed.event.fields[JMS_FACILITY].text, "VCSO");
    assert_slice(parsed.event.fields[JMS_HOUSING].text, "MED");
    assert_slice(parsed.event.fields[JMS_BED].text, "4");
    assert_slice(parsed.event.fields[JMS_MOVE_DATE].text, "2017-06-21T08:15:00");
    release(&parsed);
    free_fixture(bytes);
}

static void test_every_encoding_gives_the_same_record(void **state)
{
    (void)state;
    static const struct {
        const char *file;
        enum encoding encoding;
    } files[] = {{"encoding-utf8.ini", ENCODING_UTF8},
                 {"encoding-utf8-mark.ini", ENCODING_UTF8},
                 {"encoding-utf16le-mark.ini", ENCODING_UTF16LE},
                 {"encoding-utf16be-mark.ini", ENCODING_UTF16BE},
                 {"encoding-windows1252.ini", ENCODING_WINDOWS1252}};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        struct slice bytes = load_fixture(files[i].file);
        struct parsed parsed;
        parse(&parsed, bytes);
        assert_string_equal(parsed.described, "");
        assert_int_equal(parsed.status, PARSE_OK);
        assert_int_equal(parsed.event.encoding, files[i].encoding);
        assert_slice(parsed.event.fields[JMS_LAST_NAME].text, "Mu\xC3\xB1oz");
        assert_slice(parsed.event.fields[JMS_FIRST_NAME].text, "Zo\xC3\xAB");
        assert_slice(parsed.event.fields[JMS_HOUSING].text, "\xC5\x92"
                                                            "d\xC3\xA8me 2\xE2\x80\x93"
                                                            "3");
        release(&parsed);
        free_fixture(bytes);
    }
}

/* All faults of a bad file at once, in the words that people read. */
static void test_all_faults_of_a_file(void **state)
{
    (void)state;
    struct slice bytes = load_fixture("faults.ini");
    struct slice expected = load_fixture("faults.txt");
    struct parsed parsed;
    parse(&parsed, bytes);
    char *formatted = format_faults(&parsed.faults);
    assert_int_equal(parsed.status, PARSE_INVALID);
    assert_int_equal(strlen(formatted), expected.len);
    assert_memory_equal(formatted, expected.ptr, expected.len);
    free(formatted);
    release(&parsed);
    free_fixture(expected);
    free_fixture(bytes);
}

/* The documented example or the location event, with the line of one field replaced (NULL: left out) and another added. */
static char *changed(const char *fixture, const char *name, const char *line, const char *added)
{
    struct slice bytes = load_fixture(fixture);
    char *text = calloc(1, bytes.len + 4096);
    assert_non_null(text);
    size_t length = 0;
    for (size_t at = 0; at < bytes.len;) {
        const char *start = bytes.ptr + at;
        const char *newline = memchr(start, '\n', bytes.len - at);
        assert_non_null(newline);
        size_t size = (size_t)(newline - start) + 1;
        bool replaced = name != NULL && strncmp(start, name, strlen(name)) == 0 && start[strlen(name)] == '=';
        const char *use = replaced ? line : start;
        if (use != NULL) {
            size_t use_size = replaced ? strlen(line) : size;
            memcpy(text + length, use, use_size);
            length += use_size;
            if (replaced)
                text[length++] = '\n';
        }
        at += size;
    }
    if (added != NULL)
        memcpy(text + length, added, strlen(added));
    free_fixture(bytes);
    return text;
}

static const char dem[] = "DEM12345678_0400.ini";
static const char loc[] = "LOC12345678_0330.ini";

#define X17       "12345678901234567"
#define E_ACUTE   "\xC3\xA9"
#define TEN(text) text text text text text text text text text text
#define ACUTE_17  TEN(E_ACUTE) E_ACUTE E_ACUTE E_ACUTE E_ACUTE E_ACUTE E_ACUTE E_ACUTE

struct value_case {
    const char *file;
    const char *name;
    const char *line;
    enum parse_status status;
    const char *faults;
    enum jms_presence presence;
    const char *text;
};

static void test_values(void **state)
{
    (void)state;
    static const struct value_case cases[] = {
        /* lengths: code points, after trimming; required: an error, optional: a warning and nothing taken */
        {dem, "PatientID", "PatientID=\"" X17 "\"", PARSE_OK, "", JMS_GIVEN, X17},
        {dem, "PatientID", "PatientID=\"" X17 "  \t\"", PARSE_OK, "", JMS_GIVEN, X17},
        {dem, "PatientID", "PatientID=\"  " X17 "\"", PARSE_OK, "", JMS_GIVEN, X17},
        {dem, "PatientID", "PatientID=\"" ACUTE_17 "\"", PARSE_OK, "", JMS_GIVEN, ACUTE_17},
        {dem, "PatientID", "PatientID=\"" ACUTE_17 "x\"", PARSE_INVALID, "error too-long 2 PatientID\n",
         JMS_ABSENT, ""},
        {dem, "PatientID", "PatientID=\"" X17 "8\"", PARSE_INVALID, "error too-long 2 PatientID\n",
         JMS_ABSENT, ""},
        {dem, "SSN", "SSN=\"333-22-44445\"", PARSE_OK, "warning too-long 8 SSN\n", JMS_ABSENT, ""},
        {dem, "SSN", "SSN=\"\"", PARSE_OK, "", JMS_EMPTY, ""},
        {dem, "SSN", "SSN=\" \t\"", PARSE_OK, "", JMS_EMPTY, ""},
        {dem, "SSN", NULL, PARSE_OK, "", JMS_ABSENT, ""},
        {dem, "LastName", "LastName=\"O\"\"Hara  Smith\"", PARSE_OK, "", JMS_GIVEN, "O\"Hara  Smith"},
        {dem, "LastName", "LastName=\"\"", PARSE_INVALID, "error required-empty 4 LastName\n", JMS_EMPTY, ""},
        {dem, "LastName", "LastName=\"  \"", PARSE_INVALID, "error required-empty 4 LastName\n", JMS_EMPTY,
         ""},
        {dem, "LastName", NULL, PARSE_INCOMPLETE, "error required-missing 0 LastName\n", JMS_ABSENT, ""},
        /* control characters */
        {dem, "LastName", "LastName=\"A\tB\"", PARSE_INVALID, "error control-character 4 LastName\n",
         JMS_ABSENT, ""},
        {dem, "LastName", "LastName=\"A\x7F\"", PARSE_INVALID, "error control-character 4 LastName\n",
         JMS_ABSENT, ""},
        {dem, "LastName", "LastName=\"A\xC2\x85\"", PARSE_INVALID, "error control-character 4 LastName\n",
         JMS_ABSENT, ""},
        {dem, "LastName",
         "LastName=\"A\xC2\xA0"
         "B\"",
         PARSE_OK, "", JMS_GIVEN,
         "A\xC2\xA0"
         "B"},
        {dem, "Agency", "Agency=\"\x01\"", PARSE_OK, "warning control-character 16 Agency\n", JMS_ABSENT, ""},
        /* dates */
        {dem, "BirthDate", "BirthDate=\"1946-07-22\"", PARSE_OK, "", JMS_GIVEN, "1946-07-22"},
        {dem, "BirthDate", "BirthDate=\"19460722\"", PARSE_OK, "", JMS_GIVEN, "1946-07-22"},
        {dem, "BirthDate", "BirthDate=\"02/30/1946\"", PARSE_INVALID,
         "error date-not-in-calendar 7 BirthDate\n", JMS_ABSENT, ""},
        {dem, "BirthDate", "BirthDate=\"07/22/46\"", PARSE_INVALID, "error year-two-digits 7 BirthDate\n",
         JMS_ABSENT, ""},
        {dem, "BirthDate", "BirthDate=\"1946-07-22 10:00\"", PARSE_INVALID, "error not-a-date 7 BirthDate\n",
         JMS_ABSENT, ""},
        {dem, "BirthDate", "BirthDate=\"7/22/1946\"", PARSE_INVALID, "error date-spreadsheet 7 BirthDate\n",
         JMS_ABSENT, ""},
        {dem, "ReleaseDate", "ReleaseDate=\"6/20/2017 14:32\"", PARSE_OK,
         "warning date-spreadsheet 15 ReleaseDate\n", JMS_ABSENT, ""},
        {dem, "BookingDate", "BookingDate=\"06/20/2017\"", PARSE_OK, "", JMS_GIVEN, "2017-06-20"},
        {dem, "BookingDate", "BookingDate=\"2017-06-20T24:00-07:00\"", PARSE_OK, "", JMS_GIVEN,
         "2017-06-21T00:00:00-07:00"},
        {dem, "BookingDate", "BookingDate=\"2017-06-20 2pm\"", PARSE_INVALID,
         "error not-a-time 14 BookingDate\n", JMS_ABSENT, ""},
        {dem, "ReleaseDate", "ReleaseDate=\"soon\"", PARSE_OK, "warning not-a-time 15 ReleaseDate\n",
         JMS_ABSENT, ""},
        {loc, "MoveDate", "MoveDate=\"2017-02-29\"", PARSE_OK, "warning date-not-in-calendar 7 MoveDate\n",
         JMS_ABSENT, ""},
        /* release and booking */
        {dem, "ReleaseDate", "ReleaseDate=\"2017-06-20 14:32:04\"", PARSE_OK, "", JMS_GIVEN,
         "2017-06-20T14:32:04"},
        {dem, "ReleaseDate", "ReleaseDate=\"2017-06-20 14:32:03\"", PARSE_INVALID,
         "error release-before-booking 15 ReleaseDate\n", JMS_GIVEN, "2017-06-20T14:32:03"},
        {dem, "ReleaseDate", "ReleaseDate=\"2017-06-20\"", PARSE_OK, "", JMS_GIVEN, "2017-06-20"},
        {dem, "ReleaseDate", "ReleaseDate=\"2017-06-19\"", PARSE_INVALID,
         "error release-before-booking 15 ReleaseDate\n", JMS_GIVEN, "2017-06-19"},
        {dem, "ReleaseDate", "ReleaseDate=\"2017-06-20T06:00Z\"", PARSE_OK, "", JMS_GIVEN,
         "2017-06-20T06:00:00Z"},
        {dem, "ReleaseDate", "ReleaseDate=\"2017-06-20T00:32Z\"", PARSE_INVALID,
         "error release-before-booking 15 ReleaseDate\n", JMS_GIVEN, "2017-06-20T00:32:00Z"},
        {dem, "ReleaseDate", "ReleaseDate=\"1900-01-01\"", PARSE_OK, "", JMS_GIVEN, "1900-01-01"},
        /* codes: any case, outer blanks; stored as documented */
        {dem, "Sex", "Sex=\" fEMALE \"", PARSE_OK, "", JMS_GIVEN, "Female"},
        {dem, "Sex", "Sex=\"unknown\"", PARSE_OK, "", JMS_GIVEN, "Unknown"},
        {dem, "Sex", "Sex=\"F\"", PARSE_INVALID, "error not-in-set 9 Sex\n", JMS_ABSENT, ""},
        {dem, "Race", "Race=\"black or african american\"", PARSE_OK, "", JMS_GIVEN,
         "Black or African American"},
        {dem, "Race", "Race=\"American Indian or Alaskan Native\"", PARSE_OK, "", JMS_GIVEN,
         "American Indian or Alaskan Native"},
        {dem, "Race", "Race=\"Native Hawaiian or Other Pacific Islander\"", PARSE_OK, "", JMS_GIVEN,
         "Native Hawaiian or Other Pacific Islander"},
        {dem, "Race", "Race=\"ASIAN\"", PARSE_OK, "", JMS_GIVEN, "Asian"},
        {dem, "Race", "Race=\"W\"", PARSE_OK, "warning not-in-set 10 Race\n", JMS_ABSENT, ""},
        /* numbers */
        {dem, "Height", "Height=\"10\"", PARSE_OK, "", JMS_GIVEN, "10"},
        {dem, "Height", "Height=\"107\"", PARSE_OK, "", JMS_GIVEN, "107"},
        {dem, "Height", "Height=\" 0072 \"", PARSE_OK, "", JMS_GIVEN, "72"},
        {dem, "Height", "Height=\"9\"", PARSE_OK, "warning out-of-range 18 Height\n", JMS_ABSENT, ""},
        {dem, "Height", "Height=\"108\"", PARSE_OK, "warning out-of-range 18 Height\n", JMS_ABSENT, ""},
        {dem, "Height", "Height=\"5'11\"\"\"", PARSE_OK, "warning not-a-number 18 Height\n", JMS_ABSENT, ""},
        {dem, "Height", "Height=\"72.5\"", PARSE_OK, "warning not-a-number 18 Height\n", JMS_ABSENT, ""},
        {dem, "Height", "Height=\"-\"", PARSE_OK, "warning not-a-number 18 Height\n", JMS_ABSENT, ""},
        {dem, "Height", "Height=\"-72\"", PARSE_OK, "warning out-of-range 18 Height\n", JMS_ABSENT, ""},
        {dem, "Height", "Height=\"99999999999999999999999999\"", PARSE_OK, "warning out-of-range 18 Height\n",
         JMS_ABSENT, ""},
        {dem, "Height", "Height=\"18446744073709551688\"", PARSE_OK, "warning out-of-range 18 Height\n",
         JMS_ABSENT, ""},
        {dem, "Weight", "Weight=\"1\"", PARSE_OK, "", JMS_GIVEN, "1"},
        {dem, "Weight", "Weight=\"1400\"", PARSE_OK, "", JMS_GIVEN, "1400"},
        {dem, "Weight", "Weight=\"0\"", PARSE_OK, "warning out-of-range 19 Weight\n", JMS_ABSENT, ""},
        {dem, "Weight", "Weight=\"1401\"", PARSE_OK, "warning out-of-range 19 Weight\n", JMS_ABSENT, ""},
        /* DataType */
        {dem, "DataType", "DataType=\" patientdemographics\"", PARSE_OK, "", JMS_GIVEN,
         "PatientDemographics"},
        {loc, "DataType", "DataType=\"PATIENTLOCATION\"", PARSE_OK, "", JMS_GIVEN, "PatientLocation"},
        {dem, "DataType", "DataType=\"PatientDemographic\"", PARSE_INVALID,
         "error datatype-unknown 1 DataType\n", JMS_GIVEN, ""},
        {dem, "DataType", "DataType=\"\"", PARSE_INVALID, "error required-empty 1 DataType\n", JMS_EMPTY, ""},
        {dem, "DataType", NULL, PARSE_INCOMPLETE, "error required-missing 0 DataType\n", JMS_ABSENT, ""},
        /* what a location event requires */
        {loc, "Facility", NULL, PARSE_OK, "", JMS_ABSENT, ""},
        {loc, "Bed", NULL, PARSE_OK, "", JMS_ABSENT, ""},
        {loc, "MoveDate", NULL, PARSE_OK, "", JMS_ABSENT, ""},
        {loc, "PatientID", NULL, PARSE_INCOMPLETE, "error required-missing 0 PatientID\n", JMS_ABSENT, ""},
        {loc, "Booking", NULL, PARSE_INCOMPLETE, "error required-missing 0 Booking\n", JMS_ABSENT, ""},
        {loc, "Housing", NULL, PARSE_INCOMPLETE, "error required-missing 0 Housing\n", JMS_ABSENT, ""},
        {loc, "Housing", "Housing=\"\"", PARSE_INVALID, "error required-empty 5 Housing\n", JMS_EMPTY, ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct value_case *c = &cases[i];
        char *text = changed(c->file, c->name, c->line, NULL);
        struct parsed parsed;
        parse(&parsed, slice_of(text));
        if (parsed.status != c->status || strcmp(parsed.described, c->faults) != 0)
            fail_msg("%s without or with %s: status %d, faults:\n%s", c->name, c->line, (int)parsed.status,
                     parsed.described);
        const struct jms_value *value = &parsed.event.fields[jms_field_find(slice_of(c->name))];
        assert_int_equal(value->presence, c->presence);
        assert_slice(value->text, c->text);
        assert_int_equal(value->faulty, c->presence == JMS_ABSENT && c->line != NULL);
        release(&parsed);
        free(text);
    }
}

static void test_all_that_is_required_is_missed(void **state)
{
    (void)state;
    struct parsed parsed;
    parse(&parsed, SLICE_LITERAL("DataType=\"PatientDemographics\"\n"));
    assert_int_equal(parsed.status, PARSE_INCOMPLETE);
    assert_string_equal(parsed.described,
                        "error required-missing 0 PatientID\nerror required-missing 0 Facility\n"
                        "error required-missing 0 LastName\nerror required-missing 0 FirstName\n"
                        "error required-missing 0 BirthDate\nerror required-missing 0 Sex\n"
                        "error required-missing 0 Housing\nerror required-missing 0 Booking\n"
                        "error required-missing 0 BookingDate\n");
    release(&parsed);
    /* Without its kind only what every event requires is asked of it. */
    parse(&parsed,
          SLICE_LITERAL("DataType=\"Other\"\nMoveDate=\"2017-06-20\"\nLastName=\"DOE\"\nHeight=\"x\"\n"));
    assert_int_equal(parsed.status, PARSE_INVALID);
    assert_string_equal(parsed.described,
                        "error required-missing 0 PatientID\nerror required-missing 0 Housing\n"
                        "error required-missing 0 Booking\nerror datatype-unknown 1 DataType\n"
                        "warning not-a-number 4 Height\n");
    assert_string_equal(parsed.faults.items[3].expected, "PatientDemographics or PatientLocation");
    release(&parsed);
    parse(&parsed, SLICE_EMPTY);
    assert_int_equal(parsed.status, PARSE_INCOMPLETE);
    assert_int_equal(parsed.faults.items[0].code, FAULT_FILE_EMPTY);
    release(&parsed);
}

static void test_names(void **state)
{
    (void)state;
    static const struct {
        const char *file;
        const char *name, *line, *added;
        enum parse_status status;
        const char *faults;
        size_t extras;
    } cases[] = {
        /* unknown names are kept and never told */
        {dem, NULL, NULL, "Nickname=\"JD\"\n", PARSE_OK, "warning name-unknown 20\n", 1},
        {dem, NULL, NULL, "Nickname=\"JD\"\nNickname=\"J\"\n", PARSE_OK,
         "warning name-unknown 20\nwarning name-unknown 21\n", 2},
        {dem, NULL, NULL, "MoveDate=\"x\"\n", PARSE_OK, "warning name-unknown 20 MoveDate\n", 1},
        {loc, NULL, NULL, "LastName=\"DOE\"\nSex=\"?\"\n", PARSE_OK,
         "warning name-unknown 8 LastName\nwarning name-unknown 9 Sex\n", 2},
        /* another case is another name */
        {dem, "LastName", "lastname=\"DOE\"", NULL, PARSE_INCOMPLETE,
         "error required-missing 0 LastName\nwarning name-other-case 4 LastName\n", 1},
        {dem, "SSN", "Ssn=\"333-22-4444\"", NULL, PARSE_OK, "warning name-other-case 8 SSN\n", 1},
        {dem, NULL, NULL, "LASTNAME=\"DOE\"\n", PARSE_OK, "warning name-other-case 20 LastName\n", 1},
        /* twice */
        {dem, NULL, NULL, "LastName=\"DOE\"\n", PARSE_OK, "warning name-twice-same 20 LastName\n", 0},
        {dem, NULL, NULL, "LastName=\"DOE \"\n", PARSE_OK, "warning name-twice-same 20 LastName\n", 0},
        {dem, NULL, NULL, "LastName=\"ROE\"\n", PARSE_INVALID, "error name-twice-different 20 LastName\n", 0},
        {dem, NULL, NULL, "SSN=\"\"\n", PARSE_INVALID, "error name-twice-different 20 SSN\n", 0},
        {dem, NULL, NULL, "DataType=\"PatientLocation\"\n", PARSE_INVALID,
         "error name-twice-different 20 DataType\n", 0},
        /* faults of form name the field that stands there, and it is not missing as well */
        {dem, "LastName", "LastName=\"DO\"E\"", NULL, PARSE_INVALID, "error quote-not-doubled 4 LastName\n",
         0},
        {dem, "LastName", "LastName = \"DOE\"", NULL, PARSE_INVALID, "error blank-around-name 4 LastName\n",
         0},
        {dem, "DataType", "DataType=PatientDemographics", NULL, PARSE_INVALID,
         "error value-not-quoted 1 DataType\n", 0},
        {dem, NULL, NULL, "Smith=DOE\n", PARSE_INVALID, "error value-not-quoted 20\n", 0},
        {dem, NULL, NULL, "Weigh", PARSE_INCOMPLETE, "error last-line-cut 20\n", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *text = changed(cases[i].file, cases[i].name, cases[i].line, cases[i].added);
        struct parsed parsed;
        parse(&parsed, slice_of(text));
        if (parsed.status != cases[i].status || strcmp(parsed.described, cases[i].faults) != 0)
            fail_msg("case %lu: status %d, faults:\n%s", (unsigned long)i, (int)parsed.status,
                     parsed.described);
        assert_int_equal(parsed.event.extra_count, cases[i].extras);
        release(&parsed);
        free(text);
    }
    struct parsed parsed;
    char *text = changed(dem, NULL, NULL, "Nick=\" JD\"\nOther=\"\"\n");
    parse(&parsed, slice_of(text));
    assert_slice(parsed.event.extras[0].name, "Nick");
    assert_slice(parsed.event.extras[0].value, " JD");
    assert_int_equal(parsed.event.extras[0].line, 20);
    assert_slice(parsed.event.extras[1].name, "Other");
    release(&parsed);
    free(text);
    text = changed(dem, "SSN", "ssn=\"333-22-4444\"", NULL);
    parse(&parsed, slice_of(text));
    assert_string_equal(parsed.faults.items[0].expected, "SSN");
    release(&parsed);
    free(text);
}

static void test_order_of_the_fields_is_free(void **state)
{
    (void)state;
    struct slice bytes = load_fixture(dem);
    char *text = calloc(1, bytes.len + 1);
    assert_non_null(text);
    /* The lines from the last to the first */
    size_t length = 0;
    for (size_t end = bytes.len; end > 0;) {
        size_t start = end - 2;
        while (start > 0 && bytes.ptr[start - 1] != '\n')
            start--;
        memcpy(text + length, bytes.ptr + start, end - start);
        length += end - start;
        end = start;
    }
    struct parsed parsed;
    parse(&parsed, slice_of(text));
    assert_int_equal(parsed.status, PARSE_OK);
    for (size_t i = 0; i < DOCUMENTED_COUNT; i++)
        assert_slice(parsed.event.fields[documented_values[i].field].text, documented_values[i].text);
    release(&parsed);
    free(text);
    free_fixture(bytes);
}

static void test_settings(void **state)
{
    (void)state;
    struct jms_settings settings = jms_settings_default();
    struct parsed parsed;
    /* A single-facility installation */
    settings.facility_required = false;
    char *text = changed(dem, "Facility", NULL, NULL);
    parse_with(&parsed, slice_of(text), &settings);
    assert_int_equal(parsed.status, PARSE_OK);
    release(&parsed);
    parse(&parsed, slice_of(text));
    assert_string_equal(parsed.described, "error required-missing 0 Facility\n");
    assert_int_equal(parsed.status, PARSE_INCOMPLETE);
    release(&parsed);
    free(text);
    text = changed(dem, "Facility", "Facility=\"" X17 X17 "\"", NULL);
    parse_with(&parsed, slice_of(text), &settings);
    assert_string_equal(parsed.described, "warning too-long 3 Facility\n");
    release(&parsed);
    parse(&parsed, slice_of(text));
    assert_string_equal(parsed.described, "error too-long 3 Facility\n");
    release(&parsed);
    free(text);
    /* Another name of the location event */
    settings = jms_settings_default();
    settings.datatype_location = SLICE_LITERAL("Move");
    text = changed(loc, "DataType", "DataType=\"move\"", NULL);
    parse_with(&parsed, slice_of(text), &settings);
    assert_int_equal(parsed.status, PARSE_OK);
    assert_int_equal(parsed.event.kind, JMS_LOCATION);
    assert_slice(parsed.event.fields[JMS_DATATYPE].text, "Move");
    release(&parsed);
    parse(&parsed, slice_of(text));
    assert_string_equal(parsed.described, "error datatype-unknown 1 DataType\n");
    release(&parsed);
    free(text);
    /* A named encoding */
    settings = jms_settings_default();
    settings.encoding = ENCODING_UTF8;
    struct slice bytes = load_fixture("encoding-windows1252.ini");
    parse_with(&parsed, bytes, &settings);
    assert_int_equal(parsed.status, PARSE_INVALID);
    assert_string_equal(parsed.described,
                        "error encoding-invalid 4\nerror encoding-invalid 5\nerror encoding-invalid 11\n");
    release(&parsed);
    free_fixture(bytes);
}

static void test_limit(void **state)
{
    (void)state;
    size_t size = LIMIT_EVENT_FILE_BYTES + 1;
    char *text = malloc(size);
    assert_non_null(text);
    memset(text, '\n', size);
    struct parsed parsed;
    parse(&parsed, slice_from(text, size));
    assert_int_equal(parsed.status, PARSE_LIMIT);
    assert_string_equal(parsed.described, "error file-too-large 0\n");
    release(&parsed);
    free(text);
}

static void test_checks_that_need_arrival(void **state)
{
    (void)state;
    static const struct value_case cases[] = {
        /* arrival is 2017-07-01T12:00Z */
        {dem, "BirthDate", "BirthDate=\"1850-01-01\"", PARSE_OK, "", JMS_GIVEN, "1850-01-01"},
        {dem, "BirthDate", "BirthDate=\"1849-12-31\"", PARSE_INVALID, "error out-of-range 7 BirthDate\n",
         JMS_ABSENT, ""},
        {dem, "BirthDate", "BirthDate=\"1900-01-01\"", PARSE_OK, "", JMS_GIVEN, "1900-01-01"},
        {dem, "BirthDate", "BirthDate=\"2017-07-02\"", PARSE_OK, "", JMS_GIVEN, "2017-07-02"},
        {dem, "BirthDate", "BirthDate=\"2017-07-03\"", PARSE_INVALID, "error out-of-range 7 BirthDate\n",
         JMS_ABSENT, ""},
        {dem, "BookingDate", "BookingDate=\"1950-01-01\"", PARSE_OK, "", JMS_GIVEN, "1950-01-01"},
        {dem, "BookingDate", "BookingDate=\"1949-12-31 23:59\"", PARSE_INVALID,
         "error out-of-range 14 BookingDate\n", JMS_ABSENT, ""},
        {dem, "BookingDate", "BookingDate=\"1900-01-01\"", PARSE_INVALID,
         "error out-of-range 14 BookingDate\n", JMS_ABSENT, ""},
        {dem, "ReleaseDate", "ReleaseDate=\"1900-01-01\"", PARSE_OK,
         "warning date-stands-for-none 15 ReleaseDate\n", JMS_ABSENT, ""},
        {dem, "ReleaseDate", "ReleaseDate=\"01/01/1900 00:00:00\"", PARSE_OK,
         "warning date-stands-for-none 15 ReleaseDate\n", JMS_ABSENT, ""},
        {dem, "ReleaseDate", "ReleaseDate=\"1900-01-02\"", PARSE_OK, "warning out-of-range 15 ReleaseDate\n",
         JMS_ABSENT, ""},
        {dem, "ReleaseDate", "ReleaseDate=\"2100-12-31 23:59:59\"", PARSE_OK, "", JMS_GIVEN,
         "2100-12-31T23:59:59"},
        {dem, "ReleaseDate", "ReleaseDate=\"2101-01-01\"", PARSE_OK, "warning out-of-range 15 ReleaseDate\n",
         JMS_ABSENT, ""},
        {loc, "MoveDate", "MoveDate=\"1900-01-01\"", PARSE_OK, "warning date-stands-for-none 7 MoveDate\n",
         JMS_ABSENT, ""},
        {loc, "MoveDate", "MoveDate=\"2101-01-01\"", PARSE_OK, "warning out-of-range 7 MoveDate\n",
         JMS_ABSENT, ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct value_case *c = &cases[i];
        char *text = changed(c->file, c->name, c->line, NULL);
        struct parsed parsed;
        parse(&parsed, slice_of(text));
        assert_int_equal(parsed.status, PARSE_OK);
        enum parse_status status =
            jms_event_check(&parsed.event, utc("2017-07-01T12:00:00.000000Z"), &parsed.faults);
        char *faults = describe_faults(&parsed.faults);
        if (status != c->status || strcmp(faults, c->faults) != 0)
            fail_msg("%s: status %d, faults:\n%s", c->line, (int)status, faults);
        const struct jms_value *value = &parsed.event.fields[jms_field_find(slice_of(c->name))];
        assert_int_equal(value->presence, c->presence);
        assert_slice(value->text, c->text);
        free(faults);
        release(&parsed);
        free(text);
    }
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_documented_example),
        cmocka_unit_test(test_a_location_event),
        cmocka_unit_test(test_every_encoding_gives_the_same_record),
        cmocka_unit_test(test_all_faults_of_a_file),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_all_that_is_required_is_missed),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_order_of_the_fields_is_free),
        cmocka_unit_test(test_settings),
        cmocka_unit_test(test_limit),
        cmocka_unit_test(test_checks_that_need_arrival),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
