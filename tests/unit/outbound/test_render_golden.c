/* Golden files: tests/fixtures/outbound/. test_render_golden --write makes them anew; then look at every one. */
#include "outbound/render.h"
#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"
#include "tests/unit/outbound/rendered_order.h"
#include "tests/unit/outbound/test_order.h"

#include <stdio.h>
#include <string.h>

static bool write_golden;

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

/* --- by message and version ---------------------------------------------------------------------------------------------- */

static void assert_case(const struct kind_case *kind, const struct medication_order *order, const char *what)
{
    struct hl7_view view;
    char file[64];
    (void)snprintf(file, sizeof file, "outbound/%s-%s.hl7", kind->name, what);
    assert_golden(file, render_case(kind, order, &arena, &view), write_golden);
}

static void each_message_of_each_version_is_the_golden_one(void **state)
{
    (void)state;
    for (size_t i = 0; i < KIND_CASES; i++) {
        struct medication_order order = test_order_full();
        assert_case(&kind_cases[i], &order, "full");
        order = test_order_minimal();
        assert_case(&kind_cases[i], &order, "minimal");
    }
}

static void orders_of_other_kinds_are_the_golden_ones(void **state)
{
    (void)state;
    for (size_t i = 0; i < KIND_CASES; i++) {
        if (strcmp(kind_cases[i].name, "rde-2.5.1") != 0)
            continue;
        struct medication_order order = test_order_cancel();
        assert_case(&kind_cases[i], &order, "cancel");
        order = test_order_discontinue();
        assert_case(&kind_cases[i], &order, "discontinue");
        order = test_order_foreign();
        assert_case(&kind_cases[i], &order, "foreign");
    }
}

/* --- by the other settings of a pharmacy ------------------------------------------------------------------------------------ */

/* Everything is another than the default. */
static struct form other_form(void)
{
    struct form form = form_default;
    form.message = FORM_OMP;
    form.version = FORM_2_4;
    assert_null(form_separators_from_text("#$*@!", &form.separators));
    form.line_end = "\r\n";
    form.character_set = FORM_8859_1;
    form.replaces = true;
    assert_true(form_place_from_text("ZRX-3", &form.keep_on_person));
    assert_true(form_place_from_text("ZRX-1", &form.container_type));
    return form;
}

static void a_form_of_settings_is_the_golden_one(void **state)
{
    (void)state;
    struct rendered rendered;
    struct medication_order order = test_order_foreign();
    order.middle_name = "\xE2\x82\xAC"; /* a euro sign, which ISO 8859-1 does not have */
    const struct form form = other_form();
    assert_null(try_render_as(&form, &order, &arena, &rendered));
    assert_int_equal(rendered.loss.count, 1);
    assert_golden("outbound/omp-2.4-settings.hl7", rendered.message, write_golden);
}

int main(int argc, char **argv)
{
    test_main_init();
    write_golden = argc == 2 && strcmp(argv[1], "--write") == 0;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_message_of_each_version_is_the_golden_one),
        cmocka_unit_test(orders_of_other_kinds_are_the_golden_ones),
        cmocka_unit_test(a_form_of_settings_is_the_golden_one),
    };
    return cmocka_run_group_tests_name("render_golden", tests, set_up, tear_down);
}
