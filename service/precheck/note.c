#include "service/precheck/note.h"

#include <stdlib.h>
#include <string.h>

#include "service/precheck/ids.h"
#include "service/precheck/key.h"
#include "service/precheck/mask.h"
#include "service/precheck/photos.h"

#define KEY_BYTES ((size_t)512)

/* Younger or older than anybody whom a jail would book. */
#define YOUNGEST_YEARS 10
#define OLDEST_YEARS   110

void note_place(struct precheck_places *places, struct precheck_place place)
{
    if (places->count < PRECHECK_PLACES)
        places->first[places->count] = place;
    places->count++;
}

struct slice note_copy(struct precheck *check, struct slice value)
{
    if (value.len > KEY_BYTES)
        value.len = KEY_BYTES;
    struct slice copy = arena_copy(&check->arena, value);
    if (copy.ptr == NULL)
        check->no_memory = true;
    return copy;
}

static void *put(struct precheck *check, struct table *table, const struct key *key, bool *is_new)
{
    void *record = table_put(table, key_bytes(key), is_new);
    if (record == NULL)
        check->no_memory = true;
    return record;
}

/* ---- Faults ---------------------------------------------------------------------------------------------------------- */

static void note_fault(struct precheck *check, enum precheck_kind kind, uint32_t number,
                       const struct fault *fault)
{
    const char numbers[3] = {(char)kind, (char)fault->severity, (char)fault->code};
    struct key key;
    key.length = 0;
    key_add(&key, slice_from(numbers, sizeof numbers), false);
    key_add(&key, fault->field, false);
    key_add(&key, slice_of(fault->expected), false);
    bool is_new;
    struct precheck_fault *group = put(check, &check->faults, &key, &is_new);
    if (group == NULL)
        return;
    if (is_new) {
        group->kind = kind;
        group->severity = fault->severity;
        group->code = fault->code;
        group->field = note_copy(check, fault->field);
        if (fault->expected != NULL)
            group->expected = note_copy(check, slice_of(fault->expected)).ptr;
    }
    note_place(&group->places, (struct precheck_place){number, fault->line});
}

void note_faults(struct precheck *check, struct precheck_file *file, enum precheck_kind kind, uint32_t number,
                 const struct fault_list *faults)
{
    uint64_t errors = faults->errors;
    uint64_t warnings = 0;
    for (size_t i = 0; i < faults->count; i++) {
        note_fault(check, kind, number, &faults->items[i]);
        warnings += faults->items[i].severity == FAULT_WARNING;
    }
    file->errors += errors;
    file->warnings += warnings;
    check->errors += errors;
    check->warnings += warnings;
    if (errors > 0)
        check->bad_rows++;
}

void note_code(struct precheck *check, struct precheck_place place, const char *field, const char *expected,
               struct slice value)
{
    struct key key;
    key.length = 0;
    key_add(&key, slice_of(field), false);
    key_add(&key, value, false);
    bool is_new;
    struct precheck_code *code = put(check, &check->codes, &key, &is_new);
    if (code == NULL)
        return;
    if (is_new) {
        code->field = field;
        code->expected = expected;
        code->value = note_copy(check, value);
    }
    note_place(&code->places, place);
}

/* ---- Facilities and places ------------------------------------------------------------------------------------------- */

/* The code by which the rules of the place are found: of the only facility, where there is one. */
static struct slice rules_of(const struct precheck *check, struct slice code)
{
    const struct config *config = check->options.config;
    return config != NULL && config->facility_count == 1 ? slice_of(config->facilities[0].code) : code;
}

static void note_facility(struct precheck *check, struct precheck_place place, struct slice code)
{
    struct key key;
    key.length = 0;
    key_add(&key, code, true);
    bool is_new;
    struct precheck_facility *facility = put(check, &check->facilities, &key, &is_new);
    if (facility == NULL)
        return;
    if (is_new) {
        const struct config *config = check->options.config;
        const struct config_facility *known = config != NULL ? config_facility_find(config, code) : NULL;
        facility->known = known != NULL;
        facility->code = known != NULL ? slice_of(known->code) : note_copy(check, code);
    }
    note_place(&facility->places, place);
}

static bool lies_in(struct slice part, struct slice whole)
{
    uintptr_t at = (uintptr_t)part.ptr;
    uintptr_t begin = (uintptr_t)whole.ptr;
    return whole.len > 0 && at >= begin && at <= begin + whole.len;
}

