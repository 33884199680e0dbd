/* What of a pharmacy's settings goes together, and how their words are read. */
#include "outbound/form.h"
#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

#include <string.h>

static void messages_exist_where_the_standard_has_them(void **state)
{
    (void)state;
    /* Rows: RDE, ORM, OMP; columns: 2.3 to 2.5.1. */
    static const char *const triggers[FORM_MESSAGES][FORM_VERSIONS] = {
        {"O01", "O01", "O11", "O11", "O11"},
        {"O01", "O01", NULL, NULL, NULL},
        {NULL, NULL, "O09", "O09", "O09"},
    };
    for (unsigned message = 0; message < FORM_MESSAGES; message++) {
        for (unsigned version = 0; version < FORM_VERSIONS; version++) {
            const struct form_kind *kind = form_kind((enum form_message)message, (enum form_version)version);
            const char *trigger = triggers[message][version];
            if (trigger == NULL) {
                assert_null(kind);
                continue;
            }
            assert_non_null(kind);
            assert_string_equal(kind->message, form_message_name((enum form_message)message));
            assert_string_equal(kind->trigger, trigger);
            if (version == FORM_2_3) {
                assert_null(kind->structure);
                continue;
            }
            assert_int_equal(strlen(kind->structure), 7);
            assert_memory_equal(kind->structure, kind->message, 3);
            assert_string_equal(kind->structure + 4, trigger);
        }
    }
    assert_non_null(form_kind(form_default.message, form_default.version));
}

static void words_are_read_as_they_are_written(void **state)
{
    (void)state;
    enum form_message message;
    enum form_version version;
    enum form_character_set set;
    const char *line_end;
    for (unsigned i = 0; i < FORM_MESSAGES; i++) {
        assert_true(form_message_from_name(form_message_name((enum form_message)i), &message));
        assert_int_equal(message, i);
    }
    for (unsigned i = 0; i < FORM_VERSIONS; i++) {
        assert_true(form_version_from_name(form_version_name((enum form_version)i), &version));
        assert_int_equal(version, i);
    }
    assert_true(form_character_set_from_name("UTF-8", &set) && set == FORM_UTF_8);
    assert_true(form_character_set_from_name("ASCII", &set) && set == FORM_ASCII);
    assert_true(form_character_set_from_name("8859/1", &set) && set == FORM_8859_1);
    assert_true(form_line_end_from_name("CR", &line_end));
    assert_string_equal(line_end, "\r");
    assert_true(form_line_end_from_name("LF", &line_end));
    assert_string_equal(line_end, "\n");
    assert_true(form_line_end_from_name("CRLF", &line_end));
    assert_string_equal(line_end, "\r\n");
    assert_false(form_message_from_name("rde", &message));
    assert_false(form_version_from_name("2.5.2", &version));
    assert_false(form_character_set_from_name("utf-8", &set));
    assert_false(form_line_end_from_name("", &line_end));
}

static void places_are_fields_of_z_segments(void **state)
{
    (void)state;
    struct form_place place = {0};
    assert_false(form_place_is_set(&place));
    assert_true(form_place_from_text("ZRX-3", &place));
    assert_true(form_place_is_set(&place));
    assert_string_equal(place.segment, "ZRX");
    assert_int_equal(place.field, 3);
    assert_true(form_place_from_text("Z01-99", &place));
    assert_string_equal(place.segment, "Z01");
    assert_int_equal(place.field, 99);
    static const char *const wrong[] = {"",      "ZRX",    "ZRX-",    "ZRX-0", "ZRX-100", "ZRX-1a",
                                        "RXE-1", "ZrX-1",  "Z|X-1",   "ZRX 1", "ZRXX-1",  "ZR-1",
                                        "NTE",   "ZRX--1", "ZRX-1.2", "zRX-1"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        if (form_place_from_text(wrong[i], &place))
            fail_msg("'%s' is taken for a field", wrong[i]);
    }
}

static void separators_are_five_that_stand_in_no_number_time_or_code(void **state)
{
    (void)state;
    struct hl7_separators separators;
    assert_null(form_separators_from_text("|^~\\&", &separators));
    assert_memory_equal(&separators, &hl7_separators_suggested, sizeof separators);
    assert_null(form_separators_from_text("#$*@!", &separators));
    assert_int_equal(separators.field, '#');
    assert_int_equal(separators.component, '$');
    assert_int_equal(separators.repetition, '*');
    assert_int_equal(separators.escape, '@');
    assert_int_equal(separators.subcomponent, '!');
    assert_non_null(strstr(form_separators_from_text("|^~\\", &separators), "five characters"));
    assert_non_null(strstr(form_separators_from_text("|^~\\&#", &separators), "five characters"));
    assert_non_null(strstr(form_separators_from_text("|^~\\|", &separators), "different"));
    for (unsigned c = 1; c < 256; c++) {
        char text[] = "|^~\\&";
        if (strchr(text, (int)c) != NULL)
            continue;
        text[2] = (char)(unsigned char)c;
        bool taken = form_separators_from_text(text, &separators) == NULL;
        bool spare = strchr("!\"#$%'()*,;<=>@[]`{}", (int)c) != NULL;
        if (taken != spare)
            fail_msg("character %u is %staken for a separator", c, taken ? "" : "not ");
    }
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_exist_where_the_standard_has_them),
        cmocka_unit_test(words_are_read_as_they_are_written),
        cmocka_unit_test(places_are_fields_of_z_segments),
        cmocka_unit_test(separators_are_five_that_stand_in_no_number_time_or_code),
    };
    return cmocka_run_group_tests_name("form", tests, NULL, NULL);
}
