/* What differs between the messages and versions, and by the other settings of a pharmacy. */
#include "outbound/render.h"
#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"
#include "tests/unit/outbound/hl7_grammar.h"
#include "tests/unit/outbound/rendered_order.h"
#include "tests/unit/outbound/test_order.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

static bool has_rxe(const struct kind_case *kind)
{
    return kind->message == FORM_RDE;
}

static bool is_old(const struct kind_case *kind)
{
    return kind->version < FORM_2_5;
}

/* The segments, such as "MSH PID PV1 ORC RXE TQ1 RXR". */
static void assert_segments(const struct kind_case *kind, const struct hl7_view *view, const char *expected)
{
    char names[256] = "";
    for (size_t i = 0; i < view->count; i++) {
        size_t used = strlen(names);
        (void)snprintf(names + used, sizeof names - used, "%s%.3s", i > 0 ? " " : "",
                       view->segments[i].whole.ptr);
    }
    if (strcmp(names, expected) != 0)
        fail_msg("%s: %s, expected %s", kind->name, names, expected);
}

/* --- messages, versions, order controls ---------------------------------------------------------------------------------- */

static const char *const controls[] = {"NW", "XO", "CA", "DC", "HD", "RL", "RF"};
#define CONTROLS (sizeof controls / sizeof controls[0])

static void each_control_of_each_message_and_version_obeys_its_grammar(void **state)
{
    (void)state;
    struct medication_order (*const makers[])(void) = {test_order_full, test_order_minimal, test_order_cancel,
                                                       test_order_discontinue, test_order_foreign};
    for (size_t i = 0; i < KIND_CASES * CONTROLS; i++) {
        const struct kind_case *kind = &kind_cases[i / CONTROLS];
        const char *control = controls[i % CONTROLS];
        for (size_t maker = 0; maker < sizeof makers / sizeof makers[0]; maker++) {
            struct hl7_view view;
            struct medication_order order = makers[maker]();
            order.order_control = control;
            order.provider_dea = "BH1234563";
            (void)render_case(kind, &order, &arena, &view);
            assert_value(&view, "MSH", 9, 0, 0, kind->msh_9);
            assert_value(&view, "MSH", 12, 0, 0, form_version_name(kind->version));
            assert_value(&view, "ORC", 1, 0, 0, control);
        }
    }
}

/* Whatever happens to an order, its message carries the whole of it. */
static void a_control_changes_its_own_field_and_no_other(void **state)
{
    (void)state;
    for (size_t i = 0; i < KIND_CASES; i++) {
        struct hl7_view view;
        struct medication_order order = test_order_full();
        struct slice first = render_case(&kind_cases[i], &order, &arena, &view);
        for (size_t control = 1; control < CONTROLS; control++) {
            order.order_control = controls[control];
            struct slice other = render_case(&kind_cases[i], &order, &arena, &view);
            size_t differ = 0;
            assert_int_equal(other.len, first.len);
            for (size_t at = 0; at < other.len; at++)
                differ += other.ptr[at] != first.ptr[at];
            assert_in_range(differ, 1, 2);
        }
    }
}

