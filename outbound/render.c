/*
 * One function a segment, in the order of RDE_O11 (HL7 2.5.1 chapter 4):
 *
 *   MSH  PID PV1  ORC  RXE [NTE …]  TQ1  RXR
 *
 * Which column goes into which field, and why, is docs/pharmacy.md; a test compares the two.
 */
#include "outbound/render.h"

#include <stdio.h>
#include <string.h>

#include "outbound/hl7_writer.h"
#include "outbound/render_check.h"
#include "parser/encoding.h"
#include "parser/zone.h"

const char render_no_memory[] = "there is not enough memory for the message: retry when the machine has some";

/* What the segments have in common. */
struct rendering {
    struct hl7_writer writer;
    const struct medication_order *order;
    const struct zone *zone; /* of the facility; NULL: UTC */
};

/* --- data types ----------------------------------------------------------------------------------------- */

/* A TS in the time of the facility. */
static void write_time(struct rendering *rendering, unsigned field, instant_us instant)
{
    hl7_field(&rendering->writer, field);
    if (instant == INSTANT_NONE)
        return;
    int offset = rendering->zone == NULL ? 0 : zone_offset_at(rendering->zone, instant / 1000000) / 60;
    hl7_time(&rendering->writer, instant, offset);
}

/* A CX: identifier, who gave it, what kind it is (table 0203). */
static void write_cx(struct hl7_writer *writer, unsigned field, const char *id, const char *authority,
                     const char *kind)
{
    hl7_field_text(writer, field, id);
    hl7_component_text(writer, 4, authority);
    hl7_component_text(writer, 5, kind);
}

/* An XCN of the provider: a number that a national registry gave. */
static void write_provider(struct rendering *rendering, unsigned field, const char *number,
                           const char *registry, const char *registry_oid)
{
    struct hl7_writer *writer = &rendering->writer;
    hl7_field_text(writer, field, number);
    hl7_component_text(writer, 2, rendering->order->provider_last);
    hl7_component_text(writer, 3, rendering->order->provider_first);
    hl7_component_text(writer, 9, registry);
    hl7_subcomponent(writer, 2);
    hl7_text(writer, registry_oid);
    hl7_subcomponent(writer, 3);
    hl7_text(writer, "ISO");
    hl7_component_text(writer, 13, registry);
}

/* A CE that is text alone. */
static void write_ce_text(struct hl7_writer *writer, unsigned field, const char *text)
{
    hl7_field(writer, field);
    hl7_component_text(writer, 2, text);
}

/* --- segments ------------------------------------------------------------------------------------------- */

static void write_msh(struct rendering *rendering, const struct render_input *input)
{
    struct hl7_writer *writer = &rendering->writer;
    const struct partner *partner = input->partner;
    hl7_segment(writer, "MSH");
    hl7_field_text(writer, 3, partner->sending_application);
    hl7_field_text(writer, 4, partner->sending_facility);
    hl7_field_text(writer, 5, partner->receiving_application);
    hl7_field_text(writer, 6, partner->receiving_facility);
    write_time(rendering, 7, input->now);
    hl7_field(writer, 9);
    hl7_raw_constant(writer, "RDE^O11^RDE_O11");
    hl7_field_text(writer, 10, input->control_id);
    hl7_field_text(writer, 11, partner->processing_id);
    hl7_field_text(writer, 12, "2.5.1");
    hl7_field_text(writer, 18, "UNICODE UTF-8");
}

