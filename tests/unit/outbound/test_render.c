/* From an order to its message: every field in its place, and never without a reason. */
#include "outbound/render.h"
#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"
#include "tests/unit/outbound/rendered_order.h"
#include "tests/unit/outbound/test_order.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REASON_MAX 255 /* order_event.reason */

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

static const char *try_render(const struct medication_order *order, struct slice *message)
{
    struct rendered rendered;
    const char *sentence = try_render_as(&form_default, order, &arena, &rendered);
    *message = rendered.message;
    return sentence;
}

/* RDE^O11 in 2.5.1, judged by the grammar. */
static struct slice render(const struct medication_order *order, struct hl7_view *view)
{
    static const struct kind_case usual = {FORM_RDE, FORM_2_5_1, "rde-2.5.1", "RDE_O11", "RDE^O11^RDE_O11"};
    return render_case(&usual, order, &arena, view);
}

/* --- what goes where ---------------------------------------------------------------------------------------------------- */

static void every_field_stands_where_the_rules_put_it(void **state)
{
    (void)state;
    struct hl7_view view;
    struct medication_order order = test_order_full();
    (void)render(&order, &view);
    assert_value(&view, "MSH", 3, 0, 0, "COREMR");
    assert_value(&view, "MSH", 6, 0, 0, "DIAMOND");
    assert_value(&view, "MSH", 7, 0, 0, "20261123110510-0700");
    assert_value(&view, "MSH", 9, 0, 0, "RDE^O11^RDE_O11");
    assert_value(&view, "MSH", 10, 0, 0, "TABCDEF1");
    assert_value(&view, "MSH", 11, 0, 0, "T");
    assert_value(&view, "MSH", 12, 0, 0, "2.5.1");
    assert_value(&view, "MSH", 18, 0, 0, "UNICODE UTF-8");
    assert_value(&view, "PID", 3, 1, 0, "P00012345");
    assert_value(&view, "PID", 3, 4, 0, "JMS");
    assert_value(&view, "PID", 5, 0, 0, "DOE^JOHN^D");
    assert_value(&view, "PID", 7, 0, 0, "19460722");
    assert_value(&view, "PID", 8, 0, 0, "M");
    assert_value(&view, "PID", 10, 0, 0, "2106-3^White^HL70005");
    assert_value(&view, "PID", 18, 1, 0, "12345678");
    assert_value(&view, "PV1", 3, 0, 0, "ISU-2^204^12B^VCSO^^^WEST");
    assert_value(&view, "PV1", 19, 1, 0, "12345678");
    assert_value(&view, "PV1", 20, 0, 0, "ICE");
    assert_value(&view, "ORC", 1, 0, 0, "NW");
    assert_value(&view, "ORC", 2, 0, 0, "MO-000123");
    assert_value(&view, "ORC", 9, 0, 0, "20261123110509-0700");
    assert_value(&view, "ORC", 12, 1, 0, "1234567893");
    assert_value(&view, "ORC", 12, 9, 1, "NPI");
    assert_value(&view, "RXE", 2, 0, 0, "00093505698^Oxycodone HCl 5 MG Tablet^NDC^197591^^RXNORM");
    assert_value(&view, "RXE", 3, 0, 0, "1.5");
    assert_value(&view, "RXE", 5, 0, 0, "TAB");
    assert_value(&view, "RXE", 6, 0, 0, "C42998");
    assert_value(&view, "RXE", 7, 0, 0, "^Take with food \\T\\ water");
    assert_value(&view, "RXE", 9, 0, 0, "1");
    assert_value(&view, "RXE", 10, 0, 0, "84");
    assert_value(&view, "RXE", 11, 0, 0, "TAB");
    assert_value(&view, "RXE", 12, 0, 0, "2");
    assert_value(&view, "RXE", 13, 1, 0, "BH1234563");
    assert_value(&view, "RXE", 25, 0, 0, "5");
    assert_value(&view, "RXE", 26, 0, 0, "mg");
    assert_value(&view, "RXE", 27, 0, 0, "^Pain after surgery");
    assert_value(&view, "RXE", 35, 1, 0, "II");
    assert_value(&view, "TQ1", 3, 0, 0, "PRNQ6H");
    assert_value(&view, "TQ1", 6, 0, 0, "14^d&day&UCUM");
    assert_value(&view, "TQ1", 7, 0, 0, "20261124080000-0700");
    assert_value(&view, "TQ1", 8, 0, 0, "20261208080000-0700");
    assert_value(&view, "RXR", 1, 0, 0, "PO^^HL70162");
}