static void segments_stand_in_the_order_of_the_page(void **state)
{
    (void)state;
    static const struct {
        const char *full, *minimal;
    } expected[KIND_CASES] = {
        {"MSH PID PV1 ORC RXO NTE NTE NTE NTE NTE RXR RXE RXR", "MSH PID PV1 ORC RXE RXR"},
        {"MSH PID PV1 ORC RXO NTE NTE NTE NTE NTE RXR RXE RXR", "MSH PID PV1 ORC RXE RXR"},
        {"MSH PID PV1 ORC RXO NTE NTE NTE NTE NTE RXR RXE RXR", "MSH PID PV1 ORC RXE RXR"},
        {"MSH PID PV1 ORC RXE NTE NTE NTE NTE TQ1 RXR", "MSH PID PV1 ORC RXE TQ1 RXR"},
        {"MSH PID PV1 ORC RXE NTE NTE NTE NTE TQ1 RXR", "MSH PID PV1 ORC RXE TQ1 RXR"},
        {"MSH PID PV1 ORC RXO NTE NTE NTE NTE NTE RXR", "MSH PID PV1 ORC RXO RXR"},
        {"MSH PID PV1 ORC RXO NTE NTE NTE NTE NTE RXR", "MSH PID PV1 ORC RXO RXR"},
        {"MSH PID PV1 ORC RXO NTE NTE NTE NTE NTE RXR", "MSH PID PV1 ORC RXO RXR"},
        {"MSH PID PV1 ORC TQ1 RXO NTE NTE NTE NTE NTE RXR", "MSH PID PV1 ORC TQ1 RXO RXR"},
        {"MSH PID PV1 ORC TQ1 RXO NTE NTE NTE NTE NTE RXR", "MSH PID PV1 ORC TQ1 RXO RXR"},
    };
    for (size_t i = 0; i < KIND_CASES; i++) {
        struct hl7_view view;
        struct medication_order order = test_order_full();
        (void)render_case(&kind_cases[i], &order, &arena, &view);
        assert_segments(&kind_cases[i], &view, expected[i].full);
        order = test_order_minimal();
        (void)render_case(&kind_cases[i], &order, &arena, &view);
        assert_segments(&kind_cases[i], &view, expected[i].minimal);
    }
}

static void a_pair_that_the_standard_lacks_is_refused(void **state)
{
    (void)state;
    struct rendered rendered;
    struct form form = form_default;
    const struct medication_order order = test_order_full();
    form.message = FORM_ORM;
    const char *sentence = try_render_as(&form, &order, &arena, &rendered);
    assert_non_null(sentence);
    assert_non_null(strstr(sentence, "corbridge.xml"));
    assert_int_equal(rendered.message.len, 0);
}

/* --- what stands where -------------------------------------------------------------------------------------------------------- */

static void rxo_says_what_is_ordered(void **state)
{
    (void)state;
    for (size_t i = 0; i < KIND_CASES; i++) {
        struct hl7_view view;
        struct medication_order order = test_order_full();
        (void)render_case(&kind_cases[i], &order, &arena, &view);
        if (has_rxe(&kind_cases[i]) && !is_old(&kind_cases[i])) {
            assert_null(hl7_find(&view, "RXO", 0));
            continue;
        }
        assert_value(&view, "RXO", 1, 0, 0, "00093505698^Oxycodone HCl 5 MG Tablet^NDC^197591^^RXNORM");
        assert_value(&view, "RXO", 2, 0, 0, "1.5");
        assert_value(&view, "RXO", 4, 0, 0, "TAB");
        assert_value(&view, "RXO", 5, 0, 0, "C42998");
        assert_value(&view, "RXO", 7, 0, 0, "^Take with food \\T\\ water");
        assert_value(&view, "RXO", 9, 0, 0, "N");
        assert_value(&view, "RXO", 11, 0, 0, "84");
        assert_value(&view, "RXO", 12, 0, 0, "TAB");
        assert_value(&view, "RXO", 13, 0, 0, "2");
        assert_value(&view, "RXO", 14, 1, 0, "BH1234563");
        assert_value(&view, "RXO", 18, 0, 0, "5");
        assert_value(&view, "RXO", 19, 0, 0, "mg");
        assert_value(&view, "RXO", 20, 0, 0, "^Pain after surgery");
        order.substitution_allowed = true;
        (void)render_case(&kind_cases[i], &order, &arena, &view);
        assert_value(&view, "RXO", 9, 0, 0, "G");
    }
}

