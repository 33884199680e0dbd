#include "tests/unit/outbound/test_order.h"

instant_us test_instant(int year, unsigned month, unsigned day, unsigned hour, unsigned minute,
                        unsigned second)
{
    return (datetime_days_from_civil(year, month, day) * 86400 + (int64_t)hour * 3600 + minute * 60 +
            second) *
           1000000;
}

const struct partner test_partner = {
    .to = {.kind = LIVE_PHARMACY,
           .name = "diamond",
           .folder = "/nowhere",
           .file_pattern = "%Y%m%d%H%M%S_%N_%C.hl7"},
    .sending_application = "COREMR",
    .sending_facility = "VCSO",
    .receiving_application = "RXSYS",
    .receiving_facility = "DIAMOND",
    .processing_id = "T",
    .form = {.message = FORM_RDE,
             .version = FORM_2_5_1,
             .separators = {'|', '^', '~', '\\', '&', '\0'},
             .line_end = "\r",
             .character_set = FORM_UTF_8},
};

struct medication_order test_order_full(void)
{
    return (struct medication_order){
        .id = 7,
        .placer_number = "MO-000123",
        .order_control = "NW",
        .pharmacy = NULL,
        .ordered_at = test_instant(2026, 11, 23, 18, 5, 9),
        .start_at = test_instant(2026, 11, 24, 15, 0, 0),
        .stop_at = test_instant(2026, 12, 8, 15, 0, 0),
        .note = "Allergic to penicillin.\r\n\r\nCall before substituting | ask for Ms. O'Neil",
        .ndc = "00093505698",
        .rxnorm = "197591",
        .drug_name = "Oxycodone HCl 5 MG Tablet",
        .strength = "5 mg",
        .dosage_form = "C42998",
        .drug_schedule = "2",
        .container_type = "BLISTER CARD",
        .dose_amount = "1.5",
        .dose_units = "TAB",
        .route = "PO",
        .frequency = "Q6H",
        .instructions = "Take with food & water",
        .indication = "Pain after surgery",
        .as_needed = true,
        .keep_on_person = true,
        .quantity = "84",
        .quantity_units = "TAB",
        .refills = 2,
        .days_supply = 14,
        .substitution_allowed = false,
        .provider_id = "U17",
        .provider_last = "Hale",
        .provider_first = "Nathaniel",
        .provider_npi = "1234567893",
        .provider_dea = "BH1234563",
        .authority = "JMS",
        .patient_id = "P00012345",
        .last_name = "DOE",
        .first_name = "JOHN",
        .middle_name = "D",
        .birth_date = "1946-07-22",
        .sex = "Male",
        .race = "White",
        .ssn = "333-22-4444",
        .booking_number = "12345678",
        .agency = "ICE",
        .facility = "VCSO",
        .facility_zone = "America/Denver",
        .housing = "ISU",
        .bed = "12B",
        .block = "WEST",
        .pod = "ISU-2",
        .cell = "204",
    };
}

struct medication_order test_order_minimal(void)
{
    return (struct medication_order){
        .id = 8,
        .placer_number = "MO-000124",
        .order_control = "NW",
        .ordered_at = test_instant(2026, 7, 1, 6, 0, 0),
        .start_at = INSTANT_NONE,
        .stop_at = INSTANT_NONE,
        .ndc = "00904582460",
        .drug_name = "Ibuprofen 200 MG Tablet",
        .dose_amount = "2",
        .dose_units = "TAB",
        .route = "PO",
        .refills = -1,
        .days_supply = -1,
        .substitution_allowed = true,
        .provider_last = "Hale",
        .provider_npi = "1234567893",
        .patient_id = "P7",
        .last_name = "ROE",
        .booking_number = "9",
        .facility = "VCSO",
    };
}

struct medication_order test_order_cancel(void)
{
    struct medication_order order = test_order_full();
    order.order_control = "CA";
    order.provider_dea = NULL;
    order.note = "Patient refused";
    return order;
}

struct medication_order test_order_discontinue(void)
{
    struct medication_order order = test_order_full();
    order.order_control = "DC";
    order.drug_schedule = NULL;
    order.strength = "5 mg/5 mL";
    order.block = order.pod = order.cell = NULL;
    order.keep_on_person = order.as_needed = false;
    return order;
}

struct medication_order test_order_foreign(void)
{
    struct medication_order order = test_order_full();
    order.last_name = "N\xC3\xBA\xC3\xB1"
                      "ez ^ Garc\xC3\xAD"
                      "a";
    order.first_name = "Zo\xC3\xAB|PID|1";
    order.instructions = "1 & 2 ~ 3 \\ 4\r\nPID|1||P9";
    order.race = "Other";
    order.route = "by mouth";
    order.rxnorm = NULL;
    order.substitution_allowed = true;
    return order;
}
