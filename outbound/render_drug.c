/* RXO, RXE and RXR: what is ordered, what is to be dispensed, and how it is given. */
#include "outbound/render_part.h"

#include <string.h>

#include "outbound/render_check.h"

bool render_has_rxe(const struct rendering *rendering)
{
    return rendering->form->message == FORM_RDE;
}

bool render_has_schedule_field(const struct rendering *rendering)
{
    return render_has_rxe(rendering) && rendering->form->version >= FORM_2_5;
}

bool render_split_strength(const char *strength, struct slice *amount, struct slice *units)
{
    struct slice text = slice_trim(slice_of(strength));
    size_t end = 0;
    while (end < text.len && ((text.ptr[end] >= '0' && text.ptr[end] <= '9') || text.ptr[end] == '.'))
        end++;
    *amount = (struct slice){text.ptr, end};
    *units = slice_trim(slice_after(text, end));
    if (!render_is_number(*amount) || units->len == 0)
        return false;
    char first = units->ptr[0];
    if (first != '%' && (first < 'A' || first > 'Z') && (first < 'a' || first > 'z'))
        return false;
    for (size_t i = 0; i < units->len; i++) {
        if (units->ptr[i] >= '0' && units->ptr[i] <= '9')
            return false;
    }
    return true;
}

/* A CE: NDC, with RxNorm as the alternate. */
static void render_give_code(struct rendering *rendering, unsigned field)
{
    struct hl7_writer *writer = &rendering->writer;
    const struct medication_order *order = rendering->order;
    hl7_field_text(writer, field, order->ndc);
    hl7_component_text(writer, 2, order->drug_name);
    hl7_component_text(writer, 3, "NDC");
    if (order->rxnorm != NULL) {
        hl7_component_text(writer, 4, order->rxnorm);
        hl7_component_text(writer, 6, "RXNORM");
    }
}

/* Strength and its unit, in `field` and the next. */
static void render_strength(struct rendering *rendering, unsigned field)
{
    struct slice amount, units;
    if (!render_split_strength(rendering->order->strength, &amount, &units))
        return;
    hl7_field(&rendering->writer, field);
    hl7_slice(&rendering->writer, amount);
    hl7_field(&rendering->writer, field + 1);
    hl7_slice(&rendering->writer, units);
}

/* Quantity, its unit and the refills, in `field` and the next two. */
static void render_dispense(struct rendering *rendering, unsigned field)
{
    struct hl7_writer *writer = &rendering->writer;
    const struct medication_order *order = rendering->order;
    hl7_field_text(writer, field, order->quantity);
    hl7_field_text(writer, field + 1, order->quantity_units);
    hl7_field(writer, field + 2);
    if (order->refills >= 0)
        hl7_number(writer, order->refills);
}

void render_rxo(struct rendering *rendering)
{
    struct hl7_writer *writer = &rendering->writer;
    const struct medication_order *order = rendering->order;
    hl7_segment(writer, "RXO");
    render_give_code(rendering, 1);
    hl7_field_text(writer, 2, order->dose_amount);
    hl7_field_text(writer, 4, order->dose_units);
    hl7_field_text(writer, 5, order->dosage_form);
    render_ce_text(rendering, 7, order->instructions);
    hl7_field_text(writer, 9, order->substitution_allowed ? "G" : "N"); /* table 0161 */
    render_dispense(rendering, 11);
    render_dea(rendering, 14);
    render_strength(rendering, 18);
    render_ce_text(rendering, 20, order->indication);
}

void render_rxe(struct rendering *rendering)
{
    struct hl7_writer *writer = &rendering->writer;
    const struct medication_order *order = rendering->order;
    hl7_segment(writer, "RXE");
    if (rendering->form->version < FORM_2_5)
        render_quantity_timing(rendering, 1);
    render_give_code(rendering, 2);
    hl7_field_text(writer, 3, order->dose_amount);
    hl7_field_text(writer, 5, order->dose_units);
    hl7_field_text(writer, 6, order->dosage_form);
    render_ce_text(rendering, 7, order->instructions);
    hl7_field_text(writer, 9, order->substitution_allowed ? "0" : "1"); /* table 0167 */
    render_dispense(rendering, 10);
    render_dea(rendering, 13);
    render_strength(rendering, 25);
    render_ce_text(rendering, 27, order->indication);
    if (render_has_schedule_field(rendering) && order->drug_schedule != NULL) {
        hl7_field_text(writer, 35, render_schedule_code(order->drug_schedule));
        hl7_component_text(writer, 3, "HL70477");
    }
}

/* Table 0162 as HL7 2.5.1 has it: with a code of another table no coding system is claimed. */
static bool is_route_of_hl7(const char *route)
{
    static const char *const codes[] = {
        "AP", "B",  "DT", "EP", "ET", "GTT", "GU", "IA", "IB",  "IC", "ICV", "ID", "IH", "IHA", "IM", "IMR",
        "IN", "IO", "IP", "IS", "IT", "IU",  "IV", "MM", "MTH", "NG", "NP",  "NS", "NT", "OP",  "OT", "OTH",
        "PF", "PO", "PR", "RM", "SC", "SD",  "SL", "TD", "TL",  "TP", "TRA", "UR", "VG", "VM",  "WND"};
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        if (strcmp(route, codes[i]) == 0)
            return true;
    }
    return false;
}

void render_rxr(struct rendering *rendering)
{
    const char *route = rendering->order->route;
    hl7_segment(&rendering->writer, "RXR");
    hl7_field_text(&rendering->writer, 1, route);
    hl7_component_text(&rendering->writer, 3, is_route_of_hl7(route) ? "HL70162" : NULL);
}