static void the_social_security_number_is_not_sent(void **state)
{
    (void)state;
    struct hl7_view view;
    struct medication_order order = test_order_full();
    struct slice message = render(&order, &view);
    for (size_t i = 0; i + 11 <= message.len; i++)
        assert_memory_not_equal(message.ptr + i, "333-22-4444", 11);
}

static void without_a_location_rule_housing_and_bed_go_as_filed(void **state)
{
    (void)state;
    struct hl7_view view;
    struct medication_order order = test_order_full();
    order.block = order.pod = order.cell = NULL;
    (void)render(&order, &view);
    assert_value(&view, "PV1", 3, 0, 0, "ISU^^12B^VCSO");
    order.bed = NULL;
    (void)render(&order, &view);
    assert_value(&view, "PV1", 3, 0, 0, "ISU^^^VCSO");
    order.cell = "204";
    (void)render(&order, &view);
    assert_value(&view, "PV1", 3, 0, 0, "^204^^VCSO");
}

static void codes_of_race_and_sex_are_those_of_the_tables(void **state)
{
    (void)state;
    static const struct {
        const char *word, *expected;
    } races[] = {{"American Indian or Alaskan Native", "1002-5^American Indian or Alaskan Native^HL70005"},
                 {"Asian", "2028-9^Asian^HL70005"},
                 {"Black or African American", "2054-5^Black or African American^HL70005"},
                 {"Native Hawaiian or Other Pacific Islander",
                  "2076-8^Native Hawaiian or Other Pacific Islander^HL70005"},
                 {"White", "2106-3^White^HL70005"},
                 {"Klingon", "^Klingon"}},
      sexes[] = {{"Male", "M"}, {"Female", "F"}, {"Unknown", "U"}};
    struct hl7_view view;
    struct medication_order order = test_order_minimal();
    for (size_t i = 0; i < sizeof races / sizeof races[0]; i++) {
        order.race = races[i].word;
        (void)render(&order, &view);
        assert_value(&view, "PID", 10, 0, 0, races[i].expected);
    }
    for (size_t i = 0; i < sizeof sexes / sizeof sexes[0]; i++) {
        order.sex = sexes[i].word;
        (void)render(&order, &view);
        assert_value(&view, "PID", 8, 0, 0, sexes[i].expected);
    }
}

static void each_schedule_has_its_code(void **state)
{
    (void)state;
    static const char *const codes[] = {"II", "III", "IV", "V"};
    struct hl7_view view;
    struct medication_order order = test_order_full();
    for (size_t i = 0; i < 4; i++) {
        const char schedule[] = {(char)('2' + i), '\0'};
        order.drug_schedule = schedule;
        (void)render(&order, &view);
        assert_value(&view, "RXE", 35, 1, 0, codes[i]);
    }
}

static void times_are_local_on_both_sides_of_a_clock_change(void **state)
{
    (void)state;
    struct hl7_view view;
    struct medication_order order = test_order_full();
    /* Denver went back at 2026-11-01T08:00:00Z: 01:59:59 summer time, then 01:00:00. */
    order.start_at = test_instant(2026, 11, 1, 7, 59, 59);
    order.stop_at = test_instant(2026, 11, 1, 8, 0, 0);
    (void)render(&order, &view);
    assert_value(&view, "TQ1", 7, 0, 0, "20261101015959-0600");
    assert_value(&view, "TQ1", 8, 0, 0, "20261101010000-0700");
}

static void frequency_and_need_are_one_repeat_pattern(void **state)
{
    (void)state;
    static const struct {
        const char *frequency;
        bool as_needed;
        const char *expected;
    } cases[] = {{"BID", false, "BID"},
                 {"BID", true, "PRNBID"},
                 {NULL, true, "PRN"},
                 {NULL, false, ""},
                 {"PRN", true, "PRN"}};
    struct hl7_view view;
    struct medication_order order = test_order_minimal();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        order.frequency = cases[i].frequency;
        order.as_needed = cases[i].as_needed;
        (void)render(&order, &view);
        assert_value(&view, "TQ1", 3, 0, 0, cases[i].expected);
    }
}

