/* Places that look like one, written in two ways. Inside service/precheck/ only. */
#ifndef CORBRIDGE_SERVICE_PRECHECK_NEAR_H
#define CORBRIDGE_SERVICE_PRECHECK_NEAR_H

#include "service/precheck/precheck.h"

/* Fills check->near: groups of Housings of one facility, and of Beds of one Housing, that mask_fold makes equal. */
void near_find(struct precheck *check);

/* The order in which places are listed: facility, Housing, Bed, numbers by value. The slices end with a NUL. */
int near_compare(struct slice facility, struct slice housing, struct slice bed, struct slice other_facility,
                 struct slice other_housing, struct slice other_bed);

#endif
