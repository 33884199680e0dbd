/* Renders orders for tests, and judges what comes out. */
#ifndef TESTS_UNIT_OUTBOUND_RENDERED_ORDER_H
#define TESTS_UNIT_OUTBOUND_RENDERED_ORDER_H

#include "outbound/render.h"
#include "tests/unit/outbound/hl7_view.h"

/* Every pair of message and version that the standard has, with what must stand in the message. */
struct kind_case {
    enum form_message message;
    enum form_version version;
    const char *name;      /* "rde-2.5.1" */
    const char *structure; /* "RDE_O11" */
    const char *msh_9;     /* "RDE^O11^RDE_O11" */
};
#define KIND_CASES ((size_t)10)
extern const struct kind_case kind_cases[KIND_CASES];

/* The default form, with the message and version of a case. */
struct form form_of_case(const struct kind_case *kind);

/* Renders for the test pharmacy with that form; the sentence of render_order. */
const char *try_render_as(const struct form *form, const struct medication_order *order, struct arena *arena,
                          struct rendered *out);

/* Renders what must render, as that case; judges it by the grammar (the form must have CR and the suggested separators). */
struct slice render_case(const struct kind_case *kind, const struct medication_order *order,
                         struct arena *arena, struct hl7_view *view);

/* A field (component 0), component (subcomponent 0) or subcomponent of the first segment of that name. */
void assert_value(const struct hl7_view *view, const char *segment, unsigned field, unsigned component,
                  unsigned subcomponent, const char *expected);

/* Compares with tests/fixtures/`file`; `write`: makes that file anew. */
void assert_golden(const char *file, struct slice message, bool write);

#endif
