#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

#include "parser/jms_field.h"
#include "tests/unit/parser/parser_test.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* CorEMR's table as its document has it, written down a second time: name, type, length, who requires it. */
static void test_the_table_is_coremrs(void **state)
{
    (void)state;
    static const struct {
        enum jms_field field;
        const char *name;
        enum jms_type type;
        uint32_t length;
        const char *required; /* D: by demographics, L: by location */
        const char *allowed;
    } documented[] = {
        {JMS_DATATYPE, "DataType", JMS_STRING, 0, "DL", "DL"},
        {JMS_PATIENT_ID, "PatientID", JMS_STRING, 17, "DL", "DL"},
        {JMS_FACILITY, "Facility", JMS_STRING, 32, "D", "DL"},
        {JMS_LAST_NAME, "LastName", JMS_STRING, 255, "D", "D"},
        {JMS_FIRST_NAME, "FirstName", JMS_STRING, 255, "D", "D"},
        {JMS_MIDDLE_NAME, "MI", JMS_STRING, 255, "", "D"},
        {JMS_BIRTH_DATE, "BirthDate", JMS_DATE, 0, "D", "D"},
        {JMS_SSN, "SSN", JMS_STRING, 11, "", "D"},
        {JMS_SEX, "Sex", JMS_CODED, 7, "D", "D"},
        {JMS_RACE, "Race", JMS_CODED, 255, "", "D"},
        {JMS_HOUSING, "Housing", JMS_STRING, 127, "DL", "DL"},
        {JMS_BED, "Bed", JMS_STRING, 127, "", "DL"},
        {JMS_BOOKING, "Booking", JMS_STRING, 32, "DL", "DL"},
        {JMS_BOOKING_DATE, "BookingDate", JMS_DATETIME, 0, "D", "D"},
        {JMS_RELEASE_DATE, "ReleaseDate", JMS_DATETIME, 0, "", "D"},
        {JMS_AGENCY, "Agency", JMS_STRING, 255, "", "D"},
        {JMS_PHOTO_PATH, "PhotoPath", JMS_STRING, 255, "", "D"},
        {JMS_HEIGHT, "Height", JMS_INTEGER, 0, "", "D"},
        {JMS_WEIGHT, "Weight", JMS_INTEGER, 0, "", "D"},
        {JMS_MOVE_DATE, "MoveDate", JMS_DATETIME, 0, "", "L"},
    };
    assert_int_equal(sizeof documented / sizeof documented[0], JMS_FIELD_COUNT);
    for (size_t i = 0; i < JMS_FIELD_COUNT; i++) {
        const struct jms_field_rule *rule = jms_field_rule(documented[i].field);
        assert_string_equal(rule->name, documented[i].name);
        assert_int_equal(rule->type, documented[i].type);
        assert_int_equal(rule->max_length, documented[i].length);
        assert_int_equal(rule->required[JMS_DEMOGRAPHICS], strchr(documented[i].required, 'D') != NULL);
        assert_int_equal(rule->required[JMS_LOCATION], strchr(documented[i].required, 'L') != NULL);
        assert_int_equal(rule->allowed[JMS_DEMOGRAPHICS], strchr(documented[i].allowed, 'D') != NULL);
        assert_int_equal(rule->allowed[JMS_LOCATION], strchr(documented[i].allowed, 'L') != NULL);
        assert_int_equal(rule->set != NULL, rule->type == JMS_CODED);
        assert_non_null(rule->expected);
    }
    assert_int_equal(jms_field_rule(JMS_HEIGHT)->minimum, 10);
    assert_int_equal(jms_field_rule(JMS_HEIGHT)->maximum, 107);
    assert_int_equal(jms_field_rule(JMS_WEIGHT)->minimum, 1);
    assert_int_equal(jms_field_rule(JMS_WEIGHT)->maximum, 1400);
}

static void test_every_name_is_found(void **state)
{
    (void)state;
    for (int i = 0; i < JMS_FIELD_COUNT; i++) {
        const char *name = jms_field_rule((enum jms_field)i)->name;
        assert_int_equal(jms_field_find(slice_of(name)), i);
        assert_int_equal(jms_field_find_nocase(slice_of(name)), i);
        char other[16] = {0};
        for (size_t k = 0; name[k] != '\0'; k++)
            other[k] = (char)(isupper((unsigned char)name[k]) ? tolower((unsigned char)name[k])
                                                              : toupper((unsigned char)name[k]));
        assert_int_equal(jms_field_find(slice_of(other)), JMS_FIELD_COUNT);
        assert_int_equal(jms_field_find_nocase(slice_of(other)), i);
        /* One byte less, one more */
        assert_int_equal(jms_field_find(slice_from(name, strlen(name) - 1)), JMS_FIELD_COUNT);
        assert_int_equal(jms_field_find(slice_from(name, strlen(name) + 1)), JMS_FIELD_COUNT);
    }
    static const char *const others[] = {"",     "Name", "X", "PatientIDs", "abcdefghijklmnopqrstuvwxyz",
                                         "Alias"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        assert_int_equal(jms_field_find(slice_of(others[i])), JMS_FIELD_COUNT);
        assert_int_equal(jms_field_find_nocase(slice_of(others[i])), JMS_FIELD_COUNT);
    }
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_table_is_coremrs),
        cmocka_unit_test(test_every_name_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
