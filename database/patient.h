/* The row of a patient while an event is applied. Inside database/ only. */
#ifndef CORBRIDGE_DATABASE_PATIENT_H
#define CORBRIDGE_DATABASE_PATIENT_H

#include "database/apply_work.h"

/* The columns that an event can state, in the order of the statements. */
enum patient_column {
    PATIENT_LAST_NAME,
    PATIENT_FIRST_NAME,
    PATIENT_MIDDLE_NAME,
    PATIENT_BIRTH_DATE,
    PATIENT_SSN,
    PATIENT_SEX,
    PATIENT_RACE,
    PATIENT_HEIGHT,
    PATIENT_WEIGHT,
    PATIENT_PHOTO_PATH,
    PATIENT_COLUMN_COUNT
};

struct patient {
    int64_t id;                                 /* 0: not known yet */
    struct slice columns[PATIENT_COLUMN_COUNT]; /* as text; ptr NULL: NULL */
    bool demographics_stated, photo_stated;     /* by this event */
    bool demographics_older, photo_older;       /* this event is older than what last stated the group */
    bool demographics_stale, photo_stale;       /* and says something of it, which is passed over */
    bool changed;                               /* a column has another value than the row */
};

/* Finds the patient of the event by (authority, PatientID). DATABASE_OK also when there is none: then id is 0. */
enum database_kind patient_find(struct apply_work *work, struct patient *patient);

/* Puts what the event states over what is known, but for groups in which it is older, noting the changes of a known patient.
 * True when family name, given name and birth date of a known patient all changed. */
bool patient_merge(struct apply_work *work, struct patient *patient);

/* Writes the row: an insert sets patient->id and notes the creation, an update also remembers the groups stated. */
enum database_kind patient_write(struct apply_work *work, struct patient *patient);

#endif
