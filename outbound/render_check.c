/*
 * What a message cannot be without. Each sentence is for people: what is missing, in which field of the
 * message, in which table and column to mend it. None holds a value. At most 255 characters
 * (order_event.reason).
 */
#include "outbound/render_check.h"

#include <stddef.h>
#include <string.h>

#define CONTROL_ID_MAX ((size_t)20) /* MSH-10, HL7 2.5.1 §2.15.9.10 */

bool render_is_blank(const char *text)
{
    return text == NULL || slice_trim(slice_of(text)).len == 0;
}

bool render_is_number(struct slice text)
{
    size_t digits = 0, points = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] >= '0' && text.ptr[i] <= '9')
            digits++;
        else if (text.ptr[i] == '.' && digits > 0 && points == 0)
            points++;
        else
            return false;
    }
    return digits > 0 && text.ptr[text.len - 1] != '.';
}

#define NEW_ROW                                                                                              \
    "insert a medication_order row that has it, with replaces = the id of the failed one (its content never changes)"

static const struct {
    size_t offset; /* of a const char * in struct medication_order */
    const char *sentence;
} required[] = {
#define COLUMN(name, sentence)                                                                               \
    {                                                                                                        \
        offsetof(struct medication_order, name), sentence                                                    \
    }
    COLUMN(placer_number, "the order has no number (ORC-2, medication_order.placer_number): " NEW_ROW),
    COLUMN(patient_id,
           "the patient has no PatientID (PID-3): let the JMS send it (patient.patient_id), then retry"),
    COLUMN(last_name,
           "the patient has no family name (PID-5): let the JMS send it (patient.last_name), then retry"),
    COLUMN(booking_number,
           "the booking has no number (PV1-19): let the JMS send it (booking.booking_number), then retry"),
    COLUMN(facility,
           "the booking has no facility (PV1-3): let the JMS send it (booking.facility), then retry"),
    COLUMN(provider_last, "the provider has no family name (ORC-12): fill provider.last_name, then retry"),
    COLUMN(provider_npi, "the provider has no NPI (ORC-12): fill provider.npi, then retry"),
    COLUMN(ndc, "the drug has no NDC (RXE-2, RXO-1): fill drug.ndc, then retry"),
    COLUMN(drug_name, "the drug has no name (RXE-2, RXO-1): fill drug.name, then retry"),
    COLUMN(dose_units, "the order has no dose units (RXE-5, RXO-4, medication_order.dose_units): " NEW_ROW),
    COLUMN(route, "the order has no route (RXR-1, medication_order.route, such as PO): " NEW_ROW),
#undef COLUMN
};

/* Codes of table 0119 that CorEMR sends. A controlled drug needs the prescriber's DEA number where the message asks the
 * pharmacy to dispense; to stop an order must not fail for want of it. */
static const struct {
    const char *code;
    bool dispenses;
} order_controls[] = {{"NW", true}, {"CA", false}, {"DC", false}, {"HD", false},
                      {"RL", true}, {"RF", true},  {"XO", true}};

const char *render_schedule_code(const char *schedule)
{
    static const char *const codes[] = {"I", "II", "III", "IV", "V"};
    if (schedule[0] < '1' || schedule[0] > '5' || schedule[1] != '\0')
        return NULL;
    return codes[schedule[0] - '1'];
}

const char *render_sex_code(const char *sex)
{
    if (strcmp(sex, "Male") == 0)
        return "M";
    if (strcmp(sex, "Female") == 0)
        return "F";
    return strcmp(sex, "Unknown") == 0 ? "U" : NULL;
}

const char *render_check(const struct render_input *input)
{
    const struct medication_order *order = input->order;
    const struct form *form = &input->partner->form;
    if (form_kind(form->message, form->version) == NULL)
        return "the message and version of the pharmacy do not go together: mend message or version of the pharmacy in "
               "corbridge.xml, then retry";
    for (size_t i = 0; i < sizeof required / sizeof required[0]; i++) {
        const char *value;
        memcpy(&value, (const char *)order + required[i].offset, sizeof value);
        if (render_is_blank(value))
            return required[i].sentence;
    }
    if (order->ordered_at == INSTANT_NONE)
        return "the order has no time (ORC-9, medication_order.ordered_at): " NEW_ROW;
    if (order->dose_amount == NULL || !render_is_number(slice_of(order->dose_amount)))
        return "the dose is no number (RXE-3, RXO-2, medication_order.dose_amount): " NEW_ROW;
    if (order->quantity != NULL && !render_is_number(slice_of(order->quantity)))
        return "the quantity is no number (RXE-10, RXO-11, medication_order.quantity): " NEW_ROW;
    bool known = false, dispenses = false;
    for (size_t i = 0; i < sizeof order_controls / sizeof order_controls[0]; i++) {
        if (order->order_control != NULL && strcmp(order->order_control, order_controls[i].code) == 0) {
            known = true;
            dispenses = order_controls[i].dispenses;
        }
    }
    if (!known)
        return "the order control is none of NW, CA, DC, HD, RL, RF, XO (ORC-1, medication_order.order_control): " NEW_ROW;
    if (order->drug_schedule != NULL) {
        if (render_schedule_code(order->drug_schedule) == NULL)
            return "the schedule of the drug is none of 1 to 5 (RXE-35): mend drug.schedule, then retry";
        if (dispenses && render_is_blank(order->provider_dea))
            return "the drug is a controlled substance and the provider has no DEA number (RXE-13, RXO-14): fill "
                   "provider.dea, then retry";
    }
    struct civil_time birth;
    if (order->birth_date != NULL && datetime_parse_date(slice_of(order->birth_date), &birth) != FAULT_NONE)
        return "the birth date of the patient is no date (PID-7): let the JMS send it (patient.birth_date), then retry";
    if (order->sex != NULL && render_sex_code(order->sex) == NULL)
        return "the sex of the patient is none of Male, Female, Unknown (PID-8): let the JMS send it (patient.sex), then "
               "retry";
    size_t control_id = input->control_id == NULL ? 0 : strlen(input->control_id);
    if (control_id == 0 || control_id > CONTROL_ID_MAX)
        return "the control id must have 1 to 20 characters (MSH-10): a fault of this program, report it";
    return NULL;
}