static void timing_is_a_field_before_2_5_and_a_segment_from_then_on(void **state)
{
    (void)state;
    static const char tq[] = "^PRNQ6H^D14^20261124080000-0700^20261208080000-0700";
    for (size_t i = 0; i < KIND_CASES; i++) {
        struct hl7_view view;
        struct medication_order order = test_order_full();
        (void)render_case(&kind_cases[i], &order, &arena, &view);
        if (is_old(&kind_cases[i])) {
            assert_value(&view, "ORC", 7, 0, 0, tq);
            if (has_rxe(&kind_cases[i]))
                assert_value(&view, "RXE", 1, 0, 0, tq);
            continue;
        }
        assert_value(&view, "ORC", 7, 0, 0, "");
        assert_value(&view, "TQ1", 3, 0, 0, "PRNQ6H");
        assert_value(&view, "TQ1", 6, 0, 0, "14^d&day&UCUM");
        assert_value(&view, "TQ1", 7, 0, 0, "20261124080000-0700");
        assert_value(&view, "TQ1", 8, 0, 0, "20261208080000-0700");
    }
}

static void each_part_of_the_timing_has_its_component(void **state)
{
    (void)state;
    static const struct kind_case old = {FORM_RDE, FORM_2_4, "rde-2.4", "RDE_O11", "RDE^O11^RDE_O11"};
    struct hl7_view view;
    struct medication_order order = test_order_minimal();
    (void)render_case(&old, &order, &arena, &view);
    assert_value(&view, "RXE", 1, 0, 0, "1"); /* nothing is known: the field is required, and 1 its default */
    order.frequency = "BID";
    (void)render_case(&old, &order, &arena, &view);
    assert_value(&view, "RXE", 1, 0, 0, "^BID");
    order.as_needed = true;
    (void)render_case(&old, &order, &arena, &view);
    assert_value(&view, "RXE", 1, 0, 0, "^PRNBID");
    order.frequency = NULL;
    (void)render_case(&old, &order, &arena, &view);
    assert_value(&view, "RXE", 1, 0, 0, "^PRN");
    order.as_needed = false;
    order.days_supply = 7;
    (void)render_case(&old, &order, &arena, &view);
    assert_value(&view, "RXE", 1, 0, 0, "^^D7");
    order.days_supply = -1;
    order.stop_at = test_instant(2026, 7, 8, 6, 0, 0);
    (void)render_case(&old, &order, &arena, &view);
    assert_value(&view, "RXE", 1, 0, 0, "^^^^20260708060000+0000");
    assert_value(&view, "ORC", 7, 0, 0, "^^^^20260708060000+0000");
}

static void the_schedule_is_a_field_of_rxe_from_2_5_on_and_else_a_note(void **state)
{
    (void)state;
    for (size_t i = 0; i < KIND_CASES; i++) {
        struct hl7_view view;
        struct medication_order order = test_order_minimal();
        order.drug_schedule = "4";
        order.provider_dea = "BH1234563";
        (void)render_case(&kind_cases[i], &order, &arena, &view);
        if (has_rxe(&kind_cases[i]) && !is_old(&kind_cases[i])) {
            assert_value(&view, "RXE", 35, 0, 0, "IV^^HL70477");
            assert_int_equal(hl7_count(&view, "NTE"), 0);
        } else {
            assert_int_equal(hl7_count(&view, "NTE"), 1);
            assert_value(&view, "NTE", 3, 0, 0, "SCHEDULE: IV");
        }
    }
}

/* What each version has room for. */
static void version_2_3_has_no_components_for_race_and_registry(void **state)
{
    (void)state;
    for (size_t i = 0; i < KIND_CASES; i++) {
        struct hl7_view view;
        struct medication_order order = test_order_full();
        bool first = kind_cases[i].version == FORM_2_3;
        const char *segment = has_rxe(&kind_cases[i]) ? "RXE" : "RXO";
        unsigned field = has_rxe(&kind_cases[i]) ? 13 : 14;
        (void)render_case(&kind_cases[i], &order, &arena, &view);
        assert_value(&view, "PID", 10, 0, 0, first ? "2106-3" : "2106-3^White^HL70005");
        assert_value(&view, segment, field, 0, 0,
                     first ? "BH1234563^Hale^Nathaniel"
                           : "BH1234563^Hale^Nathaniel^^^^^^DEA&2.16.840.1.113883.4.814&ISO^^^^DEA");
        order.race = "Other";
        (void)render_case(&kind_cases[i], &order, &arena, &view);
        assert_value(&view, "PID", 10, 0, 0, first ? "" : "^Other");
    }
}