static void write_pid(struct rendering *rendering)
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
    const struct medication_order *order = rendering->order;

    hl7_segment(writer, "PID");
    hl7_field_text(writer, 1, "1");
    write_cx(writer, 3, order->patient_id, order->authority, "PI");
    hl7_field_text(writer, 5, order->last_name);
    hl7_component_text(writer, 2, order->first_name);
    hl7_component_text(writer, 3, order->middle_name);
    struct civil_time birth;
    hl7_field(writer, 7);
    if (order->birth_date != NULL && datetime_parse_date(slice_of(order->birth_date), &birth) == FAULT_NONE) {
        char text[16];
        (void)snprintf(text, sizeof text, "%04d%02u%02u", (int)birth.year, birth.month, birth.day);
        hl7_text(writer, text);
    }
    hl7_field_text(writer, 8, order->sex == NULL ? NULL : render_sex_code(order->sex));
    hl7_field(writer, 10);
    if (!render_is_blank(order->race)) {
        const char *code = NULL;
        for (size_t i = 0; i < sizeof races / sizeof races[0]; i++) {
            if (strcmp(order->race, races[i].name) == 0)
                code = races[i].code;
        }
        hl7_text(writer, code);
        hl7_component_text(writer, 2, order->race);
        hl7_component_text(writer, 3, code == NULL ? NULL : "HL70005");
    }
    write_cx(writer, 18, order->booking_number, order->authority, "AN");
}

static void write_pv1(struct rendering *rendering)
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
    write_cx(writer, 19, order->booking_number, order->authority, "VN");
    hl7_field_text(writer, 20, order->agency);
}

static void write_orc(struct rendering *rendering)
{
    struct hl7_writer *writer = &rendering->writer;
    const struct medication_order *order = rendering->order;
    hl7_segment(writer, "ORC");
    hl7_field_text(writer, 1, order->order_control);
    hl7_field_text(writer, 2, order->placer_number);
    write_time(rendering, 9, order->ordered_at);
    write_provider(rendering, 12, order->provider_npi, "NPI", "2.16.840.1.113883.4.6");
}