static void a_strength_that_is_no_number_and_unit_goes_as_a_note(void **state)
{
    (void)state;
    static const struct {
        const char *strength, *amount, *units, *note;
    } cases[] = {
        {"20 mg", "20", "mg", ""},
        {"0.05%", "0.05", "%", ""},
        {"10 mg/mL", "10", "mg/mL", ""},
        {NULL, "", "", ""},
        {"5 mg/5 mL", "", "", "5 mg/5 mL"},
        {"160-12.5 mg", "", "", "160-12.5 mg"},
        {"1,000 u", "", "", "1,000 u"},
        {"extra strong", "", "", "extra strong"},
        {".5 mg", "", "", ".5 mg"},
        {"5. mg", "", "", "5. mg"},
        {"7", "", "", "7"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct hl7_view view;
        char note[64];
        struct medication_order order = test_order_minimal();
        order.strength = cases[i].strength;
        (void)render(&order, &view);
        assert_value(&view, "RXE", 25, 0, 0, cases[i].amount);
        assert_value(&view, "RXE", 26, 0, 0, cases[i].units);
        assert_int_equal(hl7_count(&view, "NTE"), cases[i].note[0] == '\0' ? 0 : 1);
        if (cases[i].note[0] != '\0') {
            (void)snprintf(note, sizeof note, "STRENGTH: %s", cases[i].note);
            assert_value(&view, "NTE", 3, 0, 0, note);
        }
    }
}

static void a_note_is_one_nte_a_line(void **state)
{
    (void)state;
    struct hl7_view view;
    struct medication_order order = test_order_minimal();
    order.keep_on_person = true;
    order.container_type = "VIAL";
    order.note = "one\r\ntwo\n\n \rthree";
    (void)render(&order, &view);
    static const char *const lines[] = {"KEEP ON PERSON: YES", "CONTAINER: VIAL", "one", "two", "three"};
    assert_int_equal(hl7_count(&view, "NTE"), 5);
    for (size_t i = 0; i < 5; i++) {
        struct slice line = hl7_get_field(hl7_find(&view, "NTE", i), 3);
        assert_true(slice_equal(line, slice_of(lines[i])));
    }
}

/* --- what is missing, what is wrong ----------------------------------------------------------------------------------- */

static void assert_refused(const struct medication_order *order, const char *column)
{
    struct slice message;
    const char *sentence = try_render(order, &message);
    assert_non_null(sentence);
    assert_int_equal(message.len, 0);
    assert_true(strlen(sentence) <= REASON_MAX);
    if (strstr(sentence, column) == NULL)
        fail_msg("'%s' does not name %s", sentence, column);
    static const char *const data[] = {"DOE",  "JOHN",      "P00012345", "12345678",
                                       "1946", "Oxycodone", "Hale",      "MO-000123"};
    for (size_t i = 0; i < sizeof data / sizeof data[0]; i++)
        assert_null(strstr(sentence, data[i]));
}

static void what_is_missing_is_named_by_table_and_column(void **state)
{
    (void)state;
#define MISSING(member, column)                                                                              \
    do {                                                                                                     \
        struct medication_order order = test_order_full();                                                   \
        order.member = NULL;                                                                                 \
        assert_refused(&order, column);                                                                      \
        order.member = "  ";                                                                                 \
        assert_refused(&order, column);                                                                      \
    } while (0)
    MISSING(placer_number, "medication_order.placer_number");
    MISSING(order_control, "medication_order.order_control");
    MISSING(dose_amount, "medication_order.dose_amount");
    MISSING(dose_units, "medication_order.dose_units");
    MISSING(route, "medication_order.route");
    MISSING(ndc, "drug.ndc");
    MISSING(drug_name, "drug.name");
    MISSING(provider_npi, "provider.npi");
    MISSING(provider_last, "provider.last_name");
    MISSING(provider_dea, "provider.dea");
    MISSING(patient_id, "patient.patient_id");
    MISSING(last_name, "patient.last_name");
    MISSING(booking_number, "booking.booking_number");
    MISSING(facility, "booking.facility");
    struct medication_order order = test_order_full();
    order.ordered_at = INSTANT_NONE;
    assert_refused(&order, "medication_order.ordered_at");
}

static void what_does_not_fit_its_field_is_refused(void **state)
{
    (void)state;
#define WRONG(member, value, column)                                                                         \
    do {                                                                                                     \
        struct medication_order order = test_order_full();                                                   \
        order.member = (value);                                                                              \
        assert_refused(&order, column);                                                                      \
    } while (0)
    WRONG(dose_amount, "1/2", "medication_order.dose_amount");
    WRONG(dose_amount, "-1", "medication_order.dose_amount");
    WRONG(dose_amount, ".", "medication_order.dose_amount");
    WRONG(dose_amount, "1.", "medication_order.dose_amount");
    WRONG(dose_amount, "1.2.3", "medication_order.dose_amount");
    WRONG(quantity, "", "medication_order.quantity");
    WRONG(quantity, "many", "medication_order.quantity");
    WRONG(order_control, "XX", "medication_order.order_control");
    WRONG(drug_schedule, "6", "drug.schedule");
    WRONG(drug_schedule, "", "drug.schedule");
    WRONG(drug_schedule, "22", "drug.schedule");
    WRONG(birth_date, "1946-02-30", "patient.birth_date");
    WRONG(sex, "m", "patient.sex");
    WRONG(facility_zone, "America/Nowhere", "corbridge.xml");
    WRONG(instructions, "cut off \xC3", "UTF-8");
}

static void to_stop_a_controlled_drug_needs_no_dea_number(void **state)
{
    (void)state;
    static const struct {
        const char *control;
        bool needs;
    } cases[] = {{"NW", true},  {"XO", true},  {"RF", true}, {"RL", true},
                 {"CA", false}, {"DC", false}, {"HD", false}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct hl7_view view;
        struct medication_order order = test_order_full();
        order.order_control = cases[i].control;
        (void)render(&order, &view);
        assert_value(&view, "ORC", 1, 0, 0, cases[i].control);
        order.provider_dea = NULL;
        if (cases[i].needs)
            assert_refused(&order, "provider.dea");
        else
            (void)render(&order, &view);
        order.drug_schedule = NULL;
        (void)render(&order, &view);
    }
}

/* Every text of an order in turn is an attack; nothing but its own field changes. */
static void no_value_makes_a_segment_or_a_field(void **state)
{
    (void)state;
#define TEXT(member) offsetof(struct medication_order, member)
    static const size_t texts[] = {TEXT(placer_number),  TEXT(ndc),           TEXT(rxnorm),
                                   TEXT(drug_name),      TEXT(strength),      TEXT(dosage_form),
                                   TEXT(container_type), TEXT(dose_units),    TEXT(route),
                                   TEXT(frequency),      TEXT(instructions),  TEXT(indication),
                                   TEXT(quantity_units), TEXT(provider_last), TEXT(provider_first),
                                   TEXT(provider_npi),   TEXT(provider_dea),  TEXT(authority),
                                   TEXT(patient_id),     TEXT(last_name),     TEXT(first_name),
                                   TEXT(middle_name),    TEXT(race),          TEXT(booking_number),
                                   TEXT(agency),         TEXT(facility),      TEXT(bed),
                                   TEXT(block),          TEXT(pod),           TEXT(cell)};
    static const char attack[] = "x\rORC|CA|666\nPID|^a&b~c\\d\\X0D\\";
    struct hl7_view plain, attacked;
    struct medication_order order = test_order_full();
    order.strength = "odd";
    (void)render(&order, &plain);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        const char *value = attack;
        struct medication_order changed = order;
        memcpy((char *)&changed + texts[i], &value, sizeof value);
        (void)render(&changed, &attacked);
        assert_int_equal(attacked.count, plain.count);
        unsigned differ = 0;
        for (size_t segment = 0; segment < plain.count; segment++) {
            unsigned fields = hl7_field_count(&plain.segments[segment]);
            assert_int_equal(hl7_field_count(&attacked.segments[segment]), fields);
            for (unsigned field = 1; field <= fields; field++)
                differ += !slice_equal(hl7_get_field(&plain.segments[segment], field),
                                       hl7_get_field(&attacked.segments[segment], field));
        }
        /* The booking number and the provider's name stand in two fields, the authority in three. */
        assert_in_range(differ, 1, 3);
    }
}

