/* The names of the files: would one overwrite another, and who takes them. Inside service/precheck/ only. */
#ifndef CORBRIDGE_SERVICE_PRECHECK_NAMES_H
#define CORBRIDGE_SERVICE_PRECHECK_NAMES_H

#include "service/precheck/precheck.h"

/* Before the files are read: notes all names, and those that Windows holds for one. */
void names_note_twins(struct precheck *check);

/* After the files are read, for it needs to know what they are and whose. */
void names_judge(struct precheck *check);

#endif