static void place_by_rules(struct precheck *check, struct precheck_location *location)
{
    struct location made = {0};
    location->placed = APPLY_NO_RULES;
    if (check->options.config == NULL)
        return;
    location->placed = config_place(check->options.config, rules_of(check, location->facility),
                                    location->housing, location->bed, &made);
    for (size_t i = 0; location->placed == APPLY_PLACED && i < LOCATION_PART_COUNT; i++) {
        location->parts[i] = made.parts[i];
        location->fixed[i] =
            !lies_in(made.parts[i], location->housing) && !lies_in(made.parts[i], location->bed);
    }
}

static void note_location(struct precheck *check, struct precheck_place place, struct slice facility,
                          struct slice housing, struct slice bed)
{
    struct key key;
    key.length = 0;
    key_add(&key, facility, true);
    key_add(&key, housing, false);
    key_add(&key, bed, false);
    bool is_new;
    struct precheck_location *location = put(check, &check->locations, &key, &is_new);
    if (location == NULL)
        return;
    if (is_new) {
        location->facility = note_copy(check, facility);
        location->housing = note_copy(check, housing);
        location->bed = note_copy(check, bed);
        if (!check->no_memory)
            place_by_rules(check, location);
    }
    note_place(&location->places, place);
}

/* ---- People and bookings --------------------------------------------------------------------------------------------- */

static void note_shape(struct precheck *check, enum precheck_id id, struct precheck_place place,
                       struct slice value)
{
    char shape[MASK_ROOM(KEY_BYTES)];
    if (value.len > KEY_BYTES)
        value.len = KEY_BYTES;
    size_t length = mask_shape(value, shape);
    bool is_new;
    struct precheck_shape *found = table_put(&check->shapes[id], slice_from(shape, length), &is_new);
    if (found == NULL) {
        check->no_memory = true;
        return;
    }
    if (is_new)
        found->first = place;
    found->ids++;
}

static struct precheck_patient *note_patient(struct precheck *check, struct precheck_place place,
                                             struct slice id)
{
    bool is_new;
    struct precheck_patient *patient = table_put(&check->patients, id, &is_new);
    if (patient == NULL) {
        check->no_memory = true;
        return NULL;
    }
    if (is_new) {
        patient->first = place;
        note_shape(check, PRECHECK_PATIENT_ID, place, id);
    }
    patient->rows++;
    if (ids_is_rounded(id))
        note_place(&check->rounded[PRECHECK_PATIENT_ID], place);
    return patient;
}

static void note_booking(struct precheck *check, struct precheck_place place, struct slice id,
                         const struct precheck_patient *patient)
{
    bool is_new;
    struct precheck_booking *booking = table_put(&check->bookings, id, &is_new);
    if (booking == NULL) {
        check->no_memory = true;
        return;
    }
    if (is_new) {
        booking->first = place;
        note_shape(check, PRECHECK_BOOKING, place, id);
    }
    booking->rows++;
    if (ids_is_rounded(id))
        note_place(&check->rounded[PRECHECK_BOOKING], place);
    if (booking->patient == NULL) {
        booking->patient = patient;
    } else if (patient != NULL && patient != booking->patient && booking->second == NULL) {
        booking->second = patient;
        booking->other = place;
    }
}

/* A name as a number: without regard to case, blanks and punctuation. */
static uint64_t name_number(const struct jms_value *value)
{
    char folded[MASK_ROOM(KEY_BYTES)];
    struct slice text = value->text;
    if (text.len > KEY_BYTES)
        text.len = KEY_BYTES;
    return table_hash(slice_from(folded, mask_fold(text, folded)));
}

/* Two people have one id when their birth dates differ, or both of their names: one name alone changes by marriage. */
static void identify(struct precheck_patient *patient, struct precheck_place place,
                     const struct jms_event *event)
{
    const struct jms_value *last = &event->fields[JMS_LAST_NAME];
    const struct jms_value *first = &event->fields[JMS_FIRST_NAME];
    const struct jms_value *birth = &event->fields[JMS_BIRTH_DATE];
    if (last->presence != JMS_GIVEN || first->presence != JMS_GIVEN || birth->presence != JMS_GIVEN)
        return;
    uint64_t last_name = name_number(last);
    uint64_t first_name = name_number(first);
    int64_t day = datetime_days_from_civil(birth->time.year, birth->time.month, birth->time.day);
    if (!patient->identified) {
        patient->identified = true;
        patient->first = place;
        patient->last_name = last_name;
        patient->first_name = first_name;
        patient->birth_day = day;
        return;
    }
    bool names = patient->last_name != last_name && patient->first_name != first_name;
    bool births = patient->birth_day != day;
    if ((names || births) && !patient->names_differ && !patient->birth_differs)
        patient->other = place;
    patient->names_differ = patient->names_differ || names;
    patient->birth_differs = patient->birth_differs || births;
}

