/*
 * The order of the segments. The standard's abstract messages are in chapter 4, those of 2.3 and 2.3.1 in §4.8 (an ORM
 * of drugs is that of §4.8.1, with RXR), later ones under the names of their structures. What of them is written:
 *
 *   RDE  2.5, 2.5.1      MSH  PID PV1  ORC  RXE [NTE …] TQ1  RXR
 *   RDE  2.3, 2.3.1, 2.4 MSH  PID PV1  ORC  [RXO NTE … RXR]  RXE  RXR
 *   ORM  2.3, 2.3.1      MSH  PID PV1  ORC  RXO [NTE …] RXR
 *   OMP  2.4             MSH  PID PV1  ORC  RXO [NTE …] RXR
 *   OMP  2.5, 2.5.1      MSH  PID PV1  ORC TQ1  RXO [NTE …] RXR
 *
 * and at the end the Z segments that a pharmacy wants. Before 2.5 the standard lets no NTE follow RXE: there the notes of
 * an RDE follow RXO, which is left out when there is none.
 *
 * Which column goes into which field, and why, is docs/pharmacy.md; a test compares the two.
 */
#include "outbound/render.h"

#include <stdio.h>
#include <string.h>

#include "outbound/render_check.h"
#include "outbound/render_part.h"

#define SENTENCE_SIZE ((size_t)256)

const char render_no_memory[] = "there is not enough memory for the message: retry when the machine has some";

static void render_msh(struct rendering *rendering, const struct render_input *input,
                       const struct form_kind *kind)
{
    struct hl7_writer *writer = &rendering->writer;
    const struct partner *partner = input->partner;
    hl7_segment(writer, "MSH");
    hl7_field_text(writer, 3, partner->sending_application);
    hl7_field_text(writer, 4, partner->sending_facility);
    hl7_field_text(writer, 5, partner->receiving_application);
    hl7_field_text(writer, 6, partner->receiving_facility);
    render_time_field(rendering, 7, input->now);
    hl7_field_text(writer, 9, kind->message);
    hl7_component_text(writer, 2, kind->trigger);
    hl7_component_text(writer, 3, kind->structure);
    hl7_field_text(writer, 10, input->control_id);
    hl7_field_text(writer, 11, partner->processing_id);
    hl7_field_text(writer, 12, form_version_name(rendering->form->version));
    hl7_field_text(writer, 18, character_set_code(rendering->form->character_set, rendering->form->version));
}

static void render_orc(struct rendering *rendering)
{
    struct hl7_writer *writer = &rendering->writer;
    const struct medication_order *order = rendering->order;
    hl7_segment(writer, "ORC");
    hl7_field_text(writer, 1, order->order_control);
    hl7_field_text(writer, 2, order->placer_number);
    if (rendering->form->version < FORM_2_5)
        render_quantity_timing(rendering, 7);
    render_time_field(rendering, 9, order->ordered_at);
    render_provider(rendering, 12, order->provider_npi, "NPI", "2.16.840.1.113883.4.6");
}

static void render_rde_order(struct rendering *rendering)
{
    bool old = rendering->form->version < FORM_2_5;
    if (old && render_has_notes(rendering)) {
        render_rxo(rendering);
        render_notes(rendering);
        render_rxr(rendering);
    }
    render_rxe(rendering);
    if (!old) {
        render_notes(rendering);
        render_tq1(rendering);
    }
    render_rxr(rendering);
}

static void render_plain_order(struct rendering *rendering)
{
    if (rendering->form->version >= FORM_2_5)
        render_tq1(rendering);
    render_rxo(rendering);
    render_notes(rendering);
    render_rxr(rendering);
}

/* The sentence for a character that must not be replaced. */
static const char *not_in_set(const struct form *form, const struct character_loss *loss, struct arena *arena)
{
    char *sentence = arena_take(arena, SENTENCE_SIZE);
    if (sentence == NULL)
        return render_no_memory;
    (void)snprintf(
        sentence, SENTENCE_SIZE,
        "a character of %s-%u is not in the character set of the pharmacy (%s): set other-characters or "
        "character-set of the pharmacy in corbridge.xml, or mend the row, then retry",
        loss->segment, loss->field, character_set_code(form->character_set, form->version));
    return sentence;
}

const char *render_order(const struct render_input *input, struct arena *arena, struct rendered *out)
{
    const struct form *form = &input->partner->form;
    const char *sentence = render_check(input);
    if (sentence != NULL)
        return sentence;
    struct rendering rendering = {.order = input->order, .form = form};
    if (input->order->facility_zone != NULL) {
        rendering.zone = zone_find(slice_of(input->order->facility_zone));
        if (rendering.zone == NULL)
            return "the time zone of the facility is not known to this program: mend zone of the facility in "
                   "corbridge.xml, then retry";
    }
    hl7_writer_init(&rendering.writer, arena);
    hl7_writer_set_form(&rendering.writer, &form->separators, form->line_end);
    render_msh(&rendering, input, form_kind(form->message, form->version));
    render_pid(&rendering);
    render_pv1(&rendering);
    render_orc(&rendering);
    if (render_has_rxe(&rendering))
        render_rde_order(&rendering);
    else
        render_plain_order(&rendering);
    render_z_segments(&rendering);
    struct slice whole;
    if (!hl7_finish(&rendering.writer, &whole))
        return render_no_memory;
    switch (character_set_encode(whole, form, arena, &out->message, &out->loss)) {
    case CHARACTER_OK: break;
    case CHARACTER_NO_MEMORY: return render_no_memory;
    case CHARACTER_NOT_UTF_8:
        /* A program that writes to the database may have stored other bytes. */
        return "a text of the order, the drug, the provider or the patient is not valid UTF-8: mend the row, then retry";
    }
    if (out->loss.count > 0 && !form->replaces)
        return not_in_set(form, &out->loss, arena);
    return NULL;
}