/* --- no value is structure, whatever the form ---------------------------------------------------------------------------------- */

static unsigned fields_that_differ(const struct hl7_view *a, const struct hl7_view *b)
{
    unsigned differ = 0;
    assert_int_equal(a->count, b->count);
    for (size_t segment = 0; segment < a->count; segment++) {
        unsigned fields = hl7_field_count(&a->segments[segment]);
        assert_int_equal(hl7_field_count(&b->segments[segment]), fields);
        for (unsigned field = 1; field <= fields; field++)
            differ += !slice_equal(hl7_get_field(&a->segments[segment], field),
                                   hl7_get_field(&b->segments[segment], field));
    }
    return differ;
}

/* Every text of an order in turn is an attack by each of the separators; nothing but its own fields changes. */
static void assert_attacks_fail(const struct form *form, const char *attack)
{
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
    const struct form_kind *kind = form_kind(form->message, form->version);
    struct hl7_marks marks = {form->separators.field, form->separators.component, form->separators.repetition,
                              form->separators.escape, form->separators.subcomponent};
    struct rendered plain, attacked;
    struct hl7_view plain_view, attacked_view;
    struct medication_order order = test_order_full();
    order.strength = "odd";
    assert_non_null(kind);
    assert_null(try_render_as(form, &order, &arena, &plain));
    assert_true(hl7_split_as(plain.message, marks, form->line_end, &plain_view));
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct medication_order changed = order;
        memcpy((char *)&changed + texts[i], &attack, sizeof attack);
        assert_null(try_render_as(form, &changed, &arena, &attacked));
        assert_true(hl7_split_as(attacked.message, marks, form->line_end, &attacked_view));
        /* Race has no place in 2.3 when it is not of the table; the drug's fields may stand in RXO and RXE. */
        assert_in_range(fields_that_differ(&plain_view, &attacked_view), 0, 4);
    }
}

static void no_value_makes_a_segment_or_a_field_in_any_form(void **state)
{
    (void)state;
    static const char *const line_ends[] = {"\r", "\n", "\r\n"};
    for (size_t i = 0; i < KIND_CASES; i++) {
        struct form form = form_of_case(&kind_cases[i]);
        form.line_end = line_ends[i % 3];
        assert_attacks_fail(&form, "x\rORC|CA|666\nPID|^a&b~c\\d\\X0D\\");
        assert_null(form_separators_from_text("#$*@!", &form.separators));
        form.character_set = FORM_8859_1;
        assert_true(form_place_from_text("ZRX-2", &form.container_type));
        assert_attacks_fail(&form, "x\rORC#CA#666\nPID#$a!b*c@d@X0D@\\F\\|^~&");
    }
}

/* --- separators and ends of lines ---------------------------------------------------------------------------------------------- */

static void separators_are_those_of_the_pharmacy(void **state)
{
    (void)state;
    struct hl7_view view;
    struct rendered rendered;
    struct form form = form_default;
    struct medication_order order = test_order_full();
    assert_null(form_separators_from_text("#$*@!", &form.separators));
    order.last_name = "a#b$c*d@e!f|g^h~i\\j&k";
    assert_null(try_render_as(&form, &order, &arena, &rendered));
    assert_memory_equal(rendered.message.ptr, "MSH#$*@!#COREMR#", 16);
    assert_null(hl7_check(rendered.message, "RDE_O11", "2.5.1"));
    assert_true(hl7_split(rendered.message, &view));
    assert_value(&view, "MSH", 9, 0, 0, "RDE$O11$RDE_O11");
    assert_value(&view, "PID", 5, 1, 0, "a@F@b@S@c@R@d@E@e@T@f|g^h~i\\j&k");
    assert_value(&view, "TQ1", 6, 0, 0, "14$d!day!UCUM");
    char back[64];
    struct slice name = hl7_get(hl7_find(&view, "PID", 0), 5, 1, 0);
    size_t length = hl7_unescape_as(name, view.segments[0].marks, back);
    assert_true(slice_equal(slice_from(back, length), slice_of(order.last_name)));
}

