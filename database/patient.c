#include "database/patient.h"

static const struct {
    enum jms_field field;
    const char *name;
} columns[PATIENT_COLUMN_COUNT] = {
    [PATIENT_LAST_NAME] = {JMS_LAST_NAME, "last_name"},
    [PATIENT_FIRST_NAME] = {JMS_FIRST_NAME, "first_name"},
    [PATIENT_MIDDLE_NAME] = {JMS_MIDDLE_NAME, "middle_name"},
    [PATIENT_BIRTH_DATE] = {JMS_BIRTH_DATE, "birth_date"},
    [PATIENT_SSN] = {JMS_SSN, "ssn"},
    [PATIENT_SEX] = {JMS_SEX, "sex"},
    [PATIENT_RACE] = {JMS_RACE, "race"},
    [PATIENT_HEIGHT] = {JMS_HEIGHT, "height"},
    [PATIENT_WEIGHT] = {JMS_WEIGHT, "weight"},
    [PATIENT_PHOTO_PATH] = {JMS_PHOTO_PATH, "photo_path"},
};

enum database_kind patient_find(struct apply_work *work, struct patient *patient)
{
    *patient = (struct patient){0};
    struct query query = query_start(work->db, STATEMENT_PATIENT_FIND);
    query_bind_text(&query, work->input->authority);
    query_bind_slice(&query, work->input->event->fields[JMS_PATIENT_ID].text);
    enum database_kind kind = query_step(&query);
    if (kind == DATABASE_OK) {
        patient->id = query_int64(&query, 0);
        for (int i = 0; i < PATIENT_COLUMN_COUNT; i++)
            patient->columns[i] = query_slice(&query, i + 1, &work->db->scratch, &work->complete);
        patient->demographics_older = apply_is_older(work, &query, PATIENT_COLUMN_COUNT + 1);
        patient->photo_older = apply_is_older(work, &query, PATIENT_COLUMN_COUNT + 4);
        if (!work->complete)
            kind = database_no_memory(work->db);
    }
    query_end(&query);
    return kind == DATABASE_NONE ? DATABASE_OK : kind;
}

bool patient_merge(struct apply_work *work, struct patient *patient)
{
    bool changed[PATIENT_COLUMN_COUNT] = {false};
    for (size_t i = 0; i < PATIENT_COLUMN_COUNT; i++) {
        struct slice value;
        if (!apply_states(work, columns[i].field, &value))
            continue;
        bool photo = i == PATIENT_PHOTO_PATH;
        if (photo ? patient->photo_older : patient->demographics_older) {
            *(photo ? &patient->photo_stale : &patient->demographics_stale) = true;
            continue;
        }
        *(photo ? &patient->photo_stated : &patient->demographics_stated) = true;
        changed[i] = change_value(&work->changes, "patient", patient->id, columns[i].name,
                                  &patient->columns[i], value);
        patient->changed = patient->changed || changed[i];
    }
    return patient->id != 0 && changed[PATIENT_LAST_NAME] && changed[PATIENT_FIRST_NAME] &&
           changed[PATIENT_BIRTH_DATE];
}

enum database_kind patient_write(struct apply_work *work, struct patient *patient)
{
    bool known = patient->id != 0;
    bool stamp_only = known && !patient->changed; /* as in booking_write */
    struct query query = query_start(work->db, stamp_only ? STATEMENT_PATIENT_STAMP
                                               : known    ? STATEMENT_PATIENT_UPDATE
                                                          : STATEMENT_PATIENT_INSERT);
    if (!known) {
        query_bind_text(&query, work->input->authority);
        query_bind_slice(&query, work->input->event->fields[JMS_PATIENT_ID].text);
    }
    for (size_t i = 0; i < PATIENT_COLUMN_COUNT && !stamp_only; i++)
        query_bind_slice(&query, patient->columns[i]);
    apply_bind_stamp(&query, work, patient->demographics_stated);
    apply_bind_stamp(&query, work, patient->photo_stated);
    if (known) {
        query_bind_int64(&query, patient->id);
        return query_run(&query);
    }
    enum database_kind kind = query_insert(&query, &patient->id);
    if (kind == DATABASE_OK)
        change_add_creation(&work->changes, "patient", patient->id);
    return kind;
}
