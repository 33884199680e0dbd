#include "service/precheck/ids.h"

#include "service/precheck/mask.h"

/* More than any right id has. */
#define ID_BYTES ((size_t)512)

static size_t pass_digits(struct slice text, size_t at)
{
    while (at < text.len && text.ptr[at] >= '0' && text.ptr[at] <= '9')
        at++;
    return at;
}

bool ids_is_rounded(struct slice id)
{
    size_t at = pass_digits(id, 0);
    if (at != 1)
        return false;
    if (at < id.len && id.ptr[at] == '.') {
        size_t fraction = at + 1;
        at = pass_digits(id, fraction);
        if (at == fraction)
            return false;
    }
    if (id.len - at < 3 || (id.ptr[at] != 'E' && id.ptr[at] != 'e') || id.ptr[at + 1] != '+')
        return false;
    return pass_digits(id, at + 2) == id.len;
}

/* The first id that looks so. */
struct look {
    struct table_head head;
    struct slice id;
    struct precheck_place first;
};

/* The second and later ids of one look are twins of the first. */
static void compare(struct precheck *check, struct table *looks, struct slice key,
                    struct precheck_twins *twins, struct slice id, struct precheck_place first)
{
    bool is_new;
    struct look *look = table_put(looks, key, &is_new);
    if (look == NULL) {
        check->no_memory = true;
        return;
    }
    if (is_new) {
        look->id = id;
        look->first = first;
        return;
    }
    if (twins->count < PRECHECK_PLACES)
        twins->first[twins->count] = (struct precheck_twin){look->id, id, look->first, first};
    twins->count++;
}

static void compare_folded(struct precheck *check, struct table *looks, enum precheck_id kind,
                           struct slice id, struct precheck_place first)
{
    char folded[MASK_ROOM(ID_BYTES)];
    struct slice key =
        slice_from(folded, mask_fold(id.len > ID_BYTES ? slice_from(id.ptr, ID_BYTES) : id, folded));
    if (key.len > 0)
        compare(check, looks, key, &check->twins[kind], id, first);
}

void ids_find_twins(struct precheck *check)
{
    struct table looks;
    table_init(&looks, &check->arena, sizeof(struct look));
    for (size_t i = 0; i < check->patients.count && !check->no_memory; i++) {
        const struct precheck_patient *patient = (const void *)check->patients.records[i];
        compare_folded(check, &looks, PRECHECK_PATIENT_ID, patient->head.key, patient->first);
    }
    table_release(&looks);
    table_init(&looks, &check->arena, sizeof(struct look));
    for (size_t i = 0; i < check->bookings.count && !check->no_memory; i++) {
        const struct precheck_booking *booking = (const void *)check->bookings.records[i];
        compare_folded(check, &looks, PRECHECK_BOOKING, booking->head.key, booking->first);
    }
    table_release(&looks);
}

void ids_find_one_person(struct precheck *check)
{
    struct table looks;
    table_init(&looks, &check->arena, sizeof(struct look));
    for (size_t i = 0; i < check->patients.count && !check->no_memory; i++) {
        const struct precheck_patient *patient = (const void *)check->patients.records[i];
        const uint64_t person[3] = {patient->last_name, patient->first_name, (uint64_t)patient->birth_day};
        if (patient->identified && !patient->names_differ && !patient->birth_differs)
            compare(check, &looks, slice_from((const char *)person, sizeof person), &check->one_person,
                    patient->head.key, patient->first);
    }
    table_release(&looks);
}