static void too_little_memory_is_said(void **state)
{
    (void)state;
    struct medication_order order = test_order_full();
    const struct render_input input = {.order = &order,
                                       .partner = &test_partner,
                                       .control_id = "T1",
                                       .now = test_instant(2026, 1, 1, 0, 0, 0)};
    struct arena small;
    struct rendered rendered;
    arena_init(&small, 600);
    const char *sentence = render_order(&input, &small, &rendered);
    assert_non_null(sentence);
    assert_non_null(strstr(sentence, "memory"));
    arena_release(&small);
}

static void control_ids_have_1_to_20_characters(void **state)
{
    (void)state;
    struct medication_order order = test_order_full();
    struct render_input input = {.order = &order, .partner = &test_partner, .control_id = "", .now = 0};
    struct rendered rendered;
    assert_non_null(render_order(&input, &arena, &rendered));
    input.control_id = "123456789012345678901";
    assert_non_null(render_order(&input, &arena, &rendered));
    input.control_id = "12345678901234567890";
    assert_null(render_order(&input, &arena, &rendered));
}

/* --- file names ------------------------------------------------------------------------------------------------------------ */

static const char *file_name(const char *pattern)
{
    struct partner partner = test_partner;
    static char name[RECEIVER_FILE_NAME_SIZE];
    partner.to.file_pattern = pattern;
    return receiver_file_name(&partner.to, test_instant(2026, 11, 23, 8, 5, 9), 42, "TABCDEF1A", name) ? name
                                                                                                       : NULL;
}

