#include "tests/unit/outbound/rendered_order.h"

#include <stdlib.h>

#include "platform/file.h"
#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"
#include "tests/unit/outbound/hl7_grammar.h"
#include "tests/unit/outbound/test_order.h"

const struct kind_case kind_cases[KIND_CASES] = {
    {FORM_RDE, FORM_2_3, "rde-2.3", "RDE_O01", "RDE^O01"},
    {FORM_RDE, FORM_2_3_1, "rde-2.3.1", "RDE_O01", "RDE^O01^RDE_O01"},
    {FORM_RDE, FORM_2_4, "rde-2.4", "RDE_O11", "RDE^O11^RDE_O11"},
    {FORM_RDE, FORM_2_5, "rde-2.5", "RDE_O11", "RDE^O11^RDE_O11"},
    {FORM_RDE, FORM_2_5_1, "rde-2.5.1", "RDE_O11", "RDE^O11^RDE_O11"},
    {FORM_ORM, FORM_2_3, "orm-2.3", "ORM_O01", "ORM^O01"},
    {FORM_ORM, FORM_2_3_1, "orm-2.3.1", "ORM_O01", "ORM^O01^ORM_O01"},
    {FORM_OMP, FORM_2_4, "omp-2.4", "OMP_O09", "OMP^O09^OMP_O09"},
    {FORM_OMP, FORM_2_5, "omp-2.5", "OMP_O09", "OMP^O09^OMP_O09"},
    {FORM_OMP, FORM_2_5_1, "omp-2.5.1", "OMP_O09", "OMP^O09^OMP_O09"},
};

struct form form_of_case(const struct kind_case *kind)
{
    struct form form = form_default;
    form.message = kind->message;
    form.version = kind->version;
    return form;
}

const char *try_render_as(const struct form *form, const struct medication_order *order, struct arena *arena,
                          struct rendered *out)
{
    struct partner partner = test_partner;
    partner.form = *form;
    const struct render_input input = {
        .order = order,
        .partner = &partner,
        .control_id = "TABCDEF1",
        .now = test_instant(2026, 11, 23, 18, 5, 10),
    };
    *out = (struct rendered){0};
    return render_order(&input, arena, out);
}

struct slice render_case(const struct kind_case *kind, const struct medication_order *order,
                         struct arena *arena, struct hl7_view *view)
{
    struct rendered rendered;
    struct form form = form_of_case(kind);
    const char *sentence = try_render_as(&form, order, arena, &rendered);
    if (sentence != NULL)
        fail_msg("%s: %s", kind->name, sentence);
    const char *wrong = hl7_check(rendered.message, kind->structure, form_version_name(kind->version));
    if (wrong != NULL)
        fail_msg("%s: %s", kind->name, wrong);
    assert_int_equal(rendered.loss.count, 0);
    assert_true(hl7_split(rendered.message, view));
    return rendered.message;
}

void assert_value(const struct hl7_view *view, const char *segment, unsigned field, unsigned component,
                  unsigned subcomponent, const char *expected)
{
    const struct hl7_segment_view *found = hl7_find(view, segment, 0);
    assert_non_null(found);
    struct slice value =
        component == 0 ? hl7_get_field(found, field) : hl7_get(found, field, component, subcomponent);
    if (!slice_equal(value, slice_of(expected)))
        fail_msg("%s-%u.%u.%u is '%.*s', expected '%s'", segment, field, component, subcomponent,
                 (int)value.len, value.len == 0 ? "" : value.ptr, expected);
}

void assert_golden(const char *file, struct slice message, bool write)
{
    char *path = test_fixture_path(file);
    char *bytes = NULL;
    size_t size = 0;
    if (write) {
        (void)file_remove(path);
        assert_true(platform_ok(file_store(path, message.ptr, message.len)));
    }
    assert_true(platform_ok(file_load(path, 65536, &bytes, &size)));
    if (!slice_equal(slice_from(bytes, size), message))
        fail_msg("%s is not what is written now", file);
    free(bytes);
    free(path);
}
