/* When: a field of type TQ before 2.5, the segment TQ1 from then on. */
#include "outbound/render_part.h"

#include <stdio.h>
#include <string.h>

/* Table 0335: PRN, and behind it the frequency that must not be exceeded, as in PRNQ6H. */
static void render_repeat_pattern(struct rendering *rendering)
{
    const struct medication_order *order = rendering->order;
    if (order->as_needed && (order->frequency == NULL || strncmp(order->frequency, "PRN", 3) != 0))
        hl7_text(&rendering->writer, "PRN");
    hl7_text(&rendering->writer, order->frequency);
}

static bool has_timing(const struct medication_order *order)
{
    return order->as_needed || order->frequency != NULL || order->days_supply >= 0 ||
           order->start_at != INSTANT_NONE || order->stop_at != INSTANT_NONE;
}

void render_quantity_timing(struct rendering *rendering, unsigned field)
{
    struct hl7_writer *writer = &rendering->writer;
    const struct medication_order *order = rendering->order;
    hl7_field(writer, field);
    /* The field must not be empty: RXE-1 is required, and in 2.3 ORC-7 too. The quantity is how many times the give amount
     * is given at each time: for drugs it is always 1 (chapter 4, RXO-2), so that says nothing new. */
    if (!has_timing(order)) {
        hl7_text(writer, "1");
        return;
    }
    hl7_component(writer, 2);
    render_repeat_pattern(rendering);
    if (order->days_supply >= 0) {
        char days[24];
        (void)snprintf(days, sizeof days, "D%lld", (long long)order->days_supply);
        hl7_component_text(writer, 3, days);
    }
    hl7_component(writer, 4);
    render_time(rendering, order->start_at);
    hl7_component(writer, 5);
    render_time(rendering, order->stop_at);
}

void render_tq1(struct rendering *rendering)
{
    struct hl7_writer *writer = &rendering->writer;
    const struct medication_order *order = rendering->order;
    hl7_segment(writer, "TQ1");
    hl7_field_text(writer, 1, "1");
    hl7_field(writer, 3);
    render_repeat_pattern(rendering);
    if (order->days_supply >= 0) {
        hl7_field(writer, 6);
        hl7_number(writer, order->days_supply);
        hl7_component_text(writer, 2, "d");
        hl7_subcomponent_text(writer, 2, "day");
        hl7_subcomponent_text(writer, 3, "UCUM");
    }
    render_time_field(rendering, 7, order->start_at);
    render_time_field(rendering, 8, order->stop_at);
}
