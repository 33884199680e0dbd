/* PID and PV1: for whom, and where that person is. */
#include "outbound/render_part.h"

#include <stdio.h>
#include <string.h>

#include "outbound/render_check.h"

static void render_birth_date(struct rendering *rendering)
{
    struct civil_time birth;
    const char *text = rendering->order->birth_date;
    hl7_field(&rendering->writer, 7);
    if (text == NULL || datetime_parse_date(slice_of(text), &birth) != FAULT_NONE)
        return;
    char date[16];
    (void)snprintf(date, sizeof date, "%04d%02u%02u", (int)birth.year, birth.month, birth.day);
    hl7_text(&rendering->writer, date);
}

/* A CE; in 2.3 an IS, which holds a code and nothing else. */
static void render_race(struct rendering *rendering)
{
    static const struct {
        const char *name, *code; /* table 0005 */
    } races[] = {
        {"American Indian or Alaskan Native", "1002-5"},
        {"Asian", "2028-9"},
        {"Black or African American", "2054-5"},
        {"Native Hawaiian or Other Pacific Islander", "2076-8"},
        {"White", "2106-3"},
    };
    struct hl7_writer *writer = &rendering->writer;
    const char *race = rendering->order->race;
    const char *code = NULL;
    if (render_is_blank(race))
        return;
    for (size_t i = 0; i < sizeof races / sizeof races[0]; i++) {
        if (strcmp(race, races[i].name) == 0)
            code = races[i].code;
    }
    hl7_field_text(writer, 10, code);
    if (rendering->form->version == FORM_2_3)
        return;
    hl7_component_text(writer, 2, race);
    hl7_component_text(writer, 3, code == NULL ? NULL : "HL70005");
}

void render_pid(struct rendering *rendering)
{
    struct hl7_writer *writer = &rendering->writer;
    const struct medication_order *order = rendering->order;
    hl7_segment(writer, "PID");
    hl7_field_text(writer, 1, "1");
    render_cx(rendering, 3, order->patient_id, order->authority, "PI");
    hl7_field_text(writer, 5, order->last_name);
    hl7_component_text(writer, 2, order->first_name);
    hl7_component_text(writer, 3, order->middle_name);
    render_birth_date(rendering);
    hl7_field_text(writer, 8, order->sex == NULL ? NULL : render_sex_code(order->sex));
    render_race(rendering);
    render_cx(rendering, 18, order->booking_number, order->authority, "AN");
}

void render_pv1(struct rendering *rendering)
{
    struct hl7_writer *writer = &rendering->writer;
    const struct medication_order *order = rendering->order;
    /* Where no location rule of the facility has spoken, housing and bed go as the JMS filed them. */
    bool ruled = order->pod != NULL || order->cell != NULL || order->block != NULL;
    hl7_segment(writer, "PV1");
    hl7_field_text(writer, 1, "1");
    hl7_field_text(writer, 2, "I");
    hl7_field_text(writer, 3, ruled ? order->pod : order->housing);
    hl7_component_text(writer, 2, order->cell);
    hl7_component_text(writer, 3, order->bed);
    hl7_component_text(writer, 4, order->facility);
    hl7_component_text(writer, 7, order->block);
    render_cx(rendering, 19, order->booking_number, order->authority, "VN");
    hl7_field_text(writer, 20, order->agency);
}