static void note_birth(struct precheck *check, struct precheck_place place, const struct jms_value *value)
{
    if (value->presence != JMS_GIVEN)
        return;
    struct civil_time today;
    datetime_from_instant(check->options.now, &today);
    const struct civil_time *born = &value->time;
    bool before_birthday = today.month < born->month || (today.month == born->month && today.day < born->day);
    int32_t age = today.year - born->year - (before_birthday ? 1 : 0);
    if (age < YOUNGEST_YEARS || age > OLDEST_YEARS)
        note_place(&check->unlikely_births, place);
}

/* ---- Names of files -------------------------------------------------------------------------------------------------- */

bool note_file_name(struct precheck *check, const char *name, uint32_t number)
{
    struct key key;
    key.length = 0;
    key_add(&key, slice_of(name), true);
    bool is_new = true;
    struct precheck_name *noted = put(check, &check->folded_names, &key, &is_new);
    if (noted != NULL && is_new)
        noted->file = number;
    return is_new;
}

/* ---- Records --------------------------------------------------------------------------------------------------------- */

static struct precheck_place place_of(uint32_t file, uint32_t line, const struct jms_value *value)
{
    return (struct precheck_place){file, value->line > 0 ? value->line : line};
}

void note_event(struct precheck *check, uint32_t file, uint32_t line, const struct jms_event *event)
{
    const struct jms_value *patient_id = &event->fields[JMS_PATIENT_ID];
    const struct jms_value *booking = &event->fields[JMS_BOOKING];
    const struct jms_value *facility = &event->fields[JMS_FACILITY];
    const struct jms_value *housing = &event->fields[JMS_HOUSING];
    const struct jms_value *bed = &event->fields[JMS_BED];
    const struct jms_value *photo = &event->fields[JMS_PHOTO_PATH];
    struct precheck_patient *patient = NULL;
    if (patient_id->presence == JMS_GIVEN) {
        struct precheck_place place = place_of(file, line, patient_id);
        patient = note_patient(check, place, patient_id->text);
        if (patient != NULL && event->kind == JMS_DEMOGRAPHICS)
            identify(patient, place, event);
    }
    if (booking->presence == JMS_GIVEN)
        note_booking(check, place_of(file, line, booking), booking->text, patient);
    if (facility->presence == JMS_GIVEN)
        note_facility(check, place_of(file, line, facility), facility->text);
    else if (!facility->faulty)
        check->no_facility++;
    if (housing->presence == JMS_GIVEN)
        note_location(check, place_of(file, line, housing), facility->text, housing->text, bed->text);
    if (event->kind == JMS_DEMOGRAPHICS)
        note_birth(check, place_of(file, line, &event->fields[JMS_BIRTH_DATE]),
                   &event->fields[JMS_BIRTH_DATE]);
    if (photo->presence == JMS_GIVEN)
        photos_note(check, place_of(file, line, photo), photo->text);
}

static void note_alert_code(struct precheck *check, struct precheck_place place, struct slice value,
                            bool unmapped)
{
    struct key key;
    key.length = 0;
    key_add(&key, value, true);
    bool is_new;
    struct precheck_alert_code *code = put(check, &check->alert_codes, &key, &is_new);
    if (code == NULL)
        return;
    if (is_new)
        code->code = note_copy(check, value);
    code->unmapped = code->unmapped || unmapped;
    note_place(&code->places, place);
}

void note_alert(struct precheck *check, uint32_t file, const struct jms_alert *alert, bool unmapped)
{
    const struct jms_value *jacket = &alert->fields[JMS_ALERT_JACKET];
    const struct jms_value *booking = &alert->fields[JMS_ALERT_BOOKING];
    const struct jms_value *code = &alert->fields[JMS_ALERT_CODE];
    uint32_t line = alert->csv.record.line;
    struct precheck_patient *patient = NULL;
    if (jacket->presence == JMS_GIVEN)
        patient = note_patient(check, place_of(file, line, jacket), jacket->text);
    if (booking->presence == JMS_GIVEN)
        note_booking(check, place_of(file, line, booking), booking->text, patient);
    if (code->presence == JMS_GIVEN)
        note_alert_code(check, place_of(file, line, code), code->text, unmapped);
}