static void lines_end_as_the_pharmacy_wants(void **state)
{
    (void)state;
    static const char *const line_ends[] = {"\n", "\r\n"};
    struct rendered usual, other;
    struct form form = form_default;
    const struct medication_order order = test_order_full();
    assert_null(try_render_as(&form, &order, &arena, &usual));
    for (size_t i = 0; i < 2; i++) {
        form.line_end = line_ends[i];
        assert_null(try_render_as(&form, &order, &arena, &other));
        size_t at = 0, length = strlen(line_ends[i]);
        for (size_t j = 0; j < usual.message.len; j++) {
            size_t step = usual.message.ptr[j] == '\r' ? length : 1;
            assert_true(at + step <= other.message.len);
            assert_memory_equal(
                other.message.ptr + at,
                step == 1 && usual.message.ptr[j] != '\r' ? usual.message.ptr + j : line_ends[i], step);
            at += step;
        }
        assert_int_equal(at, other.message.len);
    }
}

/* --- characters ------------------------------------------------------------------------------------------------------------------ */

static void what_a_set_lacks_is_replaced_or_fails_the_order(void **state)
{
    (void)state;
    struct hl7_view view;
    struct rendered rendered;
    struct form form = form_default;
    struct medication_order order = test_order_foreign();
    form.character_set = FORM_ASCII;
    const char *sentence = try_render_as(&form, &order, &arena, &rendered);
    assert_non_null(sentence);
    assert_true(strlen(sentence) <= 255);
    assert_non_null(strstr(sentence, "PID-5"));
    assert_non_null(strstr(sentence, "ASCII"));
    assert_non_null(strstr(sentence, "corbridge.xml"));
    assert_null(strstr(sentence, "ez"));
    form.replaces = true;
    assert_null(try_render_as(&form, &order, &arena, &rendered));
    assert_int_equal(rendered.loss.count, 4);
    assert_string_equal(rendered.loss.segment, "PID");
    assert_int_equal(rendered.loss.field, 5);
    assert_null(hl7_check(rendered.message, "RDE_O11", "2.5.1"));
    assert_true(hl7_split(rendered.message, &view));
    assert_value(&view, "MSH", 18, 0, 0, "ASCII");
    assert_value(&view, "PID", 5, 0, 0, "N??ez \\S\\ Garc?a^Zo?\\F\\PID\\F\\1^D");

    form.character_set = FORM_8859_1;
    form.replaces = false;
    assert_null(try_render_as(&form, &order, &arena, &rendered));
    assert_int_equal(rendered.loss.count, 0);
    assert_null(hl7_check(rendered.message, "RDE_O11", "2.5.1"));
    assert_true(hl7_split(rendered.message, &view));
    assert_value(&view, "MSH", 18, 0, 0, "8859/1");
    assert_value(&view, "PID", 5, 2, 0,
                 "Zo\xEB"
                 "\\F\\PID\\F\\1");
}

static void each_set_has_its_code_in_each_version(void **state)
{
    (void)state;
    static const char *const unicode[FORM_VERSIONS] = {"", "UNICODE", "UNICODE", "UNICODE UTF-8",
                                                       "UNICODE UTF-8"};
    for (size_t i = 0; i < KIND_CASES; i++) {
        struct hl7_view view;
        const struct medication_order order = test_order_full();
        (void)render_case(&kind_cases[i], &order, &arena, &view);
        assert_value(&view, "MSH", 18, 0, 0, unicode[kind_cases[i].version]);
    }
}

