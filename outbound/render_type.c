/* Data types (HL7 2.5.1 chapter 2A) that stand in several segments. */
#include "outbound/render_part.h"

#include "outbound/render_check.h"

void render_time(struct rendering *rendering, instant_us instant)
{
    if (instant == INSTANT_NONE)
        return;
    int offset = rendering->zone == NULL ? 0 : zone_offset_at(rendering->zone, instant / 1000000) / 60;
    hl7_time(&rendering->writer, instant, offset);
}

void render_time_field(struct rendering *rendering, unsigned field, instant_us instant)
{
    hl7_field(&rendering->writer, field);
    render_time(rendering, instant);
}

void render_cx(struct rendering *rendering, unsigned field, const char *id, const char *authority,
               const char *kind)
{
    struct hl7_writer *writer = &rendering->writer;
    hl7_field_text(writer, field, id);
    hl7_component_text(writer, 4, authority);
    hl7_component_text(writer, 5, kind);
}

static void render_person(struct rendering *rendering, unsigned field, const char *number)
{
    struct hl7_writer *writer = &rendering->writer;
    hl7_field_text(writer, field, number);
    hl7_component_text(writer, 2, rendering->order->provider_last);
    hl7_component_text(writer, 3, rendering->order->provider_first);
}

void render_provider(struct rendering *rendering, unsigned field, const char *number, const char *registry,
                     const char *registry_oid)
{
    struct hl7_writer *writer = &rendering->writer;
    render_person(rendering, field, number);
    hl7_component_text(writer, 9, registry);
    hl7_subcomponent_text(writer, 2, registry_oid);
    hl7_subcomponent_text(writer, 3, "ISO");
    hl7_component_text(writer, 13, registry);
}

void render_dea(struct rendering *rendering, unsigned field)
{
    const char *number = rendering->order->provider_dea;
    if (render_is_blank(number))
        return;
    if (rendering->form->version == FORM_2_3)
        render_person(rendering, field, number);
    else
        render_provider(rendering, field, number, "DEA", "2.16.840.1.113883.4.814");
}

void render_ce_text(struct rendering *rendering, unsigned field, const char *text)
{
    hl7_field(&rendering->writer, field);
    hl7_component_text(&rendering->writer, 2, text);
}