/* "20 mg" → "20" and "mg". False when it is anything else ("5 mg/5 mL"): RXE-25 is a number. */
static bool split_strength(struct slice strength, struct slice *amount, struct slice *units)
{
    size_t end = 0;
    while (end < strength.len &&
           ((strength.ptr[end] >= '0' && strength.ptr[end] <= '9') || strength.ptr[end] == '.'))
        end++;
    *amount = (struct slice){strength.ptr, end};
    *units = slice_trim(slice_after(strength, end));
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

static void write_rxe(struct rendering *rendering, bool *strength_written)
{
    struct hl7_writer *writer = &rendering->writer;
    const struct medication_order *order = rendering->order;
    hl7_segment(writer, "RXE");
    hl7_field_text(writer, 2, order->ndc);
    hl7_component_text(writer, 2, order->drug_name);
    hl7_component_text(writer, 3, "NDC");
    if (order->rxnorm != NULL) {
        hl7_component_text(writer, 4, order->rxnorm);
        hl7_component_text(writer, 6, "RXNORM");
    }
    hl7_field_text(writer, 3, order->dose_amount);
    hl7_field_text(writer, 5, order->dose_units);
    hl7_field_text(writer, 6, order->dosage_form);
    write_ce_text(writer, 7, order->instructions);
    hl7_field_text(writer, 9, order->substitution_allowed ? "0" : "1"); /* table 0167 */
    hl7_field_text(writer, 10, order->quantity);
    hl7_field_text(writer, 11, order->quantity_units);
    hl7_field(writer, 12);
    if (order->refills >= 0)
        hl7_number(writer, order->refills);
    if (!render_is_blank(order->provider_dea))
        write_provider(rendering, 13, order->provider_dea, "DEA", "2.16.840.1.113883.4.814");
    struct slice amount, units;
    *strength_written = split_strength(slice_trim(slice_of(order->strength)), &amount, &units);
    if (*strength_written) {
        hl7_field(writer, 25);
        hl7_slice(writer, amount);
        hl7_field(writer, 26);
        hl7_slice(writer, units);
    }
    write_ce_text(writer, 27, order->indication);
    if (order->drug_schedule != NULL) {
        hl7_field_text(writer, 35, render_schedule_code(order->drug_schedule));
        hl7_component_text(writer, 3, "HL70477");
    }
}

static void write_nte(struct hl7_writer *writer, unsigned *set_id, const char *label, struct slice text)
{
    if (slice_trim(text).len == 0)
        return;
    hl7_segment(writer, "NTE");
    hl7_field(writer, 1);
    hl7_number(writer, ++*set_id);
    hl7_field_text(writer, 2, "P");
    hl7_field_text(writer, 3, label);
    hl7_slice(writer, text);
}

/* The NTE of RXE. A note gets one a line: a receiver that reads only the first repetition loses nothing. */
static void write_notes(struct rendering *rendering, bool strength_written)
{
    struct hl7_writer *writer = &rendering->writer;
    const struct medication_order *order = rendering->order;
    unsigned set_id = 0;
    if (order->keep_on_person)
        write_nte(writer, &set_id, NULL, SLICE_LITERAL("KEEP ON PERSON: YES"));
    write_nte(writer, &set_id, "CONTAINER: ", slice_of(order->container_type));
    if (!strength_written)
        write_nte(writer, &set_id, "STRENGTH: ", slice_of(order->strength));
    struct slice rest = slice_of(order->note);
    while (rest.len > 0) {
        size_t end = 0;
        while (end < rest.len && rest.ptr[end] != '\r' && rest.ptr[end] != '\n')
            end++;
        write_nte(writer, &set_id, NULL, (struct slice){rest.ptr, end});
        rest = slice_after(rest, end + 1);
    }
}

static void write_tq1(struct rendering *rendering)
{
    struct hl7_writer *writer = &rendering->writer;
    const struct medication_order *order = rendering->order;
    hl7_segment(writer, "TQ1");
    hl7_field_text(writer, 1, "1");
    hl7_field(writer, 3);
    /* Table 0335: PRNxxx, where xxx is the frequency that must not be exceeded. */
    if (order->as_needed && (order->frequency == NULL || strncmp(order->frequency, "PRN", 3) != 0))
        hl7_text(writer, "PRN");
    hl7_text(writer, order->frequency);
    if (order->days_supply >= 0) {
        hl7_field(writer, 6);
        hl7_number(writer, order->days_supply);
        hl7_component(writer, 2);
        hl7_raw_constant(writer, "d&day&UCUM");
    }
    write_time(rendering, 7, order->start_at);
    write_time(rendering, 8, order->stop_at);
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

static void write_rxr(struct rendering *rendering)
{
    const char *route = rendering->order->route;
    hl7_segment(&rendering->writer, "RXR");
    hl7_field_text(&rendering->writer, 1, route);
    hl7_component_text(&rendering->writer, 3, is_route_of_hl7(route) ? "HL70162" : NULL);
}

const char *render_order(const struct render_input *input, struct arena *arena, struct slice *message)
{
    const char *sentence = render_check(input);
    if (sentence != NULL)
        return sentence;
    struct rendering rendering = {.order = input->order};
    if (input->order->facility_zone != NULL) {
        rendering.zone = zone_find(slice_of(input->order->facility_zone));
        if (rendering.zone == NULL)
            return "the time zone of the facility is not known to this program: mend zone of the facility in "
                   "corbridge.xml, then retry";
    }
    hl7_writer_init(&rendering.writer, arena);
    bool strength_written;
    write_msh(&rendering, input);
    write_pid(&rendering);
    write_pv1(&rendering);
    write_orc(&rendering);
    write_rxe(&rendering, &strength_written);
    write_notes(&rendering, strength_written);
    write_tq1(&rendering);
    write_rxr(&rendering);
    struct slice whole;
    if (!hl7_finish(&rendering.writer, &whole))
        return render_no_memory;
    /* MSH-18 promises it; a program that writes to the database may have stored other bytes. */
    if (!utf8_is_valid(whole))
        return "a text of the order, the drug, the provider or the patient is not valid UTF-8: mend the row, then retry";
    *message = whole;
    return NULL;
}