static void file_names_follow_the_pattern(void **state)
{
    (void)state;
    assert_string_equal(file_name("%Y%m%d%H%M%S_%N_%C.hl7"), "20261123080509_000000000042_TABCDEF1A.hl7");
    assert_string_equal(file_name("RX-%C"), "RX-TABCDEF1A");
    assert_string_equal(file_name("%N"), "000000000042");
    assert_string_equal(file_name("~ Rezept \xC3\xB1 %N"), "~ Rezept \xC3\xB1 000000000042");
}

static void patterns_without_a_usable_name_give_none(void **state)
{
    (void)state;
    static const char *const unusable[] = {"",       "%Y%m%d%H%M%S.hl7",
                                           "a/%N",   "a\\%N",
                                           "%N:x",   "%N*",
                                           "%N?",    "%N\"",
                                           "%N<",    "%N>",
                                           "%N|",    "%N%",
                                           "%N%q",   "%%N",
                                           ".%N",    "~$%N",
                                           " %N",    "%N ",
                                           "%N.",    "%N.tmp",
                                           "%N.TMP", "%N\n",
                                           "%N\x7f", "%N%C%N%C%N%C%N%C%N%C%N%C%N%C%N%C%N%C%N%C"};
    for (size_t i = 0; i < sizeof unusable / sizeof unusable[0]; i++) {
        if (file_name(unusable[i]) != NULL)
            fail_msg("'%s' gave a name", unusable[i]);
    }
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_field_stands_where_the_rules_put_it),
        cmocka_unit_test(the_social_security_number_is_not_sent),
        cmocka_unit_test(without_a_location_rule_housing_and_bed_go_as_filed),
        cmocka_unit_test(codes_of_race_and_sex_are_those_of_the_tables),
        cmocka_unit_test(each_schedule_has_its_code),
        cmocka_unit_test(times_are_local_on_both_sides_of_a_clock_change),
        cmocka_unit_test(frequency_and_need_are_one_repeat_pattern),
        cmocka_unit_test(a_strength_that_is_no_number_and_unit_goes_as_a_note),
        cmocka_unit_test(a_note_is_one_nte_a_line),
        cmocka_unit_test(what_is_missing_is_named_by_table_and_column),
        cmocka_unit_test(what_does_not_fit_its_field_is_refused),
        cmocka_unit_test(to_stop_a_controlled_drug_needs_no_dea_number),
        cmocka_unit_test(no_value_makes_a_segment_or_a_field),
        cmocka_unit_test(too_little_memory_is_said),
        cmocka_unit_test(control_ids_have_1_to_20_characters),
        cmocka_unit_test(file_names_follow_the_pattern),
        cmocka_unit_test(patterns_without_a_usable_name_give_none),
    };
    return cmocka_run_group_tests_name("render", tests, set_up, tear_down);
}