/* --- Z fields ---------------------------------------------------------------------------------------------------------------------- */

static void assert_z(const struct form *form, const struct medication_order *order, const char *expected)
{
    struct rendered rendered;
    struct hl7_view view;
    assert_null(try_render_as(form, order, &arena, &rendered));
    assert_null(hl7_check(rendered.message, "RDE_O11", "2.5.1"));
    assert_true(hl7_split(rendered.message, &view));
    /* Everything behind RXR. */
    const struct hl7_segment_view *rxr = hl7_find(&view, "RXR", 0);
    const char *from = rxr->whole.ptr + rxr->whole.len + 1;
    struct slice rest = slice_from(from, (size_t)(rendered.message.ptr + rendered.message.len - from));
    if (!slice_equal(rest, slice_of(expected)))
        fail_msg("'%.*s', expected '%s'", (int)rest.len, rest.ptr, expected);
}

static void what_the_pharmacy_wants_in_a_z_field_is_no_note(void **state)
{
    (void)state;
    struct form form = form_default;
    struct medication_order order = test_order_full();
    order.note = NULL;
    assert_z(&form, &order, "");
    assert_true(form_place_from_text("ZRX-3", &form.keep_on_person));
    assert_z(&form, &order, "ZRX|||Y\r");
    order.keep_on_person = false;
    assert_z(&form, &order, "ZRX|||N\r");
    assert_true(form_place_from_text("ZRX-1", &form.container_type));
    assert_z(&form, &order, "ZRX|BLISTER CARD||N\r");
    assert_true(form_place_from_text("ZRX-4", &form.container_type));
    assert_z(&form, &order, "ZRX|||N|BLISTER CARD\r");
    assert_true(form_place_from_text("ZAA-1", &form.container_type));
    assert_z(&form, &order, "ZAA|BLISTER CARD\rZRX|||N\r");
    order.container_type = NULL;
    assert_z(&form, &order, "ZRX|||N\r");
    form.keep_on_person = (struct form_place){0};
    assert_z(&form, &order, "");

    struct rendered rendered;
    struct hl7_view view;
    order = test_order_full();
    order.note = NULL;
    assert_true(form_place_from_text("ZRX-3", &form.keep_on_person));
    assert_null(try_render_as(&form, &order, &arena, &rendered));
    assert_true(hl7_split(rendered.message, &view));
    assert_int_equal(hl7_count(&view, "NTE"), 0);
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_control_of_each_message_and_version_obeys_its_grammar),
        cmocka_unit_test(a_control_changes_its_own_field_and_no_other),
        cmocka_unit_test(segments_stand_in_the_order_of_the_page),
        cmocka_unit_test(a_pair_that_the_standard_lacks_is_refused),
        cmocka_unit_test(rxo_says_what_is_ordered),
        cmocka_unit_test(timing_is_a_field_before_2_5_and_a_segment_from_then_on),
        cmocka_unit_test(each_part_of_the_timing_has_its_component),
        cmocka_unit_test(the_schedule_is_a_field_of_rxe_from_2_5_on_and_else_a_note),
        cmocka_unit_test(version_2_3_has_no_components_for_race_and_registry),
        cmocka_unit_test(no_value_makes_a_segment_or_a_field_in_any_form),
        cmocka_unit_test(separators_are_those_of_the_pharmacy),
        cmocka_unit_test(lines_end_as_the_pharmacy_wants),
        cmocka_unit_test(what_a_set_lacks_is_replaced_or_fails_the_order),
        cmocka_unit_test(each_set_has_its_code_in_each_version),
        cmocka_unit_test(what_the_pharmacy_wants_in_a_z_field_is_no_note),
    };
    return cmocka_run_group_tests_name("render_forms", tests, set_up, tear_down);
}
