/* Ids that lost something on their way, rounded by a spreadsheet or without their leading zeros; and ids of one person. Inside service/precheck/ only. */
#ifndef CORBRIDGE_SERVICE_PRECHECK_IDS_H
#define CORBRIDGE_SERVICE_PRECHECK_IDS_H

#include <stdbool.h>

#include "parser/slice.h"
#include "service/precheck/precheck.h"

/* 2.01806E+12: what Excel shows and saves of a long number. The digits behind are gone. */
bool ids_is_rounded(struct slice id);

/* Fills check->twins: ids of one kind that mask_fold makes equal, such as 0012345 and 12345. */
void ids_find_twins(struct precheck *check);

/* Fills check->one_person: PatientIDs whose both names and birth date are another's. */
void ids_find_one_person(struct precheck *check);

#endif
